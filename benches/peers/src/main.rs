//! Compares hookseal with its peers, with the bare hash, and with its version before
//! its schemes became data, in one run.
//!
//! ```text
//! benches/peers/run            # measures
//! benches/peers/run --short    # checks that it works
//! ```
//!
//! Further words select sections by name: `benches/peers/run before layer`.
//! `curve` and `growth` also write their results to `benches/*.csv`, and `plot`
//! draws these files.
//!
//! Contestants take turns, a batch each. The result is the median, over the turns,
//! of the ratio of two neighbours: a machine that slows down midway slows both.
//! Times are the median of a contestant's batches, and are valid only for this
//! machine.

mod before;
mod layer;
mod plot;
mod requests;

use std::hint::black_box;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use hookseal::ed25519::{PublicKey, SigningKey};
use hookseal::scheme::{Algorithm, Encoding, Signature};
use hookseal::verification::{HashState, Verification};
use hookseal::{Key, Verified, VerifyError, Webhook, schemes};
use http::HeaderMap;
use sha2::Sha256;

use plot::{Plot, Point};
use requests::{
    Request, SCHEMES, SECRET, SECRET_TEXT, body, key, mismatched, pomelo, standard_webhooks, v1a,
    verify, with_wrong_signatures,
};

const SIZES: [(usize, &str); 4] = [
    (64, "64 B"),
    (1 << 10, "1 KiB"),
    (16 << 10, "16 KiB"),
    (1 << 20, "1 MiB"),
];

const BODY_SIZE: Plot = Plot {
    name: "body-size",
    title: "A verified request, by the size of its body",
    x_axis: "size of the body (both axes are logarithmic)",
    y_axis: "times the bare HMAC-SHA256 of the same bytes, less is better",
    x_ticks: &[
        (64.0, "64 B"),
        (256.0, "256 B"),
        (1_024.0, "1 KiB"),
        (4_096.0, "4 KiB"),
        (16_384.0, "16 KiB"),
        (65_536.0, "64 KiB"),
        (262_144.0, "256 KiB"),
        (1_048_576.0, "1 MiB"),
    ],
    y_ticks: &[
        (1.0, "1×"),
        (1.5, "1.5×"),
        (2.0, "2×"),
        (3.0, "3×"),
        (5.0, "5×"),
        (8.0, "8×"),
        (12.0, "12×"),
    ],
};

const ROTATION: Plot = Plot {
    name: "rotation",
    title: "A verified request of 1 KiB, by the number of keys and of signatures",
    x_axis: "number of keys, or of signatures in the header (both axes are logarithmic)",
    y_axis: "times the same with one key and one signature, less is better",
    x_ticks: &[
        (1.0, "1"),
        (2.0, "2"),
        (4.0, "4"),
        (8.0, "8"),
        (16.0, "16"),
        (32.0, "32"),
    ],
    y_ticks: &[
        (1.0, "1×"),
        (2.0, "2×"),
        (3.0, "3×"),
        (4.0, "4×"),
        (6.0, "6×"),
        (8.0, "8×"),
    ],
};

type Section = (&'static str, fn(&mut Report));

const SECTIONS: [Section; 14] = [
    ("overhead", Report::overhead),
    ("before", Report::before),
    ("parts", Report::parts),
    ("peers", Report::peers),
    ("curve", Report::curve),
    ("primitives", Report::primitives),
    ("layer", Report::layer),
    ("ed25519", Report::ed25519),
    ("refusals", Report::refusals),
    ("keys", Report::lists_and_keys),
    ("threads", Report::threads),
    ("growth", Report::growth),
    ("sizes", Report::sizes),
    ("plot", Report::plot),
];

fn main() {
    let (options, wanted): (Vec<String>, Vec<String>) = std::env::args()
        .skip(1)
        .partition(|word| word.starts_with("--"));
    let short = options.iter().any(|word| word == "--short");
    let is_section = |word: &String| SECTIONS.iter().any(|(name, _)| name == word);
    assert!(wanted.iter().all(is_section), "no such section");
    let mut report = Report {
        short,
        met: 0,
        missed: 0,
    };
    for (name, section) in SECTIONS {
        if wanted.is_empty() || wanted.iter().any(|word| word == name) {
            section(&mut report);
        }
    }
    let Report { met, missed, .. } = report;
    if short {
        println!(
            "\nshort: every contestant ran and agreed on its verdict; the numbers say nothing"
        );
    } else {
        println!("\n{met} targets met, {missed} missed");
    }
}

// Measuring.

struct Contestant<'c> {
    name: &'c str,
    /// Runs once, and returns whether the verdict was the wanted one.
    run: Box<dyn FnMut() -> bool + 'c>,
}

