// An authenticator app: codes by the clock (RFC 6238: HMAC-SHA-1, 30 seconds, six digits).
import { createHmac } from "node:crypto";
import { until } from "./desk.mjs";

const SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The bytes of Base32 (RFC 4648); blanks between the signs do not matter. */
export function base32(text) {
  let [bits, held] = [0n, 0];
  const bytes = [];
  for (const sign of text.replaceAll(/\s/g, "")) {
    const value = SIGNS.indexOf(sign);
    if (value < 0) throw new Error(`"${sign}" is no sign of Base32`);
    [bits, held] = [(bits << 5n) | BigInt(value), held + 5];
    if (held >= 8) bytes.push(Number((bits >> BigInt((held -= 8))) & 0xffn));
  }
  return Buffer.from(bytes);
}

/** The code of a step. */
export function code(secret, step) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const hash = createHmac("sha1", secret).update(counter).digest();
  const at = hash[19] & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** The app of one person. The desk takes codes of the step before, of this one and of the next,
    each once; so the app shows the earliest that was not used, and rarely has to wait. */
export class App {
  constructor(typed) {
    this.secret = base32(typed);
    this.last = 0;
  }

  async next() {
    // A step before that is about to end might be too old when it arrives.
    const earliest = () => Math.floor((Date.now() - 25_000) / 30_000);
    const latest = () => Math.floor(Date.now() / 30_000) + 1;
    const step = () => Math.max(this.last + 1, earliest());
    await until("the app shows a code that was not used", () => step() <= latest(), 70);
    this.last = step();
    return this.used();
  }

  /** The code that was shown last. */
  used() {
    return code(this.secret, this.last);
  }
}
