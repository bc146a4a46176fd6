//! What every bench begins with: its words, its end, its addresses.

use std::process::ExitCode;

/// The browser that visitors of the sites name.
pub const AGENT: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0";

/// Reads a command line: each word with its value, a flag with none; `None` when it asks for help or
/// for a run as a test.
///
/// # Errors
/// A sentence about what cannot be read.
pub fn words(
    mut words: impl Iterator<Item = String>,
    flags: &[&str],
) -> Result<Option<Vec<(String, String)>>, String> {
    // Cargo says `--bench` to a bench; without it, somebody runs all targets as tests.
    let (mut is_bench, mut asked) = (false, Vec::new());
    while let Some(word) = words.next() {
        let value = match word.as_str() {
            "--bench" => {
                is_bench = true;
                continue;
            }
            "--help" => return Ok(None),
            _ if flags.contains(&word.as_str()) => String::new(),
            _ => words.next().ok_or_else(|| format!("{word} needs a value"))?,
        };
        asked.push((word, value));
    }
    Ok(is_bench.then_some(asked))
}

/// Runs a bench with what it was asked for: it ends with 1 when a bound does not hold.
pub fn main<O>(
    options: Result<Option<O>, String>,
    help: &str,
    run: impl AsyncFnOnce(&O) -> Result<bool, String>,
) -> ExitCode {
    let options = match options {
        Ok(Some(options)) => options,
        Ok(None) => {
            println!("{help}");
            return ExitCode::SUCCESS;
        }
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::from(2);
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime.expect("a runtime").block_on(run(&options)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("the bench could not be run: {why}");
            ExitCode::from(2)
        }
    }
}

/// An address of 240.0.0.0/4, which nobody has.
#[must_use]
pub fn address(first: u8, number: u64) -> String {
    let [.., a, b, c] = number.to_be_bytes();
    format!("{first}.{a}.{b}.{c}")
}
