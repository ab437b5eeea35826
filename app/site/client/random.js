/** Randomness from the browser's generator, and what is drawn from it. */
import { readU32 } from "./bytes.js";

/**
 * @typedef {import("./bytes.js").Bytes} Bytes
 * @typedef {(length: number) => Bytes} Random a source of uniform bytes
 */

/** Most that one call of getRandomValues gives.  Source: W3C Web Cryptography API, 10.1.1. */
const QUOTA = 65_536;

/** @type {Random} */
export function randomBytes(length) {
  const bytes = new Uint8Array(length);
  for (let offset = 0; offset < length; offset += QUOTA) {
    crypto.getRandomValues(bytes.subarray(offset, offset + QUOTA));
  }
  return bytes;
}

/**
 * A uniform integer: draws again rather than favour small numbers.
 *
 * @param {number} bound 1 to 2^32
 * @param {Random} random
 * @returns {number} 0 to bound - 1
 */
export function randomBelow(bound, random) {
  const limit = 2 ** 32 - (2 ** 32 % bound);
  for (;;) {
    const drawn = readU32(random(4), 0);
    if (drawn < limit) return drawn % bound;
  }
}

/**
 * A uniformly shuffled copy (Fisher and Yates).
 *
 * @template T
 * @param {readonly T[]} items
 * @param {Random} random
 * @returns {T[]}
 */
export function shuffled(items, random) {
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i -= 1) {
    const j = randomBelow(i + 1, random);
    [copy[i], copy[j]] = [copy[j], copy[i]];
  }
  return copy;
}
