/**
 * The witness's phrase: twelve words, and the keys that they are.
 *
 * It lets her read replies and speak again; it cannot open what she sent.  A phrase is
 * passed around as the 16 bytes that its words write.
 *
 * Where this file and crypto/spec/phrase-v1.md disagree, this file is wrong.
 */
import { utf8 } from "./bytes.js";
import { BuzonError } from "./errors.js";
import { hkdf } from "./hkdf.js";
import * as wordlist from "./wordlist.js";

/**
 * @typedef {import("./bytes.js").Bytes} Bytes
 * @typedef {wordlist.Language} Language
 *
 * @typedef {object} Keys
 * @property {Bytes} replySeed X-Wing seed of the reply key
 * @property {Bytes} tagKey HMAC key of reply tags
 * @property {Bytes} threadSeed Ed25519 seed of the thread
 */

const MAX_CHARACTERS = 1024;
const SALT = utf8("buzon/witness/v1");
/** @type {Language[]} */
const LANGUAGES = ["es", "en"]; // the order in which the lists are tried

/** Some words are in neither list; `positions` (1 to 12) says which. */
export class PhraseWordError extends BuzonError {
  /** @param {number[]} positions */
  constructor(positions) {
    super("phrase-word");
    this.positions = positions;
  }
}

/**
 * A new phrase.
 *
 * @param {import("./random.js").Random} random
 * @returns {Bytes} 16 bytes
 */
export function generate(random) {
  return random(wordlist.ENTROPY_BYTES);
}

/**
 * The twelve words, one space between them.
 *
 * @param {Bytes} phrase
 * @param {Language} language
 * @returns {Promise<string>}
 */
export function toWords(phrase, language) {
  return wordlist.encode(phrase, language);
}

/**
 * Read what a person typed, in any case, with or without accents, cut to four letters.
 *
 * Errors, in order: phrase-length, phrase-word (a PhraseWordError), phrase-checksum.
 * Source: phrase-v1.md, section 2.
 *
 * @param {string} typed
 * @returns {Promise<Bytes>} 16 bytes
 */
export async function fromWords(typed) {
  if (typed.length > 2 * MAX_CHARACTERS || [...typed].length > MAX_CHARACTERS) {
    throw new BuzonError("phrase-length");
  }
  const words = wordlist.normalised(typed).match(/[a-z]+/g) ?? [];
  if (words.length !== wordlist.WORDS) throw new BuzonError("phrase-length");
  const readings = LANGUAGES.map((language) => wordlist.numbers(words, language));
  const known = readings.filter((reading) => !reading.includes(-1));
  if (known.length === 0) {
    const [spanish, english] = readings.map(unknown);
    throw new PhraseWordError(english.length < spanish.length ? english : spanish);
  }
  for (const reading of known) {
    const phrase = await wordlist.decode(reading);
    if (phrase !== null) return phrase;
  }
  throw new BuzonError("phrase-checksum");
}

/**
 * The positions, from 1, of the words that a list does not know.
 *
 * @param {number[]} reading
 * @returns {number[]}
 */
function unknown(reading) {
  return reading.flatMap((number, at) => (number < 0 ? [at + 1] : []));
}

/**
 * Source: phrase-v1.md, section 3.
 *
 * @param {Bytes} phrase
 * @returns {Promise<Keys>}
 */
export async function keysOf(phrase) {
  return {
    replySeed: await derive(phrase, "buzon/reply-seed/v1", 32),
    tagKey: await derive(phrase, "buzon/tag-key/v1", 32),
    threadSeed: await derive(phrase, "buzon/thread-seed/v1", 32),
  };
}

/**
 * @param {Bytes} phrase
 * @param {string} label
 * @param {number} length in bytes
 * @returns {Promise<Bytes>}
 */
export async function derive(phrase, label, length) {
  if (phrase.length !== wordlist.ENTROPY_BYTES) throw new BuzonError("phrase-length");
  return hkdf(phrase, SALT, utf8(label), length);
}
