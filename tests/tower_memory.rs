//! Tests how much of a body the layer holds: never more than it has read, and no copy
//! of a body that arrives in one piece.

#[path = "common/bodies.rs"]
mod bodies;
#[path = "common/time_limit.rs"]
mod time_limit;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::convert::Infallible;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bodies::*;
use bytes::Bytes;
use hookseal::tower::{VerifiedBody, VerifyLayer};
use hookseal::{Webhook, schemes};
use http::{Request, Response, StatusCode};
use http_body::Body;
use http_body_util::{BodyExt, Full};
use time_limit::time_limit;
use tower::{Layer, ServiceExt, service_fn};

struct Peak;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
    /// The bytes held since a request began.
    static GROWN: Cell<usize> = const { Cell::new(0) };
}

/// Counts bytes. A thread can free what another allocated, so the count may be negative.
fn count(taken: usize, given_back: usize) {
    HELD.set(HELD.get() + signed(taken) - signed(given_back));
    PEAK.set(PEAK.get().max(HELD.get()));
}

fn signed(size: usize) -> isize {
    isize::try_from(size).unwrap_or(isize::MAX)
}

// SAFETY: passes everything on to the system's allocator.
unsafe impl GlobalAlloc for Peak {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(0, layout.size());
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        GROWN.set(GROWN.get() + 1);
        // Counts old and new at once, as if nothing could grow in place.
        count(size, 0);
        count(0, layout.size());
        // SAFETY: the caller's promise.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Peak = Peak;

const LIMIT: usize = 1 << 20;
/// The boxed verification, headers, the response.
const OVERHEAD: isize = 16 << 10;

/// Returns the status, and the most bytes that were held at once in addition to earlier ones.
fn run(request: Request<impl Body<Error = BrokeOff> + Send + 'static>) -> (StatusCode, isize) {
    let before = HELD.get();
    PEAK.set(before);
    let response = response(request);
    (response.status(), PEAK.get() - before)
}

/// Responds with the verified bytes themselves.
fn response(request: Request<impl Body<Error = BrokeOff> + Send + 'static>) -> Response<Bytes> {
    let webhook = Webhook::new(schemes::PAMINGA, "your-shared-secret").unwrap();
    let service = VerifyLayer::new(webhook)
        .with_body_limit(LIMIT)
        .layer(service_fn(|request: Request<VerifiedBody>| {
            let body = request.into_body().into_proof().into_body();
            std::future::ready(Ok::<_, Infallible>(Response::new(body)))
        }));
    let mut response = pin!(service.oneshot(request));
    GROWN.set(0);
    loop {
        // It pauses by itself, and waits for nothing.
        let mut cx = Context::from_waker(Waker::noop());
        if let Poll::Ready(Ok(response)) = response.as_mut().poll(&mut cx) {
            return response;
        }
    }
}

/// Returns a body in one piece.
fn whole(bytes: Bytes) -> impl Body<Data = Bytes, Error = BrokeOff> + Send + 'static {
    Full::new(bytes).map_err(|never| match never {})
}

/// Returns a request signed with `openssl dgst -sha256 -hmac your-shared-secret`.
fn request<B>(signature: &str, body: B) -> Request<B> {
    let request = Request::post("/").header("x-paminga-signature", signature);
    request.body(body).unwrap()
}

/// 1 MiB of zeros.
const OF_ZEROS: &str = "2feef708686c4f63fb80b906e08e35f033e05f121b72e56f0f976a36476a0472";

#[test]
fn memory_is_counted() {
    let before = HELD.get();
    PEAK.set(before);
    let held = vec![0_u8; 1000];
    assert_eq!(HELD.get() - before, 1000);
    drop(held);
    assert_eq!((HELD.get(), PEAK.get() - before), (before, 1000));
}

#[test]
fn a_body_in_one_piece_is_not_copied() {
    let _limit = time_limit();
    let (status, peak) = run(request(OF_ZEROS, whole(vec![0; LIMIT].into())));
    assert_eq!(status, StatusCode::OK);
    assert!(peak < OVERHEAD, "{peak}");
}

