// HPKE (RFC 9180), base mode, with the suite of message cells and reply cells.
export { Aes256Gcm, CipherSuite, HkdfSha256 } from "@hpke/core";
export { XWing } from "@hpke/hybridkem-x-wing";
