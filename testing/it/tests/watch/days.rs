//! Generated days of a few thousand lines, and ways to lay the same lines out differently.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use ward_lab::day::{Kind, MIN_LINES, Order};

/// One file of a day: its name and its bytes.
pub(crate) type File = (String, Vec<u8>);

/// One mixed day: a file of every kind.
pub(crate) fn mixed() -> &'static [File] {
    static DAY: OnceLock<Vec<File>> = OnceLock::new();
    DAY.get_or_init(|| {
        Kind::ALL
            .into_iter()
            .map(|kind| {
                let order = Order::new(kind, MIN_LINES, 11).expect("an order");
                let mut bytes = Vec::new();
                ward_lab::make::make(&order, &mut bytes).expect("a day");
                (format!("{kind}.log"), bytes)
            })
            .collect()
    })
}

/// Writes files into a folder named `day`, which gives them the names of their sensors.
pub(crate) fn lay_out(files: &[File]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir(day(&dir)).expect("a folder can be made");
    for (name, bytes) in files {
        fs::write(day(&dir).join(name), bytes).expect("a file can be written");
    }
    dir
}

/// The folder that [`lay_out`] filled.
pub(crate) fn day(dir: &tempfile::TempDir) -> std::path::PathBuf {
    Path::new(dir.path()).join("day")
}

/// A file taken apart: its lines, and what Zeek writes before and after them.
pub(crate) struct Parts<'a> {
    head: Vec<&'a [u8]>,
    pub(crate) lines: Vec<&'a [u8]>,
    foot: Vec<&'a [u8]>,
}

impl<'a> Parts<'a> {
    /// Takes a file apart.
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
        let is_meta = |line: &&&[u8]| line.starts_with(b"#");
        let heads = lines.iter().take_while(is_meta).count();
        let feet = lines.iter().skip(heads).rev().take_while(is_meta).count();
        let (head, rest) = lines.split_at(heads);
        let (lines, foot) = rest.split_at(rest.len() - feet);
        Self { head: head.to_vec(), lines: lines.to_vec(), foot: foot.to_vec() }
    }

    /// A whole file of these lines.
    pub(crate) fn file(&self, lines: &[&[u8]]) -> Vec<u8> {
        [self.head.concat(), lines.concat(), self.foot.concat()].concat()
    }
}

/// A small generator (`SplitMix64`, Steele and others 2014): the same tests on every machine.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % bound.max(1) as u64).expect("below a usize")
    }

    /// Puts a slice into any order (Fisher and Yates).
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}
