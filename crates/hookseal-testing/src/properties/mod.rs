//! What must hold for the crate with any input: each property calls the crate and the
//! model, and panics if they differ.

mod change;
mod decoders;
#[cfg(feature = "ed25519")]
mod ed25519_keys;
mod genuine;
mod keys;

use hookseal::clock::{FixedClock, Timestamp};
use hookseal::scheme::{Encoding, Form, HeaderVisitor, Scheme};
use hookseal::verification::{HashState, Verification};
use hookseal::{
    ConfigError, Head, Key, ReplayWindow, RequestHead, Verified, Verifier, VerifyError, Webhook,
};

use super::model::{
    self, Accepted, Fault, Outside, Receiver, Request, Setting, Settings, Verdict, Window,
};

pub use change::Change;
pub use decoders::{decoders, windows};
pub use genuine::{Genuine, Spelling};
pub use keys::keys;

use keys::stands_in;

/// A request, its receiver, and the time of the check.
#[derive(Clone, Debug)]
pub struct Case {
    pub receiver: Receiver,
    pub request: Request,
    pub now: u64,
    /// The time of receipt, for a check that runs later.
    pub received_at: u64,
    /// Where the body is cut into chunks.
    pub cuts: Vec<usize>,
}

/// The head of a request, for a verifier.
struct CaseHead<'c>(&'c Request);

impl RequestHead for CaseHead<'_> {
    fn visit_headers<'h>(&'h self, visitor: &mut HeaderVisitor<'_, 'h>) {
        self.0.headers.visit_headers(visitor);
    }

    fn method(&self) -> Option<&str> {
        self.0.line.as_ref().map(|(method, _)| &method[..])
    }

    fn target(&self) -> Option<&str> {
        self.0.line.as_ref().map(|(_, target)| &target[..])
    }
}

impl Case {
    /// Checks that every way to a verdict gives the model's verdict: whole and in chunks,
    /// from pairs and from a map, by the clock and by the time of receipt.
    pub fn check(&self) -> Verdict {
        let Case {
            receiver, request, ..
        } = self;
        let webhook = match webhook(receiver, self.now) {
            Ok(webhook) => webhook,
            // The model does not know the marks of other kinds of keys.
            Err(ConfigError::ForeignSecret { found, .. }) if receiver.is_sound() => {
                let has_it = |key: &model::Key| stands_in(found, &key.secret);
                assert!(receiver.keys.iter().any(has_it), "{found}\n{self:#?}");
                return Err(Vec::new());
            }
            Err(error) => {
                assert!(!receiver.is_sound(), "{error}\n{self:#?}");
                return Err(Vec::new());
            }
        };
        assert!(receiver.is_sound(), "no error\n{self:#?}");

        let wanted = receiver.verdict(request, self.now);
        let head = CaseHead(request);
        let chunks = self.chunks();
        self.agree(&wanted, outcome(webhook.verify(&head, &request.body)));
        self.agree_on_digest(&wanted, webhook.verify(&head, &request.body));
        let mut state = HashState::new();
        let begun = webhook.begin(&head, &mut state);
        self.agree(&wanted, streamed(begun, &chunks));
        match &request.line {
            None => {
                let headers = &request.headers;
                self.agree(&wanted, outcome(webhook.verify(headers, &request.body)));
            }
            Some((method, target)) => {
                let head = Head::new(method, target, &request.headers);
                self.agree(&wanted, outcome(webhook.verify(&head, &request.body)));
            }
        }
        if let Some(map) = header_map(request)
            && request.line.is_none()
        {
            self.agree(&wanted, outcome(webhook.verify(&map, &request.body)));
        }
        if let Some(request) = http_request(request) {
            self.agree(&wanted, outcome(webhook.verify(&request, request.body())));
        }

        let verifier: &dyn Verifier = &webhook;
        let wanted_then = receiver.verdict(request, self.received_at);
        let then = Timestamp::from_secs(self.received_at);
        let whole = verifier.verify_received_at(then, &head, &request.body);
        self.agree(&wanted_then, outcome(whole));
        let begun = verifier.begin_received_at(then, &head, &mut state);
        self.agree(&wanted_then, streamed(begun, &chunks));
        wanted
    }

