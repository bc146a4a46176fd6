//! The HTML page: one file, no script, nothing from elsewhere, well formed for every reader.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::common::{file, fixture, root, watch};
use crate::exits::honest;

/// A tag and its attributes.
struct Tag<'a> {
    name: &'a str,
    attributes: BTreeMap<&'a str, &'a str>,
}

/// All opening tags. Ward quotes every value and escapes `<`, `>` and `"` in them, which this
/// reader relies on: text that was not escaped shows as a tag that nobody knows.
fn tags(page: &str) -> Vec<Tag<'_>> {
    let inside = |piece: &'_ str| -> bool { !piece.starts_with(['/', '!']) };
    page.split('<').skip(1).filter(|piece| inside(piece)).map(tag).collect()
}

fn tag(piece: &str) -> Tag<'_> {
    let (inside, _) = piece.split_once('>').expect("a tag ends");
    let (name, mut rest) = inside.split_once(' ').unwrap_or((inside, ""));
    let mut attributes = BTreeMap::new();
    while let Some((key, after)) = rest.split_once("=\"") {
        let (value, after) = after.split_once('"').expect("a value ends");
        let met = attributes.insert(key.split_whitespace().last().unwrap_or(""), value);
        assert!(met.is_none(), "{inside}");
        rest = after;
    }
    Tag { name, attributes }
}

/// The tags that a page is made of; every other is text that was not escaped.
const TAGS: [&str; 60] = [
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "header",
    "main",
    "footer",
    "nav",
    "section",
    "article",
    "h1",
    "h2",
    "h3",
    "h4",
    "p",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "div",
    "span",
    "strong",
    "em",
    "b",
    "small",
    "code",
    "pre",
    "time",
    "a",
    "br",
    "hr",
    "table",
    "caption",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "figure",
    "figcaption",
    "details",
    "summary",
    "svg",
    "desc",
    "rect",
    "g",
    "path",
    "abbr",
    "q",
    "wbr",
    "mark",
    "data",
    "colgroup",
    "col",
    "tfoot",
    "aside",
];

/// What holds for every page.
pub(crate) fn check(page: &str) {
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\">"));
    let tags = tags(page);
    tags.iter().for_each(is_harmless);
    names_are_sound(&tags);
    let many = |name: &str| tags.iter().filter(|tag| tag.name == name).count();
    assert_eq!((many("h1"), many("main"), many("style")), (1, 1, 1));
    assert!(many("title") >= 1 && !page.contains("<title></title>"));
    let style = page.split("<style>").nth(1).and_then(|rest| rest.split("</style>").next());
    for outside in ["url(", "@import", "http:", "https:", "//"] {
        assert!(!style.expect("a style sheet").contains(outside), "the style holds {outside}");
    }
    assert!(!page.chars().any(|c| c.is_control() && c != '\n'), "a control character");
}

/// A known tag that runs nothing and fetches nothing.
fn is_harmless(tag: &Tag<'_>) {
    let Tag { name, attributes } = tag;
    assert!(TAGS.contains(name), "<{name}> is no tag of this page");
    for (key, value) in attributes {
        assert!(*key != "style" && !key.starts_with("on"), "<{name} {key}=\"{value}\">");
        let leads = ["src", "href", "xlink:href", "action", "data", "poster", "srcset"];
        assert!(!leads.contains(key) || value.starts_with('#'), "<{name} {key}=\"{value}\">");
    }
}

/// Every id is met once, and every pointer to an id leads somewhere.
fn names_are_sound(tags: &[Tag<'_>]) {
    let mut ids = BTreeSet::new();
    for id in tags.iter().filter_map(|tag| tag.attributes.get("id")) {
        assert!(ids.insert(*id), "the id {id} is met twice");
    }
    for Tag { name, attributes } in tags {
        let named = attributes.get("href").and_then(|to| to.strip_prefix('#')).into_iter();
        let told = ["aria-labelledby", "aria-describedby", "aria-controls", "headers", "for"];
        let told = told.iter().filter_map(|key| attributes.get(key));
        for id in named.chain(told.flat_map(|ids| ids.split(' '))) {
            assert!(ids.contains(id), "<{name}> points to {id}, which is nowhere");
        }
    }
}

fn page(input: &Path) -> String {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("page.html");
    watch([input.as_os_str(), "--html".as_ref(), path.as_os_str(), "-q".as_ref()]);
    fs::read_to_string(path).unwrap()
}

#[test]
fn of_the_recording() {
    let page = page(&root().join("samples"));
    check(&page);
    assert!(page.contains("login.guess_then_success") && page.contains("<svg"));
    let fixed = tags(&page).iter().all(|tag| tag.name != "svg" || tag.attributes["role"] == "img");
    assert!(fixed, "a chart is told as a picture");
}

#[test]
fn of_every_format_and_of_nothing() {
    check(&page(&fixture("")));
    let (_dir, quiet) = file("auth.log", honest(0..60));
    check(&page(&quiet));
    let (_dir, nothing) = file("auth.log", "");
    check(&page(&nothing));
}

#[test]
fn an_unescaped_text_would_be_found() {
    let (_dir, quiet) = file("auth.log", honest(0..60));
    let good = page(&quiet);
    for bad in [
        "<script>x</script>",
        "<img src=\"x\">",
        "<p onclick=\"x\"></p>",
        "<p id=\"a\"><p id=\"a\">",
    ] {
        let bad = good.replace("</main>", &format!("{bad}</main>"));
        assert!(std::panic::catch_unwind(|| check(&bad)).is_err());
    }
}
