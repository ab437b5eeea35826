/** The places where tests run are the places that we say they are. */
import { holds, same } from "./check.mjs";

/** @type {import("./modules.mjs").ModuleTest[]} */
export const tests = [
  {
    name: "WebAssembly is missing exactly where we say so",
    run: ({ environment }) => {
      same(typeof WebAssembly === "undefined", environment === "firefox-safer");
    },
  },
  {
    name: "WebCrypto is there",
    run: () => holds(globalThis.crypto?.subtle, "no crypto.subtle"),
  },
  {
    name: "a page cannot turn text into code, as on the site",
    run: ({ environment }) => {
      if (environment === "node") return;
      let refused = false;
      try {
        Function("return 1")();
      } catch {
        refused = true;
      }
      holds(refused, "the policy allows eval");
    },
  },
];
