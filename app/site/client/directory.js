/**
 * Directory: the one document that a witness fetches, and whether it is to be believed.
 *
 * One failure means that nothing is sent.
 *
 * Where this file and crypto/spec/directory-v1.md disagree, this file is wrong.
 */
import { hex } from "./bytes.js";
import * as dsse from "./dsse.js";
import { BuzonError } from "./errors.js";
import * as freshnesses from "./freshness.js";
import * as rosters from "./roster.js";
import * as strictjson from "./strictjson.js";
import * as weeklyKeys from "./weekly-key.js";
import * as weeks from "./weeks.js";

export const MAX_DIRECTORY_BYTES = 1024 * 1024;
const MAX_WEEKLY_KEYS = 96;

/**
 * @typedef {object} Recipient
 * @property {rosters.Lawyer} lawyer
 * @property {dsse.Bytes} key X-Wing public key of the week
 *
 * @typedef {object} Directory
 * @property {rosters.Roster} roster
 * @property {freshnesses.Freshness} freshness
 * @property {number} week of the clock
 * @property {Recipient[]} recipients of that week, ascending by lawyer's id
 */

/**
 * Verify a directory.
 *
 * Errors, in the order of the specification's ten steps: document-malformed,
 * document-type, roster-signatures, roster-trust, roster-not-yet, roster-expired,
 * origin-unknown, freshness-signatures, freshness-roster, freshness-not-yet,
 * freshness-week, freshness-lawyer, keys-unknown-lawyer, keys-signature, keys-unlisted,
 * keys-duplicate, keys-missing, recipients-too-few.
 *
 * @param {Uint8Array} document
 * @param {import("./trust.js").Trust} trust
 * @param {Date} now
 * @param {string | null} origin the page's; null for a sealer opened from a file
 * @returns {Promise<Directory>}
 */
export async function verifyDirectory(document, trust, now, origin) {
  const envelopes = parse(document);
  const day = weeks.dayOf(now);
  const week = weeks.weekOf(day);

  const roster = await rosters.open(envelopes.roster, trust, "roster-signatures");
  // Written so that a clock which is no number is refused.
  if (!(day >= roster.issued)) throw new BuzonError("roster-not-yet");
  if (!(day <= roster.expires)) throw new BuzonError("roster-expired");
  if (origin !== null && !roster.origins.includes(origin)) throw new BuzonError("origin-unknown");

  const freshness = await freshnesses.open(envelopes.freshness, trust, "freshness-signatures");
  checkFreshness(freshness, roster, day, week);

  const keys = await verifyWeeklyKeys(envelopes.weeklyKeys, roster, freshness);
  checkComplete(keys, freshness, week);
  const present = keys.filter((key) => key.week === week);
  if (present.length < trust.minimumRecipients) throw new BuzonError("recipients-too-few");

  const recipients = roster.lawyers.flatMap((lawyer) =>
    present.filter((key) => key.lawyer === lawyer.id).map(({ key }) => ({ lawyer, key })),
  );
  return { roster, freshness, week, recipients };
}

/**
 * When *directory* ends by itself: nobody seals with it from that moment on.
 *
 * @param {Directory} directory
 * @returns {number} milliseconds since 1970
 */
export function endOf({ roster, freshness }) {
  const lastWeek = freshness.weeks[freshness.weeks.length - 1].week;
  return weeks.beginningOf(Math.min(roster.expires + 1, weeks.firstDayOf(lastWeek + 1)));
}

/**
 * Step 1: the envelopes, none of which is verified yet.
 *
 * @param {Uint8Array} document
 */
function parse(document) {
  const [roster, freshness, weeklyKeys] = strictjson.members(
    strictjson.parse(document, MAX_DIRECTORY_BYTES),
    "roster",
    "freshness",
    "weekly_keys",
  );
  return {
    roster: dsse.envelopeOf(roster),
    freshness: dsse.envelopeOf(freshness),
    weeklyKeys: strictjson.array(weeklyKeys, 1, MAX_WEEKLY_KEYS).map(dsse.envelopeOf),
  };
}

/**
 * Steps 5 to 7.
 *
 * @param {freshnesses.Freshness} freshness
 * @param {rosters.Roster} roster
 * @param {number} day
 * @param {number} week
 */
function checkFreshness(freshness, roster, day, week) {
  if (freshness.roster !== roster.hash) throw new BuzonError("freshness-roster");
  if (!(day >= freshness.issued)) throw new BuzonError("freshness-not-yet");
  if (!freshness.weeks.some((covered) => covered.week === week)) throw new BuzonError("freshness-week");
  for (const { lawyer } of freshness.weeks.flatMap(({ keys }) => keys)) {
    if (activeLawyer(roster, lawyer) === undefined) throw new BuzonError("freshness-lawyer");
  }
}

/**
 * Step 8: each key is its lawyer's, listed, and there once.
 *
 * @param {dsse.Envelope[]} envelopes
 * @param {rosters.Roster} roster
 * @param {freshnesses.Freshness} freshness
 */
async function verifyWeeklyKeys(envelopes, roster, freshness) {
  /** @type {weeklyKeys.WeeklyKey[]} */
  const verified = [];
  const seen = new Set();
  for (const envelope of envelopes) {
    dsse.checkType(envelope, weeklyKeys.PAYLOAD_TYPE);
    // Read before its signature only to learn whose it should be.
    const key = await weeklyKeys.fromPayload(envelope.payload);
    const lawyer = activeLawyer(roster, key.lawyer);
    if (lawyer === undefined) throw new BuzonError("keys-unknown-lawyer");
    await dsse.checkSignatures(envelope, [lawyer.identity], 1, "keys-signature");
    if (!listed(freshness, key)) throw new BuzonError("keys-unlisted");
    for (const once of [`${key.lawyer} ${key.week}`, hex(key.key)]) {
      if (seen.has(once)) throw new BuzonError("keys-duplicate");
      seen.add(once);
    }
    verified.push(key);
  }
  return verified;
}

/**
 * Step 9: for each week that there are keys of, and for *week*, all that are listed.
 *
 * @param {weeklyKeys.WeeklyKey[]} keys
 * @param {freshnesses.Freshness} freshness
 * @param {number} week
 */
function checkComplete(keys, freshness, week) {
  const there = new Set(keys.map((key) => `${key.lawyer} ${key.week} ${key.hash}`));
  const needed = new Set([week, ...keys.map((key) => key.week)]);
  for (const covered of freshness.weeks.filter((one) => needed.has(one.week))) {
    for (const { lawyer, hash } of covered.keys) {
      if (!there.has(`${lawyer} ${covered.week} ${hash}`)) throw new BuzonError("keys-missing");
    }
  }
}

/**
 * @param {freshnesses.Freshness} freshness
 * @param {weeklyKeys.WeeklyKey} key
 */
function listed(freshness, key) {
  const covered = freshness.weeks.find(({ week }) => week === key.week);
  return covered?.keys.some(({ lawyer, hash }) => lawyer === key.lawyer && hash === key.hash) ?? false;
}

/**
 * @param {rosters.Roster} roster
 * @param {string} id
 */
function activeLawyer(roster, id) {
  return roster.lawyers.find((lawyer) => lawyer.id === id && lawyer.status === "active");
}
