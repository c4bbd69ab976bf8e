//! Bounded work over the whole catalogue, proven by counting the bytes that are
//! hashed.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use std::format;

use crate::algorithm::hashed;
use crate::clock::FixedClock;
use crate::scheme::{
    Algorithm, Encoding, Form, Part, Scheme, SecretForm, Separator, Signature, SignatureField,
};
use crate::schemes::{self, POMELO, STANDARD_WEBHOOKS};
use crate::verification::HashState;
use crate::*;

const NOW: u64 = 1_700_000_000;
const ENDPOINT: &str = "/transactions/authorizations";
static BODY: [u8; 100_000] = [b'.'; 100_000];

type Request = Vec<(String, String)>;

fn key(text: &str) -> Key {
    Key::from_bytes(text).unwrap().with_id(text)
}

fn webhook(scheme: Scheme<'_>, keys: impl Into<Keys>) -> Webhook {
    Webhook::new_with_clock(scheme, keys, FixedClock::at(NOW)).unwrap()
}

fn standard_webhooks(keys: impl Into<Keys>) -> Webhook {
    webhook(STANDARD_WEBHOOKS, keys)
}

fn signed(webhook: &Webhook, key_id: &str) -> Request {
    let message = Message::new(&BODY)
        .with_id("msg_1")
        .with_key_id(key_id)
        .with_request_line("POST", "/hook");
    let headers = webhook.sign(&message).unwrap();
    headers
        .into_iter()
        .map(|(name, value)| (name.to_string(), value))
        .collect()
}

/// Returns the schemes of the catalogue with a MAC, and a genuine request of each.
fn catalogue() -> Vec<(Scheme<'static>, Webhook, Request)> {
    let macs = schemes::ALL.iter().filter(|scheme| {
        let mut forms = scheme.forms.iter();
        forms.any(|form| form.algorithm.is_mac() && form.algorithm.is_available())
    });
    macs.map(|scheme| {
        let signs_endpoint = scheme.endpoint_header.is_some() || scheme.signs(Part::Endpoint);
        let scheme = if signs_endpoint {
            scheme.at(ENDPOINT)
        } else {
            *scheme
        };
        let webhook = webhook(scheme, key("k"));
        let request = signed(&webhook, "k");
        (scheme, webhook, request)
    })
    .collect()
}

fn verify(webhook: &Webhook, request: &Request) -> Result<(), VerifyError> {
    let head = Head::new("POST", "/hook", request);
    webhook.verify(&head, &BODY).map(|_| ())
}

/// Returns how many bytes a scheme signs besides the body.
fn overhead(scheme: &Scheme<'_>) -> usize {
    let length = |part: &Part<'_>| match part {
        Part::Text(text) => text.len(),
        Part::Timestamp => match scheme.timestamp.unwrap().format {
            scheme::TimeFormat::Milliseconds => "1700000000000".len(),
            scheme::TimeFormat::HttpDate => "Tue 14 Nov 2023 22:13:20 UTC".len(),
            scheme::TimeFormat::Rfc3339 => "2023-11-14T22:13:20Z".len(),
            _ => "1700000000".len(),
        },
        Part::MessageId => "msg_1".len(),
        Part::KeyId => "k".len(),
        Part::Endpoint => ENDPOINT.len(),
        Part::Method => "POST".len(),
        Part::Target => "/hook".len(),
        // Contentful's list has the one header that must be in it.
        Part::HeaderPairs { .. } => "x-contentful-timestamp:1700000000000".len(),
        _ => 0,
    };
    scheme.signed.iter().map(length).sum()
}

fn overhead_of(name: &str) -> usize {
    overhead(&schemes::by_name(name).unwrap())
}

#[test]
fn an_accepted_request_is_hashed_once() {
    for (scheme, webhook, request) in catalogue() {
        let (verdict, hashed) = hashed::during(|| verify(&webhook, &request));
        assert_eq!(verdict, Ok(()), "{}", scheme.name);
        assert_eq!(hashed, overhead(&scheme) + BODY.len(), "{}", scheme.name);
    }
    assert_eq!(overhead_of("standard-webhooks"), "msg_1.1700000000.".len());
    assert_eq!(
        overhead_of("pomelo"),
        "1700000000/transactions/authorizations".len()
    );
    assert_eq!(overhead_of("paminga"), 0);
}

