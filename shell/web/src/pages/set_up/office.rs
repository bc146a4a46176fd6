//! The first step: the office, its zone, its jurisdictions.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use maud::html;
use ward_access::{Jurisdiction, missouri, parse_list};

use super::places::{STATES, ZONES};
use super::{Step, closed, onwards, ours, ours_mut, page};
use crate::desk::Desk;
use crate::doing::checked::{add, email, name};
use crate::fields::{Fields, Sent};
use crate::refused::Answer;
use crate::ui::{Choice, Disclosure, Errors, Field, Form, Group, Href, Html, Select, Width, mono};

/// The office, as it was entered.
#[derive(Clone, Debug)]
pub(crate) struct Office {
    /// The state's two letters.
    pub(super) state: String,
    /// The office's name.
    pub(super) name: String,
    /// Its zone.
    pub(super) zone: String,
    /// The telephone of its desk; may be empty.
    pub(super) phone: String,
    /// The mail address of its desk; may be empty.
    pub(super) mail: String,
    /// Its local election authorities.
    pub(super) jurisdictions: Vec<Jurisdiction>,
    /// Whether they are the shipped list.
    shipped: bool,
}

/// Lines of a list that are told to be wrong at a time.
const TOLD: usize = 12;

pub(super) fn first_page(desk: &Desk, headers: &HeaderMap) -> Html {
    let entered = ours(desk, headers, |draft| draft.office.clone()).flatten();
    let fields = match &entered {
        None => Fields::from([("state", "MO"), ("zone", "America/Chicago"), ("list", "missouri")]),
        Some(office) => Fields::from([
            ("state", office.state.as_str()),
            ("name", office.name.as_str()),
            ("zone", office.zone.as_str()),
            ("phone", office.phone.as_str()),
            ("mail", office.mail.as_str()),
            ("list", if office.shipped { "missouri" } else { "own" }),
        ]),
    };
    form_page(desk, &fields, &Errors::new())
}

fn form_page(desk: &Desk, fields: &Fields, errors: &Errors) -> Html {
    let mut states = Select::new("state", "State or territory");
    for (letters, name) in STATES {
        states = states.option(letters, name);
    }
    let mut zones = Select::new("zone", "Time zone").hint("Every page of the desk speaks in it.");
    for (zone, name) in ZONES {
        zones = zones.option(zone, name);
    }
    if let Some(state) = fields.given("state") {
        states = states.picked(state);
    }
    if let Some(zone) = fields.given("zone") {
        zones = zones.picked(zone);
    }
    let form = Form::new("office", Href::at("/set-up/office"), "Go on to the administrator")
        .field(states)
        .field(
            Field::text("name", "Name of the office")
                .hint("As it stands at the head of every page: Office of the Secretary of State.")
                .value(fields.text("name"))
                .auto("organization")
                .max(120)
                .focus(),
        )
        .field(zones)
        .field(reach(fields))
        .field(list(fields))
        .prose(shape())
        .errors(errors);
    let (page, steps) = page(desk, Step::Office, "Set up the desk");
    page.failed(!errors.is_empty())
        .lead("Three steps, about five minutes. Nothing is kept until the last one is done.")
        .render(&html! { (steps) (form) })
}

fn reach(fields: &Fields) -> Group {
    Group::new("How local authorities reach your desk")
        .hint("Shown to clerks beside what they should call about. Both can be entered later.")
        .field(
            Field::text("phone", "Telephone")
                .value(fields.text("phone"))
                .auto("off")
                .max(40)
                .width(Width::Medium)
                .optional(),
        )
        .field(
            Field::email("mail", "E-mail address")
                .value(fields.text("mail"))
                .auto("off")
                .max(254)
                .optional(),
        )
}

fn list(fields: &Fields) -> Group {
    let shipped = missouri();
    let boards = shipped.iter().filter(|one| one.kind.as_str() == "board").count();
    let hint = format!(
        "{} local election authorities: {} county clerks and {boards} boards of election \
         commissioners.",
        shipped.len(),
        shipped.len().saturating_sub(boards)
    );
    let choice = Choice::one("list", "Which")
        .hinted("missouri", "Missouri's, as shipped", hint)
        .hinted("own", "My own list", "Paste it below.")
        .picked(fields.given("list").unwrap_or("missouri"));
    Group::new("Local election authorities")
        .hint("They are the jurisdictions that people, sensors and cases belong to.")
        .field(choice)
        .field(
            Field::area("csv", "Own list, as CSV", 6).value(fields.text("csv")).mono().optional(),
        )
}

