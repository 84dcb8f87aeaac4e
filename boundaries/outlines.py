"""Outlines for maps: a version's areas simplified together, so that neighbours leave no gaps, kept per process."""

import contextlib
import math
from collections import OrderedDict
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from django.conf import settings

from boundaries.models import BoundaryShape
from boundaries.packing import UNREADABLE, pack, read_arrays, unpack, write_arrays
from geo311.core.coordinates import PLACES

MOST_TOLERANCE_DEG = 1.0
LEAST_TOLERANCE_DEG = 2.0**-24  # 7 mm: finer than the decimals that leave
# A version at one tolerance takes 16 bytes a vertex; sixty-four of a large city's sets are some tens of megabytes.
MOST_KEPT = 64
Outlines = dict[int, shapely.Geometry]
Floats = npt.NDArray[np.float64]
_kept: OrderedDict[tuple[int, str, float], Outlines] = OrderedDict()
_lock, _making = Lock(), Lock()


def step_of(tolerance_deg: float) -> float:
    """The power of two at or beneath a tolerance: few steps, so that maps of all zooms share them. 0 stays 0."""
    if tolerance_deg < LEAST_TOLERANCE_DEG:
        return 0.0
    return float(2.0 ** math.floor(math.log2(min(tolerance_deg, MOST_TOLERANCE_DEG))))


def outlines(version_id: int, checksum: str, tolerance_deg: float) -> Outlines:
    """Areas of a version by shape id: MultiPolygon, SRID 4326, 7 decimals, rings by the right-hand rule.

    Simplified by about `tolerance_deg` degrees (Visvalingam and Whyatt on the shared edges), 0 leaves them whole. One
    query the first time, none afterwards: the checksum tells a version that was loaded anew.
    """
    key = (version_id, checksum, step_of(tolerance_deg))
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    with _making:  # a map asks for all its sets at once: one at a time, and each once
        with _lock:
            if key in _kept:
                return _kept[key]
        made = _from_file_or_made(*key)
    with _lock:
        _kept[key] = made
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return made


def _from_file_or_made(version_id: int, checksum: str, tolerance_deg: float) -> Outlines:
    """From the cache file beside the data, else made and kept there."""
    path: Path = settings.DATA_DIR / "cache" / f"outlines-{version_id}-{checksum}-{tolerance_deg!r}.npz"
    try:
        arrays = read_arrays(path, ("ids", "wkb", "ends"))
        areas = shapely.from_wkb(unpack(arrays["wkb"], arrays["ends"]))
        return dict(zip(arrays["ids"].tolist(), areas, strict=True))
    except (*UNREADABLE, shapely.errors.GEOSException):
        made = _make(version_id, tolerance_deg)
    wkb, ends = pack([shapely.to_wkb(area) for area in made.values()])
    # A full or read-only disk costs the next process a second, not this one its answer.
    with contextlib.suppress(OSError):
        write_arrays(path, {"ids": np.array(list(made), dtype=np.int64), "wkb": wkb, "ends": ends})
    return made


def _make(version_id: int, tolerance_deg: float) -> Outlines:
    shapes = BoundaryShape.objects.filter(version_id=version_id).order_by("pk")
    rows = [(pk, bytes(geometry.wkb)) for pk, geometry in shapes.values_list("pk", "geometry")]
    areas = shapely.from_wkb([wkb for _pk, wkb in rows])
    if tolerance_deg:
        simple = shapely.coverage_simplify(areas, tolerance_deg)
        # An area too small for this tolerance keeps its own shape rather than vanish.
        areas = np.where(shapely.is_empty(simple), areas, simple)
    rounded = shapely.transform(shapely.orient_polygons(areas), _rounded)
    return {pk: area for (pk, _wkb), area in zip(rows, rounded, strict=True)}


def _rounded(lonlat: Floats) -> Floats:
    return np.round(lonlat, PLACES)


def as_geojson(area: shapely.Geometry) -> dict[str, Any]:
    """A GeoJSON geometry."""
    parts = shapely.get_parts(area)
    rings = [[shapely.get_coordinates(ring).tolist() for ring in shapely.get_rings(part)] for part in parts]
    return {"type": "MultiPolygon", "coordinates": rings}
