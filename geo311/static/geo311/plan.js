// The planner's map: the reports of the filters above, what is open where nothing else is asked for.
import { bboxOf, createMap } from "./map.js";
import { Pins } from "./pins.js";
import { getJson, later, readJson } from "./words.js";

const config = readJson("map-config");
const frame = document.querySelector("[data-map]");

function start() {
  const note = document.querySelector("[data-map-note]");
  const map = createMap(frame, config, { scrollWheelZoom: false });
  const pins = new Pins(map, config);
  let held = null;

  async function load() {
    if (held?.contains(map.getBounds())) {
      return;
    }
    const wanted = map.getBounds().pad(0.3);
    const params = { ...config.requests_query, bbox: bboxOf(wanted).join(",") };
    const found = await getJson(config.urls.requests, params).catch(() => null);
    note.textContent = found ? "" : config.strings.load_failed;
    if (found) {
      held = wanted;
      pins.show(found.features);
    }
  }

  map.on("moveend", later(load, 150));
  load();
}

if (frame) {
  start();
}
