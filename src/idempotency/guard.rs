//! The guard, and the claims that it gives to handlers.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::any::Any;
use core::fmt;
use core::future::{Future, poll_fn};
use core::panic::AssertUnwindSafe;
use core::pin::pin;
use core::time::Duration;
use std::panic::{catch_unwind, resume_unwind};

use super::store::{ClaimState, EntryKey, Owner, Store, StoreError};
use crate::IdempotencyKey;

/// Handles each event once: a [`Store`] with a namespace, a lease and a retention.
///
/// The [module](super) documents what it guarantees. A guard is cheap to clone; all clones
/// share the store.
#[derive(Clone)]
pub struct Guard {
    store: Arc<dyn Store>,
    namespace: Arc<str>,
    lease: Duration,
    retention: Duration,
}

impl Guard {
    /// Two minutes: longer than senders wait for a response (30 seconds at most).
    ///
    /// After a crash, deliveries get a 503 until the lease ends. A sender whose attempts all
    /// fall within the lease gives up before that (MailerSend after 110 seconds, Autotask
    /// within 2 minutes, Paminga soon). For such senders, set a lease of twice the time that
    /// the handler takes, which must end before the sender's last attempt.
    pub const DEFAULT_LEASE: Duration = Duration::from_secs(120);

    /// Eight days: longer than most senders repeat an event automatically (Stripe 3 days, Svix
    /// and Hubpay 28 hours; read in November 2026).
    /// An event that is resent manually after that is handled again.
    pub const DEFAULT_RETENTION: Duration = Duration::from_secs(8 * 24 * 60 * 60);

    /// Creates a guard with a store, or with an `Arc` of one.
    ///
    /// The namespace separates events that must not be confused: two routes that each
    /// handle the same event, or two tenants of one sender. It is part of the key, so guards
    /// with the same store and namespace share their events. Do not change it between
    /// releases of the service.
    #[must_use]
    pub fn new(store: impl Store + 'static, namespace: impl Into<Arc<str>>) -> Self {
        Self {
            store: Arc::new(store),
            namespace: namespace.into(),
            lease: Self::DEFAULT_LEASE,
            retention: Self::DEFAULT_RETENTION,
        }
    }

    /// Sets how long a claim lasts until it is completed. **It must be longer than a handler
    /// can take:** when it ends, the next delivery of the event is handled even if the
    /// first handler is still running. After a crash, deliveries are refused until it ends.
    #[must_use]
    pub const fn with_lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// Sets how long a completed event is remembered. **It must be longer than the time
    /// for which the sender repeats an event.** The replay window is not enough, since
    /// each attempt can be signed again. If the scheme signs no timestamp, a captured
    /// request can be replayed after this.
    #[must_use]
    pub const fn with_retention(mut self, retention: Duration) -> Self {
        self.retention = retention;
        self
    }

    /// Returns the namespace.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Claims an event.
    ///
    /// ```
    /// use hookseal::idempotency::{Claim, Guard, StoreError};
    /// use hookseal::Verified;
    ///
    /// /// Returns the status of the response.
    /// async fn receive(guard: &Guard, event: Verified<'_>) -> Result<u16, StoreError> {
    ///     match guard.claim(&event.idempotency_key()).await? {
    ///         Claim::Acquired(lease) => match handle(event).await {
    ///             Ok(()) => {
    ///                 // The work is done. Any other response would make the sender repeat it.
    ///                 if lease.complete().await.is_err() { /* log it */ }
    ///                 Ok(204)
    ///             }
    ///             Err(_) => {
    ///                 lease.release().await?; // the sender's next attempt handles it
    ///                 Ok(500)
    ///             }
    ///         },
    ///         Claim::InProgress { .. } => Ok(503),
    ///         Claim::Completed => Ok(200), // so that the sender stops
    ///     }
    /// }
    /// # async fn handle(event: Verified<'_>) -> Result<(), ()> { Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the store does not answer, or is full. The event may still
    /// have been claimed, until the lease ends.
    pub async fn claim(&self, event: &IdempotencyKey) -> Result<Claim, StoreError> {
        self.claim_as(self.lease_of(event)?).await
    }

    /// Returns the key of an event's entry, for the ledger of `hookseal-postgres`.
    #[must_use]
    pub fn entry(&self, event: &IdempotencyKey) -> EntryKey {
        EntryKey::new(&self.namespace, event)
    }

    /// Creates a lease that is not claimed yet.
    pub(super) fn lease_of(&self, event: &IdempotencyKey) -> Result<Lease, StoreError> {
        Ok(Lease {
            guard: self.clone(),
            entry: self.entry(event),
            owner: Owner::random()?,
        })
    }

