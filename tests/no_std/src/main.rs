//! Tests every scheme, whole and streamed, in a program without `std`. It has its own
//! panic handler; the second one that `std` would bring would not compile (E0152). It
//! links the C library, for its start and for memory.
//!
//! The exit status is the number of the scheme that failed, counted from 1, or 0. The
//! requests are those of `hookseal_testing::genuine`.

#![no_std]
#![no_main]

extern crate alloc;

use alloc::boxed::Box;
use core::alloc::{GlobalAlloc, Layout};
use core::error::Error;
use core::ffi::c_int;
use core::panic::PanicInfo;

use hookseal::clock::FixedClock;
use hookseal::ed25519::SigningKey;
use hookseal::verification::HashState;
use hookseal::{Key, Message, VerifyError, Webhook, schemes};

#[unsafe(no_mangle)]
extern "C" fn main() -> c_int {
    let schemes = [paminga, pakk, hubpay, standard_webhooks, pomelo, ed25519];
    let failed = (1..)
        .zip(schemes)
        .find(|(_, passes)| !matches!(passes(), Ok(true)));
    failed.map_or(0, |(number, _)| number)
}

type Outcome = Result<bool, Box<dyn Error>>;

const SECRET: &str = "your-shared-secret";
const BODY: &[u8] = br#"{"n":0}"#;
const HEX: &str = "414b026d909e9620db4bdf4ff17612b6b005fab9fbe6431b3d78c2fe02c78400";
const BASE64: &str = "QUsCbZCeliDbS99P8XYStrAF+rn75kMbPXjC/gLHhAA=";

fn paminga() -> Outcome {
    let headers = [("X-Paminga-Signature", HEX)];
    let webhook = Webhook::new_with_clock(schemes::PAMINGA, SECRET, FixedClock::at(0))?;
    check(&webhook, &headers, &Message::new(BODY))
}

fn pakk() -> Outcome {
    let headers = [("X-Pakk-Webhook-Signature", BASE64)];
    let webhook = Webhook::new_with_clock(schemes::PAKK, SECRET, FixedClock::at(0))?;
    check(&webhook, &headers, &Message::new(BODY))
}

fn hubpay() -> Outcome {
    let headers = [("X-Hubpay-Hmac", HEX)];
    let webhook = Webhook::new_with_clock(schemes::HUBPAY, SECRET, FixedClock::at(0))?;
    check(&webhook, &headers, &Message::new(BODY))
}

fn standard_webhooks() -> Outcome {
    let secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    let id = "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk";
    let headers = [
        ("webhook-id", id),
        ("webhook-timestamp", "1649367553"),
        (
            "webhook-signature",
            "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
        ),
    ];
    let message = Message::new(br#"{"email":"test@example.com","username":"test_user"}"#)
        .with_id(id)
        .with_timestamp(1_649_367_553);
    let clock = FixedClock::at(1_649_367_553);
    let now = Webhook::new_with_clock(schemes::STANDARD_WEBHOOKS, secret, clock)?;
    let passed = check(&now, &headers, &message)?;
    let late = now.with_clock(FixedClock::at(1_649_367_553 + 301));
    let too_old = late.verify(&headers, message.body());
    Ok(passed && matches!(too_old, Err(VerifyError::TimestampTooOld { .. })))
}

fn pomelo() -> Outcome {
    let api_key = "Lp0g+cwb19eEfTn1YIOydEnqPcZOg8YxHctnMe+1cQA=";
    let endpoint = "/transactions/authorizations";
    let key = Key::from_base64("uC8fVXzXMyaw1PseV452i6ozQwIIa4olcSpjuvn5E4E=")?.with_id(api_key);
    let headers = [
        ("x-api-key", api_key),
        (
            "x-signature",
            "hmac-sha256 GK5zanHnJkfUWaKQfvZ3ETlFftVx3iWPLMb7mZhcI/E=",
        ),
        ("x-timestamp", "1674087231"),
        ("x-endpoint", endpoint),
    ];
    let message = Message::new(br#"{"transaction":{"id":"ctx-200kXoaEJLNzcsvNxY1pmBO7fEx","country_code":"ARG","type":"PURCHASE"},"amount":{"local":{"total":540.0,"currency":"ARS"}}}"#)
        .with_key_id(api_key)
        .with_timestamp(1_674_087_231);
    let clock = FixedClock::at(1_674_087_231);
    let now = Webhook::new_with_clock(schemes::POMELO.at(endpoint), key, clock)?;
    let passed = check(&now, &headers, &message)?;
    let late = now.with_clock(FixedClock::at(1_674_087_231 + 61));
    let too_old = late.verify(&headers, message.body());
    Ok(passed && matches!(too_old, Err(VerifyError::TimestampTooOld { .. })))
}

/// Checks the vector `v1a-known-answer-svix-server`.
fn ed25519() -> Outcome {
    let key = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==";
    let id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    let headers = [
        ("webhook-id", id),
        ("webhook-timestamp", "1614265330"),
        (
            "webhook-signature",
            "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==",
        ),
    ];
    let message = Message::new(br#"{"test": 2432232314}"#)
        .with_id(id)
        .with_timestamp(1_614_265_330);
    let key = SigningKey::from_base64(key)?;
    let clock = FixedClock::at(1_614_265_330);
    let webhook = Webhook::new_with_clock(schemes::STANDARD_WEBHOOKS, key, clock)?;
    check(&webhook, &headers, &message)
}

/// Checks that the request passes, whole and streamed, that it fails with one byte less,
/// and that signing makes its headers.
fn check(webhook: &Webhook, headers: &[(&str, &str)], message: &Message<'_>) -> Outcome {
    let body = message.body();
    let whole = webhook.verify(&headers, body)?.body() == body;
    let mut state = HashState::new();
    let mut streamed = webhook.begin(&headers, &mut state)?;
    body.chunks(3).for_each(|chunk| streamed.update(chunk));
    let streamed = streamed.finish()?.body_len() == body.len() as u64;

    let less = body.split_last().map_or(body, |(_, less)| less);
    let refused = webhook.verify(&headers, less) == Err(VerifyError::SignatureMismatch);

    let signed = webhook.sign(message)?;
    let same = signed.len() == headers.len()
        && headers
            .iter()
            .all(|&(name, value)| signed.get(name) == Some(value));
    Ok(whole && streamed && refused && same)
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    // SAFETY: ends the program, without preconditions.
    unsafe { abort() }
}

// The toolchain's `alloc` is built to unwind and refers to these two. With
// `panic = "abort"` nothing calls them.

#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}

#[unsafe(no_mangle)]
extern "C" fn _Unwind_Resume() {}

#[link(name = "c")]
unsafe extern "C" {
    fn abort() -> !;
    fn aligned_alloc(alignment: usize, size: usize) -> *mut u8;
    fn free(memory: *mut u8);
}

struct Memory;

// SAFETY: the C library's functions give the required guarantees.
unsafe impl GlobalAlloc for Memory {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // It requires a multiple of the alignment.
        let layout = layout.pad_to_align();
        // SAFETY: an alignment is a power of two.
        unsafe { aligned_alloc(layout.align(), layout.size()) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, _: Layout) {
        // SAFETY: the caller promises that it came from `alloc`.
        unsafe { free(memory) }
    }
}

#[global_allocator]
static MEMORY: Memory = Memory;
