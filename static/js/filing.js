"use strict";
// Ticks are kept at once; without scripts the button below the list keeps them.
(() => {
  document.querySelectorAll("form[data-ticks]").forEach((form) => {
    const keep = form.querySelector(".hd-keep");
    if (keep) keep.hidden = true;
    form.addEventListener("change", (event) => {
      const box = event.target;
      if (box.name !== "done") return;
      const line = box.closest("li");
      const body = new FormData();
      body.set("csrf_token", form.elements.csrf_token.value);
      body.set("shown", line.querySelector("input[name=shown]").value);
      if (box.checked) body.set("done", box.value);
      box.disabled = true;
      window
        .fetch(form.action, { method: "POST", body, redirect: "manual", credentials: "same-origin" })
        .then((answer) => {
          box.disabled = false;
          if (answer.type !== "opaqueredirect" && !answer.ok) throw new Error(answer.status);
          line.classList.toggle("is-done", box.checked);
        })
        .catch(() => {
          // Not kept: the box goes back, and the button that asks the server itself comes out.
          box.disabled = false;
          box.checked = !box.checked;
          if (keep) keep.hidden = false;
        });
    });
  });
})();
