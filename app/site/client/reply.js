/**
 * Reply cell v1: what a lawyer answers, always 4,096 bytes; and the board of them.
 *
 *     tag 16 | enc 1,120 | ciphertext 2,960
 *
 * Where this file and crypto/spec/reply-cell-v1.md disagree, this file is wrong.
 */
import { equal, fromUtf8, hex, readU16, readU32 } from "./bytes.js";
import * as ed25519 from "./ed25519.js";
import { BuzonError } from "./errors.js";
import * as hpke from "./hpke.js";
import { TAG_BYTES, replyInfo, replyStatement, replyTag } from "./key-schedule.js";
import { hmacKey } from "./sha256.js";

/** @typedef {import("./bytes.js").Bytes} Bytes */

export const REPLY_CELL_BYTES = 4_096;
export const REPLY_PLAINTEXT_BYTES = 2_944;
export const REPLY_TEXT_BYTES = 2_860;
export const MAX_REPLY_PARTS = 16;
export const MAX_BOARD_BYTES = 64 * 1024 * 1024;

const HEAD_BYTES = 20;
const TEXT_START = 84;
const ENC_END = TAG_BYTES + hpke.ENCAPSULATION_BYTES;
const TAGGED_START = ENC_END - 32;
const CELLS_AT_ONCE = 64;

/**
 * What is inside one reply cell.
 *
 * @typedef {object} ReplyPart
 * @property {string} lawyer id, hex
 * @property {number} week in which it was written
 * @property {number} sequence from 1
 * @property {number} part 1..of
 * @property {number} of 1..16
 * @property {string} text
 *
 * What one lawyer wrote at one time, as far as the board holds it.
 *
 * @typedef {object} Reply
 * @property {string} lawyer id, hex
 * @property {number} week
 * @property {number} sequence
 * @property {number} of
 * @property {number[]} parts the numbers of those that are there, ascending
 * @property {boolean} complete
 * @property {string} text of the parts there are, in order
 *
 * What opens the replies to one thread.
 *
 * @typedef {object} Reader
 * @property {Bytes} replySeed
 * @property {Bytes} replyKey
 * @property {Bytes} info
 * @property {CryptoKey} tagKey
 * @property {Map<string, Bytes>} identities Ed25519 keys by lawyer's id, whatever their status
 */

/**
 * @param {{ replySeed: Bytes, tagKey: Bytes }} keys of the phrase
 * @param {Pick<import("./roster.js").Lawyer, "id" | "identity">[]} lawyers of the verified roster
 * @returns {Promise<Reader>}
 */
export async function readerOf({ replySeed, tagKey }, lawyers) {
  const replyKey = await hpke.publicKeyFromSeed(replySeed);
  return {
    replySeed,
    replyKey,
    info: await replyInfo(replyKey),
    tagKey: await hmacKey(tagKey),
    identities: new Map(lawyers.map(({ id, identity }) => [id, identity])),
  };
}

/**
 * The reply cells of *board*.
 *
 * Errors: board-size.  Source: reply-cell-v1.md, section 5.
 *
 * @param {Bytes} board
 * @returns {Bytes[]}
 */
export function splitBoard(board) {
  if (board.length % REPLY_CELL_BYTES !== 0 || board.length > MAX_BOARD_BYTES) {
    throw new BuzonError("board-size");
  }
  const cells = [];
  for (let start = 0; start < board.length; start += REPLY_CELL_BYTES) {
    cells.push(board.subarray(start, start + REPLY_CELL_BYTES));
  }
  return cells;
}

/**
 * What *cell* says to this thread.
 *
 * Errors: unseal, whatever failed.  Source: reply-cell-v1.md, section 2.
 *
 * @param {Reader} reader
 * @param {Bytes} cell
 * @returns {Promise<ReplyPart>}
 */
export async function openReply(reader, cell) {
  try {
    if (!(await isTagged(reader, cell))) throw new BuzonError("unseal");
    const plaintext = await hpke.open(reader.replySeed, reader.info, cell.subarray(TAG_BYTES));
    const { reply, head, signature, text } = parseReplyPlaintext(plaintext);
    const identity = reader.identities.get(reply.lawyer);
    if (identity === undefined) throw new BuzonError("unseal");
    await ed25519.verify(identity, await replyStatement(reader.replyKey, head, text), signature);
    return reply;
  } catch (error) {
    throw error instanceof BuzonError ? new BuzonError("unseal") : error;
  }
}

/**
 * Whether the tag says that *cell* is for this thread; nothing else is looked at.
 *
 * @param {Reader} reader
 * @param {Bytes} cell
 * @returns {Promise<boolean>}
 */
