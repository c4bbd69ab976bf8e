//! What must hold of the crate, for any input: each property calls it beside
//! the model, and panics where they differ.

use hookseal::schemes::{Hubpay, MessageOrder, Pakk, Paminga, Pomelo, Prefix, StandardWebhooks};
use hookseal::{
    Check, ConfigError, Encoding, FixedClock, HeaderName, Headers, Key, Keyring, Keys, Message,
    ReplayWindow, SecretFault, Signature, Signatures, SignedTimestamp, Tag, Timestamp, Verified,
    Verifier, VerifyError,
};

use super::ed25519;
#[cfg(feature = "ed25519")]
use super::ed25519_keys;
use super::model::{self, Accepted, Fault, Outside, Receiver, Request, Scheme, Verdict};

/// A request, and who checks it when.
#[derive(Clone, Debug)]
pub struct Case {
    pub receiver: Receiver,
    pub request: Request,
    pub now: u64,
    /// For a check that comes later than the request.
    pub received_at: u64,
    /// Where the body is cut into chunks.
    pub cuts: Vec<usize>,
}

impl Case {
    /// Every way to a verdict leads to the model's: whole and in chunks, from
    /// pairs and from a map, by the clock and by the time of receipt.
    pub fn check(&self) -> Verdict {
        let Case {
            receiver, request, ..
        } = self;
        let verifier = match verifier(receiver, self.now) {
            Ok(verifier) => verifier,
            Err(error) => {
                assert!(!receiver.is_sound(), "{error}\n{self:#?}");
                return Err(Vec::new());
            }
        };
        assert!(receiver.is_sound(), "no error\n{self:#?}");

        let wanted = receiver.verdict(request, self.now);
        let headers = &request.headers;
        let chunks = self.chunks();
        self.agree(&wanted, verifier.verify(headers, &request.body));
        self.agree(&wanted, streamed(verifier.begin(headers), &chunks));
        if let Some(map) = header_map(request) {
            self.agree(&wanted, verifier.verify(&map, &request.body));
        }

        let wanted_then = receiver.verdict(request, self.received_at);
        let then = Timestamp::from_secs(self.received_at);
        let whole = verifier.verify_received_at(then, headers, &request.body);
        self.agree(&wanted_then, whole);
        let begun = verifier.begin_received_at(then, headers);
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
        let verifier = verifier(receiver, self.now).expect("a sound receiver");
        let wanted = receiver.verdict(request, self.now);
        let check = |chunks: &[&[u8]]| {
            self.agree(&wanted, streamed(verifier.begin(&request.headers), chunks));
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
    fn agree<B>(&self, wanted: &Verdict, got: Result<Verified<'_, B>, VerifyError>) {
        let agrees = match (wanted, &got) {
            (Ok(wanted), Ok(got)) => {
                *wanted == accepted(got) && got.body_len() == self.request.body.len() as u64
            }
            (Err(wanted), Err(got)) => wanted.contains(&fault(got)),
            _ => false,
        };
        let got = got.map(|verified| accepted(&verified));
        assert!(agrees, "got {got:?}, not {wanted:?}\n{self:#?}");
    }
}

/// A request as its sender makes it.
#[derive(Clone, Debug)]
pub struct Genuine {
    pub receiver: Receiver,
    /// Which of the receiver's keys signs: those of MACs come first.
    pub signer: usize,
    pub id: String,
    pub timestamp: u64,
    pub body: Vec<u8>,
    pub spelling: Spelling,
}

/// How a sender spells a signature where the receiver reads several spellings.
#[derive(Clone, Copy, Debug)]
pub struct Spelling {
    pub base64: bool,
    pub upper_case: bool,
    pub prefixed: bool,
}

impl Genuine {
    /// All that must hold of a genuine request; `bit` picks the one to change.
    pub fn check(&self, bit: usize) {
        let request = self.request();
        if !self.receiver.is_sound() {
            _ = self.at(self.timestamp, request).check();
            return;
        }
        let verdict = self.untimed().verdict(&request, 0);
        self.check_signing(verdict.is_ok());
        if let Ok(accepted) = verdict {
            assert_eq!(accepted.signature, self.sign(&request), "{self:#?}");
            self.at(self.timestamp, request.clone()).check_splits();
            self.check_time(&request);
            self.check_changed_bits(&request, bit);
        }
    }

    /// Accepted up to both ends of the window and not a second more.
    fn check_time(&self, request: &Request) {
        let Some(window) = self.receiver.window else {
            for now in [0, self.timestamp, u64::MAX] {
                self.accepted(now, request);
            }
            return;
        };
        let ends = [
            (self.timestamp.checked_add(window.past), 1),
            (self.timestamp.checked_sub(window.future), -1),
        ];
        self.accepted(self.timestamp, request);
        for (end, outwards) in ends {
            let Some(end) = end else { continue };
            self.accepted(end, request);
            if let Some(beyond) = end.checked_add_signed(outwards)
                && self.is_timed()
            {
                self.refused(beyond, request);
            }
        }
        for now in [0, 1, u64::MAX - 1, u64::MAX] {
            _ = self.at(now, request.clone()).check();
        }
    }

    /// No bit of what is signed can be changed, and none of the signature.
    fn check_changed_bits(&self, request: &Request, bit: usize) {
        let flip = |bytes: &mut [u8]| {
            if !bytes.is_empty() {
                bytes[bit / 8 % bytes.len()] ^= 1 << (bit % 8);
            }
        };
        if !request.body.is_empty() {
            let mut changed = request.clone();
            flip(&mut changed.body);
            self.refused(self.timestamp, &changed);
        }
        for place in 0..request.headers.len() {
            // Who signs is shown by the signature alone: Pomelo's key id says
            // where to look, and two ids may have one secret.
            if request.headers[place].0 == "x-api-key" {
                continue;
            }
            let mut changed = request.clone();
            flip(&mut changed.headers[place].1);
            let values = [request, &changed].map(|request| &request.headers[place].1);
            // Hex is read in both cases, so this bit spells the same MAC.
            let is_same_hex = values[0].eq_ignore_ascii_case(values[1])
                && !self.is_base64()
                && place == self.signature_place();
            if is_same_hex {
                _ = self.at(self.timestamp, changed).check();
            } else {
                self.refused(self.timestamp, &changed);
            }
        }
        let mut signature = self.sign(request);
        flip(&mut signature);
        self.refused(self.timestamp, &self.request_with(&signature));
    }

    /// The crate signs what a receiver would read, as the model does, and
    /// nothing else.
    fn check_signing(&self, is_well_formed: bool) {
        let verifier = verifier(&self.receiver, self.timestamp).expect("a sound receiver");
        let mut message = Message::new(&self.body)
            .with_id(&self.id)
            .with_timestamp(Timestamp::from_secs(self.timestamp));
        if let Some(id) = self
            .receiver
            .keys
            .get(self.signer)
            .and_then(|key| key.id.as_deref())
        {
            message = message.with_key_id(id);
        }
        let wanted = self.as_the_crate_signs();
        let has_control = |value: &[u8]| value.iter().any(|&b| b != b'\t' && b.is_ascii_control());
        let can_travel = !wanted.iter().any(|(_, value)| has_control(value));
        let can_sign = !self.receiver.signers().is_empty();
        match verifier.sign_message(&message) {
            Ok(headers) => {
                assert!(
                    is_well_formed && can_travel && can_sign,
                    "signed\n{self:#?}"
                );
                let signed: Vec<(String, Vec<u8>)> = headers
                    .into_iter()
                    .map(|(name, value)| (name.to_string(), value.into_bytes()))
                    .collect();
                assert_eq!(signed, wanted, "{self:#?}");
            }
            Err(error) => {
                let can = is_well_formed && can_travel && can_sign;
                assert!(!can, "{error}\n{self:#?}");
            }
        }
    }

    pub fn request(&self) -> Request {
        let unsigned = self.request_with(&[]);
        self.request_with(&self.sign(&unsigned))
    }

    fn sign(&self, request: &Request) -> Vec<u8> {
        let message = self.receiver.message(request);
        let Receiver { keys, ed25519, .. } = &self.receiver;
        match keys.get(self.signer) {
            Some(key) => model::hmac_sha256(&key.secret, &message).to_vec(),
            None => {
                let seed = ed25519[self.signer - keys.len()].seed;
                ed25519::sign(&seed.expect("a sender's key"), &message).to_vec()
            }
        }
    }

    fn request_with(&self, signature: &[u8]) -> Request {
        Request {
            headers: self.headers(&self.spell(signature)),
            body: self.body.clone(),
        }
    }

    /// All headers of the scheme, in the order in which the crate writes them.
    fn headers(&self, signature: &str) -> Vec<(String, Vec<u8>)> {
        let pair = |name: &str, value: &str| (name.to_owned(), value.as_bytes().to_vec());
        let timestamp = self.timestamp.to_string();
        match &self.receiver.scheme {
            Scheme::Paminga => vec![pair("x-paminga-signature", signature)],
            Scheme::Pakk => vec![pair("x-pakk-webhook-signature", signature)],
            Scheme::Hubpay { header, .. } => vec![pair(&header.to_ascii_lowercase(), signature)],
            Scheme::StandardWebhooks { prefix } => {
                let names = model::standard_webhooks_names(prefix);
                let values = [&self.id, &timestamp, signature];
                names
                    .iter()
                    .zip(values)
                    .map(|(name, value)| pair(name, value))
                    .collect()
            }
            Scheme::Pomelo { endpoint, .. } => {
                let key_id = self.receiver.keys[self.signer].id.as_deref();
                vec![
                    pair("x-api-key", key_id.unwrap_or_default()),
                    pair("x-signature", signature),
                    pair("x-timestamp", &timestamp),
                    pair("x-endpoint", endpoint),
                ]
            }
        }
    }

    fn spell(&self, signature: &[u8]) -> String {
        let hex = if self.spelling.upper_case {
            data_encoding::HEXUPPER.encode(signature)
        } else {
            data_encoding::HEXLOWER.encode(signature)
        };
        let base64 = data_encoding::BASE64.encode(signature);
        match &self.receiver.scheme {
            Scheme::Paminga => hex,
            Scheme::Pakk => base64,
            Scheme::StandardWebhooks { .. } if signature.len() == 64 => format!("v1a,{base64}"),
            Scheme::StandardWebhooks { .. } => format!("v1,{base64}"),
            Scheme::Pomelo { .. } => format!("hmac-sha256 {base64}"),
            Scheme::Hubpay { prefixed, .. } => {
                let bare = if self.is_base64() { base64 } else { hex };
                if prefixed.unwrap_or(self.spelling.prefixed) {
                    format!("sha256={bare}")
                } else {
                    bare
                }
            }
        }
    }

    fn is_base64(&self) -> bool {
        match self.receiver.scheme {
            Scheme::Paminga => false,
            Scheme::Hubpay { encoding, .. } => match encoding {
                Some(encoding) => encoding == model::Encoding::Base64,
                None => self.spelling.base64,
            },
            _ => true,
        }
    }

    fn is_timed(&self) -> bool {
        let scheme = &self.receiver.scheme;
        matches!(
            scheme,
            Scheme::StandardWebhooks { .. } | Scheme::Pomelo { .. }
        )
    }

    pub fn signature_place(&self) -> usize {
        match self.receiver.scheme {
            Scheme::StandardWebhooks { .. } => 2,
            Scheme::Pomelo { .. } => 1,
            _ => 0,
        }
    }

    /// With the first of the keys that a receiver would try, in the first of
    /// its spellings; Standard Webhooks with all keys that can sign.
    fn as_the_crate_signs(&self) -> Vec<(String, Vec<u8>)> {
        let keys = &self.receiver.keys;
        let first = match self.receiver.scheme {
            Scheme::Pomelo { .. } => {
                let id = &keys[self.signer].id;
                keys.iter()
                    .position(|key| key.id == *id)
                    .unwrap_or_default()
            }
            _ => 0,
        };
        let plain = Spelling {
            base64: false,
            upper_case: false,
            prefixed: false,
        };
        let signed_by = |signer| Genuine {
            signer,
            spelling: plain,
            ..self.clone()
        };
        let place = self.signature_place();
        if let Scheme::StandardWebhooks { .. } = self.receiver.scheme {
            let signature = |signer| signed_by(signer).request().headers.remove(place).1;
            let signatures = self.receiver.signers().into_iter().map(signature);
            let mut headers = self.request_with(&[]).headers;
            headers[place].1 = signatures.collect::<Vec<_>>().join(&b' ');
            return headers;
        }
        signed_by(first).request().headers
    }

    fn untimed(&self) -> Receiver {
        Receiver {
            window: None,
            ..self.receiver.clone()
        }
    }

    fn at(&self, now: u64, request: Request) -> Case {
        Case {
            receiver: self.receiver.clone(),
            request,
            now,
            received_at: self.timestamp,
            cuts: vec![1],
        }
    }

    #[track_caller]
    fn accepted(&self, now: u64, request: &Request) {
        let case = self.at(now, request.clone());
        let verdict = case.check();
        assert!(verdict.is_ok(), "{verdict:?}\n{case:#?}");
    }

    #[track_caller]
    fn refused(&self, now: u64, request: &Request) {
        let case = self.at(now, request.clone());
        assert!(case.check().is_err(), "accepted\n{case:#?}");
    }
}

/// One change to a request, on its way or by an attacker.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    pub kind: u8,
    pub header: usize,
    pub place: usize,
    pub byte: u8,
}

impl Change {
    pub const KINDS: u8 = 17;