#[test]
fn a_forged_request_is_hashed_once() {
    for (scheme, webhook, mut request) in catalogue() {
        // The signature's header is the last one.
        let (_, signature) = request.last_mut().unwrap();
        // The last digit but the padding carries four bits in base64 and hex.
        let tail = if signature.ends_with('=') { 3 } else { 2 };
        let at = signature.len() - tail;
        let other = if &signature[at..=at] == "0" { "1" } else { "0" };
        signature.replace_range(at..=at, other);
        let (verdict, hashed) = hashed::during(|| verify(&webhook, &request));
        assert_eq!(
            verdict,
            Err(VerifyError::SignatureMismatch),
            "{}",
            scheme.name
        );
        assert_eq!(hashed, overhead(&scheme) + BODY.len(), "{}", scheme.name);
    }
}

/// Returns the request with one header spoiled in every way, and without it.
fn spoiled(request: &Request) -> Vec<Request> {
    let mut all = Vec::new();
    for place in 0..request.len() {
        let mut missing = request.clone();
        missing.remove(place);
        all.push(missing);
        let mut repeated = request.clone();
        repeated.push(request[place].clone());
        all.push(repeated);
        for value in [
            "",
            " ",
            "-1",
            "9999999999999999999",
            "0",
            "\u{e9}",
            "a.b ",
            "v1,",
            "v1a,AAAA",
        ] {
            let mut other = request.clone();
            other[place].1 = value.into();
            all.push(other);
        }
    }
    all
}

#[test]
fn nothing_is_hashed_for_a_request_that_its_head_refuses() {
    let mut refused_of_seeds = 0;
    for (scheme, webhook, request) in catalogue() {
        for spoiled in spoiled(&request) {
            let (verdict, hashed) = hashed::during(|| verify(&webhook, &spoiled));
            match verdict {
                // A different message id is still a valid one.
                Err(VerifyError::SignatureMismatch) => {
                    assert!(scheme.message_id.is_some(), "{} {spoiled:?}", scheme.name);
                }
                verdict => {
                    let repeats = matches!(scheme.signature, SignatureField::Repeated(_));
                    assert!(verdict.is_err() || repeats, "{} {spoiled:?}", scheme.name);
                    if verdict.is_err() {
                        assert_eq!(hashed, 0, "{} {spoiled:?}", scheme.name);
                    }
                    let seeds = ["hubpay", "pakk", "paminga", "pomelo", "standard-webhooks"];
                    refused_of_seeds += usize::from(seeds.contains(&scheme.name));
                }
            }
        }
    }
    // 10 headers, 11 ways each, less the 6 ids that only the signature refuses.
    assert_eq!(refused_of_seeds, 104);
}

fn list_of(count: usize, good: Option<&str>) -> String {
    let wrong = |n: usize| {
        let bytes = [u8::try_from(n).unwrap(); 32];
        let signature = Signature::from_bytes(Algorithm::HmacSha256, &bytes).unwrap();
        format!("v1,{}", Encoding::Base64.encode(&signature))
    };
    let mut entries: Vec<String> = (0..count).map(wrong).collect();
    if let Some(good) = good {
        *entries.last_mut().unwrap() = good.into();
    }
    entries.join(" ")
}

#[test]
fn the_number_of_signatures_does_not_multiply_hashing() {
    let webhook = standard_webhooks(key("k"));
    let signed = signed(&webhook, "k");
    let once = overhead_of("standard-webhooks") + BODY.len();
    for (list, good, wanted) in [
        (list_of(1, None), false, once),
        (list_of(32, None), false, once),
        (list_of(32, Some(&signed[2].1)), true, once),
        (list_of(33, Some(&signed[2].1)), false, 0),
        (list_of(200, None), false, 0),
    ] {
        let request = [
            ("webhook-id", "msg_1"),
            ("webhook-timestamp", "1700000000"),
            ("webhook-signature", &list),
        ];
        let (verdict, hashed) = hashed::during(|| webhook.verify(&request, &BODY).is_ok());
        assert_eq!((verdict, hashed), (good, wanted));
    }
}

