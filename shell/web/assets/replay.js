// The slider of the night: moved, the page is asked for the moment and its parts are put in place of
// the old ones. Without it, the button beside the slider does the same.
"use strict";
(() => {
  const slider = document.querySelector("input[data-replay]");
  if (!slider) return;
  let [asking, wanted] = [false, null];

  const put = (page, url) => {
    const [id, news] = [document.activeElement?.id, page.querySelector("#stood")?.textContent];
    for (const old of document.querySelectorAll("[data-after]")) {
      const fresh = page.querySelector(`[data-after="${CSS.escape(old.dataset.after)}"]`);
      if (fresh) old.replaceWith(document.adoptNode(fresh));
    }
    // Whoever steps from entry to entry goes on from where they are, or from the other way's end.
    if (id && document.activeElement === document.body) {
      (document.getElementById(id) ?? document.querySelector("[data-after=steps] a") ?? slider).focus({ preventScroll: true });
    }
    slider.setAttribute("aria-valuetext", page.querySelector("input[data-replay]")?.getAttribute("aria-valuetext") ?? "");
    history.replaceState(null, "", url);
    document.getElementById("news").textContent = news ?? "";
  };

  const ask = () => {
    if (asking || !wanted) return;
    const url = wanted;
    [asking, wanted] = [true, null];
    const request = new XMLHttpRequest();
    request.open("GET", url);
    request.responseType = "document";
    request.timeout = 15000;
    request.onloadend = () => {
      asking = false;
      const page = request.status === 200 ? request.response : null;
      // A page that was led elsewhere, as to the sign-in, is gone to.
      if (!page || new URL(request.responseURL).pathname !== location.pathname) return location.assign(url);
      put(page, url);
      ask();
    };
    request.send();
  };

  const go = (url) => {
    wanted = url;
    ask();
  };

  slider.addEventListener("input", () => {
    const url = new URL(slider.form.action);
    for (const [name, value] of new FormData(slider.form)) url.searchParams.set(name, value);
    go(url.href);
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-after=steps] a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    slider.value = new URL(link.href).searchParams.get("t");
    go(link.href);
  });
})();
