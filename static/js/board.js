"use strict";
// The board keeps itself fresh: hours and minutes every half minute, the whole content once a
// minute while somebody looks. h j k l walk, Enter opens, r opens at the reply.
(() => {
  const board = document.getElementById("board");
  if (!board) return;
  let cursor = "";

  const cards = () => Array.from(board.querySelectorAll("[data-card]"));
  const linkOf = (card) => card.querySelector("a.ti");
  const current = () => cards().find((card) => linkOf(card).href === cursor);
  const mark = () => {
    cards().forEach((card) => card.classList.toggle("is-cursor", linkOf(card).href === cursor));
  };

  const countDown = () => {
    const now = Date.now();
    board.querySelectorAll("[data-due]").forEach((place) => {
      const minutes = Math.floor((Date.parse(place.dataset.due) - now) / 60000);
      if (minutes < 0) return; // the next refresh moves the card
      place.textContent = place.dataset.hours
        .replace("{h}", String(Math.floor(minutes / 60)))
        .replace("{m}", String(minutes % 60));
    });
  };

  // Somebody who is choosing a filter or reads by keyboard is not disturbed.
  const busy = () => {
    const at = document.activeElement;
    return at && board.contains(at) && /^(SELECT|INPUT|BUTTON)$/.test(at.tagName);
  };
  const show = (html) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const focused = document.activeElement && board.contains(document.activeElement)
      ? document.activeElement.getAttribute("href") : null;
    board.replaceChildren(...Array.from(page.body.childNodes));
    mark();
    countDown();
    if (!focused) return;
    const again = Array.from(board.querySelectorAll("a")).find((a) => a.getAttribute("href") === focused);
    if (again) again.focus({ preventScroll: true });
  };
  const refresh = () => {
    if (document.hidden || busy()) return;
    fetch(board.dataset.refresh, { credentials: "same-origin" })
      .then((answer) => (answer.ok && !answer.redirected ? answer.text() : Promise.reject(answer)))
      .then(show)
      .catch(() => undefined); // the next minute tries again; the time in the heading tells the age
  };

  const go = (card) => {
    if (!card) return;
    cursor = linkOf(card).href;
    mark();
    linkOf(card).focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  };
  const step = (by) => {
    const column = current() && current().closest("[data-column]");
    const line = column ? Array.from(column.querySelectorAll("[data-card]")) : cards();
    const at = line.indexOf(current());
    go(line[at < 0 ? 0 : Math.max(0, Math.min(line.length - 1, at + by))]);
  };
  const aside = (by) => {
    const columns = Array.from(board.querySelectorAll("[data-column]"))
      .filter((column) => column.querySelector("[data-card]"));
    if (columns.length === 0) return;
    const here = current();
    if (!here) {
      go(cards()[0]);
      return;
    }
    const at = columns.indexOf(here.closest("[data-column]"));
    const next = columns[Math.max(0, Math.min(columns.length - 1, at + by))];
    const place = Array.from(columns[at].querySelectorAll("[data-card]")).indexOf(here);
    const line = next.querySelectorAll("[data-card]");
    go(line[Math.min(place, line.length - 1)]);
  };
  const keys = {
    j: () => step(1),
    k: () => step(-1),
    h: () => aside(-1),
    l: () => aside(1),
    r: () => {
      if (current()) window.location.assign(`${linkOf(current()).href}#text`);
    },
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  countDown();
  window.setInterval(countDown, 30000);
  window.setInterval(refresh, 60000);
})();
