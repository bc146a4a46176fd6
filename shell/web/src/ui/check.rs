//! A check of finished pages, for tests: what a machine can say about WCAG and about this house's
//! rule that no style and no script stands in a page. It reads the strict HTML that maud writes,
//! not HTML at large.

use std::collections::{BTreeMap, BTreeSet};

/// One element, in the order of the page.
#[derive(Debug)]
struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    /// The elements around it, outermost first, as places in the list.
    around: Vec<usize>,
    /// All text within, with that of its children.
    text: String,
}

impl Element {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }
}

const VOID: [&str; 8] = ["meta", "link", "input", "br", "hr", "img", "col", "wbr"];

/// Checks a page.
///
/// # Errors
/// Every fault, one a line.
pub(crate) fn page(source: &str) -> Result<(), String> {
    let mut faults = Vec::new();
    let Some(rest) = source.strip_prefix("<!DOCTYPE html>") else {
        return Err("it does not begin with the document type".to_owned());
    };
    let all = parse(rest, &mut faults);
    let check = Checker { all: &all, faults };
    let faults = check.whole();
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

struct Checker<'a> {
    all: &'a [Element],
    faults: Vec<String>,
}

impl<'a> Checker<'a> {
    fn whole(mut self) -> Vec<String> {
        self.document();
        self.ids();
        self.nothing_inline();
        self.controls();
        self.tables();
        self.names();
        self.headings();
        self.faults
    }

    fn of(&self, name: &'static str) -> impl Iterator<Item = &'a Element> + use<'a> {
        self.all.iter().filter(move |element| element.name == name)
    }

    fn expect(&mut self, fine: bool, fault: impl Into<String>) {
        if !fine {
            self.faults.push(fault.into());
        }
    }

    fn document(&mut self) {
        for (name, many) in
            [("h1", 1), ("main", 1), ("head", 1), ("html", 1), ("header", 1), ("footer", 1)]
        {
            let found = self.of(name).count();
            self.expect(found == many, format!("{found} <{name}> instead of {many}"));
        }
        let lang = self.of("html").all(|html| html.get("lang").is_some_and(|l| !l.is_empty()));
        self.expect(lang, "no language");
        let titles: Vec<_> = self.of("title").filter(|title| self.within(title, "head")).collect();
        self.expect(titles.len() == 1, format!("{} titles", titles.len()));
        let title = self.of("title").all(|title| !title.text.trim().is_empty());
        self.expect(title, "an empty title");
        let first = self.of("a").next();
        let skips = first.is_some_and(|a| a.get("href") == Some("#main"));
        self.expect(skips, "the first link does not skip to the content");
        let focused = self.all.iter().filter(|element| element.get("autofocus").is_some()).count();
        self.expect(focused <= 1, "more than one autofocus");
    }

    fn ids(&mut self) {
        let mut seen = BTreeSet::new();
        for id in self.all.iter().filter_map(|element| element.get("id")) {
            self.expect(seen.insert(id), format!("the id {id} stands twice"));
            self.expect(!id.is_empty() && !id.contains(' '), format!("\"{id}\" is no id"));
        }
        let references =
            ["for", "aria-labelledby", "aria-describedby", "popovertarget", "data-copy"];
        for element in self.all {
            for name in references {
                for id in element.get(name).unwrap_or_default().split_ascii_whitespace() {
                    self.expect(seen.contains(id), format!("{name} names {id}, which is nowhere"));
                }
            }
            if let Some(id) = element.get("href").and_then(|href| href.strip_prefix('#')) {
                self.expect(seen.contains(id), format!("a link to #{id}, which is nowhere"));
            }
        }
    }

    fn nothing_inline(&mut self) {
        for element in self.all {
            let name = &element.name;
            let banned = ["style", "iframe", "object", "embed", "base", "font", "marquee"];
            self.expect(!banned.contains(&name.as_str()), format!("<{name}>"));
            self.expect(name != "script" || element.text.is_empty(), "a script in the page");
            for (attribute, value) in &element.attributes {
                let inline = attribute == "style" || attribute.starts_with("on");
                self.expect(!inline, format!("{attribute} on <{name}>"));
                if ["href", "src", "action", "formaction"].contains(&attribute.as_str()) {
                    let called = value.strip_prefix("tel:").is_some_and(|number| {
                        number.len() > 2 && number.bytes().all(|b| b.is_ascii_digit() || b == b'+')
                    });
                    let local = called
                        || value.starts_with('#')
                        || (value.starts_with('/') && !value.starts_with("//"));
                    self.expect(local, format!("{attribute}=\"{value}\" may lead away"));
                }
            }
        }
    }

