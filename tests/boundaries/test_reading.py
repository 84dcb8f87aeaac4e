"""Reading areas from files: formats, reference systems, repairs, and a sentence for each thing that is wrong."""

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from boundaries.reading import Wanted, read_areas
from geo311.core.problems import Invalid, UnusableFile

WEST, EAST = shapely.box(-88.0, 41.0, -87.5, 42.0), shapely.box(-87.5, 41.0, -87.0, 42.0)
# A house in Brooklyn as the City of New York publishes it: degrees, and New York Long Island in US survey feet.
HOUSE, HOUSE_FEET = (-73.94188882855283, 40.625990681603746), (1_000_381, 167_347)
BOW_TIE = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1), (0, 0)])
CODE = Wanted(code_field="ward")


def geojson(path: Path, features: list[tuple[Any, dict[str, Any]]]) -> Path:
    """A GeoJSON file of (geometry or None, properties)."""
    body = [
        {"type": "Feature", "properties": fields, "geometry": shape and json.loads(shapely.to_geojson(shape))}
        for shape, fields in features
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": body}))
    return path


def written(path: Path, shapes: list[Any], codes: list[str], *, crs: str | None, kind: str, **options: Any) -> Path:
    """A file in the format that its name says, with one field, `ward`."""
    wkb = np.array(shapely.to_wkb(np.array(shapes, dtype=object)), dtype=object)
    columns = [np.array(codes, dtype=object)]
    pyogrio.raw.write(path, wkb, columns, ["ward"], geometry_type=kind, crs=crs, promote_to_multi=False, **options)
    return path


def in_feet(shape: shapely.Geometry) -> shapely.Geometry:
    from pyproj import Transformer

    to_feet = Transformer.from_crs(4326, 3435, always_xy=True)
    return shapely.transform(shape, lambda xy: np.column_stack(to_feet.transform(xy[:, 0], xy[:, 1])))


def zipped(folder: Path, *, leave_out: tuple[str, ...] = ()) -> Path:
    """A zipped shapefile in feet; `leave_out` names suffixes that are lost."""
    written(folder / "wards.shp", [in_feet(WEST), in_feet(EAST)], ["1", "2"], crs="EPSG:3435", kind="Polygon")
    with zipfile.ZipFile(folder / "wards.zip", "w") as archive:
        for file in sorted(folder.glob("wards.*")):
            if file.suffix not in {".zip", *leave_out}:
                archive.write(file, f"data/{file.name}")
    return folder / "wards.zip"


@pytest.mark.parametrize("name", ["wards.geojson", "wards.gpkg", "wards.fgb", "wards.kml", "wards.gml"])
def test_every_format_gives_the_same_areas(tmp_path: Path, name: str) -> None:
    driver = "KML" if name.endswith(".kml") else None
    file = written(tmp_path / name, [WEST, EAST], ["1", "2"], crs="EPSG:4326", kind="Polygon", driver=driver)
    read = read_areas(file, CODE)
    areas = {row.code: row.geometry for row in read.rows}
    assert areas["1"].equals(WEST)
    assert areas["2"].equals(EAST)
    assert {area.geom_type for area in areas.values()} == {"MultiPolygon"}


def test_a_topojson_without_a_reference_system_is_read_in_degrees(tmp_path: Path) -> None:
    ring = [[-88, 41], [-87.5, 41], [-87.5, 42], [-88, 42], [-88, 41]]
    wards = {
        "type": "GeometryCollection",
        "geometries": [{"type": "Polygon", "arcs": [[0]], "properties": {"ward": "1"}}],
    }
    file = tmp_path / "wards.topojson"
    file.write_text(json.dumps({"type": "Topology", "objects": {"wards": wards}, "arcs": [ring]}))
    assert read_areas(file, CODE).rows[0].geometry.equals(WEST)


def test_a_zipped_shapefile_in_feet_is_turned_into_degrees(tmp_path: Path) -> None:
    read = read_areas(zipped(tmp_path), CODE)
    assert read.crs == "NAD83 / Illinois East (ftUS)"
    assert [row.code for row in read.rows] == ["1", "2"]
    assert read.rows[0].geometry.bounds == pytest.approx(WEST.bounds, abs=1e-6)


def test_feet_become_the_degrees_that_the_city_publishes(tmp_path: Path) -> None:
    x, y = HOUSE_FEET
    file = geojson(tmp_path / "a.geojson", [(shapely.box(x, y, x + 100, y + 100), {"ward": "18"})])
    corners = shapely.get_coordinates(read_areas(file, Wanted("ward", crs="EPSG:2263")).rows[0].geometry)
    assert np.abs(corners - HOUSE).max(axis=1).min() < 1e-7


def test_z_is_dropped(tmp_path: Path) -> None:
    read = read_areas(geojson(tmp_path / "a.geojson", [(shapely.force_3d(WEST, 7.0), {"ward": "1"})]), CODE)
    assert not read.rows[0].geometry.has_z


def test_an_invalid_polygon_is_repaired_and_counted(tmp_path: Path) -> None:
    file = geojson(tmp_path / "a.geojson", [(BOW_TIE, {"ward": "1"}), (WEST, {"ward": "2"})])
    read = read_areas(file, CODE)
    assert read.repaired == 1
    assert read.rows[0].geometry.is_valid
    assert read.rows[0].geometry.area == pytest.approx(0.5)


def test_parts_that_overlap_are_joined_not_cut_out(tmp_path: Path) -> None:
    both = shapely.MultiPolygon([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)])
    read = read_areas(geojson(tmp_path / "a.geojson", [(both, {"ward": "1"})]), CODE)
    assert read.rows[0].geometry.area == pytest.approx(3.0)


