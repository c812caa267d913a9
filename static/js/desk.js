"use strict";
// The desk: everybody is here already, so a few letters find them at once; Enter marks the first.
// What cannot be sent is kept on this machine and sent when the line is back; the token of a click
// makes it happen once, however often it is sent.
(() => {
  const desk = document.getElementById("desk");
  if (!desk) return;
  const MOST = 8;
  const words = desk.dataset;
  const key = `desk-${words.session}`;
  const box = document.getElementById("q");
  const hits = desk.querySelector("[data-hits]");
  const rest = desk.querySelector("[data-rest]");
  const said = desk.querySelector("[data-said]");
  const line = desk.querySelector("[data-line]");
  const lineWords = desk.querySelector("[data-line-words]");
  const tally = desk.querySelector("[data-tally]");
  const pattern = document.getElementById("desk-row").content.firstElementChild;
  const people = new Map();
  let cursor = 0;
  let csrf = desk.querySelector("[name=csrf_token]") || document.querySelector("[name=csrf_token]");
  csrf = csrf ? csrf.value : "";
  let sending = false;
  let trouble = "";

  const fill = (sentence, values) =>
    Object.keys(values).reduce((text, name) => text.replace(`{${name}}`, String(values[name])), sentence);
  const fold = (text) => text.normalize("NFKC").toLowerCase().replace(/[\s_()[\]{}<>.,;:!?'"\-·（）]/g, "");
  const token = () =>
    Array.from(window.crypto.getRandomValues(new Uint8Array(16)), (byte) =>
      byte.toString(16).padStart(2, "0")).join("");

  // What waits to be sent survives a closed window.
  let queue = [];
  try {
    queue = JSON.parse(window.localStorage.getItem(key) || "[]");
  } catch (error) {
    queue = [];
  }
  const keep = () => {
    try {
      window.localStorage.setItem(key, JSON.stringify(queue));
    } catch (error) {
      // Full or forbidden: the list in memory goes on.
    }
  };

  const showLine = () => {
    const waiting = queue.length ? fill(words.waiting, { n: queue.length }) : "";
    line.hidden = !waiting && !trouble;
    lineWords.textContent = [waiting, trouble].filter((part) => part).join(" · ");
    const here = Array.from(people.values()).filter((person) =>
      person.record && !person.record.flag && /^(present|late|left_early)$/.test(person.record.presence));
    tally.textContent = fill(words.counts, { n: here.length, m: people.size });
  };

  const score = (person, wanted) => {
    const places = person.keys.map((text) => text.indexOf(wanted));
    if (!places.some((place) => place >= 0)) return -1;
    const exact = person.keys[2] === wanted || person.keys[0] === wanted || person.keys[1] === wanted;
    return (exact ? 4 : 0) + (places[0] === 0 || places[1] === 0 ? 2 : 0) + (person.record ? 0 : 1);
  };
  const found = () => {
    const wanted = fold(box.value);
    const all = [];
    people.forEach((person) => {
      const points = wanted ? score(person, wanted) : person.record ? 0 : 1;
      if (points >= 0) all.push({ person, points });
    });
    return all.sort((one, other) => other.points - one.points).map((hit) => hit.person);
  };

  const waits = (person) => queue.some((mark) => mark.person === person.id);
  const rowOf = (person, first) => {
    const row = document.importNode(pattern, true);
    const name = row.querySelector("[data-name]");
    const state = row.querySelector("[data-state]");
    name.textContent = person.name;
    name.lang = "zh-CN";
    name.href = words.record.replace(/0$/, String(person.id));
    row.querySelector("[data-no]").textContent = person.no;
    const body = row.querySelector("[data-body]");
    body.textContent = person.body;
    body.lang = "zh-CN";
    const stands = person.record
      ? [person.record.word, person.record.flag].filter((part) => part).join(" · ") : words.none;
    state.textContent = waits(person) ? words.queued : stands;
    if (person.record && !waits(person)) state.classList.add(`is-${person.record.level}`);
    row.classList.toggle("is-first", first && box.value !== "");
    row.querySelectorAll("[data-as]").forEach((button) => {
      button.setAttribute("aria-label", `${button.textContent} ${person.name}`);
      if (document.documentElement.lang === "en") button.setAttribute("data-user", "");
      button.addEventListener("click", () => mark(person, button.dataset.as));
    });
    return row;
  };
  const show = () => {
    const list = found();
    hits.textContent = "";
    list.slice(0, MOST).forEach((person, number) => hits.appendChild(rowOf(person, number === 0)));
    const hidden = list.length - MOST;
    rest.hidden = hidden <= 0 && list.length > 0;
    rest.textContent = list.length === 0 ? words.unknown : hidden > 0 ? fill(words.more, { n: hidden }) : "";
    showLine();
  };

  const take = (record) => {
    const person = people.get(record.id);
    if (!person) return false;
    if (!person.record || person.record.version <= record.version) person.record = record;
    return true;
  };

  const mark = (person, presence) => {
    // A click that still waits will have made one version more by then.
    const before = queue.filter((other) => other.person === person.id).pop();
    const seen = before ? before.seen + 1 : person.record ? person.record.version : 0;
    queue.push({ person: person.id, presence, seen, once: token() });
    keep();
    box.value = "";
    box.focus();
    show();
    send();
  };

  const post = (entry) => {
    const form = new URLSearchParams();
    form.set("csrf_token", csrf);
    form.set("person_id", String(entry.person));
    form.set("presence", entry.presence);
    form.set("seen", String(entry.seen));
    form.set("once", entry.once);
    return fetch(words.mark, {
      method: "POST", body: form, credentials: "same-origin", headers: { Accept: "application/json" },
    });
  };
  const settle = (entry, answer) => {
    const person = people.get(entry.person);
    if (answer.refused) {
      said.textContent = answer.refused;
    } else {
      take(answer.record);
      const sentence = answer.result === "stale" ? words.stale : words.done;
      said.textContent = fill(sentence, { name: person ? person.name : "", word: answer.record.word });
    }
    queue = queue.filter((other) => other.once !== entry.once);
    keep();
  };
  const send = () => {
    if (sending || queue.length === 0) return;
    sending = true;
    const entry = queue[0];
    post(entry)
      .then((answer) => {
        const json = /json/.test(answer.headers.get("Content-Type") || "");
        if (answer.redirected || !json) throw new Error(answer.status < 500 ? "signed out" : "lost");
        return answer.json();
      })
      .then((answer) => {
        trouble = "";
        settle(entry, answer);
        sending = false;
        show();
        send();
      })
      .catch((error) => {
        trouble = error.message === "signed out" ? words.signedOut : words.offline;
        sending = false;
        showLine();
      });
  };

  const get = (address) =>
    fetch(address, { credentials: "same-origin", cache: "no-store", headers: { Accept: "application/json" } })
      .then((answer) => {
        if (!answer.ok || answer.redirected) throw new Error(answer.redirected ? "signed out" : "lost");
        return answer.json();
      })
      .then((answer) => {
        csrf = answer.csrf;
        trouble = "";
        return answer;
      });
  const load = () =>
    get(words.people).then((answer) => {
      people.clear();
      answer.people.forEach((person) => people.set(person.id, person));
      cursor = answer.cursor;
      const lines = desk.querySelector("[data-lines]");
      if (lines) lines.hidden = true;
      hits.hidden = false;
      desk.querySelector("[data-hint]").hidden = false;
      show();
    });
  const poll = () => {
    if (people.size === 0) {
      load().catch(() => showLine());
      return;
    }
    get(`${words.changes}?after=${cursor}`)
      .then((answer) => {
        cursor = answer.cursor;
        // Somebody new came onto the list at another desk.
        if (!answer.records.every(take)) return load();
        if (answer.records.length) show();
        return undefined;
      })
      .then(send)
      .catch((error) => {
        trouble = error.message === "signed out" ? words.signedOut : words.offline;
        showLine();
      });
  };

  box.form.addEventListener("submit", (event) => {
    if (people.size === 0) return; // the list is not here: the page answers
    event.preventDefault();
    const first = box.value ? found()[0] : null;
    if (!first) return;
    if (waits(first)) {
      said.textContent = fill(words.done, { name: first.name, word: words.queued });
      return;
    }
    if (first.record && first.record.presence === "present" && !first.record.flag) {
      said.textContent = fill(words.done, { name: first.name, word: first.record.word });
      box.select();
      return;
    }
    mark(first, "present");
  });
  box.addEventListener("input", show);
  window.addEventListener("online", poll);
  window.setInterval(poll, 4000);
  load().then(send).catch(() => showLine());
})();
