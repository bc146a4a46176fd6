//! A desk of its own on a loopback address, for a test.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::{oneshot, watch};
use ward_history::History;
use ward_kernel::{Time, World};
use ward_store::Store;
use ward_store::inbox::Inbox;
use ward_web::bell::Bell;
use ward_web::desk::{Desk, Health, Inner, Settings};
use ward_web::elsewhere::ElsewhereSignIn;
use ward_web::keys::Keys;

/// A desk that answers, and what it is fed by.
pub(crate) struct Opened {
    pub(crate) desk: Desk,
    pub(crate) address: SocketAddr,
    pub(crate) history: History,
    pub(crate) health: watch::Sender<Health>,
    /// The desk answers until this is dropped.
    pub(crate) stop: oneshot::Sender<()>,
}

/// Opens a desk in a folder and lets it answer on a port; 0 takes any.
pub(crate) async fn open(
    elsewhere: Vec<Arc<dyn ElsewhereSignIn>>,
    (folder, port): (&Path, u16),
    clock: fn() -> Time,
    health: Health,
    settings: impl FnOnce(SocketAddr) -> Settings,
) -> Opened {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let settings = settings(address);
    let store = Store::open_folder(folder).await.unwrap();
    store.migrate_as(settings.world).await.unwrap();
    let (inbox, _writer) = Inbox::start(store.clone()).await.unwrap();
    let (health, seen) = watch::channel(health);
    let history = History::open(&folder.join("history")).unwrap();
    let desk = Desk::new(Inner {
        inbox,
        history: history.reader(),
        keys: Keys::new(&[9; 32], settings.world).unwrap(),
        health: seen,
        bell: Bell::new(8),
        elsewhere,
        settings,
        clock,
        store,
    });
    let (stop, stopped) = oneshot::channel::<()>();
    let router = ward_web::router(&desk);
    tokio::spawn(ward_web::server::serve(listener, None, router, async move {
        let _ = stopped.await;
    }));
    Opened { desk, address, history, health, stop }
}

/// Settings of a desk that is set up and speaks plain HTTP.
pub(crate) fn settings(origin: String, hosts: Vec<String>) -> Settings {
    Settings {
        origin,
        hosts,
        fingerprint: String::new(),
        set_up: None,
        demo: false,
        plan: ward_desk::plan::Plan::shipped(),
        world: World::Real,
        ended: None,
        secure: false,
        notices: ward_web::notices::Notices {
            mail: Some("mail.office.example".to_owned()),
            per_hour: 6,
            ..Default::default()
        },
        redaction: Default::default(),
        entries_a_minute: 30,
        shown: Vec::new(),
    }
}
