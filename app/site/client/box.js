/**
 * Box: the directory document that a page holds, believed only for as long as it may be.
 *
 * A page may stay open for days.  So whoever seals asks here each time, and gets a
 * directory that is good by the clock of now, or a refusal.
 */
import { verifyDirectory } from "./directory.js";
import { dayOf } from "./weeks.js";

/** A document this old is fetched anew: somebody may have left the roster since. */
const RECENT_MILLISECONDS = 3_600_000;

/**
 * @typedef {import("./bytes.js").Bytes} Bytes
 * @typedef {import("./directory.js").Directory} Directory
 *
 * @typedef {object} Surroundings
 * @property {() => Promise<Bytes>} fetchDocument the directory, not verified
 * @property {() => Date} now
 */

export class Box {
  /**
   * @param {import("./trust.js").Trust} trust
   * @param {string} origin the page's
   * @param {Surroundings} surroundings
   */
  constructor(trust, origin, { fetchDocument, now }) {
    this.trust = trust;
    this.origin = origin;
    this.fetchDocument = fetchDocument;
    this.now = now;
    /** @type {Bytes | null} */
    this.document = null;
    this.fetched = 0; // when, in milliseconds since 1970
    /** @type {Promise<Directory> | null} what verifying `document` said on `day` */
    this.verdict = null;
    this.day = 0;
  }

  /**
   * The directory, good by the clock of now.
   *
   * The document is fetched when there is none, when the clock has made the one that is
   * held bad, and when it is an hour old; while no new one can be had, an old one that is
   * still good serves on.
   *
   * Errors: those of fetching a document, those of `verifyDirectory`.
   *
   * @returns {Promise<Directory>}
   */
  async directory() {
    const held = await this.verified().catch(() => null);
    const age = this.now().getTime() - this.fetched;
    if (held !== null && age >= 0 && age < RECENT_MILLISECONDS) return held;
    try {
      this.document = await this.fetchDocument();
    } catch (error) {
      if (held !== null) return held;
      throw error;
    }
    this.fetched = this.now().getTime();
    this.verdict = null;
    try {
      return /** @type {Directory} */ (await this.verified());
    } catch (error) {
      this.forget();
      throw error;
    }
  }

  /** Have the document fetched anew when it is next needed. */
  forget() {
    this.document = null;
    this.verdict = null;
  }

  /**
   * What verifying the held document says today; null when none is held.  Of the clock
   * nothing but the day matters to it, so it is asked once a day.
   *
   * @returns {Promise<Directory | null>}
   */
  async verified() {
    if (this.document === null) return null;
    const now = this.now();
    if (this.verdict === null || dayOf(now) !== this.day) {
      this.day = dayOf(now);
      this.verdict = verifyDirectory(this.document, this.trust, now, this.origin);
    }
    return this.verdict;
  }
}
