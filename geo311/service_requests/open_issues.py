"""The Folium map of reports: which ones, and how the map is described; for the page and for the file."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet
from django.http import QueryDict
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from boundaries.lookup import LoadedVersion, sets_in_force
from boundaries.models import BoundarySetRole
from geo311.core.workflow import Status
from geo311.service_requests.page_map import map_config
from tiles.folium_map import AreaOutlines, MapDescription, Source

OUTLINE_TOLERANCE_DEG = 0.0002  # 20 m: finer than a screen shows of a whole city
NARROWING = ("district", "ward", "territory", "bbox")


def with_default_status(given: QueryDict) -> QueryDict:
    """The filters as given, without blanks; open issues where no status was chosen."""
    filters = QueryDict(mutable=True)
    for name, values in given.lists():
        said = [value for value in values if value.strip()]
        if said:
            filters.setlist(name, said)
    filters.setdefault("status", "open")
    return filters


def status_counts(rows: QuerySet[Any]) -> dict[str, int]:
    """How many of each status there are, in the order of the workflow; those with none are left out."""
    counts = dict(rows.order_by().values_list("status").annotate(Count("pk")))
    return {status.value: counts[status.value] for status in Status if counts.get(status.value)}


def outline_sets() -> list[tuple[LoadedVersion, str, str]]:
    """(version in force, kind of line, its name for people): the land, then district and ward lines."""
    sets = sets_in_force()
    land = next((layer["slug"] for layer in map_config()["layers"] if layer["kind"] == "land"), "")
    names = {BoundarySetRole.DISTRICT: ("strong", _("Districts")), BoundarySetRole.WARD: ("fine", _("Wards"))}
    chosen = [(version, "land", "") for version in sets if version.slug == land]
    for role, (kind, name) in names.items():
        chosen += [(version, kind, name) for version in sets if version.role == role][:1]
    return chosen


def describe(
    source: Source, outlines: list[AreaOutlines], filters: QueryDict, options: Mapping[str, Any]
) -> MapDescription:
    """The map of the reports behind `source`. `options` are added to those of static/geo311/folium.js."""
    config = map_config()
    issues = {
        "source": dict(source),
        "statuses": {str(code): _plain_word(code) for code in Status},
        "fit": any(filters.get(name) for name in NARROWING),
        "time_zone": settings.TIME_ZONE,
        "strings": _strings(),
        **options,
    }
    return MapDescription(
        bounds=config["bounds"],
        issues_name=_("Reports"),
        issues=issues,
        outlines=outlines,
        basemap_url=settings.BASEMAP_URL,
        basemap_attribution=settings.BASEMAP_ATTRIBUTION,
        strings={name: config["strings"][name] for name in ("zoom_in", "zoom_out")},
    )


def page_description(filters: QueryDict) -> MapDescription:
    """The map of the page: reports and outlines are read from our own addresses."""
    query = f"?{filters.urlencode()}"
    areas = [
        AreaOutlines(name, kind, {"url": _outline_address(version)}, shown=kind != "fine")
        for version, kind, name in outline_sets()
    ]
    options = {
        "marks": static("geo311/status.svg"),
        "service_request": reverse("service_request", args=["__id__"]),
    }
    return describe({"url": reverse("export", args=["requests", "geojson"]) + query}, areas, filters, options)


def _outline_address(version: LoadedVersion) -> str:
    return f"{reverse('boundary-list')}?boundary_set={version.slug}&tolerance_deg={OUTLINE_TOLERANCE_DEG}"


def _plain_word(status: Status) -> str:
    """The word for a status that the pages' tags use."""
    return render_to_string("_status_name.html", {"status": status.value}).strip()


def _strings() -> dict[str, str]:
    return {
        "loading": _("Loading reports…"),
        "failed": _("The reports could not be loaded. Reload the page to try again; the list below says the same."),
        "none": _("No reports with a place on the map match these filters."),
        "reported": _("Reported on {date}"),
        "open": _("See this report"),
    }
