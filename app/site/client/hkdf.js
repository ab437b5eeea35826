/** HKDF-SHA256, the browser's own.  RFC 5869. */

/** @typedef {import("./bytes.js").Bytes} Bytes */

/**
 * @param {Bytes} ikm
 * @param {Bytes} salt may be empty
 * @param {Bytes} info may be empty
 * @param {number} length in bytes, 1 to 8,160
 * @returns {Promise<Bytes>}
 */
export async function hkdf(ikm, salt, info, length) {
  const key = await crypto.subtle.importKey("raw", ikm, "HKDF", false, ["deriveBits"]);
  const algorithm = { name: "HKDF", hash: "SHA-256", salt, info };
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, 8 * length));
}
