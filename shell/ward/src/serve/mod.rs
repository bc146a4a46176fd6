//! `ward serve`: the desk, put together and supervised.

mod clock;
pub(crate) mod demo;
mod elsewhere;
pub(crate) mod folder;
mod house;
mod listen;
mod notices;
mod plan;
mod points;
mod record;
mod sealer;
mod shown;
mod worker;
mod world;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use ward_history::History;
use ward_store::inbox::Inbox;
use ward_web::bell::Bell;
use ward_web::desk::{Desk, Health, Inner};

use crate::cli::Serve;
use crate::exercise::place;
use crate::exit::Exit;

use plan::Plan;

/// Runs the desk until it is told to stop.
///
/// # Errors
/// What keeps it from starting, in a sentence.
pub fn run(options: &Serve) -> anyhow::Result<Exit> {
    logs(options.log_json);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the machine gives no threads")?;
    // Before anything is made or written.
    runtime.block_on(world::check(options))?;
    let plan = Plan::new(options)?;
    let done = serve(&runtime, &plan);
    runtime.shutdown_timeout(Duration::from_secs(10));
    done.map(|()| Exit::Quiet)
}

fn serve(runtime: &Runtime, plan: &Plan) -> anyhow::Result<()> {
    let _held = plan.folder.hold()?;
    let store = runtime.block_on(open_store(plan))?;
    let _desk_alone = runtime.block_on(store.hold())?;
    let (inbox, writer) = runtime.block_on(Inbox::start(store.clone()))?;
    let mut history = History::open(&plan.folder.history())?;
    let (health, health_seen) = watch::channel(Health::default());
    let bell = Bell::new(64);
    let (stop, stopped) = watch::channel(false);
    let demo = runtime.block_on(demonstration(plan, &store, &mut history))?;
    let set_up = runtime.block_on(house::set_up_secret(&store, plan))?;

    let providers = elsewhere::providers(plan.sign_in())?;
    let ways = plan.ways()?;
    let (troubles, troubles_seen) = watch::channel(notices::Troubles::default());
    let desk = Desk::new(Inner {
        store: store.clone(),
        inbox: inbox.clone(),
        history: history.reader(),
        keys: plan.folder.keys()?,
        health: health_seen,
        bell: bell.clone(),
        elsewhere: elsewhere::seams(&providers),
        settings: plan.web_settings(
            set_up.as_ref(),
            runtime.block_on(world::ended(&store))?,
            &ways,
        )?,
        clock: clock::now,
    });
    let parts = worker::Parts {
        store: store.clone(),
        history,
        config: Arc::clone(&plan.config),
        options: plan.live_options(),
        desk: plan.desk.clone(),
        position: inbox.position(),
        health,
        troubles: troubles_seen,
        bell,
        stop: stopped.clone(),
        clock: clock::now,
    };
    let judging = judge(parts, runtime)?;
    let playing =
        demo.map(|recording| runtime.spawn(recording.play(desk.clone(), stopped.clone())));
    let keeping = keep(runtime, plan, &desk, &stopped);
    let telling = notices::begin(runtime, &desk, ways, troubles, &stopped);
    let listening = listen::begin(runtime, plan, &desk)?;
    let learning = elsewhere::learn(runtime, &providers, &stopped);

    let served = runtime.block_on(answer(plan, desk, set_up, stopped));
    // First, so that what comes in to the last moment is judged as well.
    if let Some(listening) = listening {
        runtime.block_on(listening.stop());
    }
    stop.send_replace(true);
    drop(inbox);
    let judged = judging.join().map_err(|_| anyhow!("judging ended by a fault of Ward's own"));
    let beside = learning.into_iter().chain(telling).chain(keeping).chain(playing).collect();
    runtime.block_on(end(beside, writer, store));
    served.and(judged?)
}

