//! The stock for Standard Webhooks' `v1a`: the cases that differ from `v1`.

use curve25519_dalek::{EdwardsPoint, Scalar};

use super::*;
use crate::crafted::Equation::{Holds, HoldsTimesEight};
use crate::crafted::{self, Crafted, Equation, Key, R};
use crate::message::receivers;

pub(super) const CASES: &[&[Case]] = &[BASE64, LISTS, KEYS, NUMBERS, POINTS];

const SIGNATURE: &str = "webhook-signature";

const LISTS: &[Case] = &[
    signature("a-wrong-one-before", "accepted", "{wrong} {good}"),
    signature("a-wrong-one-after", "accepted", "{good} {wrong}"),
    signature("two-wrong-ones", "signature-mismatch", "{wrong} {wrong}"),
    signature("twice", "accepted", "{good} {good}"),
    signature("a-version-alone-before", "accepted", "v1a {good}"),
    signature("broken-base64-before", "accepted", "v1a,A {good}"),
    signature("garbage-before", "accepted", "garbage {good}"),
    signature("two-spaces-between", "accepted", "{wrong}  {good}"),
    signature("under-v1", "malformed-signature", "v1,{mac}"),
    signature("under-a-version-in-upper-case", "malformed-signature", "V1A,{mac}"),
    signature("under-no-version", "malformed-signature", "{mac}"),
    made("a-mac-before", "accepted", |rng, message| {
        let mac = STANDARD.encode(random::bytes(rng, 32));
        with_signature(rng, message, &format!("v1,{mac} {{good}}"))
    }),
    made("a-mac-alone", "malformed-signature", |rng, message| {
        let mac = STANDARD.encode(random::bytes(rng, 32));
        with_signature(rng, message, &format!("v1,{mac}"))
    }),
    made("a-mac-of-the-public-key", "malformed-signature", |_, message| {
        mac_of_the_public_key(message, "v1")
    }),
    made("a-mac-of-the-public-key-under-v1a", "malformed-signature", |_, message| {
        mac_of_the_public_key(message, "v1a")
    }),
    made("8-of-which-the-last-is-right", "accepted", |rng, message| {
        with_signature(rng, message, &("{wrong} ".repeat(7) + "{good}"))
    }),
    made("9-of-which-the-first-is-right", "accepted", |rng, message| {
        with_signature(rng, message, &("{good}".to_owned() + &" {wrong}".repeat(8)))
    }),
    made("9-of-which-the-last-is-right", "signature-mismatch", |rng, message| {
        with_signature(rng, message, &("{wrong} ".repeat(8) + "{good}"))
    }),
    made("8-and-24-others", "accepted", |rng, message| {
        with_signature(rng, message, &("v1,A ".repeat(24) + &"{wrong} ".repeat(7) + "{good}"))
    }),
    made("8-and-25-others", "malformed-signature", |rng, message| {
        with_signature(rng, message, &("v1,A ".repeat(25) + &"{wrong} ".repeat(7) + "{good}"))
    }),
];

/// Returns a request with the MAC under the public key as the secret, which anyone can create.
fn mac_of_the_public_key(message: Message, version: &str) -> Request {
    let key = public_key(&message);
    let mac = STANDARD.encode(hmac_sha256::HMAC::mac(message.signed_bytes(), key));
    message.signed().with(SIGNATURE, format!("{version},{mac}"))
}

fn public_key(message: &Message) -> Vec<u8> {
    let text = receivers(&message.scheme, message.secret.clone());
    STANDARD.decode(&text["whpk_".len()..]).expect("base64")
}

const KEYS: &[Case] = &[
    made("key-unpadded", "accepted", |_, message| {
        respelled_key(message, |key| format!("whpk_{}", key.trim_end_matches('=')))
    }),
    made("key-with-trailing-bits", "secret-refused", |_, message| {
        respelled_key(message, |key| format!("whpk_{}", with_trailing_bits(key)))
    }),
    made("key-before-a-line-break", "secret-refused", |_, message| {
        respelled_key(message, |key| format!("whpk_{key}\n"))
    }),
    made("key-with-the-prefix-of-a-mac-secret", "malformed-signature", |_, message| {
        respelled_key(message, |key| format!("whsec_{key}"))
    }),
    made("key-without-prefix", "secret-refused", |_, message| {
        respelled_key(message, str::to_owned)
    }),
    made("key-of-31-bytes", "secret-refused", |_, message| {
        let key = public_key(&message);
        with_key(message.signed(), &key[..31])
    }),
    made("key-of-33-bytes", "secret-refused", |_, message| {
        let key = [public_key(&message), vec![0]].concat();
        with_key(message.signed(), &key)
    }),
    // RFC 8032, section 5.1.3: this y has no x.
    made("key-not-on-the-curve", "secret-refused", |_, message| {
        with_key(message.signed(), &[2; 32])
    }),
    made("key-of-another", "signature-mismatch", |rng, message| {
        let other = random::other_secret(rng, &message.scheme);
        let mut request = message.signed();
        request.secret = receivers(&request.scheme, other);
        request
    }),
];

fn respelled_key(message: Message, respell: impl Fn(&str) -> String) -> Request {
    let mut request = message.signed();
    request.secret = respell(&request.secret["whpk_".len()..]);
    request
}

