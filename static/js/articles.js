"use strict";
// A button beside each value that is meant to be copied. Reading needs none of it.
(() => {
  const words = document.querySelector("[data-copy]");
  if (!words || !navigator.clipboard) return;
  document.querySelectorAll(".hd-article code").forEach((code) => {
    if (code.closest("pre, a")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "hd-copy";
    button.textContent = words.dataset.copy;
    button.setAttribute("aria-label", `${words.dataset.copy} ${code.textContent}`);
    button.addEventListener("click", () => {
      navigator.clipboard.writeText(code.textContent).then(() => {
        button.textContent = words.dataset.copied;
        window.setTimeout(() => {
          button.textContent = words.dataset.copy;
        }, 2000);
      });
    });
    code.after(button);
  });
})();
