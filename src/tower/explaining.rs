//! Explains refusals in the log.

use alloc::string::ToString as _;
use alloc::sync::Arc;
use core::fmt;
use core::time::Duration;
use std::sync::Mutex;
use std::time::Instant;

use bytes::Bytes;
use http::Request;
use http::request::Parts;

use crate::Timestamp;
use crate::explain::{Change, Explainer};

/// The shortest time from the beginning of one search to that of the next.
const INTERVAL: Duration = Duration::from_secs(1);

pub(super) struct Explaining {
    explainer: Arc<Explainer<'static>>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    is_searching: bool,
    began: Option<Instant>,
    /// Since the last search.
    skipped: u64,
}

impl Explaining {
    pub(super) fn new(explainer: Explainer<'static>) -> Self {
        Self {
            explainer: Arc::new(explainer),
            state: Arc::default(),
        }
    }

    /// Searches for the reason of a refusal in a thread of its own, unless one is being
    /// searched for or was a moment ago.
    pub(super) fn explain(&self, parts: &Parts, body: Bytes) {
        let Ok(mut state) = self.state.lock() else {
            return;
        };
        let is_soon = state.began.is_some_and(|began| began.elapsed() < INTERVAL);
        if state.is_searching || is_soon {
            state.skipped += 1;
            return;
        }
        let skipped = core::mem::take(&mut state.skipped);
        (state.is_searching, state.began) = (true, Some(Instant::now()));
        drop(state);

        let (mut head, ()) = Request::new(()).into_parts();
        head.method = parts.method.clone();
        head.uri = parts.uri.clone();
        head.headers = parts.headers.clone();
        let explainer = Arc::clone(&self.explainer);
        // The search may begin a moment later.
        let now = Timestamp::now();
        let searching = Searching(Arc::clone(&self.state));
        let dispatch = tracing::dispatcher::get_default(Clone::clone);
        let search = move || {
            let _searching = searching;
            tracing::dispatcher::with_default(&dispatch, || {
                log(&explainer, now, &head, &body, skipped);
            });
        };
        let named = std::thread::Builder::new().name("hookseal-explain".into());
        // Without a thread to be had, nothing is explained; `Searching` ends all the same.
        drop(named.spawn(search));
    }
}

/// Ends the search, also by a panic.
struct Searching(Arc<Mutex<State>>);

impl Drop for Searching {
    fn drop(&mut self) {
        if let Ok(mut state) = self.0.lock() {
            state.is_searching = false;
        }
    }
}

fn log(explainer: &Explainer<'_>, now: Timestamp, head: &Parts, body: &[u8], skipped: u64) {
    let explanation = explainer.explain_at(now, head, body);
    if explanation.is_verified() {
        tracing::warn!(
            target: "hookseal::explain",
            scheme = explanation.scheme(),
            "the explainer verifies a request that the layer has refused: its scheme, secrets or \
             time differ from the layer's"
        );
        return;
    }
    let causes = explanation.cause().unwrap_or(explanation.likely());
    let causes: alloc::vec::Vec<&str> = causes.iter().map(Change::name).collect();
    tracing::warn!(
        target: "hookseal::explain",
        scheme = explanation.scheme(),
        proven = explanation.cause().is_some(),
        causes = causes.join(" "),
        skipped = (skipped > 0).then_some(skipped),
        "webhook refused: {}",
        explanation.summary()
    );
    tracing::debug!(target: "hookseal::explain", "{}", explanation.to_string());
}

impl fmt::Debug for Explaining {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.explainer.fmt(f)
    }
}