def test_of_a_collection_only_the_polygons_are_kept(tmp_path: Path) -> None:
    mixed = shapely.GeometryCollection([WEST, shapely.LineString([(0, 0), (1, 1)]), shapely.Point(5, 5)])
    features = [(mixed, {"ward": "1"}), (shapely.Point(1, 1), {"ward": "2"}), (None, {"ward": "3"})]
    read = read_areas(geojson(tmp_path / "a.geojson", features), CODE)
    assert [row.code for row in read.rows] == ["1"]
    assert read.rows[0].geometry.equals(WEST)
    assert read.without_polygon == 2


def test_codes_and_names_are_as_people_write_them(tmp_path: Path) -> None:
    fields = {"ward": 5.0, "label": " Hyde Park ", "when": None, "share": 0.25}
    file = geojson(tmp_path / "a.geojson", [(WEST, fields)])
    read = read_areas(file, Wanted(code_field="ward", name_field="label", name_format="Ward {code}: {name}"))
    assert (read.rows[0].code, read.rows[0].name) == ("5", "Ward 5: Hyde Park")
    assert read.rows[0].properties == {"ward": 5.0, "label": " Hyde Park ", "when": None, "share": 0.25}


def test_areas_of_one_code_are_joined_only_when_asked(tmp_path: Path) -> None:
    features = [(WEST, {"ward": "1", "beat": "a"}), (EAST, {"ward": "1", "beat": "b"})]
    file = geojson(tmp_path / "a.geojson", features)
    with pytest.raises(Invalid, match=r"ward is not unique: 1 stand more than once\. Add --dissolve"):
        read_areas(file, CODE)
    read = read_areas(file, Wanted(code_field="ward", dissolve=True))
    assert len(read.rows) == 1
    assert read.rows[0].geometry.equals(shapely.box(-88.0, 41.0, -87.0, 42.0))
    assert read.rows[0].properties == {"ward": "1"}


def test_a_missing_field_is_named_with_those_there(tmp_path: Path) -> None:
    file = geojson(tmp_path / "a.geojson", [(WEST, {"ward": "1", "name": "x"})])
    with pytest.raises(Invalid, match=r"no field warde. It has: ward, name\.") as problem:
        read_areas(file, Wanted(code_field="warde"))
    assert [error.field for error in problem.value.errors] == ["code_field"]


def test_an_area_without_a_code_is_counted_out(tmp_path: Path) -> None:
    file = geojson(tmp_path / "a.geojson", [(WEST, {"ward": "1"}), (EAST, {"ward": None})])
    with pytest.raises(Invalid, match="1 area has nothing in the field ward"):
        read_areas(file, CODE)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"The minutes of the council's meeting.", "cannot be read as a map"),
        (b'{"type": "FeatureCollection", "features": []}', "no areas in it"),
        (b'{"type": "FeatureCollection", "features": [{"type": "Fea', "cannot be read as a map"),
        (b'<OGRVRTDataSource><OGRVRTLayer name="x"/></OGRVRTDataSource>', "only points to other files"),
    ],
)
def test_what_is_no_map_is_refused_with_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    file = tmp_path / "wards.geojson"
    file.write_bytes(content)
    with pytest.raises(UnusableFile, match=sentence) as problem:
        read_areas(file, CODE)
    assert str(tmp_path) not in problem.value.detail


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(UnusableFile, match=r"There is no file wards\.geojson"):
        read_areas(tmp_path / "wards.geojson", CODE)


