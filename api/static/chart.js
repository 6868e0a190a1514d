"use strict";
/* The buttons of a chart: its picture, painted from the paths and texts of the drawing, and printing. */
(() => {
  const drawing = document.querySelector("#chart .drawing"), png = document.getElementById("chart-png"), print = document.getElementById("chart-print");
  if (!print) return;
  print.hidden = false;
  print.onclick = () => window.print();
  if (!drawing) return;
  png.hidden = false;
  const paint = (ctx, element) => {
    const s = getComputedStyle(element), width = parseFloat(s.strokeWidth);
    ctx.lineWidth = width; ctx.lineJoin = "round";
    ctx.setLineDash(s.strokeDasharray === "none" ? [] : s.strokeDasharray.split(",").map(parseFloat));
    if (element.tagName === "path") {
      const path = new Path2D(element.getAttribute("d"));
      if (s.fill !== "none") { ctx.fillStyle = s.fill; ctx.fill(path); }
      if (s.stroke !== "none" && width) { ctx.strokeStyle = s.stroke; ctx.stroke(path); }
      return;
    }
    const x = +element.getAttribute("x"), y = +element.getAttribute("y");
    ctx.font = s.fontWeight + " " + s.fontSize + ' "Source Sans 3 Variable", sans-serif';
    ctx.textAlign = { middle: "center", end: "right" }[s.textAnchor] || "left";
    if (s.stroke !== "none") { ctx.strokeStyle = s.stroke; ctx.strokeText(element.textContent, x, y); }
    ctx.fillStyle = s.fill; ctx.fillText(element.textContent, x, y);
  };
  png.onclick = () => {
    const box = drawing.viewBox.baseVal, page = getComputedStyle(document.body), legend = [...document.querySelectorAll("#chart .legend li")];
    const head = 76, line = 28, k = 2, canvas = document.createElement("canvas"), ctx = canvas.getContext("2d");
    canvas.width = k * (box.width + 32); canvas.height = k * (box.height + head + line * (legend.length + 1));
    ctx.fillStyle = page.backgroundColor; ctx.fillRect(0, 0, canvas.width, canvas.height);
    ctx.scale(k, k); ctx.translate(16, 0);
    const write = (selector, x, y, size, align, weight) => {
      const said = document.querySelector("#chart " + selector);
      ctx.font = weight + " " + size + 'px "Source Sans 3 Variable", sans-serif'; ctx.textAlign = align;
      ctx.fillStyle = getComputedStyle(said).color; ctx.fillText(said.textContent, x, y, box.width * (weight > 400 ? 0.6 : 1));
    };
    write("h1", 0, 34, 28, "left", 700); write(".stamp", box.width, 34, 15, "right", 400); write(".provenance", 0, 60, 14, "left", 400);
    ctx.translate(0, head);
    for (const mark of drawing.querySelectorAll("path, text")) paint(ctx, mark);
    legend.forEach((item, n) => {
      ctx.save(); ctx.translate(0, box.height + line * (n + 0.5));
      for (const mark of item.querySelectorAll("path")) paint(ctx, mark);
      ctx.font = '400 15px "Source Sans 3 Variable", sans-serif'; ctx.textAlign = "left"; ctx.setLineDash([]);
      ctx.fillStyle = page.color; ctx.fillText(item.textContent.trim(), 46, 5);
      ctx.restore();
    });
    const a = document.createElement("a");
    a.download = document.getElementById("chart").dataset.name + ".png";
    a.href = canvas.toDataURL("image/png");
    a.click();
  };
})();
