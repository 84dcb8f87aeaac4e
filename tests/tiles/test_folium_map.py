"""The Folium map: the page, the builder and the file."""

import json
import re
from pathlib import Path
from typing import Any

import folium
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from boundaries.models import BoundarySet
from geo311.accounts.models import User
from geo311.catalog.models import Service
from geo311.core.coordinates import BBox
from geo311.core.workflow import Status
from geo311.service_requests import actions
from geo311.service_requests.models import ServiceRequest
from tests.api.conftest import queries_of
from tests.conftest import report
from tiles.folium_map import AreaOutlines, MapDescription, SiteMap, render

SCRIPT = "<script>alert(1)</script>"
pytestmark = pytest.mark.django_db


def described(**changes: Any) -> MapDescription:
    areas = [AreaOutlines(f"Wards {SCRIPT}", "fine", {"url": "/api/boundaries/?role=ward"})]
    plain: dict[str, Any] = {
        "bounds": BBox(-0.1, -0.1, 0.1, 0.1),
        "issues_name": "Reports",
        "issues": {"source": {"url": "/export/requests.geojson"}, "note": SCRIPT},
        "outlines": areas,
    }
    return MapDescription(**(plain | changes))


def test_the_map_brings_no_foreign_host_no_inline_style_and_no_handler() -> None:
    drawn = render(described())
    assert "<script" not in drawn.html + drawn.script
    assert not re.search(r"https?://", drawn.html + drawn.script)
    assert not re.search(r"\sstyle=|\son\w+=", drawn.html)


def test_what_comes_from_data_is_no_markup_in_the_script() -> None:
    drawn = render(described())
    assert "alert(1)" in drawn.script
    assert "<" not in drawn.script


def test_foliums_shared_lists_of_assets_stay_as_they_are() -> None:
    before = (list(folium.Map.default_js), list(folium.Map.default_css))
    made = SiteMap(BBox(0, 0, 1, 1), "Reports", {})
    made.add_js_link("x", "/static/x.js")
    made.add_css_link("x", "/static/x.css")
    assert (folium.Map.default_js, folium.Map.default_css) == before
    assert SiteMap(BBox(0, 0, 1, 1), "Reports", {}).default_js == []


def test_a_base_map_is_drawn_only_where_one_is_configured() -> None:
    assert "tileLayer" not in render(described()).script
    drawn = render(described(basemap_url="https://tiles.example.org/{z}/{x}/{y}.png", basemap_attribution="Us"))
    assert "https://tiles.example.org/{z}/{x}/{y}.png" in drawn.script


def test_the_page_shows_open_issues_as_map_legend_and_list(client: Client, pothole: Service, olga: User) -> None:
    row, ended = report(pothole, -0.05, 0.05, address="12 Main St"), report(pothole, 0.05, 0.05, address="Elm St")
    how = {"note": "Done", "resolution": "fixed"}
    actions.change_status(service_request=ended, target=Status.CLOSED, by=olga, now=timezone.now(), **how)
    page = client.get("/map/").content.decode()
    assert "12 Main St" in page
    assert "Elm St" not in page
    assert f"/requests/{row.service_request_id}/" in page
    assert "/export/requests.geojson?status=open" in page
    assert "Elm St" in client.get("/map/", {"status": "closed"}).content.decode()


def test_filters_narrow_map_and_list_alike(client: Client, pothole: Service) -> None:
    west, east = report(pothole, -0.05, 0.05), report(pothole, 0.05, 0.05)
    page = client.get("/map/?service_code=pothole&district=1&ward=&territory=").content.decode()
    assert west.service_request_id in page
    assert east.service_request_id not in page
    assert "service_code=pothole\\u0026district=1\\u0026status=open" in page


def test_every_script_carries_the_nonce_and_nothing_stands_inline(client: Client, pothole: Service) -> None:
    report(pothole, 0.05, 0.05, address=SCRIPT)
    response = client.get("/map/")
    page = response.content.decode()
    (nonce,) = set(re.findall(r'<script nonce="([^"]+)"', page))
    assert f"'nonce-{nonce}'" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]
    bare = [tag for tag in re.findall(r"<script[^>]*>", page) if "src=" not in tag and "nonce=" not in tag]
    assert bare == []
    assert not re.search(r"<[a-z][^>]*\s(style|on[a-z]+)=", page)
    assert SCRIPT not in page