#[test]
fn each_candidate_key_costs_one_hash_until_one_matches() {
    let names = ["a", "b", "c", "d"];
    let webhook = standard_webhooks(names.map(key));
    let once = overhead_of("standard-webhooks") + BODY.len();
    for (tries, name) in (1..).zip(names) {
        let signed = signed(&standard_webhooks(key(name)), name);
        let (matched, hashed) = hashed::during(|| {
            let verified = webhook.verify(&signed, &BODY).unwrap();
            verified.key_id() == Some(name)
        });
        assert!(matched);
        assert_eq!(hashed, tries * once);
    }
    let forged = signed(&standard_webhooks(key("e")), "e");
    let (verdict, hashed) = hashed::during(|| verify(&webhook, &forged));
    assert_eq!(verdict, Err(VerifyError::SignatureMismatch));
    assert_eq!(hashed, 4 * once);
}

#[test]
fn only_the_named_key_is_tried() {
    let names = ["a", "b", "c", "d"];
    let webhook = webhook(POMELO.at(ENDPOINT), names.map(key));
    for name in names {
        let signed = signed(&webhook, name);
        let (key_id, hashed) = hashed::during(|| {
            let verified = webhook.verify(&signed, &BODY).unwrap();
            verified.key_id().map(String::from)
        });
        assert_eq!(key_id.as_deref(), Some(name));
        assert_eq!(hashed, overhead_of("pomelo") + BODY.len());
    }
}

#[test]
fn of_a_list_with_key_ids_only_the_named_keys_are_tried() {
    let scheme = Scheme {
        name: "by-entry",
        signature: SignatureField::List {
            header: "event-signature",
            separator: Separator::Comma,
        },
        forms: &[Form {
            after_key_id: Some("/SHA256/"),
            ..Form::hex("")
        }],
        secret: SecretForm::Text,
        ..Scheme::BASE
    };
    let webhook = webhook(scheme, ["a", "b", "c"].map(key));
    for name in ["a", "b", "c"] {
        let request = signed(&webhook, name);
        let (matched, hashed) = hashed::during(|| {
            let verified = webhook.verify(&request, &BODY).unwrap();
            verified.key_id() == Some(name)
        });
        assert_eq!((matched, hashed), (true, BODY.len()));
        let mut state = HashState::new();
        let (streamed, hashed) = hashed::during(|| {
            let mut verification = webhook.begin(&request, &mut state).unwrap();
            verification.update(&BODY);
            verification.finish().unwrap().key_id() == Some(name)
        });
        assert_eq!((streamed, hashed), (true, BODY.len()));
    }
    let mut unknown = signed(&webhook, "a");
    unknown[0].1.replace_range(0..1, "d");
    let (verdict, hashed) = hashed::during(|| verify(&webhook, &unknown));
    assert!(matches!(verdict, Err(VerifyError::UnknownKeyId { .. })));
    assert_eq!(hashed, 0);
    // A signature under another key's id.
    let mut other = signed(&webhook, "a");
    other[0].1.replace_range(0..1, "b");
    assert_eq!(
        verify(&webhook, &other),
        Err(VerifyError::SignatureMismatch)
    );
}

#[test]
fn a_streamed_body_is_hashed_once_for_each_key() {
    let webhook = standard_webhooks(["a", "b"].map(key));
    let signed = signed(&standard_webhooks(key("a")), "a");
    let mut state = HashState::new();
    let mut check = webhook.begin(&signed, &mut state).unwrap();
    let ((), before) = hashed::during(|| BODY.chunks(1000).for_each(|chunk| check.update(chunk)));
    assert_eq!(before, 2 * (overhead_of("standard-webhooks") + BODY.len()));
    let (verdict, after) = hashed::during(|| check.finish().is_ok());
    assert_eq!((verdict, after), (true, 0));
}

#[test]
fn beginning_hashes_nothing() {
    for (_, webhook, request) in catalogue() {
        let head = Head::new("POST", "/hook", &request);
        let mut state = HashState::new();
        let (_, hashed) = hashed::during(|| webhook.begin(&head, &mut state).map(|_| ()).unwrap());
        assert_eq!(hashed, 0);
    }
}

