"""Where simulated reports lie: more where people live, in clusters. NumPy and Shapely; degrees, lon before lat."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from boundaries.areas import AreaRow

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
METRES_PER_DEGREE = 111_195.0  # of latitude, on a sphere of 6,371 km
NOWHERE = -1
# Census tracts are drawn to hold about 4,000 people each: a tract drawn by lot is where somebody lives.
WEIGHT_OF_TYPE = {"0": 1.0, "9": 0.2, "6": 0.1, "7": 0.02, "8": 0.1, "5": 0.0}  # of the neighbourhood: homes, parks, …
HOMES, PARK = "0", "9"
IN_CLUSTERS = 0.5
REPORTS_PER_CLUSTER = 16  # half of them in it; the largest clusters hold some times as many
ALONG, ACROSS = 2.5, 0.5  # a cluster follows a street


@dataclass(frozen=True)
class Scattered:
    """Points (n, 2), rounded to 1e-7 degrees, and the cluster of each (n), NOWHERE where it stands alone."""

    points: Floats
    clusters: Ints


class Town:
    """The census tracts of the city (m), each with the type of its neighbourhood."""

    def __init__(self, tracts: tuple[AreaRow, ...], types: dict[str, str]) -> None:
        self.shapes: npt.NDArray[np.object_] = np.array([row.geometry for row in tracts], dtype=object)
        shapely.prepare(self.shapes)
        self.types = np.array([types[row.properties["neighborhood"]] for row in tracts])
        self._tree = shapely.STRtree(self.shapes)

    def everywhere(self) -> Floats:
        """Weights (m) for what may happen anywhere."""
        return np.array([WEIGHT_OF_TYPE.get(kind, 0.0) for kind in self.types.tolist()])

    def parks(self) -> Floats:
        """Weights (m) for what happens in parks, most of them small ones among homes."""
        return np.where(self.types == PARK, 6.0, np.where(self.types == HOMES, 0.3, 0.0))

    def within(self, area: shapely.Geometry) -> Floats:
        """Weights (m) for what happens in one area only."""
        shapely.prepare(area)
        inside = shapely.intersects(area, shapely.point_on_surface(self.shapes))
        return np.where(inside & (self.types == HOMES), 1.0, 0.0)

    def scatter(self, rng: np.random.Generator, weights: Floats, count: int) -> Scattered:
        """Points in tracts drawn by weight, each on its own."""
        tracts = rng.choice(len(self.shapes), size=count, p=weights / weights.sum())
        return Scattered(_rounded(_uniform_in(rng, self.shapes[tracts])), np.full(count, NOWHERE))

    def cluster(self, rng: np.random.Generator, count: int) -> Scattered:
        """Points anywhere, about half of them round some centres (a Thomas process), never in the water."""
        alone = self.scatter(rng, self.everywhere(), count).points
        centres = self.scatter(rng, self.everywhere(), max(1, count // REPORTS_PER_CLUSTER)).points
        share = rng.gamma(1.2, size=len(centres))
        clusters = rng.choice(len(centres), size=count, p=share / share.sum())
        shifted = centres[clusters] + _shifts(rng, len(centres), clusters) / _metres_per_degree(centres[clusters])
        chosen = (rng.random(count) < IN_CLUSTERS) & self.on_land(shifted)
        return Scattered(_rounded(np.where(chosen[:, None], shifted, alone)), np.where(chosen, clusters, NOWHERE))

    def near(self, rng: np.random.Generator, points: Floats, radius_m: Floats) -> Floats:
        """For each point (n, 2) another within its radius (n), on land; the point itself where that is not easy."""
        angle = rng.uniform(0, 2 * np.pi, len(points))
        away_m = radius_m * np.sqrt(rng.random(len(points)))
        shift_m = np.column_stack([np.cos(angle), np.sin(angle)]) * away_m[:, None]
        moved = _rounded(points + shift_m / _metres_per_degree(points))
        return np.where(self.on_land(moved)[:, None], moved, points)

    def on_land(self, points: Floats) -> npt.NDArray[np.bool_]:
        answer = np.zeros(len(points), dtype=bool)
        hits, _tracts = self._tree.query(shapely.points(points), predicate="intersects")
        answer[hits] = True
        return answer


def _shifts(rng: np.random.Generator, count: int, clusters: Ints) -> Floats:
    """Metres east and north from the centre for each member (n, 2) of `count` clusters, each with its own street."""
    size_m = rng.lognormal(np.log(110.0), 0.5, size=count)[clusters]
    angle = rng.uniform(0, np.pi, size=count)[clusters]
    along, across = rng.normal(size=(2, len(clusters))) * size_m * np.array([[ALONG], [ACROSS]])
    east = along * np.cos(angle) - across * np.sin(angle)
    north = along * np.sin(angle) + across * np.cos(angle)
    return np.column_stack([east, north])


def _metres_per_degree(points: Floats) -> Floats:
    """Metres in a degree of longitude and of latitude at each point (n, 2)."""
    return np.column_stack([np.cos(np.radians(points[:, 1])), np.ones(len(points))]) * METRES_PER_DEGREE


def _rounded(points: Floats) -> Floats:
    return np.round(points, 7)  # as LonLat does


def _uniform_in(rng: np.random.Generator, shapes: npt.NDArray[np.object_]) -> Floats:
    """A point drawn evenly from each shape (n): from its box, until it lies inside."""
    box = shapely.bounds(shapes)
    points: Floats = shapely.get_coordinates(shapely.point_on_surface(shapes))
    left = np.arange(len(shapes))
    for _attempt in range(60):
        if not left.size:
            break
        drawn = rng.uniform(box[left, :2], box[left, 2:])
        inside = shapely.contains_xy(shapes[left], drawn[:, 0], drawn[:, 1])
        points[left[inside]] = drawn[inside]
        left = left[~inside]
    return points
