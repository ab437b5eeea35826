/**
 * Opening the box on a page: whether this browser can seal, and whether those who would
 * read are the right people.  One failure, and there is nowhere to write.
 */
import { PAYLOAD } from "../../trust.js";
import { fromBase64 } from "../bytes.js";
import { verifyDirectory } from "../directory.js";
import { NO_CONNECTION, getDirectory } from "../intake.js";
import { fromPayload } from "../trust.js";
import { dayOf, weekOf } from "../weeks.js";
import { codeOf, explain, find, hide, say, show, tell } from "./view.js";

/** @typedef {import("../directory.js").Directory} Directory */

const LONGEST_REQUEST_SECONDS = 180;

/**
 * The verified directory; resolves only when the box is open.  Until then the page says
 * what is wrong, and tries again when it is asked to.
 *
 * @returns {Promise<Directory>}
 */
export async function openBox() {
  if (globalThis.crypto?.subtle === undefined) {
    hide("loading");
    show("unsupported");
    return new Promise(() => undefined);
  }
  for (;;) {
    try {
      const directory = await fetchDirectory();
      hide("loading", "closed");
      return directory;
    } catch (error) {
      hide("loading");
      await closed(error);
      show("loading");
    }
  }
}

/**
 * *directory*, or a new one when its week is over.
 *
 * Errors: those of fetching and of verifying a directory.
 *
 * @param {Directory} directory
 * @returns {Promise<Directory>}
 */
export async function fresh(directory) {
  return weekOf(dayOf(new Date())) === directory.week ? directory : fetchDirectory();
}

async function fetchDirectory() {
  const trust = await fromPayload(fromBase64(PAYLOAD));
  const document = await getDirectory(AbortSignal.timeout(1000 * LONGEST_REQUEST_SECONDS));
  return verifyDirectory(document, trust, new Date(), location.origin);
}

/**
 * Say that the box is closed, and why, until the person asks to try again.
 *
 * @param {unknown} error
 * @returns {Promise<void>}
 */
function closed(error) {
  const code = codeOf(error);
  tell("closed-heading", say(code === NO_CONNECTION ? "closed-connection" : "closed"));
  tell("closed-why", explain(error));
  tell("closed-code", code);
  show("closed");
  return new Promise((resolve) => {
    const again = () => {
      hide("closed");
      resolve();
    };
    find("closed-again").addEventListener("click", again, { once: true });
  });
}
