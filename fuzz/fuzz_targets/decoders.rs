//! Checks that tags, lists of tags and timestamps are read as the model reads them, and
//! the arithmetic of the replay window.

#![no_main]

use arbitrary::Unstructured;
use hookseal_testing::{generate, properties};

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    properties::decoders(input);

    let mut u = Unstructured::new(input);
    let mut number = || generate::number(&mut u).unwrap_or_default();
    properties::windows(number(), number(), number(), number());
});
