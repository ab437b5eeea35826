/** What is sealed can be opened by those it is for, whole, and by nobody else. */
import { fromUtf8, hex } from "../../../app/site/client/bytes.js";
import { MAX_MESSAGE_JSON_BYTES } from "../../../app/site/client/cell.js";
import { BuzonError } from "../../../app/site/client/errors.js";
import { parseAnswers } from "../../../app/site/client/message.js";
import { PART_CELL_BYTES, PART_PLAINTEXT_BYTES, SEGMENT_BYTES, partsOf } from "../../../app/site/client/part.js";
import { sha256 } from "../../../app/site/client/sha256.js";
import { sealAccount, sealFile } from "../../../app/site/client/witness.js";
import { openMessageCell } from "../formats/opening.mjs";
import { accountOf, allOf, contentOf, fileOf, opened, witnessOf } from "../formats/witnessing.mjs";
import { holds, outcomeOf, same } from "../harness/check.mjs";

const PART = PART_PLAINTEXT_BYTES;

/**
 * How long a narrative makes a message of exactly *size* bytes.
 *
 * @param {import("../../../app/site/client/witness.js").Sealing} sealing
 * @param {import("../formats/opening.mjs").WeeklyPrivateKey[]} keys
 * @param {number} size
 */
async function narrativeFor(sealing, keys, size) {
  const [cell] = await allOf(sealAccount(sealing, accountOf("")));
  return "x".repeat(size - (await openMessageCell(cell, keys)).json.length);
}

