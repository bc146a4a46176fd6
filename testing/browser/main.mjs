// Drives the desk by a real browser, scene by scene. See README.md.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { launch, Problems } from "./browser.mjs";
import { startDesk, stopAll } from "./desk.mjs";
import { checks } from "./scenes/checks.mjs";
import { setUp } from "./scenes/set_up.mjs";
import { invitations } from "./scenes/invitations.mjs";
import { sensor } from "./scenes/sensor.mjs";
import { aCase } from "./scenes/case.mjs";
import { caseByKeyboard } from "./scenes/case_by_keyboard.mjs";
import { shift } from "./scenes/shift.mjs";
import { checklist } from "./scenes/checklist.mjs";
import { incident } from "./scenes/incident.mjs";
import { after } from "./scenes/after.mjs";
import { rumor } from "./scenes/rumor.mjs";
import { offline } from "./scenes/offline.mjs";
import { sharedDevice } from "./scenes/shared_device.mjs";
import { scriptsOff } from "./scenes/scripts_off.mjs";
import { exercise } from "./scenes/exercise.mjs";
import { everyPage } from "./scenes/every_page.mjs";
import { demonstration } from "./scenes/demonstration.mjs";

const SCENES = [
  ["the checks can fail", checks],
  ["set-up, a passkey, recovery codes", setUp],
  ["invitations, a password, one-time codes", invitations],
  ["a sensor", sensor],
  ["a case", aCase],
  ["a case by the keyboard alone", caseByKeyboard],
  ["an incident", incident],
  ["a shift, and who can be reached", shift],
  ["a rumor, and the look-up", rumor],
  ["a network that drops", offline],
  ["a device that two people share", sharedDevice],
  ["a checklist, and whom to call", checklist],
  ["the night again", after],
  ["an exercise beside the real desk", exercise],
  ["scripts off", scriptsOff],
  ["every page of every role", everyPage],
];

const { values: asked } = parseArgs({
  options: { pictures: { type: "string" }, demo: { type: "boolean" } },
});
const folder = await mkdtemp(join(tmpdir(), "ward-browser-"));
const house = { folder, problems: new Problems(), seen: new Set(), pictures: asked.pictures, people: {} };
let failed = null;
// A browser that hangs ends the run as well.
const late = setTimeout(() => house.browser?.close(), (asked.pictures ? 30 : 15) * 60_000);

async function play([name, scene]) {
  const begun = Date.now();
  const before = house.problems.list.length;
  await scene(house);
  const told = house.problems.list.length - before;
  const seconds = ((Date.now() - begun) / 1000).toFixed(1);
  console.log(`${told ? "NOT RIGHT" : "right    "}  ${name} (${seconds} s)`);
}

try {
  house.browser = await launch();
  if (!asked.demo) {
    house.desk = await startDesk(join(folder, "desk"));
    house.origin = house.desk.origin;
    for (const scene of SCENES) await play(scene);
  }
  await play(["the demonstration", demonstration]);
} catch (error) {
  failed = error;
  console.log(`FAILED     ${error.stack}`);
  for (const line of house.desk?.process.said.slice(-20) ?? []) console.log(`  the desk said: ${line}`);
} finally {
  clearTimeout(late);
  await house.browser?.close();
  await stopAll();
  await rm(folder, { recursive: true, force: true });
}

const problems = [...new Set(house.problems.list)];
for (const problem of problems) console.log(`PROBLEM    ${problem}`);
console.log(`${house.seen.size} pages looked at, ${problems.length} problems.`);
if (house.pictures) console.log(`Pictures are in ${house.pictures}.`);
process.exitCode = failed || problems.length > 0 ? 1 : 0;
