//! Tests that nothing is allocated between the headers and the verdict, whatever it is.

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use common::*;
use hookseal::clock::FixedClock;
use hookseal::scheme::{Algorithm, Form, Part, Scheme, SecretForm};
use hookseal::verification::HashState;
use hookseal::{Head, Key, Message, RequestHead, Verifier, Webhook, schemes};
use hookseal_testing::samples;

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
    static BYTES: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: passes everything on to the system's allocator.
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

/// Checks a request whole and in chunks, and returns the number of allocations of both.
fn check(verifier: &dyn Verifier, head: &dyn RequestHead, body: &[u8]) -> (bool, usize) {
    let (whole, of_whole) = allocations(|| verifier.verify(head, body).is_ok());
    let (streamed, of_streamed) = allocations(|| {
        let mut state = HashState::new();
        verifier
            .begin(head, &mut state)
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
            check(&genuine.webhook, &genuine.headers, genuine.body),
            (true, 0)
        );
    }
}

#[test]
fn refused_requests() {
    for genuine in all() {
        assert_eq!(
            check(&genuine.webhook, &genuine.headers, b"other"),
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
                assert_eq!(check(&genuine.webhook, &request, genuine.body), (false, 0));
            }
        }
    }
}

#[test]
fn lists_rotation_and_configured_names() {
    let keys = || ["a", "b", "c"].map(|text| Key::from_text(text).unwrap().with_id(text));
    let clock = FixedClock::at(SIGNED_AT);
    let branded = schemes::STANDARD_WEBHOOKS.with_header_prefix("brand");
    let webhook = Webhook::new(branded, keys()).unwrap().with_clock(clock);
    let message = Message::new(b"{}").with_id("msg_1");
    let signed = webhook.sign(&message).unwrap();
    assert_eq!(check(&webhook, &signed, b"{}"), (true, 0));
    assert_eq!(check(&webhook, &signed, b"x"), (false, 0));
    // The error names a header whose name was created at run time: in a webhook
    // that has named it before, and in one that has not.
    assert_eq!(check(&webhook, &[("brand-id", "x")], b"{}"), (false, 0));

    let fresh = Webhook::new(branded, keys()).unwrap();
    let (refused, count) = allocations(|| fresh.verify(&[("host", "x")], b"{}").is_err());
    assert_eq!((refused, count), (true, 0));

    let pomelo = Webhook::new(schemes::POMELO.at(ENDPOINT), keys()).unwrap();
    let pomelo = pomelo.with_clock(clock);
    let signed = pomelo.sign(&Message::new(b"{}").with_key_id("b")).unwrap();
    assert_eq!(check(&pomelo, &signed, b"{}"), (true, 0));
}

/// The samples contain each part of the vocabulary: reading it needs no
/// allocation.
#[test]
fn whatever_a_scheme_reads() {
    let mut checked = 0;
    for scheme in samples::all() {
        let Some(webhook) = webhook_of(scheme) else {
            continue;
        };
        let others = [("x-topic", "orders"), ("content-type", "text/plain")];
        let message = Message::new(b"{}")
            .with_id("msg_1")
            .with_key_id("b")
            .with_request_line("POST", "/hooks?tenant=1")
            .with_headers(&others);
        let signed = webhook.sign(&message).unwrap();
        let pairs: Vec<(&str, &str)> = signed
            .iter()
            .map(|(name, value)| (name.as_str(), value))
            .collect();
        let is_ed25519 = |form: &Form<'_>| form.algorithm == Algorithm::Ed25519;
        let on = |headers: &dyn RequestHead, body| {
            let head = Head::new("POST", "/hooks?tenant=1", headers);
            check(&webhook, &head, body)
        };
        let name = scheme.name;
        // For a streamed body, an Ed25519 pair takes memory.
        let of_pairs = usize::from(scheme.forms.iter().all(is_ed25519));
        assert_eq!(on(&signed, b"{}"), (true, of_pairs), "{name}");
        assert_eq!(on(&signed, b"other"), (false, of_pairs), "{name}");
        assert_eq!(on(&[("host", "x")], b"{}"), (false, 0), "{name}");
        let allocated_for = |headers: &[(&str, &str)]| on(&headers, b"another").1;
        for place in 0..pairs.len() {
            let mut missing = pairs.clone();
            missing.remove(place);
            assert_eq!(allocated_for(&missing), 0, "{name}: {missing:?}");
            let mut repeated = pairs.clone();
            repeated.extend([pairs[place]; 20]);
            assert_eq!(allocated_for(&repeated), 0, "{name}: {repeated:?}");
            for other in ["", " ", "x", "0", "t=1,t=2", "x=,;y", &"v1=x,".repeat(99)] {
                let mut changed = pairs.clone();
                changed[place].1 = other;
                assert_eq!(allocated_for(&changed), 0, "{name}: {changed:?}");
            }
        }
        checked += 1;
    }
    // The samples and the catalogue without the schemes that use only SHA-1 or Ed25519.
    assert!(checked >= 14 + 92, "{checked}");
}

