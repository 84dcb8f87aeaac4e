"""Areas on their way in: a code, a name and a valid MultiPolygon. Pure Shapely and PROJ; degrees, SRID 4326."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import shapely
from pyproj import Geod

EARTH = Geod(ellps="WGS84")


@dataclass(frozen=True)
class AreaRow:
    """One area to be loaded: `code` unique in its set, `geometry` with polygons (lon, lat), `properties` as JSON."""

    code: str
    name: str
    geometry: shapely.Geometry
    properties: dict[str, Any] = field(default_factory=dict)


def multipolygon(geometry: shapely.Geometry | None) -> tuple[shapely.MultiPolygon | None, bool]:
    """The polygons of a geometry as one valid MultiPolygon without Z, and whether that took a repair.

    None where it holds no polygon. Points and lines beside polygons, or left over by the repair, are dropped.
    """
    polygons = _polygons(geometry)
    if not polygons:
        return None, False
    made = shapely.MultiPolygon(polygons)
    if shapely.is_valid(made):
        return made, False
    # "structure" joins parts that overlap; the default would cut a hole where two parts lie over each other.
    repaired = _polygons(shapely.make_valid(made, method="structure", keep_collapsed=False))
    return (shapely.MultiPolygon(repaired) if repaired else None), True


def _polygons(geometry: shapely.Geometry | None) -> list[shapely.Polygon]:
    """Every polygon of a geometry, however deep in collections, flat and not empty."""
    if geometry is None or geometry.is_empty:
        return []
    if geometry.geom_type == "Polygon":
        return [shapely.force_2d(geometry)]
    if not hasattr(geometry, "geoms"):
        return []
    return [polygon for part in shapely.get_parts(geometry) for polygon in _polygons(part)]


def dissolved(rows: Iterable[AreaRow]) -> list[AreaRow]:
    """Areas of one code joined into one, with the first name and the properties that all parts share."""
    by_code: dict[str, list[AreaRow]] = {}
    for row in rows:
        by_code.setdefault(row.code, []).append(row)
    return [_joined(parts) for parts in by_code.values()]


def _joined(parts: Sequence[AreaRow]) -> AreaRow:
    first = parts[0]
    if len(parts) == 1:
        return first
    shared = {
        key: value
        for key, value in first.properties.items()
        if all(part.properties.get(key) == value for part in parts)
    }
    return AreaRow(first.code, first.name, shapely.union_all([part.geometry for part in parts]), shared)


def checksum(rows: Iterable[AreaRow]) -> str:
    """SHA-256 of codes and shapes, hex: the same map gives the same one, whatever the order of areas and rings."""
    digest = hashlib.sha256()
    for row in sorted(rows, key=lambda row: row.code):
        wkb = shapely.to_wkb(shapely.normalize(row.geometry), byte_order=1, output_dimension=2)
        digest.update(f"{row.code}\0{len(wkb)}\0".encode() + wkb)
    return digest.hexdigest()


def area_km2(geometries: Iterable[shapely.Geometry]) -> float:
    """The area of polygons in degrees, in square kilometres on WGS 84; overlaps count twice."""
    oriented = shapely.orient_polygons(list(geometries))
    return sum(abs(float(EARTH.geometry_area_perimeter(geometry)[0])) for geometry in oriented) / 1e6
