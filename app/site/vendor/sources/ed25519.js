// Ed25519 (RFC 8032); its SHA-512 is the browser's, through crypto.subtle.
export { getPublicKeyAsync, Point, signAsync, verifyAsync } from "@noble/ed25519";
