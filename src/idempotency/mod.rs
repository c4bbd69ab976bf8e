//! Handles each event once, even if its sender delivers it more than once.
//!
//! Most senders repeat an event that got no 2xx, so if a response is lost, the event arrives
//! twice. And anyone who has captured a request can send it again while its replay window is
//! open, or forever if the scheme signs no timestamp. A [`Guard`] remembers
//! events by what their signature covers ([`Verified::idempotency_key`](crate::Verified::idempotency_key)),
//! and lets each be handled once.
//!
//! # What it promises
//!
//! An event is **claimed** with a lease before it is handled, and **completed** afterwards. A
//! claim has one of three results: the event is *acquired*, and only the caller handles it
//! while the lease lasts; it is *in progress* elsewhere; or it is *completed*.
//!
//! - **The guard loses no event.** If a handler fails, it releases its claim; if it crashes,
//!   the claim ends with the lease. Then the next delivery handles the event. If the sender
//!   gives up before the lease of a crashed handler ends, there is no next delivery: see
//!   [`Guard::DEFAULT_LEASE`].
//! - **No two deliveries of an event are handled at the same time** while the lease
//!   holds, whichever processes they arrive in. A lease that is longer than the handler
//!   can take always holds.
//! - **A completed event is not handled again** until its retention ends.
//! - An event **is** handled twice if its handler did its work but could not record that: the
//!   process died between the work and the completion, the store did not answer, or the
//!   lease was too short. No store that is separate from the work can do better. If the work
//!   is done in a Postgres database, the ledger of `hookseal-postgres` records the event in
//!   the same transaction, so it is handled **exactly once**.
//!
//! | what happens | [`MemoryStore`] | `hookseal-redis` | `hookseal-postgres` | its ledger |
//! | --- | --- | --- | --- | --- |
//! | two deliveries at once | handled once | handled once | handled once | handled once |
//! | the handler fails or panics | again | again | again | again |
//! | the process is killed before the work | again | again, after the lease | again, after the lease | again |
//! | the process is killed between work and completion | handled twice | handled twice | handled twice | **handled once** |
//! | the process restarts after completion | handled twice | handled once | handled once | handled once |
//! | the store restarts | – | handled once, if it persists (`appendonly yes`, `appendfsync always`); otherwise it forgets everything since its last save | handled once | handled once |
//! | the store fails over to a replica | – | the latest claims and completions may be lost: replication is asynchronous | handled once, with synchronous replication | the same |
//! | the handler outlives its lease | twice | twice | twice | **handled once** |
//! | the sender signs the time of each attempt, and no id (Stripe, Slack) | twice, unless the key is made from the body: `OnceLayer::with_key` | the same | the same | the same |
//! | two events have the same signed bytes (two pings) | **the second is taken for the first** | the same | the same | the same |
//! | the secret is rotated between deliveries | handled once | handled once | handled once | handled once |
//! | clocks of two receivers differ | – | no effect: the store's clock counts | no effect | no effect |
//! | the store's clock jumps | – | leases and retentions end too soon or too late | the same | no effect |
//! | the store is full | 503 for new events | 503 for new events (`noeviction`) | – | – |
//!
//! The tests check the table with real servers: 64 simultaneous deliveries of one event, 1,000
//! times on each store; a process killed with `SIGKILL` before the claim, after it, in the
//! handler, before the completion and after it, and the event then delivered again (with a
//! lease of 1.5 s it is handled 1.5 s later); servers killed and restarted; connections
//! cut hundreds of times during 300 events on Redis and 200 on Postgres; receivers whose
//! clocks are an hour apart; and a store whose memory is full.
//!
//! # Use
//!
//! With tower or axum, put an `OnceLayer` (feature `tower`) between the `VerifyLayer` and the
//! handler. Otherwise call [`Guard::once`], which runs a handler, or [`Guard::claim`], which
//! lets you take the steps yourself.
//!
//! Respond with a status that the sender understands: 2xx for a duplicate, so that it stops,
//! and 503 for an event in progress, so that it tries again. A 409 makes some senders give up.
//!
//! There is no guard on `wasm32-unknown-unknown`, which has neither a clock nor random numbers.
//!
//! # What identifies an event
//!
//! An unsigned header never identifies an event, since anyone who replays a request can choose
//! it. The idempotency key is the signed message id or, if there is none, the digest of the
//! signed message. It does not depend on the secret, so it survives a rotation.
//!
//! The key changes if the sender signs different bytes at each attempt, with a new time and no
//! id. It is the same for two events with the same signed bytes, and for two tenants with the
//! same message id. In these cases make a custom key from what is signed, with
//! [`Verified::body_key`](crate::Verified::body_key) or
//! [`IdempotencyKey::from_signed`](crate::IdempotencyKey::from_signed), and pass it to
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
