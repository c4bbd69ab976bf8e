//! The cases that are timed, each with two classes of inputs.

use std::hint::black_box;

use dudect_bencher::ctbench::BenchFn;
use dudect_bencher::rand::RngExt;
use dudect_bencher::{BenchRng, Class, CtRunner};
use hmac::{Hmac, KeyInit, Mac};
use hookseal::clock::{FixedClock, Timestamp};
use hookseal::scheme::{Algorithm, Encoding, Scheme, Signature};
use hookseal::{Key, VerifyError, Webhook, schemes};
use sha2::Sha256;

use crate::SAMPLES;

pub struct Case {
    pub name: &'static str,
    /// Whether the times must differ.
    pub differs: bool,
    pub run: BenchFn,
}

const fn differs(name: &'static str, run: BenchFn) -> Case {
    let differs = true;
    Case { name, differs, run }
}

const fn same(name: &'static str, run: BenchFn) -> Case {
    let differs = false;
    Case { name, differs, run }
}

pub const CASES: &[Case] = &[
    // Differences that must be detected: two controls, the second of which is one step
    // of a forger who finds a MAC byte by byte, and a documented one.
    differs(
        "early-exit comparison: first byte wrong | last",
        early_exit_first_last,
    ),
    differs(
        "early-exit check: first byte wrong | second",
        early_exit_first_second,
    ),
    differs("3 keys: the first matches | the last", keys_which_matches),
    // The result without any difference, for a check and for a comparison.
    same("nothing: right | right", nothing),
    same("nothing, tags: right | right", tags_nothing),
    // The crate's promises.
    same("tags: first byte wrong | none", tags_first_none),
    same("tags: last byte wrong | none", tags_last_none),
    same("tags: first byte wrong | last", tags_first_last),
    same("hex: first byte wrong | last", hex_first_last),
    same("hex: 31 bytes right | random", hex_near_random),
    same("base64: first byte wrong | last", base64_first_last),
    same("base64: 31 bytes right | random", base64_near_random),
    same(
        "3 keys: 31 bytes right for the first | for the last",
        keys_near_first_last,
    ),
    same(
        "3 keys: 31 bytes right for the first | random",
        keys_near_first_random,
    ),
    same(
        "3 keys: 31 bytes right for the last | random",
        keys_near_last_random,
    ),
    same(
        "3 tags: 31 bytes right in the first | in the last",
        list_near_first_last,
    ),
    same(
        "3 tags: the first is right | the last",
        list_right_first_last,
    ),
];

fn early_exit_first_last(runner: &mut CtRunner, rng: &mut BenchRng) {
    time_comparisons(runner, rng, early_exit, first_last_wrong);
}

fn early_exit_first_second(runner: &mut CtRunner, rng: &mut BenchRng) {
    time_checks(runner, rng, &pakk(), early_exit_check, |[mac], rng| {
        [[wrong_at(FIRST, mac, rng)], [wrong_at(FIRST + 1, mac, rng)]]
    });
}

fn keys_which_matches(runner: &mut CtRunner, rng: &mut BenchRng) {
    time_checks(runner, rng, &three_keys(), verify, |[first, _, last], _| {
        [[first], [last]]
    });
}

fn nothing(runner: &mut CtRunner, rng: &mut BenchRng) {
    time_checks(runner, rng, &pakk(), verify, |[mac], _| [[mac], [mac]]);
}

fn tags_nothing(runner: &mut CtRunner, rng: &mut BenchRng) {
    time_comparisons(runner, rng, Signature::eq, |tag, _| [tag, tag]);
}

fn tags_first_none(runner: &mut CtRunner, rng: &mut BenchRng) {
    time_comparisons(runner, rng, Signature::eq, |tag, rng| {
        [wrong_at(FIRST, tag, rng), tag]
    });
}

fn tags_last_none(runner: &mut CtRunner, rng: &mut BenchRng) {
    time_comparisons(runner, rng, Signature::eq, |tag, rng| {
        [wrong_at(LAST, tag, rng), tag]
    });
}

fn tags_first_last(runner: &mut CtRunner, rng: &mut BenchRng) {
    time_comparisons(runner, rng, Signature::eq, first_last_wrong);
}

fn hex_first_last(runner: &mut CtRunner, rng: &mut BenchRng) {
    time_checks(runner, rng, &paminga(), verify, |[mac], rng| {
        first_last_wrong(mac, rng).map(|tag| [tag])
    });
}

