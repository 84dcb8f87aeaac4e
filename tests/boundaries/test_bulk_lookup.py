"""The bulk lookup gives, for every point, what the lookup of one point gives."""

import random

import numpy as np
import pytest
import shapely

from boundaries.bulk_lookup import locate_many
from boundaries.edges import Edges
from boundaries.index import BoundaryIndex
from boundaries.lookup import Location, locate, sets_in_force
from boundaries.models import BoundarySet
from geo311.core.coordinates import EARTH, LonLat
from geo311.core.problems import OutsideServiceArea


def one_by_one(point: LonLat) -> Location | None:
    try:
        return locate(point)
    except OutsideServiceArea:
        return None


@pytest.mark.django_db
def test_many_points_get_the_areas_that_each_alone_would_get(city: dict[str, BoundarySet]) -> None:
    dice = random.Random(311)
    points = [LonLat(round(dice.uniform(-0.12, 0.12), 7), round(dice.uniform(-0.12, 0.12), 7)) for _n in range(300)]
    points += [LonLat(0.0, 0.0), LonLat(0.1, 0.05), LonLat(0.1003, 0.05), LonLat(0.1006, 0.05), LonLat(0.5, 0.5)]
    together = locate_many(points, sets_in_force())
    alone = [one_by_one(point) for point in points]
    assert together == alone
    assert sum(location is None for location in together) > 20


@pytest.mark.django_db
def test_without_any_set_every_point_is_served() -> None:
    assert locate_many([LonLat(1, 1)], sets_in_force()) == [Location(LonLat(1, 1), ())]


@pytest.mark.parametrize("lat", [0.0, 42.0, 68.0])
def test_metres_to_the_edge_are_geodesic(lat: float) -> None:
    dice = np.random.default_rng(311)
    star = [
        (r * np.cos(a), lat + r * np.sin(a))
        for a, r in zip(np.linspace(0, 6, 60), dice.uniform(0.1, 0.3, 60), strict=True)
    ]
    polygons = np.array([shapely.Polygon(star).buffer(0), shapely.box(0.3, lat - 0.2, 0.6, lat + 0.2)])
    lons, lats = dice.uniform(-0.5, 0.8, 15), lat + dice.uniform(-0.5, 0.5, 15)
    metres = Edges(polygons).metres(lons, lats)
    # By brute force: the geodesic to a place every 40 m or so along every edge.
    places = shapely.get_coordinates(shapely.segmentize(shapely.boundary(polygons), 0.0004))
    for lon, lat_of_point, found in zip(lons, lats, metres, strict=True):
        here = np.full(len(places), lon), np.full(len(places), lat_of_point)
        least = EARTH.inv(*here, places[:, 0], places[:, 1])[2].min()
        # The nearest place is chosen on a plane: kilometres from an edge that errs by some in a thousand.
        assert found == pytest.approx(least, rel=1e-3, abs=8.0)


def test_no_points_have_no_distances() -> None:
    edges = Edges(BoundaryIndex.build(["a"], [shapely.box(0, 0, 1, 1)]).polygons)
    assert edges.metres(np.array([]), np.array([])).shape == (0,)
