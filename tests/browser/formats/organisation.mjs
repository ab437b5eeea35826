/**
 * An organisation for tests: directors, lawyers, and the documents that they sign.
 *
 * Its private keys are derived from labels and protect nothing.
 */
import { base64, hex, utf8 } from "../../../app/site/client/bytes.js";
import * as dsse from "../../../app/site/client/dsse.js";
import * as ed25519 from "../../../app/site/client/ed25519.js";
import * as hpke from "../../../app/site/client/hpke.js";
import { lawyerId } from "../../../app/site/client/roster.js";
import { sha256 } from "../../../app/site/client/sha256.js";
import * as strictjson from "../../../app/site/client/strictjson.js";
import * as trusts from "../../../app/site/client/trust.js";

/**
 * @typedef {import("../../../app/site/client/bytes.js").Bytes} Bytes
 *
 * @typedef {object} Lawyer
 * @property {string} id hex
 * @property {Bytes} identitySeed
 * @property {Bytes} identity
 * @property {Bytes} weeklySeed X-Wing, of the week
 * @property {Bytes} weeklyKey
 *
 * @typedef {object} Organisation
 * @property {import("../../../app/site/client/trust.js").Trust} trust
 * @property {Lawyer[]} lawyers ascending by id
 * @property {Bytes} directory the document
 */

/** A Wednesday, and its week. */
export const NOW = new Date("2026-11-18T12:00:00Z");
export const WEEK = 150;
export const ORIGIN = "http://example.onion";

/** @param {string} label */
async function seedOf(label) {
  return sha256(utf8(`tests of the browser: ${label}`));
}

/**
 * @param {string} payloadType
 * @param {Bytes} payload
 * @param {Bytes[]} seeds
 */
async function signed(payloadType, payload, seeds) {
  const signatures = [];
  for (const seed of seeds) {
    signatures.push({ keyid: "", sig: base64(await ed25519.sign(seed, dsse.pae(payloadType, payload))) });
  }
  return { payloadType, payload: base64(payload), signatures };
}

/** @param {string} label */
async function lawyerOf(label) {
  const identitySeed = await seedOf(`${label} identity`);
  const identity = await ed25519.publicKeyFromSeed(identitySeed);
  const weeklySeed = await seedOf(`${label} week`);
  const weeklyKey = await hpke.publicKeyFromSeed(weeklySeed);
  return { id: await lawyerId(identity), identitySeed, identity, weeklySeed, weeklyKey };
}

/**
 * Three directors, quorum two; *count* lawyers, whose keys are those of WEEK.
 *
 * @param {number} count 1 to 16
 * @param {string} [expires] last day of the roster
 * @returns {Promise<Organisation>}
 */
export async function organisationOf(count, expires = "2027-01-31") {
  const name = `${count} ${expires}`;
  const made = MADE.get(name) ?? make(count, expires);
  MADE.set(name, made);
  return { ...(await made) };
}

/** @type {Map<string, Promise<Organisation>>} they are always the same, and take long without a JIT */
const MADE = new Map();

/**
 * @param {number} count
 * @param {string} expires
 * @returns {Promise<Organisation>}
 */
async function make(count, expires) {
  /** @type {{ seed: Bytes, key: Bytes }[]} */
  const directors = [];
  for (const label of ["a", "b", "c"]) {
    const seed = await seedOf(`director ${label}`);
    directors.push({ seed, key: await ed25519.publicKeyFromSeed(seed) });
  }
  directors.sort((one, other) => (hex(one.key) < hex(other.key) ? -1 : 1));
  const quorum = directors.slice(0, 2).map(({ seed }) => seed);
  const trust = await trusts.fromPayload(
    strictjson.serialise({
      organisation: "Tests",
      serial: 1,
      previous: dsse.NO_HASH,
      directors: directors.map(({ key }) => base64(key)),
      quorum: 2,
      freshness_threshold: 2,
      minimum_recipients: 1,
    }),
  );

  const lawyers = [];
  for (let number = 0; number < count; number += 1) lawyers.push(await lawyerOf(`lawyer ${number}`));
  lawyers.sort((one, other) => (one.id < other.id ? -1 : 1));
  const roster = strictjson.serialise({
    trust: trust.hash,
    serial: 1,
    previous: dsse.NO_HASH,
    origins: [ORIGIN],
    issued: "2026-11-02",
    expires,
    lawyers: lawyers.map(({ id, identity }, at) => ({
      id,
      pseudonym: `Lawyer ${at}`,
      team: at % 2 === 0 ? "North" : "South",
      languages: ["es", "en"],
      identity: base64(identity),
      status: "active",
    })),
    policy: { receipts: 2, weeks: 4, batch_size: 16 },
  });

  const keys = [];
  const listed = [];
  for (const { id, identitySeed, weeklyKey } of lawyers) {
    const payload = strictjson.serialise({ lawyer: id, week: WEEK, key: base64(weeklyKey) });
    keys.push(await signed("buzon/weekly-key/v1", payload, [identitySeed]));
    listed.push([id, await dsse.payloadHash(payload)]);
  }
  const freshness = strictjson.serialise({
    roster: await dsse.payloadHash(roster),
    issued: "2026-11-16",
    weeks: [{ week: WEEK, keys: listed }],
  });
  const directory = strictjson.serialise({
    roster: await signed("buzon/roster/v1", roster, quorum),
    freshness: await signed("buzon/freshness/v1", freshness, quorum),
    weekly_keys: keys,
  });
  return { trust, lawyers, directory };
}
