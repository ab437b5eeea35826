/** A witness for tests: a phrase, a verified directory, and files that are never whole in memory. */
import { concat, hex } from "../../../app/site/client/bytes.js";
import { verifyDirectory } from "../../../app/site/client/directory.js";
import { PART_CELL_BYTES, PART_PLAINTEXT_BYTES as PART } from "../../../app/site/client/part.js";
import { randomBytes } from "../../../app/site/client/random.js";
import { sha256 } from "../../../app/site/client/sha256.js";
import { threadOf } from "../../../app/site/client/witness.js";
import { NOW, ORIGIN, organisationOf } from "./organisation.mjs";
import { openMessageCell, openPart, weeklyPrivateKey } from "./opening.mjs";

/** @typedef {import("../../../app/site/client/bytes.js").Bytes} Bytes */

/**
 * @param {number} lawyers in the directory
 * @param {number} [chosen] how many of them read; all unless said
 */
export async function witnessOf(lawyers, chosen = lawyers) {
  const organisation = await organisationOf(lawyers);
  const directory = await verifyDirectory(organisation.directory, organisation.trust, NOW, ORIGIN);
  const phrase = randomBytes(16);
  const readers = organisation.lawyers.slice(0, chosen).map(({ id }) => id);
  const sealing = {
    thread: await threadOf(phrase),
    audience: async () => ({ directory, lawyers: readers }),
    read: {},
    questionnaire: "1",
    client: "tests",
    random: randomBytes,
  };
  const keys = await Promise.all(organisation.lawyers.map(({ weeklySeed }) => weeklyPrivateKey(weeklySeed)));
  return { organisation, directory, phrase, sealing, keys };
}

/**
 * What a person tells.
 *
 * @param {string} narrative
 * @param {"account" | "follow-up"} [kind]
 */
export function accountOf(narrative, kind = "account") {
  return { kind, answers: { narrative }, consent: { share: true }, urgency: {} };
}

const BLOCK = 4_096;

/**
 * The bytes of a long file from *start* to *end*: each says where it is.
 *
 * @param {number} start
 * @param {number} end
 * @returns {Bytes}
 */
export function contentOf(start, end) {
  const content = new Uint8Array(end - start);
  for (let block = Math.floor(start / BLOCK); block * BLOCK < end; block += 1) {
    content.fill((block % 255) + 1, Math.max(block * BLOCK - start, 0), (block + 1) * BLOCK - start);
  }
  return content;
}

/**
 * A file of *size* bytes of `contentOf`, made when they are read.
 *
 * @param {number} size
 * @param {(start: number, end: number) => Promise<Bytes>} [read]
 * @returns {Blob}
 */
export function fileOf(size, read = async (start, end) => contentOf(start, end)) {
  const slice = (start = 0, end = size) => ({
    size: end - start,
    arrayBuffer: async () => (await read(start, end)).buffer,
  });
  return /** @type {Blob} */ (/** @type {unknown} */ ({ size, slice }));
}

/**
 * All cells of a sealing.
 *
 * @param {import("../../../app/site/client/witness.js").SealedCells} sealed
 * @returns {Promise<Bytes[]>}
 */
export async function allOf({ cells }) {
  const all = [];
  for await (const cell of cells) all.push(cell);
  return all;
}

/**
 * The manifests of *cells*, and the bytes that their parts hold.
 *
 * @param {Bytes[]} cells
 * @param {import("./opening.mjs").WeeklyPrivateKey[]} keys
 */
export async function opened(cells, keys) {
  const parts = new Map();
  const manifests = [];
  const messages = [];
  for (const cell of cells) {
    if (cell.length === PART_CELL_BYTES) {
      parts.set(hex(await sha256(cell)), cell);
    } else {
      const { message } = await openMessageCell(cell, keys);
      messages.push(message);
      manifests.push(...message.files);
    }
  }
  const pieces = [];
  for (const { key, id, size, parts: digests } of manifests) {
    for (const [index, digest] of digests.entries()) {
      const realBytes = Math.min(Math.max(size - index * PART, 0), PART);
      const fileId = Uint8Array.from(id.match(/../g) ?? [], (byte) => parseInt(byte, 16));
      pieces.push(await openPart(key, fileId, index, digests.length, parts.get(digest), realBytes));
    }
  }
  return { manifests, messages, content: concat(...pieces) };
}
