"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const root = $("carte"), box = $("map-canvas");
  if (!root || !box || !window.vis) return;
  const { colour, under, over, skin, colours, picture, hit } = window.agencementsPaint(
    () => ({ map, chosen, shown, faint, near }));
  const data = JSON.parse($("map-data").textContent);
  const words = data.words, html = document.documentElement, address = window.agencementsState;
  const { el, told, counted } = window.agencementsPanel(data);
  const list = $("map-list"), why = $("map-why"), aside = $("map-aside"), slider = $("map-threshold");
  const opening = [...why.childNodes];
  let started = false, pinned = address.pins(), map, net, level = 0, chosen = null, link = null;
  html.classList.add("js");
  $("map-tools").hidden = false;

  const touches = (l) => chosen && (l.a === chosen || l.b === chosen);
  const shown = (l) => {
    const t = map.threshold;
    return touches(l) || l === link || !t || l.level >= level || (l.kept && level <= t.value);
  };
  const faint = (l) => (chosen && !touches(l)) || (link && l !== link);
  const near = (id) => !chosen && !link ? true : id === chosen || (link && (link.a === id || link.b === id)) ||
    (chosen && map.links.some((l) => touches(l) && (l.a === id || l.b === id)));

  const variant = () => $("map-variant") ? $("map-variant").value : data.maps[0].variant;
  const view = () => ({
    vue: variant() === data.maps[0].variant ? "" : variant(),
    seuil: map.threshold && level !== map.threshold.value ? String(level) : "",
    acteur: chosen, lien: link && link.id, face: root.dataset.face === "table" && "tableau",
    theme: html.dataset.theme, ecran: screen.profile(),
  });

  const refresh = () => {
    if (started) address.write(view());
    if (!net) return;
    net.body.data.nodes.update(map.nodes.map((n) => {
      const [background, border] = skin(n), color = { background, border };
      return { id: n.id, opacity: near(n.id) ? 1 : 0.3, color: { ...color, highlight: color, hover: color } };
    }));
    net.body.data.edges.update(map.links.filter((l) => l.native).map((l) => ({
      id: l.id, hidden: !shown(l), color: { color: colour[l.strokes[0].role], opacity: faint(l) ? 0.12 : 1, inherit: false },
    })));
    net.redraw();
    const t = map.threshold;
    if (t) $("map-count").textContent = counted(t, map.links.filter(shown));
  };
  const fit = () => {
    const w = box.clientWidth, h = box.clientHeight;
    if (!net || !w || !h) return; // the box is watched before the letters are there and the map begins
    const p = map.profile;
    net.setSize("100%", "100%");
    const projecting = screen.profile(), room = projecting ? 64 : 0;
    let scale = Math.min(w / (p.width + room), h / p.height), x = p.width / 2, y = p.height / 2;
    if (!projecting) scale = Math.max(0.935, Math.min(1.2, scale));
    if (innerWidth < 1024) { scale = 1; x = Math.min(x, w / 2); y = Math.min(y, h / 2); }
    net.moveTo({ position: { x, y }, scale, animation: false });
  };

  const explain = () => {
    const links = link ? [link] : map.links.filter(touches).sort((a, b) => Math.abs(b.level) - Math.abs(a.level));
    const node = map.nodes.find((n) => n.id === chosen);
    why.replaceChildren(...(node || link ? told(node, links, Boolean(link), map.links.length > 0)
      : map === data.maps[0] ? opening : map.opening.map((t) => el("p", t))));
  };
  const choose = (id, l) => {
    chosen = id; link = l || null;
    for (const o of list.children) o.setAttribute("aria-selected", o.dataset.id === id);
    const on = [...list.children].find((o) => o.dataset.id === id);
    if (on) { list.setAttribute("aria-activedescendant", on.id); list.scrollTop = Math.min(on.offsetTop, Math.max(list.scrollTop, on.offsetTop + on.offsetHeight - list.clientHeight)); } else list.removeAttribute("aria-activedescendant");
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

  const profile = () => screen.profile() || (innerWidth >= 1600 ? "grand" : innerWidth >= 1280 ? "moyen" : "etroit");
  const open = () => {
    const same = data.maps.filter((m) => m.variant === variant());
    const next = same.find((m) => m.profile.name === profile()) || same[0];
    if (next === map) { fit(); refresh(); return; }
    map = next; chosen = link = null;
    const at = data.maps.indexOf(map), t = map.threshold;
    for (const l of root.querySelectorAll(".legend")) l.hidden = +l.dataset.map !== at;
    for (const s of root.querySelectorAll("[data-variant]")) s.hidden = s.dataset.variant !== variant();
    $("map-slider").hidden = !t;
    if (t) { slider.min = t.low; slider.max = t.high; slider.value = level = t.value; }
    box.setAttribute("aria-label", map.summary);
    if (net) net.destroy();
    net = map.nodes.length ? new vis.Network(box, { nodes: new vis.DataSet(map.network.nodes), edges: new vis.DataSet(map.network.edges) }, map.network.options) : null;
    fill(); explain();
    if (!net) return refresh();
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
    refresh();
    if (innerWidth < 1024) root.querySelector("." + name + "-face").scrollIntoView();
    else if (name === "map") open();
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
      if (!chosen || !("pinning" in root.dataset)) return;
      pinned = address.pin(map.profile.name, map.nodes.find((n) => n.id === chosen));
      fill();
    },
  };
  const turn = (by) => {
    const views = $("map-variant");
    if (views) { views.selectedIndex = (views.selectedIndex + by + views.length) % views.length; open(); }
  };
  list.addEventListener("keydown", (e) => {
    const act = keys[e.key.length === 1 ? e.key.toLowerCase() : e.key];
    if (act && !e.ctrlKey && !e.metaKey && !e.altKey) { e.preventDefault(); act(); }
  });
  addEventListener("keydown", (e) => {
    if (e.key !== "Escape") return;
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
  address.exporting($("map-export"), () => ({
    view: map.variant, size: map.profile.name, level: map.threshold ? level : "",
    theme: html.dataset.theme || (dark.matches ? "dark" : "light"),
  }));
  if ($("map-variant")) $("map-variant").onchange = open;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  $("map-theme").onclick = () => {
    html.dataset.theme = (html.dataset.theme || (dark.matches ? "dark" : "light")) === "dark" ? "light" : "dark";
    colours(); refresh();
  };
  dark.addEventListener("change", () => { colours(); refresh(); });
  addEventListener("resize", () => { if (root.dataset.face === "map" || innerWidth < 1024) open(); });
  new ResizeObserver(fit).observe(box);

  const restore = (was) => {
    if (["light", "dark"].includes(was.theme)) html.dataset.theme = was.theme;
    if (was.vue && $("map-variant") && data.maps.some((m) => m.variant === was.vue)) $("map-variant").value = was.vue;
    colours();
    screen.begin(was.ecran);
    if (map.threshold && was.seuil) { slider.value = was.seuil; level = +slider.value; }
    choose(map.nodes.some((n) => n.id === was.acteur) ? was.acteur : null, map.links.find((l) => l.id === was.lien));
    if (was.face) face("table");
    started = true;
    refresh();
  };
  const screen = window.agencementsScreen($("map-projector"), { open, turn, dark: () => $("map-theme").click() });
  addEventListener("hashchange", () => { if (location.hash.includes("=")) { html.dataset.theme = ""; restore(address.read()); } });
  const begin = () => { restore(address.read()); root.dataset.ready = "1"; };
  Promise.all([document.fonts.load('400 16px "Source Sans 3 Variable"'), document.fonts.load('700 16px "Source Sans 3 Variable"')]).then(begin, begin);
})();
