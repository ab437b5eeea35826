/** SHA-256 and HMAC-SHA256, the browser's own.  FIPS 180-4, RFC 2104. */

/** @typedef {import("./bytes.js").Bytes} Bytes */

/**
 * @param {Bytes} message
 * @returns {Promise<Bytes>} 32 bytes
 */
export async function sha256(message) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", message));
}

/**
 * A key to make many authentication codes with: importing it costs more than using it.
 *
 * @param {Bytes} key not empty
 * @returns {Promise<CryptoKey>}
 */
export async function hmacKey(key) {
  return crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
}

/**
 * @param {CryptoKey} key from `hmacKey`
 * @param {Bytes} message
 * @returns {Promise<Bytes>} 32 bytes
 */
export async function hmacSha256(key, message) {
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, message));
}
