/**
 * Manifest v1: what a message says about one segment of a file.
 *
 * Where this file and crypto/spec/part-cell-v1.md section 4 disagree, this file is wrong.
 */
import { base64 } from "./bytes.js";
import { BuzonError } from "./errors.js";
import { FILE_ID_BYTES, FILE_KEY_BYTES } from "./key-schedule.js";
import { MAX_SEGMENTS, PART_PLAINTEXT_BYTES, SEGMENT_PARTS } from "./part.js";
import * as strictjson from "./strictjson.js";

export const GROUP_BYTES = 16;
export const MAX_NAME_CHARACTERS = 255;
const DIGEST_BYTES = 32;
const ROLES = /** @type {const} */ (["attachment", "account"]);

/**
 * One segment of one file, with the key that opens its parts.
 *
 * @typedef {object} Manifest
 * @property {string} group random, one for the file, hex
 * @property {number} segment
 * @property {number} segments
 * @property {number} offset first byte of the file that it covers
 * @property {number} size real bytes in it; 0 when it is all padding
 * @property {number} fileSize real bytes of the whole file
 * @property {import("./bytes.js").Bytes} key 32 bytes
 * @property {string} id hex
 * @property {string} name whatever the machine called it
 * @property {typeof ROLES[number]} role
 * @property {string[]} parts SHA-256 of each part cell, hex, in order, distinct
 */

/**
 * The manifest as it stands in a message.
 *
 * @param {Manifest} manifest
 * @returns {strictjson.JSONObject}
 */
export function toValue(manifest) {
  return {
    group: manifest.group,
    segment: manifest.segment,
    segments: manifest.segments,
    offset: manifest.offset,
    size: manifest.size,
    file_size: manifest.fileSize,
    key: base64(manifest.key),
    id: manifest.id,
    name: manifest.name,
    role: manifest.role,
    parts: manifest.parts,
  };
}

/**
 * One entry of a message's `files`.
 *
 * Errors: document-malformed.  Source: part-cell-v1.md, section 4.
 *
 * @param {strictjson.JSONValue} value
 * @returns {Manifest}
 */
export function fromValue(value) {
  const [group, segment, segments, offset, size, fileSize, key, id, name, role, parts] = strictjson.members(
    value,
    "group",
    "segment",
    "segments",
    "offset",
    "size",
    "file_size",
    "key",
    "id",
    "name",
    "role",
    "parts",
  );
  const digests = strictjson
    .array(parts, 1, SEGMENT_PARTS)
    .map((digest) => strictjson.hexadecimal(digest, DIGEST_BYTES));
  const count = strictjson.integer(segments, 1, MAX_SEGMENTS);
  const manifest = {
    group: strictjson.hexadecimal(group, GROUP_BYTES),
    segment: strictjson.integer(segment, 0, count - 1),
    segments: count,
    offset: strictjson.integer(offset, 0),
    size: strictjson.integer(size, 0, digests.length * PART_PLAINTEXT_BYTES),
    fileSize: strictjson.integer(fileSize, 0),
    key: strictjson.base64Bytes(key, FILE_KEY_BYTES),
    id: strictjson.hexadecimal(id, FILE_ID_BYTES),
    name: strictjson.string(name, MAX_NAME_CHARACTERS),
    role: strictjson.choice(role, ROLES),
    parts: strictjson.distinct(digests),
  };
  if (manifest.size > 0 && manifest.offset + manifest.size > manifest.fileSize) {
    throw new BuzonError("document-malformed");
  }
  return manifest;
}
