/** Ed25519 in the browser's code: every published signature has the answer that Python gives. */
import { fromHex, hex, utf8 } from "../../../app/site/client/bytes.js";
import { publicKeyFromSeed, sign, verify } from "../../../app/site/client/ed25519.js";
import { verifyAsync } from "../../../app/site/vendor/ed25519.js";
import { outcomeOf, repeatable, same } from "../harness/check.mjs";

const FOLDER = "tests/vectors/primitives";
const SEED = new Uint8Array(32).fill(7);

/** @param {any} vector */
function answer(vector) {
  const [publicKey, message, signature] = ["public_key", "message", "signature"].map((name) =>
    fromHex(vector[name]),
  );
  return outcomeOf(() => verify(publicKey, message, signature));
}

/** @param {string} name */
function published(name) {
  return async (/** @type {import("../harness/modules.mjs").Context} */ { json }) => {
    for (const [number, vector] of (await json(`${FOLDER}/${name}.json`)).vectors.entries()) {
      same(await answer(vector), vector.expect, `${name} ${vector.id ?? number}`);
    }
  };
}

/** @type {import("../harness/modules.mjs").ModuleTest[]} */
export const tests = [
  {
    name: "a seed signs as RFC 8032 does",
    run: async ({ json }) => {
      for (const vector of (await json(`${FOLDER}/ed25519_rfc8032.json`)).vectors) {
        const seed = fromHex(vector.seed);
        same(hex(await publicKeyFromSeed(seed)), vector.public_key, vector.name);
        same(hex(await sign(seed, fromHex(vector.message))), vector.signature, vector.name);
        same(await answer(vector), "accept", vector.name);
      }
    },
  },
  {
    name: "Wycheproof's signatures have one answer",
    run: published("ed25519_wycheproof"),
  },
  {
    name: "the cases in which verifiers differ have one answer",
    run: published("ed25519_speccheck"),
  },
  {
    name: "an R with a part of small order is refused",
    run: published("ed25519_torsion"),
  },
  {
    name: "no key of small order is a key, in any encoding",
    run: async ({ json }) => {
      for (const key of (await json(`${FOLDER}/ed25519_torsion.json`)).keys) {
        const refused = outcomeOf(() => verify(fromHex(key), utf8(""), new Uint8Array(64)));
        same(await refused, "signature-key", key);
      }
    },
  },
  {
    name: "the library alone answers as recorded",
    run: async ({ json }) => {
      for (const name of ["ed25519_speccheck", "ed25519_torsion"]) {
        for (const [number, vector] of (await json(`${FOLDER}/${name}.json`)).vectors.entries()) {
          const accepted = await verifyAsync(
            fromHex(vector.signature),
            fromHex(vector.message),
            fromHex(vector.public_key),
            { zip215: false },
          );
          same(accepted, vector.noble, `${name} ${number}`);
        }
      }
    },
  },
  {
    name: "one flipped bit of a signature or message is refused",
    run: async () => {
      const below = repeatable(8032);
      const publicKey = await publicKeyFromSeed(SEED);
      const message = utf8("message");
      const signature = await sign(SEED, message);
      for (let i = 0; i < 40; i += 1) {
        const bit = below(512);
        const changed = signature.slice();
        changed[bit >> 3] ^= 1 << (bit & 7);
        same(await outcomeOf(() => verify(publicKey, message, changed)), "signature", `bit ${bit}`);
      }
      same(await outcomeOf(() => verify(publicKey, utf8("messagf"), signature)), "signature");
    },
  },
  {
    name: "keys, seeds and signatures of another length are refused",
    run: async () => {
      const publicKey = await publicKeyFromSeed(SEED);
      const empty = utf8("");
      for (const length of [0, 31, 33, 64]) {
        const bytes = new Uint8Array(length);
        same(await outcomeOf(() => publicKeyFromSeed(bytes)), "signature-key");
        same(await outcomeOf(() => sign(bytes, empty)), "signature-key");
        same(await outcomeOf(() => verify(bytes, empty, new Uint8Array(64))), "signature-key");
      }
      for (const length of [0, 63, 65, 128]) {
        const signature = new Uint8Array(length);
        same(await outcomeOf(() => verify(publicKey, empty, signature)), "signature");
      }
    },
  },
];
