/**
 * Message cell v1: what a browser sends, always 65,536 bytes.
 *
 *     header 44 | 16 slots of 1,168 | commitment 32 | body 46,772
 *
 * Also what message cells and part cells have in common: how a cell begins.  Nothing here
 * opens a cell: a browser has no key that could.
 *
 * Where this file and crypto/spec/message-cell-v1.md disagree, this file is wrong.
 */
import * as aead from "./aead.js";
import { concat, equal, fromHex, hex, readU32, u32, utf8 } from "./bytes.js";
import * as ed25519 from "./ed25519.js";
import { BuzonError } from "./errors.js";
import * as hpke from "./hpke.js";
import { CELL_KEY_BYTES, bodyKeys, slotInfo, threadStatement } from "./key-schedule.js";
import { shuffled } from "./random.js";
import { sha256 } from "./sha256.js";

/**
 * @typedef {import("./bytes.js").Bytes} Bytes
 * @typedef {import("./random.js").Random} Random
 */

export const MAGIC = utf8("BZN1");
export const SUITE = 1;
export const MESSAGE_KIND = 1;

export const MESSAGE_CELL_BYTES = 65_536;
export const HEADER_BYTES = 44;
export const SLOT_COUNT = 16;
export const SLOT_BYTES = 1_168; // HPKE: encapsulation 1,120, cell key 32, tag 16
export const COMMITMENT_BYTES = 32;
export const MAX_MESSAGE_JSON_BYTES = 46_656;

const SLOTS_END = HEADER_BYTES + SLOT_COUNT * SLOT_BYTES;
const COMMITMENT_END = SLOTS_END + COMMITMENT_BYTES;

/**
 * The fields of a message cell; nothing has been opened or believed.
 *
 * @typedef {object} MessageCell
 * @property {number} week
 * @property {string} rosterHash hex
 * @property {Bytes} head header and slots, of which T is the hash
 * @property {Bytes[]} slots 16 of 1,168 bytes
 * @property {Bytes} commitment 32 bytes
 * @property {Bytes} body 46,772 bytes: ciphertext and tag
 */

/**
 * Split *cell* into its fields without opening anything.
 *
 * Errors, in order: cell-size, cell-magic, cell-suite, cell-kind, cell-reserved.
 * Source: message-cell-v1.md, section 2.
 *
 * @param {Bytes} cell
 * @returns {MessageCell}
 */
export function parseMessageCell(cell) {
  checkBeginning(cell, MESSAGE_CELL_BYTES, MESSAGE_KIND);
  const slots = [];
  for (let start = HEADER_BYTES; start < SLOTS_END; start += SLOT_BYTES) {
    slots.push(cell.subarray(start, start + SLOT_BYTES));
  }
  return {
    week: readU32(cell, 8),
    rosterHash: hex(cell.subarray(12, HEADER_BYTES)),
    head: cell.subarray(0, SLOTS_END),
    slots,
    commitment: cell.subarray(SLOTS_END, COMMITMENT_END),
    body: cell.subarray(COMMITMENT_END),
  };
}

/**
 * The 8 bytes that every cell of *kind* begins with.
 *
 * @param {number} kind
 * @returns {Bytes}
 */
export function beginning(kind) {
  return concat(MAGIC, new Uint8Array([SUITE, kind, 0, 0]));
}

/**
 * Refuse what is not *size* bytes that begin as a cell of *kind*.
 *
 * Errors, in order: cell-size, cell-magic, cell-suite, cell-kind, cell-reserved.
 *
 * @param {Uint8Array} cell
 * @param {number} size
 * @param {number} kind
 */
export function checkBeginning(cell, size, kind) {
  if (cell.length !== size) throw new BuzonError("cell-size");
  if (!equal(cell.subarray(0, 4), MAGIC)) throw new BuzonError("cell-magic");
  if (cell[4] !== SUITE) throw new BuzonError("cell-suite");
  if (cell[5] !== kind) throw new BuzonError("cell-kind");
  if (cell[6] !== 0 || cell[7] !== 0) throw new BuzonError("cell-reserved");
}

/**
 * Seal a message: one cell that the chosen recipients can open, and nobody else.
 *
 * Errors, in order: message-too-long, recipients-count, hpke-key.
 * Source: message-cell-v1.md, section 3.
 *
 * @param {object} what
 * @param {number} what.week of the verified directory
 * @param {string} what.rosterHash of the verified directory, hex
 * @param {Bytes[]} what.recipients 1 to 16 distinct X-Wing public keys
 * @param {Bytes} what.threadSeed from the phrase
 * @param {Bytes} what.json the message
 * @param {Random} random cell key, throw-away keys and order; encapsulation draws its own
 * @param {(share: number) => void} [progress] told 0 to 1 as slots are made
 * @returns {Promise<Bytes>} 65,536 bytes
 */
export async function sealMessage({ week, rosterHash, recipients, threadSeed, json }, random, progress) {
  checkLength(json);
  const distinct = new Set(recipients.map(hex)).size;
  if (distinct < 1 || distinct > SLOT_COUNT || distinct < recipients.length) {
    throw new BuzonError("recipients-count");
  }
  const cellKey = random(CELL_KEY_BYTES);
  const slots = [];
  // In the final order, so that what progress shows tells nothing of who is among them.
  const order = shuffled([...recipients, ...Array(SLOT_COUNT - recipients.length).fill(null)], random);
  for (const recipient of order) {
    // A slot for nobody is as real as the others: its key is thrown away here.
    const publicKey = recipient ?? (await hpke.publicKeyFromSeed(random(hpke.SEED_BYTES)));
    const secret = recipient === null ? random(CELL_KEY_BYTES) : cellKey;
    slots.push(await hpke.seal(publicKey, await slotInfo(week, rosterHash, publicKey), secret));
    progress?.(slots.length / SLOT_COUNT);
  }
  const cell = await assembleMessageCell(week, rosterHash, slots, cellKey, threadSeed, json);
  cellKey.fill(0);
  return cell;
}

/**
 * The cell that follows from its slots and its cell key; nothing is random here.
 *
 * Errors: message-too-long.  Source: message-cell-v1.md, section 3, steps 5 to 8.
 *
 * @param {number} week
 * @param {string} rosterHash hex
 * @param {Bytes[]} slots 16 of 1,168 bytes, in their final order
 * @param {Bytes} cellKey 32 bytes, which the recipients' slots hold
 * @param {Bytes} threadSeed
 * @param {Bytes} json
 * @returns {Promise<Bytes>}
 */
export async function assembleMessageCell(week, rosterHash, slots, cellKey, threadSeed, json) {
  checkLength(json);
  const head = concat(beginning(MESSAGE_KIND), u32(week), fromHex(rosterHash), ...slots);
  const transcript = await sha256(head);
  const { aesKey, commitment, nonce } = await bodyKeys(cellKey, transcript);
  const plaintext = concat(
    await ed25519.publicKeyFromSeed(threadSeed),
    await ed25519.sign(threadSeed, await threadStatement(transcript, json)),
    u32(json.length),
    json,
    new Uint8Array(MAX_MESSAGE_JSON_BYTES - json.length),
  );
  const body = await aead.seal(aesKey, nonce, plaintext, transcript);
  const cell = concat(head, commitment, body);
  aesKey.fill(0);
  plaintext.fill(0);
  return cell;
}

/** @param {Bytes} json */
function checkLength(json) {
  if (json.length > MAX_MESSAGE_JSON_BYTES) throw new BuzonError("message-too-long");
}
