//! Which files a command means.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use ward_kernel::Time;
use ward_records::Format;

use crate::Problem;

/// One file or stream to read.
#[derive(Clone, Debug)]
pub struct Input {
    /// Where it is; `-` for standard input.
    pub path: PathBuf,
    /// How reports name it, each input by another name: the path as given, what is not Unicode
    /// replaced, and " (2)" and so on added where two would be alike.
    pub name: String,
    /// Bytes on disk; 0 when unknown (streams).
    pub size: u64,
    /// When it was last written; `None` for streams.
    pub modified: Option<Time>,
    /// The format that the settings say it has; `None` recognises it by content.
    pub format: Option<Format>,
}

impl Input {
    /// Whether this is standard input, which can be read only once.
    #[must_use]
    pub fn is_stdin(&self) -> bool {
        self.path.as_os_str() == "-"
    }

    /// Whether its bytes can be sought in and read again.
    #[must_use]
    pub fn is_regular(&self) -> bool {
        !self.is_stdin() && self.path.is_file()
    }
}

/// What a command means.
#[derive(Clone, Debug, Default)]
pub struct Walked {
    /// What to read.
    pub inputs: Vec<Input>,
    /// What cannot be found or opened.
    pub problems: Vec<Problem>,
    /// Links inside a folder that lead out of it, by name: they are passed over.
    pub led_out: Vec<String>,
}

/// Finds the inputs: files as given, folders walked in sorted order, `-` as standard input.
///
/// Inside a folder, hidden files, what is plainly no log (`README*`, `*.md`, `*.sh`, `*.py`,
/// `*.toml`, `*.html`), folders named `lab`, and everything that is no regular file are passed
/// over; a file that is named itself is always read. A link that is named is followed; one inside
/// a folder only to what lies in that folder as well: whoever may write logs could otherwise have
/// any file of the machine quoted on the page. A file that is reached twice, by links or by being
/// named twice, is read once. What cannot be found or opened is a problem.
#[must_use]
pub fn walk(paths: &[PathBuf]) -> Walked {
    let mut walk = Walk::default();
    for path in paths {
        if path.as_os_str() == "-" {
            if walk.seen.insert(path.clone()) {
                walk.found.inputs.push(stdin());
            }
        } else {
            walk.visit(path, None);
        }
    }
    make_unique(&mut walk.found.inputs);
    walk.found
}

/// Gives inputs that look alike different names: lines are quoted and hashed by name.
fn make_unique(inputs: &mut [Input]) {
    let mut taken: BTreeSet<String> = inputs.iter().map(|input| input.name.clone()).collect();
    if taken.len() == inputs.len() {
        return;
    }
    let mut met: BTreeMap<String, u64> = BTreeMap::new();
    for input in inputs {
        let count = met.entry(input.name.clone()).or_insert(0);
        *count = count.saturating_add(1);
        while *count > 1 {
            let name = format!("{} ({count})", input.name);
            if taken.insert(name.clone()) {
                input.name = name;
                break;
            }
            *count = count.saturating_add(1);
        }
    }
}

#[derive(Default)]
struct Walk {
    found: Walked,
    /// What was visited, by its real path: links that lead in a circle end here.
    seen: BTreeSet<PathBuf>,
}

impl Walk {
    /// Takes what is at a path; `within` is the real path of the named folder that it was met in,
    /// `None` when it is named itself.
    fn visit(&mut self, path: &Path, within: Option<&Path>) {
        let named = within.is_none();
        let found = fs::metadata(path).and_then(|meta| Ok((meta, fs::canonicalize(path)?)));
        let (meta, real) = match found {
            Ok(found) => found,
            // A dangling link inside a folder is nothing that the user asked for.
            Err(_) if !named => return,
            Err(err) => return self.problem(path, &format!("cannot be opened: {err}")),
        };
        if within.is_some_and(|root| !real.starts_with(root)) {
            return self.found.led_out.push(path.to_string_lossy().into_owned());
        }
        if !self.seen.insert(real.clone()) {
            return;
        }
        if meta.is_dir() {
            self.folder(path, within.unwrap_or(&real));
        } else if meta.is_file() || named {
            self.found.inputs.push(Input {
                path: path.to_owned(),
                name: path.to_string_lossy().into_owned(),
                size: meta.len(),
                modified: meta.is_file().then(|| modified(&meta)).flatten(),
                format: None,
            });
        }
    }

    fn folder(&mut self, path: &Path, root: &Path) {
        let entries = match fs::read_dir(path) {
            Ok(entries) => entries,
            Err(err) => {
                return self.problem(path, &format!("the folder cannot be opened: {err}"));
            }
        };
        let mut inside: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        inside.sort();
        for path in inside.iter().filter(|path| !passed_over(path)) {
            self.visit(path, Some(root));
        }
    }

    fn problem(&mut self, path: &Path, what: &str) {
        self.found
            .problems
            .push(Problem { place: path.to_string_lossy().into_owned(), what: what.to_owned() });
    }
}

