/**
 * The server's public side, as app/interface-v1.md says it answers.
 *
 * One function for each request.  Addresses hold digests of cells and nothing else, so
 * nothing that a witness says can reach a log through them.
 */
import { concat, hex } from "./bytes.js";
import { BuzonError } from "./errors.js";
import { MAX_DIRECTORY_BYTES } from "./directory.js";
import { MAX_BOARD_BYTES, REPLY_CELL_BYTES } from "./reply.js";
import { sha256 } from "./sha256.js";

/** @typedef {import("./bytes.js").Bytes} Bytes */

/** The connection broke or never came about: nothing is known of what the server did. */
export const NO_CONNECTION = "connection";

const CODE = /^[a-z][a-z0-9-]{0,63}$/;
const MAX_ANSWER_BYTES = 4_096;

/** @type {RequestInit} */
const SILENT = {
  cache: "no-store",
  credentials: "omit",
  mode: "same-origin",
  redirect: "error",
  referrerPolicy: "no-referrer",
};

/**
 * Hand in one cell.
 *
 * Errors: connection, or the code of the server's refusal.
 *
 * @param {Bytes} cell
 * @param {AbortSignal} signal
 * @returns {Promise<void>} when the cell is durable
 */
export async function putCell(cell, signal) {
  const response = await request(`cells/${hex(await sha256(cell))}`, {
    method: "PUT",
    headers: { "Content-Type": "application/octet-stream" },
    body: cell,
    signal,
  });
  if (response.status !== 204) throw await refusal(response);
}

/**
 * The directory document, not yet verified.
 *
 * Errors: connection, or the code of the server's refusal.
 *
 * @param {AbortSignal} signal
 * @returns {Promise<Bytes>}
 */
export async function getDirectory(signal) {
  return body(await get("directory", signal), MAX_DIRECTORY_BYTES, "document-malformed");
}

/**
 * How much the board weighs, in bytes.
 *
 * Errors: connection, board-size, or the code of the server's refusal.
 *
 * @param {AbortSignal} signal
 * @returns {Promise<number>}
 */
export async function getBoardSize(signal) {
  const answer = await body(await get("board/size", signal), MAX_ANSWER_BYTES, "board-size");
  let bytes;
  try {
    ({ bytes } = JSON.parse(new TextDecoder().decode(answer)));
  } catch {
    throw new BuzonError("board-size");
  }
  const isSize = Number.isSafeInteger(bytes) && bytes >= 0 && bytes % REPLY_CELL_BYTES === 0;
  if (!isSize || bytes > MAX_BOARD_BYTES) throw new BuzonError("board-size");
  return bytes;
}

/**
 * The board, always whole.
 *
 * Errors: connection, board-size, or the code of the server's refusal.
 *
 * @param {AbortSignal} signal
 * @param {(bytes: number) => void} [progress] told how many bytes have arrived
 * @returns {Promise<Bytes>}
 */
export async function getBoard(signal, progress) {
  return body(await get("board/cells", signal), MAX_BOARD_BYTES, "board-size", progress);
}

/**
 * @param {string} path
 * @param {AbortSignal} signal
 */
async function get(path, signal) {
  const response = await request(path, { signal });
  if (response.status !== 200) throw await refusal(response);
  return response;
}

/**
 * @param {string} path
 * @param {RequestInit} init
 */
async function request(path, init) {
  try {
    return await fetch(`/${path}`, { ...SILENT, ...init });
  } catch {
    throw new BuzonError(NO_CONNECTION);
  }
}

/**
 * @param {Response} response
 * @param {number} most in bytes
 * @param {string} tooLong the code when there are more
 * @param {(bytes: number) => void} [progress]
 * @returns {Promise<Bytes>}
 */
async function body(response, most, tooLong, progress) {
  const reader = response.body?.getReader();
  const pieces = [];
  for (let bytes = 0; reader !== undefined; ) {
    const { done, value } = await reader.read().catch(() => {
      throw new BuzonError(NO_CONNECTION);
    });
    if (done) break;
    pieces.push(value);
    bytes += value.length;
    if (bytes > most) {
      await reader.cancel().catch(() => undefined);
      throw new BuzonError(tooLong);
    }
    progress?.(bytes);
  }
  return concat(...pieces);
}

/**
 * The refusal that an answer says; `server-error` when it says none.
 *
 * @param {Response} response
 * @returns {Promise<BuzonError>}
 */
async function refusal(response) {
  try {
    const answer = await body(response, MAX_ANSWER_BYTES, "server-error");
    const { code } = JSON.parse(new TextDecoder().decode(answer));
    if (typeof code === "string" && CODE.test(code)) return new BuzonError(code);
  } catch {
    // it is no answer of the intake's
  }
  return new BuzonError("server-error");
}
