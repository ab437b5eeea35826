/** The replies on the page, as text and nothing else. */
import { LAST_WEEK } from "../weeks.js";
import { find, locale, make, say } from "./view.js";

const FIRST_DAY = Date.UTC(2024, 0, 1);
const WEEK_MILLISECONDS = 7 * 86_400_000;

/**
 * @param {import("../reply.js").Reply[]} replies
 * @param {import("../roster.js").Lawyer[]} lawyers of the verified roster
 */
export function showReplies(replies, lawyers) {
  const known = new Map(lawyers.map((one) => [one.id, one]));
  const inOrder = [...replies].sort((one, other) => one.week - other.week || one.sequence - other.sequence);
  const shown = inOrder.map(({ lawyer, week, text, complete }) => {
    const answer = make("article", "answer");
    answer.append(make("h2", "", say("reply-head", { lawyer: known.get(lawyer)?.pseudonym ?? "", date: dateOf(week) })));
    if (known.get(lawyer)?.status === "revoked") answer.append(make("p", "bad", say("reply-revoked")));
    answer.append(make("p", "text", text));
    if (!complete) answer.append(make("p", "bad", say("reply-partial")));
    answer.dir = "auto";
    return answer;
  });
  find("answers-list").replaceChildren(...shown);
  find("answers-none").hidden = replies.length > 0;
}

/** @param {number} week */
function dateOf(week) {
  const monday = new Date(FIRST_DAY + Math.min(week, LAST_WEEK) * WEEK_MILLISECONDS);
  return monday.toLocaleDateString(locale, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
}