/// Starts what keeps the house in order beside the answering.
fn keep(
    runtime: &Runtime,
    plan: &Plan,
    desk: &Desk,
    stopped: &watch::Receiver<bool>,
) -> [JoinHandle<()>; 3] {
    let keeping = house::keep(desk.clone(), plan.desk.clone(), stopped.clone());
    let hearing = ward_web::silence::listen(desk.clone(), stopped.clone());
    let mending = mend(desk.store.clone(), stopped.clone());
    [runtime.spawn(keeping), runtime.spawn(hearing), runtime.spawn(mending)]
}

/// Works out again what lists read of the room's logs. A desk that stops does not wait for it: what is
/// not worked out is read from the entries.
async fn mend(store: ward_store::Store, mut stopped: watch::Receiver<bool>) {
    let mended = tokio::select! {
        mended = ward_web::mend(&store) => mended,
        _ = stopped.wait_for(|stopped| *stopped) => return,
    };
    match mended {
        Ok(0) => {}
        Ok(logs) => tracing::info!(logs, "what lists show of the room's logs was worked out again"),
        Err(err) => tracing::warn!(error = %err, "lists read the entries of the room's logs"),
    }
}

/// Puts the made-up office in and sets the clock into the recording, where this is the
/// demonstration.
async fn demonstration(
    plan: &Plan,
    store: &ward_store::Store,
    history: &mut History,
) -> anyhow::Result<Option<demo::Recording>> {
    demo::check(store, plan.demo).await?;
    if !plan.demo {
        return Ok(None);
    }
    let recording = demo::Recording::read(&plan.hints())?;
    clock::set(recording.begin());
    demo::bring(history, clock::now())?;
    demo::people(store).await?;
    Ok(Some(recording))
}

/// Waits for what ran beside the answering, and closes the store behind it.
async fn end(beside: Vec<JoinHandle<()>>, writer: impl Future, store: ward_store::Store) {
    for task in beside {
        let _ = task.await;
    }
    let _ = tokio::time::timeout(Duration::from_secs(10), writer).await;
    store.close().await;
}

/// Answers browsers and sensors until a signal says stop.
async fn answer(
    plan: &Plan,
    desk: Desk,
    set_up: Option<house::SetUp>,
    mut stopped: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let listener = plan.listener()?;
    plan.announce(&desk, set_up)?;
    let router = ward_web::router(&desk);
    let shutdown = async move {
        tokio::select! {
            () = signalled() => {}
            _ = stopped.changed() => {}
        }
    };
    ward_web::server::serve(listener, plan.tls()?, router, shutdown).await?;
    Ok(())
}

/// Starts the judging thread.
fn judge(
    parts: worker::Parts,
    runtime: &Runtime,
) -> anyhow::Result<std::thread::JoinHandle<anyhow::Result<()>>> {
    let handle = runtime.handle().clone();
    let thread = std::thread::Builder::new().name("judging".to_owned());
    Ok(thread.spawn(move || worker::Worker::start(parts, handle).run())?)
}

/// Opens the store; an empty one gets its tables, an old one is refused with what to do.
async fn open_store(plan: &Plan) -> anyhow::Result<ward_store::Store> {
    let at = place::store(plan.store.as_deref(), &plan.folder.path);
    let store = ward_store::Store::open(&at).await?;
    match store.check_schema().await {
        Err(ward_store::Error::Schema { found: 0, .. }) => {
            store.migrate_as(plan.world).await?;
        }
        other => other?,
    }
    Ok(store)
}

/// Waits for SIGTERM or SIGINT.
pub(crate) async fn signalled() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

/// The log goes to standard error: the service manager keeps it.
pub(crate) fn logs(json: bool) {
    let level = tracing_subscriber::filter::LevelFilter::INFO;
    let log = tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr);
    let _ = if json { log.json().try_init() } else { log.try_init() };
}

/// The machine's own time.
pub(crate) fn machine_time() -> ward_kernel::Time {
    ward_kernel::Time::from_micros(clock::machine())
}
