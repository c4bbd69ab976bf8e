//! The layer that handles each verified event once.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;
use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use futures_channel::oneshot;
use http::header::RETRY_AFTER;
use http::{HeaderValue, Request, Response, StatusCode};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use super::guard::{Claim, Guard, caught};
use super::store::StoreError;
use crate::IdempotencyKey;
use crate::tower::VerifiedBytes;

/// Calls the service behind it once for each event. Put it **behind** a
/// [`VerifyLayer`](crate::tower::VerifyLayer), and in front of the handler.
///
/// | the event | what the layer does | response |
/// | --- | --- | --- |
/// | is new | calls the service; a 2xx completes the event, anything else, an error or a panic releases it | the service's |
/// | was handled | does not call the service | 200, empty, so that the sender stops |
/// | is being handled | does not call the service | 503 with `Retry-After` (a 4xx makes some senders give up) |
/// | cannot be claimed, since the store is down or full | does not call the service, unless [told to](Self::let_through_without_store) | 503 with `Retry-After` |
/// | is not verified, since no `VerifyLayer` is in front | does not call the service | 500 |
///
/// **If a sender hangs up**, the event is not lost: it is claimed, handled and completed
/// in a separate task, which continues even though nobody waits for its response.
/// (Without a task, servers drop the handler midway, and the event stays claimed until
/// its lease ends.) So the layer takes the function with which your runtime spawns tasks.
///
/// - **Put a timeout behind this layer**, shorter than the lease: a timeout in front does not
///   end the task. The store's client needs a timeout too.
/// - **When the service stops**, wait for the tasks, since some may have lost their
///   connection: for example, spawn them on a `TaskTracker` of `tokio-util`.
/// - Respond with 2xx only when the work is done, or is in a queue that survives a crash.
/// - Some senders read the response to an event (Pomelo's authorisations), and must not get an
///   empty 200: use [`Guard`] in the handler for these.
///
/// With `tracing`, duplicates and events in progress are logged at `INFO`, with the target
/// `hookseal::idempotency`.
///
/// ```
/// use axum::{Router, http::StatusCode, routing::post};
/// use hookseal::axum::VerifiedBytes;
/// use hookseal::idempotency::{Guard, MemoryStore, OnceLayer};
/// use hookseal::{Webhook, schemes, tower::VerifyLayer};
///
/// async fn handle(event: VerifiedBytes) -> StatusCode {
///     StatusCode::NO_CONTENT // the work is done, once
/// }
///
/// # fn router() -> Result<Router, hookseal::ConfigError> {
/// let webhook = Webhook::new(schemes::PAKK, "the signing key of the webhook's record")?;
/// let guard = Guard::new(MemoryStore::new(100_000), "orders");
/// let router = Router::new().route(
///     "/webhooks",
///     post(handle)
///         .route_layer(OnceLayer::new(guard, tokio::spawn))
///         .route_layer(VerifyLayer::new(webhook)), // the last one is the outermost
/// );
/// # Ok(router)
/// # }
/// # router().unwrap();
/// ```
#[derive(Clone)]
#[must_use = "a layer does nothing until it is put on a service"]
pub struct OnceLayer {
    guard: Guard,
    spawn: Option<Arc<Spawn>>,
    lets_through: bool,
    key: Arc<KeyOf>,
}

type KeyOf = dyn Fn(&VerifiedBytes) -> IdempotencyKey + Send + Sync;

/// A task that runs to its end.
pub type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

type Spawn = dyn Fn(Task) + Send + Sync;

/// The `Retry-After` that a sender gets while the store is down or full.
const RETRY_WITHOUT_STORE: Duration = Duration::from_secs(30);

impl OnceLayer {
    /// Creates a layer with a guard. `spawn` spawns a task on your runtime, for example
    /// `tokio::spawn`.
    pub fn new<F, R>(guard: Guard, spawn: F) -> Self
    where
        F: Fn(Task) -> R + Send + Sync + 'static,
    {
        Self {
            guard,
            spawn: Some(Arc::new(move |task| drop(spawn(task)))),
            lets_through: false,
            key: Arc::new(VerifiedBytes::idempotency_key),
        }
    }

    /// Creates a layer that handles an event in the request's future. If the sender
    /// hangs up, the handler is dropped, and **the event stays claimed until its lease
    /// ends**. For runtimes that cannot spawn.
    pub fn without_tasks(guard: Guard) -> Self {
        Self {
            guard,
            spawn: None,
            lets_through: false,
            key: Arc::new(VerifiedBytes::idempotency_key),
        }
    }