fn shape() -> maud::Markup {
    html! {
        (Disclosure::new("What an own list looks like", html! {
            p {
                "One line for each authority under the head line " (mono("id,name,kind,counties"))
                ": a short name of small letters, digits and hyphens; the name; "
                (mono("clerk")) " or " (mono("board")) "; the counties, separated by semicolons. A \
                spreadsheet saves such a list as CSV; open that in a text editor, copy it all, and \
                paste it above."
            }
            pre { code {
                "id,name,kind,counties\n\
                 east-county,East County,clerk,East County\n\
                 river-city-board,River City,board,East County;West County"
            } }
        }))
    }
}

pub(super) async fn take(
    State(desk): State<Desk>,
    headers: HeaderMap,
    Sent(fields): Sent,
) -> Answer {
    if ours(&desk, &headers, |_| ()).is_none() {
        return Ok(closed(&desk));
    }
    match read(&fields) {
        Err(errors) => {
            let page = form_page(&desk, &fields, &errors);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Ok(office) => match ours_mut(&desk, &headers, |draft| draft.office = Some(office)) {
            Some(()) => onwards(),
            None => Ok(closed(&desk)),
        },
    }
}

fn read(fields: &Fields) -> Result<Office, Errors> {
    let mut errors = Errors::new();
    let state = fields.text("state");
    if !STATES.iter().any(|(letters, _)| *letters == state) {
        add(&mut errors, "state", "Choose the state or territory.");
    }
    let office = name(fields, "name", &mut errors);
    let zone = fields.text("zone");
    if !ZONES.iter().any(|(known, _)| *known == zone) {
        add(&mut errors, "zone", "Choose the time zone.");
    }
    let phone = fields.text("phone");
    if phone.chars().count() > 40 || phone.chars().any(char::is_control) {
        add(&mut errors, "phone", "Write the number alone, with at most 40 signs.");
    }
    let mail = match fields.given("mail") {
        Some(_) => email(fields, "mail", &mut errors),
        None => String::new(),
    };
    let shipped = fields.text("list") != "own";
    let jurisdictions = match jurisdictions(fields, shipped) {
        Ok(list) => list,
        Err(sentences) => {
            for sentence in sentences {
                add(&mut errors, "csv", sentence);
            }
            Vec::new()
        }
    };
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(Office {
        state: state.to_owned(),
        name: office,
        zone: zone.to_owned(),
        phone: phone.to_owned(),
        mail,
        jurisdictions,
        shipped,
    })
}

fn jurisdictions(fields: &Fields, shipped: bool) -> Result<Vec<Jurisdiction>, Vec<String>> {
    if shipped && fields.text("state") != "MO" {
        return Err(vec![
            "The shipped list is Missouri's: choose your own list and paste your state's."
                .to_owned(),
        ]);
    }
    if shipped {
        return Ok(missouri());
    }
    let Some(csv) = fields.given("csv") else {
        return Err(vec!["Paste the list, with its head line.".to_owned()]);
    };
    parse_list(csv).map_err(|problems| {
        let told = problems.iter().take(TOLD).map(|one| crate::proof::sentence(&one.to_string()));
        let mut told: Vec<String> = told.collect();
        if problems.len() > TOLD {
            told.push(format!("And {} lines more.", problems.len() - TOLD));
        }
        told
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: [(&str, &str); 4] = [
        ("state", "KS"),
        ("name", "Office of Example State"),
        ("zone", "America/Chicago"),
        ("list", "own"),
    ];

    fn with_list(csv: &str) -> Result<Office, Errors> {
        let [a, b, c, d] = OWN;
        read(&Fields::from([a, b, c, d, ("csv", csv)]))
    }

    #[test]
    fn an_own_list_is_read_and_its_problems_have_lines() {
        let office = with_list("id,name,kind,counties\neast,East,clerk,East\n").unwrap();
        assert_eq!(office.jurisdictions.len(), 1);
        let errors = with_list("id,name,kind,counties\neast,East,sheriff,East\nEast!,x,clerk,y\n");
        let told = format!("{:?}", errors.unwrap_err());
        assert!(told.contains("Line 2: ") && told.contains("Line 3: "), "{told}");
        let many = format!("id,name,kind,counties\n{}", "bad\n".repeat(40));
        let told = format!("{:?}", with_list(&many).unwrap_err());
        assert!(told.contains("And 28 lines more."), "{told}");
    }

    #[test]
    fn the_shipped_list_is_missouris_alone() {
        let fields = |state| {
            Fields::from([
                ("state", state),
                ("name", "Office of Example State"),
                ("zone", "America/Chicago"),
                ("list", "missouri"),
            ])
        };
        assert_eq!(read(&fields("MO")).unwrap().jurisdictions.len(), 116);
        assert!(read(&fields("KS")).is_err());
        assert!(read(&fields("XX")).is_err());
    }
}