fn hex_near_random(runner: &mut CtRunner, rng: &mut BenchRng) {
    time_checks(runner, rng, &paminga(), verify, |[mac], rng| {
        [[near(mac, rng)], [random(rng)]]
    });
}

fn base64_first_last(runner: &mut CtRunner, rng: &mut BenchRng) {
    time_checks(runner, rng, &pakk(), verify, |[mac], rng| {
        first_last_wrong(mac, rng).map(|tag| [tag])
    });
}

fn base64_near_random(runner: &mut CtRunner, rng: &mut BenchRng) {
    time_checks(runner, rng, &pakk(), verify, |[mac], rng| {
        [[near(mac, rng)], [random(rng)]]
    });
}

fn keys_near_first_last(runner: &mut CtRunner, rng: &mut BenchRng) {
    time_checks(
        runner,
        rng,
        &three_keys(),
        verify,
        |[first, _, last], rng| [[near(first, rng)], [near(last, rng)]],
    );
}

fn keys_near_first_random(runner: &mut CtRunner, rng: &mut BenchRng) {
    time_checks(runner, rng, &three_keys(), verify, |[first, ..], rng| {
        [[near(first, rng)], [random(rng)]]
    });
}

fn keys_near_last_random(runner: &mut CtRunner, rng: &mut BenchRng) {
    time_checks(runner, rng, &three_keys(), verify, |[.., last], rng| {
        [[near(last, rng)], [random(rng)]]
    });
}

fn list_near_first_last(runner: &mut CtRunner, rng: &mut BenchRng) {
    time_checks(runner, rng, &three_keys(), verify, |[mac, ..], rng| {
        let [near, one, other] = [near(mac, rng), random(rng), random(rng)];
        [[near, one, other], [one, other, near]]
    });
}

fn list_right_first_last(runner: &mut CtRunner, rng: &mut BenchRng) {
    time_checks(runner, rng, &three_keys(), verify, |[mac, ..], rng| {
        let [one, other] = [random(rng), random(rng)];
        [[mac, one, other], [one, other, mac]]
    });
}

// Tags.

const FIRST: usize = 0;
const LAST: usize = TAG_LEN - 1;
const TAG_LEN: usize = Algorithm::HmacSha256.signature_len();

fn tag(bytes: &[u8]) -> Signature {
    Signature::from_bytes(Algorithm::HmacSha256, bytes).expect("as many bytes as a tag has")
}

fn random(rng: &mut BenchRng) -> Signature {
    tag(&rng.random::<[u8; TAG_LEN]>())
}

fn wrong_at(place: usize, right: Signature, rng: &mut BenchRng) -> Signature {
    let mut bytes = [0; TAG_LEN];
    bytes.copy_from_slice(right.as_bytes());
    bytes[place] ^= rng.random_range(1..=u8::MAX);
    tag(&bytes)
}

fn first_last_wrong(tag: Signature, rng: &mut BenchRng) -> [Signature; 2] {
    [FIRST, LAST].map(|place| wrong_at(place, tag, rng))
}

fn near(tag: Signature, rng: &mut BenchRng) -> Signature {
    wrong_at(LAST, tag, rng)
}

// Checks.

/// A webhook, its keys a second time to compute MACs, and how its signatures are sent.
struct Receiver<const KEYS: usize> {
    webhook: Webhook,
    keys: [Hmac<Sha256>; KEYS],
    signed_before_body: &'static [u8],
    write: fn(&[Signature]) -> Headers,
}

type Headers = Vec<(&'static str, String)>;

const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);

impl<const KEYS: usize> Receiver<KEYS> {
    fn new(
        scheme: Scheme<'_>,
        signed_before_body: &'static [u8],
        write: fn(&[Signature]) -> Headers,
    ) -> Self {
        let secrets: [_; KEYS] = std::array::from_fn(|at| format!("secret {at}"));
        let keys = secrets
            .each_ref()
            .map(|secret| Key::from_text(secret).unwrap());
        let webhook = Webhook::new(scheme, keys).unwrap();
        Self {
            webhook: webhook.with_clock(FixedClock::at(NOW)),
            keys: secrets.map(|secret| Hmac::new_from_slice(secret.as_bytes()).unwrap()),
            signed_before_body,
            write,
        }
    }

    fn macs(&self, body: &[u8]) -> [Signature; KEYS] {
        self.keys.each_ref().map(|key| {
            let mac = key.clone().chain_update(self.signed_before_body);
            tag(&mac.chain_update(body).finalize().into_bytes())
        })
    }
}

