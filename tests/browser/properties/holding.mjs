/** A page that stays open seals to nobody who may no longer read. */
import { Box } from "../../../app/site/client/box.js";
import { BuzonError } from "../../../app/site/client/errors.js";
import { NOW, ORIGIN, organisationOf } from "../formats/organisation.mjs";
import { outcomeOf, same } from "../harness/check.mjs";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NEXT_DAY = "2026-11-19"; // in the same week as NOW

/** @param {string} [expires] */
async function boxOf(expires) {
  const { trust, directory } = await organisationOf(1, expires);
  const world = {
    clock: NOW.getTime(),
    fetches: 0,
    document: directory,
    /** @type {string | null} */
    refusal: null,
  };
  const box = new Box(trust, ORIGIN, {
    now: () => new Date(world.clock),
    fetchDocument: async () => {
      world.fetches += 1;
      if (world.refusal !== null) throw new BuzonError(world.refusal);
      return world.document;
    },
  });
  return { box, world };
}

/** @type {import("../harness/modules.mjs").ModuleTest[]} */
export const tests = [
  {
    name: "a directory is fetched once and serves for an hour",
    run: async () => {
      const { box, world } = await boxOf();
      const first = await box.directory();
      world.clock += HOUR - 1;
      same((await box.directory()) === first, true, "the same directory");
      same(world.fetches, 1);
      world.clock += 1;
      await box.directory();
      same(world.fetches, 2);
    },
  },
  {
    name: "a roster that expires in the middle of a week is used no more",
    run: async () => {
      const { box, world } = await boxOf(NEXT_DAY);
      world.clock = Date.parse(`${NEXT_DAY}T23:59:59Z`);
      same(await outcomeOf(() => box.directory()), "accept");
      world.clock += 1_000;
      same(await outcomeOf(() => box.directory()), "roster-expired");
      same(world.fetches, 2, "a new one was asked for");
    },
  },
  {
    name: "a roster that expired is not used when no new one can be had",
    run: async () => {
      const { box, world } = await boxOf(NEXT_DAY);
      await box.directory();
      world.refusal = "connection";
      world.clock += 2 * DAY;
      same(await outcomeOf(() => box.directory()), "connection");
    },
  },
  {
    name: "a new roster takes the place of one that expired",
    run: async () => {
      const { box, world } = await boxOf(NEXT_DAY);
      await box.directory();
      world.clock += 2 * DAY;
      world.document = (await organisationOf(2)).directory;
      same((await box.directory()).recipients.length, 2);
    },
  },
  {
    name: "while no new directory can be had, an hour-old one that is good serves on",
    run: async () => {
      const { box, world } = await boxOf();
      await box.directory();
      world.refusal = "connection";
      world.clock += HOUR;
      same(await outcomeOf(() => box.directory()), "accept");
      same(world.fetches, 2);
    },
  },
  {
    name: "after a bad directory the good one from before is not used either",
    run: async () => {
      const { box, world } = await boxOf();
      const { document } = world;
      await box.directory();
      world.clock += HOUR;
      world.document = new Uint8Array(2);
      same(await outcomeOf(() => box.directory()), "document-malformed");
      world.refusal = "connection";
      same(await outcomeOf(() => box.directory()), "connection");
      world.refusal = null;
      world.document = document;
      same(await outcomeOf(() => box.directory()), "accept");
    },
  },
  {
    name: "a directory that was to be forgotten is fetched anew",
    run: async () => {
      const { box, world } = await boxOf();
      await box.directory();
      box.forget();
      await box.directory();
      same(world.fetches, 2);
    },
  },
  {
    name: "a clock that was set back has the directory fetched anew",
    run: async () => {
      const { box, world } = await boxOf();
      await box.directory();
      world.clock -= DAY;
      await box.directory();
      same(world.fetches, 2);
    },
  },
];
