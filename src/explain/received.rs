//! A received request.

use alloc::string::String;
use alloc::vec::Vec;

use crate::RequestHead;
use crate::head::{Found, HeaderVisitor};

/// The limit for headers, which is more than any server passes on.
const MAX_HEADERS: usize = 256;

/// The limit for values in bytes. A longer value is neither a signature nor a name.
const MAX_VALUE: usize = 16 * 1024;

pub(super) struct Received<'r> {
    /// The headers, with their names in lower case.
    pub(super) headers: Vec<(String, &'r [u8])>,
    pub(super) method: Option<&'r str>,
    pub(super) target: Option<&'r str>,
    pub(super) body: &'r [u8],
}

impl<'r> Received<'r> {
    pub(super) fn new(head: &'r dyn RequestHead, body: &'r [u8]) -> Self {
        let mut found = Found::new(None, 0);
        let mut every = Vec::new();
        head.visit_headers(&mut HeaderVisitor::of_all(&mut found, &mut every));
        let headers = every
            .into_iter()
            .filter(|(_, value)| value.len() <= MAX_VALUE)
            .take(MAX_HEADERS)
            .map(|(name, value)| {
                let name = String::from_utf8_lossy(&name).to_ascii_lowercase();
                (name, value)
            });
        Self {
            headers: headers.collect(),
            method: head.method(),
            target: head.target(),
            body,
        }
    }

    /// Returns the values of a header, whose name is given in lower case.
    pub(super) fn values(&self, name: &str) -> impl Iterator<Item = &'r [u8]> {
        self.headers
            .iter()
            .filter(move |(own, _)| own == name)
            .map(|(_, value)| *value)
    }

    pub(super) fn value(&self, name: &str) -> Option<&'r [u8]> {
        self.values(name).find(|value| !value.is_empty())
    }

    /// Returns the first value that is not empty, if it is text.
    pub(super) fn text(&self, name: &str) -> Option<&'r str> {
        let text = core::str::from_utf8(self.value(name)?).ok()?;
        Some(text.trim())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    pub(super) fn content_length(&self) -> Option<u64> {
        self.text("content-length")?.parse().ok()
    }
}
