"""The page of one report: what it says, to whom, and "this is mine too"."""

import io
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image

from geo311.accounts.models import User
from geo311.catalog.models import Service
from geo311.core.workflow import Status
from geo311.crews.models import Crew
from geo311.service_requests.actions import add_note, change_status, set_hidden
from geo311.service_requests.models import ServiceRequest
from geo311.service_requests.photos import reencode
from tests.conftest import report


def page_of(client: Client, row: ServiceRequest) -> str:
    response = client.get(f"/requests/{row.service_request_id}/")
    assert response.status_code == 200
    return response.content.decode()


def file_by_browser(client: Client, service: Service, **fields: str) -> ServiceRequest:
    data = {"lon": "-0.05", "lat": "0.05", "service_code": service.service_code, "client_request_id": str(uuid.uuid4())}
    client.post("/report/details/", {**data, **fields})
    row: ServiceRequest = ServiceRequest.objects.get(service=service)
    return row


def test_it_says_number_status_date_and_place(client: Client, pothole: Service, west_crew: Crew) -> None:
    row = report(pothole, -0.05, 0.05, address="12 Main St")
    page = page_of(client, row)
    assert row.service_request_id in page
    assert 'data-status="assigned"' in page
    assert "by " in page
    assert f'datetime="{timezone.localtime(row.expected_datetime).isoformat()}"' in page
    assert "12 Main St" in page
    assert "District 1" in page
    assert "Ward N" in page
    assert "Given to a crew of Streets" in page


def test_a_typed_number_is_forgiven_its_case_and_dash(client: Client, pothole: Service) -> None:
    row = report(pothole, -0.05, 0.05)
    typed = row.service_request_id.replace("-", "").lower()
    assert client.get(f"/requests/{typed}/").headers["Location"] == f"/requests/{row.service_request_id}/"


@pytest.mark.parametrize("number", ["4GT7-K2QM", "hello", "0000-0001"])
def test_an_unknown_number_is_not_found(client: Client, pothole: Service, number: str) -> None:
    response = client.get(f"/requests/{number}/", follow=True)
    assert response.status_code == 404
    assert "We cannot find this page" in response.content.decode()


def test_a_late_report_says_so(client: Client, pothole: Service) -> None:
    row = report(pothole, -0.05, 0.05)
    ServiceRequest.objects.update(expected_datetime=timezone.now() - timedelta(days=3))
    page = page_of(client, row)
    assert "Late" in page
    assert "We wanted to be done" in page


def test_public_notes_and_how_it_ended_are_told(client: Client, pothole: Service, carl: User) -> None:
    row = report(pothole, -0.05, 0.05)
    now = timezone.now()
    change_status(service_request=row, target=Status.IN_PROGRESS, by=carl, now=now)
    change_status(
        service_request=row, target=Status.RESOLVED, by=carl, now=now, note="Filled <i>it</i>.", resolution="fixed"
    )
    add_note(service_request=row, text="Between us", by=carl, now=now)
    page = page_of(client, row)
    assert "Work has started" in page
    assert "Resolved: fixed" in page
    assert "Filled &lt;i&gt;it&lt;/i&gt;." in page
    assert "Between us" not in page


def test_the_words_of_a_resident_are_shown_to_them_and_to_staff_only(
    client: Client, pothole: Service, olga: User
) -> None:
    row = file_by_browser(client, pothole, description="By the <b>red</b> door")
    assert "By the &lt;b&gt;red&lt;/b&gt; door" in page_of(client, row)
    assert "red" not in page_of(Client(), row)
    at_desk = Client()
    at_desk.force_login(olga)
    assert "By the &lt;b&gt;red&lt;/b&gt; door" in page_of(at_desk, row)


def test_the_reporter_is_never_on_the_page(client: Client, pothole: Service) -> None:
    row = file_by_browser(client, pothole, name="Annabel", email="ann@example.org", phone="555 0100")
    for browser in (client, Client()):
        page = page_of(browser, row)
        assert "Annabel" not in page
        assert "ann@example.org" not in page
        assert "555 0100" not in page


def test_an_address_is_shown_at_the_precision_of_its_service(client: Client, pothole: Service) -> None:
    Service.objects.update(address_precision="block")
    row = report(Service.objects.get(), -0.05, 0.05, address="214 Main St")
    page = page_of(client, row)
    assert "200 block of Main St" in page
    assert "214 Main St" not in page
    assert "-0.05000" not in page


def test_a_confidential_report_is_seen_by_its_department_alone(
    client: Client, shelter: Service, sam: User, olga: User
) -> None:
    row = report(shelter, -0.05, 0.05, description="Under the bridge")
    for user, status in [(None, 404), (olga, 404), (sam, 200)]:
        browser = Client()
        if user:
            browser.force_login(user)
        response = browser.get(f"/requests/{row.service_request_id}/")
        assert response.status_code == status
        assert ("Under the bridge" in response.content.decode()) is (status == 200)


