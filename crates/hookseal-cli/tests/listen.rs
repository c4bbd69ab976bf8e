//! Tests `hookseal listen` with curl and over bare sockets.

mod common;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use common::{PAKK, PAMINGA, Run, capture, file, folder, has, hookseal, text};

/// A running receiver, stopped when dropped.
struct Listener {
    child: Child,
    port: u16,
    lines: Receiver<String>,
    secret: String,
    _limit: common::Limit,
}

impl Listener {
    fn start(words: &str, secret: &str) -> Self {
        Self::start_with(hookseal(&format!("listen --port 0 {words}")), secret)
    }

    fn start_with(mut command: Command, secret: &str) -> Self {
        if !secret.is_empty() {
            command.env("HOOKSEAL_SECRET", secret);
        }
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut errors = BufReader::new(child.stderr.take().unwrap());
        let mut first = String::new();
        errors.read_line(&mut first).unwrap();
        let port = first.trim().rsplit(':').next().unwrap().parse();
        let port = port.unwrap_or_else(|_| panic!("{first:?}"));
        let (send, lines) = channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        for mut reader in [
            Box::new(output) as Box<dyn std::io::BufRead + Send>,
            Box::new(errors),
        ] {
            let send = send.clone();
            thread::spawn(move || {
                let mut line = String::new();
                while reader.read_line(&mut line).unwrap_or(0) > 0 {
                    let _ = send.send(std::mem::take(&mut line));
                }
            });
        }
        Self {
            child,
            port,
            lines,
            secret: secret.into(),
            _limit: common::time_limit(),
        }
    }

    fn url(&self, target: &str) -> String {
        format!("http://127.0.0.1:{}{target}", self.port)
    }

    /// Returns the next line, of either output.
    #[track_caller]
    fn line(&self) -> String {
        let line = self.lines.recv_timeout(Duration::from_secs(20)).unwrap();
        assert!(
            self.secret.is_empty() || !line.contains(&self.secret),
            "{line}"
        );
        assert!(
            !line.contains('\u{1b}') && !line.contains("panicked"),
            "{line}"
        );
        line
    }

    /// Returns the next line with this text.
    #[track_caller]
    fn line_with(&self, text: &str) -> String {
        let mut seen = String::new();
        loop {
            let line = self.line();
            if line.contains(text) {
                return line;
            }
            seen += &line;
            assert!(seen.len() < 100_000, "{text}: {seen}");
        }
    }