    pub(super) async fn claim_as(&self, lease: Lease) -> Result<Claim, StoreError> {
        let Lease { entry, owner, .. } = &lease;
        Ok(match self.store.claim(entry, owner, self.lease).await? {
            ClaimState::Acquired => Claim::Acquired(lease),
            ClaimState::InProgress { remaining } => Claim::InProgress {
                retry_after: remaining,
            },
            ClaimState::Completed => Claim::Completed,
        })
    }

    /// Claims an event, runs the handler if it is acquired, and completes the event if the
    /// handler returns `Ok`. If it returns an error or panics, the event is released, and
    /// the next delivery handles it.
    ///
    /// If this future is dropped, as axum does when a sender hangs up, the handler is
    /// dropped with it, and the claim lasts until its lease ends. To run it to its end, spawn
    /// it, or use the layer `OnceLayer` (feature `tower`), which spawns it.
    ///
    /// ```
    /// use hookseal::idempotency::{Guard, MemoryStore, Once};
    /// use hookseal::{Message, Webhook, schemes};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let webhook = Webhook::new(schemes::PAKK, "the signing key of the webhook's record")?;
    /// let headers = webhook.sign(&Message::new(b"{}"))?;
    /// let guard = Guard::new(MemoryStore::new(1_000), "orders");
    /// for delivery in 1..=2 {
    ///     let event = webhook.verify(&headers, b"{}")?;
    ///     let once = guard.once(&event.idempotency_key(), async || Ok::<_, ()>("handled")).await;
    ///     match once {
    ///         Ok(Once::Handled(value)) => assert_eq!((delivery, value), (1, "handled")),
    ///         Ok(Once::Duplicate) => assert_eq!(delivery, 2),
    ///         other => panic!("{other:?}"),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`OnceError::Claim`] if the event could not be claimed, so the handler did not
    /// run; [`OnceError::Handler`] if the handler returned an error; [`OnceError::Complete`] if
    /// the event was handled but the store did not record it: it is handled again if it is
    /// delivered after the lease.
    pub async fn once<T, E>(
        &self,
        event: &IdempotencyKey,
        handle: impl AsyncFnOnce() -> Result<T, E>,
    ) -> Result<Once<T>, OnceError<T, E>> {
        let claim = self.claim(event).await;
        let lease = match claim.map_err(|error| OnceError::Claim { error })? {
            Claim::Acquired(lease) => lease,
            Claim::InProgress { retry_after } => return Ok(Once::InProgress { retry_after }),
            Claim::Completed => return Ok(Once::Duplicate),
        };
        // In an `async` block, since `handle` may panic before it returns its future.
        match caught(async { handle().await }).await {
            Ok(Ok(value)) => match lease.complete_and_log().await {
                Ok(_) => Ok(Once::Handled(value)),
                Err(error) => Err(OnceError::Complete { value, error }),
            },
            Ok(Err(error)) => {
                lease.release_or_wait().await;
                Err(OnceError::Handler { error })
            }
            Err(panic) => {
                lease.release_or_wait().await;
                resume_unwind(panic)
            }
        }
    }
}

/// Runs a future, and catches a panic in it.
pub(super) async fn caught<F: Future>(
    future: F,
) -> Result<F::Output, Box<dyn Any + Send + 'static>> {
    let mut future = pin!(future);
    poll_fn(move |cx| {
        // Unwind safe, since the future is not used after a panic.
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
            Ok(poll) => poll.map(Ok),
            Err(panic) => core::task::Poll::Ready(Err(panic)),
        }
    })
    .await
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard")
            .field("store", &self.store)
            .field("namespace", &self.namespace)
            .field("lease", &self.lease)
            .field("retention", &self.retention)
            .finish()
    }
}

/// The result of claiming an event.
#[derive(Debug)]
#[must_use = "the event is claimed until its lease ends"]
#[expect(clippy::exhaustive_enums, reason = "an event is one of three")]
pub enum Claim {
    /// The caller has claimed the event, and must handle it.
    Acquired(Lease),
    /// Another delivery of the event is being handled.
    InProgress {
        /// The time until its lease ends.
        retry_after: Duration,
    },
    /// The event was handled.
    Completed,
}

/// The claim of an event, which only its owner can complete or release.
///
/// If it is dropped, the claim lasts until its lease ends: a destructor cannot wait for a
/// store.
#[must_use = "an event that is not completed is handled again"]
pub struct Lease {
    guard: Guard,
    entry: EntryKey,
    owner: Owner,
}

