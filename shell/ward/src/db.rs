//! `ward db`: moves, checks and copies the store.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use ward_kernel::World;
use ward_store::audit::Entry;
use ward_store::check::{Depth, check};
use ward_store::moves::{self, Sum};
use ward_store::{Audit, Store, backup, world};

use crate::cli::{Db, DbCommand};
use crate::exercise::place;
use crate::exit::Exit;
use crate::page::text::{count, grouped};
use crate::serve::demo;
use crate::serve::folder::Folder;

/// Runs the command.
///
/// # Errors
/// What is wrong, in a sentence.
pub fn run(options: &Db) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(act(options))
}

async fn act(options: &Db) -> anyhow::Result<Exit> {
    let world = if options.exercise { World::Exercise } else { World::Real };
    let folder = place::folder(options.data.as_deref(), world);
    let fresh = match options.command {
        DbCommand::Import { .. } | DbCommand::Restore { .. } => {
            mark_new(&folder, world)?;
            true
        }
        DbCommand::Migrate => true,
        _ => false,
    };
    place::expect_folder(&folder, world)?;
    if let DbCommand::Restore { file } = &options.command {
        return restore(options, &folder, file, world).await;
    }
    if options.store.is_none() && !fresh && !folder.join("ward.sqlite").is_file() {
        bail!("{} holds no store: name the desk's folder with --data", folder.display());
    }
    let at = place::store(options.store.as_deref(), &folder);
    if let Some(found) = world::found_at(&at).await? {
        world::expect(found, world)?;
    }
    let store = Store::open(&at).await?;
    let done = named(&store, &options.command, world).await;
    store.close().await;
    done
}

/// Runs it, and says of which world the store is: what is taken in says so only when it is there.
async fn named(store: &Store, command: &DbCommand, world: World) -> anyhow::Result<Exit> {
    if matches!(command, DbCommand::Import { .. }) {
        let done = with(store, command, world).await;
        let said = name(store, world).await;
        return done.and_then(|exit| said.map(|()| exit));
    }
    name(store, world).await?;
    with(store, command, world).await
}

/// A folder into which a store comes is marked with its world before it does.
fn mark_new(folder: &Path, world: World) -> anyhow::Result<()> {
    if world.is_exercise() && !folder.exists() {
        Folder::make(folder, world)?;
        place::mark(folder)?;
    }
    Ok(())
}

/// Says of which world the store is: beside what the command itself says.
async fn name(store: &Store, world: World) -> anyhow::Result<()> {
    let words = match world {
        World::Exercise => "EXERCISE: this is the store of an exercise.",
        World::Real if demo::is_kept_in(store).await? => {
            "DEMONSTRATION: this is the store of a demonstration, and nothing in it is real."
        }
        World::Real => "This is the store of the real desk.",
    };
    let _ = writeln!(io::stderr(), "{words}");
    Ok(())
}

async fn with(store: &Store, command: &DbCommand, world: World) -> anyhow::Result<Exit> {
    match command {
        DbCommand::Migrate => migrate(store, world).await,
        DbCommand::Export { file } => export(store, file).await,
        DbCommand::Import { file } => import(store, file, world).await,
        DbCommand::Check { records } => look(store, *records).await,
        DbCommand::Content => table(&moves::content(store).await?).map(|()| Exit::Quiet),
        DbCommand::Backup { file } => copy(store, file).await,
        DbCommand::Restore { .. } => Ok(Exit::Quiet),
    }
}

async fn migrate(store: &Store, world: World) -> anyhow::Result<Exit> {
    let _alone = store.hold().await?;
    let (from, to) = store.migrate_as(world).await?;
    if from == to {
        say(&format!("The store has schema {to}, the newest."))
    } else {
        say(&format!("The store had schema {from} and now has {to}."))
    }
}

async fn export(store: &Store, file: &Path) -> anyhow::Result<Exit> {
    store.check_schema().await?;
    // It holds everything that the store does: for its owner alone.
    let out = OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(file)
        .with_context(|| format!("the export {} cannot be made", file.display()))?;
    // Put down first: so the file holds it too, and both stores are equal.
    note(store, "store.export", "everything was written into a file").await?;
    let sums = moves::export(store, &out).await?;
    out.sync_all()?;
    table(&sums)?;
    Ok(Exit::Quiet)
}

async fn import(store: &Store, file: &Path, world: World) -> anyhow::Result<Exit> {
    let _alone = store.hold().await?;
    let input = File::open(file)
        .with_context(|| format!("the export {} cannot be read", file.display()))?;
    store.migrate_as(world).await?;
    let sums = moves::import(store, BufReader::new(input)).await?;
    table(&sums)?;
    Ok(Exit::Quiet)
}

async fn look(store: &Store, records: bool) -> anyhow::Result<Exit> {
    let depth = if records { Depth::Records } else { Depth::Usual };
    let found = check(store, depth).await?;
    if found.is_empty() {
        return say("Everything is whole.");
    }
    let mut out = io::stdout().lock();
    for sentence in &found {
        writeln!(out, "{sentence}")?;
    }
    Ok(Exit::Trouble)
}

async fn copy(store: &Store, file: &Path) -> anyhow::Result<Exit> {
    store.check_schema().await?;
    note(store, "store.backup", "a backup was taken").await?;
    let made = backup::backup(store, file).await?;
    say(&format!(
        "{}: {} bytes, SHA-256 {}\nKeep the file secret.key of the desk's folder with it, apart \
         and locked: without it nobody's second factor can be opened.",
        made.path.display(),
        grouped(made.bytes),
        data_encoding::HEXLOWER.encode(&made.sha256)
    ))
}

async fn restore(options: &Db, folder: &Path, file: &Path, world: World) -> anyhow::Result<Exit> {
    if options.store.is_some() {
        bail!("a backup of PostgreSQL is an export: take it in with ward db import");
    }
    backup::restore(file, folder, world).await?;
    let store = Store::open_to_read(&place::store(None, folder)).await?;
    name(&store, world).await?;
    store.close().await;
    let exercise = if world.is_exercise() { " --exercise" } else { "" };
    say(&format!("The store is in {} again: ward serve{exercise} --data it.", folder.display()))
}

/// Puts the act down: whoever runs this has the machine, and no name at the desk.
async fn note(store: &Store, act: &str, detail: &str) -> anyhow::Result<()> {
    let tx = store.begin().await?;
    tx.commit(Audit::Entry(Entry {
        at: crate::serve::machine_time(),
        actor: String::new(),
        actor_name: "command line".to_owned(),
        act: act.to_owned(),
        object: String::new(),
        detail: detail.to_owned(),
        address: String::new(),
    }))
    .await?;
    Ok(())
}

fn say(text: &str) -> anyhow::Result<Exit> {
    writeln!(io::stdout().lock(), "{text}")?;
    Ok(Exit::Quiet)
}

fn table(sums: &[Sum]) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    for Sum { table, rows, sha256 } in sums {
        writeln!(out, "{table:<16} {:>14}  {sha256}", count(*rows, "row", "rows"))?;
    }
    Ok(())
}
