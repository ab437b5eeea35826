/**
 * How long the primitives take, in milliseconds:
 *
 *     node tests/browser/harness/run.mjs --measure firefox-safer tests/browser/primitives/speed.mjs
 *
 * First calls are counted, tables and all: a witness sends once.
 */
import { hkdf } from "../../../app/site/client/hkdf.js";
import { randomBytes } from "../../../app/site/client/random.js";
import { hmacKey, hmacSha256, sha256 } from "../../../app/site/client/sha256.js";

const SEALS = 16;
const VERIFICATIONS = 20;
const MEBIBYTE = 2 ** 20;

/**
 * @param {() => Promise<unknown>} act
 * @returns {Promise<number>}
 */
async function milliseconds(act) {
  const start = performance.now();
  await act();
  return Math.round(10 * (performance.now() - start)) / 10;
}

/** @param {import("../harness/modules.mjs").Context} context */
export async function measure({ environment }) {
  /** @type {typeof import("../../../app/site/client/hpke.js")} */
  let hpke;
  /** @type {typeof import("../../../app/site/client/ed25519.js")} */
  let ed25519;
  const load = await milliseconds(async () => {
    hpke = await import("../../../app/site/client/hpke.js");
    ed25519 = await import("../../../app/site/client/ed25519.js");
  });
  // Keys and signatures of others, which the witness's browser has not made.
  const message = randomBytes(2000);
  const seed = randomBytes(32);
  const fresh = async () => {
    const publicKey = await ed25519.publicKeyFromSeed(seed);
    return { publicKey, signature: await ed25519.sign(seed, message) };
  };
  const recipient = await hpke.publicKeyFromSeed(seed);
  const signing = await milliseconds(fresh);
  const { publicKey, signature } = await fresh();
  const info = randomBytes(90);
  const cellKey = randomBytes(32);
  const seals = await milliseconds(async () => {
    for (let i = 0; i < SEALS; i += 1) await hpke.seal(recipient, info, cellKey);
  });
  const verifications = await milliseconds(async () => {
    for (let i = 0; i < VERIFICATIONS; i += 1) await ed25519.verify(publicKey, message, signature);
  });
  const sealed = await hpke.seal(recipient, info, cellKey);
  const open = await milliseconds(() => hpke.open(seed, info, sealed));
  const tags = await milliseconds(async () => {
    const key = await hmacKey(cellKey);
    for (let i = 0; i < 1280; i += 1) await hmacSha256(key, info);
  });
  const derivations = await milliseconds(async () => {
    for (let i = 0; i < 100; i += 1) await hkdf(cellKey, info, info, 76);
  });
  const block = randomBytes(8 * MEBIBYTE);
  const digest = await milliseconds(() => sha256(block));
  return {
    environment,
    "load both libraries": load,
    "Ed25519 key and first signature (makes the table)": signing,
    [`${SEALS} seals`]: seals,
    [`${VERIFICATIONS} verifications`]: verifications,
    "one opening": open,
    "1280 reply tags": tags,
    "100 HKDF": derivations,
    "SHA-256 of 8 MiB": digest,
  };
}
