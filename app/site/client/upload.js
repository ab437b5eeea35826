/**
 * Upload: cells sent one after another, each until the server has it.
 *
 * While one cell travels the next is sealed, so memory holds two cells and what sealing
 * needs.  A broken connection is waited out and the same cell sent again: the server
 * answers alike whether it had it.
 */
import { BuzonError } from "./errors.js";
import { NO_CONNECTION, putCell } from "./intake.js";

/**
 * Refusals that time mends.  Every other code is final: the cell, the day or the box is
 * wrong, and the server would say so again.
 */
const PASSING = new Set([
  NO_CONNECTION,
  "cell-cut-off",
  "cell-digest", // the server saw other bytes than were sent
  "server-busy",
  "server-error",
  "too-many",
]);

/** @typedef {import("./bytes.js").Bytes} Bytes */

const FIRST_WAIT_SECONDS = 2;
const LONGEST_WAIT_SECONDS = 60;
const LONGEST_REQUEST_SECONDS = 15 * 60; // one part at little more than a kilobyte a second

/**
 * Where an upload stands.
 *
 * @typedef {object} State
 * @property {"sealing" | "sending" | "waiting"} doing
 * @property {number} sent cells that the server has
 * @property {string} [code] waiting: why
 * @property {number} [seconds] waiting: how long until the next attempt
 *
 * What an upload is given from outside, so that tests need neither network nor time.
 *
 * @typedef {object} Surroundings
 * @property {(cell: Bytes, signal: AbortSignal) => Promise<void>} [put]
 * @property {(seconds: number, signal: AbortSignal) => Promise<void>} [wait]
 */

/** The sending of some cells; it can be stopped, and run again from where it stood. */
export class Upload {
  /**
   * @param {AsyncIterator<Bytes, void, void>} cells
   * @param {Surroundings} [surroundings]
   */
  constructor(cells, { put = putInTime, wait = sleep } = {}) {
    this.cells = cells;
    this.put = put;
    this.wait = wait;
    /** Cells that the server has. */
    this.sent = 0;
    /** @type {Promise<IteratorResult<Bytes, void>> | null} the cell that is to be sent next */
    this.next = null;
    /** @type {Promise<IteratorResult<Bytes, void>> | null} the one after it, being sealed */
    this.after = null;
    /** Whether sealing refused: then the rest is never sent. */
    this.spoiled = false;
    this.waiting = new AbortController();
  }

  /**
   * Send all cells that are not yet sent, in order.
   *
   * Errors: `stopped` when *signal* says so; the server's final refusal; whatever sealing
   * refuses.  The server has the cells before it; running again goes on from there, except
   * that what sealing refused stays refused.
   *
   * @param {AbortSignal} signal
   * @param {(state: State) => void} tell
   * @returns {Promise<number>} how many cells were sent in all
   */
  async run(signal, tell) {
    for (;;) {
      tell({ doing: "sealing", sent: this.sent });
      this.next ??= this.cells.next();
      const { done, value: cell } = await this.next.catch((error) => {
        this.spoiled = true;
        throw error;
      });
      if (done) return this.sent;
      // The cell after this one is sealed while this one travels; what goes wrong there
      // is heard when its turn comes.
      this.after ??= this.cells.next();
      this.after.catch(() => undefined);
      await this.sendUntilThere(cell, signal, tell);
      this.sent += 1;
      this.next = this.after;
      this.after = null;
    }
  }

  /** Try again now rather than after the wait. */
  hurry() {
    this.waiting.abort();
  }

  /**
   * @param {Bytes} cell
   * @param {AbortSignal} signal
   * @param {(state: State) => void} tell
   */
  async sendUntilThere(cell, signal, tell) {
    const { sent } = this;
    for (let seconds = FIRST_WAIT_SECONDS; ; seconds = Math.min(2 * seconds, LONGEST_WAIT_SECONDS)) {
      if (signal.aborted) throw new BuzonError("stopped");
      tell({ doing: "sending", sent });
      try {
        return await this.put(cell, signal);
      } catch (error) {
        if (signal.aborted) throw new BuzonError("stopped");
        if (!(error instanceof BuzonError) || !PASSING.has(error.code)) throw error;
        tell({ doing: "waiting", sent, code: error.code, seconds });
      }
      this.waiting = new AbortController();
      const hurry = () => this.hurry();
      signal.addEventListener("abort", hurry);
      await this.wait(seconds, this.waiting.signal);
      signal.removeEventListener("abort", hurry);
    }
  }
}

/**
 * Put one cell, and give up on a connection that hangs.
 *
 * @param {Bytes} cell
 * @param {AbortSignal} signal
 */
async function putInTime(cell, signal) {
  const either = new AbortController();
  const abort = () => either.abort();
  const timer = setTimeout(abort, 1000 * LONGEST_REQUEST_SECONDS);
  signal.addEventListener("abort", abort);
  try {
    await putCell(cell, either.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}

/**
 * @param {number} seconds
 * @param {AbortSignal} signal ends the wait early
 * @returns {Promise<void>}
 */
function sleep(seconds, signal) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, 1000 * seconds);
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}
