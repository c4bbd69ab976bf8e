//! A webhook receiver as a starting point for yours: axum, one route for each sender.
//!
//! ```text
//! STRIPE_SECRET=whsec_… cargo run -p receiver
//! ```
//!
//! Each scheme of the catalogue whose secret is set gets a route, `POST /webhooks/` and its name,
//! such as `/webhooks/stripe`. The names of a sender's settings begin with the scheme's name:
//!
//! | setting | what it is |
//! | --- | --- |
//! | `STRIPE_SECRET`, `STRIPE_SECRET_2`, … | the secrets; several during a rotation |
//! | `POMELO_KEY_ID`, `POMELO_KEY_ID_2`, … | their ids, if requests name their key |
//! | `POMELO_ENDPOINT`, `POMELO_ENDPOINT_2`, … | the endpoints, or the URL or origin, if the scheme signs one |
//! | `HUBPAY_HEADER`, `STANDARD_WEBHOOKS_HEADER_PREFIX` | the signature's header, or the beginning of the headers' names, such as `svix` |
//! | `META_VERIFY_TOKEN` | the text by which the sender proves itself when it asks for a proof |
//! | `POMELO_NETWORKS` | the networks that requests may come from, with spaces between them |
//!
//! The service has these settings:
//!
//! | setting | what it is | default |
//! | --- | --- | --- |
//! | `SETTINGS` | a TOML file with settings that are not in the environment | |
//! | `SCHEMES` | TOML files with custom schemes, with spaces between them | |
//! | `LISTEN` | the address; port 0 selects a free one | `127.0.0.1:8080` |
//! | `BODY_LIMIT` | the longest body, in bytes | 262144 |
//! | `BODY_TIMEOUT` | the seconds that a whole body may take | 10 |
//! | `EVENTS` | the store that remembers which events were handled: `memory` for one process, `redis://…`, or `postgres://…`, whose tables are created at the start | `memory` |
//! | `EVENT_LEASE` | the seconds that a handler may take | 120 |
//! | `ANSWER_DEADLINE` | the milliseconds after which Pomelo gets a signed refusal, if the handler has not answered | 1500 |
//! | `TRUSTED_PROXIES` | the networks of the proxies whose `X-Forwarded-For` is believed, with spaces between them | |
//! | `EXPLAIN` | `true` in development: the log says why a request was refused | `false` |
//!
//! The service does not start with a wrong setting. `GET /health` and `GET /metrics` are for the
//! operator: let the proxy in front pass on only `/webhooks/`.
//!
//! The service speaks HTTP/1.1 and HTTP/2 without TLS. A deployment needs a proxy in front,
//! for TLS and because `axum::serve` waits for the head of a request without a
//! limit. The proxy must limit that time, idle connections, and the number of
//! simultaneous requests, each of which can hold twice `BODY_LIMIT`. The clock must
//! be right.

mod app;
mod events;
mod metrics;
mod senders;
mod settings;

use std::error::Error;
use std::io::{self, IsTerminal as _, Write as _};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio_util::task::TaskTracker;
use tracing::{error, info, warn};

use crate::app::App;
use crate::settings::Settings;

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
    let settings = Settings::read()?;
    let address: String = settings.or("LISTEN", "127.0.0.1:8080".into())?;
    // If a sender hangs up, its event is still handled in a task, so wait for these tasks.
    let tasks = TaskTracker::new();
    let senders = senders::senders(&settings)?;
    let store = events::store(&settings).await?;
    let app = App::new(&settings, store, tasks.clone())?;
    settings.check_all_known()?;
    let router = app.router(senders)?;

    let signal = shutdown_signal()?;
    let listener = TcpListener::bind(&address)
        .await
        .map_err(|error| format!("LISTEN: cannot listen on {address}: {error}"))?;
    writeln!(io::stdout(), "listening on {}", listener.local_addr()?)?;

    let (stopping, stopped) = oneshot::channel();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(async {
        signal.await;
        info!("stopping: finishing the requests in flight");
        let _ = stopping.send(());
    });
    // The wait is limited, since a connection with half a head would block a graceful shutdown
    // forever. By the end of the wait, all requests in flight are finished.
    let patience = app.body_timeout.saturating_add(Duration::from_secs(5));
    let out_of_patience = async {
        let _ = stopped.await;
        tokio::time::sleep(patience).await;
    };
    tokio::select! {
        result = server => result?,
        () = out_of_patience => warn!("connections still open after {patience:?} are dropped"),
    }
    tasks.close();
    if tokio::time::timeout(app.lease, tasks.wait()).await.is_err() {
        warn!(
            "{} events are still being handled after {:?}",
            tasks.len(),
            app.lease
        );
    }
    Ok(())
}

/// Waits until the process is asked to stop, by Ctrl-C or by SIGTERM. It listens for
/// signals from the call on, and not only from the first poll on.
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
