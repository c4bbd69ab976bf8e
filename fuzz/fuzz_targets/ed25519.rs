//! A public key, a signature and a message, judged as the model judges them.

#![no_main]

use arbitrary::Unstructured;
use hookseal_fuzz::generate;
use libfuzzer_sys::Corpus;

libfuzzer_sys::fuzz_target!(|input: &[u8]| -> Corpus {
    let Ok(case) = generate::pair(&mut Unstructured::new(input)) else {
        return Corpus::Reject;
    };
    _ = case.check();
    Corpus::Keep
});
