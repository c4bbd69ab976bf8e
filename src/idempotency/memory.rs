//! The store in memory.

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use core::fmt;
use core::future::ready;
use core::time::Duration;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::store::{ClaimState, EntryKey, Owner, Store, StoreError, StoreFuture};

/// Keeps entries in memory, **for one process**.
///
/// Other processes do not see the entries, and they are lost at a restart: an event that was
/// handled before a restart is handled again if it arrives after it. Use this store for tests,
/// for a service of one process whose handlers can repeat their work, or in front of a ledger.
///
/// It holds a fixed number of entries. When it is full, it [refuses](StoreError::Full) new
/// claims and forgets no entry: an attacker who could make it forget entries could replay
/// events. An entry takes about 150 bytes.
///
/// ```
/// use hookseal::idempotency::{Guard, MemoryStore};
///
/// let guard = Guard::new(MemoryStore::new(100_000), "orders");
/// ```
pub struct MemoryStore {
    capacity: usize,
    entries: Mutex<Entries>,
}

#[derive(Default)]
struct Entries {
    by_key: HashMap<EntryKey, Entry>,
    /// The same entries, in the order in which they end.
    ends: BTreeSet<(Instant, EntryKey)>,
}

#[derive(Clone, Copy)]
struct Entry {
    owner: Owner,
    is_completed: bool,
    ends: Instant,
}

/// The limit for leases and retentions: about 30 years, which an `Instant` can hold.
const FAR: Duration = Duration::from_secs(1_000_000_000);

impl MemoryStore {
    /// Creates a store that holds at most `capacity` entries. It needs one for each event
    /// within the guard's retention. (With the default of eight days, 100,000 entries are
    /// enough for 12,500 events a day.)
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity,
            entries: Mutex::default(),
        }
    }

    /// Returns how many entries are held or remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        let mut entries = self.entries();
        entries.forget_ended();
        entries.by_key.len()
    }

    /// Returns whether no entry is held or remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        // A poisoned lock is safe to use: a panic elsewhere leaves the entries consistent.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn claim_now(
        &self,
        key: &EntryKey,
        owner: &Owner,
        lease: Duration,
    ) -> Result<ClaimState, StoreError> {
        let mut entries = self.entries();
        let now = entries.forget_ended();
        match entries.by_key.get(key) {
            Some(entry) if entry.is_completed => return Ok(ClaimState::Completed),
            Some(entry) if entry.owner != *owner => {
                let remaining = entry.ends.saturating_duration_since(now);
                return Ok(ClaimState::InProgress { remaining });
            }
            Some(_) => {}
            None if entries.by_key.len() >= self.capacity => {
                return Err(StoreError::full(self.capacity));
            }
            None => {}
        }
        entries.put(
            *key,
            Entry {
                owner: *owner,
                is_completed: false,
                ends: now + lease.min(FAR),
            },
        );
        Ok(ClaimState::Acquired)
    }

    fn complete_now(
        &self,
        key: &EntryKey,
        owner: &Owner,
        retention: Duration,
    ) -> Result<bool, StoreError> {
        let mut entries = self.entries();
        let now = entries.forget_ended();
        match entries.by_key.get(key) {
            Some(entry) if entry.owner != *owner => return Ok(false),
            Some(_) => {}
            None if entries.by_key.len() >= self.capacity => {
                return Err(StoreError::full(self.capacity));
            }
            None => {}
        }
        entries.put(
            *key,
            Entry {
                owner: *owner,
                is_completed: true,
                ends: now + retention.min(FAR),
            },
        );
        Ok(true)
    }

    fn release_now(&self, key: &EntryKey, owner: &Owner) {
        let mut entries = self.entries();
        entries.forget_ended();
        if let Some(entry) = entries.by_key.get(key)
            && entry.owner == *owner
            && !entry.is_completed
        {
            entries.remove(key);
        }
    }
}

impl Entries {
    /// Removes the entries whose time has ended, and returns the current time.
    fn forget_ended(&mut self) -> Instant {
        let now = Instant::now();
        while let Some((ends, key)) = self.ends.first().copied()
            && ends <= now
        {
            self.remove(&key);
        }
        now
    }

    fn put(&mut self, key: EntryKey, entry: Entry) {
        self.remove(&key);
        self.ends.insert((entry.ends, key));
        self.by_key.insert(key, entry);
    }

    fn remove(&mut self, key: &EntryKey) {
        if let Some(entry) = self.by_key.remove(key) {
            self.ends.remove(&(entry.ends, *key));
        }
    }
}

impl Store for MemoryStore {
    fn claim<'a>(
        &'a self,
        entry: &'a EntryKey,
        owner: &'a Owner,
        lease: Duration,
    ) -> StoreFuture<'a, ClaimState> {
        Box::pin(ready(self.claim_now(entry, owner, lease)))
    }

    fn complete<'a>(
        &'a self,
        entry: &'a EntryKey,
        owner: &'a Owner,
        retention: Duration,
    ) -> StoreFuture<'a, bool> {
        Box::pin(ready(self.complete_now(entry, owner, retention)))
    }

    fn release<'a>(&'a self, entry: &'a EntryKey, owner: &'a Owner) -> StoreFuture<'a, ()> {
        self.release_now(entry, owner);
        Box::pin(ready(Ok(())))
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore")
            .field("capacity", &self.capacity)
            .field("len", &self.len())
            .finish()
    }
}
