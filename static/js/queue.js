"use strict";
// j and k walk through the rows, Enter opens, r opens at the reply, x ticks.
(() => {
  const rows = Array.from(document.querySelectorAll("[data-queue] > [data-row]"));
  if (rows.length === 0) return;
  let place = -1;

  const link = (row) => row.querySelector("a.ttl");
  const go = (next) => {
    if (place >= 0) rows[place].classList.remove("is-cursor");
    place = Math.max(0, Math.min(rows.length - 1, next));
    rows[place].classList.add("is-cursor");
    link(rows[place]).focus({ preventScroll: true });
    rows[place].scrollIntoView({ block: "nearest" });
  };
  const keys = {
    j: () => go(place + 1),
    k: () => go(place - 1),
    r: () => {
      if (place >= 0) window.location.assign(`${link(rows[place]).href}#text`);
    },
    x: () => {
      const box = place >= 0 && rows[place].querySelector("input[type=checkbox]");
      if (box) box.click();
    },
  };
  const typing = (target) => /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(event.target) && event.target.type !== "checkbox") return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
})();
