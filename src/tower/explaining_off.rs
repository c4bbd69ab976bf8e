//! Explains nothing, without the features for it.

use bytes::Bytes;

use crate::RequestHead;

/// It has no values.
#[derive(Debug)]
pub(super) enum Explaining {}

impl Explaining {
    pub(super) fn explain(&self, _: &dyn RequestHead, _: Bytes) {
        match *self {}
    }
}
