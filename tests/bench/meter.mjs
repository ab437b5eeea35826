/**
 * A wire between a browser and a server that counts what passes, in both directions.
 *
 * It reads HTTP/1.1 as far as it must to tell heads (request lines and headers) from
 * bodies, which it counts as they travel: compressed.
 */
import { connect, createServer } from "node:net";

const QUIET_MILLISECONDS = 400;

/** @typedef {{ requests: number, bodies: number, heads: number }} Passed bytes, but for requests */

/** One direction of one connection. */
class Direction {
  /** @param {Meter} meter */
  constructor(meter) {
    this.meter = meter;
    /** The beginning of a head that is not whole yet. */
    this.pending = Buffer.alloc(0);
    /** Bytes of the body that are still to come. */
    this.left = 0;
  }

  /** @param {Buffer} piece */
  take(piece) {
    let bytes = Buffer.concat([this.pending, piece]);
    for (;;) {
      const body = Math.min(this.left, bytes.length);
      this.left -= body;
      this.meter.passed.bodies += body;
      bytes = bytes.subarray(body);
      const end = this.left > 0 ? -1 : bytes.indexOf("\r\n\r\n");
      if (end < 0) break;
      const head = bytes.toString("latin1", 0, end);
      if (/^transfer-encoding:/im.test(head)) throw new Error(`a body of unknown length:\n${head}`);
      this.left = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
      this.meter.passed.heads += end + 4;
      if (!head.startsWith("HTTP/")) this.meter.passed.requests += 1;
      bytes = bytes.subarray(end + 4);
    }
    this.pending = bytes;
  }
}

export class Meter {
  /** @param {number} port of the server, on loopback */
  constructor(port) {
    /** @type {Passed} */
    this.passed = { requests: 0, bodies: 0, heads: 0 };
    this.last = performance.now();
    /** @type {Set<import("node:net").Socket>} */
    this.sockets = new Set();
    this.server = createServer((browser) => {
      const server = connect(port, "127.0.0.1");
      this.join(browser, server);
      this.join(server, browser);
    });
  }

  /**
   * @param {import("node:net").Socket} from
   * @param {import("node:net").Socket} to
   */
  join(from, to) {
    const direction = new Direction(this);
    this.sockets.add(from);
    from.on("data", (piece) => {
      this.last = performance.now();
      direction.take(piece);
      to.write(piece);
    });
    from.on("end", () => to.end());
    from.on("error", () => to.destroy());
    from.on("close", () => this.sockets.delete(from));
  }

  /** @param {number} port to listen on, on loopback */
  async open(port) {
    await new Promise((resolve) => this.server.listen(port, "127.0.0.1", () => resolve(null)));
  }

  async close() {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /**
   * What has passed since the last asking, when nothing passes any more.
   *
   * @returns {Promise<Passed>}
   */
  async read() {
    while (performance.now() - this.last < QUIET_MILLISECONDS) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const { passed } = this;
    this.passed = { requests: 0, bodies: 0, heads: 0 };
    return passed;
  }
}
