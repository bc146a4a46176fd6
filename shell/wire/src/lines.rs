//! Single raw lines, fetched again.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::sync::Arc;

use ward_records::Format;

use crate::input::Input;
use crate::kind::{HEAD, Kind};
use crate::read::Options;
use crate::source::{self, Packing, Source};

/// The longest line that is given back whole; of a longer one this much.
const LONGEST: u64 = 1 << 20;

/// Fetches the raw records that begin at the given places: (index of the input, byte offset in
/// its unpacked content). Without the newline; `None` where there is none any more, in streams,
/// and in captures, whose packets are no lines.
///
/// Plain files are sought in; a packed file is read once, up to the last place wanted.
#[must_use]
pub fn lines(inputs: &[Input], options: &Options, wanted: &[(usize, u64)]) -> Vec<Option<Vec<u8>>> {
    let mut found = vec![None; wanted.len()];
    let mut by_file: BTreeMap<usize, Vec<(u64, usize)>> = BTreeMap::new();
    for (i, (file, offset)) in wanted.iter().enumerate() {
        by_file.entry(*file).or_default().push((*offset, i));
    }
    for (file, mut places) in by_file {
        places.sort_unstable();
        let Some(input) = inputs.get(file).filter(|input| input.is_regular()) else { continue };
        // What cannot be read again stays `None`: the first reading has told its problem.
        let _ = of_file(input, options, &places, &mut found);
    }
    found
}

fn of_file(
    input: &Input,
    options: &Options,
    places: &[(u64, usize)],
    found: &mut [Option<Vec<u8>>],
) -> io::Result<()> {
    let mut source = Source::open(input, Arc::default())?;
    let mut head = vec![0; HEAD];
    let seen = source::fill(&mut source, &mut head)?;
    head.truncate(seen);
    let Some(Kind::Lines(reader)) =
        Kind::recognise(&head, options.forced(input), &options.hints(input))
    else {
        return Ok(());
    };
    let format = reader.format();
    if source.packing == Packing::Plain {
        let mut file = BufReader::new(File::open(&input.path)?);
        for (offset, i) in places {
            file.seek(SeekFrom::Start(*offset))?;
            let record = record(&mut file, format)?;
            put(found, *i, record);
        }
        return Ok(());
    }
    let mut unpacked = BufReader::with_capacity(HEAD, io::Cursor::new(head).chain(source));
    let mut at = 0_u64;
    let mut last: Option<(u64, Vec<u8>)> = None;
    for (offset, i) in places {
        if let Some((same, record)) = &last
            && same == offset
        {
            put(found, *i, record.clone());
            continue;
        }
        let Some(skip) = offset.checked_sub(at) else { continue };
        at = at.saturating_add(io::copy(&mut (&mut unpacked).take(skip), &mut io::sink())?);
        let mut counted = Taken { inner: &mut unpacked, taken: 0 };
        let record = record(&mut counted, format)?;
        at = at.saturating_add(counted.taken);
        put(found, *i, record.clone());
        last = Some((*offset, record));
    }
    Ok(())
}

fn put(found: &mut [Option<Vec<u8>>], i: usize, record: Vec<u8>) {
    if let Some(place) = found.get_mut(i)
        && !record.is_empty()
    {
        *place = Some(record);
    }
}

/// One record: a line, or an XML event up to its closing tag.
fn record(from: &mut impl BufRead, format: Format) -> io::Result<Vec<u8>> {
    let mut record = Vec::new();
    loop {
        let room = LONGEST.saturating_sub(record.len() as u64);
        let read = (&mut *from).take(room).read_until(b'\n', &mut record)?;
        let whole =
            format != Format::WindowsXml || memchr::memmem::find(&record, b"</Event>").is_some();
        if whole || read == 0 {
            break;
        }
    }
    while record.last().is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
        record.pop();
    }
    Ok(record)
}

struct Taken<R> {
    inner: R,
    taken: u64,
}

impl<R: BufRead> Read for Taken<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.taken = self.taken.saturating_add(read as u64);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Taken<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.taken = self.taken.saturating_add(amount as u64);
        self.inner.consume(amount);
    }
}
