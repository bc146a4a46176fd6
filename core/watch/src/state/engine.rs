//! The engine: takes one record at a time, in any order.

use std::sync::Arc;

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use ward_kernel::{Addr, Time};
use ward_payload::Scratch;
use ward_records::{Alert, Event, Flow, Login, LoginResult, Loss, Request, Touch, Trace, What};

use super::alerts::Rule;
use super::calls::{Call, Calls};
use super::faint::Faint;
use super::hours::Hours;
use super::logins::{Form, Mark, service_index};
use super::names::Names;
use super::place::{Place, secs32};
use super::sensor::FileState;
use super::source::Source;
use super::touched::Touched;
use super::web::Seen;
use super::witness::{Origin, Seen as Count, Witness};
use crate::config::{Config, within};

/// What is known of one account.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Account {
    /// Its name; attacker's text, at most 256 bytes of it.
    pub name: Box<str>,
    /// Failed efforts (verdicts).
    pub failed: u64,
    /// Successes.
    pub succeeded: u64,
    /// Whether a machine said that it does not exist.
    pub missing: bool,
}

impl Account {
    fn named(name: &[u8]) -> Self {
        let kept = name.get(..256).unwrap_or(name);
        Self { name: String::from_utf8_lossy(kept).into(), ..Self::default() }
    }
}

/// A machine of the office, an outside address, the port there, and who saw it: the clocks of two
/// sensors must not be mixed where a rhythm is sought.
pub type Pair = (Addr, Addr, u16, Witness);

/// A table whose seed is the configuration's.
type Table<K, V> = HashMap<K, V, FixedState>;

/// What the engine remembers: the only thing that judging looks at.
#[derive(Clone, Debug)]
pub struct Tables {
    /// By source.
    pub sources: Table<Addr, Source>,
    /// By account (hash of its name).
    pub accounts: Table<u64, Account>,
    /// Accounts, paths and hosts by hash.
    pub names: Names,
    /// How often each own service answered anybody.
    pub services: Table<(Addr, u16), u32>,
    /// Outward calls.
    pub calls: Table<Pair, Calls>,
    /// Failed contacts by port and protocol.
    pub ports: Table<(u16, u8), Count<u64>>,
    /// Totals by hour.
    pub hours: Hours,
    /// By file number.
    pub files: Vec<FileState>,
    /// Folded sources.
    pub faint: Faint,
    /// Whether pairs of outward calls had to be forgotten.
    pub calls_forgotten: bool,
    /// Records understood.
    pub records: u64,
}

/// Takes one record at a time, in any order; see the crate's documentation.
#[derive(Debug)]
pub struct Engine {
    pub(crate) config: Arc<Config>,
    pub(crate) tables: Tables,
    pub(crate) touched: Touched,
    /// What the last whole judgement found that a quick one leans on.
    pub(crate) lore: crate::judge::Lore,
    scratch: Scratch,
    pub(super) room: super::room::Room,
}

/// When and where a record stands.
#[derive(Clone, Copy)]
struct Here {
    hour: i64,
    at: u32,
    place: Place,
    witness: Witness,
}

/// Services that answered, and accounts, that are kept.
const SMALL_TABLE: usize = 100_000;

impl Engine {
    /// An engine that may use `1 / workers` of the configured memory.
    #[must_use]
    pub fn new(config: Arc<Config>, workers: usize) -> Self {
        let seed = config.table_seed;
        let table = FixedState::with_seed(seed);
        let tables = Tables {
            sources: Table::with_hasher(table.clone()),
            accounts: Table::with_hasher(table.clone()),
            names: Names::new(seed),
            services: Table::with_hasher(table.clone()),
            calls: Table::with_hasher(table.clone()),
            ports: Table::with_hasher(table),
            hours: Hours::default(),
            files: Vec::new(),
            faint: Faint::default(),
            calls_forgotten: false,
            records: 0,
        };
        let room = super::room::Room::new(config.memory, workers);
        Self {
            config,
            tables,
            touched: Touched::default(),
            lore: crate::judge::Lore::default(),
            scratch: Scratch::default(),
            room,
        }
    }

