"use strict";
/* The map on the screen of a room: full screen, sizes of a projector, letters that act alone since nothing else has
   the focus: A larger text and fewer actors, D dark, arrows from one view to the next. */
window.agencementsScreen = (button, { open, turn, dark }) => {
  const html = document.documentElement;
  let on = false, larger = false;
  const project = (wanted) => {
    on = wanted && Boolean(button);
    html.dataset.mode = on ? (larger ? "projector larger" : "projector") : "";
    open();
    if (on && document.activeElement) document.activeElement.blur();
  };
  const quit = () => {
    if (document.fullscreenElement) document.exitFullscreen();
    project(false);
  };
  const keys = {
    a: () => { larger = !larger; project(true); },
    d: dark, ArrowRight: () => turn(1), ArrowLeft: () => turn(-1), Escape: quit,
  };
  addEventListener("keydown", (e) => {
    const act = on && !e.target.closest?.(".toolbar") && keys[e.key.length === 1 ? e.key.toLowerCase() : e.key];
    if (act && !e.ctrlKey && !e.metaKey && !e.altKey) { e.preventDefault(); act(); }
  });
  document.addEventListener("fullscreenchange", () => { if (!document.fullscreenElement && on) project(false); });
  if (button) button.onclick = () => {
    if (on) { quit(); return; }
    if (html.requestFullscreen) html.requestFullscreen().catch(() => {});
    project(true);
  };
  return {
    profile: () => on && (larger ? "amphi" : "projecteur"),
    begin: (profile) => { larger = profile === "amphi"; project(Boolean(profile)); },
  };
};
