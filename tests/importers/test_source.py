"""How a row is understood: dates, statuses, numbers, places, and the reason where it cannot be."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from geo311.core.coordinates import LonLat
from geo311.core.workflow import Resolution, Status
from geo311.importers.source import BadRow, Layout, ParsedRow, Published, Reason, RowParser, Source, plain_code
from geo311.importers.sources import SOURCES
from geo311.importers.sources.nyc import community_district

LAYOUT = Layout(
    identity=("number",),
    lon="lon",
    lat="lat",
    requested="opened",
    kind="kind",
    status="status",
    outcome="action",
    closed="closed",
    updated="updated",
    expected="due",
    address="address",
    description=("detail", "place"),
    published=(Published("ward", "ward"),),
)
SOURCE = Source(
    slug="town",
    title="Town",
    time_zone="America/Chicago",
    layouts=(LAYOUT,),
    statuses={
        "open": (Status.RECEIVED, None),
        "done": (Status.CLOSED, None),
        "dup": (Status.CLOSED, Resolution.DUPLICATE),
    },
    outcomes={"filled": Resolution.FIXED},
    dates=("iso", "%m/%d/%Y"),
)
ROW = {
    "number": "7",
    "lon": "-87.6",
    "lat": "41.9",
    "opened": "2018-12-18T00:00:00.000",
    "kind": "Hole",
    "status": "Open",
}


def parse(source: Source = SOURCE, layout: Layout = LAYOUT, **columns: str) -> ParsedRow:
    return RowParser(source, layout).parse(2, ROW | columns, [])


def test_a_date_is_local_time_of_the_source_whatever_zone_it_claims() -> None:
    noon = datetime(2018, 12, 18, 18, 0, tzinfo=UTC)
    assert parse(opened="2018-12-18T12:00:00").requested == noon
    assert parse(opened="2018-12-18T12:00:00.000Z").requested == noon
    assert parse(opened="2018-07-18T12:00:00").requested == datetime(2018, 7, 18, 17, 0, tzinfo=UTC)


def test_a_zone_is_believed_where_the_source_says_so() -> None:
    believing = replace(SOURCE, dates_carry_zone=True)
    assert parse(believing, opened="2018-12-18T12:00:00Z").requested == datetime(2018, 12, 18, 12, 0, tzinfo=UTC)
    assert parse(believing, opened="2018-12-18T12:00:00").requested == datetime(2018, 12, 18, 18, 0, tzinfo=UTC)


def test_each_date_format_of_the_source_is_tried() -> None:
    assert parse(opened="12/18/2018").requested == datetime(2018, 12, 18, 6, 0, tzinfo=UTC)


def test_an_open_row_has_no_closing_date_and_keeps_its_due_date() -> None:
    row = parse(closed="2018-12-20", due="2018-12-24")
    assert (row.status, row.resolution, row.closed) == (Status.RECEIVED, None, None)
    assert row.expected == datetime(2018, 12, 24, 6, 0, tzinfo=UTC)


def test_an_ended_row_keeps_its_closing_date() -> None:
    row = parse(status="Done", closed="2018-12-20", action="Filled")
    assert (row.status, row.resolution) == (Status.CLOSED, Resolution.FIXED)
    assert row.closed == row.updated == datetime(2018, 12, 20, 6, 0, tzinfo=UTC)


def test_an_ended_row_without_a_closing_date_ended_on_the_last_day_known() -> None:
    assert parse(status="Done").closed == datetime(2018, 12, 18, 6, 0, tzinfo=UTC)
    assert parse(status="Done", updated="2018-12-19").closed == datetime(2018, 12, 19, 6, 0, tzinfo=UTC)


def test_how_it_ended_is_not_made_up() -> None:
    assert parse(status="Done", action="Looked at").resolution is None
    assert parse(status="Dup", action="Filled").resolution is Resolution.DUPLICATE
    assert parse(status="Open", action="Filled").resolution is None


def test_texts_and_published_areas_are_kept() -> None:
    row = parse(detail="Deep", place="Alley", address="1 Main St", ward="05")
    assert (row.description, row.address, row.published) == ("Deep · Alley", "1 Main St", {"ward": "5"})
    assert row.point == LonLat(-87.6, 41.9)


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"number": ""}, Reason.NO_NUMBER),
        ({"lon": ""}, Reason.NO_PLACE),
        ({"lat": "x"}, Reason.WRONG_PLACE),
        ({"lon": "41.9", "lat": "-97.6"}, Reason.WRONG_PLACE),
        ({"lon": "NaN"}, Reason.WRONG_PLACE),
        ({"opened": ""}, Reason.WRONG_DATE),
        ({"opened": "yesterday"}, Reason.WRONG_DATE),
        ({"closed": "31/31/2018"}, Reason.WRONG_DATE),
        ({"kind": ""}, Reason.NO_KIND),
        ({"status": "Lost"}, Reason.UNKNOWN_STATUS),
        ({"status": ""}, Reason.UNKNOWN_STATUS),
    ],
)
def test_a_bad_row_says_why(columns: dict[str, str], reason: Reason) -> None:
    with pytest.raises(BadRow) as bad:
        parse(SOURCE, LAYOUT, **columns)
    assert bad.value.reason is reason


def test_rows_without_a_number_get_one_that_stays_and_twins_are_told_apart() -> None:
    layout = replace(LAYOUT, identity=("opened", "address"))
    parser = RowParser(SOURCE, layout)
    first, twin, other = (
        parser.parse(line, ROW | {"address": address}, []).source_id for line, address in enumerate(["a", "a", "b"])
    )
    assert twin == f"{first}-2"
    assert other not in {first, twin}
    assert parse(SOURCE, layout, address="a").source_id == first
    assert parse(SOURCE, layout, address="a", status="Done").source_id == first


@pytest.mark.parametrize(
    ("text", "code"),
    [("05", "5"), ("5", "5"), ("5.0", "5"), ("0", "0"), ("00", "0"), ("Ward 5", "ward 5"), ("", ""), ("10", "10")],
)
def test_codes_are_compared_without_their_dress(text: str, code: str) -> None:
    assert plain_code(text) == code


def test_community_boards_are_numbered_as_the_city_numbers_its_districts() -> None:
    assert community_district("18 BROOKLYN") == "318"
    assert community_district("05 MANHATTAN") == "105"
    assert community_district("Unspecified BROOKLYN") == "3unspecified"


@pytest.mark.parametrize("slug", sorted(SOURCES))
def test_a_source_declares_what_can_be_looked_up(slug: str) -> None:
    source = SOURCES[slug]
    assert source.slug == slug
    assert source.zone.key == source.time_zone
    assert all(text == text.casefold() for text in (*source.statuses, *source.outcomes))
    for layout in source.layouts:
        assert bool(layout.kind) != bool(layout.kind_is)
        assert bool(layout.status) != bool(layout.status_is)
        assert not layout.status_is or layout.status_is.casefold() in source.statuses
