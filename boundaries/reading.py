"""Reads areas from any vector file that GDAL knows, in any reference system, and says in a sentence what is wrong."""

import math
import warnings
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from boundaries.archives import source_in
from boundaries.areas import AreaRow, dissolved, multipolygon
from geo311.core.coordinates import SRID
from geo311.core.problems import FieldError, Invalid, UnusableFile

WORLD = (-180.0, -90.0, 180.0, 90.0)
FAR_DEG = 2.0  # files reach a little beyond the area that their reference system was made for
# TopoJSON has no place to say its reference system; files in use hold degrees, as the GeoJSON they are made from.
DRIVERS_IN_DEGREES = frozenset({"TopoJSON"})


@dataclass(frozen=True)
class Wanted:
    """What to read: the fields of code and name, and what the file cannot say itself."""

    code_field: str
    name_field: str = ""
    name_format: str = "{name}"
    layer: str = ""
    crs: str = ""
    dissolve: bool = False


@dataclass(frozen=True)
class ReadAreas:
    """Areas of a file, and what was done to them: features read, shapes repaired, features without any polygon."""

    rows: list[AreaRow]
    features: int
    repaired: int
    without_polygon: int
    crs: str


@dataclass(frozen=True)
class _Features:
    """Features as they stand in the file: geometries (n) in its own system, values per field (n each)."""

    shapes: list[shapely.Geometry | None]
    fields: dict[str, list[Any]]


def read_areas(path: Path, wanted: Wanted) -> ReadAreas:
    """Areas in degrees, valid, one per code. Raises UnusableFile, or Invalid that names the option to change."""
    source = source_in(path, wanted.layer)
    with warnings.catch_warnings():
        # GDAL warns of what is checked here anyhow: winding order, unclosed rings, unknown encodings.
        warnings.simplefilter("ignore")
        info, features = _read(source, path, wanted)
    crs = _crs(info, wanted, path)
    made = [multipolygon(shape) for shape in _in_degrees(features.shapes, crs)]
    codes = [_text(value) for value in features.fields[wanted.code_field]]
    names = [_text(value) for value in features.fields[wanted.name_field or wanted.code_field]]
    _check_codes(codes, [shape for shape, _repaired in made], wanted)
    rows = [
        AreaRow(code, _name(wanted, code, name), shape, properties)
        for code, name, (shape, _repaired), properties in zip(codes, names, made, _properties(features), strict=True)
        if shape is not None
    ]
    return ReadAreas(
        rows=dissolved(rows) if wanted.dissolve else rows,
        features=len(made),
        repaired=sum(repaired for _shape, repaired in made),
        without_polygon=sum(shape is None for shape, _repaired in made),
        crs=crs.name,
    )


def _read(source: str, path: Path, wanted: Wanted) -> tuple[dict[str, Any], _Features]:
    try:
        layer = _layer(source, wanted)
        info = pyogrio.read_info(source, layer=layer)
        if info["features"] == 0:
            raise UnusableFile(_("{file} has no areas in it.").format(file=path.name))
        _check_fields([str(name) for name in info["fields"]], wanted)
        meta, _fids, wkb, columns = pyogrio.raw.read(source, layer=layer)
        shapes = [] if wkb is None else list(shapely.from_wkb(wkb))
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, shapely.GEOSException) as error:
        detail = _("{file} cannot be read as a map: {why} Use GeoJSON, GeoPackage or a zipped shapefile, for example.")
        raise UnusableFile(detail.format(file=path.name, why=_sentence(str(error), source, path))) from error
    if not shapes:
        raise UnusableFile(_("{file} has no areas in it.").format(file=path.name))
    if not any(shape is not None and shape.area for shape in shapes):
        kinds = ", ".join(sorted({shape.geom_type for shape in shapes if shape is not None})) or _("no shapes")
        raise UnusableFile(_("{file} has no polygons, only {kinds}.").format(file=path.name, kinds=kinds))
    fields = {str(name): list(values) for name, values in zip(meta["fields"], columns, strict=True)}
    return info, _Features(shapes, fields)


def _sentence(message: str, source: str, path: Path) -> str:
    """GDAL's first sentence, without the folders of this machine."""
    first = message.replace(source, path.name).split(";")[0].strip()
    return first if first.endswith(".") else f"{first}."


def _layer(source: str, wanted: Wanted) -> str | None:
    """The layer to read: the one asked for, else the only one that has shapes."""
    layers = [str(name) for name, kind in pyogrio.list_layers(source) if kind is not None]
    if wanted.layer and wanted.layer in layers:
        return wanted.layer
    if len(layers) > 1:
        detail = _("Say which layer to read: {layers}.").format(layers=", ".join(layers))
        raise Invalid.field("layer", detail)
    return None


def _check_fields(fields: list[str], wanted: Wanted) -> None:
    errors = [
        FieldError(option, _("The file has no field {name}. It has: {fields}.").format(name=name, fields=there))
        for option, name in (("code_field", wanted.code_field), ("name_field", wanted.name_field))
        if name and name not in fields
        for there in (", ".join(fields) or _("none"),)
    ]
    if errors:
        raise Invalid(" ".join(str(error.detail) for error in errors), errors=tuple(errors))


