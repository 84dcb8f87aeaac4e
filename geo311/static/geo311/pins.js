// Reports on a map: a shape and a colour for each status, one counted disc where many stand together.
import { palette } from "./map.js";
import { ago, count, fill, make, statusTag } from "./words.js";

const L = window.L;
const CELL_PX = 52; // pins nearer than about a thumb's width are counted together
const SINGLE_FROM_ZOOM = 16.5;

/** Trace the shape of a status round (x, y); the same shapes as status.svg. */
function trace(context, status, x, y, r) {
  context.beginPath();
  if (status === "assigned") {
    context.moveTo(x, y - r * 1.25);
    context.lineTo(x + r * 1.25, y);
    context.lineTo(x, y + r * 1.25);
    context.lineTo(x - r * 1.25, y);
    context.closePath();
  } else if (status === "in_progress") {
    context.moveTo(x - r * 0.85, y - r * 1.1);
    context.lineTo(x + r * 1.2, y);
    context.lineTo(x - r * 0.85, y + r * 1.1);
    context.closePath();
  } else if (status === "needs_information") {
    context.rect(x - r, y - r, 2 * r, 2 * r);
  } else {
    context.arc(x, y, r, 0, 2 * Math.PI);
  }
}

const StatusMarker = L.CircleMarker.extend({
  _updatePath() {
    const renderer = this._renderer;
    if (!renderer._drawing || this._empty()) {
      return;
    }
    const { x, y } = this._point;
    const { status, colour, edge } = this.options;
    const context = renderer._ctx;
    const hollow = status === "received";
    trace(context, status, x, y, this._radius);
    context.globalAlpha = 1;
    context.lineJoin = "round";
    context.lineWidth = 5;
    context.strokeStyle = edge;
    context.stroke();
    context.fillStyle = hollow ? edge : colour;
    context.fill();
    if (hollow) {
      context.lineWidth = 3.5;
      context.strokeStyle = colour;
      context.stroke();
    }
  },
});

const CountMarker = L.CircleMarker.extend({
  _updatePath() {
    const renderer = this._renderer;
    if (!renderer._drawing || this._empty()) {
      return;
    }
    const { x, y } = this._point;
    const { colour, edge, ink, text } = this.options;
    const context = renderer._ctx;
    trace(context, "count", x, y, this._radius);
    context.globalAlpha = 1;
    context.lineWidth = 4;
    context.strokeStyle = edge;
    context.stroke();
    context.fillStyle = colour;
    context.fill();
    context.fillStyle = ink;
    context.font = `700 ${this._radius > 15 ? 13 : 12}px ${getComputedStyle(document.body).fontFamily}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(text, x, y + 0.5);
  },
});

/** The pins of a map. `onPick(feature)` is called when one is chosen. */
export class Pins {
  constructor(map, config, { onPick = () => {}, single = false } = {}) {
    this.singleFrom = single ? 0 : SINGLE_FROM_ZOOM;
    this.map = map;
    this.config = config;
    this.onPick = onPick;
    this.features = [];
    this.hidden = new Set();
    this.renderer = L.canvas({ pane: "pins", padding: 0.3, tolerance: 10 });
    this.group = L.layerGroup().addTo(map);
    this.ring = null;
    map.on("zoomend", () => this.draw());
    document.addEventListener("geo311:theme", () => this.draw());
  }

  show(features) {
    this.features = features.filter((feature) => feature.geometry?.type === "Point");
    this.draw();
  }

  toggle(status, on) {
    this.hidden[on ? "delete" : "add"](status);
    this.draw();
  }

  get shown() {
    return this.features.filter((feature) => !this.hidden.has(feature.properties.status));
  }

  draw() {
    const colour = palette();
    const zoom = this.map.getZoom();
    const cells = new Map();
    for (const feature of this.shown) {
      const [lon, lat] = feature.geometry.coordinates;
      const point = this.map.project([lat, lon], zoom);
      const key =
        zoom >= this.singleFrom
          ? feature.properties.service_request_id
          : `${Math.floor(point.x / CELL_PX)}/${Math.floor(point.y / CELL_PX)}`;
      const cell = cells.get(key) ?? [];
      cell.push(feature);
      cells.set(key, cell);
    }
    this.group.clearLayers();
    const radius = zoom < 12 ? 5 : zoom < 15 ? 7 : 9;
    for (const cell of cells.values()) {
      (cell.length === 1 ? this.single(cell[0], colour, radius) : this.several(cell, colour)).addTo(this.group);
    }
    this.map.pins = this.group
      .getLayers()
      .map((marker) => ({ latlng: marker.getLatLng(), radius: marker.getRadius() }));
    this.map.fire("geo311:pins");
  }

  single(feature, colour, radius) {
    const [lon, lat] = feature.geometry.coordinates;
    const { status } = feature.properties;
    const options = {
      renderer: this.renderer,
      pane: "pins",
      radius,
      status,
      colour: colour(`status-${status}`),
      edge: colour("map-pin-edge"),
    };
    return new StatusMarker([lat, lon], options).on("click", () => this.pick(feature));
  }

  several(cell, colour) {
    const bounds = L.latLngBounds(
      cell.map((feature) => [feature.geometry.coordinates[1], feature.geometry.coordinates[0]]),
    );
    const mean = cell
      .reduce(([lat, lon], { geometry }) => [lat + geometry.coordinates[1], lon + geometry.coordinates[0]], [0, 0])
      .map((sum) => sum / cell.length);
    const options = {
      renderer: this.renderer,
      pane: "pins",
      radius: 10 + Math.min(12, 3.2 * Math.log10(cell.length) * 1.6),
      colour: colour("accent"),
      ink: colour("on-accent"),
      edge: colour("map-pin-edge"),
      text: count(cell.length),
    };
    return new CountMarker(mean, options).on("click", () => this.map.fitBounds(bounds.pad(0.25), { maxZoom: 17 }));
  }

  /** Ring one pin, as the list beside the map points at it. */
  point(feature) {
    this.ring?.remove();
    this.ring = null;
    if (feature?.geometry) {
      const [lon, lat] = feature.geometry.coordinates;
      this.ring = L.circleMarker([lat, lon], {
        renderer: this.renderer,
        pane: "pins",
        radius: 15,
        fill: false,
        weight: 4,
        color: palette()("accent"),
        interactive: false,
      });
      this.ring.addTo(this.map);
    }
  }

  pick(feature) {
    const [lon, lat] = feature.geometry.coordinates;
    L.popup({ offset: [0, -4], maxWidth: 260, minWidth: 180 })
      .setLatLng([lat, lon])
      .setContent(card(feature, this.config))
      .openOn(this.map);
    this.onPick(feature);
  }
}

/** What a pin says. Built as elements: what a resident typed stays text. */
function card({ properties }, config) {
  const box = make("div", "stack stack--tight");
  const tag = make("p");
  tag.append(statusTag(config, properties.status));
  box.append(make("p", "popup__title", properties.service_name), tag);
  if (properties.address) {
    box.append(make("p", "", properties.address));
  }
  box.append(make("p", "quiet", fill(config.strings.reported_ago, { ago: ago(properties.requested_datetime) })));
  const link = make("a", "", config.strings.open_report);
  link.href = config.urls.service_request.replace("__id__", encodeURIComponent(properties.service_request_id));
  box.append(link);
  return box;
}
