//! Who only looked: campaigns rather than addresses, the background, those with a name.

use ward_kernel::Rung;
use ward_watch::report::Report;

use super::canvas::{Canvas, Style};
use super::table::{self, Column};
use crate::page::model::{Campaign, Sorted};
use crate::page::text::{count, grouped, list};
use crate::page::when::Clock;

/// Rows of the table of campaigns.
const CAMPAIGNS: usize = 20;

pub(crate) fn campaigns(canvas: &mut Canvas, sorted: &Sorted<'_>, clock: &Clock) {
    if sorted.campaigns.is_empty() {
        return;
    }
    let cases = sorted.campaigns.iter().map(|campaign| campaign.cases.len() as u64).sum();
    canvas.heading(
        Style::Rung(Rung::Scan),
        "SOMEONE LOOKED",
        &count(cases, "campaign", "campaigns"),
    );
    let wide = canvas.width() >= 76;
    let very_wide = canvas.width() >= 112;
    let mut columns = vec![
        Column::text("kind", 8, 17).styled(Style::Rung(Rung::Scan)),
        Column::text("ports", 8, if very_wide { 34 } else { 24 }),
        Column::number("times"),
        Column::number("sources"),
        Column::number("probes"),
    ];
    if very_wide {
        columns.push(Column::text("most aimed at", 12, 34));
    }
    if wide {
        columns.push(Column::text("when", 21, 29).styled(Style::Dim));
    }
    let rows: Vec<Vec<String>> = sorted
        .campaigns
        .iter()
        .take(CAMPAIGNS)
        .map(|campaign| row(campaign, clock, wide, very_wide))
        .collect();
    table::draw(canvas, &columns, &rows);
    let rest = sorted.campaigns.len().saturating_sub(CAMPAIGNS) as u64;
    if rest > 0 {
        let text = format!("… and {} more: --json or --html", count(rest, "row", "rows"));
        canvas.field(2, "", 0, (Style::Dim, &text));
    }
}

fn row(campaign: &Campaign<'_>, clock: &Clock, wide: bool, very_wide: bool) -> Vec<String> {
    let ports = if campaign.ports.is_empty() {
        "any".to_owned()
    } else {
        list(&campaign.ports, if very_wide { 6 } else { 2 }, campaign.ports.len() as u64, " ")
    };
    let bound = if campaign.exact { "" } else { "≤" };
    let mut row = vec![
        campaign.kind.strip_prefix("scan.").unwrap_or(campaign.kind).to_owned(),
        ports,
        grouped(campaign.cases.len() as u64),
        format!("{bound}{}", grouped(campaign.sources)),
        grouped(campaign.probes),
    ];
    if very_wide {
        row.push(list(&campaign.hosts, 2, campaign.hosts.len() as u64, " "));
    }
    if wide {
        row.push(clock.span_bare(campaign.first, campaign.last));
    }
    row
}

/// What else was seen that nobody has to act on.
pub(crate) fn aside(canvas: &mut Canvas, report: &Report, sorted: &Sorted<'_>, clock: &Clock) {
    background(canvas, report);
    known(canvas, report);
    if sorted.authorised.is_empty() {
        return;
    }
    canvas.heading(Style::Bold, "REGISTERED TESTS", "counted apart");
    for case in &sorted.authorised {
        let text = format!(
            "{}: {}, {}, {}",
            case.authorised.as_deref().unwrap_or_default(),
            case.title,
            count(case.records, "record", "records"),
            clock.span(case.first, case.last),
        );
        canvas.field(2, "", 0, (Style::Plain, &text));
    }
}

fn background(canvas: &mut Canvas, report: &Report) {
    let background = &report.background;
    if background.probes == 0 {
        return;
    }
    let remark = format!(
        "{} from {} in no campaign",
        count(background.probes, "probe", "probes"),
        count(background.sources, "source", "sources"),
    );
    canvas.heading(Style::Bold, "BACKGROUND", &remark);
    let ports: Vec<String> = background
        .ports
        .iter()
        .map(|(port, probes)| format!("{port} {}", grouped(*probes)))
        .collect();
    if !ports.is_empty() {
        // The report counts ports over all probes, those of campaigns included.
        let ports = list(&ports, 12, ports.len() as u64, ", ");
        canvas.field(2, "", 0, (Style::Plain, &format!("all probes by port: {ports}")));
    }
}

fn known(canvas: &mut Canvas, report: &Report) {
    let known = &report.counts.known_scanners;
    if known.is_empty() {
        return;
    }
    canvas.heading(Style::Bold, "KNOWN SCANNERS", "research that names itself");
    let mut named: Vec<_> = known.iter().collect();
    named.sort_by_key(|(_, tally)| std::cmp::Reverse(tally.records));
    let named: Vec<String> = named
        .into_iter()
        .map(|(name, tally)| {
            let sources = count(tally.sources, "source", "sources");
            format!("{name} {} ({sources})", grouped(tally.records))
        })
        .collect();
    canvas.field(2, "", 0, (Style::Plain, &list(&named, 12, named.len() as u64, ", ")));
}
