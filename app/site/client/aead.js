/** AES-256-GCM with a 12-byte nonce and a 16-byte tag, the browser's own.  NIST SP 800-38D. */
import { BuzonError } from "./errors.js";

/** @typedef {import("./bytes.js").Bytes} Bytes */

/** Bytes that sealing adds. */
export const TAG_BYTES = 16;

/**
 * @param {Bytes} key 32 bytes
 * @param {"encrypt" | "decrypt"} usage
 */
async function imported(key, usage) {
  if (key.length !== 32) throw new BuzonError("aead-key", "an AES-256 key has 32 bytes");
  return crypto.subtle.importKey("raw", key, "AES-GCM", false, [usage]);
}

/**
 * @param {Bytes} nonce 12 bytes
 * @param {Bytes} aad
 */
function parameters(nonce, aad) {
  if (nonce.length !== 12) throw new BuzonError("aead-key", "a nonce has 12 bytes");
  return { name: "AES-GCM", iv: nonce, additionalData: aad, tagLength: 8 * TAG_BYTES };
}

/**
 * @param {Bytes} key 32 bytes
 * @param {Bytes} nonce 12 bytes, never used twice with this key
 * @param {Bytes} plaintext
 * @param {Bytes} aad authenticated, not encrypted; may be empty
 * @returns {Promise<Bytes>} ciphertext, then the tag
 * @throws {BuzonError} `aead-key` for a key or nonce of another length
 */
export async function seal(key, nonce, plaintext, aad) {
  const algorithm = parameters(nonce, aad);
  const aes = await imported(key, "encrypt");
  return new Uint8Array(await crypto.subtle.encrypt(algorithm, aes, plaintext));
}

/**
 * @param {Bytes} key 32 bytes
 * @param {Bytes} nonce 12 bytes
 * @param {Bytes} sealed ciphertext, then the tag
 * @param {Bytes} aad
 * @returns {Promise<Bytes>} the plaintext
 * @throws {BuzonError} `aead-key` for a key or nonce of another length; `aead-open` for
 *   everything else
 */
export async function open(key, nonce, sealed, aad) {
  const algorithm = parameters(nonce, aad);
  const aes = await imported(key, "decrypt");
  try {
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, aes, sealed));
  } catch {
    throw new BuzonError("aead-open");
  }
}