fn contestant<'c>(name: &'c str, run: impl FnMut() -> bool + 'c) -> Contestant<'c> {
    Contestant {
        name,
        run: Box::new(run),
    }
}

struct Measured {
    /// Nanoseconds for one run: medians over the turns.
    time: Vec<f64>,
    /// The ratio to the first contestant: medians over the turns.
    ratio: Vec<f64>,
    /// Nanoseconds more than the first contestant took: medians over the turns.
    more: Vec<f64>,
}

struct Report {
    short: bool,
    met: usize,
    missed: usize,
}

impl Report {
    /// Measures the contestants. The others are compared with the first.
    fn measure(&self, contestants: &mut [Contestant<'_>]) -> Measured {
        let turns = if self.short { 1 } else { 61 };
        let mut batches = Vec::new();
        for Contestant { name, run } in contestants.iter_mut() {
            assert!(run(), "{name} gave another verdict than the wanted one");
            batches.push(if self.short { 1 } else { batch(run) });
        }
        let mut times = vec![Vec::new(); contestants.len()];
        let mut ratios = vec![Vec::new(); contestants.len()];
        let mut more = vec![Vec::new(); contestants.len()];
        for turn in 0..turns {
            let mut turn_times = vec![0.0; contestants.len()];
            // Each goes first as often as the others.
            for place in 0..contestants.len() {
                let place = (place + turn) % contestants.len();
                turn_times[place] = time(&mut contestants[place].run, batches[place]);
            }
            for (place, time) in turn_times.iter().enumerate() {
                times[place].push(*time);
                ratios[place].push(time / turn_times[0]);
                more[place].push(time - turn_times[0]);
            }
        }
        let medians = |mut of_all: Vec<Vec<f64>>| of_all.iter_mut().map(|of| median(of)).collect();
        Measured {
            time: medians(times),
            ratio: medians(ratios),
            more: medians(more),
        }
    }

    fn target(&mut self, met: bool) -> &'static str {
        if self.short {
            return "-";
        }
        if met {
            self.met += 1;
            "met"
        } else {
            self.missed += 1;
            "MISSED"
        }
    }

    /// Writes points where [`Report::plot`] reads them, except in a short run, where they are
    /// meaningless.
    fn keep(&self, plot: &Plot, points: &[Point]) {
        if !self.short {
            plot.write_points(points);
        }
    }

    fn plot(&mut self) {
        for plot in [BODY_SIZE, ROTATION] {
            if self.short {
                let name = plot.name;
                assert!(
                    plot.is_drawn(),
                    "`benches/peers/run plot` draws another {name}.svg"
                );
            } else {
                plot.draw();
            }
        }
    }

    fn at_most(&mut self, what: &str, ratio: f64, limit: f64) {
        let verdict = self.target(ratio <= limit);
        println!("{what:44} {ratio:6.2}x  at most {limit:.2}x   {verdict}");
    }

    fn at_least(&mut self, what: &str, ratio: f64, limit: f64) {
        let verdict = self.target(ratio >= limit);
        println!("{what:44} {ratio:6.2}x  at least {limit:.2}x  {verdict}");
    }
}

