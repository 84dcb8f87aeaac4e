// What the Folium map's layers are made of: reports as one GeoJSON layer, outlines of areas. A plain script, so that the
// same file works inside the map that `manage.py folium_map` writes.
(() => {
  const L = window.L;
  const HOLLOW = "received";
  const note = () => document.querySelector("[data-map-note]");

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  }

  function say(text) {
    const place = note();
    if (place) place.textContent = text;
  }

  function make(tag, className, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text) element.textContent = text;
    return element;
  }

  // The corners of each status round its middle, in radii; the same shapes as in status.svg. No corners: a circle.
  const CORNERS = {
    assigned: [
      [0, -1.25],
      [1.25, 0],
      [0, 1.25],
      [-1.25, 0],
    ],
    in_progress: [
      [-0.85, -1.1],
      [1.2, 0],
      [-0.85, 1.1],
    ],
    needs_information: [
      [-1, -1],
      [1, -1],
      [1, 1],
      [-1, 1],
    ],
  };

  const StatusMarker = L.CircleMarker.extend({
    _updatePath() {
      const renderer = this._renderer;
      if (!renderer._drawing || this._empty()) return;
      const { x, y } = this._point;
      const { status } = this.options;
      const context = renderer._ctx;
      context.beginPath();
      for (const [dx, dy] of CORNERS[status] ?? []) context.lineTo(x + dx * this._radius, y + dy * this._radius);
      if (CORNERS[status]) context.closePath();
      else context.arc(x, y, this._radius, 0, 2 * Math.PI);
      const [ink, edge] = [colour(`status-${status}`), colour("map-pin-edge")];
      context.globalAlpha = 1;
      context.lineJoin = "round";
      context.lineWidth = 5;
      context.strokeStyle = edge;
      context.stroke();
      context.fillStyle = status === HOLLOW ? edge : ink;
      context.fill();
      if (status === HOLLOW) {
        context.lineWidth = 3.5;
        context.strokeStyle = ink;
        context.stroke();
      }
    },
  });

  function radiusAt(zoom) {
    return zoom < 12 ? 4.5 : zoom < 15 ? 7 : 9;
  }

  function statusTag(status, options) {
    const tag = make("span", "status");
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    tag.dataset.status = svg.dataset.status = status;
    svg.setAttribute("class", "mark");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `${options.marks}#${status}`);
    svg.append(use);
    tag.append(svg, options.statuses[status] ?? status);
    return tag;
  }

  /** What a marker says. Built of elements: what people typed stays text. */
  function card({ properties }, options) {
    const box = make("div", "stack stack--tight");
    const status = make("p");
    status.append(statusTag(properties.status, options));
    box.append(make("p", "popup__title", properties.service_name), status);
    const day = new Date(properties.requested_datetime);
    const date = new Intl.DateTimeFormat(document.documentElement.lang || "en", {
      dateStyle: "long",
      timeZone: options.time_zone,
    });
    const lines = [
      properties.address,
      options.strings.reported.replace("{date}", date.format(day)),
      properties.status_notes,
    ];
    box.append(...lines.filter(Boolean).map((line) => make("p", "", line)));
    if (options.service_request) {
      const link = make("a", "", options.strings.open);
      link.href = options.service_request.replace("__id__", encodeURIComponent(properties.service_request_id));
      box.append(link);
    }
    return box;
  }

  /** The features: from the page where they stand in it, else from our own export. */
  async function read(source) {
    if (source.element) return JSON.parse(document.getElementById(source.element).textContent);
    const response = await fetch(source.url, { headers: { Accept: "application/geo+json" } });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return response.json();
  }

  /** Reports as one GeoJSON layer of circle markers, each in its status's shape. */
  function issues(map, options) {
    // Leaflet focuses the map by script, which browsers take for the keyboard: no ring for a finger or a mouse.
    const frame = map.getContainer();
    frame.addEventListener("pointerdown", () => frame.classList.add("map--by-pointer"));
    frame.addEventListener("keydown", () => frame.classList.remove("map--by-pointer"));
    const renderer = L.canvas({ padding: 0.3, tolerance: 10 });
    const layer = L.geoJSON(null, {
      pointToLayer: ({ properties }, place) =>
        new StatusMarker(place, {
          renderer,
          status: properties.status,
          radius: radiusAt(map.getZoom()),
        }),
      onEachFeature: (feature, marker) =>
        marker.bindPopup(() => card(feature, options), { maxWidth: 280, minWidth: 200 }),
    });
    map.on("zoomend", () => layer.eachLayer((marker) => marker.setRadius(radiusAt(map.getZoom()))));
    document.addEventListener("geo311:theme", () => layer.eachLayer((marker) => marker.redraw()));
    say(options.strings.loading);
    read(options.source).then(
      (collection) => {
        layer.addData(collection.features.filter((feature) => feature.geometry));
        say(layer.getLayers().length ? "" : options.strings.none);
        if (options.fit && layer.getLayers().length) {
          map.fitBounds(layer.getBounds().pad(0.1), { maxZoom: 16, animate: false });
        }
      },
      () => say(options.strings.failed),
    );
    return layer;
  }

  const KINDS = {
    land: () => ({ weight: 1, color: colour("map-line"), fill: true, fillColor: colour("map-land"), fillOpacity: 1 }),
    strong: () => ({ weight: 1.75, color: colour("map-line"), fill: false }),
    fine: () => ({ weight: 1.25, color: colour("map-line"), fill: false, dashArray: "4 4" }),
  };

  /** The outlines of areas; read when they are first shown. */
  function outlines(map, options) {
    const pane = `outlines-${options.kind}`;
    map.createPane(pane).style.zIndex = options.kind === "land" ? 150 : 340;
    map.getPane(pane).style.pointerEvents = "none";
    const layer = L.geoJSON(null, {
      pane,
      renderer: L.canvas({ pane, padding: 0.5 }),
      interactive: false,
      style: KINDS[options.kind],
    });
    document.addEventListener("geo311:theme", () => layer.setStyle(KINDS[options.kind]()));
    layer.once("add", () => {
      read(options.source).then(
        ({ features }) => {
          layer.addData(features);
          // Only where its land is drawn, the rest of the map is water.
          if (options.kind === "land" && features.length) map.getContainer().classList.add("map--water");
        },
        // The map is of use without these lines.
        () => {},
      );
    });
    return layer;
  }

  window.geo311Folium = { issues, outlines };
})();
