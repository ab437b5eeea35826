/** Journeys to a server that refuses, fails or lies. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { launch } from "../harness/browsers.mjs";
import { Front } from "./front.mjs";
import { Travel, isShown, press, shown, text, write } from "./travel.mjs";

/** Refusals of a cell that the page does not try again by itself. */
const FINAL = {
  "name-malformed": 400,
  "length-needed": 411,
  "content-type": 415,
  "cell-size": 413,
  "cell-magic": 400,
  "cell-suite": 400,
  "cell-kind": 400,
  "cell-reserved": 400,
  "cell-week": 409,
  "budget-spent": 503,
  "box-full": 507,
  "not-found": 404,
  "method-refused": 405,
  "request-malformed": 400,
};
/** Those that it waits out. */
const PASSING = {
  "too-many": 429,
  "server-busy": 503,
  "server-error": 500,
  "cell-cut-off": 400,
  "cell-digest": 422,
};

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The end of the week after this one, in milliseconds since 1970; weeks begin on Monday. */
function endOfNextWeek() {
  const week = 7 * DAY;
  const first = Date.UTC(2024, 0, 1);
  return first + (Math.floor((Date.now() - first) / week) + 2) * week;
}

/**
 * In the page: let the clock go ahead, as far as `setAhead` says later.
 *
 * @param {number} milliseconds
 */
function ahead(milliseconds) {
  const Clock = Date;
  let by = milliseconds;
  addEventListener("ahead", (event) => {
    by = /** @type {CustomEvent} */ (event).detail;
  });
  globalThis.Date = /** @type {DateConstructor} */ (
    class extends Clock {
      /** @param {any[]} given */
      constructor(...given) {
        super(.../** @type {[any]} */ (given.length === 0 ? [Clock.now() + by] : given));
      }
      static now() {
        return Clock.now() + by;
      }
    }
  );
}

/**
 * @param {import("puppeteer-core").Page} page
 * @param {number} milliseconds
 */
async function setAhead(page, milliseconds) {
  await page.evaluate((detail) => dispatchEvent(new CustomEvent("ahead", { detail })), milliseconds);
}

/** @param {string} code */
const refusal = (code) => JSON.stringify({ code });

