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
use ward_wire::{Input, Options, Problem, Worker, read_all, walk};

use crate::cli::Watch;
use crate::exit::Exit;
use crate::page::View;
use crate::progress::Meter;
use crate::settings::{Settings, find, sensor_name};

/// Runs the command.
///
/// # Errors
/// What is wrong with the command line or the settings, in a sentence.
pub fn run(options: &Watch) -> anyhow::Result<Exit> {
    let run = Plan::new(options)?.judge(options);
    output::write(options, &run)
}

/// Everything read and judged.
pub(crate) struct Run {
    pub(crate) engine: Engine,
    pub(crate) report: Report,
    pub(crate) view: View,
    settings: Settings,
    inputs: Vec<Input>,
    reading: Options,
}

/// What is to be done, before anything is read.
struct Plan {
    settings: Settings,
    config: Arc<Config>,
    view: View,
    inputs: Vec<Input>,
    files: Vec<FileInfo>,
    problems: Vec<Problem>,
    reading: Options,
}

impl Plan {
    fn new(options: &Watch) -> anyhow::Result<Self> {
        let settings = match find(options.config.as_deref(), &options.paths) {
            Some(path) => Settings::read(&path).map_err(|what| anyhow!(what))?,
            None => Settings::default(),
        };
        let seed = RandomState::new().build_hasher().finish();
        let zone = options.zone.clone().unwrap_or_else(|| settings.zone());
        let (mut inputs, problems) = walk(&options.paths);
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
        Ok(Self { settings, config, view, inputs, files, problems, reading })
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
        report.problems.sort();
        proof::fill(&mut report, &self.inputs, &self.reading);
        Run {
            engine,
            report,
            view: self.view,
            settings: self.settings,
            inputs: self.inputs,
            reading: self.reading,
        }
    }
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
    let sensor = settings.sensor_of(&input.name);
    input.format = sensor.and_then(|sensor| sensor.format).map(|format| format.0);
    FileInfo {
        name: input.name.clone(),
        sensor: sensor.map_or_else(|| sensor_name(&input.name), |sensor| sensor.name.clone()),
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
