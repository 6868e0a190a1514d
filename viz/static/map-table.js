"use strict";
(() => {
  for (const head of document.querySelectorAll(".table-face th")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.onclick = () => {
      const at = head.cellIndex, body = head.closest("table").tBodies[0], up = head.getAttribute("aria-sort") !== "ascending";
      const value = (row) => row.cells[at].dataset.number;
      for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const order = (a, b) => value(a) !== undefined && value(b) !== undefined ? value(a) - value(b) : a.cells[at].textContent.localeCompare(b.cells[at].textContent, document.documentElement.lang);
      body.append(...[...body.rows].sort((a, b) => (up ? 1 : -1) * order(a, b)));
    };
  }
})();
