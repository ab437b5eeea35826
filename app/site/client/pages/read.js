/**
 * The page on which a witness reads: the board is fetched whole, and what is hers is found
 * here.  No request depends on the phrase.
 */
import { getBoard, getBoardSize } from "../intake.js";
import * as phrases from "../phrase.js";
import { highestRead } from "../reply.js";
import { readBoard, threadOf } from "../witness.js";
import { openBox } from "./box.js";
import { showReplies } from "./answers.js";
import { prepareLeaving } from "./leaving.js";
import { drawMark } from "./mark-figure.js";
import { prepareSpeaking } from "./speaking.js";
import { explain, find, hide, megabytes, progress, say, show, tell } from "./view.js";

const LONGEST_REQUEST_SECONDS = 15 * 60;
const field = /** @type {HTMLTextAreaElement} */ (find("phrase"));
const account = /** @type {HTMLTextAreaElement} */ (find("account"));
const leaving = prepareLeaving(() => account.value.trim() !== "");
/** @type {import("../bytes.js").Bytes | null} fetched once, for any phrase */
let board = null;
/** @type {number | null} */
let size = null;
let typing = 0;

await openBox(async (box, directory) => {
  field.addEventListener("input", showTyped);
  find("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    read(box, directory);
  });
  show("ask");
});
await tellSize();

async function tellSize() {
  try {
    size = await getBoardSize(AbortSignal.timeout(1000 * LONGEST_REQUEST_SECONDS));
    tell("board-size", size === 0 ? say("board-empty") : say("board-size", { size: megabytes(size) }));
  } catch (error) {
    tell("board-size", explain(error));
  }
}

/** Show the mark as soon as there are twelve words that make a phrase. */
async function showTyped() {
  typing += 1;
  const mine = typing;
  const phrase = await phrases.fromWords(field.value).catch(() => null);
  if (mine !== typing) return;
  if (phrase === null) {
    hide("typed");
    return;
  }
  tell("typed-wrong", "");
  await drawMark(phrase, "typed-mark", "typed-colour");
  show("typed");
}

/** @param {unknown} error */
function explainPhrase(error) {
  return error instanceof phrases.PhraseWordError
    ? say("phrase-positions", { positions: error.positions.join(", ") })
    : explain(error);
}

/**
 * @param {import("../box.js").Box} box
 * @param {import("../directory.js").Directory} directory
 */
async function read(box, directory) {
  let phrase;
  try {
    phrase = await phrases.fromWords(field.value);
  } catch (error) {
    tell("typed-wrong", explainPhrase(error));
    return;
  }
  tell("typed-wrong", "");
  hide("ask");
  show("fetching");
  try {
    board ??= await fetchBoard();
    tell("fetching-now", say("opening"));
    tell("fetching-note", "");
    const replies = await readBoard(phrase, board, directory, (share) => progress("fetching-bar", share, 1));
    const thread = await threadOf(phrase);
    await drawMark(phrase, "answers-mark", "answers-colour");
    showReplies(replies, directory.roster.lawyers);
    const speaker = { box, directory, thread, kind: /** @type {const} */ ("follow-up"), read: highestRead(replies) };
    prepareSpeaking(speaker, leaving, () => hide("write"));
  } catch (error) {
    board = null;
    tell("typed-wrong", explain(error));
    show("ask");
    return;
  } finally {
    hide("fetching");
  }
  field.value = "";
  show("answers", "write");
  find("answers-heading").focus();
  window.scrollTo(0, 0);
}

async function fetchBoard() {
  tell("fetching-now", say("fetching"));
  return getBoard(AbortSignal.timeout(1000 * LONGEST_REQUEST_SECONDS), (arrived) => {
    const total = Math.max(size ?? 0, arrived);
    progress("fetching-bar", arrived, total);
    tell("fetching-note", say("progress", { done: megabytes(arrived), total: megabytes(total) }));
  });
}
