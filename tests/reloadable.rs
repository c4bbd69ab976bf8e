//! Tests secrets that are replaced while requests are verified over real connections. Every
//! verdict is compared with the keys that judged the request.
//!
//! The webhooks are numbered. The keys of number n are the secrets n and n - 1, as in an
//! endless rotation: each number is `[new, old]`, and drops the secret before. The scheme's
//! name is n, so that every response tells which number judged the request.

#[path = "common/time_limit.rs"]
mod time_limit;

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use bytes::Bytes;
use hookseal::scheme::Scheme;
use hookseal::tower::{Rejection, VerifiedBody, VerifyLayer};
use hookseal::{Key, Reloadable, Verifier, Webhook, schemes};
use http::{Request, Response};
use http_body_util::Empty;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use time_limit::time_limit;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tower::{Layer, service_fn};

fn secret(number: u64) -> String {
    format!("secret {number}")
}

/// Creates the webhook with the keys `[new, old]` of this number. Each key is named after the
/// number and its secret.
fn numbered(number: u64) -> Webhook {
    let name = number.to_string();
    let scheme = Scheme {
        name: &name,
        ..schemes::PAMINGA
    };
    let key = |of: u64| Key::from(secret(of)).with_id(format!("{number}:{of}"));
    Webhook::new(scheme, [key(number), key(number - 1)]).unwrap()
}

/// Signs with another implementation.
fn signature(number: u64, body: &[u8]) -> String {
    hex::encode(hmac_sha256::HMAC::mac(body, secret(number)))
}

type Reply = Response<Empty<Bytes>>;

/// Responds with the number that judged the request, and the key that matched.
async fn accept(request: Request<VerifiedBody>) -> Result<Reply, Infallible> {
    let proof = request.body().proof();
    let reply = Response::builder()
        .header("x-judge", proof.scheme())
        .header("x-key", proof.key_id().unwrap());
    Ok(reply.body(Empty::new()).unwrap())
}

fn refuse(rejection: &Rejection) -> Reply {
    let reply = Response::builder()
        .status(rejection.status())
        .header("x-judge", rejection.scheme().unwrap());
    reply.body(Empty::new()).unwrap()
}

/// Serves until the runtime ends.
async fn serve(layer: VerifyLayer) -> SocketAddr {
    let service = layer.with_response(refuse as fn(&Rejection) -> Reply);
    let service = TowerToHyperService::new(service.layer(service_fn(accept)));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let service = service.clone();
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    address
}

#[derive(Debug, PartialEq)]
struct Verdict {
    judge: u64,
    /// The number and the secret of the key, if the request was accepted.
    key: Option<(u64, u64)>,
}

struct Connection(BufStream<TcpStream>);

impl Connection {
    async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self(BufStream::new(stream))
    }

    async fn begin(&mut self, signature: &str, length: usize, more: &str) {
        let head = format!(
            "POST / HTTP/1.1\r\nhost: a\r\nx-paminga-signature: {signature}\r\ncontent-length: {length}\r\n{more}\r\n"
        );
        self.send(head.as_bytes()).await;
    }

    async fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
        self.0.flush().await.unwrap();
    }

    /// Reads the next response, which has no body.
    async fn head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.0.read_u8().await.unwrap());
        }
        String::from_utf8(head).unwrap()
    }

    async fn verdict(&mut self) -> Verdict {
        let head = self.head().await;
        let value = |name: &str| {
            let mut lines = head.lines();
            lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
        };
        let key = value("x-key").map(|key| {
            let (number, secret) = key.split_once(':').unwrap();
            (number.parse().unwrap(), secret.parse().unwrap())
        });
        let status = if key.is_some() { "200" } else { "401" };
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
        Verdict {
            judge: value("x-judge").unwrap().parse().unwrap(),
            key,
        }
    }

    /// Sends a whole request, in one piece.
    async fn ask(&mut self, signed_by: u64, body: &[u8]) -> Verdict {
        self.begin(&signature(signed_by, body), body.len(), "")
            .await;
        self.send(body).await;
        self.verdict().await
    }
}

/// Returns the verdict of number `judge` on a request signed with secret `signed_by`.
fn verdict_of(judge: u64, signed_by: u64) -> Verdict {
    let accepts = signed_by == judge || signed_by + 1 == judge;
    Verdict {
        judge,
        key: accepts.then_some((judge, signed_by)),
    }
}

const CONNECTIONS: u64 = 32;
const REQUESTS: u64 = 400; // of each connection
/// After this many responses, the number changes.
const REQUESTS_BY_NUMBER: u64 = 4;

