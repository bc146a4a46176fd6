//! `ward sense`: the sensor, run, enrolled and tried.

use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail};
use ward_live::Hints;
use ward_sense::{Keep, Settings};

use crate::cli::{Sense, SenseCommand};
use crate::exit::Exit;
use crate::sense_found as found;

/// Where the settings lie unless somebody says otherwise.
const CONFIG: &str = "/etc/ward/sense.toml";

/// Runs the command.
///
/// # Errors
/// What is wrong, in a sentence.
pub fn run(options: &Sense) -> anyhow::Result<Exit> {
    if let Some(SenseCommand::Try { line }) = &options.command {
        let line = if line == "-" { piped()? } else { line.clone() };
        return say(&read_as(line.trim_end()));
    }
    let settings = match &options.command {
        Some(SenseCommand::Enrol { .. }) => settings_to_enrol(options)?,
        _ => settings(options)?,
    };
    crate::serve::logs(options.log_json);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("the machine gives no threads")?;
    match &options.command {
        None => {
            let keep: Keep = Arc::new(ward_live::is_attack);
            runtime.block_on(ward_sense::run(settings, keep, crate::serve::signalled()))?;
            Ok(Exit::Quiet)
        }
        Some(SenseCommand::Enrol { code, name }) => {
            let code = match code.as_slice() {
                [dash] if dash == "-" => piped()?,
                // A mail program may have broken the line.
                parts => parts.concat(),
            };
            let enrolling = ward_sense::enrol(&code, name.as_deref(), &settings.spool);
            let sensor = runtime.block_on(enrolling)?;
            say(&format!(
                "{}This machine is now the sensor \"{}\" of {}.",
                sensor.world().prefix(),
                sensor.name(),
                sensor.jurisdiction()
            ))?;
            first_settings(options, &settings)
        }
        Some(SenseCommand::Check) => say("The settings are right."),
        Some(SenseCommand::Try { .. }) => Ok(Exit::Quiet),
    }
}

/// Where nothing says yet what to read, says what was found on this machine.
fn first_settings(options: &Sense, settings: &Settings) -> anyhow::Result<Exit> {
    let path = options.config.as_deref().unwrap_or(Path::new(CONFIG));
    let logs = found::logs(Path::new("/"));
    if found::write(path, &found::settings(&logs, &settings.spool))? {
        say(&format!("What it reads was written to {}:", path.display()))?;
        for log in &logs {
            say(&format!("  {} ({})", log.path.display(), log.format))?;
        }
        if logs.is_empty() {
            say("  the systemd journal")?;
        }
    }
    say("Start it: systemctl enable --now ward-sense, or ward sense")
}

fn settings(options: &Sense) -> anyhow::Result<Settings> {
    let path = options.config.as_deref().unwrap_or(Path::new(CONFIG));
    let text = std::fs::read_to_string(path).with_context(|| {
        format!(
            "the sensor's settings {} cannot be read (docs/sense.example.toml is an example)",
            path.display()
        )
    })?;
    let name = path.display().to_string();
    let settings: Settings = toml::from_str(&text)
        .map_err(|err| anyhow!(crate::settings::explain(&err, &text, &name)))?;
    let problems = settings.problems();
    if !problems.is_empty() {
        bail!("{name}: {}", problems.join("; "));
    }
    Ok(settings)
}

/// Enrolling needs no more than the folder: what to read can be said afterwards, and settings that
/// are not there yet are written then.
fn settings_to_enrol(options: &Sense) -> anyhow::Result<Settings> {
    let path = options.config.as_deref().unwrap_or(Path::new(CONFIG));
    if path.exists() { settings(options) } else { Ok(Settings::default()) }
}

/// In a sentence, how the desk would read a line.
fn read_as(line: &str) -> String {
    let hints = Hints { newest: crate::serve::machine_time(), ..Hints::default() };
    let read = ward_live::read_as(format!("{line}\n").as_bytes(), &hints);
    let Some(label) = read.label() else {
        return "I do not know this format. If it is one of the known ones, give a whole line with \
                its date, or name the format in the settings."
            .to_owned();
    };
    match (read.words.first(), read.why.first()) {
        (Some(words), _) => format!("I read it as {label}: {words}."),
        (None, Some(why)) => format!("I read it as {label}, but not this line: {why}."),
        (None, None) => format!("I read it as {label}; it holds nothing to judge."),
    }
}

fn piped() -> anyhow::Result<String> {
    let mut text = String::new();
    io::stdin().lock().take(64 << 10).read_to_string(&mut text)?;
    Ok(text)
}

fn say(text: &str) -> anyhow::Result<Exit> {
    writeln!(io::stdout().lock(), "{text}")?;
    Ok(Exit::Quiet)
}
