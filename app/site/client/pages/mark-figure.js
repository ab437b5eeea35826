/** The mark of a phrase, drawn: five by five squares in one colour. */
import { markOf } from "../mark.js";
import { find, say } from "./view.js";

const SVG = "http://www.w3.org/2000/svg";
/** @type {Record<string, string>} dark enough on white to be told apart */
const PAINT = {
  black: "#1b1b1b",
  red: "#c62828",
  orange: "#ef7d00",
  green: "#2e7d32",
  blue: "#1565c0",
  purple: "#7b1fa2",
  brown: "#6d4432",
  grey: "#808080",
};

/**
 * Draw the mark of *phrase* into one element and name its colour in another.
 *
 * @param {import("../bytes.js").Bytes} phrase
 * @param {string} figure id
 * @param {string} caption id
 */
export async function drawMark(phrase, figure, caption) {
  const mark = await markOf(phrase);
  const colour = say(`mark.${mark.colour}`);
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 5 5");
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", colour);
  drawing.setAttribute("shape-rendering", "crispEdges");
  mark.rows.forEach((row, y) =>
    row.forEach((coloured, x) => {
      if (!coloured) return;
      const square = document.createElementNS(SVG, "rect");
      for (const [name, value] of Object.entries({ x, y, width: 1, height: 1, fill: PAINT[mark.colour] })) {
        square.setAttribute(name, String(value));
      }
      drawing.append(square);
    }),
  );
  find(figure).replaceChildren(drawing);
  find(caption).textContent = colour;
}