def test_points_and_lines_are_no_areas(tmp_path: Path) -> None:
    file = geojson(tmp_path / "a.geojson", [(shapely.Point(0, 0), {"ward": "1"})])
    with pytest.raises(UnusableFile, match="no polygons, only Point"):
        read_areas(file, CODE)


def test_a_shapefile_without_its_prj_asks_for_the_reference_system(tmp_path: Path) -> None:
    file = zipped(tmp_path, leave_out=(".prj",))
    with pytest.raises(Invalid, match="--crs") as problem:
        read_areas(file, CODE)
    assert [error.field for error in problem.value.errors] == ["crs"]
    read = read_areas(file, Wanted(code_field="ward", crs="EPSG:3435"))
    assert read.rows[0].geometry.bounds == pytest.approx(WEST.bounds, abs=1e-6)


@pytest.mark.parametrize(
    ("shape", "crs", "sentence"),
    [
        (in_feet(WEST), "EPSG:4326", "is in degrees, and these numbers are not"),
        (WEST, "EPSG:3435", "look like degrees"),
        (in_feet(WEST), "EPSG:2263", "would lie where it is not used"),
        (WEST, "EPSG:99999999", "no coordinate reference system we know"),
        (WEST, "feet", "no coordinate reference system we know"),
    ],
)
def test_a_wrong_reference_system_is_found_out(tmp_path: Path, shape: Any, crs: str, sentence: str) -> None:
    file = geojson(tmp_path / "a.geojson", [(shape, {"ward": "1"})])
    with pytest.raises(Invalid, match=sentence) as problem:
        read_areas(file, Wanted(code_field="ward", crs=crs))
    assert [error.field for error in problem.value.errors] == ["crs"]


def test_of_several_layers_one_has_to_be_named(tmp_path: Path) -> None:
    file = tmp_path / "city.gpkg"
    written(file, [WEST], ["1"], crs="EPSG:4326", kind="Polygon", layer="wards")
    written(file, [EAST], ["2"], crs="EPSG:4326", kind="Polygon", layer="beats", append=True)
    with pytest.raises(Invalid, match="which layer to read: wards, beats"):
        read_areas(file, CODE)
    assert [row.code for row in read_areas(file, Wanted(code_field="ward", layer="beats")).rows] == ["2"]


def test_of_several_maps_in_a_zip_one_has_to_be_named(tmp_path: Path) -> None:
    geojson(tmp_path / "wards.geojson", [(WEST, {"ward": "1"})])
    geojson(tmp_path / "beats.geojson", [(EAST, {"ward": "2"})])
    with zipfile.ZipFile(tmp_path / "city.zip", "w") as archive:
        archive.write(tmp_path / "wards.geojson", "wards.geojson")
        archive.write(tmp_path / "beats.geojson", "beats.geojson")
        archive.writestr("__MACOSX/._beats.geojson", b"junk")
    with pytest.raises(Invalid, match="which layer to read: wards, beats"):
        read_areas(tmp_path / "city.zip", CODE)
    read = read_areas(tmp_path / "city.zip", Wanted(code_field="ward", layer="beats"))
    assert [row.code for row in read.rows] == ["2"]


def test_a_zip_bomb_is_refused_unread(tmp_path: Path) -> None:
    with (
        zipfile.ZipFile(tmp_path / "wards.zip", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("wards.geojson", "w") as entry,
    ):
        for _megabyte in range(80):
            entry.write(b" " * 2**20)
    with pytest.raises(UnusableFile, match="would unpack to 80 MB"):
        read_areas(tmp_path / "wards.zip", CODE)


@pytest.mark.parametrize("name", ["../wards.geojson", "/wards.geojson", "..\\wards.geojson"])
def test_a_zip_that_points_outside_is_refused(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "wards.zip", "w") as archive:
        archive.writestr(name, b"{}")
    with pytest.raises(UnusableFile, match="outside of its folder"):
        read_areas(tmp_path / "wards.zip", CODE)


def test_a_wrong_pattern_for_names_is_said_so(tmp_path: Path) -> None:
    file = geojson(tmp_path / "a.geojson", [(WEST, {"ward": "1"})])
    with pytest.raises(Invalid, match=r"Ward \{code\}"):
        read_areas(file, Wanted(code_field="ward", name_format="Ward {number}"))
