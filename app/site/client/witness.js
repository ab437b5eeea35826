/**
 * The witness: what a person who tells or reads does, without a page and without a network.
 *
 * Seals testimony for the recipients of a verified directory, and reads the board with a
 * phrase.  Cells come from generators, one at a time, so that a file of any size needs
 * the memory of a few parts.
 */
import { hex } from "./bytes.js";
import { MAX_MESSAGE_JSON_BYTES, sealMessage } from "./cell.js";
import { BuzonError } from "./errors.js";
import * as hpke from "./hpke.js";
import { FILE_ID_BYTES, FILE_KEY_BYTES } from "./key-schedule.js";
import { GROUP_BYTES, MAX_NAME_CHARACTERS } from "./manifest.js";
import { MAX_ACCOUNT_BYTES, MESSAGE_ID_BYTES, serialiseAnswers, serialiseMessage } from "./message.js";
import { PART_PLAINTEXT_BYTES, PART_SALT_BYTES, partsOf, sealPart, segmentsOf } from "./part.js";
import { keysOf } from "./phrase.js";
import { readReplies, readerOf, splitBoard } from "./reply.js";
import { sha256 } from "./sha256.js";

const FILES = /** @type {const} */ ("files");

/**
 * @typedef {import("./bytes.js").Bytes} Bytes
 * @typedef {import("./directory.js").Directory} Directory
 * @typedef {import("./strictjson.js").JSONObject} JSONObject
 * @typedef {import("./random.js").Random} Random
 *
 * The keys of a phrase.
 *
 * @typedef {object} Thread
 * @property {Bytes} replyKey X-Wing public key
 * @property {Bytes} replySeed
 * @property {Bytes} tagKey
 * @property {Bytes} threadSeed
 *
 * Whom a message is sealed for.
 *
 * @typedef {object} Audience
 * @property {Directory} directory good by the clock of now
 * @property {string[]} lawyers ids of the chosen recipients; 1 to 16 of the directory's
 *
 * What is the same in all messages of a testimony.
 *
 * @typedef {object} Sealing
 * @property {Thread} thread
 * @property {() => Promise<Audience>} audience asked before anything of a file is sealed, and
 *   again for each message: a file may take days
 * @property {Record<string, number>} read highest reply sequence seen, by lawyer's id
 * @property {string} questionnaire version
 * @property {string} client program and version
 * @property {Random} random
 *
 * What a person says at one time.
 *
 * @typedef {object} Account
 * @property {"account" | "follow-up"} kind
 * @property {JSONObject} answers
 * @property {JSONObject} consent
 * @property {JSONObject} urgency
 *
 * The bytes of a file, read from *start* to *end*.
 *
 * @typedef {object} Source
 * @property {number} size
 * @property {(start: number, end: number) => Promise<Bytes>} read
 *
 * Cells to send in this order, made when they are asked for.
 *
 * @typedef {object} SealedCells
 * @property {number} messages how many of 65,536 bytes
 * @property {number} parts how many of 1,048,576 bytes
 * @property {AsyncGenerator<Bytes, void, void>} cells
 */

/**
 * @param {Bytes} phrase 16 bytes
 * @returns {Promise<Thread>}
 */
export async function threadOf(phrase) {
  const keys = await keysOf(phrase);
  return { ...keys, replyKey: await hpke.publicKeyFromSeed(keys.replySeed) };
}

/**
 * Seal what a person says: one message cell, after the parts of an account that is too
 * long for it.  Nothing is cut.
 *
 * Errors, from here: document-malformed; message-too-long, more than four parts hold.
 * From the generator: those of the audience; recipients-count; hpke-key.  Source: message-cell-v1.md, sections 3 and 6.
 *
 * @param {Sealing} sealing
 * @param {Account} account
 * @param {(share: number) => void} [progress] of sealing the message, 0 to 1
 * @returns {SealedCells}
 */
export function sealAccount(sealing, account, progress) {
  const whole = messageJSON(sealing, account);
  if (whole.length <= MAX_MESSAGE_JSON_BYTES) {
    return { messages: 1, parts: 0, cells: oneCell(sealing, whole, progress) };
  }
  whole.fill(0);
  const answers = serialiseAnswers(account.answers);
  if (answers.length > MAX_ACCOUNT_BYTES) throw new BuzonError("message-too-long");
  const rest = { ...account, answers: {} };
  return {
    messages: 1,
    parts: partsOf(answers.length),
    cells: fileCells(sealing, ofBytes(answers), "answers.json", "account", rest, progress),
  };
}

/**
 * Seal a file: for each segment its part cells, then the message cell with its manifest.
 *
 * Errors, from here: file-too-large.  From the generator: those of the audience;
 * recipients-count; file-unreadable when the system does not give its bytes, file-changed
 * when it gives fewer; hpke-key.
 * Source: part-cell-v1.md, section 3.
 *
 * @param {Sealing} sealing
 * @param {Blob} file read one part at a time
 * @param {string} name what the lawyer is told that the file was called; may be empty
 * @returns {SealedCells}
 */
export function sealFile(sealing, file, name) {
  const said = { kind: FILES, answers: {}, consent: {}, urgency: {} };
  return {
    messages: segmentsOf(file.size).length,
    parts: partsOf(file.size),
    cells: fileCells(sealing, ofBlob(file), name, "attachment", said),
  };
}

