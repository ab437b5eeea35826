#!/usr/bin/env node
/**
 * Runs modules of tests in Node or in a browser:
 *
 *     node tests/browser/harness/run.mjs firefox-safer tests/browser/primitives/hpke.mjs
 *     node tests/browser/harness/run.mjs --measure firefox-safer tests/browser/primitives/speed.mjs
 *
 * Paths are relative to the checkout.  One line a test; exit code 0 when all passed,
 * 1 when one failed or none ran, 2 for wrong usage.
 */
import { webcrypto } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { BROWSER_NAMES, launch } from "./browsers.mjs";
import * as modules from "./modules.mjs";
import { ROOT, serve } from "./serve.mjs";

/**
 * @param {string} path
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
async function readFromDisk(path) {
  return Uint8Array.from(await readFile(join(ROOT, path)));
}

/**
 * @param {string} job `runTests` or `runMeasure`
 * @param {string[]} paths
 */
async function inNode(job, paths) {
  // Node 18 has it, but not under the name that browsers use.
  globalThis.crypto ??= /** @type {any} */ (webcrypto);
  const results = [];
  for (const path of paths) {
    const url = pathToFileURL(join(ROOT, path)).href;
    results.push(await modules[job](url, "node", readFromDisk));
  }
  return results;
}

/**
 * @param {string} job
 * @param {string[]} paths
 * @param {string} name
 */
async function inBrowser(job, paths, name) {
  const server = await serve();
  try {
    const browser = await launch(name);
    try {
      const results = [];
      for (const path of paths) {
        const page = await browser.newPage();
        await page.goto(server.blank);
        results.push(
          await page.evaluate(
            async (job, path, name) => {
              const modules = await import("/tests/browser/harness/modules.mjs");
              const bytes = async (/** @type {string} */ file) => {
                const response = await fetch(`/${file}`);
                if (!response.ok) throw new Error(`${file}: ${response.status}`);
                return new Uint8Array(await response.arrayBuffer());
              };
              return modules[job](`/${path}`, name, bytes);
            },
            job,
            path,
            name,
          ),
        );
        await page.close();
      }
      return results;
    } finally {
      await browser.close();
    }
  } finally {
    await server.close();
  }
}

const words = process.argv.slice(2);
const measuring = words[0] === "--measure";
if (measuring) words.shift();
const [where, ...paths] = words;
if (where === undefined || paths.length === 0 || !["node", ...BROWSER_NAMES].includes(where)) {
  console.error(`usage: run.mjs [--measure] node|${BROWSER_NAMES.join("|")} MODULE...`);
  process.exit(2);
}
const job = measuring ? "runMeasure" : "runTests";
const results = await (where === "node" ? inNode(job, paths) : inBrowser(job, paths, where));
if (measuring) {
  console.log(JSON.stringify(results.length === 1 ? results[0] : results));
  process.exit(0);
}
let passed = 0;
let failed = 0;
for (const { name, failure } of results.flat()) {
  if (failure === null) passed += 1;
  else failed += 1;
  console.log(failure === null ? `ok      ${name}` : `FAILED  ${name}\n${failure}`);
}
console.log(`${where}: ${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
