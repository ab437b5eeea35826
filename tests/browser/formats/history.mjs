/** The rosters that were published.  Source: crypto/spec/roster-v1.md, section 6. */
import { BuzonError } from "../../../app/site/client/errors.js";
import * as dsse from "../../../app/site/client/dsse.js";
import * as rosters from "../../../app/site/client/roster.js";
import * as strictjson from "../../../app/site/client/strictjson.js";

const MAX_BYTES = 4 * 1024 * 1024;
const MAX_ROSTERS = 1024;

/**
 * The hashes of the rosters in a history, ascending by serial.
 *
 * Errors: document-malformed, document-type.
 *
 * @param {Uint8Array} history
 * @returns {Promise<string[]>}
 */
export async function parseHistory(history) {
  const [listed] = strictjson.members(strictjson.parse(history, MAX_BYTES), "rosters");
  const envelopes = strictjson.array(listed, 0, MAX_ROSTERS).map(dsse.envelopeOf);
  const hashes = [];
  let before = 0;
  let ascending = true;
  for (const envelope of envelopes) {
    dsse.checkType(envelope, rosters.PAYLOAD_TYPE);
    const { serial } = await rosters.fromPayload(envelope.payload);
    ascending &&= before < serial;
    before = serial;
    hashes.push(await dsse.payloadHash(envelope.payload));
  }
  if (!ascending) throw new BuzonError("document-malformed");
  return hashes;
}
