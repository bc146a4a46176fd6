//! The after-action report: one page that needs nothing else, to be read, filled in and printed.

use std::collections::BTreeMap;
use std::io::{self, Write};

use maud::{Markup, html};
use ward_desk::replay::Lane;
use ward_kernel::words::{count, grouped};

use crate::doing::after::parts::{label, said};
use crate::doing::after::record::{Counted, Line, Record, by_rung};
use crate::doing::after::zip::Part;
use crate::ui::Clock;

const CSS: &str = include_str!("../../../assets/report.css");
/// Lines of the whole timeline that are printed; the record has all of them.
const PRINTED: usize = 5_000;

/// Writes the page, as it is taken away, piece by piece. Its list of parts is of those that were
/// made before it.
///
/// # Errors
/// Those of where it is written.
pub(crate) fn write(
    (record, parts, clock): (&Record, &[Part], &Clock),
    out: &mut dyn Write,
) -> io::Result<()> {
    let title = format!("{}After-action report", record.prefix());
    let mut page = Page { record, clock, out };
    // Not as pages of the desk begin: this one is a file.
    page.text("<!doctype html><html lang=\"en\">")?;
    page.put(html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            title { (title) " – " (record.office) }
            style { (CSS) }
        }
    })?;
    page.text("<body>")?;
    page.put(html! { p.mark.open[!record.redacted] { (page.mark()) } })?;
    page.text("<main>")?;
    page.put(html! { h1 { (title) } (page.head()) })?;
    page.put(page.summary())?;
    page.incidents()?;
    page.events()?;
    page.decisions()?;
    page.lane("positions", "Positions and hand-overs", Lane::Positions)?;
    page.checks()?;
    page.told()?;
    page.points()?;
    page.lane("rumors", "Rumors", Lane::Rumors)?;
    page.timeline()?;
    page.put(to_fill())?;
    page.put(page.list(parts))?;
    page.text("</main></body></html>")
}

struct Page<'a> {
    record: &'a Record,
    clock: &'a Clock,
    out: &'a mut dyn Write,
}

