//! Serves the pages, and answers their requests.

use std::io::{ErrorKind, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use hookseal_inspect::inspection::Inspection;
use serde::Serialize;
use subtle::ConstantTimeEq as _;

use super::files;
use super::store::{Entry, Store};
use crate::capture::{Capture, parse_raw};
use crate::commands::random_text;
use crate::error::{Result, WrongUse, wrong};
use crate::listen::{Answer, Forward, Limits, Place, Places, Request, end, read_request};
use crate::setup::Setup;
use crate::terminal::report;

/// The most open connections. A page uses one for news, and some for its requests.
const MAX_CONNECTIONS: usize = 32;

/// A page sends only a few words.
const LIMITS: Limits = Limits {
    body: 4096,
    time: Duration::from_secs(10),
};

/// How often a page is told that nothing is new, so that a closed page is noticed.
const PATIENCE: Duration = Duration::from_secs(15);

/// How long a page may take to read news.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);

/// Allows only scripts and styles that are files of this server: no image, frame, form or other
/// site, and no markup made from a text.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                      require-trusted-types-for 'script'; trusted-types 'none'";

/// The playground may open no connection.
const POLICY_OF_PLAYGROUND: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
                                    style-src 'self'; base-uri 'none'; form-action 'none'; \
                                    frame-ancestors 'none'; require-trusted-types-for 'script'; \
                                    trusted-types 'none'";

/// What the inspector shows, and where it may send requests.
pub struct Ui {
    pub store: Arc<Store>,
    pub setup: Option<Setup>,
    pub forward: Option<Arc<Forward>>,
    /// The address where requests are received.
    pub receiver: String,
}

struct Server {
    own: SocketAddr,
    token: String,
    /// The inspector; `None` if only the playground is served.
    ui: Option<Ui>,
}

/// Binds the loopback address that an option names: an address with a port, a port alone, or an
/// address alone.
pub fn bind(option: &str, address: &str) -> Result<TcpListener> {
    let parsed = match address.parse::<SocketAddr>() {
        Ok(socket) => Some(socket),
        Err(_) => match (address.parse::<u16>(), address.parse()) {
            (Ok(port), _) => Some((Ipv4Addr::LOCALHOST, port).into()),
            (_, Ok(ip)) => Some(SocketAddr::new(ip, 0)),
            _ => None,
        },
    };
    let Some(socket) = parsed else {
        return wrong(format!(
            "{option} takes an address of this machine, such as 127.0.0.1:8788, or a port"
        ));
    };
    if !socket.ip().is_loopback() {
        return wrong(format!(
            "{option} takes a loopback address, such as 127.0.0.1: the page is only for this \
             machine"
        ));
    }
    TcpListener::bind(socket).map_err(|error| {
        let advice = match error.kind() {
            ErrorKind::AddrInUse => {
                "; another program uses the port: choose another, or 0 for a free one"
            }
            _ => "",
        };
        WrongUse(format!(
            "cannot serve the page on {socket}: {error}{advice}"
        ))
    })
}

impl Ui {
    /// Serves the inspector from now on, and prints its URL.
    pub fn serve(self, listener: TcpListener) -> Result<()> {
        let server = Server::new(&listener, Some(self))?;
        report(&format!(
            "inspector on http://{}/#token={}",
            server.own, server.token
        ));
        thread::spawn(move || server.run(&listener));
        Ok(())
    }
}

/// Serves the playground alone, until the program ends.
pub fn serve_playground(listener: &TcpListener) -> Result<()> {
    let server = Server::new(listener, None)?;
    report(&format!("playground on http://{}/", server.own));
    server.run(listener);
    Ok(())
}

impl Server {
    fn new(listener: &TcpListener, ui: Option<Ui>) -> Result<Self> {
        let own = listener
            .local_addr()
            .map_err(|error| WrongUse(format!("the page has no address: {error}")))?;
        Ok(Self {
            own,
            token: random_text()?,
            ui,
        })
    }

    fn run(self, listener: &TcpListener) {
        let server = Arc::new(self);
        let places = Places::default();
        for stream in listener.incoming() {
            let Ok(stream) = stream else {
                thread::sleep(Duration::from_millis(50));
                continue;
            };
            let Some(place) = places.take(MAX_CONNECTIONS) else {
                Answer::empty(503).write(&stream, false);
                continue;
            };
            let server = Arc::clone(&server);
            let _ = thread::Builder::new().spawn(move || server.serve(stream, &place));
        }
    }

    fn serve(&self, mut stream: TcpStream, _place: &Place) {
        let answer = match read_request(&mut stream, LIMITS) {
            Ok(Some(request)) => match self.answer(&request, &stream) {
                Some(answer) => answer,
                // It was already answered with news.
                None => return,
            },
            Ok(None) => return,
            Err(problem) => Answer::empty(problem.status),
        };
        guarded(answer).write(&stream, false);
        end(&stream);
    }

    /// Returns the answer, or writes it piece by piece.
    fn answer(&self, request: &Request, stream: &TcpStream) -> Option<Answer> {
        let capture = &request.capture;
        if !self.is_of_this_machine(capture) {
            return Some(refusal(
                403,
                "this page is only for the machine that it runs on",
            ));
        }
        let target = capture.target.as_deref().unwrap_or_default();
        let path = target.split('?').next().unwrap_or_default();
        let method = capture.method.as_deref().unwrap_or_default();
        let Some(asked) = path.strip_prefix("/api/") else {
            return Some(match (method, files::at(path, self.ui.is_some())) {
                ("GET", Some(file)) => {
                    let is_inspector = file.name.starts_with("inspector");
                    let policy = if is_inspector {
                        POLICY
                    } else {
                        POLICY_OF_PLAYGROUND
                    };
                    Answer::with_body(200, file.content_type, file.content.to_vec())
                        .with_header("content-security-policy", policy)
                }
                ("GET", None) => refusal(404, "there is no such page"),
                _ => refusal(405, "the pages are read with GET"),
            });
        };
        let Some(ui) = &self.ui else {
            return Some(refusal(404, "there is no such page"));
        };
        if !self.has_token(capture) {
            return Some(refusal(401, "open the URL that the command printed"));
        }
        let asked: Vec<&str> = asked.split('/').collect();
        let entry = |id: &str| id.parse().ok().and_then(|id| ui.store.get(id));
        Some(match (method, &asked[..]) {
            ("GET", ["events"]) => {
                ui.tell(stream);
                return None;
            }
            ("POST", ["search"]) => json(&ui.store.search(&capture.body)),
            ("GET", ["requests", id]) => match entry(id) {
                Some(entry) => ui.inspection(&entry),
                None => gone(),
            },
            ("GET", ["requests", id, "raw"]) => match entry(id).and_then(|it| it.raw.clone()) {
                Some(raw) => Answer::with_body(200, "application/octet-stream", raw.to_vec()),
                None => gone(),
            },
            ("POST", ["requests", id, "send"]) => match entry(id).and_then(|it| it.raw.clone()) {
                Some(raw) => ui.send(&raw),
                None => gone(),
            },
            _ => refusal(404, "there is nothing at this path"),
        })
    }

    /// Returns whether a request names this machine, and does not come from another site's page.
    fn is_of_this_machine(&self, capture: &Capture) -> bool {
        let [host] = capture.values("host")[..] else {
            return false;
        };
        // Browsers leave out the default port.
        let port = match self.own.port() {
            80 => String::new(),
            port => format!(":{port}"),
        };
        let own = SocketAddr::new(self.own.ip(), 0).to_string();
        let own = own.trim_end_matches(":0");
        let mut names = [own, "localhost"].into_iter();
        let is_name = names.any(|name| format!("{name}{port}").as_bytes() == host);
        let is_own_origin = |origin: &[u8]| origin.strip_prefix(b"http://") == Some(host);
        is_name && capture.values("origin").iter().all(|it| is_own_origin(it))
    }

    fn has_token(&self, capture: &Capture) -> bool {
        let [value] = capture.values("authorization")[..] else {
            return false;
        };
        let token = value.strip_prefix(b"Bearer ").unwrap_or_default();
        token.ct_eq(self.token.as_bytes()).into()
    }
}

impl Ui {
    /// Writes news as server-sent events until the page closes.
    fn tell(&self, mut stream: &TcpStream) {
        #[derive(Serialize)]
        struct Hello<'h> {
            receiver: &'h str,
            scheme: Option<String>,
            forwards: bool,
            limit: usize,
        }
        let hello = Hello {
            receiver: &self.receiver,
            scheme: self.setup.as_ref().map(Setup::name),
            forwards: self.forward.is_some(),
            limit: super::store::MAX_ENTRIES,
        };
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-store\r\n\
             x-content-type-options: nosniff\r\nconnection: close\r\n\r\n{}",
            event("hello", &hello)
        );
        let _ = stream.set_write_timeout(Some(WRITE_TIMEOUT));
        let mut told = stream.write_all(head.as_bytes());
        let mut version = 0;
        while told.is_ok() {
            told = match self.store.news(version, PATIENCE) {
                Some(news) => {
                    version = news.version;
                    stream.write_all(event("news", &news).as_bytes())
                }
                None => stream.write_all(b": nothing new\n\n"),
            };
        }
    }

    fn inspection(&self, entry: &Entry) -> Answer {
        let Some(raw) = &entry.raw else {
            return gone();
        };
        let Ok(capture) = parse_raw(raw) else {
            return gone();
        };
        let (summary, outcome) = (&entry.summary, entry.outcome.clone());
        let of_catalogue = || {
            let name = summary
                .scheme
                .as_deref()
                .or(outcome.looks_like.first().copied())?;
            hookseal::schemes::by_name(name).map(Setup::of)
        };
        let found = match &self.setup {
            Some(_) => None,
            None => of_catalogue(),
        };
        let setup = self.setup.as_ref().or(found.as_ref());
        let mut inspection = Inspection::new(&capture, setup, &self.receiver);
        inspection.verdict = summary.verdict;
        inspection.message = summary.message.clone();
        inspection.received_at = Some(summary.received_at);
        inspection.reason = outcome.reason;
        inspection.hint = outcome.hint;
        inspection.looks_like = outcome.looks_like;
        inspection.coverage = outcome.coverage;
        inspection.explanation = outcome.explanation;
        json(&inspection)
    }

    fn send(&self, raw: &[u8]) -> Answer {
        #[derive(Serialize)]
        struct Sent {
            status: Option<u16>,
            error: Option<String>,
            micros: u64,
        }
        let (Some(forward), Ok(capture)) = (&self.forward, parse_raw(raw)) else {
            return refusal(
                409,
                "there is no service to send to: start the command with --forward",
            );
        };
        let start = Instant::now();
        let answer = forward.pass_on(&capture);
        let micros = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
        let (status, error) = match answer {
            Ok(answer) => (Some(answer.status), None),
            Err(error) => (None, Some(error)),
        };
        json(&Sent {
            status,
            error,
            micros,
        })
    }
}

fn event(name: &str, data: &impl Serialize) -> String {
    let data = serde_json::to_string(data).unwrap_or_default();
    format!("event: {name}\ndata: {data}\n\n")
}

fn json(value: &impl Serialize) -> Answer {
    match serde_json::to_vec(value) {
        Ok(text) => Answer::with_body(200, "application/json", text),
        Err(_) => Answer::empty(500),
    }
}

fn refusal(status: u16, message: &str) -> Answer {
    Answer::with_body(status, "text/plain; charset=utf-8", message.into())
}

fn gone() -> Answer {
    refusal(404, "this request is not kept")
}

/// Adds the headers that every answer has.
fn guarded(answer: Answer) -> Answer {
    answer
        .with_header("cache-control", "no-store")
        .with_header("x-content-type-options", "nosniff")
        .with_header("referrer-policy", "no-referrer")
        .with_header("cross-origin-opener-policy", "same-origin")
        .with_header("cross-origin-resource-policy", "same-origin")
        .with_header("x-frame-options", "DENY")
}
