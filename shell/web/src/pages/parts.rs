//! What the pages share: their frame, how they read what was sent, the words that recur.

use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use ward_access::{Act, Jurisdiction, Scope};
use ward_kernel::{Rung, Time};
use ward_sensor::Status;
use ward_sensor::hearing::Heard;
use ward_store::cases::{Counts, Handling};
use ward_store::sensors::Sensor;
use ward_store::{Error, Link, cases, meta, office};

use crate::desk::Desk;
use crate::server::errors::Problem;
use crate::ui::{self, Clock, Href, Html, Nav, Page, Select, Tag, cell, none};
use crate::who::Who;

/// The key of the store's facts for the telephone of the state's desk.
pub(crate) const PHONE: &str = "office.phone";
/// The key of the store's facts for the mail address of the state's desk.
pub(crate) const MAIL: &str = "office.mail";

/// Where the script hears that a region has news.
pub(crate) const BELL: &str = "/live";

/// What a page's handler gives.
pub(crate) type Answer = Result<Response, Refused>;

/// A refusal, told as a page.
pub(crate) struct Refused(Box<Problem>);

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        *refused.0
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self(Box::new(problem))
    }
}

impl From<Error> for Refused {
    fn from(err: Error) -> Self {
        Self(Box::new(err.into()))
    }
}

impl From<crate::keys::NoRandomness> for Refused {
    fn from(err: crate::keys::NoRandomness) -> Self {
        tracing::error!(error = %err, "nothing secret can be made");
        let what = "Try again; if it stays, the machine that the desk runs on is at fault.";
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "Nothing secret can be made now", what)
            .into()
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        self.0.page()
    }
}

/// There is no such thing, or not for whoever asks: both are told alike.
pub(crate) fn not_found() -> Refused {
    Problem::not_found().into()
}

/// What stands around every page, and what its words need.
pub(crate) struct Frame<'a> {
    desk: &'a Desk,
    who: &'a Who,
    /// The office's name.
    pub(crate) office: String,
    /// The office's clock.
    pub(crate) clock: Clock,
    /// The moment for which the page speaks.
    pub(crate) now: Time,
    /// The jurisdictions, in the order of their names.
    pub(crate) jurisdictions: Vec<Jurisdiction>,
    /// Open cases by rung, in the scope of whoever looks.
    pub(crate) counts: Counts,
}

impl<'a> Frame<'a> {
    /// Reads what every page needs.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) async fn load(
        desk: &'a Desk,
        who: &'a Who,
        mut link: Link<'_>,
    ) -> Result<Self, Error> {
        let office = meta::get(link.again(), office::NAME).await?.unwrap_or_default();
        let zone = meta::get(link.again(), office::ZONE).await?.unwrap_or_default();
        let jurisdictions = office::jurisdictions(link.again()).await?;
        let counts = cases::counts(link, who.case_scope()).await?;
        let clock = Clock::named(&zone).unwrap_or_else(utc);
        Ok(Self { desk, who, office, clock, now: desk.now(), jurisdictions, counts })
    }

    /// A page at an address, with everything around it.
    pub(crate) fn page(&self, at: &Href, title: impl Into<String>) -> Page {
        let mut page = Page::new(title).nav(self.nav(at));
        if !self.office.is_empty() {
            page = page.office(&self.office);
        }
        if self.desk.settings.demo {
            page = page.banner(
                "This is a demonstration: every person, machine and record in it is made up.",
            );
        }
        let Some(actor) = &self.who.actor else { return page };
        let account = ui::Who::new(
            &actor.name,
            actor.role.label(),
            Href::at("/account"),
            Href::at("/sign-out"),
        );
        page.who(match &actor.jurisdiction {
            Some(id) => account.place(self.place(id)),
            None => account,
        })
    }

    fn nav(&self, at: &Href) -> Nav {
        let urgent = Rung::ALL[1..].iter().map(|rung| self.counts.of(*rung)).sum();
        let mut nav = Nav::new(at).item("Home", Href::at("/"));
        if self.sees(Act::SeeCases) {
            nav = nav.counted("Cases", Href::at("/cases"), urgent);
        }
        for (act, label, path) in [
            (Act::SeeSensors, "Sensors", "/sensors"),
            (Act::Hunt, "Hunt", "/hunt"),
            (Act::SeePeople, "People", "/people"),
            (Act::SeeAudit, "Audit", "/audit"),
            (Act::SeeSettings, "Settings", "/settings"),
        ] {
            if self.sees(act) {
                nav = nav.item(label, Href::at(path));
            }
        }
        nav
    }

    /// Whether whoever looks may do this anywhere.
    pub(crate) fn sees(&self, act: Act) -> bool {
        self.who.reach(act) != ward_access::Reach::Nothing
    }

    /// Whether whoever looks sees the whole state.
    pub(crate) fn is_state(&self) -> bool {
        self.who.narrowed(Act::SeeCases).is_none()
    }

    /// A jurisdiction's name; its id when it is not known any more.
    pub(crate) fn place<'b>(&'b self, id: &'b str) -> &'b str {
        self.jurisdictions.iter().find(|one| one.id == id).map_or(id, |one| &one.name)
    }

    /// The jurisdictions in which whoever looks may do this.
    pub(crate) fn places_for(&self, act: Act) -> Vec<&Jurisdiction> {
        let may = |one: &&Jurisdiction| self.who.may(act, Scope::Jurisdiction(&one.id));
        self.jurisdictions.iter().filter(may).collect()
    }

    /// The jurisdictions of a case, as far as whoever looks may know them: a few by name, the
    /// rest by number.
    pub(crate) fn places(&self, ids: &[String]) -> Markup {
        let known = |id: &&String| self.who.may(Act::SeeCases, Scope::Jurisdiction(id));
        let names: Vec<&str> = ids.iter().filter(known).map(|id| self.place(id)).take(3).collect();
        let rest = ids.len().saturating_sub(names.len());
        match (names.as_slice(), rest) {
            ([], 0) => none(),
            ([], rest) => cell(ui::count(rest as u64, "other jurisdiction", "other jurisdictions")),
            (_, 0) => cell(names.join(", ")),
            (_, rest) => cell(format!("{} and {rest} more", names.join(", "))),
        }
    }
}

