/**
 * The mark: a small coloured figure by which a person recognises her phrase.
 *
 * It is no secret that protects anything, and it finds no phrase.
 *
 * Where this file and crypto/spec/phrase-v1.md section 4 disagree, this file is wrong.
 */
import { derive } from "./phrase.js";

const SIDE = 5; // cells in a row and in a column
const COLUMNS = [0, 1, 2, 1, 0]; // which of a row's three bits each of its five cells shows

/** The names in the words files, in the order of the specification. */
export const COLOURS = /** @type {const} */ ([
  "black",
  "red",
  "orange",
  "green",
  "blue",
  "purple",
  "brown",
  "grey",
]);

/**
 * @typedef {object} Mark
 * @property {boolean[][]} rows five of five cells, true where coloured
 * @property {typeof COLOURS[number]} colour
 */

/**
 * The mark of a phrase.
 *
 * @param {import("./bytes.js").Bytes} phrase 16 bytes
 * @returns {Promise<Mark>}
 */
export async function markOf(phrase) {
  return markFromBits(await derive(phrase, "buzon/mark/v1", 3));
}

/**
 * The mark that 3 bytes of key material draw.
 *
 * @param {Uint8Array} bits
 * @returns {Mark}
 */
export function markFromBits(bits) {
  const number = (bits[0] << 16) | (bits[1] << 8) | bits[2];
  const rows = Array.from({ length: SIDE }, (_, row) =>
    COLUMNS.map((column) => ((number >> (23 - 3 * row - column)) & 1) === 1),
  );
  return { rows, colour: COLOURS[(number >> 6) & 7] };
}
