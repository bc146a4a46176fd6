// Every page that somebody can reach by following links.
import { look } from "./look.mjs";

/** What kind of page an address is: its path with identifiers left out, and the names of what is
    asked for. */
function kind(url) {
  const path = url.pathname.replace(/^\/(cases|incidents|rumors|situation|people|sensors|sensors\/codes|room\/positions|room\/checks|checklists\/points|checklists|contacts)\/(?!new$|invite$|upload$|events$|print$)[^/]+/, "/$1/one");
  return [path, ...new Set([...url.searchParams.keys()].sort())].join("+");
}

/** Follows links from the home page, one of each kind, and looks at each page whose kind is not
    among `known`; gives the kinds. */
export async function crawl(visitor, role, known = new Set()) {
  const waiting = [new URL("/", visitor.origin)];
  const seen = new Set(waiting.map(kind));
  const looked = [];
  while (waiting.length) {
    const url = waiting.shift();
    await visitor.page.goto(url.href);
    const name = kind(url).replaceAll(/[/+]/g, "-").replace(/^-$/, "-home");
    if (!known.has(name)) {
      known.add(name);
      await look(visitor, `${role}${name}`);
    }
    looked.push(kind(url));
    for (const next of await links(visitor)) {
      if (!seen.has(kind(next))) waiting.push(next);
      seen.add(kind(next));
    }
  }
  return looked;
}

/** Where the links of the page lead, as far as it is a page: files are taken, not looked at. */
export async function links(visitor) {
  const all = await visitor.page.locator("a[href]").evaluateAll((links) => links.map((link) => new URL(link.getAttribute("href"), document.baseURI).href));
  return all.map((href) => new URL(href.split("#")[0])).filter((url) => url.origin === visitor.origin && !/export|openapi/.test(url.pathname));
}
