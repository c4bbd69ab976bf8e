//! The vectors of independent implementations: verdict, reason, every split of
//! the body, and the signatures that we make.

use std::fs;
use std::path::Path;

use hookseal::{Message, SignedTimestamp, Timestamp, VerifyError};

#[path = "../examples/check_vectors/vectors.rs"]
#[allow(dead_code, reason = "shared with the example, which runs less")]
mod vectors;

use vectors::{Build, Case, Verdict};

fn load(path: &Path) -> Vec<Case> {
    let text = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&text).unwrap()
}

fn file(name: &str) -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    load(&folder.join(name).with_extension("json"))
}

/// Runs all cases, which must be `judged` and `skipped` in number.
#[track_caller]
fn run(cases: &[Case], judged: usize, skipped: usize) {
    let mut differing = Vec::new();
    let mut count = (0, 0);
    for case in cases {
        let Some(got) = case.judge().unwrap() else {
            count.1 += 1;
            continue;
        };
        count.0 += 1;
        if !case.agrees(&got).unwrap() {
            let wanted = case.wanted().unwrap();
            differing.push(format!("{}: wanted {wanted}, got {got}", case.name));
        }
    }
    assert!(differing.is_empty(), "{differing:#?}");
    assert_eq!(count, (judged, skipped));
}

#[test]
fn paminga() {
    run(&file("paminga"), 77, 0);
}

#[test]
fn pakk() {
    run(&file("pakk"), 78, 0);
}

#[test]
fn standard_webhooks() {
    let (judged, skipped) = with_v1a(161, 55);
    run(&file("standard-webhooks"), judged, skipped);
}

#[test]
fn hubpay() {
    run(&file("hubpay"), 178, 0);
}

#[test]
fn pomelo() {
    run(&file("pomelo"), 142, 0);
}

#[test]
fn disagreements() {
    let (judged, skipped) = with_v1a(257, 22);
    run(&file("disagreements"), judged, skipped);
}

/// How many cases are judged and skipped, of these and those of `v1a`.
fn with_v1a(judged: usize, v1a: usize) -> (usize, usize) {
    match cfg!(feature = "ed25519") {
        true => (judged + v1a, 0),
        false => (judged, v1a),
    }
}

/// The provider's own requests, which are not ours to copy: run where a
/// checkout has them beside it.
#[test]
fn provider_requests_if_they_are_there() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors/provider");
    let collection = beside.join("pomelo-collection.json");
    if collection.exists() {
        run(&load(&collection), 19, 0);
    }
}

fn all_cases() -> Vec<Case> {
    let files = [
        "paminga",
        "pakk",
        "standard-webhooks",
        "hubpay",
        "pomelo",
        "disagreements",
    ];
    files.into_iter().flat_map(file).collect()
}

/// Cut points of a body: all of them for a short one, those around the ends
/// and around SHA-256's blocks for a long one.
fn cuts(length: usize) -> Vec<usize> {
    let near = |place: usize| place.saturating_sub(2)..=place + 2;
    let mut cuts: Vec<usize> = if length <= 80 {
        (0..=length).collect()
    } else {
        [0, 64, 128, length / 2, length]
            .into_iter()
            .flat_map(near)
            .collect()
    };
    cuts.retain(|&cut| cut <= length);
    cuts.dedup();
    cuts
}

#[test]
fn every_split_of_the_body_gives_the_same_verdict() {
    let mut checked = 0;
    for case in all_cases() {
        let Build::Ready(verifier) = case.verifier().unwrap() else {
            continue;
        };
        let body = case.body().unwrap();
        let wanted = verifier.verify(&case.headers, &body).map(|verified| {
            let id = verified.message_id().map(<[u8]>::to_vec);
            (
                id,
                verified.timestamp(),
                verified.key_id().map(String::from),
                *verified.signature(),
            )
        });
        let streamed = |chunks: &mut dyn Iterator<Item = &[u8]>| {
            let mut check = verifier.begin(&case.headers)?;
            chunks.for_each(|chunk| check.update(chunk));
            let verified = check.finish()?;
            assert_eq!(verified.body_len(), u64::try_from(body.len()).unwrap());
            let id = verified.message_id().map(<[u8]>::to_vec);
            Ok((
                id,
                verified.timestamp(),
                verified.key_id().map(String::from),
                *verified.signature(),
            ))
        };
        let name = &case.name;
        assert_eq!(streamed(&mut [&body[..]].into_iter()), wanted, "{name}");
        for cut in cuts(body.len()) {
            let (head, tail) = body.split_at(cut);
            assert_eq!(
                streamed(&mut [head, tail].into_iter()),
                wanted,
                "{name} at {cut}"
            );
        }
        for size in [1, 63, 64, 65, 1000] {
            if body.len() / size < 10_000 {
                assert_eq!(streamed(&mut body.chunks(size)), wanted, "{name} by {size}");
            }
        }
        checked += 1;
    }
    assert_eq!(checked, with_v1a(868, 72).0);
}

