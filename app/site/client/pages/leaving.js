/**
 * How a page is left: at once, and without a trace of what was on it.
 *
 * The way out is a plain link that works without this script; the script makes it take
 * the page's place, so that "back" does not return here.
 */
import { find, say } from "./view.js";

/**
 * @typedef {object} Leaving
 * @property {(busy: boolean) => void} setBusy whether something is on its way just now
 */

/**
 * @param {() => boolean} unsent whether the page holds words that were not sent
 * @returns {Leaving}
 */
export function prepareLeaving(unsent) {
  let busy = false;

  /** @param {BeforeUnloadEvent} event */
  function ask(event) {
    event.preventDefault();
  }

  /** @param {boolean} value */
  function setBusy(value) {
    if (value === busy) return;
    busy = value;
    if (busy) window.addEventListener("beforeunload", ask);
    else window.removeEventListener("beforeunload", ask);
  }

  for (const link of document.querySelectorAll("a")) {
    const exit = link.rel === "noreferrer";
    link.addEventListener("click", (event) => {
      if (exit) {
        event.preventDefault();
        setBusy(false);
        wipe();
        location.replace(link.href);
      } else if (unsent() && !window.confirm(say("leave"))) {
        event.preventDefault();
      }
    });
  }

  window.addEventListener("pagehide", wipe);
  window.addEventListener("pageshow", (event) => {
    // A page kept alive by the browser is started anew, empty.
    if (event.persisted) location.reload();
  });
  return { setBusy };
}

/** Take everything that was typed or shown off the page. */
function wipe() {
  for (const field of document.querySelectorAll("textarea")) field.value = "";
  for (const field of document.querySelectorAll("input")) field.value = "";
  find("main").replaceChildren();
}
