//! The course of a case as a picture: its rung, its records, what people did.

use maud::{Markup, html};
use ward_desk::Body;
use ward_kernel::Time;
use ward_store::cases::Handling;

use super::View;
use super::history::title;
use crate::pages::cases::heading;
use crate::ui::{self, Course, RungBadge, Section};

/// Marks of a lane: more are a band.
const MARKS: usize = 200;

pub(super) fn section(view: &View<'_>) -> Markup {
    let (case, clock) = (&view.filed.case, &view.frame.clock);
    let records: Vec<Time> = view.evidence.iter().flatten().map(|one| one.at).take(MARKS).collect();
    let people: Vec<Time> = acts(view).map(|(at, _)| at).take(MARKS).collect();
    let rungs: Vec<_> = view.steps.iter().map(|step| (step.at, step.rung)).collect();
    let did = acts(view).count() as u64;
    let all = || {
        let steps = rungs.iter().map(|(at, _)| *at);
        steps.chain(records.iter().copied()).chain(people.iter().copied())
    };
    let from = all().chain([case.first]).min().unwrap_or(case.first);
    let to = all().chain([case.last]).max().unwrap_or(case.last);
    // What is open goes on until now: that nothing came since is a part of the picture.
    let is_open = view.filed.handling != Handling::Closed;
    let to = if is_open { to.max(view.frame.now) } else { to };
    let axis = (clock.exact(from), clock.exact(to));
    let words = format!(
        "Records from {} to {}; {} {}, {} by people.",
        clock.exact(case.first).words(),
        clock.exact(case.last).words(),
        ui::count(rungs.len() as u64, "step", "steps"),
        view.words("of judgement", "by the records"),
        ui::count(did, "act", "acts"),
    );
    let course = Course::new("The case over time", words, (from, to), axis)
        .rungs(view.words("Rung by judgement", "How far it got, by the records"), rungs)
        .band("Records", (case.first, case.last), records);
    let course = if people.is_empty() { course } else { course.marks("People", people) };
    let course = rows(view, course);
    html! { (Section::new("course", "Its course").body(html! { (course) })) }
}

/// What people did, oldest first.
fn acts<'a>(view: &'a View<'_>) -> impl Iterator<Item = (Time, String)> + 'a {
    view.log.entries().iter().filter_map(|entry| match &entry.body {
        Body::Act(act) => Some((entry.at, format!("{}, {}", title(&view.log, act), entry.by.name))),
        Body::Correction { .. } => None,
    })
}

/// The same, line by line.
fn rows(view: &View<'_>, mut course: Course) -> Course {
    let (case, clock) = (&view.filed.case, &view.frame.clock);
    let mut rows: Vec<(Time, &str, Markup)> = vec![
        (case.first, "Records", html! { "The first record" }),
        (case.last, "Records", html! { "The last record" }),
    ];
    for step in &view.steps {
        let what = html! { (RungBadge(step.rung)) " " (heading(&step.what)) };
        rows.push((step.at, view.words("Judgement", "How far it got"), what));
    }
    for record in view.evidence.iter().flatten().take(MARKS) {
        rows.push((record.at, "Records", html! { "Sealed: " (record.shows) }));
    }
    rows.extend(acts(view).take(MARKS).map(|(at, what)| (at, "People", html! { (what) })));
    rows.sort_by_key(|(at, ..)| *at);
    for (at, lane, what) in rows {
        course = course.row(clock.exact(at), lane, what);
    }
    course
}
