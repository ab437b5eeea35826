/**
 * The one class of refusal.  Mirrors crypto/errors.py: the code is stable and for
 * machines; the sentence for people is found by it.
 */

export class BuzonError extends Error {
  /**
   * @param {string} code such as "signature"; the same as in Python
   * @param {string} [detail] for whoever reads a console: no secret, no testimony
   */
  constructor(code, detail) {
    super(detail === undefined ? code : `${code}: ${detail}`);
    this.name = "BuzonError";
    /** @readonly */
    this.code = code;
  }
}
