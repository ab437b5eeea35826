/**
 * Key schedule: every secret and every signed statement of suite 1, derived in one place.
 *
 * Where this file and crypto/spec/message-cell-v1.md, part-cell-v1.md or reply-cell-v1.md
 * disagree, this file is wrong.
 */
import { concat, fromHex, u32, utf8 } from "./bytes.js";
import { hkdf } from "./hkdf.js";
import { hmacSha256, sha256 } from "./sha256.js";

/** @typedef {import("./bytes.js").Bytes} Bytes */

export const CELL_KEY_BYTES = 32;
export const FILE_KEY_BYTES = 32;
export const FILE_ID_BYTES = 16;
export const TAG_BYTES = 16;

/**
 * HPKE info of the slot of a message cell that is sealed to *publicKey*.
 *
 * Source: message-cell-v1.md, section 3.
 *
 * @param {number} week
 * @param {string} rosterHash hex
 * @param {Bytes} publicKey 1,216 bytes
 * @returns {Promise<Bytes>}
 */
export async function slotInfo(week, rosterHash, publicKey) {
  return concat(utf8("buzon/slot/v1"), u32(week), fromHex(rosterHash), await sha256(publicKey));
}

/**
 * The keys of a message cell's body.
 *
 * Source: message-cell-v1.md, section 3.
 *
 * @param {Bytes} cellKey 32 bytes
 * @param {Bytes} transcript T
 */
export async function bodyKeys(cellKey, transcript) {
  const derived = await hkdf(cellKey, transcript, utf8("buzon/message/v1"), 76);
  return {
    aesKey: derived.subarray(0, 32),
    commitment: derived.subarray(32, 64),
    nonce: derived.subarray(64),
  };
}

/**
 * What the witness's thread key signs in each message.
 *
 * Source: message-cell-v1.md, section 3.
 *
 * @param {Bytes} transcript T
 * @param {Bytes} json
 * @returns {Promise<Bytes>}
 */
export async function threadStatement(transcript, json) {
  return concat(utf8("buzon/thread-sig/v1"), transcript, await sha256(json));
}

/**
 * The keys of the part at *index* of *count* whose cell begins with *header*.
 *
 * Source: part-cell-v1.md, section 2.
 *
 * @param {Bytes} fileKey 32 bytes
 * @param {Bytes} fileId 16 bytes
 * @param {number} index
 * @param {number} count
 * @param {Bytes} header 24 bytes
 */
export async function partKeys(fileKey, fileId, index, count, header) {
  const context = concat(fileId, u32(index), u32(count));
  const derived = await hkdf(fileKey, header.subarray(8), concat(utf8("buzon/part/v1"), context), 44);
  return {
    aesKey: derived.subarray(0, 32),
    nonce: derived.subarray(32),
    aad: concat(utf8("buzon/part-aad/v1"), header, context),
  };
}

/**
 * HPKE info of a reply to the thread of *replyKey*.
 *
 * Source: reply-cell-v1.md, section 1.
 *
 * @param {Bytes} replyKey 1,216 bytes
 * @returns {Promise<Bytes>}
 */
export async function replyInfo(replyKey) {
  return concat(utf8("buzon/reply/v1"), await sha256(replyKey));
}

/**
 * What the lawyer signs in a reply.
 *
 * Source: reply-cell-v1.md, section 1.
 *
 * @param {Bytes} replyKey 1,216 bytes
 * @param {Bytes} head the first 20 bytes of the plaintext
 * @param {Bytes} text
 * @returns {Promise<Bytes>}
 */
export async function replyStatement(replyKey, head, text) {
  return concat(utf8("buzon/reply-sig/v1"), await sha256(replyKey), head, text);
}

/**
 * The tag by which a witness finds a reply.
 *
 * Source: reply-cell-v1.md, section 1.
 *
 * @param {CryptoKey} tagKey from hmacKey
 * @param {Bytes} tagged the last 32 bytes of the encapsulation
 * @returns {Promise<Bytes>} 16 bytes
 */
export async function replyTag(tagKey, tagged) {
  return (await hmacSha256(tagKey, concat(utf8("buzon/tag/v1"), tagged))).subarray(0, TAG_BYTES);
}
