/** What the server is asked, and how its answers are taken. */
import { hex, utf8 } from "../../../app/site/client/bytes.js";
import { getBoard, getBoardSize, getDirectory, putCell } from "../../../app/site/client/intake.js";
import { sha256 } from "../../../app/site/client/sha256.js";
import { holds, outcomeOf, same } from "../harness/check.mjs";

const NEVER = new AbortController().signal;
const CELL = Uint8Array.of(1, 2, 3);

/**
 * @typedef {{ url: string, init: RequestInit }} Asked
 */

/**
 * What *act* asks of a server that gives *answer*, and how that ends.
 *
 * @param {() => Response} answer may throw, as a broken connection does
 * @param {() => Promise<unknown>} act
 */
async function asking(answer, act) {
  /** @type {Asked[]} */
  const asked = [];
  const { fetch } = globalThis;
  globalThis.fetch = async (url, init = {}) => {
    asked.push({ url: String(url), init });
    return answer();
  };
  try {
    /** @type {unknown} */
    let result;
    const outcome = await outcomeOf(async () => {
      result = await act();
    });
    return { asked, outcome, result };
  } finally {
    globalThis.fetch = fetch;
  }
}

/** @type {[string, () => Promise<unknown>, string, string][]} */
const REQUESTS = [
  ["a cell", () => putCell(CELL, NEVER), "PUT", `/cells/${hex(await sha256(CELL))}`],
  ["the directory", () => getDirectory(NEVER), "GET", "/directory"],
  ["the board's size", () => getBoardSize(NEVER), "GET", "/board/size"],
  ["the board", () => getBoard(NEVER), "GET", "/board/cells"],
];

/** @type {import("../harness/modules.mjs").ModuleTest[]} */
export const tests = [
  ...REQUESTS.flatMap(([what, act, method, address]) => [
    {
      name: `${what} is asked for without a trace`,
      run: async () => {
        const { asked } = await asking(() => new Response('{"bytes":0}'), act);
        same(asked.length, 1);
        const [{ url, init }] = asked;
        same([init.method ?? "GET", url], [method, address]);
        same(
          [init.credentials, init.cache, init.referrerPolicy, init.redirect, init.mode],
          ["omit", "no-store", "no-referrer", "error", "same-origin"],
        );
      },
    },
    {
      name: `a refusal of ${what} has the server's code`,
      run: async () => {
        const answer = () => new Response('{"code":"too-many"}', { status: 429 });
        same((await asking(answer, act)).outcome, "too-many");
      },
    },
    {
      name: `a broken connection while ${what} is asked for is said as such`,
      run: async () => {
        const broken = () => {
          throw new TypeError("NetworkError when attempting to fetch");
        };
        same((await asking(broken, act)).outcome, "connection");
      },
    },
    {
      name: `an answer to ${what} that is not the intake's is a server error`,
      run: async () => {
        for (const body of ["<html>", "", "null", "[]", '{"code":1}', '{"code":"A B"}', `"${"x".repeat(9_999)}"`]) {
          same((await asking(() => new Response(body, { status: 502 }), act)).outcome, "server-error");
        }
      },
    },
  ]),
  {
    name: "a cell is there only when the answer is 204",
    run: async () => {
      const put = () => putCell(CELL, NEVER);
      same((await asking(() => new Response(null, { status: 204 }), put)).outcome, "accept");
      same((await asking(() => new Response("ok", { status: 200 }), put)).outcome, "server-error");
    },
  },
  {
    name: "a board's size that cannot be is refused",
    run: async () => {
      for (const bytes of ["-4096", "1", "4095", "67112960", "1e999", '"4096"', "null"]) {
        const answer = () => new Response(`{"bytes":${bytes}}`);
        same((await asking(answer, () => getBoardSize(NEVER))).outcome, "board-size");
      }
      const { result } = await asking(() => new Response('{"bytes":8192,"cells":2}'), () => getBoardSize(NEVER));
      same(result, 8192);
    },
  },
  {
    name: "what is longer than it may be is not read to its end",
    run: async () => {
      let given = 0;
      const endless = () =>
        new Response(
          new ReadableStream({
            pull(controller) {
              given += 1;
              controller.enqueue(new Uint8Array(65_536));
            },
          }),
        );
      same((await asking(endless, () => getDirectory(NEVER))).outcome, "document-malformed");
      holds(given < 40, `${given} pieces were read`);
    },
  },
  {
    name: "a board arrives whole and says how far it is",
    run: async () => {
      const board = utf8("x".repeat(8_192));
      /** @type {number[]} */
      const told = [];
      const act = () => getBoard(NEVER, (bytes) => told.push(bytes));
      same((await asking(() => new Response(board), act)).result, board);
      same(told.at(-1), 8_192);
    },
  },
];
