//! One communications check: who has not answered, and who has.

use axum::extract::{Path, State};
use maud::{Markup, html};
use ward_access::{Act, Scope};
use ward_desk::Words;
use ward_desk::communications::{Check, Way};

use super::HERE;
use crate::desk::Desk;
use crate::doing::logs::{self, Filed};
use crate::doing::{room, told};
use crate::fields::Sent;
use crate::pages::contacts::to_call;
use crate::pages::failed::Failed;
use crate::pages::parts::{BELL, Frame, done, go_to, prose, wrong};
use crate::refused::{Answer, Refused};
use crate::ui::{
    Act as Button, Choice, Col, Disclosure, Empty, Field, Form, Go, Hidden, Href, Html, Meter,
    Region, Section, Select, Table, Tag, cell, count, none,
};
use crate::who::Who;

/// What the page is about.
struct View<'a> {
    frame: Frame<'a>,
    who: &'a Who,
    check: Filed<Check>,
    key: String,
}

impl<'a> View<'a> {
    async fn load(desk: &'a Desk, who: &'a Who, id: &str) -> Result<Self, Refused> {
        let mut read = desk.store.read().await?;
        let rights = (Act::SeeRoom, Act::SeeRoom);
        let check: Filed<Check> = logs::found(read.link(), who, id, rights).await?;
        let frame = Frame::load(desk, who, read.link()).await?;
        drop(read);
        Ok(Self { frame, who, check, key: logs::new_key(desk)? })
    }

    fn href(&self) -> Href {
        Href::at(HERE).join("checks").join(&self.check.place.id)
    }

    /// Jurisdictions that have not answered, in the order of their names.
    fn silent(&self) -> Vec<&str> {
        let asked = self.check.log.state().asked.iter();
        let mut silent: Vec<&str> =
            asked.filter(|(_, answer)| answer.is_none()).map(|(id, _)| id.as_str()).collect();
        silent.sort_by_key(|id| self.frame.place(id));
        silent
    }
}

pub(super) async fn show(State(desk): State<Desk>, who: Who, Path(id): Path<String>) -> Answer {
    let view = View::load(&desk, &who, &id).await?;
    done(page(&view, &Failed::default()))
}

pub(super) async fn put(
    State(desk): State<Desk>,
    who: Who,
    Path(id): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    match told(room::at_check(&desk, &who, &id, &fields).await)? {
        Ok(()) => go_to(&Href::at(HERE).join("checks").join(&id)),
        Err(errors) => {
            let view = View::load(&desk, &who, &id).await?;
            wrong(page(&view, &Failed::new(fields, errors)))
        }
    }
}

fn page(view: &View<'_>, failed: &Failed) -> Html {
    let state = view.check.log.state();
    let (answered, asked) = state.count();
    let works = view.who.may(Act::WorkRoom, Scope::State) && state.is_going_on();
    let stands = if failed.is("withdraw") { answered > 0 } else { answered < asked };
    let words = format!("{answered} of {asked} have answered");
    view.frame
        .page(&view.href(), "Communications check")
        .crumb("The room", Href::at(HERE))
        .lead(state.question.as_ref().map_or_else(String::new, ToString::to_string))
        .failed(failed.is_any())
        .live(Href::at(BELL))
        .as_of(view.frame.clock.exact(view.frame.now), view.href())
        .render(&html! {
            (failed.notice(works && stands))
            @if works { (keyed_in(view, failed)) }
            (Region::new("room", html! {
                (Section::new("reached", "How many have answered")
                    .body(html! { (Meter::new("Answers", words, answered as u64, asked as u64)) }))
                (silent(view))
                (answers(view))
            }))
            @if works { (ending(view, failed)) }
        })
}

fn silent(view: &View<'_>) -> Markup {
    let (state, silent) = (view.check.log.state(), view.silent());
    let mut section = Section::new("silent", "Who has not answered").tally(count(
        silent.len() as u64,
        "authority",
        "authorities",
    ));
    if view.frame.sees(Act::SeeContacts) && !silent.is_empty() {
        let list = Href::at("/contacts/print").query("check", &view.check.place.id);
        section = section.actions(html! { (Go::new("Their telephone list", list).second()) });
    }
    let section = section.body(html! {
        @if silent.is_empty() {
            (Empty::new("All have answered", "Nobody is left to be called."))
        } @else {
            ul.names.calls {
                @for id in &silent {
                    li {
                        span {
                            (view.frame.place(id))
                            @if let Some(misses) = state.misses.get(*id) {
                                " " (Tag::warn(format!("Tried {}", count(*misses, "time", "times"))))
                            }
                        }
                        (to_call(&view.frame, id))
                    }
                }
            }
        }
    });
    html! { (section) }
}

