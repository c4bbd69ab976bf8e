//! Whether a check branches on a secret, or looks something up by one: in the
//! manner of Adam Langley's ctgrind (<https://github.com/agl/ctgrind>).
//!
//! ```text
//! benches/ctgrind/run
//! ```
//!
//! Valgrind's memcheck follows undefined bytes through copies and arithmetic,
//! and reports each branch on what comes of them and each address made of it.
//! So secrets are marked as undefined before they are made into keys, and all
//! MACs under these keys are undefined with them. What a request holds is its
//! sender's own; but where received tags can be handed over as bytes, they are
//! marked as well.
//!
//! Of Ed25519 the seed is the secret. The public key and the signatures that
//! come of it are published, and verifying branches on them, which has to be
//! seen.
//!
//! A verdict is public, and `conclude` in `src/engine.rs` branches on it, once
//! for each key that it tries. `verdict.supp` leaves the reports of these
//! branches out, by the function that they are in. Without it there have to be
//! as many of them, and no others.

mod valgrind;

use std::error::Error;
use std::hint::black_box;
use std::process::ExitCode;

use hookseal::ed25519::SigningKey;
use hookseal::schemes::{Hubpay, Pakk, Paminga, Pomelo, StandardWebhooks};
use hookseal::{
    Claim, ConfigError, Encoding, Engine, FixedClock, HeaderName, Headers, Key, Keyring, Keys,
    Message, Signature, SignatureHeaders, Signatures, Tag, Timestamp, Verifier, VerifyError,
};

use valgrind::{is_secret, public, published, secret};

type Failure = Box<dyn Error>;

fn main() -> Result<ExitCode, Failure> {
    if !valgrind::is_there() {
        return Err("to be run under valgrind, by benches/ctgrind/run".into());
    }
    let mut report = Report {
        unsuppressed: std::env::args().any(|word| word == "--unsuppressed"),
        unexpected: 0,
    };
    // Valgrind hides the instructions that it does not know.
    let extensions = std::is_x86_feature_detected!("sha");
    let backend = if extensions {
        "SHA extensions"
    } else {
        "software"
    };
    println!("SHA-256 by {backend}\n\n reports");
    report.what_must_be_seen()?;
    report.what_is_documented()?;
    report.keys()?;
    report.tags();
    report.signing()?;
    for make in SCHEMES {
        report.one_key(make)?;
        report.several_keys(make)?;
    }
    for make in [standard_webhooks, both_kinds, marking] {
        report.several_tags(make)?;
    }
    println!("\n{} unexpected", report.unexpected);
    Ok(ExitCode::from(u8::from(report.unexpected > 0)))
}

struct Report {
    /// Whether valgrind reports the verdicts too.
    unsuppressed: bool,
    unexpected: usize,
}

impl Report {
    /// Nothing may be reported of `work` but this many verdicts.
    fn silent(&mut self, name: &str, verdicts: usize, work: impl FnOnce()) {
        let wanted = if self.unsuppressed { verdicts } else { 0 };
        self.watch(name, work, |found| found == wanted);
    }

    /// Something has to be reported of `work`.
    fn seen(&mut self, name: &str, work: impl FnOnce()) {
        self.watch(name, work, |found| found > 0);
    }

    fn watch(&mut self, name: &str, work: impl FnOnce(), is_expected: impl FnOnce(usize) -> bool) {
        let before = valgrind::reports();
        work();
        let found = valgrind::reports() - before;
        let expected = is_expected(found);
        self.unexpected += usize::from(!expected);
        println!(
            "{found:8}  {name}{}",
            if expected { "" } else { ": UNEXPECTED" }
        );
    }
}

// Keys, schemes and requests.

/// The same key from a known and from a secret secret. The bytes by which a
/// foreign secret is told are known in both.
fn key(byte: u8) -> Result<Key, ConfigError> {
    Ok(Key::from_bytes([byte; 32])?.with_id(KEY_ID))
}

fn secret_key<const LEN: usize>(byte: u8) -> Result<Key, ConfigError> {
    let mut bytes = secret([byte; LEN]);
    bytes[..LONGEST_PREFIX].fill(byte);
    Ok(Key::from_bytes(bytes)?.with_id(KEY_ID))
}

const SEED: [u8; 32] = [b'k'; 32];
const LONGEST_PREFIX: usize = "MCowBQYDK2VwAyEA".len();
const KEY_ID: &str = "key";

const BODY: &[u8] = &[b'x'; 200];
const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);
const MESSAGE: Message<'_> = Message::new(BODY)
    .with_id("message")
    .with_timestamp(NOW)
    .with_key_id(KEY_ID);

type MakeScheme = fn(Vec<Key>) -> Result<Box<dyn Verifier>, ConfigError>;

