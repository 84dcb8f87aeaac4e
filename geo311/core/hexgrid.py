"""The only caller of h3: cells as 64-bit integers, and disks proved to cover a circle.

A disk of k rings is chosen by the *actual* cells round the point, never by the average edge: the nearest cell of ring
k + 1 must lie farther than the radius. Cells of the disk that the circle cannot reach are left out.
"""

import math
from functools import lru_cache

import h3.api.basic_int as h3

from geo311.core.coordinates import PLACES, LonLat

FINE = 11  # mean edge 28.7 m (H3 table of cell statistics): radii up to FINE_RADIUS_M
COARSE = 9  # mean edge 200.8 m: radii beyond
FINE_RADIUS_M = 120.0
BLOCK = 10  # mean edge 75.9 m: what a block is on a map
BLOCK_REACH_M = 110.0  # more than any cell of that resolution reaches from its centre
MAX_RADIUS_M = 500.0
SEMI_MAJOR_M, FLATTENING = 6_378_137.0, 1 / 298.257223563  # WGS 84
# A chord is shorter than its arc by 1e-7 at 2 km, and a cell's edge is a great circle of the sphere drawn here as a
# chord: a thousandth and a metre stand well above both.
MARGIN = 1.001
MARGIN_M = 1.0

Xyz = tuple[float, float, float]


def cell_of(point: LonLat, resolution: int) -> int:
    """The H3 cell that holds a point, as a 64-bit integer."""
    return int(h3.latlng_to_cell(point.lat, point.lon, resolution))


def block_centre(point: LonLat) -> LonLat:
    """The centre of the block-sized cell that holds a point: a place that many addresses share."""
    lat, lon = h3.cell_to_latlng(cell_of(point, BLOCK))
    return LonLat(round(lon, PLACES), round(lat, PLACES))


@lru_cache(maxsize=4096)
def _ring(cell: int, k: int) -> tuple[int, ...]:
    """Cells at grid distance k exactly; by disks, which unlike `grid_ring` is right near pentagons too."""
    inner = set(h3.grid_disk(cell, k - 1)) if k else set()
    return tuple(sorted(set(h3.grid_disk(cell, k)) - inner))


def _xyz(lon: float, lat: float) -> Xyz:
    """Earth-centred metres of a place on WGS 84: right at every latitude, poles and antimeridian too."""
    phi, lam = math.radians(lat), math.radians(lon)
    e2 = FLATTENING * (2 - FLATTENING)
    n = SEMI_MAJOR_M / math.sqrt(1 - e2 * math.sin(phi) ** 2)
    across = n * math.cos(phi)
    return across * math.cos(lam), across * math.sin(lam), n * (1 - e2) * math.sin(phi)


@lru_cache(maxsize=16384)
def _corners(cell: int) -> tuple[Xyz, ...]:
    return tuple(_xyz(lon, lat) for lat, lon in h3.cell_to_boundary(cell))


def _segment_distance_m(p: Xyz, a: Xyz, b: Xyz) -> float:
    """Metres from p to the segment a-b in space."""
    abx, aby, abz = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    apx, apy, apz = p[0] - a[0], p[1] - a[1], p[2] - a[2]
    length2 = abx * abx + aby * aby + abz * abz
    t = max(0.0, min(1.0, (apx * abx + apy * aby + apz * abz) / length2)) if length2 else 0.0
    return math.hypot(apx - t * abx, apy - t * aby, apz - t * abz)


def _distance_to_cell_m(p: Xyz, cell: int) -> float:
    """Metres from a place outside a cell to the cell's edge."""
    corners = _corners(cell)
    return min(_segment_distance_m(p, a, b) for a, b in zip(corners, corners[1:] + corners[:1], strict=True))


def cells_covering(point: LonLat, radius_m: float) -> tuple[int, tuple[int, ...]]:
    """(resolution, cells): together the cells hold every place within `radius_m` metres of `point`.

    At most 64 cells for radii from 0 to 500 m. Raises ValueError for a radius outside that range.
    """
    if not 0 <= radius_m <= MAX_RADIUS_M:
        raise ValueError(f"radius_m must lie between 0 and {MAX_RADIUS_M:g}, not {radius_m:g}")
    resolution = FINE if radius_m <= FINE_RADIUS_M else COARSE
    reach, place = radius_m * MARGIN + MARGIN_M, _xyz(point.lon, point.lat)
    centre = cell_of(point, resolution)
    cells, k = [centre], 1
    while near := [cell for cell in _ring(centre, k) if _distance_to_cell_m(place, cell) <= reach]:
        cells += near
        k += 1
    return resolution, tuple(cells)
