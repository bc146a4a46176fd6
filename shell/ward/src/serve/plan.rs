//! What was decided at the start, from the command line and the settings.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail};
use ward_kernel::{Time, World};
use ward_records::Hints;
use ward_sense::Listeners;
use ward_watch::Config;
use ward_web::desk::{Desk, Settings as WebSettings};
use ward_web::server::tls::{self, Identity};

use super::demo;
use super::folder::Folder;
use super::house::SetUp;
use super::listen;
use super::notices::Ways;
use super::points;
use super::shown::Shown;
use super::world;
use crate::cli::Serve;
use crate::exercise::place;
use crate::settings::desk::DeskSettings;
use crate::settings::{Origin, Settings};

/// What was decided at the start.
pub(super) struct Plan {
    pub(super) folder: Folder,
    pub(super) store: Option<String>,
    pub(super) config: Arc<Config>,
    pub(super) desk: DeskSettings,
    settings: Settings,
    listener: TcpListener,
    names: Vec<String>,
    origin: String,
    identity: Option<Identity>,
    /// The sockets on which it receives records itself.
    pub(super) listeners: Option<Listeners>,
    shown: Vec<(String, String, String)>,
    pub(super) demo: bool,
    pub(super) world: World,
}

/// Where the desk listens unless told otherwise: on this machine alone.
const LISTEN: &str = "127.0.0.1:8443";
/// Where an exercise does: beside the real desk.
const LISTEN_IN_EXERCISE: &str = "127.0.0.1:9443";

/// Connections that wait to be let in; the standard library asks for 128.
const WAITING: i32 = 1_024;

impl Plan {
    pub(super) fn new(options: &Serve) -> anyhow::Result<Self> {
        let world = world::asked(options);
        let folder = match &options.data {
            None if options.demo => Folder::passing()?,
            path => Folder::make(&place::folder(path.as_deref(), world), world)?,
        };
        let (settings, file) = settings(options, &folder)?;
        let desk = told(options, &settings)?;
        let listen = address(options, &desk)?;
        let listener = TcpListener::bind(listen)
            .with_context(|| format!("nothing can be heard on {listen}: is another desk there?"))?;
        // A room full of consoles may come in one moment: whom the system turns away asks again
        // after a whole second. Of a socket that listens, only the length of the queue is set anew.
        rustix::net::listen(&listener, WAITING)?;
        // The machine chooses where the settings say port 0.
        let listen = listener.local_addr()?;
        let names = names(&desk, listen.ip());
        let identity = if options.plain { None } else { Some(identity(&desk, &folder, &names)?) };
        let tls = identity.as_ref().map(Identity::server_config).transpose()?;
        let listeners = listen::open(&desk, tls)?;
        let receives = listeners.as_ref().map(Listeners::names).unwrap_or_default();
        let origin = origin(&desk, &names, listen.port(), identity.is_some());
        let seed = RandomState::new().build_hasher().finish();
        Ok(Self {
            config: Arc::new(settings.to_config(None, seed)),
            store: options.store.clone(),
            shown: Shown { settings: &settings, desk: &desk, options, file: file.as_deref() }
                .rows(listen, &origin, &receives),
            folder,
            desk,
            settings,
            listener,
            names,
            origin,
            identity,
            listeners,
            demo: options.demo,
            world,
        })
    }

    /// What the pages have to know.
    pub(super) fn web_settings(
        &self,
        set_up: Option<&SetUp>,
        ended: Option<Time>,
        ways: &Ways,
    ) -> anyhow::Result<WebSettings> {
        Ok(WebSettings {
            origin: self.origin.clone(),
            hosts: self.hosts()?,
            fingerprint: self.identity.as_ref().map(Identity::fingerprint).unwrap_or_default(),
            set_up: set_up.map(|set_up| set_up.hash),
            demo: self.demo,
            world: self.world,
            ended,
            plan: points::plan(self.desk.plan.as_deref())?,
            secure: self.origin.starts_with("https://"),
            notices: ways.shown(),
            redaction: self.settings.redaction.0.clone(),
            entries_a_minute: self.desk.entries_a_minute,
            shown: self.shown.clone(),
        })
    }

    /// How people and programs are told what happens.
    pub(super) fn ways(&self) -> anyhow::Result<Ways> {
        Ways::new(&self.settings.notices, &self.origin, self.demo)
    }

    /// The names that a request may call the desk by, with and without its port.
    fn hosts(&self) -> anyhow::Result<Vec<String>> {
        let port = self.listener.local_addr()?.port();
        let ours = self.names.iter().map(|name| bracketed(name));
        let mut hosts: Vec<String> =
            ours.flat_map(|name| [format!("{name}:{port}"), name]).collect();
        if let Some((_, host)) = self.origin.split_once("://") {
            hosts.push(host.to_owned());
        }
        hosts.sort();
        hosts.dedup();
        Ok(hosts)
    }

    /// The office's identity providers.
    pub(super) fn sign_in(&self) -> &[ward_oidc::Settings] {
        &self.settings.sign_in
    }

    /// How the recorded stamps are read that name neither year nor zone.
    pub(super) fn hints(&self) -> Hints {
        let zone = self.settings.zone();
        let clock = &self.settings.clock;
        let newest = clock.newest.as_ref().map(|newest| newest.end(&zone));
        Hints {
            newest: newest.unwrap_or(Hints::default().newest),
            zone: clock.zone.as_ref().map_or(zone, |zone| zone.0.clone()),
        }
    }

