"""An address as the public may read it."""

import re

_HOUSE_NUMBER = re.compile(r"^\s*(\d+)[A-Za-z]?(?:-\d+)?\s+(.+)$")


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
    hundred = int(match[1]) // 100 * 100
    return f"{hundred} block of {match[2].split(',')[0].split('#')[0].strip()}"
