//! A test that checks an implementation of [`Store`] against its rules.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::Poll;
use core::time::Duration;

use super::store::{ClaimState, EntryKey, Owner, Store, StoreError};

/// Checks that a store follows the rules of [`Store`].
///
/// The check takes some seconds of real time, during which it waits with `sleep`, for
/// example `tokio::time::sleep`. Paused time does not work, since a store has its own
/// clock. The entries are new and random, so other tests can run on the same server at
/// the same time; entries that are left behind end within a minute. The store must have
/// room for 200 entries.
///
/// It checks every rule with sequential calls. With simultaneous calls it checks only claims,
/// through this one store: add a test with several processes.
///
/// ```
/// use hookseal::idempotency::{MemoryStore, conformance};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), conformance::Violation> {
/// conformance::check(&MemoryStore::new(200), tokio::time::sleep).await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// Returns a [`Violation`] that says which rule the store breaks.
pub async fn check<S, F>(store: &dyn Store, sleep: S) -> Result<(), Violation>
where
    S: Fn(Duration) -> F,
    F: Future<Output = ()>,
{
    let check = Check { store, sleep };
    check.one_owner_at_a_time().await?;
    check.completed_stays_completed().await?;
    check.released_is_free().await?;
    check.a_lease_ends().await?;
    check.a_late_owner().await?;
    check.calls_can_be_repeated().await?;
    check.entries_are_independent().await?;
    check.claims_at_once().await?;
    check.long_times().await
}

/// A rule that a store breaks.
#[derive(Debug, thiserror::Error)]
#[error("{rule}: {found}")]
pub struct Violation {
    rule: &'static str,
    found: String,
}

impl Violation {
    /// Returns the rule, as a sentence.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        self.rule
    }
}

/// A lease that outlasts a step of the check, even on a slow server.
const LONG: Duration = Duration::from_secs(60);

/// A lease that is short enough to wait for.
const SHORT: Duration = Duration::from_millis(500);

/// A wait after which a [`SHORT`] lease has certainly ended.
const PAST_SHORT: Duration = Duration::from_millis(800);

struct Check<'s, S> {
    store: &'s dyn Store,
    sleep: S,
}