def test_a_wrong_filter_is_said_at_its_field_and_draws_no_map(client: Client, pothole: Service) -> None:
    report(pothole, 0.05, 0.05)
    response = client.get("/map/", {"ward": "X", "nonsense": "1"})
    assert response.status_code == 400
    page = response.content.decode()
    assert "nonsense" in page
    assert "L.map(" not in page
    page = client.get("/map/", {"ward": "X"}).content.decode()
    assert "“X” is not known" in page


def test_no_match_says_what_to_do_next(client: Client, pothole: Service) -> None:
    assert "No reports match" in client.get("/map/").content.decode()


def test_confidential_and_hidden_reports_are_not_on_the_map(
    client: Client, pothole: Service, shelter: Service, olga: User
) -> None:
    secret, hidden = report(shelter, 0.05, 0.05), report(pothole, 0.05, 0.05)
    actions.set_hidden(service_request=hidden, hidden=True, by=olga, now=timezone.now())
    page = client.get("/map/").content.decode()
    assert secret.service_request_id not in page
    assert hidden.service_request_id not in page


def test_the_map_takes_the_same_number_of_queries_whatever_it_shows(client: Client, pothole: Service) -> None:
    report(pothole, -0.05, 0.05)
    client.get("/map/")
    few = queries_of(lambda: client.get("/map/"))
    for n in range(30):
        report(pothole, -0.003 * n, 0.003 * n)
    assert queries_of(lambda: client.get("/map/")) == few


def test_the_list_ends_at_one_hundred_and_leads_to_all(client: Client, pothole: Service) -> None:
    template = report(pothole, 0.05, 0.05)
    fields = {f.attname: getattr(template, f.attname) for f in ServiceRequest._meta.fields}
    del fields["id"], fields["service_request_id"]
    ServiceRequest.objects.bulk_create([ServiceRequest(**fields) for _more in range(104)])
    page = client.get("/map/").content.decode()
    assert page.count('class="rows__item"') == 100
    assert "The newest 100 of 105" in page
    assert "Download all 105 as GeoJSON" in page


def test_the_file_holds_all_it_needs(pothole: Service, shelter: Service, tmp_path: Path) -> None:
    row = report(pothole, 0.05, 0.05, address=f"12 Main St {SCRIPT}")
    secret = report(shelter, 0.05, 0.05)
    out = tmp_path / "open.html"
    call_command("folium_map", out=out, site="https://311.example.org")
    page = out.read_text(encoding="utf-8")
    assert not re.search(r"<(?:script|link|img)[^>]*(?:src|href)=", page)
    (styles,) = re.findall(r"<style[^>]*>(.*?)</style>", page, re.DOTALL)
    assert "url(" not in styles
    assert SCRIPT not in page
    data = re.search(r'<script type="application/json" id="issues">(.*?)</script>', page, re.DOTALL)
    assert data is not None
    (feature,) = json.loads(data[1])["features"]
    assert feature["id"] == row.service_request_id
    assert SCRIPT in feature["properties"]["address"]
    assert secret.service_request_id not in page
    assert "https://311.example.org/requests/__id__/" in page


def test_the_file_takes_the_filters_of_the_page(pothole: Service, city: dict[str, BoundarySet], tmp_path: Path) -> None:
    west, east = report(pothole, -0.05, 0.05), report(pothole, 0.05, 0.05)
    call_command("folium_map", out=tmp_path / "west.html", filter="district=1")
    page = (tmp_path / "west.html").read_text(encoding="utf-8")
    assert west.service_request_id in page
    assert east.service_request_id not in page
    with pytest.raises(CommandError, match="99"):
        call_command("folium_map", out=tmp_path / "x.html", filter="district=99")
    with pytest.raises(CommandError):
        call_command("folium_map", out=tmp_path / "no" / "such" / "folder.html")
