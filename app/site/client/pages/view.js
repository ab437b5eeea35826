/**
 * What every page's script does to its page: find, show, hide, say.
 *
 * Every sentence stands in the page itself (app/site/words), in a template that shows
 * nothing; text is set as text, never as HTML.
 */

const MEBIBYTE = 1_048_576;

/** The page's language, "es" or "en". */
export const language = /** @type {"es" | "en"} */ (document.documentElement.lang === "en" ? "en" : "es");

/** How numbers, dates and lists are written: in Spanish, as in Mexico. */
export const locale = language === "es" ? "es-MX" : "en";

/**
 * The element called *id*, which the page has.
 *
 * @template {HTMLElement} [E=HTMLElement]
 * @param {string} id
 * @returns {E}
 */
export function find(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no ${id}`);
  return /** @type {E} */ (element);
}

/** @param {...string} ids */
export function show(...ids) {
  for (const id of ids) find(id).hidden = false;
}

/** @param {...string} ids */
export function hide(...ids) {
  for (const id of ids) find(id).hidden = true;
}

/**
 * @param {string} id
 * @param {string} text shown; empty hides the element
 */
export function tell(id, text) {
  const element = find(id);
  element.textContent = text;
  element.hidden = text === "";
}

/**
 * @param {string} key
 * @returns {string | null} the sentence with its gaps open, null when there is none
 */
export function sentence(key) {
  const template = find("sentences");
  if (!(template instanceof HTMLTemplateElement)) throw new Error("sentences is no template");
  for (const line of template.content.querySelectorAll("p")) {
    if (line.dataset.say === key) return line.textContent;
  }
  return null;
}

/**
 * The sentence *key*, its gaps filled.
 *
 * @param {string} key
 * @param {Record<string, string | number>} [gaps]
 * @returns {string}
 */
export function say(key, gaps = {}) {
  const found = sentence(key);
  if (found === null) throw new Error(`no sentence is called ${key}`);
  return found.replace(/\{([a-z]+)\}/g, (gap, name) => String(gaps[name] ?? gap));
}

/**
 * What went wrong, in plain words.
 *
 * @param {unknown} error
 * @returns {string}
 */
export function explain(error) {
  return sentence(`error.${codeOf(error)}`) ?? say("error.unexpected");
}

/**
 * @param {unknown} error
 * @returns {string} "unexpected" for what is no refusal of ours
 */
export function codeOf(error) {
  const code = /** @type {{ code?: unknown } | null} */ (error)?.code;
  return typeof code === "string" ? code : "unexpected";
}

/**
 * Bytes as megabytes, rounded up, so that nobody is told less than is sent.
 *
 * @param {number} bytes
 * @returns {string}
 */
export function megabytes(bytes) {
  const rounded = Math.ceil((bytes / MEBIBYTE) * 10) / 10;
  return rounded.toLocaleString(locale, { maximumFractionDigits: 1 });
}

/**
 * Show how far something has come.
 *
 * @param {string} id of a progress element
 * @param {number} done
 * @param {number} total
 */
export function progress(id, done, total) {
  const bar = find(id);
  if (bar instanceof HTMLProgressElement) bar.value = total > 0 ? done / total : 0;
}

/**
 * Make an element with a class and a text.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {string} [className]
 * @param {string} [text]
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className !== "") element.className = className;
  if (text !== "") element.textContent = text;
  return element;
}
