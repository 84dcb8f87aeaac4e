// A Leaflet map in our clothes: base map where the site has one, and always the areas that orient without it.
// config: {bounds: [w, s, e, n], basemap: {url, attribution}, layers: [{slug, kind, names_from, names_to, from}], urls, strings}
import { getJson, later } from "./words.js";

const L = window.L;
// From beneath to above. Land lies under the tiles: where they fail or are not wanted, it is the base map.
const PANES = { land: 150, fine: 320, lines: 340, names: 360, pins: 450 };
const MOST_AREAS = 1000; // the most that one answer holds
const DEGREES_PER_PIXEL_AT_0 = 360 / 256;
// A coast or a district needs no finer line than this zoom shows: their shapes are the heaviest.
const FINEST_ZOOM = { land: 13, outline: 15 };

/** The colours of the theme in force, for what is drawn on canvas. */
export function palette() {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(`--${name}`).trim();
}

export function toLatLngBounds([west, south, east, north]) {
  return L.latLngBounds([south, west], [north, east]);
}

export function bboxOf(bounds) {
  return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map((degree, index) => {
    const limit = index % 2 === 0 ? 180 : 90;
    return Math.max(-limit, Math.min(limit, degree)).toFixed(6);
  });
}

export function createMap(element, config, options = {}) {
  const map = L.map(element, { zoomControl: false, minZoom: 8, maxZoom: 19, zoomSnap: 0.5, ...options });
  map.attributionControl.setPrefix(false);
  // Leaflet focuses the map by script, which browsers take for the keyboard: no ring for a finger or a mouse.
  element.addEventListener("pointerdown", () => element.classList.add("map--by-pointer"));
  element.addEventListener("keydown", () => element.classList.remove("map--by-pointer"));
  for (const [name, zIndex] of Object.entries(PANES)) {
    const pane = map.createPane(name);
    pane.style.zIndex = zIndex;
    pane.style.pointerEvents = name === "pins" ? "auto" : "none";
  }
  const strings = config.strings;
  L.control.zoom({ position: "bottomright", zoomInTitle: strings.zoom_in, zoomOutTitle: strings.zoom_out }).addTo(map);
  L.control.scale({ position: "bottomleft", imperial: false }).addTo(map);
  if (config.basemap?.url) {
    L.tileLayer(config.basemap.url, { attribution: config.basemap.attribution, maxZoom: 19 }).addTo(map);
  }
  const focus = config.focus ? toLatLngBounds(config.focus) : toLatLngBounds(config.bounds);
  map.fitBounds(focus, { padding: [8, 8], animate: false });
  map.setMaxBounds(toLatLngBounds(config.bounds).pad(0.75));
  const layers = (config.layers ?? []).map((spec) => new AreaLayer(map, config, spec));
  const names = new AreaNames(map, layers);
  const update = later(() => {
    names.draw();
    for (const layer of layers) {
      layer.update().then((changed) => changed && names.draw());
    }
  }, 120);
  map.on("moveend", update);
  map.on("geo311:pins", () => names.draw());
  document.addEventListener("geo311:theme", () => layers.forEach((layer) => layer.paint()));
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(element);
  update();
  return map;
}

/** The outlines of one boundary set; asks again only when the view leaves what it has, or shows finer detail. */
class AreaLayer {
  constructor(map, config, spec) {
    this.map = map;
    this.config = config;
    this.spec = spec;
    this.areas = [];
    this.held = null;
    this.heldZoom = -1;
    this.latest = 0;
    const pane = { land: "land", outline: "lines", names: "fine", fine: "fine" }[spec.kind];
    this.layer = L.geoJSON(null, { interactive: false, renderer: L.canvas({ pane, padding: 0.5 }), pane });
    this.layer.addTo(map);
    this.paint();
  }

  get visible() {
    return this.map.getZoom() >= (this.spec.from ?? 0);
  }

  style() {
    const colour = palette();
    const base = {
      land: {
        stroke: true,
        weight: 1,
        color: colour("map-line"),
        fill: true,
        fillColor: colour("map-land"),
        fillOpacity: 1,
      },
    };
    const line = { outline: ["map-line", 1.25], names: ["map-line-fine", 1], fine: ["map-line-fine", 1] }[
      this.spec.kind
    ];
    return base[this.spec.kind] ?? { fill: false, color: colour(line[0]), weight: line[1] };
  }

  paint() {
    this.layer.setStyle(this.style());
  }

  /** Whether something new is drawn. */
  async update() {
    if (!this.visible) {
      const had = this.areas.length > 0;
      this.clear();
      return had;
    }
    const view = this.map.getBounds();
    const zoom = Math.min(this.map.getZoom(), FINEST_ZOOM[this.spec.kind] ?? 19);
    if (this.held?.contains(view) && zoom - this.heldZoom < 1.5) {
      return false;
    }
    this.latest += 1;
    const mine = this.latest;
    const wanted = view.pad(0.4);
    const features = await this.load(wanted, zoom);
    // An answer that came too late is still better than nothing.
    if (!features || (mine !== this.latest && this.areas.length > 0)) {
      return false;
    }
    this.show(features);
    this.held = wanted;
    this.heldZoom = zoom;
    return true;
  }

