//! Whether a file is a Zeek log in its tab-separated form, by how it begins.

use memchr::memmem;
use ward_kernel::Addr;

use super::header::Header;
use crate::{field, text};

/// The header to begin with, if the file is of this format.
pub(super) fn header(head: &[u8]) -> Option<Header> {
    let head = text::unmarked(head);
    let lines = || head.split(|byte| *byte == b'\n').map(super::trim_end);
    if let Some(prefix) = lines().take(16).find_map(|line| prefix(line, head)) {
        return Some(Header::prefixed(prefix));
    }
    let first = lines().find(|line| !line.is_empty())?;
    // A tail of a longer file: its own header is missing, or comes later.
    let later = [b"\n#separator \\x".as_slice(), b"\n#fields\tts\t"];
    if first.starts_with(b"#fields\t")
        || later.iter().any(|mark| memmem::find(head, mark).is_some())
        || is_connection(first)
    {
        return Some(Header::prefixed(b"#"));
    }
    plain(first)
}

/// The meta prefix, by a `#separator` line and another header line that begins like it.
fn prefix<'a>(line: &'a [u8], head: &[u8]) -> Option<&'a [u8]> {
    let line = line.strip_prefix(b"\t").unwrap_or(line);
    let at = memmem::find(line, b"separator ").filter(|at| (1..=16).contains(at))?;
    let prefix = line.get(..at)?;
    let follows = |key: &[u8]| memmem::find(head, &[b"\n", prefix, key].concat()).is_some();
    let others: [&[u8]; 5] = [b"set_separator", b"unset_field", b"path", b"fields", b"open"];
    others.iter().any(|key| follows(key)).then_some(prefix)
}

/// One plain line of names, as `LogAscii::tsv` writes it.
fn plain(first: &[u8]) -> Option<Header> {
    const FIRST: [&[u8]; 5] = [b"ts", b"_path", b"_write_ts", b"uid", b"t"];
    const TELLING: [&[u8]; 6] = [b"uid", b"id.orig_h", b"id_orig_h", b"fuid", b"peer", b"write_ts"];
    [b'\t', b'|', b','].into_iter().find_map(|separator| {
        let names: Vec<&[u8]> = first.split(|byte| *byte == separator).collect();
        let leading = names.first().filter(|name| FIRST.contains(name))?;
        let times = names.contains(&b"ts".as_slice()) || names.contains(&b"t".as_slice());
        (times && names.iter().any(|name| TELLING.contains(name)))
            .then(|| Header::plain(leading, separator))
    })
}

/// A line that begins `ts uid id.orig_h id.orig_p id.resp_h id.resp_p`, as most logs do.
fn is_connection(line: &[u8]) -> bool {
    let mut columns = line.split(|byte| *byte == b'\t');
    let mut column = || columns.next().unwrap_or_default();
    let (time, uid) = (column(), column());
    field::micros(time).is_some()
        && time.contains(&b'.')
        && matches!(uid, [b'C', ..])
        && Addr::parse(column()).is_some()
        && field::u16(column()).is_some()
        && Addr::parse(column()).is_some()
        && field::u16(column()).is_some()
}