fn paminga() -> Receiver<1> {
    Receiver::new(schemes::PAMINGA, b"", |tags| {
        vec![("x-paminga-signature", Encoding::Hex.encode(&tags[0]))]
    })
}

fn pakk() -> Receiver<1> {
    Receiver::new(schemes::PAKK, b"", |tags| {
        vec![(
            "x-pakk-webhook-signature",
            Encoding::Base64.encode(&tags[0]),
        )]
    })
}

fn three_keys() -> Receiver<3> {
    let before_body = b"msg.1700000000.";
    Receiver::new(schemes::STANDARD_WEBHOOKS, before_body, |tags| {
        let entry = |tag| format!("v1,{}", Encoding::Base64.encode(tag));
        let list: Vec<String> = tags.iter().map(entry).collect();
        vec![
            ("webhook-id", "msg".into()),
            ("webhook-timestamp", NOW.to_string()),
            ("webhook-signature", list.join(" ")),
        ]
    })
}

fn verify<const KEYS: usize>(receiver: &Receiver<KEYS>, headers: &Headers, body: &[u8]) -> bool {
    match receiver.webhook.verify(headers, body) {
        Ok(_) => true,
        Err(VerifyError::SignatureMismatch) => false,
        Err(error) => panic!("nothing was compared: {error}"),
    }
}

/// Compares with an early exit, as a comparison must not.
fn early_exit(one: &Signature, other: &Signature) -> bool {
    let mut bytes = one.as_bytes().iter().zip(other.as_bytes());
    // Without the black box, the compiler compares several bytes at once.
    bytes.all(|(one, other)| black_box(one) == other)
}

/// Runs Pakk's check, except for the comparison.
fn early_exit_check(receiver: &Receiver<1>, headers: &Headers, body: &[u8]) -> bool {
    let [(_, value)] = headers.as_slice() else {
        panic!("Pakk has one header");
    };
    let [computed] = receiver.macs(body);
    Signature::decode(Algorithm::HmacSha256, Encoding::Base64, value.as_bytes())
        .is_some_and(|received| early_exit(&computed, &received))
}

// Timing.

/// How many comparisons to time at once: one takes less time than reading the clock.
const COMPARISONS: usize = 16;

/// How many inputs are created before they are checked. A byte that was just written
/// delays the read of the word around it, and the classes differ in which byte that
/// is.
const BATCH: usize = 64;

fn time_comparisons(
    runner: &mut CtRunner,
    rng: &mut BenchRng,
    compare: impl Fn(&Signature, &Signature) -> bool,
    classes: impl Fn(Signature, &mut BenchRng) -> [Signature; 2],
) {
    for _ in 0..samples().div_ceil(BATCH) {
        let batch: [_; BATCH] = std::array::from_fn(|_| {
            let computed = random(rng);
            let received = classes(computed, rng);
            (computed, draw(received, rng))
        });
        for (computed, (class, received)) in black_box(&batch) {
            runner.run_one(*class, || {
                for _ in 0..COMPARISONS {
                    black_box(compare(black_box(computed), black_box(received)));
                }
            });
        }
    }
}

fn time_checks<const KEYS: usize, const TAGS: usize>(
    runner: &mut CtRunner,
    rng: &mut BenchRng,
    receiver: &Receiver<KEYS>,
    check: impl Fn(&Receiver<KEYS>, &Headers, &[u8]) -> bool,
    classes: impl Fn([Signature; KEYS], &mut BenchRng) -> [[Signature; TAGS]; 2],
) {
    for _ in 0..samples().div_ceil(BATCH) {
        let batch: [_; BATCH] = std::array::from_fn(|_| {
            let body: [u8; 64] = rng.random();
            let received = classes(receiver.macs(&body), rng);
            let (class, received) = draw(received, rng);
            (class, (receiver.write)(&received), body)
        });
        for (class, headers, body) in black_box(&batch) {
            runner.run_one(*class, || {
                check(black_box(receiver), black_box(headers), black_box(body))
            });
        }
    }
}

fn samples() -> usize {
    SAMPLES.get().copied().unwrap_or_default()
}

/// Picks a class without a branch, which would leave traces.
fn draw<T: Copy>(both: [T; 2], rng: &mut BenchRng) -> (Class, T) {
    let side = usize::from(rng.random::<bool>());
    ([Class::Left, Class::Right][side], both[side])
}
