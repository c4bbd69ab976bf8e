//! The interface of a store, and its contract.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use core::error::Error;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::time::Duration;

use sha2::{Digest as _, Sha256};

use crate::IdempotencyKey;

/// The future of a store's answer.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Records which events are being handled, and which have been.
///
/// [`MemoryStore`](super::MemoryStore) is a store for one process; `hookseal-redis` and
/// `hookseal-postgres` have one each. You can implement another. It must pass
/// [`conformance::check`](super::conformance::check), and each method must follow these rules
/// **atomically**, whatever else happens at the same time:
///
/// - An entry is *free*, *held* by an owner until its lease ends, or *completed* until its
///   retention ends. When a lease or a retention ends, the entry becomes free.
/// - Only the store's clock counts, not the clocks of the processes that use it.
/// - Each method can be called again with the same arguments, and returns the same result.
///   So the call can be repeated if the connection breaks before the result arrives.
///
/// The methods are not for handlers: a [`Guard`](super::Guard) calls them.
pub trait Store: Send + Sync + fmt::Debug {
    /// Gives a free entry to this owner until the lease ends.
    ///
    /// If this owner already holds the entry, its lease starts again.
    ///
    /// # Errors
    ///
    /// Returns an error if the store does not answer, or is full. This owner may still
    /// hold the entry.
    fn claim<'a>(
        &'a self,
        entry: &'a EntryKey,
        owner: &'a Owner,
        lease: Duration,
    ) -> StoreFuture<'a, ClaimState>;

    /// Marks an entry as completed until the retention ends, and returns whether it did.
    ///
    /// It does so if this owner holds the entry or has already completed it, or if the entry
    /// is free because the handler outlived its lease and nobody else has claimed it. It
    /// returns `false` and changes nothing if another owner holds the entry or has completed it.
    ///
    /// # Errors
    ///
    /// Returns an error if the store does not answer, or is full.
    fn complete<'a>(
        &'a self,
        entry: &'a EntryKey,
        owner: &'a Owner,
        retention: Duration,
    ) -> StoreFuture<'a, bool>;

    /// Frees an entry that this owner holds. It changes nothing if another owner holds the
    /// entry, or if it is completed.
    ///
    /// # Errors
    ///
    /// Returns an error if the store does not answer. The entry becomes free when its lease
    /// ends.
    fn release<'a>(&'a self, entry: &'a EntryKey, owner: &'a Owner) -> StoreFuture<'a, ()>;
}

macro_rules! store_behind_pointer {
    ($($pointer:ty),+) => {$(
        impl<S: Store + ?Sized> Store for $pointer {
            fn claim<'a>(
                &'a self,
                entry: &'a EntryKey,
                owner: &'a Owner,
                lease: Duration,
            ) -> StoreFuture<'a, ClaimState> {
                (**self).claim(entry, owner, lease)
            }

            fn complete<'a>(
                &'a self,
                entry: &'a EntryKey,
                owner: &'a Owner,
                retention: Duration,
            ) -> StoreFuture<'a, bool> {
                (**self).complete(entry, owner, retention)
            }

            fn release<'a>(
                &'a self,
                entry: &'a EntryKey,
                owner: &'a Owner,
            ) -> StoreFuture<'a, ()> {
                (**self).release(entry, owner)
            }
        }
    )+};
}

store_behind_pointer!(&S, Box<S>, Arc<S>);

/// The result of [`Store::claim`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "an entry is one of three")]
pub enum ClaimState {
    /// The entry was free or this owner's, and this owner holds it now.
    Acquired,
    /// Another owner holds it.
    InProgress {
        /// The time until its lease ends.
        remaining: Duration,
    },
    /// An owner has completed it.
    Completed,
}

/// The key of an entry in a store: 32 bytes, the SHA-256 of a namespace and an
/// [`IdempotencyKey`].
///
/// The hash is of the length of the namespace in bytes, as a little-endian 64-bit number,
/// then the namespace, then the text of the idempotency key. So the key of an entry has the
/// same length however long an id a sender signs, and does not show the id.
///
/// ```
/// use hookseal::idempotency::EntryKey;
/// use hookseal::{Message, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::PAKK, "the signing key of the webhook's record")?;
/// let headers = webhook.sign(&Message::new(b"{}"))?;
/// let event = webhook.verify(&headers, b"{}")?;
/// let key = EntryKey::new("orders", &event.idempotency_key());
/// assert_eq!(key.to_string().len(), 64);
/// assert_ne!(key, EntryKey::new("invoices", &event.idempotency_key()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryKey([u8; Self::LEN]);

impl EntryKey {
    /// The length in bytes.
    pub const LEN: usize = 32;

    /// Creates the key of an event in a namespace.
    #[must_use]
    pub fn new(namespace: &str, event: &IdempotencyKey) -> Self {
        let length = u64::try_from(namespace.len()).unwrap_or(u64::MAX);
        let mut hash = Sha256::new();
        hash.update(length.to_le_bytes());
        hash.update(namespace);
        hash.update(event.as_str());
        Self(hash.finalize().into())
    }

    /// Creates a key from its bytes, for tests of stores.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

/// Shows 64 hexadecimal digits.
impl fmt::Display for EntryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for EntryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EntryKey({self})")
    }
}

/// The identity of an entry's holder: 128 random bits, in effect unique.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Owner([u8; Self::LEN]);

impl Owner {
    /// The length in bytes.
    pub const LEN: usize = 16;

    /// Creates an owner from the operating system's random numbers.
    ///
    /// # Errors
    ///
    /// Returns an error if the operating system cannot provide any.
    pub fn random() -> Result<Self, StoreError> {
        let mut bytes = [0; Self::LEN];
        getrandom::fill(&mut bytes).map_err(|error| {
            StoreError::unavailable(alloc::format!("no random numbers: {error}"))
        })?;
        Ok(Self(bytes))
    }

    /// Creates an owner from its bytes, for tests of stores.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

/// Shows 32 hexadecimal digits.
impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Owner({self})")
    }
}

/// The error of a store that could not do what it was asked to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// It holds as many entries as it may, and forgets none before their time ends.
    #[error("the store is full: {capacity} entries are held or remembered")]
    #[non_exhaustive]
    Full {
        /// The maximum number of entries.
        capacity: usize,
    },
    /// It does not answer, or answers with an error.
    #[error("the store is unavailable")]
    #[non_exhaustive]
    Unavailable {
        /// The error of the store's client.
        #[source]
        error: Box<dyn Error + Send + Sync>,
    },
}

impl StoreError {
    /// Creates the error of a store that does not answer, from the error of its client.
    #[must_use]
    pub fn unavailable(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Unavailable {
            error: error.into(),
        }
    }

    /// Creates the error of a store that holds this many entries and cannot hold more.
    #[must_use]
    pub const fn full(capacity: usize) -> Self {
        Self::Full { capacity }
    }

    /// Returns the reason in one word, for metrics: `full` or `unavailable`.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Full { .. } => "full",
            Self::Unavailable { .. } => "unavailable",
        }
    }

    /// Returns the messages of the error and of its sources, in one line.
    #[must_use]
    pub fn chain(&self) -> String {
        let mut text = alloc::format!("{self}");
        let mut source = self.source();
        while let Some(error) = source {
            text.push_str(": ");
            text.push_str(&alloc::format!("{error}"));
            source = error.source();
        }
        text
    }
}
