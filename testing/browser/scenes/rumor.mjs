// A clerk hears a rumor; the desk finds out, tells, and another clerk reads the facts and no name.
import assert from "node:assert/strict";
import { look } from "../look.mjs";

export async function rumor(house) {
  const { clerk, analyst, lead } = house.people;
  await analyst.open("/rumors");
  await look(analyst, "rumors-empty");
  const path = await hears(clerk);
  await findsOut(lead, path);
  await clerk.open(path);
  const words = await clerk.words();
  assert.match(words, /This is not so/);
  assert.match(words, /They close at seven/);
  await look(clerk, "clerk-rumor");
  await looksUp(lead);
  await looksUpOnATelephone(clerk);
}

async function hears(clerk) {
  await clerk.page.setViewportSize({ width: 390, height: 844 });
  await clerk.open("/rumors/new");
  await look(clerk, "clerk-rumor-new");
  await clerk.fill("What is told?", "Polls close at five.");
  await clerk.fill("Where did you hear it?", "A group of neighbours");
  await clerk.page.getByLabel("How far does it seem to go?").selectOption("few");
  await clerk.fill("Where it stands (optional)", "https://neighbours.example/post/1");
  await clerk.press("Report it");
  await clerk.page.waitForURL(/\/rumors\/rumor-/);
  const { page } = clerk;
  assert.match(await clerk.words(), /hxxps:\/\/neighbours\[\.\]example/);
  assert.equal(await page.locator("a[href*=neighbours]").count(), 0, "nobody gets there by a click");
  return clerk.path();
}

async function findsOut(lead, path) {
  await lead.open("/");
  await lead.goTo("Rumors");
  assert.match(await lead.words(), /1 waiting/);
  await lead.open(path);
  await look(lead, "rumor");
  await lead.page.getByLabel("Not so").check();
  await lead.fill("The facts", "They close at seven.");
  await lead.fill("Who confirmed them?", "The county clerk");
  await lead.page.locator("#find").getByRole("button", { name: "Put it down" }).click();
  await lead.page.getByText("This is not so").first().waitFor();
  await lead.fill("Who was told?", "All clerks");
  await lead.fill("What were they told?", "Polls close at seven. What says five is not so.");
  await lead.page.locator("#tell").getByRole("button", { name: "Put it down" }).click();
  await lead.page.getByText("heard 1 time").waitFor();
  assert.match(await lead.words(), /All clerks/);
  await look(lead, "rumor-told");
  await lead.open("/rumors");
  await look(lead, "rumors");
}

/** From every page the key "/" leads to the field; it can be switched off. */
async function looksUp(lead) {
  const { page } = lead;
  await lead.open("/room");
  const inField = () => page.evaluate(() => document.activeElement.id);
  await page.keyboard.press("/");
  assert.equal(await inField(), "look-up");
  await page.keyboard.type("203.0.113.66");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/look$/);
  assert.match(await lead.words(), /Read as an address/);
  assert.match(await lead.words(), /Thirteen months of history/);
  await look(lead, "look-found");
  await lead.open("/look");
  await look(lead, "look");
  await lead.press("Switch the key / off on this device");
  await lead.open("/room");
  await page.keyboard.press("/");
  assert.equal(await inField(), "", "it is switched off");
  await lead.open("/look");
  await lead.press("Let the key / lead to the look-up");
}

async function looksUpOnATelephone(clerk) {
  await clerk.page.setViewportSize({ width: 390, height: 844 });
  await clerk.open("/");
  await clerk.follow("Look up");
  await clerk.page.locator("#look-q").fill("neighbours");
  await clerk.page.locator("main").getByRole("button", { name: "Look up" }).click();
  await clerk.page.getByRole("heading", { name: "Rumors" }).waitFor();
  assert.equal(clerk.path(), "/look", "nothing of it stands in the address");
}
