//! Checks hookseal with files of test vectors: those in `tests/vectors/`, or
//! your own captures in one of the two formats used there.
//!
//! ```text
//! cargo run --example check_vectors -- tests/vectors/*.json
//! ```
//!
//! Prints each case that fails, with the expected and the actual result, and ends
//! with `N passed, N failed` (and `, N skipped` for cases that this build cannot
//! check, such as those of unknown schemes). The exit status is 0 if no case failed,
//! 1 if any did, and 2 if a file cannot be read or does not have the format.

use std::fs;
use std::process::ExitCode;

use hookseal_testing::vectors::{self, Case, NotOfTheFormat};

fn main() -> ExitCode {
    let files: Vec<_> = std::env::args_os().skip(1).collect();
    if files.is_empty() {
        eprintln!("usage: check_vectors FILE...");
        eprintln!("The format is described in tests/vectors/README.md.");
        return ExitCode::from(2);
    }
    let mut tally = Tally::default();
    for file in files {
        let name = file.to_string_lossy();
        let checked = fs::read(&file)
            .map_err(|error| error.to_string())
            .and_then(|text| vectors::read(&text).map_err(|error| error.to_string()))
            .and_then(|cases| {
                cases.iter().try_for_each(|case| {
                    tally
                        .count(case)
                        .map_err(|NotOfTheFormat(what)| format!("case {}: {what}", case.name))
                })
            });
        if let Err(error) = checked {
            eprintln!("{name}: {error}");
            return ExitCode::from(2);
        }
    }
    let Tally {
        passed,
        failed,
        skipped,
    } = tally;
    if skipped == 0 {
        println!("{passed} passed, {failed} failed");
    } else {
        println!("{passed} passed, {failed} failed, {skipped} skipped");
    }
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
    skipped: usize,
}

impl Tally {
    fn count(&mut self, case: &Case) -> Result<(), NotOfTheFormat> {
        let wanted = case.wanted()?;
        match case.judge()? {
            None => self.skipped += 1,
            Some(got) if case.agrees(&got)? => self.passed += 1,
            Some(got) => {
                self.failed += 1;
                println!("{} {}: wanted {wanted}, got {got}", case.scheme, case.name);
            }
        }
        Ok(())
    }
}