/// A state can serve one verification after another, and keeps nothing.
#[test]
fn a_state_is_used_again() {
    let (_, webhook, request) = catalogue().swap_remove(0);
    let mut state = HashState::new();
    for _ in 0..2 {
        let mut dropped = webhook.begin(&request, &mut state).unwrap();
        dropped.update(b"another body");
        drop(dropped);
        assert!(
            state
                .macs
                .iter()
                .all(crate::algorithm::RunningMac::is_empty)
        );
        let mut check = webhook.begin(&request, &mut state).unwrap();
        check.update(&BODY);
        assert!(check.finish().is_ok());
        assert!(
            state
                .macs
                .iter()
                .all(crate::algorithm::RunningMac::is_empty)
        );
    }
}

#[cfg(feature = "ed25519")]
mod ed25519_pairs {
    use super::*;
    use crate::ed25519::SigningKey;

    fn signing(seed: u8) -> SigningKey {
        SigningKey::from_seed(&[seed; 32]).unwrap()
    }

    fn public(seed: u8) -> Key {
        signing(seed).public_key().into()
    }

    /// Returns a request with a list of signatures under these keys, in their order.
    fn list(seeds: &[u8]) -> Request {
        let mut entries = Vec::new();
        for &seed in seeds {
            let mut signed = signed(
                &standard_webhooks(Key::from(signing(seed)).with_id("k")),
                "k",
            );
            entries.push(signed.pop().unwrap().1);
        }
        Vec::from([
            ("webhook-id".into(), "msg_1".into()),
            ("webhook-timestamp".into(), NOW.to_string()),
            ("webhook-signature".into(), entries.join(" ")),
        ])
    }

    /// Returns the verdict and how many bytes were hashed, for a whole body and a streamed one.
    fn hashed(webhook: &Webhook, request: &Request) -> (bool, usize, usize) {
        let (verdict, whole) = hashed::during(|| webhook.verify(request, &BODY).is_ok());
        let mut state = HashState::new();
        let (same, streamed) = hashed::during(|| {
            let check = webhook.begin(request, &mut state).and_then(|mut check| {
                BODY.chunks(1000).for_each(|chunk| check.update(chunk));
                check.finish()
            });
            check.is_ok()
        });
        assert_eq!(verdict, same);
        (verdict, whole, streamed)
    }

    #[test]
    fn each_pair_costs_one_pass_until_one_matches() {
        let receiver = standard_webhooks([1, 2].map(public));
        let once = overhead_of("standard-webhooks") + BODY.len();
        for (seeds, verdict, whole, streamed) in [
            (&[1][..], true, 1, 2),
            (&[2], true, 2, 2),
            (&[9, 2], true, 4, 4),
            (&[9, 1], true, 3, 4),
            (&[9, 9, 9, 9], false, 8, 8),
            (&[9, 9, 9, 9, 9], false, 8, 8),
        ] {
            let result = hashed(&receiver, &list(seeds));
            assert_eq!(
                result,
                (verdict, whole * once, streamed * once),
                "{seeds:?}"
            );
        }
        // MACs come first, and cost their own passes, if there are any.
        let both = standard_webhooks([public(1), public(2), key("a"), key("b")]);
        assert_eq!(hashed(&both, &list(&[9, 2])), (true, 4 * once, 4 * once));
        let mut mixed = list(&[2]);
        let of_another = signed(&standard_webhooks(key("x")), "x");
        mixed[2].1 = format!("{} {}", mixed[2].1, of_another[2].1);
        assert_eq!(hashed(&both, &mixed), (true, 4 * once, 4 * once));
        let of_a_mac = signed(&standard_webhooks(key("a")), "a");
        assert_eq!(
            hashed::during(|| both.verify(&of_a_mac, &BODY).is_ok()),
            (true, once)
        );
    }

    /// The largest `S` that is one, and the order itself.
    #[test]
    fn nothing_is_hashed_for_a_number_out_of_range() {
        let receiver = standard_webhooks(public(1));
        let once = overhead_of("standard-webhooks") + BODY.len();
        let order = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
        let below = format!("ec{}", &order[2..]);
        let above = "ff".repeat(32);
        for (number, passes) in [(below.as_str(), 1), (order, 0), (&above, 0)] {
            let mut request = list(&[1]);
            let text = format!("{}{number}", "00".repeat(32));
            let signature =
                Signature::decode(Algorithm::Ed25519, Encoding::Hex, text.as_bytes()).unwrap();
            request[2].1 = format!("v1a,{}", Encoding::Base64.encode(&signature));
            let result = hashed(&receiver, &request);
            assert_eq!(result, (false, passes * once, passes * once), "{number}");
        }
    }
}
