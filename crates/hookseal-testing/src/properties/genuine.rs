//! Genuine requests, and everything that must hold for them.

use std::fmt;

use hookseal::Message;
use hookseal::clock::Timestamp;
use hookseal::scheme::{Algorithm, Encoding, Field, Form, Part, SignatureField, TimestampField};

use super::{Case, webhook};
use crate::model::{self, Receiver, Request, Setting, ed25519, time};

/// A request as its sender creates it.
#[derive(Clone)]
pub struct Genuine {
    pub receiver: Receiver,
    /// The index of the receiver's key that signs: MAC keys come first.
    pub signer: usize,
    pub id: String,
    pub timestamp: u64,
    /// The value of all other signed headers.
    pub value: String,
    /// How many of the headers that may be listed are listed.
    pub listed: usize,
    pub line: (String, String),
    /// The index of the receiver's endpoint that is meant.
    pub endpoint: usize,
    pub body: Vec<u8>,
    pub spelling: Spelling,
}

/// How a sender encodes a signature if the receiver reads several encodings.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spelling {
    /// The index of the form.
    pub form: usize,
    pub upper_case: bool,
}

impl fmt::Debug for Genuine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Genuine")
            .field("receiver", &self.receiver)
            .field("signer", &self.signer)
            .field("timestamp", &self.timestamp)
            .field("spelling", &self.spelling)
            .field("request", &self.request())
            .finish_non_exhaustive()
    }
}

