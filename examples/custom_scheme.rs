//! A scheme of your own: Stripe's, against the public API alone.
//!
//! ```text
//! cargo run --example custom_scheme
//! ```
//!
//! Wire format, by <https://docs.stripe.com/webhooks#verify-manually>: the
//! header `Stripe-Signature` is a list of `key=value`, separated by commas.
//! `t` is the time of signing in Unix seconds, each `v1` is the hex of
//! HMAC-SHA256 over `t`, a dot, and the raw body. Other keys are of other
//! versions. The key is the endpoint's secret as text, with its `whsec_`.

use hookseal::{
    Claim, Encoding, Engine, FixedClock, HeaderName, Headers, Key, Keys, Message, Part,
    ReplayWindow, Signature, SignatureHeaders, Signatures, SignedTimestamp, Tag, Timestamp,
    Verifier, VerifyError,
};

static SIGNATURE: HeaderName = HeaderName::from_static("stripe-signature");

#[derive(Debug)]
struct Stripe {
    engine: Engine,
}

impl Stripe {
    /// Stripe's libraries allow five minutes, which is the engine's default.
    fn new(keys: impl Into<Keys>) -> Self {
        Self {
            engine: Engine::new(keys.into()),
        }
    }

    fn with_engine(self, options: impl FnOnce(Engine) -> Engine) -> Self {
        Self {
            engine: options(self.engine),
        }
    }
}

impl Verifier for Stripe {
    fn scheme(&self) -> &'static str {
        "stripe"
    }

    fn engine(&self) -> &Engine {
        &self.engine
    }

    fn claim<'h>(&'h self, headers: &'h dyn Headers) -> Result<Claim<'h>, VerifyError> {
        let value = headers.required(&SIGNATURE)?;
        let signatures = Signatures::list(value, b',', v1, &SIGNATURE)?;
        let mut times = value
            .split(|&byte| byte == b',')
            .filter_map(|entry| entry.strip_prefix(b"t="));
        // Two times could be read in two ways.
        let (Some(time), None) = (times.next(), times.next()) else {
            return Err(VerifyError::malformed_header(&SIGNATURE));
        };
        let timestamp = SignedTimestamp::parse(time, &SIGNATURE)?;
        Ok(Claim::new(signatures).signed_before([Part::Timestamp(timestamp), Part::Bytes(b".")]))
    }

    fn signature_headers(
        &self,
        message: &Message<'_>,
        signatures: &[Signature],
    ) -> SignatureHeaders {
        let time = message.timestamp().map(|moment| format!("t={moment}"));
        let signatures = signatures
            .iter()
            .map(|tag| format!("v1={}", Encoding::Hex.encode(tag)));
        let value: Vec<String> = time.into_iter().chain(signatures).collect();
        vec![(SIGNATURE.clone(), value.join(","))]
    }
}

fn v1(entry: &[u8]) -> Option<Signature> {
    Tag::from_hex(entry.strip_prefix(b"v1=")?).map(Signature::from)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let secret = "whsec_test_secret";
    let body = br#"{"id":"evt_test_webhook","object":"event"}"#;
    // printf '%s' '1492774577.{"id":"evt_test_webhook","object":"event"}' |
    //   openssl dgst -sha256 -hmac whsec_test_secret
    let genuine = "88a022085c6bdb887b02cb26ff76dd681234d9675c0f22844059f55552a8883a";
    let value = format!("t=1492774577,v0=abc,v1={},v1={genuine}", "0".repeat(64));
    let headers = [("Stripe-Signature", value)];

    let now = FixedClock::at(1_492_774_600);
    let stripe = Stripe::new(Key::from_text(secret)?).with_engine(|engine| engine.with_clock(now));
    let event = stripe.verify(&headers, body)?;
    println!(
        "verified, signed at {}",
        event.timestamp().ok_or("has a timestamp")?
    );
    assert_eq!(event.timestamp(), Some(Timestamp::from_secs(1_492_774_577)));

    // Streaming, rotation, the window and signing come from the engine.
    let mut check = stripe.begin(&headers)?;
    body.chunks(10).for_each(|chunk| check.update(chunk));
    println!("verified in chunks, {} bytes", check.finish()?.body_len());

    let keys = [
        Key::from_text("the new one")?.with_id("new"),
        Key::from_text(secret)?.with_id("old"),
    ];
    let rotating = Stripe::new(keys).with_engine(|engine| engine.with_clock(now));
    let event = rotating.verify(&headers, body)?;
    println!(
        "verified with the {} key",
        event.key_id().ok_or("has an id")?
    );
    assert_eq!(event.key_id(), Some("old"));

    let narrow = Stripe::new(Key::from_text(secret)?).with_engine(|engine| {
        engine
            .with_clock(now)
            .with_window(ReplayWindow::from_secs(10))
    });
    let refusals = [
        (stripe.verify(&headers, b"{}"), "signature does not match"),
        (
            narrow.verify(&headers, body),
            "header stripe-signature: 1492774577 is more than 10 s before 1492774600",
        ),
        (
            stripe.verify(&[("Stripe-Signature", "t=1492774577,v0=abc")], body),
            "header stripe-signature holds no well-formed signature",
        ),
    ];
    for (verdict, wanted) in refusals {
        let reason = verdict.expect_err("a refusal").to_string();
        println!("refused: {reason}");
        assert_eq!(reason, wanted);
    }

    let message = Message::new(body).with_timestamp(Timestamp::from_secs(1_492_774_577));
    let signed = stripe.sign_message(&message)?;
    println!("signed: {}: {}", signed[0].0, signed[0].1);
    assert_eq!(signed[0].1, format!("t=1492774577,v1={genuine}"));
    Ok(())
}
