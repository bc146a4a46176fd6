//! The lines behind the cases, in a form to hand over: one folder for each case with its raw
//! lines and a manifest, and one list of SHA-256 sums over all of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use ward_kernel::Time;
use ward_watch::report::{Case, Report};

use crate::page::View;

/// The marking of the folder unless another is asked for (Traffic Light Protocol 2.0).
pub const MARKING: &str = "TLP:AMBER";

/// Bytes that wait in memory, over all cases, before they are written.
const WAITING: usize = 16 << 20;

/// An evidence folder that is being written.
#[derive(Debug)]
pub struct Folder {
    dir: PathBuf,
    cases: BTreeMap<String, Pending>,
    waiting: usize,
}

/// What one case still has to write. Files are opened for each portion and closed again: there
/// may be more cases than a process may have open files.
#[derive(Debug)]
struct Pending {
    dir: PathBuf,
    raw: Vec<u8>,
    manifest: String,
    lines: u64,
}

/// One raw line of a case.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// The file's name, as the report names it.
    pub file: &'a str,
    /// Byte offset in the unpacked file.
    pub offset: u64,
    /// When it happened.
    pub time: Time,
    /// The raw line without its newline.
    pub bytes: &'a [u8],
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Written {
    /// Cases.
    pub cases: u64,
    /// Lines of all cases.
    pub lines: u64,
}

impl Folder {
    /// Makes the folder, with a place for each of the cases.
    ///
    /// # Errors
    /// A folder that exists and is not empty is refused, so that evidence never mixes; otherwise
    /// those of the file system.
    pub fn create(
        dir: &Path,
        cases: &[&Case],
        report: &Report,
        view: &View,
        marking: &str,
    ) -> io::Result<Self> {
        fs::create_dir_all(dir)?;
        if fs::read_dir(dir)?.next().is_some() {
            let what = format!("{} is not empty: give a new folder", dir.display());
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, what));
        }
        fs::write(dir.join("README.txt"), readme(report, view, marking))?;
        let mut folder = Self { dir: dir.to_owned(), cases: BTreeMap::new(), waiting: 0 };
        for case in cases {
            folder.open_case(case, marking)?;
        }
        Ok(folder)
    }

    fn open_case(&mut self, case: &Case, marking: &str) -> io::Result<()> {
        let dir = self.dir.join(folder_name(&case.id));
        fs::create_dir_all(&dir)?;
        let marking = serde_json::to_string(marking)?;
        let head = serde_json::to_string(case)?;
        let manifest = format!("{{\n\"marking\": {marking},\n\"case\": {head},\n\"lines\": [");
        File::create(dir.join("records.log"))?;
        fs::write(dir.join("manifest.json"), manifest)?;
        let pending = Pending { dir, raw: Vec::new(), manifest: String::new(), lines: 0 };
        self.cases.insert(case.id.clone(), pending);
        Ok(())
    }

    /// Adds a line to a case; a case that was not announced is passed over.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn add(&mut self, case: &str, line: Line<'_>) -> io::Result<()> {
        let Some(pending) = self.cases.get_mut(case) else { return Ok(()) };
        let before = pending.waiting();
        let comma = if pending.lines == 0 { "\n" } else { ",\n" };
        pending.lines = pending.lines.saturating_add(1);
        let entry = serde_json::json!({
            "line": pending.lines,
            "file": line.file,
            "offset": line.offset,
            "time": line.time,
            "sha256": sha256(line.bytes),
        });
        let _ = write!(pending.manifest, "{comma}{entry}");
        pending.raw.extend_from_slice(line.bytes);
        pending.raw.push(b'\n');
        let more = pending.waiting().saturating_sub(before);
        self.waiting = self.waiting.saturating_add(more);
        if self.waiting > WAITING { self.flush() } else { Ok(()) }
    }

    /// Writes what waits, and the sums over all files.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn finish(mut self) -> io::Result<Written> {
        self.flush()?;
        let mut written = Written::default();
        let mut files = vec![PathBuf::from("README.txt")];
        for (id, pending) in &self.cases {
            append(&pending.dir.join("manifest.json"), b"\n]\n}\n")?;
            written.cases = written.cases.saturating_add(1);
            written.lines = written.lines.saturating_add(pending.lines);
            let name = PathBuf::from(folder_name(id));
            files.extend([name.join("manifest.json"), name.join("records.log")]);
        }
        let mut sums = String::new();
        for file in files {
            let sum = sha256_file(&self.dir.join(&file))?;
            let _ = writeln!(sums, "{sum}  {}", file.display());
        }
        fs::write(self.dir.join("SHA256SUMS"), sums)?;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        for pending in self.cases.values_mut().filter(|pending| pending.waiting() > 0) {
            append(&pending.dir.join("records.log"), &pending.raw)?;
            append(&pending.dir.join("manifest.json"), pending.manifest.as_bytes())?;
            pending.raw.clear();
            pending.manifest.clear();
        }
        self.waiting = 0;
        Ok(())
    }
}

