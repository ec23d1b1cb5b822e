"use strict";
const words = new Intl.Collator("en", { numeric: true });
function key(row, column) {
  const cell = row.cells[column];
  return cell.dataset.value ?? cell.textContent.trim();
}
function sort(heading) {
  const rising = heading.getAttribute("aria-sort") !== "ascending";
  for (const each of heading.parentNode.cells) each.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", rising ? "ascending" : "descending");
  const compare = heading.classList.contains("number") ? (a, b) => a - b : words.compare;
  const body = heading.closest("table").tBodies[0];
  const rows = [...body.rows].map((row) => [key(row, heading.cellIndex), row]);
  rows.sort(([a], [b]) => (a === "") - (b === "") || (rising ? compare(a, b) : compare(b, a)));
  body.replaceChildren(...rows.map(([, row]) => row));
}
for (const heading of document.querySelectorAll("table.sortable thead th")) {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...heading.childNodes);
  heading.append(button);
  button.addEventListener("click", () => sort(heading));
}
