// A crew's page: its territory and open work on the map, and the list sorted by where the device is.
import { createMap, palette } from "./map.js";
import { Pins } from "./pins.js";
import { count, fill, getJson, readJson } from "./words.js";

const L = window.L;
const EARTH_RADIUS_M = 6_371_008.8; // IUGG mean radius: sorting needs no ellipsoid
const config = readJson("map-config");
const oneDecimal = new Intl.NumberFormat(document.documentElement.lang || "en", {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const frame = document.querySelector("[data-map]");
const list = document.querySelector("[data-jobs]");
const order = document.querySelector("[data-order]");
const button = document.querySelector("[data-locate]");
const note = document.querySelector("[data-map-note]");

// The map -------------------------------------------------------------------

async function drawMap() {
  const found = await getJson(frame.dataset.url).catch(() => null);
  const map = createMap(frame, { ...config, focus: found?.bounds ?? config.bounds });
  if (!found) {
    note.textContent = config.strings.load_failed;
    return;
  }
  const outline = L.geoJSON(found.territories, {
    interactive: false,
    pane: "lines",
    renderer: L.canvas({ pane: "lines", padding: 0.5 }),
  }).addTo(map);
  const paint = () =>
    outline.setStyle({ color: palette()("accent"), weight: 3, fillColor: palette()("accent"), fillOpacity: 0.06 });
  paint();
  document.addEventListener("geo311:theme", paint);
  const { features } = found.requests;
  const pins = new Pins(map, config);
  pins.show(features);
  for (const card of list?.querySelectorAll("[data-job]") ?? []) {
    const feature = features.find((each) => each.properties.service_request_id === card.dataset.job);
    card.addEventListener("pointerenter", () => pins.point(feature));
    card.addEventListener("focusin", () => pins.point(feature));
    card.addEventListener("pointerleave", () => pins.point(null));
  }
}

// Nearest first ---------------------------------------------------------------

function radians(degrees) {
  return (degrees * Math.PI) / 180;
}

function distanceM(a, b) {
  const [dLat, dLon] = [radians(b.lat - a.lat), radians(b.lon - a.lon)];
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.sqrt(h));
}

/** The same digits as the server's how_far. */
function howFar(metres) {
  const { metres: near, kilometres: far } = button.dataset;
  if (metres < 995) return fill(near, { n: count(metres < 10 ? Math.round(metres) : Math.round(metres / 10) * 10) });
  return fill(far, { n: oneDecimal.format(metres / 1000) });
}

function sortFrom(here) {
  const jobs = [...list.children].map((card, index) => {
    const placed = card.dataset.lon !== undefined;
    const distance = placed
      ? distanceM(here, { lon: Number(card.dataset.lon), lat: Number(card.dataset.lat) })
      : Infinity;
    card.querySelector("[data-distance]").textContent = placed ? howFar(distance) : "";
    return { card, index, distance, late: card.dataset.late === "1" };
  });
  jobs.sort((a, b) => b.late - a.late || a.distance - b.distance || a.index - b.index);
  list.replaceChildren(...jobs.map(({ card }) => card));
  order.textContent = button.dataset.done;
}

/** A list of one page is sorted here; of a longer one the server takes the nearest for this page. */
function use({ coords }) {
  button.removeAttribute("aria-busy");
  const here = { lon: coords.longitude, lat: coords.latitude };
  if (button.dataset.whole) {
    sortFrom(here);
    return;
  }
  const address = new URL(window.location.href);
  address.searchParams.set("lon", here.lon.toFixed(5));
  address.searchParams.set("lat", here.lat.toFixed(5));
  address.searchParams.delete("page");
  window.location.assign(address);
}

function refuse() {
  button.removeAttribute("aria-busy");
  order.textContent = button.dataset.denied;
}

function locate() {
  if (!navigator.geolocation) {
    refuse();
    return;
  }
  button.setAttribute("aria-busy", "true");
  navigator.geolocation.getCurrentPosition(use, refuse, {
    enableHighAccuracy: true,
    timeout: 12_000,
    maximumAge: 60_000,
  });
}

async function sortIfAllowed() {
  const permission = await navigator.permissions?.query({ name: "geolocation" }).catch(() => null);
  if (permission?.state === "granted" && button.dataset.whole) {
    locate();
  }
}

if (list) {
  button.addEventListener("click", locate);
  button.disabled = false; // before this line a tap would have been lost
  sortIfAllowed();
}
drawMap();
