"""Distances to the nearest edge for many points are those of the index for one."""

import numpy as np
import pytest
import shapely

from boundaries.edge_distances import edge_distances_m
from boundaries.index import BoundaryIndex

CITY = {
    "1": shapely.box(-73.95, 40.60, -73.90, 40.70),
    "2": shapely.box(-73.90, 40.60, -73.85, 40.72),
    "ring": shapely.box(-73.84, 40.60, -73.80, 40.64) - shapely.box(-73.83, 40.61, -73.81, 40.63),
}


def test_many_points_get_the_distances_that_one_gets() -> None:
    rng = np.random.default_rng(311)
    index = BoundaryIndex.build(list(CITY), list(CITY.values()))
    lons, lats = rng.uniform(-74.0, -73.75, 500), rng.uniform(40.55, 40.75, 500)
    one_by_one = [index.edge_m(lon, lat) for lon, lat in zip(lons, lats, strict=True)]
    assert edge_distances_m(index.polygons, lons, lats) == pytest.approx(one_by_one, abs=0.005)


def test_a_point_on_an_edge_is_at_no_distance_from_it() -> None:
    polygons = np.array([CITY["1"]], dtype=object)
    assert edge_distances_m(polygons, np.array([-73.95]), np.array([40.65])) == pytest.approx([0.0])


def test_the_edge_of_a_hole_is_an_edge() -> None:
    polygons = np.array([CITY["ring"]], dtype=object)
    metres = edge_distances_m(polygons, np.array([-73.82]), np.array([40.6295]))
    assert metres == pytest.approx([55.5], abs=0.1)


def test_far_north_the_shrinking_of_longitude_is_minded() -> None:
    north = np.array([shapely.box(10, 69, 11, 70)], dtype=object)
    index = BoundaryIndex.build(["n"], list(north))
    lons, lats = np.array([10.2, 10.5]), np.array([69.91, 69.2])
    assert edge_distances_m(north, lons, lats) == pytest.approx([index.edge_m(10.2, 69.91), index.edge_m(10.5, 69.2)])


def test_without_polygons_there_is_no_distance() -> None:
    assert np.isnan(edge_distances_m(np.empty(0, dtype=object), np.array([0.0]), np.array([0.0]))).all()