    /// Sends bytes, and returns the answer.
    fn exchange(&self, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        // It may refuse before it has read everything.
        let _ = stream.write_all(request);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    #[track_caller]
    fn status(&self, request: impl AsRef<[u8]>) -> String {
        let answer = self.exchange(request.as_ref());
        let status = answer.strip_prefix("HTTP/1.1 ");
        status.unwrap_or_else(|| panic!("{answer:?}"))[..3].to_owned()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns curl's output: the status, and the body before it.
fn curl(words: &[&str]) -> String {
    let output = Command::new("curl")
        .args([
            "--silent",
            "--show-error",
            "--noproxy",
            "*",
            "--write-out",
            "%{http_code}",
        ])
        .args(words)
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn captured_requests_get_their_verdict_and_are_saved_as_they_came() {
    let saved = folder("listen/saved");
    let mut command = hookseal("listen --port 0 --scheme paminga --save");
    command.arg(&saved);
    let listener = Listener::start_with(command, PAMINGA);
    let genuine = fs::read(capture("paminga.http")).unwrap();
    assert_eq!(listener.status(&genuine), "204");
    let line = listener.line();
    assert!(line.contains("  POST /"), "{line}");
    assert!(
        line.contains("  428 bytes  paminga  verified  body  428 bytes  -> 204\n"),
        "{line}"
    );
    listener.line_with("saved: ");
    assert_eq!(
        listener.status(fs::read(capture("paminga-tampered.http")).unwrap()),
        "401"
    );
    listener.line_with("paminga  refused  signature does not match  -> 401");
    listener.line_with("the likely causes are:");
    listener.line_with("saved: ");
    let mut files: Vec<_> = fs::read_dir(&saved)
        .unwrap()
        .map(|it| it.unwrap().path())
        .collect();
    files.sort();
    assert_eq!(fs::read(&files[0]).unwrap(), genuine);
    let mut command = hookseal("verify --scheme paminga");
    command.args(&files).env("HOOKSEAL_SECRET", PAMINGA);
    Run::of(command, PAMINGA).is(1, "1 verified, 1 refused", "");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(
            fs::metadata(&files[0]).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}

#[test]
fn curl_sends_whole_and_chunked_bodies() {
    if !has("curl") {
        return;
    }
    let listener = Listener::start("--scheme paminga --json", PAMINGA);
    let content = text("paminga.http");
    let (_, body) = content.split_once("\r\n\r\n").unwrap();
    let data = format!("@{}", file("listen/body", body).display());
    let mac = content
        .lines()
        .find_map(|line| line.strip_prefix("X-Paminga-Signature: "))
        .unwrap();
    let signature = format!("X-Paminga-Signature: {mac}");
    let url = listener.url("/a?b");
    for more in [
        &[][..],
        &["--header", "Transfer-Encoding: chunked"],
        &["--header", "Expect: 100-continue"],
    ] {
        let mut words = vec!["--header", &*signature, "--data-binary", &*data, &*url];
        words.extend(more);
        assert_eq!(curl(&words), "204");
        let line: serde_json::Value = serde_json::from_str(&listener.line()).unwrap();
        assert_eq!(line["verified"], true);
        assert_eq!(line["target"], "/a?b");
        assert_eq!(line["coverage"]["body_length"], 428);
    }
    assert_eq!(curl(&["--data-binary", "x", &url]), "401");
    let line: serde_json::Value = serde_json::from_str(&listener.line()).unwrap();
    assert_eq!(line["reason"], "missing-header");
    assert_eq!(line["likely"][0]["name"], "header-missing");
}

#[test]
fn without_a_scheme_it_says_what_a_request_looks_like() {
    let pakk = fs::read(capture("pakk.http")).unwrap();
    let listener = Listener::start("", PAKK);
    assert_eq!(listener.status(&pakk), "204");
    listener.line_with("bytes  pakk  verified  body  253 bytes  -> 204");
    assert_eq!(
        listener.status(fs::read(capture("paminga.http")).unwrap()),
        "204"
    );
    listener.line_with("bytes  looks like paminga  -> 204");
    assert_eq!(listener.status("GET / HTTP/1.1\r\n\r\n"), "204");
    listener.line_with("GET /  0 bytes  has the headers of no scheme of the catalogue");
    // Without a secret too.
    let listener = Listener::start("", "");
    assert_eq!(listener.status(&pakk), "204");
    listener.line_with("looks like pakk");
}

#[test]
fn it_answers_what_it_is_told_to() {
    let answer = file("listen/answer.json", r#"{"ok":true}"#);
    let mut command = hookseal("listen --port 0 --scheme paminga --status 202 --answer-body");
    command.arg(&answer);
    let listener = Listener::start_with(command, PAMINGA);
    let answer = listener.exchange(&fs::read(capture("paminga.http")).unwrap());
    assert_eq!(
        answer,
        "HTTP/1.1 202 Accepted\r\ncontent-type: application/json\r\ncontent-length: 11\r\n\
         connection: close\r\n\r\n{\"ok\":true}"
    );
    assert_eq!(listener.status("POST / HTTP/1.1\r\n\r\n"), "202");
    let head = listener.exchange(b"HEAD / HTTP/1.1\r\n\r\n");
    assert!(head.ends_with("connection: close\r\n\r\n"), "{head}");
}

#[test]
fn verified_requests_are_forwarded_and_answers_passed_back() {
    let answer = file("listen/service.json", r#"{"service":1}"#);
    let mut command = hookseal("listen --port 0 --json --status 207 --answer-body");
    command.arg(&answer);
    let service = Listener::start_with(command, "");
    let words = format!("--scheme paminga --forward {}/", service.url("/base"));
    let listener = Listener::start(&words, PAMINGA);
    let answer = listener.exchange(&fs::read(capture("paminga.http")).unwrap());
    assert!(answer.starts_with("HTTP/1.1 207 "), "{answer}");
    assert!(answer.ends_with(r#"{"service":1}"#), "{answer}");
    let line: serde_json::Value = serde_json::from_str(&service.line()).unwrap();
    // The signed parts arrived unchanged: the service could verify them too.
    assert_eq!(line["looks_like"], serde_json::json!(["paminga"]));
    assert_eq!(line["body_length"], 428);
    assert!(
        line["target"].as_str().unwrap().starts_with("/base/"),
        "{line}"
    );
    // A refused one is not passed on.
    assert_eq!(listener.status("POST / HTTP/1.1\r\n\r\n"), "401");
    assert!(
        service
            .lines
            .recv_timeout(Duration::from_millis(300))
            .is_err()
    );
    let listener = Listener::start(&format!("{words} --forward-refused"), PAMINGA);
    assert_eq!(listener.status("POST / HTTP/1.1\r\n\r\n"), "207");
    drop(service);
    assert_eq!(listener.status("POST / HTTP/1.1\r\n\r\n"), "502");
    listener.line_with("not forwarded, answered 502: ");
}

#[test]
fn handshakes_are_answered() {
    let mut command =
        hookseal("listen --port 0 --scheme meta --answer-handshakes --verify-token-env TOKEN");
    command.env("TOKEN", "chosen-by-the-receiver");
    let listener = Listener::start_with(command, "an app's secret");
    let ask = |token: &str| {
        let target =
            format!("/?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={token}");
        listener.exchange(format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n").as_bytes())
    };
    let answer = ask("chosen-by-the-receiver");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n1158201444"), "{answer}");
    listener.line_with("meta  handshake, answered  -> 200");
    assert!(ask("another").starts_with("HTTP/1.1 401 "));
    // The right token is a secret, and a wrong one may be a secret too.
    let line = listener.line_with("refused");
    assert!(line.contains("hub.verify_token=…"), "{line}");

    let saved = folder("listen/handshake").join("secret");
    let mut command = hookseal("listen --port 0 --scheme asana --answer-handshakes --save-secret");
    command.arg(&saved);
    let listener = Listener::start_with(command, "");
    let request = b"POST / HTTP/1.1\r\nX-Hook-Secret: b537207f20cbfa02357cf448134da559e8bd39d61597dcd5631b8012eae53e81\r\n\r\n";
    let answer = listener.exchange(request);
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(
        answer
            .to_ascii_lowercase()
            .contains("\r\nx-hook-secret: b537207f"),
        "{answer}"
    );
    assert!(
        !listener
            .line_with("handshake, answered")
            .contains("b537207f")
    );
    let secret = fs::read_to_string(&saved).unwrap();
    assert_eq!(
        secret,
        "b537207f20cbfa02357cf448134da559e8bd39d61597dcd5631b8012eae53e81"
    );
    // Nobody replaces it.
    assert!(listener.exchange(request).starts_with("HTTP/1.1 401 "));

    for (words, message) in [
        (
            "--scheme paminga --answer-handshakes",
            "does not apply to paminga, whose sender sends none",
        ),
        (
            "--scheme meta --answer-handshakes",
            "meta needs --verify-token-env",
        ),
        ("--answer-handshakes", "--answer-handshakes needs --scheme"),
        (
            "--scheme paminga --verify-token-env X",
            "--answer-handshakes",
        ),
    ] {
        common::run(&format!("listen --port 0 {words}"), "an app's secret").is(2, "", message);
    }
}

#[test]
fn hostile_requests_are_refused_within_limits() {
    let listener = Listener::start("--scheme paminga --timeout 1 --max-body 1000", PAMINGA);
    let post = "POST / HTTP/1.1\r\n";
    let chunked = format!("{post}Transfer-Encoding: chunked\r\n\r\n");
    let cases: [(&str, Vec<u8>); 19] = [
        ("413", format!("{post}Content-Length: 1001\r\n\r\n").into()),
        (
            "413",
            format!("{post}Content-Length: 99999999999999\r\n\r\n").into(),
        ),
        (
            "400",
            format!("{post}Content-Length: 999999999999999999999\r\n\r\n").into(),
        ),
        ("400", format!("{post}Content-Length: +1\r\n\r\na").into()),
        (
            "400",
            format!("{post}Content-Length: 1\r\nContent-Length: 1\r\n\r\na").into(),
        ),
        (
            "400",
            format!("{post}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
                .into(),
        ),
        (
            "501",
            format!("{post}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n").into(),
        ),
        ("413", format!("{chunked}fffffffffffffff\r\n").into()),
        (
            "413",
            format!("{chunked}3e9\r\n{}", "a".repeat(1001)).into(),
        ),
        (
            "413",
            format!("{chunked}{}", "1\r\na\r\n".repeat(20_000)).into(),
        ),
        ("400", format!("{chunked}zz\r\n").into()),
        ("400", format!("{chunked}{}\r\n", "0".repeat(5000)).into()),
        ("400", format!("{chunked}1\r\nabc\r\n0\r\n\r\n").into()),
        (
            "431",
            format!("{chunked}0\r\n{}", "a: b\r\n".repeat(20_000)).into(),
        ),
        ("431", format!("{post}a: {}", "b".repeat(100_000)).into()),
        (
            "400",
            format!("{post}{}\r\n", "a: b\r\n".repeat(129)).into(),
        ),
        ("400", b"\x16\x03\x01\x02\x00\x01\x00\x01".to_vec()),
        ("400", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec()),
        ("400", b"\r\n\r\n\r\n\r\n".to_vec()),
    ];
    for (status, request) in cases {
        let start = String::from_utf8_lossy(&request[..request.len().min(80)]).into_owned();
        assert_eq!(listener.status(request), status, "{start:?}");
        listener.line_with(&format!("no request, answered {status}: "));
    }
    // The receiver does not wait for slow and silent senders.
    assert_eq!(listener.status("POST / HT"), "408");
    assert_eq!(
        listener.status(format!("{post}Content-Length: 5\r\n\r\nabc")),
        "408"
    );
    assert_eq!(listener.status(format!("{chunked}5\r\nabc")), "408");
    // A connection without a request is ignored, and the next one is served.
    drop(TcpStream::connect(("127.0.0.1", listener.port)).unwrap());
    assert_eq!(
        listener.status(fs::read(capture("paminga.http")).unwrap()),
        "204"
    );
}

/// A request's text cannot control the terminal: the target is escaped, and headers may
/// not contain control characters.
#[test]
fn what_requests_say_is_escaped() {
    let listener = Listener::start("--scheme paminga", PAMINGA);
    let request = "POST /\u{202e}\u{9b}31m HTTP/1.1\r\n\r\n";
    let _ = listener.exchange(request.as_bytes());
    let line = listener.line();
    assert!(!line.contains(['\u{202e}', '\u{9b}']), "{line}");
}

#[test]
fn many_connections_at_once_are_bounded() {
    let listener = Listener::start("--timeout 5", "");
    let idle: Vec<TcpStream> = (0..64)
        .map(|_| TcpStream::connect(("127.0.0.1", listener.port)).unwrap())
        .collect();
    // One more is refused, unless it is quicker than the ones before it.
    let answer = listener.exchange(b"POST / HTTP/1.1\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    drop(idle);
    for _ in 0..100 {
        if listener
            .exchange(b"POST / HTTP/1.1\r\n\r\n")
            .starts_with("HTTP/1.1 204 ")
        {
            return;
        }
        thread::sleep(Duration::from_millis(50));
    }
    panic!("it serves no more");
}

#[test]
fn it_ends_after_so_many_requests() {
    let mut listener = Listener::start("--count 2", "");
    assert_eq!(listener.status("POST / HTTP/1.1\r\n\r\n"), "204");
    assert_eq!(listener.status("POST / HTTP/1.1\r\n\r\n"), "204");
    assert_eq!(listener.child.wait().unwrap().code(), Some(0));
}

/// The program both sends and receives.
#[test]
fn it_receives_what_send_sends() {
    let listener = Listener::start("--scheme standard-webhooks", common::WHSEC);
    let mut command = hookseal("send --scheme standard-webhooks --repeat 20 --concurrency 5");
    command
        .arg(listener.url("/"))
        .arg(capture("pakk.http"))
        .env("HOOKSEAL_SECRET", common::WHSEC);
    Run::of(command, common::WHSEC).is(0, "20 × 204; 20 as expected", "");
    let mut command = hookseal("send --scheme standard-webhooks --wrong-signature");
    command
        .arg(listener.url("/"))
        .arg(capture("pakk.http"))
        .env("HOOKSEAL_SECRET", common::WHSEC);
    Run::of(command, common::WHSEC).is(0, "1 × 401; 1 as expected", "");
    listener.line_with("the likely causes are:");
}

#[test]
fn wrong_use_is_found_before_it_listens() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    for (words, message) in [
        (
            &*format!("--port {port}"),
            "another program uses the port: choose another with --port",
        ),
        ("--port 70000", "'--port <PORT>'"),
        ("--port 0 --address example.com", "'--address <IP>'"),
        ("--port 0 --status 99", "'--status <CODE>'"),
        (
            "--port 0 --forward a",
            "a URL begins with http:// or https://",
        ),
        (
            "--port 0 --answer-body no-such-file",
            "cannot read no-such-file",
        ),
        (
            "--port 0 --save paminga.http/x",
            "cannot create paminga.http/x",
        ),
        (
            "--port 0 --scheme standard-webhooks",
            "HOOKSEAL_SECRET: secret is not valid base64",
        ),
    ] {
        common::run(&format!("listen {words}"), PAMINGA).is(2, "", message);
    }
    assert!(!Path::new("x").exists());
}

/// Options that would be ignored, or fail at the first request, are errors at the start.
#[test]
fn options_that_cannot_do_what_they_say_stop_the_start() {
    let there = file("listen/there", "x");
    let there = there.to_str().unwrap();
    for (words, wanted) in [
        (
            "listen --tolerance 3".to_owned(),
            "--tolerance needs --scheme",
        ),
        (
            "listen --url https://example.com".to_owned(),
            "--url needs --scheme",
        ),
        (
            "listen --scheme paminga --forward http://127.0.0.1:1/a?b=c".to_owned(),
            "without a query",
        ),
        (
            format!("listen --scheme asana --answer-handshakes --save-secret {there}"),
            "name a new one",
        ),
    ] {
        common::run(&words, "a secret of a sender").is(2, "", wanted);
    }
}
