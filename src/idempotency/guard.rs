//! The guard, and what it gives a handler.

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
/// The [module](super) says what it promises, and has examples. A guard is cheap to clone;
/// all clones share the store.
#[derive(Clone)]
pub struct Guard {
    store: Arc<dyn Store>,
    namespace: Arc<str>,
    lease: Duration,
    retention: Duration,
}

impl Guard {
    /// Two minutes: longer than senders wait for an answer (30 seconds at most).
    ///
    /// After a crash, deliveries are told to wait until it ends. A sender all of whose
    /// attempts fall within it gives up meanwhile (Mailersend's end after 110 seconds,
    /// Autotask's within 2 minutes, Paminga's soon): for those, set twice the time that the
    /// handler takes, and less than the sender's last attempt.
    pub const DEFAULT_LEASE: Duration = Duration::from_secs(120);

    /// Eight days: longer than most senders repeat an event by themselves (Stripe 3 days, Svix
    /// and Hubpay 28 hours, after which Hubpay may go on for 5 days; read in November 2026).
    /// What somebody sends again by hand later is handled again.
    pub const DEFAULT_RETENTION: Duration = Duration::from_secs(8 * 24 * 60 * 60);

    /// Creates a guard on a store, or on an `Arc` of one.
    ///
    /// The namespace separates what must not be taken for each other: two routes that each
    /// handle the same event, two tenants of one sender. It is part of the key, so guards on
    /// one store with one namespace share what was handled. Keep it as it is between
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

    /// Sets how long a claim lasts without being completed. **Longer than a handler may
    /// take:** when it ends, the event is handled again at its next delivery, also if the
    /// first handler still runs. After a crash, deliveries wait until it ends.
    #[must_use]
    pub const fn with_lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// Sets how long a completed event is remembered. **Longer than the sender repeats an
    /// event**, which has nothing to do with the replay window: a repeated event is
    /// signed anew. Where nothing is timed, a captured request can be replayed after this.
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
    /// /// Returns the status to answer with.
    /// async fn receive(guard: &Guard, event: Verified<'_>) -> Result<u16, StoreError> {
    ///     match guard.claim(&event.idempotency_key()).await? {
    ///         Claim::Acquired(lease) => match handle(event).await {
    ///             Ok(()) => {
    ///                 // The work is done: with another answer the sender would repeat it.
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
    /// The store does not answer, or is full. The event may be claimed all the same, until
    /// the lease ends.
    pub async fn claim(&self, event: &IdempotencyKey) -> Result<Claim, StoreError> {
        self.claim_as(self.lease_of(event)?).await
    }

    /// Returns the key of an event's entry, for the ledger of `hookseal-postgres`.
    #[must_use]
    pub fn entry(&self, event: &IdempotencyKey) -> EntryKey {
        EntryKey::new(&self.namespace, event)
    }

    /// A lease that is not claimed yet.
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
    /// dropped with it, and the claim lasts until its lease ends. Spawn it, so that it runs to
    /// its end, or use the layer `OnceLayer` (feature `tower`), which does.
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
    /// [`OnceError::Claim`] if the event could not be claimed, and the handler did not run;
    /// [`OnceError::Handler`] with the handler's error; [`OnceError::Complete`] if the event
    /// was handled and the store does not answer: it is handled again if it is delivered
    /// after the lease.
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
        // `handle` itself may panic too, before its future is there.
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
        // What a panic has left half done is not used again.
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

/// What a guard says of an event.
#[derive(Debug)]
#[must_use = "the event is claimed until its lease ends"]
#[expect(clippy::exhaustive_enums, reason = "an event is one of three")]
pub enum Claim {
    /// It is this caller's to handle.
    Acquired(Lease),
    /// Another one is handling it.
    InProgress {
        /// How long its claim still lasts at most.
        retry_after: Duration,
    },
    /// It was handled.
    Completed,
}

/// The claim of an event, which only its owner can complete or release.
///
/// If it is dropped, the claim lasts until its lease ends: there is no way to wait for a
/// store in a destructor.
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

    /// Begins the lease anew, for a handler that takes longer, and returns whether it did:
    /// `false` if it ended before, and another delivery has claimed or handled the event.
    ///
    /// # Errors
    ///
    /// The store does not answer. The lease may be begun anew all the same.
    pub async fn renew(&self) -> Result<bool, StoreError> {
        let Guard { store, lease, .. } = &self.guard;
        let state = store.claim(&self.entry, &self.owner, *lease).await?;
        Ok(state == ClaimState::Acquired)
    }

    /// A second handle of it, to give up what may have been claimed.
    #[cfg(feature = "tower")]
    pub(super) fn again(&self) -> Self {
        Self {
            guard: self.guard.clone(),
            entry: self.entry,
            owner: self.owner,
        }
    }

    /// Completes it, and logs what goes wrong.
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
                "an event was handled, and is not marked: it is handled again if it is delivered \
                 again"
            ),
        }
        completed
    }

    /// Marks the event as handled, and returns whether it did: `false` if the lease ended
    /// before, and another delivery has claimed the event since.
    ///
    /// # Errors
    ///
    /// The store does not answer. The event is handled again if it is delivered after the
    /// lease.
    pub async fn complete(self) -> Result<bool, StoreError> {
        let Guard {
            store, retention, ..
        } = &self.guard;
        store.complete(&self.entry, &self.owner, *retention).await
    }

    /// Gives the event back: the next delivery handles it.
    ///
    /// # Errors
    ///
    /// The store does not answer. The event is given back when its lease ends.
    pub async fn release(self) -> Result<(), StoreError> {
        self.guard.store.release(&self.entry, &self.owner).await
    }

    /// Releases it, or leaves it to the lease to end.
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
                "an event is not released, and waits for its lease to end"
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

/// What came of [`Guard::once`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "an event is one of three")]
pub enum Once<T> {
    /// The handler ran, and returned this.
    Handled(T),
    /// The event was handled before. Answer 2xx, so that the sender stops.
    Duplicate,
    /// Another delivery is being handled. Answer 503.
    InProgress {
        /// How long its claim still lasts at most.
        retry_after: Duration,
    },
}

/// Why [`Guard::once`] did not end well.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OnceError<T, E> {
    /// The event could not be claimed, and the handler did not run.
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
    /// The event was handled, and is not marked. Answer 2xx all the same: the work is done.
    #[error("the event was handled, and cannot be completed")]
    #[non_exhaustive]
    Complete {
        /// What the handler returned.
        value: T,
        /// The store's error.
        #[source]
        error: StoreError,
    },
}
