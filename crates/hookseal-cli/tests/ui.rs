//! Tests the server of the pages over bare sockets. `tests/browser` tests the pages themselves
//! in a browser.

mod common;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::thread;
use std::time::Duration;

use common::{PAMINGA, hookseal, run, text};
use serde_json::Value;

/// A command that serves pages, stopped when dropped.
struct Served {
    child: Child,
    /// The address where requests are received.
    receiver: String,
    /// The address of the pages.
    page: String,
    token: String,
    _limit: common::Limit,
}

impl Served {
    fn start(words: &str) -> Self {
        let mut child = hookseal(words)
            .env("HOOKSEAL_SECRET", PAMINGA)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut errors = BufReader::new(child.stderr.take().unwrap());
        let mut served = Self {
            child,
            receiver: String::new(),
            page: String::new(),
            token: String::new(),
            _limit: common::time_limit(),
        };
        while served.page.is_empty() {
            let mut line = String::new();
            assert_ne!(errors.read_line(&mut line).unwrap(), 0, "it ended");
            let (what, url) = line.trim().split_once(" on http://").unwrap();
            let (address, token) = url.split_once("/#token=").unwrap_or((url, ""));
            let address = address.trim_end_matches('/').to_owned();
            match what {
                "listening" => served.receiver = address,
                _ => (served.page, served.token) = (address, token.to_owned()),
            }
        }
        // Nobody reads it otherwise.
        thread::spawn(move || errors.read_to_end(&mut Vec::new()));
        served
    }

    fn listening() -> Self {
        Self::start("listen --port 0 --ui --scheme paminga")
    }

    /// Sends a request as the page does, with further headers after the line breaks in `path`.
    fn ask(&self, method: &str, path: &str, headers: &str) -> Answer {
        let headers = headers
            .replace("OWN", &self.page)
            .replace("TOKEN", &self.token);
        exchange(
            &self.page,
            &format!("{method} {path} HTTP/1.1\r\n{headers}\r\n"),
        )
    }

    fn ask_with_token(&self, method: &str, path: &str) -> Answer {
        self.ask(
            method,
            path,
            "Host: OWN\r\nAuthorization: Bearer TOKEN\r\nContent-Length: 0\r\n",
        )
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find_map(|(own, value)| own.eq_ignore_ascii_case(name).then_some(value))
    }
}

#[track_caller]
fn exchange(address: &str, request: &str) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    // It may refuse before it has read everything.
    let _ = stream.write_all(request.as_bytes());
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let end = answer.windows(4).position(|it| it == b"\r\n\r\n");
    let end = end.unwrap_or_else(|| panic!("{:?}", String::from_utf8_lossy(&answer)));
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    Answer {
        status: head[9..12].parse().unwrap(),
        head,
        body: answer[end + 4..].to_vec(),
    }
}

/// Every path that shows a request or sends one, and one that does not exist.
const ASKED: [(&str, &str); 6] = [
    ("GET", "/api/events"),
    ("POST", "/api/search"),
    ("GET", "/api/requests/1"),
    ("GET", "/api/requests/1/raw"),
    ("POST", "/api/requests/1/send"),
    ("GET", "/api/nothing"),
];

#[test]
fn nothing_is_shown_or_sent_without_the_token() {
    let served = Served::listening();
    assert_eq!(served.token.len(), 24);
    let token = served.token.clone();
    let shorter = &token[..23];
    let wrong = [
        String::new(),
        "Authorization: Bearer \r\n".into(),
        "Authorization: Bearer 000000000000000000000000\r\n".into(),
        format!("Authorization: Bearer {shorter}\r\n"),
        format!("Authorization: Bearer {token}0\r\n"),
        format!("Authorization: Bearer {}\r\n", token.to_uppercase() + "G"),
        format!("Authorization: {token}\r\n"),
        format!("Authorization: bearer {token}\r\n"),
        format!("Authorization: Basic {token}\r\n"),
        format!("Cookie: token={token}\r\n"),
        format!("Authorization: Bearer {token}\r\nAuthorization: Bearer {token}\r\n"),
    ];
    for (method, path) in ASKED {
        for headers in &wrong {
            let answer = served.ask(method, path, &format!("Host: OWN\r\n{headers}"));
            assert_eq!(answer.status, 401, "{path} {headers}");
        }
        let in_url = served.ask(method, &format!("{path}?token={token}"), "Host: OWN\r\n");
        assert_eq!(in_url.status, 401, "{path}");
    }
    assert_eq!(served.ask_with_token("GET", "/api/nothing").status, 404);
    assert_eq!(served.ask_with_token("GET", "/api/requests/1").status, 404);
    assert_eq!(
        served.ask_with_token("POST", "/api/search").json(),
        serde_json::json!([])
    );
    // A method that reads changes nothing.
    assert_eq!(
        served.ask_with_token("GET", "/api/requests/1/send").status,
        404
    );
    // Two runs have two tokens, and no page has one.
    assert_ne!(Served::listening().token, token);
    for path in ["/", "/inspector.js", "/view.js", "/playground/"] {
        let page = served.ask("GET", path, "Host: OWN\r\n");
        assert_eq!(page.status, 200);
        assert!(!String::from_utf8_lossy(&page.body).contains(&token));
    }
}

