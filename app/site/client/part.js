/**
 * Part cell v1: a piece of a file, always 1,048,576 bytes; and how a file is cut.
 *
 *     header 24 | ciphertext 1,048,536 | tag 16
 *
 * Where this file and crypto/spec/part-cell-v1.md disagree, this file is wrong.
 */
import * as aead from "./aead.js";
import { beginning, checkBeginning } from "./cell.js";
import { BuzonError } from "./errors.js";
import { concat } from "./bytes.js";
import { partKeys } from "./key-schedule.js";

/** @typedef {import("./bytes.js").Bytes} Bytes */

export const PART_KIND = 2;
export const PART_CELL_BYTES = 1_048_576;
export const PART_HEADER_BYTES = 24;
export const PART_SALT_BYTES = 16;
export const PART_PLAINTEXT_BYTES = 1_048_536;
export const SEGMENT_PARTS = 64;
export const SEGMENT_BYTES = SEGMENT_PARTS * PART_PLAINTEXT_BYTES;
export const MAX_SEGMENTS = 1_024;

/**
 * The fields of a part cell; nothing has been opened or believed.
 *
 * @typedef {object} PartCell
 * @property {Bytes} header 24 bytes; the salt is its end
 * @property {Bytes} sealed 1,048,552 bytes: ciphertext and tag
 *
 * Up to 64 parts of one file, under one key.
 *
 * @typedef {object} Segment
 * @property {number} index
 * @property {number} offset first byte of the file that it covers
 * @property {number} size real bytes of the file in it; 0 when it is all padding
 * @property {number} count parts, 1 to 64
 */

/**
 * Split *cell* into its fields without opening anything.
 *
 * Errors, in order: cell-size, cell-magic, cell-suite, cell-kind, cell-reserved.
 * Source: part-cell-v1.md, section 1.
 *
 * @param {Bytes} cell
 * @returns {PartCell}
 */
export function parsePartCell(cell) {
  checkBeginning(cell, PART_CELL_BYTES, PART_KIND);
  return { header: cell.subarray(0, PART_HEADER_BYTES), sealed: cell.subarray(PART_HEADER_BYTES) };
}

/**
 * One part cell of 1,048,576 bytes.
 *
 * Source: part-cell-v1.md, section 2.
 *
 * @param {Bytes} fileKey 32 bytes, of the segment
 * @param {Bytes} fileId 16 bytes, of the segment
 * @param {number} index of the part within its segment, from 0
 * @param {number} count of the parts of the segment
 * @param {Bytes} plaintext 1,048,536 bytes: the file's, then zeros
 * @param {Bytes} salt 16 bytes, random for every sealing of every part
 * @returns {Promise<Bytes>}
 */
export async function sealPart(fileKey, fileId, index, count, plaintext, salt) {
  if (plaintext.length !== PART_PLAINTEXT_BYTES) throw new RangeError("not one part");
  const header = concat(beginning(PART_KIND), salt);
  const { aesKey, nonce, aad } = await partKeys(fileKey, fileId, index, count, header);
  const sealed = await aead.seal(aesKey, nonce, plaintext, aad);
  aesKey.fill(0);
  return concat(header, sealed);
}

/**
 * *number* rounded up so that few bits of it are told.
 *
 * Source: part-cell-v1.md, section 3; Nikitin et al., PETS 2019.
 *
 * @param {number} number below 2^31
 * @returns {number}
 */
export function padme(number) {
  if (number < 2) return number;
  const exponent = floorLog2(number);
  const kept = floorLog2(exponent) + 1;
  if (exponent <= kept) return number;
  const step = 2 ** (exponent - kept);
  return Math.ceil(number / step) * step;
}

/** @param {number} number 0 to 2^32-1 */
function floorLog2(number) {
  return 31 - Math.clz32(number);
}

/**
 * How many part cells a file of *size* bytes is sent in, padding included.
 *
 * @param {number} size
 * @returns {number}
 */
export function partsOf(size) {
  return padme(Math.max(1, Math.ceil(size / PART_PLAINTEXT_BYTES)));
}

/**
 * The segments that a file of *size* bytes is sent in, in order.
 *
 * Errors: file-too-large, more segments than a manifest can count.
 * Source: part-cell-v1.md, section 3.
 *
 * @param {number} size
 * @returns {Segment[]}
 */
export function segmentsOf(size) {
  if (size > MAX_SEGMENTS * SEGMENT_BYTES) throw new BuzonError("file-too-large");
  const parts = partsOf(size);
  const segments = [];
  for (let first = 0; first < parts; first += SEGMENT_PARTS) {
    const offset = first * PART_PLAINTEXT_BYTES;
    segments.push({
      index: segments.length,
      offset,
      size: Math.min(Math.max(size - offset, 0), SEGMENT_BYTES),
      count: Math.min(parts - first, SEGMENT_PARTS),
    });
  }
  if (segments.length > MAX_SEGMENTS) throw new BuzonError("file-too-large");
  return segments;
}
