"""The Folium map as one file that opens without a network: styles, scripts and reports stand in it."""

import json
import re
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from boundaries.models import BoundaryVersion
from boundaries.outlines import as_geojson, outlines
from geo311.service_requests.layers import REQUESTS
from geo311.service_requests.open_issues import (
    OUTLINE_TOLERANCE_DEG,
    describe,
    outline_sets,
    status_counts,
    with_default_status,
)
from tiles.exports import geojson
from tiles.folium_map import AreaOutlines, render

STYLES = ("vendor/leaflet/leaflet.css", "geo311/tokens.css", "geo311/geo311.css", "geo311/map.css")
SCRIPTS = ("vendor/leaflet/leaflet.js", "geo311/folium.js")
MARKS = "geo311/status.svg"
# Within <script> these could end it or begin a comment; in JSON they may be written so (django.utils.html.json_script).
ESCAPES = str.maketrans({"<": "\\u003C", ">": "\\u003E", "&": "\\u0026"})


def standalone_map(given: QueryDict, *, site: str = "") -> str:
    """The page of one file, with what the public may see of what `given` asks for.

    `site` is the address of the desk that popups lead to; without it they lead nowhere. Raises Invalid for a wrong
    filter and FileNotFoundError where the front-end packages are not installed.
    """
    filters = with_default_status(given)
    rows = REQUESTS.rows(AnonymousUser(), filters)
    counts = status_counts(rows)
    scripts = {"issues": _escaped(b"".join(geojson(REQUESTS, rows)).decode())}
    areas = []
    for version, kind, name in outline_sets():
        scripts[f"areas-{version.slug}"] = _escaped(json.dumps(_collection(version.version_id)))
        areas.append(AreaOutlines(name, kind, {"element": f"areas-{version.slug}"}, shown=kind != "fine"))
    address = f"{site.rstrip('/')}/requests/__id__/" if site else ""
    options = {"marks": "", "service_request": address}
    context = {
        "map": render(describe({"element": "issues"}, areas, filters, options)),
        "styles": mark_safe("\n".join(_style(path) for path in STYLES)),  # noqa: S308  our own files
        "scripts": mark_safe("\n".join(_text(path) for path in SCRIPTS)),  # noqa: S308  our own files
        "marks": mark_safe(_text(MARKS)),  # noqa: S308  our own file
        "data": scripts,
        "counts": counts,
        "total": sum(counts.values()),
        "filters": [(name, ", ".join(values)) for name, values in filters.lists()],
        "nonce": secrets.token_urlsafe(16),
        "made_at": timezone.now(),
        "basemap_origin": " ".join(settings.BASEMAP_ORIGIN),
        "site": {"city_name": settings.CITY_NAME, "emergency_number": settings.EMERGENCY_NUMBER},
    }
    return render_to_string("map/folium_file.html", context)


def _collection(version_id: int) -> dict[str, Any]:
    checksum = BoundaryVersion.objects.values_list("checksum", flat=True).get(pk=version_id)
    shapes: Iterable[Any] = outlines(version_id, checksum, OUTLINE_TOLERANCE_DEG).values()
    features = [{"type": "Feature", "geometry": as_geojson(shape), "properties": {}} for shape in shapes]
    return {"type": "FeatureCollection", "features": features}


def _escaped(text: str) -> SafeString:
    return mark_safe(text.translate(ESCAPES))  # noqa: S308  nothing that is markup is left in it


def _text(path: str) -> str:
    found = finders.find(path)
    if not isinstance(found, str):
        raise FileNotFoundError(f"{path} is missing: run `make setup` first")
    return Path(found).read_text(encoding="utf-8").replace("</script", "<\\/script")


def _style(path: str) -> str:
    """A style sheet without the pictures that it would read from beside it."""
    return re.sub(r"url\((?!['\"]?data:)[^)]*\)", "none", _text(path))
