// What a page gains when scripts run: news without asking, copying, the reader's own time.
// Everything works without it. It loads nothing from elsewhere, keeps nothing, and writes no HTML:
// news is read by the browser as a document that cannot run (XMLHttpRequest, responseType
// "document"), so the policy "require-trusted-types-for 'script'" holds without an exception.
"use strict";
(() => {
  const tell = (words) => (document.getElementById("news").textContent = words);

  // --- Copying -------------------------------------------------------------------------------
  const copying = (root) => {
    if (!navigator.clipboard) return;
    for (const button of root.querySelectorAll("button[data-copy]")) button.hidden = false;
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("button[data-copy]");
    const source = button && document.getElementById(button.dataset.copy);
    if (!source) return;
    try {
      await navigator.clipboard.writeText(source.textContent);
      tell("Copied.");
      button.dataset.copied = "";
      setTimeout(() => delete button.dataset.copied, 2000);
    } catch {
      getSelection().selectAllChildren(source);
      tell("Selected. Copy it with the keyboard.");
    }
  });

  // --- The reader's own time -------------------------------------------------------------------
  const own = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });
  const times = (root) => {
    for (const time of root.querySelectorAll("time[datetime]")) {
      const at = new Date(time.dateTime);
      if (!Number.isNaN(+at)) time.title = [time.title, "Your time: " + own.format(at)].filter(Boolean).join(". ");
    }
  };

  document.addEventListener("input", (event) => (event.target.dataset.touched = ""));

  // --- News ------------------------------------------------------------------------------------
  // The bell names regions; the page is asked for again, with the reader's rights of now, and all
  // that is new in it is put in place: by its tag, what was left out would be known and never come.
  const bell = document.body.dataset.live;
  let [source, tag, timer, later, due] = [null, "", 0, 0, false];
  let [asking, opened, told, heard] = [false, false, 0, Date.now()];
  // The regions as the desk wrote them, before this script or the reader touched them.
  const kept = new Map();
  const regions = () => document.querySelectorAll("[data-region]");

  const path = (node, root) => {
    const steps = [];
    for (let at = node; at && at !== root; at = at.parentElement) steps.unshift([...at.parentElement.children].indexOf(at));
    return steps;
  };
  const follow = (steps, root) => steps.reduce((at, step) => at?.children[step], root);

  const swap = (name, page) => {
    const old = document.querySelector(`[data-region="${CSS.escape(name)}"]`);
    const fresh = page.querySelector(`[data-region="${CSS.escape(name)}"]`);
    if (!old || !fresh || kept.get(name)?.isEqualNode(fresh)) return false;
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    // What is being written, or was, is not taken away.
    const fields = [...old.querySelectorAll("input, select, textarea")];
    if (fields.some((field) => field === focused || field.matches("[data-touched]"))) return false;
    // Rows may have changed places: from the nearest that has a name, the way is the same.
    const named = focused?.closest("[data-region] [id]");
    const [id, steps, way] = focused ? [named?.id ?? "", path(focused, named ?? old), path(focused, old)] : ["", [], []];
    const open = [...old.querySelectorAll("details[open]")].map((details) => path(details, old));
    const node = document.adoptNode(fresh);
    kept.set(name, node.cloneNode(true));
    for (const way of open) follow(way, node)?.setAttribute("open", "");
    copying(node);
    times(node);
    old.replaceWith(node);
    if (focused) (follow(steps, document.getElementById(id)) ?? follow(way, node))?.focus({ preventScroll: true });
    return true;
  };

  // A region hears its own name, and those that it names besides.
  const hears = ({ dataset }, names) => names.includes(dataset.region) || (dataset.hears ?? "").split(" ").some((name) => names.includes(name));
  // What has the focus, lies under the reader's hand, or a third down the screen, stays where it is.
  const held = () => {
    const third = document.elementFromPoint(innerWidth / 2, innerHeight / 3);
    const all = [document.activeElement, [...document.querySelectorAll("main :hover")].pop(), third];
    const seen = ({ top, bottom }) => bottom > 0 && top < innerHeight;
    return all.map((at) => at?.closest("main [id]")).find((at) => at && seen(at.getBoundingClientRect()));
  };

  const ask = () => {
    timer = 0;
    if (asking || !due || document.hidden) return;
    [asking, due] = [true, false];
    const [request, begun] = [new XMLHttpRequest(), performance.now()];
    request.open("GET", location.pathname + location.search);
    request.responseType = "document";
    // Nobody did anything: the session must idle out at an empty desk.
    request.setRequestHeader("Ward-News", "1");
    if (tag) request.setRequestHeader("If-None-Match", tag);
    request.timeout = 15000;
    request.onloadend = () => {
      asking = false;
      if (request.status === 200 || request.status === 304) heard = Date.now();
      // Without an answer, what rang is asked for again.
      const failed = [0, 429].includes(request.status) || request.status >= 500;
      due ||= failed;
      if (request.status === 401 || request.status === 403) return stop("You are signed out.");
      const page = request.status === 200 ? request.response : null;
      // Another desk has taken this address: its news do not belong on this page.
      if (page && page.documentElement.dataset.world !== document.documentElement.dataset.world) return location.reload();
      // A page that was led elsewhere, as to the sign-in, or is somebody else's, has nothing to give.
      if (page && (new URL(request.responseURL).pathname !== location.pathname || page.body.dataset.owner !== document.body.dataset.owner)) return stop("You are signed out.");
      if (page) {
        tag = request.getResponseHeader("ETag") ?? "";
        const anchor = held();
        const top = anchor?.getBoundingClientRect().top;
        const changed = [...regions()].map((node) => node.dataset.region).filter((name) => swap(name, page));
        const now = anchor && document.getElementById(anchor.id)?.getBoundingClientRect().top;
        if (changed.length && now) scrollBy({ top: now - top, behavior: "instant" });
        const moment = page.querySelector("[data-as-of]");
        if (moment) {
          times(moment);
          document.querySelector("[data-as-of]")?.replaceWith(document.adoptNode(moment));
        }
        // Whoever listens is told three times a minute at most.
        if (changed.length && Date.now() - told > 20000) {
          told = Date.now();
          tell("News: " + changed.join(", ").replaceAll("-", " ") + ".");
        }
      }
      // A desk that takes long to answer is asked less often; by itself it rings once a second.
      const rest = failed ? 5000 : Math.min(500, Math.max(250, 10 * (performance.now() - begun)));
      if (due && !timer) timer = setTimeout(ask, rest);
    };
    request.send();
  };

  const stop = (why) => {
    [source, later] = [source?.close(), clearTimeout(later)];
    if (why) tell(why);
  };
  const start = () => {
    if (!bell || source || document.hidden) return;
    source = new EventSource(bell);
    // What rang while the line was down was not heard.
    source.onopen = () => (opened ? all() : (opened = true));
    source.onmessage = (event) => {
      const names = event.data.split(/\s+/);
      // The desk lets no bell ring twice in a moment: what rings is answered at once.
      if ([...regions()].some((region) => hears(region, names))) all();
    };
    source.onerror = () => {
      if (source?.readyState !== EventSource.CLOSED) return;
      stop();
      // A desk that had no line to give, as one that starts, is asked again.
      later = setTimeout(wake, 30000);
    };
  };
  const all = () => {
    due = true;
    if (bell && !timer) timer = setTimeout(ask, 0);
  };
  const wake = () => (document.hidden ? stop() : (start(), all()));
  document.addEventListener("visibilitychange", wake);
  // A page that leaves closes its line, so that a browser's few connections stay free.
  addEventListener("pagehide", () => stop());
  addEventListener("pageshow", (event) => event.persisted && start());

  // A page that was not answered for long says so: an old picture looks like a new one.
  if (bell) setInterval(() => document.body.toggleAttribute("data-late", !document.hidden && Date.now() - heard > 150000), 5000);
  for (const region of regions()) kept.set(region.dataset.region, region.cloneNode(true));
  copying(document);
  times(document);
  start();
})();