impl Lease {
    /// Returns the key of the event's entry, for the ledger of `hookseal-postgres`.
    #[must_use]
    pub const fn entry(&self) -> &EntryKey {
        &self.entry
    }

    /// Restarts the lease, for a handler that takes longer, and returns whether it did. It
    /// returns `false` if the lease had ended and another delivery has claimed or handled the
    /// event.
    ///
    /// # Errors
    ///
    /// Returns an error if the store does not answer. The lease may still have been
    /// renewed.
    pub async fn renew(&self) -> Result<bool, StoreError> {
        let Guard { store, lease, .. } = &self.guard;
        let state = store.claim(&self.entry, &self.owner, *lease).await?;
        Ok(state == ClaimState::Acquired)
    }

    /// Creates a second handle of the lease, for releasing an event that may have been claimed.
    #[cfg(feature = "tower")]
    pub(super) fn again(&self) -> Self {
        Self {
            guard: self.guard.clone(),
            entry: self.entry,
            owner: self.owner,
        }
    }

    /// Completes the event, and logs failures.
    pub(super) async fn complete_and_log(self) -> Result<bool, StoreError> {
        #[cfg(feature = "tracing")]
        let (namespace, entry) = (Arc::clone(&self.guard.namespace), self.entry);
        let completed = self.complete().await;
        #[cfg(feature = "tracing")]
        match &completed {
            Ok(true) => {}
            Ok(false) => tracing::warn!(
                target: "hookseal::idempotency",
                namespace = &*namespace,
                %entry,
                "a handler outlived its lease, and the event was claimed again: it is handled twice"
            ),
            Err(error) => tracing::warn!(
                target: "hookseal::idempotency",
                namespace = &*namespace,
                %entry,
                error = error.chain(),
                "an event was handled, but not marked as completed: it is handled again if it \
                 is delivered again"
            ),
        }
        completed
    }

    /// Marks the event as completed, and returns whether it did. It returns `false` if
    /// the lease had ended and another delivery has claimed the event since.
    ///
    /// # Errors
    ///
    /// Returns an error if the store does not answer. The event is handled again if it is
    /// delivered after the lease.
    pub async fn complete(self) -> Result<bool, StoreError> {
        let Guard {
            store, retention, ..
        } = &self.guard;
        store.complete(&self.entry, &self.owner, *retention).await
    }

    /// Releases the event, so that the next delivery handles it.
    ///
    /// # Errors
    ///
    /// Returns an error if the store does not answer. The event is released when its lease ends.
    pub async fn release(self) -> Result<(), StoreError> {
        self.guard.store.release(&self.entry, &self.owner).await
    }

    /// Releases the event. If that fails, logs it, and the event is released when its lease ends.
    pub(super) async fn release_or_wait(self) {
        #[cfg(feature = "tracing")]
        let (namespace, entry) = (Arc::clone(&self.guard.namespace), self.entry);
        let released = self.release().await;
        #[cfg(feature = "tracing")]
        if let Err(error) = &released {
            tracing::warn!(
                target: "hookseal::idempotency",
                namespace = &*namespace,
                %entry,
                error = error.chain(),
                "an event could not be released, and waits for its lease to end"
            );
        }
        drop(released);
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease")
            .field("entry", &self.entry)
            .finish_non_exhaustive()
    }
}

/// The result of [`Guard::once`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "an event is one of three")]
pub enum Once<T> {
    /// The handler ran and returned this value.
    Handled(T),
    /// The event was handled before. Respond with 2xx, so that the sender stops.
    Duplicate,
    /// Another delivery is being handled. Respond with 503.
    InProgress {
        /// The time until its lease ends.
        retry_after: Duration,
    },
}

/// The error of [`Guard::once`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OnceError<T, E> {
    /// The event could not be claimed, so the handler did not run.
    #[error("the event cannot be claimed")]
    #[non_exhaustive]
    Claim {
        /// The store's error.
        #[source]
        error: StoreError,
    },
    /// The handler returned an error, and the event was released.
    #[error("the handler failed")]
    #[non_exhaustive]
    Handler {
        /// The handler's error.
        error: E,
    },
    /// The event was handled but could not be marked. Respond with 2xx: the work is done.
    #[error("the event was handled, but could not be marked as completed")]
    #[non_exhaustive]
    Complete {
        /// What the handler returned.
        value: T,
        /// The store's error.
        #[source]
        error: StoreError,
    },
}
