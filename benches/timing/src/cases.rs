//! What is timed: two classes of inputs each.

use std::hint::black_box;

use dudect_bencher::ctbench::BenchFn;
use dudect_bencher::rand::RngExt;
use dudect_bencher::{BenchRng, Class, CtRunner};
use hookseal::schemes::{Pakk, Paminga, StandardWebhooks};
use hookseal::{
    FixedClock, Key, Message, Signature, SignatureHeaders, Tag, Timestamp, Verifier, VerifyError,
};

use crate::SAMPLES;

pub struct Case {
    pub name: &'static str,
    /// Whether its times have to differ.
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
    // What has to be seen: two controls, the second of which is one step of a
    // forger who finds a MAC byte by byte, and what is documented.
    differs(
        "early-exit comparison: first byte wrong | last",
        early_exit_first_last,
    ),
    differs(
        "early-exit check: first byte wrong | second",
        early_exit_first_second,
    ),
    differs("3 keys: the first matches | the last", keys_which_matches),
    // What is seen where there is nothing, of a check and of a comparison.
    same("nothing: right | right", nothing),
    same("nothing, tags: right | right", tags_nothing),
    // What the crate promises.
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
    time_comparisons(runner, rng, Tag::eq, |tag, _| [tag, tag]);
}

fn tags_first_none(runner: &mut CtRunner, rng: &mut BenchRng) {
    time_comparisons(runner, rng, Tag::eq, |tag, rng| {
        [wrong_at(FIRST, tag, rng), tag]
    });
}

fn tags_last_none(runner: &mut CtRunner, rng: &mut BenchRng) {
    time_comparisons(runner, rng, Tag::eq, |tag, rng| {
        [wrong_at(LAST, tag, rng), tag]
    });
}

fn tags_first_last(runner: &mut CtRunner, rng: &mut BenchRng) {
    time_comparisons(runner, rng, Tag::eq, first_last_wrong);
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
const LAST: usize = Tag::LEN - 1;

fn random(rng: &mut BenchRng) -> Tag {
    Tag::from_bytes(rng.random())
}

fn wrong_at(place: usize, tag: Tag, rng: &mut BenchRng) -> Tag {
    let mut bytes = *tag.as_bytes();
    bytes[place] ^= rng.random_range(1..=u8::MAX);
    Tag::from_bytes(bytes)
}

fn first_last_wrong(tag: Tag, rng: &mut BenchRng) -> [Tag; 2] {
    [FIRST, LAST].map(|place| wrong_at(place, tag, rng))
}

fn near(tag: Tag, rng: &mut BenchRng) -> Tag {
    wrong_at(LAST, tag, rng)
}

// Checks.

/// A verifier, with its keys once more, to make its MACs.
struct Receiver<const KEYS: usize> {
    verifier: Box<dyn Verifier>,
    keys: [Key; KEYS],
    signed_before_body: &'static [u8],
}

const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);

fn keys<const KEYS: usize>() -> [Key; KEYS] {
    std::array::from_fn(|at| Key::from_text(&format!("secret {at}")).unwrap())
}

fn paminga() -> Receiver<1> {
    Receiver {
        verifier: Box::new(Paminga::new(keys::<1>())),
        keys: keys(),
        signed_before_body: b"",
    }
}

fn pakk() -> Receiver<1> {
    Receiver {
        verifier: Box::new(Pakk::new(keys::<1>())),
        keys: keys(),
        signed_before_body: b"",
    }
}

fn three_keys() -> Receiver<3> {
    let scheme = StandardWebhooks::new(keys::<3>()).with_clock(FixedClock::at(NOW));
    Receiver {
        verifier: Box::new(scheme),
        keys: keys(),
        signed_before_body: b"msg.1700000000.",
    }
}

impl<const KEYS: usize> Receiver<KEYS> {
    fn macs(&self, body: &[u8]) -> [Tag; KEYS] {
        let parts = [self.signed_before_body, body];
        self.keys.each_ref().map(|key| key.mac(&parts))
    }

    fn headers(&self, body: &[u8], tags: &[Tag]) -> SignatureHeaders {
        let message = Message::new(body).with_id("msg").with_timestamp(NOW);
        let signatures: Vec<Signature> = tags.iter().map(Signature::from).collect();
        self.verifier.signature_headers(&message, &signatures)
    }
}

fn verify<const KEYS: usize>(
    receiver: &Receiver<KEYS>,
    headers: &SignatureHeaders,
    body: &[u8],
) -> bool {
    match receiver.verifier.verify(headers, body) {
        Ok(_) => true,
        Err(VerifyError::SignatureMismatch) => false,
        Err(error) => panic!("nothing was compared: {error}"),
    }
}

/// What a comparison must not be.
fn early_exit(one: &Tag, other: &Tag) -> bool {
    let mut bytes = one.as_bytes().iter().zip(other.as_bytes());
    // Without the black box the compiler compares several at once.
    bytes.all(|(one, other)| black_box(one) == other)
}

/// Pakk's check, but for the comparison.
fn early_exit_check(receiver: &Receiver<1>, headers: &SignatureHeaders, body: &[u8]) -> bool {
    let [(_, value)] = headers.as_slice() else {
        panic!("Pakk has one header");
    };
    let [computed] = receiver.macs(body);
    Tag::from_base64(value.as_bytes()).is_some_and(|received| early_exit(&computed, &received))
}

// Timing.

/// One comparison takes less time than looking at the clock.
const COMPARISONS: usize = 16;

/// Tags are made some time before they are compared. A byte that was just
/// written holds up whoever reads the word around it, and which byte it is
/// differs between the classes.
const BATCH: usize = 64;

fn time_comparisons(
    runner: &mut CtRunner,
    rng: &mut BenchRng,
    compare: impl Fn(&Tag, &Tag) -> bool,
    classes: impl Fn(Tag, &mut BenchRng) -> [Tag; 2],
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
    check: impl Fn(&Receiver<KEYS>, &SignatureHeaders, &[u8]) -> bool,
    classes: impl Fn([Tag; KEYS], &mut BenchRng) -> [[Tag; TAGS]; 2],
) {
    for _ in 0..samples() {
        let body: [u8; 64] = rng.random();
        let received = classes(receiver.macs(&body), rng);
        let (class, received) = draw(received, rng);
        let headers = receiver.headers(&body, &received);
        runner.run_one(class, || {
            check(black_box(receiver), black_box(&headers), black_box(&body))
        });
    }
}

fn samples() -> usize {
    SAMPLES.get().copied().unwrap_or_default()
}

/// Picks a class, without a branch that would leave its traces.
fn draw<T: Copy>(both: [T; 2], rng: &mut BenchRng) -> (Class, T) {
    let side = usize::from(rng.random::<bool>());
    ([Class::Left, Class::Right][side], both[side])
}
