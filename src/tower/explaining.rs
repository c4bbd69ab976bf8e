//! Explains refusals in the log.

use alloc::borrow::ToOwned as _;
use alloc::string::{String, ToString as _};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;
use std::sync::Mutex;
use std::time::Instant;

use bytes::Bytes;

use crate::RequestHead;
use crate::clock::Timestamp;
use crate::explain::{Change, Explainer};
use crate::head::{Found, HeaderVisitor};

/// The minimum time between the starts of two searches.
const INTERVAL: Duration = Duration::from_secs(1);

pub(super) struct Explaining {
    explainer: Arc<Explainer<'static>>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    is_searching: bool,
    began: Option<Instant>,
    /// The number of refusals since the last search that were not explained.
    skipped: u64,
}

impl Explaining {
    pub(super) fn new(explainer: Explainer<'static>) -> Self {
        Self {
            explainer: Arc::new(explainer),
            state: Arc::default(),
        }
    }

    /// Searches for the reason for a refusal in a separate thread, unless another search
    /// is running or began less than [`INTERVAL`] ago.
    pub(super) fn explain(&self, head: &dyn RequestHead, body: Bytes) {
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

        let head = KeptHead::new(head);
        let explainer = Arc::clone(&self.explainer);
        // Taken here, since the search may begin a moment later.
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
        // If no thread can be spawned, nothing is explained, and dropping the closure drops
        // `Searching`.
        drop(named.spawn(search));
    }
}

/// A copy of a request's head, which outlives the request.
struct KeptHead {
    method: Option<String>,
    target: Option<String>,
    headers: Vec<(Vec<u8>, Vec<u8>)>,
}

impl KeptHead {
    fn new(head: &dyn RequestHead) -> Self {
        let mut found = Found::new(None, 0);
        let mut every = Vec::new();
        head.visit_headers(&mut HeaderVisitor::of_all(&mut found, &mut every));
        let headers = every.into_iter();
        Self {
            method: head.method().map(str::to_owned),
            target: head.target().map(str::to_owned),
            headers: headers
                .map(|(name, value)| (name, value.to_vec()))
                .collect(),
        }
    }
}

impl RequestHead for KeptHead {
    fn visit_headers<'h>(&'h self, visitor: &mut HeaderVisitor<'_, 'h>) {
        self.headers.visit_headers(visitor);
    }

    fn method(&self) -> Option<&str> {
        self.method.as_deref()
    }

    fn target(&self) -> Option<&str> {
        self.target.as_deref()
    }
}

/// Marks the search as ended when it is dropped, even by a panic.
struct Searching(Arc<Mutex<State>>);

impl Drop for Searching {
    fn drop(&mut self) {
        if let Ok(mut state) = self.0.lock() {
            state.is_searching = false;
        }
    }
}

fn log(explainer: &Explainer<'_>, now: Timestamp, head: &KeptHead, body: &[u8], skipped: u64) {
    let explanation = explainer.explain_at(now, head, body);
    if explanation.is_verified() {
        tracing::warn!(
            target: "hookseal::explain",
            scheme = explanation.scheme(),
            "the explainer verifies a request that the layer has refused: its scheme, secrets or \
             clock differ from the layer's"
        );
        return;
    }
    let causes = explanation.cause().unwrap_or(explanation.likely());
    let causes: Vec<&str> = causes.iter().map(Change::name).collect();
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
