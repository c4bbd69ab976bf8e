//! The requests that the inspector shows: the newest, within limits.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hookseal_inspect::judge::{Coverage, ExplanationRecord};
use serde::Serialize;

/// The most requests that are kept. The oldest are dropped.
pub const MAX_ENTRIES: usize = 5000;

/// The most bytes of requests that are kept.
const MAX_BYTES: usize = 128 << 20;

/// Roughly the bytes of an entry apart from its request.
const OVERHEAD: usize = 2048;

/// The most entries that are sent to a page at once.
const BATCH: usize = 250;

#[derive(Default)]
pub struct Store {
    kept: Mutex<Kept>,
    changed: Condvar,
}

struct Kept {
    entries: VecDeque<Arc<Entry>>,
    bytes: usize,
    last_id: u64,
    last_version: u64,
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            entries: VecDeque::new(),
            bytes: 0,
            last_id: 0,
            // A page that has no entries yet has version 0.
            last_version: 1,
        }
    }
}

/// A request that is kept.
#[derive(Clone)]
pub struct Entry {
    pub summary: Summary,
    pub outcome: Outcome,
    /// The bytes as they were received; `None` if they are not kept.
    pub raw: Option<Arc<[u8]>>,
    version: u64,
}

/// The result of a request, for the page that shows it.
#[derive(Clone, Default)]
pub struct Outcome {
    pub reason: Option<&'static str>,
    pub hint: Option<String>,
    pub looks_like: Vec<&'static str>,
    pub coverage: Option<Coverage>,
    pub explanation: Option<ExplanationRecord>,
}

/// A line of the list.
#[derive(Clone, Default, Serialize)]
pub struct Summary {
    pub id: u64,
    /// In seconds since 1970.
    pub received_at: u64,
    pub verdict: &'static str,
    pub scheme: Option<String>,
    pub method: String,
    pub target: String,
    pub body_length: usize,
    /// The time from the end of the request to its answer, in microseconds.
    pub micros: u64,
    /// The status of the answer.
    pub status: u16,
    pub message: Option<String>,
    pub message_id: Option<String>,
    /// The names of the changes that are the proven cause.
    pub cause: Option<Vec<&'static str>>,
    /// Whether the cause is still being searched for.
    pub is_searching: bool,
    /// The file that it was saved in.
    pub file: Option<String>,
    /// Whether the request can be shown.
    pub is_kept: bool,
}

/// The news for a page.
#[derive(Serialize)]
pub struct News {
    /// How many requests were received.
    received: u64,
    /// How many of them were dropped.
    dropped: u64,
    /// The id of the oldest request that is kept.
    oldest: u64,
    entries: Vec<Summary>,
    #[serde(skip)]
    pub version: u64,
}

impl Store {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a request, and returns its id.
    pub fn add(&self, mut summary: Summary, outcome: Outcome, raw: Option<&[u8]>) -> u64 {
        let mut kept = self.lock();
        kept.last_id += 1;
        kept.last_version += 1;
        summary.id = kept.last_id;
        summary.is_kept = raw.is_some();
        let id = summary.id;
        let entry = Entry {
            summary,
            outcome,
            raw: raw.map(Arc::from),
            version: kept.last_version,
        };
        kept.bytes += entry.len();
        kept.entries.push_back(Arc::new(entry));
        while kept.entries.len() > MAX_ENTRIES || kept.bytes > MAX_BYTES {
            let Some(oldest) = kept.entries.pop_front() else {
                break;
            };
            kept.bytes = kept.bytes.saturating_sub(oldest.len());
        }
        drop(kept);
        self.changed.notify_all();
        id
    }

    /// Updates a request, if it is still kept.
    pub fn update(&self, id: u64, change: impl FnOnce(&mut Summary, &mut Outcome)) {
        let mut kept = self.lock();
        kept.last_version += 1;
        let version = kept.last_version;
        let found = kept
            .entries
            .binary_search_by_key(&id, |entry| entry.summary.id);
        if let Ok(place) = found
            && let Some(entry) = kept.entries.get_mut(place)
        {
            let entry = Arc::make_mut(entry);
            change(&mut entry.summary, &mut entry.outcome);
            entry.version = version;
        }
        drop(kept);
        self.changed.notify_all();
    }

    pub fn get(&self, id: u64) -> Option<Arc<Entry>> {
        let kept = self.lock();
        let found = kept
            .entries
            .binary_search_by_key(&id, |entry| entry.summary.id);
        kept.entries.get(found.ok()?).map(Arc::clone)
    }

