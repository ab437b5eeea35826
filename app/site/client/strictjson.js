/**
 * Strict JSON: one way to read a document, one error for all that is wrong with it.
 *
 * Any module may import this one.  Objects come back without a prototype, so that no
 * key of a document means anything to the language.
 *
 * Where this file and crypto/spec/signed-documents-v1.md section 1 disagree, this file
 * is wrong.
 */
import { fromBase64 } from "./bytes.js";
import { BuzonError } from "./errors.js";
import * as weeks from "./weeks.js";

/**
 * @typedef {null | boolean | number | string | JSONArray | JSONObject} JSONValue
 * @typedef {JSONValue[]} JSONArray
 * @typedef {{ [key: string]: JSONValue }} JSONObject
 */

export const MAX_INTEGER = Number.MAX_SAFE_INTEGER; // 2^53-1
export const MAX_DEPTH = 8;

const LONGEST_INTEGER = String(MAX_INTEGER).length;
const SPACE = /[ \t\n\r]*/y;
const INTEGER = /(?:0|[1-9][0-9]*)(?![0-9.eE])/y;
const LITERAL = /true|false|null/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y; // of a string, as far as it needs no thought
const ESCAPE = /\\(?:(["\\/bfnrt])|u([0-9a-fA-F]{4}))/y;
const LONE_SURROGATE = /\p{Surrogate}/u;
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u2028\u2029]/;
const LOWER_HEX = /^(?:[0-9a-f]{2})*$/;
const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;

/** @type {Record<string, string>} */
const ESCAPES = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
/** @type {Record<string, JSONValue>} */
const LITERALS = { true: true, false: false, null: null };

/**
 * @returns {never}
 */
function malformed() {
  throw new BuzonError("document-malformed");
}

/**
 * Read *document*, at most *maxBytes* long.
 *
 * Errors: document-malformed.  Source: signed-documents-v1.md, section 1.
 *
 * @param {Uint8Array} document
 * @param {number} maxBytes
 * @returns {JSONValue}
 */
export function parse(document, maxBytes) {
  if (document.length > maxBytes) malformed();
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(document);
  } catch {
    return malformed();
  }
  return new Reader(text).whole();
}

/** One pass over a text, by what RFC 8259 allows and this project does not refuse. */
class Reader {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  /** @returns {JSONValue} */
  whole() {
    const value = this.value(MAX_DEPTH);
    if (this.at !== this.text.length) malformed();
    return value;
  }

  /**
   * What *token* finds here, null when nothing; moves past it.
   *
   * @param {RegExp} token sticky
   * @returns {RegExpExecArray | null}
   */
  take(token) {
    token.lastIndex = this.at;
    const found = token.exec(this.text);
    if (found !== null) this.at = token.lastIndex;
    return found;
  }

  /**
   * Whether the next character is *sign*; moves past it and the space around it if so.
   *
   * @param {string} sign
   */
  sign(sign) {
    this.take(SPACE);
    if (this.text[this.at] !== sign) return false;
    this.at += 1;
    this.take(SPACE);
    return true;
  }

  /**
   * @param {number} depth how many more arrays and objects may open
   * @returns {JSONValue}
   */
  value(depth) {
    this.take(SPACE);
    const value = this.bareValue(depth);
    this.take(SPACE);
    return value;
  }

  /**
   * @param {number} depth
   * @returns {JSONValue}
   */
  bareValue(depth) {
    const first = this.text[this.at];
    if (first === '"') return this.string();
    if (first === "{" || first === "[") {
      if (depth === 0) malformed();
      return first === "{" ? this.object(depth - 1) : this.array(depth - 1);
    }
    const literal = this.take(LITERAL);
    if (literal !== null) return LITERALS[literal[0]];
    const digits = this.take(INTEGER);
    if (digits === null || digits[0].length > LONGEST_INTEGER) return malformed();
    const number = Number(digits[0]);
    return number <= MAX_INTEGER ? number : malformed();
  }

  /**
   * @param {number} depth
   * @returns {JSONObject}
   */
  object(depth) {
    /** @type {JSONObject} */
    const object = Object.create(null);
    if (this.sign("{") && this.sign("}")) return object;
    do {
      const key = this.text[this.at] === '"' ? this.string() : malformed();
      if (key in object || !this.sign(":")) malformed();
      object[key] = this.value(depth);
    } while (this.sign(","));
    return this.sign("}") ? object : malformed();
  }

  /**
   * @param {number} depth
   * @returns {JSONArray}
   */
  array(depth) {
    /** @type {JSONArray} */
    const array = [];
    if (this.sign("[") && this.sign("]")) return array;
    do array.push(this.value(depth));
    while (this.sign(","));
    return this.sign("]") ? array : malformed();
  }

  /** @returns {string} */
  string() {
    this.at += 1;
    let string = "";
    for (;;) {
      string += this.take(PLAIN)?.[0] ?? "";
      if (this.text[this.at] === '"') break;
      const escape = this.take(ESCAPE);
      if (escape === null) return malformed();
      const [, short, code] = escape;
      string += short === undefined ? String.fromCharCode(parseInt(code, 16)) : (ESCAPES[short] ?? short);
    }
    this.at += 1;
    return LONE_SURROGATE.test(string) ? malformed() : string;
  }
}

/**
 * Write *value* compactly, keys in the order given.
 *
 * Errors: document-malformed when it could not be read back.
 *
 * @param {JSONValue} value
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function serialise(value) {
  check(value, MAX_DEPTH);
  return new TextEncoder().encode(JSON.stringify(value));
}

/**
 * @param {JSONValue} value
 * @param {number} depth
 */
function check(value, depth) {
  if (typeof value === "string") {
    if (LONE_SURROGATE.test(value)) malformed();
  } else if (typeof value === "number") {
    integer(value, 0);
  } else if (typeof value === "object" && value !== null) {
    if (depth === 0) malformed();
    if (!Array.isArray(value)) for (const key of Object.keys(value)) check(key, 0);
    for (const inner of Object.values(value)) check(inner, depth - 1);
  } else if (typeof value !== "boolean" && value !== null) {
    malformed();
  }
}

// Reading fields.  Each throws document-malformed and nothing else.

/**
 * The values of an object that has exactly *keys*, in the order of *keys*.
 *
 * @param {JSONValue} value
 * @param {string[]} keys
 * @returns {JSONValue[]}
 */
export function members(value, ...keys) {
  const found = object(value, keys.length);
  if (Object.keys(found).length !== keys.length) malformed();
  return keys.map((key) => (Object.hasOwn(found, key) ? found[key] : malformed()));
}

/**
 * An object of at most *most* members.
 *
 * @param {JSONValue} value
 * @param {number} most
 * @returns {JSONObject}
 */
export function object(value, most) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return malformed();
  return Object.keys(value).length <= most ? value : malformed();
}

