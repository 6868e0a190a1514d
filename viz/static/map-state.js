"use strict";
/* What a reader set on a map stays in its address, so that a link shows somebody else the same: after # what the
   browser alone needs, in `pins` what the server needs to lay the map out. Nothing is written anywhere else. */
window.agencementsState = (() => {
  const put = (query, hash) => {
    const text = query.toString(), mark = hash.toString();
    try {
      history.replaceState(null, "", location.pathname + (text && "?" + text) + (mark && "#" + mark));
    } catch { /* some browsers refuse it to a file opened from the disk: the view works, its link does not */ }
  };
  const query = () => new URLSearchParams(location.search);
  const hash = () => new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
  const pinned = () => {
    const [profile, ...rest] = (query().get("pins") || "").split("~");
    return { profile, at: new Map(rest.map((pin) => pin.split("@"))) };
  };
  // What asks the server for this map in another scope or order asks for it with its pins.
  const carry = (pins) => {
    for (const form of document.querySelectorAll(".scope form")) {
      form.querySelector("[name=pins]")?.remove();
      if (!pins) continue;
      const kept = document.createElement("input");
      kept.type = "hidden"; kept.name = "pins"; kept.value = pins;
      form.append(kept);
    }
    for (const a of document.querySelectorAll(".orders a")) {
      const to = new URL(a.href);
      to.searchParams.delete("pins");
      if (pins) to.searchParams.set("pins", pins);
      a.href = to;
    }
  };
  return {
    read: () => Object.fromEntries(hash()),
    write: (state) => put(query(), new URLSearchParams(Object.entries(state).filter((item) => item[1]))),
    pins: () => pinned().at,
    // A pin of one size of map says nothing on another: the first pin on another size begins anew.
    pin: (profile, node) => {
      const held = pinned(), at = held.profile === profile ? held.at : new Map(), asked = query();
      if (!at.delete(node.id)) at.set(node.id, node.x.toFixed(0) + "," + node.y.toFixed(0));
      asked.delete("pins");
      if (at.size) asked.set("pins", [profile, ...[...at].map((pin) => pin.join("@"))].join("~"));
      put(asked, hash());
      carry(asked.get("pins"));
      return at;
    },
    // Links to the other faces of a map show what it shows at that moment.
    exporting: (menu, asked) => menu.addEventListener("toggle", () => {
      for (const a of menu.querySelectorAll("a")) {
        const to = new URL(a.href);
        for (const [name, value] of Object.entries(asked())) {
          if (value === "") to.searchParams.delete(name); else to.searchParams.set(name, value);
        }
        a.href = to;
      }
    }),
  };
})();
