"""The demo city: real areas that fit each other, simulated reports that are as if the desk had taken them."""

import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings

from boundaries.lookup import locate
from geo311.accounts.models import User
from geo311.catalog.answers import check_answers
from geo311.catalog.models import Service
from geo311.core.coordinates import LonLat
from geo311.core.deadlines import WorkingCalendar, expected_datetime
from geo311.core.workflow import ENDED, Role, Status, check_step
from geo311.crews.lookup import crew_for
from geo311.crews.models import Crew
from geo311.importers.city_file import read_city
from geo311.importers.demo import city
from geo311.importers.demo.areas import AreaSet, new_york
from geo311.importers.demo.loading import Demo, load_demo
from geo311.service_requests.models import Event, EventKind, ServiceRequest
from geo311.service_requests.placement import area_columns

# All of them, for pytest-django runs tests without a database last, which would load the demo a second time.
pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NOW = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
REPORTS = 400


@pytest.fixture(scope="module")
def areas() -> tuple[AreaSet, ...]:
    return new_york()


@pytest.fixture(scope="module")
def demo(
    areas: tuple[AreaSet, ...], django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Demo]:
    """The demo city with few reports, loaded once for all tests here and rolled back after them."""
    folder = tmp_path_factory.mktemp("demo")
    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    unnamed = {"DATA_DIR": folder, "CITY_FILE": folder / "city.env", "CITY_NAME": "Your city"}
    (folder / "city.env").write_text("GEO311_EMAIL_URL='smtp://mail.example.org'\n")
    with (
        override_settings(PASSWORD_HASHERS=hashers, **unnamed),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        yield load_demo(reports=REPORTS, seed=311, now=NOW, say=print, areas=_with_few_tracts(areas))
        transaction.set_rollback(True)


def _with_few_tracts(areas: tuple[AreaSet, ...]) -> tuple[AreaSet, ...]:
    """Most of the time goes into the 2,325 census tracts, and the reports need not lie in all of them."""
    return tuple(
        replace(each, rows=each.rows[::8]) if each.declaration.slug == "census-tract" else each for each in areas
    )


@pytest.fixture(scope="module")
def rows(demo: Demo, django_db_blocker: Any) -> list[ServiceRequest]:
    """Every report with all that belongs to it, read once: to look at, not to change."""
    found = ServiceRequest.objects.select_related("service__department__territory_set", "crew", "reporter")
    with django_db_blocker.unblock():
        return list(
            found.order_by("pk").prefetch_related("events__by", "events__text", "service__attributes", "supporters")
        )


def test_all_reports_are_there_and_say_that_they_are_simulated(demo: Demo, rows: list[ServiceRequest]) -> None:
    assert demo.reports == len(rows) == REPORTS
    assert all(row.is_simulated for row in rows)
    assert all(NOW - timedelta(days=121) < row.requested_datetime < NOW for row in rows)
    assert {row.status for row in rows} == set(Status)


def test_reports_lie_where_the_lookup_says(rows: list[ServiceRequest]) -> None:
    placed = [row for row in rows if row.location is not None]
    assert len(placed) > 0.9 * REPORTS
    for row in placed[::25]:
        assert row.location is not None
        point = LonLat(row.location.x, row.location.y)
        expected = area_columns(row.service, locate(point))
        stored = {name: getattr(row, name) for name in expected}
        metres = {name for name in expected if name.endswith("_edge_m")}
        assert {name: stored[name] for name in expected.keys() - metres} == {
            name: expected[name] for name in expected.keys() - metres
        }
        for name in metres:
            assert stored[name] == (
                None if expected[name] is None else pytest.approx(expected[name], rel=0.005, abs=0.02)
            )


def test_reports_went_to_the_crew_that_submitting_them_would_have_found(rows: list[ServiceRequest]) -> None:
    for row in rows[::9]:
        first = next((event for event in row.events.all() if event.kind == EventKind.ASSIGNED), None)
        crew = crew_for(row.service, row.territory_id) if row.location is not None else None
        if crew is not None:
            assert first is not None
            assert first.detail == {"crew": crew.slug, "how": "automatic"}
            assert row.crew == crew


def test_few_reports_wait_without_a_crew(rows: list[ServiceRequest]) -> None:
    waiting = ServiceRequest.objects.public().unassigned()
    assert 0 < waiting.count() < 0.03 * REPORTS


def test_every_history_takes_steps_of_the_table_and_ends_where_the_row_stands(rows: list[ServiceRequest]) -> None:
    for row in rows:
        events = list(row.events.all())
        assert events[0].kind == EventKind.SUBMITTED
        assert [event.at for event in events] == sorted(event.at for event in events)
        assert events[0].at == row.requested_datetime
        assert events[-1].at <= NOW
        status, resolution, notes, closed = Status.RECEIVED, "", "", None
        for event in events:
            if event.kind == EventKind.ASSIGNED:
                assert status is Status.RECEIVED
                status = Status.ASSIGNED
            if event.kind != EventKind.STATUS_CHANGED:
                continue
            _check_step(event, status)
            status, resolution = Status(event.new_status), event.detail.get("resolution", "")
            notes = event.text.text if event.text else notes
            closed = (closed or event.at) if status in ENDED else None
        assert (row.status, row.resolution, row.status_notes) == (status, resolution, notes)
        assert row.closed_datetime == closed
        assert row.updated_datetime == max(event.at for event in events if event.kind != EventKind.NOTE_ADDED)


def _check_step(event: Event, status: Status) -> None:
    assert event.by is not None
    assert event.old_status == status
    note, resolution = event.text.text if event.text else "", event.detail.get("resolution", "")
    check_step(status, Status(event.new_status), role=event.by.workflow_role, note=note, resolution=resolution)


def test_steps_are_taken_by_those_whose_report_it_is(rows: list[ServiceRequest]) -> None:
    crews = {crew.pk: {member.pk for member in crew.members.all()} for crew in Crew.objects.prefetch_related("members")}
    seen: dict[int, set[int]] = {}
    for row in rows:
        for event in row.events.all():
            if event.by is None or event.by.workflow_role is Role.RESIDENT:
                continue
            if event.by.pk not in seen:
                seen[event.by.pk] = set(ServiceRequest.objects.visible_to(event.by).values_list("pk", flat=True))
            assert row.pk in seen[event.by.pk]
            if event.by.workflow_role is Role.CREW:
                assert event.by.pk in crews[row.crew_id or 0]


def test_answers_are_such_as_the_desk_accepts(rows: list[ServiceRequest]) -> None:
    for row in rows:
        assert check_answers(row.service.attributes.all(), row.attribute_values) == row.attribute_values


def test_targets_are_counted_in_the_citys_days(rows: list[ServiceRequest]) -> None:
    calendar = WorkingCalendar(zone=city.ZONE, holidays=frozenset(city.holidays([2026, 2027])))
    for row in rows:
        target = row.service.target
        assert row.expected_datetime == (
            expected_datetime(row.requested_datetime, target, calendar) if target else None
        )
    open_rows = ServiceRequest.objects.open()
    assert 0 < open_rows.overdue(NOW).count() < open_rows.count()


def test_repeats_are_near_what_they_repeat(rows: list[ServiceRequest]) -> None:
    repeats = [row for row in rows if row.duplicate_of_id]
    by_key = {row.pk: row for row in rows}
    assert 0.02 * REPORTS < len(repeats) < 0.08 * REPORTS
    for row in repeats:
        original = by_key[row.duplicate_of_id or 0]
        assert row.location is not None
        assert original.location is not None
        apart_m = LonLat(*row.location.coords).distance_m(LonLat(*original.location.coords))
        assert apart_m <= row.service.duplicate_radius_m
        assert row.service == original.service
        assert original.requested_datetime <= row.requested_datetime
        assert (row.status, row.resolution) == ("closed", "duplicate")
        assert original.duplicate_of_id is None
        assert original.service_request_id in row.status_notes


def test_nothing_is_made_up_about_people(rows: list[ServiceRequest]) -> None:
    for row in rows:
        assert not any(character.isdigit() for character in row.address)
        if row.service.confidential:
            assert (row.description, row.public_address, row.supporters_count) == ("", "", 0)
        reporter = getattr(row, "reporter", None)
        if reporter is not None and reporter.phone:
            assert "555-01" in reporter.phone
            assert not reporter.email


def test_supporters_are_counted(rows: list[ServiceRequest]) -> None:
    assert any(row.supporters_count for row in rows)
    assert all(row.supporters_count == len(row.supporters.all()) for row in rows)


def test_offered_in_queens_is_reported_in_queens(rows: list[ServiceRequest]) -> None:
    compost = [row for row in rows if row.service.service_code == "missed-compost"]
    assert all(row.address.endswith(", Queens") for row in compost)


def test_there_is_a_person_of_each_role_who_can_sign_in(demo: Demo) -> None:
    assert {account.user.workflow_role for account in demo.accounts} == set(Role)
    for account in demo.accounts:
        assert authenticate(username=account.person.username, password=account.password) == account.user
    assert len({account.password for account in demo.accounts}) == len(demo.accounts)
    ada = User.objects.get(username="ada")
    assert ada.is_staff
    assert ada.is_superuser
    others = User.objects.exclude(username__in=[account.person.username for account in demo.accounts])
    assert not any(user.has_usable_password() for user in others)


def test_passwords_are_kept_for_this_account_alone(demo: Demo) -> None:
    assert stat.S_IMODE(demo.accounts_file.stat().st_mode) == 0o600
    text = demo.accounts_file.read_text()
    assert all(account.password in text for account in demo.accounts)


def test_every_public_service_has_a_crew_but_for_a_few_gaps(demo: Demo) -> None:
    done = {
        (service.service_code, territory.code if territory else "")
        for crew in Crew.objects.prefetch_related("services", "territories")
        for service in crew.services.all()
        for territory in crew.territories.all() or [None]
    }
    public = Service.objects.filter(confidential=False, redirect_kind="")
    wanted = {
        (service.service_code, territory.code if territory else "")
        for service in public.select_related("department__territory_set")
        for territory in (
            service.department.territory_set.boundaries.all() if service.department.territory_set else [None]
        )
    }
    gaps = wanted - done
    assert gaps == {
        ("suggestion", ""),
        ("bike-lane", "north-shore"),
        ("bike-lane", "south-shore"),
        ("graffiti", "tottenville"),
        ("graffiti", "mid-island"),
    }


def test_carls_crew_covers_astoria(demo: Demo) -> None:
    crew = Crew.objects.get(members__username="carl")
    assert crew.territories.get().name == "Astoria yard"


def test_the_city_file_names_the_city_and_keeps_what_was_there(demo: Demo) -> None:
    kept = read_city(django_settings.CITY_FILE)
    assert kept["GEO311_CITY_NAME"] == "New York"
    assert kept["GEO311_TIME_ZONE"] == "America/New_York"
    assert kept["GEO311_DEMO"] == "true"
    assert kept["GEO311_BASEMAP_URL"].startswith("https://tile.openstreetmap.org/")
    assert kept["GEO311_EMAIL_URL"] == "smtp://mail.example.org"
    assert "2026-11-26" in kept["GEO311_HOLIDAYS"].split(",")


def test_a_second_time_does_nothing_or_is_refused(demo: Demo) -> None:
    out = StringIO()
    call_command("demo", if_empty=True, stdout=out)
    assert out.getvalue() == ""
    with pytest.raises(CommandError, match="not empty"):
        call_command("demo")
    assert ServiceRequest.objects.count() == REPORTS
