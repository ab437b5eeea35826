/**
 * Opening cells, which no browser of a witness ever does.
 *
 * Source: crypto/spec/message-cell-v1.md, section 4, and part-cell-v1.md, section 2.
 */
import * as aead from "../../../app/site/client/aead.js";
import { equal, readU32 } from "../../../app/site/client/bytes.js";
import { MAX_MESSAGE_JSON_BYTES, parseMessageCell } from "../../../app/site/client/cell.js";
import * as ed25519 from "../../../app/site/client/ed25519.js";
import { BuzonError } from "../../../app/site/client/errors.js";
import * as hpke from "../../../app/site/client/hpke.js";
import { CELL_KEY_BYTES, bodyKeys, partKeys, slotInfo, threadStatement } from "../../../app/site/client/key-schedule.js";
import { parseMessage } from "../../../app/site/client/message.js";
import { parsePartCell } from "../../../app/site/client/part.js";
import { sha256 } from "../../../app/site/client/sha256.js";

/**
 * @typedef {import("../../../app/site/client/bytes.js").Bytes} Bytes
 * @typedef {import("../../../app/site/client/cell.js").MessageCell} MessageCell
 *
 * What opens one lawyer's slot in one week's cells.
 *
 * @typedef {object} WeeklyPrivateKey
 * @property {Bytes} publicKey
 * @property {(info: Bytes, slot: Bytes) => Promise<Bytes | null>} open null when it does not
 */

/**
 * The key that *seed* expands to.
 *
 * @param {Bytes} seed
 * @returns {Promise<WeeklyPrivateKey>}
 */
export async function weeklyPrivateKey(seed) {
  return {
    publicKey: await hpke.publicKeyFromSeed(seed),
    open: (info, slot) => hpke.open(seed, info, slot).catch(() => null),
  };
}

/**
 * One answer for every failure.
 *
 * @template T
 * @param {() => Promise<T>} act
 * @returns {Promise<T>}
 */
async function unsealing(act) {
  try {
    return await act();
  } catch (error) {
    throw error instanceof BuzonError ? new BuzonError("unseal") : error;
  }
}

/**
 * Open a parsed cell with the weekly keys held for its week.
 *
 * Errors: unseal.
 *
 * @param {MessageCell} cell
 * @param {WeeklyPrivateKey[]} keys
 */
export function openMessage(cell, keys) {
  return unsealing(async () => {
    const transcript = await sha256(cell.head);
    for (const key of keys) {
      const body = await keysFromSlots(cell, transcript, key);
      if (body !== null) return { ...(await openBody(cell, transcript, body)), key };
    }
    throw new BuzonError("unseal");
  });
}

/**
 * @param {MessageCell} cell
 * @param {Bytes} transcript
 * @param {WeeklyPrivateKey} key
 */
async function keysFromSlots(cell, transcript, { publicKey, open }) {
  const info = await slotInfo(cell.week, cell.rosterHash, publicKey);
  for (const slot of cell.slots) {
    const cellKey = await open(info, slot);
    if (cellKey === null || cellKey.length !== CELL_KEY_BYTES) continue;
    const keys = await bodyKeys(cellKey, transcript);
    if (equal(keys.commitment, cell.commitment)) return keys;
  }
  return null;
}

/**
 * @param {MessageCell} cell
 * @param {Bytes} transcript
 * @param {Awaited<ReturnType<typeof bodyKeys>>} keys
 */
async function openBody(cell, transcript, keys) {
  const plaintext = await aead.open(keys.aesKey, keys.nonce, cell.body, transcript);
  const length = readU32(plaintext, 96);
  if (length > MAX_MESSAGE_JSON_BYTES) throw new BuzonError("unseal");
  const json = plaintext.slice(100, 100 + length);
  if (plaintext.subarray(100 + length).some((byte) => byte !== 0)) throw new BuzonError("unseal");
  const threadKey = plaintext.slice(0, 32);
  const signature = plaintext.slice(32, 96);
  await ed25519.verify(threadKey, await threadStatement(transcript, json), signature);
  return { threadKey, signature, json, message: parseMessage(json), transcript };
}

/**
 * Parse and open a message cell.
 *
 * Errors: those of parsing, then unseal.
 *
 * @param {Bytes} cell
 * @param {WeeklyPrivateKey[]} keys
 */
export async function openMessageCell(cell, keys) {
  return openMessage(parseMessageCell(cell), keys);
}

/**
 * The real bytes of one part.
 *
 * Errors: unseal.
 *
 * @param {Bytes} fileKey
 * @param {Bytes} fileId
 * @param {number} index
 * @param {number} count
 * @param {Bytes} cell
 * @param {number} realBytes
 */
export function openPart(fileKey, fileId, index, count, cell, realBytes) {
  return unsealing(async () => {
    const { header, sealed } = parsePartCell(cell);
    const { aesKey, nonce, aad } = await partKeys(fileKey, fileId, index, count, header);
    const plaintext = await aead.open(aesKey, nonce, sealed, aad);
    // Hashing is the browser's own; a loop over a mebibyte is slow without a JIT.
    const padding = await sha256(plaintext.subarray(realBytes));
    const zeros = await sha256(new Uint8Array(plaintext.length - realBytes));
    if (!equal(padding, zeros)) throw new BuzonError("unseal");
    return plaintext.subarray(0, realBytes);
  });
}
