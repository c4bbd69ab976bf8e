//! A webhook receiver to start yours from: axum, one route for each scheme.
//!
//! ```text
//! STANDARD_WEBHOOKS_SECRET=whsec_… cargo run --example receiver
//! ```
//!
//! | route | is served if these are set |
//! | --- | --- |
//! | `POST /webhooks/paminga` | `PAMINGA_SECRET` |
//! | `POST /webhooks/pakk` | `PAKK_SIGNING_KEY` |
//! | `POST /webhooks/standard` | `STANDARD_WEBHOOKS_SECRET`, or several with spaces between them while one is rotated; `STANDARD_WEBHOOKS_PREFIX=svix` for a sender's own header names |
//! | `POST /webhooks/hubpay` | `HUBPAY_SHARED_KEY` |
//! | `POST /webhooks/pomelo` | `POMELO_API_KEY`, `POMELO_API_SECRET`, `POMELO_ENDPOINT` |
//! | `GET /health` | always |
//!
//! `LISTEN` is the address (`127.0.0.1:8080`; port 0 takes a free one),
//! `BODY_LIMIT` a body's greatest length in bytes (262144), `BODY_TIMEOUT` the
//! seconds that a whole body may take (10). What is wrong stops the start.
//!
//! It speaks HTTP/1.1 and HTTP/2 in the clear. A deployment needs a proxy in
//! front, for TLS and because `axum::serve` waits for a request's head as long
//! as it takes: the proxy bounds that time, idle connections and the number of
//! requests at once, each of which may hold twice `BODY_LIMIT`. The clock must
//! be right, and what was handled must be known to all instances: see `Inbox`.

use std::collections::{HashSet, VecDeque};
use std::env::{self, VarError};
use std::error::Error;
use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use hookseal::axum::{VerifiedBytes, VerifiedJson};
use hookseal::schemes::{Hubpay, Pakk, Paminga, Pomelo, StandardWebhooks};
use hookseal::tower::VerifyLayer;
use hookseal::{ConfigError, Key, Keyring, Verified, Verifier};
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tracing::{error, info, warn};

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            error!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let address: String = setting("LISTEN", "127.0.0.1:8080".into())?;
    let limit = setting("BODY_LIMIT", 256 * 1024)?;
    let timeout = Duration::from_secs(setting("BODY_TIMEOUT", 10)?);
    let app = app(limit, timeout)?;

    let signal = shutdown_signal()?;
    let listener = TcpListener::bind(&address)
        .await
        .map_err(|error| format!("LISTEN: cannot listen on {address}: {error}"))?;
    writeln!(io::stdout(), "listening on {}", listener.local_addr()?)?;

    let (stopping, stopped) = oneshot::channel();
    let server = axum::serve(listener, app).with_graceful_shutdown(async {
        signal.await;
        info!("stopping: finishing the requests in flight");
        let _ = stopping.send(());
    });
    // A connection with half a head would keep a graceful shutdown waiting for
    // ever. Any request in flight is through by then.
    let patience = timeout.saturating_add(Duration::from_secs(5));
    let out_of_patience = async {
        let _ = stopped.await;
        tokio::time::sleep(patience).await;
    };
    tokio::select! {
        result = server => result?,
        () = out_of_patience => warn!("connections still open after {patience:?} are dropped"),
    }
    Ok(())
}

/// A route for each scheme that has a secret, behind a layer of its own.
fn app(limit: usize, timeout: Duration) -> Result<Router, Box<dyn Error>> {
    let mut app = Router::new();
    for (path, verifier, handler) in [
        ("/webhooks/paminga", paminga()?, post(receive)),
        ("/webhooks/pakk", pakk()?, post(receive)),
        ("/webhooks/standard", standard()?, post(receive_json)),
        ("/webhooks/hubpay", hubpay()?, post(receive)),
        ("/webhooks/pomelo", pomelo()?, post(receive)),
    ] {
        let Some(verifier) = verifier else { continue };
        info!(path, scheme = verifier.scheme(), "serving");
        let inbox = Arc::new(Inbox::new(verifier.scheme()));
        let layer = VerifyLayer::new(verifier)
            .with_body_limit(limit)
            .with_body_timeout(timeout, tokio::time::sleep);
        // `route_layer`, so that another method than POST is answered with 405.
        app = app.route(path, handler.route_layer(layer).with_state(inbox));
    }
    if !app.has_routes() {
        return Err(
            "no scheme has a secret: set PAMINGA_SECRET, PAKK_SIGNING_KEY, \
            STANDARD_WEBHOOKS_SECRET, HUBPAY_SHARED_KEY, or POMELO_API_KEY with \
            POMELO_API_SECRET and POMELO_ENDPOINT"
                .into(),
        );
    }
    Ok(app.route("/health", get(|| async { "ok\n" })))
}

/// Does what is to be done with an event: here it logs it. Only a verified
/// request gets here, since nothing else makes a `VerifiedBytes`.
///
/// Senders wait a few seconds (Paminga: 3) and then send again. Work that takes
/// longer belongs into a queue.
async fn receive(State(inbox): State<Arc<Inbox>>, event: VerifiedBytes) -> String {
    let bytes = event.body().len();
    inbox.once(&event, || info!(scheme = inbox.scheme, bytes, "event"))
}

/// The same for events that are JSON of a known form. One that is not is
/// answered with 422, although it is its sender's.
async fn receive_json(
    State(inbox): State<Arc<Inbox>>,
    event: VerifiedJson<StandardEvent>,
) -> String {
    let kind = &event.body().kind;
    inbox.once(&event, || info!(scheme = inbox.scheme, kind, "event"))
}