fn answers(view: &View<'_>) -> Markup {
    let asked = &view.check.log.state().asked;
    let mut answers: Vec<_> =
        asked.iter().filter_map(|(id, answer)| Some((id, answer.as_ref()?))).collect();
    answers.sort_by_key(|(_, answer)| std::cmp::Reverse(answer.at));
    let cols = [
        Col::head("Jurisdiction"),
        Col::when("When"),
        Col::text("By which way"),
        Col::text("What they said"),
        Col::text("Put down by"),
    ];
    let mut table = Table::new("Who has answered", cols)
        .quiet()
        .none(Empty::new("Nobody has answered yet", "Answers show here as they come."));
    for (id, answer) in &answers {
        table = table.row([
            cell(view.frame.place(id)),
            cell(view.frame.clock.exact(answer.at)),
            cell(answer.way.label()),
            answer.text.as_ref().map_or_else(none, |text| {
                html! {
                    // What they wrote themselves instead of pressing the button.
                    @if answer.way == Way::Page { (Tag::warn("Not all well")) " " }
                    (prose(text))
                }
            }),
            cell(&answer.by.name),
        ]);
    }
    let section = Section::new("answers", "Who has answered")
        .tally(count(answers.len() as u64, "authority", "authorities"))
        .body(html! { (table) });
    html! { (section) }
}

/// For answers that came by telephone, and for whoever was called in vain.
fn keyed_in(view: &View<'_>, failed: &Failed) -> Markup {
    let silent = view.silent();
    if silent.is_empty() {
        return html! {};
    }
    let act = if failed.is("miss") { "miss" } else { "answer" };
    let list = Select::new("jurisdiction", "Who").picked(failed.typed(act, "jurisdiction"));
    let list = silent.iter().fold(list, |list, id| list.option(*id, view.frame.place(id)));
    let ways = Select::new("way", "By which way");
    let ways = Way::ALL.into_iter().fold(ways, |list, way| list.option(way.name(), way.label()));
    let way = Way::named(failed.typed(act, "way")).unwrap_or(Way::Telephone);
    let outcome = Choice::one("act", "What came of it")
        .option("answer", "They answered")
        .option("miss", "Nobody answered")
        .picked(act);
    let form = Form::new("keyed", view.href(), "Put it down")
        .field(Hidden::new("key", &view.key))
        .field(list)
        .field(ways.picked(way.name()))
        .field(outcome)
        .field(
            Field::area("text", "What they said", 2)
                .value(failed.typed(act, "text"))
                .max(Words::MAX)
                .optional(),
        );
    let form = failed.marked(form, failed.is(act));
    html! { (Section::new("keyed-in", "Did you call somebody?").body(html! { (form) })) }
}

fn ending(view: &View<'_>, failed: &Failed) -> Markup {
    let end = Button::new("end", view.href(), "End this check")
        .with("key", format!("{}-end", view.key))
        .with("act", "end");
    let has_answers = view.check.log.state().count().0 > 0;
    html! {
        @if has_answers {
            (Section::new("withdrawing", "An answer is none").body(html! {
                (Disclosure::new("Take an answer back", html! { (withdraw(view, failed)) })
                    .open_if(failed.is("withdraw")))
            }))
        }
        (Section::new("ending", "End it").body(html! {
            p { "Whoever has not answered stays on the list as not reached." }
            div.buttons { (end) }
        }))
    }
}

/// For an answer that was put down for the wrong one.
fn withdraw(view: &View<'_>, failed: &Failed) -> Form {
    let typed = |name: &str| failed.typed("withdraw", name);
    let asked = view.check.log.state().asked.iter().filter(|(_, answer)| answer.is_some());
    let list = Select::new("jurisdiction", "Whose answer").picked(typed("jurisdiction"));
    let list = asked.fold(list, |list, (id, _)| list.option(id, view.frame.place(id)));
    let form = Form::new("withdraw", view.href(), "Take it back")
        .field(Hidden::new("key", format!("{}-withdraw", view.key)))
        .field(Hidden::new("act", "withdraw"))
        .field(list)
        .field(Field::area("text", "Why?", 2).value(typed("text")).max(Words::MAX));
    failed.marked(form, failed.is("withdraw"))
}
