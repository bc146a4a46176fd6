// Guesses in a log become a case: the clerk reads it in plain words, the analyst reads why and on
// what evidence, the lead decides, and the audit has it all.
import assert from "node:assert/strict";
import { until } from "../desk.mjs";
import { look } from "../look.mjs";

const ATTACKER = "203.0.113.66";
const ANSWER = "The telephone of the office is dead.";

export async function aCase(house) {
  const { clerk, analyst, lead, auditor } = house.people;
  await isToldWhileTheyWrite(house);
  await clerk.goTo("Cases");
  await look(clerk, "clerk-cases");
  await opensTheCase(clerk);
  assert.match(await clerk.words(), /Call the state's desk now/);
  await look(clerk, "clerk-case");

  await analyst.open("/");
  await look(analyst, "home");
  await analyst.goTo("Cases");
  await look(analyst, "cases");
  await opensTheCase(analyst);
  await reads(analyst);
  await look(analyst, "case");
  assert.equal(await analyst.page.getByText("Decide", { exact: true }).count(), 0, "an analyst does not decide");
  await analyst.page.getByText("Write a note", { exact: true }).click();
  await analyst.fill("A note for the state's desk", "The clerk was called.");
  await analyst.press("Write it down");
  assert.match(await analyst.words(), /The clerk was called\./);

  await lead.open("/cases");
  await opensTheCase(lead);
  await decides(lead);
  await theAuditHasIt(auditor);
}

/** The page has the news without being asked for again, also while its person answers on it. */
async function isToldWhileTheyWrite(house) {
  const { clerk, lead } = house.people;
  await lead.open("/room/checks/new");
  await lead.press("Ask all of them");
  await clerk.open("/");
  await clerk.page.locator("summary", { hasText: "We are here, and not all is well" }).click();
  const answer = clerk.page.getByLabel("What is not well, and what do you need?");
  await answer.pressSequentially(ANSWER);
  assert.doesNotMatch(await clerk.words(), /got into/);
  await house.log.attack(ATTACKER);
  await until("the clerk's page tells it", async () => /Somebody got into a machine of your office/.test(await clerk.words()));
  assert.match(await clerk.words(), /Call the state's desk now/);
  assert.equal(await answer.inputValue(), ANSWER, "what is being written is not taken away");
  await lead.press("End this check");
  await clerk.open("/");
  await look(clerk, "clerk-home");
}

async function opensTheCase(visitor) {
  await visitor.page.getByRole("table").getByRole("link").first().click();
  await visitor.page.getByRole("heading", { name: /^Why it is called/ }).waitFor();
  assert.match(visitor.path(), /^\/cases\/[^/?]+$/);
}

/** Why it stands where it stands, and the sealed records with their hashes. */
async function reads(analyst) {
  // Records are sealed a moment after a case opens.
  await until("records are sealed", async () => {
    await analyst.page.reload();
    return /SHA-256 [0-9a-f]{64}/.test(await analyst.words());
  });
  const words = await analyst.words();
  assert.match(words, /Why it is called access/);
  assert.ok(words.includes(ATTACKER), "the source is named");
  assert.match(words, /Accepted password for clerk01 from 203\.0\.113\.66/);
  assert.doesNotMatch(words, /does not fit its seal/);
}

async function decides(lead) {
  const decision = lead.page.locator("#decide");
  const putDown = async () => {
    await decision.getByRole("button", { name: "Put it down" }).click();
    await lead.page.waitForLoadState("domcontentloaded");
  };
  await lead.page.getByText("Decide", { exact: true }).click();
  await decision.getByLabel("Closed", { exact: true }).check();
  await lead.refused(422, putDown);
  assert.equal(await lead.page.locator("[aria-invalid]").count(), 1, "closing needs a reason");
  await look(lead, "case-decision-refused");
  await decision.getByLabel("Why", { exact: true }).fill("The account was locked and the clerk called.");
  await putDown();
  const words = await lead.words();
  assert.match(words, /The account was locked and the clerk called\./);
  await look(lead, "case-closed");
}

async function theAuditHasIt(auditor) {
  await auditor.open("/audit");
  const words = await auditor.words();
  for (const act of ["Looked at a case and its records", "Wrote a note to a case", "Decided what to make of a case"]) {
    assert.ok(words.includes(act), `the audit has no "${act}"`);
  }
  await look(auditor, "audit");
}