fn utc() -> Clock {
    Clock::new(jiff::tz::TimeZone::UTC)
}

/// Values that were sent by name: those of an address's query, or of a form.
#[derive(Debug, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// These values.
    pub(crate) const fn new(values: Vec<(String, String)>) -> Self {
        Self(values)
    }

    /// The first value of a name, without the space around it; empty when there is none.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }

    /// The first value of a name as it was sent, for passwords: the space around one belongs to it.
    pub(crate) fn exact(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// The first value of a name when it is not empty.
    pub(crate) fn given(&self, name: &str) -> Option<&str> {
        Some(self.text(name)).filter(|value| !value.is_empty())
    }

    /// The value of a list of [`any`]: `None` when nothing was chosen.
    pub(crate) fn chosen(&self, name: &str) -> Option<&str> {
        self.given(name).filter(|value| *value != ANY)
    }

    /// A number, when one was given and can be read.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.given(name).and_then(|text| text.parse().ok())
    }

    /// The address `path` with these values again, but for one name.
    pub(crate) fn again(&self, path: &'static str, without: &str) -> Href {
        let told = |value: &str| !value.is_empty() && value != ANY;
        let kept = self.0.iter().filter(|(name, value)| name != without && told(value));
        kept.fold(Href::at(path), |href, (name, value)| href.query(name, value))
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Fields {
    fn from(pairs: [(&str, &str); N]) -> Self {
        Self(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into())
    }
}

/// The values of the address's query.
pub(crate) struct Asked(pub(crate) Fields);

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map(|Query(pairs)| Self(Fields(pairs)))
            .map_err(|_| unreadable("The address of this page cannot be read"))
    }
}

/// The values of a form that was sent.
pub(crate) struct Sent(pub(crate) Fields);

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        axum::Form::<Vec<(String, String)>>::from_request(request, state)
            .await
            .map(|axum::Form(pairs)| Self(Fields(pairs.into_iter().map(own_lines).collect())))
            .map_err(|_| unreadable("What was sent cannot be read"))
    }
}

/// Browsers end the lines of a form's text by CR LF (HTML, 4.10.21.4), however they were written.
fn own_lines((name, value): (String, String)) -> (String, String) {
    (name, if value.contains('\r') { value.replace("\r\n", "\n") } else { value })
}

fn unreadable(title: &str) -> Refused {
    let what = "Go back to the page before, and send the form from there again.";
    Problem::new(StatusCode::BAD_REQUEST, title, what).into()
}

/// What a list sends when nothing is chosen from it.
const ANY: &str = "any";

/// A list by which others are narrowed, beginning with everything.
pub(crate) fn any(name: &str, label: &str, all: &str) -> Select {
    Select::new(name, label).option(ANY, all)
}

/// The list with what was chosen from it before.
pub(crate) fn picked(list: Select, asked: &Fields, name: &str) -> Select {
    list.picked(asked.chosen(name).unwrap_or(ANY))
}

/// A page as a response.
pub(crate) fn done(page: Html) -> Answer {
    Ok(page.into_response())
}

