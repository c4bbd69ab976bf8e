//! Handles each event once, although senders deliver it more than once.
//!
//! Most senders repeat an event that got no 2xx, so an answer that is lost on its way is an
//! event that arrives twice. And anyone who has captured a request can send it again, while
//! its replay window is open, or for ever where nothing is timed. A [`Guard`] remembers
//! events by what their signature covers ([`Verified::idempotency_key`](crate::Verified::idempotency_key)),
//! and lets each be handled once.
//!
//! # What it promises
//!
//! An event is **claimed** before it is handled, with a lease, and **completed** after. So it
//! is one of three: *acquired*, to be handled by the caller and by nobody else while the
//! lease lasts; *in progress* by another; or *completed*.
//!
//! - **No event is lost by the guard.** A handler that fails releases its claim, and one that
//!   crashes leaves it to the lease to end; the next delivery handles the event. A sender that
//!   gives up within the lease of a crash makes no such delivery: see
//!   [`Guard::DEFAULT_LEASE`].
//! - **No two deliveries of an event are handled at the same time** while the lease holds,
//!   in whatever process they arrive. A lease that is longer than the handler may take always
//!   holds.
//! - **A completed event is not handled again** until its retention ends.
//! - An event **is** handled twice if its handler did its work and could not say so: the
//!   process died between the work and the completion, or the store did not answer, or the
//!   lease was too short. No store that is apart from the work can do better. Where the work
//!   is in a Postgres database, the ledger of `hookseal-postgres` records the event in the
//!   same transaction, and so **exactly once**.
//!
//! | what happens | [`MemoryStore`] | `hookseal-redis` | `hookseal-postgres` | its ledger |
//! | --- | --- | --- | --- | --- |
//! | two deliveries at once | handled once | handled once | handled once | handled once |
//! | the handler fails or panics | again | again | again | again |
//! | the process is killed before the work | again | again, after the lease | again, after the lease | again |
//! | the process is killed between work and completion | handled twice | handled twice | handled twice | **handled once** |
//! | the process restarts after completion | handled twice | handled once | handled once | handled once |
//! | the store restarts | – | handled once, if it persists (`appendonly yes`, `appendfsync always`); otherwise it forgets up to its last save | handled once | handled once |
//! | the store fails over to a replica | – | claims and completions of the last moments may be forgotten: replication is asynchronous | handled once, with synchronous replication | the same |
//! | the handler outlives its lease | twice | twice | twice | **handled once** |
//! | the sender signs each attempt with its time, and no id (Stripe, Slack) | twice, unless the key is the body's: `OnceLayer::with_key` | the same | the same | the same |
//! | two events are signed over the same bytes (two pings) | **the second is taken for the first** | the same | the same | the same |
//! | the secret is rotated between deliveries | handled once | handled once | handled once | handled once |
//! | clocks of two receivers differ | – | no matter: the store's clock counts | no matter | no matter |
//! | the store's clock jumps | – | leases and retentions end sooner or later | the same | no matter |
//! | the store is full | 503 for new events | 503 for new events (`noeviction`) | – | – |
//!
//! The tests hold the table against real servers: 64 deliveries of one event at once, 1,000
//! times on each store; a process killed with `SIGKILL` before the claim, after it, in the
//! handler, before the completion and after it, and the event then delivered again (with a
//! lease of 1.5 s it is handled 1.5 s later); servers killed and started again; connections
//! cut hundreds of times during 300 events on Redis and 200 on Postgres; receivers whose clocks are an hour apart;
//! memory that is full.
//!
//! # Use
//!
//! With tower or axum, put an `OnceLayer` (feature `tower`) between the `VerifyLayer` and the
//! handler. Without, [`Guard::once`] runs a handler, and [`Guard::claim`] gives the steps.
//!
//! Answer the sender with what it understands: 2xx for a duplicate, so that it stops, and 503
//! for one in progress, so that it tries again. A 409 makes some senders give up.
//!
//! There is no guard on `wasm32-unknown-unknown`, which has neither a clock nor random numbers.
//!
//! # What identifies an event
//!
//! Never a header that is not signed: whoever replays a request chooses it. The
//! idempotency key is the signed message id, or else the digest of the signed message. It
//! does not depend on the secret, so it survives a rotation.
//!
//! It changes if the sender signs other bytes at each attempt: a new time, and no id. It is the
//! same for two events that are signed over the same bytes. And it knows no tenants. In these
//! cases make a key of your own of what is signed: [`Verified::body_key`](crate::Verified::body_key),
//! [`IdempotencyKey::from_signed`](crate::IdempotencyKey::from_signed), and
//! `OnceLayer::with_key`.

pub mod conformance;
mod guard;
#[cfg(feature = "tower")]
mod layer;
mod memory;
mod store;

pub use guard::{Claim, Guard, Lease, Once, OnceError};
#[cfg(feature = "tower")]
pub use layer::{OnceFuture, OnceLayer, OnceService, Task};
pub use memory::MemoryStore;
pub use store::{ClaimState, EntryKey, Owner, Store, StoreError, StoreFuture};
