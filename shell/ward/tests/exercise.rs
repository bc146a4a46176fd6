//! Exercises by the program itself: how one begins, what comes over from the real desk, and that
//! neither world's desk opens what is the other's.

#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use ward_access::{OrganisationKind, Role, missouri};
use ward_kernel::{Time, World};
use ward_store::audit::Entry;
use ward_store::logbook::{self, Log, New};
use ward_store::office::{self, Organisation};
use ward_store::people::{self, Person};
use ward_store::{Audit, Link, Store, invitations, meta, world};

/// Runs the program to its end, outside of any desk's folder and without settings of its own.
fn ward(at: &Path, words: &[&str]) -> Output {
    command(at, words).output().unwrap()
}

fn command(at: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ward"));
    command.args(words).current_dir(at).stdin(Stdio::null());
    for name in ["WARD_DATA_DIR", "WARD_STORE", "WARD_EXERCISE_STORE"] {
        command.env_remove(name);
    }
    command
}

#[track_caller]
fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

/// It did not start, and said why.
#[track_caller]
fn is_refused(output: &Output, words: &str) {
    let why = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{why}");
    assert!(why.contains(words), "{words:?} is not in: {why}");
}

/// All that lies in a folder, byte for byte.
fn all_of(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(all_of(&path));
            found.insert(path, Vec::new());
        } else {
            found.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    found
}

fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(work)
}

const SOMEBODY: [(&str, &str, Role, Option<&str>); 4] = [
    ("p-1", "Desk administrator", Role::Administrator, None),
    ("p-2", "Desk analyst", Role::Analyst, None),
    ("p-3", "Clerk of Adair", Role::LocalClerk, Some("adair-county")),
    ("p-4", "Whoever left", Role::Lead, None),
];

/// An election in the calendar, set twice; perhaps it was called off.
async fn election(mut link: Link<'_>, (id, name): (&str, &str), is_off: bool) {
    let dates = |opens: i64| {
        let after = |secs: i64| Time::from_secs(opens + secs).to_string();
        serde_json::json!({ "act": { "set": {
            "name": name, "opens": after(0), "closes": after(46_800), "certifies": after(900_000),
            "days": {
                "before": after(-4_000_000), "midnight": after(-21_600), "noon": after(108_000),
            },
        }}})
    };
    let off = serde_json::json!({ "act": { "call-off": { "why": "A court said so." } } });
    let at = Time::from_secs(3);
    let (kind, jurisdiction) = ("election".to_owned(), None);
    let log = Log { id: id.into(), kind, jurisdiction, begun: at, updated: at, open: true };
    logbook::begin(link.again(), &log).await.unwrap();
    let mut entries = vec![dates(9_000_000), dates(9_086_400)];
    entries.extend(is_off.then_some(off));
    for (number, body) in (1..).zip(entries) {
        let (actor, actor_name) = ("p-1".to_owned(), "Desk administrator".to_owned());
        let (key, body) = (format!("key-of-{number}"), body.to_string());
        let new = New { number, key, at, actor, actor_name, body };
        logbook::add(link.again(), id, &new, !is_off || number < 3).await.unwrap();
    }
}

/// A real desk's folder with an office in it.
fn office(folder: &Path) {
    run(async {
        let store = Store::open_folder(folder).await.unwrap();
        store.migrate().await.unwrap();
        let mut tx = store.begin().await.unwrap();
        office::set_jurisdictions(tx.link(), &missouri()).await.unwrap();
        for (key, value) in [
            (office::NAME, "Office of Example State"),
            (office::STATE, "MO"),
            (office::ZONE, "America/Chicago"),
            (office::PHONE, "555-0100"),
            (office::MAIL, "desk@office.example"),
            (office::SETUP_DONE, "1"),
        ] {
            meta::set(tx.link(), key, value).await.unwrap();
        }
        election(tx.link(), ("election-a", "General election"), false).await;
        election(tx.link(), ("election-b", "A primary that was called off"), true).await;
        for (id, kind, place) in [
            ("state", OrganisationKind::StateOffice, None),
            ("adair-county", OrganisationKind::LocalAuthority, Some("adair-county")),
            ("o-partner", OrganisationKind::Partner, None),
        ] {
            let jurisdiction = place.map(str::to_owned);
            let one = Organisation { id: id.into(), kind, name: id.into(), jurisdiction };
            office::add_organisation(tx.link(), &one).await.unwrap();
        }
        for (id, name, role, place) in SOMEBODY {
            let person = Person {
                id: id.into(),
                name: name.into(),
                email: format!("{id}@office.example"),
                role,
                organisation: place.unwrap_or("state").into(),
                jurisdiction: place.map(str::to_owned),
                active: id != "p-4",
                created: Time::from_secs(1),
                last_sign_in: None,
            };
            people::add(tx.link(), &person).await.unwrap();
            people::set_password(tx.link(), id, "a hash that stays here").await.unwrap();
        }
        tx.commit(Audit::Entry(Entry {
            at: Time::from_secs(2),
            actor: "p-1".into(),
            actor_name: "Desk administrator".into(),
            act: "set-up.done".into(),
            object: String::new(),
            detail: String::new(),
            address: String::new(),
        }))
        .await
        .unwrap();
        store.close().await;
    });
}

