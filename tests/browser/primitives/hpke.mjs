/** X-Wing and HPKE in the browser's code, against the drafts' and the RFC's vectors. */
import { concat, equal, fromHex, hex, utf8 } from "../../../app/site/client/bytes.js";
import { OVERHEAD_BYTES, open, publicKeyFromSeed, seal } from "../../../app/site/client/hpke.js";
import { Aes256Gcm, CipherSuite, HkdfSha256, XWing } from "../../../app/site/vendor/hpke.js";
import { holds, outcomeOf, repeatable, same } from "../harness/check.mjs";

const FOLDER = "tests/vectors/primitives";
const SEED = new Uint8Array(32).fill(7);
const INFO = utf8("buzon/slot/v1");

/** Points whose shared secret is zero: u = 0, 1, -1, and 0 and 1 with p added. */
const SMALL_X25519 = [
  "00".repeat(32),
  `01${"00".repeat(31)}`,
  `ec${"ff".repeat(30)}7f`,
  `ed${"ff".repeat(30)}7f`,
  `ee${"ff".repeat(30)}7f`,
];

/**
 * A KEM that knows one shared secret: the RFC's curve is not in our bundle, its key
 * schedule and AEAD are.
 *
 * @param {any} vector
 * @returns {any}
 */
function knownSecret(vector) {
  return { id: vector.kem_id, decap: async () => fromHex(vector.shared_secret).buffer };
}

/**
 * An AEAD that tells which key it was given: the draft's is not in our bundle.
 *
 * @param {any} vector
 * @param {Uint8Array[]} seen
 * @returns {any}
 */
function showingKey(vector, seen) {
  return {
    id: vector.aead_id,
    keySize: 32,
    nonceSize: 12,
    tagSize: 16,
    createEncryptionContext: (/** @type {ArrayBuffer} */ key) => {
      seen.push(new Uint8Array(key));
      return {
        open: async (/** @type {ArrayBuffer} */ nonce) => {
          seen.push(new Uint8Array(nonce));
          return new ArrayBuffer(0);
        },
      };
    },
  };
}

/**
 * @param {any} suite
 * @param {any} vector
 * @param {any} recipientKey
 */
function recipient(suite, vector, recipientKey) {
  const params = { recipientKey, enc: fromHex(vector.enc).buffer, info: fromHex(vector.info).buffer };
  return suite.createRecipientContext(params);
}

/**
 * @param {any} context
 * @param {any} vector
 */
async function exportsMatch(context, vector) {
  for (const { exporter_context, L, exported_value } of vector.exports) {
    const exported = await context.export(fromHex(exporter_context).buffer, L);
    same(hex(new Uint8Array(exported)), exported_value, "export");
  }
}

