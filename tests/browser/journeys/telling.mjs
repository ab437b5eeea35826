/** Journeys of a witness who tells. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { choose, isShown, press, shown, text, traces, visibleText, write } from "./travel.mjs";

/** @typedef {import("./travel.mjs").Travel} Travel */

const CLEAN = {
  local: 0,
  session: 0,
  databases: 0,
  caches: 0,
  workers: 0,
  cookie: "",
  state: null,
  hash: "",
  search: "",
  cookies: 0,
};

/**
 * @param {Travel} travel
 * @param {string} [path]
 */
async function opened(travel, path = "/escribir.html") {
  const page = await travel.page();
  await travel.go(page, path);
  await shown(page, "write");
  return page;
}

/** @param {import("puppeteer-core").Page} page */
async function phraseShown(page) {
  return page.evaluate(() => [...document.querySelectorAll("#phrase-words li")].map((word) => word.textContent).join(" "));
}

/** @type {Record<string, (travel: Travel) => Promise<unknown>>} */
export const journeys = {
  async "tell a text to one team"(travel) {
    const page = await opened(travel);
    await travel.shot(page, "es-tell");
    assert.match(await text(page, "#size"), /^Se enviarán 0\.1 MB\.$/);
    await write(page, "#account", travel.config.sentence);
    await press(page, "#readers-some");
    await shown(page, "teams");
    await press(page, "#teams label:nth-child(1) input");
    await travel.shot(page, "es-tell-teams");
    const team = await text(page, "#teams label:nth-child(1)");
    await press(page, "#send");
    await shown(page, "sent");
    const phrase = await phraseShown(page);
    assert.equal(phrase.split(" ").length, 12);
    assert.ok(await page.$("#phrase-mark svg rect"), "the mark is drawn");
    assert.ok(await isShown(page, "files"), "files may be added");
    assert.equal(await isShown(page, "write"), false);
    assert.ok(!(await page.evaluate(() => document.documentElement.outerHTML)).includes(travel.config.sentence));
    await travel.shot(page, "es-sent");
    const { title, ...left } = await traces(page);
    assert.deepEqual(left, CLEAN);
    assert.equal(title, "Inicio");
    await travel.keepSeen();
    return { phrase, team };
  },

  async "tell in English"(travel) {
    const page = await opened(travel, "/en/write.html");
    await travel.shot(page, "en-tell");
    await write(page, "#account", travel.config.sentence);
    await press(page, "#send");
    await shown(page, "sent");
    await travel.shot(page, "en-sent");
    const phrase = await phraseShown(page);
    assert.match(await visibleText(page), /You can close this page now/);
    await travel.keepSeen();
    return { phrase };
  },

  async "tell an account longer than a message"(travel) {
    const page = await opened(travel);
    const long = `${travel.config.sentence} `.repeat(Math.ceil(1_200_000 / travel.config.sentence.length));
    await write(page, "#account", long);
    await page.waitForFunction(() => document.getElementById("size")?.textContent?.includes("2.1 MB"), {
      timeout: 60_000,
    });
    await press(page, "#send");
    await shown(page, "sent");
    await travel.keepSeen();
    return { characters: long.length };
  },

  async "add several files"(travel) {
    const page = await opened(travel);
    await write(page, "#account", travel.config.sentence);
    await press(page, "#send");
    await shown(page, "files");
    assert.match(await text(page, "#files"), /512 MB/);
    const { folder, fileName } = travel.config;
    await choose(page, [join(folder, fileName), join(folder, "foto.jpg")]);
    await choose(page, [join(folder, "vacio.txt")]);
    await page.waitForFunction(() => document.querySelectorAll("#files-list li").length === 3);
    assert.equal(await text(page, "#files-list li:nth-child(3) .state"), "Está vacío. No se enviará.");
    assert.match(await text(page, "#files-total"), /^2 por enviar\. En total se enviarán 5\.2 MB\.$/);
    await travel.shot(page, "es-files-chosen");
    await press(page, "#files-send");
    await shown(page, "files-done", 120);
    await travel.shot(page, "es-files-done");
    assert.match(await text(page, "#files-list li:nth-child(1) .state"), /^Llegó\./);
    assert.match(await visibleText(page), /Todos los archivos llegaron\. Ya puede cerrar esta página/);
    await travel.keepSeen();
  },

  async "a long file, the connection breaking twice"(travel) {
    const page = await opened(travel);
    await write(page, "#account", travel.config.sentence);
    await press(page, "#send");
    await shown(page, "files");
    // Browsers try once by themselves: it stays broken until the page says so.
    const between = travel.config.between;
    let puts = 0;
    let last = between;
    travel.front.instead = (method) => {
      puts += method === "PUT" ? 1 : 0;
      return method === "PUT" && puts > last ? "drop" : null;
    };
    await choose(page, [join(travel.config.folder, "largo.bin")]);
    await shown(page, "files-send");
    await press(page, "#files-send");
    await shown(page, "files-hurry", 120);
    assert.match(await text(page, "#files-note"), /Se cortó la conexión\. No se perdió nada/);
    assert.doesNotMatch(await visibleText(page), /Ya puede cerrar/);
    await travel.shot(page, "es-files-waiting");
    last = puts + between;
    await press(page, "#files-hurry");
    await page.waitForFunction(() => document.getElementById("files-hurry")?.hidden, { timeout: 60_000 });
    await shown(page, "files-hurry", 120);
    last = Infinity;
    await press(page, "#files-hurry");
    await shown(page, "files-done", 120);
    await travel.keepSeen();
  },

  async "a list that is good no longer is not used, for words nor for files"(travel) {
    const page = await travel.page();
    await page.evaluateOnNewDocument(() => {
      const Clock = Date;
      const world = /** @type {any} */ (globalThis);
      world.later = 0;
      globalThis.Date = /** @type {DateConstructor} */ (
        class extends Clock {
          /** @param {any[]} given */
          constructor(...given) {
            super(.../** @type {[any]} */ (given.length === 0 ? [Clock.now() + world.later] : given));
          }
        }
      );
    });
    /** @param {number} days */
    const letPass = (days) => page.evaluate((later) => void ((/** @type {any} */ (globalThis)).later = later), days * 86_400_000);
    await travel.go(page, "/escribir.html");
    await shown(page, "write");
    await write(page, "#account", travel.config.sentence);
    await letPass(21);
    await press(page, "#send");
    await shown(page, "refused");
    assert.match(await text(page, "#refused"), /su texto sigue aquí.*No hay una lista firmada para esta semana\. Revise la fecha.*Cópielo antes\.$/);
    assert.equal(await page.evaluate(() => /** @type {HTMLTextAreaElement} */ (document.getElementById("account")).value), travel.config.sentence);
    assert.deepEqual(travel.front.cells, []);
    await travel.shot(page, "es-refused-date");
    await letPass(0);
    await press(page, "#send");
    await shown(page, "files");
    await letPass(21);
    await choose(page, [join(travel.config.folder, "foto.jpg")]);
    await shown(page, "files-send");
    await press(page, "#files-send");
    await shown(page, "files-outcome");
    assert.equal(await page.evaluate(() => /** @type {HTMLElement} */ (document.querySelector("#files-list li")).dataset.code), "freshness-week");
    assert.equal(travel.front.cells.length, 1);
    await letPass(0);
    await press(page, "#files-send");
    await shown(page, "files-done", 120);
  },

  async "stop sending files, remove one, and go on"(travel) {
    const page = await opened(travel);
    await write(page, "#account", travel.config.sentence);
    await press(page, "#send");
    await shown(page, "files");
    travel.front.instead = (method) => (method === "PUT" ? { status: 503, body: '{"code":"server-busy"}' } : null);
    const { folder, fileName } = travel.config;
    await choose(page, [join(folder, "foto.jpg"), join(folder, fileName)]);
    await shown(page, "files-send");
    await press(page, "#files-send");
    await shown(page, "files-hurry");
    await press(page, "#files-cancel");
    await shown(page, "files-outcome");
    assert.match(await text(page, "#files-outcome"), /^Se detuvo el envío\. Su mensaje sí está a salvo/);
    await travel.shot(page, "es-files-stopped");
    await press(page, "#files-list li:nth-child(2) button");
    assert.match(await text(page, "#files-total"), /^1 por enviar/);
    travel.front.instead = () => null;
    await press(page, "#files-send");
    await shown(page, "files-done", 120);
    assert.equal(await isShown(page, "files-outcome"), false);
  },

  async "a file larger than the box takes is not sent"(travel) {
    const page = await opened(travel);
    await page.evaluate(() => (/** @type {HTMLElement} */ (document.getElementById("main")).dataset.maxFileBytes = "1000"));
    await write(page, "#account", travel.config.sentence);
    await press(page, "#send");
    await shown(page, "files");
    await choose(page, [join(travel.config.folder, "foto.jpg")]);
    await page.waitForFunction(() => document.querySelectorAll("#files-list li").length === 1);
    assert.match(await text(page, "#files-list .state"), /más de lo que este buzón recibe/);
    assert.equal(await isShown(page, "files-send"), false);
  },

  async "nothing written, or nobody chosen, is refused kindly"(travel) {
    const page = await opened(travel);
    await write(page, "#account", " \n ");
    await press(page, "#send");
    await shown(page, "refused");
    assert.match(await text(page, "#refused"), /Todavía no ha escrito nada/);
    await travel.shot(page, "es-tell-empty");
    await write(page, "#account", travel.config.sentence);
    await press(page, "#readers-some");
    await press(page, "#send");
    assert.match(await text(page, "#refused"), /Elija al menos un grupo/);
    assert.deepEqual(travel.front.cells, []);
  },

  async "a broken connection is waited out"(travel) {
    const page = await opened(travel);
    await write(page, "#account", travel.config.sentence);
    travel.front.instead = (method) => (method === "PUT" ? "drop" : null);
    await press(page, "#send");
    await shown(page, "sending-hurry");
    assert.match(await text(page, "#sending-note"), /Se cortó la conexión\. No se perdió nada\. Lo intentamos otra vez en \d+ segundos/);
    await travel.shot(page, "es-waiting");
    travel.front.instead = () => null;
    await press(page, "#sending-hurry");
    await shown(page, "sent", 30);
    assert.equal(travel.front.cells.length, 1);
    const names = new Set(travel.front.seen.filter(({ method }) => method === "PUT").map(({ path }) => path));
    assert.equal(names.size, 1, "the same cell is sent again");
  },

  async "stopping while the connection is broken keeps the text"(travel) {
    const page = await opened(travel);
    await write(page, "#account", travel.config.sentence);
    travel.front.instead = (method) => (method === "PUT" ? "drop" : null);
    await press(page, "#send");
    await shown(page, "sending-hurry");
    await press(page, "#sending-stop");
    await shown(page, "write");
    assert.equal(await page.evaluate(() => /** @type {HTMLTextAreaElement} */ (document.getElementById("account")).value), travel.config.sentence);
    assert.match(await text(page, "#refused"), /Usted detuvo el envío\. Su texto sigue aquí\..*Cópielo antes\.$/);
    travel.front.instead = () => null;
    await press(page, "#send");
    await shown(page, "sent");
    assert.equal(travel.front.cells.length, 1);
  },
};

