"""An address and its place as the public may know them."""

import re

from geo311.core.coordinates import LonLat
from geo311.core.hexgrid import block_centre

_HOUSE_NUMBER = re.compile(r"^\s*(\d+)(-\d+)?[A-Za-z]?\s+(.+)$")


def at_precision(address: str, precision: str) -> str:
    """`exact` leaves the address; `block` says "200 block of Main St" for 214 Main St; `none` says nothing."""
    if precision == "exact":
        return address
    if precision != "block":
        return ""
    match = _HOUSE_NUMBER.match(address)
    if match is None:
        # Only a crossing or a street name is safe to repeat: any digit may be a house or a flat.
        return "" if any(character.isdigit() for character in address) else address
    number, after_hyphen, street = match.groups()
    # Queens writes the cross street before a hyphen (89-14): the block is 89-00.
    block = f"{number}-00" if after_hyphen else str(int(number) // 100 * 100)
    return f"{block} block of {street.split(',')[0].split('#')[0].strip()}"


def place_at_precision(point: LonLat, precision: str) -> LonLat | None:
    """`exact` leaves the place; `block` gives the centre of its block-sized H3 cell; `none` gives none."""
    if precision == "exact":
        return point
    return block_centre(point) if precision == "block" else None
