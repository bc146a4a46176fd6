//! The recording that ships with Ward. What was planted in it is held against what was found by
//! `ward-lab recording samples`; here only that it is read without trouble.

use crate::common::{finish, list, not_understood, problems, root, ward};

#[test]
fn is_read_without_trouble() {
    let words = ["watch", "samples", "--json", "--no-progress"];
    let run = finish(ward().current_dir(root()).args(words), b"").ended(20);
    let report = run.json();
    assert_eq!(problems(&report), "");
    assert_eq!(not_understood(&report), 0);
    assert_eq!(list(&report["cannot_say"]).len(), 0);
    assert!(run.err.is_empty(), "{}", run.err);
}

#[test]
fn the_readme_s_command_needs_no_option() {
    let run = finish(ward().current_dir(root()).args(["watch", "samples"]), b"").ended(20);
    assert!(run.out.contains("SOMEONE GOT IN") && run.err.is_empty(), "{run:?}");
}
