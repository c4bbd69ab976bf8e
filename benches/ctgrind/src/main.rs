//! Detects whether a check branches on a secret, or uses one as an address, in the
//! manner of Adam Langley's ctgrind (<https://github.com/agl/ctgrind>).
//!
//! ```text
//! benches/ctgrind/run
//! ```
//!
//! Valgrind's memcheck follows undefined bytes through copies and arithmetic,
//! and reports each branch and each address that depends on them. So secrets are
//! marked as undefined before keys are created from them, which makes all MACs
//! under these keys undefined too. The content of a request is known to its sender.
//! Where received signatures can be passed as bytes, they are marked as well.
//!
//! For Ed25519, the seed is the secret. The public key and the signatures derived
//! from it are published, and verifying branches on them, which must be reported.
//!
//! Some branches are known and intended: on the verdict, once for each key that is
//! tried, and on whether anyone may know a secret, once for each key that is
//! created. `known.supp` says why, and suppresses their reports by function. Without
//! it, exactly these reports must appear.

mod valgrind;

use std::error::Error;
use std::hint::black_box;
use std::process::ExitCode;

use hookseal::clock::{FixedClock, Timestamp};
use hookseal::ed25519::SigningKey;
use hookseal::scheme::{
    Algorithm, Encoding, Field, Form, Part, Scheme, Separator, Signature, SignatureField,
    TimestampField,
};
use hookseal::verification::HashState;
use hookseal::{ConfigError, Key, Message, VerifyError, Webhook, schemes};

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
    // Valgrind hides instructions that it does not know.
    let extensions = std::is_x86_feature_detected!("sha");
    let backend = if extensions {
        "SHA extensions"
    } else {
        "software"
    };
    println!("SHA-256 by {backend}\n\n reports");
    report.what_must_be_seen()?;
    report.keys()?;
    report.signatures()?;
    report.signing()?;
    for watched in WATCHED {
        report.one_key(&watched)?;
        report.several_keys(&watched)?;
        if !matches!(watched.scheme.signature, SignatureField::Header(_)) {
            report.several_signatures(&watched)?;
        }
    }
    println!("\n{} unexpected", report.unexpected);
    Ok(ExitCode::from(u8::from(report.unexpected > 0)))
}

struct Report {
    /// Whether valgrind also reports the known branches.
    unsuppressed: bool,
    unexpected: usize,
}

impl Report {
    /// Checks that valgrind reports only this many known branches in `work`.
    fn silent(&mut self, name: &str, known: usize, work: impl FnOnce()) {
        let wanted = if self.unsuppressed { known } else { 0 };
        self.watch(name, work, |found| found == wanted);
    }

    /// Checks that valgrind reports something in `work`.
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

/// Creates a key from a known secret; `secret_key` creates the same from a marked one.
fn key<const LEN: usize>(byte: u8) -> Result<Key, ConfigError> {
    Ok(Key::from_bytes([byte; LEN])?.with_id(KEY_ID))
}

fn secret_key<const LEN: usize>(byte: u8) -> Result<Key, ConfigError> {
    Ok(Key::from_bytes(secret([byte; LEN]))?.with_id(KEY_ID))
}

const SEED: [u8; 32] = [b'k'; 32];
const KEY_ID: &str = "key";

const BODY: &[u8] = &[b'x'; 200];
const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);

/// A scheme to verify with, with MAC keys and perhaps a public key.
struct Watched {
    name: &'static str,
    scheme: Scheme<'static>,
    /// Whether there is a public key besides the MAC keys.
    both_kinds: bool,
}

const fn watched(scheme: Scheme<'static>) -> Watched {
    Watched {
        name: scheme.name,
        scheme,
        both_kinds: false,
    }
}

const WATCHED: [Watched; 11] = [
    watched(schemes::PAMINGA),
    watched(schemes::PAKK),
    watched(schemes::HUBPAY),
    watched(schemes::POMELO.at("/endpoint")),
    watched(schemes::STANDARD_WEBHOOKS),
    Watched {
        name: "standard-webhooks beside a public key",
        both_kinds: true,
        ..watched(schemes::STANDARD_WEBHOOKS)
    },
    watched(SHA512),
    watched(SHA1),
    watched(LIST),
    watched(NAMED),
    watched(REPEATED),
];

const SHA512: Scheme<'static> = Scheme {
    name: "sha-512",
    signature: SignatureField::Header("signature"),
    forms: &[Form::hex("").with_algorithm(Algorithm::HmacSha512)],
    ..Scheme::BASE
};

