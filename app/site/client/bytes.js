/**
 * Bytes and their written forms.  Every decoder accepts exactly one spelling of each
 * value: what it accepts, the encoder of the same name writes again.
 */
import { BuzonError } from "./errors.js";

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

const HEX = "0123456789abcdef";
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * @param {...Uint8Array} parts
 * @returns {Bytes}
 */
export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/**
 * Whether two byte strings are equal; the time tells their lengths and nothing else.
 *
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 */
export function equal(one, other) {
  if (one.length !== other.length) return false;
  let difference = 0;
  for (let i = 0; i < one.length; i += 1) difference |= one[i] ^ other[i];
  return difference === 0;
}

/**
 * @param {string} text
 * @returns {Bytes}
 * @throws {BuzonError} `encoding` for a lone surrogate
 */
export function utf8(text) {
  const bytes = encoder.encode(text);
  if (decoder.decode(bytes) !== text) throw new BuzonError("encoding", "lone surrogate");
  return bytes;
}

/**
 * @param {Uint8Array} bytes
 * @returns {string} a byte order mark, if any, is kept
 * @throws {BuzonError} `encoding` when the bytes are not UTF-8
 */
export function fromUtf8(bytes) {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new BuzonError("encoding", "not UTF-8");
  }
}

/**
 * @param {Uint8Array} bytes
 * @returns {string} lower case
 */
export function hex(bytes) {
  let text = "";
  for (const byte of bytes) text += HEX[byte >> 4] + HEX[byte & 15];
  return text;
}

/**
 * @param {string} text lower case, an even number of digits
 * @returns {Bytes}
 * @throws {BuzonError} `encoding`
 */
export function fromHex(text) {
  const bytes = new Uint8Array(text.length >> 1);
  for (let i = 0; i < bytes.length; i += 1) {
    bytes[i] = (HEX.indexOf(text[2 * i]) << 4) | HEX.indexOf(text[2 * i + 1]);
  }
  if (hex(bytes) !== text) throw new BuzonError("encoding", "not hexadecimal");
  return bytes;
}

/**
 * @param {Uint8Array} bytes
 * @returns {string} RFC 4648 section 4, with padding
 */
export function base64(bytes) {
  let binary = "";
  for (let i = 0; i < bytes.length; i += 4096) {
    binary += String.fromCharCode(...bytes.subarray(i, i + 4096));
  }
  return btoa(binary);
}

/**
 * @param {string} text RFC 4648 section 4, with padding, nothing else
 * @returns {Bytes}
 * @throws {BuzonError} `encoding` when the text is not what `base64` writes
 */
export function fromBase64(text) {
  let binary;
  try {
    binary = atob(text);
  } catch {
    throw new BuzonError("encoding", "not base64");
  }
  if (btoa(binary) !== text) throw new BuzonError("encoding", "not canonical base64");
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/**
 * @param {number} value
 * @param {number} size in bytes
 * @returns {Bytes}
 */
function bigEndian(value, size) {
  if (!Number.isInteger(value) || value < 0 || value >= 256 ** size) {
    throw new BuzonError("encoding", "integer out of range");
  }
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  if (size === 2) view.setUint16(0, value);
  else view.setUint32(0, value);
  return bytes;
}

/**
 * @param {number} value 0 to 65,535
 * @returns {Bytes} 2 bytes, big-endian
 * @throws {BuzonError} `encoding`
 */
export function u16(value) {
  return bigEndian(value, 2);
}

/**
 * @param {number} value 0 to 4,294,967,295
 * @returns {Bytes} 4 bytes, big-endian
 * @throws {BuzonError} `encoding`
 */
export function u32(value) {
  return bigEndian(value, 4);
}

/**
 * @param {Uint8Array} bytes
 * @param {number} offset
 * @param {number} size 2 or 4
 */
function readBigEndian(bytes, offset, size) {
  if (!Number.isInteger(offset) || offset < 0 || offset + size > bytes.length) {
    throw new BuzonError("encoding", "integer outside of the bytes");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return size === 2 ? view.getUint16(offset) : view.getUint32(offset);
}

/**
 * @param {Uint8Array} bytes
 * @param {number} offset
 * @returns {number}
 * @throws {BuzonError} `encoding` past the end
 */
export function readU16(bytes, offset) {
  return readBigEndian(bytes, offset, 2);
}

/**
 * @param {Uint8Array} bytes
 * @param {number} offset
 * @returns {number}
 * @throws {BuzonError} `encoding` past the end
 */
export function readU32(bytes, offset) {
  return readBigEndian(bytes, offset, 4);
}