/** @type {Record<string, (travel: Travel) => Promise<unknown>>} */
export const journeys = {
  async "every final refusal is explained, keeps the text, and can be tried again"(travel) {
    const page = await travel.page();
    await travel.go(page, "/escribir.html");
    await shown(page, "write");
    await write(page, "#account", travel.config.sentence);
    const said = new Set();
    // All are treated alike, and each costs a sealing, which is slow where there is no JIT.
    const codes = Object.entries(FINAL).slice(0, travel.firefox ? 3 : undefined);
    for (const [code, status] of codes) {
      travel.front.instead = (method) => (method === "PUT" ? { status, body: refusal(code) } : null);
      await press(page, "#send");
      await shown(page, "refused");
      const sentence = await text(page, "#refused");
      assert.match(sentence, /^No se pudo enviar\. No se perdió nada: su texto sigue aquí\. .* Cópielo antes\.$/);
      assert.ok(!sentence.includes("no esperábamos"), `${code} has its own sentence`);
      assert.equal(await page.evaluate(() => /** @type {HTMLTextAreaElement} */ (document.getElementById("account")).value), travel.config.sentence);
      said.add(sentence);
      if (code === "box-full") await travel.shot(page, "es-refused");
    }
    assert.ok(said.size >= Math.min(codes.length, 8));
    travel.front.instead = () => null;
    await press(page, "#send");
    await shown(page, "sent");
    // Sending again asked anew who may read: for that no page has to be loaded again.
    const asked = travel.front.seen.filter(({ path }) => path === "/directory").length;
    assert.equal(asked, 1 + codes.length);
  },

  async "whatever cannot be fetched, the page says what to do"(travel) {
    for (const path of ["/escribir.html", "/leer.html"]) {
      const page = await travel.page();
      travel.front.reset();
      await travel.go(page, path);
      await shown(page, path === "/leer.html" ? "ask" : "write");
      const needed = new Set(travel.front.seen.map((one) => one.path).filter((one) => one !== path && one !== "/icon.svg"));
      assert.ok(needed.size >= 5);
      for (const missing of needed) {
        travel.front.instead = (_, asked) => (asked === missing ? "drop" : null);
        await travel.go(page, path);
        await new Promise((resolve) => setTimeout(resolve, 300));
        const said = await page.evaluate(() => document.getElementById("main")?.innerText ?? "");
        assert.match(said, /vuelva a cargar la página|No hay conexión con el buzón|¿Qué pasó\?|doce palabras/, missing);
      }
    }
    travel.complaints.length = 0; // what a browser says of a script that did not come
  },

  async "every passing refusal is waited out"(travel) {
    const page = await travel.page();
    await travel.go(page, "/escribir.html");
    await shown(page, "write");
    await write(page, "#account", travel.config.sentence);
    const codes = Object.entries(PASSING);
    travel.front.instead = (method) => {
      const next = method === "PUT" ? codes.shift() : undefined;
      return next === undefined ? null : { status: next[1], body: refusal(next[0]) };
    };
    await press(page, "#send");
    for (let tries = 0; tries < 200 && !(await isShown(page, "sent")); tries += 1) {
      await press(page, "#sending-hurry");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await shown(page, "sent");
    assert.equal(travel.front.cells.length, 1);
  },

  async "a box that is closed or out of reach says so and opens when it can"(travel) {
    const page = await travel.page();
    travel.front.instead = (_, path) => (path === "/directory" ? { status: 503, body: refusal("directory-missing") } : null);
    await travel.go(page, "/escribir.html");
    await shown(page, "closed");
    assert.match(await text(page, "#closed"), /El buzón está cerrado por ahora/);
    assert.match(await text(page, "#closed"), /no hay una lista vigente/);
    await travel.shot(page, "es-closed");
    travel.front.instead = (_, path) => (path === "/directory" ? "drop" : null);
    await press(page, "#closed-again");
    await page.waitForFunction(() => document.getElementById("closed-code")?.textContent === "connection");
    await shown(page, "closed");
    assert.match(await text(page, "#closed"), /No hay conexión con el buzón/);
    assert.equal(await isShown(page, "write"), false);
    travel.front.instead = () => null;
    await press(page, "#closed-again");
    await shown(page, "write");
  },

  async "a box that closes while she writes keeps her words, says why, and takes them once it opens"(travel) {
    const { config, front } = travel;
    const vectors = JSON.parse(await readFile(join(config.checkout, "tests/vectors/directory.json"), "utf8"));
    const ofOthers = documentOf(vectors.vectors[0], vectors.envelopes);
    const page = await travel.page();
    await page.evaluateOnNewDocument(ahead, 0);
    await travel.go(page, "/escribir.html");
    await shown(page, "write");
    assert.equal(await isShown(page, "ending"), false);
    // The directors signed this week and the next; five hours before their end she is told.
    await setAhead(page, endOfNextWeek() - Date.now() - 5 * HOUR);
    await write(page, "#account", config.sentence);
    await shown(page, "ending");
    assert.match(await text(page, "#ending"), /puede cerrar en 5 h.*su texto sigue en esta página/);
    await travel.shot(page, "es-ending");

    /** @type {[number, import("./front.mjs").Instead, RegExp][]} */
    const closings = [
      [15 * DAY, { status: 503, body: refusal("directory-missing") }, /no hay una lista vigente.*Vuelva en unos días/],
      [15 * DAY, null, /No hay una lista firmada para esta semana.*debe renovarla/],
      [70 * DAY, null, /La lista de quienes leen ya venció.*debe renovarla/],
      [0, { status: 200, body: ofOthers }, /Puede que hayan cambiado las personas responsables/],
    ];
    for (const [later, directory, why] of closings) {
      await setAhead(page, later);
      front.instead = (_, path) => (path === "/directory" ? directory : null);
      await page.evaluate(() => (document.getElementById("refused") ?? document.body).replaceChildren());
      await press(page, "#send");
      await page.waitForFunction(() => document.getElementById("refused")?.textContent !== "", { polling: 30 });
      await shown(page, "write");
      const said = await text(page, "#refused");
      assert.match(said, why);
      assert.match(said, /^No se pudo enviar\. No se perdió nada: su texto sigue aquí\. .* Cópielo antes\.$/);
      const kept = await page.evaluate(() => /** @type {HTMLTextAreaElement} */ (document.getElementById("account")).value);
      assert.equal(kept, config.sentence);
      assert.deepEqual(front.cells, []);
    }
    await travel.shot(page, "es-closed-while-writing");
    front.instead = () => null;
    await press(page, "#send");
    await shown(page, "sent");
    assert.equal(front.cells.length, 1);

    const english = await travel.page();
    await english.evaluateOnNewDocument(ahead, 15 * DAY);
    for (const path of ["/en/write.html", "/en/read.html"]) {
      await travel.go(english, path);
      await shown(english, "closed");
      assert.match(await text(english, "#closed"), /closed for now.*no signed list for this week.*Nothing was sent/s);
      assert.equal((await isShown(english, "write")) || (await isShown(english, "ask")), false);
    }
    await travel.shot(english, "en-closed");
    assert.equal(front.cells.length, 1);
  },

  async "every hostile directory is refused and nothing is sent"(travel) {
    const { config } = travel;
    const vectors = JSON.parse(await readFile(join(config.checkout, "tests/vectors/directory.json"), "utf8"));
    const seen = new Set();
    /** @type {any[]} */
    const cases = vectors.vectors.filter((/** @type {any} */ one) => {
      if (one.trust !== "trust-1" || !/^http:\/\/[a-z.]+$/.test(one.origin ?? "")) return false;
      // One of each kind: tests/browser/formats checks every vector without a page.
      return !seen.has(one.outcome) && seen.add(one.outcome);
    });
    const origins = [...new Set(cases.map((one) => one.origin))];
    const front = await new Front({ port: 0, site: config.vectorSite, headers: config.headers }).open();
    const { port } = /** @type {import("node:net").AddressInfo} */ (front.server.address());
    const browser = await launch(config.browser, {
      args: travel.firefox
        ? []
        : [`--proxy-server=http://127.0.0.1:${port}`, `--unsafely-treat-insecure-origin-as-secure=${origins.join(",")}`],
      prefs: {
        "network.proxy.type": 1,
        "network.proxy.http": "127.0.0.1",
        "network.proxy.http_port": port,
        "network.dns.blockDotOnion": false,
        "dom.securecontext.allowlist": origins.map((origin) => new URL(origin).host).join(","),
      },
    });
    const inner = new Travel(browser, front, config, travel.name);
    try {
      const page = await inner.page();
      for (const one of cases) {
        front.reset();
        front.behind.directory = documentOf(one, vectors.envelopes);
        front.origin = one.origin;
        const clock = await page.evaluateOnNewDocument((/** @type {string} */ now) => {
          const Clock = Date;
          const at = Clock.parse(now);
          globalThis.Date = /** @type {DateConstructor} */ (
            class extends Clock {
              /** @param {any[]} given */
              constructor(...given) {
                super(.../** @type {[any]} */ (given.length === 0 ? [at] : given));
              }
              static now() {
                return at;
              }
            }
          );
        }, one.now);
        await inner.go(page, "/escribir.html");
        await page.waitForFunction(
          () => ["write", "closed", "unsupported"].some((id) => (document.getElementById(id)?.getClientRects().length ?? 0) > 0),
          { timeout: 60_000, polling: 30 },
        );
        if (one.outcome === "ok") {
          assert.ok(await isShown(page, "write"), `${one.name}: ${await text(page, "#closed")}`);
        } else {
          assert.equal(await text(page, "#closed-code"), one.outcome, one.name);
          assert.equal(await isShown(page, "write"), false);
          const why = await text(page, "#closed-why");
          assert.ok(why.length > 20 && !why.includes("no esperábamos"), one.name);
          assert.match(await text(page, "#closed"), /No se envió nada\./);
        }
        assert.deepEqual(front.seen.filter(({ method }) => method !== "GET"), [], one.name);
        assert.deepEqual(inner.complaints, []);
        if (one.outcome === "keys-unlisted") await inner.shot(page, "es-closed-hostile");
        await page.removeScriptToEvaluateOnNewDocument(clock.identifier);
      }
    } finally {
      await inner.end();
      await browser.close();
      await front.close();
    }
    return { cases: cases.length, outcomes: [...seen].sort() };
  },
};

/**
 * The bytes that a vector of directories stands for.
 *
 * @param {any} vector
 * @param {Record<string, string>} envelopes
 */
function documentOf(vector, envelopes) {
  const named = (/** @type {string} */ name) => envelopes[name];
  const document =
    vector.document ??
    `{"roster":${named(vector.roster)},"freshness":${named(vector.freshness)},"weekly_keys":[${vector.weekly_keys.map(named).join(",")}]}`;
  return Buffer.from(document.padEnd(vector.length ?? 0));
}
