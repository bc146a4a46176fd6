//! One path: what is written there now, and what was written there before and is not read to its
//! end yet.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use super::content::Content;
use super::known::Finding;
use super::place::{HEAD, Place, Sight};
use super::tail::{BEGINNING, Step, Tail};
use super::{Closed, Shared};
use crate::cut;
use crate::settings::FileSettings;
use crate::sources::files;

/// Most former contents of a path that are still watched.
const RETIRING: usize = 16;

/// A path.
#[derive(Debug)]
pub(super) struct Watched {
    path: PathBuf,
    name: Arc<str>,
    format: Option<String>,
    gz: bool,
    current: Option<Tail>,
    retiring: Vec<Tail>,
    /// The path as it was last seen.
    seen: Option<Seen>,
    /// The file at the path needs no tail: another one reads it, or it was read.
    settled: Option<(u64, u64)>,
    /// The settings name this very path, not a pattern.
    expected: bool,
    /// Begin at the end of what is there when it is first seen.
    at_end: bool,
    restored: bool,
}

/// What tells that a file changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Seen {
    id: (u64, u64),
    length: u64,
    modified: (i64, i64),
    since: Instant,
}

impl Watched {
    pub(super) fn new(path: PathBuf, settings: &FileSettings, at_end: bool) -> Self {
        let name = settings.name.clone().unwrap_or_else(|| stream_name(&path));
        let gz = path.extension().is_some_and(|ending| ending == "gz");
        Self {
            path,
            name: name.into(),
            format: settings.format.clone(),
            gz,
            current: None,
            retiring: Vec::new(),
            seen: None,
            settled: None,
            expected: !files::is_pattern(&settings.path),
            at_end,
            restored: false,
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether there is no file and nothing left to read.
    pub(super) const fn is_gone(&self) -> bool {
        self.seen.is_none() && self.current.is_none() && self.retiring.is_empty()
    }

    /// Looks at the path, and reads a piece of each content; whether there was anything.
    pub(super) fn tick(&mut self, shared: &mut Shared) -> Result<bool, Closed> {
        if !std::mem::replace(&mut self.restored, true) {
            self.restore(shared);
        }
        match fs::metadata(&self.path) {
            Ok(meta) => self.look(&meta, shared)?,
            Err(why) if why.kind() == io::ErrorKind::NotFound => self.gone(shared),
            Err(why) => self.problem(shared, Some(format!("cannot look at {}: {why}", self.name))),
        }
        let mut busy = false;
        if let Some(tail) = &mut self.current {
            busy |= tail.pump(shared)? == Step::Busy;
        }
        busy |= self.pump_retiring(shared)?;
        self.finish_read(shared)?;
        self.tell(shared);
        Ok(busy)
    }

    /// There is no file at the path.
    fn gone(&mut self, shared: &Shared) {
        self.seen = None;
        self.settled = None;
        self.retiring.extend(self.current.take());
        if self.expected && self.retiring.is_empty() {
            let sentence =
                format!("{} is not there: it is read when it comes", self.path.display());
            self.problem(shared, Some(sentence));
        }
    }

    /// There is a file at the path.
    fn look(&mut self, meta: &Metadata, shared: &mut Shared) -> Result<(), Closed> {
        let id = (meta.dev(), meta.ino());
        let now = Seen {
            id,
            length: meta.size(),
            modified: (meta.mtime(), meta.mtime_nsec()),
            since: Instant::now(),
        };
        let before = self.seen;
        let unchanged = before.filter(|before| Seen { since: now.since, ..*before } == now);
        self.seen = Some(unchanged.unwrap_or(now));
        if self.settled.is_some_and(|settled| settled == id) {
            // Who reads it may leave it while it grows: then it is looked at again.
            if unchanged.is_some() || self.gz {
                return Ok(());
            }
            self.settled = None;
        }
        if let Some(tail) = &mut self.current {
            if tail.is(meta) {
                if unchanged.is_none() && tail.is_rewritten().unwrap_or(false) {
                    self.rewritten(shared)?;
                }
                return Ok(());
            }
            if self.replaced(shared) {
                return Ok(());
            }
        }
        if self.gz && unchanged.is_none_or(|seen| seen.since.elapsed() < shared.timing.settle) {
            return Ok(());
        }
        self.open(shared);
        Ok(())
    }

    /// Another file stands at the path. Whether it holds the same content (a tool that copies logs
    /// puts a new file in the place of the old one each time); otherwise the old one is left to
    /// be read to its end.
    fn replaced(&mut self, shared: &Shared) -> bool {
        let Some(mut tail) = self.current.take() else { return false };
        match self.sight() {
            Ok((content, meta, head)) if self.holds(&tail.place, &meta, &head) => {
                tail.switch(content, &self.path, &meta);
                shared.inlet.board.problem(&self.name, None);
                self.current = Some(tail);
                true
            }
            _ => {
                self.retiring.push(tail);
                false
            }
        }
    }

    /// The file was truncated. What was not read of it before may stand in a copy beside it.
    fn rewritten(&mut self, shared: &mut Shared) -> Result<(), Closed> {
        let Some(mut tail) = self.current.take() else { return Ok(()) };
        match self.copy_of(&tail.place) {
            Some((content, path, meta)) => {
                tail.switch(content, &path, &meta);
                self.retiring.push(tail);
            }
            None => tail.finish(shared)?,
        }
        self.open(shared);
        Ok(())
    }

    /// A file beside the path that holds the content of this place and is another one.
    fn copy_of(&self, place: &Place) -> Option<(Content, PathBuf, Metadata)> {
        let siblings = fs::read_dir(self.path.parent()?).ok()?.take(files::MOST);
        let paths = siblings.filter_map(|entry| Some(entry.ok()?.path()));
        let own = self.path.file_name()?.to_string_lossy().into_owned();
        let beside = |path: &PathBuf| *path != self.path && place.is_beside(path);
        paths.filter(beside).find_map(|path| {
            let gz = path.extension().is_some_and(|ending| ending == "gz");
            let mut content = Content::open(&path, gz).ok()?;
            let meta = content.metadata().ok()?;
            let head = content.head(HEAD).ok()?;
            let length = (!gz).then(|| meta.size());
            let sight =
                Sight { path: &path, device: meta.dev(), inode: meta.ino(), length, head: &head };
            // The copy of a short file is believed by its name, which begins with this one's.
            let named = path.file_name()?.to_string_lossy().starts_with(&own);
            let same = || Place { device: meta.dev(), inode: meta.ino(), ..place.clone() };
            let holds = place.is_in(&sight) || (named && same().is_in(&sight));
            holds.then_some((content, path, meta))
        })
    }

    /// Begins to read the file at the path, unless it was read or is being read.
    fn open(&mut self, shared: &mut Shared) {
        let at_end = std::mem::take(&mut self.at_end);
        let (content, meta, head) = match self.sight() {
            Ok(seen) => seen,
            Err(why) => {
                let sentence = format!("cannot open {}: {why}", self.path.display());
                self.problem(shared, Some(sentence));
                return;
            }
        };
        self.problem(shared, None);
        let id = (meta.dev(), meta.ino());
        let length = (!self.gz).then(|| meta.size());
        let sight = Sight { path: &self.path, device: id.0, inode: id.1, length, head: &head };
        match shared.known.find(&sight) {
            Finding::Read => self.settled = Some(id),
            Finding::Left(place) if place.done => self.settled = Some(id),
            Finding::Left(place) => self.resume(place, shared),
            Finding::New => {
                let start = length.filter(|_| at_end && !cut::needs_header(&head)).unwrap_or(0);
                let place = Place {
                    stream: self.name.to_string(),
                    generation: shared.known.next_generation(&self.name),
                    path: self.path.clone(),
                    device: id.0,
                    inode: id.1,
                    position: start,
                    head: 0,
                    sha256: String::new(),
                    done: false,
                    headless: start > 0,
                    seen: crate::clock::now().secs(),
                };
                self.current = self.begin(place, content, shared);
            }
        }
    }

    /// Goes on at a place in the file at the path.
    fn resume(&mut self, mut place: Place, shared: &mut Shared) {
        let Ok((content, meta, _)) = self.sight() else { return };
        place.path.clone_from(&self.path);
        (place.device, place.inode) = (meta.dev(), meta.ino());
        self.current = self.begin(place, content, shared);
    }

    fn begin(&self, place: Place, mut content: Content, shared: &mut Shared) -> Option<Tail> {
        let beginning = content.head(BEGINNING).ok()?;
        let tail = Tail::new(place, content, beginning, self.format.as_deref(), &self.name);
        shared.known.begin(&tail.place);
        Some(tail)
    }

    /// After a start: contents of this path that were not read to their end and stand under other
    /// names now.
    fn restore(&mut self, shared: &mut Shared) {
        for place in shared.known.left(&self.name).into_iter().take(RETIRING) {
            let here = self.sight().ok();
            if here.is_some_and(|(_, meta, head)| self.holds(&place, &meta, &head)) {
                continue;
            }
            if let Some((content, path, meta)) = self.renamed(&place) {
                let mut place = place;
                (place.path, place.device, place.inode) = (path, meta.dev(), meta.ino());
                self.retiring.extend(self.begin(place, content, shared));
            }
        }
    }

    /// Where the content of this place stands now: the same inode under another name, or a copy.
    fn renamed(&self, place: &Place) -> Option<(Content, PathBuf, Metadata)> {
        let siblings = fs::read_dir(self.path.parent()?).ok()?.take(files::MOST);
        let paths = siblings.filter_map(|entry| Some(entry.ok()?.path()));
        let same = paths.filter(|path| *path != self.path).find_map(|path| {
            let meta = fs::metadata(&path).ok()?;
            if (meta.dev(), meta.ino()) != (place.device, place.inode) {
                return None;
            }
            let mut content = Content::open(&path, false).ok()?;
            let head = content.head(HEAD).ok()?;
            let length = Some(meta.size());
            let sight =
                Sight { path: &path, device: meta.dev(), inode: meta.ino(), length, head: &head };
            place.is_in(&sight).then_some((content, path, meta))
        });
        same.or_else(|| self.copy_of(place))
    }

    fn pump_retiring(&mut self, shared: &mut Shared) -> Result<bool, Closed> {
        let mut busy = false;
        for tail in &mut self.retiring {
            busy |= tail.pump(shared)? == Step::Busy;
        }
        let too_many = self.retiring.len().saturating_sub(RETIRING);
        let patience = shared.timing.retire;
        let is_done = |index: usize, tail: &Tail| {
            tail.is_at_end() || tail.quiet() >= patience || (index < too_many && tail.lag() == 0)
        };
        let mut index = 0;
        let mut done = Vec::new();
        self.retiring = std::mem::take(&mut self.retiring)
            .into_iter()
            .filter_map(|tail| {
                let stays = !is_done(index, &tail);
                index += 1;
                if stays {
                    return Some(tail);
                }
                done.push(tail);
                None
            })
            .collect();
        done.into_iter().try_for_each(|tail| tail.finish(shared))?;
        Ok(busy)
    }

    /// A compressed file that was read to its end is left.
    fn finish_read(&mut self, shared: &mut Shared) -> Result<(), Closed> {
        if let Some(tail) = self.current.take_if(|tail| tail.is_at_end()) {
            self.settled = self.seen.map(|seen| seen.id);
            tail.finish(shared)?;
        }
        Ok(())
    }

    /// The file at the path, opened anew, and how it begins.
    fn sight(&self) -> io::Result<(Content, Metadata, Vec<u8>)> {
        let mut content = Content::open(&self.path, self.gz)?;
        let meta = content.metadata()?;
        let head = content.head(HEAD)?;
        Ok((content, meta, head))
    }

    fn holds(&self, place: &Place, meta: &Metadata, head: &[u8]) -> bool {
        let length = (!self.gz).then(|| meta.size());
        let (device, inode) = (meta.dev(), meta.ino());
        place.is_in(&Sight { path: &self.path, device, inode, length, head })
    }

    fn tell(&self, shared: &Shared) {
        let tails = || self.current.iter().chain(&self.retiring);
        if tails().next().is_none() && self.settled.is_some() {
            return;
        }
        let lag = tails().fold(0_u64, |sum, tail| sum.saturating_add(tail.lag()));
        let format = tails().find_map(Tail::format);
        shared.inlet.board.source(&self.name, "file", |source| {
            source.lag_bytes = lag;
            if let Some(format) = format {
                source.format = Some(format.to_owned());
            }
        });
    }

    fn problem(&self, shared: &Shared, sentence: Option<String>) {
        shared
            .inlet
            .board
            .source(&self.name, "file", |source| source.problem.clone_from(&sentence));
        shared.inlet.board.problem(&self.name, sentence);
    }
}

/// A path as the name of a stream: without control characters and not too long.
fn stream_name(path: &Path) -> String {
    let text: String = path.to_string_lossy().chars().filter(|c| !c.is_control()).collect();
    let too_long = text.len().saturating_sub(ward_sensor::batch::STREAM_MAX);
    let start = (too_long..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.get(start..).unwrap_or_default().to_owned()
}
