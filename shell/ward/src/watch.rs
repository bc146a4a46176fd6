//! `ward watch`: inputs through the engine to the page.

mod output;
mod proof;

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{anyhow, bail};
use ward_kernel::Time;
use ward_records::{Hints, Sink};
use ward_watch::{Config, Engine, Feed, FileInfo, Origin, Report, Witness};
use ward_wire::{Input, Options, Problem, Walked, Worker, read_all, walk};

use crate::cli::Watch;
use crate::exit::Exit;
use crate::page::View;
use crate::page::text::list;
use crate::progress::Meter;
use crate::settings::{Settings, find, sensor_name};

/// Runs the command.
///
/// # Errors
/// What is wrong with the command line or the settings, in a sentence.
pub fn run(options: &Watch) -> anyhow::Result<Exit> {
    let run = Plan::new(options)?.judge(options);
    let exit = output::write(options, &run);
    // The process ends here: handing back a few hundred thousand summaries one by one would only
    // take time.
    std::mem::forget(run);
    exit
}

/// Everything read and judged.
pub(crate) struct Run {
    pub(crate) engine: Engine,
    pub(crate) report: Report,
    /// Whether some input could not be read.
    pub(crate) trouble: bool,
    pub(crate) view: View,
    settings: Settings,
    inputs: Vec<Input>,
    reading: Options,
}

/// What is to be done, before anything is read.
struct Plan {
    settings: Settings,
    told: Told,
    config: Arc<Config>,
    view: View,
    inputs: Vec<Input>,
    files: Vec<FileInfo>,
    problems: Vec<Problem>,
    led_out: Vec<String>,
    reading: Options,
}

impl Plan {
    fn new(options: &Watch) -> anyhow::Result<Self> {
        let (settings, told) = settings(options)?;
        let seed = RandomState::new().build_hasher().finish();
        let zone = options.zone.clone().unwrap_or_else(|| settings.zone());
        let Walked { mut inputs, problems, led_out } = walk(&options.paths);
        if options.evidence.is_some() && inputs.iter().any(Input::is_stdin) {
            bail!("--evidence reads the inputs twice, which standard input cannot: give files");
        }
        let files = inputs.iter_mut().map(|input| file_info(input, &settings)).collect();
        let newest = options.year_before.as_ref().or(settings.clock.newest.as_ref());
        let newest = newest.map(|moment| moment.end(&zone));
        let stamps = match (&options.zone, &settings.clock.zone) {
            (None, Some(zone)) => zone.0.clone(),
            _ => zone.clone(),
        };
        let reading = Options {
            threads: options.threads.unwrap_or(0),
            format: options.format,
            hints: Hints { newest: now(), zone: stamps },
            newest,
        };
        let view = View { office: settings.office_name(), zone, ..View::default() };
        let config = Arc::new(settings.to_config(options.memory, seed));
        Ok(Self { settings, told, config, view, inputs, files, problems, led_out, reading })
    }

    /// Reads and judges everything.
    fn judge(self, options: &Watch) -> Run {
        let meter = Meter::new(!options.no_progress && !options.quiet);
        let workers = self.reading.worker_threads();
        let make = || Reading(Engine::new(Arc::clone(&self.config), workers));
        let outcome = read_all(&self.inputs, &self.reading, make, &|progress| meter.tell(progress));
        meter.finish();
        let mut engines = outcome.workers.into_iter().map(|worker| worker.0);
        let first = engines.next();
        let mut engine = first.unwrap_or_else(|| Engine::new(Arc::clone(&self.config), 1));
        engines.for_each(|other| engine.merge(other));
        let mut files = self.files;
        for (info, read) in files.iter_mut().zip(&outcome.files) {
            info.format = read.format.unwrap_or_default();
        }
        let mut report = engine.judge(&files);
        report.problems.extend(self.problems);
        report.problems.extend(outcome.problems);
        let trouble = !report.problems.is_empty();
        report.settings = self.told.used;
        report.problems.extend(self.told.not_followed);
        report.problems.sort();
        report.remarks.extend(led_out(&self.led_out));
        proof::fill(&mut report, &self.inputs, &self.reading);
        Run {
            engine,
            report,
            trouble,
            view: self.view,
            settings: self.settings,
            inputs: self.inputs,
            reading: self.reading,
        }
    }
}

/// What the page says about the settings.
#[derive(Default)]
struct Told {
    used: Option<String>,
    not_followed: Vec<Problem>,
}

fn settings(options: &Watch) -> anyhow::Result<(Settings, Told)> {
    let Some((path, origin)) = find(options.config.as_deref(), &options.paths) else {
        return Ok((Settings::default(), Told::default()));
    };
    let (settings, lines) = Settings::read(&path, origin).map_err(|what| anyhow!(what))?;
    let place = path.display().to_string();
    let used = Some(format!("{place} ({})", origin.words()));
    let problem = |what| Problem { place: place.clone(), what };
    let not_followed = lines.into_iter().map(problem).collect();
    Ok((settings, Told { used, not_followed }))
}

/// Says which links were not followed: a log that is read only through one would be missed.
fn led_out(links: &[String]) -> Option<String> {
    let names = list(links, 3, links.len() as u64, ", ");
    (!links.is_empty()).then(|| {
        format!(
            "Links that lead out of the folders that were read are passed over ({names}): name \
             what they lead to if it is to be read."
        )
    })
}

/// One engine on one thread.
struct Reading(Engine);

impl Worker for Reading {
    fn sink(&mut self, file: usize, format: &'static str) -> impl Sink + '_ {
        let file = u32::try_from(file).unwrap_or(u32::MAX);
        Feed { engine: &mut self.0, origin: Origin { file, witness: Witness::of(format) } }
    }
}

/// Names an input by the settings, or by its path.
fn file_info(input: &mut Input, settings: &Settings) -> FileInfo {
    // By its path: the name may have a number added, where two names look alike.
    let path = input.path.to_string_lossy();
    let path = if input.is_stdin() { input.name.as_str() } else { &path };
    let sensor = settings.sensor_of(path);
    input.format = sensor.and_then(|sensor| sensor.format).map(|format| format.0);
    FileInfo {
        name: input.name.clone(),
        sensor: sensor.map_or_else(|| sensor_name(path), |sensor| sensor.name.clone()),
        jurisdiction: sensor.and_then(|sensor| sensor.jurisdiction.clone()),
        format: "",
    }
}

fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

impl Settings {
    /// The office and its state, as the head of the page names them.
    fn office_name(&self) -> Option<String> {
        match (&self.office.name, &self.office.state) {
            (Some(name), Some(state)) => Some(format!("{name}, {state}")),
            (Some(one), None) | (None, Some(one)) => Some(one.clone()),
            (None, None) => None,
        }
    }
}
