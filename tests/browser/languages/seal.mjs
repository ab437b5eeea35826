#!/usr/bin/env node
/**
 * Seals a testimony as a browser does, for another program to open:
 *
 *     node tests/browser/languages/seal.mjs FOLDER LAWYERS FILE_BYTES...
 *
 * Writes FOLDER/testimony.sealed, and prints JSON: the seeds of the lawyers' weekly keys,
 * the narrative and the SHA-256 of each file.
 */
import "../harness/node-crypto.mjs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hex } from "../../../app/site/client/bytes.js";
import { MESSAGE_CELL_BYTES } from "../../../app/site/client/cell.js";
import { sha256 } from "../../../app/site/client/sha256.js";
import { sealAccount, sealFile } from "../../../app/site/client/witness.js";
import { WEEK } from "../formats/organisation.mjs";
import { sealedFile } from "../formats/sealed_file.mjs";
import { accountOf, allOf, contentOf, fileOf, witnessOf } from "../formats/witnessing.mjs";

const NARRATIVE = "Fue así: «ñandú» 𝕏\n\u0000\u202e fin";

const [folder, lawyers, ...sizes] = process.argv.slice(2);
const { organisation, directory, sealing } = await witnessOf(Number(lawyers));
const cells = await allOf(sealAccount(sealing, accountOf(NARRATIVE)));
const files = [];
for (const size of sizes.map(Number)) {
  cells.push(...(await allOf(sealFile(sealing, fileOf(size), `${size}.bin`))));
  files.push({ size, sha256: hex(await sha256(contentOf(0, size))) });
}
const messages = cells.filter(({ length }) => length === MESSAGE_CELL_BYTES);
const parts = cells.filter(({ length }) => length !== MESSAGE_CELL_BYTES);
const sealed = sealedFile(messages, parts);
await writeFile(join(folder, "testimony.sealed"), Buffer.from(await sealed.arrayBuffer()));
console.log(
  JSON.stringify({
    week: WEEK,
    narrative: NARRATIVE,
    files,
    roster_hash: directory.roster.hash,
    reply_key: hex(sealing.thread.replyKey),
    lawyers: organisation.lawyers.map(({ id, weeklySeed }) => ({ id, seed: hex(weeklySeed) })),
  }),
);
