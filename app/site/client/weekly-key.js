/**
 * Weekly key: the X-Wing public key to which one lawyer's slots of one week are sealed.
 *
 * Any module may import this one.
 *
 * Where this file and crypto/spec/roster-v1.md section 3 disagree, this file is wrong.
 */
import * as dsse from "./dsse.js";
import { PUBLIC_KEY_BYTES } from "./hpke.js";
import { LAWYER_ID_BYTES } from "./roster.js";
import * as strictjson from "./strictjson.js";
import { LAST_WEEK } from "./weeks.js";

export const PAYLOAD_TYPE = "buzon/weekly-key/v1";
export const MAX_PAYLOAD_BYTES = 4 * 1024;

/**
 * @typedef {object} WeeklyKey
 * @property {string} hash of the document, hex
 * @property {string} lawyer id, hex
 * @property {number} week
 * @property {dsse.Bytes} key X-Wing public key
 */

/**
 * Read *payload*, whose signature is the caller's concern.
 *
 * Errors: document-malformed.
 *
 * @param {dsse.Bytes} payload
 * @returns {Promise<WeeklyKey>}
 */
export async function fromPayload(payload) {
  const [lawyer, week, key] = strictjson.members(
    strictjson.parse(payload, MAX_PAYLOAD_BYTES),
    "lawyer",
    "week",
    "key",
  );
  return {
    hash: await dsse.payloadHash(payload),
    lawyer: strictjson.hexadecimal(lawyer, LAWYER_ID_BYTES),
    week: strictjson.integer(week, 0, LAST_WEEK),
    key: strictjson.base64Bytes(key, PUBLIC_KEY_BYTES),
  };
}

/**
 * The weekly key that the lawyer with this Ed25519 key signed.
 *
 * Whether `lawyer` is the id of *identity* is the caller's concern.
 * Errors, in order: document-type, document-signatures, document-malformed.
 *
 * @param {dsse.Envelope} envelope
 * @param {dsse.Bytes} identity
 * @returns {Promise<WeeklyKey>}
 */
export async function open(envelope, identity) {
  dsse.checkType(envelope, PAYLOAD_TYPE);
  await dsse.checkSignatures(envelope, [identity], 1);
  return fromPayload(envelope.payload);
}
