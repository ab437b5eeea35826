/**
 * Saying something: the form, its sending, and then the files that go with it.
 *
 * The words stay in the form until the server has all of them.
 */
import { MESSAGE_CELL_BYTES } from "../cell.js";
import { endOf } from "../directory.js";
import { NO_CONNECTION } from "../intake.js";
import { PART_CELL_BYTES } from "../part.js";
import { randomBytes } from "../random.js";
import { Upload } from "../upload.js";
import { sealAccount, sealFile } from "../witness.js";
import { prepareFiles } from "./files.js";
import { prepareReaders } from "./readers.js";
import { codeOf, explain, find, hide, megabytes, progress, say, show, tell } from "./view.js";

const QUESTIONNAIRE = "0.1";
const CLIENT = "witness-site 0.1";
const COUNTING_MILLISECONDS = 400;
const HOUR_MILLISECONDS = 3_600_000;
const HOURS_TO_WARN = 24;

/**
 * @typedef {import("../directory.js").Directory} Directory
 * @typedef {import("../witness.js").Sealing} Sealing
 *
 * @typedef {object} Speaker
 * @property {import("../box.js").Box} box
 * @property {Directory} directory with which the page opened
 * @property {import("../witness.js").Thread} thread
 * @property {"account" | "follow-up"} kind
 * @property {Record<string, number>} read highest reply sequence seen, by lawyer's id
 *
 * One text and its readers, being sent; running it again goes on where it stood.
 *
 * @typedef {object} Attempt
 * @property {string} text
 * @property {string} readers
 * @property {Directory} directory
 * @property {number} cells
 * @property {Upload} upload
 */

/**
 * Prepare the form.  *sent* is called each time that words have arrived.
 *
 * @param {Speaker} speaker
 * @param {import("./leaving.js").Leaving} leaving
 * @param {() => void} sent
 */