    /// Takes one record; `origin` and `offset` say where it stands.
    pub fn take(&mut self, origin: Origin, offset: u64, event: &Event<'_>) {
        let Origin { file, witness } = origin;
        let (at, place) = (secs32(event.time), Place::new(file, offset));
        if let What::Loss(loss) = &event.what {
            self.take_loss(file, event.time, loss);
            return;
        }
        self.file(file).record(Some(event.time));
        self.tables.records += 1;
        let hour = hour_of(event.time);
        self.tables.hours.at(hour).records += 1;
        let (source, here) = (event.source, Here { hour, at, place, witness });
        match &event.what {
            What::Flow(flow) => self.take_flow(source, flow, here),
            What::Login(login) => self.take_login(source, login, here),
            What::Request(request) => self.take_request(source, request, here),
            What::Alert(alert) => self.take_alert(source, alert, here),
            What::Query(_) => self.source(source).seen(at),
            What::Loss(_) => {}
        }
        self.make_room();
    }

    /// A record that was understood and holds nothing to judge.
    pub fn aside(&mut self, file: u32, time: Option<Time>) {
        self.tables.records += 1;
        self.file(file).record(time);
        if let Some(time) = time {
            self.tables.hours.at(hour_of(time)).records += 1;
        }
    }

    /// A line that was not understood.
    pub fn misread(&mut self, file: u32, offset: u64, line: &[u8], why: &'static str) {
        self.file(file).misread(Place::new(file, offset), line, why);
    }

