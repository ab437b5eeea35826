/** How modules of vectors are checked: each has one outcome, "ok" or a code. */
import { outcomeOf, same } from "../harness/check.mjs";

/**
 * @typedef {{ name: string, outcome: string } & Record<string, any>} Vector
 */

/**
 * Refuse unless *act* ends as *vector* says; when that is well, give what it returned to *then*.
 *
 * @template T
 * @param {Vector} vector
 * @param {() => T | Promise<T>} act
 * @param {(result: T) => unknown} [then]
 */
export async function expectOutcome(vector, act, then) {
  /** @type {T[]} */
  const results = [];
  const outcome = await outcomeOf(async () => results.push(await act()));
  same(outcome === "accept" ? "ok" : outcome, vector.outcome, "outcome");
  if (results.length > 0) await then?.(results[0]);
}

/**
 * One test for each file of tests/vectors, which checks every vector in it.
 *
 * @param {Record<string, (vector: Vector, file: any) => unknown>} formats a check for each file
 * @returns {import("../harness/modules.mjs").ModuleTest[]}
 */
export function everyVector(formats) {
  return Object.entries(formats).map(([format, check]) => ({
    name: `every vector of ${format} ends as it says`,
    run: async ({ json }) => {
      const file = await json(`tests/vectors/${format}.json`);
      const failures = [];
      for (const vector of file.vectors) {
        try {
          await check(vector, file);
        } catch (error) {
          failures.push(`${vector.name}: ${error}`);
        }
      }
      if (file.vectors.length === 0) failures.push("there are none");
      if (failures.length > 0) throw new Error(failures.join("\n"));
    },
  }));
}

/**
 * *make*, remembering what it made for each value that it was given first.
 *
 * @template T
 * @param {(recipe: any, ...rest: any[]) => Promise<T>} make
 * @returns {(recipe: any, ...rest: any[]) => Promise<T>}
 */
export function onceFor(make) {
  /** @type {Map<unknown, Promise<T>>} */
  const made = new Map();
  return (recipe, ...rest) => {
    const result = made.get(recipe) ?? make(recipe, ...rest);
    made.set(recipe, result);
    return result;
  };
}
