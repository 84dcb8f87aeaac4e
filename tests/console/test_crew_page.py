"""The crew's page: its own open work, overdue first, then the nearest; its territory on the map."""

import re
from datetime import timedelta
from typing import Any

import pytest
import shapely
from django.test import Client
from django.utils import timezone

from boundaries.models import Boundary
from geo311.accounts.models import User
from geo311.catalog.models import Service
from geo311.console import crew_views
from geo311.crews.models import Crew
from geo311.service_requests.actions import assign, change_status, submit
from geo311.service_requests.models import Channel, ServiceRequest
from geo311.service_requests.submission import Submission
from tests.conftest import NOON, make_user, report
from tests.console.staff_pages import client_of, queries_of, text_of

pytestmark = pytest.mark.django_db
PAGE = "/crews/west/"


@pytest.fixture
def crew(carl: User) -> Client:
    return client_of(carl)


def order(client: Client, path: str = PAGE) -> list[str]:
    return re.findall(r'data-job="([^"]+)"', client.get(path).content.decode())


def test_the_list_holds_the_crews_own_open_work_alone(
    crew: Client, pothole: Service, carl: User, west_crew: Crew
) -> None:
    mine, elsewhere, ended = (report(pothole, lon, 0.05) for lon in (-0.05, 0.05, -0.06))
    change_status(service_request=ended, target="resolved", by=carl, now=NOON, note="Done.", resolution="fixed")  # type: ignore[arg-type]
    assert order(crew) == [str(mine)]
    assert str(elsewhere) not in crew.get(PAGE).content.decode()


def test_overdue_comes_first_then_the_nearest_to_a_point_inside_the_territory(crew: Client, pothole: Service) -> None:
    long_ago = timezone.now() - timedelta(days=30)
    inside = (-0.05, 0.0)  # the middle of territory A
    far, near = (report(pothole, -0.09, 0.09), report(pothole, inside[0], 0.001))
    far_late, near_late = (report(pothole, -0.09, 0.08, now=long_ago), report(pothole, inside[0], 0.002, now=long_ago))
    assert order(crew) == [str(row) for row in (near_late, far_late, near, far)]


def test_where_the_device_says_it_is_the_order_starts_there(crew: Client, pothole: Service) -> None:
    north, south = report(pothole, -0.05, 0.09), report(pothole, -0.05, -0.09)
    assert order(crew, f"{PAGE}?lon=-0.05&lat=0.08") == [str(north), str(south)]
    assert order(crew, f"{PAGE}?lon=-0.05&lat=-0.08") == [str(south), str(north)]
    assert "1.1 km" in text_of(crew, f"{PAGE}?lon=-0.05&lat=0.08")


@pytest.mark.parametrize("place", ["lon=abc&lat=0", "lon=nan&lat=0", "lon=740&lat=0", "lon=1"])
def test_a_place_that_cannot_be_leaves_the_order(crew: Client, pothole: Service, place: str) -> None:
    near, far = report(pothole, -0.05, 0.001), report(pothole, -0.05, 0.09)
    assert order(crew, f"{PAGE}?{place}") == [str(near), str(far)]


def test_work_without_a_place_comes_after_the_rest(crew: Client, pothole: Service, olga: User, west_crew: Crew) -> None:
    submission = Submission(service=pothole, address="1 Main St", channel=Channel.PHONE)
    unplaced, _new = submit(submission=submission, now=timezone.now())
    assign(service_request=unplaced, crew=west_crew, by=olga, now=timezone.now())
    placed = report(pothole, -0.09, 0.09)
    assert order(crew) == [str(placed), str(unplaced)]


def test_each_job_offers_the_next_step_navigation_a_note_and_passing_on(crew: Client, pothole: Service) -> None:
    row = report(pothole, -0.05, 0.05, address="1 Main St", description="Deep.")
    page = crew.get(PAGE).content.decode()
    for said in (
        "1 Main St",
        "Deep.",
        f'action="/desk/requests/{row}/step/in_progress/"',
        'href="geo:0.050000,-0.050000?q=0.050000,-0.050000"',
        "https://www.openstreetmap.org/directions?to=0.050000%2C-0.050000",
        f'href="/desk/requests/{row}/note/?next=/crews/west/"',
        f'href="/desk/requests/{row}/crew/?next=/crews/west/"',
    ):
        assert said in page


def test_started_work_is_resolved_from_the_list(crew: Client, pothole: Service) -> None:
    row = report(pothole, -0.05, 0.05)
    crew.post(f"/desk/requests/{row}/step/in_progress/", {"next": PAGE})
    assert f'href="/desk/requests/{row}/step/resolved/?next=/crews/west/"' in crew.get(PAGE).content.decode()
    form = {"next": PAGE, "note": "Filled.", "resolution": "fixed"}
    answer = crew.post(f"/desk/requests/{row}/step/resolved/", form, follow=True)
    assert answer.redirect_chain == [(PAGE, 302)]
    assert "Nothing is open" in answer.content.decode()


