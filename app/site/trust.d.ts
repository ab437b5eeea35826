/** What the build writes as trust.js: the trust that the site was built with. */
export const PAYLOAD: string; // base64 of the trust document's payload
export const HASH: string; // its SHA-256, hex
