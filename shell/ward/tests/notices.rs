//! Notices of a running desk: by a real mail server (aiosmtpd) on loopback with STARTTLS and a
//! sign-in, and by a webhook whose receiver looks at each signature. Nothing leaves this machine.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so and ends")]

#[path = "notices/hook.rs"]
mod hook;
#[path = "notices/office.rs"]
mod office;
#[path = "notices/sink.rs"]
mod sink;

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use hook::Hook;
use office::{Desk, found, kept, kept_when, left_behind, private, waits_when};
use serde_json::Value;
use sink::{PASSWORD, Sink, USER, header, is};
use ward_store::notices::State;

const LEAD: &str = "lead@office.example";
const CLERK: &str = "clerk@office.example";

/// Settings of a desk that sends by this server.
fn mail(folder: &Path, port: u16) -> String {
    private(&folder.join("mail.secret"), &format!("{PASSWORD}\n"));
    format!(
        "[notices]\nper_hour = 20\nquiet = \"none\"\n[notices.mail]\nserver = \"localhost\"\n\
         port = {port}\nfrom = \"ward@office.example\"\nuser = \"{USER}\"\n\
         password_file = \"mail.secret\"\nca_file = \"mail.pem\"\n"
    )
}

/// Forty failures at one account from one place, in a minute: an attempt.
fn guesses() -> String {
    let now = jiff::Timestamp::now();
    (0..40).fold(String::new(), |mut log, number| {
        let at = now - jiff::SignedDuration::from_secs(60 - number);
        let _ = writeln!(
            log,
            "{} bastion sshd[811]: Failed password for root from 203.0.113.9 port {} ssh2",
            at.strftime("%Y-%m-%dT%H:%M:%S+00:00"),
            40_000 + number
        );
        log
    })
}

#[tokio::test]
async fn by_a_real_mail_server() {
    let Some(python) = sink::python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let sink = Sink::start(&python, folder.path(), 0);
    found(folder.path(), &mail(folder.path(), sink.port)).await;
    let desk = Desk::start(folder.path());

    // The state and the county each have their own view of it.
    desk.upload(&guesses());
    let (case, took) = sink.waits_for(|one| is(one, LEAD, "Ward: attempt, Boone County, case"));
    println!("from the upload's answer to the mail server: {took:?}");
    assert!(case["tls"] == true && case["user"] == USER, "{case}");
    assert_eq!(case["from"], "ward@office.example");
    assert_eq!(header(&case, "Auto-Submitted"), "auto-generated");
    assert!(header(&case, "Message-ID").ends_with("@desk.example>"), "{case}");
    let text = case["text"].as_str().unwrap();
    assert!(text.contains("https://desk.example/cases/"), "{text}");
    sink.waits_for(|one| is(one, CLERK, "attempt, Boone County"));

    // Not taken at first, then taken: the same message.
    sink.mode("later");
    desk.report("key-report-1", "stopped");
    sink.waits_for(|one| one["refused"] == "later");
    let (voting, _) = sink.waits_for(|one| is(one, LEAD, "people cannot vote, Boone County"));
    sink.waits_for(|one| is(one, CLERK, "people cannot vote"));
    let text = voting["text"].as_str().unwrap();
    assert!(text.contains("Precinct 4, school gym"), "{text}");
    assert!(!text.contains("in confidence"), "what somebody wrote stays at the desk: {text}");

    // Never taken: given up, and it shows.
    sink.mode("never");
    desk.report("key-report-2", "stopped");
    let all = kept_when(folder.path(), |all| ended(all, 6)).await;
    let failed: Vec<_> = all.iter().filter(|one| one.message.state == State::Failed).collect();
    assert_eq!(failed.len(), 1, "{all:#?}");
    assert!(failed[0].message.failure.contains("No such mailbox"), "{failed:#?}");
    assert!(all.iter().any(|one| one.message.tries == 2), "{all:#?}");

    once_each(&sink.tries());
    let told = sink.tries().iter().filter(|one| one["to"].is_array()).count();
    assert_eq!(told, 5, "nobody else was told: {:#?}", sink.tries());
    let log = desk.log();
    for secret in [PASSWORD, "@office.example", "in confidence"] {
        assert!(!log.contains(secret), "{secret} stands in the log: {log}");
    }
}

