//! The layer and its options.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;
use core::future::Future;
use core::time::Duration;

use http::Response;
use http::request::Parts;
use tower_layer::Layer;

use super::body::{Limits, Timeout};
use super::{EmptyAnswer, Refusal, Verify};
use crate::Verifier;

/// Lets only verified requests through to the service behind it.
///
/// See the [module docs](super) for what it does and an example.
#[derive(Clone)]
#[must_use = "a layer does nothing until it is put on a service"]
pub struct VerifyLayer<A = EmptyAnswer> {
    pub(super) choose: Arc<Choose>,
    pub(super) limits: Limits,
    pub(super) answer: A,
}

/// The verifier for a request, if there is one.
pub(super) type Choose = dyn Fn(&Parts) -> Option<Arc<dyn Verifier>> + Send + Sync;

impl VerifyLayer {
    /// 1 MiB. Events are small: Standard Webhooks asks senders to stay below
    /// 20 kB (its specification, "Payload size").
    pub const DEFAULT_BODY_LIMIT: usize = 1 << 20;

    /// A layer that checks every request with this verifier; also a boxed one,
    /// or one behind an `Arc`. It holds at most
    /// [`DEFAULT_BODY_LIMIT`](Self::DEFAULT_BODY_LIMIT) bytes of a body, waits
    /// for it as long as the server does, and answers a refused request with
    /// its [status](super::Refusal::status) and an empty body.
    pub fn new(verifier: impl Verifier + 'static) -> Self {
        let verifier: Arc<dyn Verifier> = Arc::new(verifier);
        Self::choosing(move |_| Some(Arc::clone(&verifier)))
    }

    /// A layer that checks each request with the verifier that `choose` gives
    /// for it, from its head: the tenant in its path, say. A request for which
    /// it gives none is refused with 401, like any other that is not verified.
    ///
    /// `choose` sees what anyone can send, and must not wait: keep the
    /// verifiers in a map, prepared. If they must be fetched, let a middleware
    /// do that in front of this layer, which can also answer that it is out of
    /// order; the docs of the module `axum` have an example. Under axum's
    /// `Router::nest` the path here lacks the prefix; the whole one is in the
    /// extensions, as `OriginalUri`.
    ///
    /// Give each tenant's keys its name ([`Key::with_id`](crate::Key::with_id)):
    /// then the proof and the log say whose event it is, with any scheme. Go by
    /// that, not by the path: what `ann%61` is to this function can be `anna` to
    /// a handler. Whether there is a verifier for a path can be seen from
    /// outside, by a body that is waited for.
    ///
    /// ```
    /// use std::collections::HashMap;
    /// use std::sync::Arc;
    ///
    /// use hookseal::{Key, Verifier, schemes::Pakk, tower::VerifyLayer};
    ///
    /// let mut tenants: HashMap<String, Arc<dyn Verifier>> = HashMap::new();
    /// tenants.insert("anna".into(), Arc::new(Pakk::new(Key::from_text("anna's signing key")?)));
    /// tenants.insert("otto".into(), Arc::new(Pakk::new(Key::from_text("otto's signing key")?)));
    ///
    /// // POST /tenants/anna/events
    /// let layer = VerifyLayer::choosing(move |request| {
    ///     let tenant = request.uri.path().strip_prefix("/tenants/")?.strip_suffix("/events")?;
    ///     tenants.get(tenant).cloned()
    /// });
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    pub fn choosing<F>(choose: F) -> Self
    where
        F: Fn(&Parts) -> Option<Arc<dyn Verifier>> + Send + Sync + 'static,
    {
        Self {
            choose: Arc::new(choose),
            limits: Limits {
                length: Self::DEFAULT_BODY_LIMIT,
                timeout: None,
            },
            answer: EmptyAnswer,
        }
    }
}

impl<A> VerifyLayer<A> {
    /// Another limit for the length of a body, in bytes: a body of exactly
    /// `bytes` passes. So much is held for each request that is being checked,
    /// for a moment up to twice as much while the buffer grows, and beside it
    /// the chunk that the server hands over. (Trailers have a limit of their
    /// own, 100 fields.)
    pub fn with_body_limit(mut self, bytes: usize) -> Self {
        self.limits.length = bytes;
        self
    }

    /// A limit for the time from the checked headers to the end of the body:
    /// the whole of it, however it drips.
    ///
    /// `sleep` is your runtime's way to wait, such as `tokio::time::sleep`.
    ///
    /// ```
    /// # use hookseal::{Key, schemes::Pakk, tower::VerifyLayer};
    /// use std::time::Duration;
    ///
    /// # let verifier = Pakk::new(Key::from_text("signing key")?);
    /// let layer = VerifyLayer::new(verifier)
    ///     .with_body_limit(64 * 1024)
    ///     .with_body_timeout(Duration::from_secs(10), tokio::time::sleep);
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    pub fn with_body_timeout<S, F>(mut self, limit: Duration, sleep: S) -> Self
    where
        S: Fn(Duration) -> F + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        self.limits.timeout = Some(Timeout {
            limit,
            sleep: Arc::new(move |limit| Box::pin(sleep(limit))),
        });
        self
    }

    /// Another answer to refused requests, in place of the
    /// [status](super::Refusal::status) and an empty body.
    ///
    /// What it says goes to whoever sent the request. Keep it the same for
    /// every [`Unverified`](super::RefusalKind::Unverified), or a forger learns
    /// which part of a forgery was right.
    ///
    /// To write the type of such a layer down, give it a function's pointer:
    /// `refuse as fn(&Refusal) -> Response<Body>` makes a
    /// `VerifyLayer<fn(&Refusal) -> Response<Body>>`.
    ///
    /// ```
    /// # use hookseal::{Key, schemes::Pakk, tower::VerifyLayer};
    /// use http::Response;
    ///
    /// # let verifier = Pakk::new(Key::from_text("signing key")?);
    /// let layer = VerifyLayer::new(verifier).with_answer(|refusal| {
    ///     let mut answer = Response::new(format!("{}\n", refusal.status()));
    ///     *answer.status_mut() = refusal.status();
    ///     answer
    /// });
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    pub fn with_answer<F, B>(self, answer: F) -> VerifyLayer<F>
    where
        F: Fn(&Refusal) -> Response<B>,
    {
        VerifyLayer {
            choose: self.choose,
            limits: self.limits,
            answer,
        }
    }
}

impl<S, A: Clone> Layer<S> for VerifyLayer<A> {
    type Service = Verify<S, A>;

    fn layer(&self, inner: S) -> Self::Service {
        Verify {
            inner,
            layer: self.clone(),
        }
    }
}

impl<A> fmt::Debug for VerifyLayer<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let timeout = self.limits.timeout.as_ref().map(|timeout| timeout.limit);
        f.debug_struct("VerifyLayer")
            .field("body_limit", &self.limits.length)
            .field("body_timeout", &timeout)
            .finish_non_exhaustive()
    }
}
