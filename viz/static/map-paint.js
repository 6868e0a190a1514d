"use strict";
/* Paints on a canvas what vis-network cannot (plates, strands, pills, labels), and the whole map for a picture.
   `state` gives the map at hand, what is chosen, and which links and nodes are shown, faint or near. */
window.agencementsPaint = (state) => {
  const colour = {};
  const colours = () => {
    const style = getComputedStyle(document.documentElement);
    for (const role of ["paper", "plate", "ink", "soft", "control", "pour", "contre", "heat1", "heat2", "heat3", "heat4"]) colour[role] = style.getPropertyValue("--" + role).trim();
  };
  // Stripes of what is unknown, in the theme's colour.
  const hatch = (ctx) => {
    const tile = document.createElement("canvas"), size = 8;
    tile.width = tile.height = size;
    const t = tile.getContext("2d");
    t.strokeStyle = colour.soft; t.lineWidth = 1;
    t.stroke(new Path2D("M0 0L8 8M-2 6L2 10M6 -2L10 2"));
    return ctx.createPattern(tile, "repeat");
  };
  const ground = (node) => colour[state().map.plates.some((p) => !p.dashed && p.id === node.plate) ? "plate" : "paper"];
  const skin = (node) => {
    const edge = node.fill === "faint" ? colour.soft : colour.ink;
    return [node.fill === "solid" || node.fill === "faint" ? edge : ground(node), edge];
  };

  // Painting: what vis-network cannot draw, and all of it for the picture.
  const write = (ctx, text, x, y, size, anchor, fill, bold, halo) => {
    ctx.font = (bold ? 700 : 400) + " " + size + 'px "Source Sans 3 Variable", sans-serif';
    ctx.textAlign = anchor === "middle" ? "center" : anchor;
    ctx.textBaseline = "alphabetic";
    if (halo) {
      ctx.lineJoin = "round"; ctx.lineWidth = state().map.profile.halo; ctx.strokeStyle = halo; ctx.setLineDash([]);
      ctx.strokeText(text, x, y);
    }
    ctx.fillStyle = fill;
    ctx.fillText(text, x, y);
  };
  const stroke = (ctx, path, ink, width, dashes) => {
    ctx.setLineDash(dashes || []); ctx.lineWidth = width; ctx.strokeStyle = ink;
    ctx.stroke(path);
  };
  const rounded = (x, y, w, h, r) => { const p = new Path2D(); p.roundRect(x, y, w, h, r); return p; };
  const under = (ctx, all) => {
    const { map, shown, faint, near } = state(), p = map.profile;
    for (const area of map.areas) {
      const path = new Path2D(area.path);
      if (area.fill) { ctx.fillStyle = colour[area.fill]; ctx.fill(path, "evenodd"); }
      if (area.hatched) { ctx.fillStyle = hatch(ctx); ctx.fill(path, "evenodd"); }
      stroke(ctx, path, colour.control, p.label < 30 ? 1 : 2, area.fill || area.hatched ? [] : [2, 3]);
    }
    for (const plate of map.plates) {
      const path = rounded(plate.x + 1, plate.y + 1, plate.width - 2, plate.height - 2, p.corner);
      if (plate.dashed) stroke(ctx, path, colour.control, 1.5, [6, 5]);
      else { ctx.fillStyle = colour.plate; ctx.fill(path); }
    }
    for (const l of map.links) {
      if (!shown(l)) continue;
      ctx.globalAlpha = faint(l) ? 0.12 : 1;
      if (all || !l.native) for (const s of l.strokes) {
        stroke(ctx, new Path2D(s.path), colour[s.role], s.width, s.dashed && p.dash);
        if (s.head) { ctx.fillStyle = colour[s.role]; ctx.fill(new Path2D(s.head)); }
      }
    }
    ctx.globalAlpha = 1;
    if (all) for (const n of map.nodes) {
      const path = new Path2D(n.path), [fill, edge] = skin(n);
      ctx.globalAlpha = near(n.id) ? 1 : 0.3;
      ctx.fillStyle = fill; ctx.fill(path);
      stroke(ctx, path, edge, p.border, n.fill === "dashed" && [5, 4]);
    }
    ctx.globalAlpha = 1;
  };
  const over = (ctx) => {
    const { map, chosen, shown, faint, near } = state(), p = map.profile;
    for (const l of map.links) {
      if (!l.mark || !shown(l) || faint(l)) continue;
      const m = 7 * p.label / 16, [x, y] = l.mark, path = new Path2D();
      path.moveTo(x - m, y - m); path.lineTo(x + m, y + m); path.moveTo(x + m, y - m); path.lineTo(x - m, y + m);
      stroke(ctx, path, colour.contre, p.border);
    }
    for (const b of map.boxes) {
      const path = rounded(b.x, b.y, b.width, b.height, 6);
      ctx.fillStyle = colour.paper; ctx.fill(path);
      stroke(ctx, path, colour.ink, p.border - 1);
      b.lines.forEach((line, k) => write(ctx, line, b.x + b.width / 2,
        b.y + b.height / 2 + (k - b.lines.length / 2) * p.box_text * 1.12 + p.box_text * 0.86, p.box_text, "middle", colour.ink));
    }
    const by = Object.fromEntries(map.links.map((l) => [l.id, l]));
    for (const pill of map.pills) {
      const l = by[pill.link];
      if (!shown(l)) continue;
      ctx.globalAlpha = faint(l) ? 0.25 : 1;
      const path = rounded(pill.x - pill.width / 2, pill.y - p.pill_height / 2, pill.width, p.pill_height, p.pill_height / 2);
      ctx.fillStyle = colour.paper; ctx.fill(path);
      stroke(ctx, path, colour[pill.role], 1.5);
      write(ctx, pill.text, pill.x, pill.y + p.pill_text * 0.34, p.pill_text, "middle", colour[pill.role], true);
    }
    for (const n of map.nodes) {
      ctx.globalAlpha = near(n.id) ? 1 : 0.45;
      if (n.id === chosen) stroke(ctx, rounded(n.x - n.radius - 5, n.y - n.radius - 5, 2 * n.radius + 10, 2 * n.radius + 10, 6), colour.ink, 2);
      if (n.leader) stroke(ctx, new Path2D(n.leader), colour.soft, p.label < 30 ? 1 : 2);
      n.lines.forEach((line, k) => write(ctx, line, n.text_x, n.text_y + k * p.label * 1.12, p.label, n.anchor, colour.ink, n.id === chosen, ground(n)));
    }
    ctx.globalAlpha = 1;
    for (const c of map.captions) write(ctx, c.text, c.x, c.y, c.size, c.anchor, colour[c.role], c.bold);
  };

  const probe = document.createElement("canvas").getContext("2d");
  const picture = (root) => {
    const p = state().map.profile, k = 2, legend = [...root.querySelectorAll(".legend:not([hidden]) li")], size = p.label;
    const head = 3 * size, line = 1.8 * size, f = size / 16;
    let x = 0, lines = 1;
    probe.font = size * 0.94 + 'px "Source Sans 3 Variable", sans-serif';
    const places = legend.map((item) => {
      const wide = 44 * f + probe.measureText(item.textContent.trim()).width;
      if (x && x + wide > p.width) { x = 0; lines += 1; }
      const at = [x, lines - 1];
      x += wide + 24 * f;
      return at;
    });
    const canvas = document.createElement("canvas");
    canvas.width = k * (p.width + 2 * size); canvas.height = k * (p.height + head + (lines + 1) * line);
    const ctx = canvas.getContext("2d");
    ctx.fillStyle = colour.paper; ctx.fillRect(0, 0, canvas.width, canvas.height);
    ctx.scale(k, k); ctx.translate(size, head);
    write(ctx, root.querySelector(".map-title").textContent, 0, -size, 1.5 * size, "start", colour.ink, true);
    write(ctx, root.querySelector(".stamp").textContent, p.width, -size, size, "end", colour.soft);
    ctx.save(); under(ctx, true); over(ctx); ctx.restore();
    legend.forEach((item, n) => {
      const [x, row] = places[n], y = p.height + line * (1 + row);
      ctx.save(); ctx.translate(x, y); ctx.scale(f, f);
      for (const path of item.querySelectorAll("path")) {
        const s = getComputedStyle(path), d = new Path2D(path.getAttribute("d"));
        if (s.fill !== "none") { ctx.fillStyle = s.fill; ctx.fill(d); }
        if (s.stroke !== "none") stroke(ctx, d, s.stroke, parseFloat(s.strokeWidth), s.strokeDasharray === "none" ? [] : s.strokeDasharray.split(",").map(parseFloat));
      }
      ctx.restore();
      write(ctx, item.textContent.trim(), x + 44 * f, y + size * 0.34, size * 0.94, "start", colour.ink);
    });
    const a = document.createElement("a");
    a.download = root.querySelector(".map-title").textContent + ".png";
    a.href = canvas.toDataURL("image/png");
    a.click();
  };

  const hit = ({ x, y }) => {
    const { map, shown } = state();
    probe.lineWidth = 14;
    return map.links.filter(shown).reverse().find((l) => l.strokes.some((s) => probe.isPointInStroke(new Path2D(s.path), x, y)));
  };

  return { colour, under, over, skin, colours, picture, hit };
};
