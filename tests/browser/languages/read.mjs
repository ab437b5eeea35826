#!/usr/bin/env node
/**
 * Reads a board as a browser does:
 *
 *     node tests/browser/languages/read.mjs BOARD PHRASE LAWYER=IDENTITY...
 *
 * PHRASE is typed as a person would; LAWYER and IDENTITY are hexadecimal.  Prints the
 * replies as JSON.
 */
import "../harness/node-crypto.mjs";
import { readFile } from "node:fs/promises";
import { fromHex } from "../../../app/site/client/bytes.js";
import { fromWords, keysOf } from "../../../app/site/client/phrase.js";
import { readReplies, readerOf, splitBoard } from "../../../app/site/client/reply.js";

const [path, typed, ...lawyers] = process.argv.slice(2);
const identities = lawyers.map((lawyer) => {
  const [id, identity] = lawyer.split("=");
  return { id, identity: fromHex(identity) };
});
const reader = await readerOf(await keysOf(await fromWords(typed)), identities);
const board = splitBoard(Uint8Array.from(await readFile(path)));
console.log(JSON.stringify(await readReplies(reader, board)));