def test_who_filed_a_confidential_report_sees_number_status_and_whom_to_call(client: Client, shelter: Service) -> None:
    row = file_by_browser(client, shelter, description="Under the bridge", address="12 Main St")
    page = page_of(client, row)
    assert row.service_request_id in page
    assert 'data-status="received"' in page
    assert "Social services" in page
    for secret in ("Under the bridge", "12 Main St", "District", "Ward", "-0.05", "Somebody without shelter"):
        assert secret not in page
    assert Client().get(f"/requests/{row.service_request_id}/").status_code == 404


def test_a_hidden_report_is_gone_for_the_public(client: Client, pothole: Service, olga: User) -> None:
    row = report(pothole, -0.05, 0.05)
    set_hidden(service_request=row, hidden=True, by=olga, now=timezone.now())
    assert client.get(f"/requests/{row.service_request_id}/").status_code == 404
    client.force_login(olga)
    assert "Hidden from the public" in page_of(client, row)


def test_a_duplicate_points_to_the_first_report(client: Client, pothole: Service) -> None:
    first, second = report(pothole, -0.05, 0.05), report(pothole, -0.05, 0.05)
    ServiceRequest.objects.filter(pk=second.pk).update(duplicate_of=first)
    assert f'href="/requests/{first.service_request_id}/"' in page_of(client, second)
    ServiceRequest.objects.filter(pk=first.pk).update(is_hidden=True)
    assert first.service_request_id not in page_of(client, second)


def test_a_simulated_report_says_so(client: Client, pothole: Service) -> None:
    row = report(pothole, -0.05, 0.05)
    assert "Simulated report" not in page_of(client, row)
    ServiceRequest.objects.update(is_simulated=True)
    assert "Simulated report" in page_of(client, row)


def test_each_browser_is_counted_once_and_may_undo_it(client: Client, pothole: Service) -> None:
    row = report(pothole, -0.05, 0.05)
    address = f"/requests/{row.service_request_id}/support/"
    for _again in range(2):
        client.post(address)
    Client().post(address)
    row.refresh_from_db()
    assert row.supporters_count == 2
    page = page_of(client, row)
    assert "2 people have this problem too." in page
    assert "You are counted in" in page

    undone = client.post(f"{address}withdraw/", follow=True)
    row.refresh_from_db()
    assert row.supporters_count == 1
    assert "We no longer count you in." in undone.content.decode()


def test_support_offers_its_undo_at_once(client: Client, pothole: Service) -> None:
    row = report(pothole, -0.05, 0.05)
    page = client.post(f"/requests/{row.service_request_id}/support/", follow=True).content.decode()
    assert "We counted you in." in page
    assert f'action="/requests/{row.service_request_id}/support/withdraw/"' in page


def test_an_account_is_counted_once_over_all_its_browsers(pothole: Service, rosa: User) -> None:
    row = report(pothole, -0.05, 0.05)
    for _browser in range(2):
        client = Client()
        client.force_login(rosa)
        client.post(f"/requests/{row.service_request_id}/support/")
    row.refresh_from_db()
    assert row.supporters_count == 1


def test_a_forged_supporter_cookie_counts_as_a_new_browser(client: Client, pothole: Service) -> None:
    row = report(pothole, -0.05, 0.05)
    client.cookies["supporter"] = "forged"
    client.post(f"/requests/{row.service_request_id}/support/")
    assert row.supporters.get().supporter_key not in {"browser:forged", "browser:"}


def test_support_needs_a_post_and_an_open_report(client: Client, pothole: Service, olga: User) -> None:
    row = report(pothole, -0.05, 0.05)
    address = f"/requests/{row.service_request_id}/support/"
    assert client.get(address).status_code == 405
    change_status(
        service_request=row, target=Status.CLOSED, by=olga, now=timezone.now(), note="Seen.", resolution="cannot_find"
    )
    assert client.post(address).status_code == 409
    assert "This is mine too" not in page_of(client, row)


def test_a_confidential_report_cannot_be_supported(client: Client, shelter: Service) -> None:
    row = report(shelter, -0.05, 0.05)
    assert client.post(f"/requests/{row.service_request_id}/support/").status_code == 404


def test_a_photo_is_seen_by_whoever_may_see_its_report(client: Client, shelter: Service, sam: User) -> None:
    data = io.BytesIO()
    Image.new("RGB", (32, 32)).save(data, "PNG")
    data.seek(0)
    photo = report(shelter, -0.05, 0.05, photos=(reencode(data),)).photos.get()
    assert client.get(f"/photos/{photo.public_id}.jpg").status_code == 404
    client.force_login(sam)
    shown = client.get(f"/photos/{photo.public_id}.jpg")
    assert shown.status_code == 200
    assert "private" in shown.headers["Cache-Control"]
    assert b"".join(shown).startswith(b"\xff\xd8")
    assert client.get(f"/photos/{uuid.uuid4()}.jpg").status_code == 404


@pytest.mark.parametrize("notes", [0, 6])
def test_the_number_of_queries_does_not_grow(
    client: Client, pothole: Service, olga: User, notes: int, django_assert_max_num_queries: Any
) -> None:
    row = report(pothole, -0.05, 0.05)
    for n in range(notes):
        add_note(service_request=row, text=f"Note {n}", by=olga, now=timezone.now(), is_public=True)
    with django_assert_max_num_queries(4):
        page_of(client, row)
