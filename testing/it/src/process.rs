//! The built binary, and processes of it.
#![expect(clippy::expect_used, reason = "a test that cannot go on says so and ends")]

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::Value;

/// The binary: the one that `WARD_BINARY` names, or built once.
///
/// # Panics
/// When it cannot be built.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        if let Some(given) = std::env::var_os("WARD_BINARY") {
            return PathBuf::from(given);
        }
        let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let cargo = |args: &[&str]| {
            let mut command = Command::new(env!("CARGO"));
            let out = command.args(args).args(["--offline", "--manifest-path", manifest]).output();
            let out = out.expect("cargo runs");
            assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
            out.stdout
        };
        let metadata = cargo(&["metadata", "--format-version", "1", "--no-deps"]);
        let metadata: Value = serde_json::from_slice(&metadata).expect("JSON");
        // Records come in faster than an unoptimised build can judge them.
        cargo(&["build", "-p", "ward", "--quiet", "--release"]);
        let target = metadata["target_directory"].as_str().expect("a folder");
        Path::new(target).join("release/ward")
    })
}

/// A process that is killed when it is let go.
#[derive(Debug)]
pub struct Running(Child);

impl Running {
    /// Starts a command; what it says is added to the file `log`.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn start(mut command: Command, log: &Path) -> Self {
        let log = File::options().create(true).append(true).open(log).expect("a log");
        let out = log.try_clone().expect("a log");
        Self(command.stdin(Stdio::null()).stdout(out).stderr(log).spawn().expect("it starts"))
    }

    /// The process's id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Whether it has not ended by itself.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.0.try_wait(), Ok(None))
    }

    /// SIGKILL: nothing is tidied.
    pub fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }

    /// SIGTERM, and at most `wait` until it has ended; whether it ended well.
    pub fn stop(&mut self, wait: Duration) -> bool {
        let pid = self.0.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &pid]).status();
        let until = Instant::now() + wait;
        while Instant::now() < until {
            if let Ok(Some(status)) = self.0.try_wait() {
                return status.success();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.kill();
        false
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}