    /// Cuts around the ends, and around the blocks of SHA-256, make no
    /// difference.
    pub fn check_splits(&self) {
        let Case {
            receiver, request, ..
        } = self;
        let body = &request.body[..];
        let webhook = webhook(receiver, self.now).expect("a sound receiver");
        let wanted = receiver.verdict(request, self.now);
        let head = CaseHead(request);
        let check = |chunks: &[&[u8]]| {
            let mut state = HashState::new();
            let begun = webhook.begin(&head, &mut state);
            self.agree(&wanted, streamed(begun, chunks));
        };
        for cut in [0, 1, 63, 64, 65, body.len() / 2, body.len()] {
            let (head, tail) = body.split_at(cut.min(body.len()));
            check(&[head, tail]);
        }
        for size in [1, 63, 64, 65] {
            check(&body.chunks(size).collect::<Vec<_>>());
        }
    }

    fn chunks(&self) -> Vec<&[u8]> {
        let body = &self.request.body[..];
        let mut cuts: Vec<usize> = self.cuts.iter().map(|cut| cut % (body.len() + 1)).collect();
        cuts.sort_unstable();
        cuts.push(body.len());
        let mut start = 0;
        let until = |end| &body[std::mem::replace(&mut start, end)..end];
        cuts.into_iter().map(until).collect()
    }

    #[track_caller]
    fn agree(&self, wanted: &Verdict, got: Outcome) {
        let agrees = match (wanted, &got) {
            (Ok(wanted), Ok((got, body_len))) => {
                wanted == got && *body_len == self.request.body.len() as u64
            }
            (Err(wanted), Err(got)) => wanted.contains(&fault(got)),
            _ => false,
        };
        assert!(agrees, "got {got:?}, not {wanted:?}\n{self:#?}");
    }

    /// Checks that the idempotency key is the signed id, or else a digest of what is
    /// signed.
    #[track_caller]
    fn agree_on_digest(&self, wanted: &Verdict, got: Result<Verified<'_>, VerifyError>) {
        if let (Ok(wanted), Ok(got)) = (wanted, got) {
            let key = match &wanted.message_id {
                Some(id) => match str::from_utf8(id) {
                    Ok(id) => format!("id:{id}"),
                    Err(_) => format!("id-hex:{}", data_encoding::HEXLOWER.encode(id)),
                },
                None => {
                    let message = self.receiver.message(&self.request);
                    let digest = ring::digest::digest(&ring::digest::SHA256, &message);
                    format!("sha256:{}", data_encoding::HEXLOWER.encode(digest.as_ref()))
                }
            };
            let wanted = format!("{}:{key}", self.receiver.scheme.name);
            assert_eq!(got.idempotency_key().as_str(), wanted, "{self:#?}");
            assert_eq!(got.into_owned().idempotency_key().as_str(), wanted);
        }
    }
}

/// Creates the crate's webhook for a receiver, at a time.
pub fn webhook(receiver: &Receiver, now: u64) -> Result<Webhook, ConfigError> {
    let named = |key: Key, id: &Option<String>| match id {
        Some(id) => key.with_id(id.as_str()),
        None => key,
    };
    let macs = receiver
        .keys
        .iter()
        .map(|key| Ok(named(Key::from_bytes(&key.secret)?, &key.id)));
    // Added before the others, which are still tried first.
    let keys: Vec<Key> = receiver
        .ed25519
        .iter()
        .map(|key| Ok(named(ed25519_key(key)?, &key.id)))
        .chain(macs)
        .collect::<Result<_, ConfigError>>()?;

    let Settings {
        header_prefix,
        signature_header,
        form,
        endpoints,
    } = &receiver.settings;
    let mut scheme: Scheme<'_> = receiver.scheme;
    if let Some(prefix) = header_prefix {
        scheme = scheme.with_header_prefix(prefix);
    }
    if let Some(name) = signature_header {
        scheme = scheme.with_signature_header(name);
    }
    let forms;
    if let Some((prefix, encoding)) = form {
        forms = [match encoding {
            Encoding::Base64 => Form::base64(prefix),
            Encoding::Base64Url => Form::base64url(prefix),
            _ => Form::hex(prefix),
        }];
        scheme = scheme.with_forms(&forms);
    }
    let all: Vec<&str> = endpoints.iter().map(String::as_str).collect();
    scheme = match &all[..] {
        [] => scheme,
        [only] => scheme.at(only),
        all => scheme.at_any(all),
    };
    scheme = match receiver.window {
        Setting::Default => scheme,
        Setting::Off => scheme.insecure_without_replay_window(),
        Setting::Is(Window { past, future }) => {
            scheme.with_window(ReplayWindow::from_secs(past).with_future_secs(future))
        }
    };
    Webhook::new_with_clock(scheme, keys, FixedClock::at(now))
}