/// By the chapter "Payload structure" of the Standard Webhooks specification.
#[derive(Deserialize)]
struct StandardEvent {
    #[serde(rename = "type")]
    kind: String,
}

/// Remembers which events of one scheme were handled.
///
/// It forgets the oldest, and all when the process ends: a captured request of
/// a scheme without timestamps is then taken again. In production, insert the
/// key into a unique column of the database, **in the transaction that does
/// the work**: then all instances share it, and work that failed is done when
/// the sender tries again.
struct Inbox {
    scheme: &'static str,
    handled: Mutex<Handled>,
}

#[derive(Default)]
struct Handled {
    keys: HashSet<Arc<[u8]>>,
    in_order: VecDeque<Arc<[u8]>>,
}

impl Inbox {
    fn new(scheme: &'static str) -> Self {
        Self {
            scheme,
            handled: Mutex::default(),
        }
    }

    /// Does the work if the event is new. A duplicate is a success to its
    /// sender too, which would try again otherwise.
    fn once<B>(&self, event: &Verified<'_, B>, work: impl FnOnce()) -> String {
        // The MAC tells a request that is sent again, not an event that is
        // signed again: Pomelo's retries need an id from the body.
        let key = event.message_id().unwrap_or(event.signature().as_bytes());
        let verdict = if self.is_new(key) {
            work();
            "accepted"
        } else {
            info!(scheme = self.scheme, "duplicate");
            "duplicate"
        };
        format!("{verdict} {} bytes\n", event.body_len())
    }

    fn is_new(&self, key: &[u8]) -> bool {
        const REMEMBERED: usize = 100_000;

        let mut handled = self.handled.lock().unwrap_or_else(PoisonError::into_inner);
        let key = Arc::from(key);
        let new = handled.keys.insert(Arc::clone(&key));
        if new {
            handled.in_order.push_back(key);
        }
        if handled.in_order.len() > REMEMBERED
            && let Some(oldest) = handled.in_order.pop_front()
        {
            handled.keys.remove(&oldest);
        }
        new
    }
}

/// `None` if the scheme is not to be served.
type Configured = Result<Option<Arc<dyn Verifier>>, Box<dyn Error>>;

fn paminga() -> Configured {
    let key = secret("PAMINGA_SECRET", Key::from_text)?;
    Ok(key.map(|key| Arc::new(Paminga::new(key)) as _))
}

fn pakk() -> Configured {
    let key = secret("PAKK_SIGNING_KEY", Key::from_text)?;
    Ok(key.map(|key| Arc::new(Pakk::new(key)) as _))
}

fn standard() -> Configured {
    let Some(keys) = secret("STANDARD_WEBHOOKS_SECRET", keyring)? else {
        return Ok(None);
    };
    let prefix: String = setting("STANDARD_WEBHOOKS_PREFIX", "webhook".into())?;
    let verifier = StandardWebhooks::new(keys)
        .with_header_prefix(&prefix)
        .map_err(wrong("STANDARD_WEBHOOKS_PREFIX"))?;
    Ok(Some(Arc::new(verifier)))
}

/// Secrets and, in a build with the feature `ed25519`, public keys.
fn keyring(texts: &str) -> Result<Keyring, ConfigError> {
    let keys: Result<Vec<Keyring>, _> =
        texts.split_whitespace().map(Keyring::from_base64).collect();
    Keyring::new(keys?)
}

fn hubpay() -> Configured {
    let key = secret("HUBPAY_SHARED_KEY", Key::from_text)?;
    Ok(key.map(|key| Arc::new(Hubpay::new(key)) as _))
}

fn pomelo() -> Configured {
    let api_key = variable("POMELO_API_KEY")?;
    let api_secret = secret("POMELO_API_SECRET", Key::from_base64)?;
    let endpoint = variable("POMELO_ENDPOINT")?;
    match (api_key, api_secret, endpoint) {
        (None, None, None) => Ok(None),
        (Some(id), Some(key), Some(endpoint)) => {
            let verifier =
                Pomelo::new(endpoint, [key.with_id(id)]).map_err(wrong("POMELO_ENDPOINT"))?;
            Ok(Some(Arc::new(verifier)))
        }
        _ => Err("POMELO_API_KEY, POMELO_API_SECRET and POMELO_ENDPOINT \
            belong together: set all three, or none"
            .into()),
    }
}

fn secret<K>(
    name: &str,
    parse: fn(&str) -> Result<K, ConfigError>,
) -> Result<Option<K>, Box<dyn Error>> {
    let secret = variable(name)?;
    let key = secret.map(|secret| parse(&secret)).transpose();
    Ok(key.map_err(wrong(name))?)
}

fn setting<T>(name: &str, default: T) -> Result<T, Box<dyn Error>>
where
    T: FromStr<Err: Display>,
{
    let value = variable(name)?;
    let value = value.map(|value| value.parse()).transpose();
    Ok(value.map_err(wrong(name))?.unwrap_or(default))
}

/// A variable, `None` if it is not set. No message shows its value.
fn variable(name: &str) -> Result<Option<String>, String> {
    match env::var(name) {
        Ok(value) if value.is_empty() => Err(format!("{name} is set to nothing; set or unset it")),
        Ok(value) if value.trim() != value => {
            Err(format!("{name} has white space around it; remove it"))
        }
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(format!("{name} is not UTF-8; set it anew")),
    }
}

fn wrong<E: Display>(name: &str) -> impl Fn(E) -> String {
    move |error| format!("{name}: {error}")
}

/// Ends when the process is asked to: by Ctrl-C, or by the SIGTERM of whatever
/// started it. Listens from now on, not from the first poll.
#[cfg(unix)]
fn shutdown_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(windows)]
fn shutdown_signal() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}
