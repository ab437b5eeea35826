/**
 * Opening the box on a page: whether this browser can seal, and whether those who would
 * read are the right people.  One failure, and there is nowhere to write.
 */
import { PAYLOAD } from "../../trust.js";
import { fromBase64 } from "../bytes.js";
import { Box } from "../box.js";
import { NO_CONNECTION, getDirectory } from "../intake.js";
import { fromPayload } from "../trust.js";
import { codeOf, explain, find, hide, say, show, tell } from "./view.js";

const LONGEST_REQUEST_SECONDS = 180;

/**
 * Open the box and then the page; resolves when both are open.  Until then the page says
 * what is wrong, and tries again when it is asked to.
 *
 * @param {(box: Box, directory: import("../directory.js").Directory) => Promise<void>} openPage
 *   makes everything that the page needs, and shows what a person uses last
 */
export async function openBox(openPage) {
  if (globalThis.crypto?.subtle === undefined) {
    hide("loading");
    show("unsupported");
    return;
  }
  for (;;) {
    try {
      const box = new Box(await fromPayload(fromBase64(PAYLOAD)), location.origin, {
        fetchDocument: () => getDirectory(AbortSignal.timeout(1000 * LONGEST_REQUEST_SECONDS)),
        now: () => new Date(),
      });
      await openPage(box, await box.directory());
      hide("loading", "closed");
      return;
    } catch (error) {
      hide("loading");
      await closed(error);
      show("loading");
    }
  }
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
