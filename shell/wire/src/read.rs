//! Reading everything, on several threads.
//!
//! Dispatchers open files, unpack them and cut them into blocks; workers read the records of a
//! block into the engine that they own. Which worker gets which block is chance: engines whose
//! summaries merge by a commutative function give the same answer whatever chance does.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use ward_kernel::Time;
use ward_records::{Event, Format, Hints, Reader, Sink};

use crate::Problem;
use crate::blocks::{Block, Blocks};
use crate::input::Input;
use crate::kind::Kind;
use crate::packets::Packets;
use crate::queue::Queue;
use crate::source::Source;

/// What owns an engine on a thread.
pub trait Worker: Send {
    /// Where the records of a part of a file go: `file` is the index of the input, `format` the
    /// name of its format. Called once for each block (about 1 MiB).
    fn sink(&mut self, file: usize, format: &'static str) -> impl Sink + '_;
}

/// How to read.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Worker threads; 0 for as many as the machine offers.
    pub threads: usize,
    /// The format of every input, whatever its content; an input's own `format` goes before it.
    pub format: Option<Format>,
    /// The zone of stamps that name none, and `newest` for inputs without a time of writing.
    pub hints: Hints,
    /// No record is younger than this; `None` takes each file's time of writing.
    pub newest: Option<Time>,
}

impl Options {
    /// The hints for one input.
    pub(crate) fn hints(&self, input: &Input) -> Hints {
        let newest = self.newest.or(input.modified).unwrap_or(self.hints.newest);
        Hints { newest, ..self.hints.clone() }
    }

    pub(crate) fn forced(&self, input: &Input) -> Option<Format> {
        input.format.or(self.format)
    }

    /// How many worker threads that makes.
    #[must_use]
    pub fn worker_threads(&self) -> usize {
        match self.threads {
            0 => thread::available_parallelism().map_or(1, usize::from),
            threads => threads.min(256),
        }
    }
}

/// How far the reading is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Progress {
    /// Bytes taken from disk so far, packed ones as they are.
    pub bytes: u64,
    /// Bytes of all inputs; streams count as nothing.
    pub total: u64,
    /// Records understood so far.
    pub records: u64,
    /// Files that were read to their end.
    pub files_done: usize,
    /// All files.
    pub files: usize,
}

/// What became of one input.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct FileRead {
    /// Its format's name; `None` when it is empty, could not be opened or is nothing Ward reads.
    pub format: Option<&'static str>,
    /// Bytes of its content, unpacked.
    pub bytes: u64,
}

/// What a reading leaves.
#[derive(Debug)]
pub struct Outcome<E> {
    /// One engine for each worker thread.
    pub workers: Vec<E>,
    /// One entry for each input, in their order.
    pub files: Vec<FileRead>,
    /// What could not be read, in the order of the inputs.
    pub problems: Vec<Problem>,
}

/// Reads all inputs; `make` makes each worker on its own thread, `progress` is called from several
/// threads after every block (it should return at once when it has nothing new to say).
///
/// Memory: two buffers of 1 MiB for each worker and each dispatcher, and two more; a buffer grows
/// to 4 MiB only where a record is that long.
///
/// # Panics
/// Goes on with the panic of a worker, if one panics.
pub fn read_all<E: Worker>(
    inputs: &[Input],
    options: &Options,
    make: impl Fn() -> E + Sync,
    progress: &(impl Fn(Progress) + Sync),
) -> Outcome<E> {
    let threads = options.worker_threads();
    let dispatchers = threads.min(inputs.len()).max(1);
    let shared = Shared::new(inputs, options, threads, dispatchers, progress);
    let workers = thread::scope(|scope| {
        let workers: Vec<_> =
            (0..threads).map(|_| scope.spawn(|| shared.guard(|| work(&shared, make())))).collect();
        let dispatching: Vec<_> =
            (0..dispatchers).map(|_| scope.spawn(|| shared.guard(|| dispatch(&shared)))).collect();
        for dispatcher in dispatching {
            join(dispatcher);
        }
        shared.jobs.close();
        workers.into_iter().map(join).collect()
    });
    shared.outcome(workers)
}

