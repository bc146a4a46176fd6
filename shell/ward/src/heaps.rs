//! How many heaps a process may have that runs for days.
//!
//! The GNU C library gives threads heaps of their own, up to eight for each processor, and what one
//! thread frees the others do not use: a desk that takes in 20,000 records a second grows to nearly
//! twice what it needs, over hours (docs/benchmarks.md has the figures). Two are enough. The library
//! reads the number when a process starts, so the process is begun again in its own place, once.

use std::env;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

/// The library's setting (mallopt(3)); whoever has set it is left alone.
const SETTING: &str = "MALLOC_ARENA_MAX";
const FEW: &str = "2";

/// Begins this process again with few heaps, where that is of use and nobody has decided it.
pub(crate) fn few() {
    if !cfg!(target_env = "gnu") || env::var_os(SETTING).is_some() {
        return;
    }
    let Ok(program) = env::current_exe() else { return };
    let mut command = Command::new(program);
    let mut args = env::args_os();
    if let Some(name) = args.next() {
        command.arg0(name);
    }
    // It comes back only when it did not work; then this process goes on as it is.
    let _ = command.args(args).env(SETTING, FEW).exec();
}
