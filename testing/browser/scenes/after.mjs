// The night again: the slider by the keyboard, entry by entry, without script; and a span taken away.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { until } from "../desk.mjs";
import { look } from "../look.mjs";

export async function after(house) {
  const { lead } = house.people;
  await lead.open("/after");
  await look(lead, "after");
  await byKeyboard(lead);
  await entryByEntry(lead);
  await withoutScript(house, lead);
  await takenAway(lead);
}

const moment = (visitor) => visitor.page.locator("#stood").innerText();
/** How many entries had come to stand. */
const tally = (visitor) => visitor.page.locator("section:has(#stood) .tally").innerText();

/** The page changes where it is: the slider keeps the focus, and says where it stands. */
async function byKeyboard(lead) {
  const slider = lead.page.getByRole("slider", { name: "The moment" });
  const now = await moment(lead);
  await slider.focus();
  await lead.page.keyboard.press("Home");
  await until("the beginning is shown", async () => (await moment(lead)) !== now);
  const first = await moment(lead);
  const known = await tally(lead);
  await look(lead, "after-begin");
  await lead.page.keyboard.press("End");
  await until("the stand changes", async () => (await moment(lead)) !== first && (await tally(lead)) !== known);
  assert.ok(await slider.evaluate((node) => node === document.activeElement), "the slider has the focus");
  const said = await slider.getAttribute("aria-valuetext");
  assert.ok((await moment(lead)).includes(said), `the slider says ${said}`);
  assert.match(lead.path(), /[?&]t=\d+/);
}

async function entryByEntry(lead) {
  const before = await moment(lead);
  const way = lead.page.getByRole("link", { name: "The entry before" });
  await way.focus();
  await lead.page.keyboard.press("Enter");
  await until("one entry is taken back", async () => (await moment(lead)) !== before);
  assert.ok(await lead.page.evaluate(() => document.activeElement?.closest("[data-after=steps]")), "the way keeps the focus");
  const then = await moment(lead);
  await lead.page.keyboard.press("Enter");
  await until("and another", async () => (await moment(lead)) !== then);
}

/** The same address, asked for without script, says the same. */
async function withoutScript(house, lead) {
  const body = await (await lead.page.request.get(lead.origin + lead.path())).text();
  const words = body.match(/id="stood">([^<]+)</)[1];
  assert.equal(words, await moment(lead));
  assert.ok(body.includes(">Show</button>"), "a button does what the script does");
}

async function takenAway(lead) {
  await lead.page.getByText("What the rules take out").click();
  await look(lead, "after-rules");
  const [file] = await Promise.all([lead.page.waitForEvent("download"), lead.page.getByRole("button", { name: "Take it away" }).click()]);
  assert.match(file.suggestedFilename(), /^after-\d{4}-\d\d-\d\d(-to-\d{4}-\d\d-\d\d)?-redacted\.zip$/);
  const bytes = await readFile(await file.path());
  assert.equal(bytes.subarray(0, 4).toString("latin1"), "PK\u0003\u0004");
  for (const part of ["record.json", "record.csv", "report.html", "manifest.json"]) {
    assert.ok(bytes.includes(part), `${part} is in it`);
  }
  assert.ok(bytes.includes("[removed: rule R1]"));
}