impl Genuine {
    /// Checks everything that must hold for a genuine request. `bit` selects the bit to
    /// change.
    pub fn check(&self, bit: usize) {
        let request = self.request();
        if !self.receiver.is_sound() || webhook(&self.receiver, 0).is_err() {
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

    /// Checks that it is accepted up to both ends of the window, and not a second more.
    fn check_time(&self, request: &Request) {
        let window = self.receiver.window();
        let Some(window) = window.filter(|_| self.receiver.is_timed()) else {
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
            if let Some(beyond) = end.checked_add_signed(outwards) {
                self.refused(beyond, request);
            }
        }
        for now in [0, 1, u64::MAX - 1, u64::MAX] {
            _ = self.at(now, request.clone()).check();
        }
    }

    /// Checks that no bit of what is signed, or of the signature, can be changed.
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
        let signatures = self.receiver.signature_headers();
        for place in 0..request.headers.len() {
            let mut changed = request.clone();
            flip(&mut changed.headers[place].1);
            let values = [request, &changed].map(|request| &request.headers[place].1);
            // Hex is read in both cases, so changing this bit gives the same MAC.
            let is_same_hex = values[0].eq_ignore_ascii_case(values[1])
                && self.form().encoding == Encoding::Hex
                && signatures.contains(&request.headers[place].0);
            if is_same_hex {
                _ = self.at(self.timestamp, changed).check();
            } else {
                self.refused(self.timestamp, &changed);
            }
        }
        for (part, is_target) in [(Part::Method, false), (Part::Target, true)] {
            let mut changed = request.clone();
            let (method, target) = changed.line.as_mut().expect("of a whole request");
            let text = if is_target { target } else { method };
            let mut bytes = text.clone().into_bytes();
            flip(&mut bytes);
            if text.is_empty() {
                continue;
            }
            *text = String::from_utf8_lossy(&bytes).into_owned();
            match self.receiver.signs(part) {
                true => self.refused(self.timestamp, &changed),
                false => self.accepted(self.timestamp, &changed),
            }
        }
        let mut signature = self.sign(request);
        flip(&mut signature);
        self.refused(self.timestamp, &self.request_with(&signature));
    }

    /// Checks that the crate signs only what a receiver would read, and signs it as the
    /// model does.
    fn check_signing(&self, is_well_formed: bool) {
        let webhook = webhook(&self.receiver, self.timestamp).expect("a sound receiver");
        let others = self.other_headers();
        let others: Vec<(&str, &str)> = others
            .iter()
            .map(|(name, value)| (&name[..], &value[..]))
            .collect();
        let (method, target) = &self.line;
        let mut message = Message::new(&self.body)
            .with_id(&self.id)
            .with_timestamp(Timestamp::from_secs(self.timestamp))
            .with_headers(&others)
            .with_request_line(method, target);
        if let Some(endpoint) = self.endpoint() {
            message = message.with_endpoint(endpoint);
        }
        let id = self.key_id();
        if let Some(id) = &id {
            message = message.with_key_id(id);
        }
        if self.timestamp == 0 {
            // Any number of zeros.
            return;
        }
        let wanted = self.as_the_crate_signs();
        let has_control = |value: &[u8]| value.iter().any(|&b| b != b'\t' && b.is_ascii_control());
        let can_travel = !wanted.iter().any(|(_, value)| has_control(value));
        let can = is_well_formed && can_travel && !self.signers().is_empty();
        match webhook.sign(&message) {
            Ok(headers) => {
                assert!(can, "signed\n{self:#?}");
                let signed = headers
                    .into_iter()
                    .map(|(name, value)| (name.to_string(), value.into_bytes()));
                assert_eq!(by_name(signed.collect()), by_name(wanted), "{self:#?}");
            }
            Err(error) => assert!(!can, "{error}\n{self:#?}"),
        }
    }

    pub fn request(&self) -> Request {
        let unsigned = self.request_with(&[]);
        self.request_with(&self.sign(&unsigned))
    }

    fn sign(&self, request: &Request) -> Vec<u8> {
        let message = self.receiver.message(request);
        self.signature_by(self.signer, &message)
    }

    fn signature_by(&self, signer: usize, message: &[u8]) -> Vec<u8> {
        let Receiver { keys, ed25519, .. } = &self.receiver;
        match keys.get(signer) {
            Some(key) => {
                let algorithm = self.receiver.mac().unwrap_or(Algorithm::HmacSha256);
                model::mac(algorithm, &key.secret, message)
            }
            None => {
                let seed = ed25519[signer - keys.len()].seed;
                ed25519::sign(&seed.expect("a sender's key"), message).to_vec()
            }
        }
    }

    fn request_with(&self, signature: &[u8]) -> Request {
        let spelled = self.spell(&self.form(), signature);
        Request {
            line: Some(self.line.clone()),
            headers: self.headers(&[spelled]),
            body: self.body.clone(),
        }
    }

    fn key_id(&self) -> Option<String> {
        let Receiver { keys, ed25519, .. } = &self.receiver;
        match keys.get(self.signer) {
            Some(key) => key.id.clone(),
            None => ed25519[self.signer - keys.len()].id.clone(),
        }
    }

    fn endpoint(&self) -> Option<&str> {
        let endpoints = &self.receiver.settings.endpoints;
        let place = self.endpoint.checked_rem(endpoints.len())?;
        // A request that does not name an endpoint is for the only one.
        let place = match self.receiver.endpoint_header() {
            Some(_) => place,
            None => 0,
        };
        Some(&endpoints[place])
    }

    /// Returns the headers whose names the request lists as signed.
    fn listed(&self) -> Vec<String> {
        let receiver = &self.receiver;
        let Some(list) = receiver.scheme.header_list else {
            return Vec::new();
        };
        let allowed = list.allowed.iter().map(|name| receiver.name(name));
        let timestamp = receiver.timestamp_header().filter(|name| {
            !receiver.signs(Part::Timestamp) && allowed.clone().any(|allowed| allowed == *name)
        });
        let others = allowed.filter(|name| Some(name) != timestamp.as_ref());
        let others: Vec<String> = others.take(self.listed).collect();
        timestamp.into_iter().chain(others).collect()
    }

    /// Returns the headers of which only the values are signed.
    fn other_headers(&self) -> Vec<(String, String)> {
        let mut names = self.receiver.other_headers();
        let listed = self.listed().into_iter();
        names.extend(listed.filter(|name| Some(name) != self.receiver.timestamp_header().as_ref()));
        let value = |name: String| (name, self.value.clone());
        names.into_iter().map(value).collect()
    }

    /// Returns all headers of the scheme.
    fn headers(&self, signatures: &[String]) -> Vec<(String, Vec<u8>)> {
        let receiver = &self.receiver;
        let scheme = &receiver.scheme;
        let mut headers = Vec::new();
        let mut put = |name: Option<String>, value: &str| {
            headers.extend(name.map(|name| (name, value.as_bytes().to_vec())));
        };
        put(
            receiver.key_id_header(),
            self.key_id().as_deref().unwrap_or_default(),
        );
        put(receiver.message_id_header(), &self.id);
        put(
            receiver.endpoint_header(),
            self.endpoint().unwrap_or_default(),
        );
        for (name, value) in self.other_headers() {
            put(Some(name), &value);
        }
        let mut params = Vec::new();
        if let Some(TimestampField { field, format }) = scheme.timestamp {
            let text = time::write(format, self.timestamp);
            match field {
                Field::Param(name) => params.push(format!("{name}={text}")),
                _ => put(receiver.timestamp_header(), &text),
            }
        }
        if let Some(list) = scheme.header_list {
            let separator = char::from(model::separator_byte(list.separator)).to_string();
            let names = self.listed().join(&separator);
            match list.names {
                Field::Header(name) => put(Some(receiver.name(name)), &names),
                Field::Param(name) => params.push(format!("{name}={names}")),
                other => panic!("the model does not know {other:?}"),
            }
        }
        let names = receiver.signature_headers();
        match receiver.signature() {
            SignatureField::List { separator, .. } => {
                params.extend_from_slice(signatures);
                let separator = char::from(model::separator_byte(separator)).to_string();
                put(Some(names[0].clone()), &params.join(&separator));
            }
            SignatureField::Repeated(_) => {
                for signature in signatures {
                    put(Some(names[0].clone()), signature);
                }
            }
            _ => {
                for (name, signature) in names.into_iter().zip(signatures) {
                    put(Some(name), signature);
                }
            }
        }
        headers
    }

    /// Returns the form of the signer's signature.
    fn form(&self) -> Form<'_> {
        self.form_of(self.signer, self.spelling.form)
    }

