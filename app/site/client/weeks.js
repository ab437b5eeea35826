/**
 * Weeks: the calendar that keys, freshness and message cells count in.
 *
 * Any module may import this one.  A *day* here is a number: whole UTC days since
 * 2024-01-01, negative before.
 *
 * Where this file and crypto/spec/signed-documents-v1.md section 1 disagree, this file
 * is wrong.
 */

const FIRST_DAY = Date.UTC(2024, 0, 1); // a Monday: the first day of week 0
const DAY_MILLISECONDS = 86_400_000;
const DAYS_A_WEEK = 7;

/** The week of 9999-12-31; documents cannot name a later one. */
export const LAST_WEEK = weekOf(dayOf(new Date(Date.UTC(9999, 11, 31))));

/**
 * The day that *now* is in.
 *
 * @param {Date} now
 * @returns {number}
 */
export function dayOf(now) {
  return Math.floor((now.getTime() - FIRST_DAY) / DAY_MILLISECONDS);
}

/**
 * The week that *day* is in; negative before 2024.
 *
 * @param {number} day
 * @returns {number}
 */
export function weekOf(day) {
  return Math.floor(day / DAYS_A_WEEK);
}

/**
 * The moment at which *day* begins, in milliseconds since 1970.
 *
 * @param {number} day
 * @returns {number}
 */
export function beginningOf(day) {
  return FIRST_DAY + day * DAY_MILLISECONDS;
}

/**
 * The first day of *week*.
 *
 * @param {number} week
 * @returns {number}
 */
export function firstDayOf(week) {
  return week * DAYS_A_WEEK;
}
