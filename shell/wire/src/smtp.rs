//! Mail out: one office's mail server takes messages for people (RFC 5321 as a submission client,
//! RFC 6409; TLS by RFC 8314 or STARTTLS by RFC 3207).
//!
//! A failure says whose it is: the server's, so that all messages wait, or the message's own, and
//! whether another try can help.

use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use lettre::address::Envelope;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message as Built};
use lettre::transport::smtp::Error as Smtp;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use serde::Deserialize;
use tokio::time::timeout;
use ward_kernel::Time;

use crate::secret::Secret;

/// How long connecting with its greetings, and each message, may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// `[notices.mail]` of the settings: the office's mail server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Its name, or address.
    pub server: String,
    /// Its port; 587 with STARTTLS, 465 with TLS and 25 without, unless set.
    pub port: Option<u16>,
    /// How the way there is protected.
    #[serde(default)]
    pub security: Security,
    /// The address that messages come from.
    pub from: String,
    /// The account that sends; none where the server asks for none.
    pub user: Option<String>,
    /// A file with the account's password and nothing else.
    pub password_file: Option<PathBuf>,
    /// Certificates (PEM) of authorities that are trusted for this server besides the public ones.
    pub ca_file: Option<PathBuf>,
}

/// How the way to the server is protected.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// The connection is changed to TLS before anything is said; where it cannot be, nothing is.
    #[default]
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// None: to this machine alone.
    None,
}

impl Settings {
    /// What types alone cannot say.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what to do.
    pub fn check(&self) -> Result<(), String> {
        let host = self.server.as_str();
        if host.is_empty() || host.len() > 253 || !host.bytes().all(of_host) {
            return Err(format!(
                "server \"{host}\" is no name of a machine: write it without port and scheme"
            ));
        }
        if self.security == Security::None && !is_loopback(host) {
            return Err(format!(
                "security = \"none\" would send messages to {host} in the clear: it is only for a \
                 server on this machine. Leave the line out for STARTTLS, or write \"tls\""
            ));
        }
        self.sender()?;
        match (&self.user, &self.password_file) {
            (Some(_), None) => Err("names a user and no password_file: give both".to_owned()),
            (None, Some(_)) => Err("names a password_file and no user: give both".to_owned()),
            _ => Ok(()),
        }
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.security {
            Security::Starttls => 587,
            Security::Tls => 465,
            Security::None => 25,
        })
    }

    fn sender(&self) -> Result<Mailbox, String> {
        self.from.parse().map_err(|_| {
            format!("from \"{}\" is no mail address: write one such as ward@sos.example", self.from)
        })
    }
}

const fn of_host(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b':')
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// The office's mail server, as it is gone to.
#[derive(Clone)]
pub struct Mailer {
    settings: Settings,
    from: Mailbox,
    hello: ClientId,
    credentials: Option<Credentials>,
    tls: Option<TlsParameters>,
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailer").field("server", &self.settings.server).finish_non_exhaustive()
    }
}

/// A message: plain text to one person.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Message {
    /// The part of its Message-ID before the `@`: the same id is the same message.
    pub id: String,
    /// The part behind it: the desk's own host.
    pub host: String,
    /// To whom.
    pub to: String,
    /// One line.
    pub subject: String,
    /// Lines.
    pub text: String,
    /// When it was put together.
    pub made: Time,
}

/// Why a message was not taken.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Failure {
    /// The server could not be reached, does not let the desk in, or takes nothing now: it is so for
    /// every message.
    Server(String),
    /// The server does not take this one now.
    Later(String),
    /// The server never takes this one, or it cannot be written.
    Never(String),
}

impl Mailer {
    /// A server of these settings; reads the files that they name, and goes nowhere yet. `name` is
    /// what the desk calls itself there.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what to do.
    pub fn new(settings: Settings, name: &str) -> Result<Self, String> {
        settings.check()?;
        let from = settings.sender()?;
        let password = settings.password_file.as_deref();
        let password = password.map(|path| Secret::read(path, "password_file")).transpose()?;
        let credentials = settings
            .user
            .clone()
            .zip(password)
            .map(|(user, password)| Credentials::new(user, password.reveal().to_owned()));
        let tls = match settings.security {
            Security::None => None,
            Security::Starttls | Security::Tls => Some(tls(&settings)?),
        };
        let hello = ClientId::Domain(name.to_owned());
        Ok(Self { settings, from, hello, credentials, tls })
    }

    /// The server's name, for people.
    #[must_use]
    pub fn server(&self) -> &str {
        &self.settings.server
    }

