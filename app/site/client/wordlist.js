/**
 * BIP39's word lists, and 16 bytes as twelve words of one of them.
 *
 * For the witness's phrase.  Both lists come with the program: one that is fetched later
 * is one that a broken connection keeps away.
 *
 * Where this file and crypto/spec/phrase-v1.md disagree, this file is wrong.
 */
import { BuzonError } from "./errors.js";
import { sha256 } from "./sha256.js";
import { words as english } from "./wordlist-en.js";
import { words as spanish } from "./wordlist-es.js";

/**
 * @typedef {import("./bytes.js").Bytes} Bytes
 * @typedef {"es" | "en"} Language
 */

export const ENTROPY_BYTES = 16;
export const WORDS = 12;
const PREFIX_LETTERS = 4; // as many letters tell any two words of a list apart
const BITS_PER_WORD = 11;
const CHECKSUM_BITS = 4;

/** @type {Record<Language, string[]>} the 2,048 words of each language, in NFC */
const LISTS = { es: listOf(spanish), en: listOf(english) };

/** @param {string} words */
function listOf(words) {
  return words.trim().split(/\s/);
}

/**
 * *typed* without case, accents and other marks.  Source: phrase-v1.md, section 2, step 2.
 *
 * @param {string} typed
 */
export function normalised(typed) {
  return typed.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
}

/**
 * Which words of the list of *language* the normalised *typed* words stand for; -1 for none.
 *
 * Source: phrase-v1.md, section 2, step 4.
 *
 * @param {string[]} typed
 * @param {Language} language
 * @returns {number[]}
 */
export function numbers(typed, language) {
  const list = normalised(LISTS[language].join(" ")).split(" ");
  return typed.map((word) => {
    const whole = list.indexOf(word);
    if (whole >= 0 || word.length < PREFIX_LETTERS) return whole;
    return list.findIndex((listed) => listed.startsWith(word));
  });
}

/**
 * *entropy* as twelve words, the last four bits a checksum; one space between them.
 *
 * @param {Bytes} entropy 16 bytes
 * @param {Language} language
 * @returns {Promise<string>}
 */
export async function encode(entropy, language) {
  if (entropy.length !== ENTROPY_BYTES) throw new BuzonError("phrase-length");
  let bits = 0n;
  for (const byte of entropy) bits = (bits << 8n) | BigInt(byte);
  bits = (bits << BigInt(CHECKSUM_BITS)) | BigInt(await checksum(entropy));
  const list = LISTS[language];
  const words = [];
  for (let place = WORDS - 1; place >= 0; place -= 1) {
    words.push(list[Number(BigInt.asUintN(BITS_PER_WORD, bits >> BigInt(BITS_PER_WORD * place)))]);
  }
  return words.join(" ");
}

/**
 * The 16 bytes behind twelve word numbers; null when the checksum is wrong.
 *
 * @param {number[]} twelve
 * @returns {Promise<Bytes | null>}
 */
export async function decode(twelve) {
  let bits = 0n;
  for (const number of twelve) bits = (bits << BigInt(BITS_PER_WORD)) | BigInt(number);
  let rest = bits >> BigInt(CHECKSUM_BITS);
  const entropy = new Uint8Array(ENTROPY_BYTES);
  for (let at = ENTROPY_BYTES - 1; at >= 0; at -= 1, rest >>= 8n) entropy[at] = Number(rest & 0xffn);
  const given = Number(BigInt.asUintN(CHECKSUM_BITS, bits));
  return (await checksum(entropy)) === given ? entropy : null;
}

/** @param {Bytes} entropy */
async function checksum(entropy) {
  return (await sha256(entropy))[0] >> (8 - CHECKSUM_BITS);
}