/// If a site's name resolves to this machine, the browser sends that name.
#[test]
fn other_hosts_and_origins_get_nothing() {
    let served = Served::listening();
    let port = served.page.rsplit(':').next().unwrap().to_owned();
    let token = "Authorization: Bearer TOKEN\r\n";
    for own in [
        "Host: OWN\r\n".to_owned(),
        format!("Host: localhost:{port}\r\n"),
        "Host: OWN\r\nOrigin: http://OWN\r\n".into(),
        format!("Host: localhost:{port}\r\nOrigin: http://localhost:{port}\r\n"),
    ] {
        assert_eq!(served.ask("GET", "/", &own).status, 200, "{own}");
        let asked = served.ask(
            "POST",
            "/api/search",
            &format!("{own}{token}Content-Length: 0\r\n"),
        );
        assert_eq!(asked.status, 200, "{own}");
    }
    for other in [
        String::new(),
        "Host: \r\n".into(),
        "Host: evil.example\r\n".into(),
        format!("Host: evil.example:{port}\r\n"),
        format!("Host: 127.0.0.1.evil.example:{port}\r\n"),
        format!("Host: localhost.:{port}\r\n"),
        "Host: localhost\r\n".into(),
        "Host: 127.0.0.1\r\n".into(),
        "Host: 127.0.0.1:1\r\n".into(),
        format!("Host: 0.0.0.0:{port}\r\n"),
        format!("Host: user@127.0.0.1:{port}\r\n"),
        "Host: OWN\r\nHost: evil.example\r\n".into(),
        "Host: OWN\r\nOrigin: null\r\n".into(),
        "Host: OWN\r\nOrigin: https://OWN\r\n".into(),
        "Host: OWN\r\nOrigin: http://evil.example\r\n".into(),
        "Host: OWN\r\nOrigin: http://127.0.0.1:1\r\n".into(),
        format!("Host: OWN\r\nOrigin: http://localhost:{port}\r\n"),
        "Host: OWN\r\nOrigin: http://OWN\r\nOrigin: http://evil.example\r\n".into(),
    ] {
        assert_eq!(served.ask("GET", "/", &other).status, 403, "{other}");
        for (method, path) in ASKED {
            let answer = served.ask(
                method,
                path,
                &format!("{other}{token}Content-Length: 0\r\n"),
            );
            assert_eq!(answer.status, 403, "{path} {other}");
            // A page of another site could read it only with this.
            assert_eq!(answer.header("access-control-allow-origin"), None);
        }
    }
}

#[test]
fn every_answer_says_what_a_browser_may_do_with_it() {
    let served = Served::listening();
    let policy = |path: &str| {
        let answer = served.ask("GET", path, "Host: OWN\r\n");
        answer.header("content-security-policy").unwrap().to_owned()
    };
    let allowed = |policy: &str| -> Vec<String> {
        let rules = policy.split("; ").filter(|rule| !rule.ends_with("'none'"));
        rules.map(str::to_owned).collect()
    };
    assert_eq!(
        allowed(&policy("/")),
        [
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
            "require-trusted-types-for 'script'"
        ]
    );
    // The playground may open no connection, not even to its own server.
    assert_eq!(
        allowed(&policy("/playground/")),
        [
            "script-src 'self' 'wasm-unsafe-eval'",
            "style-src 'self'",
            "require-trusted-types-for 'script'"
        ]
    );
    for page in ["/", "/playground/"] {
        assert!(policy(page).starts_with("default-src 'none'; "));
        assert!(policy(page).contains("frame-ancestors 'none'"));
    }
    let refused = served.ask("GET", "/", "Host: evil.example\r\n");
    let missing = served.ask("GET", "/../Cargo.toml", "Host: OWN\r\n");
    assert_eq!(missing.status, 404);
    let asked = served.ask_with_token("POST", "/api/search");
    let page = served.ask("GET", "/", "Host: OWN\r\n");
    let no_request = exchange(&served.page, "no request\r\n\r\n");
    assert_eq!(no_request.status, 400);
    for answer in [refused, missing, asked, page, no_request] {
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
            ("cross-origin-resource-policy", "same-origin"),
            ("x-frame-options", "DENY"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{name}: {answer:?}");
        }
    }
}

