"""Importing rows: what is stored, what is kept aside, and that a second run adds nothing."""

import csv
import stat
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from boundaries.areas import AreaRow
from boundaries.loading import SetDeclaration, load_version
from boundaries.models import BoundarySet
from geo311.catalog.models import Service
from geo311.core.problems import UnusableFile
from geo311.crews.models import Crew
from geo311.importers import actions
from geo311.importers.actions import Summary, import_requests
from geo311.importers.sources.chicago import SOURCE as CHICAGO
from geo311.service_requests.models import EventKind, ServiceRequest
from tests.conftest import NOON
from tests.importers.conftest import HEADER, Run, line

pytestmark = pytest.mark.django_db


def kept_aside(summary: Summary) -> list[dict[str, str]]:
    if summary.rejected_file is None:
        return []
    with summary.rejected_file.open(newline="") as file:
        return list(csv.DictReader(file))


def test_an_open_row_is_stored_with_its_areas_crew_and_dates(run: Run, pothole: Service, west_crew: Crew) -> None:
    summary = run(line("18-1"))
    assert (summary.read, summary.added, summary.rejected) == (1, 1, {})
    row = ServiceRequest.objects.get()
    assert (row.source, row.source_id, row.channel) == ("chicago", "18-1", "import")
    assert row.service == pothole
    assert (row.status, row.crew, row.resolution) == ("assigned", west_crew, "")
    assert (row.district.code, row.ward.code, row.territory.code) == ("1", "N", "A")
    assert (row.district_how, row.district_version.label) == ("inside", "2026")
    assert row.district_edge_m == pytest.approx(5_530, rel=0.02)
    assert row.location.coords == (-0.05, 0.05)
    assert row.h3_res9 is not None
    assert row.requested_datetime == row.updated_datetime == datetime(2018, 12, 18, 6, 0, tzinfo=UTC)
    assert (row.closed_datetime, row.expected_datetime) == (None, None)
    event = row.events.get()
    assert (event.kind, event.at, event.is_public, event.new_status) == (EventKind.IMPORTED, NOON, True, "assigned")
    assert event.detail == {"source": "chicago", "file": "rows.csv", "line": 2, "published": {"ward": "n"}}


def test_it_stands_where_a_report_of_the_same_place_would(run: Run, pothole: Service, west_crew: Crew) -> None:
    from tests.conftest import report

    reported = report(pothole, -0.05, 0.05)
    run(line("18-1"))
    imported = ServiceRequest.objects.get(source="chicago")
    for column in ("district_id", "ward_id", "territory_id", "crew_id", "h3_res9", "h3_res11", "status", "ward_how"):
        assert getattr(imported, column) == getattr(reported, column), column
    assert imported.location.coords == reported.location.coords


def test_an_ended_row_keeps_its_dates_and_has_no_crew(run: Run, pothole: Service, west_crew: Crew) -> None:
    run(line("18-1", status="Completed", closed="2018-12-20", action="Pothole Patched"))
    row = ServiceRequest.objects.get()
    assert (row.status, row.resolution, row.status_notes, row.crew) == ("closed", "fixed", "Pothole Patched", None)
    assert row.closed_datetime == row.updated_datetime == datetime(2018, 12, 20, 6, 0, tzinfo=UTC)


def test_a_duplicate_is_closed_as_one(run: Run, pothole: Service) -> None:
    run(line("18-1", status="Completed - Dup", closed="2018-12-20"), line("18-2", status="Open - Dup"))
    assert list(ServiceRequest.objects.values_list("status", "resolution")) == [("closed", "duplicate")] * 2


def test_the_same_file_twice_adds_nothing(run: Run, pothole: Service) -> None:
    first = run(line("18-1"), line("18-2"))
    numbers = set(ServiceRequest.objects.values_list("service_request_id", flat=True))
    again = run(line("18-1"), line("18-2"), line("18-3"))
    assert (first.added, again.added, again.already_there) == (2, 1, 2)
    assert ServiceRequest.objects.count() == 3
    assert numbers < set(ServiceRequest.objects.values_list("service_request_id", flat=True))
    assert all(row.events.count() == 1 for row in ServiceRequest.objects.all())


def test_a_number_twice_in_a_file_is_one_row(run: Run, pothole: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "BATCH", 2)
    summary = run(line("18-1", address="first"), line("18-1"), line("18-1"), line("18-2"))
    assert (summary.read, summary.added, summary.already_there) == (4, 2, 2)
    assert ServiceRequest.objects.get(source_id="18-1").address == "first"


def test_bad_rows_are_kept_aside_with_line_and_reason_and_come_in_when_corrected(run: Run, pothole: Service) -> None:
    summary = run(
        line("18-1"),
        line("18-2", lon=""),
        line("18-3", lon="0.5"),
        line("18-4", opened="soon"),
        line("18-5", status="Lost"),
        "18-6,Pothole",
    )
    assert summary.added == 1
    assert summary.rejected == {
        "no coordinates": 1,
        "outside the service area": 1,
        "a date that cannot be read": 1,
        "a status that the source does not declare": 1,
        "not as many columns as the first line names": 1,
    }
    rows = {row["service_request_number"]: row for row in kept_aside(summary)}
    assert {number: row["line"] for number, row in rows.items()} == {f"18-{n}": str(n + 1) for n in range(2, 7)}
    assert rows["18-5"]["explanation"] == "a status that the source does not declare: Lost"
    assert summary.rejected_file is not None
    assert stat.S_IMODE(summary.rejected_file.stat().st_mode) == 0o600
    corrected = summary.rejected_file.read_text().replace("Lost", "Open")
    (summary.rejected_file.parent / "corrected.csv").write_text(corrected)
    again = import_requests(
        path=summary.rejected_file.parent / "corrected.csv",
        source=CHICAGO,
        now=NOON,
        folder=summary.rejected_file.parent,
    )
    assert again.added == 1
    assert ServiceRequest.objects.filter(source_id="18-5").exists()


