// A check that cannot fail is worth nothing: here each is given something to find.
import assert from "node:assert/strict";
import { Problems, Visitor } from "../browser.mjs";
import { look, violations } from "../look.mjs";
import { base32, code } from "../totp.mjs";

export async function checks(house) {
  assert.equal(code(base32("GEZDGNBVGY3TQOJQ GEZDGNBVGY3TQOJQ"), 1), "287082", "RFC 6238, appendix B");

  const apart = { ...house, problems: new Problems(), seen: new Set(), pictures: undefined };
  const visitor = await Visitor.arrive(apart, "whoever tries the checks");
  const { page } = visitor;
  await visitor.refused(503, () => visitor.open("/sign-in"));
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(apart.problems.list, []);

  await page.evaluate(() => {
    const field = document.createElement("input");
    const words = document.createElement("p");
    const wide = document.createElement("div");
    words.textContent = "Words that are hardly to be read.";
    words.attributeStyleMap.set("color", "#f0f0f0");
    wide.attributeStyleMap.set("width", "5000px");
    wide.attributeStyleMap.set("height", "1px");
    document.querySelector("main").append(field, words, wide);
    const picture = document.createElement("img");
    picture.src = "https://elsewhere.example/a.png";
    document.querySelector("h1").append(picture);
    document.body.append(Object.assign(document.createElement("button"), { textContent: "!" }));
    document.body.lastChild.setAttribute("style", "color: red");
  });
  await look(visitor, "a page with faults");
  const told = apart.problems.list.join("\n");
  for (const word of ["label at", "color-contrast at", "image-alt at", "wider than the window", "Content Security Policy"]) {
    assert.ok(told.includes(word), `nothing was said of "${word}":\n${told}`);
  }
  await visitor.leave();

  const outside = await Visitor.arrive(apart, "whoever asks elsewhere", { bypassCSP: true });
  await outside.refused(503, () => outside.open("/sign-in"));
  await outside.page.evaluate(() => fetch("https://elsewhere.example/").catch(() => {}));
  assert.ok(apart.problems.list.some((line) => line.includes("asked for https://elsewhere.example/")));
  await outside.leave();
}
