"""An address and its place as the public may know them."""

import re

from geo311.core.coordinates import LonLat
from geo311.core.hexgrid import block_centre

_HOUSE_NUMBER = re.compile(r"^\s*(\d+)(-\d+)?(?:\s*[-–/]\s*\d+)?[A-Za-z]?\s+(.+)$")
_UNIT = re.compile(
    r"[,#;(/]|\b(?:apt|apartment|unit|suite|ste|floor|fl|room|rm|basement|bsmt|flat|no)\b", re.IGNORECASE
)
_ORDINAL = re.compile(r"\b\d+(?:st|nd|rd|th)\b", re.IGNORECASE)


def at_precision(address: str, precision: str) -> str:
    """`exact` leaves the address; `block` says "200 block of Main St" for 214 Main St; `none` says nothing."""
    if precision == "exact":
        return address
    if precision != "block":
        return ""
    match = _HOUSE_NUMBER.match(address)
    if match is None:
        return _street(address)
    number, after_hyphen, rest = match.groups()
    street = _street(rest)
    # Queens writes the cross street before a hyphen (89-14): the block is 89-00.
    block = f"{number}-00" if after_hyphen else str(int(number) // 100 * 100)
    return f"{block} block of {street}" if street else ""


def _street(text: str) -> str:
    """The street alone, up to the first word of a flat or floor; nothing where a number is left that is no street's."""
    street = _UNIT.split(text)[0].strip(" .-–")
    return "" if re.search(r"\d", _ORDINAL.sub("", street)) else street


def place_at_precision(point: LonLat, precision: str) -> LonLat | None:
    """`exact` leaves the place; `block` gives the centre of its block-sized H3 cell; `none` gives none."""
    if precision == "exact":
        return point
    return block_centre(point) if precision == "block" else None
