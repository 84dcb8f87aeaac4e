"""/export/<layer>.geojson: streamed, right coordinates, nothing private."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import shapely
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from boundaries.models import BoundarySet
from geo311.accounts.models import User
from geo311.catalog.models import Service
from geo311.service_requests import actions
from geo311.service_requests.layers import REQUESTS
from geo311.service_requests.models import ServiceRequest
from tests.conftest import make_set, report
from tiles.exports import ROWS_A_PIECE, geojson

pytestmark = pytest.mark.django_db
URL = "/export/requests.geojson"
# DESIGN.md, "Layers": exactly these.
PUBLIC = [
    "service_request_id", "service_code", "service_name", "status", "status_notes", "agency_responsible",
    "requested_datetime", "updated_datetime", "expected_datetime", "closed_datetime", "address", "district", "ward",
    "territory", "duplicate_of", "supporters",
]  # fmt: skip


def exported(client: Client, url: str = URL, **query: str) -> Any:
    response = client.get(url, query)
    assert response.status_code == 200
    return json.loads(b"".join(response))


def test_a_report_leaves_with_its_public_properties_and_no_others(client: Client, pothole: Service) -> None:
    row = report(pothole, 0.0512345678, -0.05, description="private", address='12 "Main" St \\ é')
    collection = exported(client)
    (feature,) = collection["features"]
    assert set(collection) == {"type", "features"}
    assert feature["id"] == row.service_request_id
    assert list(feature["properties"]) == PUBLIC
    assert feature["geometry"] == {"type": "Point", "coordinates": [0.0512346, -0.05]}
    assert feature["properties"]["address"] == '12 "Main" St \\ é'
    assert feature["properties"]["requested_datetime"] == row.requested_datetime.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert feature["properties"]["closed_datetime"] is None
    assert feature["properties"]["supporters"] == 0


def test_coordinates_leave_as_they_came_to_seven_decimals(client: Client, pothole: Service) -> None:
    places = [(0.0000001, -0.0000001), (0.0999999, 0.0333333), (-0.0123457, 0.0765432)]
    for lon, lat in places:
        report(pothole, lon, lat)
    coordinates = {tuple(feature["geometry"]["coordinates"]) for feature in exported(client)["features"]}
    assert coordinates == set(places)


def test_an_export_without_rows_is_an_empty_collection(client: Client, pothole: Service) -> None:
    assert exported(client) == {"type": "FeatureCollection", "features": []}


def test_a_report_without_a_place_has_no_geometry(client: Client, pothole: Service) -> None:
    row = report(pothole, 0.05, 0.05)
    ServiceRequest.objects.filter(pk=row.pk).update(public_location=None, district=None)
    (feature,) = exported(client)["features"]
    assert feature["geometry"] is None
    assert feature["properties"]["district"] is None


def test_confidential_and_hidden_reports_leave_for_those_alone_who_may_see_them(
    client: Client, pothole: Service, shelter: Service, sam: User, olga: User
) -> None:
    secret, hidden = report(shelter, 0.05, 0.05), report(pothole, 0.05, 0.05)
    actions.set_hidden(service_request=hidden, hidden=True, by=olga, now=timezone.now())
    assert exported(client)["features"] == []
    for user, numbers in ((olga, {hidden}), (sam, {hidden, secret})):
        client.force_login(user)
        ids = {feature["id"] for feature in exported(client)["features"]}
        assert ids == {row.service_request_id for row in numbers}


def test_a_public_export_may_be_kept_shortly_and_a_personal_one_never(
    client: Client, pothole: Service, olga: User
) -> None:
    assert client.get(URL)["Cache-Control"] == "public, max-age=10"
    client.force_login(olga)
    assert client.get(URL)["Cache-Control"] == "private, no-store"


def test_an_export_is_a_file_to_download(client: Client, pothole: Service) -> None:
    response = client.get(URL)
    assert response["Content-Type"] == "application/geo+json"
    assert response["Content-Disposition"] == 'attachment; filename="requests.geojson"'
    assert b"".join(client.head(URL)) == b""


def test_an_export_is_compressed_where_the_reader_asks(client: Client, pothole: Service) -> None:
    report(pothole, 0.05, 0.05)
    response = client.get(URL, headers={"Accept-Encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    assert b"".join(response)[:2] == b"\x1f\x8b"


@pytest.mark.parametrize("path", ["nothing.geojson", "requests.shp", "requests.GEOJSON"])
def test_an_unknown_layer_or_format_lists_those_there_are(client: Client, pothole: Service, path: str) -> None:
    response = client.get(f"/export/{path}")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert ("geojson" if path.startswith("requests") else "requests") in response.json()["detail"]


def test_an_export_only_reads(client: Client, pothole: Service) -> None:
    assert client.post(URL).status_code == 405


def test_rows_are_read_as_they_leave(pothole: Service, django_assert_num_queries: Any) -> None:
    template = report(pothole, 0.05, 0.05)
    copies: list[ServiceRequest] = []
    for n in range(2 * ROWS_A_PIECE):
        copy = ServiceRequest.objects.get(pk=template.pk) if n == 0 else copies[-1]
        fields = {f.attname: getattr(copy, f.attname) for f in ServiceRequest._meta.fields}
        del fields["id"], fields["service_request_id"]
        copies.append(ServiceRequest(**fields))
    ServiceRequest.objects.bulk_create(copies)
    rows = REQUESTS.rows(AnonymousUser(), QueryDict(""))
    body: Iterator[bytes] = geojson(REQUESTS, rows)
    with django_assert_num_queries(0):
        assert next(body).startswith(b'{"type":"FeatureCollection"')
    piece = next(body)
    assert piece.count(b'"Feature"') == ROWS_A_PIECE
    rest = list(body)
    assert len(rest) == 3  # two more pieces and the end
    assert rest[-1].endswith(b"]}\n")


def test_areas_leave_with_rings_by_the_right_hand_rule(client: Client, db: None) -> None:
    hole = shapely.Polygon(
        [(0, 0), (0, 4), (4, 4), (4, 0)], holes=[[(1, 1), (2, 1), (2, 2), (1, 2)]]
    )  # the wrong way round on purpose
    make_set("district", "district", {"1": hole})
    (feature,) = exported(client, "/export/district.geojson")["features"]
    assert feature["id"] == "district:1"
    assert list(feature["properties"]) == ["boundary_set", "role", "code", "name", "version"]
    (polygon,) = shapely.from_geojson(json.dumps(feature["geometry"])).geoms
    assert polygon.equals(hole)
    assert polygon.exterior.is_ccw
    assert [ring.is_ccw for ring in polygon.interiors] == [False]


def test_each_reference_set_is_a_layer_under_its_slug(client: Client, city: dict[str, BoundarySet]) -> None:
    make_set("parks", "reference", {"P": shapely.box(0, 0, 0.01, 0.01), "Q": shapely.box(0.05, 0, 0.06, 0.01)})
    assert [feature["id"] for feature in exported(client, "/export/parks.geojson")["features"]] == [
        "parks:P",
        "parks:Q",
    ]
    within = exported(client, "/export/parks.geojson", bbox="0.05,0,0.06,0.01")
    assert [feature["id"] for feature in within["features"]] == ["parks:Q"]
    assert len(exported(client, "/export/territory.geojson")["features"]) == 2


def test_a_version_out_of_force_does_not_leave(client: Client, city: dict[str, BoundarySet]) -> None:
    city["ward"].versions.update(valid_from="2000-01-01", valid_to="2001-01-01")
    assert exported(client, "/export/ward.geojson")["features"] == []


@pytest.mark.parametrize(
    ("query", "field"), [({"status": "open"}, "status"), ({"bbox": "a"}, "bbox"), ({"code": "99"}, "code")]
)
def test_a_wrong_parameter_of_an_area_layer_is_named(
    client: Client, city: dict[str, BoundarySet], query: dict[str, str], field: str
) -> None:
    response = client.get("/export/ward.geojson", query)
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == [field]
