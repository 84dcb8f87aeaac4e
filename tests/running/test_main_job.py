"""The main job in Chromium: report, find it again, do the work, take it out as data."""

import json
import re
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.running.conftest import Desk, sign_in

pytestmark = pytest.mark.running

# In Astoria, Queens, on Carl's crew's territory; the visitor's device says it is there (see `context`).
LON, LAT = -73.9172, 40.7688


def choose_place_and_service(page: Page) -> None:
    """Steps one and two: my location, then the service found by a word."""
    page.goto("/")
    page.get_by_role("link", name="Report an issue").first.click()
    page.get_by_role("button", name="Use my location").click()
    expect(page.get_by_text("Council District").first).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("searchbox").fill("hole in road")
    page.get_by_role("link", name="Pothole").click()


def report_a_pothole(page: Page, description: str) -> str:
    """All steps to the tracking page; the number."""
    choose_place_and_service(page)
    different = page.get_by_role("link", name="No, mine is different")
    size = page.get_by_label("Smaller than a dinner plate")
    expect(different.or_(size)).to_be_visible()
    if different.is_visible():
        different.click()
    size.check()
    page.get_by_label("What do you see?").fill(description)
    page.get_by_role("button", name="Send report").click()
    page.wait_for_url(re.compile("/requests/"))
    return page.url.rstrip("/").rsplit("/", 1)[1]


@pytest.fixture(scope="module")
def filed() -> dict[str, str]:
    """What the tests of this file hand on: each takes up the report where the one before left it."""
    return {}


def test_a_resident_reports_by_pin_in_at_most_four_steps(page: Page, filed: dict[str, str]) -> None:
    steps: list[str] = []
    page.on("framenavigated", lambda frame: steps.append(frame.url))
    filed["number"] = report_a_pothole(page, "By the bus stop <script>alert(1)</script>")
    expect(page.get_by_text(filed["number"]).first).to_be_visible()
    forms = [url for url in dict.fromkeys(steps) if "/report" in url]
    assert len(forms) <= 4, forms


def test_the_next_resident_sees_it_and_counts_in_instead_and_can_undo_it(page: Page, filed: dict[str, str]) -> None:
    choose_place_and_service(page)
    expect(page.get_by_role("heading", name="Is it one of these?")).to_be_visible()
    card = page.locator(f'[data-candidate="{filed["number"]}"]')
    expect(card).to_contain_text("from your pin")
    card.get_by_role("button", name="This is mine too").click()
    page.wait_for_url(re.compile(f"/requests/{filed['number']}"))
    expect(page.get_by_text("1 person has this problem too.")).to_be_visible()
    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_text("Nobody else has said so yet.")).to_be_visible()


@pytest.mark.parametrize("context", [(820, 1180)], indirect=True, ids=["tablet"])
def test_a_crew_sees_it_on_its_territory_starts_and_resolves_it(page: Page, filed: dict[str, str]) -> None:
    sign_in(page, "carl")
    job = page.locator(f'[data-job="{filed["number"]}"]')
    expect(job).to_contain_text("Pothole")
    expect(page.locator("[data-map] canvas, [data-map] svg").first).to_be_visible()
    job.get_by_role("button", name="Start work").click()
    expect(job.get_by_role("link", name="Resolve…")).to_be_visible()
    job.get_by_role("link", name="Resolve…").click()
    page.get_by_label("Fixed", exact=True).check()
    page.get_by_label("Note for residents").fill("Filled with hot asphalt.")
    page.get_by_role("button", name="Resolve").click()
    expect(job).to_have_count(0)
    page.goto(f"/requests/{filed['number']}/")
    expect(page.get_by_text("Filled with hot asphalt.").first).to_be_visible()


@pytest.mark.parametrize("context", [(1280, 900)], indirect=True, ids=["desktop"])
def test_a_planner_downloads_geojson_that_holds_it_at_the_same_place(
    page: Page, filed: dict[str, str], tmp_path: Path
) -> None:
    sign_in(page, "paul")
    page.goto("/plan/?service_code=pothole")
    with page.expect_download() as download:
        page.get_by_role("link", name="GeoJSON").first.click()
    download.value.save_as(tmp_path / "plan.geojson")
    features = json.loads((tmp_path / "plan.geojson").read_text())["features"]
    assert {feature["properties"]["service_code"] for feature in features} == {"pothole"}
    (feature,) = [f for f in features if f["properties"]["service_request_id"] == filed["number"]]
    assert feature["geometry"]["coordinates"] == pytest.approx([LON, LAT], abs=1e-7)
    assert feature["properties"]["status"] == "resolved"


def test_the_folium_map_draws_with_the_outside_cut_off(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/map/")
    expect(page.locator(".leaflet-overlay-pane canvas, .leaflet-overlay-pane path").first).to_be_visible()
    outside = [url for url in asked if "127.0.0.1" not in url and not url.startswith(("data:", "blob:"))]
    assert all("tile" in url for url in outside), outside  # the configured base map alone


def test_the_desk_hides_a_report_and_a_click_undoes_it(page: Page, filed: dict[str, str], desk: Desk) -> None:
    sign_in(page, "olga")
    page.goto(f"/desk/requests/{filed['number']}/")
    hide = page.get_by_role("button", name="Hide it from the public")
    hide.click()
    page.get_by_role("button", name="Undo").wait_for()
    # Somebody without a cookie asks: gone while it is hidden, there again afterwards.
    assert requests.get(f"{desk.url}/requests/{filed['number']}/", timeout=20).status_code == 404
    page.get_by_role("button", name="Undo").first.click()
    expect(hide).to_be_visible()
    assert requests.get(f"{desk.url}/requests/{filed['number']}/", timeout=20).status_code == 200


@pytest.mark.parametrize("context", [(390, 844), (1280, 900)], indirect=True, ids=["phone", "desktop"])
def test_public_pages_draw_without_a_word_of_complaint(page: Page) -> None:
    for path in ("/", "/report/", "/map/", "/sign-in/", "/api/docs/"):
        assert page.goto(path).status == 200
        page.wait_for_load_state("networkidle")
        if path != "/api/docs/":
            expect(page.get_by_text("911").first).to_be_visible()
