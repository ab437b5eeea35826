/** The browser's code passes every vector of the phrase and of signed documents. */
import { fromBase64, fromHex, hex, utf8 } from "../../../app/site/client/bytes.js";
import * as dsse from "../../../app/site/client/dsse.js";
import { publicKeyFromSeed } from "../../../app/site/client/ed25519.js";
import * as hpke from "../../../app/site/client/hpke.js";
import { markFromBits, markOf } from "../../../app/site/client/mark.js";
import * as phrase from "../../../app/site/client/phrase.js";
import { sha256 } from "../../../app/site/client/sha256.js";
import * as strictjson from "../../../app/site/client/strictjson.js";
import { fingerprintWords } from "../formats/fingerprint.mjs";
import { same } from "../harness/check.mjs";
import { everyVector, expectOutcome } from "./outcome.mjs";

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
});
