"use strict";
// A wall: all of it is in sight, and its clock goes on by itself.
(() => {
  const root = document.documentElement;

  // Where it has more to say than its screen holds, its letters shrink until all of it fits.
  const fit = () => {
    root.style.removeProperty("font-size");
    if (!matchMedia("(min-width: 60rem) and (min-aspect-ratio: 5/4)").matches) return;
    const whole = parseFloat(getComputedStyle(root).fontSize);
    for (let part = 0.98; part > 0.5 && root.scrollHeight > innerHeight; part -= 0.02) root.style.fontSize = `${whole * part}px`;
  };
  // What comes is put in its region; that the clock goes on changes no size.
  const changes = new MutationObserver((all) => all.some((one) => !one.target.closest?.("[data-clock]")) && fit());
  changes.observe(document.querySelector("main"), { childList: true, subtree: true });
  addEventListener("resize", fit);
  fit();

  // From the desk's own time.
  setInterval(() => {
    const face = document.querySelector("[data-clock] time");
    if (!face) return;
    const at = new Date(+new Date(face.dateTime) + Date.now() - (face.begun ??= Date.now()));
    face.textContent = at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: face.parentNode.dataset.clock });
  }, 1000);
})();
