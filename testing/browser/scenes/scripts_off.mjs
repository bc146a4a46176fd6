// Scripts off: signing in by an app's code, cases, a case, a form.
import assert from "node:assert/strict";
import { Visitor } from "../browser.mjs";
import { look } from "../look.mjs";
import { byApp, signIn } from "../people.mjs";

export async function scriptsOff(house) {
  const { clerk } = house.people;
  const plain = await Visitor.arrive(house, "the clerk without scripts", { javaScriptEnabled: false });
  plain.email = clerk.email;
  await signIn(plain);
  await byApp(plain, await clerk.app.next());
  assert.equal(plain.path(), "/");
  assert.match(await plain.words(), /your office/);
  assert.ok(await plain.page.locator("a", { hasText: "Refresh" }).isVisible(), "one can ask for news");
  await look(plain, "scripts-off-home");

  // On a narrow screen the rooms open by the browser's own means.
  await plain.page.setViewportSize({ width: 390, height: 844 });
  await plain.press("Menu");
  await plain.goTo("Cases");
  await plain.page.setViewportSize({ width: 1440, height: 900 });
  assert.equal(plain.path(), "/cases");
  await plain.page.locator("select[name=rung]").selectOption("scan");
  await plain.press("Show");
  assert.match(plain.path(), /rung=scan/);
  // The lead closed it for the office as well.
  await plain.open("/cases?standing=closed&rung=scan");
  await plain.page.getByRole("table").getByRole("link").first().click();
  assert.match(await plain.words(), /Why it is called access/);
  await plain.fill("A note for your office and the state's desk", "Nobody of ours was at work then.");
  await plain.press("Write it down");
  assert.match(await plain.words(), /Nobody of ours was at work then\./);
  await look(plain, "scripts-off-case");

  // What needs scripts says so.
  await plain.open("/account/factors/add");
  assert.match(await plain.words(), /in this one scripts are off/);
  assert.equal(await plain.page.getByRole("button", { name: "Copy" }).count(), 0, "no button that does nothing");
  await plain.leave();
}
