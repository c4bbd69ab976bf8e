//! Starts the program as its users do.

#![allow(dead_code, unused_imports, reason = "each test file uses some of it")]

#[path = "../../../../tests/common/time_limit.rs"]
mod time_limit;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

pub use time_limit::{TimeLimit as Limit, time_limit};

pub const PAMINGA: &str = "paminga-demo-secret";
pub const PAKK: &str = "pakk-demo-signing-key";
pub const WHSEC: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub const OTHER_WHSEC: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
pub const API_KEY: &str = "Lp0g+cwb19eEfTn1YIOydEnqPcZOg8YxHctnMe+1cQA=";
pub const API_SECRET: &str = "uC8fVXzXMyaw1PseV452i6ozQwIIa4olcSpjuvn5E4E=";
pub const HUBPAY: &str = "hubpay-demo-shared-key";

/// Returns the folder of the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub fn capture(name: &str) -> PathBuf {
    root().join("examples/requests").join(name)
}

pub fn text(name: &str) -> String {
    fs::read_to_string(capture(name)).unwrap()
}

/// Writes a file for a test, and returns its path.
pub fn file(name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    // Written atomically, since another test may be reading the same file.
    let thread = format!("{:?}", std::thread::current().id());
    let made = path.with_extension(thread.replace(['(', ')'], "-"));
    fs::write(&made, content).unwrap();
    fs::rename(made, &path).unwrap();
    path
}

/// Returns an empty folder.
pub fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

/// Creates the program's command, in the folder of the captures and without a secret. Two
/// words in capitals stand for Pomelo's usual options.
pub fn hookseal(words: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookseal"));
    command
        .current_dir(capture(""))
        .env_remove("HOOKSEAL_SECRET")
        .env_remove("NO_COLOR")
        .stdin(Stdio::null());
    for word in words.split_whitespace() {
        match word {
            "KEY_ID" => command.arg(format!("--key-id={API_KEY}")),
            "ENDPOINT" => command.args(["--endpoint", "/transactions/authorizations"]),
            word => command.arg(word),
        };
    }
    command
}

/// Runs the program with a secret.
#[track_caller]
pub fn run(words: &str, secret: &str) -> Run {
    let mut command = hookseal(words);
    command.env("HOOKSEAL_SECRET", secret);
    Run::of(command, secret)
}

#[derive(Debug)]
pub struct Run {
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// Runs a command, which must not print the secret, whatever happens.
    #[track_caller]
    pub fn of(mut command: Command, secret: &str) -> Self {
        let _limit = time_limit();
        let output = command.output().unwrap();
        Self::new(output, secret)
    }

    /// Runs a command with an input.
    #[track_caller]
    pub fn with_input(mut command: Command, input: &[u8], secret: &str) -> Self {
        let _limit = time_limit();
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // It may end before it has read everything.
        let _ = child.stdin.take().unwrap().write_all(input);
        Self::new(child.wait_with_output().unwrap(), secret)
    }

    #[track_caller]
    fn new(output: std::process::Output, secret: &str) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let run = Self {
            status: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        };
        for printed in [&run.stdout, &run.stderr] {
            assert!(!printed.contains('\u{1b}'), "colours: {run:?}");
            assert!(!printed.contains("panicked"), "{run:?}");
            assert!(secret.is_empty() || !printed.contains(secret), "{run:?}");
        }
        run
    }

    #[track_caller]
    pub fn is(&self, status: i32, stdout: &str, stderr: &str) {
        assert_eq!(self.status, Some(status), "{self:?}");
        assert!(self.stdout.contains(stdout), "{stdout:?}: {self:?}");
        assert!(self.stderr.contains(stderr), "{stderr:?}: {self:?}");
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Returns whether a program is installed. In CI it must be.
pub fn has(program: &str) -> bool {
    let found = Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok();
    if !found {
        assert!(std::env::var_os("CI").is_none(), "{program} is missing");
        // Not with a macro, whose output libtest captures.
        let _ = writeln!(std::io::stderr(), "SKIPPED: {program} is missing");
    }
    found
}
