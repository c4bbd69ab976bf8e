//! A limit for tests that a fault could make hang.

use std::io::{self, Write as _};
use std::process;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

/// A limit that is far longer than any test takes on a slow machine.
const LIMIT: Duration = Duration::from_secs(150);

/// The limit, which ends when dropped.
#[must_use = "the limit is for as long as this lives"]
pub struct TimeLimit {
    _running: Sender<()>,
}

/// Aborts the process if the test is still running after the limit. A timer in the
/// test's own runtime could not: a poll that never returns or a paused clock would
/// stop it too.
pub fn time_limit() -> TimeLimit {
    let (running, ended) = channel::<()>();
    let test = thread::current().name().unwrap_or("a test").to_owned();
    thread::spawn(move || {
        if ended.recv_timeout(LIMIT) == Err(RecvTimeoutError::Timeout) {
            // Not with a macro, whose output libtest captures.
            let _ = writeln!(io::stderr(), "{test} takes more than {LIMIT:?}");
            process::abort();
        }
    });
    TimeLimit { _running: running }
}
