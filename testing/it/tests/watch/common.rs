//! The binary, built once, and what a run of it leaves.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// Places stamps without a year: all fixtures, generated days and the recording are of 2026.
const YEAR_BEFORE: &str = "2026-12-31";

/// What the tests need to know of the workspace.
struct Workspace {
    root: PathBuf,
    binary: PathBuf,
}

fn workspace() -> &'static Workspace {
    // What failed is remembered: it would fail again for each test.
    static WORKSPACE: OnceLock<Result<Workspace, String>> = OnceLock::new();
    match WORKSPACE.get_or_init(build) {
        Ok(workspace) => workspace,
        Err(why) => panic!("{why}"),
    }
}

/// Builds the binary and asks cargo where it lies.
fn build() -> Result<Workspace, String> {
    let cargo = |args: &[&str]| {
        let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let mut command = Command::new(env!("CARGO"));
        let out = command.args(args).args(["--manifest-path", manifest]).output();
        let out = out.map_err(|err| format!("cargo does not run: {err}"))?;
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        if out.status.success() { Ok(out.stdout) } else { Err(said) }
    };
    let metadata = cargo(&["metadata", "--format-version", "1", "--no-deps", "--offline"])?;
    let metadata: Value = serde_json::from_slice(&metadata).map_err(|err| err.to_string())?;
    let folder = |key: &str| PathBuf::from(text(&metadata[key]));
    cargo(&["build", "-p", "ward", "--quiet", "--offline"])?;
    let binary = folder("target_directory").join("debug/ward");
    if binary.is_file() {
        Ok(Workspace { root: folder("workspace_root"), binary })
    } else {
        Err(format!("{} was not built", binary.display()))
    }
}

/// The root of the workspace.
pub(crate) fn root() -> &'static Path {
    &workspace().root
}

/// A fixture's path.
pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/watch/fixtures").join(name)
}

/// How a run ended and what it said.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    /// The report that it printed.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|err| panic!("{err}: {self:?}"))
    }

    /// That it ended like this, without a panic.
    #[track_caller]
    pub(crate) fn ended(self, code: i32) -> Self {
        assert!(!self.err.contains("panicked"), "{}", self.err);
        assert_eq!(self.code, code, "out: {}\nerr: {}", self.out, self.err);
        self
    }
}

/// The binary with nothing of this process's environment that changes how it looks.
pub(crate) fn ward() -> Command {
    let mut command = Command::new(&workspace().binary);
    for name in ["NO_COLOR", "TERM", "COLUMNS", "LC_ALL", "LC_CTYPE", "LANG", "RUST_BACKTRACE"] {
        command.env_remove(name);
    }
    // A folder in which no ward.toml lies.
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests"));
    command
}

/// Runs a command to its end, `input` on its standard input.
pub(crate) fn finish(command: &mut Command, input: &[u8]) -> Run {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the command starts");
    let mut pipe = child.stdin.take().expect("a pipe");
    let out = std::thread::scope(|scope| {
        // A command that reads nothing closes the pipe: no error of the test's.
        scope.spawn(move || drop(pipe.write_all(input)));
        child.wait_with_output().expect("the command ends")
    });
    Run {
        code: out.status.code().unwrap_or(-1),
        out: String::from_utf8(out.stdout).expect("the output is UTF-8"),
        err: String::from_utf8_lossy(&out.stderr).into_owned(),
    }
}

/// `ward watch` with these words.
pub(crate) fn watch<S: AsRef<OsStr>>(words: impl IntoIterator<Item = S>) -> Run {
    let mut command = ward();
    command.args(["watch", "--no-progress", "--year-before", YEAR_BEFORE]).args(words);
    finish(&mut command, b"")
}

/// `ward watch -` on these bytes.
pub(crate) fn watch_stdin(input: &[u8], words: &[&str]) -> Run {
    let mut command = ward();
    command.args(["watch", "-", "--no-progress", "--year-before", YEAR_BEFORE]).args(words);
    finish(&mut command, input)
}

/// The report on a path.
pub(crate) fn report(path: &Path) -> Value {
    let run = watch([path.as_os_str(), OsStr::new("--json")]);
    assert!(!run.err.contains("panicked"), "{}", run.err);
    run.json()
}

/// The report on the recording.
pub(crate) fn recorded() -> &'static Value {
    static RECORDED: OnceLock<Value> = OnceLock::new();
    RECORDED.get_or_init(|| report(&root().join("samples")))
}

/// A file in a new folder of its own: the folder (removed when dropped) and the path.
pub(crate) fn file(name: &str, bytes: impl AsRef<[u8]>) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join(name);
    fs::write(&path, bytes).expect("a file can be written");
    (dir, path)
}

/// Bytes, gzipped.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).expect("memory can be written");
    packed.finish().expect("memory can be written")
}

/// Whether the machine has this program; says so when not.
pub(crate) fn has(program: &str) -> bool {
    let found = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok();
    if !found {
        println!("skipped: no {program} on this machine");
    }
    found
}

/// The elements of an array.
pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The text of a value.
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Kind, rung and records of each case, sorted.
pub(crate) fn cases(report: &Value) -> BTreeSet<(String, String, u64)> {
    list(&report["cases"])
        .iter()
        .map(|case| {
            let name = |key: &str| text(&case[key]).to_owned();
            (name("kind"), name("rung"), case["records"].as_u64().unwrap_or(0))
        })
        .collect()
}

/// What the problems say, each with its place.
pub(crate) fn problems(report: &Value) -> String {
    list(&report["problems"])
        .iter()
        .map(|problem| format!("{}: {}\n", text(&problem["place"]), text(&problem["what"])))
        .collect()
}

/// Lines of all sensors that were not understood.
pub(crate) fn not_understood(report: &Value) -> u64 {
    let lines = |sensor: &Value| sensor["not_understood"]["lines"].as_u64().unwrap_or(0);
    list(&report["coverage"]).iter().map(lines).sum()
}

/// Records of the whole report.
pub(crate) fn records(report: &Value) -> u64 {
    report["counts"]["records"].as_u64().unwrap_or(0)
}
