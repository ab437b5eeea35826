/** HKDF, HMAC, SHA-256 and AES-256-GCM as the browser's code calls them. */
import { open, seal } from "../../../app/site/client/aead.js";
import { fromHex, hex } from "../../../app/site/client/bytes.js";
import { hkdf } from "../../../app/site/client/hkdf.js";
import { hmacKey, hmacSha256, sha256 } from "../../../app/site/client/sha256.js";
import { outcomeOf, same } from "../harness/check.mjs";

const FOLDER = "tests/vectors/primitives";

/** @type {import("../harness/modules.mjs").ModuleTest[]} */
export const tests = [
  {
    name: "HKDF derives as RFC 5869 does",
    run: async ({ json }) => {
      for (const { ikm, salt, info, length, okm } of (await json(`${FOLDER}/hkdf_rfc5869.json`))
        .vectors) {
        same(hex(await hkdf(fromHex(ikm), fromHex(salt), fromHex(info), length)), okm);
      }
    },
  },
  {
    name: "HMAC authenticates as RFC 4231 does",
    run: async ({ json }) => {
      for (const { key, message, mac } of (await json(`${FOLDER}/hmac_rfc4231.json`)).vectors) {
        same(hex(await hmacSha256(await hmacKey(fromHex(key)), fromHex(message))), mac);
      }
    },
  },
  {
    name: "SHA-256 digests as FIPS 180 and CAVP do",
    run: async ({ json }) => {
      for (const name of ["sha256_cavp", "sha256_fips180"]) {
        for (const { message, repeat = 1, digest } of (await json(`${FOLDER}/${name}.json`)).vectors) {
          same(hex(await sha256(fromHex(message.repeat(repeat)))), digest, message.slice(0, 16));
        }
      }
    },
  },
  {
    name: "AES-256-GCM opens what is good and nothing else",
    run: async ({ json }) => {
      for (const name of ["aes_gcm_wycheproof", "aes_gcm_cavp"]) {
        for (const [number, vector] of (await json(`${FOLDER}/${name}.json`)).vectors.entries()) {
          const [key, nonce, aad, plaintext, sealed] = [
            vector.key,
            vector.nonce,
            vector.aad,
            vector.plaintext,
            vector.sealed,
          ].map(fromHex);
          const what = `${name} ${vector.id ?? number}`;
          same(await outcomeOf(() => open(key, nonce, sealed, aad)), vector.expect, what);
          if (vector.expect === "accept") {
            same(await seal(key, nonce, plaintext, aad), sealed, what);
            same(await open(key, nonce, sealed, aad), plaintext, what);
          }
        }
      }
    },
  },
  {
    name: "AES-256-GCM refuses keys and nonces of another length",
    run: async () => {
      const [key, nonce, none] = [new Uint8Array(32), new Uint8Array(12), new Uint8Array(0)];
      for (const length of [0, 16, 24, 31, 33]) {
        const other = new Uint8Array(length);
        same(await outcomeOf(() => seal(other, nonce, none, none)), "aead-key");
        same(await outcomeOf(() => open(other, nonce, new Uint8Array(16), none)), "aead-key");
      }
      for (const length of [0, 11, 13, 16]) {
        same(await outcomeOf(() => seal(key, new Uint8Array(length), none, none)), "aead-key");
      }
      for (const length of [0, 1, 15]) {
        const short = new Uint8Array(length);
        same(await outcomeOf(() => open(key, nonce, short, none)), "aead-open");
      }
    },
  },
];