    fn form_of(&self, signer: usize, choice: usize) -> Form<'_> {
        let is_mac = signer < self.receiver.keys.len();
        let mut forms = self.receiver.forms();
        forms.retain(|form| (form.algorithm != Algorithm::Ed25519) == is_mac);
        match choice.checked_rem(forms.len()) {
            Some(place) => forms.swap_remove(place),
            // No verifier reads the signature of such a key.
            None => Form::hex(""),
        }
    }

    fn spell(&self, form: &Form<'_>, signature: &[u8]) -> String {
        let text = match form.encoding {
            Encoding::Hex if self.spelling.upper_case => data_encoding::HEXUPPER.encode(signature),
            Encoding::Hex => data_encoding::HEXLOWER.encode(signature),
            Encoding::Base64 => data_encoding::BASE64.encode(signature),
            Encoding::Base64Url => data_encoding::BASE64URL_NOPAD.encode(signature),
            other => panic!("the model does not know {other:?}"),
        };
        match form.after_key_id {
            None => format!("{}{text}", form.prefix),
            Some(between) => {
                let id = self.key_id().unwrap_or_default();
                format!("{id}{between}{text}")
            }
        }
    }

    /// Returns the keys with which the crate signs: all that can sign, only those with the id
    /// that the message names, if it names one, and at most as many as there is room for.
    fn signers(&self) -> Vec<usize> {
        let receiver = &self.receiver;
        let id = |place: usize| match receiver.keys.get(place) {
            Some(key) => &key.id,
            None => &receiver.ed25519[place - receiver.keys.len()].id,
        };
        let mut signers = receiver.signers();
        if let own @ Some(_) = self.key_id() {
            signers.retain(|place| *id(*place) == own);
        }
        let room = match receiver.signature() {
            SignatureField::Header(_) => 1,
            SignatureField::Headers(names) => names.len(),
            _ => usize::MAX,
        };
        signers.truncate(room);
        signers
    }

    /// Returns the headers as the crate signs: each signature in its first encoding.
    fn as_the_crate_signs(&self) -> Vec<(String, Vec<u8>)> {
        let message = self.receiver.message(&self.request_with(&[]));
        let plain = Genuine {
            spelling: Spelling::default(),
            ..self.clone()
        };
        let signature = |signer| {
            let form = plain.form_of(signer, 0);
            plain.spell(&form, &self.signature_by(signer, &message))
        };
        let signatures: Vec<String> = self.signers().into_iter().map(signature).collect();
        self.headers(&signatures)
    }

    fn untimed(&self) -> Receiver {
        Receiver {
            window: Setting::Off,
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

/// Sorts headers by name: their order matters only if a header is repeated.
fn by_name(mut headers: Vec<(String, Vec<u8>)>) -> Vec<(String, Vec<u8>)> {
    headers.sort_by(|one, other| one.0.cmp(&other.0));
    headers
}
