// A small map of one place: the pin, and the open reports near it where the page lists some.
import { createMap } from "./map.js";
import { Pins } from "./pins.js";
import { readJson, sprite } from "./words.js";

const L = window.L;
const config = readJson("map-config");
const map = createMap(document.querySelector("[data-map]"), config, { scrollWheelZoom: false });
const [lon, lat] = config.place;
const icon = L.divIcon({
  html: sprite(config.urls.pin, ""),
  className: "pin pin--still",
  iconSize: [36, 44],
  iconAnchor: [18, 43],
});
L.marker([lat, lon], { icon, interactive: false, keyboard: false }).addTo(map);

if (config.candidates) {
  const pins = new Pins(map, config, { single: true });
  const features = config.candidates.map(({ service_request_id, status, at }) => ({
    geometry: { type: "Point", coordinates: at },
    properties: { service_request_id, status },
  }));
  pins.show(features);
  for (const card of document.querySelectorAll("[data-candidate]")) {
    const feature = features.find((each) => each.properties.service_request_id === card.dataset.candidate);
    card.addEventListener("pointerenter", () => pins.point(feature));
    card.addEventListener("focusin", () => pins.point(feature));
    card.addEventListener("pointerleave", () => pins.point(null));
  }
}