fn stdin() -> Input {
    Input {
        path: PathBuf::from("-"),
        name: "standard input".to_owned(),
        size: 0,
        modified: None,
        format: None,
    }
}

fn modified(meta: &fs::Metadata) -> Option<Time> {
    let since = meta.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_micros()).ok().map(Time::from_micros)
}

/// Whether something in a walked folder is plainly no log.
fn passed_over(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    name.starts_with('.')
        || name.starts_with("README")
        || (name == "lab" && path.is_dir())
        || matches!(ending.as_str(), "md" | "sh" | "py" | "toml" | "html")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(root: &Path, inputs: &[Input]) -> Vec<String> {
        let strip = |input: &Input| input.path.strip_prefix(root).unwrap().display().to_string();
        inputs.iter().map(strip).collect()
    }

    #[test]
    fn walks_in_order_and_passes_over() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        for folder in ["b", "lab", "b/.git"] {
            fs::create_dir(root.join(folder)).unwrap();
        }
        let files =
            ["b/z.log", "b/a.log", "a.txt", "README", "x.md", "run.sh", ".hidden", "lab/t.log"];
        for file in files.into_iter().chain(["b/.git/x", "ward.toml"]) {
            fs::write(root.join(file), "x").unwrap();
        }
        let Walked { inputs, problems, .. } = walk(&[root.to_owned()]);
        assert_eq!(names(root, &inputs), ["a.txt", "b/a.log", "b/z.log"]);
        assert!(problems.is_empty());
        assert!(inputs.iter().all(|input| input.size == 1 && input.modified.is_some()));
        let Walked { inputs, .. } =
            walk(&[root.join("README"), root.join("lab"), "-".into(), "-".into()]);
        assert_eq!(inputs.len(), 3, "what is named is read; standard input once");
    }

    #[cfg(unix)]
    #[test]
    fn links_in_a_circle_end() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        fs::create_dir(root.join("a")).unwrap();
        fs::write(root.join("a/x.log"), "x").unwrap();
        std::os::unix::fs::symlink(root, root.join("a/up")).unwrap();
        std::os::unix::fs::symlink(root.join("a/x.log"), root.join("again.log")).unwrap();
        std::os::unix::fs::symlink(root.join("gone"), root.join("dangling")).unwrap();
        let Walked { inputs, problems, led_out } = walk(&[root.to_owned(), root.join("nothing")]);
        assert!(led_out.is_empty());
        assert_eq!(names(root, &inputs), ["a/x.log"]);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].what.contains("cannot be opened"), "{problems:?}");
    }

    #[cfg(unix)]
    #[test]
    fn links_that_lead_out_are_passed_over() {
        use std::os::unix::fs::symlink;

        let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let root = dir.path();
        fs::create_dir(root.join("a")).unwrap();
        fs::create_dir(other.path().join("logs")).unwrap();
        for file in [root.join("z.log"), other.path().join("secret"), other.path().join("logs/x")] {
            fs::write(file, "x").unwrap();
        }
        symlink(other.path().join("secret"), root.join("a/file")).unwrap();
        symlink(other.path().join("logs"), root.join("a/folder")).unwrap();
        symlink(root.join("z.log"), root.join("a/inside")).unwrap();
        let walked = walk(&[root.to_owned()]);
        assert_eq!(names(root, &walked.inputs), ["a/inside"], "z.log, by its first name");
        assert!(walked.problems.is_empty());
        let passed = [root.join("a/file"), root.join("a/folder")];
        assert_eq!(walked.led_out, passed.map(|path| path.display().to_string()));
        // Within the second folder that was named it is no way out: only the folder of the walk
        // counts.
        let walked = walk(&[root.join("a"), other.path().to_owned()]);
        assert_eq!((walked.inputs.len(), walked.led_out.len()), (2, 3));
        let walked = walk(&[root.join("a/file"), root.join("a/folder")]);
        assert_eq!(names(root, &walked.inputs), ["a/file", "a/folder/x"], "named, so followed");
        assert!(walked.led_out.is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn names_that_look_alike_are_told_apart() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt as _;

        let dir = tempfile::tempdir().unwrap();
        let mark = "\u{fffd}";
        for name in [&b"a\xfe"[..], b"a\xff", b"b", format!("a{mark} (2)").as_bytes()] {
            fs::write(dir.path().join(OsStr::from_bytes(name)), "x").unwrap();
        }
        let walked = walk(&[dir.path().to_owned()]);
        let prefix = format!("{}/", dir.path().display());
        let names: Vec<&str> =
            walked.inputs.iter().map(|input| input.name.strip_prefix(&prefix).unwrap()).collect();
        let [two, one, three] =
            [format!("a{mark} (2)"), format!("a{mark}"), format!("a{mark} (3)")];
        assert_eq!(names, [&two, &one, &three, "b"]);
    }
}
