//! The provider's process: installed once, stopped with the test.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde::Deserialize;

/// How long node may take until the providers listen.
const PATIENCE: Duration = Duration::from_secs(60);

/// Node with the providers of `server.mjs`; ends when dropped.
pub(crate) struct Node {
    child: Child,
    /// Kept open: the process would end when it prints again to nobody.
    _output: BufReader<ChildStdout>,
    pub(crate) issuers: Issuers,
}

/// What `server.mjs` prints.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Issuers {
    pub(crate) userinfo: String,
    pub(crate) in_token: String,
    pub(crate) post: String,
}

impl Drop for Node {
    fn drop(&mut self) {
        // This process alone, by its id; it also ends by itself when its input does.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Node {
    /// Starts it; `None`, with a printed line, where there is no node or npm.
    pub(crate) fn start() -> Option<Self> {
        for tool in ["node", "npm"] {
            if let Err(why) = runs(tool) {
                assert!(std::env::var_os("CI").is_none(), "{tool} is needed: {why}");
                println!("skipped: {tool} cannot be run ({why}), so no real provider is asked");
                return None;
            }
        }
        let (folder, _held) = install();
        let mut words = tempfile::tempfile().unwrap();
        let mut child = Command::new("node")
            .arg("server.mjs")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(words.try_clone().unwrap())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let (said, heard) = mpsc::channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            let read = output.read_line(&mut line).map(|_| line);
            said.send((read, output)).ok();
        });
        let issuers = match heard.recv_timeout(PATIENCE) {
            Ok((Ok(line), output)) => serde_json::from_str(&line)
                .map(|issuers| (issuers, output))
                .map_err(|err| format!("{err}: {line}")),
            Ok((Err(err), _)) => Err(err.to_string()),
            Err(err) => Err(err.to_string()),
        };
        match issuers {
            Ok((issuers, output)) => Some(Self { child, _output: output, issuers }),
            Err(why) => {
                child.kill().ok();
                child.wait().ok();
                let mut text = String::new();
                words.rewind().and_then(|()| words.read_to_string(&mut text)).ok();
                panic!("server.mjs did not start: {why}: {text}");
            }
        }
    }
}

fn runs(tool: &str) -> Result<(), String> {
    let out = Command::new(tool).arg("--version").output().map_err(|err| err.to_string())?;
    if out.status.success() { Ok(()) } else { Err(out.status.to_string()) }
}

/// The provider, as its lock file pins it, in the target folder. Several tests ask for it at once:
/// one installs it, and the others wait. The lock is held until node has read what it runs.
fn install() -> (PathBuf, File) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../oidc/tests/oidc-provider");
    let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../oidc-provider");
    fs::create_dir_all(&to).unwrap();
    let held = File::create(to.join("lock")).unwrap();
    held.lock().unwrap();
    let lock = fs::read(from.join("package-lock.json")).unwrap();
    let installed = fs::read(to.join("installed.json")).ok();
    for name in ["package.json", "package-lock.json", "server.mjs"] {
        fs::copy(from.join(name), to.join(name)).unwrap();
    }
    if installed.as_ref() != Some(&lock) {
        let out = Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
            .current_dir(&to)
            .output()
            .unwrap();
        assert!(out.status.success(), "npm ci: {}", String::from_utf8_lossy(&out.stderr));
        fs::write(to.join("installed.json"), lock).unwrap();
    }
    (to, held)
}
