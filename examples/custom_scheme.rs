//! A custom scheme with its own code: Twilio's, written with only the public API.
//!
//! ```text
//! cargo run --example custom_scheme --features sha1
//! ```
//!
//! Wire format, from <https://www.twilio.com/docs/usage/security>: the header
//! `X-Twilio-Signature` is the base64 of HMAC-SHA-1 over the URL as Twilio calls
//! it, followed by the fields of the form, sorted by name, each as its name and its
//! value with no separator. Equal fields count once. The secret is the account's
//! auth token. (For a body that is not a form, Twilio signs a URL with its digest,
//! which is another scheme.)
//!
//! # Security
//!
//! **A captured request verifies forever**, since no time is signed. And nothing marks
//! where a name ends and its value begins, so anyone who has captured `Digits=1234` can
//! send `Digits1=234` with the same signature. Look up the fields that you expect by
//! their full names, and ignore the others.

use std::borrow::Cow;
use std::error::Error;

use hookseal::scheme::{
    Algorithm, CanonicalForm, Canonicalize, Form, Part, RawRequest, Scheme, SignatureField,
};
use hookseal::verification::HashState;
use hookseal::{ConfigError, Message, VerifyError, Webhook};

const TWILIO: Scheme = Scheme {
    name: "twilio",
    signature: SignatureField::Header("X-Twilio-Signature"),
    forms: &[Form::base64("").with_algorithm(Algorithm::HmacSha1)],
    signed: &[Part::Endpoint, Part::CanonicalBody],
    canonical_form: Some(CanonicalForm(&SortedForm)),
    source: "https://www.twilio.com/docs/usage/security",
    ..Scheme::BASE
};

/// The signed content of a form: its fields, decoded and sorted.
#[derive(Debug)]
struct SortedForm;

impl SortedForm {
    /// Twilio sends a few dozen. Without a limit, a body that consists of separators
    /// would take many times its size in memory.
    const MAX_FIELDS: usize = 1000;
}

impl Canonicalize for SortedForm {
    fn canonicalize<'b>(&self, request: &RawRequest<'b>) -> Result<Cow<'b, [u8]>, VerifyError> {
        let mut fields: Vec<[Cow<'b, [u8]>; 2]> = Vec::new();
        for field in request.body().split(|&byte| byte == b'&') {
            if field.is_empty() {
                continue;
            }
            if fields.len() == Self::MAX_FIELDS {
                return Err(VerifyError::refused("the form has too many fields"));
            }
            let mut halves = field.splitn(2, |&byte| byte == b'=');
            let mut half = || decode(halves.next().unwrap_or_default());
            fields.push([half()?, half()?]);
        }
        fields.sort();
        fields.dedup();
        Ok(fields.concat().concat().into())
    }
}

/// Decodes the text of a form: `+` and `%2B`.
fn decode(text: &[u8]) -> Result<Cow<'_, [u8]>, VerifyError> {
    if !text.iter().any(|byte| b"+%".contains(byte)) {
        return Ok(text.into());
    }
    let malformed = || VerifyError::refused("the form is malformed");
    let digit = |byte: Option<&u8>| {
        let digit = byte.and_then(|&byte| char::from(byte).to_digit(16));
        digit
            .and_then(|digit| u8::try_from(digit).ok())
            .ok_or_else(malformed)
    };
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.iter();
    while let Some(&byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => (digit(bytes.next())? << 4) | digit(bytes.next())?,
            byte => byte,
        });
    }
    Ok(decoded.into())
}

/// Creates the webhook for this URL, exactly as it is configured at Twilio. It is not
/// taken from the request, since a proxy may have changed it.
fn twilio(url: &str, auth_token: &str) -> Result<Webhook, ConfigError> {
    Webhook::new(TWILIO.at(url), auth_token)
}

fn main() -> Result<(), Box<dyn Error>> {
    // The sample request from Twilio's documentation and from the tests of its libraries.
    let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
    let webhook = match twilio(url, "12345") {
        Err(error @ ConfigError::AlgorithmUnavailable { .. }) => {
            println!("{error}");
            println!("here: cargo run --example custom_scheme --features sha1");
            return Ok(());
        }
        made => made?,
    };
    let body = b"Digits=1234&To=%2B18005551212&From=%2B14158675309\
        &Caller=%2B14158675309&CallSid=CA1234567890ABCDE";
    let genuine = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
    let headers = [("X-Twilio-Signature", genuine)];
    let verified = webhook.verify(&headers, body)?;
    println!("verified: {}", verified.coverage());
    // The proof has the body as it was received.
    assert_eq!(verified.body(), body);

    // Streaming and signing work with any scheme. This one needs the whole body, so
    // a streamed body is held in memory.
    let mut state = HashState::new();
    let mut verification = webhook.begin(&headers, &mut state)?;
    body.chunks(10).for_each(|chunk| verification.update(chunk));
    println!(
        "verified in chunks, {} bytes",
        verification.finish()?.body_len()
    );
    let signed = webhook.sign(&Message::new(body))?;
    println!("signed: {:?}", signed.get("x-twilio-signature"));
    assert_eq!(signed.get("x-twilio-signature"), Some(genuine));

    // Fields with the same name are sorted by their values, and equal ones count once.
    // This signature is from the tests of twilio-python.
    let repeated = [("X-Twilio-Signature", "IK+Dwps556ElfBT0I3Rgjkr1wJU=")];
    for body in [
        &b"Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234"[..],
        b"Digits=1234&Digits=1234&Digits=5678&Sid=CA123&SidAccount=AC123",
    ] {
        assert!(webhook.verify(&repeated, body).is_ok());
    }

    let elsewhere = twilio("https://mycompany.com/myapp.php?foo=1&bar=3", "12345")?;
    let another = twilio(url, "12346")?;
    let many = b"a&".repeat(SortedForm::MAX_FIELDS + 1);
    let no_headers: [(&str, &str); 0] = [];
    for (verdict, wanted) in [
        (
            webhook.verify(&headers, &body[1..]),
            "signature does not match",
        ),
        (elsewhere.verify(&headers, body), "signature does not match"),
        (another.verify(&headers, body), "signature does not match"),
        (
            webhook.verify(&headers, b"Digits=%2"),
            "the form is malformed",
        ),
        (
            webhook.verify(&headers, b"Digits=%+2"),
            "the form is malformed",
        ),
        (
            webhook.verify(&headers, &many),
            "the form has too many fields",
        ),
        (
            webhook.verify(&no_headers, body),
            "header x-twilio-signature is missing or empty",
        ),
    ] {
        let reason = verdict.expect_err("a refusal").to_string();
        println!("refused: {reason}");
        assert_eq!(reason, wanted);
    }

    // The scheme cannot tell these two apart: see above.
    let moved = b"Digits1=234&To=%2B18005551212&From=%2B14158675309\
        &Caller=%2B14158675309&CallSid=CA1234567890ABCDE";
    assert!(webhook.verify(&headers, moved).is_ok());
    Ok(())
}
