//! Enrolling second factors: the forms, what they send, and the recovery codes that come with the
//! first. Set-up and the account share them.

use data_encoding::BASE64URL_NOPAD;
use maud::{Markup, html};
use ward_access::{codes, totp};
use ward_kernel::Time;
use ward_kernel::time::MINUTE;
use ward_store::factors::{self, Passkey};
use ward_store::{Error, Link};

use crate::desk::Desk;
use crate::fields::Fields;
use crate::keys::NoRandomness;
use crate::passkeys::{self, ANSWER, Owner, Wrong};
use crate::ui::{CodeBlock, Errors, Field, Form, Go, Hidden, Href, Html, Page, Qr, Section, Width};

/// How long a secret that was shown can be confirmed, in microseconds.
const GOOD_FOR: i64 = 15 * MINUTE;

/// A secret for an authenticator app that is shown and not yet confirmed. The form carries it
/// sealed, so that nothing is kept of those that are never confirmed.
pub(crate) struct Shown {
    secret: Vec<u8>,
    sealed: String,
}

impl Shown {
    /// A new one for a person.
    ///
    /// # Errors
    /// When the machine gives no randomness.
    pub(crate) fn new(desk: &Desk, person: &str) -> Result<Self, NoRandomness> {
        let secret: [u8; totp::SECRET_BYTES] = desk.keys.random()?;
        let at = desk.now().micros().to_be_bytes();
        let sealed = desk.keys.seal(&owner(person), &[at.as_slice(), &secret].concat())?;
        Ok(Self { secret: secret.to_vec(), sealed: BASE64URL_NOPAD.encode(&sealed) })
    }

    /// The one that a form carries; `None` when it is another person's, changed, or too old.
    fn carried(desk: &Desk, person: &str, sealed: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(sealed.as_bytes()).ok()?;
        let opened = desk.keys.open(&owner(person), &bytes)?;
        let (at, secret) = opened.split_first_chunk()?;
        let age = desk.now().since(Time::from_micros(i64::from_be_bytes(*at)));
        let secret = secret.to_vec();
        (0..GOOD_FOR).contains(&age).then(|| Self { secret, sealed: sealed.to_owned() })
    }
}

fn owner(person: &str) -> String {
    format!("{person}/not confirmed")
}

/// An authenticator app whose owner has shown a right code.
pub(crate) struct App {
    /// The secret, sealed for its owner.
    pub(crate) sealed: Vec<u8>,
    /// The step of the code, which is used up.
    pub(crate) step: u64,
}

/// What came of a form by which an app is enrolled.
pub(crate) enum Tried {
    /// It is enrolled.
    Right(App),
    /// The code was not right: the secret to show again, and what is wrong.
    Wrong(Box<Shown>, Errors),
}

/// Checks the form of [`app_form`].
///
/// # Errors
/// When the machine gives no randomness.
pub(crate) fn app(desk: &Desk, person: &str, fields: &Fields) -> Result<Tried, NoRandomness> {
    let Some(shown) = Shown::carried(desk, person, fields.text("secret")) else {
        let errors = Errors::new().whole(
            "More than fifteen minutes have passed: this is a new code to scan. Remove the entry \
             that you added before from the app.",
        );
        return Ok(Tried::Wrong(Box::new(Shown::new(desk, person)?), errors));
    };
    let step = totp::verify(&shown.secret, fields.text("code"), desk.now(), -1);
    let Some(step) = step.and_then(|step| u64::try_from(step).ok()) else {
        let errors = Errors::new().add(
            "code",
            "This is not the code that the app should show now. Wait for the next one; if it is \
             always wrong, the phone's clock may be.",
        );
        return Ok(Tried::Wrong(Box::new(shown), errors));
    };
    Ok(Tried::Right(App { sealed: desk.keys.seal(person, &shown.secret)?, step }))
}

/// Keeps an app, in place of any before.
///
/// # Errors
/// Those of the store.
pub(crate) async fn keep_app(mut link: Link<'_>, person: &str, app: &App) -> Result<(), Error> {
    factors::set_totp(link.again(), person, &app.sealed).await?;
    factors::confirm_totp(link.again(), person).await?;
    factors::advance_step(link, person, app.step).await?;
    Ok(())
}