export function prepareSpeaking(speaker, leaving, sent) {
  const field = /** @type {HTMLTextAreaElement} */ (find("account"));
  const readers = prepareReaders(speaker.directory.recipients);
  /** @type {Attempt | null} */
  let attempt = null;
  let counting = 0;

  /**
   * @param {Sealing["audience"]} audience
   * @returns {Sealing}
   */
  function sealing(audience) {
    return {
      thread: speaker.thread,
      audience,
      read: speaker.read,
      questionnaire: QUESTIONNAIRE,
      client: CLIENT,
      random: randomBytes,
    };
  }

  /** @param {string} text */
  function account(text) {
    return { kind: speaker.kind, answers: { narrative: text }, consent: {}, urgency: {} };
  }

  /**
   * For *lawyers* and nobody else: when one of them may no longer read, sealing refuses.
   *
   * @param {string[]} lawyers ids
   */
  function forThese(lawyers) {
    return sealing(async () => ({ directory: await currentDirectory(), lawyers }));
  }

  /**
   * For those of *lawyers* who may still read.
   *
   * @param {string[]} lawyers ids
   */
  function forTheRemaining(lawyers) {
    return sealing(async () => {
      const directory = await currentDirectory();
      const remaining = new Set(directory.recipients.map(({ lawyer }) => lawyer.id));
      return { directory, lawyers: lawyers.filter((id) => remaining.has(id)) };
    });
  }

  /** Good by the clock of now; the form offers those whom it names. */
  async function currentDirectory() {
    const directory = await speaker.box.directory();
    if (directory !== speaker.directory) readers.offer(directory.recipients);
    speaker.directory = directory;
    warnOfTheEnd();
    return directory;
  }

  /** Nobody should write for an hour and only then hear that the box has closed. */
  function warnOfTheEnd() {
    const hours = Math.ceil((endOf(speaker.directory) - Date.now()) / HOUR_MILLISECONDS);
    tell("ending", hours > 0 && hours <= HOURS_TO_WARN ? say("ending", { hours }) : "");
  }

  function count() {
    warnOfTheEnd();
    try {
      const cells = sealAccount(forThese([]), account(field.value));
      tell("size", say("size", { size: megabytes(bytesOf(cells)) }));
    } catch (error) {
      tell("size", explain(error));
    }
  }

  field.addEventListener("input", () => {
    clearTimeout(counting);
    counting = setTimeout(count, COUNTING_MILLISECONDS);
  });
  count();

  find("write").addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });

  async function send() {
    const text = field.value;
    const refusal = text.trim() === "" ? "text-empty" : readers.chosen().length === 0 ? "readers-none" : "";
    tell("refused", refusal === "" ? "" : say(refusal));
    if (refusal !== "") return;
    warnOfTheEnd();
    hide("write");
    leaving.setBusy(true);
    const lawyers = readers.chosen();
    try {
      await deliver(text, lawyers);
    } catch (error) {
      const stopped = codeOf(error) === "stopped";
      // Sending again begins anew, with a directory of its own: no page has to be loaded again.
      if (!stopped) speaker.box.forget();
      const what = stopped ? explain(error) : `${say("failed")} ${explain(error)}`;
      tell("refused", `${what} ${say("copy-first")}`);
      show("write");
      return;
    } finally {
      hide("sending");
      leaving.setBusy(false);
    }
    field.value = "";
    attempt = null;
    show("sent", "end");
    sent();
    prepareFiles(fileSender(forTheRemaining(lawyers), speaker.box), Number(find("main").dataset.maxFileBytes), leaving);
    find("sent-heading").focus();
    window.scrollTo(0, 0);
  }

  /**
   * @param {string} text
   * @param {string[]} lawyers ids
   */
  async function deliver(text, lawyers) {
    show("sending");
    tell("sending-now", say("sealing"));
    tell("sending-note", "");
    progress("sending-bar", 0, 1);
    const directory = await currentDirectory();
    const chosen = lawyers.join();
    if (attempt?.text !== text || attempt.readers !== chosen || attempt.directory !== directory) {
      const sealed = sealAccount(forThese(lawyers), account(text), (share) => {
        if (sealed.parts === 0) progress("sending-bar", share / 2, 1);
      });
      const cells = sealed.messages + sealed.parts;
      attempt = { text, readers: chosen, directory, cells, upload: new Upload(sealed.cells) };
    }
    const { upload, cells } = attempt;
    const stopping = new AbortController();
    find("sending-stop").onclick = () => stopping.abort();
    find("sending-hurry").onclick = () => upload.hurry();
    await upload.run(stopping.signal, (state) => {
      const { doing, sent: arrived } = state;
      find("sending-hurry").hidden = doing !== "waiting";
      if (doing !== "sealing") progress("sending-bar", arrived + 0.5, cells);
      tell("sending-now", say(doing === "sealing" && arrived === 0 ? "sealing" : "sending"));
      tell("sending-note", waitingWords(state));
    }).catch((error) => {
      // What was refused stays refused: the next attempt seals anew.
      if (codeOf(error) !== "stopped") attempt = null;
      throw error;
    });
  }
}

/**
 * What an upload waits for, in words; empty when it does not wait.
 *
 * @param {import("../upload.js").State} state
 */
function waitingWords({ doing, code, seconds = 0 }) {
  if (doing !== "waiting") return "";
  return say(code === NO_CONNECTION ? "waiting" : "waiting-server", { seconds });
}

/** @param {{ messages: number, parts: number }} cells */
function bytesOf({ messages, parts }) {
  return messages * MESSAGE_CELL_BYTES + parts * PART_CELL_BYTES;
}

/**
 * Seals files for the same readers as the words before them.
 *
 * @param {Sealing} sealing
 * @param {import("../box.js").Box} box
 * @returns {import("./files.js").FileSender}
 */
function fileSender(sealing, box) {
  /** @type {Map<File, Upload>} */
  const uploads = new Map();
  return {
    bytes: (file) => bytesOf(sealFile(sealing, file, file.name)),
    async send(file, { signal, sent, waiting }) {
      const sealed = sealFile(sealing, file, file.name);
      const upload = uploads.get(file) ?? new Upload(sealed.cells);
      uploads.set(file, upload);
      try {
        await upload.run(signal, (state) => {
          sent(Math.min(state.sent * PART_CELL_BYTES, bytesOf(sealed)));
          waiting(waitingWords(state), () => upload.hurry());
        });
      } catch (error) {
        const code = codeOf(error);
        // What cannot be sealed further, and a cell that is refused, begin again.
        if (upload.spoiled || code.startsWith("cell-")) uploads.delete(file);
        if (code !== "stopped") box.forget();
        throw error;
      }
      uploads.delete(file);
    },
  };
}
