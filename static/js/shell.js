"use strict";
// Small comforts of the frame; everything works without them.
(() => {
  // An open menu closes on Escape and on a click elsewhere.
  const menus = () => document.querySelectorAll("details.hd-menu[open], details.hd-more[open]");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menus().forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });
  document.addEventListener("click", (event) => {
    menus().forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  // A refused form puts the reader where the explanation is.
  const problems = document.querySelector(".hd-problems");
  if (problems) problems.focus();
  // A row of tabs wider than the phone shows the one the reader is on.
  document.querySelectorAll(".hd-tabs [aria-current], .hd-views [aria-current]").forEach((tab) => {
    const row = tab.closest(".hd-tabs, .hd-views");
    row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
  });
  // "r" in a list opens a ticket with the cursor in the reply.
  const reply = window.location.hash === "#text" && document.getElementById("text");
  if (reply) reply.focus();
  // A second click on a submit button sends nothing; the server would refuse it anyway.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    window.setTimeout(() => delete form.dataset.sent, 8000);
  });
  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
  // Paper shows what is folded away on the screen.
  window.addEventListener("beforeprint", () => {
    document.querySelectorAll("main details:not([open])").forEach((part) => {
      part.open = true;
      part.dataset.folded = "1";
    });
  });
  window.addEventListener("afterprint", () => {
    document.querySelectorAll("details[data-folded]").forEach((part) => {
      part.open = false;
      delete part.dataset.folded;
    });
  });
  // Back from the next page: the forms of this one may be sent again.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form").forEach((form) => delete form.dataset.sent);
  });
})();