async function isTagged(reader, cell) {
  if (cell.length !== REPLY_CELL_BYTES) return false;
  const expected = await replyTag(reader.tagKey, cell.subarray(TAGGED_START, ENC_END));
  return equal(expected, cell.subarray(0, TAG_BYTES));
}

/**
 * What was sealed, 2,944 bytes; its signature is not verified.
 *
 * Errors: unseal.
 *
 * @param {Bytes} plaintext
 */
export function parseReplyPlaintext(plaintext) {
  if (plaintext.length !== REPLY_PLAINTEXT_BYTES) throw new BuzonError("unseal");
  const [sequence, part, of, length] = [
    readU32(plaintext, 12),
    plaintext[16],
    plaintext[17],
    readU16(plaintext, 18),
  ];
  const text = plaintext.subarray(TEXT_START, TEXT_START + length);
  if (
    of < 1 ||
    of > MAX_REPLY_PARTS ||
    part < 1 ||
    part > of ||
    sequence < 1 ||
    length < 1 ||
    length > REPLY_TEXT_BYTES ||
    plaintext.subarray(TEXT_START + length).some((byte) => byte !== 0)
  ) {
    throw new BuzonError("unseal");
  }
  let words;
  try {
    words = fromUtf8(text);
  } catch {
    throw new BuzonError("unseal");
  }
  return {
    /** @type {ReplyPart} */
    reply: {
      lawyer: hex(plaintext.subarray(0, 8)),
      week: readU32(plaintext, 8),
      sequence,
      part,
      of,
      text: words,
    },
    head: plaintext.subarray(0, HEAD_BYTES),
    signature: plaintext.subarray(HEAD_BYTES, TEXT_START),
    text,
  };
}

/**
 * Every reply to this thread among *cells*, by lawyer and sequence.  What does not open,
 * verify and parse is passed over without a word.
 *
 * @param {Reader} reader
 * @param {Bytes[]} cells
 * @param {(share: number) => void} [progress] told 0 to 1
 * @returns {Promise<Reply[]>}
 */
export async function readReplies(reader, cells, progress) {
  const tagged = await taggedCells(reader, cells, progress);
  /** @type {Map<string, ReplyPart[]>} */
  const found = new Map();
  for (const cell of tagged) {
    const part = await openReply(reader, cell).catch((error) => {
      if (error instanceof BuzonError) return null;
      throw error;
    });
    if (part === null) continue;
    const key = `${part.lawyer} ${String(part.sequence).padStart(10, "0")}`;
    const others = found.get(key) ?? [];
    const fits = others.every((other) => other.of === part.of && other.part !== part.part);
    if (fits) found.set(key, [...others, part]);
  }
  return [...found.keys()].sort().map((key) => joined(found.get(key) ?? []));
}

/**
 * @param {Reader} reader
 * @param {Bytes[]} cells
 * @param {(share: number) => void} [progress]
 * @returns {Promise<Bytes[]>} those whose tag matches
 */
async function taggedCells(reader, cells, progress) {
  /** @type {Bytes[]} */
  const tagged = [];
  for (let start = 0; start < cells.length; start += CELLS_AT_ONCE) {
    const some = cells.slice(start, start + CELLS_AT_ONCE);
    const matches = await Promise.all(some.map((cell) => isTagged(reader, cell)));
    tagged.push(...some.filter((_, at) => matches[at]));
    progress?.(Math.min(1, (start + CELLS_AT_ONCE) / cells.length));
  }
  // A board is sorted: a server that repeats a cell makes nobody open it twice.
  return tagged.filter((cell, at) => at === 0 || !equal(cell, tagged[at - 1]));
}

/**
 * @param {ReplyPart[]} parts of one reply, at least one, each once
 * @returns {Reply}
 */
function joined(parts) {
  const inOrder = [...parts].sort((one, other) => one.part - other.part);
  const { lawyer, week, sequence, of } = parts[0];
  return {
    lawyer,
    week,
    sequence,
    of,
    parts: inOrder.map(({ part }) => part),
    complete: parts.length === of,
    text: inOrder.map(({ text }) => text).join(""),
  };
}

/**
 * For each lawyer the highest sequence that is complete: `read` of the next message.
 *
 * @param {Reply[]} replies
 * @returns {Record<string, number>}
 */
export function highestRead(replies) {
  /** @type {Record<string, number>} */
  const highest = {};
  for (const { lawyer, sequence, complete } of replies) {
    if (complete) highest[lawyer] = Math.max(sequence, highest[lawyer] ?? 0);
  }
  return highest;
}
