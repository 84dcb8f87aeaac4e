"""The Folium map: folium's own classes on our own assets, without inline styles, foreign hosts or markup from data.

folium's stock templates load from four hosts and lay inline styles and scripts into the page. `SiteMap` gives it
templates that do neither: what is left is one script, which the page sends with a nonce.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

import folium
from branca.element import Figure
from django.utils.safestring import SafeString, mark_safe
from folium.map import Layer
from folium.template import Template

from geo311.core.coordinates import BBox

Source = Mapping[str, str]  # {"url": …} to fetch, or {"element": id of a JSON script in the page}


@dataclass(frozen=True)
class AreaOutlines:
    """The outlines of one kind of area: `kind` is land, strong or fine; land is no choice in the layer control."""

    name: str
    kind: str
    source: Source
    shown: bool = True


@dataclass(frozen=True)
class MapDescription:
    """All that a map needs to know. `issues` are the options of static/geo311/folium.js."""

    bounds: BBox
    issues_name: str
    issues: Mapping[str, Any]
    outlines: Sequence[AreaOutlines] = ()
    basemap_url: str = ""
    basemap_attribution: str = ""
    strings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RenderedMap:
    """The map's element, and the script that draws it; nothing else goes into the page."""

    html: SafeString
    script: SafeString


class SiteMap(folium.Map):
    """folium's map, its size and looks left to the page's style sheet."""

    _template = Template(
        """
        {% macro html(this, kwargs) %}<div class="map" id={{ this.get_name()|tojson }} role="region"
            aria-label={{ this.label|tojson }}></div>{% endmacro %}
        {% macro script(this, kwargs) %}
            const {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
                crs: L.CRS.{{ this.crs }},
                ...{{ this.options|tojavascript }}
            });
            {{ this.get_name() }}.fitBounds({{ this.extent|tojson }}, {padding: [8, 8], animate: false});
            {{ this.get_name() }}.attributionControl.setPrefix(false);
            L.control.zoom({{ this.zoom|tojson }}).addTo({{ this.get_name() }});
            L.control.scale({position: "bottomleft", imperial: false}).addTo({{ this.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self, bounds: BBox, label: str, strings: Mapping[str, str]) -> None:
        middle = [(bounds.south + bounds.north) / 2, (bounds.west + bounds.east) / 2]
        super().__init__(location=middle, tiles=None, zoom_control=False, min_zoom=3, max_zoom=19, zoom_snap=0.5)
        # Lists of this map's own: folium's are shared by the process, and its methods change them in place.
        self.default_js: list[tuple[str, str]] = []
        self.default_css: list[tuple[str, str]] = []
        self.label = label
        # Laid in without folium's FitBounds, which moves there step by step and so outlasts a later, closer view.
        self.extent = [[bounds.south, bounds.west], [bounds.north, bounds.east]]
        self.zoom = {
            "position": "bottomright",
            "zoomInTitle": strings.get("zoom_in", ""),
            "zoomOutTitle": strings.get("zoom_out", ""),
        }


class Issues(Layer):
    """Reports as circle markers of one GeoJSON layer, their popups made of text alone."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            const {{ this.get_name() }} =
                geo311Folium.issues({{ this._parent.get_name() }}, {{ this.options|tojson }});
        {% endmacro %}
        """
    )

    def __init__(self, name: str, options: Mapping[str, Any]) -> None:
        super().__init__(name=escape(name), overlay=True)
        self._name = "Issues"
        self.options = dict(options)


class Outlines(Layer):
    """The outlines of areas."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            const {{ this.get_name() }} =
                geo311Folium.outlines({{ this._parent.get_name() }}, {{ this.options|tojson }});
        {% endmacro %}
        """
    )

    def __init__(self, areas: AreaOutlines) -> None:
        # Leaflet's layer control lays names in as markup.
        super().__init__(name=escape(areas.name), overlay=True, control=areas.kind != "land", show=areas.shown)
        self._name = "Outlines"
        self.options = {"kind": areas.kind, "source": dict(areas.source)}


def build(description: MapDescription) -> SiteMap:
    """The map of a description, its layers and controls added."""
    made = SiteMap(description.bounds, description.issues_name, description.strings)
    if description.basemap_url:
        folium.TileLayer(
            tiles=description.basemap_url,
            attr=description.basemap_attribution or " ",
            max_zoom=19,
            control=False,
        ).add_to(made)
    for areas in description.outlines:
        Outlines(areas).add_to(made)
    Issues(description.issues_name, description.issues).add_to(made)
    if any(areas.kind != "land" for areas in description.outlines):
        folium.LayerControl(position="topright", collapsed=False).add_to(made)
    return made


def render(description: MapDescription) -> RenderedMap:
    """The parts of the map that a page sets in; its head stays empty, for the page brings the assets."""
    figure = build(description).get_root()
    if not isinstance(figure, Figure):
        raise TypeError("a map stands in a figure")
    figure.render()
    # Safe: all that comes from data went through `tojson`, which writes no markup's characters.
    return RenderedMap(html=mark_safe(figure.html.render()), script=mark_safe(figure.script.render()))  # noqa: S308