/// Whether so many messages have come to their end, and no other is there.
fn ended(all: &[ward_store::notices::Line], count: usize) -> bool {
    all.len() == count && all.iter().all(|one| one.message.state != State::Open)
}

/// Each message was taken once.
fn once_each(tries: &[Value]) {
    let mut ids: Vec<&str> =
        tries.iter().map(|one| header(one, "Message-ID")).filter(|id| !id.is_empty()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "a message came twice: {tries:#?}");
}

#[tokio::test]
async fn a_desk_that_dies_tells_all_the_same() {
    let Some(python) = sink::python() else { return };
    let folder = tempfile::tempdir().unwrap();
    // A server that is away: what happens is kept, and nothing is sent.
    let away = Sink::start(&python, folder.path(), 0);
    let port = away.port;
    found(folder.path(), &mail(folder.path(), port)).await;
    drop(away);
    let desk = Desk::start(folder.path());
    desk.report("key-report-1", "stopped");
    desk.kill();

    // It is sent after the next start, once.
    let sink = Sink::start(&python, folder.path(), port);
    let desk = Desk::start(folder.path());
    sink.waits_for(|one| is(one, LEAD, "people cannot vote"));
    sink.waits_for(|one| is(one, CLERK, "people cannot vote"));
    kept_when(folder.path(), |all| ended(all, 2)).await;
    once_each(&sink.tries());

    // Dead between the server's having it and its word: it comes again, as the same message.
    sink.mode("hold");
    desk.report("key-report-2", "stopped");
    let held = sink.finds(|all| all.get(2).map(|one| header(one, "Message-ID").to_owned()));
    desk.kill();
    assert!(kept(folder.path()).await.iter().any(|one| one.message.state == State::Open));
    let _desk = Desk::start(folder.path());
    kept_when(folder.path(), |all| ended(all, 4)).await;
    let tries = sink.tries();
    let (again, once): (Vec<Value>, Vec<Value>) =
        tries.iter().cloned().partition(|one| header(one, "Message-ID") == held);
    once_each(&once);
    assert_eq!((again.len(), once.len()), (2, 3), "{tries:#?}");
    assert_eq!(again[0], again[1], "it is clearly the same: Message-ID, date and words");
}

/// The same forty, and then it signs in: an access.
fn break_in() -> String {
    let at = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S+00:00");
    let line = "bastion sshd[811]: Accepted password for root from 203.0.113.9 port 41000 ssh2";
    format!("{}{at} {line}\n", guesses())
}

/// Settings of a program that is told.
fn hook_at(name: &str, port: u16) -> String {
    format!(
        "[[notices.webhook]]\nname = \"{name}\"\nurl = \"http://127.0.0.1:{port}/in?key=x\"\n\
         secret_file = \"chat.secret\"\n"
    )
}

#[tokio::test]
async fn a_break_in_waits_behind_no_number_of_reports() {
    const SECRET: &str = "a secret of the chat";
    let folder = tempfile::tempdir().unwrap();
    let hook = Hook::start(SECRET, &[]);
    private(&folder.path().join("chat.secret"), SECRET);
    found(folder.path(), &(hook_at("chat", hook.port) + "per_hour = 6\n")).await;
    let desk = Desk::start(folder.path());
    // One place has two of the four messages that are not kept; what it sends beyond that waits.
    for number in 1..=8 {
        desk.report(&format!("key-report-{number}"), "stopped");
        hook.waits_for(number.min(2));
    }
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(hook.waits_for(2).len(), 2);
    desk.upload(&break_in());
    let calls = hook.waits_for(3);
    let body = &calls[2].body;
    assert_eq!(body["events"][0]["rung"], "access", "{body:#}");
    let subject = body["subject"].as_str().unwrap();
    assert!(subject.starts_with("Ward: access, Boone County, case "), "{subject}");
    // What waited goes along, and says what it is and from when.
    let told = body["events"].as_array().unwrap();
    let stopped = |event: &&Value| event["topic"] == "voting" && event["at"].is_string();
    assert_eq!(told.iter().filter(stopped).count(), 6, "{body:#}");
}

