/** Sealed file: the cells of one testimony in one file.  Source: crypto/spec/sealed-file-v1.md. */
import { concat, readU32, u32, utf8 } from "../../../app/site/client/bytes.js";
import { MESSAGE_CELL_BYTES, SUITE, parseMessageCell } from "../../../app/site/client/cell.js";
import { BuzonError } from "../../../app/site/client/errors.js";
import { PART_CELL_BYTES, parsePartCell } from "../../../app/site/client/part.js";

/** @typedef {import("../../../app/site/client/bytes.js").Bytes} Bytes */

export const HEADER_BYTES = 16;
const MAX_MESSAGES = 4_096;
const MAX_PARTS = 8_192;
const BEGINNING = concat(utf8("BZNS"), new Uint8Array([SUITE, 0, 0, 0]));

/**
 * How many cells of each size a file holds whose first bytes are *header*.
 *
 * Errors: sealed-file.
 *
 * @param {Bytes} header
 * @param {number} fileBytes
 */
export function parseHeader(header, fileBytes) {
  if (header.length !== HEADER_BYTES || !BEGINNING.every((byte, at) => header[at] === byte)) {
    throw new BuzonError("sealed-file");
  }
  const [messages, parts] = [readU32(header, 8), readU32(header, 12)];
  const size = HEADER_BYTES + messages * MESSAGE_CELL_BYTES + parts * PART_CELL_BYTES;
  if (messages < 1 || messages > MAX_MESSAGES || parts > MAX_PARTS || size !== fileBytes) {
    throw new BuzonError("sealed-file");
  }
  return { messages, parts };
}

/**
 * Each cell of a sealed file with the code by which it is refused, null when it is not.
 *
 * Errors: sealed-file.
 *
 * @param {Blob} file
 */
export async function* readSealedFile(file) {
  const header = new Uint8Array(await file.slice(0, HEADER_BYTES).arrayBuffer());
  const { messages, parts } = parseHeader(header, file.size);
  let start = HEADER_BYTES;
  for (let at = 0; at < messages + parts; at += 1) {
    const [size, parse] =
      at < messages
        ? /** @type {const} */ ([MESSAGE_CELL_BYTES, parseMessageCell])
        : /** @type {const} */ ([PART_CELL_BYTES, parsePartCell]);
    const cell = new Uint8Array(await file.slice(start, start + size).arrayBuffer());
    start += size;
    yield { cell, refusal: refusalOf(() => parse(cell)) };
  }
}

/**
 * @param {() => unknown} act
 * @returns {string | null}
 */
function refusalOf(act) {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof BuzonError) return error.code;
    throw error;
  }
}

/**
 * Write a sealed file.
 *
 * Errors: sealed-file when there are too many cells or no message.
 *
 * @param {Bytes[]} messages
 * @param {Bytes[]} parts
 */
export function sealedFile(messages, parts) {
  if (messages.length < 1 || messages.length > MAX_MESSAGES || parts.length > MAX_PARTS) {
    throw new BuzonError("sealed-file");
  }
  return new Blob([BEGINNING, u32(messages.length), u32(parts.length), ...messages, ...parts]);
}
