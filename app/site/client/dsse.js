/**
 * Envelopes: a payload, its type, and signatures over exactly those bytes (DSSE).
 *
 * The modules of documents import this one.
 *
 * Where this file and crypto/spec/signed-documents-v1.md disagree, this file is wrong.
 */
import { concat, hex, utf8 } from "./bytes.js";
import * as ed25519 from "./ed25519.js";
import { BuzonError } from "./errors.js";
import { sha256 } from "./sha256.js";
import * as strictjson from "./strictjson.js";

export const SIGNATURE_BYTES = 64;
export const MAX_SIGNATURES = 32;
export const MAX_KEYID_CHARACTERS = 64;
export const HASH_BYTES = 32;
export const KEY_BYTES = 32; // an Ed25519 public key
export const NO_HASH = "0".repeat(2 * HASH_BYTES); // stands for the document before the first

/** @typedef {import("./bytes.js").Bytes} Bytes */

/**
 * A payload with its signatures, none of which is verified yet.
 *
 * @typedef {object} Envelope
 * @property {string} payloadType
 * @property {Bytes} payload
 * @property {Bytes[]} signatures 64 bytes each; the key ids beside them are believed by nobody
 */

/**
 * How long the envelope of a payload of at most *maxPayloadBytes* may be.
 *
 * @param {number} maxPayloadBytes
 */
export function maxEnvelopeBytes(maxPayloadBytes) {
  return 2 * maxPayloadBytes + 8 * 1024;
}

/**
 * Read an envelope that is a file or body of its own.
 *
 * Errors: document-malformed.  Source: signed-documents-v1.md, section 2.
 *
 * @param {Uint8Array} envelope
 * @param {number} maxBytes
 * @returns {Envelope}
 */
export function parseEnvelope(envelope, maxBytes) {
  return envelopeOf(strictjson.parse(envelope, maxBytes));
}

/**
 * Read an envelope that stands inside another document.
 *
 * Errors: document-malformed.
 *
 * @param {strictjson.JSONValue} value
 * @returns {Envelope}
 */
export function envelopeOf(value) {
  const [type, payload, signatures] = strictjson.members(value, "payloadType", "payload", "signatures");
  return {
    payloadType: strictjson.string(type, strictjson.MAX_INTEGER),
    payload: strictjson.base64Bytes(payload),
    signatures: strictjson.array(signatures, 1, MAX_SIGNATURES).map((one) => {
      const [keyid, signature] = strictjson.members(one, "keyid", "sig");
      strictjson.string(keyid, MAX_KEYID_CHARACTERS);
      return strictjson.base64Bytes(signature, SIGNATURE_BYTES);
    }),
  };
}

/**
 * What a signature is over: the type and the payload, each with its length.
 *
 * @param {string} payloadType
 * @param {Uint8Array} payload
 * @returns {Bytes}
 */
export function pae(payloadType, payload) {
  const type = utf8(payloadType);
  return concat(utf8(`DSSEv1 ${type.length} ${payloadType} ${payload.length} `), payload);
}

/**
 * SHA-256 of the payload, in hex: the document's name everywhere.
 *
 * Never of the envelope, which can be written in many ways.
 *
 * @param {Bytes} payload
 * @returns {Promise<string>}
 */
export async function payloadHash(payload) {
  return hex(await sha256(payload));
}

/**
 * Errors: document-type unless the type is exactly *payloadType*.
 *
 * @param {Envelope} envelope
 * @param {string} payloadType
 */
export function checkType(envelope, payloadType) {
  if (envelope.payloadType !== payloadType) throw new BuzonError("document-type");
}

/**
 * Count the distinct *keys* that signed *envelope*.
 *
 * Errors: *code* when they are fewer than *threshold*.
 * Source: signed-documents-v1.md, section 3.
 *
 * @param {Envelope} envelope
 * @param {Bytes[]} keys Ed25519 public keys, 32 bytes each
 * @param {number} threshold at least 1
 * @param {string} [code]
 * @returns {Promise<void>}
 */
export async function checkSignatures(envelope, keys, threshold, code = "document-signatures") {
  if (!(threshold >= 1)) throw new RangeError("a threshold below one would accept anything");
  const message = pae(envelope.payloadType, envelope.payload);
  /** @type {Map<string, Bytes>} */
  const distinct = new Map(keys.map((key) => [hex(key), key]));
  let missing = threshold;
  for (const key of distinct.values()) {
    if (await signedBy(key, message, envelope.signatures)) missing -= 1;
    if (missing === 0) return;
  }
  throw new BuzonError(code);
}

/**
 * @param {Bytes} key
 * @param {Bytes} message
 * @param {Bytes[]} signatures
 * @returns {Promise<boolean>}
 */
async function signedBy(key, message, signatures) {
  for (const signature of signatures) {
    try {
      await ed25519.verify(key, message, signature);
      return true;
    } catch (error) {
      if (!(error instanceof BuzonError)) throw error;
    }
  }
  return false;
}
