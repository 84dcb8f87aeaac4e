// Placing a report: the map beside the two fields.
import { createMap } from "./map.js";
import { tiePin } from "./staff_pin.js";
import { readJson } from "./words.js";

const config = readJson("map-config");
const { lon, lat } = document.querySelector("[data-place-form]").elements;
tiePin(createMap(document.querySelector("[data-map]"), config), config, { lon, lat });
