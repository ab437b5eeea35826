/**
 * The browsers that the tests drive, by name.
 *
 * `firefox-safer` is Firefox ESR with the switches that Tor Browser's security level
 * "Safer" sets: no JIT, no WebAssembly.  Source: tor-browser,
 * toolkit/components/securitylevel/SecurityLevel.sys.mjs, `kSecuritySettings`.
 */
import { accessSync, constants } from "node:fs";
import puppeteer from "puppeteer-core";

/** @type {Record<string, boolean>} */
const SAFER = {
  "javascript.options.ion": false,
  "javascript.options.baselinejit": false,
  "javascript.options.native_regexp": false,
  "javascript.options.asmjs": false,
  "javascript.options.wasm": false,
  "mathml.disabled": true,
  "gfx.font_rendering.graphite.enabled": false,
  "gfx.font_rendering.opentype_svg.enabled": false,
};

/** Nothing is fetched that the test did not ask for. */
const QUIET = {
  "app.update.disabledForTesting": true,
  "browser.safebrowsing.malware.enabled": false,
  "browser.safebrowsing.phishing.enabled": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "dom.push.connection.enabled": false,
  "extensions.update.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "toolkit.telemetry.enabled": false,
};

const CHROMIUM_ARGUMENTS = [
  "--no-first-run",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
];

/** @type {Record<string, { product: "chrome" | "firefox", paths: string[], prefs: Record<string, unknown> }>} */
const BROWSERS = {
  chromium: { product: "chrome", paths: ["/usr/bin/chromium"], prefs: {} },
  firefox: { product: "firefox", paths: ["/usr/bin/firefox-esr", "/usr/bin/firefox"], prefs: {} },
  "firefox-safer": {
    product: "firefox",
    paths: ["/usr/bin/firefox-esr", "/usr/bin/firefox"],
    prefs: SAFER,
  },
};

/** The names that `launch` knows. */
export const BROWSER_NAMES = Object.keys(BROWSERS);

/** @param {string[]} paths */
function firstExecutable(paths) {
  for (const path of paths) {
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // the next one
    }
  }
  throw new Error(`none of these browsers is installed: ${paths.join(", ")}`);
}

/**
 * Start a browser with a fresh profile, deleted when it closes.
 *
 * @param {string} name one of BROWSER_NAMES
 * @param {{ prefs?: Record<string, unknown>, args?: string[], headless?: boolean }} [extra]
 *   prefs (Firefox) and args (Chromium) are added to the name's own
 * @returns {Promise<import("puppeteer-core").Browser>}
 */
export async function launch(name, extra = {}) {
  const browser = BROWSERS[name];
  if (browser === undefined) {
    throw new Error(`no browser is called ${name}; there are: ${BROWSER_NAMES.join(", ")}`);
  }
  const asRoot = process.getuid?.() === 0;
  const common = {
    executablePath: firstExecutable(browser.paths),
    headless: extra.headless ?? true,
    protocolTimeout: 600_000,
    timeout: 120_000,
  };
  if (browser.product === "chrome") {
    const args = [...CHROMIUM_ARGUMENTS, ...(asRoot ? ["--no-sandbox"] : []), ...(extra.args ?? [])];
    return puppeteer.launch({ ...common, browser: "chrome", args });
  }
  return puppeteer.launch({
    ...common,
    browser: "firefox",
    args: extra.args ?? [],
    extraPrefsFirefox: { ...QUIET, ...browser.prefs, ...extra.prefs },
  });
}
