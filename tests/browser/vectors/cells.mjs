/** The browser's code passes every vector of cells, and of what stands inside them. */
import { concat, fromBase64, fromHex, hex, utf8 } from "../../../app/site/client/bytes.js";
import { assembleMessageCell, parseMessageCell } from "../../../app/site/client/cell.js";
import { publicKeyFromSeed } from "../../../app/site/client/hpke.js";
import * as manifests from "../../../app/site/client/manifest.js";
import { parseMessage, serialiseMessage } from "../../../app/site/client/message.js";
import { PART_PLAINTEXT_BYTES, padme, parsePartCell, partsOf, sealPart, segmentsOf } from "../../../app/site/client/part.js";
import { MAX_BOARD_BYTES, openReply, readerOf, splitBoard } from "../../../app/site/client/reply.js";
import { sha256 } from "../../../app/site/client/sha256.js";
import * as strictjson from "../../../app/site/client/strictjson.js";
import { buildBoard, parseReplyCell, splitBatch, splitReplyText } from "../formats/answering.mjs";
import { openMessageCell, openPart, weeklyPrivateKey } from "../formats/opening.mjs";
import { parseHeader, readSealedFile } from "../formats/sealed_file.mjs";
import { same } from "../harness/check.mjs";
import { everyVector, expectOutcome, onceFor } from "./outcome.mjs";

/**
 * @typedef {import("./outcome.mjs").Vector} Vector
 * @typedef {import("../../../app/site/client/bytes.js").Bytes} Bytes
 */

/** @param {Bytes} content */
async function digest(content) {
  return hex(await sha256(content));
}

/**
 * *content* with the vector's patches, flipped bits and size.
 *
 * @param {Bytes} content
 * @param {Vector} vector
 */
function spoilt(content, { patch = [], flip = [], bytes = content.length }) {
  const whole = content.slice();
  for (const [offset, replacement] of patch) whole.set(fromBase64(replacement), offset);
  for (const bit of flip) whole[bit >> 3] ^= 0x80 >> (bit & 7);
  const sized = new Uint8Array(bytes);
  sized.set(whole.subarray(0, bytes));
  return sized;
}

/**
 * Content by rule: byte i is key[i mod 32] XOR ((i >> 5) mod 256).
 *
 * @param {string} pattern hex
 * @param {number} size
 */
function patterned(pattern, size) {
  const key = fromHex(pattern);
  const content = new Uint8Array(size);
  for (let block = 0; 32 * block < size; block += 1) {
    const period = key.map((byte) => byte ^ (block & 0xff));
    content.set(period.subarray(0, size - 32 * block), 32 * block);
  }
  return content;
}

/** @param {string[]} patterns */
function patternedCells(patterns) {
  return patterns.map((pattern) => patterned(pattern, 4_096));
}

/**
 * @param {any} recipe
 * @param {any} file
 * @param {Bytes} json
 */
function assembled({ week, roster_hash: roster, slots, cell_key: key, thread_seed: seed }, file, json) {
  const named = slots.map((/** @type {string} */ name) => fromBase64(file.slots[name]));
  return assembleMessageCell(week, roster, named, fromHex(key), fromHex(seed), json);
}

/** Vectors spoil few cells in many ways: each is made once, and each slot tried once. */
const messageCellOf = onceFor((recipe, file) => assembled(recipe, file, utf8(recipe.json)));
const privateKeyOf = onceFor(async ({ seed }) => {
  const key = await weeklyPrivateKey(fromHex(seed));
  /** @type {Map<string, Promise<Bytes | null>>} */
  const tried = new Map();
  /** @type {typeof key.open} */
  const open = (info, slot) => {
    const name = hex(info) + hex(slot);
    const opened = tried.get(name) ?? key.open(info, slot);
    tried.set(name, opened);
    return opened;
  };
  return { ...key, open };
});

/**
 * @param {Vector} vector
 * @param {any} file
 */
async function messageCell(vector, file) {
  const recipe = file.cells[vector.cell];
  if (vector.name === "seal-minimal") {
    same(await messageCellOf(recipe, file), fromBase64(file.minimal_cell), "minimal_cell");
  }
  if (vector.operation === "seal") {
    const size = vector.json_bytes;
    const seal = () =>
      size === undefined ? messageCellOf(recipe, file) : assembled(recipe, file, utf8("x".repeat(size)));
    await expectOutcome(vector, seal, async (cell) => same(await digest(cell), vector.sha256));
    return;
  }
  const cell = spoilt(await messageCellOf(recipe, file), vector);
  if (vector.operation === "parse") {
    await expectOutcome(vector, () => parseMessageCell(cell), ({ week, rosterHash }) => {
      same([week, rosterHash], [vector.week, vector.roster_hash]);
    });
    return;
  }
  const { week } = parseMessageCell(cell);
  const held = vector.keys.map((/** @type {string} */ name) => file.keys[name]);
  const ofTheWeek = held.filter((/** @type {any} */ key) => key.week === week);
  const keys = await Promise.all(ofTheWeek.map(privateKeyOf));
  const open = () => openMessageCell(cell, keys);
  await expectOutcome(vector, open, async ({ threadKey, signature, json, transcript, key }) => {
    same(ofTheWeek[keys.indexOf(key)], file.keys[vector.lawyer]);
    same(await digest(json), vector.json_sha256);
    same(hex(threadKey), vector.thread_key);
    same(signature, fromBase64(vector.signature));
    same(hex(transcript), vector.transcript);
  });
}

