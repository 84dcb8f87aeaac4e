"""/api/services/, /api/boundary-sets/, /api/boundaries/, /api/locate/, /api/duplicates/."""

from datetime import date, timedelta
from typing import Any

import pytest
import shapely
from django.test import Client
from django.utils import timezone

from boundaries.models import BoundarySet, BoundaryVersion
from geo311.catalog.models import Service, ServiceAttribute
from geo311.service_requests.models import ServiceRequest
from tests.api.conftest import fields_of, queries_of
from tests.conftest import make_set, report

pytestmark = pytest.mark.django_db


def get(client: Client, url: str, **query: Any) -> Any:
    response = client.get(url, query)
    assert response.status_code == 200, response.content
    return response.json()


def test_services_come_with_their_questions_group_and_department(client: Client, pothole: Service) -> None:
    values = [{"key": "deep", "texts": {"en": {"name": "Deep"}, "es": {"name": "Hondo"}}, "emergency": True}]
    ServiceAttribute.objects.create(
        service=pothole,
        code="depth",
        datatype="singlevaluelist",
        values=values,
        texts={"en": {"question": "How deep?"}},
    )
    (service,) = get(client, "/api/services/")["services"]
    assert (service["service_name"], service["group"]["name"]) == ("Pothole", "Streets")
    assert service["department"]["slug"] == "streets"
    (attribute,) = service["attributes"]
    assert attribute["question"] == "How deep?"
    assert attribute["values"] == [{"key": "deep", "name": "Deep", "emergency": True}]
    assert get(client, "/api/services/pothole/") == service


def test_services_speak_the_language_asked_for(client: Client, pothole: Service, settings: Any) -> None:
    settings.LANGUAGES = [("en", "English"), ("es", "Spanish")]
    pothole.texts["es"] = {"service_name": "Bache"}
    pothole.save()
    assert get(client, "/api/services/pothole/", lang="es")["service_name"] == "Bache"
    spanish = client.get("/api/services/pothole/", headers={"Accept-Language": "es"})
    assert spanish.json()["service_name"] == "Bache"
    assert spanish["Content-Language"] == "es"
    assert get(client, "/api/services/pothole/")["service_name"] == "Pothole"


def test_confidential_services_are_listed_as_such_and_inactive_ones_not(
    client: Client, pothole: Service, shelter: Service
) -> None:
    listed = {service["service_code"]: service["confidential"] for service in get(client, "/api/services/")["services"]}
    assert listed == {"pothole": False, "shelter": True}
    pothole.is_active = False
    pothole.save()
    assert get(client, "/api/services/")["count"] == 1
    assert client.get("/api/services/pothole/").status_code == 404


def test_services_take_the_same_number_of_queries_however_many(client: Client, pothole: Service) -> None:
    few = queries_of(lambda: client.get("/api/services/"))
    for n in range(30):
        service = Service.objects.create(
            service_code=f"s{n}", department=pothole.department, group=pothole.group, offered_in=None
        )
        ServiceAttribute.objects.create(service=service, code="a", datatype="text")
    assert queries_of(lambda: client.get("/api/services/")) == few


def test_boundary_sets_come_with_their_versions(client: Client, city: dict[str, BoundarySet]) -> None:
    old = {"valid_from": date(2020, 1, 1), "valid_to": date(2021, 1, 1)}
    BoundaryVersion.objects.create(boundary_set=city["ward"], label="2020", checksum="x", **old)
    sets = {each["slug"]: each for each in get(client, "/api/boundary-sets/")["boundary_sets"]}
    assert set(sets) == {"city", "district", "ward", "streets"}
    assert [(v["label"], v["in_force"], v["areas"]) for v in sets["ward"]["versions"]] == [
        ("2020", False, 0),
        ("2026", True, 2),
    ]
    assert sets["ward"]["versions"][1]["valid_from"] is None


