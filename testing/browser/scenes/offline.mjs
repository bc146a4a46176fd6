// A clerk on a telephone whose network drops while she reports: nothing that she wrote is lost, it
// is one incident, and afterwards nothing of it is on the device.
import assert from "node:assert/strict";
import { until } from "../desk.mjs";
import { look } from "../look.mjs";
import { byApp, signIn } from "../people.mjs";

const PHONE = { width: 390, height: 844 };
const WORDS = "The tabulator says that its memory card is missing.";

export async function offline(house) {
  const { clerk } = house.people;
  const { page, context } = clerk;
  // Something is routed all the time: where routing begins anew on a page that has a worker, Chromium
  // lets requests pass by it.
  await context.route("**/routed-and-never-asked-for", (route) => route.abort());
  await page.setViewportSize(PHONE);
  await clerk.open("/incidents/new");
  // The worker has the form before the network goes.
  await until("the worker has the form", () => page.evaluate(async () => Boolean(await caches.match("/incidents/new/offline"))));
  assert.deepEqual(await kept(page), [], "nothing is on the device yet");

  // While she writes, the network goes; she loads the page again.
  await fill(clerk);
  await page.waitForFunction(() => Object.keys(localStorage).some((name) => name.includes(".draft.")));
  await context.setOffline(true);
  clerk.away = true;
  await page.reload();
  await page.getByText("What you wrote before stands here again").waitFor();
  assert.equal(await page.getByLabel("What happened?").inputValue(), WORDS);
  assert.equal(await page.getByText("Sign out").count(), 0, "nobody's name is on the kept form");
  await look(clerk, "offline-form");
  await page.setViewportSize(PHONE);

  // She sends it, and loads the page again, twice.
  await page.getByRole("button", { name: "Report it" }).click();
  await page.getByText(/Kept on this (telephone|computer)\. It will be sent when the network is back/).waitFor();
  await look(clerk, "offline-kept");
  await page.setViewportSize(PHONE);
  await page.reload();
  await page.getByText(/It will be sent when the network is back/).waitFor();
  await page.reload();
  await page.getByText(/It will be sent when the network is back/).waitFor();
  const stored = await kept(page);
  assert.equal(stored.length, 1, `one report waits: ${stored}`);
  assert.ok(!(await values(page)).includes("tabulator"), "its words are sealed");

  // The network is back: it is sent by itself, and is one incident.
  await context.setOffline(false);
  clerk.away = false;
  await page.getByText("Sent: it stands on the desk").waitFor();
  assert.deepEqual(await kept(page), [], "nothing is left on the device");
  await page.getByRole("link", { name: "See it" }).click();
  await page.waitForURL(/\/incidents\/incident-/);
  assert.match(await clerk.words(), /memory card is missing/);
  await clerk.open("/incidents");
  assert.equal(await page.getByText("School kitchen").count(), 1, "reported once");

  await leavesTooSoon(clerk);
  await refusedWhileAway(clerk);
  await isSentWhenThereIsRoom(clerk);
  await notes(clerk);
  await signsOut(clerk);
}

async function fill(clerk, place = "School kitchen") {
  await clerk.page.getByLabel("Yes, but slower than it should be").check();
  await clerk.page.getByLabel("What is it about?").selectOption("Voting equipment");
  await clerk.fill("Where is it?", place);
  await clerk.fill("What happened?", WORDS);
}

/** The page is loaded again while it is being sent: it is sent, and does not stand in the form too. */
async function leavesTooSoon(clerk) {
  const { page } = clerk;
  await clerk.open("/incidents/new");
  await fill(clerk, "Fire station");
  await page.waitForFunction(() => Object.keys(localStorage).some((name) => name.includes(".draft.")));
  let held = 0;
  await page.route("**/incidents/new", (route) => {
    // Nobody answers the first; what goes on is asked for as ever.
    if (route.request().method() === "POST" && !held++) return;
    return route.continue();
  });
  await page.getByRole("button", { name: "Report it" }).click();
  await until("it is on its way", () => held);
  clerk.away = true;
  await page.reload();
  await page.getByText("Sent: it stands on the desk").waitFor();
  clerk.away = false;
  await page.unroute("**/incidents/new");
  assert.equal(await page.getByLabel("What happened?").inputValue(), "", "the form is empty");
  assert.deepEqual(await kept(page), []);
  await clerk.open("/incidents");
  assert.equal(await page.getByText("Fire station").count(), 1, "reported once");
}