#[cfg(feature = "ed25519")]
use ed25519_keys::key as ed25519_key;

/// Creates the key from its text.
#[cfg(not(feature = "ed25519"))]
fn ed25519_key(key: &model::ed25519::Key) -> Result<Key, ConfigError> {
    let public = data_encoding::BASE64.encode(&key.public);
    Key::from_base64(&format!("whpk_{public}"))
}

/// A verifier's verdict on a request: what it proves, and the length of the body.
type Outcome = Result<(Accepted, u64), VerifyError>;

fn outcome<B>(result: Result<Verified<'_, B>, VerifyError>) -> Outcome {
    let verified = result?;
    let accepted = Accepted {
        message_id: verified.message_id_bytes().map(<[u8]>::to_vec),
        timestamp: verified.timestamp().map(Timestamp::as_secs),
        key_id: verified.key_id().map(str::to_owned),
        signature: verified.signature().as_bytes().to_vec(),
    };
    Ok((accepted, verified.body_len()))
}

fn streamed(begun: Result<Verification<'_>, VerifyError>, chunks: &[&[u8]]) -> Outcome {
    let mut verification = begun?;
    for chunk in chunks {
        verification.update(chunk);
    }
    outcome(verification.finish())
}

/// Returns the headers in a map, unless a map cannot hold them.
fn header_map(request: &Request) -> Option<http::HeaderMap> {
    let pair = |(name, value): &(String, Vec<u8>)| {
        let name: http::HeaderName = name.parse().ok()?;
        Some((name, http::HeaderValue::from_bytes(value).ok()?))
    };
    let pairs: Option<Vec<_>> = request.headers.iter().map(pair).collect();
    Some(pairs?.into_iter().collect())
}

/// Returns the whole request, unless its target would be read differently.
fn http_request(request: &Request) -> Option<http::Request<&[u8]>> {
    let (method, target) = request.line.as_ref()?;
    let mut built = http::Request::builder()
        .method(method.as_str())
        .uri(target.as_str())
        .body(&request.body[..])
        .ok()?;
    *built.headers_mut() = header_map(request)?;
    let same_target = built.uri().path_and_query()?.as_str() == target;
    (same_target && built.method().as_str() == method).then_some(built)
}

fn fault(error: &VerifyError) -> Fault {
    let (header, outside) = match error {
        VerifyError::SignatureMismatch
        | VerifyError::IncompleteHead { .. }
        | VerifyError::MalformedTarget => (None, None),
        VerifyError::MissingHeader { header, .. }
        | VerifyError::DuplicateHeader { header, .. }
        | VerifyError::MalformedSignature { header, .. }
        | VerifyError::MalformedTimestamp { header, .. }
        | VerifyError::MalformedHeader { header, .. }
        | VerifyError::EndpointMismatch { header, .. }
        | VerifyError::UnknownKeyId { header, .. } => (Some(header), None),
        VerifyError::TimestampTooOld {
            header,
            timestamp,
            now,
            tolerance,
            ..
        }
        | VerifyError::TimestampInFuture {
            header,
            timestamp,
            now,
            tolerance,
            ..
        } => {
            let outside = Outside {
                timestamp: timestamp.as_secs(),
                now: now.as_secs(),
                tolerance: *tolerance,
            };
            (Some(header), Some(outside))
        }
        other => panic!("no request makes this fault: {other}"),
    };
    Fault {
        reason: error.reason(),
        header: header.map(ToString::to_string),
        outside,
    }
}
