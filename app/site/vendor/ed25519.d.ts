// What client/ed25519.js uses of ed25519.js; written by hand.
export class Point {
  static fromBytes(bytes: Uint8Array, zip215?: boolean): Point;
  is0(): boolean;
  isTorsionFree(): boolean;
}
export function getPublicKeyAsync(seed: Uint8Array): Promise<Uint8Array<ArrayBuffer>>;
export function signAsync(message: Uint8Array, seed: Uint8Array): Promise<Uint8Array<ArrayBuffer>>;
export function verifyAsync(
  signature: Uint8Array,
  message: Uint8Array,
  publicKey: Uint8Array,
  options: { zip215: boolean },
): Promise<boolean>;
