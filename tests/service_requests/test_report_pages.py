"""The way to report, as a browser without scripts goes it."""

import re
import uuid
from typing import Any

import pytest
from django.contrib.gis.db.models.functions import Translate
from django.test import Client

from boundaries import lookup
from boundaries.models import BoundaryShape
from geo311.catalog.models import Service
from geo311.service_requests.models import ServiceRequest
from tests.conftest import report
from tests.service_requests.report_forms import PLACE, send

pytestmark = pytest.mark.django_db


def test_a_report_takes_three_pages_and_a_post(client: Client, pothole: Service) -> None:
    where = client.get("/report/")
    assert where.status_code == 200
    assert 'action="/report/what/"' in where.content.decode()

    what = client.get("/report/what/", PLACE)
    [link] = re.findall(r'href="(/report/nearby/[^"]*)"', what.content.decode())

    details = client.get(link.replace("&amp;", "&"), follow=True)
    assert details.redirect_chain[-1][0].startswith("/report/details/")  # nobody reported it before
    hidden = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', details.content.decode()))

    sent = client.post("/report/details/", {**hidden, "description": "Deep"})
    row = ServiceRequest.objects.get()
    assert sent.headers["Location"] == f"/requests/{row.service_request_id}/"
    assert (row.location.x, row.location.y, row.district.code, row.ward.code) == (-0.05, 0.05, "1", "N")
    assert row.description == "Deep"


def test_every_step_names_the_emergency_number(client: Client, pothole: Service, settings: Any) -> None:
    settings.EMERGENCY_NUMBER = "112"
    query = {**PLACE, "service_code": "pothole"}
    for address, data in [("/report/", {}), ("/report/what/", PLACE), ("/report/details/", query)]:
        assert "tel:112" in client.get(address, data).content.decode()


@pytest.mark.parametrize(
    ("lon", "lat", "status", "says"),
    [
        ("", "", 400, "Say where it is"),
        ("", "0.05", 400, "lon is missing"),
        ("-0.05", "", 400, "lat is missing"),
        ("abc", "0.05", 400, "lon must be a number"),
        ("nan", "0.05", 400, "lon must be a finite number"),
        ("inf", "0.05", 400, "lon must be a finite number"),
        ("740", "0.05", 400, "lon must lie between"),
        ("-0.05", "95", 400, "lat must lie between"),
        ("5", "5", 422, "outside the area we serve"),
    ],
)
def test_a_wrong_place_is_explained_and_kept(
    client: Client, pothole: Service, lon: str, lat: str, status: int, says: str
) -> None:
    response = client.get("/report/what/", {"lon": lon, "lat": lat, "address": "12 Main St"})
    page = response.content.decode()
    assert response.status_code == status
    assert says in page
    assert 'data-error-summary="Error:"' in page
    assert f'name="lon" type="text" inputmode="text" value="{lon}"' in page
    assert 'value="12 Main St"' in page


@pytest.fixture
def western_city(pothole: Service) -> Service:
    """The square city moved to lon -74, lat 40.7, where the two numbers cannot be mistaken for each other."""
    BoundaryShape.objects.update(geometry=Translate("geometry", -74.0, 40.7))
    lookup.forget()
    return pothole


def test_swapped_coordinates_are_recognised(client: Client, western_city: Service) -> None:
    response = client.get("/report/what/", {"lon": "40.72", "lat": "-74.03"})
    assert response.status_code == 400
    assert "look swapped" in response.content.decode()
    assert client.get("/report/what/", {"lon": "-74.03", "lat": "40.72"}).status_code == 200


def test_an_address_too_long_is_refused_before_the_next_step(client: Client, pothole: Service) -> None:
    response = client.get("/report/what/", {**PLACE, "address": "x" * 251})
    assert response.status_code == 400
    assert "Use at most 250 characters; this has 251." in response.content.decode()


@pytest.mark.parametrize("address", ["/report/nearby/", "/report/details/"])
def test_an_unknown_service_leads_back_to_the_list(client: Client, pothole: Service, address: str) -> None:
    response = client.get(address, {**PLACE, "service_code": "unicorns"})
    page = response.content.decode()
    assert response.status_code == 400
    assert "We have no such service" in page
    assert "service_code=pothole" in page


def test_a_retired_service_cannot_be_reported(client: Client, pothole: Service) -> None:
    Service.objects.update(is_active=False)
    assert "service_code=pothole" not in client.get("/report/what/", PLACE).content.decode()
    assert send(client, pothole).status_code == 400
    assert not ServiceRequest.objects.exists()


def test_services_are_found_by_name_and_keyword(client: Client, pothole: Service, shelter: Service) -> None:
    pothole.texts["en"]["keywords"] = "crater, hole in road"
    pothole.save()
    page = client.get("/report/what/", {**PLACE, "q": "CRATER"}).content.decode()
    assert "service_code=pothole" in page
    assert "service_code=shelter" not in page
    assert "No service matches" in client.get("/report/what/", {**PLACE, "q": "zebra"}).content.decode()


def test_without_a_place_only_services_that_need_none_are_offered(
    client: Client, pothole: Service, shelter: Service
) -> None:
    page = client.get("/report/what/", {"no_place": "1"}).content.decode()
    assert "service_code=shelter" in page
    assert "service_code=pothole" not in page


def test_a_service_without_a_place_skips_the_first_step(client: Client, shelter: Service) -> None:
    response = client.get("/report/nearby/", {"no_place": "1", "service_code": "shelter"}, follow=True)
    assert response.redirect_chain[-1][0] == "/report/details/?service_code=shelter&no_place=1"
    sent = client.post(
        "/report/details/", {"service_code": "shelter", "no_place": "1", "client_request_id": str(uuid.uuid4())}
    )
    assert sent.status_code == 302
    assert ServiceRequest.objects.get().location is None


def test_a_service_that_needs_a_place_asks_for_it(client: Client, pothole: Service) -> None:
    response = client.get("/report/details/", {"service_code": "pothole"})
    page = response.content.decode()
    assert response.status_code == 400
    assert "Say where it is" in page
    assert '<input type="hidden" name="service_code" value="pothole">' in page


def test_a_confidential_service_says_who_will_see_it(client: Client, shelter: Service) -> None:
    page = client.get("/report/details/", {**PLACE, "service_code": "shelter"}).content.decode()
    assert "Only Social services sees this report" in page


def test_the_same_report_near_by_is_offered_first(client: Client, pothole: Service) -> None:
    near = report(pothole, -0.0501, 0.05)
    response = client.get("/report/nearby/", {**PLACE, "service_code": "pothole"})
    page = response.content.decode()
    assert response.status_code == 200
    assert f'action="/requests/{near.service_request_id}/support/"' in page
    assert "10 m from your pin" in page
    assert near.description not in page or not near.description
    assert 'href="/report/details/?lon=-0.05&amp;lat=0.05&amp;service_code=pothole"' in page


def test_a_service_for_the_emergency_number_stops_the_report(client: Client, pothole: Service) -> None:
    Service.objects.update(redirect_kind="emergency", redirect_number="911")
    response = client.get("/report/nearby/", {**PLACE, "service_code": "pothole"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Call 911 now" in page
    assert 'href="tel:911"' in page
    assert 'href="/report/what/?lon=-0.05&amp;lat=0.05"' in page
    assert send(client, pothole).status_code == 422
    assert not ServiceRequest.objects.exists()