    /// Every control has a label; every group of radio buttons a legend.
    fn controls(&mut self) {
        let labels: BTreeSet<&str> =
            self.of("label").filter_map(|label| label.get("for")).collect();
        for control in self.all {
            let kind = control.get("type").unwrap_or_default();
            let is = matches!(control.name.as_str(), "input" | "select" | "textarea");
            if !is || matches!(kind, "hidden" | "submit") {
                continue;
            }
            let id = control.get("id").unwrap_or_default();
            self.expect(labels.contains(id), format!("no label for the control \"{id}\""));
            self.expect(control.get("name").is_some(), format!("the control {id} has no name"));
            let described = control.get("aria-invalid").is_none()
                || control.get("aria-describedby").is_some_and(|ids| ids.contains("-error"));
            self.expect(described, format!("{id} is invalid and does not say why"));
            let within = self.within(control, "fieldset");
            self.expect(kind != "radio" || within, format!("the radio button {id} has no group"));
        }
        for set in self.all.iter().enumerate().filter(|(_, element)| element.name == "fieldset") {
            let legend = self.children(set.0, "legend").any(|l| !l.text.trim().is_empty());
            self.expect(legend, "a fieldset without a legend");
        }
        for form in self.of("form") {
            let method = matches!(form.get("method"), Some("get" | "post"));
            self.expect(method && form.get("action").is_some(), "a form without method or action");
        }
        let opened = self.of("body").any(|body| body.get("data-owner").is_some());
        for (place, form) in self.all.iter().enumerate().filter(|(_, one)| one.name == "form") {
            let first = self.all.get(place + 1).and_then(|first| first.get("name"));
            let says = first == Some("opened-by") || form.get("method") != Some("post");
            self.expect(!opened || says, "a form that does not say who opened it");
        }
        for label in self.of("label") {
            self.expect(!label.text.trim().is_empty(), "an empty label");
        }
    }

    fn tables(&mut self) {
        let places = self.all.iter().enumerate().filter(|(_, element)| element.name == "table");
        for (place, _) in places {
            let caption = self.children(place, "caption").any(|c| !c.text.trim().is_empty());
            self.expect(caption, "a table without a caption");
            let heads: Vec<_> = self.children(place, "th").collect();
            self.expect(!heads.is_empty(), "a table without headers");
            for head in heads {
                let scope = matches!(head.get("scope"), Some("col" | "row"));
                self.expect(scope, format!("no scope on the header \"{}\"", head.text));
                let named = head.get("scope") != Some("col") || !head.text.trim().is_empty();
                self.expect(named, "a column without a name");
            }
        }
    }

    /// What can be pressed or is drawn has a name; landmarks of a kind are told apart.
    fn names(&mut self) {
        for element in self.all {
            let named = !element.text.trim().is_empty()
                || element.get("aria-label").is_some_and(|label| !label.is_empty())
                || element.get("aria-labelledby").is_some();
            if matches!(element.name.as_str(), "a" | "button" | "summary") {
                self.expect(named, format!("a <{}> without a name", element.name));
            }
            let hidden = element.get("aria-hidden") == Some("true");
            if element.name == "svg" && !hidden {
                let role = matches!(element.get("role"), Some("img" | "group"));
                self.expect(named && role, "a drawing without a name");
            }
            let scrolls = element.get("tabindex") == Some("0");
            self.expect(!scrolls || named, "something takes the focus without a name");
            let high = element.get("tabindex").and_then(|t| t.parse::<i32>().ok()) > Some(0);
            self.expect(!high, "a tabindex above 0");
            if element.name == "time" {
                self.expect(element.get("datetime").is_some(), "a time without datetime");
            }
        }
        let labels: Vec<_> = self.of("nav").map(|nav| nav.get("aria-label")).collect();
        let distinct: BTreeSet<_> = labels.iter().collect();
        self.expect(distinct.len() == labels.len(), "two <nav> by the same name");
    }

    fn headings(&mut self) {
        let mut before = 0;
        let levels = self.all.iter().filter_map(|element| {
            let level = element.name.strip_prefix('h')?.parse::<usize>().ok()?;
            Some((level, element.text.trim().is_empty()))
        });
        for (level, empty) in levels {
            self.expect(level <= before + 1, format!("<h{level}> after <h{before}>"));
            self.expect(!empty, format!("an empty <h{level}>"));
            before = level;
        }
    }

