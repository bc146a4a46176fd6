//! What is asked for: the span, the moment, what is given away.

use maud::{Markup, html};
use ward_access::Act;
use ward_desk::calendar::Election;
use ward_desk::redact::Rule;

use super::HERE;
use crate::desk::Desk;
use crate::doing::after::Asked;
use crate::doing::after::export::Form as Given;
use crate::fields::Fields;
use crate::pages::parts::{Frame, any, picked};
use crate::ui::{
    Choice, Col, Control, Disclosure, Errors, Field, Form, Hidden, Href, Place, Section, Select,
    Table, cell, none,
};

/// Which span is looked at.
pub(super) fn span(
    frame: &Frame<'_>,
    elections: &[Election],
    fields: &Fields,
    errors: &Errors,
) -> Form {
    let mut spans = Select::new("span", "Which time").option("last", "The last 24 hours");
    for one in elections.iter().rev() {
        spans = spans
            .option(format!("night:{}", one.id), format!("Election night: {}", one.name))
            .option(format!("day:{}", one.id), format!("Election day and night: {}", one.name));
    }
    let spans = spans.option("dates", "From one day to another:");
    let mut places = any("jurisdiction", "Jurisdiction", "All of them");
    for one in frame.jurisdictions.iter() {
        places = places.option(&one.id, &one.name);
    }
    Form::new("span", Href::at(HERE), "Choose")
        .get()
        .inline()
        .field(spans.picked(fields.given("span").unwrap_or("last")))
        .field(Field::date("from", "From").value(fields.text("from")).optional())
        .field(Field::date("to", "To").value(fields.text("to")).optional())
        .field(picked(places, fields, "jurisdiction"))
        .errors(errors)
}

/// What the slider is called.
const MOMENT: &str = "The moment";

/// The slider.
struct Slider {
    length: i64,
    step: i64,
    value: i64,
    words: String,
}

impl Control for Slider {
    fn draw(&self, place: &Place<'_>) -> Markup {
        let id = place.id("t");
        html! {
            div.field.slider {
                label for=(id) { (MOMENT) }
                input id=(id) name="t" type="range" min="0" max=(self.length) step=(self.step)
                    value=(self.value) aria-valuetext=(self.words) data-replay;
            }
        }
    }

    fn called(&self, name: &str) -> Option<&str> {
        (name == "t").then_some(MOMENT)
    }
}

/// Seconds of a step of the slider: a minute, or more where that would be thousands of them.
pub(super) const fn step_of(length: i64) -> i64 {
    let minutes = length / 60 / 1_440;
    if minutes < 1 { 60 } else { minutes.saturating_add(1).saturating_mul(60) }
}

/// Moves through the span.
pub(super) fn moment(asked: &Asked, words: &str) -> Form {
    let length = asked.length();
    let slider =
        Slider { length, step: step_of(length), value: asked.offset(), words: words.to_owned() };
    let mut form = Form::new("moment", Href::at(HERE), "Show").get();
    for (name, value) in asked.values() {
        form = form.field(Hidden::new(name, value));
    }
    form.field(slider)
}

/// What can be given away, and by which rules.
pub(super) fn giving(desk: &Desk, frame: &Frame<'_>, asked: &Asked) -> Markup {
    let mut forms = Select::new("form", "As what");
    for (form, words) in [
        (Given::Zip, "Everything in one file (ZIP)"),
        (Given::Report, "The after-action report (a page to print)"),
        (Given::Json, "The record as JSON"),
        (Given::Csv, "The record as CSV, for a spreadsheet"),
    ] {
        forms = forms.option(form.name(), words);
    }
    let mut form = Form::new("giving", Href::at("/after/export"), "Take it away").get();
    for (name, value) in asked.values() {
        form = form.field(Hidden::new(name, value));
    }
    form = form.field(forms.picked(Given::Zip.name()));
    if frame.sees(Act::ExportAfter) {
        form = form.field(
            Choice::one("redacted", "What is taken out")
                .hinted("yes", "What the rules below name", "For whoever asks for records.")
                .hinted(
                    "no",
                    "Nothing",
                    "For the office alone: names, numbers and addresses stand in it, and it says \
                     so on every page.",
                )
                .picked("yes"),
        );
    }
    let section = Section::new("giving-away", "Give it away").body(html! {
        p {
            "A report for the after-action review and the record for whoever asks for it, with a \
             list that names the span, what was taken out by which rule, and the seals by which \
             its completeness is checked. That somebody takes it stands in the audit."
        }
        (form)
        (Disclosure::new("What the rules take out", html! { (rules(desk)) }))
    });
    html! { (section) }
}

fn rules(desk: &Desk) -> Markup {
    let cols = [
        Col::head("Rule"),
        Col::text("What goes"),
        Col::text("All of it"),
        Col::text("Why"),
        Col::text("The law, as the office names it"),
    ];
    let mut table = Table::new("Rules of what is given away", cols).quiet();
    for rule in Rule::ALL {
        let basis = desk.settings.redaction.get(rule.name());
        table = table.row([
            cell(rule.name()),
            cell(rule.label()),
            cell(rule.removes()),
            cell(rule.why()),
            basis.map_or_else(none, cell),
        ]);
    }
    html! {
        (table)
        p {
            "No rule knows every name: somebody has to read what is given away before it goes. On \
             which law a rule stands is for the office to say, a line for each under "
            code { "[redaction]" } " in " code { "ward.toml" } "."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_minutes_and_not_too_many() {
        assert_eq!(step_of(3_600), 60);
        assert_eq!(step_of(86_400 - 60), 60);
        for days in [1, 2, 30, 400] {
            let length = days * 86_400;
            assert!(step_of(length) % 60 == 0 && length / step_of(length) <= 1_440, "{days}");
        }
    }
}
