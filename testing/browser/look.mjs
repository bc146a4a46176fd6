// Looks at the page that stands there: by axe-core in both themes, wide and narrow; for sideways
// scrolling; in forced colours; and takes its pictures when asked.
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
export const SIZES = [{ width: 1440, height: 900 }, { width: 390, height: 844 }];
export const THEMES = ["light", "dark"];

/** Looks at the page where a visitor is, under a name of its own. */
export async function look(visitor, name) {
  const { page, house } = visitor;
  house.seen.add(name);
  if (!visitor.scripts) return withoutScripts(visitor, name);
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme });
      const where = `${name} (${size.width}, ${colorScheme})`;
      for (const problem of await violations(page)) house.problems.add(where, problem);
      if (house.pictures) await picture(page, house.pictures, `${name}-${size.width}-${colorScheme}`);
    }
    await sideways(visitor, `${name} (${size.width})`);
  }
  await page.setViewportSize(SIZES[0]);
  await page.emulateMedia({ colorScheme: "light", forcedColors: "active" });
  await forced(visitor, `${name} (forced colours)`);
  if (house.pictures) await picture(page, house.pictures, `${name}-forced`);
  await page.emulateMedia({ forcedColors: "none" });
}

/** Where no script runs, axe-core does not run either: there are pictures alone. */
async function withoutScripts({ page, house }, name) {
  for (const size of house.pictures ? SIZES : []) {
    await page.setViewportSize(size);
    await picture(page, house.pictures, `${name}-${size.width}-light`);
  }
  await page.setViewportSize(SIZES[0]);
}

/** What axe-core finds against WCAG 2.2 A and AA, in sentences. */
export async function violations(page) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  const found = await page.evaluate(async (values) => {
    const result = await axe.run(document, { runOnly: { type: "tag", values }, resultTypes: ["violations"] });
    return result.violations.flatMap(({ id, nodes }) => nodes.map((node) => ({ id, at: node.target.join(" "), why: node.failureSummary })));
  }, RULES);
  return found.map(({ id, at, why }) => `${id} at ${at}: ${why.replaceAll(/\s+/g, " ")}`);
}

/** Nobody has to scroll sideways to read (WCAG 1.4.10). */
async function sideways(visitor, where) {
  const over = await visitor.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (over > 0) visitor.house.problems.add(where, `is ${over} pixels wider than the window`);
}

/** In forced colours the heading is there and is not the colour of its ground. */
async function forced(visitor, where) {
  const told = await visitor.page.evaluate(() => {
    const heading = document.querySelector("h1");
    const own = getComputedStyle(heading);
    return matchMedia("(forced-colors: active)").matches && heading.offsetHeight > 0
      && own.color !== getComputedStyle(document.body).backgroundColor;
  });
  if (!told) visitor.house.problems.add(where, "the heading cannot be read");
}

async function picture(page, folder, name) {
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true, animations: "disabled" });
}
