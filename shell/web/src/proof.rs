//! Second factors, shown and checked: at the sign-in, and again before risky acts.

use axum::http::{HeaderMap, StatusCode};
use maud::{Markup, html};
use ward_access::codes;
use ward_access::throttle::Answer as Turn;
use ward_access::totp;
use ward_store::factors::{self, Passkey, Totp};
use ward_store::people::Person;
use ward_store::{Error, Link, Tx};

use crate::desk::Desk;
use crate::device;
use crate::entry::attempt;
use crate::fields::Fields;
use crate::passkeys::{self, ANSWER, Wrong};
use crate::ui::{Disclosure, Errors, Field, Form, Hidden, Href, Section, Width};
use crate::who::Who;

/// The second factors that a person has.
pub(crate) struct Factors {
    /// Passkeys, oldest first.
    pub(crate) passkeys: Vec<Passkey>,
    /// The secret of their authenticator app, once they have shown that they hold it.
    pub(crate) totp: Option<Totp>,
    /// Recovery codes that are left.
    pub(crate) codes: i64,
}

impl Factors {
    /// A person's factors.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) async fn of(mut link: Link<'_>, person: &str) -> Result<Self, Error> {
        Ok(Self {
            passkeys: factors::passkeys(link.again(), person).await?,
            totp: factors::totp_of(link.again(), person).await?.filter(|totp| totp.confirmed),
            codes: factors::codes_left(link, person).await?,
        })
    }

    /// How many there are; recovery codes are none of their own.
    pub(crate) fn count(&self) -> usize {
        self.passkeys.len().saturating_add(usize::from(self.totp.is_some()))
    }
}

/// What became of a second factor that was shown.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// It is right; how it was shown, in words for the audit.
    Right(&'static str),
    /// It is not.
    Denied(Denied),
}

/// Why a second factor was not taken.
#[derive(Debug)]
pub(crate) enum Denied {
    /// It is wrong; how it was shown, the field, and what to do.
    Wrong {
        /// In words for the audit.
        how: &'static str,
        /// The form and what is wrong with it.
        errors: Errors,
    },
    /// It was not looked at: so many seconds must pass first.
    Wait(u64),
}

impl Denied {
    /// Puts a wrong one down and ends the transaction; with what the page answers.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) async fn put_down(
        self,
        desk: &Desk,
        who: &Who,
        person: &Person,
        tx: Tx,
    ) -> Result<(StatusCode, Errors), Error> {
        match self {
            Self::Wrong { how, errors } => {
                // Whoever shows a wrong one has not shown to be the person yet.
                let row = Who::at(who.address).did(desk.now(), "session.refused", &person.id, how);
                tx.commit(row).await?;
                Ok((StatusCode::UNPROCESSABLE_ENTITY, errors))
            }
            Self::Wait(seconds) => Ok((StatusCode::TOO_MANY_REQUESTS, wait(seconds))),
        }
    }
}

/// Checks what a form of [`forms`] sent, and uses it up where it can be used once. Call it within
/// the transaction that lets the person in.
///
/// # Errors
/// Those of the store.
pub(crate) async fn check(
    desk: &Desk,
    link: Link<'_>,
    (who, headers): (&Who, &HeaderMap),
    (person, factors): (&Person, &Factors),
    fields: &Fields,
) -> Result<Verdict, Error> {
    match fields.text(HOW) {
        "passkey" => passkey(desk, link, who, factors, fields.text(ANSWER)).await,
        "recovery" => recovery(desk, link, person, fields.text("code")).await,
        _ => {
            let known = device::is_known(desk, headers, &person.id);
            let key = attempt(desk, who, &person.id, known);
            let typed = fields.text("code");
            if typed.chars().filter(char::is_ascii_digit).count() != 6 {
                return Ok(wrong("an app's code", "code", "The code has six digits."));
            }
            let turn = desk.lobby().codes().ask(key, desk.now());
            if let Turn::Wait { seconds } = turn {
                return Ok(Verdict::Denied(Denied::Wait(seconds)));
            }
            let verdict = code(desk, link, person, factors, typed).await?;
            if matches!(verdict, Verdict::Right(_)) {
                desk.lobby().codes().succeeded(key);
            }
            Ok(verdict)
        }
    }
}

/// The name of the field that says how a factor is shown.
const HOW: &str = "how";

fn wrong(how: &'static str, field: &str, sentence: impl Into<String>) -> Verdict {
    Verdict::Denied(Denied::Wrong { how, errors: Errors::new().add(field, sentence) })
}

/// A passkey is not guessed, so that nobody has to wait before showing one.
async fn passkey(
    desk: &Desk,
    link: Link<'_>,
    who: &Who,
    factors: &Factors,
    answer: &str,
) -> Result<Verdict, Error> {
    let session = who.session.as_ref().map_or("", |session| &session.id);
    match passkeys::shown(desk, session, answer, &factors.passkeys) {
        Ok(key) => {
            factors::passkey_used(link, &key.id, &key.credential, desk.now()).await?;
            Ok(Verdict::Right("by a passkey"))
        }
        Err(why) => Ok(wrong("a passkey", ANSWER, why.sentence())),
    }
}

