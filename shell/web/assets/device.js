// What a page keeps on the reader's own device, and no longer than it must: words that could not be
// sent yet, and whether the key "/" leads to the look-up. Everything works without it.
//
// Words are kept sealed (AES-GCM) under a key that the desk gives to the person who is signed in.
// The key stays in the tab (sessionStorage), as long as a session that is not used, and is none any more
// when its person signs out or somebody else signs in: nobody else at the same device can read them.
// They go when they are sent, or when their person throws them away. No HTML is written here.
"use strict";
(() => {
  const { owner, seal, lasts, shell, worker } = document.body.dataset;
  const [TAB, HERE, FORMS, WORDS, SLASH, WORKER] = ["ward-keeps", "ward-here", "ward-forms", "ward-kept.", "ward-slash", "/device-worker.js"];
  const telephone = matchMedia("(pointer: coarse)").matches ? "telephone" : "computer";
  const make = (name, text, kind = "") => Object.assign(document.createElement(name), { textContent: text, className: kind });

  // --- Whose words -------------------------------------------------------------------------------
  // Forms that workers keep, but for one address: they were made for somebody else.
  const dropForms = async (but) => {
    const names = (await globalThis.caches?.keys().catch(() => [])) ?? [];
    return Promise.all(names.filter((name) => name.startsWith("ward-form ") && name !== "ward-form " + but).map((name) => caches.delete(name)));
  };
  // Who signed in last in this browser, in whatever tab: nobody else's key holds.
  const isHere = (one) => {
    try {
      return one.alone || localStorage.getItem(HERE) === one.owner;
    } catch {
      return true;
    }
  };
  // A browser that keeps nothing has no key of before; whoever is signed in can send all the same.
  const person = (() => {
    const here = owner ? { owner, seal, until: Date.now() + Number(lasts) } : null;
    try {
      if (here) {
        // The form of this page's own worker is made anew by it with this page. A page that is left
        // before all are gone leaves that to the next.
        if (localStorage.getItem(FORMS) !== owner) dropForms(worker).then(() => localStorage.setItem(FORMS, owner));
        localStorage.setItem(HERE, owner);
        sessionStorage.setItem(TAB, JSON.stringify(here));
      }
      const kept = here ?? JSON.parse(sessionStorage.getItem(TAB));
      if (kept?.until > Date.now() && isHere(kept)) return kept;
      sessionStorage.removeItem(TAB);
      return null;
    } catch {
      return here && { ...here, alone: !isHere(here) };
    }
  })();
  // What is written here after they signed out in another tab, or somebody else signed in, is nobody's.
  const here = () => (person && isHere(person) ? person : null);
  const able = Boolean(globalThis.crypto?.subtle);
  const coded = (text) => new TextEncoder().encode(text);
  const bytes = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  const text = (bytes) => btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(""));
  const key = person && able && crypto.subtle.importKey("raw", bytes(person.seal), "AES-GCM", false, ["encrypt", "decrypt"]);
  const full = (name) => WORDS + person.owner + "." + name;

  const how = (name, iv) => ({ name: "AES-GCM", iv, additionalData: coded(full(name)) });
  const write = async (name, value) => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt(how(name, iv), await key, coded(JSON.stringify(value)));
    localStorage.setItem(full(name), text(iv) + "." + text(sealed));
  };
  const read = async (name) => {
    try {
      const [iv, sealed] = localStorage.getItem(full(name)).split(".").map(bytes);
      return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(how(name, iv), await key, sealed)));
    } catch {
      return null;
    }
  };
  const forget = (name) => localStorage.removeItem(full(name));
  // One after the other: what is forgotten must not be written by what began before.
  let turn = Promise.resolve();
  const inTurn = (act) => (turn = turn.then(act, act));

  // --- What waits --------------------------------------------------------------------------------
  const unsent = async () => {
    if (!key || !here()) return [];
    const names = Object.keys(localStorage).filter((name) => name.startsWith(full("out.")));
    const all = await Promise.all(names.map((name) => read(name.slice(full("").length))));
    return all.filter(Boolean).sort((one, other) => one.at - other.at);
  };

  const box = document.getElementById("kept");
  const say = (kind, title, parts = []) => {
    box.className = "notice " + kind;
    box.replaceChildren(make("p", title, "title"), ...parts);
    box.hidden = false;
  };
  const button = (label, act, kind = "second") => Object.assign(make("button", label, kind), { type: "button", onclick: act });
  const way = (label, to) => Object.assign(make("a", label), { href: to });
  const holding = (made, all) => (made.append(...all), made);
  const row = (...all) => holding(make("div", "", "buttons"), all);
  const when = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
  const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
  const listed = (all) => holding(make("ul", ""), all.map(({ label, at }) => make("li", `${label}, written ${when.format(at)}`)));

  const throwAway = async () => {
    if (!confirm("What is not sent will be lost. Throw it away?")) return;
    for (const entry of await unsent()) forget("out." + entry.key);
    box.hidden = true;
  };
  const isTriedAgain = (why) => why === "away" || why === "busy";
  const waiting = (all, why, more = []) => {
    const kept = `Kept on this ${telephone}. ` + { away: "It will be sent when the network is back.", busy: "The desk takes no more at once: it is sent by itself in a moment.", out: "It will be sent when you have signed in again.", other: "Somebody else is signed in here: it will be sent when you sign in.", late: "It was written after your session was over: send it if it is yours.", no: "The desk does not take it now." }[why];
    const words = make("p", isTriedAgain(why) ? "Leave this page open, or open the desk again later." : "Nothing is lost.");
    const acts = why === "out" ? [way("Sign in", "/sign-in")] : [button("Send it now", () => sendAll(true, true))];
    say("warn", kept, [listed(all), words, row(...acts, button("Throw it away", throwAway, "second danger")), ...more]);
  };

  // --- Sending -----------------------------------------------------------------------------------
  const send = async (entry) => {
    const stop = new AbortController();
    const late = setTimeout(() => stop.abort(), 20000);
    try {
      const what = { method: "POST", headers: { "Ward-Kept": person.owner }, body: new URLSearchParams(entry.fields) };
      const answer = await fetch(entry.action, { ...what, redirect: "manual", cache: "no-store", signal: stop.signal });
      if (answer.type === "opaqueredirect" || answer.status === 401) return { is: "out" };
      if (answer.status === 201) return { is: "stands", at: answer.headers.get("Location") };
      const is = { 412: "other", 422: "wrong", 429: "busy", 503: "busy" }[answer.status];
      return { is: is ?? (answer.status >= 500 ? "away" : "no") };
    } catch {
      return { is: "away" };
    } finally {
      clearTimeout(late);
    }
  };

  // What is refused is mended by its person in the form that it was written in, unless other words
  // stand there: then it waits until they are gone.
  const toMend = async (entry) => {
    const form = [...forms()].find((one) => named(one) === entry.form);
    if ((form && !isEmpty(form)) || (await read("draft." + entry.form))) return false;
    await write("draft." + entry.form, entry.fields);
    forget("out." + entry.key);
    if (form) await restore(form);
    return true;
  };
  // Its words stand there as well: the form may be gone.
  const mending = ({ label, page, fields }) => {
    const words = fields.filter(([name, value]) => value && !/^(key|act|of|opened-by)$/.test(name)).map(([, value]) => value);
    return row(make("span", `${label}: the desk did not take it. You wrote: ${words.join("; ")}`), way("Open it again", page));
  };

  let [sending, flying, timer, rest] = [false, "", 0, 5000];
  const sendAll = async (asked = false, sure = false) => {
    if (sending || !key || !here()) return;
    [sending, timer] = [true, clearTimeout(timer)];
    const [stand, left, mend] = [[], [], []];
    let why = "";
    for (const entry of (await unsent()).filter((one) => one.key !== flying)) {
      // What is not taken does not hold up what comes after it.
      const stops = why && why !== "no" && why !== "late";
      const came = stops ? { is: why } : entry.late && !sure ? { is: "late" } : await send(entry);
      if (came.is === "stands") {
        forget("out." + entry.key);
        stand.push(came.at);
      } else if (came.is === "wrong" && (await inTurn(() => toMend(entry).catch(() => false)))) {
        mend.push(mending(entry));
      } else {
        why = came.is === "wrong" ? "no" : came.is;
        left.push(entry);
      }
    }
    sending = false;
    if (!here()) return;
    if (left.length) {
      waiting(left, why, mend);
      rest = asked ? 5000 : Math.min(60000, 2 * rest);
      if (isTriedAgain(why)) timer = setTimeout(sendAll, rest);
    } else if (mend.length) {
      say("bad", "Not all of it could be taken", mend);
    } else if (stand.length) {
      const what = stand.length === 1 ? "Sent: it stands on the desk." : `Sent: all ${stand.length} stand on the desk.`;
      say("good", what, [row(...stand.map((at) => way("See it", at)))]);
    } else if (asked && shell !== undefined && navigator.onLine) {
      say("info", "The network may be back", [row(way("Open the whole page", location.pathname))]);
    }
  };
  addEventListener("online", () => sendAll(true));
  document.addEventListener("visibilitychange", () => document.hidden || sendAll(true));

  // --- Forms whose words are kept ------------------------------------------------------------------
  const soon = new WeakMap();
  const forms = () => (able ? document.querySelectorAll("form[data-kept]") : []);
  const named = (form) => form.getAttribute("action") + "#" + form.id;
  const written = (form) => [...new FormData(form)].filter(([name]) => name !== "key");
  const draw = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const isEmpty = (form) => [...form.elements].every((field) => field.type === "hidden" || !field.name || (/^(radio|checkbox)$/.test(field.type) ? field.checked === field.defaultChecked : field.matches("select") || field.value === field.defaultValue));

  // What is written before anybody is signed in stays in the tab, from each page by itself: nothing is
  // written over.
  const opened = Date.now();
  const nobodys = (form) => `${WORDS}${named(form)}#${opened}`;
  const sealDraft = (form) => write("draft." + named(form), written(form));
  const dropDraft = (form) => (here() ? forget("draft." + named(form)) : sessionStorage.removeItem(nobodys(form)));
  const keepDraft = (form, own = here()) => {
    if (form.dataset.sent !== undefined) return;
    if (isEmpty(form)) dropDraft(form);
    else if (own) return sealDraft(form);
    else sessionStorage.setItem(nobodys(form), JSON.stringify({ at: Date.now(), fields: written(form) }));
  };
  const forgetDraft = (form) => {
    clearTimeout(soon.get(form));
    return inTurn(() => dropDraft(form));
  };
  const clear = (form) => {
    form.reset();
    form.elements.namedItem("key").value = draw();
    forgetDraft(form);
  };
  const fill = (form, draft) => {
    for (const [name, value] of draft) {
      const found = form.elements.namedItem(name);
      const fields = found instanceof RadioNodeList ? [...found] : found ? [found] : [];
      for (const field of fields) {
        if (/^(radio|checkbox)$/.test(field.type)) field.checked = field.checked || field.value === value;
        else if (field.type !== "hidden") field.value = value;
        field.dataset.touched = ""; // News does not take it away.
      }
    }
    if (isEmpty(form)) return;
    form.dispatchEvent(new Event("input", { bubbles: true }));
    const drop = button("Empty the form", () => (clear(form), (box.hidden = true)));
    if (box.hidden) say("info", "What you wrote before stands here again", [row(drop)]);
  };
  const restore = async (form) => {
    const draft = person && (await read("draft." + named(form)));
    // What the desk sent back with its sentences is newer.
    if (draft && here() && !form.querySelector("[aria-invalid], [role=alert]")) fill(form, draft);
  };

  // What was written in this tab before anybody was signed in may be anybody's: whoever is there now
  // is asked before they see it.
  const unclaimed = () => {
    const names = Object.keys(sessionStorage).filter((name) => name.startsWith(WORDS));
    const of = (name) => name.slice(WORDS.length).split("#", 2).join("#");
    return names.map((name) => ({ name, form: of(name), ...JSON.parse(sessionStorage.getItem(name)) })).sort((one, other) => other.at - one.at);
  };
  const claim = async (asks) => {
    const [ways, waits, person] = [new Map(), [], here()];
    for (const { name, form: of, fields } of unclaimed()) {
      const form = [...forms()].find((one) => named(one) === of);
      // Words of their own are not written over.
      if ((form && !isEmpty(form)) || (person && (await read("draft." + of)))) {
        waits.push(name);
        continue;
      }
      if (person) await write("draft." + of, fields);
      if (form) fill(form, fields);
      else ways.set(of, way("Open the form", of.split("#")[0]));
      if (form && !person) keepDraft(form);
      if (form || person) sessionStorage.removeItem(name);
    }
    const more = waits.length ? "Other words stand in that form: send or empty them, then these can be shown." : "";
    if (!ways.size && !more) return asks.remove();
    asks.replaceChildren(make("p", more || (person ? "They stand in their form" : "Open the form: you are asked there"), "title"), row(...ways.values()));
  };
  const ask = () => {
    const all = unclaimed();
    if (!all.length) return;
    const before = person ? "before you signed in" : "by somebody who was not signed in";
    const asks = make("div", "", "notice info");
    const isSure = () => confirm("What was written will be lost. Throw it away?");
    const disown = () => isSure() && (unclaimed().forEach(({ name }) => sessionStorage.removeItem(name)), asks.remove());
    const acts = row(button("Show", () => claim(asks)), button("Throw away", disown, "second danger"));
    box.before(holding(asks, [make("p", `Words were written on this device ${before}, at ${clock.format(all[0].at)}: are they yours?`, "title"), acts]));
  };

  // In another tab whoever has this page signed out, or somebody else signed in: what stands here is
  // kept for its person, and stands here no more.
  const KEPT = ": what you wrote is kept on this device, sealed, until you sign in again";
  const gone = (words) => say("warn", "You are not signed in here any more" + words);
  const leave = async () => {
    sessionStorage.removeItem(TAB);
    let [words, kept] = ["", true];
    for (const form of forms()) {
      if (form.dataset.sent !== undefined || isEmpty(form)) continue;
      clearTimeout(soon.get(form));
      words = KEPT;
      kept = (await inTurn(() => sealDraft(form)).then(() => (form.reset(), true), () => false)) && kept;
    }
    gone(kept ? words : ". What you wrote could not be kept: it still stands in this form");
  };
  addEventListener("storage", ({ key }) => key === HERE && person && !isHere(person) && leave());

  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-kept]");
    if (!able || !form) return;
    clearTimeout(soon.get(form));
    soon.set(form, setTimeout((own) => inTurn(() => keepDraft(form, own)).catch(() => {}), 200, here()));
  });
  document.addEventListener("click", ({ target }) => target.closest?.("form[data-kept] a.way-out") && forgetDraft(target.closest("form")));

  const submit = async (form, event) => {
    if (!here()) {
      keepDraft(form);
      return say("warn", "Sign in first: what you wrote stays in this page", [row(way("Sign in", location.pathname))]);
    }
    form.dataset.sent = "";
    const field = form.elements.namedItem("key");
    field.value ||= draw();
    const fields = [...new FormData(form, event.submitter)];
    const entry = { key: field.value, form: named(form), page: location.pathname, action: form.getAttribute("action"), fields, label: form.dataset.kept, at: Date.now(), late: Date.now() > person.until };
    const out = "out." + entry.key;
    // From now on it waits to be sent: a page that is loaded again has it there, not in the form too.
    const isKept = await inTurn(() => write(out, entry)).then(() => forgetDraft(form)).then(() => true, () => false);
    say("info", "It is being sent");
    flying = entry.key;
    const came = await send(entry);
    flying = "";
    if (came.is === "stands") {
      forget(out);
      await forgetDraft(form);
      return location.assign(came.at);
    }
    delete form.dataset.sent;
    if (came.is === "wrong") {
      await inTurn(() => sealDraft(form)).catch(() => {});
      forget(out);
      return form.submit();
    }
    if (isKept) {
      clear(form);
      if (!here()) return gone(KEPT);
      waiting(await unsent(), came.is);
      if (isTriedAgain(came.is)) timer = setTimeout(sendAll, rest);
    } else {
      const again = button("Send it again", () => form.requestSubmit());
      say("bad", "It is not sent, and this device keeps nothing: leave this page open", [row(again)]);
    }
    box.tabIndex = -1;
    box.focus();
  };

  const signOut = async (form) => {
    const waits = (await unsent()).length;
    if (waits && !confirm("Something is not sent yet. It stays on this device, sealed, until you sign in here again. Sign out?")) return;
    sessionStorage.removeItem(TAB);
    localStorage.removeItem(HERE);
    const workers = (await navigator.serviceWorker?.getRegistrations().catch(() => [])) ?? [];
    const ended = [dropForms(), ...workers.map((one) => one.unregister())];
    await Promise.race([new Promise((done) => setTimeout(done, 1000)), Promise.allSettled(ended)]);
    form.submit();
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.getAttribute("action") === "/sign-out") {
      event.preventDefault();
      return signOut(form);
    }
    if (!able || !form.matches("[data-kept]")) return;
    if (!form.checkValidity()) {
      // What is missing is said by the desk, and where it cannot be asked by the browser.
      if (navigator.onLine && shell === undefined) return;
      event.preventDefault();
      return form.reportValidity();
    }
    event.preventDefault();
    if (form.dataset.sent === undefined) submit(form, event);
  });
  // A page that was sent and is gone back to has a form that was sent: it is made anew.
  // One that somebody else opened is not shown again.
  const isOld = () => document.querySelector("form[data-sent]") || (person && !isHere(person));
  addEventListener("pageshow", (event) => event.persisted && isOld() && location.reload());

  // --- The key "/" -----------------------------------------------------------------------------------
  const isOff = () => localStorage.getItem(SLASH) === "off";
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isOff()) return;
    const field = document.querySelector("#look-up, #look-q");
    if (!field?.checkVisibility() || event.target.closest("input, select, textarea")) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
  for (const toggle of document.querySelectorAll("button[data-slash-off]")) {
    const label = () => (toggle.textContent = isOff() ? "Let the key / lead to the look-up" : "Switch the key / off on this device");
    toggle.addEventListener("click", () => (isOff() ? localStorage.removeItem(SLASH) : localStorage.setItem(SLASH, "off"), label()));
    label();
    toggle.hidden = false;
  }

  // --- The form without a network ----------------------------------------------------------------------
  // A worker keeps the empty form: nothing that anybody wrote, and no name.
  if (worker && navigator.serviceWorker) {
    const only = (url) => (url === WORKER ? url : null);
    const rule = globalThis.trustedTypes?.createPolicy("ward-worker", { createScriptURL: only }) ?? { createScriptURL: only };
    navigator.serviceWorker.register(rule.createScriptURL(WORKER), { scope: worker, updateViaCache: "none" }).catch(() => {});
  }

  (async () => {
    for (const form of forms()) await restore(form);
    ask();
    const all = await unsent();
    if (all.length) await sendAll(true);
    else if (shell !== undefined && box.hidden) say("warn", "There is no network now", [make("p", person ? `Write all the same: it is kept on this ${telephone} and sent when the network is back.` : "Write all the same, and leave this page open: it can be sent after you have signed in.")]);
  })();
})();
