//! Checks whole requests of every scheme: what must hold for genuine ones, and the
//! verdict after changes.

#![no_main]

use arbitrary::Unstructured;
use hookseal_testing::generate;
use libfuzzer_sys::Corpus;

libfuzzer_sys::fuzz_target!(|input: &[u8]| -> Corpus {
    let mut u = Unstructured::new(input);
    let Ok(genuine) = generate::genuine(&mut u) else {
        return Corpus::Reject;
    };
    genuine.check(u.arbitrary().unwrap_or_default());
    if let Ok(case) = generate::changed(&genuine, &mut u) {
        _ = case.check();
    }
    Corpus::Keep
});
