//! Tests the example `hyper` as its users run it, over HTTP/1.1 and HTTP/2.
//!
//! Standard Webhooks' signatures expire, so none can be constants here: the sender
//! below computes them with RFC 2104 from bare SHA-256, and is checked against the
//! known answer of the standard-webhooks project's own tests.

mod common;
#[path = "common/example.rs"]
mod example;
#[path = "common/time_limit.rs"]
mod time_limit;

use std::collections::VecDeque;
use std::convert::Infallible;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpListener};
use std::pin::Pin;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::task::{Context, Poll};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use base64::prelude::{BASE64_STANDARD, Engine};
use bytes::Bytes;
use common::{SIGNED_AT, V1, WHSEC};
use example::example;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, SizeHint};
use hyper::client::conn::{http1, http2};
use hyper::{HeaderMap, Request, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use sha2::{Digest, Sha256};
use time_limit::{TimeLimit, time_limit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::timeout;

const BODY: &str = r#"{"type":"contact.created","data":{"id":42}}"#;

/// The example's limits.
const BODY_LIMIT: usize = 64 * 1024;
const READ_TIME: Duration = Duration::from_secs(5);
const CONNECTION_TIME: Duration = Duration::from_secs(15);

/// A timeout that is far longer than anything here takes on a slow machine.
const PATIENCE: Duration = Duration::from_secs(100);

const MALFORMED: &str = "header webhook-signature holds no well-formed signature";
const MISMATCH: &str = "signature does not match";
const TOO_LONG: &str = "the body is longer than 65536 bytes";

#[test]
fn the_sender_signs_as_the_official_libraries_do() {
    let body = br#"{"email":"test@example.com","username":"test_user"}"#;
    let signature = signature(WHSEC, "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", SIGNED_AT, body);
    assert_eq!(signature, V1);
}

#[tokio::test]
async fn genuine_events_are_received() {
    let server = Server::start();
    for version in VERSIONS {
        for body in ["", "\0\r\n é", BODY] {
            server.receives(version, Event::of(body)).await;
        }
        for size in [1, 40] {
            let event = Event::of(BODY).in_chunks_of(size);
            server.receives(version, event).await;
        }
        let listed = Event::of(BODY).changed(|event| {
            event.signature = format!("v1a,AAAA v1,{}= {}", "A".repeat(43), event.signature);
        });
        server.receives(version, listed).await;
        let query = Event::of(BODY).changed(|event| event.path = "/webhooks?source=a");
        server.receives(version, query).await;
    }
    server.has_said_all();
}

#[tokio::test]
async fn the_nearest_events_are_rejected() {
    let server = Server::start();
    let now = now();
    for version in VERSIONS {
        let mut responses = Vec::new();
        let changes: [(Change, &str); 13] = [
            (|event| event.body[0] ^= 1, MISMATCH),
            (|event| event.body.push(b' '), MISMATCH),
            (|event| event.body.truncate(BODY.len() - 1), MISMATCH),
            (|event| event.body.clear(), MISMATCH),
            (|event| event.id.push('0'), MISMATCH),
            (|event| event.timestamp += 1, MISMATCH),
            (
                |event| event.signature = flipped(&event.signature),
                MISMATCH,
            ),
            (|event| event.signature.replace_range(..3, "v2,"), MALFORMED),
            (|event| event.signature.truncate(46), MALFORMED),
            (
                |event| event.prefix = "svix",
                "header webhook-id is missing or empty",
            ),
            (
                |event| event.repeated = Some("webhook-id"),
                "header webhook-id occurs more than once",
            ),
            (
                |event| event.repeated = Some("webhook-timestamp"),
                "header webhook-timestamp occurs more than once",
            ),
            (
                |event| event.repeated = Some("webhook-signature"),
                "header webhook-signature occurs more than once",
            ),
        ];
        let of_the_body = changes.iter().filter(|change| change.1 == MISMATCH).count();
        let changes_of_the_head = changes.len() - of_the_body;
        for (change, reason) in changes {
            for event in [Event::of(BODY), Event::of(BODY).in_chunks_of(10)] {
                let event = event.changed(change);
                responses.push(server.rejects(version, event, 401, reason).await);
            }
        }
        let other = Event::signed("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oE", now, BODY);
        responses.push(server.rejects(version, other, 401, MISMATCH).await);
        // Outside the window by more than this test can take.
        for (signed_at, fault) in [(now - 500, "old"), (now + 500, "in the future")] {
            let event = Event::signed(WHSEC, signed_at, BODY);
            let response = server.response(version, &event).await;
            assert_eq!(response.status, StatusCode::UNAUTHORIZED);
            let line = server.next_on_stderr();
            let reason = line.strip_prefix("rejected: timestamp in webhook-timestamp is ");
            let (_, rest) = reason.unwrap().split_once(" s ").unwrap();
            assert_eq!(
                rest,
                format!("{fault}, more than the allowed 300 s"),
                "{line}"
            );
            responses.push(response);
        }
        // None reveals which part of a forgery was right. A rejection because of the
        // head ends an HTTP/1 connection, which anyone can see.
        let closing = responses.iter().filter(|response| response.closes).count();
        let for_the_head = 2 * changes_of_the_head + 2;
        assert_eq!(
            closing,
            if version == Version::Http1 {
                for_the_head
            } else {
                0
            }
        );
        for response in &mut responses {
            response.closes = false;
        }
        assert!(responses.iter().all(|response| *response == responses[0]));
    }
    server.has_said_all();
}

#[tokio::test]
async fn other_routes_do_not_exist() {
    let server = Server::start();
    for version in VERSIONS {
        for (method, path) in [
            ("POST", "/"),
            ("POST", "/webhooks/"),
            ("POST", "/Webhooks"),
            ("POST", "/webhooks/a"),
            ("GET", "/webhooks"),
            ("PUT", "/webhooks"),
        ] {
            let event = Event::of(BODY).changed(|event| event.path = path);
            let mut request = event.request(version, server.address);
            *request.method_mut() = method.parse().unwrap();
            let mut connection = Connection::open(version, server.address).await;
            let response = connection.send(request).await;
            assert_eq!(response.status, StatusCode::NOT_FOUND);
        }
    }
    server.has_said_all();
}

#[tokio::test]
async fn a_connection_outlives_a_rejected_request() {
    let server = Server::start();
    for version in VERSIONS {
        let mut connection = Connection::open(version, server.address).await;
        for _ in 0..2 {
            let forged = Event::of(BODY).changed(|event| event.body[0] ^= 1);
            let response = connection
                .send(forged.request(version, server.address))
                .await;
            assert_eq!(response.status, StatusCode::UNAUTHORIZED);
            assert!(!response.closes);
            server.says_on_stderr("rejected: signature does not match");

            let event = Event::of(BODY);
            let response = connection
                .send(event.request(version, server.address))
                .await;
            assert_eq!(response.status, StatusCode::NO_CONTENT);
            server.says_on_stdout(&event.received());
        }
    }
    server.has_said_all();
}

/// A rejection because of the head ends an HTTP/1 connection, since the body is not
/// read. The response says so, so that the client's next request is not lost.
#[tokio::test]
async fn a_connection_that_ends_says_so() {
    let server = Server::start();
    for version in VERSIONS {
        let mut connection = Connection::open(version, server.address).await;
        for _ in 0..20 {
            let forged = Event::of(BODY).changed(|event| event.timestamp -= 1000);
            let response = connection
                .send(forged.request(version, server.address))
                .await;
            assert_eq!(response.status, StatusCode::UNAUTHORIZED);
            assert_eq!(response.closes, version == Version::Http1);
            server.says_on_stderr("rejected: timestamp in webhook-timestamp is 100");
            if response.closes {
                timeout(PATIENCE, connection.ended).await.unwrap().unwrap();
                connection = Connection::open(version, server.address).await;
            }
            let event = Event::of(BODY);
            let response = connection
                .send(event.request(version, server.address))
                .await;
            assert_eq!(response.status, StatusCode::NO_CONTENT);
            assert!(!response.closes);
            server.says_on_stdout(&event.received());
        }
    }
    server.has_said_all();
}

#[tokio::test]
async fn a_body_may_be_as_long_as_the_limit() {
    let server = Server::start();
    let longest = "a".repeat(BODY_LIMIT);
    for version in VERSIONS {
        server.receives(version, Event::of(&longest)).await;
        for size in [1000, BODY_LIMIT] {
            let event = Event::of(&longest).in_chunks_of(size);
            server.receives(version, event.clone()).await;
            // Rejected at the first byte too many: the end never comes.
            let longer = event.changed(|event| {
                event.body.push(b'a');
                event.ends = false;
            });
            server.rejects(version, longer, 413, TOO_LONG).await;
        }
        // Rejected because of its head, whatever else it contains: no part of
        // the body arrives.
        let announced = Event::of("").changed(|event| {
            event.missing = BODY_LIMIT + 1;
            event.ends = false;
        });
        let malformed = announced.clone().changed(|event| event.id.push('.'));
        server.rejects(version, announced, 413, TOO_LONG).await;
        server.rejects(version, malformed, 413, TOO_LONG).await;
    }
    server.has_said_all();
}

#[tokio::test]
async fn a_body_that_breaks_off_is_rejected() {
    let server = Server::start();
    let event = Event::of(BODY);
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let head = format!(
        "POST /webhooks HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\
         webhook-id: {}\r\nwebhook-timestamp: {}\r\nwebhook-signature: {}\r\n\r\n",
        BODY.len() + 1,
        event.id,
        event.timestamp,
        event.signature
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(BODY.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    server.says_on_stderr("rejected: the body broke off");
    server.receives(Version::Http1, event).await;
}

/// Each slow client meets a different limit, and all end within the longest.
#[tokio::test]
async fn who_is_slow_is_cut_off() {
    let server = Server::start();
    let address = server.address;
    let silent = until_closed(address, b"");
    let part_of_the_preface = until_closed(address, b"PRI * HTTP/2.0\r\n");
    let part_of_a_head = until_closed(address, b"POST /webhooks HTTP/1.1\r\nHost: a\r\n");
    let idle_http2 = async {
        let started = Instant::now();
        let connection = Connection::open(Version::Http2, address).await;
        timeout(PATIENCE, connection.ended).await.unwrap().unwrap();
        started.elapsed()
    };
    let part_of_a_body = async |version| {
        let started = Instant::now();
        let event = Event::of(BODY).changed(|event| {
            event.missing = 1;
            event.ends = false;
        });
        let mut connection = Connection::open(version, address).await;
        let response = connection.send(event.request(version, address)).await;
        assert_eq!(response.status, StatusCode::REQUEST_TIMEOUT);
        started.elapsed()
    };
    let (silent, preface, idle, head, http1, http2) = tokio::join!(
        silent,
        part_of_the_preface,
        idle_http2,
        part_of_a_head,
        part_of_a_body(Version::Http1),
        part_of_a_body(Version::Http2),
    );
    for connection in [silent, preface, idle] {
        assert!(connection >= CONNECTION_TIME, "{connection:?}");
    }
    for request in [head, http1, http2] {
        assert!(request >= READ_TIME, "{request:?}");
    }
    // By the limit for heads, not by the connection's.
    assert!(head < silent, "{head:?} {silent:?}");
    let (_, errors) = server.stop();
    let timeout = "rejected: the body took more than 5s to arrive";
    let timeouts = errors.iter().filter(|line| *line == timeout);
    assert_eq!(timeouts.count(), 2, "{errors:?}");
}

async fn until_closed(address: SocketAddr, sent: &[u8]) -> Duration {
    let started = Instant::now();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(sent).await.unwrap();
    let mut response = Vec::new();
    let read = timeout(PATIENCE, stream.read_to_end(&mut response));
    read.await.unwrap().unwrap();
    started.elapsed()
}

#[test]
fn a_broken_secret_stops_it_and_is_not_shown() {
    let fails = |secret: Option<&OsStr>, message: &str| {
        // An address that it cannot listen on: it must fail before it tries.
        let [stdout, stderr] = failing(secret, "nowhere");
        assert_eq!(stdout, "");
        assert_eq!(stderr, format!("hyper: {message}\n"));
    };
    fails(None, "HOOKSEAL_SECRET is not set");
    for (secret, message) in [
        (
            "",
            "secret is empty; set it to the secret that the provider shows",
        ),
        (
            "whsec_",
            "secret is empty; set it to the secret that the provider shows",
        ),
        (
            "whsec_MfKQ9r8G\n",
            "secret is not valid base64: line break at byte 14; pass the text without it",
        ),
        (
            "whsec_hunter2!",
            "secret is not valid base64: unexpected character at byte 13",
        ),
        (
            "whsk_MfKQ9r8G",
            if cfg!(feature = "ed25519") {
                "Ed25519 key is 6 bytes long; a public key has 32, a signing key 32 or 64"
            } else {
                "the algorithm needs the feature `ed25519` of hookseal; enable it in Cargo.toml"
            },
        ),
    ] {
        fails(
            Some(secret.as_ref()),
            &format!("HOOKSEAL_SECRET: {message}"),
        );
    }
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        let secret = OsStr::from_bytes(b"whsec_hunter2\xff");
        fails(Some(secret), "HOOKSEAL_SECRET is not UTF-8");
    }
}

#[test]
fn an_address_that_it_cannot_listen_on_stops_it() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    for address in [&taken.local_addr().unwrap().to_string(), "nowhere", ""] {
        let [stdout, stderr] = failing(Some(WHSEC.as_ref()), address);
        assert_eq!(stdout, "");
        let message = format!("hyper: HOOKSEAL_LISTEN: cannot listen on {address}: ");
        assert!(stderr.starts_with(&message), "{stderr}");
    }
}

fn failing(secret: Option<&OsStr>, address: &str) -> [String; 2] {
    let _limit = time_limit();
    let mut command = Command::new(example("hyper"));
    match secret {
        Some(secret) => command.env("HOOKSEAL_SECRET", secret),
        None => command.env_remove("HOOKSEAL_SECRET"),
    };
    let output = command.env("HOOKSEAL_LISTEN", address).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap())
}

/// The running example, stopped when dropped.
struct Server {
    _limit: TimeLimit,
    process: Child,
    address: SocketAddr,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
}

/// Returns whether a line reports a client that went away, if it was quicker than the server.
fn is_of_a_client_gone(line: &str) -> bool {
    line.starts_with("connection: ")
}

impl Server {
    fn start() -> Self {
        let limit = time_limit();
        let mut process = Command::new(example("hyper"))
            .env("HOOKSEAL_SECRET", WHSEC)
            .env("HOOKSEAL_LISTEN", "127.0.0.1:0")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = lines(process.stdout.take().unwrap());
        let stderr = lines(process.stderr.take().unwrap());
        let first = stdout.recv_timeout(PATIENCE).unwrap();
        let address = first.strip_prefix("listening on ").unwrap();
        Self {
            _limit: limit,
            address: address.parse().unwrap(),
            process,
            stdout,
            stderr,
        }
    }

    async fn receives(&self, version: Version, event: Event) {
        let response = self.response(version, &event).await;
        assert_eq!(
            response.status,
            StatusCode::NO_CONTENT,
            "{version:?} {event:?}"
        );
        self.says_on_stdout(&event.received());
    }

    /// Checks that an event is rejected with a reason that begins like this, and that the
    /// response does not contain it.
    async fn rejects(&self, version: Version, event: Event, status: u16, reason: &str) -> Reply {
        let response = self.response(version, &event).await;
        assert_eq!(response.status, status, "{version:?} {event:?}");
        self.says_on_stderr(&format!("rejected: {reason}"));
        response
    }

    async fn response(&self, version: Version, event: &Event) -> Reply {
        let mut connection = Connection::open(version, self.address).await;
        let response = connection.send(event.request(version, self.address)).await;
        assert_eq!(response.body, "");
        response
    }

    fn says_on_stdout(&self, beginning: &str) {
        let line = self.stdout.recv_timeout(PATIENCE).unwrap();
        assert!(line.starts_with(beginning), "{line}");
    }

    fn says_on_stderr(&self, beginning: &str) {
        let line = self.next_on_stderr();
        assert!(line.starts_with(beginning), "{line}");
    }

    fn next_on_stderr(&self) -> String {
        let mut line = self.stderr.recv_timeout(PATIENCE).unwrap();
        while is_of_a_client_gone(&line) {
            line = self.stderr.recv_timeout(PATIENCE).unwrap();
        }
        line
    }

    fn has_said_all(self) {
        let (stdout, mut stderr) = self.stop();
        stderr.retain(|line| !is_of_a_client_gone(line));
        assert_eq!((stdout, stderr), (vec![], vec![]));
    }

    /// Stops the example, and returns its unread output.
    fn stop(mut self) -> (Vec<String>, Vec<String>) {
        self.process.kill().unwrap();
        (self.stdout.iter().collect(), self.stderr.iter().collect())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

fn lines(output: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines() {
            if sender.send(line.unwrap()).is_err() {
                break;
            }
        }
    });
    receiver
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Version {
    Http1,
    Http2,
}

const VERSIONS: [Version; 2] = [Version::Http1, Version::Http2];

type Change = fn(&mut Event);

/// An event and how it is sent.
#[derive(Clone, Debug)]
struct Event {
    path: &'static str,
    /// The prefix of the headers' names.
    prefix: &'static str,
    id: String,
    timestamp: u64,
    signature: String,
    /// The header that is sent twice.
    repeated: Option<&'static str>,
    body: Vec<u8>,
    /// In chunks of this size, without announcing the length.
    chunk: Option<usize>,
    /// This many more bytes are announced, but never arrive.
    missing: usize,
    /// Whether the body ends; if not, the sender stays silent after the last byte.
    ends: bool,
}

impl Event {
    fn of(body: &str) -> Self {
        Self::signed(WHSEC, now(), body)
    }

    fn signed(secret: &str, timestamp: u64, body: &str) -> Self {
        let id = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W";
        Self {
            path: "/webhooks",
            prefix: "webhook",
            id: id.into(),
            timestamp,
            signature: signature(secret, id, timestamp, body.as_bytes()),
            repeated: None,
            body: body.into(),
            chunk: None,
            missing: 0,
            ends: true,
        }
    }

    fn in_chunks_of(mut self, size: usize) -> Self {
        self.chunk = Some(size);
        self
    }

    fn changed(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// Returns what the example prints about the event.
    fn received(&self) -> String {
        format!("{}: {} bytes", self.id, self.body.len())
    }

    fn request(&self, version: Version, address: SocketAddr) -> Request<Chunks> {
        let request = match version {
            Version::Http1 => Request::post(self.path).header("Host", address.to_string()),
            Version::Http2 => Request::post(format!("http://{address}{}", self.path)),
        };
        let name = |part| format!("{}-{part}", self.prefix);
        let mut request = request
            .header(name("id"), &self.id)
            .header(name("timestamp"), self.timestamp)
            .header(name("signature"), &self.signature);
        if let Some(name) = self.repeated {
            let value = request.headers_ref().unwrap()[name].clone();
            request = request.header(name, value);
        }
        let size = self.chunk.unwrap_or(BODY_LIMIT + 1);
        let chunks = self.body.chunks(size).map(Bytes::copy_from_slice);
        let length = self.body.len() + self.missing;
        let body = Chunks {
            chunks: chunks.collect(),
            announced: self.chunk.is_none().then_some(length),
            ends: self.ends,
        };
        request.body(body).unwrap()
    }
}

struct Chunks {
    chunks: VecDeque<Bytes>,
    announced: Option<usize>,
    ends: bool,
}

impl Body for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.chunks.pop_front() {
            Some(chunk) => Poll::Ready(Some(Ok(Frame::data(chunk)))),
            None if self.ends => Poll::Ready(None),
            None => Poll::Pending,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self.announced {
            Some(length) => SizeHint::with_exact(length.try_into().unwrap()),
            None => SizeHint::default(),
        }
    }
}

/// A client's connection, closed when dropped.
struct Connection {
    sender: Sender,
    ended: JoinHandle<()>,
}

enum Sender {
    Http1(http1::SendRequest<Chunks>),
    Http2(http2::SendRequest<Chunks>),
}

/// A response without the date.
#[derive(Debug, PartialEq)]
struct Reply {
    status: StatusCode,
    /// Whether it announces that the connection ends.
    closes: bool,
    headers: HeaderMap,
    body: Bytes,
}

impl Connection {
    async fn open(version: Version, address: SocketAddr) -> Self {
        let stream = TokioIo::new(TcpStream::connect(address).await.unwrap());
        match version {
            Version::Http1 => {
                let (sender, connection) = http1::handshake(stream).await.unwrap();
                Self {
                    sender: Sender::Http1(sender),
                    ended: tokio::spawn(async { drop(connection.await) }),
                }
            }
            Version::Http2 => {
                let executor = TokioExecutor::new();
                let (sender, connection) = http2::handshake(executor, stream).await.unwrap();
                Self {
                    sender: Sender::Http2(sender),
                    ended: tokio::spawn(async { drop(connection.await) }),
                }
            }
        }
    }

    async fn send(&mut self, request: Request<Chunks>) -> Reply {
        timeout(PATIENCE, async {
            let response = match &mut self.sender {
                Sender::Http1(sender) => {
                    sender.ready().await.unwrap();
                    sender.send_request(request).await
                }
                Sender::Http2(sender) => {
                    sender.ready().await.unwrap();
                    sender.send_request(request).await
                }
            };
            let (mut head, body) = response.unwrap().into_parts();
            head.headers.remove("date");
            let connection = head.headers.remove("connection");
            Reply {
                status: head.status,
                closes: connection.is_some_and(|value| value == "close"),
                headers: head.headers,
                body: body.collect().await.unwrap().to_bytes(),
            }
        })
        .await
        .unwrap()
    }
}

/// Returns `v1,` and the base64 of HMAC-SHA256 over id, timestamp and body.
fn signature(secret: &str, id: &str, timestamp: u64, body: &[u8]) -> String {
    let secret = secret.strip_prefix("whsec_").unwrap();
    let key = BASE64_STANDARD.decode(secret).unwrap();
    let message = [format!("{id}.{timestamp}.").as_bytes(), body].concat();

    // RFC 2104, section 2; the key is not longer than a block.
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(&key);
    let inner = Sha256::digest([&block.map(|byte| byte ^ 0x36), &message[..]].concat());
    let outer = Sha256::digest([&block.map(|byte| byte ^ 0x5c), &inner[..]].concat());
    format!("v1,{}", BASE64_STANDARD.encode(outer))
}

/// Returns the signature with a different first digit.
fn flipped(signature: &str) -> String {
    let (version, mac) = signature.split_at(3);
    let digit = if mac.starts_with('A') { 'B' } else { 'A' };
    format!("{version}{digit}{}", &mac[1..])
}

fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    now.as_secs()
}