    fn within(&self, element: &Element, name: &str) -> bool {
        element.around.iter().any(|place| self.all[*place].name == name)
    }

    fn children(
        &self,
        place: usize,
        name: &'static str,
    ) -> impl Iterator<Item = &'a Element> + use<'a> {
        self.of(name).filter(move |element| element.around.contains(&place))
    }
}

/// Reads the elements, and tells what is not closed.
fn parse(source: &str, faults: &mut Vec<String>) -> Vec<Element> {
    let mut all: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut rest = source;
    while let Some(at) = rest.find('<') {
        for place in &open {
            all[*place].text.push_str(&rest[..at]);
        }
        rest = &rest[at + 1..];
        let end = tag_end(rest);
        let tag = &rest[..end];
        rest = rest.get(end + 1..).unwrap_or_default();
        if let Some(name) = tag.strip_prefix('/') {
            let closed = open.pop().map(|place| all[place].name.clone());
            if closed.as_deref() != Some(name) {
                faults.push(format!("</{name}> closes {closed:?}"));
            }
            continue;
        }
        let element = element(tag, &open);
        let void = VOID.contains(&element.name.as_str());
        all.push(element);
        if !void {
            open.push(all.len() - 1);
        }
    }
    if !open.is_empty() {
        faults.push(format!("{} elements are not closed", open.len()));
    }
    all
}

/// Where the tag ends; a `>` within quotes does not end it.
fn tag_end(rest: &str) -> usize {
    let mut quoted = false;
    for (at, byte) in rest.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'>' if !quoted => return at,
            _ => {}
        }
    }
    rest.len()
}

fn element(tag: &str, around: &[usize]) -> Element {
    let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
    let mut attributes = BTreeMap::new();
    while !rest.is_empty() {
        let stop = rest.find([' ', '=']).unwrap_or(rest.len());
        let key = rest[..stop].to_owned();
        rest = &rest[stop..];
        let mut value = String::new();
        if let Some(quoted) = rest.strip_prefix("=\"") {
            let end = quoted.find('"').unwrap_or(quoted.len());
            quoted[..end].clone_into(&mut value);
            rest = quoted.get(end + 1..).unwrap_or_default();
        }
        rest = rest.trim_start();
        attributes.insert(key, value);
    }
    Element { name: name.to_owned(), attributes, around: around.to_vec(), text: String::new() }
}

mod tests {
    use super::page;

    fn wrapped(body: &str) -> String {
        format!(
            "<!DOCTYPE html><html lang=\"en\"><head><title>T</title></head><body>\
             <a href=\"#main\">Skip</a><header></header><main id=\"main\"><h1>H</h1>{body}</main>\
             <footer></footer></body></html>"
        )
    }

    #[test]
    fn a_sound_page_passes() {
        page(&wrapped("<p title=\"a > b\">x</p>")).unwrap();
    }

    #[test]
    fn every_fault_is_found() {
        for (body, fault) in [
            ("<h1>two</h1>", "2 <h1>"),
            ("<p id=\"main\"></p>", "stands twice"),
            ("<p style=\"x\"></p>", "style on <p>"),
            ("<p onclick=\"x\"></p>", "onclick on <p>"),
            ("<script>x</script>", "a script in the page"),
            ("<style>x</style>", "<style>"),
            ("<a href=\"//evil.example\">x</a>", "may lead away"),
            ("<a href=\"javascript:x\">x</a>", "may lead away"),
            ("<a href=\"/x\"></a>", "without a name"),
            ("<a href=\"#nowhere\">x</a>", "which is nowhere"),
            ("<input type=\"text\" id=\"i\" name=\"i\">", "no label for"),
            ("<table><tr><th scope=\"col\">x</th></tr></table>", "without a caption"),
            ("<table><caption>c</caption><tr><th>x</th></tr></table>", "no scope"),
            ("<svg></svg>", "a drawing without a name"),
            ("<fieldset></fieldset>", "without a legend"),
            ("<h3>x</h3>", "<h3> after <h1>"),
            ("<div tabindex=\"0\"></div>", "takes the focus"),
            ("<nav aria-label=\"a\"></nav><nav aria-label=\"a\"></nav>", "by the same name"),
            ("<p><b></p></b>", "closes"),
            ("<time>now</time>", "without datetime"),
        ] {
            let found = page(&wrapped(body)).unwrap_err();
            assert!(found.contains(fault), "{body}: {found}");
        }
    }
}
