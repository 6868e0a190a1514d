"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const root = $("carte"), box = $("map-canvas");
  if (!root || !box || !window.vis) return;
  const { colour, under, over, skin, colours, picture, hit } = window.agencementsPaint(
    () => ({ map, chosen, shown, faint, near }));
  const data = JSON.parse($("map-data").textContent);
  const words = data.words, html = document.documentElement;
  const list = $("map-list"), why = $("map-why"), aside = $("map-aside"), slider = $("map-threshold");
  const opening = [...why.childNodes];
  const pinned = new Set();
  let map, net, level = 0, chosen = null, link = null, projecting = false;
  html.classList.add("js");
  $("map-tools").hidden = false;

  const el = (name, text, kind) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  };
  const signed = (n) => (n > 0 ? "+" + n : n < 0 ? "\u2212" + -n : "0");
  const touches = (l) => chosen && (l.a === chosen || l.b === chosen);
  const shown = (l) => {
    const t = map.threshold;
    return touches(l) || l === link || !t || l.level >= level || (l.kept && level <= t.value);
  };
  const faint = (l) => (chosen && !touches(l)) || (link && l !== link);
  const near = (id) => !chosen && !link ? true : id === chosen || (link && (link.a === id || link.b === id)) ||
    (chosen && map.links.some((l) => touches(l) && (l.a === id || l.b === id)));

  const refresh = () => {
    if (!net) return;
    net.body.data.nodes.update(map.nodes.map((n) => {
      const [background, border] = skin(n), color = { background, border };
      return { id: n.id, opacity: near(n.id) ? 1 : 0.3, color: { ...color, highlight: color, hover: color } };
    }));
    net.body.data.edges.update(map.links.filter((l) => l.native).map((l) => ({
      id: l.id, hidden: !shown(l), color: { color: colour[l.strokes[0].role], opacity: faint(l) ? 0.12 : 1, inherit: false },
    })));
    net.redraw();
    const n = map.links.filter(shown).length, t = map.threshold;
    if (t) $("map-count").textContent = words.links.replace("{n}", n).replace("{m}", t.total);
  };
  const fit = () => {
    const p = map.profile, w = box.clientWidth, h = box.clientHeight;
    if (!w || !h) return;
    const room = projecting ? 64 : 0;
    let scale = Math.min(w / (p.width + room), h / p.height), x = p.width / 2, y = p.height / 2;
    if (!projecting) scale = Math.max(0.95, Math.min(1.2, scale));
    if (innerWidth < 1024) { scale = 1; x = Math.min(x, w / 2); y = Math.min(y, h / 2); }
    net.moveTo({ position: { x, y }, scale, animation: false });
  };

  const record = (id) => {
    const r = data.records[id], item = el("li");
    if (!r) return item;
    item.append(el("span", signed(r.value), "value " + (r.value > 0 ? "pour" : r.value < 0 ? "contre" : "")), el("strong", r.subject), " " + words.on + " " + r.object);
    const parts = [r.source, r.date.split("-").reverse().join("/")];
    if (r.confidence !== null) parts.push(words.confidence + " " + r.confidence.toLocaleString(words.lang));
    if (r.rater) parts.push(words.rater + " " + r.rater);
    const more = el("small", parts.filter(Boolean).join(" · ") + " · ");
    if (data.recordUrl) { const a = el("a", id); a.href = data.recordUrl.replace("{id}", encodeURIComponent(id)); more.append(a); } else more.append(id);
    item.append(more);
    return item;
  };
  const explain = () => {
    why.replaceChildren();
    const links = link ? [link] : map.links.filter(touches).sort((a, b) => Math.abs(b.level) - Math.abs(a.level));
    if (!chosen && !link) { why.append(...(map === data.maps[0] ? opening : map.opening.map((t) => el("p", t)))); return; }
    if (chosen) {
      const node = map.nodes.find((n) => n.id === chosen);
      why.append(el("h2", node.name), el("p", node.describes));
      if (!links.length && map.links.length) why.append(el("p", words.none));
    }
    for (const l of links.slice(0, 12)) {
      const s = data.said[l.said];
      why.append(el(link ? "h2" : "h3", s.title), el("p", s.sentence));
      if (link) {
        const ol = el("ol");
        ol.append(...s.records.map(record));
        why.append(ol, ...s.notes.map((t) => el("p", t, "note")));
      }
    }
  };
  const choose = (id, l) => {
    chosen = id; link = l || null;
    for (const o of list.children) o.setAttribute("aria-selected", o.dataset.id === id);
    const on = [...list.children].find((o) => o.dataset.id === id);
    if (on) { list.setAttribute("aria-activedescendant", on.id); on.scrollIntoView({ block: "nearest" }); } else list.removeAttribute("aria-activedescendant");
    explain(); refresh();
    if (id || l) aside.classList.add("open");
  };
  const fill = () => {
    const wanted = $("map-search").value.toLocaleLowerCase();
    list.replaceChildren(...map.nodes.filter((n) => n.name.toLocaleLowerCase().includes(wanted)).map((n, k) => {
      const o = el("li", n.name + (pinned.has(n.id) ? " · " + words.pinned : ""));
      o.id = "actor-" + k; o.dataset.id = n.id;
      o.setAttribute("role", "option"); o.setAttribute("aria-selected", n.id === chosen);
      return o;
    }));
  };

  const profile = () => projecting ? "projecteur" : innerWidth >= 1600 ? "grand" : "moyen";
  const open = () => {
    const variant = $("map-variant") ? $("map-variant").value : data.maps[0].variant;
    const same = data.maps.filter((m) => m.variant === variant);
    const next = same.find((m) => m.profile.name === profile()) || same[0];
    if (next === map) { fit(); return; }
    map = next; chosen = link = null;
    const at = data.maps.indexOf(map), t = map.threshold;
    for (const l of root.querySelectorAll(".legend")) l.hidden = +l.dataset.map !== at;
    for (const s of root.querySelectorAll("[data-variant]")) s.hidden = s.dataset.variant !== variant;
    $("map-slider").hidden = !t;
    if (t) { slider.min = t.low; slider.max = t.high; slider.value = level = t.value; }
    box.setAttribute("aria-label", map.summary);
    if (net) net.destroy();
    net = map.nodes.length ? new vis.Network(box, { nodes: new vis.DataSet(map.network.nodes), edges: new vis.DataSet(map.network.edges) }, map.network.options) : null;
    fill(); explain();
    if (!net) return;
    box.querySelectorAll("[tabindex]").forEach((e) => e.removeAttribute("tabindex"));
    net.on("beforeDrawing", (ctx) => { ctx.save(); under(ctx); ctx.restore(); });
    net.on("afterDrawing", (ctx) => { ctx.save(); over(ctx); ctx.restore(); });
    net.on("click", (e) => {
      if (e.nodes.length) return choose(e.nodes[0]);
      choose(null, hit(e.pointer.canvas));
    });
    fit(); refresh();
  };

  const face = (name) => {
    root.dataset.face = name;
    for (const f of ["map", "table"]) $("face-" + f).setAttribute("aria-pressed", f === name);
    if (innerWidth < 1024) root.querySelector("." + name + "-face").scrollIntoView();
    else if (name === "map") open();
  };
  const project = (on) => {
    projecting = on && Boolean($("map-projector"));
    html.dataset.mode = projecting ? "projector" : "";
    open();
    if (projecting) { list.blur(); if (document.activeElement) document.activeElement.blur(); }
  };
  const zoom = (by) => net && net.moveTo({ scale: Math.max(0.4, Math.min(3, net.getScale() * by)), animation: false });
  const step = (by) => {
    const options = [...list.children];
    if (!options.length) return;
    const at = options.findIndex((o) => o.dataset.id === chosen);
    choose(options[(at + by + options.length) % options.length].dataset.id);
  };
  const keys = {
    ArrowDown: () => step(1), ArrowUp: () => step(-1), Enter: () => { explain(); aside.classList.add("open"); aside.focus(); },
    "/": () => { aside.classList.add("open"); $("map-search").focus(); }, "+": () => zoom(1.2), "-": () => zoom(1 / 1.2), 0: fit,
    t: () => { face("table"); $("face-table").focus(); },
    p: () => {
      if (!chosen) return;
      if (!pinned.delete(chosen)) pinned.add(chosen);
      fill();
      root.dispatchEvent(new CustomEvent("map:pin", { bubbles: true, detail: { id: chosen, pinned: pinned.has(chosen) } }));
    },
  };
  list.addEventListener("keydown", (e) => {
    const act = keys[e.key.length === 1 ? e.key.toLowerCase() : e.key];
    if (act && !e.ctrlKey && !e.metaKey && !e.altKey) { e.preventDefault(); act(); }
  });
  addEventListener("keydown", (e) => {
    if (e.key !== "Escape") return;
    if (projecting) project(false);
    aside.classList.remove("open");
    if (chosen || link) choose(null);
  });
  list.addEventListener("click", (e) => e.target.dataset.id && choose(e.target.dataset.id));
  slider.addEventListener("input", () => { level = +slider.value; refresh(); });
  $("map-search").addEventListener("input", () => { fill(); aside.classList.add("open"); if (list.children.length === 1) choose(list.children[0].dataset.id); });
  $("face-map").onclick = () => face("map");
  $("face-table").onclick = () => face("table");
  $("map-panel").onclick = () => { aside.classList.toggle("open"); if (aside.classList.contains("open")) list.focus(); };
  $("map-close").onclick = () => { aside.classList.remove("open"); $("map-panel").focus(); };
  $("map-png").onclick = () => picture(root);
  if ($("map-projector")) $("map-projector").onclick = () => project(!projecting);
  if ($("map-variant")) $("map-variant").onchange = open;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  $("map-theme").onclick = () => {
    html.dataset.theme = (html.dataset.theme || (dark.matches ? "dark" : "light")) === "dark" ? "light" : "dark";
    colours(); refresh();
  };
  dark.addEventListener("change", () => { colours(); refresh(); });
  addEventListener("resize", () => { if (root.dataset.face === "map" || innerWidth < 1024) open(); });

  const begin = () => { colours(); open(); root.dataset.ready = "1"; };
  Promise.all([document.fonts.load('400 16px "Source Sans 3 Variable"'), document.fonts.load('700 16px "Source Sans 3 Variable"')]).then(begin, begin);
})();
