/**
 * What runs inside Node or inside a page: one module of tests.
 *
 * A module of tests exports `tests`, an array of `{ name, run }`; `run(context)` throws
 * when the promise in `name` is broken.
 */

/**
 * @typedef {object} Context
 * @property {string} environment node, chromium, firefox or firefox-safer
 * @property {(path: string) => Promise<any>} json a JSON file of the checkout
 * @property {(path: string) => Promise<Uint8Array<ArrayBuffer>>} bytes a file of the checkout
 *
 * @typedef {{ name: string, run: (context: Context) => unknown }} ModuleTest
 * @typedef {{ name: string, failure: string | null }} Outcome
 */

/**
 * @param {string} environment
 * @param {(path: string) => Promise<Uint8Array<ArrayBuffer>>} bytes
 * @returns {Context}
 */
function contextOf(environment, bytes) {
  return {
    environment,
    bytes,
    json: async (path) => JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(await bytes(path))),
  };
}

/**
 * @param {string} url of the module
 * @param {string} environment
 * @param {(path: string) => Promise<Uint8Array<ArrayBuffer>>} bytes
 * @returns {Promise<Outcome[]>}
 */
export async function runTests(url, environment, bytes) {
  /** @type {{ tests: ModuleTest[] }} */
  const { tests } = await import(url);
  const context = contextOf(environment, bytes);
  const outcomes = [];
  for (const { name, run } of tests) {
    let failure = null;
    try {
      await run(context);
    } catch (error) {
      const { message = String(error), stack = "" } = /** @type {Error} */ (error) ?? {};
      failure = `${message}\n${stack}`;
    }
    outcomes.push({ name, failure });
  }
  return outcomes;
}
