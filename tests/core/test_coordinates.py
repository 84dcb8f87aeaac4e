"""Positions and boxes as people and programs write them, wrong ones named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo311.core.coordinates import EARTH, BBox, LonLat
from geo311.core.problems import Invalid


def test_texts_and_numbers_are_read_to_seven_decimals() -> None:
    assert LonLat.parse(" -73.98571234567 ", 40.7484) == LonLat(-73.9857123, 40.7484)


@pytest.mark.parametrize(
    ("lon", "lat", "fields", "words"),
    [
        (None, "40", ["lon"], "missing"),
        ("", "", ["lon", "lat"], "missing"),
        ("-73.98", "abc", ["lat"], "number"),
        ("nan", "40", ["lon"], "finite"),
        ("-73.98", "inf", ["lat"], "finite"),
        ("-190", "40", ["lon"], "between -180 and 180"),
        ("40.7", "-173.98", ["lat"], "swapped"),
        ([1], {}, ["lon", "lat"], "number"),
    ],
)
def test_wrong_coordinates_name_the_field_and_what_would_be_right(
    lon: object, lat: object, fields: list[str], words: str
) -> None:
    with pytest.raises(Invalid, match=words) as problem:
        LonLat.parse(lon, lat)
    assert [error.field for error in problem.value.errors] == fields


@pytest.mark.parametrize(
    "text", ["", "1,2,3", "1,2,3,x", "nan,0,1,1", "10,0,-10,5", "0,10,1,-10", "-181,0,0,1", "0,0,1,91"]
)
def test_a_wild_or_reversed_bbox_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="bbox"):
        BBox.parse(text)


@given(st.floats(-179, 179), st.floats(-85, 85), st.floats(0.1, 5_000), st.floats(0, 360))
def test_the_box_round_a_circle_covers_it(lon: float, lat: float, radius_m: float, bearing: float) -> None:
    east, north, _back = EARTH.fwd(lon, lat, bearing, radius_m)
    box = BBox.around(LonLat(lon, lat), radius_m)
    if box.west >= -180 and box.east <= 180:
        assert box.west <= east <= box.east
        assert box.south <= north <= box.north


def test_distance_is_geodesic() -> None:
    assert LonLat(-74, 40).distance_m(LonLat(-74, 41)) == pytest.approx(111_044.26, abs=0.01)