/** Of two that wait the desk does not take the first: the second is sent, and the first is not lost. */
async function refusedWhileAway(clerk) {
  const { page } = clerk;
  await clerk.open("/incidents/new");
  let away = true;
  const refuse = async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    if (away) return route.abort("internetdisconnected");
    if (!route.request().postData().includes("Library")) return route.continue();
    clerk.refusals.push(422);
    return route.fulfill({ status: 422, body: "" });
  };
  await page.route("**/incidents/new", refuse);
  clerk.away = true;
  for (const place of ["Library", "Town hall"]) {
    await fill(clerk, place);
    await page.getByRole("button", { name: "Report it" }).click();
    await page.getByText(/It will be sent when the network is back/).waitFor();
  }
  clerk.away = away = false;
  await page.getByRole("button", { name: "Send it now" }).click();
  await page.getByText(/the desk did not take it\. You wrote: .*Library/).waitFor();
  assert.equal(await page.getByLabel("Where is it?").inputValue(), "Library", "it stands in its form again");
  await page.unroute("**/incidents/new", refuse);
  await page.getByRole("button", { name: "Report it" }).click();
  await page.waitForURL(/\/incidents\/incident-/);
  await clerk.open("/incidents");
  for (const place of ["Library", "Town hall"]) assert.equal(await page.getByText(place).count(), 1, "reported once");
  assert.deepEqual(await kept(page), []);
}

/** The desk takes no more at once: it says so, and the page sends it again by itself. */
async function isSentWhenThereIsRoom(clerk) {
  const { page } = clerk;
  await clerk.open("/incidents/new");
  await fill(clerk, "Court house");
  let sent = 0;
  await page.route("**/incidents/new", (route) => {
    if (route.request().method() !== "POST" || sent++) return route.continue();
    clerk.refusals.push(429);
    return route.fulfill({ status: 429, body: "" });
  });
  await page.getByRole("button", { name: "Report it" }).click();
  await page.getByText("The desk takes no more at once: it is sent by itself in a moment").waitFor();
  await page.getByText("Sent: it stands on the desk").waitFor();
  await page.unroute("**/incidents/new");
  assert.deepEqual(await kept(page), []);
  await clerk.open("/incidents");
  assert.equal(await page.getByText("Court house").count(), 1, "reported once");
}

/** The answer is lost on its way back: what was sent again is the same entry. */
async function notes(clerk) {
  const { page } = clerk;
  await page.getByRole("link", { name: "Voting equipment" }).first().click();
  await clerk.fill("A note", "A new card is on its way.");
  let dropped = 0;
  await page.route("**/add", async (route) => {
    if (dropped++) return route.continue();
    await route.fetch();
    await route.abort("internetdisconnected");
  });
  clerk.away = true;
  await page.getByRole("button", { name: "Write it down" }).click();
  await page.getByText(/It will be sent when the network is back/).waitFor();
  clerk.away = false;
  await page.getByRole("button", { name: "Send it now" }).click();
  await page.getByText("Sent: it stands on the desk").waitFor();
  await page.unroute("**/add");
  await page.reload();
  assert.equal(await page.locator(".timeline").getByText("A new card is on its way.").count(), 1, "one entry");
  assert.deepEqual(await kept(page), []);
}

/** What waits is sealed for its person: whoever comes after them does not see it. */
async function signsOut(clerk) {
  const { page, context } = clerk;
  await clerk.open("/rumors/new");
  await clerk.fill("What is told?", "A secret of the clerk's.");
  await page.waitForFunction(() => Object.keys(localStorage).some((name) => name.includes(".draft.")));
  const session = (await context.cookies()).filter((cookie) => cookie.name.includes("session"));
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(/sign-in/);
  assert.deepEqual(await page.evaluate(() => caches.keys()), [], "no form is kept after signing out");
  assert.equal(await page.evaluate(() => sessionStorage.length), 0, "no key is kept");
  assert.equal((await page.evaluate(() => navigator.serviceWorker.getRegistrations())).length, 0);
  assert.ok(!(await values(page)).includes("secret"));
  assert.equal(session.length, 1);
  await signIn(clerk);
  await byApp(clerk, await clerk.app.next());
  await clerk.open("/rumors/new");
  await page.getByText("What you wrote before stands here again").waitFor();
  await page.getByRole("button", { name: "Empty the form" }).click();
  await page.waitForFunction(() => !Object.keys(localStorage).some((name) => name.startsWith("ward-kept.")));
}

const kept = (page) => page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith("ward-kept.")));
const values = (page) => page.evaluate(() => JSON.stringify([...Object.values(localStorage), ...Object.values(sessionStorage)]));
