"""Which boundaries hold this point: the indexes of the sets in force, kept per process and checked on every call.

One query tells which versions are in force (id and checksum); an index is read once per version and process, from a
cache file beside the data.
"""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import shapely
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from boundaries.index import BoundaryIndex, Nearest
from boundaries.index_file import FORMAT as INDEX_FORMAT
from boundaries.index_file import read_index, write_index
from boundaries.models import BoundarySetRole, BoundaryShape, BoundaryVersion
from geo311.core.coordinates import LonLat
from geo311.core.problems import OutsideServiceArea

INSIDE, SNAPPED = "inside", "snapped"
SERVICE_AREA_ROLES = (BoundarySetRole.DISTRICT, BoundarySetRole.WARD, BoundarySetRole.TERRITORY)


class Area(NamedTuple):
    """One boundary that holds a point: how (`inside` or `snapped`), metres to the nearest edge of its set.

    `edge_m` is None in reference sets: nothing is assigned by them, so nobody asks how sure they are.
    """

    role: str
    boundary_set: str
    boundary_id: int
    code: str
    name: str
    version_id: int
    version: str
    how: str
    edge_m: float | None


@dataclass(frozen=True)
class Location:
    """Every area that holds a point, one per set at the most."""

    point: LonLat
    areas: tuple[Area, ...]

    def of_role(self, role: str) -> Area | None:
        """The area of a role that has one set (district, ward, jurisdiction); the first set by slug where several."""
        return next((area for area in self.areas if area.role == role), None)

    def of_set(self, slug: str) -> Area | None:
        return next((area for area in self.areas if area.boundary_set == slug), None)


@dataclass(frozen=True)
class LoadedVersion:
    """A version in force with its index and what each code stands for."""

    version_id: int
    label: str
    slug: str
    role: str
    tolerance_m: float
    is_neighbour: bool
    index: BoundaryIndex
    boundaries: dict[str, tuple[int, str, dict[str, str]]]

    def area(self, code: str, how: str, edge_m: float | None) -> Area:
        boundary_id, name, _properties = self.boundaries[code]
        metres = None if edge_m is None else round(edge_m, 2)
        return Area(self.role, self.slug, boundary_id, code, name, self.version_id, self.label, how, metres)

    def find(self, point: LonLat) -> Area | None:
        """The area that covers the point, else the nearest within the set's tolerance, else None."""
        code = self.index.locate(*point)
        if self.role == BoundarySetRole.REFERENCE:
            return None if code is None else self.area(code, INSIDE, None)
        if code is not None:
            return self.area(code, INSIDE, self.index.edge_m(*point))
        nearest = self.index.nearest(*point)
        if nearest is None or nearest.distance_m > self.tolerance_m:
            return None
        return self.area(nearest.code, SNAPPED, nearest.distance_m)


_loaded: dict[tuple[int, str, datetime], LoadedVersion] = {}
_lock = Lock()


def sets_in_force(on: date | None = None) -> tuple[LoadedVersion, ...]:
    """The sets in force on a day of the city, ordered by slug. One query where nothing is new."""
    rows = list(
        BoundaryVersion.objects.in_force(on)
        .order_by("boundary_set__slug", "-valid_from", "-pk")
        .select_related("boundary_set")
    )
    newest = {row.boundary_set_id: row for row in reversed(rows)}
    return tuple(_load(row) for row in sorted(newest.values(), key=lambda row: row.boundary_set.slug))


def _load(version: BoundaryVersion) -> LoadedVersion:
    # The time of loading tells a version of another desk, restored under the same number and checksum.
    key, of_set = (version.pk, version.checksum, version.created_at), version.boundary_set
    found = _loaded.get(key)
    if found is None or (found.tolerance_m, found.is_neighbour) != (of_set.tolerance_m, of_set.is_neighbour):
        with _lock:
            found = _loaded[key] = _read(version)
    return found


def forget() -> None:
    """Drop every index of this process; the next lookup reads anew."""
    with _lock:
        _loaded.clear()


def _read(version: BoundaryVersion) -> LoadedVersion:
    boundary_set = version.boundary_set
    shapes = BoundaryShape.objects.filter(version=version).select_related("boundary").defer("geometry")
    return LoadedVersion(
        version_id=version.pk,
        label=version.label,
        slug=boundary_set.slug,
        role=boundary_set.role,
        tolerance_m=boundary_set.tolerance_m,
        is_neighbour=boundary_set.is_neighbour,
        index=_index_of(version),
        boundaries={s.boundary.code: (s.boundary.pk, s.boundary.name, s.properties) for s in shapes},
    )


def _index_of(version: BoundaryVersion) -> BoundaryIndex:
    """The version's index from the cache file of its checksum, else built from its shapes and kept there."""
    path: Path = settings.DATA_DIR / "cache" / f"index-{INDEX_FORMAT}-{version.checksum}.npz"
    index = read_index(path)
    if index is None:
        shapes = list(BoundaryShape.objects.filter(version=version).values_list("boundary__code", "geometry"))
        polygons = shapely.from_wkb([bytes(geometry.wkb) for _code, geometry in shapes])
        index = BoundaryIndex.build([code for code, _geometry in shapes], list(polygons))
        # A full or read-only disk costs the next process a second, not this one its answer.
        with contextlib.suppress(OSError):
            write_index(path, index)
    return index


def locate(point: LonLat, *, on: date | None = None) -> Location:
    """Every area that holds `point` on a day of the city (today where none is given), of all roles, in one call.

    Raises OutsideServiceArea where the point lies beyond the service area and its tolerance.
    """
    versions = sets_in_force(on)
    areas = tuple(area for area in (version.find(point) for version in versions) if area is not None)
    service_area = service_area_of(versions)
    if service_area and not any(area.version_id in {v.version_id for v in service_area} for area in areas):
        raise outside(point, service_area, versions)
    return Location(point, areas)


def service_area_of(versions: Iterable[LoadedVersion]) -> tuple[LoadedVersion, ...]:
    """The jurisdiction where one is loaded, else the union of district, ward and territory sets."""
    versions = tuple(versions)
    jurisdiction = tuple(v for v in versions if v.role == BoundarySetRole.JURISDICTION)
    return jurisdiction or tuple(v for v in versions if v.role in SERVICE_AREA_ROLES)


def outside(
    point: LonLat, service_area: tuple[LoadedVersion, ...], versions: tuple[LoadedVersion, ...]
) -> OutsideServiceArea:
    """The problem of a place beyond the service area: the neighbour to ask, else the nearest place inside."""
    for version in versions:
        code = version.index.locate(*point) if version.is_neighbour else None
        if code is not None:
            _boundary_id, name, properties = version.boundaries[code]
            contact = {key: str(properties[key]) for key in ("phone", "link") if properties.get(key)}
            detail = _("This place belongs to {name}. Please ask there.").format(name=name)
            return OutsideServiceArea(" ".join([detail, *contact.values()]), neighbour={"name": name, **contact})
    found = [near for near in (version.index.nearest(*point) for version in service_area) if near is not None]
    if not found:
        return OutsideServiceArea()
    nearest: Nearest = min(found, key=lambda near: near.distance_m)
    metres = round(nearest.distance_m)
    detail = ngettext(
        "The nearest place we serve is {metres} metre away.",
        "The nearest place we serve is {metres} metres away.",
        metres,
    ).format(metres=f"{metres:,}")
    place = {"lon": round(nearest.lon, 7), "lat": round(nearest.lat, 7), "distance_m": round(nearest.distance_m, 1)}
    return OutsideServiceArea(detail, nearest=place)
