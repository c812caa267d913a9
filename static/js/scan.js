"use strict";
// The screen in the room: a new picture when the code changes, how many have signed in.
(() => {
  const screen = document.getElementById("screen");
  if (!screen) return;
  const picture = screen.querySelector("[data-picture]");
  const clock = screen.querySelector("[data-clock]");
  const there = screen.querySelector("[data-there]");
  let until = Date.now() + Number(screen.dataset.left) * 1000;
  let asking = false;
  let lost = false;

  const say = () => {
    const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1000));
    clock.textContent = lost
      ? screen.dataset.lost
      : screen.dataset.wordsLeft.replace("{n}", String(seconds));
  };
  const ask = () => {
    if (asking) return;
    asking = true;
    fetch(screen.dataset.state, { credentials: "same-origin", cache: "no-store" })
      .then((answer) => {
        if (!answer.ok || answer.redirected) throw new Error("lost");
        return answer.json();
      })
      .then((state) => {
        lost = false;
        until = Date.now() + state.left * 1000;
        if (picture.getAttribute("src") !== state.picture) picture.setAttribute("src", state.picture);
        there.textContent = screen.dataset.wordsThere.replace("{n}", String(state.there));
      })
      .catch(() => {
        lost = true;
      })
      .then(() => {
        asking = false;
        say();
      });
  };
  window.setInterval(() => {
    say();
    if (Date.now() >= until) ask();
  }, 1000);
  window.setInterval(ask, 5000);
})();
