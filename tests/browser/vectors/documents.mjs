/** The browser's code passes every vector of the phrase and of signed documents. */
import { fromBase64, fromHex, hex, utf8 } from "../../../app/site/client/bytes.js";
import * as dsse from "../../../app/site/client/dsse.js";
import { verifyDirectory } from "../../../app/site/client/directory.js";
import { publicKeyFromSeed } from "../../../app/site/client/ed25519.js";
import * as freshnesses from "../../../app/site/client/freshness.js";
import * as hpke from "../../../app/site/client/hpke.js";
import { markFromBits, markOf } from "../../../app/site/client/mark.js";
import * as phrase from "../../../app/site/client/phrase.js";
import * as rosters from "../../../app/site/client/roster.js";
import { sha256 } from "../../../app/site/client/sha256.js";
import * as strictjson from "../../../app/site/client/strictjson.js";
import * as trusts from "../../../app/site/client/trust.js";
import * as weeklyKeys from "../../../app/site/client/weekly-key.js";
import { openCard } from "../formats/card.mjs";
import { fingerprintWords } from "../formats/fingerprint.mjs";
import { parseHave } from "../formats/have.mjs";
import { parseHistory } from "../formats/history.mjs";
import { parseListing } from "../formats/listing.mjs";
import { verifyPublication } from "../formats/publication.mjs";
import { openReceipt } from "../formats/receipt.mjs";
import { same } from "../harness/check.mjs";
import { everyVector, expectOutcome, onceFor } from "./outcome.mjs";

/** @typedef {import("./outcome.mjs").Vector} Vector */

/** @type {Record<string, (value: any, argument: any) => unknown>} */
const FIELDS = {
  text: strictjson.text,
  day: strictjson.day,
  hex: strictjson.hexadecimal,
  base64: (value, size) => strictjson.base64Bytes(value, size ?? undefined),
  integer: (value, highest) => strictjson.integer(value, 1, highest),
};

/** @param {import("../../../app/site/client/mark.js").Mark} mark */
function drawn({ rows, colour }) {
  return { rows: rows.map((row) => row.map((cell) => (cell ? "#" : ".")).join("")), colour };
}

/** @param {Vector} vector */
async function strictJson(vector) {
  const read = () => strictjson.parse(fromBase64(vector.document), vector.max_bytes);
  await expectOutcome(vector, read, (value) => {
    same(strictjson.serialise(value), fromBase64(vector.written));
  });
}

/** @param {Vector} vector */
async function envelope(vector) {
  const verify = async () => {
    const parsed = dsse.parseEnvelope(utf8(vector.envelope), vector.max_bytes);
    dsse.checkType(parsed, vector.type);
    await dsse.checkSignatures(parsed, vector.keys.map(fromHex), vector.threshold);
    return parsed.payload;
  };
  await expectOutcome(vector, verify, async (payload) => {
    same(payload, fromBase64(vector.payload));
    same(await dsse.payloadHash(payload), vector.hash);
  });
}

/** @param {Vector} vector */
async function phrases(vector) {
  const read = () => phrase.fromWords(vector.typed);
  await expectOutcome(vector, read, async (entropy) => {
    const keys = await phrase.keysOf(entropy);
    const replyKey = await hpke.publicKeyFromSeed(keys.replySeed);
    const found = {
      entropy: hex(entropy),
      es: await phrase.toWords(entropy, "es"),
      en: await phrase.toWords(entropy, "en"),
      reply_seed: hex(keys.replySeed),
      reply_public_key_sha256: hex(await sha256(replyKey)),
      tag_key: hex(keys.tagKey),
      thread_seed: hex(keys.threadSeed),
      thread_public_key: hex(await publicKeyFromSeed(keys.threadSeed)),
      mark: drawn(await markOf(entropy)),
    };
    for (const [name, value] of Object.entries(found)) same(value, vector[name], name);
  });
  if (vector.positions !== undefined) {
    const { positions } = await phrase.fromWords(vector.typed).catch((error) => error);
    same(positions, vector.positions);
  }
}

/**
 * An envelope that is a file of its own.
 *
 * @param {string} text
 * @param {{ MAX_PAYLOAD_BYTES: number }} kind
 */
function envelopeOf(text, { MAX_PAYLOAD_BYTES }) {
  return dsse.parseEnvelope(utf8(text), dsse.maxEnvelopeBytes(MAX_PAYLOAD_BYTES));
}

/** Hundreds of vectors hold the same few trusts. */
const trustOf = onceFor((text) => trusts.open(utf8(text)));

/** @param {Vector} vector */
async function trust(vector) {
  const held = vector.held === null ? null : await trustOf(vector.held);
  const bytes = utf8(vector.envelope);
  const open = () => (held === null ? trusts.open(bytes) : trusts.acceptChange(held, bytes));
  await expectOutcome(vector, open, async ({ hash }) => {
    same(hash, vector.hash);
    same(await fingerprintWords(fromHex(hash), "es"), vector.es);
    same(await fingerprintWords(fromHex(hash), "en"), vector.en);
  });
}

