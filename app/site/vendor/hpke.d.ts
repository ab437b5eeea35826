// What client/hpke.js and the tests use of hpke.js; written by hand.
export interface Key {
  readonly algorithm: { readonly name: string };
}
export interface Encapsulation {
  sharedSecret: ArrayBuffer;
  enc: ArrayBuffer;
}
export class XWing {
  readonly id: number;
  importKey(format: "raw", key: ArrayBuffer, isPublic: boolean): Promise<Key>;
  generateKeyPairDerand(seed: Uint8Array): Promise<{ publicKey: Key; privateKey: Key }>;
  deserializePublicKey(key: ArrayBuffer): Promise<Key>;
  serializePublicKey(key: Key): Promise<ArrayBuffer>;
  encap(params: { recipientPublicKey: Key; ekm?: ArrayBuffer }): Promise<Encapsulation>;
  decap(params: { recipientKey: Key; enc: ArrayBuffer }): Promise<ArrayBuffer>;
}
export class HkdfSha256 {}
export class Aes256Gcm {}
export class CipherSuite {
  constructor(suite: { kem: XWing; kdf: HkdfSha256; aead: Aes256Gcm });
  seal(
    params: { recipientPublicKey: Key; info: ArrayBuffer },
    plaintext: ArrayBuffer,
  ): Promise<{ enc: ArrayBuffer; ct: ArrayBuffer }>;
  open(
    params: { recipientKey: Key; enc: ArrayBuffer; info: ArrayBuffer },
    ciphertext: ArrayBuffer,
  ): Promise<ArrayBuffer>;
}