/// A request is judged by one number from its head to its end: its verdict is that
/// number's, and names a key of it. The number was current when the request began, or became
/// current before it ended.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_is_judged_by_one_set_of_keys_while_they_are_replaced() {
    let _limit = time_limit();
    let held = Reloadable::new(numbered(1));
    let address = serve(VerifyLayer::reloadable(held.clone())).await;

    // `begun` is counted before a replacement, and `done` after it.
    let (begun, done) = (Arc::new(AtomicU64::new(1)), Arc::new(AtomicU64::new(1)));
    let (ended, count) = mpsc::channel::<()>();
    let replacing = thread::spawn({
        let (begun, done) = (begun.clone(), done.clone());
        move || {
            let mut number = 1;
            for requests in 1.. {
                if count.recv().is_err() {
                    return number;
                }
                if requests % REQUESTS_BY_NUMBER == 0 {
                    number += 1;
                    let new = numbered(number);
                    begun.store(number, Ordering::SeqCst);
                    held.replace(new);
                    done.store(number, Ordering::SeqCst);
                }
            }
            number
        }
    });

    let straddling = Arc::new(AtomicUsize::new(0));
    let accepted = Arc::new(AtomicUsize::new(0));
    let clients = (0..CONNECTIONS).map(|client| {
        let (begun, done, ended) = (begun.clone(), done.clone(), ended.clone());
        let (straddling, accepted) = (straddling.clone(), accepted.clone());
        tokio::spawn(async move {
            let mut connection = Connection::open(address).await;
            for request in 0..REQUESTS {
                let body = format!("{client} {request}").repeat(40);
                let (first, rest) = body.as_bytes().split_at(body.len() / 2);
                let earliest = done.load(Ordering::SeqCst);
                // Two removed ones, the old one, the new one, and two future ones.
                let signed_by = (earliest + request % 6).saturating_sub(3);
                let signature = signature(signed_by, body.as_bytes());
                connection.begin(&signature, body.len(), "").await;
                for piece in [first, rest] {
                    tokio::task::yield_now().await;
                    connection.send(piece).await;
                }
                let verdict = connection.verdict().await;
                let latest = begun.load(Ordering::SeqCst);
                assert_eq!(verdict, verdict_of(verdict.judge, signed_by));
                assert!(
                    (earliest..=latest).contains(&verdict.judge),
                    "{verdict:?}, and not of {earliest}..={latest}"
                );
                straddling.fetch_add(usize::from(earliest < latest), Ordering::SeqCst);
                accepted.fetch_add(usize::from(verdict.key.is_some()), Ordering::SeqCst);
                ended.send(()).unwrap();
            }
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.unwrap();
    }
    drop(ended);
    let numbers = replacing.join().unwrap();
    assert_eq!(numbers, 1 + CONNECTIONS * REQUESTS / REQUESTS_BY_NUMBER);
    // Checks that replacements happened meanwhile, with either verdict.
    let all = usize::try_from(CONNECTIONS * REQUESTS).unwrap();
    let straddling = straddling.load(Ordering::SeqCst);
    let accepted = accepted.load(Ordering::SeqCst);
    assert!(straddling > all / 10, "{straddling} of {all}");
    assert!(accepted > all / 20, "{accepted} of {all}");
    assert!(accepted < all - all / 20, "{accepted} of {all}");
}

/// `100 Continue` is the server's sign that the head has been checked.
#[tokio::test]
async fn a_body_that_arrives_after_a_replacement_is_judged_as_its_head_was() {
    let _limit = time_limit();
    let held = Reloadable::new(numbered(1));
    let address = serve(VerifyLayer::reloadable(held.clone())).await;
    let body = b"{}";
    for (signed_by, number) in [(1, 1), (1, 3), (4, 3), (4, 9)] {
        held.replace(numbered(number));
        let mut before = Connection::open(address).await;
        let expect = "expect: 100-continue\r\n";
        before
            .begin(&signature(signed_by, body), body.len(), expect)
            .await;
        assert_eq!(before.head().await, "HTTP/1.1 100 Continue\r\n\r\n");

        held.replace(numbered(number + 1));
        let mut after = Connection::open(address).await;
        let verdict = after.ask(signed_by, body).await;
        assert_eq!(verdict, verdict_of(number + 1, signed_by));

        before.send(b"{").await;
        held.replace(numbered(number + 2));
        before.send(b"}").await;
        let verdict = before.verdict().await;
        assert_eq!(verdict, verdict_of(number, signed_by));
        // The connection does not stay with it either.
        let verdict = before.ask(signed_by, body).await;
        assert_eq!(verdict, verdict_of(number + 2, signed_by));
    }
}

/// The verdicts of `[old]`, `[new, old]` and `[new]` on requests signed with either secret.
#[tokio::test]
async fn a_rotation() {
    let _limit = time_limit();
    let of = |secrets: &[u64]| {
        let keys = secrets
            .iter()
            .map(|of| Key::from(secret(*of)).with_id(format!("0:{of}")));
        let scheme = Scheme {
            name: "0",
            ..schemes::PAMINGA
        };
        Webhook::new(scheme, keys.collect::<Vec<_>>()).unwrap()
    };
    let (old, new) = (1, 2);
    let held = Reloadable::new(of(&[old]));
    let address = serve(VerifyLayer::reloadable(held.clone())).await;
    let mut connection = Connection::open(address).await;
    for keys in [&[old][..], &[new, old], &[new], &[old]] {
        held.replace(of(keys));
        for signed_by in [old, new] {
            let verdict = connection.ask(signed_by, b"{}").await;
            let wanted = keys.contains(&signed_by).then_some((0, signed_by));
            assert_eq!(verdict.key, wanted, "{keys:?}");
        }
    }
}

#[tokio::test]
async fn all_tenants_are_replaced_at_once() {
    let _limit = time_limit();
    let tenants = |number: u64| -> HashMap<&str, Arc<dyn Verifier>> {
        HashMap::from([("/", Arc::new(numbered(number)) as Arc<dyn Verifier>)])
    };
    let held = Reloadable::new(tenants(1));
    let layer = VerifyLayer::from_fn({
        let held = held.clone();
        move |request| held.current().get(request.uri.path()).cloned()
    });
    let mut connection = Connection::open(serve(layer).await).await;
    for number in [1, 2, 3] {
        held.replace(tenants(number));
        let verdict = connection.ask(1, b"{}").await;
        assert_eq!(verdict, verdict_of(number, 1));
    }
}

#[test]
fn clones_share_what_they_hold_and_what_is_out_is_dropped_with_its_last_request() {
    let held: Reloadable<dyn Verifier> =
        Reloadable::new(Arc::new(numbered(1)) as Arc<dyn Verifier>);
    let clone = held.clone();
    let in_flight = held.current();
    let out = Arc::downgrade(&in_flight);
    let replaced = clone.replace(Arc::new(numbered(2)) as Arc<dyn Verifier>);
    assert!(Arc::ptr_eq(&replaced, &in_flight));
    assert_eq!(held.current().scheme(), "2");
    drop(replaced);
    assert_eq!(in_flight.scheme(), "1");
    drop(in_flight);
    assert!(out.upgrade().is_none());
    let shown = format!("{held:?}");
    assert!(shown.starts_with("Reloadable(Webhook"), "{shown}");
    assert!(!shown.contains("secret"), "{shown}");
}

/// As in the docs of `Reloadable`: on a signal, and with a file that is sometimes wrong.
#[cfg(unix)]
#[tokio::test]
async fn secrets_are_reloaded_on_a_signal() {
    use std::{fs, path::Path, process};
    use tokio::signal::unix::{SignalKind, signal};

    let _limit = time_limit();
    fn read(path: &Path) -> Result<Webhook, Box<dyn std::error::Error>> {
        let file = fs::read_to_string(path)?;
        let secrets: Vec<Key> = file.lines().map(Key::from).collect();
        Ok(Webhook::new(schemes::PAMINGA, secrets)?)
    }

    let path = std::env::temp_dir().join(format!("hookseal-reload-{}", process::id()));
    fs::write(&path, "secret 1\n").unwrap();
    let held = Reloadable::new(read(&path).unwrap());
    let (reloaded, mut outcomes) = tokio::sync::mpsc::unbounded_channel();
    let mut hangup = signal(SignalKind::hangup()).unwrap();
    tokio::spawn({
        let (held, path) = (held.clone(), path.clone());
        async move {
            while hangup.recv().await.is_some() {
                let outcome = read(&path).map(|new| drop(held.replace(new)));
                reloaded.send(outcome.is_ok()).unwrap();
            }
        }
    });
    let mut accepted = [1].as_slice();
    for (file, wanted) in [
        (Some("secret 2\nsecret 1\n"), Some(&[1, 2][..])),
        (Some("secret 3\n\nsecret 2\n"), None), // an empty secret
        (Some(""), None),
        (Some("secret 3\r\r\n"), None), // a control character
        (None, None),
        (Some("secret 2\n"), Some(&[2])),
    ] {
        match file {
            Some(text) => fs::write(&path, text).unwrap(),
            None => fs::remove_file(&path).unwrap(),
        }
        let kill = process::Command::new("kill")
            .args(["-HUP", &process::id().to_string()])
            .status();
        assert!(kill.unwrap().success());
        assert_eq!(outcomes.recv().await, Some(wanted.is_some()), "{file:?}");
        accepted = wanted.unwrap_or(accepted);
        for signed_by in 1..=3 {
            let headers = [("x-paminga-signature", signature(signed_by, b"{}"))];
            let verdict = held.current().verify(&headers, b"{}").is_ok();
            assert_eq!(verdict, accepted.contains(&signed_by), "{file:?}");
        }
    }
    fs::remove_file(&path).unwrap();
}