/// In servers, chunks are pieces of a read buffer.
#[test]
fn a_short_body_keeps_nothing_else() {
    let _limit = time_limit();
    let before = HELD.get();
    let read_buffer = Bytes::from(vec![0; LIMIT]);
    let of_seven = "761f50a0a6e9dc99057aef8f280496d25af7ddaf49445374a48ee8b9ca1d7a38";
    let response = response(request(of_seven, whole(read_buffer.slice(..7))));
    drop(read_buffer);
    assert_eq!(response.body(), &[0; 7][..]);
    assert!(HELD.get() - before < OVERHEAD);
}

/// From 4 KiB on, a copy costs more than the read buffer that a piece keeps alive.
#[test]
fn a_body_of_4_kib_is_not_copied() {
    let _limit = time_limit();
    let read_buffer = Bytes::from(vec![0; LIMIT]);
    for (length, signature, copied) in [
        (
            4095,
            "7cf0bee8aa18ddeabc354538aca163f9f2e2a650e8aa4880c471f5fac59396db",
            true,
        ),
        (
            4096,
            "a5b6413584855db38d81b51f6685a19002dd0b38beec0e4adf34b28a03212f64",
            false,
        ),
    ] {
        let response = response(request(signature, whole(read_buffer.slice(..length))));
        assert_eq!(response.body().len(), length);
        assert_eq!(response.body().as_ptr() != read_buffer.as_ptr(), copied);
    }
}

/// The buffer has 8 KiB for the second chunk and 16 KiB for the third, which the fourth fills.
#[test]
fn a_buffer_that_is_full_has_not_grown_again() {
    let _limit = time_limit();
    let zeros = [0; 16_384];
    let signature = "76ee62027f102059e4042b1e8e41f0b5f5bdccdd0c4f6810b3c1b49e9e92e45d";
    let (status, _) = run(request(signature, Script::chunks(zeros.chunks(4096))));
    assert_eq!(status, StatusCode::OK);
    assert_eq!(GROWN.get(), 1);
}

#[test]
fn a_body_in_chunks_is_held_once_and_twice_while_the_buffer_grows() {
    let _limit = time_limit();
    for size in [1_000, 4_096, 300_000, LIMIT - 1] {
        let zeros = vec![0; LIMIT];
        let body = Script::chunks(zeros.chunks(size));
        let (status, peak) = run(request(OF_ZEROS, body));
        assert_eq!(status, StatusCode::OK);
        // Doubling: 1 MiB from 1000 bytes takes eleven steps.
        assert!(GROWN.get() < 20);
        // The script's own chunks were there before; one is in hand.
        assert!(peak < 2 * signed(LIMIT) + OVERHEAD, "{size}: {peak}");
    }
}

/// One piece, then an empty one, or a single byte.
#[test]
fn a_long_first_chunk_is_not_held_three_times() {
    let _limit = time_limit();
    let zeros = vec![0; LIMIT];
    for (first, wanted) in [(LIMIT, 0), (LIMIT - 1, 1), (LIMIT / 2, 1), (400_000, 1)] {
        let (start, end) = zeros.split_at(first);
        let body = Script::chunks([start, end]);
        let (status, peak) = run(request(OF_ZEROS, body));
        assert_eq!(status, StatusCode::OK);
        // The chunks themselves were there before.
        assert!(peak < wanted * signed(LIMIT) + OVERHEAD, "{first}: {peak}");
    }
}

#[test]
fn an_announced_length_reserves_nothing() {
    let _limit = time_limit();
    for length in [LIMIT, LIMIT - 1] {
        let mut sent = request(
            OF_ZEROS,
            Script::chunks([&b"0"[..], b"0"]).with_hint(length as u64),
        );
        let announced = length.to_string().parse().unwrap();
        sent.headers_mut().insert("content-length", announced);
        let (status, peak) = run(sent);
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(peak < OVERHEAD, "{peak}");
    }
}

#[test]
fn a_body_over_the_limit_is_not_held_beyond_it() {
    let _limit = time_limit();
    let zeros = vec![0; 4 * LIMIT];
    let (status, peak) = run(request(OF_ZEROS, Script::chunks(zeros.chunks(8_192))));
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(peak < 2 * signed(LIMIT) + OVERHEAD, "{peak}");
}
