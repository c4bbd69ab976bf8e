//! `cargo bench`: each scheme by body size, whole and in chunks, accepted and
//! refused; rotation; signing; with the feature `ed25519`, `v1a` as well.
//!
//! The comparison with other crates is the separate package `benches/peers`.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use hookseal::clock::FixedClock;
use hookseal::scheme::{Scheme, SignedHeaders};
use hookseal::verification::HashState;
use hookseal::{Key, Keys, Message, Webhook, schemes};

const NOW: u64 = 1_700_000_000;
const SIZES: [usize; 4] = [64, 1 << 10, 16 << 10, 1 << 20];

fn key() -> Key {
    Key::from_bytes([0x5a; 32]).unwrap().with_id("key")
}

fn webhook(scheme: Scheme<'_>, keys: impl Into<Keys>) -> Webhook {
    let webhook = Webhook::new(scheme, keys).unwrap();
    webhook.with_clock(FixedClock::at(NOW))
}

fn webhooks() -> [Webhook; 5] {
    [
        schemes::PAMINGA,
        schemes::PAKK,
        schemes::STANDARD_WEBHOOKS,
        schemes::HUBPAY,
        schemes::POMELO.at("/transactions/authorizations"),
    ]
    .map(|scheme| webhook(scheme, key()))
}

fn message(body: &[u8]) -> Message<'_> {
    Message::new(body)
        .with_id("msg_2KWPBgLlAfxdpx2AI54pPJ85f4W")
        .with_key_id("key")
}

fn in_chunks(webhook: &Webhook, headers: &SignedHeaders, body: &[u8], size: usize) -> bool {
    let mut state = HashState::new();
    let mut check = webhook.begin(headers, &mut state).unwrap();
    body.chunks(size).for_each(|chunk| check.update(chunk));
    check.finish().is_ok()
}

fn verify(criterion: &mut Criterion) {
    for webhook in webhooks() {
        let mut group = criterion.benchmark_group(webhook.scheme());
        for size in SIZES {
            let body = vec![b'x'; size];
            let headers = webhook.sign(&message(&body)).unwrap();
            let mut forged = body.clone();
            forged[0] ^= 1;
            let unsigned: [(&str, &str); 0] = [];
            group.throughput(Throughput::Bytes(u64::try_from(size).unwrap()));
            group.bench_function(BenchmarkId::new("accepted", size), |bencher| {
                bencher.iter(|| {
                    webhook
                        .verify(black_box(&headers), black_box(&body))
                        .is_ok()
                });
            });
            group.bench_function(BenchmarkId::new("forged", size), |bencher| {
                bencher.iter(|| {
                    webhook
                        .verify(black_box(&headers), black_box(&forged))
                        .is_err()
                });
            });
            group.bench_function(BenchmarkId::new("unsigned", size), |bencher| {
                bencher.iter(|| {
                    webhook
                        .verify(black_box(&unsigned), black_box(&body))
                        .is_err()
                });
            });
            for chunk in [1 << 10, 16 << 10] {
                let id = BenchmarkId::new(format!("chunks of {chunk}"), size);
                group.bench_function(id, |bencher| {
                    bencher.iter(|| in_chunks(&webhook, black_box(&headers), &body, chunk));
                });
            }
        }
    }
}

fn rotation(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("rotation");
    let body = vec![b'x'; 1 << 10];
    let of = |keys: Vec<Key>| webhook(schemes::STANDARD_WEBHOOKS, keys);
    let headers = of(vec![key()]).sign(&message(&body)).unwrap();
    for count in [1, 2, 4] {
        let others = || (1..count).map(|n| Key::from_bytes([n; 32]).unwrap());
        let first = of([key()].into_iter().chain(others()).collect());
        let last = of(others().chain([key()]).collect());
        for (name, webhook) in [("first matches", first), ("last matches", last)] {
            group.bench_function(BenchmarkId::new(name, count), |bencher| {
                bencher.iter(|| {
                    webhook
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
    for webhook in webhooks() {
        group.bench_function(webhook.scheme(), |bencher| {
            bencher.iter(|| webhook.sign(black_box(&message(&body))).is_ok());
        });
    }
}

/// Benchmarks Standard Webhooks' `v1a`.
#[cfg(feature = "ed25519")]
fn v1a(criterion: &mut Criterion) {
    use hookseal::ed25519::SigningKey;

    let signing = SigningKey::from_seed(&[0x5a; 32]).unwrap();
    let receiver = webhook(schemes::STANDARD_WEBHOOKS, signing.public_key());
    let sender = webhook(schemes::STANDARD_WEBHOOKS, signing);
    let mut group = criterion.benchmark_group("standard-webhooks v1a");
    for size in SIZES {
        let body = vec![b'x'; size];
        let headers = sender.sign(&message(&body)).unwrap();
        let mut forged = body.clone();
        forged[0] ^= 1;
        group.throughput(Throughput::Bytes(u64::try_from(size).unwrap()));
        group.bench_function(BenchmarkId::new("accepted", size), |bencher| {
            bencher.iter(|| {
                receiver
                    .verify(black_box(&headers), black_box(&body))
                    .is_ok()
            });
        });
        group.bench_function(BenchmarkId::new("forged", size), |bencher| {
            bencher.iter(|| {
                receiver
                    .verify(black_box(&headers), black_box(&forged))
                    .is_err()
            });
        });
        let id = BenchmarkId::new("chunks of 16384", size);
        group.bench_function(id, |bencher| {
            bencher.iter(|| in_chunks(&receiver, black_box(&headers), &body, 16 << 10));
        });
        group.bench_function(BenchmarkId::new("signed", size), |bencher| {
            bencher.iter(|| sender.sign(black_box(&message(&body))).is_ok());
        });
    }
}

/// Does nothing without the feature.
#[cfg(not(feature = "ed25519"))]
fn v1a(_: &mut Criterion) {}

criterion_group!(benches, verify, rotation, signing, v1a);
criterion_main!(benches);
