//! Whole child processes, measured by GNU time: processor time of all their threads, wall time
//! and the peak of their memory.

use std::ffi::OsString;
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};

/// What one run cost.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cost {
    /// User and system time of all threads, in seconds.
    pub cpu: f64,
    /// Wall time in seconds.
    pub wall: f64,
    /// Peak resident memory in megabytes (of 10^6 bytes).
    pub peak: f64,
    /// The exit code.
    pub code: i32,
}

/// A command line; built from anything that is text.
#[must_use]
pub fn words(parts: &[&dyn AsRef<std::ffi::OsStr>]) -> Vec<OsString> {
    parts.iter().map(|part| part.as_ref().to_owned()).collect()
}

/// Runs a command in a folder, its output into a file (or nowhere), and measures it.
///
/// # Errors
/// When GNU time is missing (Debian's package `time`), or the command cannot be started.
pub fn run(command: &[OsString], folder: &Path, output: Option<&Path>) -> Result<Cost> {
    const TIME: &str = "/usr/bin/time";
    ensure!(Path::new(TIME).exists(), "{TIME} is missing: apt-get install time");
    let figures = folder.join("time.txt");
    let stdout = match output {
        Some(path) => Stdio::from(File::create(path).context("cannot keep the output")?),
        None => Stdio::null(),
    };
    let errors = folder.join("stderr.txt");
    let started = Instant::now();
    let status = Command::new(TIME)
        .args(["-q", "-f", "%U %S %M", "-o"])
        .arg(&figures)
        .args(command)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(stdout)
        .stderr(File::create(&errors)?)
        .status()
        .context("cannot run /usr/bin/time")?;
    let wall = started.elapsed().as_secs_f64();
    let code = status.code().unwrap_or(-1);
    if matches!(code, 126 | 127) {
        bail!("cannot run {}", command.first().map_or("nothing".into(), |c| c.to_string_lossy()));
    }
    let text = std::fs::read_to_string(&figures)?;
    let (cpu, peak) = figures_of(&text).with_context(|| format!("GNU time said \"{text}\""))?;
    Ok(Cost { cpu, wall, peak, code })
}

/// The first lines of what the last command said of errors in this folder.
#[must_use]
pub fn errors(folder: &Path) -> String {
    let bytes = std::fs::read(folder.join("stderr.txt")).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    text.lines().take(5).collect::<Vec<_>>().join("\n")
}

/// Runs a command several times; the run with the median processor time.
///
/// # Errors
/// As [`run`].
pub fn median(
    runs: usize,
    command: &[OsString],
    folder: &Path,
    output: Option<&Path>,
) -> Result<Cost> {
    let costs: Result<Vec<Cost>> = (0..runs.max(1)).map(|_| run(command, folder, output)).collect();
    let mut costs = costs?;
    costs.sort_by(|one, two| one.cpu.total_cmp(&two.cpu));
    Ok(costs.get(costs.len() / 2).copied().unwrap_or_default())
}

fn figures_of(text: &str) -> Option<(f64, f64)> {
    let mut fields = text.lines().last()?.split(' ').map(str::parse::<f64>);
    let mut next = || fields.next().and_then(Result::ok);
    let (user, system, kilobytes) = (next()?, next()?, next()?);
    Some((user + system, kilobytes * 1024.0 / 1e6))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_figures() {
        assert_eq!(figures_of("1.50 0.25 1000\n"), Some((1.75, 1.024)));
        assert_eq!(figures_of("Command exited\n0.00 0.00 500\n"), Some((0.0, 0.512)));
        assert_eq!(figures_of("nothing"), None);
    }

    #[test]
    fn measures_a_child() {
        if !Path::new("/usr/bin/time").exists() {
            println!("skipped: /usr/bin/time is missing");
            return;
        }
        let folder = std::env::temp_dir().join(format!("ward-lab-test-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let cost = run(&words(&[&"sh", &"-c", &"echo out; echo err >&2; exit 3"]), &folder, None);
        assert_eq!(cost.unwrap().code, 3);
        assert_eq!(errors(&folder), "err");
        let missing = run(&words(&[&"/nowhere/at/all"]), &folder, None);
        assert!(missing.unwrap_err().to_string().contains("/nowhere/at/all"));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
