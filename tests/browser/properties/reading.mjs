/** A board tells its phrase what is for it, and nothing to any other. */
import { randomBytes, shuffled } from "../../../app/site/client/random.js";
import { highestRead } from "../../../app/site/client/reply.js";
import { readBoard } from "../../../app/site/client/witness.js";
import { buildBoard, decoy, replyPlaintext, sealReply, splitReplyText } from "../formats/answering.mjs";
import { WEEK } from "../formats/organisation.mjs";
import { witnessOf } from "../formats/witnessing.mjs";
import { outcomeOf, same } from "../harness/check.mjs";

/**
 * @typedef {import("../../../app/site/client/bytes.js").Bytes} Bytes
 * @typedef {Awaited<ReturnType<typeof witnessOf>>} Witness
 */

/**
 * The cells of one reply.
 *
 * @param {Witness} witness
 * @param {number} lawyer
 * @param {number} sequence
 * @param {string} text
 * @param {Bytes} [identitySeed] whose signature it bears
 * @returns {Promise<Bytes[]>}
 */
async function replyOf({ organisation, sealing }, lawyer, sequence, text, identitySeed) {
  const { id, identitySeed: own } = organisation.lawyers[lawyer];
  const { replyKey, tagKey } = sealing.thread;
  const pieces = splitReplyText(text);
  return Promise.all(
    pieces.map(async (piece, at) => {
      const part = { lawyer: id, week: WEEK, sequence, part: at + 1, of: pieces.length, text: piece };
      return sealReply(await replyPlaintext(part, replyKey, identitySeed ?? own), replyKey, tagKey);
    }),
  );
}

/**
 * *cells* among decoys.
 *
 * @param {Bytes[]} cells
 */
async function boardOf(cells) {
  const decoys = await Promise.all(Array.from({ length: 8 }, () => decoy(randomBytes)));
  return buildBoard(shuffled([...cells, ...decoys], randomBytes));
}

/** @type {import("../harness/modules.mjs").ModuleTest[]} */
export const tests = [
  {
    name: "a board without a reply says nothing",
    run: async () => {
      const { phrase, directory } = await witnessOf(1);
      same(await readBoard(phrase, new Uint8Array(), directory), []);
      same(await readBoard(phrase, await boardOf([]), directory), []);
    },
  },
  {
    name: "replies of several lawyers come by lawyer and sequence, long ones joined",
    run: async () => {
      const witness = await witnessOf(3);
      const long = "¿Cómo está? 𝕏\u0000".repeat(400);
      const cells = [
        ...(await replyOf(witness, 2, 1, "tercera")),
        ...(await replyOf(witness, 0, 10, long)),
        ...(await replyOf(witness, 0, 9, "primera")),
      ];
      const replies = await readBoard(witness.phrase, await boardOf(cells), witness.directory);
      const ids = witness.organisation.lawyers.map(({ id }) => id);
      same(
        replies.map(({ lawyer, sequence, week, complete, text }) => [lawyer, sequence, week, complete, text]),
        [
          [ids[0], 9, WEEK, true, "primera"],
          [ids[0], 10, WEEK, true, long],
          [ids[2], 1, WEEK, true, "tercera"],
        ],
      );
      same(highestRead(replies), { [ids[0]]: 10, [ids[2]]: 1 });
    },
  },
  {
    name: "another phrase reads nothing",
    run: async () => {
      const witness = await witnessOf(1);
      const board = await boardOf(await replyOf(witness, 0, 1, "para otra"));
      same(await readBoard(randomBytes(16), board, witness.directory), []);
    },
  },
  {
    name: "a reply of which a part is missing is shown as it is and does not count as read",
    run: async () => {
      const witness = await witnessOf(1);
      const [first, , third] = await replyOf(witness, 0, 4, `${"a".repeat(2_860)}${"b".repeat(2_860)}c`);
      const replies = await readBoard(witness.phrase, await boardOf([third, first]), witness.directory);
      same(replies.length, 1);
      same([replies[0].parts, replies[0].of, replies[0].complete], [[1, 3], 3, false]);
      same(replies[0].text, `${"a".repeat(2_860)}c`);
      same(highestRead(replies), {});
    },
  },
  {
    name: "a reply sealed again, or repeated by the server, is one reply",
    run: async () => {
      const witness = await witnessOf(1);
      const once = await replyOf(witness, 0, 1, "una vez");
      const again = await replyOf(witness, 0, 1, "una vez");
      const board = await boardOf([...once, ...once, ...again]);
      const replies = await readBoard(witness.phrase, board, witness.directory);
      same(
        replies.map(({ text }) => text),
        ["una vez"],
      );
    },
  },
  {
    name: "whoever has the phrase cannot forge a lawyer",
    run: async () => {
      const witness = await witnessOf(2);
      const [, other] = witness.organisation.lawyers;
      const forged = [
        ...(await replyOf(witness, 0, 1, "firmada por otra", other.identitySeed)),
        ...(await replyOf(witness, 0, 2, "firmada por nadie", randomBytes(32))),
      ];
      const stranger = { ...witness, organisation: { ...witness.organisation } };
      stranger.organisation.lawyers = [{ ...other, id: "00".repeat(8) }];
      forged.push(...(await replyOf(stranger, 0, 1, "de una desconocida")));
      same(await readBoard(witness.phrase, await boardOf(forged), witness.directory), []);
    },
  },
  {
    name: "a reply moved to another thread is passed over",
    run: async () => {
      const witness = await witnessOf(1);
      const target = await witnessOf(1);
      const { replyKey } = witness.sealing.thread;
      const { id, identitySeed } = witness.organisation.lawyers[0];
      const part = { lawyer: id, week: WEEK, sequence: 1, part: 1, of: 1, text: "para otra" };
      const plaintext = await replyPlaintext(part, replyKey, identitySeed);
      const moved = await sealReply(plaintext, target.sealing.thread.replyKey, target.sealing.thread.tagKey);
      same(await readBoard(target.phrase, await boardOf([moved]), target.directory), []);
    },
  },
  {
    name: "one flipped bit of a reply makes it say nothing",
    run: async () => {
      const witness = await witnessOf(1);
      const [cell] = await replyOf(witness, 0, 1, "hola");
      for (const bit of [0, 127, 128, 8_000, 9_087, 9_088, 20_000, 32_767]) {
        const flipped = cell.slice();
        flipped[bit >> 3] ^= 0x80 >> (bit & 7);
        same(await readBoard(witness.phrase, flipped, witness.directory), [], `bit ${bit}`);
      }
    },
  },
  {
    name: "a board of another size is refused",
    run: async () => {
      const { phrase, directory } = await witnessOf(1);
      for (const size of [1, 4_095, 4_097]) {
        same(await outcomeOf(() => readBoard(phrase, new Uint8Array(size), directory)), "board-size");
      }
    },
  },
  {
    name: "a decoy and a reply have one length",
    run: async () => {
      const witness = await witnessOf(1);
      const [cell] = await replyOf(witness, 0, 1, "x");
      same((await decoy(randomBytes)).length, cell.length);
    },
  },
];
