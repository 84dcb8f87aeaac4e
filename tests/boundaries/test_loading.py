"""Loading areas as versions: what is stored, what is stable, and when nothing is added."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.core.management import CommandError, call_command

from boundaries.areas import AreaRow, area_km2, checksum
from boundaries.loading import SetDeclaration, load_version
from boundaries.lookup import locate
from boundaries.models import Boundary, BoundarySet, BoundaryShape, BoundaryVersion
from geo311.catalog.models import Service
from geo311.core.coordinates import LonLat
from geo311.core.problems import Conflict, Invalid, UnusableFile
from tests.conftest import report

pytestmark = pytest.mark.django_db

WARDS = SetDeclaration(slug="wards", name="Wards", role="ward", authority="Council", licence="CC0")
OLD = [AreaRow("1", "Ward 1", shapely.box(0, 0, 1, 1)), AreaRow("2", "Ward 2", shapely.box(1, 0, 2, 1))]
NEW = [AreaRow("1", "Ward One", shapely.box(0, 0, 1.5, 1)), AreaRow("3", "Ward 3", shapely.box(1.5, 0, 2, 1))]


def load(rows: list[AreaRow], label: str, **fields: Any) -> BoundaryVersion:
    return load_version(boundary_set=WARDS, rows=rows, label=label, **fields)


def test_a_first_version_is_in_force_from_ever_and_found_by_the_lookup() -> None:
    version = load(OLD, "2015")
    assert (version.valid_from, version.valid_to) == (date.min, None)
    area = locate(LonLat(1.5, 0.5)).of_role("ward")
    assert area is not None
    assert (area.code, area.name, area.version) == ("2", "Ward 2", "2015")
    stored = BoundaryShape.objects.get(boundary__code="2")
    assert stored.geometry.geom_type == "MultiPolygon"
    assert stored.geometry.srid == 4326
    assert stored.geometry.extent == (1.0, 0.0, 2.0, 1.0)


def test_the_same_map_twice_adds_nothing() -> None:
    first = load(OLD, "2015")
    turned = [AreaRow(row.code, row.name, shapely.reverse(row.geometry)) for row in reversed(OLD)]
    again = load(turned, "another name")
    assert again.pk == first.pk
    assert BoundaryVersion.objects.count() == 1
    assert BoundaryShape.objects.count() == 2
    assert Boundary.objects.count() == 2


def test_a_new_version_ends_the_one_before_and_keeps_the_boundaries() -> None:
    first = load(OLD, "2015")
    kept = Boundary.objects.get(code="1").pk
    second = load(NEW, "2023", valid_from=date(2023, 5, 15))
    first.refresh_from_db()
    assert first.valid_to == second.valid_from == date(2023, 5, 15)
    assert second.valid_to is None
    assert Boundary.objects.get(code="1").pk == kept
    assert Boundary.objects.get(code="1").name == "Ward One"
    assert sorted(Boundary.objects.values_list("code", flat=True)) == ["1", "2", "3"]
    before, after = (locate(LonLat(1.2, 0.5), on=day).of_role("ward") for day in (date(2023, 5, 14), date(2023, 5, 15)))
    assert before is not None
    assert after is not None
    assert (before.code, after.code) == ("2", "1")


def test_a_script_that_loads_all_maps_again_changes_nothing() -> None:
    for _run in range(2):
        load(OLD, "2015")
        load(NEW, "2023", valid_from=date(2023, 5, 15))
    stored = list(BoundaryVersion.objects.order_by("valid_from").values_list("label", "valid_from", "valid_to"))
    assert stored == [("2015", date.min, date(2023, 5, 15)), ("2023", date(2023, 5, 15), None)]


def test_an_older_map_loaded_later_takes_its_place_in_time() -> None:
    load(NEW, "2023", valid_from=date(2023, 5, 15))
    older = load(OLD, "2015", valid_from=date(2015, 5, 18))
    assert older.valid_to == date(2023, 5, 15)


def test_a_second_map_without_a_day_starts_today() -> None:
    from django.utils import timezone

    load(OLD, "2015")
    assert load(NEW, "new").valid_from == timezone.localdate()


def test_two_maps_from_one_day_conflict_unless_one_replaces_the_other() -> None:
    load(OLD, "wrong")
    with pytest.raises(Conflict, match="wrong is in force from ever already"):
        load(NEW, "right", valid_from=date.min)
    right = load(NEW, "right", valid_from=date.min, replace=True)
    assert list(BoundaryVersion.objects.all()) == [right]


def test_a_map_that_reports_point_to_is_not_replaced(pothole: Service) -> None:
    report(pothole, 0.05, 0.05)
    declaration = SetDeclaration(slug="ward", name="Wards", role="ward")
    with pytest.raises(Conflict, match="Reports point to 2026"):
        load_version(boundary_set=declaration, rows=OLD, label="x", valid_from=date.min, replace=True)
    assert BoundaryVersion.objects.filter(label="2026").count() == 4


def test_a_label_names_one_map() -> None:
    load(OLD, "2015")
    with pytest.raises(Conflict, match="Another map is stored with the label 2015"):
        load(NEW, "2015", valid_from=date(2023, 1, 1))


def test_what_is_declared_of_a_set_follows_and_its_role_stays() -> None:
    load(OLD, "2015")
    changed = SetDeclaration(slug="wards", name="City wards", role="ward", tolerance_m=80.0)
    load_version(boundary_set=changed, rows=OLD, label="2015")
    stored = BoundarySet.objects.get()
    assert (stored.name, stored.tolerance_m, stored.authority) == ("City wards", 80.0, "")
    with pytest.raises(Conflict, match="is loaded as ward"):
        load_version(boundary_set=SetDeclaration("wards", "Wards", "reference"), rows=OLD, label="2015")


def test_a_place_has_one_ward_set_but_many_references() -> None:
    load(OLD, "2015")
    with pytest.raises(Conflict, match="wards is the ward set already"):
        load_version(boundary_set=SetDeclaration("others", "Others", "ward"), rows=OLD, label="x")
    for slug in ("a", "b"):
        load_version(boundary_set=SetDeclaration(slug, slug, "reference"), rows=OLD, label="x")
    assert BoundarySet.objects.count() == 3


@pytest.mark.parametrize(
    ("rows", "problem", "sentence"),
    [
        ([], UnusableFile, "no areas"),
        ([AreaRow("1", "a", shapely.Point(0, 0))], UnusableFile, "no polygon"),
        ([AreaRow("", "a", shapely.box(0, 0, 1, 1))], Invalid, "1 to 60 characters"),
        ([OLD[0], OLD[0]], Invalid, "stands twice"),
        ([AreaRow("1", "a", shapely.box(0, 0, 500_000, 400_000))], Invalid, "outside of the world"),
    ],
)
def test_rows_that_cannot_be_areas_are_refused(rows: list[AreaRow], problem: type[Exception], sentence: str) -> None:
    with pytest.raises(problem, match=sentence):
        load(rows, "x")
    assert not BoundarySet.objects.exists()


def test_only_references_can_be_neighbours() -> None:
    with pytest.raises(Invalid, match="Only a reference set"):
        load_version(boundary_set=SetDeclaration("n", "N", "ward", is_neighbour=True), rows=OLD, label="x")


def test_a_checksum_tells_shapes_and_codes_apart() -> None:
    sums = {checksum(OLD), checksum(NEW), checksum([AreaRow("9", row.name, row.geometry) for row in OLD[:1]])}
    assert len(sums) == 3


def test_area_is_measured_on_the_ellipsoid() -> None:
    # A degree square at the equator on WGS 84: 110.57 km by 111.32 km, narrowing a little to the north.
    assert area_km2([shapely.box(0, 0, 1, 1)]) == pytest.approx(12_308.8, rel=1e-4)


def test_the_command_says_what_it_did_and_what_comes_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "wards.geojson"
    shapes = shapely.to_geojson(shapely.box(0, 0, 0.1, 0.1))
    feature = f'{{"type": "Feature", "properties": {{"w": "1"}}, "geometry": {shapes}}}'
    file.write_text(f'{{"type": "FeatureCollection", "features": [{feature}]}}')
    options = {"slug": "wards", "role": "ward", "code_field": "w", "valid_from": date(2023, 5, 15)}
    call_command("import_boundaries", file, **options)
    assert capsys.readouterr().out.splitlines() == [
        "Wards: 1 areas, 123.1 km² (read as WGS 84).",
        "Stored as version wards, in force from 2023-05-15.",
        "New reports get their ward from it.",
    ]
    call_command("import_boundaries", file, **options)
    assert "nothing was added" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--code-field=nope"], "It has: w"),
        (["--slug=two words"], "letters, digits"),
        (["--valid-from=May"], "is no day"),
        (["--role=king"], "invalid choice"),
    ],
)
def test_the_command_fails_with_a_sentence(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    file = tmp_path / "wards.geojson"
    shape = '{"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}'
    file.write_text(f'{{"type": "Feature", "properties": {{"w": "1"}}, "geometry": {shape}}}')
    given = ["--slug=wards", "--role=ward", "--code-field=w", *arguments]
    with pytest.raises(CommandError, match=sentence):
        call_command("import_boundaries", str(file), *given)