const SHA1: Scheme<'static> = Scheme {
    name: "sha-1",
    forms: &[Form::hex("sha1=").with_algorithm(Algorithm::HmacSha1)],
    ..SHA512
};

const LIST: Scheme<'static> = Scheme {
    name: "sha-512-in-a-list",
    signature: SignatureField::List {
        header: "signature",
        separator: Separator::Comma,
    },
    forms: &[Form::hex("v1=").with_algorithm(Algorithm::HmacSha512)],
    timestamp: Some(TimestampField::seconds(Field::Param("t"))),
    signed: &[Part::Timestamp, Part::Text("."), Part::Body],
    ..Scheme::BASE
};

const NAMED: Scheme<'static> = Scheme {
    name: "list-that-names-keys",
    signature: SignatureField::List {
        header: "signature",
        separator: Separator::Comma,
    },
    forms: &[Form {
        after_key_id: Some("="),
        ..Form::base64url("")
    }],
    ..Scheme::BASE
};

const REPEATED: Scheme<'static> = Scheme {
    name: "sha-512-in-repeated-headers",
    signature: SignatureField::Repeated("signature"),
    forms: &[Form::base64("").with_algorithm(Algorithm::HmacSha512)],
    ..Scheme::BASE
};

type Headers = Vec<(String, String)>;

impl Watched {
    fn webhook(&self, mut keys: Vec<Key>) -> Result<Webhook, ConfigError> {
        if self.both_kinds {
            keys.push(SigningKey::from_seed(&SEED)?.public_key().into());
        }
        Webhook::new_with_clock(self.scheme, keys, FixedClock::at(NOW))
    }

    /// Returns the message's headers as a sender with this key writes them.
    fn signed(&self, key: Key) -> Result<Headers, Failure> {
        let message = Message::new(BODY).with_id("message").with_key_id(KEY_ID);
        let headers = self.webhook(vec![key])?.sign(&message)?;
        let texts = headers.into_iter();
        let texts = texts.map(|(name, value)| (name.as_str().into(), value));
        Ok(texts.collect())
    }

    /// Returns the message's signature under a known key.
    fn signature_by(&self, byte: u8) -> Result<Signature, Failure> {
        let headers = self.signed(key::<32>(byte)?)?;
        let receiver = self.webhook(vec![key::<32>(byte)?])?;
        let verified = receiver.verify(&headers, BODY)?;
        Ok(*verified.signature())
    }

    /// Returns the message's headers with these signatures in place of its own.
    fn with(&self, signatures: &[Signature]) -> Result<Headers, Failure> {
        let own = self.entry(&self.signature_by(b'k')?);
        let entries: Vec<String> = signatures.iter().map(|other| self.entry(other)).collect();
        let mut headers = Headers::new();
        for (name, value) in self.signed(key::<32>(b'k')?)? {
            if !value.contains(&own) {
                headers.push((name, value));
                continue;
            }
            let values = match self.scheme.signature {
                SignatureField::List { separator, .. } => {
                    let separator = match separator {
                        Separator::Space => " ",
                        _ => ",",
                    };
                    vec![value.replace(&own, &entries.join(separator))]
                }
                _ => entries.clone(),
            };
            headers.extend(values.into_iter().map(|value| (name.clone(), value)));
        }
        Ok(headers)
    }

    /// Returns a signature as the scheme writes it.
    fn entry(&self, signature: &Signature) -> String {
        let mut forms = self.scheme.forms.iter();
        let form = forms.find(|form| form.algorithm == signature.algorithm());
        let form = form.expect("a form for each algorithm");
        let text = form.encoding.encode(signature);
        match form.after_key_id {
            Some(between) => format!("{KEY_ID}{between}{text}"),
            None => format!("{}{text}", form.prefix),
        }
    }
}

fn marked(signature: Signature) -> Signature {
    let mut bytes = [0; Signature::MAX_LEN];
    let length = signature.as_bytes().len();
    bytes[..length].copy_from_slice(signature.as_bytes());
    of_bytes(signature.algorithm(), &secret(bytes)[..length])
}

fn of_bytes(algorithm: Algorithm, bytes: &[u8]) -> Signature {
    Signature::from_bytes(algorithm, bytes).expect("as many bytes as the algorithm's")
}

