//! What is left to do in a case, and whom the office told.

use maud::{Markup, html};
use ward_access::Act;
use ward_desk::Body;
use ward_desk::case_file::{self, Task, TaskStage};

use super::View;
use super::work::{form, text};
use crate::pages::failed::Failed;
use crate::pages::parts::prose;
use crate::ui::{self, Act as Button, Col, Disclosure, Facts, Section, Table, Tag, cell};

/// The tasks, those that are left to do first.
pub(super) fn tasks(view: &View<'_>, failed: &Failed) -> Markup {
    let state = view.log.state();
    let works = view.may(Act::WorkCase);
    let mut table = Table::new(
        "Tasks of this case",
        [Col::head("Task"), Col::text("State"), Col::acts("Do it")],
    )
    .quiet();
    let open = state.open_tasks();
    let ended = state.tasks.iter().filter(|task| task.stage != TaskStage::Open);
    for task in open.chain(ended) {
        let tag = match task.stage {
            TaskStage::Open => Tag::warn("To do"),
            TaskStage::Done => Tag::good("Done"),
            TaskStage::Dropped => Tag::plain("Dropped"),
        };
        let act = html! {
            @if works && task.stage == TaskStage::Open { (done(view, task)) }
        };
        table = table.row([cell(task.what.as_str()), cell(tag), act]);
    }
    let open: Vec<&Task> = state.open_tasks().collect();
    let section = Section::new("tasks", "Tasks")
        .tally(format!("{} to do", ui::count(open.len() as u64, "task", "tasks")))
        .body(html! {
            (table)
            @if works && !open.is_empty() {
                (Disclosure::new("A task need not be done", drop_form(view, &open, failed))
                    .open_if(failed.is("task-drop")))
            }
        });
    html! { @if !state.tasks.is_empty() { (section) } }
}

fn done(view: &View<'_>, task: &Task) -> Button {
    let number = task.number.to_string();
    Button::new(format!("done-{number}"), view.href().join("work"), "Done")
        .about(task.what.as_str())
        .with("key", format!("{}-done-{number}", view.key))
        .with("act", "task-done")
        .with("task", number)
}

fn drop_form(view: &View<'_>, open: &[&Task], failed: &Failed) -> Markup {
    let mut list = ui::Select::new("task", "Which task?");
    for task in open {
        list = list.option(task.number.to_string(), task.what.as_str());
    }
    let list = failed.chosen(list, "task-drop", "task");
    let form = form(view, "task-drop", "Drop it", failed).field(list).field(text(
        "task-drop",
        "Why?",
        "It stays on the list, with this.",
        failed,
    ));
    html! { (form) }
}

/// Whom the office told what, by which way.
pub(super) fn told(view: &View<'_>) -> Markup {
    let mut facts = Facts::new();
    let mut count = 0_u64;
    for entry in view.log.entries() {
        let Body::Act(case_file::Act::Told { whom, what, way }) = &entry.body else { continue };
        count = count.saturating_add(1);
        facts = facts.row(
            whom.as_str(),
            html! {
                (prose(what))
                p { (ui::soft(&format!("{}, {}, ", way.label(), entry.by.name)))
                    (view.frame.clock.exact(entry.at)) }
            },
        );
    }
    let section = Section::new("told-people", "Whom the office told")
        .tally(ui::count(count, "entry", "entries"))
        .body(html! { (facts) });
    html! { @if count > 0 { (section) } }
}
