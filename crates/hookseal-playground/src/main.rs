//! The program behind the playground's page: reads one question as JSON from standard
//! input, and writes the answer as JSON to standard output.
//!
//! Built for WASI, it is the page's WebAssembly module. The page gives it nothing but the
//! clock, random bytes and the two streams (`page/wasi.js`), and a new memory for each
//! question, so that no secret remains.

#![forbid(unsafe_code)]
#![deny(
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod answer;
mod question;

use std::io::{self, Read as _, Write as _};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut input = Vec::new();
    let answer = match io::stdin().read_to_end(&mut input) {
        Ok(_) => answer::answer(&input),
        Err(error) => answer::failed(&format!("cannot read the question: {error}")),
    };
    match io::stdout().write_all(answer.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
