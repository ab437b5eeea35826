/** A witness for tests: a phrase, a verified directory, and files that are never whole in memory. */
import { verifyDirectory } from "../../../app/site/client/directory.js";
import { randomBytes } from "../../../app/site/client/random.js";
import { threadOf } from "../../../app/site/client/witness.js";
import { NOW, ORIGIN, organisationOf } from "./organisation.mjs";
import { weeklyPrivateKey } from "./opening.mjs";

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
