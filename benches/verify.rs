//! `cargo bench`: each scheme by body size, whole and in chunks, accepted and
//! refused; rotation; signing; with the feature `ed25519`, `v1a` as well.
//!
//! The comparison with other crates is `benches/peers`, a package of its own.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use hookseal::schemes::{Hubpay, Pakk, Paminga, Pomelo, StandardWebhooks};
use hookseal::{FixedClock, Key, Keyring, Keys, Message, SignatureHeaders, Timestamp, Verifier};

const NOW: u64 = 1_700_000_000;
const SIZES: [usize; 4] = [64, 1 << 10, 16 << 10, 1 << 20];

fn key() -> Key {
    Key::from_bytes([0x5a; 32]).unwrap().with_id("key")
}

fn standard_webhooks(keys: impl Into<Keyring>) -> StandardWebhooks {
    StandardWebhooks::new(keys).with_clock(FixedClock::at(NOW))
}

fn schemes() -> [Box<dyn Verifier>; 5] {
    let pomelo = Pomelo::new("/transactions/authorizations", [key()]).unwrap();
    [
        Box::new(Paminga::new(key())),
        Box::new(Pakk::new(key())),
        Box::new(standard_webhooks(key())),
        Box::new(Hubpay::new(key())),
        Box::new(pomelo.with_clock(FixedClock::at(NOW))),
    ]
}

fn message(body: &[u8]) -> Message<'_> {
    let now = Timestamp::from_secs(NOW);
    Message::new(body)
        .with_id("msg_2KWPBgLlAfxdpx2AI54pPJ85f4W")
        .with_timestamp(now)
        .with_key_id("key")
}

fn in_chunks(
    verifier: &dyn Verifier,
    headers: &SignatureHeaders,
    body: &[u8],
    size: usize,
) -> bool {
    let mut check = verifier.begin(headers).unwrap();
    body.chunks(size).for_each(|chunk| check.update(chunk));
    check.finish().is_ok()
}

fn verify(criterion: &mut Criterion) {
    for verifier in schemes() {
        let mut group = criterion.benchmark_group(verifier.scheme());
        for size in SIZES {
            let body = vec![b'x'; size];
            let headers = verifier.sign_message(&message(&body)).unwrap();
            let mut forged = body.clone();
            forged[0] ^= 1;
            let unsigned = SignatureHeaders::new();
            group.throughput(Throughput::Bytes(u64::try_from(size).unwrap()));
            group.bench_function(BenchmarkId::new("accepted", size), |bencher| {
                bencher.iter(|| {
                    verifier
                        .verify(black_box(&headers), black_box(&body))
                        .is_ok()
                });
            });
            group.bench_function(BenchmarkId::new("forged", size), |bencher| {
                bencher.iter(|| {
                    verifier
                        .verify(black_box(&headers), black_box(&forged))
                        .is_err()
                });
            });
            group.bench_function(BenchmarkId::new("unsigned", size), |bencher| {
                bencher.iter(|| {
                    verifier
                        .verify(black_box(&unsigned), black_box(&body))
                        .is_err()
                });
            });
            for chunk in [1 << 10, 16 << 10] {
                let id = BenchmarkId::new(format!("chunks of {chunk}"), size);
                group.bench_function(id, |bencher| {
                    bencher.iter(|| in_chunks(&verifier, black_box(&headers), &body, chunk));
                });
            }
        }
    }
}

fn rotation(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("rotation");
    let body = vec![b'x'; 1 << 10];
    let headers = standard_webhooks(key())
        .sign_message(&message(&body))
        .unwrap();
    for count in [1, 2, 4] {
        let others = || (1..count).map(|n| Key::from_bytes([n; 32]).unwrap());
        let first = standard_webhooks(Keys::new([key()].into_iter().chain(others())).unwrap());
        let last = standard_webhooks(Keys::new(others().chain([key()])).unwrap());
        for (name, verifier) in [("first matches", first), ("last matches", last)] {
            group.bench_function(BenchmarkId::new(name, count), |bencher| {
                bencher.iter(|| {
                    verifier
                        .verify(black_box(&headers), black_box(&body))
                        .is_ok()
                });
            });
        }
    }
}

fn signing(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("signing");
    let body = vec![b'x'; 1 << 10];
    for verifier in schemes() {
        group.bench_function(verifier.scheme(), |bencher| {
            bencher.iter(|| verifier.sign_message(black_box(&message(&body))).is_ok());
        });
    }
}

/// Standard Webhooks' `v1a`.
#[cfg(feature = "ed25519")]
fn v1a(criterion: &mut Criterion) {
    use hookseal::ed25519::SigningKey;

    let now = FixedClock::at(NOW);
    let signing = SigningKey::from_seed(&[0x5a; 32]);
    let verifier = StandardWebhooks::new(signing.public_key()).with_clock(now);
    let sender = StandardWebhooks::new(signing).with_clock(now);
    let mut group = criterion.benchmark_group("standard-webhooks v1a");
    for size in SIZES {
        let body = vec![b'x'; size];
        let headers = sender.sign_message(&message(&body)).unwrap();
        let mut forged = body.clone();
        forged[0] ^= 1;
        group.throughput(Throughput::Bytes(u64::try_from(size).unwrap()));
        group.bench_function(BenchmarkId::new("accepted", size), |bencher| {
            bencher.iter(|| {
                verifier
                    .verify(black_box(&headers), black_box(&body))
                    .is_ok()
            });
        });
        group.bench_function(BenchmarkId::new("forged", size), |bencher| {
            bencher.iter(|| {
                verifier
                    .verify(black_box(&headers), black_box(&forged))
                    .is_err()
            });
        });
        let id = BenchmarkId::new("chunks of 16384", size);
        group.bench_function(id, |bencher| {
            bencher.iter(|| in_chunks(&verifier, black_box(&headers), &body, 16 << 10));
        });
        group.bench_function(BenchmarkId::new("signed", size), |bencher| {
            bencher.iter(|| sender.sign_message(black_box(&message(&body))).is_ok());
        });
    }
}

/// Without the feature there is none.
#[cfg(not(feature = "ed25519"))]
fn v1a(_: &mut Criterion) {}

criterion_group!(benches, verify, rotation, signing, v1a);
criterion_main!(benches);
