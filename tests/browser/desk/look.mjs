/**
 * A lawyer at the desk's pages, with scripts switched off, as wide as a small phone.
 *
 *   node tests/browser/desk/look.mjs CONFIG.json
 *
 * Prints what she saw, as JSON.
 */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { launch } from "../harness/browsers.mjs";

/** @type {{ origin: string, account: string, passphrase: string, screenshots: string }} */
const config = JSON.parse(await readFile(process.argv[2] ?? "", "utf-8"));

/**
 * What an app on a telephone shows for *secret*.  Source: RFC 4226 and RFC 6238.
 *
 * @param {string} secret
 */
function codeOf(secret) {
  let bits = "";
  for (const letter of secret) bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const hash = createHmac("sha1", key).update(counter).digest();
  const at = (hash.at(-1) ?? 0) & 0xf;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

const browser = await launch("chromium");
try {
  const page = await browser.newPage();
  await page.setViewport({ width: 360, height: 740 });
  await page.setJavaScriptEnabled(false);
  /** @type {string[]} */
  const complaints = [];
  /** @type {string[]} */
  const foreign = [];
  page.on("console", (message) => {
    if (message.type() === "error" && !/Failed to load resource|Cross-Origin-Opener-Policy/.test(message.text())) complaints.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(`${config.origin}/`)) foreign.push(request.url());
  });

  /** @param {string} selector */
  const text = (selector) => page.$eval(selector, (one) => /** @type {HTMLElement} */ (one).innerText.trim().replaceAll(/\s+/g, " "));
  /** @param {string} selector */
  const press = (selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);
  /** @param {string} name */
  const shot = async (name) => {
    await page.screenshot({ path: join(config.screenshots, `desk-${name}.png`), fullPage: true });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 360, `${name} is ${wide} pixels wide`);
  };
  /**
   * @param {string} passphrase
   * @param {string} code
   */
  const logIn = async (passphrase, code) => {
    await page.type("#account", config.account);
    await page.type("#passphrase", passphrase);
    if (code) await page.type("#code", code);
    await press("button");
  };

  await page.goto(`${config.origin}/`);
  await shot("login");
  await logIn("no es esta contraseña", "");
  const wrong = await text(".bad");
  await shot("login-refused");
  await logIn(config.passphrase, "");
  const secret = (await text("#secret")).replaceAll(" ", "");
  const square = await page.$eval(".square svg", (one) => one.getBoundingClientRect().width);
  await shot("enrolment");
  await page.type("#code", "000000");
  await press("button");
  const refusedCode = await text(".bad");
  await page.type("#code", codeOf(secret));
  await press("button");
  const recovery = await page.$$eval(".codes code", (codes) => codes.map((one) => one.textContent ?? ""));
  await shot("recovery");
  await press(".button");
  const cookies = (await browser.cookies()).map(({ name, httpOnly, sameSite, session, path }) => ({ name, httpOnly, sameSite, session, path }));
  const status = await text("main");
  await shot("status");
  await press('a[href="/acts"]');
  const acts = await text("main");
  await shot("acts");
  await press('a[href="/en/acts"]');
  const english = await text("main");
  await press('a[href="/en/"]');
  await shot("status-en");
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
  await shot("status-dark");
  await page.emulateMediaFeatures([]);
  await press('a[href="/en/sessions"]');
  await press('a[href="/sessions"]');
  await shot("sessions");
  await press('button[value="this"]');
  const ended = await text(".good");
  const left = await browser.cookies();
  await page.goto(`${config.origin}/acts`);
  const outside = await text("h1");
  await logIn(config.passphrase, recovery[0] ?? "");
  const again = await text("h1");
  console.log(JSON.stringify({ wrong, secret, square, refusedCode, recovery, cookies, status, acts, english, ended, left: left.length, outside, again, complaints, foreign }));
} finally {
  await browser.close();
}