    /// Other entries before the first of a list, well-formed or not, and what
    /// may not go before a signature everywhere.
    const PREFIXES: [&str; 3] = [
        "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= ",
        "v1a,x ",
        "sha256=",
    ];

    pub fn apply(self, request: &mut Request) {
        let Request { headers, body } = request;
        if headers.is_empty() {
            return;
        }
        let header = self.header % headers.len();
        let other = self.place % headers.len();
        let value = &mut headers[header].1;
        let place = self.place % (value.len() + 1);
        match self.kind % Self::KINDS {
            0 => drop(headers.remove(header)),
            1 => headers.insert(other, headers[header].clone()),
            2 => headers.insert(other, (headers[header].0.clone(), Vec::new())),
            3 => headers[header].0.make_ascii_uppercase(),
            4 => headers.insert(header, ("x-other".into(), vec![self.byte])),
            5 => value.clear(),
            6 => value.insert(place, self.byte),
            7 => value.truncate(place),
            8 => value.extend(value.clone()),
            9 | 10 => {
                if let Some(byte) = value.get_mut(place) {
                    *byte = self.byte;
                }
            }
            11 => {
                let prefix = Self::PREFIXES[self.place % Self::PREFIXES.len()];
                value.splice(0..0, prefix.bytes()).for_each(drop);
            }
            12 => {
                // About as many as are read.
                let entries = 30 + usize::from(self.byte % 4);
                value.extend(b" v1,".repeat(entries));
            }
            // The boundary between the header and the body moves.
            13 => {
                let moved = body.len().min(place);
                value.extend(body.drain(..moved));
            }
            14 => {
                let moved = value.split_off(place);
                body.splice(0..0, moved);
            }
            15 => body.truncate(self.place),
            _ => body.push(self.byte),
        }
    }
}

/// A secret's text is read as the model reads it, whatever it is passed as.
pub fn keys(text: &str) {
    let bytes = text.as_bytes();
    agree_on_key(text, Key::from_text(text), model::secret(bytes));
    agree_on_key(text, Key::from_bytes(bytes), model::secret(bytes));
    agree_on_key(text, Key::from_hex(text), model::secret_from_hex(text));
    agree_on_key(
        text,
        Key::from_base64(text),
        model::secret_from_base64(text),
    );
    #[cfg(feature = "ed25519")]
    ed25519_keys::keys(text);
}

#[track_caller]
fn agree_on_key(
    text: &str,
    got: Result<Key, ConfigError>,
    wanted: Result<Vec<u8>, model::SecretFault>,
) {
    let message = b"any message";
    match (&got, &wanted) {
        (Ok(got), Ok(secret)) => {
            let got = got.mac(&[&message[..4], &message[4..]]);
            assert_eq!(
                *got.as_bytes(),
                model::hmac_sha256(secret, message),
                "{text:?}"
            );
        }
        (Err(got), Err(wanted)) => assert!(is_fault(text, got, wanted), "{got:?}, {wanted:?}"),
        _ => panic!("{text:?}: got {got:?}, not {wanted:?}"),
    }
}

fn is_fault(text: &str, got: &ConfigError, wanted: &model::SecretFault) -> bool {
    use model::SecretFault::{Empty, Foreign};
    match (wanted, got) {
        (Empty, ConfigError::EmptySecret) => true,
        (Foreign, ConfigError::ForeignSecret { found, meaning }) => {
            let constructor = match *found {
                "whpk_" => "`ed25519::PublicKey::from_base64`",
                "whsk_" => "`ed25519::SigningKey::from_base64`",
                _ => "",
            };
            // In another letter case it is named as it should be.
            meaning.contains(constructor) || !text.starts_with(found)
        }
        (wanted, ConfigError::InvalidSecret { fault, .. }) => is_secret_fault(text, fault, wanted),
        _ => false,
    }
}

pub fn is_secret_fault(text: &str, got: &SecretFault, wanted: &model::SecretFault) -> bool {
    use model::SecretFault::{Empty, Foreign, Form, Stranger};
    match wanted {
        Empty | Foreign => false,
        Form => matches!(
            got,
            SecretFault::Length | SecretFault::Padding | SecretFault::TrailingBits
        ),
        Stranger(found, place) => {
            let position = *place;
            assert!(text[position..].starts_with(*found));
            let wanted = match found {
                ' ' | '\t' => SecretFault::WhiteSpace { position },
                '\r' | '\n' => SecretFault::LineBreak { position },
                '"' | '\'' | '`' => SecretFault::Quote { position },
                '-' | '_' => SecretFault::UrlSafe { position },
                _ => SecretFault::Character { position },
            };
            *got == wanted
        }
    }
}

/// Tags are read from hex and base64, alone and in lists, as the model reads
/// them, and written so that both read them again.
pub fn decoders(text: &[u8]) {
    let bytes = |tag: Option<Tag>| tag.map(|tag| *tag.as_bytes());
    let (hex, base64) = (Tag::from_hex(text), Tag::from_base64(text));
    assert_eq!(bytes(hex), model::tag_from_hex(text), "{text:?}");
    assert_eq!(bytes(base64), model::tag_from_base64(text), "{text:?}");

    for (tag, encoding, model) in [
        (hex, Encoding::Hex, data_encoding::HEXLOWER),
        (base64, Encoding::Base64, data_encoding::BASE64),
    ] {
        assert_eq!(bytes(encoding.decode(text)), bytes(tag));
        if let Some(tag) = tag {
            assert_eq!(encoding.encode(tag), model.encode(tag.as_bytes()));
        }
    }
    #[cfg(feature = "ed25519")]
    ed25519_keys::decoders(text);

    let header = HeaderName::from_static("x");
    let separator = b',';
    let entries = text
        .split(|&byte| byte == separator)
        .filter(|entry| !entry.is_empty());
    let has_tag = entries
        .clone()
        .any(|entry| model::tag_from_hex(entry).is_some());
    let read = |entry: &[u8]| Tag::from_hex(entry).map(Signature::from);
    let list = Signatures::list(text, separator, read, &header);
    assert_eq!(list.is_ok(), has_tag && entries.count() <= 32, "{text:?}");

    let timestamp = SignedTimestamp::parse(text, &header);
    assert_eq!(
        timestamp.ok().map(|it| it.value().as_secs()),
        model::seconds(text),
        "{text:?}"
    );
}

/// The window's arithmetic is that of numbers without end.
pub fn windows(timestamp: u64, now: u64, past: u64, future: u64) {
    let header = HeaderName::from_static("x");
    let window = ReplayWindow::from_secs(past).with_future_secs(future);
    let text = timestamp.to_string();
    let Ok(timestamp) = SignedTimestamp::parse(text.as_bytes(), &header) else {
        assert_eq!(text.len(), 20);
        return;
    };
    let age = i128::from(now) - i128::from(timestamp.value().as_secs());
    let verdict = window.check(&timestamp, Timestamp::from_secs(now));
    match verdict {
        Ok(()) => assert!((-i128::from(future)..=i128::from(past)).contains(&age)),
        Err(VerifyError::TimestampTooOld { .. }) => assert!(age > i128::from(past)),
        Err(VerifyError::TimestampInFuture { .. }) => assert!(-age > i128::from(future)),
        Err(other) => panic!("{other}"),
    }
}

/// The crate's verifier for a receiver, at a time.
fn verifier(receiver: &Receiver, now: u64) -> Result<Box<dyn Verifier>, ConfigError> {
    let key = |key: &model::Key| {
        let made = Key::from_bytes(&key.secret)?;
        Ok(match &key.id {
            Some(id) => made.with_id(id.as_str()),
            None => made,
        })
    };
    let keys: Vec<Key> = receiver
        .keys
        .iter()
        .map(key)
        .collect::<Result<_, ConfigError>>()?;
    let clock = FixedClock::at(now);
    let window = receiver
        .window
        .map(|window| ReplayWindow::from_secs(window.past).with_future_secs(window.future));
    Ok(match &receiver.scheme {
        Scheme::Paminga => Box::new(Paminga::new(Keys::new(keys)?)),
        Scheme::Pakk => Box::new(Pakk::new(Keys::new(keys)?)),
        Scheme::Hubpay {
            header,
            encoding,
            prefixed,
        } => {
            let mut verifier = Hubpay::new(Keys::new(keys)?)
                .with_header_name(header)?
                .with_prefix(match prefixed {
                    None => Prefix::Optional,
                    Some(true) => Prefix::Required,
                    Some(false) => Prefix::Forbidden,
                });
            if let Some(encoding) = encoding {
                verifier = verifier.with_encoding(match encoding {
                    model::Encoding::Hex => Encoding::Hex,
                    model::Encoding::Base64 => Encoding::Base64,
                });
            }
            Box::new(verifier)
        }
        Scheme::StandardWebhooks { prefix } => {
            let keyrings = keys.into_iter().map(Keyring::from);
            // Before the others, which are tried first all the same.
            #[cfg(feature = "ed25519")]
            let keyrings = ed25519_keys::of_receiver(receiver)?
                .into_iter()
                .chain(keyrings);
            let verifier = StandardWebhooks::new_with_clock(Keyring::new(keyrings)?, clock)
                .with_header_prefix(prefix)?;
            Box::new(match window {
                Some(window) => verifier.with_window(window),
                None => verifier.insecure_without_replay_window(),
            })
        }
        Scheme::Pomelo { endpoint, order } => {
            let verifier = Pomelo::new_with_clock(endpoint.as_str(), keys, clock)?
                .with_message_order(match order {
                    model::Order::TimestampEndpointBody => MessageOrder::TimestampEndpointBody,
                    model::Order::BodyTimestampEndpoint => MessageOrder::BodyTimestampEndpoint,
                });
            Box::new(match window {
                Some(window) => verifier.with_window(window),
                None => verifier.insecure_without_replay_window(),
            })
        }
    })
}

fn streamed<'h>(
    begun: Result<Check<'h>, VerifyError>,
    chunks: &[&[u8]],
) -> Result<Verified<'h, ()>, VerifyError> {
    let mut check = begun?;
    for chunk in chunks {
        check.update(chunk);
    }
    check.finish()
}

