// The browser, and the people who sit at it: each has a context, that is, cookies of their own.
import { chromium } from "playwright-core";

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
  // A browser fetches a worker by itself, past what `ignoreHTTPSErrors` says for pages: the desk's
  // own authority is as good as installed.
  "--ignore-certificate-errors",
  // Whatever a page might ask for elsewhere, it is not there.
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
];

export function launch() {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, headless: true, args: FLAGS });
}

/** What went wrong and is not an exception: listed at the end, and then the run has failed. */
export class Problems {
  constructor() {
    this.list = [];
  }

  add(where, what) {
    this.list.push(`${where}: ${what}`);
  }
}

/** Somebody at a browser. What their pages ask for, refuse and complain about is watched. */
export class Visitor {
  static async arrive(house, name, options = {}) {
    const visitor = new Visitor();
    const size = { width: 1440, height: 900 };
    Object.assign(visitor, { house, name, origin: house.origin, refusals: [] });
    visitor.scripts = options.javaScriptEnabled ?? true;
    visitor.context = await house.browser.newContext({
      ignoreHTTPSErrors: true, viewport: size, locale: "en-US", timezoneId: "America/Chicago", ...options,
    });
    visitor.context.setDefaultTimeout(20_000);
    visitor.page = await visitor.context.newPage();
    visitor.watch();
    return visitor;
  }

  watch() {
    const { context, page } = this;
    const where = () => `${this.name} at ${page.url().replace(this.origin, "") || "/"}`;
    const problem = (what) => this.house.problems.add(where(), what);
    context.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(this.origin + "/") && !url.startsWith("data:")) problem(`asked for ${url}`);
    });
    context.on("response", (response) => {
      const status = response.status();
      if (status >= 500 && !this.refusals.includes(status)) problem(`the desk answered ${status} to ${response.url()}`);
    });
    context.on("weberror", (error) => problem(`a script failed: ${error.error()}`));
    context.on("console", (message) => {
      if (!["error", "warning"].includes(message.type())) return;
      // Whose network is away asks in vain.
      if (this.away && /net::ERR_/.test(message.text())) return;
      // The browser complains of each answer that is a refusal; those that were meant are no problem.
      const status = message.text().match(/status of ([45]\d\d)/)?.[1];
      const meant = this.refusals.indexOf(Number(status));
      if (meant >= 0) this.refusals.splice(meant, 1);
      else problem(`the console says: ${message.text()}`);
    });
  }

  /** Does what the desk is to refuse with this status. */
  async refused(status, act) {
    this.refusals.push(status);
    const answer = this.page.waitForResponse((response) => response.request().isNavigationRequest() && response.status() === status);
    await Promise.all([answer, act()]);
  }

  async open(path) {
    await this.page.goto(this.origin + path);
  }

  path() {
    const { pathname, search } = new URL(this.page.url());
    return pathname + search;
  }

  /** The words of the page's content. */
  words() {
    return this.page.locator("main").innerText();
  }

  async press(name) {
    await this.page.getByRole("button", { name, exact: true }).click();
    await this.page.waitForLoadState("domcontentloaded");
  }

  async follow(name) {
    await this.page.getByRole("link", { name, exact: true }).first().click();
    await this.page.waitForLoadState("domcontentloaded");
  }

  /** Goes to a room of the house; its link may say how much waits there. */
  async goTo(room) {
    const rooms = this.page.locator("#rooms");
    const link = rooms.getByRole("link", { name: new RegExp(`^${room}`), includeHidden: true });
    // The rarer rooms stand behind one word.
    if (!(await link.isVisible())) await rooms.locator("summary").click();
    await link.click();
    await this.page.waitForLoadState("domcontentloaded");
  }

  async fill(label, value) {
    await this.page.getByLabel(label, { exact: true }).fill(value);
  }

  async leave() {
    await this.context.close();
  }
}
