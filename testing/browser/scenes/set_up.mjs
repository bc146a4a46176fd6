// Set-up by the link: the office, the first administrator, a passkey, recovery codes.
import assert from "node:assert/strict";
import { Visitor } from "../browser.mjs";
import { look } from "../look.mjs";
import { blockText, PASSWORD, signIn, signOut } from "../people.mjs";

export async function setUp(house) {
  const admin = await Visitor.arrive(house, "the administrator");
  house.people.administrator = admin;
  admin.email = "administrator@office.example";
  await withAuthenticator(admin);

  await admin.page.goto(house.desk.link);
  // The key of the link stays in no address.
  await admin.page.waitForURL(house.origin + "/set-up");
  await look(admin, "set-up-office");
  await admin.fill("Name of the office", "Office of Example State");
  await admin.press("Go on to the administrator");
  assert.match(await admin.words(), /116 local election authorities will be entered/);
  await look(admin, "set-up-administrator");

  await admin.fill("Name", "Desk administrator");
  await admin.fill("E-mail address", admin.email);
  await choosePassword(admin, "desk administrator");
  await admin.refused(422, () => admin.press("Go on to the second factor"));
  await look(admin, "set-up-administrator-refused");
  await choosePassword(admin, PASSWORD);
  await admin.press("Go on to the second factor");
  await look(admin, "set-up-factor");

  await admin.fill("What you call it", "The blue key");
  await admin.press("Add a passkey");
  await admin.page.getByRole("heading", { name: "Your recovery codes", exact: true }).waitFor();
  const codes = (await blockText(admin, "Recovery codes")).split("\n");
  assert.equal(new Set(codes).size, 10);
  await look(admin, "set-up-codes");
  await admin.follow("I have kept them: open the desk");
  assert.equal(admin.path(), "/");
  await look(admin, "home-empty");

  await theLinkIsSpent(house);
  await comesBack(admin, codes);
}

/** A device with a screen lock, as the browser sees it. It holds for this page. */
async function withAuthenticator(visitor) {
  const session = await visitor.context.newCDPSession(visitor.page);
  await session.send("WebAuthn.enable");
  await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true,
      isUserVerified: true, automaticPresenceSimulation: true,
    },
  });
}

async function choosePassword(visitor, password) {
  await visitor.fill("New password", password);
  await visitor.fill("The same again", password);
}

async function theLinkIsSpent(house) {
  const late = await Visitor.arrive(house, "whoever opens the link late");
  await late.refused(404, () => late.page.goto(house.desk.link));
  await look(late, "not-found");
  await late.leave();
}

async function comesBack(admin, codes) {
  const home = admin.origin + "/";
  await signOut(admin);
  await look(admin, "sign-in");
  await admin.fill("E-mail address", admin.email);
  await admin.fill("Password", "not this one");
  await admin.refused(422, () => admin.press("Sign in"));
  assert.match(await admin.words(), /do not fit together/);
  await look(admin, "sign-in-refused");

  await signIn(admin);
  assert.equal(admin.path(), "/second-factor");
  await look(admin, "second-factor-passkey");
  await admin.press("Use a passkey");
  await admin.page.waitForURL(home);

  await signOut(admin);
  await signIn(admin);
  await byRecoveryCode(admin, codes[0]);
  assert.equal(admin.path(), "/account/factors?now=recovery");
  await look(admin, "factors-after-recovery");
  await signOut(admin);
  await signIn(admin);
  await admin.refused(422, () => byRecoveryCode(admin, codes[0]));
  assert.match(await admin.words(), /none of your recovery codes that are left/);
  await look(admin, "second-factor-refused");
  await admin.press("Use a passkey");
  await admin.page.waitForURL(home);
}

async function byRecoveryCode(visitor, code) {
  const summary = visitor.page.getByText("I have neither at hand");
  if (!(await visitor.page.getByLabel("Recovery code", { exact: true }).isVisible())) await summary.click();
  await visitor.fill("Recovery code", code);
  await visitor.press("Use this recovery code");
}
