// An exercise beside the real desk: it says so on every page, at every width, in every theme, in
// forced colours and on paper; and a browser that is signed in at the one is a stranger at the other.
import assert from "node:assert/strict";
import { join } from "node:path";
import { Visitor } from "../browser.mjs";
import { links } from "../crawl.mjs";
import { startDesk, wardSays } from "../desk.mjs";
import { look, SIZES, THEMES } from "../look.mjs";
import { blockText, PASSWORD } from "../people.mjs";
import { App } from "../totp.mjs";

const BAND = /^EXERCISE\s+Nothing on this page is real\.$/;

export async function exercise(house) {
  const folder = join(house.folder, "exercise");
  const told = await wardSays(["exercise", "begin", "--data", folder, "--from", join(house.folder, "desk"), "--administrator", "drill@office.example"]);
  const link = told.match(/https:\S+(\/invitation\?key=\S+)/)[1];
  const desk = await startDesk(folder, "--exercise");
  assert.ok(desk.process.said.includes("EXERCISE: nothing on this desk is real."));
  const apart = { ...house, origin: desk.origin };
  const drill = await Visitor.arrive(apart, "the exercise's administrator");
  await comesIn(drill, link);
  await everywhere(drill, "exercise-home");
  await everyLink(drill);
  await refusals(drill);
  await onPaper(drill);
  await strangers(house, apart, drill);
  await drill.leave();
  await desk.stop();
}

/** By the link that the command printed. */
async function comesIn(drill, link) {
  await drill.open(link);
  await drill.page.waitForURL(drill.origin + "/invitation");
  await everywhere(drill, "exercise-invitation");
  await drill.fill("New password", PASSWORD);
  await drill.fill("The same again", PASSWORD);
  await drill.press("Choose this password");
  drill.app = new App(await blockText(drill, "Secret, to type by hand"));
  await drill.fill("Code that the app shows", await drill.app.next());
  await drill.press("Add the app");
  await drill.page.getByRole("heading", { name: "Your recovery codes", exact: true }).waitFor();
  await marked(drill, "the recovery codes");
  await drill.follow("I have kept them: open the desk");
  assert.equal(drill.path(), "/");
}

/** The page says that it is of an exercise: in its title, and in a band that stays in view. */
async function marked(visitor, where) {
  const { page, house } = visitor;
  const wrong = (what) => house.problems.add(where, what);
  if (!(await page.title()).startsWith("EXERCISE: ")) wrong(`its title is "${await page.title()}"`);
  const band = page.locator("aside.world");
  if ((await band.count()) !== 1) return wrong("it has no band");
  if (!BAND.test((await band.innerText()).replaceAll(/\s+/g, " "))) wrong(`its band says "${await band.innerText()}"`);
  for (const end of ["0", "document.documentElement.scrollHeight"]) {
    await page.evaluate(`scrollTo(0, ${end})`);
    const box = await band.boundingBox();
    const size = page.viewportSize();
    const seen = box && box.y >= 0 && box.y + box.height <= size.height && box.width > 0.9 * size.width;
    if (!seen) wrong(`its band is not in view: ${JSON.stringify(box)}`);
    const above = await page.evaluate(({ x, y }) => document.elementFromPoint(x, y)?.closest("aside.world") !== null, { x: box.x + 30, y: box.y + box.height / 2 });
    if (!above) wrong("something stands before its band");
  }
  await page.evaluate("scrollTo(0, 0)");
}

/** The same at every width, in every theme and in forced colours. */
async function everywhere(visitor, name) {
  const { page } = visitor;
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme, forcedColors: "none" });
      await marked(visitor, `${name} (${size.width}, ${colorScheme})`);
    }
    await page.emulateMedia({ forcedColors: "active" });
    await marked(visitor, `${name} (${size.width}, forced colours)`);
    const drawn = await page.locator("aside.world").evaluate((band) => {
      const own = getComputedStyle(band);
      return parseFloat(own.borderTopWidth) > 0 && own.color !== own.backgroundColor;
    });
    if (!drawn) visitor.house.problems.add(name, "its band is not drawn in forced colours");
    await page.emulateMedia({ forcedColors: "none", colorScheme: "light" });
  }
  await page.setViewportSize(SIZES[0]);
  await look(visitor, name);
}

/** Every page that links lead to, one of each kind: each is marked. How they look otherwise is seen at
    the real desk, whose pages they are. */
async function everyLink(drill) {
  const kind = (url) => url.pathname.split("/").map((part) => (/^[a-z]*$/.test(part) ? part : "*")).join("/");
  const waiting = [new URL(drill.origin)];
  const seen = new Set(waiting.map(kind));
  while (waiting.length) {
    const url = waiting.shift();
    await drill.page.goto(url.href);
    await marked(drill, `exercise ${url.pathname}`);
    for (const next of await links(drill)) {
      if (!seen.has(kind(next))) waiting.push(next);
      seen.add(kind(next));
    }
  }
  assert.ok(seen.size > 15, `pages that links lead to: ${[...seen].join(" ")}`);
}

async function refusals(drill) {
  await drill.refused(404, () => drill.open("/nothing-is-here"));
  await everywhere(drill, "exercise-not-found");
}

/** On paper the band stands at the top of the first sheet; the margins of every sheet say it too. */
async function onPaper(drill) {
  await drill.open("/people");
  await drill.page.emulateMedia({ media: "print" });
  const band = drill.page.locator("aside.world");
  const [text, colour, ground] = await band.evaluate((one) => [one.innerText, getComputedStyle(one).color, getComputedStyle(one).backgroundColor]);
  assert.match(text.replaceAll(/\s+/g, " "), BAND);
  assert.notEqual(colour, ground, "the band can be read on paper");
  const sheets = await drill.page.evaluate(() => [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]).some((rule) => rule instanceof CSSPageRule && rule.selectorText === "exercise"));
  assert.ok(sheets, "every sheet says it");
  await drill.page.emulateMedia({ media: "screen" });
}

/** A browser sends what it has for a host to all of its ports: it is nothing to the other desk. */
async function strangers(house, apart, drill) {
  const { administrator } = house.people;
  for (const [there, from] of [[apart, administrator], [house, drill]]) {
    const stranger = await Visitor.arrive(there, `a stranger at ${there.origin}`);
    await stranger.context.addCookies(await from.context.cookies());
    await stranger.open("/people");
    assert.match(stranger.path(), /^\/sign-in/);
    await stranger.leave();
  }
  await administrator.open("/people");
  assert.equal(administrator.path(), "/people");
  assert.equal(await administrator.page.locator("aside.world").count(), 0);
  assert.ok(!(await administrator.page.title()).includes("EXERCISE"));
}
