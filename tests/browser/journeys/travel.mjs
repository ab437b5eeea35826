/**
 * What a journey is given: pages as a phone shows them, and what they leave behind.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * @typedef {import("puppeteer-core").Page} Page
 *
 * @typedef {object} Config
 * @property {string} browser name
 * @property {number} port of the front
 * @property {number} intake port of the real one
 * @property {Record<string, string>} headers
 * @property {string} folder for evidence
 * @property {string} screenshots folder
 * @property {boolean} shots whether to take them
 * @property {string} sentence planted
 * @property {string} fileName planted
 * @property {number} between how many cells of the long file travel before a connection breaks
 * @property {{ none: string, one: string, thirty: string, revoked: string, unknown: string }} phrases
 * @property {string} mistaken words of which one is in another's place
 * @property {string[]} replies to the phrase "one", then those to "thirty"
 * @property {string} checkout
 * @property {string} vectorSite folder of the site built with the vectors' trust
 * @property {string[]} [only] names of journeys
 */

export class Travel {
  /**
   * @param {import("puppeteer-core").Browser} browser
   * @param {import("./front.mjs").Front} front
   * @param {Config} config
   * @param {string} name of the journey
   */
  constructor(browser, front, config, name) {
    this.browser = browser;
    this.front = front;
    this.config = config;
    this.name = name;
    /** @type {import("puppeteer-core").BrowserContext[]} */
    this.contexts = [];
    /** @type {string[]} what pages complained about */
    this.complaints = [];
  }

  /** Whether the engine is Firefox. */
  get firefox() {
    return this.config.browser.startsWith("firefox");
  }

  /**
   * A page in a profile of its own, as wide as a small phone.
   *
   * @param {{ dialogs?: boolean }} [options] dialogs: whether to say yes to every one
   * @returns {Promise<Page>}
   */
  async page({ dialogs = true } = {}) {
    const context = await this.browser.createBrowserContext();
    this.contexts.push(context);
    const page = await context.newPage();
    await page.setViewport({ width: 360, height: 740 });
    page.on("pageerror", (error) => this.complaints.push(`${error}`));
    page.on("console", (message) => {
      const text = message.text();
      const expected = /Permissions-Policy|Failed to load resource|Cross-Origin-Opener-Policy/;
      if (message.type() === "error" && !expected.test(text)) this.complaints.push(text);
    });
    if (dialogs) page.on("dialog", (dialog) => dialog.accept().catch(() => undefined));
    return page;
  }

  /**
   * @param {Page} page
   * @param {string} path
   */
  async go(page, path) {
    await page.goto(this.front.origin + path, { waitUntil: "load", timeout: 60_000 });
  }

  /**
   * Keep a picture for people to look at.
   *
   * @param {Page} page
   * @param {string} state
   */
  async shot(page, state) {
    if (!this.config.shots) return;
    const path = join(this.config.screenshots, `${this.config.browser}-${state}.png`);
    await page.evaluate(() => scrollTo(0, 0)).catch(() => undefined);
    await page.screenshot({ path: /** @type {any} */ (path), fullPage: true });
  }

  /** Write down what the front saw, for Python to open and to search. */
  async keepSeen() {
    const folder = join(this.config.folder, this.name);
    await mkdir(folder, { recursive: true });
    const listed = this.front.seen.map(({ method, path, headers, status, body }, at) => ({
      method,
      path,
      headers,
      status,
      bytes: body.length,
      body: body.length > 0 ? `${at}.body` : null,
    }));
    await writeFile(join(folder, "seen.json"), JSON.stringify(listed));
    for (const [at, { body }] of this.front.seen.entries()) {
      if (body.length > 0) await writeFile(join(folder, `${at}.body`), body);
    }
  }

  async end() {
    for (const context of this.contexts) await context.close().catch(() => undefined);
  }
}

/**
 * Wait until *id* is on the page and shown.
 *
 * @param {Page} page
 * @param {string} id
 * @param {number} [seconds]
 */
export async function shown(page, id, seconds = 60) {
  await page.waitForFunction(
    (/** @type {string} */ wanted) => {
      const element = document.getElementById(wanted);
      return element !== null && element.getClientRects().length > 0;
    },
    { timeout: 1000 * seconds, polling: 30 },
    id,
  );
}

/**
 * @param {Page} page
 * @param {string} id
 * @returns {Promise<boolean>}
 */
export async function isShown(page, id) {
  return page.evaluate((wanted) => (document.getElementById(wanted)?.getClientRects().length ?? 0) > 0, id);
}

/**
 * @param {Page} page
 * @param {string} selector
 * @returns {Promise<string>}
 */
export async function text(page, selector) {
  return page.evaluate((wanted) => document.querySelector(wanted)?.textContent?.trim() ?? "", selector);
}

/** @param {Page} page */
export async function visibleText(page) {
  return page.evaluate(() => document.body.innerText);
}

/**
 * Type as fast as pasting.
 *
 * @param {Page} page
 * @param {string} selector
 * @param {string} words
 */
export async function write(page, selector, words) {
  await page.focus(selector);
  await page.evaluate(
    (wanted, value) => {
      const field = /** @type {HTMLTextAreaElement} */ (document.querySelector(wanted));
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    },
    selector,
    words,
  );
}

/**
 * Press what is called *selector*, wherever on the page it is.
 *
 * @param {Page} page
 * @param {string} selector
 */
export async function press(page, selector) {
  await page.evaluate((wanted) => /** @type {HTMLElement} */ (document.querySelector(wanted)).click(), selector);
}

/**
 * Give the page files that it never sees in a dialog.
 *
 * @param {Page} page
 * @param {string[]} paths
 */
export async function choose(page, paths) {
  const input = await page.$("#files-input");
  if (input === null) throw new Error("the page takes no files");
  await /** @type {import("puppeteer-core").ElementHandle<HTMLInputElement>} */ (input).uploadFile(...paths);
}

/**
 * Everything that a page could have left in the browser.
 *
 * @param {Page} page
 */
export async function traces(page) {
  const cookies = await page.browserContext().cookies();
  const stored = await page.evaluate(async () => ({
    local: localStorage.length,
    session: sessionStorage.length,
    databases: (await indexedDB.databases?.())?.length ?? 0,
    caches: (await globalThis.caches?.keys())?.length ?? 0,
    workers: (await navigator.serviceWorker?.getRegistrations())?.length ?? 0,
    cookie: document.cookie,
    state: history.state,
    title: document.title,
    hash: location.hash,
    search: location.search,
  }));
  return { ...stored, cookies: cookies.length };
}