/// A page that says what is wrong with what was sent.
pub(crate) fn wrong(page: Html) -> Answer {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// Leads on to another page after something was done.
pub(crate) fn go_to(href: &Href) -> Answer {
    Ok(axum::response::Redirect::to(href.as_str()).into_response())
}

/// The kinds of cases and what they mean in words.
pub(crate) const KINDS: [(&str, &str); 18] = [
    ("scan.horizontal", "Scan of many machines"),
    ("scan.vertical", "Scan of one machine"),
    ("scan.block", "Scan of a network"),
    ("scan.slow", "Slow scan"),
    ("scan.distributed", "Scan by many sources"),
    ("probe.persistent", "Persistent probing"),
    ("login.guess", "Password guessing"),
    ("login.slow", "Slow password guessing"),
    ("login.spray", "Password spraying"),
    ("login.distributed", "Guessing by many sources"),
    ("login.guess_then_success", "Guess that succeeded"),
    ("web.sqli", "SQL injection"),
    ("web.injection", "Code injection"),
    ("web.traversal", "Path traversal"),
    ("web.probe", "Probing for weaknesses"),
    ("web.stuffing", "Stolen passwords tried"),
    ("web.flood", "Flood of requests"),
    ("ids.alert", "Alert of a detection system"),
];

/// A kind of case in words; the machine's name of it when there are none.
pub(crate) fn kind_words(kind: &str) -> &str {
    KINDS.iter().find(|(name, _)| *name == kind).map_or(kind, |(_, words)| words)
}

/// What people made of a case, and what judgement says of it.
pub(crate) fn standing(standing: &str, handling: Handling, authorised: bool) -> Tag {
    match (standing, handling) {
        _ if authorised => Tag::plain("Registered test"),
        ("gone", _) => Tag::plain("Explained later"),
        ("merged", _) => Tag::plain("Part of another"),
        (_, Handling::Open) => Tag::warn("Open"),
        (_, Handling::Watched) => Tag::plain("Watched"),
        (_, Handling::Closed) => Tag::good("Closed"),
    }
}

/// What a handling is called on buttons and lists.
pub(crate) const fn handling_words(handling: Handling) -> &'static str {
    match handling {
        Handling::Open => "Open",
        Handling::Watched => "Watched",
        Handling::Closed => "Closed",
    }
}

/// Whether a sensor is no program but the place of log files that people upload: it has no key.
pub(crate) const fn is_by_hand(sensor: &Sensor) -> bool {
    sensor.public_key.is_empty()
}

/// Whether a sensor is the desk itself, for what it receives without a sensor in between.
pub(crate) fn is_own(sensor: &Sensor) -> bool {
    sensor.id == ward_store::sensors::OWN
}

/// Whether a sensor is a program somewhere that people can silence. The place of uploads is none,
/// and the desk's own listeners come and go with its settings.
pub(crate) fn can_be_retired(sensor: &Sensor) -> bool {
    sensor.retired.is_none() && !is_by_hand(sensor) && !is_own(sensor)
}

/// What the desk knows of a sensor when it judges whether it is heard. Of one by hand nothing is
/// expected, as of one that was retired.
pub(crate) fn heard_of(sensor: &Sensor) -> Heard {
    let status: Status = serde_json::from_str(&sensor.report).unwrap_or_default();
    Heard {
        last: sensor.heard,
        lag: status.lag(),
        drift: sensor.drift,
        retired: sensor.retired.is_some() || is_by_hand(sensor),
    }
}

/// A rung by its name; `None` for anything else.
pub(crate) fn rung(name: &str) -> Option<Rung> {
    Rung::ALL.into_iter().find(|rung| rung.name() == name)
}

/// Bytes for people: `512 B`, `1.2 MB`.
pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if count < 1000 {
        return format!("{count} B");
    }
    let (mut whole, mut tenth, mut unit) = (count, 0, "B");
    for name in UNITS {
        (tenth, whole, unit) = (whole % 1000 / 100, whole / 1000, name);
        if whole < 1000 {
            break;
        }
    }
    format!("{whole}.{tenth} {unit}")
}

/// Text that was logged, as far as a page shows it.
pub(crate) fn logged(bytes: &[u8]) -> String {
    const MOST: usize = 4096;
    let mut text = String::from_utf8_lossy(bytes.get(..MOST).unwrap_or(bytes)).into_owned();
    if bytes.len() > MOST {
        text.push_str(" ... (cut)");
    }
    text
}

/// Some items as a list of code, the rest by number.
pub(crate) fn codes<T: ToString>(items: &[T], shown: usize, total: u64) -> Markup {
    let listed = items.len().min(shown) as u64;
    let rest = total.max(items.len() as u64).saturating_sub(listed);
    html! {
        @for (i, item) in items.iter().take(shown).enumerate() {
            @if i > 0 { ", " }
            code { (item.to_string()) }
        }
        @if rest > 0 { " and " (ui::grouped(rest)) " more" }
        @if total == 0 && items.is_empty() { (none()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_form_end_as_they_were_written() {
        let (_, value) = own_lines(("note".to_owned(), "one\r\ntwo\rthree\n".to_owned()));
        assert_eq!(value, "one\ntwo\rthree\n");
    }

    #[test]
    fn sizes() {
        for (count, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_234, "1.2 kB"),
            (5_600_000, "5.6 MB"),
            (u64::MAX, "18446.7 PB"),
        ] {
            assert_eq!(bytes(count), text);
        }
    }

    #[test]
    fn fields_are_read_and_written_again() {
        let fields = Fields::from([("q", " a b "), ("rung", "attempt"), ("page", "3"), ("x", "")]);
        assert_eq!(fields.text("q"), "a b");
        assert_eq!((fields.given("x"), fields.number("page")), (None, Some(3)));
        assert_eq!(fields.again("/cases", "page").as_str(), "/cases?q=%20a%20b%20&rung=attempt");
    }
}
