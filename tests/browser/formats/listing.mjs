/** A pouch's listing.  Source: crypto/spec/pouch-v1.md, "Listing". */
import * as strictjson from "../../../app/site/client/strictjson.js";
import { digestsOf } from "./receipt.mjs";

const MAX_LISTING_BYTES = 128 * 1024 * 1024;

/**
 * Errors: document-malformed.
 *
 * @param {Uint8Array} listing
 */
export function parseListing(listing) {
  const [day, messages, parts] = strictjson.members(
    strictjson.parse(listing, MAX_LISTING_BYTES),
    "day",
    "messages",
    "parts",
  );
  const read = {
    day: strictjson.day(day),
    messages: digestsOf(strictjson.array(messages, 0, MAX_LISTING_BYTES)),
    parts: digestsOf(strictjson.array(parts, 0, MAX_LISTING_BYTES)),
  };
  strictjson.distinct([...read.messages, ...read.parts]);
  return read;
}
