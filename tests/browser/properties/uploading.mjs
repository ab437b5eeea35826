/** Cells are sent in order, each until it is there; what time does not mend is said at once. */
import { BuzonError } from "../../../app/site/client/errors.js";
import { Upload } from "../../../app/site/client/upload.js";
import { outcomeOf, same } from "../harness/check.mjs";

/**
 * @typedef {import("../../../app/site/client/bytes.js").Bytes} Bytes
 * @typedef {import("../../../app/site/client/upload.js").State} State
 */

const NEVER = new AbortController().signal;

/**
 * Cells numbered from 1, and a record of when each was made.
 *
 * @param {number} count
 * @param {string[]} record
 * @param {number} [broken] the one that cannot be made
 */
async function* cellsOf(count, record, broken) {
  for (let number = 1; number <= count; number += 1) {
    record.push(`make ${number}`);
    if (number === broken) throw new BuzonError("file-unreadable");
    yield Uint8Array.of(number);
  }
}

/**
 * A server that answers as *answers* says, in turn; null for well.
 *
 * @param {(string | null)[]} answers
 * @param {string[]} record
 */
function serverOf(answers, record) {
  return async (/** @type {Bytes} */ cell) => {
    record.push(`put ${cell[0]}`);
    await null;
    const code = answers.shift() ?? null;
    if (code !== null) throw new BuzonError(code);
    record.push(`there ${cell[0]}`);
  };
}

/** @param {string[]} record */
function waitingIn(record) {
  return async (/** @type {number} */ seconds) => void record.push(`wait ${seconds}`);
}

/** @type {import("../harness/modules.mjs").ModuleTest[]} */
export const tests = [
  {
    name: "the next cell is made while one travels, and no more than one ahead",
    run: async () => {
      /** @type {string[]} */
      const record = [];
      const upload = new Upload(cellsOf(3, record), { put: serverOf([], record) });
      same(await upload.run(NEVER, () => undefined), 3);
      same(record, ["make 1", "make 2", "put 1", "there 1", "make 3", "put 2", "there 2", "put 3", "there 3"]);
    },
  },
  {
    name: "what time mends is waited out, longer each time, and the same cell is sent again",
    run: async () => {
      /** @type {string[]} */
      const record = [];
      /** @type {State[]} */
      const states = [];
      const passing = ["connection", "server-busy", "too-many", "server-error", "cell-cut-off", "cell-digest"];
      const upload = new Upload(cellsOf(1, record), {
        put: serverOf([...passing, null], record),
        wait: waitingIn(record),
      });
      same(await upload.run(NEVER, (state) => states.push(state)), 1);
      same(
        record.filter((entry) => entry.startsWith("wait")),
        ["wait 2", "wait 4", "wait 8", "wait 16", "wait 32", "wait 60"],
      );
      same(record.filter((entry) => entry === "put 1").length, 7);
      same(
        states.flatMap(({ code }) => code ?? []),
        passing,
      );
    },
  },
  ...["budget-spent", "box-full", "cell-week", "cell-size", "not-found", "content-type"].map((code) => ({
    name: `${code} is said at once, and running again goes on from that cell`,
    run: async () => {
      /** @type {string[]} */
      const record = [];
      const upload = new Upload(cellsOf(3, record), { put: serverOf([null, code], record) });
      same(await outcomeOf(() => upload.run(NEVER, () => undefined)), code);
      same(upload.sent, 1);
      same(await upload.run(NEVER, () => undefined), 3);
      same(
        record.filter((entry) => entry.startsWith("there")),
        ["there 1", "there 2", "there 3"],
      );
      same(record.filter((entry) => entry.startsWith("make")).length, 3);
    },
  })),
  {
    name: "a file that cannot be read on is said, after all before it was sent, and stays refused",
    run: async () => {
      /** @type {string[]} */
      const record = [];
      const upload = new Upload(cellsOf(5, record, 3), { put: serverOf([], record) });
      for (let time = 0; time < 2; time += 1) {
        same(await outcomeOf(() => upload.run(NEVER, () => undefined)), "file-unreadable");
        same([upload.sent, upload.spoiled], [2, true]);
      }
    },
  },
  {
    name: "stopping ends a wait, and running again goes on",
    run: async () => {
      /** @type {string[]} */
      const record = [];
      const stop = new AbortController();
      const upload = new Upload(cellsOf(2, record), { put: serverOf(["connection"], record) });
      const outcome = outcomeOf(() =>
        upload.run(stop.signal, ({ doing }) => {
          if (doing === "waiting") setTimeout(() => stop.abort(), 1);
        }),
      );
      same(await outcome, "stopped");
      same(await upload.run(NEVER, () => undefined), 2);
    },
  },
  {
    name: "a person need not wait",
    run: async () => {
      /** @type {string[]} */
      const record = [];
      const upload = new Upload(cellsOf(1, record), { put: serverOf(["connection"], record) });
      const start = Date.now();
      await upload.run(NEVER, ({ doing }) => {
        if (doing === "waiting") setTimeout(() => upload.hurry(), 1);
      });
      same(Date.now() - start < 1_000, true);
    },
  },
];
