//! The layer and its options.

use alloc::sync::Arc;
use core::fmt;
use core::future::Future;
use core::time::Duration;

use http::Response;
use http::request::Parts;
use tower_layer::Layer;

use super::service::Options;
use super::{Checks, EmptyResponse, Rejection, Verify};
use crate::{Reloadable, Verifier};

/// Lets only verified requests through to the service behind it.
///
/// See the [module docs](super) for what it does, and for an example.
#[derive(Clone)]
#[must_use = "a layer does nothing until it is put on a service"]
pub struct VerifyLayer<R = EmptyResponse> {
    options: Options<R>,
}

impl VerifyLayer {
    /// 1 MiB. Events are small: Standard Webhooks asks senders to stay below
    /// 20 kB (its specification, "Payload size").
    pub const DEFAULT_BODY_LIMIT: usize = Checks::DEFAULT_BODY_LIMIT;

    /// Creates a layer that checks every request with one verifier: a
    /// [`Webhook`](crate::Webhook), or anything else that implements [`Verifier`],
    /// including a `Box` or an `Arc` of one.
    ///
    /// The layer holds at most [`DEFAULT_BODY_LIMIT`](Self::DEFAULT_BODY_LIMIT)
    /// bytes of a body, waits for the body as long as the server does, and
    /// responds to a rejected request with its
    /// [status](super::Rejection::status) and an empty body.
    /// [`reloadable`](Self::reloadable) creates a layer whose secrets can change
    /// without a restart.
    pub fn new(verifier: impl Verifier + 'static) -> Self {
        let verifier: Arc<dyn Verifier> = Arc::new(verifier);
        Self::from_fn(move |_| Some(Arc::clone(&verifier)))
    }

    /// Creates a layer whose verifier can be replaced while requests are checked, for
    /// rotating secrets without a restart. Each request is checked, to the end of its
    /// body, with the verifier that is current when its head is checked.
    ///
    /// [`Reloadable`] shows how to reload secrets from a file. For secrets of several
    /// tenants, use [`from_fn`](Self::from_fn) with a `Reloadable` map.
    ///
    /// ```
    /// use hookseal::{Reloadable, Webhook, schemes, tower::VerifyLayer};
    ///
    /// let webhook = Reloadable::new(Webhook::new(schemes::PAKK, "the old signing key")?);
    /// let layer = VerifyLayer::reloadable(webhook.clone());
    ///
    /// // Later, while the service runs:
    /// webhook.replace(Webhook::new(schemes::PAKK, ["the new signing key", "the old signing key"])?);
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    pub fn reloadable<V: Verifier + 'static>(verifier: Reloadable<V>) -> Self {
        Self::from_fn(move |_| Some(verifier.current()))
    }

    /// Creates a layer that checks each request with the verifier that `choose`
    /// returns for its head, for example by the tenant in its path. A request
    /// without a verifier is rejected with 401, like any other that is not
    /// verified.
    ///
    /// `choose` sees what anyone can send, and must not block: keep prepared
    /// verifiers in a map. If they have to be fetched, let a middleware in front of
    /// this layer do that, and respond itself if the fetch fails.
    /// The docs of the module `axum` have an example. Under axum's
    /// `Router::nest` the path here lacks the prefix; `OriginalUri` in the
    /// extensions has the whole one.
    ///
    /// Name the keys of each tenant after it ([`Key::with_id`](crate::Key::with_id)).
    /// Then the proof and the log say whose event it is, with every scheme. Rely on that
    /// name, not on the path: this function can see `ann%61` where a handler sees `anna`.
    /// A client can observe whether a path has a verifier, since only then does the layer
    /// read the body.
    ///
    /// ```
    /// use std::collections::HashMap;
    /// use std::sync::Arc;
    ///
    /// use hookseal::{Key, Verifier, Webhook, schemes, tower::VerifyLayer};
    ///
    /// let mut tenants: HashMap<String, Arc<dyn Verifier>> = HashMap::new();
    /// for (name, secret) in [("anna", "anna's signing key"), ("otto", "otto's signing key")] {
    ///     let key = Key::from_text(secret)?.with_id(name);
    ///     tenants.insert(name.into(), Arc::new(Webhook::new(schemes::PAKK, key)?));
    /// }
    ///
    /// // POST /tenants/anna/events
    /// let layer = VerifyLayer::from_fn(move |request| {
    ///     let tenant = request.uri.path().strip_prefix("/tenants/")?.strip_suffix("/events")?;
    ///     tenants.get(tenant).cloned()
    /// });
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    pub fn from_fn<F>(choose: F) -> Self
    where
        F: Fn(&Parts) -> Option<Arc<dyn Verifier>> + Send + Sync + 'static,
    {
        Self {
            options: Options {
                choose: Arc::new(choose),
                checks: Checks::new(),
                respond: EmptyResponse,
            },
        }
    }
}

impl<R> VerifyLayer<R> {
    /// Sets the limit for the length of a body, in bytes. A body of exactly
    /// `bytes` passes.
    ///
    /// The layer holds up to this many bytes for each request that it checks,
    /// briefly up to twice as many while the buffer grows, plus the chunk
    /// that the server hands over. For a scheme that signs a canonical form of the
    /// body, it holds the body twice. (Trailers have a separate limit of 100 fields.)
    pub fn with_body_limit(mut self, bytes: usize) -> Self {
        self.options.checks = self.options.checks.with_body_limit(bytes);
        self
    }

