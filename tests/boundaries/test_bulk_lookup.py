"""The bulk lookup gives, for every point, what the lookup of one point gives."""

import random

import numpy as np
import pytest
import shapely

from boundaries.bulk_lookup import BulkLookup
from boundaries.edges import Edges
from boundaries.index import BoundaryIndex
from boundaries.lookup import Area, Location, locate, sets_in_force
from boundaries.models import BoundarySet
from geo311.core.coordinates import LonLat
from geo311.core.problems import OutsideServiceArea


def one_by_one(point: LonLat) -> Location | None:
    try:
        return locate(point)
    except OutsideServiceArea:
        return None


def areas_of(locations: list[Location | None]) -> list[Area]:
    return [area for location in locations if location is not None for area in location.areas]


def without_metres(location: Location | None) -> Location | None:
    """The index measures on a plane: kilometres from an edge its metres err by some in a thousand."""
    if location is None:
        return None
    return Location(location.point, tuple(area._replace(edge_m=0.0) for area in location.areas))


@pytest.mark.django_db
def test_many_points_get_the_areas_that_each_alone_would_get(city: dict[str, BoundarySet]) -> None:
    dice = random.Random(311)
    points = [LonLat(round(dice.uniform(-0.12, 0.12), 7), round(dice.uniform(-0.12, 0.12), 7)) for _n in range(300)]
    points += [LonLat(0.0, 0.0), LonLat(0.1, 0.05), LonLat(0.1003, 0.05), LonLat(0.1006, 0.05), LonLat(0.5, 0.5)]
    together = BulkLookup().locate(points, sets_in_force())
    alone = [one_by_one(point) for point in points]
    assert [without_metres(location) for location in together] == [without_metres(location) for location in alone]
    near = [(a.edge_m, b.edge_m) for a, b in zip(areas_of(together), areas_of(alone), strict=True) if a.edge_m < 500]
    assert len(near) > 20
    assert all(ours == pytest.approx(theirs, abs=0.02) for ours, theirs in near)
    assert sum(location is None for location in together) > 20


@pytest.mark.django_db
def test_without_any_set_every_point_is_served() -> None:
    assert BulkLookup().locate([LonLat(1, 1)], sets_in_force()) == [Location(LonLat(1, 1), ())]


@pytest.mark.parametrize("lat", [0.0, 42.0, 68.0])
def test_metres_to_the_edge_are_those_of_the_index(lat: float) -> None:
    dice = np.random.default_rng(311)
    star = [
        (r * np.cos(a), lat + r * np.sin(a))
        for a, r in zip(np.linspace(0, 6, 60), dice.uniform(0.1, 0.3, 60), strict=True)
    ]
    polygons = [shapely.Polygon(star).buffer(0), shapely.box(0.3, lat - 0.2, 0.6, lat + 0.2)]
    index = BoundaryIndex.build(["a", "b"], polygons)
    lons, lats = dice.uniform(-0.5, 0.8, 200), lat + dice.uniform(-0.5, 0.5, 200)
    metres = Edges(index.polygons).metres(lons, lats)
    expected = [index.edge_m(float(lon), float(lat)) for lon, lat in zip(lons, lats, strict=True)]
    # The index measures on a plane, which at 68 degrees and 17 km from the edge errs by 5 m; near edges they agree.
    assert metres == pytest.approx(expected, rel=1e-3, abs=1e-3)
    near = metres < 1_000
    assert near.sum() > 5
    assert metres[near] == pytest.approx(np.array(expected)[near], rel=1e-6, abs=1e-3)


def test_no_points_have_no_distances() -> None:
    edges = Edges(BoundaryIndex.build(["a"], [shapely.box(0, 0, 1, 1)]).polygons)
    assert edges.metres(np.array([]), np.array([])).shape == (0,)