    pub(super) fn live_options(&self) -> ward_live::Options {
        ward_live::Options { hints: self.hints(), ..Default::default() }
    }

    /// The socket that was opened at the start.
    pub(super) fn listener(&self) -> anyhow::Result<tokio::net::TcpListener> {
        let listener = self.listener.try_clone()?;
        listener.set_nonblocking(true)?;
        Ok(tokio::net::TcpListener::from_std(listener)?)
    }

    /// The TLS settings; `None` for plain HTTP.
    pub(super) fn tls(&self) -> anyhow::Result<Option<Arc<rustls::ServerConfig>>> {
        self.identity.as_ref().map(Identity::server_config).transpose().map_err(Into::into)
    }

    /// Says where the desk is, on standard output: people and scripts read it there.
    pub(super) fn announce(&self, desk: &Desk, set_up: Option<SetUp>) -> anyhow::Result<()> {
        use std::io::Write as _;
        let mut out = std::io::stdout().lock();
        let origin = &self.origin;
        if self.world.is_exercise() {
            writeln!(out, "EXERCISE: nothing on this desk is real.")?;
        }
        writeln!(out, "The desk is at {origin}")?;
        if !desk.settings.fingerprint.is_empty() {
            writeln!(out, "Its authority's SHA-256 is {}", desk.settings.fingerprint)?;
            writeln!(out, "(a browser that does not know it yet shows it with its warning)")?;
        }
        if let Some(listeners) = &self.listeners {
            writeln!(out, "It receives records itself: {}", listeners.names().join(", "))?;
        }
        if desk.settings.demo {
            writeln!(out, "\nThis is a demonstration: open it and choose a role to look on as.")?;
        }
        if let Some(set_up) = set_up {
            writeln!(out, "\nNothing is set up. Open this link once, and keep it to yourself:")?;
            writeln!(out, "  {origin}/set-up?key={}", set_up.key)?;
        }
        out.flush()?;
        Ok(())
    }
}

/// The settings of the desk, with what the command line says before them.
fn told(options: &Serve, settings: &Settings) -> anyhow::Result<DeskSettings> {
    let mut desk = settings.desk.clone();
    desk.listen = options.listen.or(desk.listen);
    desk.origin = options.origin.clone().or(desk.origin);
    desk.certificate = options.certificate.clone().or(desk.certificate);
    desk.key = options.key.clone().or(desk.key);
    if !options.name.is_empty() {
        desk.names.clone_from(&options.name);
    }
    desk.check().map_err(|what| anyhow!(what))?;
    Ok(desk)
}

/// Where to listen; not where that would be dangerous.
fn address(options: &Serve, desk: &DeskSettings) -> anyhow::Result<SocketAddr> {
    let listen = match desk.listen {
        Some(listen) => listen,
        None if options.exercise => LISTEN_IN_EXERCISE.parse().context("the default address")?,
        None => LISTEN.parse().context("the default address")?,
    };
    if options.plain && !listen.ip().is_loopback() {
        bail!(
            "--plain on {listen} would send passwords over the network in the clear: listen on \
             127.0.0.1 behind a proxy that speaks TLS, or leave --plain out"
        );
    }
    if options.demo && !listen.ip().is_loopback() {
        bail!(
            "--demo on {listen} would make everybody on the network its administrator: the \
             demonstration knows no passwords. Listen on 127.0.0.1 and let others look by an ssh \
             tunnel"
        );
    }
    Ok(listen)
}

fn settings(options: &Serve, folder: &Folder) -> anyhow::Result<(Settings, Option<String>)> {
    let beside = folder.path.join("ward.toml");
    let path = match &options.config {
        Some(path) => path.clone(),
        None if options.demo => demo::settings_file()?,
        None if beside.is_file() => beside,
        None => return Ok((Settings::default(), None)),
    };
    let (settings, _) = Settings::read(&path, Origin::Given).map_err(|what| anyhow!(what))?;
    world::settings(&path, settings.desk.world, world::asked(options))?;
    Ok((settings, Some(path.display().to_string())))
}

/// The names of the desk: those given, or this machine's own.
fn names(desk: &DeskSettings, listen: IpAddr) -> Vec<String> {
    let mut names = desk.names.clone();
    if names.is_empty() && listen.is_loopback() {
        names.push("localhost".to_owned());
    }
    for name in ["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()] {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if !listen.is_unspecified() && !names.contains(&listen.to_string()) {
        names.push(listen.to_string());
    }
    names
}

fn identity(desk: &DeskSettings, folder: &Folder, names: &[String]) -> anyhow::Result<Identity> {
    match (&desk.certificate, &desk.key) {
        (Some(certificate), Some(key)) => Ok(tls::given(certificate, key)?),
        _ => Ok(tls::own(&folder.tls(), names, super::clock::now())?),
    }
}

fn origin(desk: &DeskSettings, names: &[String], port: u16, tls: bool) -> String {
    if let Some(origin) = &desk.origin {
        return origin.trim_end_matches('/').to_owned();
    }
    let name = names.first().map_or_else(|| "localhost".to_owned(), |name| bracketed(name));
    match (tls, port) {
        (true, 443) => format!("https://{name}"),
        (true, port) => format!("https://{name}:{port}"),
        (false, port) => format!("http://{name}:{port}"),
    }
}

/// An IPv6 address stands in brackets where a port may follow.
fn bracketed(name: &str) -> String {
    if name.contains(':') { format!("[{name}]") } else { name.to_owned() }
}
