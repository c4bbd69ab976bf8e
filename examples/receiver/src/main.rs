//! A webhook receiver to start yours from: axum, one route for each sender.
//!
//! ```text
//! STANDARD_WEBHOOKS_SECRET=whsec_… cargo run -p receiver
//! ```
//!
//! | route | is served if these are set |
//! | --- | --- |
//! | `POST /webhooks/paminga` | `PAMINGA_SECRET` |
//! | `POST /webhooks/pakk` | `PAKK_SIGNING_KEY` |
//! | `POST /webhooks/standard` | `STANDARD_WEBHOOKS_SECRET`, or several with spaces between them during a rotation; `STANDARD_WEBHOOKS_PREFIX=svix` for the header names of a sender |
//! | `POST /webhooks/hubpay` | `HUBPAY_SHARED_KEY` |
//! | `POST /webhooks/pomelo` | `POMELO_API_KEY`, `POMELO_API_SECRET`, `POMELO_ENDPOINT` |
//! | `POST /webhooks/NAME` for every other scheme of the catalogue, such as `stripe` | `NAME_SECRET`, such as `STRIPE_SECRET`, and `NAME_SECRET_2` during a rotation; `NAME_KEY_ID` if requests name their key; `NAME_ENDPOINT`, the URL or origin, if the scheme signs it |
//! | `GET /health` | always |
//!
//! `LISTEN` is the address (`127.0.0.1:8080`; port 0 takes a free one),
//! `BODY_LIMIT` the longest body in bytes (262144), and `BODY_TIMEOUT` the seconds
//! that a whole body may take (10). A wrong setting stops the start.
//!
//! It speaks HTTP/1.1 and HTTP/2 without TLS. A deployment needs a proxy in front,
//! for TLS and because `axum::serve` waits for the head of a request without a
//! limit. The proxy limits that time, idle connections, and the number of requests
//! at once, each of which can hold twice `BODY_LIMIT`. The clock must be right.
//!
//! Each event is handled once. `EVENTS` says where that is remembered: `memory` for one
//! process (the default), `redis://…`, or `postgres://…`, whose tables are made at the start.
//! `EVENT_LEASE` is the seconds that a handler may take (120).

use std::env::{self, VarError};
use std::error::Error;
use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use hookseal::axum::{VerifiedBytes, VerifiedJson};
use hookseal::idempotency::{Guard, MemoryStore, OnceLayer, Store};
use hookseal::tower::VerifyLayer;
use hookseal::{ConfigError, Key, Keys, Webhook, scheme::Scheme, schemes};
use hookseal_postgres::PostgresStore;
use hookseal_redis::RedisStore;
use redis::aio::ConnectionManagerConfig;
use serde::Deserialize;
use sqlx::postgres::PgPoolOptions;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio_util::task::TaskTracker;
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
    let lease = Duration::from_secs(setting("EVENT_LEASE", 120)?);
    // Of a sender that hangs up, the event is still being handled: these tasks are waited for.
    let tasks = TaskTracker::new();
    let app = app(limit, timeout, lease, store().await?, &tasks)?;

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
    // A connection with half a head would keep a graceful shutdown waiting
    // forever. By then, all requests in flight are finished.
    let patience = timeout.saturating_add(Duration::from_secs(5));
    let out_of_patience = async {
        let _ = stopped.await;
        tokio::time::sleep(patience).await;
    };
    tokio::select! {
        result = server => result?,
        () = out_of_patience => warn!("connections still open after {patience:?} are dropped"),
    }
    tasks.close();
    if tokio::time::timeout(lease, tasks.wait()).await.is_err() {
        warn!(
            "{} events are still being handled after {lease:?}",
            tasks.len()
        );
    }
    Ok(())
}