/// The same headers in a map, unless it cannot hold them.
fn header_map(request: &Request) -> Option<impl Headers> {
    let pair = |(name, value): &(String, Vec<u8>)| {
        let name: http::HeaderName = name.parse().ok()?;
        Some((name, http::HeaderValue::from_bytes(value).ok()?))
    };
    request
        .headers
        .iter()
        .map(pair)
        .collect::<Option<http::HeaderMap>>()
}

fn accepted<B>(verified: &Verified<'_, B>) -> Accepted {
    Accepted {
        message_id: verified.message_id().map(<[u8]>::to_vec),
        timestamp: verified.timestamp().map(Timestamp::as_secs),
        key_id: verified.key_id().map(str::to_owned),
        signature: verified.signature().as_bytes().to_vec(),
    }
}

fn fault(error: &VerifyError) -> Fault {
    let (header, outside) = match error {
        VerifyError::SignatureMismatch => (None, None),
        VerifyError::MissingHeader { header }
        | VerifyError::DuplicateHeader { header }
        | VerifyError::MalformedSignature { header }
        | VerifyError::MalformedTimestamp { header }
        | VerifyError::MalformedHeader { header }
        | VerifyError::EndpointMismatch { header }
        | VerifyError::UnknownKeyId { header } => (Some(header), None),
        VerifyError::TimestampTooOld {
            header,
            timestamp,
            now,
            tolerance,
        }
        | VerifyError::TimestampInFuture {
            header,
            timestamp,
            now,
            tolerance,
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
        header: header.map(HeaderName::to_string),
        outside,
    }
}
