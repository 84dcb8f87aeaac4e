"""Loads areas as a version of a boundary set: one transaction, the same map twice adds nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from boundaries.areas import AreaRow, checksum, multipolygon
from boundaries.models import Boundary, BoundarySet, BoundarySetRole, BoundaryShape, BoundaryVersion
from boundaries.querysets import city_today
from geo311.core.coordinates import SRID
from geo311.core.problems import Conflict, Invalid, UnusableFile

# A place has one district; several sets of the role would hide each other. Territories and references may be many.
ONE_SET_ROLES = (BoundarySetRole.JURISDICTION, BoundarySetRole.DISTRICT, BoundarySetRole.WARD)
MAX_CODE, MAX_NAME = 60, 160  # the columns of Boundary


@dataclass(frozen=True)
class SetDeclaration:
    """A boundary set as it shall be: made where it is missing, brought up to date where it is not."""

    slug: str
    name: str
    role: str
    authority: str = ""
    licence: str = ""
    tolerance_m: float = 50.0
    is_neighbour: bool = False


def load_version(
    *,
    boundary_set: SetDeclaration,
    rows: Iterable[AreaRow],
    label: str,
    valid_from: date | None = None,
    source_url: str = "",
    replace: bool = False,
) -> BoundaryVersion:
    """Store `rows` as the version of a set in force from a day on (the first one: from ever; later ones: today).

    The version before ends on that day. The same label with the same shapes, or the shapes already in force then, add
    nothing: the stored version is returned. `replace` removes a version that starts on the same day, while no report
    points to it. Raises Invalid, UnusableFile, Conflict.
    """
    areas = _checked(rows)
    digest = checksum(areas)
    with transaction.atomic():
        stored_set = _declare(boundary_set)
        boundaries = _boundaries(stored_set, areas)
        versions = list(stored_set.versions.order_by("valid_from"))
        start = valid_from or (city_today() if versions else date.min)
        known = _known(versions, label, digest, start)
        if known is not None:
            return known
        if replace:
            versions = _without(versions, start)
        _check_free(versions, label, start)
        version = _insert_in_time(
            versions,
            BoundaryVersion(
                boundary_set=stored_set, label=label, source_url=source_url, checksum=digest, valid_from=start
            ),
        )
        BoundaryShape.objects.bulk_create(
            BoundaryShape(
                version=version, boundary=boundaries[area.code], geometry=_stored(area), properties=area.properties
            )
            for area in areas
        )
    return version


def _checked(rows: Iterable[AreaRow]) -> list[AreaRow]:
    """The rows with valid MultiPolygons. Raises Invalid (code, name) or UnusableFile."""
    areas: list[AreaRow] = []
    for row in rows:
        shape, _repaired = multipolygon(row.geometry)
        if shape is None:
            raise UnusableFile(_("The area {code} has no polygon.").format(code=row.code))
        if not row.code.strip() or len(row.code) > MAX_CODE:
            detail = _("A code has 1 to {n} characters, not {code!r}.").format(n=MAX_CODE, code=row.code)
            raise Invalid.field("code_field", detail)
        areas.append(AreaRow(row.code, row.name[:MAX_NAME], shape, row.properties))
    if not areas:
        raise UnusableFile(_("There are no areas to load."))
    if len({area.code for area in areas}) != len(areas):
        raise Invalid.field("code_field", _("A code stands twice."))
    box = shapely.total_bounds(np.array([area.geometry for area in areas], dtype=object))
    if not (np.isfinite(box).all() and box[0] >= -180 and box[1] >= -90 and box[2] <= 180 and box[3] <= 90):
        raise Invalid.field("crs", _("The areas lie outside of the world: give degrees, lon before lat."))
    return areas


def _declare(wanted: SetDeclaration) -> BoundarySet:
    """The set, made or brought up to date, locked until the transaction ends."""
    if wanted.role not in BoundarySetRole.values:
        detail = _("{role} is no role; use one of: {roles}.")
        raise Invalid.field("role", detail.format(role=wanted.role, roles=", ".join(BoundarySetRole.values)))
    if wanted.is_neighbour and wanted.role != BoundarySetRole.REFERENCE:
        raise Invalid.field("neighbour", _("Only a reference set can hold the neighbours' areas."))
    _check_alone(wanted)
    values = {
        "name": wanted.name,
        "authority": wanted.authority,
        "licence": wanted.licence,
        "tolerance_m": wanted.tolerance_m,
        "is_neighbour": wanted.is_neighbour,
    }
    stored, new = BoundarySet.objects.select_for_update().get_or_create(
        slug=wanted.slug, defaults=values | {"role": wanted.role}
    )
    if not new and stored.role != wanted.role:
        detail = _("The set {slug} is loaded as {role}. Use that role, or another slug.")
        raise Conflict(detail.format(slug=wanted.slug, role=stored.role))
    for name, value in values.items():
        setattr(stored, name, value)
    stored.save()
    return stored


def _check_alone(wanted: SetDeclaration) -> None:
    other = BoundarySet.objects.filter(role=wanted.role).exclude(slug=wanted.slug).first()
    if other is not None and wanted.role in ONE_SET_ROLES:
        detail = _(
            "{other} is the {role} set already. Load a new version of it with its slug, or load this one with the role "
            "reference."
        )
        raise Conflict(detail.format(other=other.slug, role=wanted.role))


def _boundaries(stored_set: BoundarySet, areas: Sequence[AreaRow]) -> dict[str, Boundary]:
    """The boundaries of the areas by code: those there already keep their row, and take the newest name."""
    there = {boundary.code: boundary for boundary in stored_set.boundaries.all()}
    missing = [Boundary(boundary_set=stored_set, code=a.code, name=a.name) for a in areas if a.code not in there]
    renamed = [area for area in areas if area.code in there and there[area.code].name != area.name]
    for area in renamed:
        there[area.code].name = area.name
    Boundary.objects.bulk_update([there[area.code] for area in renamed], ["name"])
    return there | {boundary.code: boundary for boundary in Boundary.objects.bulk_create(missing)}


def _known(versions: list[BoundaryVersion], label: str, digest: str, start: date) -> BoundaryVersion | None:
    """The version that holds this map already: by its label, or as the one in force on the day."""
    for version in versions:
        in_force = version.valid_from <= start and (version.valid_to is None or version.valid_to > start)
        if version.checksum == digest and (version.label == label or in_force):
            return version
    return None


def _without(versions: list[BoundaryVersion], start: date) -> list[BoundaryVersion]:
    same_day = [version for version in versions if version.valid_from == start]
    for version in same_day:
        try:
            version.delete()
        except ProtectedError as error:
            detail = _("Reports point to {label}; it cannot be replaced. Load the new map from a later day on.")
            raise Conflict(detail.format(label=version.label)) from error
    return [version for version in versions if version not in same_day]


def _check_free(versions: list[BoundaryVersion], label: str, start: date) -> None:
    if any(version.label == label for version in versions):
        detail = _("Another map is stored with the label {label}. Give this one a label of its own.")
        raise Conflict(detail.format(label=label))
    same_day = next((version for version in versions if version.valid_from == start), None)
    if same_day is not None:
        detail = _("{label} is in force from {day} already. Give another day with --valid-from, or add --replace.")
        day = _("ever") if start == date.min else start.isoformat()
        raise Conflict(detail.format(label=same_day.label, day=day))


def _insert_in_time(versions: list[BoundaryVersion], new: BoundaryVersion) -> BoundaryVersion:
    """Store the version between its neighbours in time: the one before ends where it starts."""
    before = next((version for version in reversed(versions) if version.valid_from < new.valid_from), None)
    after = next((version for version in versions if version.valid_from > new.valid_from), None)
    if before is not None and (before.valid_to is None or before.valid_to > new.valid_from):
        before.valid_to = new.valid_from
        before.save(update_fields=["valid_to"])
    new.valid_to = after.valid_from if after is not None else None
    new.save(force_insert=True)
    return new


def _stored(area: AreaRow) -> MultiPolygon:
    geometry = GEOSGeometry(memoryview(shapely.to_wkb(area.geometry)), srid=SRID)
    if not isinstance(geometry, MultiPolygon):
        raise TypeError(f"{geometry.geom_type} is no MultiPolygon")
    return geometry
