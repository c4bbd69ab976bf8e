//! Runs the example as a process.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use hyper_util::rt::TokioIo;

use crate::requests::{API_KEY, AUTHORIZATIONS, ENDPOINT, HUBPAY, PAKK, PAMINGA, POMELO, STANDARD};
use crate::time_limit::{TimeLimit, time_limit};

const SETTINGS: [(&str, &str); 10] = [
    ("LISTEN", "127.0.0.1:0"),
    ("BODY_LIMIT", "65536"),
    ("PAMINGA_SECRET", PAMINGA),
    ("PAKK_SECRET", PAKK),
    ("HUBPAY_SECRET", HUBPAY),
    ("STANDARD_WEBHOOKS_SECRET", STANDARD),
    ("POMELO_KEY_ID", API_KEY),
    ("POMELO_SECRET", POMELO),
    ("POMELO_ENDPOINT", ENDPOINT),
    ("POMELO_ENDPOINT_2", AUTHORIZATIONS),
];
pub const LIMIT: usize = 65536;

/// The timeout: anything that takes longer hangs, on any machine.
pub const AT_LAST: Duration = Duration::from_secs(60);

/// The example as a process, killed when dropped.
pub struct Process(Child);

impl Process {
    pub fn start<N: AsRef<OsStr>, V: AsRef<OsStr>>(
        settings: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_receiver"));
        command.env_clear().envs(settings);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(command.spawn().unwrap())
    }

    pub fn is_running(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }

    #[track_caller]
    pub fn exit(&mut self) -> ExitStatus {
        eventually("end", || self.0.try_wait().unwrap())
    }

    /// Returns the standard output and error of the process, once it has ended.
    pub fn output(&mut self) -> (String, String) {
        let mut texts = (String::new(), String::new());
        let (out, err) = (self.0.stdout.take(), self.0.stderr.take());
        out.unwrap().read_to_string(&mut texts.0).unwrap();
        err.unwrap().read_to_string(&mut texts.1).unwrap();
        texts
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The example, listening.
pub struct Receiver {
    _limit: TimeLimit,
    pub process: Process,
    pub address: SocketAddr,
    log: Arc<Mutex<String>>,
}

impl Receiver {
    /// Starts the example with all schemes, and with these settings in addition to or
    /// in place of theirs.
    pub fn start(settings: &[(&str, &str)]) -> Self {
        Self::start_with(&[&SETTINGS, settings].concat())
    }

    pub fn start_with(settings: &[(&str, &str)]) -> Self {
        let limit = time_limit();
        let mut process = Process::start(settings.iter().copied());
        let log = Arc::new(Mutex::new(String::new()));
        let lines = BufReader::new(process.0.stderr.take().unwrap()).lines();
        let written = Arc::clone(&log);
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                *written.lock().unwrap() += &(line + "\n");
            }
        });
        let mut first = String::new();
        let mut printed = BufReader::new(process.0.stdout.take().unwrap());
        printed.read_line(&mut first).unwrap();
        let address = first.trim_end().strip_prefix("listening on ");
        let address = address.unwrap_or_else(|| panic!("{}", log.lock().unwrap()));
        Self {
            _limit: limit,
            address: address.parse().unwrap(),
            process,
            log,
        }
    }

    pub async fn connect(&self) -> TokioIo<tokio::net::TcpStream> {
        let stream = tokio::net::TcpStream::connect(self.address).await;
        TokioIo::new(stream.unwrap())
    }

    /// Waits until the log contains this text this many times, or fails.
    #[track_caller]
    pub fn logs(&self, text: &str, times: usize) {
        eventually(text, || {
            let found = self.log.lock().unwrap().matches(text).count();
            (found == times).then_some(())
        });
    }

    pub fn signal(&self, name: &str) {
        // `kill` is built into every shell; the program may not be installed.
        let command = format!("kill -{name} {}", self.process.0.id());
        let status = Command::new("sh").args(["-c", &command]).status();
        assert!(status.unwrap().success());
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
