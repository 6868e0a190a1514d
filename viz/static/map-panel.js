"use strict";
/* The panel beside a map: why a link, down to the statements behind it. */
window.agencementsPanel = (data) => {
  const words = data.words;
  const el = (name, text, kind) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  };
  const signed = (n) => (n > 0 ? "+" + n : n < 0 ? "\u2212" + -n : "0");
  const record = (id) => {
    const r = data.records[id], item = el("li");
    if (!r) return item;
    item.append(el("span", r.text || signed(r.value), "value " + (r.value > 0 ? "pour" : r.value < 0 ? "contre" : "")), el("strong", r.subject), " " + (r.joined || words.on) + " " + r.object);
    const parts = [r.source, r.date.split("-").reverse().join("/")];
    if (r.confidence !== null) parts.push(words.confidence + " " + r.confidence.toLocaleString(words.lang));
    if (r.rater) parts.push(words.rater + " " + r.rater);
    const more = el("small", parts.filter(Boolean).join(" · ") + " · ");
    if (data.recordUrl) { const a = el("a", id); a.href = data.recordUrl.replace("{id}", encodeURIComponent(id)); more.append(a); } else more.append(id);
    item.append(more);
    return item;
  };
  // What to say of an actor with its links, or of one link with its records.
  const told = (node, links, whole, drawn) => {
    const said = [];
    if (node) {
      said.push(el("h2", node.name), el("p", node.describes));
      if (!links.length && drawn) said.push(el("p", words.none));
    }
    for (const l of links.slice(0, 12)) {
      const s = data.said[l.said];
      said.push(el(whole ? "h2" : "h3", s.title), el("p", s.sentence));
      if (!whole) continue;
      const ol = el("ol");
      ol.append(...s.records.map(record));
      said.push(ol, ...s.notes.map((t) => el("p", t, "note")));
    }
    return said;
  };
  // How many links the slider shows and, where they have quantities, from which on and for what part of the whole.
  const counted = (t, links) => {
    const w = links.map((l) => l.weight), part = w.reduce((a, b) => a + b, 0) / t.whole, least = w.length ? Math.min(...w) : 0;
    const found = { n: links.length, m: t.total, p: Math.round(100 * part || 0), q: (Math.round(100 * least) / 100).toLocaleString(words.lang) };
    return (t.words || words.links).replace(/\{([nmpq])\}/g, (_, name) => found[name]);
  };
  return { el, told, counted };
};