def _crs(info: dict[str, Any], wanted: Wanted, path: Path) -> CRS:
    known = wanted.crs or info["crs"] or (f"EPSG:{SRID}" if info.get("driver") in DRIVERS_IN_DEGREES else "")
    if not known:
        detail = _(
            "{file} does not say which coordinate reference system its numbers are in (a shapefile says it in its .prj "
            "file). Ask whoever made it, and give it, such as --crs EPSG:3435."
        )
        raise Invalid.field("crs", detail.format(file=path.name))
    try:
        return CRS.from_user_input(known)
    except CRSError as error:
        detail = _("{crs} is no coordinate reference system we know. Write its EPSG number, such as EPSG:4326.")
        raise Invalid.field("crs", detail.format(crs=known)) from error


def _in_degrees(shapes: list[shapely.Geometry | None], crs: CRS) -> list[shapely.Geometry | None]:
    """The shapes in lon, lat. Raises Invalid (crs) where the numbers do not fit the reference system."""
    bounds = tuple(float(value) for value in shapely.total_bounds(np.array(shapes, dtype=object)))
    span = _("x from {west:g} to {east:g}, y from {south:g} to {north:g}").format(
        west=bounds[0], south=bounds[1], east=bounds[2], north=bounds[3]
    )
    looks_like_degrees = _within(bounds, WORLD)
    if crs.is_geographic and not looks_like_degrees:
        detail = _("{crs} is in degrees, and these numbers are not: {span}. Give the right system with --crs.")
        raise Invalid.field("crs", detail.format(crs=crs.name, span=span))
    if crs.is_projected and looks_like_degrees:
        detail = _("{crs} is in metres or feet, and these numbers look like degrees: {span}. Try --crs EPSG:4326.")
        raise Invalid.field("crs", detail.format(crs=crs.name, span=span))
    if crs.to_epsg() == SRID:
        return shapes
    moved = _reprojected(shapes, crs)
    box = tuple(float(value) for value in shapely.total_bounds(np.array(moved, dtype=object)))
    if not _within(box, WORLD) or not _where_it_belongs(box, crs):
        detail = _("Read as {crs}, these areas would lie where it is not used: {span}. Give the right one with --crs.")
        raise Invalid.field("crs", detail.format(crs=crs.name, span=span))
    return moved


def _reprojected(shapes: list[shapely.Geometry | None], crs: CRS) -> list[shapely.Geometry | None]:
    transformer = Transformer.from_crs(crs, SRID, always_xy=True)

    def degrees(xy: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))

    try:
        flat = shapely.force_2d(np.array(shapes, dtype=object))
        return list(shapely.transform(flat, degrees))
    except ProjError as error:
        raise Invalid.field("crs", _("The coordinates cannot be turned into degrees.")) from error


def _within(box: tuple[float, ...], limits: tuple[float, ...]) -> bool:
    finite = all(math.isfinite(value) for value in box)
    return finite and box[0] >= limits[0] and box[1] >= limits[1] and box[2] <= limits[2] and box[3] <= limits[3]


def _where_it_belongs(box: tuple[float, ...], crs: CRS) -> bool:
    """Whether the middle of the areas lies in the area of use that the reference system declares."""
    use = crs.area_of_use
    if use is None or use.west > use.east:
        return True
    lon, lat = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    inside_lon = use.west - FAR_DEG <= lon <= use.east + FAR_DEG
    return inside_lon and use.south - FAR_DEG <= lat <= use.north + FAR_DEG


def _check_codes(codes: list[str], shapes: list[shapely.Geometry | None], wanted: Wanted) -> None:
    used = [code for code, shape in zip(codes, shapes, strict=True) if shape is not None]
    if not used:
        raise UnusableFile(_("None of the shapes is a polygon that can be used."))
    blank = used.count("")
    if blank:
        detail = ngettext(
            "{n} area has nothing in the field {field}.", "{n} areas have nothing in the field {field}.", blank
        )
        raise Invalid.field("code_field", detail.format(n=blank, field=wanted.code_field))
    twice = sorted(code for code, n in Counter(used).items() if n > 1)
    if twice and not wanted.dissolve:
        detail = _("{field} is not unique: {codes} stand more than once. Add --dissolve to join areas of one code.")
        some = ", ".join(twice[:5]) + (", …" if len(twice) > 5 else "")
        raise Invalid.field("code_field", detail.format(field=wanted.code_field, codes=some))


def _name(wanted: Wanted, code: str, name: str) -> str:
    try:
        return wanted.name_format.format(code=code, name=name or code)
    except (KeyError, IndexError, ValueError) as error:
        detail = _("Write the name's pattern with {code} and {name}, such as 'Ward {code}'.")
        raise Invalid.field("name_format", detail) from error


def _properties(features: _Features) -> list[dict[str, Any]]:
    names = list(features.fields)
    return [
        {name: _json(value) for name, value in zip(names, values, strict=True)}
        for values in zip(*features.fields.values(), strict=True)
    ]


def _json(value: Any) -> Any:
    """A field's value as JSON can hold it."""
    if isinstance(value, np.datetime64):
        return None if np.isnat(value) else str(value)
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)


def _text(value: Any) -> str:
    """A code or a name as people write it: 5, not 5.0."""
    plain = _json(value)
    if isinstance(plain, float) and plain.is_integer():
        plain = int(plain)
    return "" if plain is None else str(plain).strip()
