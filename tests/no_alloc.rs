//! Nothing is allocated between the headers and the verdict, whatever it is.

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use common::*;
use hookseal::schemes::{Pomelo, StandardWebhooks};
use hookseal::{FixedClock, Headers, Key, Verifier};

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
    static BYTES: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: hands everything on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        BYTES.set(BYTES.get() + layout.size());
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        BYTES.set(BYTES.get() + size);
        // SAFETY: the caller's promise.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = ALLOCATIONS.get();
    let result = work();
    (result, ALLOCATIONS.get() - before)
}

#[test]
fn allocations_are_counted() {
    let (_, count) = allocations(|| vec![1_u8]);
    assert_eq!(count, 1);
}

/// Whole and in chunks; the number of allocations of both.
fn check(verifier: &dyn Verifier, headers: &dyn Headers, body: &[u8]) -> (bool, usize) {
    let (whole, of_whole) = allocations(|| verifier.verify(headers, body).is_ok());
    let (streamed, of_streamed) = allocations(|| {
        verifier
            .begin(headers)
            .and_then(|mut check| {
                body.chunks(7).for_each(|chunk| check.update(chunk));
                check.finish()
            })
            .is_ok()
    });
    assert_eq!(whole, streamed);
    (whole, of_whole + of_streamed)
}

#[test]
fn accepted_requests() {
    for genuine in all() {
        assert_eq!(
            check(&genuine.verifier, &genuine.headers, genuine.body),
            (true, 0)
        );
    }
}

#[test]
fn refused_requests() {
    for genuine in all() {
        assert_eq!(
            check(&genuine.verifier, &genuine.headers, b"other"),
            (false, 0)
        );
        for place in 0..genuine.headers.len() {
            let (name, value) = genuine.headers[place].clone();
            let mut missing = genuine.headers.clone();
            missing.remove(place);
            let mut repeated = genuine.headers.clone();
            repeated.push((name.clone(), value));
            let mut requests = vec![missing, repeated];
            for other in [
                "",
                " ",
                "x",
                "-1",
                "0",
                "9999999999999999999",
                "a.b",
                "v1,",
                &"v1, ".repeat(99),
            ] {
                requests.push(genuine.with(&name, other));
            }
            for request in requests {
                assert_eq!(check(&genuine.verifier, &request, genuine.body), (false, 0));
            }
        }
    }
}

#[test]
fn lists_rotation_and_configured_names() {
    let keys = || ["a", "b", "c"].map(|text| Key::from_text(text).unwrap().with_id(text));
    let clock = FixedClock::at(SIGNED_AT);
    let verifier = StandardWebhooks::new(keys())
        .with_clock(clock)
        .with_header_prefix("brand")
        .unwrap();
    let signed = verifier.sign("msg_1", SIGNED_AT, b"{}").unwrap();
    assert_eq!(check(&verifier, &signed, b"{}"), (true, 0));
    assert_eq!(check(&verifier, &signed, b"x"), (false, 0));
    // The error names a header whose name was made at run time: in a verifier
    // that has named it before, and in one that has not.
    assert_eq!(check(&verifier, &[("brand-id", "x")], b"{}"), (false, 0));

    let fresh = StandardWebhooks::new(keys())
        .with_header_prefix("brand")
        .unwrap();
    let (refused, count) = allocations(|| fresh.verify(&[("host", "x")], b"{}").is_err());
    assert_eq!((refused, count), (true, 0));

    let verifier = Pomelo::new(ENDPOINT, keys()).unwrap().with_clock(clock);
    let signed = verifier.sign("b", SIGNED_AT, b"{}").unwrap();
    assert_eq!(check(&verifier, &signed, b"{}"), (true, 0));
}

#[test]
fn headers_of_the_http_crate() {
    for genuine in all() {
        let headers: http::HeaderMap = genuine
            .headers
            .iter()
            .map(|(name, value)| {
                let name: http::HeaderName = name.parse().unwrap();
                (name, http::HeaderValue::from_bytes(value).unwrap())
            })
            .collect();
        assert_eq!(check(&genuine.verifier, &headers, genuine.body), (true, 0));
        assert_eq!(
            check(&genuine.verifier, &http::HeaderMap::new(), genuine.body),
            (false, 0)
        );
    }
}

/// Only a streamed body with Ed25519 pairs takes memory: once, and no more than
/// eight running checks, each of which is as large as is documented.
#[cfg(feature = "ed25519")]
#[test]
fn ed25519_pairs() {
    use hookseal::Keyring;
    use hookseal::ed25519::SigningKey;

    let signing = |seed| SigningKey::from_seed(&[seed; 32]);
    let at = |keys: Keyring| StandardWebhooks::new(keys).with_clock(FixedClock::at(SIGNED_AT));
    let body = [b'x'; 100];
    let mut signed = at([1, 2, 3, 4].map(signing).into())
        .sign("msg_1", SIGNED_AT, &body)
        .unwrap();
    let public = at(Keyring::from([4, 9].map(|seed| signing(seed).public_key())));
    assert_eq!(check(&public, &signed, &body), (true, 1));
    assert_eq!(check(&public, &signed, b"another body"), (false, 1));
    let macs = at(Key::from_text("k").unwrap().into());
    assert_eq!(check(&macs, &signed, &body), (false, 0));
    let both = Keyring::new([
        Keyring::from(Key::from_text("k").unwrap()),
        signing(1).public_key().into(),
    ]);
    let of_a_mac = macs.sign("msg_1", SIGNED_AT, &body).unwrap();
    assert_eq!(check(&at(both.unwrap()), &of_a_mac, &body), (true, 0));
    // More than are tried.
    let list = signed[2].1.clone();
    signed[2].1 = format!("{list} {list}");
    let before = BYTES.get();
    assert_eq!(check(&public, &signed, &body), (true, 1));
    let taken = BYTES.get() - before;
    assert!(taken <= 8 * 576, "{taken}");
}
