//! Standard Webhooks's headers: any text, judged as the model judges it.

#![no_main]

use hookseal_fuzz::{model::Scheme, text};

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let scheme = Scheme::StandardWebhooks {
        prefix: "webhook".into(),
    };
    _ = text::parse(input, scheme).check();
});
