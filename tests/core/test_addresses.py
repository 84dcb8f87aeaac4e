"""Addresses at the precision the public may read."""

import pytest

from geo311.core.addresses import at_precision, place_at_precision
from geo311.core.coordinates import LonLat


@pytest.mark.parametrize(
    ("address", "precision", "public"),
    [
        ("214 Main St", "exact", "214 Main St"),
        ("214 Main St", "block", "200 block of Main St"),
        ("214B Main St, Apt 5", "block", "200 block of Main St"),
        ("89-14 Queens Blvd", "block", "89-00 block of Queens Blvd"),
        ("Main St and 3rd Ave", "block", "Main St and 3rd Ave"),
        ("214 Main St Apt 4B", "block", "200 block of Main St"),
        ("89-14 Roosevelt Ave Unit 7", "block", "89-00 block of Roosevelt Ave"),
        ("214 Main St Floor 3 Smith", "block", "200 block of Main St"),
        ("214 - 216 Main St", "block", "200 block of Main St"),
        ("350 5th Ave (rear)", "block", "300 block of 5th Ave"),
        ("Main St 214", "block", ""),
        ("214 Main St 4B", "block", ""),
        ("Main St and Oak Ave", "block", "Main St and Oak Ave"),
        ("214 Main St", "none", ""),
        ("", "block", ""),
    ],
)
def test_precision(address: str, precision: str, public: str) -> None:
    assert at_precision(address, precision) == public


def test_a_place_at_the_precision_of_a_block_is_shared_by_its_neighbours() -> None:
    here, next_door = LonLat(-73.92, 40.765), LonLat(-73.9201, 40.7651)
    shown = place_at_precision(here, "block")
    assert shown is not None
    assert shown == place_at_precision(next_door, "block") != here
    assert here.distance_m(shown) < 90
    assert place_at_precision(here, "exact") == here
    assert place_at_precision(here, "none") is None