def test_areas_in_force_are_features(client: Client, city: dict[str, BoundarySet]) -> None:
    body = get(client, "/api/boundaries/", role="district")
    assert body["count"] == 2
    west = body["features"][0]
    assert west["id"] == "district:1"
    assert west["properties"] == {
        "boundary_set": "district", "role": "district", "code": "1", "name": "District 1", "version": "2026"
    }  # fmt: skip
    outline = shapely.from_geojson(str(west["geometry"]).replace("'", '"'))
    assert outline.equals(shapely.box(-0.1, -0.1, 0, 0.1))
    assert outline.geoms[0].exterior.is_ccw


def test_areas_are_filtered_paged_and_left_without_outline(client: Client, city: dict[str, BoundarySet]) -> None:
    def ids(**query: Any) -> list[str]:
        return [feature["id"] for feature in get(client, "/api/boundaries/", **query)["features"]]

    assert ids(boundary_set="ward") == ["ward:N", "ward:S"]
    assert ids(role="ward,district", code="1,N") == ["district:1", "ward:N"]
    assert ids(bbox="0.05,0.05,0.06,0.06", role="district") == ["district:2"]
    assert ids(role="ward", limit=1, offset=1) == ["ward:S"]
    body = get(client, "/api/boundaries/", role="ward", geometry="false")
    assert [feature["geometry"] for feature in body["features"]] == [None, None]


def test_simplified_neighbours_leave_no_gaps(client: Client, db: None) -> None:
    wiggle = [(0.02 if n % 2 else 0, n) for n in range(41)]
    west = shapely.Polygon([(-10, 0), *wiggle, (-10, 40)])
    east = shapely.Polygon([(10, 0), *wiggle, (10, 40)])
    make_set("halves", "reference", {"W": west, "E": east})
    body = get(client, "/api/boundaries/", boundary_set="halves", tolerance_deg="0.9")
    areas = [shapely.from_geojson(str(f["geometry"]).replace("'", '"')) for f in body["features"]]
    assert all(shapely.get_num_coordinates(area) < 10 for area in areas)
    assert shapely.union_all(areas).area == pytest.approx(800, rel=1e-9)
    assert shapely.intersection(*areas).area == pytest.approx(0, abs=1e-9)


def test_an_area_too_small_for_the_tolerance_does_not_vanish(client: Client, db: None) -> None:
    make_set("islets", "reference", {"A": shapely.box(0, 0, 0.0001, 0.0001), "B": shapely.box(1, 1, 1.0001, 1.0001)})
    body = get(client, "/api/boundaries/", boundary_set="islets", tolerance_deg="1")
    assert all(feature["geometry"]["coordinates"][0][0] for feature in body["features"])


def test_areas_take_the_same_number_of_queries_however_many(client: Client, city: dict[str, BoundarySet]) -> None:
    url = "/api/boundaries/?boundary_set=parks&tolerance_deg=0.001"
    make_set("parks", "reference", {f"{n:02}": shapely.box(n, 0, n + 1, 1) for n in range(3)})
    few = queries_of(lambda: client.get(url))
    make_set("lakes", "reference", {f"{n:02}": shapely.box(n, 0, n + 1, 1) for n in range(30)})
    assert queries_of(lambda: client.get(url.replace("parks", "lakes"))) == few
    assert queries_of(lambda: client.get(url)) < few  # the outlines are kept


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"role": "county"}, "role"),
        ({"boundary_set": "x"}, "boundary_set"),
        ({"code": "99"}, "code"),
        ({"code": "\x00"}, "code"),
        ({"bbox": "3"}, "bbox"),
        ({"tolerance_deg": "-1"}, "tolerance_deg"),
        ({"tolerance_deg": "nan"}, "tolerance_deg"),
        ({"tolerance_deg": "1e999"}, "tolerance_deg"),
        ({"geometry": "no"}, "geometry"),
        ({"limit": "1001"}, "limit"),
        ({"format": "json"}, "format"),
    ],
)
def test_a_wrong_parameter_of_areas_is_named(
    client: Client, city: dict[str, BoundarySet], query: dict[str, str], field: str
) -> None:
    response = client.get("/api/boundaries/", query)
    assert response.status_code == 400
    assert fields_of(response) == [field]


