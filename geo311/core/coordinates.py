"""LonLat and BBox: positions in degrees, SRID 4326, always in the order lon, lat."""

import math
from typing import NamedTuple

from pyproj import Geod

from geo311.core.problems import FieldError, Invalid

SRID = 4326
PLACES = 7  # decimals kept of a degree: 1e-7 is 11 mm (RFC 7946, section 11.2 asks for no more)
EARTH = Geod(ellps="WGS84")


def _degrees(name: str, text: object, limit: float) -> float | FieldError:
    if text is None or (isinstance(text, str) and not text.strip()):
        return FieldError(name, f"{name} is missing: give degrees between -{limit:g} and {limit:g}.")
    try:
        value = float(text)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return FieldError(
            name, f"{name} must be a number of degrees, such as {'-73.9857' if limit == 180 else '40.7484'}."
        )
    if not math.isfinite(value):
        return FieldError(name, f"{name} must be a finite number of degrees.")
    if not -limit <= value <= limit:
        hint = " Are lon and lat swapped?" if name.endswith("lat") and abs(value) <= 180 else ""
        return FieldError(name, f"{name} must lie between -{limit:g} and {limit:g}, not {value:g}.{hint}")
    return round(value, PLACES)


class LonLat(NamedTuple):
    """A position: longitude then latitude, degrees, SRID 4326."""

    lon: float
    lat: float

    @classmethod
    def parse(cls, lon: object, lat: object, *, names: tuple[str, str] = ("lon", "lat")) -> "LonLat":
        """Read two texts or numbers. Raises Invalid that names each wrong field."""
        parsed = (_degrees(names[0], lon, 180.0), _degrees(names[1], lat, 90.0))
        errors = tuple(part for part in parsed if isinstance(part, FieldError))
        if errors:
            raise Invalid(" ".join(error.detail for error in errors), errors=errors)
        return cls(float(parsed[0]), float(parsed[1]))  # type: ignore[arg-type]

    def distance_m(self, other: "LonLat") -> float:
        """Geodesic distance on WGS 84, in metres."""
        return float(EARTH.inv(self.lon, self.lat, other.lon, other.lat)[2])


class BBox(NamedTuple):
    """A bounding box in degrees: west, south, east, north (RFC 7946, section 5)."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def parse(cls, text: str, *, name: str = "bbox") -> "BBox":
        """Read `west,south,east,north`. Raises Invalid where a number is missing, wild or reversed."""
        wanted = f"{name} must be four numbers: west,south,east,north, such as -74.05,40.6,-73.85,40.9."
        try:
            values = [float(part) for part in text.split(",")]
        except ValueError:
            raise Invalid.field(name, wanted) from None
        if len(values) != 4 or not all(math.isfinite(value) for value in values):
            raise Invalid.field(name, wanted)
        west, south, east, north = values
        if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= 90 and -90 <= north <= 90):
            raise Invalid.field(name, f"{name} lies outside the world: {wanted}")
        if west > east or south > north:
            raise Invalid.field(name, f"{name} is reversed: west must not exceed east, nor south north.")
        return cls(west, south, east, north)

    @classmethod
    def around(cls, centre: LonLat, radius_m: float) -> "BBox":
        """The smallest box sure to hold the circle of `radius_m` metres round `centre`."""
        dlat = math.degrees(radius_m / 6_356_752.0) * 1.01
        dlon = min(180.0, dlat / max(1e-6, math.cos(math.radians(min(89.9, abs(centre.lat) + dlat)))))
        return cls(centre.lon - dlon, max(-90.0, centre.lat - dlat), centre.lon + dlon, min(90.0, centre.lat + dlat))
