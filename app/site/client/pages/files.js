/**
 * The files of a testimony on the page: chosen, listed, sent one after the other.
 *
 * Names are shown as text and change nothing; what is sealed and how is the caller's.
 */
import { explain, codeOf, find, hide, make, megabytes, progress, say, show, tell } from "./view.js";

/**
 * @typedef {object} Reporter
 * @property {(done: number) => void} sent bytes of this file that are safe so far
 * @property {(why: string, hurry: () => void) => void} waiting for what, in words, empty when
 *   it does not wait
 * @property {AbortSignal} signal ends the sending
 *
 * @typedef {object} FileSender
 * @property {(file: File) => number} bytes that sending *file* takes
 * @property {(file: File, reporter: Reporter) => Promise<void>} send resolves when it is safe
 *
 * @typedef {"ready" | "large" | "empty" | "sending" | "sent" | "failed" | "cancelled"} State
 *
 * @typedef {object} Listed
 * @property {File} file
 * @property {State} state
 * @property {number} total bytes that sending it takes
 * @property {HTMLElement} row
 * @property {HTMLElement} line
 * @property {HTMLProgressElement} bar
 * @property {HTMLButtonElement} remove
 */

/**
 * @param {FileSender} sender
 * @param {number} maxBytes the largest file that may be added
 * @param {import("./leaving.js").Leaving} leaving
 */
export function prepareFiles(sender, maxBytes, leaving) {
  /** @type {Listed[]} */
  let listed = [];
  let running = new AbortController();
  let busy = false;
  const input = /** @type {HTMLInputElement} */ (find("files-input"));

  input.addEventListener("change", () => {
    for (const file of input.files ?? []) add(file);
    input.value = "";
    refresh();
  });
  find("files-send").addEventListener("click", sendAll);
  find("files-cancel").addEventListener("click", () => running.abort());

  /** @param {File} file */
  function add(file) {
    const row = make("li");
    const line = make("p", "state");
    const bar = make("progress");
    const remove = make("button", "second", say("file-remove"));
    remove.type = "button";
    bar.max = 1;
    bar.setAttribute("aria-label", file.name);
    row.append(make("bdi", "name", file.name), line, remove, bar);
    /** @type {State} */
    const state = file.size > maxBytes ? "large" : file.size === 0 ? "empty" : "ready";
    const item = { file, state, total: state === "ready" ? sender.bytes(file) : 0, row, line, bar, remove };
    remove.addEventListener("click", () => {
      listed = listed.filter((other) => other !== item);
      row.remove();
      refresh();
    });
    listed.push(item);
    find("files-list").append(row);
    enter(item, state);
  }

  /**
   * @param {Listed} item
   * @param {State} state
   * @param {string} [why]
   */
  function enter(item, state, why = "") {
    item.state = state;
    const size = megabytes(state === "large" ? item.file.size : item.total);
    const gaps = { size, done: megabytes(0), total: megabytes(item.total) };
    item.line.textContent = `${say(`file-${state}`, gaps)} ${why}`.trim();
    item.bar.hidden = state !== "sending";
    item.remove.hidden = busy || state === "sent";
    item.row.dataset.state = state;
  }

  function waiting() {
    return listed.filter(({ state }) => state === "ready" || state === "failed" || state === "cancelled");
  }

  function refresh() {
    const left = waiting();
    const bytes = left.reduce((sum, { total }) => sum + total, 0);
    const tried = left.some(({ state }) => state !== "ready");
    const arrived = listed.some(({ state }) => state === "sent");
    tell("files-total", left.length > 0 && !busy ? say("files-total", { count: left.length, size: megabytes(bytes) }) : "");
    find("files-send").hidden = busy || left.length === 0;
    find("files-send").textContent = say(tried ? "files-again" : "files-send");
    find("files-cancel").hidden = !busy;
    find("files-done").hidden = busy || left.length > 0 || !arrived;
    input.disabled = busy;
    find("files-choose").hidden = busy;
    for (const item of listed) item.remove.hidden = busy || item.state === "sent";
  }

  async function sendAll() {
    if (busy) return;
    const items = waiting();
    running = new AbortController();
    busy = true;
    leaving.setBusy(true);
    refresh();
    show("files-progress");
    hide("files-outcome", "sent-close", "end");
    const total = items.reduce((sum, item) => sum + item.total, 0);
    let before = 0;
    /** @type {unknown} */
    let failure = null;
    for (const [at, item] of items.entries()) {
      tell("files-now", say("files-now", { number: at + 1, count: items.length }));
      failure = (await sendOne(item, before, total)) ?? failure;
      before += item.total;
      if (running.signal.aborted) break;
    }
    busy = false;
    leaving.setBusy(false);
    hide("files-progress", "files-hurry");
    const stopped = running.signal.aborted;
    tell("files-outcome", stopped ? say("files-cancelled") : failure === null ? "" : say("files-failed"));
    refresh();
    show("sent-close", "end");
  }

  /**
   * @param {Listed} item
   * @param {number} before bytes of the files before it
   * @param {number} total bytes of all
   * @returns {Promise<unknown>} what went wrong, null when nothing did
   */
  async function sendOne(item, before, total) {
    enter(item, "sending");
    progress("files-bar", before, total);
    try {
      await sender.send(item.file, {
        signal: running.signal,
        sent(done) {
          const gaps = { done: megabytes(done), total: megabytes(item.total) };
          item.line.textContent = say("file-sending", gaps);
          item.bar.value = done / item.total;
          progress("files-bar", before + done, total);
          tell("files-note", say("progress", { done: megabytes(before + done), total: megabytes(total) }));
        },
        waiting(why, hurry) {
          find("files-hurry").hidden = why === "";
          find("files-hurry").onclick = hurry;
          if (why !== "") tell("files-note", why);
        },
      });
    } catch (error) {
      const cancelled = running.signal.aborted;
      enter(item, cancelled ? "cancelled" : "failed", cancelled ? "" : explain(error));
      item.row.dataset.code = codeOf(error);
      return error;
    }
    enter(item, "sent");
    return null;
  }

  show("files");
}
