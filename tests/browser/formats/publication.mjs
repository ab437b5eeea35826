/** What the server refuses to publish.  Source: crypto/spec/directory-v1.md, "Publication". */
import { BuzonError } from "../../../app/site/client/errors.js";
import { verifyDirectory } from "../../../app/site/client/directory.js";
import * as dsse from "../../../app/site/client/dsse.js";
import * as freshnesses from "../../../app/site/client/freshness.js";
import * as rosters from "../../../app/site/client/roster.js";
import * as strictjson from "../../../app/site/client/strictjson.js";
import * as weeklyKeys from "../../../app/site/client/weekly-key.js";
import * as weeks from "../../../app/site/client/weeks.js";

/**
 * @typedef {import("../../../app/site/client/bytes.js").Bytes} Bytes
 * @typedef {{ roster: rosters.Roster | null, freshness: freshnesses.Freshness | null }} Published
 */

/**
 * The weeks for which the envelopes may be published.
 *
 * Errors: whatever verifyDirectory says, now and at the beginning of each week to come; then
 * roster-rollback, roster-fork, roster-chain; freshness-older.
 *
 * @param {{ roster: Bytes, freshness: Bytes, weeklyKeys: Bytes[] }} envelopes
 * @param {import("../../../app/site/client/trust.js").Trust} trust
 * @param {Date} now
 * @param {Published} published
 * @returns {Promise<number[]>}
 */
export async function verifyPublication(envelopes, trust, now, published) {
  const roster = limited(envelopes.roster, rosters.MAX_PAYLOAD_BYTES);
  const freshness = limited(envelopes.freshness, freshnesses.MAX_PAYLOAD_BYTES);
  const keys = envelopes.weeklyKeys.map((key) => limited(key, weeklyKeys.MAX_PAYLOAD_BYTES));
  const present = weeks.weekOf(weeks.dayOf(now));
  /** @type {strictjson.JSONValue[]} */
  const needed = [];
  for (const key of keys) {
    const week = await weekOf(dsse.envelopeOf(key).payload);
    if (week === null || week >= present) needed.push(key);
  }
  const document = strictjson.serialise({ roster, freshness, weekly_keys: needed.length > 0 ? needed : keys });

  const covered = await freshnesses
    .fromPayload(dsse.envelopeOf(freshness).payload)
    .then((listed) => listed.weeks.map(({ week }) => week))
    .catch(() => []);
  const toCome = [present, ...covered.filter((week) => week > present)];
  const verified = [];
  for (const week of toCome) {
    const moment = week === present ? now : new Date(Date.UTC(2024, 0, 1 + 7 * week));
    verified.push(await verifyDirectory(document, trust, moment, null));
  }
  const [first] = verified;
  if (published.roster !== null) rosters.checkSuccessor(published.roster, first.roster);
  const isSame = published.freshness?.roster === first.freshness.roster;
  if (isSame && (published.freshness?.issued ?? 0) > first.freshness.issued) {
    throw new BuzonError("freshness-older");
  }
  return toCome;
}

/**
 * @param {Bytes} envelope
 * @param {number} maxPayloadBytes
 */
function limited(envelope, maxPayloadBytes) {
  const value = strictjson.parse(envelope, dsse.maxEnvelopeBytes(maxPayloadBytes));
  dsse.envelopeOf(value);
  return value;
}

/**
 * @param {Bytes} payload
 * @returns {Promise<number | null>} null when it is no weekly key
 */
async function weekOf(payload) {
  try {
    return (await weeklyKeys.fromPayload(payload)).week;
  } catch {
    return null;
  }
}
