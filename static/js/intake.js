"use strict";
// Screenshots by Ctrl+V or by dropping them; without this script the file input does it all.
(() => {
  const drop = document.querySelector("[data-paste]");
  if (!drop || !window.DataTransfer) return;
  const input = document.getElementById(drop.dataset.paste);
  const list = document.querySelector("[data-paste-list]");
  drop.querySelector("[data-paste-hint]").hidden = false;
  // The list below says what was chosen, in the words of the page; the keyboard still reaches it.
  input.classList.add("visually-hidden-focusable");

  const name = (file) => {
    const now = new Date();
    const two = (number) => String(number).padStart(2, "0");
    const stamp = two(now.getHours()) + two(now.getMinutes()) + two(now.getSeconds());
    return file.name && file.name !== "image.png" ? file.name : `screenshot-${stamp}.png`;
  };

  const show = () => {
    list.querySelectorAll("img").forEach((image) => URL.revokeObjectURL(image.src));
    list.textContent = "";
    Array.from(input.files).forEach((file) => {
      const row = document.createElement("li");
      if (file.type.startsWith("image/")) {
        const image = document.createElement("img");
        image.src = URL.createObjectURL(file);
        image.alt = "";
        image.height = 96;
        image.className = "img-thumbnail me-2";
        row.append(image);
      }
      row.append(file.name);
      list.append(row);
    });
    list.hidden = input.files.length === 0;
  };

  const add = (files) => {
    const all = new DataTransfer();
    Array.from(input.files).forEach((file) => all.items.add(file));
    files.forEach((file) => all.items.add(new File([file], name(file), { type: file.type })));
    input.files = all.files;
    show();
  };

  document.addEventListener("paste", (event) => {
    const files = Array.from(event.clipboardData ? event.clipboardData.files : []);
    if (files.length === 0) return;
    event.preventDefault();
    add(files);
  });
  drop.addEventListener("dragover", (event) => event.preventDefault());
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    add(Array.from(event.dataTransfer.files));
  });
  input.addEventListener("change", show);
})();
