/** The few assertions that modules of tests need, the same in Node and in a page. */

/** @param {unknown} value */
function shown(value) {
  const text = value instanceof Uint8Array ? Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("") : JSON.stringify(value);
  return text === undefined || text.length <= 200 ? String(text) : `${text.slice(0, 200)}...`;
}

/**
 * Bytes are compared as bytes, everything else as JSON.
 *
 * @param {unknown} actual
 * @param {unknown} expected
 * @param {string} [what]
 */
export function same(actual, expected, what = "value") {
  const bytes = actual instanceof Uint8Array && expected instanceof Uint8Array;
  const equal = bytes
    ? actual.length === expected.length && actual.every((byte, i) => byte === expected[i])
    : JSON.stringify(actual) === JSON.stringify(expected);
  if (!equal) throw new Error(`${what}: ${shown(actual)}, expected ${shown(expected)}`);
}

/**
 * @param {unknown} condition
 * @param {string} what
 */
export function holds(condition, what) {
  if (!condition) throw new Error(what);
}

/**
 * The code with which something is refused; "accept" when it is not.  An error that is
 * not ours is thrown on: a foreign exception that escapes is a bug.
 *
 * @param {() => unknown} act may be asynchronous
 * @returns {Promise<string>}
 */
export async function outcomeOf(act) {
  try {
    await act();
  } catch (error) {
    const { name, code } = /** @type {{ name?: string, code?: string }} */ (error);
    if (name !== "BuzonError" || typeof code !== "string") throw error;
    return code;
  }
  return "accept";
}

/**
 * Numbers that look random and are the same in every run (mulberry32).
 *
 * @param {number} seed
 * @returns {(bound: number) => number} 0 to bound - 1
 */
export function repeatable(seed) {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}