const partCellOf = onceFor(({ key, id, index, count, salt, pattern, content_bytes: size }) => {
  const plaintext = concat(patterned(pattern, size), new Uint8Array(PART_PLAINTEXT_BYTES - size));
  return sealPart(fromHex(key), fromHex(id), index, count, plaintext, fromHex(salt));
});

/**
 * @param {Vector} vector
 * @param {any} file
 */
async function partCell(vector, file) {
  const recipe = file.cells[vector.cell];
  const cell = spoilt(await partCellOf(recipe), vector);
  if (vector.operation === "seal") {
    same(await digest(cell), vector.sha256);
    const beginning = fromBase64(vector.beginning);
    same(cell.slice(0, beginning.length), beginning);
    same(hex(cell.slice(-16)), vector.tag);
    return;
  }
  if (vector.operation === "parse") {
    await expectOutcome(vector, () => parsePartCell(cell), ({ header }) => {
      same(hex(header.slice(8)), vector.salt);
    });
    return;
  }
  const { key, id, index, count } = { ...recipe, ...vector };
  const open = () => openPart(fromHex(key), fromHex(id), index, count, cell, vector.real_bytes);
  await expectOutcome(vector, open, async (content) => {
    same(content.length, vector.real_bytes);
    same(await digest(content), vector.content_sha256);
  });
}

/**
 * @param {Vector} vector
 * @param {any} file
 */
async function replyCell(vector, file) {
  if (vector.operation === "split") {
    const split = () => splitReplyText(vector.unit.repeat(vector.times));
    await expectOutcome(vector, split, (pieces) => {
      same(
        pieces.map((piece) => utf8(piece).length),
        vector.pieces,
      );
      same(pieces.join(""), vector.unit.repeat(vector.times));
    });
    return;
  }
  const cell = spoilt(fromBase64(file.cell), vector);
  if (vector.operation === "parse") {
    await expectOutcome(vector, () => parseReplyCell(cell));
    return;
  }
  const { reply_seed: replySeed, reply_key: replyKey, tag_key: tagKey } = file.readers[vector.reader];
  same(await publicKeyFromSeed(fromHex(replySeed)), fromBase64(replyKey), "reply_key");
  const lawyers = Object.entries(file.identities).map(([id, identity]) => ({ id, identity: fromHex(identity) }));
  const reader = await readerOf({ replySeed: fromHex(replySeed), tagKey: fromHex(tagKey) }, lawyers);
  await expectOutcome(vector, () => openReply(reader, cell), async (reply) => {
    for (const name of /** @type {const} */ (["lawyer", "week", "sequence", "part", "of"])) {
      same(reply[name], vector[name], name);
    }
    same(await digest(utf8(reply.text)), vector.text_sha256);
  });
}

/** @param {Vector} vector */
async function batch(vector) {
  const cells = concat(...patternedCells(vector.cells));
  const whole = spoilt(cells, { ...vector, bytes: cells.length + vector.extra_bytes });
  same(await digest(whole), vector.sha256);
  await expectOutcome(vector, () => splitBatch(whole, vector.batch_size), (found) => {
    same(concat(...found), whole);
  });
}

/** @param {Vector} vector */
async function board(vector) {
  if (vector.operation === "build") {
    const build = () => buildBoard(patternedCells(vector.cells));
    await expectOutcome(vector, build, async (built) => same(await digest(built), vector.sha256));
    return;
  }
  const zeros = new Uint8Array(Math.min(vector.bytes, MAX_BOARD_BYTES + 4_096));
  same(zeros.length, vector.bytes);
  await expectOutcome(vector, () => splitBoard(zeros), (cells) => same(cells.length, vector.cells));
}

/** @param {Vector} vector */
async function sealedFile(vector) {
  if (vector.operation === "header") {
    const read = () => parseHeader(fromHex(vector.header), vector.file_bytes);
    await expectOutcome(vector, read, ({ messages, parts }) => {
      same([messages, parts], [vector.messages, vector.parts]);
    });
    return;
  }
  /**
   * @param {string[]} beginnings
   * @param {number} size
   */
  const cells = (beginnings, size) =>
    beginnings.map((beginning) => spoilt(fromHex(beginning), /** @type {any} */ ({ bytes: size })));
  const file = new Blob([
    fromHex(vector.header),
    ...cells(vector.message_beginnings, 65_536),
    ...cells(vector.part_beginnings, 1_048_576),
  ]);
  const read = async () => {
    const refusals = [];
    for await (const { refusal } of readSealedFile(file)) refusals.push(refusal ?? "ok");
    return refusals;
  };
  await expectOutcome(vector, read, (refusals) => same(refusals, vector.cells));
}

/** @param {Vector} vector */
async function segments(vector) {
  if (vector.operation === "padme") {
    same(padme(vector.number), vector.padded);
    return;
  }
  await expectOutcome(vector, () => segmentsOf(vector.size), (found) => {
    same(
      found.map(({ offset, size, count }) => [offset, size, count]),
      vector.segments,
    );
    same(
      partsOf(vector.size),
      found.reduce((sum, { count }) => sum + count, 0),
    );
  });
}

export const tests = everyVector({
  manifest: (vector) => {
    const read = () => manifests.fromValue(strictjson.parse(utf8(vector.document), 46_656));
    return expectOutcome(vector, read, (manifest) => {
      same(manifests.fromValue(manifests.toValue(manifest)), manifest);
    });
  },
  message: (vector) => {
    const read = () => parseMessage(utf8(vector.document));
    return expectOutcome(vector, read, (message) => {
      same(parseMessage(serialiseMessage(message)), message);
    });
  },
  segments,
  message_cell: messageCell,
  part_cell: partCell,
  reply_cell: replyCell,
  batch,
  board,
  sealed_file: sealedFile,
});
