// A sensor: its code on the page, a real `ward sense` at the machine, its log on the page.
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { until, ward, wardSays } from "../desk.mjs";
import { look } from "../look.mjs";
import { Log } from "../log.mjs";
import { blockText } from "../people.mjs";

const NAME = "Front office server";

export async function sensor(house) {
  const { it } = house.people;
  await it.open("/sensors");
  await look(it, "sensors-empty");
  await it.open("/sensors/new");
  await look(it, "sensor-new");
  await readsALine(it);

  await it.fill("Name of the sensor", NAME);
  await it.press("Make the code");
  await look(it, "sensor-code");
  const line = await blockText(it, "Paste this at the machine");
  assert.match(line, /^ward sense enrol ward1_https:\/\/localhost:\d+_[A-Z2-7]+$/);
  await it.follow("I have pasted it: watch it arrive");
  assert.match(await it.words(), /Nothing heard yet/);
  assert.ok(!(await it.page.content()).includes(line.split("_").at(-1)), "the code is shown once");
  await look(it, "sensor-awaited");

  const folder = join(house.folder, "machine");
  await mkdir(folder);
  house.log = new Log(join(folder, "auth.log"));
  await house.log.dayOfWork();
  await startSensor(house, folder, line.split(" ").at(-1));
  await arrives(it, house);
  await it.follow("Open the sensor's page");
  await look(it, "sensor");
  await it.open("/sensors");
  assert.match(await it.words(), new RegExp(NAME));
  await look(it, "sensors");
}

async function readsALine(it) {
  await it.fill("A line of your log, or a few", Log.guess("root", "203.0.113.7"));
  await it.press("Read it");
  const words = await it.words();
  assert.match(words, /Read as/);
  assert.match(words, /203\.0\.113\.7/);
  await look(it, "sensor-reads-a-line");
  await it.fill("A line of your log, or a few", "nothing that anybody knows");
  await it.press("Read it");
  assert.match(await it.words(), /Ward does not know this kind of line/);
}

/** As at the machine: enrolled by the line, then started. */
async function startSensor(house, folder, code) {
  const settings = join(folder, "sense.toml");
  const lines = [`spool = "${join(folder, "spool")}"`, "", "[[file]]", `path = "${house.log.path}"`, ""];
  await writeFile(settings, lines.join("\n"));
  const said = await wardSays(["sense", "--config", settings, "enrol", code]);
  assert.match(said, new RegExp(`sensor "${NAME}"`));
  house.sensor = ward(["sense", "--config", settings]);
}

/** The page says by itself that the sensor is heard, and what it reads. */
async function arrives(it, house) {
  await until("the page says what is read", async () => {
    if (house.sensor.child.exitCode !== null) throw new Error(house.sensor.said.join("\n"));
    return /heard .* ago[\s\S]*lines? of .*auth\.log read as/.test(await it.words());
    // What comes between two rings is looked at once a minute.
  }, 75);
  await look(it, "sensor-arrived");
}
