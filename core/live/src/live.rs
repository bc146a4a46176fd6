//! Streams in, judgements out.

use std::collections::BTreeMap;
use std::sync::Arc;

use hashbrown::HashMap;
use ward_kernel::{Sighting, Time};
use ward_records::Hints;
use ward_watch::Config;
use ward_watch::report::Case;

use crate::content::{Content, HEAD};
use crate::rungs::Rungs;
use crate::scope::Scope;
use crate::sightings::{Gathered, Sightings};
use crate::stream::stream_of;
use crate::track::{Numbers, Stream, Ways};
use crate::{Judged, STATE, StreamInfo, Taken};

/// Jurisdictions that get an eighth of the memory each; more share it out.
const EIGHTH: usize = 8;
/// Jurisdictions for each of whose four the configured memory is counted once: an engine's
/// summaries take a quarter of what it may use, so all of them together stay within it.
const QUARTER: usize = 4;
/// Sources of a case that are looked up in the jurisdictions' engines, and look-ups of one
/// judgement.
const SOUGHT: usize = 16;
const LOOKUPS: usize = 200_000;

/// Bytes that all streams together may hold because their rest has not come yet. Sensors send
/// whole records: only broken or hostile ones come near it.
const WAITING: usize = 64 << 20;

/// How a [`Live`] reads.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The zone of stamps that name none; `newest` is not used: a block's time of receipt stands
    /// for it.
    pub hints: Hints,
    /// Where the window begins; `None` when all that was ever received is judged.
    pub since: Option<Time>,
}

/// Streams in, judgements out; see the crate's documentation.
#[derive(Debug)]
pub struct Live {
    config: Arc<Config>,
    options: Options,
    state: Scope,
    locals: BTreeMap<String, Scope>,
    streams: HashMap<u32, Stream, foldhash::fast::FixedState>,
    sensors: Vec<(String, String)>,
    sightings: Sightings,
    rungs: Rungs,
    /// Bytes of all streams that are held because their rest has not come yet.
    waiting: usize,
}

impl Live {
    /// A state without records. The state's engine may use `config.memory`, each jurisdiction's an
    /// eighth of it at most, and less when there are many: the summaries of all jurisdictions
    /// together take no more than that amount again.
    #[must_use]
    pub fn new(config: Arc<Config>, options: Options) -> Self {
        let seed = config.table_seed;
        Self {
            state: Scope::new(STATE.to_owned(), Arc::clone(&config)),
            locals: BTreeMap::new(),
            streams: HashMap::with_hasher(foldhash::fast::FixedState::with_seed(seed)),
            sensors: Vec::new(),
            sightings: Sightings::new(seed),
            rungs: Rungs::default(),
            waiting: 0,
            config,
            options,
        }
    }

