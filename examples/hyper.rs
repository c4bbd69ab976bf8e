//! A webhook receiver with hyper and no framework: HTTP/1.1 and HTTP/2, one
//! route, Standard Webhooks.
//!
//! ```text
//! HOOKSEAL_SECRET=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw cargo run --example hyper
//! ```
//!
//! It listens on `HOOKSEAL_LISTEN`, by default `127.0.0.1:3000`, and prints the
//! address. You can send it a request with OpenSSL and curl:
//!
//! ```text
//! now=$(date +%s) body='{"type":"contact.created"}'
//! key=$(printf MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw | base64 -d | xxd -p -c 99)
//! mac=$(printf '%s' "msg_1.$now.$body" |
//!   openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64)
//! curl -i http://127.0.0.1:3000/webhooks -d "$body" \
//!   -H 'webhook-id: msg_1' -H "webhook-timestamp: $now" -H "webhook-signature: v1,$mac"
//! ```
//!
//! Here a `match` is the router, and the layer verifies one of its arms. A server
//! that receives only webhooks needs no `match`:
//! `hyper_util::service::TowerToHyperService` turns the layer's service into a
//! hyper service. To store a body as it arrives, without holding it in memory, do
//! not use the layer: pass the request to `Webhook::begin`, the data of each frame
//! to `Verification::update`, and get the proof from `Verification::finish`. Do not
//! act on the data before that.

use std::convert::Infallible;
use std::env::{self, VarError};
use std::error::Error;
use std::pin::pin;
use std::process::ExitCode;
use std::time::Duration;

use bytes::Bytes;
use hookseal::tower::{Rejection, VerifiedBody, VerifyLayer};
use hookseal::{Webhook, schemes};
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};
use tower::{Layer, ServiceExt};

/// About three times the 20 kB that Standard Webhooks asks senders to stay below.
const BODY_LIMIT: usize = 64 * 1024;

/// The limit for the head of a request, and then again for its body. Senders have
/// both ready, and wait only a few seconds for the response.
const READ_TIME: Duration = Duration::from_secs(5);

/// The limit for a connection before it is asked to end, and then again for the
/// requests that are still in progress. A request takes less.
const CONNECTION_TIME: Duration = Duration::from_secs(15);

type Reply = Response<Empty<Bytes>>;

/// Handles an event. Cannot be called with a request that was not verified.
async fn receive(request: Request<VerifiedBody>) -> Result<Reply, Infallible> {
    let event = request.body().proof();
    // Put the event into a queue here, with its message id: a repeated event has the
    // same id. The sender waits for the response.
    let id = event.message_id().unwrap_or_default();
    println!("{}: {} bytes", id.escape_debug(), event.body().len());
    Ok(reply(StatusCode::NO_CONTENT))
}

fn reply(status: StatusCode) -> Reply {
    let mut reply = Response::new(Empty::new());
    *reply.status_mut() = status;
    reply
}

#[tokio::main]
async fn main() -> ExitCode {
    let Err(error) = serve().await;
    eprintln!("hyper: {error}");
    ExitCode::FAILURE
}

async fn serve() -> Result<Infallible, Box<dyn Error>> {
    let layer = VerifyLayer::new(webhook()?)
        .with_body_limit(BODY_LIMIT)
        .with_body_timeout(READ_TIME, sleep);
    let webhooks = layer.layer(tower::service_fn(receive));

    let routes = hyper::service::service_fn(move |request: Request<Incoming>| {
        let webhooks = webhooks.clone();
        async move {
            match (request.method(), request.uri().path()) {
                (&Method::POST, "/webhooks") => {
                    let reply = webhooks.oneshot(request).await?;
                    // For your logs. The sender sees only the status.
                    if let Some(rejection) = reply.extensions().get::<Rejection>() {
                        eprintln!("rejected: {rejection}");
                    }
                    Ok::<_, Infallible>(reply)
                }
                _ => Ok(reply(StatusCode::NOT_FOUND)),
            }
        }
    });

    let mut server = auto::Builder::new(TokioExecutor::new());
    server
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(READ_TIME);

    let listener = listener().await?;
    println!("listening on {}", listener.local_addr()?);
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => TokioIo::new(stream),
            Err(error) => {
                // For example, there are no file descriptors left. Other connections
                // will close and free some.
                eprintln!("cannot accept a connection: {error}");
                sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let (server, routes) = (server.clone(), routes.clone());
        tokio::spawn(async move {
            let mut connection = pin!(server.serve_connection(stream, routes));
            // hyper's timeout does not apply to a connection that sends nothing
            // (<https://github.com/hyperium/hyper/issues/3756>), or to HTTP/2.
            match timeout(CONNECTION_TIME, &mut connection).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => eprintln!("connection: {error}"),
                Err(_elapsed) => {
                    connection.as_mut().graceful_shutdown();
                    let _ended = timeout(CONNECTION_TIME, connection).await;
                }
            }
        });
    }
}

/// Creates the webhook, so that an invalid secret is found when the server starts. No
/// message shows the secret. (The error of `env::var` would, if it were not UTF-8.)
fn webhook() -> Result<Webhook, String> {
    let secret = env::var_os("HOOKSEAL_SECRET")
        .ok_or("HOOKSEAL_SECRET is not set")?
        .into_string()
        .map_err(|_| "HOOKSEAL_SECRET is not UTF-8")?;
    Webhook::new(schemes::STANDARD_WEBHOOKS, secret)
        .map_err(|error| format!("HOOKSEAL_SECRET: {error}"))
}

async fn listener() -> Result<TcpListener, String> {
    let address = match env::var("HOOKSEAL_LISTEN") {
        Ok(address) => address,
        Err(VarError::NotPresent) => "127.0.0.1:3000".to_owned(),
        Err(error) => return Err(format!("HOOKSEAL_LISTEN: {error}")),
    };
    TcpListener::bind(&address)
        .await
        .map_err(|error| format!("HOOKSEAL_LISTEN: cannot listen on {address}: {error}"))
}