/// As a list of pairs and as a map of the `http` crate.
#[test]
fn every_container_of_headers_gives_the_same_verdict() {
    let mut checked = 0;
    for case in all_cases() {
        let Build::Ready(verifier) = case.verifier().unwrap() else {
            continue;
        };
        // A map cannot hold what cannot travel in a header.
        let map: Option<http::HeaderMap> = case
            .headers
            .iter()
            .map(|(name, value)| {
                let name: http::HeaderName = name.parse().ok()?;
                Some((name, http::HeaderValue::from_bytes(value.as_bytes()).ok()?))
            })
            .collect();
        let Some(map) = map else {
            continue;
        };
        let body = case.body().unwrap();
        assert_eq!(
            verifier.verify(&map, &body),
            verifier.verify(&case.headers, &body)
        );
        checked += 1;
    }
    assert_eq!(checked, with_v1a(845, 72).0);
}

#[test]
fn our_signatures_are_those_of_the_senders() {
    let (mut compared, mut unsigned) = (0, 0);
    for case in all_cases() {
        let Build::Ready(verifier) = case.verifier().unwrap() else {
            continue;
        };
        let body = case.body().unwrap();
        let header = |wanted: &str| {
            let mut named = case
                .headers
                .iter()
                .filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
            named.next().map(|(_, value)| value.as_str())
        };
        if case.wanted().unwrap() != Verdict::Valid {
            continue;
        }
        let mut message = Message::new(&body);
        if let Some(id) = header("webhook-id") {
            message = message.with_id(id);
        }
        if let Some(api_key) = header("x-api-key") {
            message = message.with_key_id(api_key);
        }
        if let Some(text) = header("webhook-timestamp").or(header("x-timestamp")) {
            if text.starts_with('0') {
                continue; // valid, and not how a number is written
            }
            message = message.with_timestamp(Timestamp::from_secs(text.parse().unwrap()));
        }
        let signed = match verifier.sign_message(&message) {
            Ok(signed) => signed,
            // Those of `v1a` are in `tests/ed25519.rs`.
            Err(error) => {
                assert_eq!(error.reason(), "no-signing-key");
                unsigned += 1;
                continue;
            }
        };
        for (name, ours) in &signed {
            let theirs = header(name.as_str()).unwrap();
            let same = match name.as_str() {
                // The case may list what other senders or keys signed too.
                "webhook-signature" => {
                    let listed: Vec<&str> = theirs.split([' ', ';']).collect();
                    ours.split(' ').any(|entry| listed.contains(&entry))
                }
                "x-paminga-signature" | "x-hubpay-hmac" => theirs.eq_ignore_ascii_case(ours),
                _ => theirs == ours,
            };
            assert!(same, "{}: {name}: {ours}, not {theirs}", case.name);
        }
        compared += 1;
    }
    assert_eq!((compared, unsigned), (319, with_v1a(0, 28).0));
}

#[test]
fn what_the_vectors_say_of_the_bytes_as_received() {
    let header = hookseal::HeaderName::from_static("webhook-timestamp");
    let valid = file("disagreements")
        .into_iter()
        .find(|case| case.name == "timestamp-leading-zero");
    let case = valid.unwrap();
    let text = &case.headers[1].1;
    let timestamp = SignedTimestamp::parse(text.as_bytes(), &header).unwrap();
    assert_eq!(timestamp.as_bytes(), text.as_bytes());
    let Build::Ready(verifier) = case.verifier().unwrap() else {
        panic!("a valid case has a verifier")
    };
    let body = case.body().unwrap();
    let verified = verifier.verify(&case.headers, &body).unwrap();
    assert_eq!(verified.timestamp(), Some(timestamp.value()));
    assert_eq!(verified.body(), body);
    // Written again as a number it is another message.
    let mut rewritten = case.headers.clone();
    rewritten[1].1 = timestamp.value().to_string();
    let error = verifier.verify(&rewritten, &body).unwrap_err();
    assert_eq!(error, VerifyError::SignatureMismatch);
}