    /// Makes a stream known; returns its format's name when that is said or the beginning tells.
    /// Opening a stream again changes nothing.
    pub fn open(&mut self, mut stream: StreamInfo) -> Option<&'static str> {
        if let Some(open) = self.streams.get(&stream.id) {
            return Some(open.content.format()).filter(|name| !name.is_empty());
        }
        stream.head.truncate(HEAD);
        let hints = &self.options.hints;
        let content = Content::recognise(stream.format.as_deref(), &stream.head, hints)
            .unwrap_or_else(|| Content::Unknown(Vec::new()));
        let format = content.format();
        let in_state = self.state.add(&stream, format);
        let in_local =
            self.local(&stream.jurisdiction).map_or(0, |local| local.add(&stream, format));
        let sensor = self.sensor(&stream);
        let numbers = Numbers { in_state, in_local, sensor };
        let open = Stream::new(stream, content, numbers);
        self.streams.insert(open.info.id, open);
        Some(format).filter(|name| !name.is_empty())
    }

    /// Whether a stream is known.
    #[must_use]
    pub fn is_open(&self, stream: u32) -> bool {
        self.streams.contains_key(&stream)
    }

    /// The scope of a jurisdiction, made when it is first asked for; none without a name.
    fn local(&mut self, jurisdiction: &str) -> Option<&mut Scope> {
        if jurisdiction.is_empty() {
            return None;
        }
        if !self.locals.contains_key(jurisdiction) {
            let scope = Scope::new(jurisdiction.to_owned(), Arc::clone(&self.config));
            self.locals.insert(jurisdiction.to_owned(), scope);
            let parts = EIGHTH.max(self.locals.len().div_ceil(QUARTER));
            let memory = self.config.memory / parts;
            self.locals.values_mut().for_each(|local| local.engine.allow(memory));
        }
        self.locals.get_mut(jurisdiction)
    }

    fn sensor(&mut self, stream: &StreamInfo) -> u32 {
        let sensor = (stream.sensor.clone(), stream.jurisdiction.clone());
        let at = self.sensors.iter().position(|known| *known == sensor).unwrap_or_else(|| {
            self.sensors.push(sensor);
            self.sensors.len() - 1
        });
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    /// Reads the whole records of a block. `base` is its offset in the stream, `received` when it
    /// came, by the desk's clock: dates without a year are placed before it.
    ///
    /// Blocks of a stream come in order. What is missing between two is a problem, and so is a
    /// part that came before, which is passed over. The first block may stand anywhere: what
    /// stands before it has left the window. A record whose end has not come yet waits for it.
    pub fn take(&mut self, stream: u32, base: u64, received: Time, bytes: &[u8]) -> Taken {
        let mut taken = Taken::default();
        let Some(open) = self.streams.get_mut(&stream) else {
            taken.trouble(stream, base, "the stream was not opened: its records are not read");
            return taken;
        };
        let hints = Hints { newest: received, zone: self.options.hints.zone.clone() };
        let local = self.locals.get_mut(&open.info.jurisdiction);
        let mut to = Ways { state: &mut self.state, local, sightings: &mut self.sightings };
        let before = open.content.waiting();
        let news = open.take(bytes, base, &hints, &mut to, &mut taken);
        let others = self.waiting.saturating_sub(before);
        if others.saturating_add(open.content.waiting()) > WAITING {
            taken.trouble(
                stream,
                base,
                "too much waits for its rest: what is held is read as it is",
            );
            open.hurry(received, &mut to, &mut taken);
        }
        self.waiting = others.saturating_add(open.content.waiting());
        if news {
            to.state.stale = true;
            if let Some(local) = &mut to.local {
                local.stale = true;
            }
        }
        taken
    }

    /// A stream is over (its file was rotated away): what waited for more is read as it is. The
    /// stream stays known. Lines that come after all, because a program writes on into the old
    /// file, are read; of captures and flow exports nothing more is.
    pub fn close(&mut self, stream: u32, received: Time) -> Taken {
        let mut taken = Taken::default();
        if let Some(open) = self.streams.get_mut(&stream) {
            let local = self.locals.get_mut(&open.info.jurisdiction);
            let mut to = Ways { state: &mut self.state, local, sightings: &mut self.sightings };
            let before = open.content.waiting();
            open.finish(received, &mut to, &mut taken);
            let others = self.waiting.saturating_sub(before);
            self.waiting = others.saturating_add(open.content.waiting());
            to.state.stale |= taken.records > 0;
            if let Some(local) = &mut to.local {
                local.stale |= taken.records > 0;
            }
        }
        taken
    }

    /// Judges the sources that were touched since the last look, scope by scope: only scopes that
    /// have something to say. Cheap: for ten times a second.
    pub fn judge_quick(&mut self) -> Vec<Judged> {
        let since = self.options.since;
        let mut judged: Vec<Judged> = Vec::new();
        if let Some(mut state) = self.state.judge_quick(since) {
            self.rungs.add(&state.cases);
            self.name_jurisdictions(&mut state.cases);
            judged.push(state);
        }
        let locals = self.locals.values_mut().filter(|local| local.engine.is_touched());
        judged.extend(locals.filter_map(|local| local.judge_quick(since)));
        judged
    }

    /// Judges everything, in the scopes in which anything came since they were last judged whole.
    /// With many sources this takes a good part of a second: [`Live::stale`] and
    /// [`Live::judge_scope`] do the same in parts.
    pub fn judge_full(&mut self) -> Vec<Judged> {
        self.stale().iter().filter_map(|scope| self.judge_scope(scope)).collect()
    }

    /// Judges one scope whole, whether or not anything came; `None` when there is no such scope.
    pub fn judge_scope(&mut self, scope: &str) -> Option<Judged> {
        let since = self.options.since;
        if scope != STATE {
            return self.locals.get_mut(scope).map(|local| local.judge_full(since));
        }
        let mut judged = self.state.judge_full(since);
        self.rungs = Rungs::default();
        self.rungs.add(&judged.cases);
        self.name_jurisdictions(&mut judged.cases);
        Some(judged)
    }

    /// The scopes, the state first, in which anything came since they were last judged whole.
    #[must_use]
    pub fn stale(&self) -> Vec<String> {
        let state = self.state.stale.then(|| STATE.to_owned());
        let locals = self.locals.iter().filter(|(_, local)| local.stale);
        state.into_iter().chain(locals.map(|(name, _)| name.clone())).collect()
    }

    /// Judges everything for the engines' own sake, so that the quick judgements that follow know
    /// what a whole one found. What it says is thrown away, and every scope stays stale: for a
    /// state that is made aside and shall take over from another without a pause.
    pub fn warm(&mut self) {
        drop(self.judge_full());
        self.state.stale = true;
        self.locals.values_mut().for_each(|local| local.stale = true);
    }

    /// The scopes, the state first, whose memory did not hold every source: those that did next to
    /// nothing are counted together there and no longer listed.
    #[must_use]
    pub fn folded(&self) -> Vec<String> {
        let state = self.state.engine.folded().then(|| STATE.to_owned());
        let locals = self.locals.iter().filter(|(_, local)| local.engine.folded());
        state.into_iter().chain(locals.map(|(name, _)| name.clone())).collect()
    }

    /// Adds to each case the jurisdictions whose engines remember one of its sources.
    fn name_jurisdictions(&self, cases: &mut [Case]) {
        let mut left = LOOKUPS;
        for case in cases {
            let sought = case.sources.len().min(SOUGHT);
            left = match left.checked_sub(sought.saturating_mul(self.locals.len())) {
                Some(left) => left,
                None => return,
            };
            let sources = || case.sources.iter().take(sought);
            let touched = self
                .locals
                .iter()
                .filter(|(_, local)| sources().any(|source| local.engine.holds(*source)));
            case.jurisdictions.extend(touched.map(|(name, _)| name.clone()));
            case.jurisdictions.sort_unstable();
            case.jurisdictions.dedup();
        }
    }

    /// The places of a case's evidence: the store's number of the stream, and the byte offset at
    /// which the record begins (for flow exports and captures: the datagram or packet).
    #[must_use]
    pub fn evidence_wanted(&self, case: &Case) -> Vec<(u32, u64)> {
        let places = case.evidence.iter();
        places.filter_map(|kept| Some((stream_of(&kept.file)?, kept.offset))).collect()
    }

    /// Hands over the sightings counted since the last call, each with the highest rung of the
    /// state's cases at this moment. Cheap: the rows are made by [`Gathered::rows`].
    pub fn gather_sightings(&mut self) -> Gathered {
        self.sightings.gather(&self.sensors, &self.rungs)
    }

    /// The same as rows, in the order of day, kind and key.
    pub fn drain_sightings(&mut self) -> Vec<Sighting> {
        self.gather_sightings().rows()
    }

    /// Lets the sightings go that were counted since the last call: they are counted elsewhere.
    pub fn forget_sightings(&mut self) {
        self.sightings.forget();
    }

    /// Rows that [`Live::drain_sightings`] would hand over. From 1,000,000 on new keys are lost:
    /// drain before.
    #[must_use]
    pub fn sightings(&self) -> usize {
        self.sightings.len()
    }

    /// Keys that found no room since sightings were last drained.
    #[must_use]
    pub const fn sightings_lost(&self) -> u64 {
        self.sightings.lost()
    }

    /// Sources that the state's engine remembers one by one.
    #[must_use]
    pub fn sources(&self) -> usize {
        self.state.engine.sources()
    }
}