    /// Sets the function that returns the key of an event, instead of its [idempotency
    /// key](crate::Verified::idempotency_key).
    ///
    /// It is needed in two cases: if the sender signs the time of each attempt and no message
    /// id (use [`body_key`](crate::Verified::body_key), or an id from the body), and if
    /// several tenants share a layer, since one could otherwise use up the ids of another:
    ///
    /// ```
    /// use hookseal::IdempotencyKey;
    /// use hookseal::idempotency::{Guard, MemoryStore, OnceLayer};
    ///
    /// let guard = Guard::new(MemoryStore::new(100_000), "orders");
    /// let layer = OnceLayer::new(guard, tokio::spawn).with_key(|event| {
    ///     // The name given to the tenant's keys; during a rotation both keys have the same.
    ///     let tenant = event.key_id().unwrap_or_default();
    ///     IdempotencyKey::from_signed(&[tenant, event.body_key().as_str()])
    /// });
    /// ```
    pub fn with_key(
        mut self,
        key: impl Fn(&VerifiedBytes) -> IdempotencyKey + Send + Sync + 'static,
    ) -> Self {
        self.key = Arc::new(key);
        self
    }

    /// Lets events through while the store is down or full. They are handled, **perhaps more
    /// than once**, and not completed. Use it for routes whose handlers can repeat their work
    /// and must not wait.
    pub const fn let_through_without_store(mut self) -> Self {
        self.lets_through = true;
        self
    }
}

impl fmt::Debug for OnceLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnceLayer")
            .field("guard", &self.guard)
            .field("lets_through", &self.lets_through)
            .finish_non_exhaustive()
    }
}

impl<S> Layer<S> for OnceLayer {
    type Service = OnceService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        OnceService {
            inner,
            layer: self.clone(),
        }
    }
}

/// A service that calls the one behind it once for each event. [`OnceLayer`] creates it.
#[derive(Clone, Debug)]
pub struct OnceService<S> {
    inner: S,
    layer: OnceLayer,
}

impl<S, B, ResBody> Service<Request<B>> for OnceService<S>
where
    S: Service<Request<B>, Response = Response<ResBody>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send,
    B: Send + 'static,
    ResBody: Default + Send + 'static,
{
    type Response = Response<ResBody>;
    type Error = S::Error;
    type Future = OnceFuture<Response<ResBody>, S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The ready service handles this request, as in `Verify::call`.
        let clone = self.inner.clone();
        let ready = mem::replace(&mut self.inner, clone);
        let proof: Option<&VerifiedBytes> = request.extensions().get();
        let Some(event) = proof.map(|proof| (self.layer.key)(proof)) else {
            #[cfg(feature = "tracing")]
            tracing::error!(
                target: "hookseal::idempotency",
                path = request.uri().path(),
                "no VerifyLayer is in front of the OnceLayer: rejected"
            );
            return OnceFuture::ready(answer(StatusCode::INTERNAL_SERVER_ERROR, None));
        };
        let OnceLayer {
            guard,
            spawn,
            lets_through,
            ..
        } = self.layer.clone();
        let serving = serve(guard, spawn.clone(), lets_through, event, ready, request);
        let Some(spawn) = spawn else {
            return OnceFuture::own(Box::pin(serving));
        };
        let (sender, receiver) = oneshot::channel();
        spawn(Box::pin(async move {
            // Sending fails if nobody waits for the response, which does not matter.
            drop(sender.send(serving.await));
        }));
        OnceFuture::spawned(receiver)
    }
}