const SCHEMES: [MakeScheme; 7] = [
    |keys| Ok(Box::new(Paminga::new(Keys::new(keys)?))),
    |keys| Ok(Box::new(Pakk::new(Keys::new(keys)?))),
    |keys| Ok(Box::new(Hubpay::new(Keys::new(keys)?))),
    |keys| {
        Ok(Box::new(
            Pomelo::new("/endpoint", keys)?.with_clock(FixedClock::at(NOW)),
        ))
    },
    standard_webhooks,
    both_kinds,
    marking,
];

fn standard_webhooks(keys: Vec<Key>) -> Result<Box<dyn Verifier>, ConfigError> {
    let scheme = StandardWebhooks::new(Keys::new(keys)?);
    Ok(Box::new(scheme.with_clock(FixedClock::at(NOW))))
}

/// Beside a public key.
fn both_kinds(keys: Vec<Key>) -> Result<Box<dyn Verifier>, ConfigError> {
    let public = SigningKey::from_seed(&SEED).public_key().into();
    let keys = keys.into_iter().map(Keyring::from).chain([public]);
    let scheme = StandardWebhooks::new(Keyring::new(keys)?);
    Ok(Box::new(scheme.with_clock(FixedClock::at(NOW))))
}

fn marking(keys: Vec<Key>) -> Result<Box<dyn Verifier>, ConfigError> {
    Ok(Box::new(Marking(Engine::untimed(Keys::new(keys)?))))
}

/// A scheme whose received tags are secret too, from when they are decoded.
#[derive(Debug)]
struct Marking(Engine);

static SIGNATURE: HeaderName = HeaderName::from_static("signature");

impl Verifier for Marking {
    fn scheme(&self) -> &'static str {
        "marking"
    }

    fn engine(&self) -> &Engine {
        &self.0
    }

    fn claim<'h>(&'h self, headers: &'h dyn Headers) -> Result<Claim<'h>, VerifyError> {
        let read = |entry: &[u8]| Some(marked(Tag::from_hex(entry)?).into());
        let value = headers.required(&SIGNATURE)?;
        Signatures::list(value, b' ', read, &SIGNATURE).map(Claim::new)
    }

    fn signature_headers(&self, _: &Message<'_>, signatures: &[Signature]) -> SignatureHeaders {
        let hex = |signature| Encoding::Hex.encode(signature);
        let list: Vec<String> = signatures.iter().map(hex).collect();
        [(SIGNATURE.clone(), list.join(" "))].into_iter().collect()
    }
}

fn marked(tag: Tag) -> Tag {
    Tag::from_bytes(secret(*tag.as_bytes()))
}