def test_a_row_just_offshore_is_snapped(run: Run, pothole: Service) -> None:
    run(line("18-1", lon="0.1003"))
    row = ServiceRequest.objects.get()
    assert (row.district.code, row.district_how) == ("2", "snapped")
    assert row.district_edge_m == pytest.approx(33.4, abs=0.3)


def test_an_old_file_of_rejected_rows_goes_when_nothing_is_rejected(run: Run, pothole: Service) -> None:
    summary = run(line("18-1", lon=""))
    assert summary.rejected_file is not None
    assert run(line("18-1")).rejected_file is None
    assert not summary.rejected_file.exists()


def test_open_rows_get_todays_map_and_ended_ones_the_map_of_their_day(
    run: Run, pothole: Service, city: dict[str, BoundarySet]
) -> None:
    import shapely

    east_is_one = [
        AreaRow("2", "Two", shapely.box(-0.1, -0.1, 0, 0.1)),
        AreaRow("1", "One", shapely.box(0, -0.1, 0.1, 0.1)),
    ]
    declaration = SetDeclaration(slug="district", name="District", role="district")
    load_version(boundary_set=declaration, rows=east_is_one, label="2023", valid_from=date(2023, 5, 15))
    run(line("18-1"), line("18-2", status="Completed", closed="2024-01-01"))
    codes = dict(ServiceRequest.objects.values_list("source_id", "district__code"))
    labels = dict(ServiceRequest.objects.values_list("source_id", "district_version__label"))
    assert codes == {"18-1": "2", "18-2": "1"}
    assert labels == {"18-1": "2023", "18-2": "2026"}


def test_published_areas_are_compared_and_those_that_differ_are_listed(run: Run, pothole: Service) -> None:
    summary = run(
        line("18-1", ward="N"),
        line("18-2", ward="Ward N"),
        line("18-3", ward="S"),
        line("18-4", ward="S", lat="0.00005"),
        line("18-5", ward="0"),
        line("18-6", ward=""),
    )
    tally = summary.tallies["ward"]
    assert (tally.compared, tally.agreed, tally.interior, tally.interior_agreed, tally.not_on_map) == (4, 2, 3, 2, 1)
    assert summary.disagreements_file is not None
    with summary.disagreements_file.open(newline="") as file:
        found = list(csv.DictReader(file))
    assert [(row["line"], row["published"], row["computed"]) for row in found] == [("4", "s", "N"), ("5", "s", "N")]
    assert [float(row["edge_m"]) for row in found] == [pytest.approx(5_528, rel=0.01), pytest.approx(5.53, abs=0.01)]


def test_batches_before_a_broken_line_stay(pothole: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "BATCH", 2)
    lines = [HEADER, line("18-1"), line("18-2"), line("18-3")]
    (tmp_path / "a.csv").write_bytes("\n".join(lines).encode() + b"\n" + b"x" * 9_000 + b"\xff\xff\n")
    with pytest.raises(UnusableFile, match="UTF-8"):
        import_requests(path=tmp_path / "a.csv", source=CHICAGO, now=NOON, folder=tmp_path)
    assert sorted(ServiceRequest.objects.values_list("source_id", flat=True)) in (["18-1", "18-2"], [])


def test_the_number_of_queries_does_not_grow_with_the_rows(
    run: Run, pothole: Service, west_crew: Crew, django_assert_max_num_queries: Any
) -> None:
    run(line("18-0"))
    with django_assert_max_num_queries(20):
        run(*(line(f"18-{n}") for n in range(1, 9)))


def test_what_a_resident_typed_is_stored_as_text(run: Run, pothole: Service) -> None:
    run(line("18-1", address="<script>alert(1)</script>"))
    assert ServiceRequest.objects.get().address == "<script>alert(1)</script>"


def test_a_text_too_long_for_its_column_is_cut(run: Run, pothole: Service) -> None:
    run(line("18-1", address="x" * 300))
    assert len(ServiceRequest.objects.get().address) == 250


def test_public_numbers_that_are_taken_are_drawn_again(pothole: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.conftest import report

    taken = report(pothole, 0.05, 0.05).service_request_id
    drawn = iter([taken, "AAAA-AAAA", "AAAA-AAAA", "BBBB-BBBB"])
    monkeypatch.setattr(actions, "new_service_request_id", lambda: next(drawn))
    assert set(actions._fresh_numbers(2)) == {"AAAA-AAAA", "BBBB-BBBB"}


def test_progress_is_told_after_each_batch(pothole: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "BATCH", 2)
    (tmp_path / "a.csv").write_text("\n".join([HEADER, *(line(f"18-{n}") for n in range(5))]))
    told: list[tuple[int, float]] = []
    import_requests(
        path=tmp_path / "a.csv",
        source=CHICAGO,
        now=NOON,
        folder=tmp_path,
        progress=lambda rows, share: told.append((rows, share)),
    )
    assert told == [(2, 1.0), (4, 1.0), (5, 1.0)]
