//! Which files a command means.

use std::collections::BTreeSet;
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
    /// How reports name it: the path as given, what is not Unicode replaced.
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

/// Finds the inputs: files as given, folders walked in sorted order, `-` as standard input.
///
/// Inside a folder, hidden files, what is plainly no log (`README*`, `*.md`, `*.sh`, `*.py`,
/// `*.toml`, `*.html`), folders named `lab`, and everything that is no regular file are passed
/// over; a file that is named itself is always read. A file that is reached twice, by links or by
/// being named twice, is read once. What cannot be found or opened is a problem.
#[must_use]
pub fn walk(paths: &[PathBuf]) -> (Vec<Input>, Vec<Problem>) {
    let mut walk = Walk::default();
    for path in paths {
        if path.as_os_str() == "-" {
            if walk.seen.insert(path.clone()) {
                walk.inputs.push(stdin());
            }
        } else {
            walk.visit(path, true);
        }
    }
    (walk.inputs, walk.problems)
}

#[derive(Default)]
struct Walk {
    inputs: Vec<Input>,
    problems: Vec<Problem>,
    /// What was visited, by its real path: links that lead in a circle end here.
    seen: BTreeSet<PathBuf>,
}

impl Walk {
    fn visit(&mut self, path: &Path, named: bool) {
        let found = fs::metadata(path).and_then(|meta| Ok((meta, fs::canonicalize(path)?)));
        let (meta, real) = match found {
            Ok(found) => found,
            // A dangling link inside a folder is nothing that the user asked for.
            Err(_) if !named => return,
            Err(err) => return self.problem(path, &format!("cannot be opened: {err}")),
        };
        if !self.seen.insert(real) {
            return;
        }
        if meta.is_dir() {
            self.folder(path);
        } else if meta.is_file() || named {
            self.inputs.push(Input {
                path: path.to_owned(),
                name: path.to_string_lossy().into_owned(),
                size: meta.len(),
                modified: meta.is_file().then(|| modified(&meta)).flatten(),
                format: None,
            });
        }
    }

    fn folder(&mut self, path: &Path) {
        let entries = match fs::read_dir(path) {
            Ok(entries) => entries,
            Err(err) => {
                return self.problem(path, &format!("the folder cannot be opened: {err}"));
            }
        };
        let mut inside: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        inside.sort();
        for path in inside.iter().filter(|path| !passed_over(path)) {
            self.visit(path, false);
        }
    }

    fn problem(&mut self, path: &Path, what: &str) {
        self.problems
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
        let (inputs, problems) = walk(&[root.to_owned()]);
        assert_eq!(names(root, &inputs), ["a.txt", "b/a.log", "b/z.log"]);
        assert!(problems.is_empty());
        assert!(inputs.iter().all(|input| input.size == 1 && input.modified.is_some()));
        let (inputs, _) = walk(&[root.join("README"), root.join("lab"), "-".into(), "-".into()]);
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
        let (inputs, problems) = walk(&[root.to_owned(), root.join("nothing")]);
        assert_eq!(names(root, &inputs), ["a/x.log"]);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].what.contains("cannot be opened"), "{problems:?}");
    }
}