/// Rows and hash of each table, as `ward db content` prints them.
fn content(at: &Path, words: &[&str]) -> BTreeMap<String, (u64, String)> {
    let text = said(&ward(at, &[&["db", "content"], words].concat()));
    let table = |line: &str| {
        let mut parts = line.split_whitespace();
        let name = parts.next().unwrap().to_owned();
        let rows = parts.next().unwrap().replace(',', "").parse().unwrap();
        (name, (rows, parts.next_back().unwrap().to_owned()))
    };
    text.lines().map(table).collect()
}

#[test]
fn what_begins_holds_what_is_said_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    office(&at.join("ward-data"));
    let before = all_of(&at.join("ward-data"));
    let told = said(&ward(at, &["exercise", "begin", "--from", "ward-data", "--people"]));
    assert_eq!(all_of(&at.join("ward-data")), before, "the real desk's folder was touched");
    let links: Vec<&str> = told.lines().filter(|line| line.contains("/invitation?key=")).collect();
    assert_eq!(links.len(), 3, "{told}");
    assert!(links[0].contains("https://localhost:9443/invitation?key="), "{told}");
    assert!(told.starts_with("EXERCISE: ") && told.contains("117 jurisdictions"), "{told}");

    let (real, exercise) = (content(at, &[]), content(at, &["--exercise"]));
    let rows: BTreeMap<&str, u64> = exercise
        .iter()
        .filter(|(_, (rows, _))| *rows > 0)
        .map(|(name, (rows, _))| (name.as_str(), *rows))
        .collect();
    let expected = [
        ("audit", 1),
        ("invitation", 3),
        ("jurisdiction", 117),
        // Schema, world, when it began, name, state, zone, telephone, that it is set up, the audit's
        // last seal.
        ("meta", 9),
        // The two that the invited belong to.
        ("organisation", 2),
        // The election that takes place, as one entry: what was written of it stays where it was.
        ("room_entry", 1),
        ("room_log", 1),
    ];
    assert_eq!(rows, expected.into_iter().collect());
    assert_eq!(exercise["jurisdiction"], real["jurisdiction"]);
    run(async {
        let store = Store::open_folder(&at.join("ward-exercise")).await.unwrap();
        let mut read = store.read().await.unwrap();
        for (key, value) in [
            (world::KEY, Some("exercise")),
            (office::NAME, Some("Office of Example State")),
            (office::ZONE, Some("America/Chicago")),
            // Nobody calls the real desk by a press, or without saying what it is.
            (office::PHONE, Some("EXERCISE: 555-0100, say that this is an exercise")),
            (office::MAIL, None),
        ] {
            assert_eq!(meta::get(read.link(), key).await.unwrap().as_deref(), value, "{key}");
        }
        let entries = logbook::entries(read.link(), "election-1").await.unwrap();
        assert!(entries[0].entry.body.contains("General election"), "{}", entries[0].entry.body);
        assert_eq!(logbook::verify(read.link()).await.unwrap(), None);
        let open = invitations::open_ones(read.link(), Time::from_secs(0)).await.unwrap();
        let mut invited: Vec<_> = open.iter().map(|one| (one.name.as_str(), one.role)).collect();
        invited.sort_unstable();
        let mut those: Vec<_> = SOMEBODY[..3].iter().map(|one| (one.1, one.2)).collect();
        those.sort_unstable();
        assert_eq!(invited, those, "with their roles, and without whoever is kept out");
        drop(read);
        store.close().await;
    });
}

