/**
 * Freshness: the directors' statement that a roster holds, and with which weekly keys.
 *
 * Any module may import this one.
 *
 * Where this file and crypto/spec/roster-v1.md section 5 disagree, this file is wrong.
 */
import * as dsse from "./dsse.js";
import { BuzonError } from "./errors.js";
import { LAWYER_ID_BYTES, MAX_ACTIVE } from "./roster.js";
import * as strictjson from "./strictjson.js";
import { LAST_WEEK } from "./weeks.js";

export const PAYLOAD_TYPE = "buzon/freshness/v1";
export const MAX_PAYLOAD_BYTES = 64 * 1024;
const MAX_WEEKS = 6;

/**
 * @typedef {object} ListedKey
 * @property {string} lawyer id, hex
 * @property {string} hash of the weekly key's document, hex
 *
 * @typedef {object} FreshWeek
 * @property {number} week
 * @property {ListedKey[]} keys ascending by lawyer
 *
 * @typedef {object} Freshness
 * @property {string} hash of the document, hex
 * @property {string} roster hash, hex
 * @property {number} issued day, as weeks.dayOf counts
 * @property {FreshWeek[]} weeks consecutive
 */

/**
 * Read *payload*, whose signatures are the caller's concern.
 *
 * Errors: document-malformed.
 *
 * @param {dsse.Bytes} payload
 * @returns {Promise<Freshness>}
 */
export async function fromPayload(payload) {
  const [roster, issued, weeks] = strictjson.members(
    strictjson.parse(payload, MAX_PAYLOAD_BYTES),
    "roster",
    "issued",
    "weeks",
  );
  const freshness = {
    hash: await dsse.payloadHash(payload),
    roster: strictjson.hexadecimal(roster, dsse.HASH_BYTES),
    issued: strictjson.day(issued),
    weeks: strictjson.array(weeks, 1, MAX_WEEKS).map(weekOf),
  };
  const first = freshness.weeks[0].week;
  if (freshness.weeks.some(({ week }, at) => week !== first + at)) {
    throw new BuzonError("document-malformed");
  }
  return freshness;
}

/**
 * @param {strictjson.JSONValue} value
 * @returns {FreshWeek}
 */
function weekOf(value) {
  const [week, pairs] = strictjson.members(value, "week", "keys");
  const keys = strictjson.array(pairs, 1, MAX_ACTIVE).map((pair) => {
    const [lawyer, hash] = strictjson.array(pair, 2, 2);
    return {
      lawyer: strictjson.hexadecimal(lawyer, LAWYER_ID_BYTES),
      hash: strictjson.hexadecimal(hash, dsse.HASH_BYTES),
    };
  });
  strictjson.ascending(keys.map(({ lawyer }) => lawyer));
  strictjson.distinct(keys.map(({ hash }) => hash));
  return { week: strictjson.integer(week, 0, LAST_WEEK), keys };
}

/**
 * The freshness that enough directors signed.  Its weeks may be over.
 *
 * Errors, in order: document-type, *code*, document-malformed.
 * Source: roster-v1.md, section 5.
 *
 * @param {dsse.Envelope} envelope
 * @param {import("./trust.js").Trust} trust
 * @param {string} [code] of too few signatures
 * @returns {Promise<Freshness>}
 */
export async function open(envelope, trust, code) {
  dsse.checkType(envelope, PAYLOAD_TYPE);
  await dsse.checkSignatures(envelope, trust.directors, trust.freshnessThreshold, code);
  return fromPayload(envelope.payload);
}
