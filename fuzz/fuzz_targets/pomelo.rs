//! Pomelo's headers: any text, judged as the model judges it.

#![no_main]

use hookseal_fuzz::{
    model::{Order, Scheme},
    text,
};

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let scheme = Scheme::Pomelo {
        endpoint: "/transactions/authorizations".into(),
        order: Order::TimestampEndpointBody,
    };
    _ = text::parse(input, scheme).check();
});
