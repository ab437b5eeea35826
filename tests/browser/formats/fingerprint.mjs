/** Fingerprint words.  Source: crypto/spec/signed-documents-v1.md, section 6. */
import { concat, utf8 } from "../../../app/site/client/bytes.js";
import { sha256 } from "../../../app/site/client/sha256.js";
import { ENTROPY_BYTES, encode } from "../../../app/site/client/wordlist.js";

/**
 * Twelve words by which two people compare a key by voice.
 *
 * @param {import("../../../app/site/client/bytes.js").Bytes} key
 * @param {import("../../../app/site/client/wordlist.js").Language} language
 */
export async function fingerprintWords(key, language) {
  const hash = await sha256(concat(utf8("buzon/fingerprint/v1"), key));
  return encode(hash.subarray(0, ENTROPY_BYTES), language);
}
