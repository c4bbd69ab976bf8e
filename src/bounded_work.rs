//! Bounded work, proven by counting the bytes that are hashed.

use alloc::boxed::Box;
use alloc::string::{String, ToString};

use alloc::vec::Vec;
use std::format;

use crate::mac::hashed;
use crate::schemes::{Hubpay, Pakk, Paminga, Pomelo, StandardWebhooks};
use crate::*;

const NOW: u64 = 1_700_000_000;
const ENDPOINT: &str = "/transactions/authorizations";
static BODY: [u8; 100_000] = [b'x'; 100_000];

type Request = Vec<(String, String)>;

fn key(text: &str) -> Key {
    Key::from_text(text).unwrap().with_id(text)
}

fn standard_webhooks(keys: impl Into<Keyring>) -> StandardWebhooks {
    StandardWebhooks::new_with_clock(keys, FixedClock::at(NOW))
}

fn pomelo(keys: impl IntoIterator<Item = Key>) -> Pomelo {
    Pomelo::new_with_clock(ENDPOINT, keys, FixedClock::at(NOW)).unwrap()
}

fn schemes() -> Vec<(Box<dyn Verifier>, Request)> {
    let message = Message::new(&BODY)
        .with_id("msg_1")
        .with_timestamp(Timestamp::from_secs(NOW))
        .with_key_id("k");
    let schemes: [Box<dyn Verifier>; 5] = [
        Box::new(Paminga::new(key("k"))),
        Box::new(Pakk::new(key("k"))),
        Box::new(Hubpay::new(key("k"))),
        Box::new(standard_webhooks(key("k"))),
        Box::new(pomelo([key("k")])),
    ];
    let sign = |scheme: &dyn Verifier| -> Request {
        let headers = scheme.sign_message(&message).unwrap();
        headers
            .into_iter()
            .map(|(name, value)| (name.to_string(), value))
            .collect()
    };
    schemes
        .into_iter()
        .map(|scheme| {
            let request = sign(&scheme);
            (scheme, request)
        })
        .collect()
}

/// What a scheme signs besides the body.
fn overhead(scheme: &str) -> usize {
    match scheme {
        "standard-webhooks" => "msg_1.1700000000.".len(),
        "pomelo" => "1700000000/transactions/authorizations".len(),
        _ => 0,
    }
}

#[test]
fn an_accepted_request_is_hashed_once() {
    for (scheme, request) in schemes() {
        let (verdict, hashed) = hashed::during(|| scheme.verify(&request, &BODY).map(|_| ()));
        assert_eq!(verdict, Ok(()));
        assert_eq!(hashed, overhead(scheme.scheme()) + BODY.len());
    }
}

#[test]
fn a_forged_request_is_hashed_once() {
    for (scheme, mut request) in schemes() {
        let (_, signature) = request
            .iter_mut()
            .find(|(name, _)| name.contains("signature") || name.contains("hmac"))
            .unwrap();
        // The last digit but the padding carries four bits in base64 and hex.
        let tail = if signature.ends_with('=') { 3 } else { 2 };
        let at = signature.len() - tail;
        let other = if &signature[at..=at] == "0" { "1" } else { "0" };
        signature.replace_range(at..=at, other);
        let (verdict, hashed) = hashed::during(|| scheme.verify(&request, &BODY).map(|_| ()));
        assert_eq!(verdict, Err(VerifyError::SignatureMismatch));
        assert_eq!(hashed, overhead(scheme.scheme()) + BODY.len());
    }
}

/// Every way to spoil one header of a request, and the request without it.
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
fn nothing_is_hashed_for_a_request_that_its_headers_refuse() {
    let mut refused = 0;
    for (scheme, request) in schemes() {
        for spoiled in spoiled(&request) {
            let (verdict, hashed) = hashed::during(|| scheme.verify(&spoiled, &BODY).map(|_| ()));
            match verdict {
                // A message id of another spelling is still one.
                Err(VerifyError::SignatureMismatch) => {
                    assert_eq!(scheme.scheme(), "standard-webhooks");
                }
                verdict => {
                    assert!(verdict.is_err());
                    assert_eq!(hashed, 0, "{} {spoiled:?}", scheme.scheme());
                    refused += 1;
                }
            }
        }
    }
    // 10 headers, 11 ways each, less the 6 ids that only the signature refuses.
    assert_eq!(refused, 104);
}

fn list_of(count: usize, good: Option<&str>) -> String {
    let wrong = |n: usize| {
        format!(
            "v1,{}",
            Encoding::Base64.encode(Tag::from_bytes([u8::try_from(n).unwrap(); 32]))
        )
    };
    let mut entries: Vec<String> = (0..count).map(wrong).collect();
    if let Some(good) = good {
        *entries.last_mut().unwrap() = good.into();
    }
    entries.join(" ")
}

#[test]
fn the_number_of_signatures_does_not_multiply_hashing() {
    let verifier = standard_webhooks(key("k"));
    let signed = verifier.sign("msg_1", NOW, &BODY).unwrap();
    let once = overhead("standard-webhooks") + BODY.len();
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
        let (verdict, hashed) = hashed::during(|| verifier.verify(&request, &BODY).is_ok());
        assert_eq!((verdict, hashed), (good, wanted));
    }
}

