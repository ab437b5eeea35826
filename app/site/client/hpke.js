/**
 * HPKE base mode (RFC 9180), single shot: X-Wing, HKDF-SHA256, AES-256-GCM, no aad.
 * Mirrors crypto/hpke.py; `sealed` is the encapsulation, 1,120 bytes, then the ciphertext.
 */
import { Aes256Gcm, CipherSuite, HkdfSha256, XWing } from "../vendor/hpke.js";
import { concat } from "./bytes.js";
import { BuzonError } from "./errors.js";

/** @typedef {import("./bytes.js").Bytes} Bytes */

// Sizes: draft-connolly-cfrg-xwing-kem-10, section 5.2.
export const SEED_BYTES = 32;
export const PUBLIC_KEY_BYTES = 1216;
export const ENCAPSULATION_BYTES = 1120;
/** What sealing adds: the encapsulation, and AES-GCM's tag of 16 bytes. */
export const OVERHEAD_BYTES = ENCAPSULATION_BYTES + 16;

const kem = new XWing();
const suite = new CipherSuite({ kem, kdf: new HkdfSha256(), aead: new Aes256Gcm() });

/**
 * The library keeps the buffer that it is given: it gets one of its own.
 *
 * @param {Bytes} bytes
 * @returns {ArrayBuffer}
 */
function copied(bytes) {
  return bytes.slice().buffer;
}

/**
 * @param {Bytes} seed 32 bytes
 */
async function keyPair(seed) {
  if (seed.length !== SEED_BYTES) throw new BuzonError("hpke-key", "a seed has 32 bytes");
  return kem.generateKeyPairDerand(seed.slice());
}

/**
 * @param {Bytes} seed 32 bytes
 * @returns {Promise<Bytes>} 1,216 bytes: ML-KEM-768's key, then X25519's
 * @throws {BuzonError} `hpke-key`
 */
export async function publicKeyFromSeed(seed) {
  const { publicKey } = await keyPair(seed);
  return new Uint8Array(await kem.serializePublicKey(publicKey)).slice();
}

/**
 * Seal to whoever holds the private half of a key.
 *
 * @param {Bytes} publicKey 1,216 bytes
 * @param {Bytes} info
 * @param {Bytes} plaintext
 * @returns {Promise<Bytes>} OVERHEAD_BYTES more than the plaintext
 * @throws {BuzonError} `hpke-key` when the key has another length, coefficients that are
 *   not reduced, or an X25519 half of small order
 */
export async function seal(publicKey, info, plaintext) {
  if (publicKey.length !== PUBLIC_KEY_BYTES) {
    throw new BuzonError("hpke-key", "an X-Wing public key has 1216 bytes");
  }
  try {
    const recipientPublicKey = await kem.deserializePublicKey(copied(publicKey));
    const params = { recipientPublicKey, info: copied(info) };
    const { enc, ct } = await suite.seal(params, copied(plaintext));
    return concat(new Uint8Array(enc), new Uint8Array(ct));
  } catch {
    throw new BuzonError("hpke-key");
  }
}

/**
 * @param {Bytes} seed 32 bytes
 * @param {Bytes} info
 * @param {Bytes} sealed
 * @returns {Promise<Bytes>} the plaintext
 * @throws {BuzonError} `hpke-key` for a seed of another length; `hpke-open` for every
 *   other reason
 */
export async function open(seed, info, sealed) {
  const { privateKey } = await keyPair(seed);
  try {
    const enc = copied(sealed.subarray(0, ENCAPSULATION_BYTES));
    const params = { recipientKey: privateKey, enc, info: copied(info) };
    return new Uint8Array(await suite.open(params, copied(sealed.subarray(ENCAPSULATION_BYTES))));
  } catch {
    throw new BuzonError("hpke-open");
  }
}
