//! `ward db`: moves, checks and copies the store.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use ward_store::audit::Entry;
use ward_store::check::{Depth, check};
use ward_store::moves::{self, Sum};
use ward_store::{Audit, Store, backup};

use crate::cli::{Db, DbCommand};
use crate::exit::Exit;
use crate::page::text::{count, grouped};

/// Runs the command.
///
/// # Errors
/// What is wrong, in a sentence.
pub fn run(options: &Db) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(act(options))
}

async fn act(options: &Db) -> anyhow::Result<Exit> {
    let folder = options.data.clone().unwrap_or_else(|| PathBuf::from("ward-data"));
    if let DbCommand::Restore { file } = &options.command {
        return restore(options, &folder, file).await;
    }
    let fresh = matches!(options.command, DbCommand::Import { .. } | DbCommand::Migrate);
    if options.store.is_none() && !fresh && !folder.join("ward.sqlite").is_file() {
        bail!("{} holds no store: name the desk's folder with --data", folder.display());
    }
    let store = open(options, &folder).await?;
    let done = with(&store, &options.command).await;
    store.close().await;
    done
}

async fn open(options: &Db, folder: &Path) -> anyhow::Result<Store> {
    Ok(match &options.store {
        Some(url) => Store::open_postgres(url).await?,
        None => Store::open_folder(folder).await?,
    })
}

async fn with(store: &Store, command: &DbCommand) -> anyhow::Result<Exit> {
    match command {
        DbCommand::Migrate => migrate(store).await,
        DbCommand::Export { file } => export(store, file).await,
        DbCommand::Import { file } => import(store, file).await,
        DbCommand::Check { records } => look(store, *records).await,
        DbCommand::Content => table(&moves::content(store).await?).map(|()| Exit::Quiet),
        DbCommand::Backup { file } => copy(store, file).await,
        DbCommand::Restore { .. } => Ok(Exit::Quiet),
    }
}

async fn migrate(store: &Store) -> anyhow::Result<Exit> {
    let _alone = store.hold().await?;
    let (from, to) = store.migrate().await?;
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

async fn import(store: &Store, file: &Path) -> anyhow::Result<Exit> {
    let _alone = store.hold().await?;
    let input = File::open(file)
        .with_context(|| format!("the export {} cannot be read", file.display()))?;
    store.migrate().await?;
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

async fn restore(options: &Db, folder: &Path, file: &Path) -> anyhow::Result<Exit> {
    if options.store.is_some() {
        bail!("a backup of PostgreSQL is an export: take it in with ward db import");
    }
    backup::restore(file, folder).await?;
    say(&format!("The store is in {} again: ward serve --data it.", folder.display()))
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
