//! Counts the requests by route, status and reason of rejection, for Prometheus.

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use hookseal::tower::Rejection;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

/// The route, the status, and the reason of a rejection. All come from small sets, whatever
/// is sent.
type Labels = [(&'static str, String); 3];

#[derive(Clone, Default)]
pub struct Metrics(Family<Labels, Counter>);

impl Metrics {
    /// Counts a request to a route. It goes around all other layers, to see their responses.
    pub async fn count(
        State(metrics): State<Self>,
        path: MatchedPath,
        request: Request,
        next: Next,
    ) -> Response {
        let response = next.run(request).await;
        let rejection = response.extensions().get::<Rejection>();
        let labels = [
            ("route", path.as_str().into()),
            ("status", response.status().as_str().into()),
            ("rejection", rejection.map_or("", Rejection::reason).into()),
        ];
        metrics.0.get_or_create(&labels).inc();
        response
    }

    /// Returns all numbers as text.
    pub fn text(&self) -> String {
        let mut registry = Registry::default();
        registry.register(
            "webhook_requests",
            "Requests to the senders' routes",
            self.0.clone(),
        );
        let mut text = String::new();
        // Writing to a `String` does not fail.
        let _ = encode(&mut text, &registry);
        text
    }
}
