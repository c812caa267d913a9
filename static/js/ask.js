"use strict";
// Suggestions below the question box: own earlier questions, and the way to ask a new one.
(() => {
  const form = document.querySelector("form[data-suggest]");
  if (!form) return;
  const input = form.querySelector("input[name=q]");
  const list = form.querySelector("#ask-list");
  let timer = 0;
  let wanted = "";

  const close = () => {
    list.hidden = true;
    list.replaceChildren();
  };
  const show = (html, text) => {
    if (text !== wanted) return; // an answer that came late
    const page = new DOMParser().parseFromString(html, "text/html");
    list.replaceChildren(...Array.from(page.body.children));
    list.hidden = false;
  };
  const ask = () => {
    const text = input.value.trim();
    wanted = text;
    if (text.length < 2) {
      close();
      return;
    }
    const address = `${form.dataset.suggest}?q=${encodeURIComponent(text)}`;
    fetch(address, { credentials: "same-origin" })
      .then((answer) => (answer.ok ? answer.text() : ""))
      .then((html) => (html ? show(html, text) : close()))
      .catch(close);
  };
  input.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, 250);
  });
  form.addEventListener("keydown", (event) => {
    const links = Array.from(list.querySelectorAll("a"));
    const at = links.indexOf(document.activeElement);
    if (event.key === "Escape") close();
    if (event.key === "ArrowDown" && links.length) {
      event.preventDefault();
      links[Math.min(at + 1, links.length - 1)].focus();
    }
    if (event.key === "ArrowUp" && at >= 0) {
      event.preventDefault();
      (at === 0 ? input : links[at - 1]).focus();
    }
  });
})();
