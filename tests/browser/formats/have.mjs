/** What a station holds already.  Source: crypto/spec/pouch-v1.md, "What need not be brought". */
import { hex } from "../../../app/site/client/bytes.js";

const DIGEST_BYTES = 32;
const MAX_HAVE_BYTES = 64 * 1024 * 1024;

/**
 * The digests in a station's file, in hexadecimal; none when it is not as specified.
 *
 * @param {Uint8Array<ArrayBuffer>} have
 */
export function parseHave(have) {
  if (have.length > MAX_HAVE_BYTES || have.length % DIGEST_BYTES !== 0) return [];
  /** @type {string[]} */
  const digests = [];
  for (let start = 0; start < have.length; start += DIGEST_BYTES) {
    digests.push(hex(have.subarray(start, start + DIGEST_BYTES)));
  }
  const ascending = digests.every((digest, at) => at === 0 || digests[at - 1] < digest);
  return ascending ? digests : [];
}
