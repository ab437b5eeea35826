#!/usr/bin/env node
/**
 * Runs modules of tests in Node or in a browser:
 *
 *     node tests/browser/harness/run.mjs firefox-safer tests/browser/primitives/hpke.mjs
 *
 * Paths are relative to the checkout.  One line a test; exit code 0 when all passed,
 * 1 when one failed or none ran, 2 for wrong usage.
 */
import "./node-crypto.mjs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
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

/** @param {string[]} paths */
async function inNode(paths) {
  const results = [];
  for (const path of paths) {
    const url = pathToFileURL(join(ROOT, path)).href;
    results.push(await runTests(url, "node", readFromDisk));
  }
  return results;
}

/**
 * @param {string[]} paths
 * @param {string} name
 */
async function inBrowser(paths, name) {
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

const [where, ...paths] = process.argv.slice(2);
if (where === undefined || paths.length === 0 || !["node", ...BROWSER_NAMES].includes(where)) {
  console.error(`usage: run.mjs node|${BROWSER_NAMES.join("|")} MODULE...`);
  process.exit(2);
}
const results = await (where === "node" ? inNode(paths) : inBrowser(paths, where));
let passed = 0;
let failed = 0;
for (const { name, failure } of results.flat()) {
  if (failure === null) passed += 1;
  else failed += 1;
  console.log(failure === null ? `ok      ${name}` : `FAILED  ${name}\n${failure}`);
}
console.log(`${where}: ${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
