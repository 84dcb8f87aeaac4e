"""Compares the areas that we compute with those that the city published on its rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from boundaries.lookup import Area, LoadedVersion, Location
from geo311.importers.source import ParsedRow, plain_code

Versions = tuple[LoadedVersion, ...]

# Cities geocode to the middle of the street, and wards are bounded by streets: rows at an edge carry either label.
INTERIOR_M = 10.0


@dataclass
class Tally:
    """One published area against one set: rows whose published code the map has, and how many have the same in ours."""

    area: str
    boundary_set: str
    compared: int = 0
    agreed: int = 0
    interior: int = 0
    interior_agreed: int = 0
    not_on_map: int = 0

    @property
    def share(self) -> float:
        """Of all compared rows, 0 to 1."""
        return self.agreed / self.compared if self.compared else 1.0

    @property
    def interior_share(self) -> float:
        """Of the rows more than 10 m from every edge, 0 to 1."""
        return self.interior_agreed / self.interior if self.interior else 1.0


@dataclass(frozen=True)
class Disagreement:
    """A row whose published area is another than ours, and how far it lies from the nearest edge."""

    line: int
    source_id: str
    lon: float
    lat: float
    area: str
    published: str
    computed: str
    edge_m: float


@dataclass
class Agreement:
    """Tallies by published area; sets that are not loaded are not compared."""

    tallies: dict[str, Tally] = field(default_factory=dict)
    _names: dict[int, frozenset[str]] = field(default_factory=dict)

    def compare(self, placed: Iterable[tuple[ParsedRow, Location, Versions]]) -> list[Disagreement]:
        """Count rows with their areas and the sets that were asked; the disagreements among them, by line."""
        cases: dict[tuple[str, int], tuple[LoadedVersion, list[tuple[ParsedRow, Area | None]]]] = {}
        for row, location, versions in placed:
            for name in row.published:
                version = _set_of(name, versions)
                if version is not None:
                    pairs = cases.setdefault((name, version.version_id), (version, []))[1]
                    pairs.append((row, location.of_set(version.slug)))
        found = [wrong for (name, _pk), case in cases.items() for wrong in self._compare_with(name, *case)]
        return sorted(found, key=lambda wrong: (wrong.line, wrong.area))

    def _compare_with(
        self, name: str, version: LoadedVersion, pairs: list[tuple[ParsedRow, Area | None]]
    ) -> Iterable[Disagreement]:
        lons, lats = (np.array([row.point[axis] for row, _area in pairs]) for axis in (0, 1))
        for (row, area), edge_m in zip(pairs, version.index.edges.metres(lons, lats).tolist(), strict=True):
            wrong = self._count(name, version, row, area, edge_m)
            if wrong is not None:
                yield wrong

    def _count(
        self, name: str, version: LoadedVersion, row: ParsedRow, area: Area | None, edge_m: float
    ) -> Disagreement | None:
        tally, code = self.tallies.setdefault(name, Tally(name, version.slug)), row.published[name]
        if code not in self._known(version):
            tally.not_on_map += 1
            return None
        agrees = area is not None and code in {plain_code(area.code), plain_code(area.name)}
        is_interior = edge_m > INTERIOR_M
        tally.compared += 1
        tally.agreed += agrees
        tally.interior += is_interior
        tally.interior_agreed += agrees and is_interior
        if agrees:
            return None
        ours = area.code if area is not None else ""
        return Disagreement(row.line, row.source_id, *row.point, name, code, ours, round(edge_m, 2))

    def _known(self, version: LoadedVersion) -> frozenset[str]:
        """Every code and name of a version, as they are compared."""
        if version.version_id not in self._names:
            names = [name for _pk, name, _properties in version.boundaries.values()]
            self._names[version.version_id] = frozenset(map(plain_code, [*version.boundaries, *names]))
        return self._names[version.version_id]


def _set_of(name: str, versions: Versions) -> LoadedVersion | None:
    """The set that a published area is compared with: the one of that slug, else the first of that role."""
    return next((version for version in versions if version.slug == name), None) or next(
        (version for version in versions if version.role == name), None
    )


def by_published(tallies: Mapping[str, Tally]) -> list[Tally]:
    return [tallies[name] for name in sorted(tallies)]
