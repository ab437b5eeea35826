/**
 * What stands between a browser and the intake in the journeys: it passes every request on,
 * keeps what it saw, and can break connections or answer in the intake's place.
 *
 * Without an intake behind it, it hands out a built site and a directory itself: for the
 * journey whose server is hostile, which no intake would be.
 */
import { readFile } from "node:fs/promises";
import { createServer, request as passOn } from "node:http";
import { join } from "node:path";

/**
 * @typedef {object} Seen
 * @property {string} method
 * @property {string} path
 * @property {string[]} headers raw, in order
 * @property {Buffer} body
 * @property {number} status 0 when the connection was broken
 *
 * @typedef {{ status: number, body?: string | Buffer, type?: string } | "drop" | null} Instead
 *
 * @typedef {object} Behind
 * @property {number} port on loopback
 * @property {number} [intake] port of the real one
 * @property {string} [site] folder of the built site, without an intake
 * @property {Buffer} [directory] without an intake
 * @property {Record<string, string>} headers fixed ones
 */

export class Front {
  /** @param {Behind} behind */
  constructor(behind) {
    this.behind = behind;
    /** @type {Seen[]} */
    this.seen = [];
    /** @type {(method: string, path: string) => Instead} */
    this.instead = () => null;
    this.origin = `http://127.0.0.1:${behind.port}`;
    this.server = createServer((request, response) => this.handle(request, response));
  }

  async open() {
    await new Promise((resolve) => this.server.listen(this.behind.port, "127.0.0.1", () => resolve(null)));
    return this;
  }

  async close() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Forget what was seen and behave. */
  reset() {
    this.seen = [];
    this.instead = () => null;
  }

  /** The bodies of all PUTs that were answered 204. */
  get cells() {
    return this.seen.filter(({ method, status }) => method === "PUT" && status === 204).map(({ body }) => body);
  }

  /**
   * @param {import("node:http").IncomingMessage} request
   * @param {import("node:http").ServerResponse} response
   */
  async handle(request, response) {
    const method = request.method ?? "";
    // A browser that uses this as its proxy names the whole address.
    const url = request.url ?? "";
    if (!url.startsWith("/") && !url.startsWith(`${this.origin}/`)) {
      response.writeHead(502).end(); // the browser's own errands: updates and the like
      return;
    }
    const path = url.startsWith("/") ? url : url.slice(this.origin.length);
    const seen = { method, path, headers: request.rawHeaders, body: Buffer.alloc(0), status: 0 };
    this.seen.push(seen);
    const instead = this.instead(method, path);
    if (instead === "drop") {
      request.socket.destroy();
      return;
    }
    const pieces = [];
    try {
      for await (const piece of request) pieces.push(piece);
    } catch {
      return; // the browser broke it off
    }
    seen.body = Buffer.concat(pieces);
    if (instead !== null) {
      seen.status = instead.status;
      const type = instead.type ?? "application/json";
      response.writeHead(instead.status, { ...this.behind.headers, "Content-Type": type });
      response.end(instead.body);
    } else if (this.behind.intake === undefined) {
      await this.answer(seen, response);
    } else {
      this.pass(seen, response, this.behind.intake);
    }
  }

  /**
   * @param {Seen} seen
   * @param {import("node:http").ServerResponse} response
   * @param {number} port
   */
  pass(seen, response, port) {
    const options = { host: "127.0.0.1", port, method: seen.method, path: seen.path, headers: seen.headers };
    const onward = passOn(options, (answer) => {
      seen.status = answer.statusCode ?? 0;
      response.writeHead(seen.status, answer.rawHeaders);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    onward.end(seen.body);
  }

  /**
   * @param {Seen} seen
   * @param {import("node:http").ServerResponse} response
   */
  async answer(seen, response) {
    const { site = "", headers, directory } = this.behind;
    /** @type {(type: string, body: string | Buffer) => void} */
    const give = (type, body) => {
      seen.status = 200;
      response.writeHead(200, { ...headers, "Content-Type": type }).end(body);
    };
    if (seen.path === "/directory" && directory) give("application/json", directory);
    else {
      const { files } = JSON.parse(await readFile(join(site, "manifest.json"), "utf8"));
      const file = seen.path.slice(1).replace(/(^|\/)$/, "$1index.html");
      const listed = files.find((/** @type {{ path: string }} */ one) => one.path === file);
      if (listed) give(listed.type, await readFile(join(site, file)));
      else {
        seen.status = 404;
        response.writeHead(404, headers).end('{"code":"not-found"}');
      }
    }
  }
}
