//! Generates the bodies that a sender may have signed, if the body was changed in transit.

mod rewriting;
mod text;
mod wrapping;

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::vec::Vec;

use self::rewriting::{
    emptied_json, rewritten_form, rewritten_json, trimmed_json, unevenly_spaced_json,
};
use self::text::{charsets, ends, lines};
use self::wrapping::{packing, wrapped};
use super::change::{Candidate, Change};
use super::received::Received;

pub(super) use self::rewriting::reordered;
pub(super) use self::wrapping::is_gzip;

/// The most bodies that are tried, and the most bytes that they may have together.
const MAX_BODIES: usize = 6144;
const MAX_BYTES: usize = 24 << 20;

/// The most bytes that are generated, including duplicates of bodies.
const MAX_WRITTEN: usize = 24 << 20;

/// The maximum length of a body that is unpacked or serialised again.
pub(super) const MAX_UNPACKED: usize = 4 << 20;

type Body = Candidate<Vec<u8>>;

struct Bodies {
    received: Vec<u8>,
    seen: BTreeSet<Vec<u8>>,
    found: Vec<Body>,
    bytes: usize,
    written: usize,
}

impl Bodies {
    /// Creates an empty list, which leaves out the received body and those that were `seen`.
    fn new(received: &[u8], seen: BTreeSet<Vec<u8>>) -> Self {
        Self {
            received: received.to_vec(),
            seen,
            found: Vec::new(),
            bytes: 0,
            written: 0,
        }
    }

    /// Returns whether a limit is reached, so that no more bodies should be generated.
    const fn is_full(&self) -> bool {
        self.written > MAX_WRITTEN || self.found.len() >= MAX_BODIES
    }

    fn keep(&mut self, body: Vec<u8>, change: &Change) {
        self.written += body.len();
        let fits = self.found.len() < MAX_BODIES && self.bytes + 2 * body.len() <= MAX_BYTES;
        if fits && body != self.received && self.seen.insert(body.clone()) {
            self.bytes += 2 * body.len();
            self.found
                .push(Candidate::with(body, Vec::from([change.clone()])));
        }
    }

    fn keep_all(&mut self, bodies: impl IntoIterator<Item = Vec<u8>>, change: &Change) {
        for body in bodies {
            self.keep(body, change);
        }
    }
}

/// Returns the bodies that differ from the received one in one way, the likely ones first.
pub(super) fn bodies(received: &Received<'_>) -> Vec<Body> {
    let body = received.body;
    let mut bodies = Bodies::new(body, BTreeSet::new());
    if body.is_empty() {
        consumed(&mut bodies);
    } else {
        bodies.keep(Vec::new(), &signed_empty(body));
    }
    ends(&mut bodies, body);
    lines(&mut bodies, body);
    packing(&mut bodies, body);
    cut_off(&mut bodies, received);
    repeated(&mut bodies, body);
    wrapped(&mut bodies, body);
    emptied_json(&mut bodies, body, Effort::Little);
    rewritten_json(&mut bodies, body, Effort::All);
    rewritten_form(&mut bodies, body);
    charsets(&mut bodies, body);
    unevenly_spaced_json(&mut bodies, body);
    emptied_json(&mut bodies, body, Effort::All);
    trimmed_json(&mut bodies, body);
    bodies.found
}

/// Returns whether a body is what a body parser leaves if it had nothing to parse, or if its
/// object was turned into text.
pub(super) fn is_placeholder(body: &[u8]) -> bool {
    let words: [&[u8]; 8] = [
        b"{}",
        b"[]",
        b"null",
        b"\"\"",
        b"undefined",
        b"[object Object]",
        b"None",
        b"false",
    ];
    words.contains(&body.trim_ascii())
}

/// Returns the change that makes this body of an empty one.
fn signed_empty(body: &[u8]) -> Change {
    if is_placeholder(body) {
        return Change::new(
            "body-placeholder-for-empty",
            "the sender sent an empty body, and a body parser put a placeholder in its place",
            "verify the raw bytes of the body, before anything parses it",
        );
    }
    Change::new(
        "body-not-signed",
        "the signature matches an empty body: something inserted this body, a genuine signature \
         was reused with another body, or the sender does not sign the body",
        "look at the request as it arrives; do not change the scheme until the sender's \
         documentation says that it signs no body",
    )
}

/// Adds the bodies of requests without content.
fn consumed(bodies: &mut Bodies) {
    let change = Change::new(
        "body-empty",
        "the body is empty here, but the sender signed one that was not",
        "something in front of the verification has read the body; verify first, and pass the \
         bytes on",
    );
    bodies.keep_all(
        [&b"{}"[..], b"[]", b"null", b"\"\""].map(<[u8]>::to_vec),
        &change,
    );
}

/// Adds the start of the body that has the announced length.
fn cut_off(bodies: &mut Bodies, received: &Received<'_>) {
    let announced = received.content_length();
    let announced = announced.and_then(|length| usize::try_from(length).ok());
    if let Some(start) = announced.and_then(|length| received.body.get(..length)) {
        let change = Change::new(
            "body-longer-than-announced",
            format!(
                "the received body has {} bytes, but the sender's has the {} that \
                 `Content-Length` announces",
                received.body.len(),
                start.len()
            ),
            "something along the way appends to the body; verify the raw bytes",
        );
        bodies.keep(start.to_vec(), &change);
    }
}

/// Adds half of a body that consists of two equal halves.
fn repeated(bodies: &mut Bodies, body: &[u8]) {
    let (start, end) = body.split_at(body.len() / 2);
    if start == end {
        let change = Change::new(
            "body-repeated",
            "the received body is the sender's body twice",
            "something along the way reads the body and appends it again; verify the raw bytes",
        );
        bodies.keep(start.to_vec(), &change);
    }
}

/// Returns bodies that differ in two ways: the likely ones of [`bodies`], with a second change
/// at their ends or in their encoding.
pub(super) fn twice_changed(received: &Received<'_>, once: &[Body]) -> Vec<Body> {
    let seen = once.iter().map(|body| body.value.clone()).collect();
    let mut bodies = Bodies::new(received.body, seen);
    for first in once.iter().filter(|body| body.value.len() <= MAX_TWICE) {
        let [change] = &*first.changes else { continue };
        let mut inner = Bodies::new(&first.value, BTreeSet::new());
        ends(&mut inner, &first.value);
        lines(&mut inner, &first.value);
        if !matches!(change.name(), "body-json-rewritten" | "body-form-rewritten") {
            packing(&mut inner, &first.value);
            wrapped(&mut inner, &first.value);
        }
        // A text that lost its end may also have been serialised again.
        let is_of_text = [
            "body-line-feed",
            "body-byte-order",
            "body-charset",
            "body-form-decoded",
        ];
        if is_of_text
            .iter()
            .any(|start| change.name().starts_with(start))
        {
            rewritten_json(&mut inner, &first.value, Effort::Little);
        }
        for second in inner.found {
            if bodies.is_full() {
                return bodies.found;
            }
            let before = bodies.found.len();
            bodies.keep(second.value, change);
            if let Some(kept) = bodies.found.get_mut(before) {
                super::change::merge(&mut kept.changes, &second.changes);
            }
        }
    }
    bodies.found
}

/// The maximum length of a body that is changed twice.
const MAX_TWICE: usize = 64 * 1024;

/// Says how many ways to write JSON are tried.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effort {
    All,
    Little,
}
