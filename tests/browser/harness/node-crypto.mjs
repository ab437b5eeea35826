/**
 * Imported first by what runs the browser's program in Node: Node 18 (Debian 12's) has
 * WebCrypto, but not under the name that browsers use.
 */
import { webcrypto } from "node:crypto";

globalThis.crypto ??= /** @type {any} */ (webcrypto);
