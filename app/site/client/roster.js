/**
 * Roster: the signed list of vetted lawyers, and the policy that goes with it.
 *
 * Any module may import this one.
 *
 * Where this file and crypto/spec/roster-v1.md section 2 disagree, this file is wrong.
 */
import { hex } from "./bytes.js";
import * as dsse from "./dsse.js";
import { BuzonError } from "./errors.js";
import { sha256 } from "./sha256.js";
import * as strictjson from "./strictjson.js";

export const PAYLOAD_TYPE = "buzon/roster/v1";
export const MAX_PAYLOAD_BYTES = 64 * 1024;
export const LAWYER_ID_BYTES = 8;
export const MAX_LAWYERS = 64;
export const MAX_ACTIVE = 16; // slots of a message cell

const MAX_VALIDITY_DAYS = 91;
const STATUSES = /** @type {const} */ (["active", "retired", "revoked"]);
const ORIGIN = /^https?:\/\/[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::([1-9][0-9]{0,4}))?$/;
const LANGUAGE = /^[a-z]{2,3}$/;

/**
 * @typedef {object} Lawyer
 * @property {string} id hex
 * @property {string} pseudonym
 * @property {string} team
 * @property {string[]} languages
 * @property {dsse.Bytes} identity Ed25519 public key
 * @property {"active" | "retired" | "revoked"} status
 *
 * @typedef {object} Policy
 * @property {number} receipts fewest receipts before deletion
 * @property {number} weeks fewest weeks before deletion without all receipts
 * @property {number} batchSize reply cells in a batch
 *
 * @typedef {object} Roster
 * @property {string} hash of the document, hex
 * @property {string} trust hash of the trust, hex
 * @property {number} serial
 * @property {string} previous hash of the roster before, hex
 * @property {string[]} origins
 * @property {number} issued day, as weeks.dayOf counts
 * @property {number} expires the last day on which it is valid
 * @property {Lawyer[]} lawyers ascending by id
 * @property {Policy} policy
 */

/**
 * The id of the lawyer with this Ed25519 public key.  Source: roster-v1.md, section 1.
 *
 * @param {dsse.Bytes} identity
 * @returns {Promise<string>} hex
 */
export async function lawyerId(identity) {
  return hex((await sha256(identity)).subarray(0, LAWYER_ID_BYTES));
}

/**
 * Read *payload*, whose signatures are the caller's concern.
 *
 * Errors: document-malformed.
 *
 * @param {dsse.Bytes} payload
 * @returns {Promise<Roster>}
 */
export async function fromPayload(payload) {
  const [trust, serial, previous, origins, issued, expires, lawyers, policy] = strictjson.members(
    strictjson.parse(payload, MAX_PAYLOAD_BYTES),
    "trust",
    "serial",
    "previous",
    "origins",
    "issued",
    "expires",
    "lawyers",
    "policy",
  );
  const roster = {
    hash: await dsse.payloadHash(payload),
    trust: strictjson.hexadecimal(trust, dsse.HASH_BYTES),
    serial: strictjson.integer(serial, 1),
    previous: strictjson.hexadecimal(previous, dsse.HASH_BYTES),
    origins: strictjson.distinct(strictjson.array(origins, 1, 8).map(originOf)),
    issued: strictjson.day(issued),
    expires: strictjson.day(expires),
    lawyers: await Promise.all(strictjson.array(lawyers, 1, MAX_LAWYERS).map(lawyerOf)),
    policy: policyOf(policy),
  };
  strictjson.ascending(roster.lawyers.map(({ id }) => id));
  strictjson.distinct(roster.lawyers.map(({ pseudonym }) => pseudonym));
  const days = roster.expires - roster.issued;
  const active = roster.lawyers.filter(({ status }) => status === "active").length;
  if (
    (roster.serial === 1 && roster.previous !== dsse.NO_HASH) ||
    days < 1 ||
    days > MAX_VALIDITY_DAYS ||
    active < 1 ||
    active > MAX_ACTIVE
  ) {
    throw new BuzonError("document-malformed");
  }
  return roster;
}

/**
 * @param {strictjson.JSONValue} value
 * @returns {Promise<Lawyer>}
 */
async function lawyerOf(value) {
  const [id, pseudonym, team, languages, identity, status] = strictjson.members(
    value,
    "id",
    "pseudonym",
    "team",
    "languages",
    "identity",
    "status",
  );
  const lawyer = {
    id: strictjson.hexadecimal(id, LAWYER_ID_BYTES),
    pseudonym: nameOf(pseudonym),
    team: nameOf(team),
    languages: languagesOf(languages),
    identity: strictjson.base64Bytes(identity, dsse.KEY_BYTES),
    status: strictjson.choice(status, STATUSES),
  };
  if (lawyer.id !== (await lawyerId(lawyer.identity))) throw new BuzonError("document-malformed");
  return lawyer;
}

/**
 * Read a pseudonym or the name of a team.
 *
 * @param {strictjson.JSONValue} value
 */
export function nameOf(value) {
  return strictjson.text(value, 40);
}

/**
 * Read a list of languages, as rosters and cards have it.
 *
 * @param {strictjson.JSONValue} value
 */
export function languagesOf(value) {
  const languages = strictjson.array(value, 1, 16);
  return strictjson.distinct(languages.map((one) => strictjson.matching(one, LANGUAGE, 3)));
}

/**
 * Read the address of a site: scheme, host and perhaps port, nothing after.
 *
 * @param {strictjson.JSONValue} value
 */
export function originOf(value) {
  const origin = strictjson.matching(value, ORIGIN, 120);
  if (Number(ORIGIN.exec(origin)?.[1] ?? 0) > 0xffff) throw new BuzonError("document-malformed");
  return origin;
}

/**
 * @param {strictjson.JSONValue} value
 * @returns {Policy}
 */
function policyOf(value) {
  const [receipts, weeks, batchSize] = strictjson.members(value, "receipts", "weeks", "batch_size");
  return {
    receipts: strictjson.integer(receipts, 2, 16),
    weeks: strictjson.integer(weeks, 1, 52),
    batchSize: strictjson.integer(batchSize, 1, 64),
  };
}

/**
 * The roster that a quorum of the directors signed.  It may have expired.
 *
 * Errors, in order: document-type, *code*, document-malformed, roster-trust.
 * Source: roster-v1.md, section 2; directory-v1.md, step 2.
 *
 * @param {dsse.Envelope} envelope
 * @param {import("./trust.js").Trust} trust
 * @param {string} [code] of too few signatures
 * @returns {Promise<Roster>}
 */
export async function open(envelope, trust, code) {
  dsse.checkType(envelope, PAYLOAD_TYPE);
  await dsse.checkSignatures(envelope, trust.directors, trust.quorum, code);
  const roster = await fromPayload(envelope.payload);
  if (roster.trust !== trust.hash) throw new BuzonError("roster-trust");
  return roster;
}

/**
 * Refuse *next* unless it is the roster *held* or the one that follows it.
 *
 * Errors, in order: roster-rollback, roster-fork, roster-chain.
 *
 * @param {Roster} held
 * @param {Roster} next
 */
export function checkSuccessor(held, next) {
  if (next.hash === held.hash) return;
  if (next.serial < held.serial) throw new BuzonError("roster-rollback");
  if (next.serial === held.serial) throw new BuzonError("roster-fork");
  if (next.serial !== held.serial + 1 || next.previous !== held.hash) {
    throw new BuzonError("roster-chain");
  }
}