/** @type {import("../harness/modules.mjs").ModuleTest[]} */
export const tests = [
  {
    name: "X-Wing derives, encapsulates and decapsulates as its draft does",
    run: async ({ json }) => {
      const kem = new XWing();
      for (const vector of (await json(`${FOLDER}/xwing.json`)).vectors) {
        const seed = fromHex(vector.seed);
        same(hex(await publicKeyFromSeed(seed)), vector.pk, "pk");
        const recipientPublicKey = await kem.deserializePublicKey(fromHex(vector.pk).buffer);
        const ekm = fromHex(vector.eseed).buffer;
        const made = await kem.encap({ recipientPublicKey, ekm });
        same(hex(new Uint8Array(made.enc)), vector.ct, "ct");
        same(hex(new Uint8Array(made.sharedSecret)), vector.ss, "ss");
        const { privateKey } = await kem.generateKeyPairDerand(seed);
        const secret = await kem.decap({ recipientKey: privateKey, enc: fromHex(vector.ct).buffer });
        same(hex(new Uint8Array(secret)), vector.ss, "ss");
      }
    },
  },
  {
    name: "HPKE's key schedule and AES-256-GCM open RFC 9180's messages",
    run: async ({ json }) => {
      const { vectors } = await json(`${FOLDER}/hpke_rfc9180.json`);
      const ours = vectors.filter((/** @type {any} */ vector) => vector.aead_id === 2);
      same(ours.length, 1);
      for (const vector of ours) {
        const kem = knownSecret(vector);
        const suite = new CipherSuite({ kem, kdf: new HkdfSha256(), aead: new Aes256Gcm() });
        const context = await recipient(suite, vector, {});
        for (const { aad, ct, pt } of vector.encryptions) {
          const opened = await context.open(fromHex(ct).buffer, fromHex(aad).buffer);
          same(hex(new Uint8Array(opened)), pt, "plaintext");
        }
        await exportsMatch(context, vector);
      }
    },
  },
  {
    name: "HPKE with X-Wing derives the key, nonce and exports of the post-quantum draft",
    run: async ({ json }) => {
      for (const vector of (await json(`${FOLDER}/hpke_xwing.json`)).vectors) {
        /** @type {Uint8Array[]} */
        const seen = [];
        const kem = new XWing();
        const aead = showingKey(vector, seen);
        const suite = new CipherSuite({ kem, kdf: new HkdfSha256(), aead });
        const { privateKey } = await kem.generateKeyPairDerand(fromHex(vector.skRm));
        const context = await recipient(suite, vector, privateKey);
        await context.open(new ArrayBuffer(16));
        same(seen.map(hex), [vector.key, vector.base_nonce], "key and nonce");
        await exportsMatch(context, vector);
      }
    },
  },
  {
    name: "what Python and the browser sealed opens",
    run: async ({ json }) => {
      for (const vector of (await json(`${FOLDER}/hpke_sealed.json`)).vectors) {
        const [seed, info, sealed] = [vector.seed, vector.info, vector.sealed].map(fromHex);
        same(hex(await open(seed, info, sealed)), vector.plaintext, vector.sealed_by);
      }
    },
  },
  {
    name: "what is sealed opens and is longer by the overhead",
    run: async () => {
      const publicKey = await publicKeyFromSeed(SEED);
      for (const length of [0, 1, 32, 2944]) {
        const plaintext = new Uint8Array(length).fill(3);
        const sealed = await seal(publicKey, INFO, plaintext);
        same(sealed.length, length + OVERHEAD_BYTES);
        same(await open(SEED, INFO, sealed), plaintext);
      }
    },
  },
  {
    name: "two seals of the same are different",
    run: async () => {
      const publicKey = await publicKeyFromSeed(SEED);
      const [one, other] = [await seal(publicKey, INFO, INFO), await seal(publicKey, INFO, INFO)];
      holds(!equal(one.slice(0, 32), other.slice(0, 32)), "the same ML-KEM part");
      holds(!equal(one.slice(1088, 1120), other.slice(1088, 1120)), "the same X25519 part");
    },
  },
  {
    name: "keys and plaintext handed over are left as they were, views included",
    run: async () => {
      const wide = new Uint8Array(2000).fill(9);
      wide.set(await publicKeyFromSeed(SEED), 100);
      const before = wide.slice();
      const sealed = await seal(wide.subarray(100, 1316), INFO, wide.subarray(0, 32));
      same(wide, before);
      const moved = concat(new Uint8Array(5), sealed).subarray(5);
      same(await open(SEED.subarray(0), INFO, moved), before.slice(0, 32));
    },
  },
  {
    name: "one flipped bit, another info, another key or garbage does not open",
    run: async () => {
      const below = repeatable(9180);
      const sealed = await seal(await publicKeyFromSeed(SEED), INFO, new Uint8Array(32));
      const refused = (/** @type {any[]} */ ...[seed, info, bytes]) =>
        outcomeOf(() => open(seed, info, bytes));
      for (let i = 0; i < 24; i += 1) {
        const bit = i < 8 ? 8 * 1088 + below(256) : below(8 * sealed.length);
        const changed = sealed.slice();
        changed[bit >> 3] ^= 1 << (bit & 7);
        same(await refused(SEED, INFO, changed), "hpke-open", `bit ${bit}`);
      }
      same(await refused(SEED, utf8("buzon/slot/v2"), sealed), "hpke-open");
      same(await refused(new Uint8Array(32).fill(8), INFO, sealed), "hpke-open");
      for (const length of [0, 1, 1119, 1120, 1135, 1136, 1168]) {
        same(await refused(SEED, INFO, new Uint8Array(length)), "hpke-open", `length ${length}`);
      }
    },
  },
  {
    name: "an encapsulation with an X25519 half of small order does not open",
    run: async () => {
      const sealed = await seal(await publicKeyFromSeed(SEED), INFO, new Uint8Array(32));
      for (const half of SMALL_X25519) {
        const changed = sealed.slice();
        changed.set(fromHex(half), 1088);
        same(await outcomeOf(() => open(SEED, INFO, changed)), "hpke-open", half);
      }
    },
  },
  {
    name: "nothing is sealed to a key of another length, of small order or not reduced",
    run: async () => {
      const good = await publicKeyFromSeed(SEED);
      const refused = (/** @type {import("../../../app/site/client/bytes.js").Bytes} */ key) =>
        outcomeOf(() => seal(key, INFO, INFO));
      for (const length of [0, 32, 1184, 1215, 1217]) {
        same(await refused(new Uint8Array(length)), "hpke-key", `length ${length}`);
      }
      for (const half of SMALL_X25519) {
        same(await refused(concat(good.slice(0, 1184), fromHex(half))), "hpke-key", half);
      }
      same(await refused(concat(fromHex("ffffff"), good.slice(3))), "hpke-key", "not reduced");
    },
  },
  {
    name: "a seed of another length is refused",
    run: async () => {
      for (const length of [0, 31, 33, 64]) {
        const seed = new Uint8Array(length);
        same(await outcomeOf(() => publicKeyFromSeed(seed)), "hpke-key");
        same(await outcomeOf(() => open(seed, INFO, INFO)), "hpke-key");
      }
    },
  },
];
