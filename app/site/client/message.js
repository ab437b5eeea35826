/**
 * Message v1: what a witness says, as it stands inside a message cell.
 *
 * Where this file and crypto/spec/message-cell-v1.md section 5 disagree, this file is wrong.
 */
import { base64 } from "./bytes.js";
import { MAX_MESSAGE_JSON_BYTES } from "./cell.js";
import { BuzonError } from "./errors.js";
import { PUBLIC_KEY_BYTES } from "./hpke.js";
import * as manifests from "./manifest.js";
import { PART_PLAINTEXT_BYTES } from "./part.js";
import { LAWYER_ID_BYTES } from "./roster.js";
import * as strictjson from "./strictjson.js";

export const MAX_ACCOUNT_BYTES = 4 * PART_PLAINTEXT_BYTES;
export const MAX_MANIFESTS = 8;
export const MESSAGE_ID_BYTES = 16;

const TAG_KEY_BYTES = 32;
const MAX_LAWYERS_READ = 64;
const MAX_ANSWERS = 256;
const LARGEST_SEQUENCE = 2 ** 32 - 1;
const KINDS = /** @type {const} */ (["account", "files", "follow-up"]);
const ANSWER_KEY = /^[a-z][a-z0-9_]{0,63}$/;
const QUESTIONNAIRE = /^[0-9a-z.-]{1,16}$/;
const CLIENT = /^[ -~]{1,64}$/;

/**
 * One message of a thread.  Each stands alone if another is dropped.
 *
 * @typedef {object} Message
 * @property {typeof KINDS[number]} kind
 * @property {string} message random id, hex
 * @property {import("./bytes.js").Bytes} replyKey X-Wing public key for replies
 * @property {import("./bytes.js").Bytes} tagKey 32 bytes
 * @property {Record<string, number>} read highest reply sequence seen, by lawyer's id
 * @property {strictjson.JSONObject} answers
 * @property {strictjson.JSONObject} consent
 * @property {strictjson.JSONObject} urgency
 * @property {string} questionnaire version
 * @property {manifests.Manifest[]} files
 * @property {string} client program and version
 */

/**
 * The JSON of *message*, however long.
 *
 * Errors: document-malformed when it could not be read back.
 *
 * @param {Message} message
 * @returns {import("./bytes.js").Bytes}
 */
export function serialiseMessage(message) {
  const value = {
    kind: message.kind,
    message: message.message,
    reply_key: base64(message.replyKey),
    tag_key: base64(message.tagKey),
    read: message.read,
    answers: message.answers,
    consent: message.consent,
    urgency: message.urgency,
    questionnaire: message.questionnaire,
    files: message.files.map(manifests.toValue),
    client: message.client,
  };
  fromValue(value);
  return strictjson.serialise(value);
}

/**
 * Read the JSON of a message.
 *
 * Errors: document-malformed.  Source: message-cell-v1.md, section 5.
 *
 * @param {Uint8Array} document
 * @returns {Message}
 */
export function parseMessage(document) {
  return fromValue(strictjson.parse(document, MAX_MESSAGE_JSON_BYTES));
}

/**
 * Answers by themselves, as the file of a longer account holds them.
 *
 * Errors: document-malformed when they could not be read back.
 *
 * @param {strictjson.JSONObject} answers
 * @returns {import("./bytes.js").Bytes}
 */
export function serialiseAnswers(answers) {
  return strictjson.serialise(answersOf(answers));
}

/**
 * Read the file of a longer account.
 *
 * Errors: document-malformed.  Source: message-cell-v1.md, sections 5 and 6.
 *
 * @param {Uint8Array} document
 * @returns {strictjson.JSONObject}
 */
export function parseAnswers(document) {
  return answersOf(strictjson.parse(document, MAX_ACCOUNT_BYTES));
}

/**
 * @param {strictjson.JSONValue} value
 * @returns {Message}
 */
function fromValue(value) {
  const [kind, message, replyKey, tagKey, read, answers, consent, urgency, questionnaire, files, client] =
    strictjson.members(
      value,
      "kind",
      "message",
      "reply_key",
      "tag_key",
      "read",
      "answers",
      "consent",
      "urgency",
      "questionnaire",
      "files",
      "client",
    );
  return {
    kind: strictjson.choice(kind, KINDS),
    message: strictjson.hexadecimal(message, MESSAGE_ID_BYTES),
    replyKey: strictjson.base64Bytes(replyKey, PUBLIC_KEY_BYTES),
    tagKey: strictjson.base64Bytes(tagKey, TAG_KEY_BYTES),
    read: readOf(read),
    answers: answersOf(answers),
    consent: answersOf(consent),
    urgency: answersOf(urgency),
    questionnaire: strictjson.matching(questionnaire, QUESTIONNAIRE, 16),
    files: strictjson.array(files, 0, MAX_MANIFESTS).map(manifests.fromValue),
    client: strictjson.matching(client, CLIENT, 64),
  };
}

/**
 * @param {strictjson.JSONValue} value
 * @returns {Record<string, number>}
 */
function readOf(value) {
  const entries = Object.entries(strictjson.object(value, MAX_LAWYERS_READ));
  return Object.fromEntries(
    entries.map(([lawyer, sequence]) => [
      strictjson.hexadecimal(lawyer, LAWYER_ID_BYTES),
      strictjson.integer(sequence, 1, LARGEST_SEQUENCE),
    ]),
  );
}

/**
 * @param {strictjson.JSONValue} value
 * @returns {strictjson.JSONObject}
 */
function answersOf(value) {
  const answers = strictjson.object(value, MAX_ANSWERS);
  for (const [key, answer] of Object.entries(answers)) {
    strictjson.matching(key, ANSWER_KEY, 64);
    checkAnswer(answer);
  }
  return answers;
}

/** @param {strictjson.JSONValue} answer */
function checkAnswer(answer) {
  if (answer === null) throw new BuzonError("document-malformed");
  if (Array.isArray(answer)) answer.forEach(checkAnswer);
  else if (typeof answer === "object") answersOf(answer);
}
