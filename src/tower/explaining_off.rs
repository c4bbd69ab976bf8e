//! Explains nothing, without the features for it.

use bytes::Bytes;
use http::request::Parts;

/// It has no values.
#[derive(Debug)]
pub(super) enum Explaining {}

impl Explaining {
    pub(super) fn explain(&self, _: &Parts, _: Bytes) {
        match *self {}
    }
}
