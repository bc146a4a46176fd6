// A shift is handed over and signed, and all local authorities are asked whether they can be reached.
import assert from "node:assert/strict";
import { until } from "../desk.mjs";
import { look } from "../look.mjs";

const NOTES = "Boone County waits for a call back. The vendor was told at nine.";

export async function shift(house) {
  const { clerk, analyst, lead } = house.people;
  await handsOver(analyst);
  await signs(lead);
  await asks(lead, clerk);
}

async function handsOver(analyst) {
  await analyst.open("/");
  await analyst.goTo("Room");
  await look(analyst, "room");
  await analyst.open("/room/positions/cases");
  await look(analyst, "position-free");
  await analyst.press("Take this position");
  await analyst.fill("What happened", "Boone County called about its poll books.");
  await analyst.press("Write it down");
  await analyst.fill("What the next has to know", NOTES);
  await analyst.press("Leave these notes");
  assert.match(await analyst.words(), /The next signs this/);
  await look(analyst, "position-held");
}

async function signs(lead) {
  await lead.open("/room/positions/cases");
  assert.ok((await lead.words()).includes(NOTES));
  await look(lead, "position-notes");
  await lead.press("I have read it and take over");
  assert.match(await lead.words(), /Signed and took over/);
}

async function asks(lead, clerk) {
  await clerk.open("/");
  await lead.open("/room");
  await lead.follow("Check who can be reached");
  await look(lead, "check-new");
  await lead.press("Ask all of them");
  assert.match(await lead.words(), /0 of 116 have answered/);
  // The clerk's page has it without being asked for again.
  await until("the clerk is asked", async () => /The state's desk asks/.test(await clerk.words()));
  await look(clerk, "clerk-asked");
  await clerk.press("We are here: all well");
  assert.doesNotMatch(await clerk.words(), /The state's desk asks/);
  assert.match(await clerk.words(), /Thank you. Your answer was put down at \d\d:\d\d; you can change it below/);
  await look(clerk, "clerk-answered");
  await until("the answer is on the lead's page", async () => /1 of 116 have answered/.test(await lead.words()));
  await lead.page.getByLabel("Who", { exact: true }).selectOption("Cole County");
  await lead.page.getByLabel("Nobody answered").check();
  await lead.press("Put it down");
  await look(lead, "check");
  await lead.press("End this check");
  assert.match(await lead.words(), /1 of 116 have answered/);
}
