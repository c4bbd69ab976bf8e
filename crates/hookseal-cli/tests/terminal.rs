//! Tests sessions on a terminal, which the program `script` provides and records.
#![cfg(target_os = "linux")]

mod common;

use std::fs;
use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use common::{PAMINGA, has, hookseal, time_limit};

/// A session with the words of one command.
struct Session {
    child: Child,
    shown: String,
}

impl Session {
    fn start(words: &str, variables: &[(&str, &str)]) -> Self {
        let program = env!("CARGO_BIN_EXE_hookseal");
        // Uses the directory and the variables of the usual command.
        let usual = hookseal("");
        let mut command = Command::new("script");
        command
            .args(["--quiet", "--return", "--command"])
            .arg(format!("'{program}' {words}"))
            .arg("/dev/null")
            .current_dir(usual.get_current_dir().unwrap())
            .env_remove("HOOKSEAL_SECRET")
            .env_remove("NO_COLOR")
            .env("TERM", "xterm")
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        Self {
            child: command.spawn().unwrap(),
            shown: String::new(),
        }
    }

    /// Reads until this text is shown.
    fn wait_for(&mut self, text: &str) {
        let mut byte = [0];
        let output = self.child.stdout.as_mut().unwrap();
        while !self.shown.contains(text) {
            assert_eq!(output.read(&mut byte).unwrap(), 1, "{:?}", self.shown);
            self.shown.push(char::from(byte[0]));
        }
    }

    /// Waits until the terminal stops echoing, shortly after the prompt.
    fn wait_until_silent(&self) {
        let script = self.child.id();
        loop {
            let children = format!("/proc/{script}/task/{script}/children");
            let children = fs::read_to_string(children).unwrap();
            let inner = children.split_whitespace().next().unwrap();
            let terminal = fs::read_link(format!("/proc/{inner}/fd/0")).unwrap();
            let settings = Command::new("stty")
                .arg("-aF")
                .arg(terminal)
                .output()
                .unwrap();
            if String::from_utf8_lossy(&settings.stdout).contains(" -echo ") {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn type_line(&mut self, text: &str) {
        let input = self.child.stdin.as_mut().unwrap();
        writeln!(input, "{text}").unwrap();
    }

    /// Returns all that was shown, and the exit status.
    fn end(mut self) -> (String, Option<i32>) {
        let mut rest = Vec::new();
        self.child
            .stdout
            .take()
            .unwrap()
            .read_to_end(&mut rest)
            .unwrap();
        self.shown += &String::from_utf8_lossy(&rest);
        (self.shown, self.child.wait().unwrap().code())
    }
}

#[test]
fn the_prompt_shows_nothing_of_the_secret() {
    let _limit = time_limit();
    if !has("script") {
        return;
    }
    let mut session = Session::start("verify --scheme paminga paminga.http", &[]);
    session.wait_for("Secret (it is not shown): ");
    session.wait_until_silent();
    session.type_line(PAMINGA);
    let (shown, status) = session.end();
    assert_eq!(status, Some(0), "{shown:?}");
    assert!(!shown.contains(PAMINGA), "{shown:?}");
    assert!(shown.contains("\u{1b}[32mverified\u{1b}[0m"), "{shown:?}");
}

#[test]
fn colours_are_shown_on_a_terminal_unless_they_are_refused() {
    let _limit = time_limit();
    if !has("script") {
        return;
    }
    let words = "verify --scheme paminga paminga.http paminga-tampered.http";
    let secret = ("HOOKSEAL_SECRET", PAMINGA);
    let (shown, status) = Session::start(words, &[secret]).end();
    assert_eq!(status, Some(1), "{shown:?}");
    assert!(
        shown.contains("\u{1b}[32mverified\u{1b}[0m  body  428 bytes"),
        "{shown:?}"
    );
    assert!(
        shown.contains("\u{1b}[31mrefused\u{1b}[0m   signature does not match"),
        "{shown:?}"
    );
    for refusal in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let (shown, _) = Session::start(words, &[secret, refusal]).end();
        assert!(!shown.contains('\u{1b}'), "{shown:?}");
        assert!(shown.contains("verified  body  428 bytes"), "{shown:?}");
    }
    // An empty secret is refused.
    let (shown, _) = Session::start(words, &[secret, ("NO_COLOR", "")]).end();
    assert!(shown.contains('\u{1b}'), "{shown:?}");
    let (shown, _) = Session::start(&format!("{words} --json"), &[secret]).end();
    assert!(!shown.contains('\u{1b}'), "{shown:?}");
    let (shown, _) = Session::start(&format!("{words} | cat"), &[secret]).end();
    assert!(!shown.contains('\u{1b}'), "{shown:?}");
}

/// If standard input is not a terminal, there is no prompt.
#[test]
fn without_a_terminal_there_is_no_prompt() {
    let run = common::Run::of(hookseal("verify --scheme paminga paminga.http"), "");
    run.is(2, "", "no secret: name a variable with --secret-env");
    if has("script") {
        let words = "verify --scheme paminga paminga.http < /dev/null";
        let (shown, status) = Session::start(words, &[]).end();
        assert_eq!(status, Some(2), "{shown:?}");
        assert!(shown.contains("no secret: "), "{shown:?}");
    }
}

/// Progress is shown on a terminal, and cleared; it is not shown elsewhere.
#[test]
fn progress_is_shown_on_a_terminal() {
    let _limit = time_limit();
    if !has("script") {
        return;
    }
    // A port that was free a moment ago.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let words = format!("send --scheme paminga --repeat 3 http://127.0.0.1:{port}/ paminga.http");
    let secret = ("HOOKSEAL_SECRET", PAMINGA);
    let (shown, status) = Session::start(&words, &[secret]).end();
    assert_eq!(status, Some(1), "{shown:?}");
    assert!(shown.contains("\r3 of 3\r\u{1b}[K"), "{shown:?}");
    assert!(!common::run(&words, PAMINGA).stderr.contains("3 of 3"));
}