/// A code of an authenticator app, of a step that was not used before.
async fn code(
    desk: &Desk,
    link: Link<'_>,
    person: &Person,
    factors: &Factors,
    typed: &str,
) -> Result<Verdict, Error> {
    const WRONG: &str = "This code is wrong, or was used already: wait for the next one in the \
                         app. If codes are always wrong, the phone's clock may be.";
    let secret = factors.totp.as_ref().and_then(|totp| {
        let secret = desk.keys.open(&person.id, &totp.sealed)?;
        Some((secret, i64::try_from(totp.last_step).unwrap_or(i64::MAX)))
    });
    let step = secret.and_then(|(secret, last)| totp::verify(&secret, typed, desk.now(), last));
    let used_up = match step.and_then(|step| u64::try_from(step).ok()) {
        Some(step) => factors::advance_step(link, &person.id, step).await?,
        None => false,
    };
    Ok(if used_up {
        Verdict::Right("by an app's code")
    } else {
        wrong("an app's code", "code", WRONG)
    })
}

/// A recovery code. It has 120 bits, so that guesses need no throttle; and whoever holds one gets
/// in even while somebody else guesses at their app's codes.
async fn recovery(
    desk: &Desk,
    link: Link<'_>,
    person: &Person,
    typed: &str,
) -> Result<Verdict, Error> {
    const HOW: &str = "a recovery code";
    const WRONG: &str = "This is none of your recovery codes that are left: check it, or take the \
                         next one on your list.";
    let code = match codes::read::<{ codes::RECOVERY_BYTES }>(typed) {
        Ok(code) => code,
        Err(why) => return Ok(wrong(HOW, "code", sentence(&why.to_string()))),
    };
    let right = factors::use_code(link, &person.id, &desk.keys.kept(&code), desk.now()).await?;
    Ok(if right { Verdict::Right("by a recovery code") } else { wrong(HOW, "code", WRONG) })
}

/// Words as a sentence: a capital at the beginning, a full stop at the end.
pub(crate) fn sentence(words: &str) -> String {
    let mut chars = words.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str().trim_end_matches('.'))
}

/// What the forms of a page are about.
pub(crate) struct Ask<'a> {
    /// Where they are sent.
    pub(crate) action: Href,
    /// The page to go on to, as it was asked for.
    pub(crate) then: &'a str,
    /// Whether a recovery code will do as well.
    pub(crate) recovery: bool,
    /// The fields that were sent before, and what was wrong with them.
    pub(crate) before: Option<(&'a Fields, &'a Errors)>,
}

/// The forms by which a person shows a second factor, the strongest first.
pub(crate) fn forms(desk: &Desk, who: &Who, factors: &Factors, ask: &Ask<'_>) -> Markup {
    let session = who.session.as_ref().map_or("", |session| &session.id);
    let challenge = passkeys::ask_to_show(desk, session, &factors.passkeys);
    let sent = ask.before.map_or("", |(fields, _)| fields.text(HOW));
    html! {
        @if let Some(challenge) = &challenge {
            (Section::new("with-passkey", "With a passkey").body(passkeys::with_script(
                false,
                challenge,
                &form("passkey", "Use a passkey", ask).field(Hidden::new(ANSWER, "")),
            )))
        } @else if !factors.passkeys.is_empty() {
            p { "Your passkeys belong to the desk's main address and cannot be used at this one." }
        }
        @if factors.totp.is_some() {
            @let field = Field::code("code", "Code of your authenticator app").max(16);
            @let first = if sent.is_empty() { challenge.is_none() } else { sent == "code" };
            @let field = if first { field.focus() } else { field };
            @let form = form("code", "Go on", ask).field(field);
            @if challenge.is_some() {
                (Section::new("with-app", "With your authenticator app").body(html! { (form) }))
            } @else {
                (form)
            }
        }
        @if ask.recovery && factors.codes > 0 {
            @let field = Field::text("code", "Recovery code")
                .hint("24 letters and digits in six groups. Each code opens once.")
                .mono().auto("off").max(80).width(Width::Medium);
            @let body = html! { (form("recovery", "Use this recovery code", ask).field(field)) };
            @let closed = Disclosure::new("I have neither at hand", body);
            (closed.open_if(sent == "recovery" || factors.count() == 0))
        }
    }
}

fn form(how: &'static str, submit: &str, ask: &Ask<'_>) -> Form {
    let form = Form::new(how, ask.action.clone(), submit)
        .field(Hidden::new(HOW, how))
        .field(Hidden::new("then", ask.then));
    match ask.before {
        Some((fields, errors)) if fields.text(HOW) == how => form.errors(errors),
        _ => form,
    }
}

/// The sentence for somebody who has to wait.
pub(crate) fn wait(seconds: u64) -> Errors {
    let (number, unit) = match seconds {
        0..=90 => (seconds, "seconds"),
        _ => (seconds.div_ceil(60), "minutes"),
    };
    Errors::new().whole(format!(
        "Too many tries have failed. The next can be made in {number} {unit}: nothing sent before \
         then is looked at."
    ))
}

impl From<Wrong> for Errors {
    fn from(why: Wrong) -> Self {
        Self::new().add(ANSWER, why.sentence())
    }
}