impl<S, F> Check<'_, S>
where
    S: Fn(Duration) -> F,
    F: Future<Output = ()>,
{
    fn owner(rule: &'static str) -> Result<Owner, Violation> {
        Owner::random().map_err(|error| failed(rule, &error))
    }

    fn entry(rule: &'static str) -> Result<EntryKey, Violation> {
        let mut bytes = [0; EntryKey::LEN];
        for half in bytes.chunks_mut(Owner::LEN) {
            half.copy_from_slice(Self::owner(rule)?.as_bytes());
        }
        Ok(EntryKey::from_bytes(bytes))
    }

    async fn claim(
        &self,
        rule: &'static str,
        entry: &EntryKey,
        owner: &Owner,
        lease: Duration,
        wanted: &str,
    ) -> Result<ClaimState, Violation> {
        let found = self.store.claim(entry, owner, lease).await;
        let found = found.map_err(|error| failed(rule, &error))?;
        let name = match found {
            ClaimState::Acquired => "acquired",
            ClaimState::InProgress { .. } => "in progress",
            ClaimState::Completed => "completed",
        };
        same(rule, &name, &wanted)?;
        Ok(found)
    }

    async fn complete(
        &self,
        rule: &'static str,
        entry: &EntryKey,
        owner: &Owner,
        retention: Duration,
        wanted: bool,
    ) -> Result<(), Violation> {
        let found = self.store.complete(entry, owner, retention).await;
        let found = found.map_err(|error| failed(rule, &error))?;
        same(rule, &found, &wanted)
    }

    async fn release(
        &self,
        rule: &'static str,
        entry: &EntryKey,
        owner: &Owner,
    ) -> Result<(), Violation> {
        let released = self.store.release(entry, owner).await;
        released.map_err(|error| failed(rule, &error))
    }

    async fn one_owner_at_a_time(&self) -> Result<(), Violation> {
        let rule = "an entry that is held is in progress for others, for as long as its lease";
        let (entry, one, other) = (Self::entry(rule)?, Self::owner(rule)?, Self::owner(rule)?);
        self.claim(rule, &entry, &one, LONG, "acquired").await?;
        let state = self
            .claim(rule, &entry, &other, LONG, "in progress")
            .await?;
        if let ClaimState::InProgress { remaining } = state
            && (remaining > LONG || remaining < LONG / 2)
        {
            let found = format!("{remaining:?} remain of {LONG:?}");
            return Err(Violation { rule, found });
        }
        let rule = "only its owner can release an entry";
        self.release(rule, &entry, &other).await?;
        self.claim(rule, &entry, &other, LONG, "in progress")
            .await?;
        let rule = "only its owner can complete an entry";
        self.complete(rule, &entry, &other, LONG, false).await?;
        self.claim(rule, &entry, &other, LONG, "in progress")
            .await?;
        self.release(rule, &entry, &one).await
    }

    async fn completed_stays_completed(&self) -> Result<(), Violation> {
        let rule = "a completed entry is completed for everybody until its retention ends";
        let (entry, one, other) = (Self::entry(rule)?, Self::owner(rule)?, Self::owner(rule)?);
        self.claim(rule, &entry, &one, SHORT, "acquired").await?;
        self.complete(rule, &entry, &one, LONG, true).await?;
        for owner in [&one, &other] {
            self.claim(rule, &entry, owner, LONG, "completed").await?;
        }
        (self.sleep)(PAST_SHORT).await;
        self.claim(rule, &entry, &other, LONG, "completed").await?;
        let rule = "a completed entry cannot be released";
        self.release(rule, &entry, &one).await?;
        self.claim(rule, &entry, &other, LONG, "completed").await?;
        let rule = "a completed entry cannot be completed by another owner";
        self.complete(rule, &entry, &other, LONG, false).await?;

        let rule = "a retention ends, and leaves the entry free";
        let entry = Self::entry(rule)?;
        self.claim(rule, &entry, &one, LONG, "acquired").await?;
        self.complete(rule, &entry, &one, SHORT, true).await?;
        self.claim(rule, &entry, &other, LONG, "completed").await?;
        (self.sleep)(PAST_SHORT).await;
        self.claim(rule, &entry, &other, SHORT, "acquired")
            .await
            .map(drop)
    }

    async fn released_is_free(&self) -> Result<(), Violation> {
        let rule = "a released entry is free";
        let (entry, one, other) = (Self::entry(rule)?, Self::owner(rule)?, Self::owner(rule)?);
        self.claim(rule, &entry, &one, LONG, "acquired").await?;
        self.release(rule, &entry, &one).await?;
        self.claim(rule, &entry, &other, SHORT, "acquired").await?;
        let rule = "an entry that was never claimed can be released, and nothing happens";
        let entry = Self::entry(rule)?;
        self.release(rule, &entry, &one).await?;
        self.claim(rule, &entry, &other, SHORT, "acquired")
            .await
            .map(drop)
    }

    async fn a_lease_ends(&self) -> Result<(), Violation> {
        let rule = "a lease ends, and leaves the entry free";
        let (entry, one, other) = (Self::entry(rule)?, Self::owner(rule)?, Self::owner(rule)?);
        self.claim(rule, &entry, &one, SHORT, "acquired").await?;
        self.claim(rule, &entry, &other, LONG, "in progress")
            .await?;
        (self.sleep)(PAST_SHORT).await;
        self.claim(rule, &entry, &other, LONG, "acquired").await?;
        let rule = "the owner of a lease that ended cannot release the next owner's";
        self.release(rule, &entry, &one).await?;
        self.claim(rule, &entry, &one, LONG, "in progress").await?;
        let rule = "the owner of a lease that ended cannot complete the next owner's";
        self.complete(rule, &entry, &one, LONG, false).await?;
        self.claim(rule, &entry, &one, LONG, "in progress").await?;
        let rule = "the next owner can complete what the first could not";
        self.complete(rule, &entry, &other, LONG, true).await
    }

    async fn a_late_owner(&self) -> Result<(), Violation> {
        let rule = "an owner whose lease ended completes an entry that is still free";
        let (entry, one, other) = (Self::entry(rule)?, Self::owner(rule)?, Self::owner(rule)?);
        self.claim(rule, &entry, &one, SHORT, "acquired").await?;
        (self.sleep)(PAST_SHORT).await;
        self.complete(rule, &entry, &one, LONG, true).await?;
        self.claim(rule, &entry, &other, LONG, "completed")
            .await
            .map(drop)
    }

    async fn calls_can_be_repeated(&self) -> Result<(), Violation> {
        let rule = "a claim can be repeated by its owner, and begins a new lease";
        let (entry, one, other) = (Self::entry(rule)?, Self::owner(rule)?, Self::owner(rule)?);
        self.claim(rule, &entry, &one, SHORT, "acquired").await?;
        self.claim(rule, &entry, &one, LONG, "acquired").await?;
        (self.sleep)(PAST_SHORT).await;
        self.claim(rule, &entry, &other, LONG, "in progress")
            .await?;
        let rule = "a completion can be repeated by its owner";
        self.complete(rule, &entry, &one, LONG, true).await?;
        self.complete(rule, &entry, &one, LONG, true).await?;
        let rule = "a release can be repeated by its owner";
        let entry = Self::entry(rule)?;
        self.claim(rule, &entry, &one, LONG, "acquired").await?;
        self.release(rule, &entry, &one).await?;
        self.release(rule, &entry, &one).await?;
        self.claim(rule, &entry, &other, SHORT, "acquired")
            .await
            .map(drop)
    }

    async fn entries_are_independent(&self) -> Result<(), Violation> {
        let rule = "entries whose keys differ in one bit have nothing to do with each other";
        let (entry, one, other) = (Self::entry(rule)?, Self::owner(rule)?, Self::owner(rule)?);
        self.claim(rule, &entry, &one, SHORT, "acquired").await?;
        for place in [0, EntryKey::LEN / 2, EntryKey::LEN - 1] {
            let mut bytes = *entry.as_bytes();
            if let Some(byte) = bytes.get_mut(place) {
                *byte ^= 1;
            }
            let near = EntryKey::from_bytes(bytes);
            self.claim(rule, &near, &other, SHORT, "acquired").await?;
        }
        Ok(())
    }

    async fn claims_at_once(&self) -> Result<(), Violation> {
        let rule = "exactly one of several simultaneous claims is acquired, and none is completed";
        for _ in 0..8 {
            self.claim_at_once(rule, &Self::entry(rule)?).await?;
        }
        // The same for entries whose lease or retention has ended, which a store may still have.
        let rule = "of simultaneous claims of an entry whose time has ended, exactly one is \
                    acquired, and none is completed";
        let one = Self::owner(rule)?;
        let mut ended = Vec::new();
        for number in 0..16 {
            let entry = Self::entry(rule)?;
            self.claim(rule, &entry, &one, SHORT, "acquired").await?;
            if number % 2 == 0 {
                self.complete(rule, &entry, &one, SHORT, true).await?;
            }
            ended.push(entry);
        }
        (self.sleep)(PAST_SHORT).await;
        for entry in &ended {
            self.claim_at_once(rule, entry).await?;
        }
        Ok(())
    }

    async fn claim_at_once(&self, rule: &'static str, entry: &EntryKey) -> Result<(), Violation> {
        let mut owners = Vec::new();
        for _ in 0..8 {
            owners.push(Self::owner(rule)?);
        }
        let claims = owners
            .iter()
            .map(|owner| self.store.claim(entry, owner, LONG));
        let (mut acquired, mut completed) = (0, 0);
        for state in all(claims.collect()).await {
            let state = state.map_err(|error| failed(rule, &error))?;
            acquired += usize::from(state == ClaimState::Acquired);
            completed += usize::from(state == ClaimState::Completed);
        }
        same(rule, &(acquired, completed), &(1, 0))
    }

    async fn long_times(&self) -> Result<(), Violation> {
        let rule = "a lease or a retention can be any `Duration`, from the shortest to the longest";
        let (entry, one, other) = (Self::entry(rule)?, Self::owner(rule)?, Self::owner(rule)?);
        self.claim(rule, &entry, &one, Duration::MAX, "acquired")
            .await?;
        self.claim(rule, &entry, &other, LONG, "in progress")
            .await?;
        self.complete(rule, &entry, &one, Duration::MAX, true)
            .await?;
        self.claim(rule, &entry, &other, LONG, "completed").await?;
        // So that no entry is left behind forever.
        self.complete(rule, &entry, &one, SHORT, true).await?;
        let entry = Self::entry(rule)?;
        self.claim(rule, &entry, &one, Duration::from_nanos(1), "acquired")
            .await?;
        (self.sleep)(SHORT).await;
        self.claim(rule, &entry, &other, SHORT, "acquired")
            .await
            .map(drop)
    }
}

fn failed(rule: &'static str, error: &StoreError) -> Violation {
    let found = error.chain();
    Violation { rule, found }
}

fn same<T: PartialEq + fmt::Debug>(
    rule: &'static str,
    found: &T,
    wanted: &T,
) -> Result<(), Violation> {
    if found == wanted {
        return Ok(());
    }
    let found = format!("found {found:?}, expected {wanted:?}");
    Err(Violation { rule, found })
}

/// Waits for all futures concurrently.
async fn all<T>(futures: Vec<Pin<Box<dyn Future<Output = T> + Send + '_>>>) -> Vec<T> {
    let mut waiting: Vec<_> = futures.into_iter().map(Some).collect();
    let mut done = Vec::new();
    poll_fn(|cx| {
        for slot in &mut waiting {
            if let Some(future) = slot
                && let Poll::Ready(value) = future.as_mut().poll(cx)
            {
                done.push(value);
                *slot = None;
            }
        }
        if waiting.iter().all(Option::is_none) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    done
}
