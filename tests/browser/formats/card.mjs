/** Lawyer's card.  Source: crypto/spec/roster-v1.md, section 4. */
import { equal } from "../../../app/site/client/bytes.js";
import * as dsse from "../../../app/site/client/dsse.js";
import { BuzonError } from "../../../app/site/client/errors.js";
import { languagesOf, lawyerId, nameOf } from "../../../app/site/client/roster.js";
import * as strictjson from "../../../app/site/client/strictjson.js";
import * as weeklyKeys from "../../../app/site/client/weekly-key.js";

const PAYLOAD_TYPE = "buzon/card/v1";
const MAX_PAYLOAD_BYTES = 4 * 1024;
const MAX_FILE_BYTES = 256 * 1024;
const MAX_WEEKLY_KEYS = 52;

/**
 * The card that its own identity signed, with weekly keys that it signed too.
 *
 * Errors, in order: document-malformed; of the card document-type, document-malformed,
 * document-signatures; of each weekly key document-type, document-malformed, card-keys.
 *
 * @param {Uint8Array} file
 */
export async function openCard(file) {
  const [card, keys] = strictjson.members(strictjson.parse(file, MAX_FILE_BYTES), "card", "weekly_keys");
  const envelope = dsse.envelopeOf(card);
  const keyEnvelopes = strictjson.array(keys, 1, MAX_WEEKLY_KEYS).map(dsse.envelopeOf);
  dsse.checkType(envelope, PAYLOAD_TYPE);
  const opened = fromPayload(envelope.payload);
  await dsse.checkSignatures(envelope, [opened.identity], 1);

  const id = await lawyerId(opened.identity);
  /** @type {weeklyKeys.WeeklyKey[]} */
  const verified = [];
  for (const keyEnvelope of keyEnvelopes) {
    dsse.checkType(keyEnvelope, weeklyKeys.PAYLOAD_TYPE);
    const key = await weeklyKeys.fromPayload(keyEnvelope.payload);
    await dsse.checkSignatures(keyEnvelope, [opened.identity], 1, "card-keys");
    const isRepeated = verified.some(
      (other) => other.week === key.week || equal(other.key, key.key),
    );
    if (key.lawyer !== id || isRepeated) throw new BuzonError("card-keys");
    verified.push(key);
  }
  return { ...opened, id, weeklyKeys: verified };
}

/** @param {Uint8Array} payload */
function fromPayload(payload) {
  const [pseudonym, team, languages, identity] = strictjson.members(
    strictjson.parse(payload, MAX_PAYLOAD_BYTES),
    "pseudonym",
    "team",
    "languages",
    "identity",
  );
  return {
    pseudonym: nameOf(pseudonym),
    team: nameOf(team),
    languages: languagesOf(languages),
    identity: strictjson.base64Bytes(identity, dsse.KEY_BYTES),
  };
}