def test_a_place_is_in_one_area_of_each_set(client: Client, city: dict[str, BoundarySet]) -> None:
    body = get(client, "/api/locate/", lon="0", lat="0.05")
    areas = {area["boundary_set"]: (area["role"], area["code"], area["how"]) for area in body["areas"]}
    assert areas == {
        "city": ("jurisdiction", "C", "inside"),
        "district": ("district", "1", "inside"),
        "streets": ("territory", "A", "inside"),
        "ward": ("ward", "N", "inside"),
    }
    assert (body["lon"], body["lat"]) == (0.0, 0.05)


def test_a_place_outside_is_a_problem_that_says_where_we_serve(client: Client, city: dict[str, BoundarySet]) -> None:
    response = client.get("/api/locate/", {"lon": "0.5", "lat": "0"})
    assert response.status_code == 422
    assert response.json()["nearest"]["lon"] == pytest.approx(0.1, abs=1e-6)


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ({}, ["lon", "lat"]),
        ({"lon": "1"}, ["lat"]),
        ({"lon": "40.7", "lat": "-173.9"}, ["lat"]),
        ({"lon": "nan", "lat": "inf"}, ["lon", "lat"]),
        ({"lon": "1" * 5_000, "lat": "1"}, ["lon"]),
        ({"lon": "a", "lat": "1"}, ["lon"]),
        ({"lon": "1", "lat": "1", "long": "1"}, ["long"]),
    ],
)
@pytest.mark.parametrize("url", ["/api/locate/", "/api/duplicates/"])
def test_a_wrong_place_is_named(
    client: Client, pothole: Service, url: str, query: dict[str, str], fields: list[str]
) -> None:
    also = {"service_code": "pothole"} if "duplicates" in url else {}
    response = client.get(url, {**query, **also})
    assert response.status_code == 400
    assert fields_of(response) == fields


def test_duplicates_say_distance_age_status_and_supporters_alone(client: Client, pothole: Service) -> None:
    row = report(pothole, 0.05, 0.05, description="private", address="12 Main St")
    report(pothole, 0.051, 0.05)
    body = get(client, "/api/duplicates/", lon=0.0501, lat=0.05, service_code="pothole")
    (duplicate,) = body["duplicates"]
    assert duplicate == {
        "service_request_id": row.service_request_id,
        "distance_m": pytest.approx(11.1, abs=0.1),
        "requested_datetime": row.requested_datetime.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "status": "received",
        "supporters": 0,
    }


def test_confidential_services_have_no_duplicates_to_show(client: Client, shelter: Service) -> None:
    Service.objects.update(duplicate_radius_m=100)
    report(shelter, 0.05, 0.05)
    assert get(client, "/api/duplicates/", lon=0.05, lat=0.05, service_code="shelter")["duplicates"] == []


def test_duplicates_take_the_same_number_of_queries_however_many(client: Client, pothole: Service) -> None:
    url = "/api/duplicates/?lon=0.05&lat=0.05&service_code=pothole"
    report(pothole, 0.05, 0.05)
    few = queries_of(lambda: client.get(url))
    for _more in range(12):
        report(pothole, 0.05, 0.05, now=timezone.now() - timedelta(days=1))
    assert queries_of(lambda: client.get(url)) == few
    assert ServiceRequest.objects.count() == 13


@pytest.mark.parametrize("query", [{}, {"service_code": "x"}, {"service_code": "\x00"}])
def test_duplicates_of_an_unknown_service_are_a_problem(
    client: Client, pothole: Service, query: dict[str, str]
) -> None:
    response = client.get("/api/duplicates/", {"lon": "0", "lat": "0", **query})
    assert response.status_code == 400
    assert fields_of(response) == ["service_code"]