fn time(run: &mut dyn FnMut() -> bool, times: u32) -> f64 {
    let start = Instant::now();
    for _ in 0..times {
        black_box(run());
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(times)
}

/// Returns how many runs fill a millisecond: long enough for the clock, short enough
/// for the turns to follow each other closely.
fn batch(run: &mut dyn FnMut() -> bool) -> u32 {
    let mut times = 1;
    while shortest(run, times) * f64::from(times) < 1e6 && times < 1 << 20 {
        times *= 2;
    }
    times
}

/// Returns the shortest of several times. Other work on the machine makes some times
/// longer, and a batch chosen by such a time would be too short for the clock.
fn shortest(run: &mut dyn FnMut() -> bool, times: u32) -> f64 {
    let tries = (0..5).map(|_| time(run, times));
    tries.fold(f64::INFINITY, f64::min)
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The other crates, set up for Standard Webhooks.
struct Peers {
    official: standardwebhooks::Webhook,
    svix: svix::webhooks::Webhook,
    secret: webhook_verify::Secret,
}

impl Peers {
    fn new() -> Self {
        Self {
            official: standardwebhooks::Webhook::new(SECRET_TEXT).unwrap(),
            svix: svix::webhooks::Webhook::new(SECRET_TEXT).unwrap(),
            secret: webhook_verify::Secret::new(SECRET_TEXT),
        }
    }

    fn contestants<'c>(&'c self, request: &'c Request) -> [Contestant<'c>; 3] {
        let Request { headers, body, .. } = request;
        [
            contestant("standardwebhooks", move || {
                let (body, headers) = (black_box(body), black_box(headers));
                self.official.verify(body, headers).is_ok()
            }),
            contestant("svix", move || {
                let (body, headers) = (black_box(body), black_box(headers));
                self.svix.verify(body, headers).is_ok()
            }),
            contestant("webhook-verify", move || {
                webhook_verify::verify(
                    webhook_verify::Provider::StandardWebhooks,
                    black_box(headers),
                    black_box(body),
                    &self.secret,
                    webhook_verify::VerifyOptions::default(),
                )
                .is_ok()
            }),
        ]
    }
}

fn raw(prepared: &Hmac<Sha256>, message: &[u8]) -> bool {
    let mut mac = prepared.clone();
    mac.update(black_box(message));
    black_box(mac.finalize().into_bytes());
    true
}

// The measurements.

/// A check whether a request was refused for the expected reason.
type Is = fn(&VerifyError) -> bool;

impl Report {
    fn overhead(&mut self) {
        println!("\n== verification against the bare HMAC of the same bytes from a prepared key\n");
        let prepared = Hmac::<Sha256>::new_from_slice(&SECRET).unwrap();
        for (name, make) in SCHEMES {
            for ((length, size), limit) in SIZES.into_iter().zip([1.8, 1.15, 1.02, 1.02]) {
                let request = make(length);
                let pairs: Vec<(&str, &[u8])> = request
                    .headers
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.as_bytes()))
                    .collect();
                let measured = self.measure(&mut [
                    contestant("hmac", || raw(&prepared, &request.message)),
                    contestant("map", || verify(&request)),
                    contestant("pairs", || {
                        let body = black_box(&request.body);
                        request.webhook.verify(black_box(&pairs), body).is_ok()
                    }),
                ]);
                let (hash, ours) = (measured.time[0], measured.time[1]);
                println!("{name}, {size}: {ours:.0} ns, the hash alone {hash:.0} ns");
                self.at_most(
                    &format!("{name}, {size}, HeaderMap"),
                    measured.ratio[1],
                    limit,
                );
                self.at_most(&format!("{name}, {size}, pairs"), measured.ratio[2], limit);
            }
        }
    }

    /// Measures the parts that every check needs, each with its library, and their sum:
    /// no verifier based on these libraries can be faster.
    fn parts(&mut self) {
        println!("\n== standard-webhooks, HeaderMap: the parts alone, of the bare HMAC\n");
        let prepared = Hmac::<Sha256>::new_from_slice(&SECRET).unwrap();
        let names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
        let names = names.map(http::HeaderName::from_static);
        for (length, size) in [(64, "64 B"), (1 << 10, "1 KiB")] {
            let request = standard_webhooks(length);
            let value = |name: &http::HeaderName| request.headers[name].as_bytes();
            let (id, timestamp, signature) = (value(&names[0]), value(&names[1]), value(&names[2]));
            let measured = self.measure(&mut [
                contestant("hmac", || raw(&prepared, &request.message)),
                contestant("HMAC of the message in its five parts", || {
                    let mut mac = prepared.clone();
                    for part in [id, b".", timestamp, b".", &request.body] {
                        mac.update(black_box(part));
                    }
                    black_box(mac.finalize().into_bytes());
                    true
                }),
                contestant("three look-ups by prepared names", || {
                    let found = |name| black_box(&request.headers).get(name).is_some();
                    names.iter().all(found)
                }),
                contestant("the system clock", || {
                    let now = std::time::SystemTime::now();
                    black_box(now.duration_since(std::time::UNIX_EPOCH)).is_ok()
                }),
                contestant("base64 of a tag", || {
                    let mut tag = [0; 33];
                    STANDARD.decode_slice(black_box(&signature[3..]), &mut tag) == Ok(32)
                }),
                contestant("verify", || verify(&request)),
            ]);
            let names = [
                "HMAC of the message in its five parts",
                "three look-ups by prepared names",
                "the system clock",
                "base64 of a tag",
            ];
            let mut sum = 0.0;
            for (name, ratio) in names.into_iter().zip(&measured.ratio[1..]) {
                sum += ratio;
                println!("{:44} {ratio:6.2}x", format!("{name}, {size}"));
            }
            println!("{:44} {sum:6.2}x", format!("their sum, {size}"));
            println!(
                "{:44} {:6.2}x",
                format!("verify, {size}"),
                measured.ratio[5]
            );
        }
    }

    fn peers(&mut self) {
        println!("\n== Standard Webhooks, the same requests: how much longer the peers take\n");
        let peers = Peers::new();
        for (length, size) in SIZES {
            let request = standard_webhooks(length);
            let mut contestants = vec![contestant("hookseal", || verify(&request))];
            contestants.extend(peers.contestants(&request));
            let measured = self.measure(&mut contestants);
            let limits = match length {
                64 => [None, None, Some(2.0)],
                1024 => [Some(5.0), Some(5.0), Some(1.45)],
                1_048_576 => [Some(5.5), Some(5.5), None],
                _ => [None; 3],
            };
            let names = ["standardwebhooks", "svix", "webhook-verify"];
            for ((name, limit), ratio) in names.into_iter().zip(limits).zip(&measured.ratio[1..]) {
                let what = format!("{name}, {size}");
                match limit {
                    Some(limit) => self.at_least(&what, *ratio, limit),
                    None => println!("{what:44} {ratio:6.2}x"),
                }
            }
        }
    }

    /// Measures what [`Report::peers`] compares at more sizes, in units of the bare hash.
    fn curve(&mut self) {
        println!(
            "\n== Standard Webhooks by size of the body, of the bare HMAC of the same bytes\n"
        );
        let prepared = Hmac::<Sha256>::new_from_slice(&SECRET).unwrap();
        let peers = Peers::new();
        let mut points = Vec::new();
        for (size, label) in BODY_SIZE.x_ticks {
            let request = standard_webhooks(*size as usize);
            let mut contestants = vec![
                contestant("bare", || raw(&prepared, &request.message)),
                contestant("hookseal", || verify(&request)),
            ];
            contestants.extend(peers.contestants(&request));
            let measured = self.measure(&mut contestants);
            for (contestant, ratio) in contestants.iter().zip(&measured.ratio).skip(1) {
                let name = contestant.name;
                println!("{:44} {ratio:6.2}x", format!("{name}, {label}"));
                points.push((name.to_owned(), *size, *ratio));
            }
        }
        self.keep(&BODY_SIZE, &points);
    }

    fn primitives(&mut self) {
        println!("\n== the limit: other implementations of HMAC-SHA256, of ours (hmac)\n");
        let ours = Hmac::<Sha256>::new_from_slice(&SECRET).unwrap();
        let ring = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &SECRET);
        let aws = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &SECRET);
        for (length, size) in SIZES {
            let message = body(length);
            let mac = |message: &[u8]| ours.clone().chain_update(message).finalize();
            let tag = mac(&message);
            let same = |bytes: &[u8]| bytes == tag.as_bytes().as_slice();
            let measured = self.measure(&mut [
                contestant("hmac", || mac(black_box(&message)) == tag),
                contestant("ring", || {
                    same(ring::hmac::sign(&ring, black_box(&message)).as_ref())
                }),
                contestant("aws-lc-rs", || {
                    same(aws_lc_rs::hmac::sign(&aws, black_box(&message)).as_ref())
                }),
            ]);
            println!("{:44} {:6.2}x", format!("ring, {size}"), measured.ratio[1]);
            println!(
                "{:44} {:6.2}x",
                format!("aws-lc-rs, {size}"),
                measured.ratio[2]
            );
        }
    }

    fn ed25519(&mut self) {
        println!("\n== standard-webhooks, v1a: of ring's Ed25519 over the message in one piece\n");
        let signing = SigningKey::from_seed(&SECRET).unwrap();
        let key = *signing.public_key().as_bytes();
        let ring = ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, key);
        let dalek = ed25519_dalek::VerifyingKey::from_bytes(&key).unwrap();
        for (length, size) in SIZES {
            let (mac, request) = (standard_webhooks(length), v1a(length));
            let message = &request.message;
            let signature: [u8; 64] = signing.sign(&[message]).as_bytes().try_into().unwrap();
            let wrong = with_wrong_signatures(&request, 1);
            let measured = self.measure(&mut [
                contestant("ring", || {
                    ring.verify(black_box(message), black_box(&signature))
                        .is_ok()
                }),
                contestant("dalek", || {
                    let signature = black_box(&signature).into();
                    dalek.verify_strict(black_box(message), &signature).is_ok()
                }),
                contestant("verified", || verify(&request)),
                contestant("refused", || mismatched(&request, &wrong)),
                contestant("mac", || verify(&mac)),
            ]);
            let names = [
                "ed25519-dalek, verify_strict",
                "hookseal, verified",
                "hookseal, a wrong signature",
            ];
            for (place, name) in (1..).zip(names) {
                let (ratio, time) = (measured.ratio[place], measured.time[place]);
                println!(
                    "{:44} {ratio:6.2}x  {time:10.0} ns",
                    format!("{name}, {size}")
                );
            }
            let (of_dalek, of_mac) = (
                measured.ratio[2] / measured.ratio[1],
                measured.ratio[2] / measured.ratio[4],
            );
            self.at_most(
                &format!("hookseal of verify_strict, {size}"),
                of_dalek,
                1.05,
            );
            println!(
                "{:44} {of_mac:6.1}x",
                format!("hookseal, v1a of v1, {size}")
            );
        }

        // The most expensive request: of such a long list, the first eight are tried.
        let request = v1a(1 << 10);
        let most = with_wrong_signatures(&request, 32);
        let measured = self.measure(&mut [
            contestant("verified", || verify(&request)),
            contestant("refused", || mismatched(&request, &most)),
        ]);
        self.at_most(
            "32 wrong signatures of a verified 1 KiB",
            measured.ratio[1],
            8.0,
        );
    }

    fn refusals(&mut self) {
        let without = |name: &str, mut headers: HeaderMap| {
            headers.remove(name);
            headers
        };
        let with = |name: &'static str, value: &str, mut headers: HeaderMap| {
            headers.insert(name, value.parse().unwrap());
            headers
        };
        let timed = standard_webhooks(64);
        let named = pomelo(64);
        let (timed, named) = (&timed, &named);
        println!("\n== refusals: of a verified request of 1 KiB, and 10 MiB of 64 B\n");
        self.refused(
            &standard_webhooks(1 << 10),
            0.25,
            &[
                (
                    "a missing header",
                    timed,
                    without("webhook-signature", timed.headers.clone()),
                    |error| matches!(error, VerifyError::MissingHeader { .. }),
                ),
                (
                    "a malformed signature",
                    timed,
                    with("webhook-signature", "v1,AAAA", timed.headers.clone()),
                    |error| matches!(error, VerifyError::MalformedSignature { .. }),
                ),
                (
                    "a stale timestamp",
                    timed,
                    with("webhook-timestamp", "1600000000", timed.headers.clone()),
                    |error| matches!(error, VerifyError::TimestampTooOld { .. }),
                ),
                (
                    "an unknown key id",
                    named,
                    with("x-api-key", "unknown", named.headers.clone()),
                    |error| matches!(error, VerifyError::UnknownKeyId { .. }),
                ),
            ],
        );
        println!("\n== the same of v1a, before any arithmetic on the curve\n");
        let signed = v1a(64);
        let signed = &signed;
        let list = |count: usize| vec!["v1a,AAAA"; count].join(" ");
        let malformed: Is = |error| matches!(error, VerifyError::MalformedSignature { .. });
        self.refused(
            &v1a(1 << 10),
            0.05,
            &[
                (
                    "32 malformed entries",
                    signed,
                    with("webhook-signature", &list(32), signed.headers.clone()),
                    malformed,
                ),
                (
                    "33 entries",
                    signed,
                    with("webhook-signature", &list(33), signed.headers.clone()),
                    malformed,
                ),
                (
                    "33 signatures",
                    signed,
                    with_wrong_signatures(signed, 33),
                    malformed,
                ),
                (
                    "a stale timestamp",
                    signed,
                    with("webhook-timestamp", "1600000000", signed.headers.clone()),
                    |error| matches!(error, VerifyError::TimestampTooOld { .. }),
                ),
            ],
        );
    }

    fn refused(
        &mut self,
        verified: &Request,
        limit: f64,
        cases: &[(&str, &Request, HeaderMap, Is)],
    ) {
        let (small, large) = (body(64), body(10 << 20));
        for (name, request, headers, is) in cases {
            let refuse = |body: &[u8]| {
                let verdict = request.webhook.verify(black_box(headers), black_box(body));
                verdict.is_err_and(|error| is(&error))
            };
            let measured = self.measure(&mut [
                contestant("verified", || verify(verified)),
                contestant("refused", || refuse(&small)),
            ]);
            self.at_most(
                &format!("{name}, of a verified 1 KiB"),
                measured.ratio[1],
                limit,
            );
            let measured = self.measure(&mut [
                contestant("64 B", || refuse(&small)),
                contestant("10 MiB", || refuse(&large)),
            ]);
            self.at_most(&format!("{name}, 10 MiB of 64 B"), measured.ratio[1], 1.05);
        }
    }

    fn lists_and_keys(&mut self) {
        println!("\n== signatures and keys\n");
        let request = standard_webhooks(1 << 20);
        let wrong = |count: u8| -> HeaderMap {
            let entry = |n| format!("v1,{}", wrong_tag(n));
            let list: Vec<String> = (0..count).map(entry).collect();
            let mut headers = request.headers.clone();
            headers.insert("webhook-signature", list.join(" ").parse().unwrap());
            headers
        };
        let (one, many) = (wrong(1), wrong(32));
        let refuse = |headers: &HeaderMap| {
            let verdict = request
                .webhook
                .verify(black_box(headers), black_box(&request.body));
            verdict == Err(VerifyError::SignatureMismatch)
        };
        let measured = self.measure(&mut [
            contestant("one", || refuse(&one)),
            contestant("32", || refuse(&many)),
        ]);
        self.at_most("32 wrong signatures of one, 1 MiB", measured.ratio[1], 1.02);

        for (length, size) in SIZES {
            let request = standard_webhooks(length);
            let other = || Key::from_bytes([1; 32]).unwrap();
            let of = |keys: [Key; 2]| Webhook::new(schemes::STANDARD_WEBHOOKS, keys).unwrap();
            let (first, second) = (of([key(), other()]), of([other(), key()]));
            let accept = |webhook: &Webhook| {
                let body = black_box(&request.body);
                webhook.verify(black_box(&request.headers), body).is_ok()
            };
            let measured = self.measure(&mut [
                contestant("one key", || verify(&request)),
                contestant("second matches", || accept(&second)),
                contestant("first matches", || accept(&first)),
            ]);
            self.at_most(
                &format!("two keys, the second matches, {size}"),
                measured.ratio[1],
                2.05,
            );
            // Equal except for noise.
            self.at_most(
                &format!("two keys, the first matches, {size}"),
                measured.ratio[2],
                1.02,
            );
        }
    }

    fn threads(&mut self) {
        println!("\n== one webhook shared by threads, without locks\n");
        let request = standard_webhooks(1 << 10);
        let span = Duration::from_millis(if self.short { 1 } else { 300 });
        let turns = if self.short { 1 } else { 7 };
        let verified_by = |threads: usize| -> u64 {
            let count = || {
                let start = Instant::now();
                let mut count = 0;
                while start.elapsed() < span {
                    for _ in 0..100 {
                        count += u64::from(verify(&request));
                    }
                }
                count
            };
            std::thread::scope(|scope| {
                let threads: Vec<_> = (0..threads).map(|_| scope.spawn(count)).collect();
                threads
                    .into_iter()
                    .map(|thread| thread.join().unwrap())
                    .sum()
            })
        };
        let mut ratios: Vec<f64> = (0..turns)
            .map(|_| {
                let one = verified_by(1);
                verified_by(2) as f64 / one as f64
            })
            .collect();
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let ratio = median(&mut ratios);
        self.at_least(
            &format!("throughput of 2 threads of 1, {cores} cores"),
            ratio,
            1.9,
        );
    }

    /// Measures times in units of the first row.
    fn growth(&mut self) {
        println!(
            "\n== how it grows: standard-webhooks, of one key, one signature, 10 headers, 1 KiB\n"
        );
        let base = standard_webhooks(1 << 10);
        let row = |what: &str, ratio: f64, time: f64| {
            println!("{what:44} {ratio:6.2}x  {time:10.0} ns");
        };
        for length in [0, 64, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 1 << 20] {
            let request = standard_webhooks(length);
            let measured = self.measure(&mut [
                contestant("base", || verify(&base)),
                contestant("body", || verify(&request)),
            ]);
            row(
                &format!("body of {length} B"),
                measured.ratio[1],
                measured.time[1],
            );
        }
        let mut points = Vec::new();
        for count in [1, 2, 4, 8] {
            let other = |n| Key::from_bytes([n; 32]).unwrap();
            let mut keys: Vec<Key> = (1..count).map(other).collect();
            keys.push(key());
            let webhook = Webhook::new(schemes::STANDARD_WEBHOOKS, keys).unwrap();
            let measured = self.measure(&mut [
                contestant("base", || verify(&base)),
                contestant("keys", || webhook.verify(&base.headers, &base.body).is_ok()),
            ]);
            row(
                &format!("{count} keys, the last matches"),
                measured.ratio[1],
                measured.time[1],
            );
            points.push(("keys tried".to_owned(), count.into(), measured.ratio[1]));
        }
        let good = base.headers["webhook-signature"].to_str().unwrap();
        for count in [1_u8, 2, 8, 32] {
            let entry = |n| format!("v1,{} ", wrong_tag(n));
            let list: String = (1..count).map(entry).collect::<String>() + good;
            let mut headers = base.headers.clone();
            headers.insert("webhook-signature", list.parse().unwrap());
            let measured = self.measure(&mut [
                contestant("base", || verify(&base)),
                contestant("signatures", || {
                    base.webhook.verify(&headers, &base.body).is_ok()
                }),
            ]);
            row(
                &format!("{count} signatures"),
                measured.ratio[1],
                measured.time[1],
            );
            points.push((
                "signatures listed".to_owned(),
                count.into(),
                measured.ratio[1],
            ));
        }
        self.keep(&ROTATION, &points);
        for count in [3, 10, 30, 100] {
            let mut map = HeaderMap::new();
            for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
                map.insert(name, base.headers[name].clone());
            }
            for n in 3..count {
                let name: http::HeaderName = format!("x-header-{n}").parse().unwrap();
                map.insert(name, "value".parse().unwrap());
            }
            let pairs: Vec<(&str, &[u8])> = map
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_bytes()))
                .collect();
            let measured = self.measure(&mut [
                contestant("base", || verify(&base)),
                contestant("map", || base.webhook.verify(&map, &base.body).is_ok()),
                contestant("pairs", || base.webhook.verify(&pairs, &base.body).is_ok()),
            ]);
            row(
                &format!("{count} headers, HeaderMap"),
                measured.ratio[1],
                measured.time[1],
            );
            row(
                &format!("{count} headers, pairs"),
                measured.ratio[2],
                measured.time[2],
            );
        }
    }

    fn sizes(&mut self) {
        println!("\n== memory, in bytes; the prepared keys are held once, outside\n");
        let of = |what: &str, size: usize| println!("{what:44} {size:6}");
        of("a key, not yet prepared", size_of::<Key>());
        of("a public key", size_of::<PublicKey>());
        of("a webhook", size_of::<Webhook>());
        of("a verification", size_of::<Verification<'_>>());
        of("the place for its running MACs", size_of::<HashState>());
        of("a proof", size_of::<Verified<'_>>());
    }
}

/// Returns the text of a tag that no request has.
fn wrong_tag(byte: u8) -> String {
    let tag = Signature::from_bytes(Algorithm::HmacSha256, &[byte; 32]).unwrap();
    Encoding::Base64.encode(&tag)
}
