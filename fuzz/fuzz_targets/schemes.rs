//! Checks that whole requests as text, for every scheme of the catalogue and some
//! made-up ones, are judged as the model judges them.

#![no_main]

use hookseal_testing::text;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    _ = text::parse(input).check();
});
