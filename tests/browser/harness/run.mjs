#!/usr/bin/env node
/**
 * Runs modules of tests in Node or in a browser:
 *
 *     node tests/browser/harness/run.mjs firefox-safer tests/browser/primitives/hpke.mjs
 *
 * Paths are relative to the checkout.  One line a test; exit code 0 when all passed,
 * 1 when one failed or none ran, 2 for wrong usage.
 *
 * Without modules it reads them from standard input, one JSON array of paths a line, and
 * answers each line with one: an array of { name, failure }.  The browser is started once.
 */
import "./node-crypto.mjs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { BROWSER_NAMES, launch } from "./browsers.mjs";
import { runTests } from "./modules.mjs";
import { ROOT, serve } from "./serve.mjs";

/**
 * @param {string} path
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
async function readFromDisk(path) {
  return Uint8Array.from(await readFile(join(ROOT, path)));
}

/**
 * A place where modules run.
 *
 * @typedef {object} Place
 * @property {(path: string) => Promise<import("./modules.mjs").Outcome[]>} run
 * @property {() => Promise<void>} close
 */

/** @type {Place} */
const NODE = {
  run: (path) => runTests(pathToFileURL(join(ROOT, path)).href, "node", readFromDisk),
  close: async () => undefined,
};

/**
 * @param {string} name
 * @returns {Promise<Place>}
 */
async function inBrowser(name) {
  const server = await serve();
  const browser = await launch(name).catch(async (error) => {
    await server.close();
    throw error;
  });
  return {
    async run(path) {
      const page = await browser.newPage();
      await page.goto(server.blank);
      const outcomes = await page.evaluate(
        async (path, name) => {
          const modules = await import("/tests/browser/harness/modules.mjs");
          const bytes = async (/** @type {string} */ file) => {
            const response = await fetch(`/${file}`);
            if (!response.ok) throw new Error(`${file}: ${response.status}`);
            return new Uint8Array(await response.arrayBuffer());
          };
          return modules.runTests(`/${path}`, name, bytes);
        },
        path,
        name,
      );
      await page.close();
      return outcomes;
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

/**
 * @param {Place} place
 * @param {string[]} paths
 */
async function runAll(place, paths) {
  const outcomes = [];
  for (const path of paths) outcomes.push(...(await place.run(path)));
  return outcomes;
}

/**
 * @param {import("./modules.mjs").Outcome[]} outcomes
 * @returns {boolean} whether all passed
 */
function print(outcomes) {
  for (const { name, failure } of outcomes) {
    console.log(failure === null ? `ok      ${name}` : `FAILED  ${name}\n${failure}`);
  }
  const passed = outcomes.filter(({ failure }) => failure === null).length;
  console.log(`${where}: ${passed} passed, ${outcomes.length - passed} failed`);
  return passed > 0 && passed === outcomes.length;
}

const [where, ...paths] = process.argv.slice(2);
if (where === undefined || !["node", ...BROWSER_NAMES].includes(where)) {
  console.error(`usage: run.mjs node|${BROWSER_NAMES.join("|")} MODULE...`);
  process.exit(2);
}
const place = where === "node" ? NODE : await inBrowser(where);
let passed = true;
try {
  if (paths.length > 0) {
    passed = print(await runAll(place, paths));
  } else {
    for await (const line of createInterface({ input: process.stdin })) {
      console.log(JSON.stringify(await runAll(place, JSON.parse(line))));
    }
  }
} finally {
  await place.close();
}
process.exit(passed ? 0 : 1);