impl<'a> Page<'a> {
    fn text(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())
    }

    fn put(&mut self, markup: Markup) -> io::Result<()> {
        self.text(&markup.into_string())
    }

    /// What stands on every page.
    fn mark(&self) -> String {
        let how = if self.record.redacted {
            "Redacted by the rules that are listed at its end"
        } else {
            "NOT REDACTED: for the office alone"
        };
        let world = match self.record.prefix() {
            "" => String::new(),
            prefix => format!("{prefix}nothing in it is real. "),
        };
        format!("{world}{how}")
    }

    fn head(&self) -> Markup {
        let span = self.record.asked.span;
        html! {
            dl {
                dt { "Office" } dd { (self.record.office) }
                dt { "From" } dd { (self.clock.exact(span.from)) }
                dt { "To" } dd { (self.clock.exact(span.to)) }
                @if let Some(place) = &self.record.place { dt { "Jurisdiction" } dd { (place) " alone" } }
                dt { "Made" } dd { (self.clock.exact(self.record.made)) }
            }
            p.soft {
                "Made from what was put down at the desk, in its order. Nothing in it was written \
                 afterwards but the fields that are left for it."
            }
        }
    }

    fn of(&self, fits: impl Fn(&Line) -> bool) -> Vec<&'a Line> {
        self.record.lines.iter().filter(|line| fits(line)).collect()
    }

    fn summary(&self) -> Markup {
        let (first, last) = &self.record.counted;
        let acts =
            |lane: Lane, act: &str| self.of(|line| line.lane == lane && line.act == act).len();
        let rows = [
            ("Entries", count(self.record.lines.len() as u64, "entry", "entries")),
            ("Incidents reported", grouped(acts(Lane::Incidents, "report") as u64)),
            ("Made sure of", grouped(acts(Lane::Incidents, "verify") as u64)),
            ("Found not to be so", grouped(acts(Lane::Incidents, "refute") as u64)),
            ("Communications checks", grouped(acts(Lane::Checks, "ask") as u64)),
        ];
        html! {
            h2 { "Summary" }
            dl { @for (name, value) in rows { dt { (name) } dd { (value) } } }
            table {
                caption { "How it stood" }
                thead { tr { th scope="col" { "What" } th scope="col" { "At the beginning" } th scope="col" { "At the end" } } }
                tbody {
                    @for (rung, before) in by_rung(first.rungs) {
                        tr { th scope="row" { "Open cases: " (rung.name()) } td { (before) } td { (rung_of(last, rung)) } }
                    }
                    tr { th scope="row" { "Open incidents" } td { (first.incidents) } td { (last.incidents) } }
                    tr { th scope="row" { "Sensors" } td { (first.sensors.0) } td { (last.sensors.0) } }
                }
            }
            @for sentence in &self.record.missing { p { strong { (sentence) } } }
        }
    }

    fn incidents(&mut self) -> io::Result<()> {
        let mut logs: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
        for line in self.of(|line| line.lane == Lane::Incidents) {
            logs.entry(&line.log).or_default().push(line);
        }
        let mut logs: Vec<_> = logs.into_values().collect();
        logs.sort_by_key(|lines| lines.first().map(|line| line.at));
        self.put(html! {
            h2 { "Incidents" }
            @if logs.is_empty() { p { "None was written to." } }
        })?;
        for lines in &logs {
            let Some(first) = lines.first() else { continue };
            let place = first.text("place").unwrap_or("an incident that was reported before");
            self.put(html! { h3 { (first.place) ": " (place) } })?;
            self.table("What was put down about it", lines)?;
        }
        Ok(())
    }

    fn events(&mut self) -> io::Result<()> {
        let is = |line: &Line| {
            line.lane == Lane::Incidents && matches!(line.act.as_str(), "verify" | "refute")
        };
        self.put(html! {
            h2 { "Significant events" }
            p.soft {
                "What somebody other than who reported it made sure of, and what was found not to be \
                 so."
            }
        })?;
        self.table("Significant events", &self.of(is))
    }

    fn decisions(&mut self) -> io::Result<()> {
        let is = |line: &Line| {
            let reason = line.text("why").is_some() || line.text("how").is_some();
            let decided = line.kind == "judgement" && line.act == "decide";
            decided
                || reason
                    && matches!(
                        line.lane,
                        Lane::Cases | Lane::Incidents | Lane::Points | Lane::Other
                    )
        };
        self.put(html! { h2 { "Decisions and their reasons" } })?;
        self.table("Decisions", &self.of(is))
    }

    fn lane(&mut self, id: &str, title: &str, lane: Lane) -> io::Result<()> {
        self.put(html! { h2 id=(id) { (title) } })?;
        self.table(title, &self.of(|line| line.lane == lane))
    }

    fn checks(&mut self) -> io::Result<()> {
        self.put(html! {
            h2 { "Communications checks" }
            @if self.record.checks.is_empty() { p { "None was made." } }
            @for check in &self.record.checks {
                h3 { (check.question) }
                p {
                    "Asked " (self.clock.exact(check.begun)) ". " (check.count.0) " of "
                    (check.count.1) " had answered at the end."
                }
                @if !check.silent.is_empty() { p { "Not reached: " (check.silent.join(", ")) "." } }
            }
        })?;
        self.table("What was put down", &self.of(|line| line.lane == Lane::Checks))
    }

    fn told(&mut self) -> io::Result<()> {
        let is = |line: &Line| line.text("whom").is_some() || line.act == "ask";
        self.put(html! { h2 { "What was told whom" } })?;
        self.table("What was told whom", &self.of(is))
    }

    fn points(&mut self) -> io::Result<()> {
        let (done, aside, open) = self.record.points;
        let lines = self.of(|line| line.lane == Lane::Points);
        self.put(html! {
            h2 { "Checklists" }
            p {
                (count(done, "point was done", "points were done")) ", " (aside)
                " set aside, and " (open) " opened again at the end. Points that nobody touched are \
                 not in this count."
            }
        })?;
        if lines.is_empty() { Ok(()) } else { self.table("Points that were touched", &lines) }
    }

    fn timeline(&mut self) -> io::Result<()> {
        let all: Vec<&Line> = self.record.lines.iter().take(PRINTED).collect();
        self.put(html! {
            h2 { "Timeline" }
            @if self.record.lines.len() > PRINTED {
                p { "The first " (grouped(PRINTED as u64)) " entries; the record has all of them." }
            }
        })?;
        self.table("Everything that was put down, in its order", &all)
    }

    /// A table; row by row, for there may be more than a page in memory should be.
    fn table(&mut self, caption: &str, lines: &[&Line]) -> io::Result<()> {
        if lines.is_empty() {
            return self.put(html! { p { "Nothing was put down." } });
        }
        self.text("<table>")?;
        self.put(html! {
            caption { (caption) }
            thead {
                tr {
                    th scope="col" { "When" }
                    th scope="col" { "What" }
                    th scope="col" { "Words" }
                    th scope="col" { "By" }
                }
            }
        })?;
        self.text("<tbody>")?;
        for line in lines {
            self.put(self.row(line))?;
        }
        self.text("</tbody></table>")
    }

    fn row(&self, line: &Line) -> Markup {
        html! {
            tr {
                td.when { (self.clock.exact(line.at)) }
                td {
                    p { @if line.grave { strong { (line.words) } } @else { (line.words) } }
                    @if !line.place.is_empty() { p.soft { (line.place) } }
                }
                td {
                    @for (name, text) in line.texts.iter().filter(|(_, text)| !text.is_empty()) {
                        p { span.soft { (label(name)) ": " } (said(name, text)) }
                    }
                    p.soft { (line.log) ", entry " (line.number) }
                }
                td { @if line.by.is_empty() { "The desk by itself" } @else { (line.by) } }
            }
        }
    }

    fn list(&self, parts: &[Part]) -> Markup {
        html! {
            h2 { "What this is, and whether it is whole" }
            @if self.record.redacted { (self.rules()) } @else {
                p { strong { "Nothing was taken out of this report and of the record with it." } }
            }
            table {
                caption { "Parts that were made with it" }
                thead { tr { th scope="col" { "Part" } th scope="col" { "Bytes" } th scope="col" { "SHA-256" } } }
                tbody {
                    @for part in parts {
                        tr { th scope="row" { (part.name) } td { (grouped(part.bytes)) } td { code { (part.sha256) } } }
                    }
                }
            }
            p {
                "The newest row of the audit when this was made was row " (self.record.audit.0)
                " with the seal " code { (self.record.audit.1) } "."
            }
            table {
                caption { "Logs, with the seal of the newest entry that is in it" }
                thead { tr { th scope="col" { "Log" } th scope="col" { "Entries" } th scope="col" { "Newest" } th scope="col" { "SHA-256" } } }
                tbody {
                    @for one in &self.record.sealed {
                        tr { th scope="row" { (one.log) } td { (one.entries) } td { (one.last.0) } td { code { (one.last.1) } } }
                    }
                }
            }
        }
    }

    fn rules(&self) -> Markup {
        html! {
            table {
                caption { "Rules by which something was taken out" }
                thead {
                    tr {
                        th scope="col" { "Rule" }
                        th scope="col" { "What" }
                        th scope="col" { "Why" }
                        th scope="col" { "The law, as the office names it" }
                        th scope="col" { "Passages" }
                        th scope="col" { "Entries" }
                    }
                }
                tbody {
                    @for one in &self.record.rules {
                        tr {
                            th scope="row" { (one.rule.name()) }
                            td { p { (one.rule.label()) "." } p.soft { (one.rule.removes()) } }
                            td { (one.rule.why()) }
                            td { @if one.basis.is_empty() { "Not named" } @else { (one.basis) } }
                            td { (one.count) }
                            td { (one.lines) }
                        }
                    }
                }
            }
            p {
                "Something was taken out of " (self.record.touched) " of "
                (count(self.record.lines.len() as u64, "entry", "entries"))
                ". No entry was left out."
            }
        }
    }
}

fn rung_of(counted: &Counted, rung: ward_kernel::Rung) -> u64 {
    counted.rungs.get(rung as usize).copied().unwrap_or(0)
}

/// What people write who were there.
fn to_fill() -> Markup {
    html! {
        h2 { "What went well" }
        div.fill { "To be filled in." }
        h2 { "What to improve" }
        div.fill { "What, why, who sees to it, and until when." }
    }
}