/** @type {import("../harness/modules.mjs").ModuleTest[]} */
export const tests = [
  ...[1, 2, 16].map((chosen) => ({
    name: `a message to ${chosen} of 16 lawyers opens for them and for nobody else`,
    run: async () => {
      const { sealing, keys } = await witnessOf(16, chosen);
      const [cell, ...more] = await allOf(sealAccount(sealing, accountOf("Fue así: ñ 𝕏")));
      same(more.length, 0);
      const { message } = await openMessageCell(cell, [keys[chosen - 1]]);
      same(message.answers.narrative, "Fue así: ñ 𝕏");
      same(message.replyKey, sealing.thread.replyKey);
      for (const stranger of keys.slice(chosen, chosen + 1)) {
        same(await outcomeOf(() => openMessageCell(cell, [stranger])), "unseal");
      }
    },
  })),
  {
    name: "an account that just fits stays one cell, and one byte more travels as a part",
    run: async () => {
      const { sealing, keys } = await witnessOf(1);
      const fits = await narrativeFor(sealing, keys, MAX_MESSAGE_JSON_BYTES);
      const exact = sealAccount(sealing, accountOf(fits));
      same([exact.messages, exact.parts], [1, 0]);
      const { json } = await openMessageCell((await allOf(exact))[0], keys);
      same(json.length, MAX_MESSAGE_JSON_BYTES);

      const longer = sealAccount(sealing, accountOf(`${fits}x`));
      same([longer.messages, longer.parts], [1, 1]);
      const { manifests, messages, content } = await opened(await allOf(longer), keys);
      same([manifests[0].role, manifests[0].name], ["account", "answers.json"]);
      same([messages[0].kind, messages[0].answers, messages[0].consent], ["account", {}, { share: true }]);
      same(parseAnswers(content).narrative, `${fits}x`);
    },
  },
  {
    name: "a very long account arrives whole",
    run: async () => {
      const { sealing, keys } = await witnessOf(1);
      const narrative = "Llegaron de noche. 夜に来た。".repeat(80_000);
      const sealed = sealAccount(sealing, accountOf(narrative, "follow-up"));
      const { messages, content } = await opened(await allOf(sealed), keys);
      same(messages[0].kind, "follow-up");
      holds(JSON.parse(fromUtf8(content)).narrative === narrative, "another text");

      const most = "x".repeat(4 * PART - JSON.stringify(accountOf("").answers).length);
      same(sealAccount(sealing, accountOf(most)).parts, 4);
      same(await outcomeOf(() => sealAccount(sealing, accountOf(`${most}x`))), "message-too-long");
    },
  },
  ...[0, 1, PART - 1, PART, PART + 1, 9 * PART].map((size) => ({
    name: `a file of ${size} bytes arrives whole`,
    run: async () => {
      const { sealing, keys } = await witnessOf(2);
      const sealed = sealFile(sealing, fileOf(size), "foto.jpg");
      const cells = await allOf(sealed);
      same(cells.length, sealed.messages + sealed.parts);
      const { manifests, content } = await opened(cells, keys);
      same([manifests[0].fileSize, manifests[0].name, manifests[0].role], [size, "foto.jpg", "attachment"]);
      same(manifests[0].parts.length, partsOf(size));
      same(await sha256(content), await sha256(contentOf(0, size)), "content");
    },
  })),
  {
    name: "sealing twice the same gives cells that share nothing",
    run: async () => {
      const { sealing } = await witnessOf(1);
      const seen = new Set();
      for (let time = 0; time < 2; time += 1) {
        const [part, message] = await allOf(sealFile(sealing, fileOf(5), "x"));
        for (let at = 8; at < 4_096; at += 16) seen.add(hex(part.subarray(at, at + 16)));
        for (let at = 44; at < 4_096; at += 16) seen.add(hex(message.subarray(at, at + 16)));
      }
      same(seen.size, 2 * (Math.ceil(4_088 / 16) + Math.ceil(4_052 / 16)));
    },
  },
  {
    name: "a name that no system allows is carried as far as it can be written",
    run: async () => {
      const { sealing, keys } = await witnessOf(1);
      for (const [name, expected] of [
        ["", ""],
        ["../../etc/passwd\n\u202egpj", "../../etc/passwd\n\u202egpj"],
        ["half \ud83d", "half \ufffd"],
        ["😀".repeat(300), "😀".repeat(255)],
      ]) {
        const { manifests } = await opened(await allOf(sealFile(sealing, fileOf(1), name)), keys);
        same(manifests[0].name, expected);
      }
    },
  },
  {
    name: "a file that cannot be read, or became shorter, is refused by a code of its own",
    run: async () => {
      const { sealing } = await witnessOf(1);
      const broken = fileOf(10, () => Promise.reject(new Error("NotReadableError: secret.jpg")));
      same(await outcomeOf(() => allOf(sealFile(sealing, broken, "x"))), "file-unreadable");
      const shorter = fileOf(10, async () => new Uint8Array(9));
      same(await outcomeOf(() => allOf(sealFile(sealing, shorter, "x"))), "file-changed");
      same(await outcomeOf(() => sealFile(sealing, fileOf(1_024 * SEGMENT_BYTES + 1), "x")), "file-too-large");
    },
  },
  {
    name: "one part is read ahead of the one that is sealed, and no more",
    run: async () => {
      const { sealing } = await witnessOf(1);
      let reads = 0;
      const file = fileOf(4 * PART, async (start, end) => {
        reads += 1;
        return contentOf(start, end);
      });
      const { cells } = sealFile(sealing, file, "x");
      const after = [];
      for (let part = 0; part < 4; part += 1) {
        await cells.next();
        after.push(reads);
      }
      same(after, [2, 3, 4, 4]);
    },
  },
  {
    name: "recipients whom the directory does not name are refused before a file is read",
    run: async () => {
      const { sealing, directory, organisation } = await witnessOf(2);
      const [{ id }] = organisation.lawyers;
      let reads = 0;
      const file = fileOf(1, async (start, end) => {
        reads += 1;
        return contentOf(start, end);
      });
      for (const lawyers of [[], [id, id], ["0".repeat(16)], [id, "0".repeat(16)]]) {
        const other = { ...sealing, audience: async () => ({ directory, lawyers }) };
        same(await outcomeOf(() => allOf(sealFile(other, file, "x"))), "recipients-count");
        same(await outcomeOf(() => allOf(sealAccount(other, accountOf("x")))), "recipients-count");
      }
      same(reads, 0);
    },
  },
  {
    name: "a directory that turns bad while a file is sealed ends the sealing before its message",
    run: async () => {
      const { sealing } = await witnessOf(2);
      let asked = 0;
      const audience = async () => {
        asked += 1;
        if (asked > 1) throw new BuzonError("roster-expired");
        return sealing.audience();
      };
      const { cells } = sealFile({ ...sealing, audience }, fileOf(1), "x");
      same((await cells.next()).value?.length, PART_CELL_BYTES);
      same(await outcomeOf(() => cells.next()), "roster-expired");
    },
  },
  {
    name: "a reader's key that nothing can be sealed to is refused by its own code",
    run: async () => {
      const { sealing } = await witnessOf(2);
      const { directory, lawyers } = await sealing.audience();
      const recipients = directory.recipients.map(({ lawyer }) => ({ lawyer, key: new Uint8Array(1_216).fill(0xff) }));
      const audience = async () => ({ directory: { ...directory, recipients: recipients.slice(0, 1) }, lawyers: lawyers.slice(0, 1) });
      same(await outcomeOf(() => allOf(sealAccount({ ...sealing, audience }, accountOf("x")))), "hpke-key");
    },
  },
  {
    name: "an account that nobody could read back is refused, not sent",
    run: async () => {
      const { sealing } = await witnessOf(1);
      /** @type {import("../../../app/site/client/strictjson.js").JSONObject[]} */
      const refused = [{ Narrative: "x" }, { narrative: "half \ud800" }, { narrative: -1 }, { narrative: 0.5 }];
      for (const answers of refused) {
        const account = { ...accountOf(""), answers };
        same(await outcomeOf(() => sealAccount(sealing, account)), "document-malformed");
      }
    },
  },
];
