//! Tests the properties of the fuzz targets without a fuzzer: the same model, a second
//! implementation with other crates, and the same requests, on random input.
//! `fuzz/README.md` describes the targets.

use std::collections::BTreeMap;

use arbitrary::Unstructured;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use hookseal::scheme::{Algorithm, Part, SignatureField};
use hookseal_testing::properties::{Case, Genuine};
use hookseal_testing::{generate, properties, samples};

/// Generates enough bytes for a request with nine keys and its changes.
fn choices() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..900)
}

fn genuine() -> impl Strategy<Value = Genuine> {
    let genuine = |bytes: Vec<u8>| generate::genuine(&mut Unstructured::new(&bytes)).ok();
    choices().prop_filter_map("too few bytes", genuine)
}

fn changed() -> impl Strategy<Value = Case> {
    let changed = |(genuine, bytes): (Genuine, Vec<u8>)| {
        generate::changed(&genuine, &mut Unstructured::new(&bytes)).ok()
    };
    (genuine(), choices()).prop_filter_map("too few bytes", changed)
}

/// The pieces of secrets, tags and lists.
const FRAGMENTS: &[&str] = &[
    "whsec_",
    "v1,whsec_",
    "WHSEC_",
    "whsk_",
    "whpk_",
    "v1a,",
    "v1,",
    "v1=",
    "t=",
    "null",
    "undefined",
    "None",
    "${",
    "}",
    "$(",
    ")",
    "\u{feff}",
    "\u{200b}",
    "\u{a0}",
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "414b026d909e9620db4bdf4ff17612b6b005fab9fbe6431b3d78c2fe02c78400",
    "414B026D909E9620DB4BDF4FF17612B6B005FAB9FBE6431B3D78C2FE02C78400",
    "QUsCbZCeliDbS99P8XYStrAF+rn75kMbPXjC/gLHhAA=",
    "QUsCbZCeliDbS99P8XYStrAF-rn75kMbPXjC_gLHhAA",
    "d2hza18x", // whsk_1
    "-----BEGIN",
    "MCowBQYDK2VwAyEA",
    "302a300506032b6570032100",
    // RFC 8032, section 7.1, test 1: the public key, the seed without padding,
    // both, and the signature.
    "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
    "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
    "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2DXWpgBgrEKt9VL/tPJZAc6DuFy89qmIyWvAhpo9wdRGg==",
    "5VZDAMNgrHKQhuLMgG6CioSHfx645dl02HPgZSJJAVVfuIIVkKM7rMYeOXAc+bRr0lv18FlbviRlUUFDjnoQCw==",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    // The public keys 1, of small order, and 2, which is not valid.
    "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "9999999999999999999",
    "2026-11-25T12:00:00",
    ".123456789",
    "+05:30",
    "Z",
    "v1=414b026d909e9620db4bdf4ff17612b6b005fab9fbe6431b3d78c2fe02c78400",
    "1700000000",
    "0",
    "1",
    "AA",
    "Zh",
    "=",
    "==",
    ",",
    " ",
    "\n",
    "\"",
    ";",
];

fn text() -> impl Strategy<Value = String> {
    let fragment = select(FRAGMENTS).prop_map(str::to_owned);
    let part = prop_oneof![4 => fragment, 1 => any::<char>().prop_map(String::from)];
    vec(part, 0..6).prop_map(|parts| parts.concat())
}

/// Generates any number, and numbers near a limit.
fn number() -> impl Strategy<Value = u64> {
    let near = |number: u64| number.saturating_sub(1)..=number.saturating_add(1);
    prop_oneof![
        any::<u64>(),
        near(0),
        near(300),
        near(1_700_000_000),
        near(10_000_000_000_000_000_000),
        near(u64::MAX),
    ]
}

/// Returns a configuration with 256 times this number of cases, unless `PROPTEST_CASES` sets it.
fn config(times: u32) -> ProptestConfig {
    ProptestConfig {
        cases: times * ProptestConfig::default().cases,
        // A failing case is printed, and belongs in a separate test.
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config(16))]

    #[test]
    fn every_verdict_is_the_models(case in changed()) {
        _ = case.check();
    }
}

proptest! {
    #![proptest_config(config(4))]

    #[test]
    fn a_genuine_request_is_accepted_and_one_with_a_changed_bit_is_not(
        genuine in genuine(),
        bit in any::<u16>(),
    ) {
        genuine.check(usize::from(bit));
    }

    #[test]
    fn a_secret_is_read_as_the_model_reads_it(text in text()) {
        properties::keys(&text);
    }

    #[test]
    fn tags_lists_and_timestamps_are_read_as_the_model_reads_them(text in text()) {
        properties::decoders(text.as_bytes());
    }

    #[test]
    fn no_numbers_overflow_the_window(
        timestamp in number(),
        now in number(),
        past in number(),
        future in number(),
    ) {
        properties::windows(timestamp, now, past, future);
    }
}

#[cfg(feature = "ed25519")]
mod with_ed25519 {
    use hookseal_testing::model::ed25519;

    use super::*;

    fn pair() -> impl Strategy<Value = Case> {
        let pair = |bytes: Vec<u8>| generate::pair(&mut Unstructured::new(&bytes)).ok();
        choices().prop_filter_map("too few bytes", pair)
    }