/**
 * @param {Vector} vector
 * @param {any} file
 */
async function roster(vector, file) {
  const held = await trustOf(file.trust);
  /** @param {string} text */
  const read = async (text) => rosters.open(envelopeOf(text, rosters), held);
  const before = vector.held === null ? null : await read(vector.held);
  const open = async () => {
    const opened = await read(vector.envelope);
    if (before !== null) rosters.checkSuccessor(before, opened);
    return opened;
  };
  await expectOutcome(vector, open, ({ hash }) => same(hash, vector.hash));
}

/** @param {Vector} vector */
async function card(vector) {
  const open = () => openCard(utf8(vector.card));
  await expectOutcome(vector, open, async (opened) => {
    same(opened.id, vector.lawyer);
    same(await fingerprintWords(opened.identity, "es"), vector.es);
    same(
      opened.weeklyKeys.map(({ week }) => week),
      vector.weeks,
    );
  });
}

/** @param {Vector} vector */
async function weeklyKey(vector) {
  const open = async () => weeklyKeys.open(envelopeOf(vector.envelope, weeklyKeys), fromHex(vector.identity));
  await expectOutcome(vector, open, ({ hash }) => same(hash, vector.hash));
}

/**
 * @param {Vector} vector
 * @param {any} file
 */
async function freshness(vector, file) {
  const held = await trustOf(file.trusts[vector.trust]);
  const open = async () => freshnesses.open(envelopeOf(vector.envelope, freshnesses), held);
  await expectOutcome(vector, open, ({ hash }) => same(hash, vector.hash));
}

/**
 * @param {Vector} vector
 * @param {any} file
 */
async function directory(vector, file) {
  /** @param {string} name */
  const named = (name) => file.envelopes[name];
  const keys = vector.weekly_keys?.map(named).join(",");
  const written =
    vector.document ??
    `{"roster":${named(vector.roster)},"freshness":${named(vector.freshness)},"weekly_keys":[${keys}]}`;
  const document = utf8(vector.length === null ? written : written.padEnd(vector.length));
  const held = await trustOf(named(vector.trust));
  const verify = () => verifyDirectory(document, held, new Date(vector.now), vector.origin);
  await expectOutcome(vector, verify, async ({ week, recipients, roster, freshness }) => {
    same(week, vector.week);
    same(
      recipients.map(({ lawyer }) => lawyer.id),
      vector.recipients,
    );
    const hashes = recipients.map(async ({ key }) => hex(await sha256(key)));
    same(await Promise.all(hashes), vector.keys);
    same([roster.hash, freshness.hash], [vector.roster_hash, vector.freshness_hash]);
  });
}

/**
 * @param {Vector} vector
 * @param {any} file
 */
async function publication(vector, file) {
  /** @param {string | null} name */
  const named = (name) => utf8(name === null ? "" : file.envelopes[name]);
  const held = await trustOf(file.envelopes[vector.trust]);
  const published = {
    roster:
      vector.published_roster === null
        ? null
        : await rosters.fromPayload(envelopeOf(file.envelopes[vector.published_roster], rosters).payload),
    freshness:
      vector.published_freshness === null
        ? null
        : await freshnesses.fromPayload(
            envelopeOf(file.envelopes[vector.published_freshness], freshnesses).payload,
          ),
  };
  const verify = () =>
    verifyPublication(
      { roster: named(vector.roster), freshness: named(vector.freshness), weeklyKeys: vector.weekly_keys.map(named) },
      held,
      new Date(vector.now),
      published,
    );
  await expectOutcome(vector, verify, (weeks) => same(weeks, vector.weeks));
}

/**
 * @param {Vector} vector
 * @param {any} file
 */
async function receipt(vector, file) {
  const published = await rosters.fromPayload(utf8(file.roster));
  const open = () => openReceipt(utf8(vector.envelope), published, file.earlier, new Date(file.now));
  await expectOutcome(vector, open, ({ hash }) => same(hash, vector.hash));
}

export const tests = everyVector({
  strict_json: strictJson,
  fields: (vector) => expectOutcome(vector, () => FIELDS[vector.kind](vector.value, vector.argument)),
  envelope,
  phrase: phrases,
  mark: async (vector) => same(drawn(markFromBits(fromHex(vector.bits))), vector.mark),
  fingerprint: async (vector) => {
    same(await fingerprintWords(fromHex(vector.key), "es"), vector.es);
    same(await fingerprintWords(fromHex(vector.key), "en"), vector.en);
  },
  trust,
  roster,
  card,
  weekly_key: weeklyKey,
  freshness,
  directory,
  publication,
  receipt,
  listing: (vector) => expectOutcome(vector, () => parseListing(utf8(vector.listing))),
  have: (vector) => same(parseHave(fromHex(vector.have)), vector.held, "held"),
  history: (vector) =>
    expectOutcome(
      vector,
      () => parseHistory(utf8(vector.history)),
      (hashes) => same(hashes, vector.hashes),
    ),
});