/// Returns a signature, and the nearest wrong ones from both ends.
fn neighbours(signature: Signature) -> [(&'static str, Signature); 3] {
    let changed = |at: usize| {
        let mut bytes = signature.as_bytes().to_vec();
        bytes[at] ^= 1;
        of_bytes(signature.algorithm(), &bytes)
    };
    [
        ("the right signature", signature),
        ("a wrong first byte", changed(0)),
        ("a wrong last byte", changed(signature.as_bytes().len() - 1)),
    ]
}

fn verify(webhook: &Webhook, headers: &Headers) -> bool {
    let verdict = webhook.verify(headers, BODY);
    is_verified(verdict.map(|_| ()))
}

fn verify_chunks(webhook: &Webhook, headers: &Headers) -> bool {
    let mut state = HashState::new();
    let verdict = webhook.begin(headers, &mut state).and_then(|mut check| {
        BODY.chunks(63).for_each(|chunk| check.update(chunk));
        check.finish()
    });
    is_verified(verdict.map(|_| ()))
}

/// Returns whether a request is verified. Fails if it is refused before its MAC is compared,
/// which would prove nothing.
fn is_verified(verdict: Result<(), VerifyError>) -> bool {
    if public(verdict.is_ok()) {
        return true;
    }
    assert_eq!(verdict, Err(VerifyError::SignatureMismatch));
    false
}

/// Returns the message's signature under a secret key, as the check computes it.
fn computed<const LEN: usize>(scheme: Scheme<'static>) -> Result<Signature, Failure> {
    let watched = watched(scheme);
    let headers = watched.signed(key::<LEN>(b'k')?)?;
    let receiver = watched.webhook(vec![secret_key::<LEN>(b'k')?])?;
    let verified = receiver.verify(&headers, BODY)?;
    Ok(*verified.signature())
}

fn is_all_secret(signature: &Signature) -> bool {
    let bytes = signature.as_bytes();
    let (words, rest) = bytes.as_chunks::<4>();
    !bytes.is_empty() && rest.is_empty() && words.iter().all(is_secret)
}

// The checks that are watched.

impl Report {
    /// Checks that secrets are marked, that the marks reach what is compared, and that
    /// valgrind reports leaks.
    fn what_must_be_seen(&mut self) -> Result<(), Failure> {
        let computed = computed::<32>(schemes::PAMINGA)?;
        let received = watched(schemes::PAMINGA).signature_by(b'k')?;
        assert!(is_all_secret(&computed) && !is_all_secret(&received));

        self.seen("a comparison that stops at a difference", || {
            let mut bytes = computed.as_bytes().iter().zip(received.as_bytes());
            black_box(bytes.all(|(one, other)| black_box(one) == other));
        });
        self.seen("a table looked up by a byte of a MAC", || {
            let byte = computed.as_bytes()[0];
            black_box(black_box(&[0u8; 256])[usize::from(byte)]);
        });
        // As documented.
        self.seen("a signature that is written", || {
            black_box(Encoding::Base64.encode(&computed));
        });
        Ok(())
    }

    /// Checks the creation of keys. HMAC uses secrets of up to a block (64 bytes, or 128
    /// for SHA-512) unchanged, and hashes longer ones first.
    fn keys(&mut self) -> Result<(), Failure> {
        self.key::<1>()?;
        self.key::<32>()?;
        self.key::<64>()?;
        self.key::<65>()?;
        self.key::<128>()?;
        self.key::<129>()?;
        self.key::<200>()?;

        // If requests name their key, two ids may not have the same secret.
        let [one, other] = [b'a', b'b'].map(secret_key::<32>);
        let keys = vec![one?, other?.with_id("another")];
        let mut webhook = None;
        self.silent("keys of two ids, prepared", 1, || {
            webhook = Some(watched(schemes::POMELO.at("/endpoint")).webhook(keys));
        });
        assert!(webhook.is_some_and(|webhook| webhook.is_ok()));
        Ok(())
    }

    fn key<const LEN: usize>(&mut self) -> Result<(), Failure> {
        let mut key = None;
        self.silent(&format!("a key of {LEN} bytes, made"), 1, || {
            key = Some(secret_key::<LEN>(b'k'));
        });
        let key = key.ok_or("no key")??;
        for scheme in [schemes::PAMINGA, SHA512, SHA1] {
            let (watched, keys) = (watched(scheme), vec![key.clone_secret()]);
            let mut webhook = None;
            let name = format!("{}, a key of {LEN} bytes, prepared", watched.name);
            self.silent(&name, 0, || webhook = Some(watched.webhook(keys)));
            assert!(webhook.is_some_and(|webhook| webhook.is_ok()));
            assert!(is_all_secret(&computed::<LEN>(scheme)?));
        }
        Ok(())
    }

    fn signatures(&mut self) -> Result<(), Failure> {
        for (algorithm, length) in [
            (Algorithm::HmacSha1, 20),
            (Algorithm::HmacSha256, 32),
            (Algorithm::HmacSha512, 64),
        ] {
            let signature = of_bytes(algorithm, &[0x5a; 64][..length]);
            for (what, other) in neighbours(signature) {
                let (one, other_marked) = (marked(signature), marked(other));
                assert!(is_all_secret(&one) && is_all_secret(&other_marked));
                self.silent(&format!("two of {algorithm}, {what}"), 0, || {
                    assert_eq!(public(one == other_marked), signature == other);
                });
            }
        }
        Ok(())
    }

    /// Checks signing. The public key and the signature depend on the seed, and are published.
    fn signing(&mut self) -> Result<(), Failure> {
        let known = SigningKey::from_seed(&SEED)?;
        let mut key = None;
        self.silent("an Ed25519 key, made", 1, || {
            key = Some(SigningKey::from_seed(&secret(SEED)));
        });
        let key = key.ok_or("no key")??;
        let mut signature = known.sign(&[]);
        self.silent("an Ed25519 signature, made", 0, || {
            signature = key.sign(&[BODY]);
        });
        let bytes: [u8; 64] = signature.as_bytes().try_into()?;
        let signed = published(bytes);
        assert_eq!(signed, known.sign(&[BODY]).as_bytes());
        // The point R. Of S, valgrind knows the highest bits.
        let (point, _) = bytes.split_first_chunk::<32>().ok_or("no R")?;
        assert!(is_secret(point) && is_secret(key.public_key().as_bytes()));

        let watched = watched(schemes::STANDARD_WEBHOOKS);
        let headers = watched.signed(known.into())?;
        let receiver = watched.webhook(vec![key.into()])?;
        self.seen(
            "an Ed25519 signature, verified under what is marked",
            || {
                assert!(verify(&receiver, &headers));
            },
        );
        Ok(())
    }

    fn one_key(&mut self, watched: &Watched) -> Result<(), Failure> {
        let right = watched.signature_by(b'k')?;
        let receiver = watched.webhook(vec![secret_key::<32>(b'k')?])?;
        for (what, received) in neighbours(right) {
            let headers = watched.with(&[received])?;
            let name = format!("{}, {what}", watched.name);
            self.silent(&name, 1, || {
                assert_eq!(verify(&receiver, &headers), received == right);
            });
            self.silent(&format!("{name}, in chunks"), 1, || {
                assert_eq!(verify_chunks(&receiver, &headers), received == right);
            });
        }
        Ok(())
    }

    /// Checks several keys: those up to the matching one are tried.
    fn several_keys(&mut self, watched: &Watched) -> Result<(), Failure> {
        let keys = [b'a', b'b', b'c'].map(secret_key::<32>);
        let receiver = watched.webhook(keys.into_iter().collect::<Result<_, _>>()?)?;
        for (signer, which, tried) in [
            (b'a', "the first", 1),
            (b'b', "the second", 2),
            (b'c', "the last", 3),
            (b'd', "none", 3),
        ] {
            let headers = watched.with(&[watched.signature_by(signer)?])?;
            let name = format!("{}, {which} of 3 keys matches", watched.name);
            self.silent(&name, tried, || {
                assert_eq!(verify(&receiver, &headers), signer != b'd');
            });
            self.silent(&format!("{name}, in chunks"), tried, || {
                assert_eq!(verify_chunks(&receiver, &headers), signer != b'd');
            });
        }
        Ok(())
    }

    /// Checks several signatures, including an Ed25519 one: each key is tried once, however
    /// many are listed.
    fn several_signatures(&mut self, watched: &Watched) -> Result<(), Failure> {
        let keys = vec![secret_key::<32>(b'a')?, secret_key::<32>(b'b')?];
        let receiver = watched.webhook(keys)?;
        for (signers, tried) in [(*b"axy", 1), (*b"xya", 1), (*b"xby", 2), (*b"xyz", 2)] {
            let mut signatures = Vec::new();
            for signer in signers {
                signatures.push(watched.signature_by(signer)?);
            }
            let mut forms = watched.scheme.forms.iter();
            if forms.any(|form| form.algorithm == Algorithm::Ed25519) {
                signatures.push(SigningKey::from_seed(&SEED)?.sign(&[]));
            }
            let headers = watched.with(&signatures)?;
            let name = format!(
                "{}, keys ab, signatures {}",
                watched.name,
                signers.escape_ascii()
            );
            self.silent(&name, tried, || {
                assert_eq!(verify(&receiver, &headers), signers != *b"xyz");
            });
            self.silent(&format!("{name}, in chunks"), tried, || {
                assert_eq!(verify_chunks(&receiver, &headers), signers != *b"xyz");
            });
        }
        Ok(())
    }
}
