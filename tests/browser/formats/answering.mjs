/**
 * What a station makes: replies, decoys, batches, boards.
 *
 * Source: crypto/spec/reply-cell-v1.md.
 */
import { concat, fromHex, hex, u16, u32, utf8 } from "../../../app/site/client/bytes.js";
import * as ed25519 from "../../../app/site/client/ed25519.js";
import { BuzonError } from "../../../app/site/client/errors.js";
import * as hpke from "../../../app/site/client/hpke.js";
import { TAG_BYTES, replyInfo, replyStatement, replyTag } from "../../../app/site/client/key-schedule.js";
import { MAX_BOARD_BYTES, MAX_REPLY_PARTS, REPLY_CELL_BYTES, REPLY_PLAINTEXT_BYTES, REPLY_TEXT_BYTES } from "../../../app/site/client/reply.js";
import { hmacKey } from "../../../app/site/client/sha256.js";

/** @typedef {import("../../../app/site/client/bytes.js").Bytes} Bytes */

/**
 * A text cut at character boundaries into pieces that fit one cell each.
 *
 * Errors, in order: reply-empty, reply-not-text, reply-too-long.
 *
 * @param {string} text
 * @returns {string[]}
 */
export function splitReplyText(text) {
  if (text === "") throw new BuzonError("reply-empty");
  if (/\p{Surrogate}/u.test(text)) throw new BuzonError("reply-not-text");
  const pieces = [];
  let piece = "";
  let size = 0;
  for (const character of text) {
    const bytes = utf8(character).length;
    if (size + bytes > REPLY_TEXT_BYTES) {
      pieces.push(piece);
      piece = "";
      size = 0;
    }
    piece += character;
    size += bytes;
  }
  pieces.push(piece);
  if (pieces.length > MAX_REPLY_PARTS) throw new BuzonError("reply-too-long");
  return pieces;
}

/**
 * The 2,944 bytes that are sealed.
 *
 * @param {import("../../../app/site/client/reply.js").ReplyPart} part
 * @param {Bytes} replyKey
 * @param {Bytes} identitySeed
 */
export async function replyPlaintext(part, replyKey, identitySeed) {
  const text = utf8(part.text);
  const numbers = new Uint8Array([part.part, part.of]);
  const head = concat(fromHex(part.lawyer), u32(part.week), u32(part.sequence), numbers, u16(text.length));
  const signature = await ed25519.sign(identitySeed, await replyStatement(replyKey, head, text));
  return concat(head, signature, text, new Uint8Array(REPLY_TEXT_BYTES - text.length));
}

/**
 * A reply cell around *plaintext*.
 *
 * @param {Bytes} plaintext 2,944 bytes
 * @param {Bytes} replyKey
 * @param {Bytes} tagKey
 */
export async function sealReply(plaintext, replyKey, tagKey) {
  const sealed = await hpke.seal(replyKey, await replyInfo(replyKey), plaintext);
  const tagged = sealed.subarray(hpke.ENCAPSULATION_BYTES - 32, hpke.ENCAPSULATION_BYTES);
  return concat(await replyTag(await hmacKey(tagKey), tagged), sealed);
}

/**
 * A cell that cannot be told from a reply.
 *
 * @param {import("../../../app/site/client/random.js").Random} random
 */
export async function decoy(random) {
  const replyKey = await hpke.publicKeyFromSeed(random(hpke.SEED_BYTES));
  const plaintext = new Uint8Array(REPLY_PLAINTEXT_BYTES);
  return concat(random(TAG_BYTES), await hpke.seal(replyKey, await replyInfo(replyKey), plaintext));
}

/**
 * The cells of a batch.
 *
 * Errors, in order: batch-size, batch-repeats.
 *
 * @param {Bytes} batch
 * @param {number} batchSize
 * @returns {Bytes[]}
 */
export function splitBatch(batch, batchSize) {
  if (batch.length !== batchSize * REPLY_CELL_BYTES) throw new BuzonError("batch-size");
  const cells = Array.from({ length: batchSize }, (_, at) =>
    batch.subarray(at * REPLY_CELL_BYTES, (at + 1) * REPLY_CELL_BYTES),
  );
  if (new Set(cells.map(hex)).size !== batchSize) throw new BuzonError("batch-repeats");
  return cells;
}

/**
 * The board of some reply cells.
 *
 * Errors: cell-size, board-size.
 *
 * @param {Bytes[]} cells
 * @returns {Bytes}
 */
export function buildBoard(cells) {
  if (cells.some((cell) => cell.length !== REPLY_CELL_BYTES)) throw new BuzonError("cell-size");
  if (cells.length * REPLY_CELL_BYTES > MAX_BOARD_BYTES) throw new BuzonError("board-size");
  const ordered = cells.map((cell) => ({ cell, name: hex(cell) }));
  ordered.sort((one, other) => (one.name < other.name ? -1 : Number(one.name > other.name)));
  return concat(...ordered.map(({ cell }) => cell));
}

/**
 * The tag and the sealed reply of a cell; nothing has been opened or believed.
 *
 * Errors: cell-size.
 *
 * @param {Bytes} cell
 */
export function parseReplyCell(cell) {
  if (cell.length !== REPLY_CELL_BYTES) throw new BuzonError("cell-size");
  return { tag: cell.subarray(0, TAG_BYTES), sealed: cell.subarray(TAG_BYTES) };
}
