/**
 * Ed25519, strict.  Mirrors crypto/signing.py; where either disagrees with
 * crypto/spec/signed-documents-v1.md, section 5, it is wrong.
 *
 * The arithmetic is not constant in time: it signs with the witness's thread key only,
 * on her own machine.
 */
import { getPublicKeyAsync, Point, signAsync, verifyAsync } from "../vendor/ed25519.js";
import { BuzonError } from "./errors.js";

/** @typedef {import("./bytes.js").Bytes} Bytes */

/** @param {Bytes} encoded 32 bytes */
function hasPrimeOrder(encoded) {
  try {
    const point = Point.fromBytes(encoded, false);
    return !point.is0() && point.isTorsionFree();
  } catch {
    return false;
  }
}

/** @param {Bytes} seed */
function checkSeed(seed) {
  if (seed.length !== 32) throw new BuzonError("signature-key", "a seed has 32 bytes");
}

/**
 * @param {Bytes} seed 32 bytes
 * @returns {Promise<Bytes>} 32 bytes
 * @throws {BuzonError} `signature-key`
 */
export async function publicKeyFromSeed(seed) {
  checkSeed(seed);
  return getPublicKeyAsync(seed);
}

/**
 * @param {Bytes} seed 32 bytes
 * @param {Bytes} message
 * @returns {Promise<Bytes>} 64 bytes
 * @throws {BuzonError} `signature-key`
 */
export async function sign(seed, message) {
  checkSeed(seed);
  return signAsync(message, seed);
}

/**
 * Return when the signature is good; refuse otherwise.
 *
 * @param {Bytes} publicKey 32 bytes
 * @param {Bytes} message
 * @param {Bytes} signature 64 bytes
 * @returns {Promise<void>}
 * @throws {BuzonError} `signature-key`, then `signature`
 */
export async function verify(publicKey, message, signature) {
  if (publicKey.length !== 32 || !hasPrimeOrder(publicKey)) throw new BuzonError("signature-key");
  if (signature.length !== 64) throw new BuzonError("signature");
  // The library checks the equation times the cofactor; with both points of prime order
  // this is the equation itself, so every verifier answers alike.
  const holds = await verifyAsync(signature, message, publicKey, { zip215: false });
  if (!holds || !hasPrimeOrder(signature.slice(0, 32))) throw new BuzonError("signature");
}