/// What enrols an authenticator app: a picture to scan, the same as text, and a field for a code.
pub(crate) fn app_form(action: Href, email: &str, shown: &Shown, errors: &Errors) -> Markup {
    // Short, so that the picture stays coarse enough for any camera.
    let address = totp::uri(&shown.secret, "Ward", email).unwrap_or_default();
    let form = Form::new("app", action, "Add the app")
        .field(Hidden::new("how", "app"))
        .field(Hidden::new("secret", &shown.sealed))
        .field(
            Field::code("code", "Code that the app shows")
                .hint("Six digits; they change every 30 seconds.")
                .max(16),
        )
        .errors(errors);
    html! {
        div.stack {
            ol {
                li {
                    "Open an authenticator app on your phone, such as Google Authenticator, \
                     Microsoft Authenticator or Aegis. Any app for one-time codes will do."
                }
                li { "Let it scan this picture, or type the secret below it." }
                li { "Type the code that it shows." }
            }
            (Qr::new("Picture to scan with an authenticator app", &address))
            (CodeBlock::new("Secret, to type by hand", totp::typed(&shown.secret)))
            (form)
        }
    }
}

/// What enrols a passkey; `None` where browsers allow none.
pub(crate) fn passkey_form(
    desk: &Desk,
    action: Href,
    owner: &Owner<'_>,
    before: &[Passkey],
    (fields, errors): (&Fields, &Errors),
) -> Option<Markup> {
    let challenge = passkeys::ask_to_enrol(desk, owner, before)?;
    let label = fields.given("label").unwrap_or("This device");
    let form = Form::new("passkey", action, "Add a passkey")
        .field(Hidden::new("how", "passkey"))
        .field(Hidden::new(ANSWER, ""))
        .field(
            Field::text("label", "What you call it")
                .hint("So that you know it again in your list: the laptop, the blue key.")
                .value(label)
                .max(60)
                .width(Width::Medium),
        )
        .errors(errors);
    Some(passkeys::with_script(true, &challenge, &form))
}

/// Checks the form of [`passkey_form`].
///
/// # Errors
/// [`Wrong`], with what to do.
pub(crate) fn passkey(desk: &Desk, owner: &Owner<'_>, fields: &Fields) -> Result<Passkey, Wrong> {
    let (id, credential) = passkeys::enrolled(desk, owner.session, fields.text(ANSWER))?;
    let label: String = fields.text("label").chars().filter(|c| !c.is_control()).take(60).collect();
    Ok(Passkey {
        id,
        person: owner.id.to_owned(),
        label: if label.is_empty() { "Passkey".to_owned() } else { label },
        credential,
        created: desk.now(),
        used: None,
    })
}

/// What is said where browsers allow no passkeys.
pub(crate) fn no_passkeys(desk: &Desk) -> Markup {
    html! {
        p.soft {
            "Passkeys cannot be used at this desk as it stands: browsers allow them only where the \
             desk has a name, and its address is " code { (desk.settings.origin) } ". An \
             authenticator app does as well."
        }
    }
}

/// Recovery codes: as they are shown, and the hashes that are kept.
pub(crate) struct Codes {
    shown: Vec<String>,
    /// What is kept of them.
    pub(crate) hashes: Vec<[u8; 32]>,
}

impl Codes {
    /// New ones.
    ///
    /// # Errors
    /// When the machine gives no randomness.
    pub(crate) fn new(desk: &Desk) -> Result<Self, NoRandomness> {
        let (mut shown, mut hashes) = (Vec::new(), Vec::new());
        for _ in 0..codes::RECOVERY_CODES {
            let code: [u8; codes::RECOVERY_BYTES] = desk.keys.random()?;
            shown.push(codes::write(&code));
            hashes.push(desk.keys.kept(&code));
        }
        Ok(Self { shown, hashes })
    }

    /// The one page on which they stand, below the steps that led there.
    pub(crate) fn page(&self, page: &Page, steps: &Markup, label: &str, next: &Href) -> Html {
        page.render(&html! {
            (steps)
            (Section::new("codes", "Your recovery codes").body(html! {
                div.stack {
                    p {
                        "If the phone or the key is lost, each of these opens the second door \
                         once. Print them, or write them down, and keep them where you keep your \
                         passport: not on the phone, and not on this computer."
                    }
                    (CodeBlock::new("Recovery codes", self.shown.join("\n")))
                    p {
                        strong { "They are shown this once. " }
                        "The desk keeps no copy, so nobody can read them to you later; you can \
                         make new ones in your account at any time, and then these are worth \
                         nothing."
                    }
                    p { (Go::new(label, next.clone())) }
                }
            }))
        })
    }
}