#[test]
fn each_candidate_key_costs_one_hash_until_one_matches() {
    let names = ["a", "b", "c", "d"];
    let verifier = standard_webhooks(names.map(key));
    let once = overhead("standard-webhooks") + BODY.len();
    for (tries, name) in (1..).zip(names) {
        let signed = standard_webhooks(key(name))
            .sign("msg_1", NOW, &BODY)
            .unwrap();
        let (matched, hashed) = hashed::during(|| {
            let verified = verifier.verify(&signed, &BODY).unwrap();
            verified.key_id() == Some(name)
        });
        assert!(matched);
        assert_eq!(hashed, tries * once);
    }
    let forged = standard_webhooks(key("e"))
        .sign("msg_1", NOW, &BODY)
        .unwrap();
    let (verdict, hashed) = hashed::during(|| verifier.verify(&forged, &BODY).map(|_| ()));
    assert_eq!(verdict, Err(VerifyError::SignatureMismatch));
    assert_eq!(hashed, 4 * once);
}

#[test]
fn only_the_named_key_is_tried() {
    let names = ["a", "b", "c", "d"];
    let verifier = pomelo(names.map(key));
    for name in names {
        let signed = verifier.sign(name, NOW, &BODY).unwrap();
        let (key_id, hashed) = hashed::during(|| {
            let verified = verifier.verify(&signed, &BODY).unwrap();
            verified.key_id().map(String::from)
        });
        assert_eq!(key_id.as_deref(), Some(name));
        assert_eq!(hashed, overhead("pomelo") + BODY.len());
    }
}

#[test]
fn a_streamed_body_is_hashed_once_for_each_key() {
    let verifier = standard_webhooks(["a", "b"].map(key));
    let signed = standard_webhooks(key("a"))
        .sign("msg_1", NOW, &BODY)
        .unwrap();
    let mut check = verifier.begin(&signed).unwrap();
    let ((), before) = hashed::during(|| BODY.chunks(1000).for_each(|chunk| check.update(chunk)));
    assert_eq!(before, 2 * (overhead("standard-webhooks") + BODY.len()));
    let (verdict, after) = hashed::during(|| check.finish().is_ok());
    assert_eq!((verdict, after), (true, 0));
}

#[test]
fn beginning_hashes_nothing() {
    for (scheme, request) in schemes() {
        let (_, hashed) = hashed::during(|| scheme.begin(&request).map(|_| ()).unwrap());
        assert_eq!(hashed, 0);
    }
}

#[cfg(feature = "ed25519")]
mod ed25519_pairs {
    use super::*;
    use crate::ed25519::{Signature, SigningKey};

    fn signing(seed: u8) -> SigningKey {
        SigningKey::from_seed(&[seed; 32])
    }

    /// A list of signatures under these keys, in their order.
    fn list(seeds: &[u8]) -> Request {
        let mut entries = Vec::new();
        for &seed in seeds {
            let mut signed = standard_webhooks(signing(seed))
                .sign("msg_1", NOW, &BODY)
                .unwrap();
            entries.push(signed.pop().unwrap().1);
        }
        Vec::from([
            ("webhook-id".into(), "msg_1".into()),
            ("webhook-timestamp".into(), NOW.to_string()),
            ("webhook-signature".into(), entries.join(" ")),
        ])
    }

    /// Whole, and streamed up to the verdict.
    fn hashed(verifier: &StandardWebhooks, request: &Request) -> (bool, usize, usize) {
        let (verdict, whole) = hashed::during(|| verifier.verify(request, &BODY).is_ok());
        let (same, streamed) = hashed::during(|| {
            let check = verifier.begin(request).and_then(|mut check| {
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
        let receiver = standard_webhooks([1, 2].map(|seed| signing(seed).public_key()));
        let once = overhead("standard-webhooks") + BODY.len();
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
        let both = Keyring::new([
            Keyring::from([1, 2].map(|seed| signing(seed).public_key())),
            [key("a"), key("b")].into(),
        ]);
        let both = standard_webhooks(both.unwrap());
        assert_eq!(hashed(&both, &list(&[9, 2])), (true, 4 * once, 4 * once));
        let mut mixed = list(&[2]);
        let of_another = standard_webhooks(key("x")).sign("msg_1", NOW, &BODY);
        mixed[2].1 = format!("{} {}", mixed[2].1, of_another.unwrap()[2].1);
        assert_eq!(hashed(&both, &mixed), (true, 4 * once, 4 * once));
        let of_a_mac = standard_webhooks(key("a")).sign("msg_1", NOW, &BODY);
        assert_eq!(
            hashed::during(|| both.verify(&of_a_mac.unwrap(), &BODY).is_ok()),
            (true, once)
        );
    }

    /// The largest `S` that is one, and the order itself.
    #[test]
    fn nothing_is_hashed_for_a_number_out_of_range() {
        let receiver = standard_webhooks(signing(1).public_key());
        let once = overhead("standard-webhooks") + BODY.len();
        let order = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
        let below = format!("ec{}", &order[2..]);
        let above = "ff".repeat(32);
        for (number, passes) in [(below.as_str(), 1), (order, 0), (&above, 0)] {
            let mut request = list(&[1]);
            let signature = format!("{}{number}", "00".repeat(32));
            let signature = Signature::from_hex(signature.as_bytes()).unwrap();
            request[2].1 = format!("v1a,{}", Encoding::Base64.encode(signature));
            let result = hashed(&receiver, &request);
            assert_eq!(result, (false, passes * once, passes * once), "{number}");
        }
    }
}
