//! The desk and its sensors: processes, as an office starts them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use ward_it::{Running, binary};

use crate::browser::{Browser, Site};
use crate::options::{Options, PLACES};

/// How long a process may take to say that it is there.
const START: Duration = Duration::from_secs(60);

/// A desk that runs.
pub(crate) struct House {
    pub(crate) serve: Running,
    pub(crate) site: Site,
    /// The link that sets it up.
    pub(crate) link: String,
    /// What it says.
    pub(crate) log: PathBuf,
}

impl House {
    /// Starts a desk in a folder.
    pub(crate) fn start(folder: &Path, store: Option<&str>) -> Result<Self, String> {
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
pub(crate) struct Machine {
    pub(crate) place: &'static str,
    /// Where its logs are.
    pub(crate) logs: PathBuf,
    config: PathBuf,
    said: PathBuf,
}

impl Machine {
    /// Makes the machines and enrols their sensors, by codes that the administrator makes.
    pub(crate) async fn all(
        options: &Options,
        folder: &Path,
        admin: &mut Browser,
    ) -> Result<Vec<Self>, String> {
        let mut machines = Vec::new();
        for place in PLACES.into_iter().take(options.sensors) {
            let machine = Self::new(place, &folder.join(place)).map_err(|e| e.to_string())?;
            let fields = [("jurisdiction", place), ("name", place)];
            let page = admin.post("/sensors/new", &fields).await?.is(200);
            let code = page.between("ward sense enrol ", "</code>");
            let mut command = Command::new(binary());
            command.args(["sense", "--config"]).arg(&machine.config).args(["enrol", code.trim()]);
            let out = command.output().map_err(|e| e.to_string())?;
            if !out.status.success() {
                return Err(String::from_utf8_lossy(&out.stderr).into_owned());
            }
            machines.push(machine);
        }
        Ok(machines)
    }

    fn new(place: &'static str, home: &Path) -> std::io::Result<Self> {
        let (logs, config) = (home.join("log"), home.join("sense.toml"));
        fs::create_dir_all(&logs)?;
        let (spool, logs_shown) = (home.join("spool"), logs.display());
        let files: Vec<String> = crate::lines::Kind::ALL
            .iter()
            .map(|(_, name, _)| format!("[[file]]\npath = \"{logs_shown}/{name}\"\n"))
            .collect();
        let text = format!("spool = \"{}\"\n\n{}", spool.display(), files.join("\n"));
        fs::write(&config, text)?;
        Ok(Self { place, logs, config, said: home.join("sense.txt") })
    }

    /// Starts the sensor.
    pub(crate) fn sense(&self) -> Running {
        let mut command = Command::new(binary());
        command.args(["sense", "--config"]).arg(&self.config);
        Running::start(command, &self.said)
    }
}
