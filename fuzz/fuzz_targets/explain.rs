//! Checks the search for the reason of a refusal: whatever a client sends and an operator
//! configures, it ends within its limits, and shows no secret and no content.

#![no_main]

use arbitrary::{Arbitrary, Unstructured};
use hookseal::clock::Timestamp;
use hookseal::explain::Explainer;
use hookseal::{Head, schemes};

type Headers = Vec<(String, Vec<u8>)>;

/// The scheme, the secrets, the values of headers that schemes read, other headers, the
/// target, the body and the time.
type Input = (
    u8,
    Vec<Vec<u8>>,
    Vec<Vec<u8>>,
    Headers,
    String,
    Vec<u8>,
    u64,
);

/// The headers that schemes read.
const NAMES: [&str; 8] = [
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
    "stripe-signature",
    "x-hub-signature-256",
    "content-length",
    "content-encoding",
    "host",
];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(input) = Input::arbitrary_take_rest(Unstructured::new(bytes)) else {
        return;
    };
    let (scheme, secrets, values, others, target, body, now) = input;
    let scheme = schemes::ALL[usize::from(scheme) % schemes::ALL.len()];
    let headers = NAMES.iter().zip(&values);
    let headers = headers.map(|(name, value)| ((*name).to_owned(), value.clone()));
    let headers: Headers = headers.chain(others).collect();
    let explainer = Explainer::new(scheme).received_at(Timestamp::from_secs(now));
    let tried = secrets.iter().take(3);
    let explainer = tried.fold(explainer, Explainer::with_secret);
    let explanation = explainer.explain(&Head::new("POST", &target, &headers), &body);
    let shown = format!("{explanation} {explanation:?} {}", explanation.summary());
    assert!(shown.len() < 64 * 1024);
    for hidden in secrets.iter().take(3).chain([&body]) {
        // Long enough not to be a word of the explanation.
        if let Ok(text) = core::str::from_utf8(hidden)
            && text.len() >= 24
        {
            assert!(!shown.contains(text), "{text:?}");
        }
    }
});