/// The store of a demonstration.
fn demonstration(folder: &Path) {
    office(folder);
    run(async {
        let store = Store::open_folder(folder).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        meta::set(tx.link(), "demonstration", "1").await.unwrap();
        tx.commit(Audit::Machine).await.unwrap();
        store.close().await;
    });
}

#[test]
fn what_is_taken_in_says_what_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    demonstration(&at.join("shown"));
    office(&at.join("ward-data"));
    said(&ward(at, &["exercise", "begin"]));
    for (from, words, named) in [
        (&["--data", "shown"][..], &["--data", "new-1"][..], "DEMONSTRATION: this is the store"),
        (&[], &["--data", "new-2"], "This is the store of the real desk."),
        (&["--exercise"], &["--exercise", "--data", "new-3"], "EXERCISE: this is the store"),
    ] {
        let file = format!("{}.ward", words.last().unwrap());
        said(&ward(at, &[&["db", "export", &file], from].concat()));
        let output = ward(at, &[&["db", "import", &file], words].concat());
        said(&output);
        let lines = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(lines.starts_with(named) && lines.lines().count() == 1, "{lines}");
    }
    // What is not taken in is said beside what is there already.
    let again = ward(at, &["db", "import", "new-1.ward", "--data", "new-2"]);
    is_refused(&again, "This is the store of the real desk.");
}

#[test]
fn a_check_says_of_which_world_the_store_is() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    office(&at.join("ward-data"));
    said(&ward(at, &["exercise", "begin", "--from", "ward-data", "--people"]));
    demonstration(&at.join("shown"));
    for (words, named) in [
        (&["db", "check"][..], "the real desk"),
        (&["db", "check", "--exercise"], "EXERCISE: this is the store of an exercise"),
        (
            &["db", "check", "--data", "shown"],
            "DEMONSTRATION: this is the store of a demonstration",
        ),
    ] {
        let output = ward(at, words);
        assert!(said(&output).contains("Everything is whole."));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(named), "{said}");
        assert!(said.contains("the real desk") == (words.len() == 2), "{said}");
    }
}

#[test]
fn an_exercise_begins_in_a_place_of_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    office(&at.join("ward-data"));
    let begin = |words: &[&str]| ward(at, &[&["exercise", "begin"], words].concat());
    is_refused(&begin(&["--data", "ward-data"]), "is not empty");
    is_refused(&begin(&["--from", "ward-data"]), "nobody would be the exercise's administrator");
    is_refused(&begin(&["--from", "nowhere", "--people"]), "holds no store");
    assert!(!at.join("ward-exercise").exists(), "nothing is left of what was refused");
    said(&begin(&["--from", "ward-data", "--administrator", "drill@office.example"]));
    is_refused(&begin(&[]), "is not empty");
    // Not from another exercise: an exercise is no office.
    let again = ["--from", "ward-exercise", "--people", "--data", "second"];
    is_refused(&begin(&again), "the store of an exercise");
    let list = said(&ward(at, &["exercise", "list"]));
    assert!(list.contains("./ward-exercise  begun ") && !list.contains("ward-data"), "{list}");
    let told = said(&ward(at, &["exercise", "end"]));
    assert!(told.starts_with("EXERCISE: it has ended."), "{told}");
    is_refused(&ward(at, &["exercise", "end"]), "ended already");
    assert!(said(&ward(at, &["exercise", "list"])).contains(", ended "));
    is_refused(&ward(at, &["exercise", "end", "--data", "ward-data"]), "the real desk");
}

#[test]
fn neither_world_opens_what_is_the_others() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    office(&at.join("ward-data"));
    said(&ward(at, &["exercise", "begin"]));
    // The store alone without the mark of its folder, and the real store in a marked folder.
    for (name, from) in
        [("bare-real", "ward-data"), ("bare-exercise", "ward-exercise"), ("marked", "ward-data")]
    {
        fs::create_dir(at.join(name)).unwrap();
        fs::copy(at.join(from).join("ward.sqlite"), at.join(name).join("ward.sqlite")).unwrap();
        private(&at.join(name));
    }
    fs::copy(at.join("ward-exercise/world"), at.join("marked/world")).unwrap();
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    for (words, why) in [
        (["--data", "ward-exercise"].as_slice(), "the folder of an exercise"),
        (&["--data", "bare-exercise"], "the store of an exercise"),
        (&["--exercise", "--data", "ward-data"], "the folder of the real desk"),
        (&["--exercise", "--data", "bare-real"], "the folder of the real desk"),
        (&["--exercise", "--data", "marked"], "the store of the real desk"),
        (&["--exercise", "--data", "nothing"], "there is no exercise in nothing"),
        (&["--exercise", "--demo"], "cannot be used with"),
    ] {
        let before = all_of(at);
        is_refused(&ward(at, &[&serve, words].concat()), why);
        assert!(all_of(at) == before, "{words:?} wrote something");
    }
    is_refused(&ward(at, &["db", "check", "--data", "ward-exercise"]), "the folder of an exercise");
    let check = ["db", "check", "--exercise", "--data", "bare-real"];
    is_refused(&ward(at, &check), "the folder of the real desk");
    moves(at);
}

