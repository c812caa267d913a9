"use strict";
// What a box shows below it while somebody types: the question box, the search in the bar, a name to
// add to a session. Without this script the box is sent, and its page shows the same or more.
for (const box of document.querySelectorAll("[data-suggest]")) {
  const input = box.querySelector("input[name=q]");
  const list = box.querySelector("[data-suggest-list]");
  const said = box.querySelector("[data-suggest-said]");
  const PAUSE = 200;
  let timer = 0;
  let wanted = input.value.trim();

  // Long rows of digits (certificates, telephones, cards) do not go into an address; our own
  // numbers do.
  const plain = (text) =>
    text.replace(/[0-9０-９](?:[^\p{L}\p{N}]{0,3}[0-9０-９xXｘＸ]){10,}/gu, (row) =>
      /^\d{4}-\d{7}$/.test(row) ? row : "*"
    );
  const tell = (words) => {
    if (said) said.textContent = words;
  };
  const close = () => {
    list.hidden = true;
    list.replaceChildren();
    tell("");
  };
  const show = (html, text) => {
    if (text !== wanted) return; // an answer that came late
    const parts = Array.from(new DOMParser().parseFromString(html, "text/html").body.children);
    if (!parts.length) {
      close();
      return;
    }
    list.replaceChildren(...parts);
    list.hidden = false;
    tell(parts[0].dataset.said || "");
  };
  const ask = () => {
    const text = plain(input.value.trim());
    if (text === wanted) return;
    wanted = text;
    if (text.length < 2) {
      close();
      return;
    }
    fetch(`${box.dataset.suggest}?q=${encodeURIComponent(text)}`, { credentials: "same-origin" })
      .then((answer) => (answer.ok && !answer.redirected ? answer.text() : ""))
      .then((html) => show(html, text))
      .catch(close);
  };
  const later = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, PAUSE);
  };
  input.addEventListener("input", (event) => {
    // An input method writes letters before the characters are chosen.
    if (!event.isComposing) later();
  });
  input.addEventListener("compositionend", later);
  box.addEventListener("keydown", (event) => {
    const links = Array.from(list.querySelectorAll("a"));
    const at = links.indexOf(document.activeElement);
    if (event.key === "Escape" && !list.hidden) {
      close();
      wanted = "";
      input.focus();
    }
    if (event.key === "ArrowDown" && links.length) {
      event.preventDefault();
      links[Math.min(at + 1, links.length - 1)].focus();
    }
    if (event.key === "ArrowUp" && at >= 0) {
      event.preventDefault();
      (at === 0 ? input : links[at - 1]).focus();
    }
  });
  // What floats above the page goes away with the focus; what is part of the page stays.
  if (!box.matches(".hd-find")) continue;
  box.addEventListener("focusout", () => {
    window.setTimeout(() => {
      if (!box.contains(document.activeElement)) close();
    }, 150);
  });
}
