/** Who is to read: everybody, or some teams.  Shows pseudonyms, never names. */
import { find, hide, locale, make, say, sentence, show } from "./view.js";

/**
 * @typedef {import("../directory.js").Recipient} Recipient
 *
 * @typedef {object} Readers
 * @property {() => Recipient[]} chosen empty when some teams were asked for and none ticked
 */

/**
 * Fill the choice with the teams of *recipients*.
 *
 * @param {Recipient[]} recipients
 * @returns {Readers}
 */
export function prepareReaders(recipients) {
  /** @type {Map<string, Recipient[]>} */
  const teams = new Map();
  for (const recipient of recipients) {
    const team = recipient.lawyer.team;
    teams.set(team, [...(teams.get(team) ?? []), recipient]);
  }
  const all = /** @type {HTMLInputElement} */ (find("readers-all"));
  const some = /** @type {HTMLInputElement} */ (find("readers-some"));
  const count = find("readers-count");
  count.textContent = `(${recipients.length})`;

  /** @type {[HTMLInputElement, Recipient[]][]} */
  const boxes = [];
  const rows = [...teams].map(([team, members]) => {
    const label = make("label", "choice");
    const box = make("input");
    box.type = "checkbox";
    box.autocomplete = "off";
    boxes.push([box, members]);
    label.append(box, make("span", "", describe(team, members)));
    return label;
  });
  find("teams").replaceChildren(...rows);

  const update = () => (some.checked ? show("teams") : hide("teams"));
  all.addEventListener("change", update);
  some.addEventListener("change", update);
  update();

  return {
    chosen: () => (some.checked ? boxes.flatMap(([box, members]) => (box.checked ? members : [])) : recipients),
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
