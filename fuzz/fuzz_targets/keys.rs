//! Checks that any text is read as a secret as the model reads it.

#![no_main]

use hookseal_testing::properties;

libfuzzer_sys::fuzz_target!(|text: &str| properties::keys(text));
