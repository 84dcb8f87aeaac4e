// What the pages' scripts are judged by: plain modules and scripts for browsers, Leaflet as L.
import js from "@eslint/js";
import globals from "globals";

export default [
  js.configs.recommended,
  {
    files: ["geo311/static/**/*.js"],
    languageOptions: { ecmaVersion: 2022, globals: { ...globals.browser, L: "readonly" } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      complexity: ["error", 10],
      curly: ["error", "multi-line"],
      eqeqeq: "error",
      "max-params": ["error", 6],
      "max-statements": ["error", 25],
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-restricted-properties": [
        "error",
        { property: "innerHTML", message: "What people typed is text: use textContent." },
        { property: "outerHTML", message: "What people typed is text: use textContent." },
        { property: "insertAdjacentHTML", message: "What people typed is text: use append()." },
      ],
      "no-var": "error",
      "prefer-const": "error",
    },
  },
  { files: ["geo311/static/**/service-worker.js"], languageOptions: { globals: globals.serviceworker } },
];
