/** Receipt.  Source: crypto/spec/receipt-v1.md. */
import * as dsse from "../../../app/site/client/dsse.js";
import { BuzonError } from "../../../app/site/client/errors.js";
import { LAWYER_ID_BYTES, originOf } from "../../../app/site/client/roster.js";
import * as strictjson from "../../../app/site/client/strictjson.js";
import * as weeks from "../../../app/site/client/weeks.js";

const PAYLOAD_TYPE = "buzon/receipt/v1";
const MAX_ENVELOPE_BYTES = 512 * 1024;
const MAX_DIGESTS = 4096;

/**
 * The receipt that an active lawyer of the published *roster* signed.
 *
 * Errors, in order: document-malformed, document-type, document-malformed (payload),
 * receipt-lawyer, document-signatures, receipt-origin, receipt-roster, receipt-week.
 *
 * @param {Uint8Array} envelope
 * @param {import("../../../app/site/client/roster.js").Roster} roster
 * @param {{hash: string, origins: string[]}[]} earlierRosters those published before
 * @param {Date} now
 */
export async function openReceipt(envelope, roster, earlierRosters, now) {
  const parsed = dsse.parseEnvelope(envelope, MAX_ENVELOPE_BYTES);
  dsse.checkType(parsed, PAYLOAD_TYPE);
  const receipt = fromPayload(parsed.payload);
  const lawyer = roster.lawyers.find(({ id, status }) => id === receipt.lawyer && status === "active");
  if (lawyer === undefined) throw new BuzonError("receipt-lawyer");
  await dsse.checkSignatures(parsed, [lawyer.identity], 1);
  const earlier = earlierRosters.find(({ hash }) => hash === receipt.roster);
  const origins = [...roster.origins, ...(earlier?.origins ?? [])];
  if (!origins.includes(receipt.origin)) throw new BuzonError("receipt-origin");
  if (receipt.roster !== roster.hash && earlier === undefined) throw new BuzonError("receipt-roster");
  if (receipt.week > weeks.weekOf(weeks.dayOf(now)) + 1) throw new BuzonError("receipt-week");
  return { ...receipt, hash: await dsse.payloadHash(parsed.payload) };
}

/** @param {Uint8Array} payload */
function fromPayload(payload) {
  const [origin, lawyer, roster, week, digests] = strictjson.members(
    strictjson.parse(payload, MAX_ENVELOPE_BYTES),
    "origin",
    "lawyer",
    "roster",
    "week",
    "digests",
  );
  return {
    origin: originOf(origin),
    lawyer: strictjson.hexadecimal(lawyer, LAWYER_ID_BYTES),
    roster: strictjson.hexadecimal(roster, dsse.HASH_BYTES),
    week: strictjson.integer(week, 0, weeks.LAST_WEEK),
    digests: digestsOf(strictjson.array(digests, 1, MAX_DIGESTS)),
  };
}

/**
 * Digests, ascending.
 *
 * @param {strictjson.JSONArray} values
 */
export function digestsOf(values) {
  return strictjson.ascending(values.map((digest) => strictjson.hexadecimal(digest, dsse.HASH_BYTES)));
}
