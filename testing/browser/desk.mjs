// Processes of Ward: the desk and the sensor. Each is stopped by its own id.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const BINARY = process.env.WARD_BINARY;
const running = new Set();

/** Starts Ward with these words; what it says on either output is kept in `said`. */
export function ward(words, { cwd } = {}) {
  const child = spawn(BINARY, words, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  const process = { child, said: [], ended: once(child, "exit") };
  running.add(process);
  process.ended.then(() => running.delete(process));
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => process.said.push(line));
  }
  return process;
}

/** Runs Ward to its end and gives what it said; throws when it did not end well. */
export async function wardSays(words) {
  const process = ward(words);
  const [code] = await process.ended;
  const said = process.said.join("\n");
  if (code !== 0) throw new Error(`ward ${words[0]} ended with ${code}:\n${said}`);
  return said;
}

/** Starts a desk; resolves when it has said where it is and answers there. */
export async function startDesk(folder, ...more) {
  const words = ["serve", "--data", folder, "--listen", "127.0.0.1:0", "--name", "localhost"];
  const process = ward([...words, ...more]);
  const found = (pattern) => process.said.map((line) => line.match(pattern)?.[1]).find(Boolean);
  const origin = await until("the desk says where it is", () => {
    if (process.child.exitCode !== null) throw new Error(process.said.join("\n"));
    return found(/^The desk is at (https:\S+)/);
  });
  // Neither has to be set up.
  const ready = more.includes("--demo") || more.includes("--exercise");
  const link = ready || (await until("the desk prints its link", () => found(/^\s*(https:\S+\/set-up\?key=\S+)/)));
  return { origin, link, process, stop: () => stop(process) };
}

/** Asks a process to stop, and makes it after ten seconds. */
export async function stop(process) {
  if (!running.has(process)) return;
  process.child.kill("SIGTERM");
  const late = setTimeout(() => process.child.kill("SIGKILL"), 10_000);
  await process.ended;
  clearTimeout(late);
}

/** Stops everything that was started here. */
export async function stopAll() {
  await Promise.all([...running].map(stop));
}

/** Asks again and again until the answer is truthy; throws after half a minute. */
export async function until(what, ask, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`waited ${seconds} seconds in vain until ${what}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}