def test_a_crew_passes_its_report_on_with_a_reason(crew: Client, pothole: Service, west_crew: Crew) -> None:
    Crew.objects.create(slug="night", name="Night crew", department=west_crew.department)
    row = report(pothole, -0.05, 0.05)
    refused = crew.post(f"/desk/requests/{row}/crew/", {"crew": "night", "next": PAGE})
    assert "Say why you pass it on." in refused.content.decode()
    crew.post(f"/desk/requests/{row}/crew/", {"crew": "night", "reason": "By night.", "next": PAGE})
    row.refresh_from_db()
    assert row.crew is not None
    assert row.crew.slug == "night"
    assert order(crew) == []


def test_the_page_is_for_members_and_the_desk(
    crew: Client, olga: User, paul: User, rosa: User, pothole: Service
) -> None:
    Crew.objects.create(slug="east", name="East crew", department=pothole.department)
    for path in ("/crews/east/", "/crews/east/map.json"):
        assert crew.get(path).status_code == 403
        assert client_of(olga).get(path).status_code == 200
        assert client_of(paul).get(path).status_code == 403
        assert client_of(rosa).get(path).status_code == 403
        assert Client().get(path).status_code == 302
    assert crew.get("/crews/nobody/").status_code == 404


def test_confidential_work_is_seen_by_its_department_alone(
    crew: Client, shelter: Service, west_crew: Crew, olga: User, sam: User
) -> None:
    outreach = Crew.objects.create(slug="outreach", name="Outreach", department=shelter.department)
    row = report(shelter, -0.05, 0.05, address="9 Secret Lane")
    assign(service_request=row, crew=outreach, by=sam, now=NOON)
    for path in ("/crews/outreach/", "/crews/outreach/map.json", "/crews/"):
        assert str(row) not in client_of(olga).get(path).content.decode()
        assert "Secret" not in client_of(olga).get(path).content.decode()
    assert order(client_of(sam), "/crews/outreach/") == [str(row)]
    assert counts(client_of(olga))["Outreach"] == (0, 0)
    assert counts(client_of(sam))["Outreach"] == (1, 0)


def counts(client: Client) -> dict[str, tuple[int, int]]:
    return {line["crew"].name: (line["open"], line["overdue"]) for line in client.get("/crews/").context["lines"]}


def test_the_list_of_crews_counts_open_and_overdue(olga: User, pothole: Service, west_crew: Crew) -> None:
    report(pothole, -0.05, 0.05)
    report(pothole, -0.05, 0.05, now=NOON.replace(year=2025))
    assert counts(client_of(olga)) == {"West crew": (2, 1)}


def test_somebody_in_no_crew_is_told_what_to_do(pothole: Service) -> None:
    page = text_of(client_of(make_user("newcomer", "crew")), "/crews/")
    assert "You are in no crew yet" in page


def test_the_map_holds_the_territorys_outline_and_the_open_work(crew: Client, pothole: Service) -> None:
    row = report(pothole, -0.05, 0.05, address="1 Main St")
    body: Any = crew.get(f"{PAGE}map.json").json()
    assert body["bounds"] == [-0.1, -0.1, 0.0, 0.1]
    (territory,) = body["territories"]["features"]
    assert territory["properties"] == {"code": "A", "name": "Streets A"}
    assert shapely.geometry.shape(territory["geometry"]).equals(shapely.box(-0.1, -0.1, 0, 0.1))
    (feature,) = body["requests"]["features"]
    assert feature["geometry"]["coordinates"] == [-0.05, 0.05]
    assert feature["properties"]["service_request_id"] == str(row)


def test_a_crew_without_a_territory_still_has_its_page(crew: Client, west_crew: Crew, pothole: Service) -> None:
    west_crew.territories.clear()
    assert "Nothing is open" in text_of(crew, PAGE)
    assert crew.get(f"{PAGE}map.json").json()["bounds"] is None


def test_a_long_list_is_paged_in_its_order(crew: Client, pothole: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew_views, "JOBS_PER_PAGE", 2)
    rows = [report(pothole, -0.05, 0.01 * step) for step in range(3)]
    assert order(crew) + order(crew, f"{PAGE}?page=2") == [str(row) for row in rows]


def test_what_residents_typed_is_text_in_the_list_and_on_the_map(crew: Client, pothole: Service) -> None:
    report(pothole, -0.05, 0.05, address="<b>1</b>", description="<script>alert(1)</script>")
    assert "<script>alert(1)" not in crew.get(PAGE).content.decode()
    assert crew.get(f"{PAGE}map.json")["Content-Type"] == "application/json"


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}map.json"])
def test_the_queries_of_the_page_do_not_grow_with_the_work(
    crew: Client, pothole: Service, west_crew: Crew, path: str
) -> None:
    def more(number: int) -> None:
        for _each in range(number):
            report(pothole, -0.05, 0.05)
            other = Boundary.objects.create(
                boundary_set_id=west_crew.territories.all()[0].boundary_set_id,
                code=f"Z{ServiceRequest.objects.count()}",
            )
            west_crew.territories.add(other)

    more(3)
    few = queries_of(crew, path)
    more(27)
    assert queries_of(crew, path) == few
