//! The example as a process.

use std::env::{self, consts};
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use hyper_util::rt::TokioIo;

use crate::requests::{API_KEY, ENDPOINT, HUBPAY, PAKK, PAMINGA, POMELO, STANDARD};

const SETTINGS: [(&str, &str); 9] = [
    ("LISTEN", "127.0.0.1:0"),
    ("BODY_LIMIT", "65536"),
    ("PAMINGA_SECRET", PAMINGA),
    ("PAKK_SIGNING_KEY", PAKK),
    ("HUBPAY_SHARED_KEY", HUBPAY),
    ("STANDARD_WEBHOOKS_SECRET", STANDARD),
    ("POMELO_API_KEY", API_KEY),
    ("POMELO_API_SECRET", POMELO),
    ("POMELO_ENDPOINT", ENDPOINT),
];
pub const LIMIT: usize = 65536;

/// What takes longer than this hangs, on any machine.
pub const AT_LAST: Duration = Duration::from_secs(12);

/// The running example; killed when dropped.
pub struct Receiver {
    pub child: Child,
    pub address: SocketAddr,
    log: Arc<Mutex<String>>,
}

impl Receiver {
    /// With all schemes, and with these settings beside or in place of theirs.
    pub fn start(settings: &[(&str, &str)]) -> Self {
        Self::start_with(&[&SETTINGS, settings].concat())
    }

    pub fn start_with(settings: &[(&str, &str)]) -> Self {
        let mut child = Command::new(example())
            .env_clear()
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let written = Arc::clone(&log);
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                *written.lock().unwrap() += &(line + "\n");
            }
        });
        let mut first = String::new();
        let mut printed = BufReader::new(child.stdout.take().unwrap());
        printed.read_line(&mut first).unwrap();
        let address = first.trim_end().strip_prefix("listening on ");
        let address = address.unwrap_or_else(|| panic!("{}", log.lock().unwrap()));
        Self {
            address: address.parse().unwrap(),
            child,
            log,
        }
    }

    pub async fn connect(&self) -> TokioIo<tokio::net::TcpStream> {
        let stream = tokio::net::TcpStream::connect(self.address).await;
        TokioIo::new(stream.unwrap())
    }

    /// The log comes to hold this text so often.
    #[track_caller]
    pub fn logs(&self, text: &str, times: usize) {
        eventually(text, || {
            let found = self.log.lock().unwrap().matches(text).count();
            (found == times).then_some(())
        });
    }

    pub fn signal(&self, name: &str) {
        // `kill` is built into every shell; the program need not be there.
        let command = format!("kill -{name} {}", self.child.id());
        let status = Command::new("sh").args(["-c", &command]).status();
        assert!(status.unwrap().success());
    }

    #[track_caller]
    pub fn exit(&mut self) -> ExitStatus {
        eventually("end", || self.child.try_wait().unwrap())
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[track_caller]
pub fn eventually<T>(what: &str, mut happens: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(happened) = happens() {
            return happened;
        }
        assert!(begun.elapsed() < AT_LAST, "waited for: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// `cargo test` builds the examples beside the tests.
pub fn example() -> PathBuf {
    let test = env::current_exe().unwrap();
    let profile = test.parent().and_then(Path::parent).unwrap();
    let name = format!("receiver{}", consts::EXE_SUFFIX);
    let example = profile.join("examples").join(name);
    assert!(
        example.exists(),
        "build it first: cargo build --example receiver"
    );
    example
}
