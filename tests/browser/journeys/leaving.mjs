/** Journeys of somebody who has to go, and what is found afterwards. */
import assert from "node:assert/strict";
import { launch } from "../harness/browsers.mjs";
import { Travel, isShown, press, shown, text, visibleText, write } from "./travel.mjs";

const PAGES = ["/", "/escribir.html", "/leer.html", "/acerca.html", "/salir.html", "/404.html"];
const ENGLISH = ["/en/index.html", "/en/write.html", "/en/read.html", "/en/about.html", "/en/leave.html"];

/** @type {Record<string, (travel: Travel) => Promise<unknown>>} */
export const journeys = {
  async "the way out is in view on every page and takes the page's place"(travel) {
    const page = await travel.page();
    await travel.go(page, "/escribir.html");
    await shown(page, "write");
    await write(page, "#account", travel.config.sentence);
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    const top = await page.evaluate(() => document.getElementById("exit")?.getBoundingClientRect().top ?? -1);
    assert.ok(top >= 0 && top < 100, "the exit stays in view");
    await Promise.all([page.waitForNavigation({ timeout: 60_000 }), press(page, "#exit")]);
    assert.match(page.url(), /\/salir\.html$/);
    await travel.shot(page, "es-left");
    await page.goBack({ timeout: 5000 }).catch(() => null);
    assert.doesNotMatch(page.url(), /escribir/);
    assert.deepEqual(travel.front.cells, []);
  },

  async "another page asks first while words are unsent, the way out never does"(travel) {
    const page = await travel.page({ dialogs: false });
    /** @type {string[]} */
    const asked = [];
    page.on("dialog", (dialog) => {
      asked.push(dialog.message());
      dialog.dismiss().catch(() => undefined);
    });
    await travel.go(page, "/escribir.html");
    await shown(page, "write");
    await write(page, "#account", travel.config.sentence);
    await page.click("nav a:nth-child(2)");
    assert.match(page.url(), /escribir/);
    assert.equal(asked.length, 1);
    assert.match(asked[0], /Lo que escribió no se ha enviado/);
    await Promise.all([page.waitForNavigation({ timeout: 60_000 }), press(page, "#exit")]);
    assert.match(page.url(), /\/salir\.html$/);
    assert.equal(asked.length, 1);
  },

  async "a page that is loaded again is empty"(travel) {
    const page = await travel.page();
    await travel.go(page, "/escribir.html");
    await shown(page, "write");
    await write(page, "#account", travel.config.sentence);
    const before = travel.front.seen.length;
    await page.reload({ waitUntil: "load" });
    await shown(page, "write");
    assert.equal(await page.evaluate(() => /** @type {HTMLTextAreaElement} */ (document.getElementById("account")).value), "");
    const again = travel.front.seen.slice(before).map(({ path }) => path).sort();
    const first = travel.front.seen.slice(0, before).map(({ path }) => path).sort();
    assert.deepEqual(
      again.filter((path) => path !== "/icon.svg"),
      first.filter((path) => path !== "/icon.svg"),
      "nothing came from a cache",
    );
  },

  async "back from another page finds nothing typed"(travel) {
    const page = await travel.page();
    await travel.go(page, "/escribir.html");
    await shown(page, "write");
    await write(page, "#account", travel.config.sentence);
    await travel.go(page, "/acerca.html");
    await page.goBack({ waitUntil: "load", timeout: 60_000 });
    await shown(page, "write");
    assert.equal(await page.evaluate(() => /** @type {HTMLTextAreaElement} */ (document.getElementById("account")).value), "");
  },

  async "every page asks only its own origin and says nothing in its title"(travel) {
    const page = await travel.page();
    /** @type {string[]} */
    const asked = [];
    page.on("request", (request) => asked.push(request.url()));
    for (const path of [...PAGES, ...ENGLISH]) {
      await travel.go(page, path);
      await new Promise((resolve) => setTimeout(resolve, 50));
      // Firefox draws its own buttons with a font from a data address.
      assert.deepEqual(asked.filter((url) => !url.startsWith(travel.front.origin) && !url.startsWith("data:")), []);
      assert.match(await page.title(), /^(Inicio|Start)$/);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= 360, `${path} is ${wide} wide`);
      const name = path.replace(/\W+/g, "-");
      await travel.shot(page, `page${name}`);
    }
  },

  async "wide and dark"(travel) {
    const page = await travel.page();
    await page.setViewport({ width: 1280, height: 800 });
    if (!travel.firefox) await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
    await travel.go(page, "/");
    await travel.shot(page, "wide-start");
    await travel.go(page, "/escribir.html");
    await shown(page, "write");
    await travel.shot(page, "wide-tell");
    await write(page, "#account", travel.config.sentence);
    await press(page, "#send");
    await shown(page, "sent");
    await travel.shot(page, "wide-sent");
  },

  async "without scripts there is nowhere to write"(travel) {
    const browser = travel.firefox
      ? await launch(travel.config.browser, { prefs: { "javascript.enabled": false } })
      : travel.browser;
    const inner = new Travel(browser, travel.front, travel.config, travel.name);
    try {
      for (const path of ["/escribir.html", "/leer.html", "/en/write.html"]) {
        const page = await inner.page();
        if (!travel.firefox) await page.setJavaScriptEnabled(false);
        await inner.go(page, path);
        if (!travel.firefox) {
          // A driver reads Firefox through its scripts, which are off: there the requests tell.
          const words = await visibleText(page);
          assert.match(words, /JavaScript/);
          assert.match(words, /Safer/);
          for (const id of ["write", "ask", "loading"]) {
            assert.equal(await isShown(page, id).catch(() => false), false);
          }
        }
        await inner.shot(page, `noscript${path.replace(/\W+/g, "-")}`);
      }
    } finally {
      await inner.end();
      if (travel.firefox) await browser.close();
    }
    const asked = travel.front.seen.map(({ method, path }) => `${method} ${path}`);
    assert.ok(asked.includes("GET /noscript.css"));
    assert.deepEqual(asked.filter((one) => one.startsWith("PUT") || one.includes("/directory") || one.includes("/board")), []);
  },

  async "a browser without subtle cryptography gets a plain page"(travel) {
    for (const path of ["/escribir.html", "/leer.html"]) {
      const page = await travel.page();
      await page.evaluateOnNewDocument(() => Object.defineProperty(Crypto.prototype, "subtle", { get: () => undefined }));
      await travel.go(page, path);
      await shown(page, "unsupported");
      assert.match(await text(page, "#unsupported"), /Tor Browser/);
      for (const id of ["write", "ask", "loading"]) assert.equal(await isShown(page, id).catch(() => false), false);
      await travel.shot(page, `unsupported${path.replace(/\W+/g, "-")}`);
    }
  },
};
