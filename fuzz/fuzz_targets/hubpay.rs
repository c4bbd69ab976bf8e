//! Hubpay's headers: any text, judged as the model judges it.

#![no_main]

use hookseal_fuzz::{model::Scheme, text};

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let scheme = Scheme::Hubpay {
        header: "x-hubpay-hmac".into(),
        encoding: None,
        prefixed: None,
    };
    _ = text::parse(input, scheme).check();
});
