// A device that two people share: what one of them wrote is shown to nobody else, stands under nobody
// else's name, and is not lost.
import assert from "node:assert/strict";
import { Visitor } from "../browser.mjs";
import { until } from "../desk.mjs";
import { look } from "../look.mjs";
import { byApp, signIn } from "../people.mjs";

const FORM = "/incidents/new";
const WORDS = "A scanner shows an error.";
const sessions = new Map();

export async function sharedDevice(house) {
  const { clerk, it } = house.people;
  const device = await Visitor.arrive(house, "a device that two people share");
  await enters(device, clerk);
  await isKeptForItsPerson(device, it);
  await isAskedAbout(device, it, clerk);
  await staysWithWhoeverOpenedThePage(device, clerk, it);
  await isNobodysOnceTheyLeft(device, clerk, it);
  await isAskedOnceTheirSessionIsOver(device, clerk);
  await device.leave();
}

/** One more tab of the same browser. */
const anotherTab = async (visitor) => Object.assign(Object.create(visitor), { page: await visitor.context.newPage() });

/** Somebody signs in; the second time their session of before is taken up, for codes are slow to come. */
async function enters(tab, person) {
  if (sessions.has(person)) await tab.context.addCookies(sessions.get(person));
  else {
    tab.email = person.email;
    await signIn(tab);
    await byApp(tab, await person.app.next());
    await tab.page.waitForURL(tab.origin + "/");
    sessions.set(person, (await tab.context.cookies()).filter(({ name }) => name.includes("session")));
  }
  await tab.open("/");
}

/** The session ends as it does by itself: nobody signs out. */
const sessionEnds = (visitor) => visitor.context.clearCookies({ name: /session/ });

async function writes(tab) {
  await tab.page.getByLabel("What is it about?").selectOption("Voting equipment");
  await tab.fill("Where is it?", "A gym");
  await tab.fill("What happened?", WORDS);
}

const formIsKept = ({ page }) => until("the worker has the form", () => page.evaluate(async () => Boolean(await caches.match("/incidents/new/offline"))));
const written = ({ page }) => page.getByLabel("What happened?").inputValue();

async function away(visitor, is) {
  await visitor.context.setOffline(is);
  visitor.away = is;
}

/** The clerk's words are not there for whoever signs in in another tab, also without a network. */
async function isKeptForItsPerson(device, it) {
  const { page } = device;
  await device.open(FORM);
  await formIsKept(device);
  await writes(device);
  await page.waitForFunction(() => Object.keys(localStorage).some((name) => name.includes(".draft.")));
  await sessionEnds(device);
  const other = await anotherTab(device);
  await enters(other, it);
  await page.getByText("You are not signed in here any more").waitFor();
  assert.equal(await written(device), "", "the form is empty");
  await until("the form that was kept for the clerk is gone", () => other.page.evaluate(async () => !(await caches.keys()).length));
  // The key of whoever was there before does not hold in any tab.
  await other.open(FORM);
  await formIsKept(other);
  await away(device, true);
  await page.reload();
  await page.getByText("There is no network now").waitFor();
  assert.equal(await written(device), "");
  assert.ok(!(await page.content()).includes("scanner"), "nothing of it is on the page");
  await away(device, false);
  await device.open(FORM);
  assert.equal(await written(device), "");
  // The browser does not give them back either.
  await device.open("/incidents");
  await page.goBack();
  assert.equal(await written(device), "");
  await other.page.close();
}

/** What was written before anybody was signed in is shown to whoever says that it is theirs. */
async function isAskedAbout(device, it, clerk) {
  await sessionEnds(device);
  await away(device, true);
  const tab = await anotherTab(device);
  await tab.open(FORM);
  await tab.page.getByText("There is no network now").waitFor();
  await writes(tab);
  await tab.page.waitForFunction(() => Object.keys(sessionStorage).some((name) => name.startsWith("ward-kept.")));
  await away(device, false);
  await enters(tab, it);
  await tab.open(FORM);
  const question = tab.page.getByText(/^Words were written on this device before you signed in, at .*: are they yours\?$/);
  await question.waitFor();
  assert.equal(await written(tab), "", "they are not shown yet");
  await look(tab, "words-of-whom");
  // They are not: they stay for whoever comes.
  await sessionEnds(device);
  await enters(tab, clerk);
  await question.waitFor();
  await tab.open(FORM);
  // The clerk's own words of before stand there, and are not written over.
  await tab.page.getByText("What you wrote before stands here again").waitFor();
  await tab.page.getByRole("button", { name: "Show" }).click();
  await tab.page.getByText("Other words stand in that form").waitFor();
  await tab.page.getByRole("button", { name: "Empty the form" }).click();
  await tab.page.reload();
  await question.waitFor();
  await tab.page.getByRole("button", { name: "Show" }).click();
  await tab.page.waitForFunction(() => document.querySelector("textarea[name=what]").value !== "");
  assert.equal(await written(tab), WORDS);
  assert.equal(await question.count(), 0);
  tab.page.once("dialog", (dialog) => dialog.accept());
  await tab.page.getByRole("button", { name: "Empty the form" }).click();
  await tab.page.close();
}

