//! A webhook receiver with hyper and no framework: HTTP/1.1 and HTTP/2, one
//! route, Standard Webhooks.
//!
//! ```text
//! HOOKSEAL_SECRET=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw cargo run --example hyper
//! ```
//!
//! It listens on `HOOKSEAL_LISTEN`, `127.0.0.1:3000` unless set, and prints the
//! address. A sender made of OpenSSL and curl:
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
//! Here `match` is the router, and the layer verifies one of its arms. A server
//! with nothing but webhooks needs no `match`:
//! `hyper_util::service::TowerToHyperService` makes the layer's service one of
//! hyper's. And a body that is to be stored as it arrives, not held in memory,
//! needs no layer: `Verifier::begin` takes `request.headers()`, `Check::update`
//! each frame's data, and `Check::finish` gives the proof; act on nothing
//! before it does.

use std::convert::Infallible;
use std::env::{self, VarError};
use std::error::Error;
use std::pin::pin;
use std::process::ExitCode;
use std::time::Duration;

use bytes::Bytes;
use hookseal::schemes::StandardWebhooks;
use hookseal::tower::{Refusal, VerifiedBody, VerifyLayer};
use hookseal::{ConfigError, Key};
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};
use tower::{Layer, ServiceExt};

/// Three times what Standard Webhooks asks senders to stay below: 20 kB.
const BODY_LIMIT: usize = 64 * 1024;

/// For the headers of a request, and then for its body. Senders have both at
/// hand, and wait a few seconds for the answer themselves.
const READ_TIME: Duration = Duration::from_secs(5);

/// For a connection, before it is asked to end, and then again for what is
/// going on in it. More than a request may take.
const CONNECTION_TIME: Duration = Duration::from_secs(15);

type Answer = Response<Empty<Bytes>>;

/// Cannot be called with a request that was not verified.
async fn receive(request: Request<VerifiedBody>) -> Result<Answer, Infallible> {
    let event = request.body().proof();
    // Put the event into a queue here, under its message id: the same id again
    // is the same event again. Its sender waits for the answer.
    let id = event.message_id().unwrap_or_default();
    println!("{}: {} bytes", id.escape_ascii(), event.body().len());
    Ok(answer(StatusCode::NO_CONTENT))
}

fn answer(status: StatusCode) -> Answer {
    let mut answer = Response::new(Empty::new());
    *answer.status_mut() = status;
    answer
}

#[tokio::main]
async fn main() -> ExitCode {
    let Err(error) = serve().await;
    eprintln!("hyper: {error}");
    ExitCode::FAILURE
}

async fn serve() -> Result<Infallible, Box<dyn Error>> {
    let layer = VerifyLayer::new(verifier()?)
        .with_body_limit(BODY_LIMIT)
        .with_body_timeout(READ_TIME, sleep);
    let webhooks = layer.layer(tower::service_fn(receive));

    let routes = hyper::service::service_fn(move |request: Request<Incoming>| {
        let webhooks = webhooks.clone();
        async move {
            match (request.method(), request.uri().path()) {
                (&Method::POST, "/webhooks") => {
                    let answer = webhooks.oneshot(request).await?;
                    // For your logs; the sender sees the status alone.
                    if let Some(refusal) = answer.extensions().get::<Refusal>() {
                        eprintln!("refused: {refusal}");
                    }
                    Ok::<_, Infallible>(answer)
                }
                _ => Ok(answer(StatusCode::NOT_FOUND)),
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
                // Out of file descriptors, say: others will be closed.
                eprintln!("cannot accept a connection: {error}");
                sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let (server, routes) = (server.clone(), routes.clone());
        tokio::spawn(async move {
            let mut connection = pin!(server.serve_connection(stream, routes));
            // hyper's timeout does not hold for a connection that sends nothing
            // (<https://github.com/hyperium/hyper/issues/3756>), or for HTTP/2.
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

/// A broken secret is found here, when the server starts. No message shows it;
/// that of `env::var` would, if it were not UTF-8.
fn verifier() -> Result<StandardWebhooks, String> {
    let secret = env::var_os("HOOKSEAL_SECRET")
        .ok_or("HOOKSEAL_SECRET is not set")?
        .into_string()
        .map_err(|_| "HOOKSEAL_SECRET is not UTF-8")?;
    let wrong = |error: ConfigError| format!("HOOKSEAL_SECRET: {error}");
    Ok(StandardWebhooks::new(
        Key::from_base64(&secret).map_err(wrong)?,
    ))
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
