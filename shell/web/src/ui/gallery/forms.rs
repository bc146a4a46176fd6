//! Forms, as they come and as they come back.

use maud::{Markup, html};

use crate::ui::{
    Check, Choice, Confirm, Errors, Field, Form, Group, Hidden, Href, Section, Select, Steps, Width,
};

pub(super) fn sections(here: &Href) -> Markup {
    html! {
        (Section::new("ask", "Ask").body(html! { (find(here)) }))
        (Section::new("setup", "Set up").body(html! { (steps()) (office(here)) }))
        (Section::new("signin", "What came back").body(html! { (refused(here)) }))
        (Section::new("risky", "Before it cannot be undone").body(html! {
            (Confirm::new("Retire the sensor", here.clone(), Href::at("/sensors"))
                .happens("adair-fw-1 can send no more records.")
                .happens("What it sent stays, and so do the cases that stand on it.")
                .typed("adair-fw-1"))
        }))
    }
}

fn find(here: &Href) -> Form {
    Form::new("find", here.clone(), "Find")
        .get()
        .inline()
        .field(Field::search("q", "Address, account, domain or hash").width(Width::Medium))
        .field(
            Select::new("days", "How far back")
                .option("30", "30 days")
                .option("395", "13 months")
                .picked("30"),
        )
        .field(Check::new("quiet", "Silent sensors too"))
}

fn steps() -> Steps {
    Steps::new("Set-up", 2).step("The link").step("The office").step("Administrator").step("Done")
}

fn office(here: &Href) -> Form {
    let places = Select::new("place", "Jurisdiction")
        .group("Counties")
        .option("adair", "Adair County")
        .option("boone", "Boone County")
        .group("Boards")
        .option("kc", "Kansas City Board of Election Commissioners")
        .optional();
    let role = Choice::one("role", "Role")
        .hint("One person can have several; begin with one.")
        .hinted("analyst", "Analyst", "Sees all cases of the state and works on them.")
        .hinted("clerk", "Local clerk", "Sees her own jurisdiction and what is shared with her.")
        .option("auditor", "Auditor")
        .picked("clerk");
    let told = Choice::many("tell", "Tell me by mail about")
        .option("access", "Access and effect")
        .option("silence", "Silent sensors")
        .picked("access");
    Form::new("office", here.clone(), "Save the office")
        .field(Hidden::new("version", "7"))
        .field(
            Field::text("name", "Name of the office")
                .hint("As it stands on letters.")
                .value("Office of Example State")
                .auto("organization")
                .max(120),
        )
        .field(Field::email("email", "Address for mail").value("desk@state.example").optional())
        .field(Field::number("days", "Days that raw records are kept", 1, 400).value("30"))
        .field(Field::date("since", "In office since").optional())
        .field(Field::moment("until", "Invitation ends"))
        .field(places)
        .field(role)
        .field(told)
        .field(
            Group::new("Networks that are yours")
                .hint("One a line, such as 203.0.113.0/24.")
                .field(Field::area("nets", "Networks", 3).mono().value("203.0.113.0/24"))
                .field(Field::file("list", "Or a list", Some(".csv,text/csv")).optional()),
        )
        .field(Check::new("agree", "I may decide this for the office").required())
        .prose(html! { p { "The next step makes the first administrator." } })
        .also("draft", "yes", "Save for later")
        .cancel("Back", Href::at("/"))
}

fn refused(here: &Href) -> Form {
    let errors = Errors::new()
        .whole("The invitation has ended. Ask an administrator for another.")
        .add("user", "Write your name as it stands in the invitation.")
        .add("code", "The code is six digits; this one has five.")
        .add("device", "Choose what you want to sign in with.")
        .add("sure", "Tick the box when you have written the codes down.");
    Form::new("sign-in", here.clone(), "Sign in")
        .errors(&errors)
        .field(Field::text("user", "Name").auto("username").value("clerk"))
        .field(Field::password("password", "Password").hint("A long phrase is welcome."))
        .field(Field::code("code", "Code from the app").value("12345").max(6))
        .field(Choice::one("device", "Second factor").option("key", "Passkey").option("app", "App"))
        .field(Check::new("sure", "I have written the recovery codes down"))
}
