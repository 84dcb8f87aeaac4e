"""What the maps in pages need to know: the box to show, the areas that orient, addresses and words."""

from typing import Any

import shapely
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from boundaries.lookup import LoadedVersion, sets_in_force
from boundaries.models import BoundarySetRole
from geo311.core.coordinates import BBox, LonLat
from geo311.core.workflow import OPEN, Status
from geo311.service_requests.models import Status as StatusNames

WORLD = BBox(-170.0, -60.0, 170.0, 75.0)
LAND_ROLES = (BoundarySetRole.JURISDICTION, BoundarySetRole.DISTRICT, BoundarySetRole.WARD, BoundarySetRole.TERRITORY)
MOST_NAMED = 600  # beyond that many areas (census tracts), lines alone
PLACE_RADIUS_M = 220  # a few blocks: enough to recognise a corner


def map_config(*, focus: LonLat | None = None, radius_m: float = PLACE_RADIUS_M, **more: Any) -> dict[str, Any]:
    """The JSON of a map (static/geo311/map.js says its shape). One query where no boundary set is new."""
    versions = [version for version in sets_in_force() if not version.is_neighbour and len(version.index)]
    return {
        "bounds": _bounds(versions),
        "focus": BBox.around(focus, radius_m) if focus else None,
        "place": focus,
        "basemap": {"url": settings.BASEMAP_URL, "attribution": settings.BASEMAP_ATTRIBUTION},
        "layers": _layers(versions),
        "urls": _urls(),
        "statuses": {code: str(StatusNames(code).label) for code in Status},
        "open": sorted(OPEN),
        "strings": _strings(),
        **more,
    }


def ward_names() -> dict[str, str]:
    """Names of wards by code: the export says codes, people read names."""
    wards = [version for version in sets_in_force() if version.role == BoundarySetRole.WARD]
    return {code: name for version in wards[:1] for code, (_pk, name, _properties) in version.boundaries.items()}


def _bounds(versions: list[LoadedVersion]) -> BBox:
    chosen = _land(versions)
    if chosen is None:
        return WORLD
    west, south, east, north = (float(degree) for degree in shapely.total_bounds(chosen.index.polygons))
    return BBox(west, south, east, north)


def _land(versions: list[LoadedVersion]) -> LoadedVersion | None:
    """The set whose areas are drawn as land: the jurisdiction, else the first that covers the city."""
    for role in (
        BoundarySetRole.JURISDICTION,
        BoundarySetRole.DISTRICT,
        BoundarySetRole.WARD,
        BoundarySetRole.TERRITORY,
    ):
        for version in versions:
            if version.role == role:
                return version
    return None


def _layers(versions: list[LoadedVersion]) -> list[dict[str, Any]]:
    """From beneath to above: land, fine lines, named areas, district outlines."""
    land = _land(versions)
    layers: list[dict[str, Any]] = []
    if land is not None:
        layers.append({"slug": land.slug, "kind": "land", "names_from": 0, "names_to": 11.5})
    references = [version for version in versions if version.role == BoundarySetRole.REFERENCE]
    named = [version for version in references if len(version.index) <= MOST_NAMED]
    if not named:
        named = [version for version in versions if version.role == BoundarySetRole.WARD and version is not land]
    layers += [{"slug": v.slug, "kind": "fine", "from": 13.5} for v in references if len(v.index) > MOST_NAMED]
    layers += [{"slug": v.slug, "kind": "names", "from": 11.5, "names_from": 12, "names_to": 19} for v in named[:1]]
    districts = [version for version in versions if version.role == BoundarySetRole.DISTRICT and version is not land]
    layers += [{"slug": v.slug, "kind": "outline", "names_from": 13, "names_to": 19} for v in districts[:1]]
    return layers


def _urls() -> dict[str, str]:
    return {
        "requests": reverse("export", args=["requests", "geojson"]),
        "boundaries": reverse("boundary-list"),
        "locate": reverse("locate"),
        "service_request": reverse("service_request", args=["__id__"]),
        "status_marks": static("geo311/status.svg"),
        "pin": static("geo311/pin.svg") + "#pin",
    }


def _strings() -> dict[str, str]:
    return {
        "zoom_in": _("Zoom in"),
        "zoom_out": _("Zoom out"),
        "loading": _("Loading reports…"),
        "load_failed": _("The map could not load the reports. Move it to try again; the list below may be older."),
        "none_here": _("No open reports in this part of the city."),
        "count_in_view": _("{count} open reports in this view"),
        "more_in_view": _("and {count} more: zoom in to list them"),
        "reported_ago": _("Reported {ago}"),
        "open_report": _("See this report"),
        "pin": _("Place of your report. Drag it, or use the arrow keys."),
        "looking_up": _("Looking up this place…"),
        "tap_to_place": _("Tap the map where the problem is."),
        "locating": _("Looking for your position…"),
        "location_denied": _("Your device did not tell us where you are. Tap the map instead."),
        "location_outside": _("Your position is outside the area on this map. Tap the map where the problem is."),
        "lookup_failed": _("We could not look up this place just now. You can go on; we check it again."),
        "accuracy": _("Your position is accurate to about {metres} m. Drag the pin to the exact place."),
        "inside": _("This place is in the area we serve."),
    }