    /// Whether sources had to be folded to stay within the memory.
    #[must_use]
    pub const fn folded(&self) -> bool {
        self.room.folded
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Whether anything is remembered of a source.
    #[must_use]
    pub fn holds(&self, source: Addr) -> bool {
        self.tables.sources.contains_key(&source)
    }

    /// How many sources are remembered one by one.
    #[must_use]
    pub fn sources(&self) -> usize {
        self.tables.sources.len()
    }

    fn file(&mut self, file: u32) -> &mut FileState {
        let at = usize::try_from(file).unwrap_or(0);
        if self.tables.files.len() <= at {
            self.tables.files.resize_with(at + 1, FileState::default);
        }
        #[expect(clippy::indexing_slicing, reason = "made long enough just above")]
        &mut self.tables.files[at]
    }

    pub(super) fn source(&mut self, addr: Addr) -> &mut Source {
        let (faint, config) = (&self.tables.faint, &self.config);
        self.tables.sources.entry(addr).or_insert_with(|| Source {
            folded: faint.contacts(addr),
            known: config.known_scanner(addr).is_some(),
            ..Source::default()
        })
    }

    fn take_loss(&mut self, file: u32, time: Time, loss: &Loss<'_>) {
        self.tables.records += 1;
        self.tables.hours.at(hour_of(time)).records += 1;
        let file = self.file(file);
        file.record(Some(time));
        file.lost(loss.by, loss.lost, loss.of);
    }

    fn take_flow(&mut self, source: Addr, flow: &Flow, here: Here) {
        let mut flow = *flow;
        let ours = self.config.is_own(source) && !self.config.is_own(flow.target);
        if is_late_reply(&flow) || is_broadcast(source, &flow) {
            flow.touch = Touch::Aside;
        }
        if flow.touch != Touch::Aside && self.config.is_dark(flow.target) {
            flow.touch = Touch::Failed;
        }
        match flow.touch {
            // A call of ours that nobody answered is no probe of ours by others.
            Touch::Failed if !ours => {
                self.tables.hours.at(here.hour).probes.add(here.witness);
                let port = (flow.port, flow.protocol);
                self.tables.ports.entry(port).or_default().add(here.witness);
            }
            Touch::Answered | Touch::Opened => self.take_answer(source, &flow, here),
            Touch::Failed | Touch::Aside | Touch::Unknown => {}
        }
        let held = self.source(source);
        held.seen(here.at);
        let flows = held.flows.get_or_insert_default();
        if ours && flow.touch == Touch::Failed {
            flows.unanswered(&flow, here.at);
        } else {
            flows.add(&flow, here.at, here.place, here.witness);
            if flow.touch == Touch::Failed {
                self.touched_by_flow(source);
            }
        }
    }

    fn take_answer(&mut self, source: Addr, flow: &Flow, here: Here) {
        let Here { at, place, witness, .. } = here;
        if self.is_outward(source, flow) {
            let sent = u32::try_from(flow.sent.unwrap_or(0)).unwrap_or(u32::MAX);
            let pair = (source, flow.target, flow.port, witness);
            let calls = self.tables.calls.entry(pair).or_default();
            let new = calls.count == 0;
            calls.add(Call { at, sent, place }, self.room.calls_kept);
            let kept = calls.iter().len();
            self.touched_by_call(source, flow.target, new, kept);
            self.room.calls(&mut self.tables);
        } else if flow.touch == Touch::Answered {
            let services = &mut self.tables.services;
            let key = (flow.target, flow.port);
            if services.len() < SMALL_TABLE || services.contains_key(&key) {
                let count = services.entry(key).or_insert(0);
                *count = count.saturating_add(1);
            }
        }
    }

    fn is_outward(&self, source: Addr, flow: &Flow) -> bool {
        // Names and clocks are asked on a clock by right.
        if flow.target.is_special() || (flow.protocol == 17 && matches!(flow.port, 53 | 123)) {
            return false;
        }
        match flow.outward {
            Some(outward) => outward && !self.config.is_own(flow.target),
            None => self.config.is_own(source) && !self.config.is_own(flow.target),
        }
    }

    fn take_login(&mut self, source: Addr, login: &Login<'_>, here: Here) {
        let account = ward_kernel::hash::bytes(login.account);
        let count = u64::from(login.count);
        let (accounts, hours) = (&mut self.tables.accounts, self.tables.hours.at(here.hour));
        if accounts.len() < SMALL_TABLE || accounts.contains_key(&account) {
            let held = accounts.entry(account).or_insert_with(|| Account::named(login.account));
            held.missing |= login.result == LoginResult::NoSuchAccount;
            if login.trace == Trace::Verdict {
                match login.result {
                    LoginResult::Succeeded => held.succeeded += count,
                    _ => held.failed += count,
                }
            }
        }
        if login.trace == Trace::Verdict {
            match login.result {
                LoginResult::Succeeded => hours.logins += count,
                _ => hours.failed_logins += count,
            }
        }
        if source == Addr::default() {
            return;
        }
        let mark = Mark {
            at: here.at,
            port: login.source_port,
            result: login.result,
            service: service_index(login.service),
            form: match (login.by_key, login.trace) {
                (true, _) => Form::Key,
                (false, Trace::Closing) => Form::Closing,
                (false, _) => Form::Verdict,
            },
            account,
            count: login.count,
            place: here.place,
        };
        let held = self.source(source);
        held.seen(here.at);
        held.logins.get_or_insert_default().add(mark, login.trace);
        self.touched_by_login(source, account, login.result);
    }

    fn take_request(&mut self, peer: Addr, request: &Request<'_>, here: Here) {
        let source = self.client(peer, request.forwarded);
        let input = ward_payload::Input {
            method: request.method,
            target: request.target,
            body: request.body,
            referrer: request.referrer,
            agent: request.agent,
        };
        let served = matches!(request.status, 0 | 200..400);
        // A page that honest installations have as well is a probe only where it is not there.
        let finding = ward_payload::judge(&input, &mut self.scratch)
            .filter(|finding| !(served && finding.is_product()));
        let path = ward_payload::path(request.target);
        let query = ward_payload::query(request.target);
        let hours = self.tables.hours.at(here.hour);
        hours.requests.add(here.witness);
        if finding.is_some() {
            hours.exploits.add(here.witness);
        }
        let seen = Seen {
            at: here.at,
            path: self.tables.names.note(path),
            query: if query.is_empty() { 0 } else { ward_kernel::hash::bytes(query) | 1 },
            status: request.status,
            asset: ward_payload::is_asset(path),
            referred: !request.referrer.is_empty(),
            sign_in: ward_payload::is_sign_in(request.method, path),
            finding,
            server: request.server,
            place: here.place,
        };
        let held = self.source(source);
        held.seen(here.at);
        held.request(&seen, here.witness);
        self.touched_by_request(source, &seen);
        if let Some(result) = sign_in_result(request, path) {
            let login = Login {
                service: "web",
                server: request.site,
                account: request.account,
                result,
                // What the wire saw is a second witness of what the site's log may say.
                trace: if here.witness.is_wire() { Trace::Closing } else { Trace::Verdict },
                count: 1,
                source_port: 0,
                by_key: false,
            };
            self.take_login(source, &login, here);
        }
    }

    /// Who acted: the event's source, or the client behind a trusted proxy.
    #[must_use]
    pub fn source_of(&self, event: &Event<'_>) -> Addr {
        match &event.what {
            What::Request(request) => self.client(event.source, request.forwarded),
            _ => event.source,
        }
    }

    /// Who really asked: the last address of X-Forwarded-For that no trusted proxy of ours wrote
    /// on behalf of another. What an untrusted peer claims is not believed.
    fn client(&self, peer: Addr, forwarded: &[u8]) -> Addr {
        let trusted = &self.config.trusted_proxies;
        if forwarded.is_empty() || !within(trusted, peer) {
            return peer;
        }
        let hops = forwarded.rsplit(|byte| *byte == b',').map(<[u8]>::trim_ascii);
        let mut client = peer;
        for hop in hops {
            match hop_address(hop) {
                Some(addr) if within(trusted, addr) => client = addr,
                Some(addr) => return addr,
                None => return client,
            }
        }
        client
    }

    fn take_alert(&mut self, source: Addr, alert: &Alert<'_>, here: Here) {
        let Here { hour, at, place, .. } = here;
        self.tables.hours.at(hour).alerts += 1;
        let text = |bytes: &[u8]| -> Box<str> {
            String::from_utf8_lossy(bytes.get(..160).unwrap_or(bytes)).into()
        };
        let rule = Rule {
            number: alert.rule,
            signature: text(alert.signature),
            category: text(alert.category),
            severity: alert.severity,
            count: 1,
            blocked: u32::from(alert.blocked),
            target: alert.target,
            first: (at, place),
            last: (at, place),
        };
        let held = self.source(source);
        held.seen(at);
        held.alerts.get_or_insert_default().add(rule);
        self.touched_by_alert(source, alert.severity);
    }

    /// Takes in everything that another engine of the same configuration saw.
    pub fn merge(&mut self, other: Self) {
        let theirs = other.tables;
        let mine = &mut self.tables;
        for (addr, source) in theirs.sources {
            mine.sources.entry(addr).or_default().merge(source);
        }
        for (key, account) in theirs.accounts {
            let held = mine
                .accounts
                .entry(key)
                .or_insert_with(|| Account { name: account.name.clone(), ..Account::default() });
            held.failed += account.failed;
            held.succeeded += account.succeeded;
            held.missing |= account.missing;
        }
        for (key, count) in theirs.services {
            let held = mine.services.entry(key).or_insert(0);
            *held = held.saturating_add(count);
        }
        for (key, calls) in theirs.calls {
            mine.calls.entry(key).or_default().merge(calls);
        }
        for (key, count) in theirs.ports {
            mine.ports.entry(key).or_default().merge(&count);
        }
        mine.names.merge(theirs.names);
        mine.hours.merge(theirs.hours);
        mine.faint.merge(&theirs.faint);
        mine.calls_forgotten |= theirs.calls_forgotten;
        mine.records += theirs.records;
        for (at, file) in theirs.files.into_iter().enumerate() {
            self.file(u32::try_from(at).unwrap_or(u32::MAX)).merge(file);
        }
        self.room.join(&other.room);
        // The earliest that both kept are the earliest of all; what only one kept has holes.
        let kept = self.room.calls_kept;
        self.tables.calls.values_mut().for_each(|calls| calls.shorten(kept));
        self.make_room();
    }
}

/// The hour of a moment, since the epoch.
const fn hour_of(time: Time) -> i64 {
    time.minute().div_euclid(60)
}

/// The address of a hop, as proxies write it: bare, with a port, or in brackets.
fn hop_address(hop: &[u8]) -> Option<Addr> {
    let bare = hop.strip_prefix(b"[").and_then(|rest| rest.split(|byte| *byte == b']').next());
    let without_port = || hop.iter().rposition(|byte| *byte == b':').and_then(|at| hop.get(..at));
    bare.and_then(Addr::parse)
        .or_else(|| Addr::parse(hop))
        .or_else(|| without_port().and_then(Addr::parse))
}

/// Talk to everybody on the own network: not an effort of anyone to get anywhere.
fn is_broadcast(source: Addr, flow: &Flow) -> bool {
    let last = flow.target.as_v4().is_some_and(|v4| v4 & 0xff == 0xff);
    flow.target.is_special() || (last && source.is_private())
}

/// A name server's or a clock's answer that came after the firewall had forgotten the question.
const fn is_late_reply(flow: &Flow) -> bool {
    flow.protocol == 17 && matches!(flow.source_port, 53 | 123) && flow.port >= 1024
}

/// Whether a request was an effort to sign in, and how it ended: a form or token endpoint, or
/// HTTP authentication that was refused. A plain 200 to a form can mean either, and is not used.
fn sign_in_result(request: &Request<'_>, path: &[u8]) -> Option<LoginResult> {
    let form = ward_payload::is_sign_in(request.method, path);
    match request.status {
        401 if form || !request.account.is_empty() => Some(LoginResult::Failed),
        403 | 422 | 423 | 429 if form => Some(LoginResult::Failed),
        302 | 303 | 307 | 204 if form => Some(LoginResult::Succeeded),
        _ => None,
    }
}
