/** BIP39 in the browser's code: the standard's lists and Trezor's vectors. */
import { fromHex, hex, utf8 } from "../../../app/site/client/bytes.js";
import { fromWords, toWords } from "../../../app/site/client/phrase.js";
import { sha256 } from "../../../app/site/client/sha256.js";
import { words as english } from "../../../app/site/client/wordlist-en.js";
import { words as spanish } from "../../../app/site/client/wordlist-es.js";
import { same } from "../harness/check.mjs";

const FOLDER = "tests/vectors/primitives";

/** @type {import("../harness/modules.mjs").ModuleTest[]} */
export const tests = [
  {
    name: "the word lists are those of the standard",
    run: async ({ json }) => {
      const { lists } = await json(`${FOLDER}/bip39_wordlists.json`);
      for (const [language, words] of Object.entries({ english, spanish })) {
        const { normalization, sha256: digest } = lists[language];
        const file = `${words.trim().split(/\s+/).join("\n")}\n`;
        const written = normalization === "NFD" ? file.normalize("NFD") : file;
        same(hex(await sha256(utf8(written))), digest, language);
      }
    },
  },
  {
    name: "twelve words are written and read as published",
    run: async ({ json }) => {
      let checked = 0;
      for (const [language, name] of [
        ["en", "english"],
        ["es", "spanish"],
      ]) {
        for (const { entropy, words } of (await json(`${FOLDER}/bip39_${name}.json`)).vectors) {
          if (entropy.length !== 32) continue; // phrases have twelve words
          const written = await toWords(fromHex(entropy), /** @type {"es" | "en"} */ (language));
          same(written, words.normalize("NFC"), entropy);
          same(hex(await fromWords(words)), entropy, words);
          checked += 1;
        }
      }
      same(checked, 16);
    },
  },
];