/// Settings of a mail server that is away: nobody listens on the port.
fn nobodys_mail() -> String {
    let away = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    format!(
        "[notices]\nquiet = \"none\"\n[notices.mail]\nserver = \"localhost\"\nport = {away}\n\
         security = \"none\"\nfrom = \"ward@office.example\"\n"
    )
}

#[tokio::test]
async fn what_waits_for_a_way_out_outlives_a_start_without_it() {
    const SECRET: &str = "a secret of the chat";
    let folder = tempfile::tempdir().unwrap();
    private(&folder.path().join("chat.secret"), SECRET);
    let busy = Hook::start(SECRET, &[503; 9]);
    let both = nobodys_mail() + &hook_at("chat", busy.port);
    found(folder.path(), &both).await;
    // What waited for years for a program that nobody set again is not kept for ever.
    left_behind(folder.path(), "webhook:gone").await;
    let desk = Desk::start(folder.path());
    desk.report("key-report-1", "stopped");
    busy.waits_for(1);
    desk.report("key-report-2", "stopped");
    let all = ["clerk", "lead", "webhook:chat"];
    let before = waits_when(folder.path(), |waits| waits.len() == all.len()).await;
    assert_eq!(before.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), all);
    desk.kill();

    // Neither is set, and another program is: when it was told, everybody was looked at.
    let other = Hook::start(SECRET, &[]);
    private(&folder.path().join("ward.toml"), &hook_at("other", other.port));
    let desk = Desk::start(folder.path());
    desk.report("key-report-3", "stopped");
    other.waits_for(1);
    desk.kill();
    assert_eq!(waits_when(folder.path(), |_| true).await, before);

    // Set again, at another address: what waited comes.
    let chat = Hook::start(SECRET, &[]);
    private(&folder.path().join("ward.toml"), &(nobodys_mail() + &hook_at("chat", chat.port)));
    let _desk = Desk::start(folder.path());
    let told: Vec<Value> = chat.waits_for(2).into_iter().map(|call| call.body).collect();
    assert_ne!(told[0]["events"][0]["link"], told[1]["events"][0]["link"], "{told:#?}");
}

#[tokio::test]
async fn by_a_webhook_that_refuses_twice() {
    const SECRET: &str = "a secret of the chat";
    let folder = tempfile::tempdir().unwrap();
    let hook = Hook::start(SECRET, &[503, 500]);
    let moved = Hook::start(SECRET, &[307]);
    private(&folder.path().join("chat.secret"), SECRET);
    let settings = hook_at("chat", hook.port) + &hook_at("moved", moved.port);
    found(folder.path(), &settings).await;
    let desk = Desk::start(folder.path());
    desk.report("key-report-1", "stopped");

    let calls = hook.waits_for(3);
    assert_eq!(calls.iter().map(|call| call.status).collect::<Vec<_>>(), [503, 500, 204]);
    assert!(calls.iter().all(|call| call.signed), "{calls:#?}");
    assert!(calls.iter().all(|call| call.id == calls[0].id && call.body == calls[0].body));
    let body = &calls[0].body;
    assert_eq!((&body["format"], &body["world"]), (&"ward.notice/1".into(), &"real".into()));
    assert_eq!((&body["count"], &body["urgent"]), (&1.into(), &true.into()));
    assert_eq!(body["events"][0]["places"][0]["name"], "Boone County");
    assert!(!body.to_string().contains("in confidence"), "{body}");

    // A redirect is not followed.
    assert_eq!(moved.waits_for(1).len(), 1);
    let all = kept_when(folder.path(), |all| ended(all, 2)).await;
    let of = |name: &str| all.iter().find(|one| one.message.recipient.ends_with(name)).unwrap();
    assert_eq!((of("chat").message.state, of("chat").message.tries), (State::Sent, 3));
    assert_eq!((of("moved").message.state, of("moved").message.tries), (State::Failed, 1));
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!((hook.waits_for(3).len(), moved.waits_for(1).len()), (3, 1));
    assert!(!desk.log().contains("key=x"), "{}", desk.log());
}