    /// Goes to the server and signs in.
    ///
    /// # Errors
    /// [`Failure::Server`], without the password.
    pub async fn connect(&self) -> Result<Session, Failure> {
        let server = &self.settings.server;
        let late = |_| {
            Failure::Server(format!("{server} does not answer within {} s", PATIENCE.as_secs()))
        };
        let connection = timeout(PATIENCE, self.sign_in()).await.map_err(late)?;
        let connection = connection.map_err(|err| {
            Failure::Server(format!("{server} does not let the desk in: {}", said(&err)))
        })?;
        Ok(Session { connection, from: self.from.clone() })
    }

    async fn sign_in(&self) -> Result<AsyncSmtpConnection, Smtp> {
        let place = (self.settings.server.as_str(), self.settings.port());
        let first = self.tls.clone().filter(|_| self.settings.security == Security::Tls);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(place, Some(PATIENCE), &self.hello, first, None)
                .await?;
        if let (Security::Starttls, Some(tls)) = (self.settings.security, &self.tls) {
            // Without it nothing more is said: a server that is kept from offering it is an attack.
            connection.starttls(tls.clone(), &self.hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(&[Mechanism::Plain, Mechanism::Login], credentials).await?;
        }
        Ok(connection)
    }
}

/// A connection to the server, for messages one after the other.
pub struct Session {
    connection: AsyncSmtpConnection,
    from: Mailbox,
}

impl Session {
    /// Hands a message over.
    ///
    /// # Errors
    /// Whose failure it is. Behind [`Failure::Server`] the session is of no more use.
    pub async fn send(&mut self, message: &Message) -> Result<(), Failure> {
        let (envelope, bytes) = written(message, &self.from)?;
        match timeout(PATIENCE, self.connection.send(&envelope, &bytes)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(err)) => Err(whose(&err)),
            Err(_) => Err(Failure::Server(format!(
                "the server did not take a message within {} s",
                PATIENCE.as_secs()
            ))),
        }
    }

    /// Whether the server has ended it: a refused message ends a session.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.connection.has_broken()
    }

    /// Says good-bye.
    pub async fn end(mut self) {
        // Whatever it answers, it has all messages.
        let _ = timeout(Duration::from_secs(2), self.connection.quit()).await;
    }
}

/// The message as it goes over the wire. What could begin another header is left out of each.
///
/// # Errors
/// [`Failure::Never`]: its address is none.
fn written(message: &Message, from: &Mailbox) -> Result<(Envelope, Vec<u8>), Failure> {
    let never = |what: &str| Failure::Never(what.to_owned());
    let to: Mailbox = message.to.parse().map_err(|_| never("this is no mail address"))?;
    let id = format!("<{}@{}>", token(&message.id), token(&message.host));
    let micros = u64::try_from(message.made.micros()).unwrap_or(0);
    let mut built = Built::builder()
        .from(from.clone())
        .to(to)
        .subject(one_line(&message.subject))
        .date(SystemTime::UNIX_EPOCH + Duration::from_micros(micros))
        .message_id(Some(id))
        .header(ContentType::TEXT_PLAIN)
        .body(message.text.replace("\r\n", "\n"))
        .map_err(|_| never("this message cannot be written"))?;
    // No machine should answer it (RFC 3834, 5), nor tell that its reader is away.
    for (name, value) in [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All")]
    {
        let name = HeaderName::new_from_ascii(name.to_owned());
        let name = name.map_err(|_| never("this message cannot be written"))?;
        built.headers_mut().insert_raw(HeaderValue::new(name, value.to_owned()));
    }
    Ok((built.envelope().clone(), built.formatted()))
}

/// A text on one line, at most 200 characters.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect()
}

/// A part of a Message-ID: what stands in a dot-atom (RFC 5322, 3.2.3), as far as it is needed.
fn token(text: &str) -> String {
    let fits = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    text.chars().filter(fits).collect()
}

fn whose(err: &Smtp) -> Failure {
    let what = said(err);
    let code = err.status().map(u16::from);
    match code {
        // The service closes, or wants another sign-in: so it is for all (RFC 5321, 4.2.3; RFC
        // 4954, 6).
        Some(421 | 454 | 530 | 534 | 535 | 538) | None if !err.is_client() => Failure::Server(what),
        _ if err.is_transient() => Failure::Later(what),
        _ => Failure::Never(what),
    }
}

/// What went wrong, in a line of bounded length and without what misleads: a server's words are as
/// foreign as anybody's. Addresses are left out of them: they stand in logs.
fn said(err: &Smtp) -> String {
    let mut text = err.to_string();
    let mut source = std::error::Error::source(err);
    while let Some(deeper) = source {
        let words = deeper.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        source = deeper.source();
    }
    plain(&text)
}