/// Exports and backups come back into their own world alone.
fn moves(at: &Path) {
    said(&ward(at, &["db", "export", "real.ward"]));
    let named = ward(at, &["db", "export", "--exercise", "exercise.ward"]);
    said(&named);
    assert!(String::from_utf8_lossy(&named.stderr).contains("EXERCISE: this is the store of an"));
    said(&ward(at, &["db", "backup", "real.sqlite"]));
    said(&ward(at, &["db", "backup", "--exercise", "exercise.sqlite"]));
    let into = |words: &[&str]| ward(at, &[&["db"], words].concat());
    is_refused(&into(&["import", "exercise.ward", "--data", "new-1"]), "an exercise");
    is_refused(&into(&["import", "real.ward", "--exercise", "--data", "new-2"]), "the real desk");
    is_refused(&into(&["restore", "exercise.sqlite", "--data", "new-3"]), "an exercise");
    let real = ["restore", "real.sqlite", "--exercise", "--data", "new-4"];
    is_refused(&into(&real), "the real desk");
    said(&into(&["restore", "exercise.sqlite", "--exercise", "--data", "new-5"]));
    said(&into(&["import", "exercise.ward", "--exercise", "--data", "new-6"]));
    for folder in ["new-5", "new-6"] {
        run(async {
            let place = at.join(folder).display().to_string();
            assert_eq!(world::found_at(&place).await.unwrap(), Some(World::Exercise));
        });
        assert!(fs::read_to_string(at.join(folder).join("world")).unwrap().starts_with("exercise"));
    }
}

fn private(folder: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn settings_are_of_one_world() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    said(&ward(at, &["exercise", "begin"]));
    fs::write(at.join("real.toml"), "[office]\nname = \"An office\"\n").unwrap();
    fs::write(at.join("exercise.toml"), "[desk]\nworld = \"exercise\"\n").unwrap();
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    let exercise = [&serve[..], &["--exercise", "--config", "real.toml"]].concat();
    is_refused(&ward(at, &exercise), "the real desk's settings");
    let real = [&serve[..], &["--data", "new", "--config", "exercise.toml"]].concat();
    is_refused(&ward(at, &real), "the settings of an exercise");
}

/// A desk that runs; ends when dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // This process alone, by its id.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Both run at once, each with an authority of its own; the exercise says first what it is.
#[test]
fn both_desks_run_beside_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    said(&ward(at, &["exercise", "begin"]));
    let starts = |words: &[&str]| {
        let serve = ["serve", "--listen", "127.0.0.1:0", "--name", "localhost"];
        let mut command = command(at, &[&serve, words].concat());
        let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut running = Running(child);
        let lines = BufReader::new(running.0.stdout.take().unwrap()).lines();
        let told: Vec<String> =
            lines.map_while(Result::ok).take_while(|line| !line.contains("/set-up?key=")).collect();
        (running, told)
    };
    let (real, real_told) = starts(&[]);
    let (exercise, exercise_told) = starts(&["--exercise"]);
    drop((real, exercise));
    let authority = |told: &[String]| {
        told.iter().find(|line| line.starts_with("Its authority's SHA-256 is")).cloned()
    };
    assert_eq!(exercise_told[0], "EXERCISE: nothing on this desk is real.");
    assert!(real_told.iter().all(|line| !line.contains("EXERCISE")), "{real_told:?}");
    assert!(authority(&real_told).is_some());
    assert_ne!(authority(&real_told), authority(&exercise_told));
    for file in ["secret.key", "tls/authority.key"] {
        let [one, other] = ["ward-data", "ward-exercise"]
            .map(|at| fs::read(dir.path().join(at).join(file)).unwrap());
        assert_ne!(one, other, "{file}");
    }
}