  /** The features in a box, or null where they cannot be had: the map works without them, the next move asks again. */
  async load(bounds, zoom) {
    try {
      const found = await getJson(this.config.urls.boundaries, {
        boundary_set: this.spec.slug,
        bbox: bboxOf(bounds).join(","),
        // Whole zooms only: the server keeps what it has simplified.
        tolerance_deg: (DEGREES_PER_PIXEL_AT_0 / 2 ** Math.ceil(zoom)).toPrecision(3),
        limit: MOST_AREAS,
      });
      return found.features ?? [];
    } catch {
      return null;
    }
  }

  clear() {
    this.latest += 1;
    this.layer.clearLayers();
    this.areas = [];
    this.held = null;
  }

  show(features) {
    if (this.spec.kind === "land" && features.length > 0) {
      // Before there is land, what is around it is not water but unknown.
      this.map.getContainer().classList.add("map--water");
    }
    this.layer.clearLayers();
    this.layer.options.style = this.style();
    this.layer.addData(features);
    this.areas = features
      .filter((feature) => feature.geometry)
      .map((feature) => ({ name: feature.properties.name, ...middle(feature.geometry) }));
  }
}

// Where a name may stand, in pixels right and down from its place: pins come first.
const SHIFTS_PX = [0, -26, 26, -52, 52].map((dy) => [0, dy]).concat([-64, 64, -96, 96].map((dx) => [dx, 0]));

/** Names of areas where they fit: the largest first, none over another or over a pin. */
class AreaNames {
  constructor(map, layers) {
    this.map = map;
    this.layers = layers;
    this.group = L.layerGroup().addTo(map);
  }

  draw() {
    this.group.clearLayers();
    const zoom = this.map.getZoom();
    const taken = this.pins();
    for (const layer of this.layers) {
      const { names_from = 99, names_to = 99, kind } = layer.spec;
      if (zoom >= names_from && zoom <= names_to) {
        const strong = kind === "land" || kind === "outline";
        layer.areas.sort((a, b) => b.size - a.size);
        layer.areas.forEach((area) => this.place(area, strong, taken));
      }
    }
  }

  /** The boxes of the pins in view: `map.pins` is set by Pins. */
  pins() {
    return (this.map.pins ?? []).map(({ latlng, radius }) => {
      const { x, y } = this.map.latLngToContainerPoint(latlng);
      return [x - radius, y - radius, x + radius, y + radius];
    });
  }

  place(area, strong, taken) {
    const size = this.map.getSize();
    const at = this.map.latLngToContainerPoint(area.at);
    const width = Math.min(144, 12 + area.name.length * 6.5);
    const height = 16 * Math.ceil((area.name.length * 6.5) / 144);
    const spot = SHIFTS_PX.map(([dx, dy]) => at.add([dx, dy])).find(({ x, y }) => {
      const box = [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
      const outside = box[0] < 0 || box[1] < 0 || box[2] > size.x || box[3] > size.y;
      return !outside && !taken.some((other) => meet(box, other));
    });
    if (!spot) {
      return;
    }
    taken.push([spot.x - width / 2 - 8, spot.y - height / 2 - 6, spot.x + width / 2 + 8, spot.y + height / 2 + 6]);
    const text = document.createElement("span");
    text.textContent = area.name;
    const icon = L.divIcon({
      html: text,
      className: strong ? "area-name area-name--strong" : "area-name",
      iconSize: null,
      iconAnchor: [0, 0],
    });
    L.marker(this.map.containerPointToLatLng(spot), { icon, interactive: false, keyboard: false, pane: "names" }).addTo(
      this.group,
    );
  }
}

function meet(a, b) {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}

/** Where a name stands: the middle of the longest run inside the largest ring, at the height of its centre. */
function middle(geometry) {
  const rings =
    geometry.type === "MultiPolygon" ? geometry.coordinates.map((part) => part[0]) : [geometry.coordinates[0]];
  const [ring, size] = rings.map((each) => [each, Math.abs(area(each))]).reduce((a, b) => (b[1] > a[1] ? b : a));
  const lats = ring.map((point) => point[1]);
  const lat = (Math.min(...lats) + Math.max(...lats)) / 2;
  const crossings = [];
  for (let index = 1; index < ring.length; index += 1) {
    const [[x1, y1], [x2, y2]] = [ring[index - 1], ring[index]];
    if (y1 > lat !== y2 > lat) {
      crossings.push(x1 + ((lat - y1) / (y2 - y1)) * (x2 - x1));
    }
  }
  crossings.sort((a, b) => a - b);
  let best = [crossings[0] ?? ring[0][0], crossings[1] ?? ring[0][0]];
  for (let index = 0; index + 1 < crossings.length; index += 2) {
    if (crossings[index + 1] - crossings[index] > best[1] - best[0]) {
      best = [crossings[index], crossings[index + 1]];
    }
  }
  return { at: L.latLng(lat, (best[0] + best[1]) / 2), size };
}

function area(ring) {
  return ring.reduce((sum, [x, y], index) => {
    const [nextX, nextY] = ring[(index + 1) % ring.length];
    return sum + (x * nextY - nextX * y) / 2;
  }, 0);
}