/** A form of the clerk's page that is sent when somebody else is signed in stands under nobody's name. */
async function staysWithWhoeverOpenedThePage(device, clerk, it) {
  const { page } = device;
  await device.open("/contacts/adair-county");
  await device.fill("What they are", "Duty telephone");
  await device.fill("Telephone (optional)", "573-555-0142");
  await sessionEnds(device);
  const other = await anotherTab(device);
  await enters(other, it);
  await device.refused(412, () => page.getByRole("button", { name: "Add this contact" }).click());
  assert.match(await device.words(), /Nothing was put down\. You are signed in as Adair machines\./);
  assert.match(await device.words(), /573-555-0142/);
  await look(device, "opened-by-another");
  await sessionEnds(device);
  await enters(other, clerk);
  // From here the clerk sends it after all, and says once more that it is theirs.
  await device.refused(412, () => page.getByRole("button", { name: "Send it as Adair machines" }).click());
  await device.press("Send it as Adair clerk");
  await page.waitForURL(/\/contacts\/adair-county$/);
  assert.match(await device.words(), /Duty telephone/);
  await page.locator("summary", { hasText: "Change or remove" }).click();
  await page.getByRole("button", { name: /^Remove this contact/ }).click();
  await page.getByText("Nobody is named").first().waitFor();
  await other.page.close();
}

/** What is written into the clerk's page after somebody else signed in is not hers: it is asked about. */
async function isNobodysOnceTheyLeft(device, clerk, it) {
  await sessionEnds(device);
  const tab = await anotherTab(device);
  await enters(tab, clerk);
  await tab.open(FORM);
  await sessionEnds(device);
  const other = await anotherTab(device);
  await enters(other, it);
  // Nothing was written: it is said all the same.
  await tab.page.getByText(/^You are not signed in here any more$/).waitFor();
  await writes(tab);
  await tab.page.getByLabel("Yes, but slower than it should be").check();
  await tab.page.getByRole("button", { name: "Report it" }).click();
  await tab.page.getByText("Sign in first: what you wrote stays in this page").waitFor();
  const sealed = await tab.page.evaluate(() => Object.keys(localStorage).filter((name) => /\.(draft|out)\./.test(name)));
  assert.deepEqual(sealed, [], "nothing of it is kept as the clerk's");
  await tab.page.locator("#kept").getByRole("link", { name: "Sign in" }).click();
  await tab.page.getByText(/^Words were written on this device before you signed in/).waitFor();
  assert.equal(await written(tab), "", "they are not shown yet");
  await tab.page.getByRole("button", { name: "Show" }).click();
  await tab.page.waitForFunction(() => document.querySelector("textarea[name=what]").value !== "");
  assert.equal(await written(tab), WORDS);
  await tab.page.getByRole("button", { name: "Empty the form" }).click();
  await tab.page.close();
  await other.page.close();
}

/** Into the clerk's page that stood open for an hour anybody may write: it is not sent unasked. */
async function isAskedOnceTheirSessionIsOver(device, clerk) {
  await sessionEnds(device);
  const tab = await anotherTab(device);
  await enters(tab, clerk);
  await tab.open(FORM);
  await sessionEnds(device);
  await tab.page.evaluate(() => {
    const { now } = Date;
    Date.now = () => now() + 3_600_000;
  });
  await writes(tab);
  await tab.page.getByLabel("Yes, but slower than it should be").check();
  tab.refusals.push(401);
  await tab.page.getByRole("button", { name: "Report it" }).click();
  await tab.page.getByText(/It will be sent when you have signed in again/).waitFor();
  await enters(tab, clerk);
  await tab.page.getByText(/It was written after your session was over: send it if it is yours/).waitFor();
  await tab.page.getByRole("button", { name: "Send it now" }).click();
  await tab.page.getByText("Sent: it stands on the desk").waitFor();
  await tab.page.close();
}
