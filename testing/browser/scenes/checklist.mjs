// A clerk ticks a point and confirms the contacts on a telephone; the state sees both.
import assert from "node:assert/strict";
import { until } from "../desk.mjs";
import { look } from "../look.mjs";

const PHONE = { width: 390, height: 844 };

export async function checklist(house) {
  const { administrator, clerk, lead } = house.people;
  await anElection(administrator);
  await namesSomebody(lead);
  await ticks(clerk, lead);
  await confirms(clerk, lead);
  await calls(lead);
}

/** An election in a week, so that some points are overdue, some due, some to come. */
async function anElection(administrator) {
  const day = (days) => new Date(Date.now() + days * 86_400_000).toLocaleDateString("sv", { timeZone: "America/Chicago" });
  await administrator.open("/elections/new");
  await administrator.fill("What is it called?", "General election");
  await administrator.fill("The polls open", `${day(7)}T06:00`);
  await administrator.fill("The polls close", `${day(7)}T19:00`);
  await administrator.fill("The result is certified", `${day(35)}T17:00`);
  await administrator.press("Set it");
  assert.match(await administrator.words(), /General election/);
}

/** The state's desk puts a contact down for somebody who called. */
async function namesSomebody(lead) {
  await lead.open("/contacts");
  assert.match(await lead.words(), /Nobody named/);
  await look(lead, "contacts-empty");
  await lead.follow("Adair County");
  await lead.refused(422, () => lead.press("Add this contact"));
  await look(lead, "contact-refused");
  await lead.fill("What they are", "County clerk");
  await lead.fill("Telephone (optional)", "660-555-0142");
  await lead.fill("A second way (optional)", "Sheriff's dispatch, 660-555-0143");
  await lead.press("Add this contact");
  assert.match(await lead.words(), /660-555-0142/);
  assert.equal(await lead.page.getByRole("link", { name: "660-555-0142" }).getAttribute("href"), "tel:6605550142");
}

async function ticks(clerk, lead) {
  await lead.open("/checklists");
  assert.match(await lead.words(), /0 of 116/);
  await look(lead, "checklists");
  await clerk.page.setViewportSize(PHONE);
  await clerk.open("/checklists");
  assert.equal(clerk.path(), "/checklists/adair-county");
  await look(clerk, "clerk-checklist");
  await clerk.page.setViewportSize(PHONE);
  // One press, on a telephone.
  const point = clerk.page.getByRole("listitem").filter({ hasText: "Go through all accounts" });
  await point.getByRole("button", { name: /^Done/ }).click();
  await clerk.page.waitForURL(/checklists\/adair-county\?election=/);
  assert.match(await clerk.words(), /1 of 37/);
  assert.match(await clerk.words(), /Done by Adair clerk/);
  await until("the tick is on the lead's page", async () => /1 of 116/.test(await lead.words()));
  // With words, by what opens.
  const other = clerk.page.getByRole("listitem").filter({ hasText: "Restore one file" });
  await other.getByText("A note, or not needed here").click();
  await other.getByLabel("Why is it not needed here?").fill("The county's own IT does this for all offices.");
  await other.getByRole("button", { name: "Set it aside" }).click();
  await clerk.page.waitForURL(/checklists\/adair-county\?election=/);
  assert.match(await clerk.words(), /2 of 37/);
  await look(clerk, "clerk-checklist-ticked");
  await lead.follow("Go through all accounts and end those that nobody needs");
  assert.match(await lead.words(), /Done by Adair clerk/);
  await look(lead, "checklist-point");
}

async function confirms(clerk, lead) {
  await clerk.page.setViewportSize(PHONE);
  await clerk.open("/contacts");
  assert.equal(clerk.path(), "/contacts/adair-county");
  assert.match(await clerk.words(), /said by Desk lead/);
  await look(clerk, "clerk-contacts");
  await clerk.page.setViewportSize(PHONE);
  await clerk.press("All of this is still right");
  assert.match(await clerk.words(), /said by Adair clerk/);
  await lead.open("/contacts");
  assert.match(await lead.words(), /660-555-0142/);
  await look(lead, "contacts");
}

/** From a point to whom to call about it, and the list for paper. */
async function calls(lead) {
  await lead.open("/checklists/points/accounts-reviewed");
  await lead.follow("Their telephone list");
  assert.match(await lead.words(), /115 offices/);
  await lead.open("/contacts/print");
  assert.match(await lead.words(), /660-555-0142/);
  await look(lead, "contacts-print");
  const sheets = (await lead.page.pdf({ format: "Letter", preferCSSPageSize: true })).toString("latin1").match(/\/Type\s*\/Page\b/g).length;
  assert.ok(sheets <= 4, `the telephone list takes ${sheets} sheets`);
}