fn join<T>(thread: thread::ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Something for a worker to do.
enum Job {
    /// Read the records of a block.
    Block { file: usize, reader: Box<Reader>, block: Block },
    /// Read a capture from one end to the other.
    Whole { file: usize, packets: Box<Packets>, blocks: Box<Blocks> },
}

struct Shared<'a, P> {
    inputs: &'a [Input],
    options: &'a Options,
    progress: &'a P,
    next: AtomicUsize,
    jobs: Queue<Job>,
    pool: Queue<Vec<u8>>,
    taken: Arc<AtomicU64>,
    records: AtomicU64,
    done: AtomicUsize,
    total: u64,
    files: Mutex<Vec<(FileRead, Vec<String>)>>,
}

impl<'a, P: Fn(Progress) + Sync> Shared<'a, P> {
    fn new(
        inputs: &'a [Input],
        options: &'a Options,
        workers: usize,
        dispatchers: usize,
        progress: &'a P,
    ) -> Self {
        let buffers = workers.saturating_add(dispatchers).saturating_mul(2).saturating_add(2);
        let pool = Queue::new(buffers);
        for _ in 0..buffers {
            // An empty vector takes no memory until a dispatcher fills it for the first time.
            let _ = pool.send(Vec::new());
        }
        Self {
            inputs,
            options,
            progress,
            next: AtomicUsize::new(0),
            jobs: Queue::new(buffers),
            pool,
            taken: Arc::new(AtomicU64::new(0)),
            records: AtomicU64::new(0),
            done: AtomicUsize::new(0),
            total: inputs.iter().fold(0, |sum, input| sum.saturating_add(input.size)),
            files: Mutex::new(vec![Default::default(); inputs.len()]),
        }
    }

    /// Runs a thread's work; when it panics, the other threads are let go rather than left waiting.
    fn guard<T>(&self, work: impl FnOnce() -> T) -> T {
        struct Close<'a>(&'a Queue<Job>, &'a Queue<Vec<u8>>);
        impl Drop for Close<'_> {
            fn drop(&mut self) {
                if thread::panicking() {
                    self.0.close();
                    self.1.close();
                }
            }
        }
        let _close = Close(&self.jobs, &self.pool);
        work()
    }

    fn tell(&self) {
        (self.progress)(Progress {
            bytes: self.taken.load(Ordering::Relaxed),
            total: self.total,
            records: self.records.load(Ordering::Relaxed),
            files_done: self.done.load(Ordering::Relaxed),
            files: self.inputs.len(),
        });
    }

    /// Notes what became of a file.
    fn note(&self, file: usize, format: Option<&'static str>, bytes: u64, problems: Vec<String>) {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = files.get_mut(file) {
            *entry = (FileRead { format, bytes }, problems);
        }
        drop(files);
        self.done.fetch_add(1, Ordering::Relaxed);
        self.tell();
    }

    fn give_back(&self, buffer: Vec<u8>) {
        let _ = self.pool.send(buffer);
    }

    fn outcome<E>(self, workers: Vec<E>) -> Outcome<E> {
        let noted = self.files.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut outcome = Outcome { workers, files: Vec::new(), problems: Vec::new() };
        for (input, (file, problems)) in self.inputs.iter().zip(noted) {
            outcome.files.push(file);
            let place = || input.name.clone();
            outcome
                .problems
                .extend(problems.into_iter().map(|what| Problem { place: place(), what }));
        }
        outcome
    }
}

/// Takes one input after another and cuts it into jobs.
fn dispatch<P: Fn(Progress) + Sync>(shared: &Shared<'_, P>) {
    loop {
        let file = shared.next.fetch_add(1, Ordering::Relaxed);
        let Some(input) = shared.inputs.get(file) else { return };
        let source = match Source::open(input, Arc::clone(&shared.taken)) {
            Ok(source) => source,
            Err(err) => {
                shared.note(file, None, 0, vec![format!("cannot be opened: {err}")]);
                continue;
            }
        };
        let Some(buffer) = shared.pool.receive() else { return };
        dispatch_file(shared, file, input, Blocks::new(source, buffer));
    }
}