#[test]
fn a_request_is_shown_and_is_sent_to_the_service_that_is_configured_alone() {
    let service = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = service.local_addr().unwrap();
    let got = thread::spawn(move || {
        let mut got = Vec::new();
        for stream in service.incoming().take(3) {
            let mut stream = stream.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"{}") {
                let mut piece = [0; 1024];
                let length = stream.read(&mut piece).unwrap();
                assert_ne!(length, 0);
                request.extend_from_slice(&piece[..length]);
            }
            let redirect = b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            stream.write_all(redirect).unwrap();
            got.push(String::from_utf8(request).unwrap());
        }
        got
    });
    let served = Served::start(&format!(
        "listen --port 0 --ui --forward http://{address}/base"
    ));
    let hostile =
        "POST //evil.example/a HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 2\r\n\r\n{}";
    assert_eq!(exchange(&served.receiver, hostile).status, 302);
    let shown = served.ask_with_token("GET", "/api/requests/1").json();
    assert_eq!(shown["target"], "//evil.example/a");
    let raw = served.ask_with_token("GET", "/api/requests/1/raw");
    assert_eq!(raw.body, hostile.as_bytes());
    assert_eq!(raw.header("content-type"), Some("application/octet-stream"));
    // Sent to its own path, without following the service's redirect.
    let sent = served.ask_with_token("POST", "/api/requests/1/send").json();
    assert_eq!(sent["status"], 302);
    // The headers of the page's own request are not passed to the service.
    let again = exchange(
        &served.page,
        &format!(
            "POST /api/requests/1/send?to=http://evil.example HTTP/1.1\r\nHost: {}\r\n\
             Authorization: Bearer {}\r\nX-Forward: http://evil.example\r\nContent-Length: 3\r\n\r\nto!",
            served.page, served.token
        ),
    );
    assert_eq!(again.json()["status"], 302);
    for request in got.join().unwrap() {
        assert!(
            request.starts_with("POST /base//evil.example/a HTTP/1.1\r\n"),
            "{request}"
        );
        assert!(
            !request.contains(&served.token) && !request.contains("x-forward:"),
            "{request}"
        );
    }
    assert_eq!(
        served.ask_with_token("POST", "/api/requests/2/send").status,
        404
    );
    assert_eq!(served.ask_with_token("GET", "/api/requests/-1").status, 404);
    let long = format!("/api/requests/{}", "9".repeat(30));
    assert_eq!(served.ask_with_token("GET", &long).status, 404);

    let without = Served::listening();
    let genuine = text("paminga.http");
    assert_eq!(exchange(&without.receiver, &genuine).status, 204);
    assert_eq!(
        without
            .ask_with_token("POST", "/api/requests/1/send")
            .status,
        409
    );
}

/// News is kept once for all pages, and sent to each a part at a time.
#[test]
fn a_page_that_takes_no_news_keeps_nobody_waiting() {
    let served = Served::listening();
    let head = format!(
        "GET /api/events HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\r\n",
        served.page, served.token
    );
    let slow: Vec<TcpStream> = (0..8)
        .map(|_| {
            let mut stream = TcpStream::connect(&served.page).unwrap();
            stream.write_all(head.as_bytes()).unwrap();
            stream
        })
        .collect();
    let long = format!(
        "POST /{} HTTP/1.1\r\nHost: a\r\nX-Paminga-Signature: 00\r\nContent-Length: 2\r\n\r\n{{}}",
        "a".repeat(4000)
    );
    for _ in 0..300 {
        assert_eq!(exchange(&served.receiver, &long).status, 401);
    }
    let mut quick = TcpStream::connect(&served.page).unwrap();
    quick.write_all(head.as_bytes()).unwrap();
    quick
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let mut lines = BufReader::new(quick).lines().map(Result::unwrap);
    assert!(lines.by_ref().any(|line| line == "event: hello"));
    let mut known = 0;
    while known < 300 {
        let line = lines.next().unwrap();
        let Some(data) = line.strip_prefix("data: ") else {
            continue;
        };
        let news: Value = serde_json::from_str(data).unwrap();
        if let Some(entries) = news["entries"].as_array() {
            assert!(entries.len() <= 250);
            // Only the start of a long target.
            assert!(data.len() < 250 * 1000, "{}", data.len());
            known = known.max(
                entries
                    .iter()
                    .map(|it| it["id"].as_u64().unwrap())
                    .max()
                    .unwrap_or(0),
            );
        }
    }
    drop(slow);
}

#[test]
fn the_playground_is_served_alone() {
    let served = Served::start("playground --address 127.0.0.1:0");
    assert_eq!(served.token, "");
    for path in ["/", "/playground/", "/module.js", "/wasi.js", "/style.css"] {
        assert_eq!(
            served.ask("GET", path, "Host: OWN\r\n").status,
            200,
            "{path}"
        );
    }
    for path in [
        "/inspector.html",
        "/inspector.js",
        "/api/events",
        "/api/requests/1",
    ] {
        assert_eq!(
            served.ask("GET", path, "Host: OWN\r\n").status,
            404,
            "{path}"
        );
    }
    assert_eq!(served.ask("POST", "/", "Host: OWN\r\n").status, 405);
    assert_eq!(served.ask("GET", "/", "Host: evil.example\r\n").status, 403);
}

#[test]
fn only_a_loopback_address_serves_a_page() {
    for address in [
        "0.0.0.0",
        "0.0.0.0:0",
        "[::]:0",
        "192.0.2.1:8788",
        "example.com",
        "99999",
    ] {
        let listen = run(&format!("listen --port 0 --ui {address}"), PAMINGA);
        listen.is(2, "", "--ui takes");
        let playground = run(&format!("playground --address {address}"), PAMINGA);
        playground.is(2, "", "--address takes");
    }
}
