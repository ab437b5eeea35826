// Stands for Node's module `crypto`, which the libraries import where a runtime has no
// `globalThis.crypto`.  A browser without it gets a plain page; nothing is loaded.
export const webcrypto = undefined;