    fn listed() -> impl Strategy<Value = Case> {
        let listed = |bytes: Vec<u8>| generate::listed(&mut Unstructured::new(&bytes)).ok();
        choices().prop_filter_map("too few bytes", listed)
    }

    proptest! {
        #![proptest_config(config(8))]

        #[test]
        fn every_key_and_signature_is_judged_as_the_model_judges_it(case in pair()) {
            _ = case.check();
        }

        #[test]
        fn every_list_is_judged_as_the_model_judges_it(case in listed()) {
            _ = case.check();
        }
    }

    #[test]
    fn the_keys_and_signatures_are_of_every_kind() {
        let mut runner = TestRunner::deterministic();
        let mut counts = BTreeMap::<_, usize>::new();
        for _ in 0..1000 {
            let case = pair().new_tree(&mut runner).unwrap().current();
            let key = &case.receiver.ed25519[0];
            let faults = ed25519::faults(&key.public);
            for fault in &faults {
                *counts.entry(format!("{fault:?}")).or_default() += 1;
            }
            if faults.is_empty() {
                *counts.entry(verdict(&case)).or_default() += 1;
            }
        }
        for kind in [
            "NotOnCurve",
            "SmallOrder",
            "NotCanonical",
            "64 bytes",
            "signature-mismatch",
        ] {
            assert!(counts.get(kind) > Some(&20), "{kind}: {counts:?}");
        }
    }

    #[test]
    fn the_lists_are_of_every_kind() {
        let mut runner = TestRunner::deterministic();
        let mut counts = BTreeMap::<_, usize>::new();
        for _ in 0..4000 {
            let case = listed().new_tree(&mut runner).unwrap().current();
            if case.receiver.is_sound() {
                let kinds = (
                    case.receiver.keys.is_empty(),
                    case.receiver.ed25519.len(),
                    verdict(&case),
                );
                *counts.entry(kinds).or_default() += 1;
            }
        }
        for keys in 1..=4 {
            for wanted in ["64 bytes", "malformed-signature", "signature-mismatch"] {
                for is_alone in [false, true] {
                    let kind = (is_alone, keys, wanted.to_owned());
                    assert!(counts.get(&kind) > Some(&5), "{kind:?}: {counts:?}");
                }
            }
            let mac = (false, keys, "32 bytes".to_owned());
            assert!(counts.get(&mac) > Some(&5), "{mac:?}: {counts:?}");
        }
    }

    /// Returns the length of the right signature, or the fault.
    fn verdict(case: &Case) -> String {
        match case.receiver.verdict(&case.request, case.now) {
            Ok(accepted) => format!("{} bytes", accepted.signature.len()),
            Err(faults) => faults[0].reason.to_owned(),
        }
    }
}

/// Random requests would prove little if hardly any were accepted, or all failed in the
/// same way.
#[test]
fn the_requests_are_of_every_kind() {
    let mut runner = TestRunner::deterministic();
    let strategy = changed();
    let mut verdicts = BTreeMap::<_, BTreeMap<_, usize>>::new();
    for _ in 0..40_000 {
        let case = strategy.new_tree(&mut runner).unwrap().current();
        let verdict = match case.receiver.verdict(&case.request, case.now) {
            _ if !case.receiver.is_sound() => "no webhook",
            Ok(_) => "accepted",
            Err(faults) => faults[0].reason,
        };
        let of_scheme = verdicts.entry(case.receiver.scheme.name).or_default();
        *of_scheme.entry(verdict).or_default() += 1;
    }
    for scheme in samples::vocabulary() {
        let is_available = |algorithm: Algorithm| algorithm.is_available();
        if !scheme.forms.iter().any(|form| is_available(form.algorithm)) {
            continue;
        }
        let signs = |part| scheme.signed.contains(&part);
        let names_key =
            scheme.key_id.is_some() || scheme.forms.iter().any(|form| form.after_key_id.is_some());
        let may_be_malformed = scheme.message_id.is_some()
            || scheme.key_id.is_some()
            || scheme.endpoint_header.is_some()
            || scheme.header_list.is_some();
        let is_repeated = matches!(scheme.signature, SignatureField::Repeated(_));
        let mut wanted = OF_EVERY_SCHEME.to_vec();
        for (has, verdicts) in [
            (!is_repeated, &["duplicate-header"][..]),
            (scheme.timestamp.is_some(), &OF_TIMED_SCHEMES),
            (may_be_malformed, &["malformed-header"]),
            (scheme.endpoint_header.is_some(), &["endpoint-mismatch"]),
            (names_key, &["unknown-key"]),
            (
                signs(Part::Target),
                &["incomplete-head", "malformed-target"],
            ),
        ] {
            if has {
                wanted.extend(verdicts);
            }
        }
        let verdicts = &verdicts[scheme.name];
        let missing = |verdict: &&&str| !verdicts.contains_key(**verdict);
        let missing: Vec<_> = wanted.iter().filter(missing).collect();
        let name = scheme.name;
        assert!(missing.is_empty(), "{name}: {missing:?} of {verdicts:?}");
        assert!(verdicts["accepted"] > 50, "{name}: {verdicts:?}");
    }
}

const OF_EVERY_SCHEME: [&str; 5] = [
    "accepted",
    "no webhook",
    "missing-header",
    "malformed-signature",
    "signature-mismatch",
];
const OF_TIMED_SCHEMES: [&str; 3] = [
    "malformed-timestamp",
    "timestamp-too-old",
    "timestamp-in-future",
];
