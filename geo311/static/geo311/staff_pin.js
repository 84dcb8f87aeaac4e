// A pin that staff put: tap, drag, arrow keys and typed coordinates all end in the fields lon and lat.
import { sprite } from "./words.js";

const L = window.L;
const PLACES = 6; // 11 cm: finer than any pin is put
const CLOSE_ZOOM = 17;
const SURE_ZOOM = 15; // farther out a tap is a guess: go closer, so that it can be put right
const NUDGE_PX = 12;
const STEPS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

/** Tie the map to two fields; `onPut()` is called when the place has changed. */
export function tiePin(map, config, fields, onPut = () => {}) {
  let marker = null;

  function write({ lat, lng }) {
    fields.lon.value = lng.toFixed(PLACES);
    fields.lat.value = lat.toFixed(PLACES);
  }

  function draw(latlng) {
    marker ??= make();
    marker.setLatLng(latlng).addTo(map);
  }

  function put(latlng) {
    draw(latlng);
    write(latlng);
    onPut();
  }

  function make() {
    const { pin: title } = config.strings;
    const icon = L.divIcon({
      html: sprite(config.urls.pin, ""),
      className: "pin",
      iconSize: [36, 44],
      iconAnchor: [18, 43],
    });
    const made = L.marker([0, 0], { draggable: true, keyboard: true, icon, title, alt: title });
    made.on("drag", (event) => write(event.latlng));
    made.on("dragend", () => put(made.getLatLng()));
    made.on("add", () => made.getElement().addEventListener("keydown", nudge));
    return made;
  }

  function nudge(event) {
    const step = STEPS[event.key];
    if (step) {
      event.preventDefault();
      event.stopPropagation();
      const at = map.latLngToContainerPoint(marker.getLatLng()).add([step[0] * NUDGE_PX, step[1] * NUDGE_PX]);
      put(map.containerPointToLatLng(at));
    }
  }

  function follow() {
    const [lon, lat] = [fields.lon, fields.lat].map((field) => Number.parseFloat(field.value));
    if ([lon, lat].every(Number.isFinite) && L.latLngBounds(map.options.maxBounds).contains([lat, lon])) {
      draw([lat, lon]);
      map.setView([lat, lon], Math.max(map.getZoom(), CLOSE_ZOOM));
    } else {
      marker?.remove();
    }
  }

  map.on("click", (event) => {
    put(event.latlng);
    if (map.getZoom() < SURE_ZOOM) map.setView(event.latlng, CLOSE_ZOOM);
  });
  for (const field of Object.values(fields)) {
    field.addEventListener("change", () => {
      follow();
      onPut();
    });
  }
  follow();
}