impl Pending {
    fn waiting(&self) -> usize {
        self.raw.len().saturating_add(self.manifest.len())
    }
}

/// The SHA-256 of a line's bytes, hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn sha256_file(path: &Path) -> io::Result<String> {
    let (mut file, mut hash, mut buffer) = (File::open(path)?, Sha256::new(), vec![0; 1 << 16]);
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(hex(&hash.finalize()));
        }
        hash.update(buffer.get(..read).unwrap_or_default());
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn append(path: &Path, bytes: &[u8]) -> io::Result<()> {
    OpenOptions::new().append(true).open(path)?.write_all(bytes)
}

/// A case's id as a folder's name: letters, digits, `-`; nothing that leads elsewhere.
fn folder_name(id: &str) -> String {
    let name: String =
        id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
    format!("case-{name}")
}

fn readme(report: &Report, view: &View, marking: &str) -> String {
    let span = report.span.map_or_else(
        || "no record".to_owned(),
        |span| format!("records from {} to {}", span.first, span.last),
    );
    format!(
        "{marking}\n\n\
         Evidence written by {version} ({office}): {span}.\n\
         Definitions of the rungs: {definitions}. Times in the manifests are UTC.\n\n\
         Each folder is one case. records.log holds its raw log lines, unchanged, in the order of\n\
         the files and of the lines in them. manifest.json says what the case is and, for each\n\
         line, its file, byte offset in the unpacked file, time, and the SHA-256 of its bytes\n\
         without the newline. Packets of a capture are no lines: keep the capture itself as well.\n\n\
         To check that nothing here was changed since it was written:\n\n\
         \x20   sha256sum -c SHA256SUMS\n\n\
         To check a line against the log that it came from, with FILE, OFFSET and the hash of its\n\
         entry in the manifest (for a packed file, unpack it first):\n\n\
         \x20   tail -c +$((OFFSET + 1)) FILE | head -n 1 | tr -d '\\r\\n' | sha256sum\n\n\
         Keep the sum of SHA256SUMS itself apart from this folder, for example in the log of the\n\
         hand-over: whoever can change all files here could change that list as well.\n\
         Log lines can name voters and staff: handle them as the marking says.\n",
        version = view.version,
        office = view.office.as_deref().unwrap_or("office not named"),
        definitions = report.definitions.version,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::fixture;

    #[test]
    fn is_accepted_by_sha256sum() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out");
        let mut report = fixture::rich();
        report.cases[0].id = "../../evil id".to_owned();
        let cases: Vec<&Case> = report.cases.iter().take(2).collect();
        let mut folder = Folder::create(&path, &cases, &report, &fixture::view(), MARKING).unwrap();
        let line = Line { file: "a\"b.log", offset: 7, time: fixture::start(), bytes: b"x \xff y" };
        folder.add(&report.cases[0].id, line).unwrap();
        folder.add(&report.cases[0].id, Line { offset: 12, ..line }).unwrap();
        folder.add("unknown", line).unwrap();
        assert_eq!(folder.finish().unwrap(), Written { cases: 2, lines: 2 });
        let case = path.join("case-______evil_id");
        assert_eq!(fs::read(case.join("records.log")).unwrap(), b"x \xff y\nx \xff y\n");
        let manifest = fs::read_to_string(case.join("manifest.json")).unwrap();
        let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
        assert_eq!(manifest["marking"], "TLP:AMBER");
        assert_eq!(manifest["lines"][1]["offset"], 12);
        assert_eq!(manifest["lines"][0]["sha256"], sha256(b"x \xff y"));
        assert!(Folder::create(&path, &[], &report, &fixture::view(), MARKING).is_err());
        let check = || {
            std::process::Command::new("sha256sum")
                .args(["-c", "--strict", "--quiet", "SHA256SUMS"])
                .current_dir(&path)
                .output()
        };
        match check() {
            Ok(output) => assert!(output.status.success()),
            Err(_) => return println!("skipped: no sha256sum on this machine"),
        }
        fs::write(case.join("records.log"), "changed").unwrap();
        assert!(!check().unwrap().status.success(), "a changed file is found");
    }

    #[test]
    fn hashes() {
        // FIPS 180-2, appendix B.1.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256(b"abc"), expected);
    }
}
