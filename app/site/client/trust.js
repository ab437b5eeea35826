/**
 * Trust: who the directors are, and how many of them it takes.
 *
 * Compiled into the witness site.  Any module may import this one.
 *
 * Where this file and crypto/spec/trust-v1.md disagree, this file is wrong.
 */
import { hex } from "./bytes.js";
import * as dsse from "./dsse.js";
import { BuzonError } from "./errors.js";
import * as strictjson from "./strictjson.js";

export const PAYLOAD_TYPE = "buzon/trust/v1";
export const MAX_PAYLOAD_BYTES = 16 * 1024;
const MAX_DIRECTORS = 16;
const MAX_RECIPIENTS = 16;

/**
 * @typedef {object} Trust
 * @property {string} hash of the document, hex
 * @property {string} organisation
 * @property {number} serial
 * @property {string} previous hash of the trust before, hex
 * @property {dsse.Bytes[]} directors Ed25519 keys, ascending
 * @property {number} quorum signatures that a roster needs
 * @property {number} freshnessThreshold signatures that freshness needs
 * @property {number} minimumRecipients fewest lawyers a witness may seal to
 */

/**
 * Read *payload*, whose signatures are the caller's concern: the site is built from a
 * trust that was verified.
 *
 * Errors: document-malformed.
 *
 * @param {dsse.Bytes} payload
 * @returns {Promise<Trust>}
 */
export async function fromPayload(payload) {
  const [organisation, serial, previous, directors, quorum, freshness, minimum] = strictjson.members(
    strictjson.parse(payload, MAX_PAYLOAD_BYTES),
    "organisation",
    "serial",
    "previous",
    "directors",
    "quorum",
    "freshness_threshold",
    "minimum_recipients",
  );
  const keys = strictjson
    .array(directors, 2, MAX_DIRECTORS)
    .map((key) => strictjson.base64Bytes(key, dsse.KEY_BYTES));
  strictjson.ascending(keys.map(hex));
  const needed = strictjson.integer(quorum, 2, keys.length);
  const trust = {
    hash: await dsse.payloadHash(payload),
    organisation: strictjson.text(organisation, 80),
    serial: strictjson.integer(serial, 1),
    previous: strictjson.hexadecimal(previous, dsse.HASH_BYTES),
    directors: keys,
    quorum: needed,
    freshnessThreshold: strictjson.integer(freshness, 1, needed),
    minimumRecipients: strictjson.integer(minimum, 1, MAX_RECIPIENTS),
  };
  if (trust.serial === 1 && trust.previous !== dsse.NO_HASH) throw new BuzonError("document-malformed");
  return trust;
}

/**
 * The trust that a quorum of its own directors signed.
 *
 * Errors, in order: document-malformed, document-type, document-malformed (payload),
 * document-signatures.
 *
 * @param {Uint8Array} envelope
 * @returns {Promise<Trust>}
 */
export async function open(envelope) {
  const parsed = parseEnvelope(envelope);
  const trust = await fromPayload(parsed.payload);
  await dsse.checkSignatures(parsed, trust.directors, trust.quorum);
  return trust;
}

/**
 * The trust in *envelope*, if it follows the one *held* and both quorums signed it.
 *
 * Errors, in order: document-malformed, document-type, document-malformed (payload),
 * trust-chain, document-signatures.
 *
 * @param {Trust} held
 * @param {Uint8Array} envelope
 * @returns {Promise<Trust>}
 */
export async function acceptChange(held, envelope) {
  const parsed = parseEnvelope(envelope);
  const trust = await fromPayload(parsed.payload);
  if (trust.serial !== held.serial + 1 || trust.previous !== held.hash) {
    throw new BuzonError("trust-chain");
  }
  await dsse.checkSignatures(parsed, held.directors, held.quorum);
  await dsse.checkSignatures(parsed, trust.directors, trust.quorum);
  return trust;
}

/**
 * @param {Uint8Array} envelope
 * @returns {dsse.Envelope}
 */
function parseEnvelope(envelope) {
  const parsed = dsse.parseEnvelope(envelope, dsse.maxEnvelopeBytes(MAX_PAYLOAD_BYTES));
  dsse.checkType(parsed, PAYLOAD_TYPE);
  return parsed;
}
