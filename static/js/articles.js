"use strict";
// A button beside each value that is meant to be copied. Reading needs none of it.
(() => {
  const words = document.querySelector("[data-copy]");
  if (!words) return;
  // Without https there is no clipboard to write to, but a selection can be copied.
  const select = (element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    return document.execCommand("copy") ? Promise.resolve() : Promise.reject();
  };
  const copy = (element) =>
    navigator.clipboard ? navigator.clipboard.writeText(element.textContent) : select(element);
  document.querySelectorAll(".hd-article code").forEach((code) => {
    if (code.closest("pre, a")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "hd-copy";
    button.textContent = words.dataset.copy;
    button.setAttribute("aria-label", `${words.dataset.copy} ${code.textContent}`);
    const said = () => {
      button.textContent = words.dataset.copied;
      window.setTimeout(() => {
        button.textContent = words.dataset.copy;
      }, 2000);
    };
    button.addEventListener("click", () => copy(code).then(said, () => {}));
    code.after(button);
  });
})();
