#!/usr/bin/env node
/**
 * Runs the journeys in one browser:
 *
 *     node tests/browser/journeys/run.mjs CONFIG.json
 *
 * Prints one JSON object: name of the journey -> { failure, seconds, evidence }.
 */
import { readFile, writeFile } from "node:fs/promises";
import { launch } from "../harness/browsers.mjs";
import { Front } from "./front.mjs";
import { Travel } from "./travel.mjs";
import * as leaving from "./leaving.mjs";
import * as reading from "./reading.mjs";
import * as refusing from "./refusing.mjs";
import * as telling from "./telling.mjs";

const config = JSON.parse(await readFile(process.argv[2], "utf8"));
const journeys = { ...telling.journeys, ...reading.journeys, ...leaving.journeys, ...refusing.journeys };

const front = await new Front({ port: config.port, intake: config.intake, headers: config.headers }).open();
const browser = await launch(config.browser);
/** @type {Record<string, { failure: string | null, seconds: number, evidence: unknown }>} */
const outcomes = {};
try {
  for (const [name, run] of Object.entries(journeys)) {
    if (config.only && !config.only.includes(name)) continue;
    const travel = new Travel(browser, front, config, name);
    const began = performance.now();
    front.reset();
    let evidence = null;
    let failure = null;
    try {
      evidence = (await run(travel)) ?? null;
      if (travel.complaints.length > 0) failure = `the page complained: ${travel.complaints.join("\n")}`;
    } catch (error) {
      const { message = String(error), stack = "" } = /** @type {Error} */ (error);
      failure = `${message}\n${stack}\n${travel.complaints.join("\n")}`;
    }
    await travel.end();
    outcomes[name] = { failure, seconds: (performance.now() - began) / 1000, evidence };
  }
} finally {
  await browser.close();
  await front.close();
}
await writeFile(config.outcomes, JSON.stringify(outcomes));
