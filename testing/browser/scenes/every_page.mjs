// Every page that a role can reach by links, and what a role may not reach.
import assert from "node:assert/strict";
import { crawl } from "../crawl.mjs";
import { look } from "../look.mjs";

export async function everyPage(house) {
  const { administrator, lead, clerk } = house.people;
  const known = new Set();
  const reached = await crawl(administrator, "administrator", known);
  for (const page of ["/people", "/people/one", "/audit", "/settings", "/settings/tokens", "/hunt", "/sensors/one", "/cases/one", "/incidents/one", "/incidents/events", "/rumors/one", "/look", "/room", "/room/positions/one", "/room/checks/one", "/account"]) {
    assert.ok(reached.includes(page), `no link leads to ${page}: ${reached.join(" ")}`);
  }
  await crawl(lead, "lead", known);
  await hunts(lead);
  // A clerk's pages say other things than the state's, so that they are looked at again.
  await crawl(clerk, "clerk");
  await clerk.refused(403, () => clerk.open("/audit"));
  await look(clerk, "forbidden");
  await clerk.refused(404, () => clerk.open("/nothing-is-here"));
  await makesAToken(administrator);
}

async function hunts(lead) {
  const [label, list] = ["Addresses, networks, accounts, domains or hashes", "203.0.113.66\n192.0.2.99"];
  await lead.open("/hunt");
  await lead.fill(label, list);
  await lead.press("Search");
  assert.equal(await lead.page.getByLabel(label).inputValue(), list, "what was asked for stands there again");
  await look(lead, "hunt-answer");
}

async function makesAToken(administrator) {
  await administrator.open("/settings/tokens");
  if (administrator.path().startsWith("/confirm")) {
    await administrator.press("Use a passkey");
    await administrator.page.waitForURL(/tokens/);
  }
  await look(administrator, "tokens");
}
