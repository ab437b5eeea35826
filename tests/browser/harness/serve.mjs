/**
 * A static server for tests: some folders of the checkout, on loopback, on a free port.
 *
 * It is no model of the intake: pages are journeyed against the real server.  What it
 * shares with it is the strictness of the policy, so that a module which needs `eval`,
 * WebAssembly or a foreign address fails here first.
 */
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the checkout. */
export const ROOT = normalize(fileURLToPath(new URL("../../../", import.meta.url)));

/** Folders of the checkout that module tests may read. */
const SERVED = ["app/site", "crypto/wordlists", "tests/browser", "tests/vectors"];

/** @type {Record<string, string>} */
const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
};

const HEADERS = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'",
  "X-Content-Type-Options": "nosniff",
};

const BLANK = "<!doctype html><html lang=en><title>modules</title>";

/**
 * @param {{ folders?: string[] }} [options] folders, relative to the checkout
 * @returns {Promise<{ origin: string, blank: string, close: () => Promise<void> }>}
 *   blank: the address of an empty page to import modules from
 */
export async function serve({ folders = SERVED } = {}) {
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://x").pathname).slice(1);
    if (path === "blank.html") {
      response.writeHead(200, { ...HEADERS, "Content-Type": TYPES[".html"] }).end(BLANK);
      return;
    }
    const clean = normalize(path);
    const known = folders.some((folder) => clean.startsWith(folder + sep));
    try {
      if (!known) throw new Error("not served");
      const body = await readFile(join(ROOT, clean));
      const type = TYPES[extname(clean)] ?? "application/octet-stream";
      response.writeHead(200, { ...HEADERS, "Content-Type": type }).end(body);
    } catch {
      response.writeHead(404, { ...HEADERS, "Content-Type": "text/plain" }).end("not found");
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const origin = `http://127.0.0.1:${address.port}`;
  return {
    origin,
    blank: `${origin}/blank.html`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
