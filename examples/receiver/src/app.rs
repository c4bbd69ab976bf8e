//! The routes, with the layers in front of each handler, and the handlers.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodFilter, MethodRouter, get, on, post};
use hookseal::axum::{VerifiedBytes, VerifiedJson};
use hookseal::idempotency::{Guard, OnceLayer, Store};
use hookseal::networks::{Networks, TrustedProxies};
use hookseal::tower::{AllowNetworksLayer, SignResponseLayer, VerifyLayer};
use hookseal::{SignError, Webhook};
use serde::Deserialize;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;
use tracing::info;

use crate::metrics::Metrics;
use crate::senders::Sender;
use crate::settings::{Settings, wrong};

/// The settings and stores that the layers of all routes need.
pub struct App {
    pub body_timeout: Duration,
    pub lease: Duration,
    body_limit: usize,
    answer_deadline: Duration,
    proxies: Option<TrustedProxies>,
    store: Arc<dyn Store>,
    tasks: TaskTracker,
}

impl App {
    /// Reads the settings that all routes share. Events are handled in `tasks`.
    pub fn new(
        settings: &Settings,
        store: Arc<dyn Store>,
        tasks: TaskTracker,
    ) -> Result<Self, String> {
        let name = "TRUSTED_PROXIES";
        let proxies = settings.text(name)?;
        let proxies = proxies.map(|list| Networks::new(list.split_whitespace()));
        let proxies = proxies.transpose().map_err(wrong(name))?;
        Ok(Self {
            body_timeout: Duration::from_secs(settings.or("BODY_TIMEOUT", 10)?),
            lease: Duration::from_secs(settings.or("EVENT_LEASE", 120)?),
            body_limit: settings.or("BODY_LIMIT", 256 * 1024)?,
            answer_deadline: Duration::from_millis(settings.or("ANSWER_DEADLINE", 1500)?),
            proxies: proxies.map(TrustedProxies::x_forwarded_for),
            store,
            tasks,
        })
    }

    /// Returns the routes for all senders, and those for the operator.
    pub fn router(&self, senders: Vec<Sender>) -> Result<Router, SignError> {
        let metrics = Metrics::default();
        let mut router = Router::new();
        for sender in senders {
            let path = sender.path.clone();
            info!(path, scheme = sender.webhook.scheme(), "serving");
            router = router.route(&path, self.route(sender)?);
        }
        Ok(router
            .route_layer(from_fn_with_state(metrics.clone(), Metrics::count))
            .route("/health", get(|| async { "ok\n" }))
            .route(
                "/metrics",
                get(|State(metrics): State<Metrics>| async move { metrics.text() }),
            )
            .with_state(metrics))
    }

    /// Puts the layers in front of a sender's handler. The last one is the outermost.
    fn route(&self, sender: Sender) -> Result<MethodRouter<Metrics>, SignError> {
        let Sender { path, webhook, .. } = sender;
        // The events of each route are separate.
        let guard = Guard::new(Arc::clone(&self.store), &*path).with_lease(self.lease);
        let tasks = self.tasks.clone();
        let mut once = OnceLayer::new(guard, move |task| tasks.spawn(task));
        // If a sender signs the time of each attempt and no message id, each attempt has a
        // different idempotency key.
        let coverage = webhook.coverage();
        if coverage.timestamp() && !coverage.message_id() {
            once = once.with_key(VerifiedBytes::body_key);
        }

        let methods = match sender.answers_handshakes {
            true => MethodFilter::POST.or(MethodFilter::GET),
            false => MethodFilter::POST,
        };
        let route = match webhook.scheme() {
            "standard-webhooks" => post(receive_json).route_layer(once),
            "pomelo" => pomelo(once).route_layer(self.sign_responses(&webhook)?),
            _ => on(methods, receive).route_layer(once),
        };

        let mut verify = VerifyLayer::new(webhook)
            .with_body_limit(self.body_limit)
            .with_body_timeout(self.body_timeout, tokio::time::sleep);
        if let Some(explainer) = sender.explainer {
            verify = verify.explain_refusals(explainer);
        }
        let route = match sender.answers_handshakes {
            true => route.route_layer(verify.answer_handshakes()),
            false => route.route_layer(verify),
        };

        let Some(networks) = sender.networks else {
            return Ok(route);
        };
        let mut allow = AllowNetworksLayer::new(networks, |extensions| {
            let peer = extensions.get::<ConnectInfo<SocketAddr>>();
            peer.map(|peer| peer.0.ip())
        });
        if let Some(proxies) = &self.proxies {
            allow = allow.with_trusted_proxies(proxies.clone());
        }
        Ok(route.route_layer(allow))
    }

    /// Creates the layer that signs responses: Pomelo rejects a transaction whose response is late
    /// or not signed.
    fn sign_responses(&self, webhook: &Arc<Webhook>) -> Result<SignResponseLayer, SignError> {
        let layer = SignResponseLayer::new(Arc::clone(webhook))?;
        Ok(layer
            .with_timeout(self.answer_deadline, tokio::time::sleep)
            .with_fallback(|event, failure| match event.endpoint() {
                Some(AUTHORIZATIONS) => Response::new(Bytes::from_static(REJECTED.as_bytes())),
                _ => {
                    let mut response = Response::new(Bytes::new());
                    *response.status_mut() = failure.status();
                    response
                }
            }))
    }
}

/// Does the work for an event: here, it logs the event. Only the layers create a
/// `VerifiedBytes`, so this is called only for verified requests, and once for each event.
///
/// The event is marked as handled after a 2xx. If this fails, its next delivery is handled.
/// Senders wait a few seconds (Paminga: 3) and then send again, so put work that takes longer
/// into a queue.
async fn receive(event: VerifiedBytes) -> String {
    let bytes = event.body_len();
    info!(scheme = event.scheme(), bytes, "event");
    format!("accepted {bytes} bytes\n")
}

/// Does the same for events that are JSON of a known form. Others get a 422, even though
/// they are genuine.
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

/// The endpoint to which Pomelo sends transactions to be authorised.
const AUTHORIZATIONS: &str = "/transactions/authorizations";
const REJECTED: &str = r#"{"status":"REJECTED"}"#;

/// Dispatches by the endpoint, which is signed, and not by the path, which is not.
///
/// Authorisations are not behind the `OnceLayer`, which responds to a repeated event with an
/// empty body: the sender would interpret that as a decision.
fn pomelo(once: OnceLayer) -> MethodRouter<Metrics> {
    let others = post(receive).route_layer(once);
    post(
        async move |event: VerifiedBytes, request: Request| match event.endpoint() {
            Some(AUTHORIZATIONS) => decide(&event).await.into_response(),
            _ => match others.oneshot(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            },
        },
    )
}

/// Decides a transaction: here, it rejects each one that can be parsed.
///
/// A repeated request must get the same response. Look the decision up by the event's id, or
/// decide and store the decision atomically.
async fn decide(event: &VerifiedBytes) -> Result<&'static str, StatusCode> {
    let transaction: Authorization =
        serde_json::from_slice(event.body()).map_err(|_| StatusCode::UNPROCESSABLE_ENTITY)?;
    info!(transaction = transaction.transaction.id, "rejected");
    Ok(REJECTED)
}

/// The fields that the requests of Pomelo's published Postman collection have.
#[derive(Deserialize)]
struct Authorization {
    transaction: Transaction,
}

#[derive(Deserialize)]
struct Transaction {
    id: String,
}
