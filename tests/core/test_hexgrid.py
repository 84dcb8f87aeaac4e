"""Cells that cover a circle: never one too few, never more than 64."""

import h3.api.basic_int as h3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo311.core.coordinates import EARTH, LonLat
from geo311.core.hexgrid import BLOCK_REACH_M, block_centre, cell_of, cells_covering

lons = st.floats(-180, 180)
lats = st.floats(-90, 90)
radii = st.floats(0, 500)
bearings = st.floats(0, 360)


@given(lons, lats, radii, bearings, st.floats(0, 1))
def test_every_place_within_the_radius_lies_in_a_covering_cell(
    lon: float, lat: float, radius_m: float, bearing: float, part: float
) -> None:
    resolution, cells = cells_covering(LonLat(lon, lat), radius_m)
    there = EARTH.fwd(lon, lat, bearing, radius_m * part)
    assert cell_of(LonLat(there[0], there[1]), resolution) in cells


@given(lons, lats, radii)
def test_at_most_64_cells_are_asked_for(lon: float, lat: float, radius_m: float) -> None:
    _resolution, cells = cells_covering(LonLat(lon, lat), radius_m)
    assert len(cells) == len(set(cells)) <= 64


@pytest.mark.parametrize("resolution", [9, 11])
def test_circles_round_a_pentagon_are_covered(resolution: int) -> None:
    radius_m = 110.0 if resolution == 11 else 480.0
    for pentagon in h3.get_pentagons(resolution):
        lat, lon = h3.cell_to_latlng(pentagon)
        used, cells = cells_covering(LonLat(lon, lat), radius_m)
        assert used == resolution
        for bearing in range(0, 360, 5):
            east, north, _back = EARTH.fwd(lon, lat, bearing, radius_m)
            assert cell_of(LonLat(east, north), resolution) in cells


@given(lons, lats)
def test_a_block_reaches_no_farther_from_its_centre_than_said(lon: float, lat: float) -> None:
    assert LonLat(lon, lat).distance_m(block_centre(LonLat(lon, lat))) <= BLOCK_REACH_M


@pytest.mark.parametrize("radius_m", [-1.0, 500.1, float("nan")])
def test_a_radius_out_of_range_is_refused(radius_m: float) -> None:
    with pytest.raises(ValueError, match="radius_m"):
        cells_covering(LonLat(0, 0), radius_m)
