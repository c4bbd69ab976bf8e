//! Schemes of one's own, against the public API alone: what the engine does
//! for them, and what it does not let them do.

use std::sync::Arc;

use hookseal::{
    Check, Claim, Encoding, Engine, FixedClock, HeaderName, Headers, Key, Message, Part,
    ReplayWindow, Signature, SignatureHeaders, SignedTimestamp, Tag, Timestamp, Verified, Verifier,
    VerifyError,
};

static TIME: HeaderName = HeaderName::from_static("x-time");
static ID: HeaderName = HeaderName::from_static("x-id");
static KEY: HeaderName = HeaderName::from_static("x-key");
static MAC: HeaderName = HeaderName::from_static("x-mac");

/// What a scheme's `claim` does with the headers' values.
type MakeClaim = for<'h> fn(Claim<'h>, SignedTimestamp<'h>, &'h [u8]) -> Claim<'h>;

/// `x-mac` is the hex of a MAC over what `make_claim` says.
#[derive(Debug)]
struct Custom {
    engine: Engine,
    make_claim: MakeClaim,
}

impl Verifier for Custom {
    fn scheme(&self) -> &'static str {
        "custom"
    }

    fn engine(&self) -> &Engine {
        &self.engine
    }

    fn claim<'h>(&'h self, headers: &'h dyn Headers) -> Result<Claim<'h>, VerifyError> {
        let time = SignedTimestamp::parse(headers.required(&TIME)?, &TIME)?;
        let id = headers.required(&ID)?;
        let tag = Tag::from_hex(headers.required(&MAC)?);
        let tag = tag.ok_or_else(|| VerifyError::malformed_signature(&MAC))?;
        Ok((self.make_claim)(Claim::new(tag), time, id))
    }

    fn signature_headers(
        &self,
        message: &Message<'_>,
        signatures: &[Signature],
    ) -> SignatureHeaders {
        let id = message.id().unwrap_or_default().to_owned();
        let time = message.timestamp().unwrap_or(Timestamp::from_secs(0));
        vec![
            (TIME.clone(), time.to_string()),
            (ID.clone(), id),
            (MAC.clone(), Encoding::Hex.encode(signatures[0])),
        ]
    }
}

const NOW: u64 = 1_700_000_000;

fn key() -> Key {
    Key::from_text("k").unwrap()
}

fn timed() -> Engine {
    Engine::new(key()).with_clock(FixedClock::at(NOW))
}