/// A tag, and the nearest wrong ones from both ends.
fn neighbours(tag: Tag) -> [(&'static str, Tag); 3] {
    let changed = |at: usize| {
        let mut bytes = *tag.as_bytes();
        bytes[at] ^= 1;
        Tag::from_bytes(bytes)
    };
    [
        ("the right tag", tag),
        ("a wrong first byte", changed(0)),
        ("a wrong last byte", changed(Tag::LEN - 1)),
    ]
}

/// The tag of `MESSAGE` under a known key.
fn tag_by(make: MakeScheme, byte: u8) -> Result<Tag, Failure> {
    let sender = make(vec![key(byte)?])?;
    let headers = sender.sign_message(&MESSAGE)?;
    let verified = sender.verify(&headers, BODY)?;
    Ok(Tag::from_bytes(verified.signature().as_bytes().try_into()?))
}

fn verify(verifier: &dyn Verifier, headers: &SignatureHeaders) -> bool {
    public(verifier.verify(headers, BODY).is_ok())
}

fn verify_chunks(verifier: &dyn Verifier, headers: &SignatureHeaders) -> bool {
    let verdict = verifier.begin(headers).and_then(|mut check| {
        BODY.chunks(63).for_each(|chunk| check.update(chunk));
        check.finish()
    });
    public(verdict.is_ok())
}

// What is watched.

impl Report {
    /// That secrets are marked, and that the marks reach what is compared.
    fn what_must_be_seen(&mut self) -> Result<(), Failure> {
        let computed = secret_key::<32>(b'k')?.mac(&[BODY]);
        let received = key(b'k')?.mac(&[BODY]);
        assert!(is_secret(computed.as_bytes()) && !is_secret(received.as_bytes()));

        self.seen("a comparison that stops at a difference", || {
            let mut bytes = computed.as_bytes().iter().zip(received.as_bytes());
            black_box(bytes.all(|(one, other)| black_box(one) == other));
        });
        self.seen("a table looked up by a byte of a MAC", || {
            let [byte, ..] = *computed.as_bytes();
            black_box(black_box(&[0u8; 256])[usize::from(byte)]);
        });
        Ok(())
    }

    /// What the documentation says is not constant-time, is not.
    fn what_is_documented(&mut self) -> Result<(), Failure> {
        self.seen("a secret whose prefix is looked at", || {
            let _ = black_box(Key::from_bytes(secret([b'k'; 32])));
        });
        let computed = secret_key::<32>(b'k')?.mac(&[BODY]);
        self.seen("a signature that is written", || {
            black_box(Encoding::Base64.encode(computed));
        });
        Ok(())
    }

    /// HMAC takes up to 64 bytes as they are, and hashes longer secrets first.
    fn keys(&mut self) -> Result<(), Failure> {
        self.key::<32>()?;
        self.key::<64>()?;
        self.key::<65>()?;
        self.key::<200>()
    }

    fn key<const LEN: usize>(&mut self) -> Result<(), Failure> {
        let mut made = Ok(());
        self.silent(&format!("a key of {LEN} bytes, made and used"), 0, || {
            made = secret_key::<LEN>(b'k').map(|key| {
                assert!(is_secret(key.mac(&[BODY]).as_bytes()));
            });
        });
        Ok(made?)
    }

    fn tags(&mut self) {
        let tag = Tag::from_bytes([0x5a; Tag::LEN]);
        for (what, other) in neighbours(tag) {
            self.silent(&format!("two tags, {what}"), 0, || {
                assert_eq!(public(marked(tag) == marked(other)), tag == other);
            });
        }
    }

    /// The public key and the signature come of the seed, and are published.
    fn signing(&mut self) -> Result<(), Failure> {
        let known = SigningKey::from_seed(&SEED);
        let mut key = None;
        self.silent("an Ed25519 key, made", 0, || {
            key = Some(SigningKey::from_seed(&secret(SEED)));
        });
        let key = key.ok_or("no key")?;
        let mut signature = known.sign(&[]);
        self.silent("an Ed25519 signature, made", 0, || {
            signature = key.sign(&[BODY]);
        });
        let signed = published(*signature.as_bytes());
        assert_eq!(signed, *known.sign(&[BODY]).as_bytes());
        // The point R; of S the highest bits are nothing to valgrind.
        let (point, _) = signature
            .as_bytes()
            .split_first_chunk::<32>()
            .ok_or("no R")?;
        assert!(is_secret(point) && is_secret(key.public_key().as_bytes()));

        let sender = StandardWebhooks::new(known).with_clock(FixedClock::at(NOW));
        let headers = sender.sign_message(&MESSAGE)?;
        let receiver = StandardWebhooks::new(key).with_clock(FixedClock::at(NOW));
        self.seen(
            "an Ed25519 signature, verified under what is marked",
            || {
                assert!(verify(&receiver, &headers));
            },
        );
        Ok(())
    }

    fn one_key(&mut self, make: MakeScheme) -> Result<(), Failure> {
        let right = tag_by(make, b'k')?;
        let receiver = make(vec![secret_key::<32>(b'k')?])?;
        for (what, received) in neighbours(right) {
            let headers = receiver.signature_headers(&MESSAGE, &[received.into()]);
            let name = format!("{}, {what}", receiver.scheme());
            self.silent(&name, 1, || {
                assert_eq!(verify(&receiver, &headers), received == right);
            });
            self.silent(&format!("{name}, in chunks"), 1, || {
                assert_eq!(verify_chunks(&receiver, &headers), received == right);
            });
        }
        Ok(())
    }

    /// All keys up to the one that matches are tried.
    fn several_keys(&mut self, make: MakeScheme) -> Result<(), Failure> {
        let keys = [b'a', b'b', b'c'].map(secret_key::<32>);
        let receiver = make(keys.into_iter().collect::<Result<_, _>>()?)?;
        for (signer, which, tried) in [
            (b'a', "the first", 1),
            (b'b', "the second", 2),
            (b'c', "the last", 3),
            (b'd', "none", 3),
        ] {
            let headers = receiver.signature_headers(&MESSAGE, &[tag_by(make, signer)?.into()]);
            let name = format!("{}, {which} of 3 keys matches", receiver.scheme());
            self.silent(&name, tried, || {
                assert_eq!(verify(&receiver, &headers), signer != b'd');
            });
        }
        Ok(())
    }

    /// Each key is tried once, however many tags are listed, and an Ed25519
    /// signature beside them.
    fn several_tags(&mut self, make: MakeScheme) -> Result<(), Failure> {
        let keys = vec![secret_key::<32>(b'a')?, secret_key::<32>(b'b')?];
        let receiver = make(keys)?;
        for (signers, tried) in [(*b"axy", 1), (*b"xya", 1), (*b"xby", 2), (*b"xyz", 2)] {
            let mut tags = Vec::new();
            for signer in signers {
                tags.push(tag_by(make, signer)?.into());
            }
            tags.push(SigningKey::from_seed(&SEED).sign(&[]).into());
            let headers = receiver.signature_headers(&MESSAGE, &tags);
            let name = format!(
                "{}, keys ab, tags {}",
                receiver.scheme(),
                signers.escape_ascii()
            );
            self.silent(&name, tried, || {
                assert_eq!(verify(&receiver, &headers), signers != *b"xyz");
            });
        }
        Ok(())
    }
}
