// What people do again and again.

/** A phrase of four words: what the desk advises. */
export const PASSWORD = "lantern orbit mustard quilt";

/** Gives address and password; the second factor comes after. */
export async function signIn(visitor) {
  await visitor.open("/sign-in");
  await visitor.fill("E-mail address", visitor.email);
  await visitor.fill("Password", PASSWORD);
  await visitor.press("Sign in");
}

/** Shows the code of the app. */
export async function byApp(visitor, code) {
  await visitor.fill("Code of your authenticator app", code);
  await visitor.press("Go on");
}

export async function signOut(visitor) {
  await visitor.press("Sign out");
  // The page clears what it kept on the device before it goes.
  await visitor.page.waitForURL(visitor.origin + "/sign-in");
}

/** The text of what is shown to be copied. */
export async function blockText(visitor, label) {
  const block = visitor.page.locator(".code", { hasText: label });
  return (await block.locator("pre").innerText()).trim();
}
