//! A desk as an office starts it: a process of its own, its store in a folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::browser::{Browser, Site};
use crate::process::{Running, binary};

/// How long a process may take to say that it is there.
const START: Duration = Duration::from_secs(60);

/// A desk that runs.
pub struct House {
    /// Its process.
    pub serve: Running,
    /// Where it is.
    pub site: Site,
    /// The link that sets it up.
    pub link: String,
    /// What it says.
    pub log: PathBuf,
}

impl House {
    /// Starts a desk in a folder; on PostgreSQL when a store is named.
    pub fn start(folder: &Path, store: Option<&str>) -> Result<Self, String> {
        let (data, log) = (folder.join("desk"), folder.join("desk.txt"));
        let mut command = Command::new(binary());
        command.args(["serve", "--listen", "127.0.0.1:0", "--name", "localhost", "--data"]);
        command.arg(&data);
        if let Some(store) = store {
            command.env("WARD_STORE", store);
        }
        let mut serve = Running::start(command, &log);
        let link = said(&mut serve, &log, "/set-up?key=")?;
        let origin = said(&mut serve, &log, "The desk is at ")?;
        let origin = origin.trim_start_matches("The desk is at ").to_owned();
        let site = Site::new(&origin, &data.join("tls/authority.pem"));
        Ok(Self { serve, site, link, log })
    }

    /// Warnings and errors in what it has said.
    pub fn warnings(&self) -> Vec<String> {
        let said = fs::read_to_string(&self.log).unwrap_or_default();
        let wrong = said.lines().filter(|line| line.contains("WARN") || line.contains("ERROR"));
        wrong.map(str::to_owned).collect()
    }
}

/// The first line that holds these words, when the process has said it.
fn said(process: &mut Running, log: &Path, words: &str) -> Result<String, String> {
    let until = Instant::now() + START;
    loop {
        let text = fs::read_to_string(log).unwrap_or_default();
        // The line must have come whole.
        let mut lines = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
        if let Some(line) = lines.find(|line| line.contains(words)) {
            return Ok(line.trim().to_owned());
        }
        if !process.is_alive() || Instant::now() > until {
            return Err(format!("\"{words}\" was not said: {text}"));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A machine whose logs a sensor follows.
#[derive(Debug)]
pub struct Machine {
    /// Its jurisdiction's id.
    pub place: String,
    /// Where its logs are.
    pub logs: PathBuf,
    config: PathBuf,
    said: PathBuf,
}

impl Machine {
    /// Makes a machine with logs of these names in a folder, and enrols its sensor, by its name, by
    /// a code that the administrator makes.
    pub async fn enrol(
        (place, name): (&str, &str),
        names: &[&str],
        folder: &Path,
        admin: &mut Browser,
    ) -> Result<Self, String> {
        let machine = Self::new(place, names, &folder.join(place)).map_err(|e| e.to_string())?;
        let fields = [("jurisdiction", place), ("name", name)];
        let page = admin.post("/sensors/new", &fields).await?.is(200);
        let code = page.between("ward sense enrol ", "</code>");
        let mut command = Command::new(binary());
        command.args(["sense", "--config"]).arg(&machine.config).args(["enrol", code.trim()]);
        let out = command.output().map_err(|e| e.to_string())?;
        if out.status.success() {
            Ok(machine)
        } else {
            Err(String::from_utf8_lossy(&out.stderr).into_owned())
        }
    }

    fn new(place: &str, names: &[&str], home: &Path) -> std::io::Result<Self> {
        let (logs, config) = (home.join("log"), home.join("sense.toml"));
        fs::create_dir_all(&logs)?;
        let (spool, logs_shown) = (home.join("spool"), logs.display());
        let file = |name: &&str| format!("[[file]]\npath = \"{logs_shown}/{name}\"\n");
        let files: Vec<String> = names.iter().map(file).collect();
        let text = format!("spool = \"{}\"\n\n{}", spool.display(), files.join("\n"));
        fs::write(&config, text)?;
        Ok(Self { place: place.to_owned(), logs, config, said: home.join("sense.txt") })
    }

    /// Starts the sensor.
    #[must_use]
    pub fn sense(&self) -> Running {
        let mut command = Command::new(binary());
        command.args(["sense", "--config"]).arg(&self.config);
        Running::start(command, &self.said)
    }
}
