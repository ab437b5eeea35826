/** Journeys of a witness who comes back. */
import assert from "node:assert/strict";
import { isShown, press, shown, text, traces, write } from "./travel.mjs";

/** @typedef {import("./travel.mjs").Travel} Travel */

/**
 * @param {Travel} travel
 * @param {string} phrase
 */
async function read(travel, phrase) {
  const page = await travel.page();
  await travel.go(page, "/leer.html");
  await shown(page, "ask");
  await page.waitForFunction(() => document.getElementById("board-size")?.textContent !== "");
  await write(page, "#phrase", phrase);
  await shown(page, "typed");
  await press(page, "#fetch");
  await shown(page, "answers");
  return page;
}

/**
 * What a network could see of requests: everything but the bytes of the answers, which are
 * the same for everybody.  The files of the page itself are asked for side by side, so
 * their order is the browser's; the icon is, whenever it likes.
 *
 * @param {Travel} travel
 */
function visible(travel) {
  const seen = travel.front.seen
    .map(({ method, path, headers, body }) => ({ method, path, headers, bytes: body.length }))
    .filter(({ path }) => path !== "/icon.svg");
  const begins = seen.findIndex(({ path }) => path === "/directory");
  const page = seen.slice(0, begins).sort((one, other) => (one.path < other.path ? -1 : 1));
  return [...page, ...seen.slice(begins)];
}

/** @type {Record<string, (travel: Travel) => Promise<unknown>>} */
export const journeys = {
  async "read none, one and thirty replies with the same requests"(travel) {
    const { phrases, replies } = travel.config;
    /** @type {[string, string, string[]][]} */
    const cases = [
      ["none", phrases.none, []],
      ["one", phrases.one, replies.slice(0, 1)],
      ["thirty", phrases.thirty, replies.slice(1)],
      ["unknown", phrases.unknown, []],
    ];
    /** @type {unknown} */
    let first = null;
    for (const [name, phrase, expected] of cases) {
      travel.front.reset();
      const page = await read(travel, phrase);
      const texts = await page.evaluate(() => [...document.querySelectorAll("#answers-list .text")].map((one) => one.textContent));
      assert.deepEqual(texts, expected, name);
      assert.equal(await isShown(page, "answers-none"), expected.length === 0);
      await travel.shot(page, `es-read-${name}`);
      const { title, cookies, ...left } = await traces(page);
      assert.equal(title, "Inicio");
      assert.equal(cookies, 0);
      assert.deepEqual([left.local, left.session, left.databases, left.caches], [0, 0, 0, 0]);
      const seen = visible(travel);
      assert.deepEqual(seen.slice(-3).map(({ path }) => path), ["/directory", "/board/size", "/board/cells"]);
      first ??= seen;
      assert.deepEqual(seen, first, `the requests with ${name}`);
    }
    await travel.keepSeen();
  },

  async "a reply is text and nothing else"(travel) {
    const page = await read(travel, travel.config.phrases.one);
    assert.equal(await page.evaluate(() => document.querySelectorAll("#answers-list img, #answers-list b, #answers-list a").length), 0);
    assert.match(await text(page, "#answers-list h2"), /, semana del \d+ de \p{L}+ de 20\d\d$/u);
  },

  async "a reply under a key that directors trust no more comes after a warning"(travel) {
    const page = await read(travel, travel.config.phrases.revoked);
    const told = await page.evaluate(() => [...document.querySelectorAll("#answers-list p")].map((one) => one.textContent ?? ""));
    assert.match(told[0] ?? "", /ya no confían/);
    assert.deepEqual(told.slice(1), ["Venga sola."]);
    await travel.shot(page, "es-read-revoked");
  },

  async "a phrase in any accepted spelling shows its mark"(travel) {
    const page = await travel.page();
    await travel.go(page, "/leer.html");
    await shown(page, "ask");
    await travel.shot(page, "es-read");
    const words = travel.config.phrases.one.split(" ");
    const plain = words.map((word) => word.normalize("NFD").replace(/\p{Mn}/gu, "").slice(0, 4).toUpperCase());
    const marks = new Set();
    for (const spelling of [words.join(" "), plain.join("\n"), words.map((word, at) => `${at + 1}. ${word}`).join(", ")]) {
      await write(page, "#phrase", spelling);
      await shown(page, "typed");
      marks.add(await page.evaluate(() => document.getElementById("typed-mark")?.innerHTML));
    }
    assert.equal(marks.size, 1);
    await travel.shot(page, "es-read-mark");
    await write(page, "#phrase", words.slice(0, 11).join(" "));
    await page.waitForFunction(() => document.getElementById("typed")?.hidden);
  },

  async "a wrong phrase is explained and nothing is fetched"(travel) {
    const page = await travel.page();
    await travel.go(page, "/leer.html");
    await shown(page, "ask");
    await page.waitForFunction(() => document.getElementById("board-size")?.textContent !== "");
    const before = travel.front.seen.length;
    const words = travel.config.phrases.one.split(" ");
    /** @type {[string, RegExp][]} */
    const cases = [
      ["", /doce palabras/],
      [words.slice(1).join(" "), /doce palabras/],
      [["zzzz", ...words.slice(1)].join(" "), /Revise la palabra número 1\. No está en la lista/],
      [travel.config.mistaken, /no son una frase de este buzón/],
    ];
    for (const [typed, expected] of cases) {
      await write(page, "#phrase", typed);
      await press(page, "#fetch");
      await page.waitForFunction((source) => new RegExp(source).test(document.getElementById("typed-wrong")?.textContent ?? ""), { timeout: 60_000 }, expected.source);
    }
    await travel.shot(page, "es-read-wrong");
    assert.equal(travel.front.seen.length, before);
  },

  async "a board that breaks off is fetched again when asked"(travel) {
    const page = await travel.page();
    await travel.go(page, "/leer.html");
    await shown(page, "ask");
    travel.front.instead = (_, path) => (path === "/board/cells" ? "drop" : null);
    await write(page, "#phrase", travel.config.phrases.one);
    await shown(page, "typed");
    await press(page, "#fetch");
    await shown(page, "typed-wrong");
    assert.match(await text(page, "#typed-wrong"), /No hay conexión con el buzón/);
    travel.front.instead = () => null;
    await press(page, "#fetch");
    await shown(page, "answers");
  },

  async "answer a reply"(travel) {
    const page = await read(travel, travel.config.phrases.one);
    await write(page, "#account", travel.config.sentence);
    await press(page, "#send");
    await shown(page, "sent");
    assert.ok(await isShown(page, "files"));
    await travel.shot(page, "es-answered");
    await travel.keepSeen();
  },

  async "read in English"(travel) {
    const page = await travel.page();
    await travel.go(page, "/en/read.html");
    await shown(page, "ask");
    await write(page, "#phrase", travel.config.phrases.one);
    await shown(page, "typed");
    await travel.shot(page, "en-read");
    await press(page, "#fetch");
    await shown(page, "answers");
    await travel.shot(page, "en-read-one");
  },
};
