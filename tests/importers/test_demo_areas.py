"""The demo city's areas: New York's, whole and without gaps."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
import shapely

from geo311.importers.demo.areas import AreaSet, new_york
from geo311.importers.demo.territories import SANITATION, STREETS

pytestmark = pytest.mark.slow

# All of them, for pytest-django runs tests without a database last, which would load the demo a second time.


@pytest.fixture(scope="module")
def areas() -> tuple[AreaSet, ...]:
    return new_york()


def shapes(areas: tuple[AreaSet, ...], slug: str) -> "np.ndarray[Any, Any]":
    (found,) = (each for each in areas if each.declaration.slug == slug)
    return np.array([row.geometry for row in found.rows], dtype=object)


def test_each_set_fits_together_without_gap_or_overlap(areas: tuple[AreaSet, ...]) -> None:
    for each in areas:
        polygons = shapes(areas, each.declaration.slug)
        assert shapely.is_valid(polygons).all()
        assert shapely.coverage_is_valid(polygons), each.declaration.slug


@pytest.mark.parametrize("slug", ["ward", "streets-territories", "sanitation-territories"])
def test_dissolved_areas_cover_exactly_the_neighbourhoods(areas: tuple[AreaSet, ...], slug: str) -> None:
    neighbourhoods = shapely.coverage_union_all(shapes(areas, "neighborhood"))
    dissolved = shapely.coverage_union_all(shapes(areas, slug))
    assert dissolved.equals(neighbourhoods)
    holes = [ring for part in shapely.get_parts(dissolved) for ring in part.interiors]
    assert len(holes) == 1, "one pond; anything else would be a sliver"


def test_the_sets_are_those_of_new_york(areas: tuple[AreaSet, ...]) -> None:
    assert {each.declaration.slug: len(each.rows) for each in areas} == {
        "borough": 5,
        "district": 51,
        "ward": 71,
        "streets-territories": 24,
        "sanitation-territories": 36,
        "neighborhood": 262,
        "census-tract": 2325,
    }
    names = {each.declaration.slug: {row.code: row.name for row in each.rows} for each in areas}
    assert names["district"]["5"] == "Council District 5"
    assert names["ward"]["QN01"] == "Astoria-Queensbridge"
    assert names["ward"]["MN64"] == "Central Park"
    assert names["borough"]["4"] == "Queens"


@pytest.mark.parametrize("groups", [STREETS, SANITATION])
def test_territories_hold_every_ward_once_and_stay_in_a_borough(
    areas: tuple[AreaSet, ...], groups: dict[str, tuple[str, ...]]
) -> None:
    wards = Counter(ward for members in groups.values() for ward in members)
    (declared,) = (each for each in areas if each.declaration.slug == "ward")
    assert wards == Counter(row.code for row in declared.rows)
    assert all(len({ward[:2] for ward in members}) == 1 for members in groups.values())


def test_streets_and_sanitation_divide_the_city_differently() -> None:
    garage_of = {ward: garage for garage, wards in SANITATION.items() for ward in wards}
    split = [yard for yard, wards in STREETS.items() if len({garage_of[ward] for ward in wards}) > 1]
    assert len(split) > len(STREETS) / 2
    yard_of = {ward: yard for yard, wards in STREETS.items() for ward in wards}
    assert any(len({yard_of[ward] for ward in wards}) > 1 for wards in SANITATION.values())