    /// Sets the limit for the time from the checked head to the end of the body.
    /// It applies to the whole body, not to the pauses between its chunks.
    ///
    /// `sleep` is your runtime's sleep function, for example `tokio::time::sleep`.
    ///
    /// ```
    /// # use hookseal::{Webhook, schemes, tower::VerifyLayer};
    /// use std::time::Duration;
    ///
    /// # let webhook = Webhook::new(schemes::PAKK, "the signing key of the webhook's record")?;
    /// let layer = VerifyLayer::new(webhook)
    ///     .with_body_limit(64 * 1024)
    ///     .with_body_timeout(Duration::from_secs(10), tokio::time::sleep);
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    pub fn with_body_timeout<S, F>(mut self, limit: Duration, sleep: S) -> Self
    where
        S: Fn(Duration) -> F + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        self.options.checks = self.options.checks.with_body_timeout(limit, sleep);
        self
    }

    /// Sets the response to rejected requests, instead of the
    /// [status](super::Rejection::status) and an empty body.
    ///
    /// Anyone can receive the response. Make it the same for every
    /// [`Unverified`](super::RejectionKind::Unverified), or a forger learns which
    /// part of a forgery was right. The layer adds `Connection: close` if the
    /// server is going to close the connection (see [rejections](super#rejections)),
    /// unless the response has a `Connection` header.
    ///
    /// To name the type of such a layer, pass a function pointer: with
    /// `reject as fn(&Rejection) -> Response<Body>` the type is
    /// `VerifyLayer<fn(&Rejection) -> Response<Body>>`.
    ///
    /// ```
    /// # use hookseal::{Webhook, schemes, tower::VerifyLayer};
    /// use http::Response;
    ///
    /// # let webhook = Webhook::new(schemes::PAKK, "the signing key of the webhook's record")?;
    /// let layer = VerifyLayer::new(webhook).with_response(|rejection| {
    ///     let mut response = Response::new(format!("{}\n", rejection.status()));
    ///     *response.status_mut() = rejection.status();
    ///     response
    /// });
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    pub fn with_response<F, B>(self, respond: F) -> VerifyLayer<F>
    where
        F: Fn(&Rejection) -> Response<B>,
    {
        let Options { choose, checks, .. } = self.options;
        VerifyLayer {
            options: Options {
                choose,
                #[cfg(feature = "handshake")]
                checks: checks.without_answers(),
                #[cfg(not(feature = "handshake"))]
                checks,
                respond,
            },
        }
    }

    /// Searches for the reason for each refusal, and logs it: **for development**.
    ///
    /// Give the explainer the scheme and the secrets of this layer's verifier. Within a
    /// second or so after a 401, a log event at level `WARN`, with the target
    /// `hookseal::explain`, says what was wrong and what to do. The response stays the same,
    /// but is sent later if the head was refused: the search needs the body, so the layer
    /// reads it, up to its limits.
    ///
    /// Do not use it in production: a search can take long (see
    /// [`explain`](crate::explain)), and anyone can cause one. Only one search runs at a
    /// time, in a separate thread, and at most one starts each second. The log says how many
    /// refusals were skipped.
    ///
    /// ```
    /// use hookseal::explain::Explainer;
    /// use hookseal::{Webhook, schemes, tower::VerifyLayer};
    ///
    /// let secret = "the signing key of the webhook's record";
    /// let mut layer = VerifyLayer::new(Webhook::new(schemes::PAKK, secret)?);
    /// if cfg!(debug_assertions) {
    ///     layer = layer.explain_refusals(Explainer::new(schemes::PAKK).with_secret(secret));
    /// }
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    #[cfg(all(
        feature = "explain",
        feature = "tracing",
        not(all(target_family = "wasm", target_os = "unknown"))
    ))]
    pub fn explain_refusals(mut self, explainer: crate::explain::Explainer<'static>) -> Self {
        self.options.checks = self.options.checks.explain_refusals(explainer);
        self
    }

    /// Answers handshake requests, if the verifier has
    /// [handshakes](crate::handshake). Without this, the layer answers none: a handshake
    /// without a signature is rejected, and one with a signature is passed on.
    ///
    /// Answered requests do not reach the service. The response body must implement
    /// `From<String>`. Call this method last: [`with_response`](Self::with_response) would
    /// undo it. A route with this layer must also accept the method of the handshake, such
    /// as `GET`: under axum use `any` (see the module `axum`).
    ///
    /// ```
    /// use hookseal::handshake::Handshakes;
    /// use hookseal::{Webhook, schemes, tower::VerifyLayer};
    ///
    /// let handshakes = Handshakes::new(schemes::ZOOM)?;
    /// let webhook = Webhook::new(schemes::ZOOM, "your secret token")?.with_handshakes(handshakes)?;
    /// let layer = VerifyLayer::new(webhook).answer_handshakes();
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    #[cfg(feature = "handshake")]
    pub fn answer_handshakes(self) -> VerifyLayer<super::WithAnswers<R>> {
        let Options {
            choose,
            checks,
            respond,
        } = self.options;
        VerifyLayer {
            options: Options {
                choose,
                checks: checks.answer_handshakes(),
                respond: super::WithAnswers(respond),
            },
        }
    }
}

impl<S, R: Clone> Layer<S> for VerifyLayer<R> {
    type Service = Verify<S, R>;

    fn layer(&self, inner: S) -> Self::Service {
        Verify {
            inner,
            options: self.options.clone(),
        }
    }
}

impl<R> fmt::Debug for VerifyLayer<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyLayer")
            .field("checks", &self.options.checks)
            .finish_non_exhaustive()
    }
}
