//! A private PostgreSQL server for tests.

use std::fmt;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Starts the server, says where it is, and stops it when its input ends.
const SCRIPT: &str = include_str!("postgres.sh");

/// A PostgreSQL server that ends with the process that started it, however that ends: the script
/// that watches over it reads from a pipe which the kernel closes.
pub struct Postgres {
    place: Place,
    databases: AtomicU32,
}

enum Place {
    /// A server of our own: its socket's folder, its programs, the script.
    Own { folder: String, programs: PathBuf, script: Child },
    /// A server that `WARD_TEST_PG` names.
    Given(String),
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.place {
            Place::Own { .. } => "Postgres(own)",
            Place::Given(_) => "Postgres(given)",
        })
    }
}

impl Postgres {
    /// The one server of this test run: that of `WARD_TEST_PG`, or one started for it. `None`
    /// where there is none; says so once.
    ///
    /// # Panics
    /// When there is none although `CI` or `WARD_REQUIRE_PG` is set: a test that silently does
    /// nothing proves nothing.
    #[must_use]
    #[expect(clippy::panic, reason = "a test that cannot go on says so and ends")]
    pub fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Result<Postgres, String>> = OnceLock::new();
        let started = SHARED.get_or_init(|| {
            let started = Self::start();
            if let Err(why) = &started {
                println!("skipped: no PostgreSQL ({why})");
            }
            started
        });
        let required = |key: &str| std::env::var_os(key).is_some_and(|value| !value.is_empty());
        match started {
            Ok(server) => Some(server),
            Err(why) if required("CI") || required("WARD_REQUIRE_PG") => {
                panic!("PostgreSQL is required here, and there is none: {why}")
            }
            Err(_) => None,
        }
    }

    /// Takes the server that `WARD_TEST_PG` names, or starts one that does not wait for the disk.
    ///
    /// # Errors
    /// Says what is missing.
    pub fn start() -> Result<Self, String> {
        match std::env::var("WARD_TEST_PG") {
            Ok(url) if !url.is_empty() => Ok(Self::of(Place::Given(url))),
            _ => Self::start_own("off"),
        }
    }

    /// Starts a server that waits for the disk at each commit, as a real one does.
    ///
    /// # Errors
    /// Says what is missing.
    pub fn start_durable() -> Result<Self, String> {
        Self::start_own("on")
    }

    fn start_own(fsync: &str) -> Result<Self, String> {
        let programs = programs().ok_or("initdb is neither on PATH nor in /usr/lib/postgresql")?;
        // PostgreSQL refuses to run as root.
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--", "sh"]);
            command
        } else {
            Command::new("sh")
        };
        command.args(["-c", SCRIPT, "postgres.sh"]).arg(&programs).arg(fsync);
        let mut script = command
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .map_err(|err| format!("the server cannot be started: {err}"))?;
        let mut folder = String::new();
        if let Some(said) = script.stdout.take() {
            let read = BufReader::new(said).read_line(&mut folder);
            read.map_err(|err| format!("the server says nothing: {err}"))?;
        }
        let folder = folder.trim().to_owned();
        if folder.is_empty() {
            let _ = script.wait();
            return Err("the server did not start; its log is above".to_owned());
        }
        Ok(Self::of(Place::Own { folder, programs, script }))
    }

    const fn of(place: Place) -> Self {
        Self { place, databases: AtomicU32::new(0) }
    }

    /// Makes a new, empty database; its URL.
    ///
    /// # Errors
    /// Says what `createdb` said.
    pub fn database(&self) -> Result<String, String> {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("ward_{}_{number}", std::process::id());
        match &self.place {
            Place::Own { folder, programs, .. } => {
                let at = ["-h", folder, "-U", "ward"];
                createdb(Command::new(programs.join("createdb")).args(at).arg(&name))?;
                Ok(format!("postgres://ward@localhost/{name}?host={folder}"))
            }
            Place::Given(url) => {
                createdb(Command::new("createdb").arg("--maintenance-db").arg(url).arg(&name))?;
                named(url, &name).ok_or_else(|| "WARD_TEST_PG names no database".to_owned())
            }
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Place::Own { script, .. } = &mut self.place {
            drop(script.stdin.take());
            let _ = script.wait();
        }
    }
}

fn createdb(command: &mut Command) -> Result<(), String> {
    let out = command.output().map_err(|err| format!("createdb cannot be run: {err}"))?;
    if out.status.success() {
        return Ok(());
    }
    Err(format!("createdb: {}", String::from_utf8_lossy(&out.stderr)))
}

/// The URL with another database's name in it.
fn named(url: &str, name: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let (path, query) = rest.split_once('?').map_or((rest, None), |(path, q)| (path, Some(q)));
    let (host, _) = path.split_once('/')?;
    let query = query.map_or_else(String::new, |query| format!("?{query}"));
    Some(format!("{scheme}://{host}/{name}{query}"))
}

/// The folder of the newest server's programs.
fn programs() -> Option<PathBuf> {
    let installed = std::fs::read_dir("/usr/lib/postgresql").ok().into_iter().flatten().flatten();
    let newest = installed
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path())))
        .max();
    let on_path = std::env::var_os("PATH");
    let on_path = on_path.iter().flat_map(std::env::split_paths);
    newest.map(|(_, path)| path.join("bin")).into_iter().chain(on_path).find(|path| holds(path))
}

fn holds(folder: &Path) -> bool {
    ["initdb", "postgres", "pg_isready", "createdb"].iter().all(|name| folder.join(name).is_file())
}

fn is_root() -> bool {
    let out = Command::new("id").arg("-u").output();
    out.is_ok_and(|out| out.stdout.trim_ascii() == b"0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_takes_another_name() {
        let url = "postgres://ward:x@db.example:5432/postgres?sslmode=require";
        let other = named(url, "one").unwrap();
        assert_eq!(other, "postgres://ward:x@db.example:5432/one?sslmode=require");
        assert_eq!(named("no url", "one"), None);
    }

    #[test]
    fn a_server_comes_and_goes() {
        let Ok(server) = Postgres::start_own("off") else { return };
        let Place::Own { folder, .. } = &server.place else { return };
        let folder = PathBuf::from(folder);
        assert!(server.database().unwrap().contains("/ward_"));
        assert!(folder.exists());
        drop(server);
        assert!(!folder.exists(), "the server has left its folder behind");
    }
}
