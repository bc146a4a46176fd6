// The demonstration: its pages have much more on them than those of an office of a minute ago.
import assert from "node:assert/strict";
import { join } from "node:path";
import { Visitor } from "../browser.mjs";
import { crawl } from "../crawl.mjs";
import { startDesk, until } from "../desk.mjs";
import { look } from "../look.mjs";

export async function demonstration(house) {
  const desk = await startDesk(join(house.folder, "demo"), "--demo");
  const apart = { ...house, origin: desk.origin };
  const visitor = await Visitor.arrive(apart, "whoever looks on");
  await visitor.open("/");
  assert.equal(visitor.path(), "/demo");
  await look(visitor, "demo");
  const roles = await visitor.page.getByRole("button").allInnerTexts();
  assert.ok(roles.length >= 3, `roles to look on as: ${roles}`);
  await visitor.leave();
  // A local office's pages are others than the state's.
  const known = { state: new Set(), local: new Set() };
  for (const role of roles) {
    const one = await Visitor.arrive(apart, role);
    await one.open("/demo");
    await one.press(role);
    await until("cases have come", async () => {
      await one.open("/cases");
      return (await one.page.locator("tbody tr").count()) > 0;
    });
    const name = role.replace(/^Look on as /, "").replaceAll(/\W+/g, "-").toLowerCase();
    await crawl(one, `demo-${name}`, /County/.test(role) ? known.local : known.state);
    await one.leave();
  }
  await desk.stop();
}
