#!/usr/bin/env node
/**
 * Measures one browser:
 *
 *     node tests/bench/browser.mjs CONFIG.json
 *
 * Prints one JSON object: `waits`, one for each round in a page of its own; and what
 * passed between browser and server in each stage of a journey.
 */
import { readFile } from "node:fs/promises";
import { launch } from "../browser/harness/browsers.mjs";
import { serve } from "../browser/harness/serve.mjs";
import { press, shown, write } from "../browser/journeys/travel.mjs";
import { Meter } from "./meter.mjs";

/**
 * @typedef {object} Config
 * @property {string} browser name
 * @property {number} slowdown how many times the page's thread is slowed; 1 not at all
 * @property {number} rounds
 * @property {import("./waits.mjs").Given} given
 * @property {string} file that is sealed
 * @property {number} port of the origin that the roster names
 * @property {number} intake port of the server
 * @property {string} phrase to which the board holds a reply
 * @property {string} sentence told
 */

/** @type {Config} */
const config = JSON.parse(await readFile(process.argv[2], "utf8"));
const browser = await launch(config.browser);
try {
  const waits = [];
  for (let round = 0; round < config.rounds; round += 1) waits.push(await waitsOfOnePage());
  console.log(JSON.stringify({ waits, ...(await journey()) }));
} finally {
  await browser.close();
}

async function waitsOfOnePage() {
  const server = await serve({ folders: ["app/site", "tests/bench"] });
  const page = await browser.newPage();
  try {
    await page.goto(server.blank);
    const input = await page.evaluateHandle(() => {
      const made = document.createElement("input");
      made.type = "file";
      return document.body.appendChild(made);
    });
    await input.uploadFile(config.file);
    if (config.slowdown !== 1) await page.emulateCPUThrottling(config.slowdown);
    return await page.evaluate(
      async (given, { files }) => {
        const { measure } = await import("/tests/bench/waits.mjs");
        return measure(given, files[0]);
      },
      config.given,
      input,
    );
  } finally {
    await page.close();
    await server.close();
  }
}

/** Every page is opened as if for the first time: the site leaves nothing in a cache. */
async function journey() {
  const meter = new Meter(config.intake);
  await meter.open(config.port);
  /** @param {string} path */
  const opened = async (path) => {
    const context = await browser.createBrowserContext();
    const page = await context.newPage();
    await page.goto(config.given.origin + path, { waitUntil: "load", timeout: 60_000 });
    return page;
  };
  try {
    await opened("/");
    const first = await meter.read();

    const telling = await opened("/escribir.html");
    await shown(telling, "write");
    const tell = await meter.read();
    await write(telling, "#account", config.sentence);
    await press(telling, "#send");
    await shown(telling, "sent");
    const sent = await meter.read();

    const reading = await opened("/leer.html");
    await shown(reading, "ask");
    const read = await meter.read();
    await write(reading, "#phrase", config.phrase);
    await press(reading, "#fetch");
    await shown(reading, "answers");
    const board = await meter.read();
    return { first, tell, sent, read, board };
  } finally {
    await meter.close();
  }
}