fn with_key(mut request: Request, key: &[u8]) -> Request {
    request.secret = format!("whpk_{}", STANDARD.encode(key));
    request
}

const NUMBERS: &[Case] = &[
    made("s-and-the-order", "signature-mismatch", |_, message| with_order(message, 1)),
    made("s-and-twice-the-order", "signature-mismatch", |_, message| with_order(message, 2)),
    made("s-and-14-times-the-order", "signature-mismatch", |_, message| with_order(message, 14)),
    made("r-and-s-exchanged", "signature-mismatch", |_, message| {
        respelled_signature(message, |signature| signature.rotate_left(32))
    }),
    made("all-zero", "signature-mismatch", |_, message| {
        respelled_signature(message, |signature| signature.fill(0))
    }),
];

fn with_order(message: Message, times: u8) -> Request {
    respelled_signature(message, |signature| crafted::add_order(signature, times))
}

fn respelled_signature(message: Message, respell: impl Fn(&mut [u8; 64])) -> Request {
    let signature = STANDARD.decode(&message.signature()["v1a,".len()..]).expect("base64");
    let mut signature = signature.try_into().expect("64 bytes");
    respell(&mut signature);
    message.signed().with(SIGNATURE, entry(&signature))
}

fn entry(signature: &[u8; 64]) -> String {
    format!("v1a,{}", STANDARD.encode(signature))
}

const POINTS: &[Case] = &[
    // Under such a key of order n, a signature verifies for one message in n, whoever
    // made it.
    made("key-the-identity", "secret-refused", |rng, message| {
        let key = Key::Only(crafted::identity());
        made_under(rng, message, key, R::Plus(crafted::identity().1), Holds)
    }),
    made("key-of-small-order", "secret-refused", |rng, message| {
        let key = Key::Only(crafted::of_small_order(rng));
        made_under(rng, message, key, R::Plus(crafted::identity().1), Holds)
    }),
    made("key-not-canonical", "secret-refused", |rng, message| {
        let key = Key::Only(crafted::not_canonical(rng));
        made_under(rng, message, key, R::Plus(crafted::identity().1), Holds)
    }),
    made("r-the-identity", "signature-mismatch", |rng, message| {
        let key = Key::Plus(crafted::identity().1);
        made_under(rng, message, key, R::Only(crafted::identity()), Holds)
    }),
    made("r-of-small-order", "signature-mismatch", |rng, message| {
        let key = Key::Plus(of_order_8(rng));
        let r = R::Only(crafted::of_small_order(rng));
        made_under(rng, message, key, r, Holds)
    }),
    made("r-not-canonical", "signature-mismatch", |rng, message| {
        let key = Key::Plus(of_order_8(rng));
        let r = R::Only(crafted::not_canonical(rng));
        made_under(rng, message, key, r, Holds)
    }),
    made("key-of-mixed-order", "accepted", |rng, message| {
        let key = Key::Plus(of_order_8(rng));
        made_under(rng, message, key, R::Plus(crafted::identity().1), Holds)
    }),
    made("key-and-r-of-mixed-order", "accepted", |rng, message| {
        let key = Key::Plus(of_order_8(rng));
        let r = R::Plus(crafted::of_small_order(rng).1);
        made_under(rng, message, key, r, Holds)
    }),
    made("key-of-mixed-order-by-the-cofactor", "signature-mismatch", |rng, message| {
        let key = Key::Plus(of_order_8(rng));
        made_under(rng, message, key, R::Plus(crafted::identity().1), HoldsTimesEight)
    }),
    made("r-of-mixed-order-by-the-cofactor", "signature-mismatch", |rng, message| {
        let r = R::Plus(crafted::of_small_order(rng).1);
        made_under(rng, message, Key::Plus(crafted::identity().1), r, HoldsTimesEight)
    }),
];

/// Returns a point of order 8, of which every point of small order is a multiple.
fn of_order_8(rng: &mut Rng) -> EdwardsPoint {
    loop {
        let (_, point) = crafted::of_small_order(rng);
        if point * Scalar::from(4_u8) != crafted::identity().1 {
            return point;
        }
    }
}

fn made_under(rng: &mut Rng, message: Message, key: Key, r: R, equation: Equation) -> Request {
    let Crafted { key, signature } = crafted::craft(rng, &message.signed_bytes(), key, r, equation);
    with_key(message.signed().with(SIGNATURE, entry(&signature)), &key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peers::{Answer, Peer as _};
    use crate::{by_hand, ours};

    /// This package turns on `legacy_compatibility` of `ed25519-dalek`, which disables that
    /// crate's own check.
    #[test]
    fn we_look_at_s_ourselves() {
        let mut rng = Rng::with_seed(1);
        let now = hookseal::clock::Timestamp::now().as_secs();
        let message = random::message(&mut rng, "standard-webhooks-v1a", now);
        for (times, theirs, ours) in [
            (0, true, "accepted"),
            (1, true, "signature-mismatch"),
            (2, false, "signature-mismatch"),
        ] {
            let request = with_order(message.clone(), times);
            for mut dalek in [by_hand::DALEK, by_hand::DALEK_STRICT] {
                let verdict = dalek.verify(&request).unwrap();
                assert_eq!(matches!(verdict, Answer::Yes(())), theirs, "{times}");
            }
            assert_eq!(ours::receive(&mut rng, &message, &request), ours, "{times}");
        }
    }
}
