// Invitations: a password that is judged, an app that is enrolled, codes that work once.
import assert from "node:assert/strict";
import { Visitor } from "../browser.mjs";
import { look } from "../look.mjs";
import { blockText, byApp, PASSWORD, signIn, signOut } from "../people.mjs";
import { App } from "../totp.mjs";

const PLACE = "adair-county";

export async function invitations(house) {
  const { administrator } = house.people;
  await administrator.open("/people/invite");
  await look(administrator, "invite");
  const clerk = await invite(house, "clerk", "Adair clerk", "Local clerk", PLACE);
  await look(administrator, "invitation-made");
  await accept(clerk, true);
  await theLinkOpensOnce(house, clerk);
  await codesWorkOnce(clerk);

  for (const [key, name, role, place] of [
    ["it", "Adair machines", "Local IT", PLACE],
    ["lead", "Desk lead", "Lead"],
    ["analyst", "Desk analyst", "Analyst"],
    ["auditor", "Desk auditor", "Auditor"],
  ]) {
    await accept(await invite(house, key, name, role, place), false);
  }
  await administrator.open("/people");
  for (const name of ["Adair clerk", "Adair machines", "Desk lead"]) {
    await administrator.page.getByRole("link", { name }).waitFor();
  }
  await look(administrator, "people");
  await confirms(administrator);
}

/** Makes an invitation; the guest, who has its link and is not in yet. */
async function invite(house, key, name, role, place) {
  const { administrator } = house.people;
  const guest = await Visitor.arrive(house, name);
  house.people[key] = guest;
  guest.email = `${key}@office.example`;
  await administrator.open("/people/invite");
  await administrator.fill("Name", name);
  await administrator.fill("E-mail address", guest.email);
  await administrator.page.getByLabel(role, { exact: true }).check();
  if (place) await administrator.page.locator("select[name=jurisdiction]").selectOption(place);
  await administrator.press("Make the invitation");
  guest.link = await blockText(administrator, "One-time link");
  return guest;
}

async function accept(guest, closely) {
  await guest.page.goto(guest.link);
  // The key of the link stays in no address.
  await guest.page.waitForURL(guest.origin + "/invitation");
  if (closely) {
    await look(guest, "invitation");
    await guest.fill("New password", "password1234");
    await guest.fill("The same again", "password1234");
    await guest.refused(422, () => guest.press("Choose this password"));
    assert.match(await guest.page.locator(".error").first().innerText(), /.{20,}/, "advice is given");
    await look(guest, "invitation-weak-password");
  }
  await guest.fill("New password", PASSWORD);
  await guest.fill("The same again", PASSWORD);
  await guest.press("Choose this password");
  assert.equal(guest.path(), "/account/factors/add");
  if (closely) await look(guest, "factor-first");
  guest.app = new App(await blockText(guest, "Secret, to type by hand"));
  if (closely) {
    await guest.fill("Code that the app shows", "000000");
    await guest.refused(422, () => guest.press("Add the app"));
    await look(guest, "factor-wrong-code");
  }
  await guest.fill("Code that the app shows", await guest.app.next());
  await guest.press("Add the app");
  await guest.page.getByRole("heading", { name: "Your recovery codes", exact: true }).waitFor();
  if (closely) await look(guest, "codes");
  await guest.follow("I have kept them: open the desk");
  assert.equal(guest.path(), "/");
  if (closely) await look(guest, "clerk-home-empty");
}

async function theLinkOpensOnce(house, guest) {
  const late = await Visitor.arrive(house, "whoever uses an invitation again");
  await late.refused(410, () => late.page.goto(guest.link));
  assert.match(await late.words(), /It was used already, has expired, or was not copied whole/);
  await look(late, "invitation-used");
  await late.leave();
}

async function codesWorkOnce(clerk) {
  await signOut(clerk);
  await signIn(clerk);
  await look(clerk, "second-factor-app");
  await byApp(clerk, await clerk.app.next());
  assert.equal(clerk.path(), "/");
  await signOut(clerk);
  await signIn(clerk);
  await clerk.refused(422, () => byApp(clerk, clerk.app.used()));
  assert.match(await clerk.words(), /was used already/);
  await byApp(clerk, await clerk.app.next());
  assert.equal(clerk.path(), "/");
}

/** The step up before a risky act. */
async function confirms(administrator) {
  await administrator.open(`/confirm?then=${Buffer.from("/people").toString("base64url")}`);
  await look(administrator, "confirm");
  await administrator.press("Use a passkey");
  await administrator.page.waitForURL(administrator.origin + "/people");
}