/// Claims an event, calls the service, and completes or releases the event.
async fn serve<S, B, ResBody>(
    guard: Guard,
    spawn: Option<Arc<Spawn>>,
    lets_through: bool,
    event: IdempotencyKey,
    mut service: S,
    request: Request<B>,
) -> Result<Response<ResBody>, S::Error>
where
    S: Service<Request<B>, Response = Response<ResBody>>,
    ResBody: Default,
{
    let claimed = match guard.lease_of(&event) {
        Ok(lease) => {
            let second = lease.again();
            let claim = guard.claim_as(lease).await;
            claim.map_err(|error| (error, Some(second)))
        }
        Err(error) => Err((error, None)),
    };
    let lease = match claimed {
        Ok(Claim::Acquired(lease)) => lease,
        Ok(Claim::InProgress { retry_after }) => {
            log(&guard, &event, "in progress");
            let response = answer(StatusCode::SERVICE_UNAVAILABLE, Some(retry_after));
            return Ok(response);
        }
        Ok(Claim::Completed) => {
            log(&guard, &event, "duplicate");
            return Ok(answer(StatusCode::OK, None));
        }
        Err((error, perhaps)) => {
            log_failure(&error, lets_through);
            if lets_through {
                let response = service.call(request).await;
                let is_done = response.as_ref().is_ok_and(|it| it.status().is_success());
                if let Some(lease) = perhaps.filter(|_| is_done) {
                    drop(lease.complete().await);
                }
                return response;
            }
            // The claim may still have reached the store. It is released, so that no
            // delivery has to wait for its lease to end.
            if let (Some(spawn), Some(lease)) = (spawn, perhaps) {
                spawn(Box::pin(async move { drop(lease.release().await) }));
            }
            let wait = Some(RETRY_WITHOUT_STORE);
            return Ok(answer(StatusCode::SERVICE_UNAVAILABLE, wait));
        }
    };
    // In an `async` block, since `call` may panic before it returns its future.
    match caught(async { service.call(request).await }).await {
        Ok(Ok(response)) if response.status().is_success() => {
            // Even if that fails, the response is the handler's. Any other response would make
            // the sender repeat an event that has been handled.
            drop(lease.complete_and_log().await);
            Ok(response)
        }
        Ok(other) => {
            lease.release_or_wait().await;
            other
        }
        Err(_) => {
            #[cfg(feature = "tracing")]
            tracing::error!(
                target: "hookseal::idempotency",
                "the handler of an event panicked; the event is released"
            );
            lease.release_or_wait().await;
            Ok(answer(StatusCode::INTERNAL_SERVER_ERROR, None))
        }
    }
}

#[cfg_attr(not(feature = "tracing"), expect(unused_variables, reason = "logged"))]
fn log(guard: &Guard, event: &IdempotencyKey, outcome: &'static str) {
    #[cfg(feature = "tracing")]
    tracing::info!(
        target: "hookseal::idempotency",
        namespace = guard.namespace(),
        entry = %guard.entry(event),
        outcome,
        "event not handled"
    );
}

#[cfg_attr(not(feature = "tracing"), expect(unused_variables, reason = "logged"))]
fn log_failure(error: &StoreError, lets_through: bool) {
    #[cfg(feature = "tracing")]
    tracing::error!(
        target: "hookseal::idempotency",
        reason = error.reason(),
        error = error.chain(),
        lets_through,
        "an event cannot be claimed"
    );
}

fn answer<B: Default>(status: StatusCode, retry_after: Option<Duration>) -> Response<B> {
    let mut response = Response::new(B::default());
    *response.status_mut() = status;
    if let Some(wait) = retry_after {
        // Whole seconds (RFC 9110, section 10.2.3), rounded up so that the lease has ended.
        let seconds = wait
            .as_secs()
            .saturating_add(u64::from(wait.subsec_nanos() > 0));
        response
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
    }
    response
}

pin_project! {
    /// Waits for the response to an event. If it is dropped, the task continues.
    pub struct OnceFuture<R, E> {
        state: State<R, E>,
    }
}

enum State<R, E> {
    Ready(Option<R>),
    Own(Pin<Box<dyn Future<Output = Result<R, E>> + Send>>),
    Spawned(oneshot::Receiver<Result<R, E>>),
}

impl<R, E> OnceFuture<R, E> {
    const fn ready(response: R) -> Self {
        Self {
            state: State::Ready(Some(response)),
        }
    }

    fn own(serving: Pin<Box<dyn Future<Output = Result<R, E>> + Send>>) -> Self {
        Self {
            state: State::Own(serving),
        }
    }

    const fn spawned(receiver: oneshot::Receiver<Result<R, E>>) -> Self {
        Self {
            state: State::Spawned(receiver),
        }
    }
}

impl<B: Default, E> Future for OnceFuture<Response<B>, E> {
    type Output = Result<Response<B>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state {
            State::Ready(response) => {
                let response = response.take();
                let broken = || answer(StatusCode::INTERNAL_SERVER_ERROR, None);
                Poll::Ready(Ok(response.unwrap_or_else(broken)))
            }
            State::Own(serving) => serving.as_mut().poll(cx),
            State::Spawned(receiver) => {
                let received = ready!(Pin::new(receiver).poll(cx));
                // The runtime dropped the task because it is shutting down.
                let dropped = || answer(StatusCode::SERVICE_UNAVAILABLE, None);
                Poll::Ready(received.unwrap_or_else(|_| Ok(dropped())))
            }
        }
    }
}

impl<R, E> fmt::Debug for OnceFuture<R, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnceFuture").finish_non_exhaustive()
    }
}
