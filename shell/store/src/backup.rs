//! A copy of the store while it runs, and the way back.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use ward_kernel::World;

use crate::{Error, Link, Store, moves, private, world};

/// The first bytes of SQLite's files.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// A backup that was made.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Made {
    /// The file.
    pub path: PathBuf,
    /// How many bytes it has.
    pub bytes: u64,
    /// SHA-256 of them.
    pub sha256: Vec<u8>,
}

/// Copies the store, as it is at one moment, into a new file, while others write on: a SQLite file
/// from SQLite, an export ([`moves`]) from PostgreSQL. The file has its name only when it is
/// whole and on the disk. The caller puts the act down.
///
/// # Errors
/// [`Error::Refused`] when there is such a file, [`Error::Place`] when it cannot be written, and
/// those of the engine.
pub async fn backup(store: &Store, to: &Path) -> Result<Made, Error> {
    if to.exists() {
        return Err(Error::Refused(format!(
            "{} is there already: a backup never replaces a file",
            to.display()
        )));
    }
    let part = part_of(to);
    // A part that a stopped backup has left behind.
    let _ = fs::remove_file(&part);
    let written = write(store, &part).await.and_then(|()| keep(&part, to));
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    written
}

async fn write(store: &Store, part: &Path) -> Result<(), Error> {
    // SQLite writes into a file that is there only when it is empty.
    let file = private::file(part).map_err(|err| place(part, &err))?;
    let mut read = store.read().await?;
    match read.link() {
        Link::Lite(conn) => {
            let part = part.to_str().ok_or_else(|| {
                Error::Place(format!("{} is no text: name it otherwise", part.display()))
            })?;
            sqlx::query("VACUUM INTO $1").bind(part).execute(conn).await?;
        }
        Link::Pg(_) => {
            moves::export(store, BufWriter::new(file)).await?;
        }
    }
    Ok(())
}

/// Makes sure that the part is on the disk and gives it its name.
fn keep(part: &Path, to: &Path) -> Result<Made, Error> {
    let made = || -> io::Result<Made> {
        let file = File::open(part)?;
        file.sync_all()?;
        let (bytes, sha256) = hash(file)?;
        fs::rename(part, to)?;
        sync_folder(to)?;
        Ok(Made { path: to.to_owned(), bytes, sha256 })
    };
    made().map_err(|err| place(to, &err))
}

/// Puts a backup in the place of a store that is not there yet: a SQLite file into a folder of its
/// world. An export goes into an empty store by [`moves::import`].
///
/// # Errors
/// [`Error::Refused`] when the folder has a store already or the file is no backup of this world,
/// [`Error::Damaged`] when the file is damaged.
pub async fn restore(from: &Path, folder: &Path, world: World) -> Result<(), Error> {
    if !is_sqlite(from).map_err(|err| place(from, &err))? {
        return Err(Error::Refused(format!(
            "{} is no SQLite backup: an export is read by `ward db import`",
            from.display()
        )));
    }
    private::folder(folder).map_err(|err| place(folder, &err))?;
    let to = folder.join(crate::db::FILE);
    if to.exists() {
        return Err(Error::Refused(format!(
            "{} is there already: restore into an empty folder",
            to.display()
        )));
    }
    // The copy is judged, not the backup: opening a file can change it.
    let trial = folder.join("restore.part");
    let _ = fs::remove_dir_all(&trial);
    let part = trial.join(crate::db::FILE);
    let copied = private::folder(&trial)
        .and_then(|()| io::copy(&mut File::open(from)?, &mut private::file(&part)?));
    copied.map_err(|err| place(&part, &err))?;
    let judged = judge(&trial, world).await;
    let put = judged.and_then(|()| {
        let put = File::open(&part).and_then(|file| file.sync_all());
        put.and_then(|()| fs::rename(&part, &to))
            .and_then(|()| sync_folder(&to))
            .map_err(|err| place(&to, &err))
    });
    let _ = fs::remove_dir_all(&trial);
    put
}

/// Opens the copy as a desk would and asks the engine whether it is whole.
async fn judge(folder: &Path, world: World) -> Result<(), Error> {
    let store = Store::open_folder(folder).await?;
    let problems = crate::check::engine(&store).await;
    let found = store.world().await;
    store.close().await;
    if let Some(problem) = problems?.first() {
        return Err(Error::Damaged(format!("the backup is damaged: {problem}")));
    }
    // One without tables is of no world yet.
    found?.map_or(Ok(()), |found| world::expect(found, world))
}

fn is_sqlite(path: &Path) -> io::Result<bool> {
    let mut first = Vec::new();
    File::open(path)?.take(MAGIC.len() as u64).read_to_end(&mut first)?;
    Ok(first == MAGIC)
}

fn part_of(to: &Path) -> PathBuf {
    let mut name = to.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    to.with_file_name(name)
}

fn hash(mut file: File) -> io::Result<(u64, Vec<u8>)> {
    let mut hash = Sha256::new();
    let mut block = vec![0; 1 << 16];
    let mut bytes = 0_u64;
    loop {
        let read = file.read(&mut block)?;
        let Some(part) = block.get(..read).filter(|part| !part.is_empty()) else { break };
        hash.update(part);
        bytes = bytes.saturating_add(part.len() as u64);
    }
    Ok((bytes, hash.finalize().to_vec()))
}

/// A name is on the disk when its folder is.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all())
}

fn place(path: &Path, err: &io::Error) -> Error {
    Error::Place(format!("{}: {err}", path.display()))
}
