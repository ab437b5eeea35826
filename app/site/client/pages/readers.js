/** Who may read: everybody, or some teams.  Shows pseudonyms, never names. */
import { find, hide, locale, make, say, sentence, show } from "./view.js";

/**
 * @typedef {import("../directory.js").Recipient} Recipient
 *
 * @typedef {object} Readers
 * @property {() => string[]} chosen ids; empty when some teams were asked for and none ticked
 * @property {(recipients: Recipient[]) => void} offer others; what was ticked stays ticked
 */

/**
 * Fill the choice with the teams of *recipients*.
 *
 * @param {Recipient[]} recipients
 * @returns {Readers}
 */
export function prepareReaders(recipients) {
  const all = /** @type {HTMLInputElement} */ (find("readers-all"));
  const some = /** @type {HTMLInputElement} */ (find("readers-some"));
  /** @type {Recipient[]} */
  let offered = [];
  /** @type {Map<string, HTMLInputElement>} by team */
  let boxes = new Map();

  /** @param {Recipient[]} now */
  function offer(now) {
    const ticked = new Set([...boxes].filter(([, box]) => box.checked).map(([team]) => team));
    /** @type {Map<string, Recipient[]>} */
    const teams = new Map();
    for (const recipient of now) {
      const { team } = recipient.lawyer;
      teams.set(team, [...(teams.get(team) ?? []), recipient]);
    }
    offered = now;
    boxes = new Map();
    const rows = [];
    for (const [team, members] of teams) {
      const label = make("label", "choice");
      const box = make("input");
      box.type = "checkbox";
      box.autocomplete = "off";
      box.checked = ticked.has(team);
      boxes.set(team, box);
      label.append(box, make("span", "", describe(team, members)));
      rows.push(label);
    }
    find("teams").replaceChildren(...rows);
    find("readers-count").textContent = `(${now.length})`;
  }

  const update = () => (some.checked ? show("teams") : hide("teams"));
  all.addEventListener("change", update);
  some.addEventListener("change", update);
  update();
  offer(recipients);

  return {
    offer,
    chosen: () =>
      offered.filter(({ lawyer }) => all.checked || boxes.get(lawyer.team)?.checked).map(({ lawyer }) => lawyer.id),
  };
}

/**
 * @param {string} team
 * @param {Recipient[]} members
 */
function describe(team, members) {
  const languages = new Set(members.flatMap(({ lawyer }) => lawyer.languages));
  const names = [...languages].map(languageName);
  return say("team", {
    team,
    lawyers: members.map(({ lawyer }) => lawyer.pseudonym).join(", "),
    languages: listed([...new Set(names)]),
  });
}

/** @param {string} code of two or three letters */
function languageName(code) {
  return sentence(`language.${code}`) ?? say("language-unknown");
}

/** @param {string[]} names */
function listed(names) {
  return new Intl.ListFormat(locale, { type: "conjunction" }).format(names);
}
