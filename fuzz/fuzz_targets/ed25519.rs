//! Checks that a public key, a signature and a message, and lists of signatures for
//! several keys, are judged as the model judges them.

#![no_main]

use arbitrary::Unstructured;
use hookseal_testing::generate;
use libfuzzer_sys::Corpus;

libfuzzer_sys::fuzz_target!(|input: &[u8]| -> Corpus {
    let mut u = Unstructured::new(input);
    let case = match u.arbitrary() {
        Ok(true) => generate::pair(&mut u),
        _ => generate::listed(&mut u),
    };
    let Ok(case) = case else {
        return Corpus::Reject;
    };
    _ = case.check();
    Corpus::Keep
});
