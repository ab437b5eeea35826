/**
 * What a witness waits for while her browser computes.  Runs inside a page.
 *
 * Each act is timed the first time that this page does it, tables and cold code included:
 * a witness sends once.  They stand in the order in which the site does them.
 */
import { concat, fromBase64 } from "../../app/site/client/bytes.js";
import { verifyDirectory } from "../../app/site/client/directory.js";
import { PART_CELL_BYTES, PART_PLAINTEXT_BYTES } from "../../app/site/client/part.js";
import * as phrases from "../../app/site/client/phrase.js";
import { randomBytes } from "../../app/site/client/random.js";
import { REPLY_CELL_BYTES } from "../../app/site/client/reply.js";
import * as trusts from "../../app/site/client/trust.js";
import { readBoard, sealAccount, sealFile, threadOf } from "../../app/site/client/witness.js";

const MEBIBYTE = 2 ** 20;
const ROUNDS = 3;
const BOARD_CELLS = 1_280;

/**
 * @typedef {object} Given
 * @property {string} directory base64
 * @property {string} trust the payload, base64
 * @property {string} origin that the roster names
 *
 * @typedef {object} Waits
 * @property {number} verifying a directory, seconds
 * @property {number} sealing a message to all its lawyers, seconds
 * @property {number[]} parts sealing a file, MiB/s, each round
 * @property {number[]} plain AES-GCM of the same bytes in the same pieces, MiB/s, each round
 * @property {number} reading a board of 1,280 cells, seconds
 */

/**
 * @template T
 * @param {() => Promise<T>} act
 * @returns {Promise<[T, number]>} what it gave, and seconds
 */
async function timed(act) {
  const start = performance.now();
  const result = await act();
  return [result, (performance.now() - start) / 1_000];
}

/**
 * @param {Given} given
 * @param {File} file of whole parts, one segment at most
 * @returns {Promise<Waits>}
 */
export async function measure(given, file) {
  const document = fromBase64(given.directory);
  const trust = await trusts.fromPayload(fromBase64(given.trust));
  const [directory, verifying] = await timed(() => verifyDirectory(document, trust, new Date(), given.origin));

  const phrase = phrases.generate(randomBytes);
  const settled = {
    thread: await threadOf(phrase),
    audience: async () => ({ directory, lawyers: directory.recipients.map(({ lawyer }) => lawyer.id) }),
    read: {},
    questionnaire: "1",
    client: "bench",
    random: randomBytes,
  };
  const account = {
    kind: /** @type {const} */ ("account"),
    answers: { narrative: "Lo que pasó. ".repeat(2_000) },
    consent: {},
    urgency: {},
  };
  const [, sealing] = await timed(() => sealAccount(settled, account).cells.next());

  const content = new Uint8Array(await file.arrayBuffer());
  const parts = [];
  const plain = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const [, alone] = await timed(() => encrypt(content));
    const [, whole] = await timed(() => sealParts(settled, file));
    plain.push(file.size / MEBIBYTE / alone);
    parts.push(file.size / MEBIBYTE / whole);
  }

  const board = concat(...Array.from({ length: BOARD_CELLS }, () => randomBytes(REPLY_CELL_BYTES)));
  const [, reading] = await timed(() => readBoard(phrase, board, directory));
  return { verifying, sealing, parts, plain, reading };
}

/**
 * The part cells of *file*; the message that ends a segment is measured by itself.
 *
 * @param {import("../../app/site/client/witness.js").Sealing} settled
 * @param {File} file
 */
async function sealParts(settled, file) {
  const sealed = sealFile(settled, file, "video.mp4");
  for (let count = 0; count < sealed.parts; count += 1) {
    const { value } = await sealed.cells.next();
    if (value?.length !== PART_CELL_BYTES) throw new Error("not a part");
  }
}

/**
 * *content* through AES-256-GCM and nothing else: what any sealing in a browser costs.
 *
 * @param {import("../../app/site/client/bytes.js").Bytes} content
 */
async function encrypt(content) {
  const key = await crypto.subtle.importKey("raw", randomBytes(32), "AES-GCM", false, ["encrypt"]);
  for (let start = 0; start < content.length; start += PART_PLAINTEXT_BYTES) {
    const piece = content.subarray(start, start + PART_PLAINTEXT_BYTES);
    await crypto.subtle.encrypt({ name: "AES-GCM", iv: randomBytes(12) }, key, piece);
  }
}
