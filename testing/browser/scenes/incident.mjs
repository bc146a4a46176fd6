// A clerk reports from a telephone; the desk takes it over, somebody else makes sure of it, and it
// is closed by the keyboard alone.
import assert from "node:assert/strict";
import { look } from "../look.mjs";
import { Hands } from "./case_by_keyboard.mjs";

const PHONE = { width: 390, height: 844 };

export async function incident(house) {
  const { clerk, analyst, lead } = house.people;
  await clerk.page.setViewportSize(PHONE);
  const path = await reports(clerk);
  await look(clerk, "clerk-incident");
  await takes(analyst, path);
  await makesSure(lead, path);
  await closes(lead);
  await corrects(clerk, path);
}

async function reports(clerk) {
  await clerk.open("/");
  await clerk.open("/incidents");
  assert.match(await clerk.words(), /No incident is open/);
  await look(clerk, "clerk-incidents-empty");
  await clerk.follow("Report an incident");
  await look(clerk, "clerk-report");
  await clerk.page.setViewportSize(PHONE);
  await clerk.refused(422, () => clerk.press("Report it"));
  assert.match(await clerk.words(), /Say whether people can vote there/);
  // Where a telephone was scrolled to, the wide page's heading would lie over a control.
  await clerk.page.evaluate(() => scrollTo(0, 0));
  await look(clerk, "clerk-report-refused");
  await clerk.page.setViewportSize(PHONE);
  await clerk.page.getByLabel("No, voting has stopped").check();
  await clerk.page.getByLabel("What is it about?").selectOption("Poll books");
  await clerk.fill("Where is it?", "Precinct 4, school gym");
  await clerk.fill("What happened?", "The poll books show yesterday's list.");
  await clerk.fill("A number to call back (optional)", "555-0142");
  const sent = await clerk.page.evaluate(() => new URLSearchParams(new FormData(document.querySelector("main form"))).toString());
  await clerk.press("Report it");
  await clerk.page.waitForURL(/\/incidents\/incident-/);
  assert.match(await clerk.words(), /Voting stopped/);
  const first = clerk.path();
  // Sent again by a telephone that lost its network on the way: it is the same.
  assert.equal(await sendsAgain(clerk, sent), first);
  await clerk.open("/incidents");
  assert.equal(await clerk.page.getByRole("table").getByRole("link").count(), 1, "reported once");
  await clerk.page.getByRole("table").getByRole("link").click();
  await clerk.page.getByRole("heading", { name: "What was put down" }).waitFor();
  return clerk.path();
}

/** Sends the form once more; where that leads. */
function sendsAgain(clerk, body) {
  return clerk.page.evaluate(async (body) => {
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const answer = await fetch("/incidents/new", { method: "POST", headers, body });
    return new URL(answer.url).pathname;
  }, body);
}

async function takes(analyst, path) {
  await analyst.open("/");
  await analyst.goTo("Incidents");
  await look(analyst, "incidents");
  await analyst.open(path);
  await analyst.press("Take it over");
  assert.match(await analyst.words(), /Taken over/);
  await look(analyst, "incident-taken");
}

async function makesSure(lead, path) {
  await lead.open(path);
  await lead.page.getByText("Make sure of it", { exact: true }).click();
  await lead.fill("The event in one line", "Poll books of yesterday at one place");
  await lead.fill("How did you make sure?", "Called the presiding judge at a known number.");
  await lead.press("It is so");
  await lead.open("/incidents/events");
  assert.match(await lead.words(), /Poll books of yesterday at one place/);
  await look(lead, "events");
  await lead.open(path);
}

/** No pointer: what can be reached can be reached by Tab, opened by Enter, and is seen. */
async function closes(lead) {
  const { page } = lead;
  const hands = new Hands(lead);
  await hands.summary("Close it");
  await page.keyboard.press("Enter");
  await hands.field("text");
  await hands.type("The right list was loaded; nobody was turned away.");
  await look(lead, "incident-closing");
  await hands.button("Close it");
  await page.keyboard.press("Enter");
  await page.waitForURL(/incident-/);
  await page.getByRole("heading", { name: "Open it again" }).waitFor();
  assert.match(await lead.words(), /nobody was turned away/);
}

async function corrects(clerk, path) {
  await clerk.open(path);
  await clerk.page.getByText("An entry is wrong", { exact: true }).click();
  await clerk.page.getByLabel("Which entry?").selectOption({ index: 1 });
  await clerk.fill("How should it read?", "The list was of the primary, not of yesterday.");
  await clerk.press("Correct it");
  const words = await clerk.words();
  assert.match(words, /Corrected: The list was of the primary/);
  assert.match(words, /yesterday's list/, "the first words stay");
  await look(clerk, "clerk-incident-corrected");
}
