"""The admin: opens for those with its key, reads reports, shows confidential ones to their department alone."""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from geo311.accounts.models import User
from geo311.catalog.models import Service
from geo311.crews.models import Crew, DepartmentMembership
from geo311.service_requests.models import Reporter, ServiceRequest
from geo311.service_requests.submission import Contact
from tests.api.conftest import queries_of, signed_in
from tests.conftest import report

pytestmark = pytest.mark.django_db
LIST = "/admin/service_requests/servicerequest/"


def page_of(row: ServiceRequest) -> str:
    return reverse("admin:service_requests_servicerequest_change", args=[row.pk])


@pytest.fixture
def desk(ada: User) -> Client:
    return signed_in(ada)


def test_every_page_of_the_admin_opens_without_foreign_hosts_or_inline_styles(
    desk: Client, pothole: Service, west_crew: Crew, ada: User
) -> None:
    row = report(pothole, -0.05, 0.05)
    pages = ["/admin/", page_of(row)]
    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        pages.append(reverse(f"admin:{name}_changelist"))
    pages += [
        reverse("admin:accounts_user_add"),
        reverse("admin:accounts_user_change", args=[ada.pk]),
        reverse("admin:catalog_service_change", args=[pothole.pk]),
        reverse("admin:crews_crew_change", args=[west_crew.pk]),
    ]
    for page in pages:
        response = desk.get(page)
        assert response.status_code == 200, page
        content = response.content.decode()
        assert not re.search(r'(?:src|href)="(?:https?:)?//(?!docs\.djangoproject)', content), page
        assert not re.search(r"<style|\son[a-z]+=\"|<script>", content), page


def test_reports_are_read_and_never_changed(desk: Client, pothole: Service) -> None:
    row = report(pothole, -0.05, 0.05, description="Deep")
    page = desk.get(page_of(row)).content.decode()
    assert "Deep" in page
    assert 'name="_save"' not in page
    assert desk.post(page_of(row), {"status": "closed"}).status_code == 403
    assert desk.get(f"{LIST}add/").status_code == 403
    assert desk.post(f"{LIST}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    delete = {"action": "delete_selected", "_selected_action": row.pk}
    desk.post(LIST, delete)
    row.refresh_from_db()
    assert row.status == "received"


def test_a_report_is_found_by_its_number_as_people_say_it(desk: Client, pothole: Service) -> None:
    row, other = report(pothole, -0.05, 0.05), report(pothole, 0.05, 0.05)
    page = desk.get(LIST, {"q": row.service_request_id.replace("-", "").lower()}).content.decode()
    assert row.service_request_id in page
    assert other.service_request_id not in page


def test_confidential_reports_are_in_the_admin_for_their_department_alone(
    desk: Client, shelter: Service, ada: User
) -> None:
    row = report(shelter, 0.05, 0.05, description="under the bridge")
    assert row.service_request_id not in desk.get(LIST).content.decode()
    assert "under the bridge" not in desk.get(page_of(row), follow=True).content.decode()
    DepartmentMembership.objects.create(user=ada, department=shelter.department)
    assert row.service_request_id in desk.get(LIST).content.decode()
    assert "under the bridge" in desk.get(page_of(row)).content.decode()


def test_who_reported_is_nowhere_in_the_admin(desk: Client, pothole: Service) -> None:

    row = report(pothole, 0.05, 0.05, contact=Contact(name="Ann Example", email="ann@example.org"))
    assert Reporter not in admin.site._registry
    assert "ann@example.org" not in desk.get(page_of(row)).content.decode()


@pytest.mark.parametrize("place", ["accounts_user", "catalog_service", "catalog_department", "crews_crew"])
def test_what_reports_point_to_is_not_deleted(
    desk: Client, pothole: Service, west_crew: Crew, ada: User, place: str
) -> None:
    rows: dict[str, Any] = {
        "accounts_user": ada,
        "catalog_service": pothole,
        "catalog_department": pothole.department,
        "crews_crew": west_crew,
    }
    assert desk.post(reverse(f"admin:{place}_delete", args=[rows[place].pk]), {"post": "yes"}).status_code == 403


def test_a_used_service_stays_as_confidential_as_it_was(desk: Client, shelter: Service) -> None:
    url = reverse("admin:catalog_service_change", args=[shelter.pk])
    assert 'name="confidential"' in desk.get(url).content.decode()
    report(shelter, 0.05, 0.05)
    assert 'name="confidential"' not in desk.get(url).content.decode()


def test_the_list_takes_the_same_number_of_queries_whatever_it_holds(desk: Client, pothole: Service) -> None:
    report(pothole, -0.05, 0.05)
    report(pothole, -0.05, 0.05)
    few = queries_of(lambda: desk.get(LIST))
    for _more in range(20):
        report(pothole, -0.05, 0.05)
    assert queries_of(lambda: desk.get(LIST)) == few


def test_staff_without_the_key_do_not_get_in(olga: User) -> None:
    assert signed_in(olga).get(LIST).status_code == 302
