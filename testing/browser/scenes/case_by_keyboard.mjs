// A case that was closed too soon, from its rung to its end by the keyboard alone: what can be done
// can be reached by Tab, opened by Enter, and is seen where the focus is.
import assert from "node:assert/strict";
import { look } from "../look.mjs";

export async function caseByKeyboard(house) {
  const { lead } = house.people;
  const hands = new Hands(lead);
  await lead.open("/cases?standing=closed");
  await opens(lead, hands);
  await opensAgain(lead, hands);
  await lead.open("/cases");
  assert.match(await lead.page.getByRole("table").innerText(), /Nobody/);
  await look(lead, "queue");
  await opens(lead, hands);
  await takes(lead, hands);
  await seesItElsewhere(lead, hands);
  await putsATaskDown(lead, hands);
  await tells(lead, hands);
  await closes(lead, hands);
}

/** Two hands on a keyboard. */
export class Hands {
  constructor(visitor) {
    this.visitor = visitor;
    this.page = visitor.page;
  }

  /** Goes on by Tab to what fits, and looks whether one sees that it has the focus. */
  async to(what, fits, most = 160) {
    for (let steps = 0; steps < most; steps += 1) {
      await this.page.keyboard.press("Tab");
      if (await this.page.evaluate(fits.is, fits.words)) return this.isSeen(what);
    }
    assert.fail(`${what} is not reached by Tab`);
  }

  /** The focus has an outline, lies in the window, and nothing lies over it (WCAG 2.4.7, 2.4.11). */
  async isSeen(what) {
    const seen = await this.page.evaluate(() => {
      const element = document.activeElement;
      const box = element.getBoundingClientRect();
      const over = document.elementFromPoint(box.left + Math.min(box.width / 2, 20), box.top + Math.min(box.height / 2, 12));
      const own = over && (element.contains(over) || over.contains(element) || over.closest("label")?.control === element);
      return { outline: getComputedStyle(element).outlineStyle !== "none", own: Boolean(own) };
    });
    assert.ok(seen.outline, `${what} has the focus and does not show it`);
    assert.ok(seen.own, `${what} has the focus and something lies over it`);
  }

  link(words) {
    return this.to(`the link ${words}`, { is: isLink, words });
  }

  summary(words) {
    return this.to(`"${words}"`, { is: isSummary, words });
  }

  field(words) {
    return this.to(`the field ${words}`, { is: isField, words });
  }

  button(words) {
    return this.to(`the button ${words}`, { is: isButton, words });
  }

  /** Goes to one of several by the arrows. */
  async choose(name, value) {
    await this.to(`the choice ${name}`, { is: isRadio, words: name });
    for (let steps = 0; steps < 8; steps += 1) {
      if (await this.page.evaluate((value) => document.activeElement.value === value, value)) {
        return this.page.keyboard.press("Space");
      }
      await this.page.keyboard.press("ArrowDown");
    }
    assert.fail(`${value} is not reached by the arrows`);
  }

  async type(words) {
    await this.page.keyboard.type(words);
  }

  /** Presses Enter, and waits for the page that comes. */
  async enter(path) {
    const came = this.page.waitForEvent("domcontentloaded");
    await this.page.keyboard.press("Enter");
    await came;
    assert.match(this.visitor.path(), path);
  }
}

const isLink = (words) => document.activeElement.matches("main table a") && document.activeElement.innerText.includes(words);
const isSummary = (words) => document.activeElement.matches("summary") && document.activeElement.innerText.trim() === words;
const isButton = (words) => document.activeElement.matches("button") && document.activeElement.innerText.trim() === words;
const isRadio = (name) => document.activeElement.matches(`input[type=radio][name=${name}]`);
const isField = (name) => document.activeElement.matches(`[name=${name}]:not([type=radio])`);

async function opens(lead, hands) {
  await hands.link("");
  await hands.enter(/^\/cases\/[^/?]+$/);
  assert.match(await lead.words(), /Nobody has this case/);
}

async function opensAgain(lead, hands) {
  await hands.summary("Decide");
  await lead.page.keyboard.press("Enter");
  await hands.choose("handling", "open");
  await hands.field("reason");
  await hands.type("The clerk called back: there is more to it.");
  await hands.button("Put it down");
  await hands.enter(/^\/cases\//);
  assert.match(await lead.words(), /there is more to it/);
}

async function takes(lead, hands) {
  await hands.button("Take it");
  await hands.enter(/^\/cases\//);
  assert.match(await lead.words(), /You have this case/);
}

async function seesItElsewhere(lead, hands) {
  await hands.summary("See it on another rung");
  await lead.page.keyboard.press("Enter");
  await hands.choose("rung", "attempt");
  await hands.field("text");
  await hands.type("The clerk says that it was a colleague at home, with an old password.");
  await look(lead, "case-rung");
  await hands.button("Put it there");
  await hands.enter(/^\/cases\//);
  assert.match(await lead.words(), /The desk lowered it to an attempt/);
  assert.match(await lead.words(), /judgement has it as\s+access/i);
}

async function putsATaskDown(lead, hands) {
  await hands.summary("Put a task down");
  await lead.page.keyboard.press("Enter");
  await hands.field("what");
  await hands.type("Have the password changed");
  await hands.button("Put it down");
  await hands.enter(/^\/cases\//);
  assert.match(await lead.words(), /1 task to do/);
  await hands.to("the task's button", { is: (words) => document.activeElement.matches("button") && document.activeElement.innerText.startsWith(words), words: "Done" });
  await hands.enter(/^\/cases\//);
  assert.match(await lead.words(), /0 tasks to do/);
}

async function tells(lead, hands) {
  await hands.summary("We told somebody");
  await lead.page.keyboard.press("Enter");
  await hands.field("whom");
  await hands.type("Clerk of Boone County");
  await hands.choose("way", "telephone");
  await hands.field("text");
  await hands.type("It was the owner. The password is changed.");
  await hands.button("Put it down");
  await hands.enter(/^\/cases\//);
  assert.match(await lead.words(), /Whom the office told/);
}

async function closes(lead, hands) {
  await hands.summary("Decide");
  await lead.page.keyboard.press("Enter");
  await hands.choose("handling", "closed");
  await hands.field("reason");
  await hands.type("The account's owner, asked by telephone.");
  await look(lead, "case-closing");
  await hands.button("Put it down");
  await hands.enter(/^\/cases\//);
  const words = await lead.words();
  assert.match(words, /Closed The account's owner, asked by telephone\./);
  await look(lead, "case-worked-on");
}