/**
 * Every reply to the phrase on *board*; none when there is nothing for it.
 *
 * Errors: board-size.
 *
 * @param {Bytes} phrase 16 bytes
 * @param {Bytes} board
 * @param {Directory} directory
 * @param {(share: number) => void} [progress] 0 to 1
 * @returns {Promise<import("./reply.js").Reply[]>}
 */
export async function readBoard(phrase, board, directory, progress) {
  const cells = splitBoard(board);
  const reader = await readerOf(await keysOf(phrase), directory.roster.lawyers);
  return readReplies(reader, cells, progress);
}

/**
 * @param {Sealing} sealing
 * @param {Pick<import("./message.js").Message, "kind" | "answers" | "consent" | "urgency">} said
 * @param {import("./manifest.js").Manifest[]} [files]
 * @returns {Bytes}
 */
function messageJSON({ thread, read, questionnaire, client, random }, said, files = []) {
  return serialiseMessage({
    ...said,
    message: hex(random(MESSAGE_ID_BYTES)),
    replyKey: thread.replyKey,
    tagKey: thread.tagKey,
    read,
    questionnaire,
    files,
    client,
  });
}

/**
 * The keys of the chosen recipients.
 *
 * @param {Audience} audience
 * @returns {Bytes[]}
 */
function chosenKeys({ directory, lawyers }) {
  const chosen = directory.recipients.filter(({ lawyer }) => lawyers.includes(lawyer.id));
  if (chosen.length < 1 || chosen.length !== lawyers.length) throw new BuzonError("recipients-count");
  return chosen.map(({ key }) => key);
}

/**
 * @param {Sealing} sealing
 * @param {Bytes} json overwritten when it is sealed
 * @param {(share: number) => void} [progress]
 */
async function* oneCell(sealing, json, progress) {
  const { thread, random } = sealing;
  const audience = await sealing.audience();
  const { directory } = audience;
  const what = {
    week: directory.week,
    rosterHash: directory.roster.hash,
    recipients: chosenKeys(audience),
    threadSeed: thread.threadSeed,
    json,
  };
  const cell = await sealMessage(what, random, progress);
  json.fill(0);
  yield cell;
}

/**
 * @param {Sealing} sealing
 * @param {Source} source
 * @param {string} name
 * @param {"attachment" | "account"} role
 * @param {Pick<import("./message.js").Message, "kind" | "answers" | "consent" | "urgency">} said
 * @param {(share: number) => void} [progress]
 */
async function* fileCells(sealing, source, name, role, said, progress) {
  chosenKeys(await sealing.audience()); // refuses before the first part is sent
  const { random } = sealing;
  const group = hex(random(GROUP_BYTES));
  const segments = segmentsOf(source.size);
  for (const { index: segment, offset, size, count } of segments) {
    const key = random(FILE_KEY_BYTES);
    const id = random(FILE_ID_BYTES);
    const parts = [];
    let coming = readPart(source, offset);
    for (let index = 0; index < count; index += 1) {
      const plaintext = await coming;
      const cell = await sealPart(key, id, index, count, plaintext, random(PART_SALT_BYTES));
      plaintext.fill(0);
      // The next part is read while this one waits to be sent; what goes wrong there is
      // heard when its turn comes.
      if (index + 1 < count) coming = readPart(source, offset + (index + 1) * PART_PLAINTEXT_BYTES);
      coming.catch(() => undefined);
      parts.push(hex(await sha256(cell)));
      yield cell;
    }
    const manifest = {
      group,
      segment,
      segments: segments.length,
      offset,
      size,
      fileSize: source.size,
      key,
      id: hex(id),
      name: cutName(name),
      role,
      parts,
    };
    yield* oneCell(sealing, messageJSON(sealing, said, [manifest]), progress);
    key.fill(0);
  }
}

/**
 * The bytes of one part, zeros after the end of the file.
 *
 * @param {Source} source
 * @param {number} start
 * @returns {Promise<Bytes>}
 */
async function readPart(source, start) {
  const end = Math.min(start + PART_PLAINTEXT_BYTES, source.size);
  const content = start < end ? await source.read(start, end) : new Uint8Array();
  if (content.length !== Math.max(end - start, 0)) throw new BuzonError("file-changed");
  if (content.length === PART_PLAINTEXT_BYTES) return content;
  const plaintext = new Uint8Array(PART_PLAINTEXT_BYTES);
  plaintext.set(content);
  content.fill(0);
  return plaintext;
}

/**
 * @param {Blob} file
 * @returns {Source}
 */
function ofBlob(file) {
  return {
    size: file.size,
    async read(start, end) {
      try {
        return new Uint8Array(await file.slice(start, end).arrayBuffer());
      } catch {
        throw new BuzonError("file-unreadable");
      }
    },
  };
}

/**
 * @param {Bytes} content overwritten as it is read, so it is read once
 * @returns {Source}
 */
function ofBytes(content) {
  return { size: content.length, read: async (start, end) => content.subarray(start, end) };
}

/**
 * *name* as far as a manifest holds it, without half a character.
 *
 * @param {string} name
 */
function cutName(name) {
  const whole = name.replace(/\p{Surrogate}/gu, "\ufffd");
  return [...whole].slice(0, MAX_NAME_CHARACTERS).join("");
}
