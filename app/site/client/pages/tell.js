/** The page on which a witness tells: her words first, then her phrase, then her files. */
import * as phrases from "../phrase.js";
import { randomBytes } from "../random.js";
import { threadOf } from "../witness.js";
import { openBox } from "./box.js";
import { prepareLeaving } from "./leaving.js";
import { drawMark } from "./mark-figure.js";
import { prepareSpeaking } from "./speaking.js";
import { find, hide, language, make, show } from "./view.js";

const field = /** @type {HTMLTextAreaElement} */ (find("account"));
const leaving = prepareLeaving(() => field.value.trim() !== "");

await openBox(async (box, directory) => {
  // All of the phrase is made now, so that nothing can fail when it is shown.
  const phrase = phrases.generate(randomBytes);
  const words = await phrases.toWords(phrase, language);
  const thread = await threadOf(phrase);

  prepareSpeaking({ box, directory, thread, kind: "account", read: {} }, leaving, () => {
    find("phrase-words").replaceChildren(...words.split(" ").map((word) => make("li", "", word)));
    drawMark(phrase, "phrase-mark", "phrase-colour");
    hide("write");
  });
  show("write");
});