fn dispatch_file<P: Fn(Progress) + Sync>(
    shared: &Shared<'_, P>,
    file: usize,
    input: &Input,
    mut blocks: Blocks,
) {
    let hints = shared.options.hints(input);
    let head = blocks.head();
    let empty = head.is_empty();
    match Kind::recognise(head, shared.options.forced(input), &hints) {
        Some(Kind::Packets(packets)) => {
            let job = Job::Whole { file, packets: Box::new(packets), blocks: Box::new(blocks) };
            let _ = shared.jobs.send(job);
            return;
        }
        Some(Kind::Lines(reader)) => {
            let format = reader.format().name();
            if dispatch_lines(shared, file, reader, &mut blocks) {
                let bytes = blocks.read_so_far();
                let problems = std::mem::take(&mut blocks.problems);
                shared.note(file, (!empty).then_some(format), bytes, problems);
            }
        }
        None => {
            let mut problems = std::mem::take(&mut blocks.problems);
            if !empty {
                problems.push(NOT_READ.to_owned());
            }
            shared.note(file, None, 0, problems);
        }
    }
    shared.give_back(blocks.into_buffer());
}

/// Of a file whose content is not recognised.
pub(crate) const NOT_READ: &str =
    "its content is no format that Ward reads; it was left out (--format NAME forces one)";

/// Hands out all blocks; false when nobody takes them any more.
fn dispatch_lines<P: Fn(Progress) + Sync>(
    shared: &Shared<'_, P>,
    file: usize,
    mut reader: Reader,
    blocks: &mut Blocks,
) -> bool {
    while let Some(block) = blocks.next(|bytes| reader.cut(bytes), || shared.pool.receive()) {
        // The worker's reader knows what stands before the block; `advance` adds what is in it.
        let before = Box::new(reader.clone());
        reader.advance(block.bytes());
        if shared.jobs.send(Job::Block { file, reader: before, block }).is_err() {
            return false;
        }
        shared.tell();
    }
    true
}

/// Does jobs until there are none.
fn work<E: Worker, P: Fn(Progress) + Sync>(shared: &Shared<'_, P>, mut worker: E) -> E {
    while let Some(job) = shared.jobs.receive() {
        match job {
            Job::Block { file, mut reader, block } => {
                let format = reader.format().name();
                let mut sink = Counting { inner: worker.sink(file, format), records: 0 };
                reader.read(block.bytes(), block.base, &mut sink);
                shared.records.fetch_add(sink.records, Ordering::Relaxed);
                drop(sink);
                shared.give_back(block.buffer);
            }
            Job::Whole { file, packets, blocks } => {
                whole(shared, &mut worker, file, *packets, *blocks);
            }
        }
    }
    worker
}

fn whole<E: Worker, P: Fn(Progress) + Sync>(
    shared: &Shared<'_, P>,
    worker: &mut E,
    file: usize,
    mut packets: Packets,
    mut blocks: Blocks,
) {
    let format = packets.name();
    let mut sink = Counting { inner: worker.sink(file, format), records: 0 };
    blocks.drain(|bytes| {
        packets.push(bytes, &mut sink);
        shared.records.fetch_add(std::mem::take(&mut sink.records), Ordering::Relaxed);
        shared.tell();
    });
    packets.finish(&mut sink);
    shared.records.fetch_add(sink.records, Ordering::Relaxed);
    drop(sink);
    let problems = std::mem::take(&mut blocks.problems);
    shared.note(file, Some(format), blocks.read_so_far(), problems);
    shared.give_back(blocks.into_buffer());
}

/// Passes on, and counts what was understood.
struct Counting<S> {
    inner: S,
    records: u64,
}

impl<S: Sink> Sink for Counting<S> {
    fn event(&mut self, at: u64, event: &Event<'_>) {
        self.records = self.records.saturating_add(1);
        self.inner.event(at, event);
    }

    fn aside(&mut self, at: u64, time: Option<Time>) {
        self.records = self.records.saturating_add(1);
        self.inner.aside(at, time);
    }

    fn problem(&mut self, at: u64, line: &[u8], why: &'static str) {
        self.inner.problem(at, line, why);
    }
}