/**
 * An array of *fewest* to *most* values.
 *
 * @param {JSONValue} value
 * @param {number} fewest
 * @param {number} most
 * @returns {JSONArray}
 */
export function array(value, fewest, most) {
  if (!Array.isArray(value)) return malformed();
  return value.length >= fewest && value.length <= most ? value : malformed();
}

/**
 * An integer from *lowest* to *highest*, both included.
 *
 * @param {JSONValue} value
 * @param {number} lowest
 * @param {number} [highest]
 * @returns {number}
 */
export function integer(value, lowest, highest = MAX_INTEGER) {
  if (typeof value !== "number" || !Number.isSafeInteger(value)) return malformed();
  return value >= lowest && value <= highest ? value : malformed();
}

/**
 * Any string of at most *most* characters (code points).
 *
 * @param {JSONValue} value
 * @param {number} most
 * @returns {string}
 */
export function string(value, most) {
  if (typeof value !== "string" || value.length > 2 * most) return malformed();
  return value.length <= most || [...value].length <= most ? value : malformed();
}

/**
 * Text of 1 to *most* characters (code points) that is safe to show on one line.
 *
 * @param {JSONValue} value
 * @param {number} most
 * @returns {string}
 */
export function text(value, most) {
  const line = string(value, most);
  if (line === "" || UNPRINTABLE.test(line) || line.normalize("NFC") !== line) malformed();
  return line;
}

/**
 * One of the strings *allowed*.
 *
 * @template {string} T
 * @param {JSONValue} value
 * @param {readonly T[]} allowed
 * @returns {T}
 */
export function choice(value, allowed) {
  return allowed.find((one) => one === value) ?? malformed();
}

/**
 * A string of at most *most* characters that *pattern* matches.
 *
 * @param {JSONValue} value
 * @param {RegExp} pattern anchored at both ends
 * @param {number} most
 * @returns {string}
 */
export function matching(value, pattern, most) {
  const found = string(value, most);
  return pattern.test(found) ? found : malformed();
}

/**
 * A real day from 2024-01-01 to 9999-12-31, written YYYY-MM-DD.
 *
 * @param {JSONValue} value
 * @returns {number} as weeks.dayOf counts
 */
export function day(value) {
  const written = matching(value, DAY, 10);
  const date = new Date(`${written}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== written) malformed();
  const found = weeks.dayOf(date);
  return found >= 0 ? found : malformed();
}

/**
 * Exactly *size* bytes as lower-case hexadecimal digits; the digits.
 *
 * @param {JSONValue} value
 * @param {number} size in bytes
 * @returns {string}
 */
export function hexadecimal(value, size) {
  const digits = matching(value, LOWER_HEX, 2 * size);
  return digits.length === 2 * size ? digits : malformed();
}

/**
 * Bytes, exactly *size* of them if given, written as canonical base64 with padding.
 *
 * @param {JSONValue} value
 * @param {number} [size] in bytes
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function base64Bytes(value, size) {
  if (typeof value !== "string") return malformed();
  if (size !== undefined && value.length !== Math.ceil(size / 3) * 4) return malformed();
  let decoded;
  try {
    decoded = fromBase64(value);
  } catch {
    return malformed();
  }
  return size === undefined || decoded.length === size ? decoded : malformed();
}

/**
 * The same *values*, each greater than the one before, so that none is there twice.
 *
 * @param {string[]} values of equal length, such as hexadecimal digits
 * @returns {string[]}
 */
export function ascending(values) {
  return values.every((value, at) => at === 0 || values[at - 1] < value) ? values : malformed();
}

/**
 * The same *values*, none of them there twice.
 *
 * @param {string[]} values
 * @returns {string[]}
 */
export function distinct(values) {
  return new Set(values).size === values.length ? values : malformed();
}