fn plain(text: &str) -> String {
    let shown = |c: char| if ward_kernel::words::misleads(c) { ' ' } else { c };
    let text: String = text.chars().map(shown).take(2000).collect();
    let word =
        |word: &str| if word.contains('@') { "(address)".to_owned() } else { word.to_owned() };
    let words = text.split_whitespace().map(word).collect::<Vec<_>>().join(" ");
    words.chars().take(200).collect()
}

fn tls(settings: &Settings) -> Result<TlsParameters, String> {
    let mut builder = TlsParameters::builder(settings.server.clone());
    if let Some(path) = &settings.ca_file {
        let shown = path.display();
        let unread = |why: &dyn fmt::Display| {
            format!("ca_file {shown} cannot be read: {why}. It holds certificates in PEM")
        };
        let text = std::fs::read(path).map_err(|err| unread(&err))?;
        builder =
            builder.add_root_certificate(Certificate::from_pem(&text).map_err(|err| unread(&err))?);
    }
    builder.build_rustls().map_err(|err| format!("TLS cannot be set up: {err}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> Result<Settings, String> {
        let settings: Settings = toml::from_str(text).map_err(|err| err.to_string())?;
        settings.check().map(|()| settings)
    }

    const GOOD: &str = "server = \"mail.sos.example\"\nfrom = \"ward@sos.example\"\n";

    #[test]
    fn what_cannot_work_is_refused() {
        let good = settings(GOOD).unwrap();
        assert_eq!((good.port(), good.security), (587, Security::Starttls));
        for (text, expected) in [
            (GOOD.replace("mail.sos", "smtp://mail.sos"), "no name of a machine"),
            (GOOD.replace("ward@", "ward "), "no mail address"),
            (GOOD.replace("ward@sos.example", "a@b\\r\\nBcc: c@d.example"), "no mail address"),
            (format!("{GOOD}security = \"none\""), "in the clear"),
            (format!("{GOOD}user = \"ward\""), "no password_file"),
            (format!("{GOOD}password_file = \"x\""), "no user"),
            (format!("{GOOD}password = \"x\""), "unknown field"),
            (format!("{GOOD}security = \"maybe\""), "unknown variant"),
        ] {
            let err = settings(&text).unwrap_err();
            assert!(err.contains(expected), "{err}\nexpected: {expected}");
        }
        let plain = GOOD.replace("mail.sos.example", "127.0.0.1") + "security = \"none\"";
        assert_eq!(settings(&plain).unwrap().port(), 25);
    }

    fn message() -> Message {
        Message {
            id: "n-1".to_owned(),
            host: "desk.example".to_owned(),
            to: "analyst@office.example".to_owned(),
            subject: "Attempt, Boone County".to_owned(),
            text: "Line one\nLine two\n".to_owned(),
            made: Time::from_secs(1_793_736_000),
        }
    }

    fn bytes(message: &Message) -> String {
        let from: Mailbox = "ward@sos.example".parse().unwrap();
        String::from_utf8(written(message, &from).unwrap().1).unwrap()
    }

    #[test]
    fn a_message_says_that_a_machine_wrote_it() {
        let text = bytes(&message());
        for line in [
            "From: ward@sos.example",
            "To: analyst@office.example",
            "Subject: Attempt, Boone County",
            "Message-ID: <n-1@desk.example>",
            "Auto-Submitted: auto-generated",
            "Date: ",
            "Content-Type: text/plain",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
        assert_eq!(bytes(&message()), text, "the same message is the same bytes");
    }

    #[test]
    fn a_servers_words_are_kept_short_and_without_addresses() {
        let said = "550 5.1.1 <clerk@office.example>: no\r\nsuch\u{202e} mailbox";
        assert_eq!(plain(said), "550 5.1.1 (address) no such mailbox");
        assert_eq!(plain(&"x".repeat(5_000)).len(), 200);
    }

    #[test]
    fn nothing_begins_another_header() {
        let odd = Message {
            id: "n-1>\r\nBcc: x@y.example".to_owned(),
            host: "desk\r\n.example".to_owned(),
            subject: "a\r\nBcc: x@y.example\r\n\r\nbody \u{e9}".to_owned(),
            ..message()
        };
        let text = bytes(&odd);
        let (head, _) = text.split_once("\r\n\r\n").unwrap();
        assert!(!head.lines().any(|line| line.to_lowercase().starts_with("bcc")), "{head}");
        for to in ["a@b.example\r\nBcc: c@d.example", "nobody", ""] {
            let from: Mailbox = "ward@sos.example".parse().unwrap();
            let odd = Message { to: to.to_owned(), ..message() };
            assert!(matches!(written(&odd, &from), Err(Failure::Never(_))), "{to}");
        }
    }
}
