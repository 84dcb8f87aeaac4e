"""The planner's page: what is open, where, how late, by the filters of the map and the download."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from geo311.accounts.models import User
from geo311.catalog.models import Service
from geo311.crews.models import Crew
from geo311.service_requests.actions import change_status
from geo311.service_requests.models import ServiceRequest
from tests.conftest import NOON, report
from tests.console.staff_pages import client_of, queries_of, text_of

pytestmark = pytest.mark.django_db
PAGE = "/plan/"
LONG_AGO = NOON.replace(year=2025)


@pytest.fixture
def plan(paul: User) -> Client:
    return client_of(paul)


@pytest.fixture
def reports(pothole: Service, west_crew: Crew, olga: User) -> list[ServiceRequest]:
    """North: an overdue one and two ended after 2 and 4 days; south: one in time; none of them a ward: one."""
    late = report(pothole, -0.05, 0.05, now=LONG_AGO)
    ended = [report(pothole, -0.05, 0.06, now=LONG_AGO) for _each in range(2)]
    for row, days in zip(ended, (2, 4), strict=True):
        change_status(
            service_request=row,
            target="resolved",  # type: ignore[arg-type]
            by=olga,
            now=LONG_AGO + timedelta(days=days),
            note="Done.",
            resolution="fixed",
        )
    return [late, *ended, report(pothole, 0.05, -0.05)]


def lines(client: Client, query: str = "") -> list[tuple[Any, ...]]:
    found = client.get(f"{PAGE}?{query}").context["lines"]
    return [(line.name, line.open, line.overdue, line.ended, line.median_days) for line in found]


def test_the_table_counts_by_ward_the_most_overdue_first(plan: Client, reports: list[ServiceRequest]) -> None:
    assert lines(plan) == [("Ward N", 1, 1, 2, 3.0), ("Ward S", 1, 0, 0, None)]


@pytest.mark.parametrize(
    ("by", "first"),
    [
        ("district", ("District 1", 1, 1, 2, 3.0)),
        ("service", ("Pothole", 2, 1, 2, 3.0)),
        ("department", ("Streets", 2, 1, 2, 3.0)),
        ("crew", ("West crew", 1, 1, 2, 3.0)),
        ("nonsense", ("Ward N", 1, 1, 2, 3.0)),
    ],
)
def test_the_table_counts_by_other_things(
    plan: Client, reports: list[ServiceRequest], by: str, first: tuple[Any, ...]
) -> None:
    assert lines(plan, f"by={by}")[0] == first


def test_reports_without_one_are_counted_last(plan: Client, reports: list[ServiceRequest]) -> None:
    assert lines(plan, "by=crew")[-1] == ("", 1, 0, 0, None)


def test_the_figures_stand_for_the_filters(plan: Client, reports: list[ServiceRequest]) -> None:
    totals = plan.get(PAGE).context["totals"]
    assert (totals["open"], totals["overdue"], totals["ended"], totals["oldest"]) == (2, 1, 2, LONG_AGO)
    assert plan.get(f"{PAGE}?ward=S").context["totals"]["open"] == 1
    assert plan.get(f"{PAGE}?overdue=true").context["totals"]["ended"] == 0


def test_download_and_map_keep_the_filters_and_nothing_else(plan: Client, reports: list[ServiceRequest]) -> None:
    page = plan.get(f"{PAGE}?ward=N&status=open&service_code=&by=district&page=1").content.decode()
    assert 'href="/export/requests.geojson?ward=N&amp;status=open"' in page
    assert 'href="/map/?ward=N&amp;status=open"' in page
    assert 'href="/export/requests.geojson"' in plan.get(PAGE).content.decode()


def test_the_rows_stand_with_the_most_overdue_first(plan: Client, reports: list[ServiceRequest]) -> None:
    rows = [row.pk for row in plan.get(PAGE).context["page"]]
    assert rows[:2] == [reports[0].pk, reports[3].pk]
    assert "4 reports" in text_of(plan, PAGE)


@pytest.mark.parametrize(
    ("query", "field"),
    [("ward=Q", "ward"), ("status=lost", "status"), ("requested_after=yesterday", "requested_after")],
)
def test_a_filter_that_cannot_be_is_said_at_its_field(
    plan: Client, reports: list[ServiceRequest], query: str, field: str
) -> None:
    answer = plan.get(f"{PAGE}?{query}")
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert f'href="#id_{field}"' in answer.content.decode()
    assert answer.context["totals"]["open"] == 0


def test_an_unknown_filter_is_refused_with_the_known_ones(plan: Client) -> None:
    answer = plan.get(f"{PAGE}?wrad=1")
    assert answer.status_code == 422
    assert "There is no such parameter" in answer.content.decode()


def test_nothing_found_says_what_to_do(plan: Client, reports: list[ServiceRequest], shelter: Service) -> None:
    assert "No reports with these filters" in text_of(plan, f"{PAGE}?status=needs_information")
    ServiceRequest.objects.all().delete()
    assert "No reports yet" in text_of(plan, PAGE)


def test_confidential_reports_are_not_even_counted_for_others(plan: Client, sam: User, shelter: Service) -> None:
    row = report(shelter, -0.05, 0.05)
    assert plan.get(PAGE).context["totals"]["open"] == 0
    mine = client_of(sam).get(PAGE)
    assert mine.context["totals"]["open"] == 1
    assert str(row) in mine.content.decode()


def test_crews_do_not_plan(carl: User) -> None:
    assert client_of(carl).get(PAGE).status_code == 403


def test_a_long_table_shows_its_top_and_the_whole_on_demand(
    plan: Client, pothole: Service, monkeypatch: pytest.MonkeyPatch, reports: list[ServiceRequest]
) -> None:
    monkeypatch.setattr("geo311.console.planner_views.LINES_FIRST", 1)
    assert len(lines(plan)) == 1
    assert "Show all 2 lines" in text_of(plan, PAGE)
    assert len(lines(plan, "whole=1")) == 2


@pytest.mark.parametrize("query", ["", "by=service", "by=crew&ward=N&status=open"])
def test_the_queries_of_the_page_do_not_grow_with_the_city(
    plan: Client, reports: list[ServiceRequest], pothole: Service, query: str
) -> None:
    few = queries_of(plan, f"{PAGE}?{query}")
    for step in range(27):
        report(pothole, -0.05, 0.05 if step % 2 else -0.05)
    assert queries_of(plan, f"{PAGE}?{query}") == few
