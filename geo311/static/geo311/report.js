// Step 1 of a report: the pin. Tap, drag, arrow keys, "use my location" and typed coordinates all end in two fields.
import { createMap, palette } from "./map.js";
import { Pins } from "./pins.js";
import { count, fill, getJson, later, make, readJson, Refused, sprite } from "./words.js";

const L = window.L;
const PLACES = 6; // 11 cm: finer than any pin is put
const CLOSE_ZOOM = 17;
const NUDGE_PX = 12;
const config = readJson("map-config");
const { strings } = config;
const form = document.querySelector("[data-where]");
const fields = { lon: form.elements.lon, lat: form.elements.lat };
const place = document.querySelector("[data-place]");
const placeText = document.querySelector("[data-place-text]");
const note = document.querySelector("[data-map-note]");
const locate = document.querySelector("[data-locate]");

const map = createMap(document.querySelector("[data-map]"), config);
const others = new Pins(map, config);
let marker = null;
let latest = 0;
let accuracy = "";

function pinIcon() {
  const svg = sprite(config.urls.pin, "");
  return L.divIcon({ html: svg, className: "pin", iconSize: [36, 44], iconAnchor: [18, 43] });
}

/** Put the pin, fill the fields, say where that is. */
function put(latlng, { move = false, write = true, sayWhere = true } = {}) {
  if (!marker) {
    marker = L.marker(latlng, {
      draggable: true,
      keyboard: true,
      icon: pinIcon(),
      title: strings.pin,
      alt: strings.pin,
    });
    marker.on("drag", (event) => writeFields(event.latlng));
    marker.on("dragend", () => {
      accuracy = "";
      put(marker.getLatLng());
    });
    marker.addTo(map);
    marker.getElement().addEventListener("keydown", nudge);
  }
  marker.setLatLng(latlng);
  if (write) {
    writeFields(latlng);
  }
  if (move) {
    map.setView(latlng, Math.max(map.getZoom(), CLOSE_ZOOM));
  }
  note.textContent = "";
  if (sayWhere) {
    readBack();
  }
}

function writeFields({ lat, lng }) {
  fields.lon.value = lng.toFixed(PLACES);
  fields.lat.value = lat.toFixed(PLACES);
}

function nudge(event) {
  const steps = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  const step = steps[event.key];
  if (step) {
    event.preventDefault();
    event.stopPropagation();
    const at = map.latLngToContainerPoint(marker.getLatLng()).add([step[0] * NUDGE_PX, step[1] * NUDGE_PX]);
    put(map.containerPointToLatLng(at));
  }
}

function say(text, kind = "info", extra = []) {
  place.hidden = false;
  place.className = `notice notice--${kind}`;
  placeText.replaceChildren(make("p", "", text), ...extra);
}

const readBack = later(async () => {
  latest += 1;
  const mine = latest;
  say(strings.looking_up);
  try {
    const found = await getJson(config.urls.locate, { lon: fields.lon.value, lat: fields.lat.value });
    if (mine === latest) {
      const names = areaNames(found).join(", ") || strings.inside;
      say(names, "good", accuracy ? [make("p", "small", accuracy)] : []);
      note.textContent = names;
    }
  } catch (error) {
    if (mine === latest) {
      refuse(error);
    }
  }
}, 250);

/** District and ward by name, from what /api/locate/ says. */
function areaNames({ areas = [] }) {
  return ["district", "ward"].map((role) => areas.find((area) => area.role === role)?.name).filter(Boolean);
}

function refuse(error) {
  if (!(error instanceof Refused) || error.status >= 500) {
    say(strings.lookup_failed, "caution");
    return;
  }
  const { neighbour } = error.problem;
  const extra = [];
  if (neighbour?.link && /^https?:/.test(neighbour.link)) {
    const link = make("a", "", neighbour.name);
    link.href = neighbour.link;
    extra.push(link);
  }
  say(`${error.problem.title ?? ""}. ${error.problem.detail ?? ""}`.trim(), "caution", extra);
  note.textContent = error.problem.title ?? "";
}

function fromFields(options) {
  const [lon, lat] = [fields.lon, fields.lat].map((field) => Number.parseFloat(field.value));
  const sound = [lon, lat].every(Number.isFinite) && Math.abs(lon) <= 180 && Math.abs(lat) <= 90;
  if (sound && config.bounds && L.latLngBounds(map.options.maxBounds).contains([lat, lon])) {
    put(L.latLng(lat, lon), { write: false, ...options });
  }
}

function useMyLocation() {
  if (!navigator.geolocation) {
    say(strings.location_denied, "caution");
    return;
  }
  locate.setAttribute("aria-busy", "true");
  note.textContent = strings.locating;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      locate.removeAttribute("aria-busy");
      const here = L.latLng(coords.latitude, coords.longitude);
      if (!L.latLngBounds(map.options.maxBounds).contains(here)) {
        note.textContent = "";
        say(strings.location_outside, "caution");
        return;
      }
      put(here, { move: true });
      drawAccuracy(here, coords.accuracy);
      accuracy = fill(strings.accuracy, { metres: count(Math.max(1, Math.round(coords.accuracy))) });
    },
    () => {
      locate.removeAttribute("aria-busy");
      note.textContent = "";
      say(strings.location_denied, "caution");
    },
    { enableHighAccuracy: true, timeout: 12_000, maximumAge: 30_000 },
  );
}

let circle = null;
function drawAccuracy(latlng, radius) {
  circle?.remove();
  circle = L.circle(latlng, {
    radius,
    weight: 1,
    color: palette()("accent"),
    fillOpacity: 0.08,
    interactive: false,
  }).addTo(map);
}

async function showOthers() {
  if (map.getZoom() < 14) {
    others.show([]);
    return;
  }
  const bbox = map.getBounds().toBBoxString();
  const found = await getJson(config.urls.requests, { status: "open", bbox }).catch(() => null);
  others.show(found?.features ?? []);
}

map.on("click", (event) => {
  accuracy = "";
  put(event.latlng, { move: map.getZoom() < 15 });
});
map.on("moveend", later(showOthers, 300));
locate.addEventListener("click", useMyLocation);
locate.disabled = false; // before this line a tap would have been lost
for (const field of Object.values(fields)) {
  field.addEventListener("change", () => fromFields({ move: true }));
}
note.textContent = strings.tap_to_place;
document.querySelector("[data-coordinates]").open = Boolean(document.querySelector("[data-error-summary]"));
// A refused place is explained above the form already.
fromFields({ move: Boolean(config.focus), sayWhere: Boolean(config.focus) });
if (marker && !config.focus) {
  // Show it and the city together.
  map.fitBounds(L.latLngBounds(map.getBounds()).extend(marker.getLatLng()), { padding: [24, 24] });
}