    /// Returns the ids of the requests that contain these bytes.
    pub fn search(&self, wanted: &[u8]) -> Vec<u64> {
        // Without holding the lock: this takes a while.
        let entries: Vec<Arc<Entry>> = self.lock().entries.iter().map(Arc::clone).collect();
        let has = |entry: &&Arc<Entry>| {
            let raw = entry.raw.as_deref().unwrap_or_default();
            contains(raw, wanted)
        };
        entries
            .iter()
            .filter(has)
            .map(|entry| entry.summary.id)
            .collect()
    }

    /// Waits for news since a version; returns `None` if there is none within this time.
    pub fn news(&self, since: u64, patience: Duration) -> Option<News> {
        let kept = self.lock();
        let is_old = |kept: &mut Kept| kept.last_version == since;
        let (kept, waited) = self
            .changed
            .wait_timeout_while(kept, patience, is_old)
            .unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            return None;
        }
        let mut new: Vec<&Arc<Entry>> = kept
            .entries
            .iter()
            .filter(|entry| entry.version > since)
            .collect();
        new.sort_by_key(|entry| entry.version);
        let all = new.len();
        new.truncate(BATCH);
        let version = match new.last() {
            Some(last) if all > BATCH => last.version,
            _ => kept.last_version,
        };
        let oldest = kept.entries.front().map_or(0, |entry| entry.summary.id);
        let held = u64::try_from(kept.entries.len()).unwrap_or(u64::MAX);
        Some(News {
            received: kept.last_id,
            dropped: kept.last_id.saturating_sub(held),
            oldest,
            entries: new.into_iter().map(|entry| entry.summary.clone()).collect(),
            version,
        })
    }
}

impl Entry {
    fn len(&self) -> usize {
        self.raw.as_ref().map_or(0, |raw| raw.len()) + OVERHEAD
    }
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    let Some(first) = wanted.first() else {
        return true;
    };
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| byte == first) {
        rest = rest.get(at..).unwrap_or_default();
        if rest.starts_with(wanted) {
            return true;
        }
        rest = rest.get(1..).unwrap_or_default();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(store: &Store) -> Vec<u64> {
        let (mut ids, mut version) = (Vec::new(), 0);
        while let Some(news) = store.news(version, Duration::ZERO) {
            ids.extend(news.entries.iter().map(|entry| entry.id));
            if news.version == version {
                break;
            }
            version = news.version;
        }
        ids
    }

    #[test]
    fn the_oldest_are_dropped_by_number() {
        let store = Store::default();
        for _ in 0..MAX_ENTRIES + 7 {
            store.add(Summary::default(), Outcome::default(), Some(b"a"));
        }
        let ids = all(&store);
        assert_eq!(ids.len(), MAX_ENTRIES);
        assert_eq!(ids.first(), Some(&8));
        let news = store.news(0, Duration::ZERO).unwrap();
        assert_eq!((news.received, news.dropped, news.oldest), (5007, 7, 8));
        assert!(store.get(7).is_none() && store.get(8).is_some());
    }

    #[test]
    fn the_oldest_are_dropped_by_size() {
        let store = Store::default();
        let raw = vec![b'a'; MAX_BYTES / 4];
        for _ in 0..9 {
            store.add(Summary::default(), Outcome::default(), Some(&raw));
        }
        // Each takes a little more than a quarter, with the overhead of an entry.
        assert_eq!(all(&store), [7, 8, 9]);
    }

    #[test]
    fn what_has_changed_is_news_again() {
        let store = Store::default();
        let id = store.add(Summary::default(), Outcome::default(), None);
        store.add(Summary::default(), Outcome::default(), None);
        let version = store.news(0, Duration::ZERO).unwrap().version;
        assert!(store.news(version, Duration::ZERO).is_none());
        store.update(id, |summary, _| summary.is_searching = true);
        let news = store.news(version, Duration::ZERO).unwrap();
        let [changed] = &news.entries[..] else {
            panic!("one")
        };
        assert!(changed.id == id && changed.is_searching);
    }

    #[test]
    fn bytes_are_found() {
        let store = Store::default();
        store.add(Summary::default(), Outcome::default(), Some(b"aab"));
        store.add(Summary::default(), Outcome::default(), Some(b"ab\xff"));
        store.add(Summary::default(), Outcome::default(), None);
        assert_eq!(store.search(b"aab"), [1]);
        assert_eq!(store.search(b"ab"), [1, 2]);
        assert_eq!(store.search(b"\xff"), [2]);
        assert!(store.search(b"abc").is_empty());
    }
}
