// The log of a machine at a local authority, as its sshd would write it now.
import { appendFile } from "node:fs/promises";

/** A line in the form of RFC 3339 stamps, which the systemd of today writes. */
function sshd(words, at = new Date()) {
  return `${at.toISOString()} front-office sshd[4242]: ${words}`;
}

export class Log {
  constructor(path) {
    this.path = path;
  }

  static guess(account, address, at) {
    return sshd(`Failed password for ${account} from ${address} port 50022 ssh2`, at);
  }

  async write(lines) {
    await appendFile(this.path, lines.map((line) => line + "\n").join(""));
  }

  /** People of the office sign in. */
  async dayOfWork() {
    const at = (minutes) => new Date(Date.now() - minutes * 60_000);
    const lines = [50, 40, 30, 20, 10].map((minutes) =>
      sshd("Accepted publickey for clerk01 from 192.0.2.10 port 40022 ssh2", at(minutes)));
    await this.write(lines);
  }

  /** Somebody guesses at the passwords of the office, and gets into one account in the end. */
  async attack(address) {
    const accounts = ["root", "admin", "clerk01", "elections", "backup", "postgres"];
    const begun = Date.now() - 55_000;
    const lines = Array.from({ length: 48 }, (_, n) =>
      Log.guess(accounts[n % accounts.length], address, new Date(begun + n * 1000)));
    lines.push(sshd(`Accepted password for clerk01 from ${address} port 50023 ssh2`));
    await this.write(lines);
  }
}
