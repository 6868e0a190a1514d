// Moves through a grid with the keyboard: one cell in the tab order, arrows, Home, End, Page up and down.
"use strict";
(() => {
  const table = document.querySelector("table.grid");
  if (!table) return;
  const rows = [...table.rows].map((row) => [...row.cells]);
  const where = new Map();
  rows.forEach((cells, r) => cells.forEach((cell, c) => where.set(cell, [r, c])));
  let active = rows[1][1] || rows[0][0];

  table.parentElement.removeAttribute("tabindex");
  table.querySelectorAll("a").forEach((link) => { link.tabIndex = -1; });
  where.forEach((_place, cell) => { cell.tabIndex = -1; });
  active.tabIndex = 0;

  const enter = (cell, focus) => {
    active.tabIndex = -1;
    active.parentElement.classList.remove("on");
    active = cell;
    active.tabIndex = 0;
    active.parentElement.classList.add("on");
    if (focus) active.focus();
  };

  table.addEventListener("focusin", (event) => {
    const cell = event.target.closest("th, td");
    if (cell) enter(cell, false);
  });
  table.addEventListener("focusout", () => active.parentElement.classList.remove("on"));

  table.addEventListener("keydown", (event) => {
    if (event.altKey || event.metaKey) return;
    const [r, c] = where.get(active);
    const lastRow = rows.length - 1, lastCol = rows[0].length - 1, page = 10;
    const to = {
      ArrowUp: [r - 1, c], ArrowDown: [r + 1, c], ArrowLeft: [r, c - 1], ArrowRight: [r, c + 1],
      Home: [event.ctrlKey ? 0 : r, 0], End: [event.ctrlKey ? lastRow : r, lastCol],
      PageUp: [Math.max(r - page, 0), c], PageDown: [Math.min(r + page, lastRow), c],
    }[event.key];
    if (to) {
      event.preventDefault();
      const cell = (rows[to[0]] || [])[to[1]];
      if (cell) enter(cell, true);
    } else if (event.key === "Enter" || event.key === "F2") {
      const link = active.querySelector("a");
      if (link && event.target === active) { event.preventDefault(); link.click(); }
    }
  });
})();