/// Makes a route for each scheme that has a secret, with its own layer.
fn app(
    limit: usize,
    timeout: Duration,
    lease: Duration,
    store: Arc<dyn Store>,
    tasks: &TaskTracker,
) -> Result<Router, Box<dyn Error>> {
    let mut app = Router::new();
    let mut routes = vec![
        ("/webhooks/paminga".to_owned(), paminga()?, post(receive)),
        ("/webhooks/pakk".to_owned(), pakk()?, post(receive)),
        (
            "/webhooks/standard".to_owned(),
            standard()?,
            post(receive_json),
        ),
        ("/webhooks/hubpay".to_owned(), hubpay()?, post(receive)),
        ("/webhooks/pomelo".to_owned(), pomelo()?, post(receive)),
    ];
    let own = ["paminga", "pakk", "standard-webhooks", "hubpay", "pomelo"];
    for scheme in schemes::ALL
        .iter()
        .filter(|scheme| !own.contains(&scheme.name))
    {
        let path = format!("/webhooks/{}", scheme.name);
        routes.push((path, of_catalogue(*scheme)?, post(receive)));
    }
    for (path, webhook, handler) in routes {
        let Some(webhook) = webhook else { continue };
        info!(path, scheme = webhook.scheme(), "serving");
        let coverage = webhook.coverage();
        let signs_time_alone = coverage.timestamp() && !coverage.message_id();
        let layer = VerifyLayer::new(webhook)
            .with_body_limit(limit)
            .with_body_timeout(timeout, tokio::time::sleep);
        // Each route has events of its own.
        let guard = Guard::new(Arc::clone(&store), &*path).with_lease(lease);
        let tasks = tasks.clone();
        let once = OnceLayer::new(guard, move |task| tasks.spawn(task));
        // Without a message id, a sender that signs the time of each attempt has another
        // key for each.
        let once = match signs_time_alone {
            true => once.with_key(VerifiedBytes::body_key),
            false => once,
        };
        // `route_layer`, so that the response to other methods than POST is 405. The last
        // one is the outermost: it verifies.
        app = app.route(&path, handler.route_layer(once).route_layer(layer));
    }
    if !app.has_routes() {
        return Err(
            "no scheme has a secret: set PAMINGA_SECRET, PAKK_SIGNING_KEY, \
            STANDARD_WEBHOOKS_SECRET, HUBPAY_SHARED_KEY, POMELO_API_KEY with \
            POMELO_API_SECRET and POMELO_ENDPOINT, or the secret of another scheme, \
            such as STRIPE_SECRET"
                .into(),
        );
    }
    Ok(app.route("/health", get(|| async { "ok\n" })))
}

/// Does the work for an event: here, it logs the event. Only the layers make a
/// `VerifiedBytes`, so this is called for verified requests only, and once for each event.
///
/// The event is marked as handled after a 2xx. If this fails, its next delivery is handled.
/// Senders wait a few seconds (Paminga: 3) and then send again, so put work that takes longer
/// into a queue.
async fn receive(event: VerifiedBytes) -> String {
    let bytes = event.body_len();
    info!(scheme = event.scheme(), bytes, "event");
    format!("accepted {bytes} bytes\n")
}

/// Does the same for events that are JSON of a known form. Others get a 422,
/// although they are the sender's.
async fn receive_json(
    proof: VerifiedBytes,
    VerifiedJson(event): VerifiedJson<StandardEvent>,
) -> String {
    let (kind, bytes) = (event.kind, proof.body_len());
    info!(scheme = proof.scheme(), kind, "event");
    format!("accepted {bytes} bytes\n")
}

/// See the chapter "Payload structure" of the Standard Webhooks specification.
#[derive(Deserialize)]
struct StandardEvent {
    #[serde(rename = "type")]
    kind: String,
}

/// Remembers which events were handled, where `EVENTS` says.
async fn store() -> Result<Arc<dyn Store>, Box<dyn Error>> {
    let name = "EVENTS";
    let place: String = setting(name, "memory".into())?;
    Ok(match place.split_once("://") {
        None if place == "memory" => Arc::new(MemoryStore::new(100_000)),
        Some(("redis" | "rediss", _)) => {
            let client = redis::Client::open(&*place).map_err(wrong(name))?;
            // Senders wait a few seconds: a store that is down is not looked for for longer.
            let config = ConnectionManagerConfig::new()
                .set_number_of_retries(2)
                .set_response_timeout(Some(Duration::from_secs(2)));
            let manager = client.get_connection_manager_with_config(config).await;
            let store = RedisStore::new(manager.map_err(wrong(name))?).await;
            Arc::new(store.map_err(wrong(name))?)
        }
        Some(("postgres" | "postgresql", _)) => {
            // Of its own, so that busy handlers do not keep it waiting.
            let options = PgPoolOptions::new().acquire_timeout(Duration::from_secs(3));
            let pool = options.connect(&place).await.map_err(wrong(name))?;
            let store = PostgresStore::new(pool);
            store.create_tables().await.map_err(wrong(name))?;
            tokio::spawn(delete_ended(store.clone()));
            Arc::new(store)
        }
        _ => return Err(format!("{name}: set memory, redis://… or postgres://…").into()),
    })
}

/// Deletes what has ended, once an hour.
async fn delete_ended(store: PostgresStore) {
    let mut hours = tokio::time::interval(Duration::from_secs(3600));
    loop {
        hours.tick().await;
        match store.delete_ended(100_000).await {
            Ok(0) => {}
            Ok(count) => info!(count, "events forgotten"),
            Err(error) => warn!("EVENTS: {error}"),
        }
    }
}

