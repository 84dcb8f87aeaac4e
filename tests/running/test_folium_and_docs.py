"""The Folium map, its file and the API's page in Chromium, the outside cut off; `context` fails on CSP complaints."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from tests.running.conftest import KEY, Desk

pytestmark = pytest.mark.running

LON, LAT = -73.9141, 40.7667  # apart from the places of other tests
SCRIPT = "<img src=x onerror=alert(1)><script>alert(2)</script>"
DRAWN = """() => [...document.querySelectorAll('.leaflet-overlay-pane canvas')].some((canvas) =>
  canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0))"""


@pytest.fixture(scope="module")
def number(desk: Desk, browser: Browser) -> str:
    """A report whose address is a script, filed through the API; its number."""
    context = browser.new_context(base_url=desk.url, extra_http_headers={"X-Geo311-Key": KEY})
    wanted = context.request.get("/api/services/pothole/").json()["attributes"]
    answers = {each["code"]: each["values"][0]["key"] for each in wanted if each["required"]}
    place = {"lon": LON, "lat": LAT, "address": SCRIPT, "description": SCRIPT}
    body = {"service_code": "pothole", "attributes": answers, **place}
    reply = context.request.post("/api/requests/", data=body)
    assert reply.status == 201, reply.text()
    made = str(reply.json()["id"])
    context.close()
    return made


def refuse(said: list[str]) -> Callable[[Dialog], None]:
    """Close each dialog, and keep what it said: a script that ran."""

    def close(dialog: Dialog) -> None:
        said.append(dialog.message)
        dialog.dismiss()

    return close


def pick_the_only_marker(page: Page) -> None:
    """The map shows one report alone, so it stands in the middle."""
    page.wait_for_function(DRAWN)
    box = page.locator(".map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def open_at(page: Page, number: str) -> None:
    feature = page.request.get(f"/api/requests/{number}/").json()
    lon, lat = feature["geometry"]["coordinates"]
    spot = f"{lon - 1e-5},{lat - 1e-5},{lon + 1e-5},{lat + 1e-5}"
    page.goto(f"/map/?service_code=pothole&bbox={spot}")


@pytest.mark.parametrize("context", [(390, 844), (1280, 900)], indirect=True, ids=["phone", "desktop"])
def test_the_map_draws_reports_lines_and_legend(page: Page) -> None:
    page.goto("/map/")
    page.wait_for_function(DRAWN)
    expect(page.locator("[data-map-note]")).to_be_empty()
    expect(page.locator(".leaflet-outlines-strong-pane canvas")).to_have_count(1)
    page.get_by_role("checkbox", name="Wards").check()
    expect(page.locator(".leaflet-outlines-fine-pane canvas")).to_have_count(1)
    expect(page.locator(".legend .chip").first).to_be_visible()


@pytest.mark.parametrize("context", [(1280, 900)], indirect=True, ids=["desktop"])
def test_a_marker_says_what_it_is_and_a_script_in_it_stays_text(page: Page, number: str) -> None:
    alerts: list[str] = []
    page.on("dialog", refuse(alerts))
    open_at(page, number)
    pick_the_only_marker(page)
    popup = page.locator(".leaflet-popup-content")
    expect(popup).to_contain_text("Pothole")
    expect(popup).to_contain_text(SCRIPT)
    expect(popup.locator("img, script")).to_have_count(0)
    expect(page.locator(".rows")).to_contain_text(SCRIPT)
    popup.get_by_role("link", name="See this report").click()
    page.wait_for_url(re.compile(f"/requests/{number}/"))
    assert alerts == []


def test_filters_work_without_scripts(desk: Desk, browser: Browser, number: str) -> None:
    context = browser.new_context(base_url=desk.url, java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto("/map/")
    page.get_by_label("Service").select_option("pothole")
    page.get_by_label("Status").select_option("ended")
    page.get_by_role("button", name="Show").click()
    assert "service_code=pothole" in page.url
    expect(page.get_by_role("heading", name="Map of reports")).to_be_visible()
    expect(page.locator(".rows")).not_to_contain_text(SCRIPT)
    context.close()


def test_a_failure_to_load_says_so(page: Page) -> None:
    page.route("**/export/**", lambda route: route.fulfill(status=503, body="{}"))
    page.goto("/map/")
    expect(page.locator("[data-map-note]")).to_contain_text("could not be loaded")


def test_the_file_opens_without_any_network(desk: Desk, browser: Browser, number: str, tmp_path: Path) -> None:
    out = tmp_path / "open.html"
    desk.manage("folium_map", "--out", str(out), "--filter", "status=open&service_code=pothole")
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    page = context.new_page()
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", refuse(complaints))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(out.as_uri())
    page.wait_for_function(DRAWN)
    outside = [url for url in asked if not url.startswith(("file:", "data:", "blob:"))]
    assert all("tile" in url for url in outside), outside  # the configured base map alone
    assert [text for text in complaints if "ERR_INTERNET_DISCONNECTED" not in text] == []
    data = page.locator("#issues").text_content()
    assert data is not None
    assert number in {feature["id"] for feature in json.loads(data)["features"]}
    context.close()


@pytest.mark.parametrize("context", [(1280, 900)], indirect=True, ids=["desktop"])
def test_the_page_of_the_api_tries_a_call_with_the_outside_cut_off(page: Page) -> None:
    page.goto("/api/docs/")
    page.locator("#operations-locate-locate_retrieve button").first.click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_placeholder("lon").fill(str(LON))
    page.get_by_placeholder("lat").fill(str(LAT))
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table")).to_contain_text("district")