/// Creates a webhook of this scheme with a key that can sign; returns `None` if its
/// algorithm is not built in.
fn webhook_of(scheme: Scheme<'static>) -> Option<Webhook> {
    let scheme = match scheme.signed.contains(&Part::Endpoint) {
        true => scheme.at("/endpoint"),
        false => scheme,
    };
    let mut forms = scheme.forms.iter();
    if !forms.any(|form| form.algorithm.is_available()) {
        return None;
    }
    let key = match scheme.secret {
        SecretForm::PublicKeyHex | SecretForm::PublicKeyBase64 => {
            Key::from_base64("whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=").ok()?
        }
        _ => Key::from_bytes([7; 32]).unwrap(),
    };
    let webhook = Webhook::new(scheme, key.with_id("b")).unwrap();
    Some(webhook.with_clock(FixedClock::at(SIGNED_AT)))
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
        assert_eq!(check(&genuine.webhook, &headers, genuine.body), (true, 0));
        assert_eq!(
            check(&genuine.webhook, &http::HeaderMap::new(), genuine.body),
            (false, 0)
        );
    }
}

/// Only a streamed body with Ed25519 pairs takes memory: once, and no more than
/// eight running checks, each of which is as large as is documented.
#[cfg(feature = "ed25519")]
#[test]
fn ed25519_pairs() {
    use hookseal::Keys;
    use hookseal::ed25519::SigningKey;

    let signing = |seed| SigningKey::from_seed(&[seed; 32]).unwrap();
    let at = |keys: Keys| {
        let webhook = Webhook::new(schemes::STANDARD_WEBHOOKS, keys).unwrap();
        webhook.with_clock(FixedClock::at(SIGNED_AT))
    };
    let body = [b'x'; 100];
    let message = Message::new(&body).with_id("msg_1");
    let signed = at([1, 2, 3, 4].map(signing).into()).sign(&message).unwrap();
    let public = at([4, 9].map(|seed| signing(seed).public_key()).into());
    assert_eq!(check(&public, &signed, &body), (true, 1));
    assert_eq!(check(&public, &signed, b"another body"), (false, 1));
    let secret = || Key::from_text("k").unwrap();
    let macs = at(secret().into());
    assert_eq!(check(&macs, &signed, &body), (false, 0));
    let both = at([secret(), signing(1).public_key().into()].into());
    let of_a_mac = macs.sign(&message).unwrap();
    assert_eq!(check(&both, &of_a_mac, &body), (true, 0));
    // More than are tried.
    let mut signed: Vec<(String, String)> = signed
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_owned()))
        .collect();
    let list = signed[2].1.clone();
    signed[2].1 = format!("{list} {list}");
    let before = BYTES.get();
    assert_eq!(check(&public, &signed, &body), (true, 1));
    let taken = BYTES.get() - before;
    assert!(taken <= 8 * 576, "{taken}");
}