/// `None` if the scheme is not to be served.
type Configured = Result<Option<Webhook>, Box<dyn Error>>;

fn paminga() -> Configured {
    with_secret(schemes::PAMINGA, "PAMINGA_SECRET")
}

fn pakk() -> Configured {
    with_secret(schemes::PAKK, "PAKK_SIGNING_KEY")
}

fn hubpay() -> Configured {
    with_secret(schemes::HUBPAY, "HUBPAY_SHARED_KEY")
}

fn standard() -> Configured {
    let name = "STANDARD_WEBHOOKS_SECRET";
    let Some(secrets) = variable(name)? else {
        return Ok(None);
    };
    // In a build with the feature `ed25519`, public keys too.
    let keys: Keys = secrets.split_whitespace().collect();
    let prefix: String = setting("STANDARD_WEBHOOKS_PREFIX", "webhook".into())?;
    let scheme = schemes::STANDARD_WEBHOOKS.with_header_prefix(&prefix);
    let webhook = Webhook::new(scheme, keys).map_err(|error| match error {
        ConfigError::InvalidHeaderName { .. } => wrong("STANDARD_WEBHOOKS_PREFIX")(error),
        _ => wrong(name)(error),
    });
    Ok(Some(webhook?))
}

fn pomelo() -> Configured {
    let name = "POMELO_API_SECRET";
    let api_key = variable("POMELO_API_KEY")?;
    let api_secret = variable(name)?;
    let endpoint = variable("POMELO_ENDPOINT")?;
    match (api_key, api_secret, endpoint) {
        (None, None, None) => Ok(None),
        (Some(id), Some(secret), Some(endpoint)) => {
            let key = Key::from_base64(&secret).map_err(wrong(name))?.with_id(id);
            let scheme = schemes::POMELO.at(&endpoint);
            let webhook = Webhook::new(scheme, key).map_err(|error| match error {
                ConfigError::InvalidEndpoint => wrong("POMELO_ENDPOINT")(error),
                _ => wrong("POMELO_API_KEY")(error),
            });
            Ok(Some(webhook?))
        }
        _ => Err("POMELO_API_KEY, POMELO_API_SECRET and POMELO_ENDPOINT \
            belong together: set all three, or none"
            .into()),
    }
}

/// A scheme that needs nothing of its own: its variables begin with its name.
fn of_catalogue(scheme: Scheme<'_>) -> Configured {
    let prefix = scheme.name.to_uppercase().replace('-', "_");
    let [secret, second, key_id, endpoint] =
        ["SECRET", "SECRET_2", "KEY_ID", "ENDPOINT"].map(|option| format!("{prefix}_{option}"));
    let Some(first) = variable(&secret)? else {
        return Ok(None);
    };
    let id = variable(&key_id)?;
    let keys: Keys = [Some(first), variable(&second)?]
        .into_iter()
        .flatten()
        .map(|text| match &id {
            Some(id) => Key::from(text).with_id(&**id),
            None => Key::from(text),
        })
        .collect();
    let own = variable(&endpoint)?;
    let scheme = own.as_deref().map_or(scheme, |own| scheme.at(own));
    let webhook = Webhook::new(scheme, keys).map_err(|error| match error {
        ConfigError::MissingEndpoint
        | ConfigError::InvalidEndpoint
        | ConfigError::UnusedEndpoint => wrong(&endpoint)(error),
        ConfigError::KeyWithoutId { .. } | ConfigError::InvalidKeyId { .. } => {
            wrong(&key_id)(error)
        }
        _ => wrong(&secret)(error),
    });
    Ok(Some(webhook?))
}

fn with_secret(scheme: Scheme<'_>, name: &str) -> Configured {
    let webhook = variable(name)?.map(|secret| Webhook::new(scheme, secret));
    Ok(webhook.transpose().map_err(wrong(name))?)
}

fn setting<T>(name: &str, default: T) -> Result<T, Box<dyn Error>>
where
    T: FromStr<Err: Display>,
{
    let value = variable(name)?.map(|value| value.parse()).transpose();
    Ok(value.map_err(wrong(name))?.unwrap_or(default))
}

/// Returns a variable, or `None` if it is not set. No message shows its value.
fn variable(name: &str) -> Result<Option<String>, String> {
    match env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(format!("{name} is not UTF-8; set it anew")),
    }
}

fn wrong<E: Display>(name: &str) -> impl Fn(E) -> String {
    move |error| format!("{name}: {error}")
}

/// Ends when the process is asked to stop: by Ctrl-C, or by the SIGTERM of
/// whatever started it. Listens from now on, and not from the first poll on.
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