/// Signs with the scheme, and verifies what it signed.
fn round_trip<T>(
    engine: Engine,
    make_claim: MakeClaim,
    look: impl FnOnce(Verified<'_>) -> T,
) -> Result<T, VerifyError> {
    let custom = Custom { engine, make_claim };
    let now = Timestamp::from_secs(NOW);
    let message = Message::new(b"{}").with_id("msg").with_timestamp(now);
    let headers = custom.sign_message(&message)?;
    custom.verify(&headers, b"{}").map(look)
}

/// Those that `round_trip` signs.
fn has_the_signed_id_and_time(verified: Verified<'_>) -> bool {
    verified.message_id() == Some(b"msg") && verified.timestamp() == Some(Timestamp::from_secs(NOW))
}

fn mismatch<T>(fault: &'static str) -> Result<T, VerifyError> {
    Err(VerifyError::ClaimMismatch { fault })
}

#[test]
fn parts_are_signed_in_their_places() {
    // printf '%s' 'msg.1700000000:{}/msg' | openssl dgst -sha256 -hmac k
    let wanted = Tag::from_hex(b"32fbcf47faac9c871758c090d493a3fa8879adcccf2a9c62781e0cd7e63c9d51");
    let tag = round_trip(
        timed(),
        |claim, time, id| {
            claim
                .signed_before([
                    Part::MessageId(id),
                    Part::Bytes(b"."),
                    Part::Timestamp(time),
                    Part::Bytes(b":"),
                ])
                .signed_after([Part::Bytes(b"/"), Part::Bytes(b""), Part::Bytes(id)])
        },
        |verified| *verified.signature(),
    );
    assert_eq!(tag.ok(), wanted.map(Signature::from));
}

#[test]
fn what_is_not_signed_is_not_in_the_proof() {
    // Parts that another call replaces are not signed, whatever they meant.
    let proof = round_trip(
        Engine::untimed(key()),
        |claim, time, id| {
            claim
                .signed_before([Part::MessageId(id), Part::Timestamp(time)])
                .signed_before([])
        },
        |verified| (verified.message_id().is_some(), verified.timestamp()),
    );
    assert_eq!(proof, Ok((false, None)));
    let proof = round_trip(
        Engine::untimed(key()),
        |claim, _, id| claim.signed_before([Part::Bytes(id)]),
        |verified| verified.message_id().is_some(),
    );
    assert_eq!(proof, Ok(false));
    // On either side of the body.
    let proof = round_trip(
        timed(),
        |claim, time, id| claim.signed_after([Part::MessageId(id), Part::Timestamp(time)]),
        has_the_signed_id_and_time,
    );
    assert_eq!(proof, Ok(true));
}

#[test]
fn the_first_of_several_timestamps_and_ids_counts() {
    let proof = round_trip(
        timed(),
        |claim, time, id| {
            let other = SignedTimestamp::parse(b"1", &TIME).unwrap();
            claim
                .signed_before([
                    Part::Timestamp(time),
                    Part::Timestamp(other),
                    Part::MessageId(id),
                    Part::MessageId(b"other"),
                ])
                .signed_after([Part::Timestamp(other), Part::MessageId(b"third")])
        },
        has_the_signed_id_and_time,
    );
    assert_eq!(proof, Ok(true));
}

#[test]
fn a_timed_engine_wants_a_timestamp_and_an_untimed_one_none() {
    let with: MakeClaim = |claim, time, _| claim.signed_before([Part::Timestamp(time)]);
    let without: MakeClaim = |claim, time, _| claim.signed_before([Part::Bytes(time.as_bytes())]);
    let run = |engine, make_claim| round_trip(engine, make_claim, |_| ());
    assert_eq!(run(timed(), with), Ok(()));
    assert_eq!(
        run(timed(), without),
        mismatch("no timestamp, and the engine is timed")
    );
    let off = || timed().insecure_without_replay_window();
    assert_eq!(run(off(), with), Ok(()));
    assert_eq!(
        run(off(), without),
        mismatch("no timestamp, and the engine is timed")
    );
    assert_eq!(run(Engine::untimed(key()), without), Ok(()));
    let wanted = "a timestamp, and the engine is untimed";
    assert_eq!(run(Engine::untimed(key()), with), mismatch(wanted));
    // Nor do options make one of it.
    let options = Engine::untimed(key())
        .with_window(ReplayWindow::from_secs(300))
        .with_clock(FixedClock::at(NOW))
        .insecure_without_replay_window();
    assert_eq!(run(options, with), mismatch(wanted));
    let made = Engine::untimed(key()).timed(ReplayWindow::from_secs(1), FixedClock::at(NOW + 2));
    assert!(matches!(
        run(made, with),
        Err(VerifyError::TimestampTooOld { tolerance: 1, .. })
    ));
}

#[test]
fn a_key_id_goes_with_keys_that_are_picked_by_it() {
    let by_id = || Engine::untimed_by_key_id([key().with_id("msg"), key().with_id("b")]).unwrap();
    let names: MakeClaim = |claim, _, id| claim.with_key_id(id, &KEY);
    let names_none: MakeClaim = |claim, _, _| claim;
    let names_other: MakeClaim = |claim, _, _| claim.with_key_id(b"c", &KEY);
    let run = |engine, make_claim| {
        round_trip(engine, make_claim, |verified| {
            verified.key_id().map(str::to_owned)
        })
    };
    assert_eq!(run(by_id(), names), Ok(Some("msg".into())));
    let header = KEY.clone();
    assert_eq!(
        run(by_id(), names_other),
        Err(VerifyError::UnknownKeyId { header })
    );
    let wanted = "no key id, and the keys are picked by id";
    assert_eq!(run(by_id(), names_none), mismatch(wanted));
    let wanted = "a key id, and the keys are not picked by id";
    assert_eq!(run(Engine::untimed(key()), names), mismatch(wanted));
}

/// A pointer calls the methods of what it points to, also those that have a
/// default: a verifier that replaces one is not bypassed.
#[test]
fn every_method_is_called_through_pointers() {
    #[derive(Debug)]
    struct Closed(Custom);

    impl Verifier for Closed {
        fn scheme(&self) -> &'static str {
            "closed"
        }

        fn engine(&self) -> &Engine {
            self.0.engine()
        }

        fn claim<'h>(&'h self, headers: &'h dyn Headers) -> Result<Claim<'h>, VerifyError> {
            self.0.claim(headers)
        }

        fn signature_headers(
            &self,
            message: &Message<'_>,
            signatures: &[Signature],
        ) -> SignatureHeaders {
            self.0.signature_headers(message, signatures)
        }

        fn verify<'h>(
            &'h self,
            _: &'h dyn Headers,
            _: &'h [u8],
        ) -> Result<Verified<'h>, VerifyError> {
            mismatch("verify")
        }

        fn begin<'h>(&'h self, _: &'h dyn Headers) -> Result<Check<'h>, VerifyError> {
            mismatch("begin")
        }

        fn verify_received_at<'h>(
            &'h self,
            _: Timestamp,
            _: &'h dyn Headers,
            _: &'h [u8],
        ) -> Result<Verified<'h>, VerifyError> {
            mismatch("verify_received_at")
        }

        fn begin_received_at<'h>(
            &'h self,
            _: Timestamp,
            _: &'h dyn Headers,
        ) -> Result<Check<'h>, VerifyError> {
            mismatch("begin_received_at")
        }

        fn sign_message(&self, _: &Message<'_>) -> Result<SignatureHeaders, VerifyError> {
            mismatch("sign_message")
        }
    }

    fn check(pointer: impl Verifier) {
        let message = Message::new(b"{}").with_id("msg");
        let tag = Tag::from_bytes([0xab; 32]);
        let headers = pointer.signature_headers(&message, &[tag.into()]);
        let written = [(&TIME, "0"), (&ID, "msg"), (&MAC, &"ab".repeat(32))];
        assert!(
            headers
                .iter()
                .map(|(name, value)| (name, &**value))
                .eq(written)
        );
        let claim = pointer.claim(&headers).unwrap();
        assert_eq!(claim.message_id(), Some(&b"msg"[..]));
        assert_eq!(pointer.scheme(), "closed");
        assert!(format!("{:?}", pointer.engine()).contains("past: 77"));

        let now = Timestamp::from_secs(NOW);
        assert_eq!(pointer.verify(&headers, b"{}"), mismatch("verify"));
        let verdict = pointer.verify_received_at(now, &headers, b"{}");
        assert_eq!(verdict, mismatch("verify_received_at"));
        let begun = pointer.begin(&headers).map(|_| ());
        assert_eq!(begun, mismatch("begin"));
        let begun = pointer.begin_received_at(now, &headers).map(|_| ());
        assert_eq!(begun, mismatch("begin_received_at"));
        assert_eq!(pointer.sign_message(&message), mismatch("sign_message"));
    }
    let closed = || {
        Closed(Custom {
            engine: timed().with_window(ReplayWindow::from_secs(77)),
            make_claim: |claim, _, id| claim.signed_before([Part::MessageId(id)]),
        })
    };
    let by_reference = closed();
    check(&by_reference);
    check(by_reference);
    check(Box::new(closed()));
    check(Arc::new(closed()));
    check(Box::new(Arc::new(closed())) as Box<dyn Verifier>);
    check(&(Arc::new(closed()) as Arc<dyn Verifier>));
}
