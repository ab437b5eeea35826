/** Arbitrary bytes give one of our refusals or nothing; one changed bit is refused. */
import { fromHex, utf8 } from "../../../app/site/client/bytes.js";
import { MESSAGE_CELL_BYTES, parseMessageCell } from "../../../app/site/client/cell.js";
import { verifyDirectory } from "../../../app/site/client/directory.js";
import * as dsse from "../../../app/site/client/dsse.js";
import { parseAnswers, parseMessage } from "../../../app/site/client/message.js";
import { PART_CELL_BYTES, parsePartCell } from "../../../app/site/client/part.js";
import { fromWords } from "../../../app/site/client/phrase.js";
import { parseReplyPlaintext } from "../../../app/site/client/reply.js";
import * as strictjson from "../../../app/site/client/strictjson.js";
import * as trusts from "../../../app/site/client/trust.js";
import { sealAccount } from "../../../app/site/client/witness.js";
import { openMessageCell } from "../formats/opening.mjs";
import { NOW, ORIGIN } from "../formats/organisation.mjs";
import { accountOf, allOf, witnessOf } from "../formats/witnessing.mjs";
import { holds, outcomeOf, repeatable, same } from "../harness/check.mjs";

/** @typedef {import("../../../app/site/client/bytes.js").Bytes} Bytes */

const ROUNDS = 300;

/** @type {Record<string, (content: Bytes) => unknown>} */
const READERS = {
  "strict JSON": (content) => strictjson.parse(content, 65_536),
  envelope: (content) => dsse.parseEnvelope(content, 65_536),
  trust: (content) => trusts.open(content),
  message: parseMessage,
  answers: parseAnswers,
  "message cell": parseMessageCell,
  "part cell": parsePartCell,
  reply: parseReplyPlaintext,
  phrase: (content) => fromWords(new TextDecoder().decode(content)),
};

const PIECES = ['"', "{", "}", "[", "]", ":", ",", "\\", "u00e9", "\\ud800", "0", "12", "-", ".", "e1", " ", "\n", "true", "null", "é", "😀", "payloadType", "payload", "signatures", "\ufeff", "ábaco", "zoo"];

/**
 * Bytes of all sorts: random, nearly JSON, the size and beginning of cells.
 *
 * @param {(bound: number) => number} below
 * @returns {Bytes}
 */
function garbage(below) {
  const sort = below(4);
  if (sort === 0) return Uint8Array.from({ length: below(200) }, () => below(256));
  if (sort === 1) {
    return utf8(Array.from({ length: below(60) }, () => PIECES[below(PIECES.length)]).join("").replace(/\p{Surrogate}/gu, ""));
  }
  const content = new Uint8Array([MESSAGE_CELL_BYTES, PART_CELL_BYTES, 2_944][below(3)]);
  content.set(fromHex("425a4e3101010000").map((byte) => (below(5) === 0 ? below(256) : byte)));
  for (let at = 8; at < 24; at += 1) content[at] = below(256);
  return content;
}

/**
 * @param {Bytes} content
 * @param {number} bit
 */
function flipped(content, bit) {
  const changed = content.slice();
  changed[bit >> 3] ^= 0x80 >> (bit & 7);
  return changed;
}

/** @type {import("../harness/modules.mjs").ModuleTest[]} */
export const tests = [
  ...Object.entries(READERS).map(([name, read]) => ({
    name: `arbitrary bytes as ${name} are refused by a code or read`,
    run: async () => {
      const below = repeatable(name.length);
      for (let round = 0; round < ROUNDS; round += 1) {
        const content = garbage(below);
        const outcome = await outcomeOf(() => read(content));
        holds(/^[a-z-]+$/.test(outcome), outcome);
      }
    },
  })),
  {
    name: "a reply whose text is no UTF-8 is refused like any other",
    run: async () => {
      const plaintext = new Uint8Array(2_944);
      plaintext.set(fromHex("0000000000000000" + "00000097" + "00000001" + "0101" + "0002"));
      plaintext.set(fromHex("c3b1"), 84);
      same(await outcomeOf(() => parseReplyPlaintext(plaintext)), "accept");
      plaintext[85] = 0x61;
      same(await outcomeOf(() => parseReplyPlaintext(plaintext)), "unseal");
    },
  },
  {
    name: "what is parsed and written again is parsed to the same",
    run: () => {
      const below = repeatable(1);
      /** @type {(depth: number) => any} */
      const value = (depth) => {
        const sort = below(depth > 0 ? 7 : 5);
        if (sort === 0) return below(2 ** 31) * below(2 ** 22);
        if (sort === 1) return String.fromCodePoint(...[below(0xd800), below(0x80), 0x1f600 + below(80)]);
        if (sort < 5) return [null, true, false][sort - 2];
        const inner = Array.from({ length: below(4) }, (_, at) => [`k${at}`, value(depth - 1)]);
        return sort === 5 ? inner.map(([, one]) => one) : Object.fromEntries(inner);
      };
      for (let round = 0; round < ROUNDS; round += 1) {
        const made = value(6);
        same(strictjson.parse(strictjson.serialise(made), 2 ** 20), made);
      }
    },
  },
  {
    name: "one flipped bit of a directory refuses it, or changes nothing that is believed",
    run: async () => {
      const { organisation, directory } = await witnessOf(2);
      const below = repeatable(2);
      const believed = JSON.stringify(directory);
      for (let round = 0; round < 40; round += 1) {
        const bit = below(8 * organisation.directory.length);
        const changed = flipped(organisation.directory, bit);
        await verifyDirectory(changed, organisation.trust, NOW, ORIGIN).then(
          (other) => holds(JSON.stringify(other) === believed, `bit ${bit} changes what is believed`),
          (error) => holds(error.name === "BuzonError", `bit ${bit}: ${error}`),
        );
      }
    },
  },
  {
    name: "one flipped bit of a message cell makes it no cell or unseals nothing",
    run: async () => {
      const { sealing, keys } = await witnessOf(1);
      const [cell] = await allOf(sealAccount(sealing, accountOf("hola")));
      const below = repeatable(3);
      const anywhere = Array.from({ length: 6 }, () => below(8 * cell.length));
      for (const bit of [0, 39, 47, 63, 64, 95, 96, 351, 352, 149_855, 149_856, 150_111, 150_112, 524_287, ...anywhere]) {
        const outcome = await outcomeOf(() => openMessageCell(flipped(cell, bit), keys));
        holds(/^(unseal|cell-[a-z]+)$/.test(outcome), `bit ${bit}: ${outcome}`);
        if (bit > 63) same(outcome, "unseal", `bit ${bit}`);
      }
    },
  },
];
