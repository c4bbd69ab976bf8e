//! Messages, the requests that carry them, and how each scheme signs: implemented from
//! the providers' pages, with other HMAC and Ed25519 crates than hookseal uses.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde::{Serialize, Serializer};

/// A scheme, with what the sender and receiver agreed on besides the secret.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "scheme", rename_all = "kebab-case")]
pub enum Scheme {
    Paminga,
    Pakk,
    Hubpay {
        encoding: Spelling,
        prefix: &'static str,
        /// Whether the receiver is told the form, and accepts no other.
        pinned: bool,
    },
    Pomelo {
        api_key: String,
        endpoint: String,
        body_first: bool,
    },
    StandardWebhooks {
        /// What the headers' names begin with.
        family: &'static str,
        /// Whether the secret is the text itself, not base64.
        raw_secret: bool,
    },
    /// With Ed25519 instead of the MAC: the sender's secret is a signing key, and the
    /// receiver has its public key.
    StandardWebhooksV1a {
        family: &'static str,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spelling {
    Hex,
    Base64,
}

impl Scheme {
    /// The schemes that sign with a MAC.
    pub const OF_MACS: [&'static str; 5] =
        ["paminga", "pakk", "hubpay", "pomelo", "standard-webhooks"];
    pub const OF_ED25519: [&'static str; 1] = ["standard-webhooks-v1a"];

    pub fn name(&self) -> &'static str {
        match self {
            Self::Paminga => "paminga",
            Self::Pakk => "pakk",
            Self::Hubpay { .. } => "hubpay",
            Self::Pomelo { .. } => "pomelo",
            Self::StandardWebhooks { .. } => "standard-webhooks",
            Self::StandardWebhooksV1a { .. } => "standard-webhooks-v1a",
        }
    }

    /// Returns the prefix of the headers' names, for Standard Webhooks.
    pub fn family(&self) -> Option<&'static str> {
        match self {
            Self::StandardWebhooks { family, .. } | Self::StandardWebhooksV1a { family } => {
                Some(family)
            }
            _ => None,
        }
    }

    /// Returns the name of the signature's header.
    pub fn signature_header(&self) -> Cow<'static, str> {
        match self {
            Self::Paminga => "x-paminga-signature".into(),
            Self::Pakk => "x-pakk-webhook-signature".into(),
            Self::Hubpay { .. } => "x-hubpay-hmac".into(),
            Self::Pomelo { .. } => "x-signature".into(),
            Self::StandardWebhooks { family, .. } | Self::StandardWebhooksV1a { family } => {
                format!("{family}-signature").into()
            }
        }
    }

    /// Returns the name of the timestamp's header, if there is one.
    pub fn timestamp_header(&self) -> Option<String> {
        match self {
            Self::Paminga | Self::Pakk | Self::Hubpay { .. } => None,
            Self::Pomelo { .. } => Some("x-timestamp".into()),
            Self::StandardWebhooks { family, .. } | Self::StandardWebhooksV1a { family } => {
                Some(format!("{family}-timestamp"))
            }
        }
    }
}

/// A message to send.
#[derive(Clone, Debug, Serialize)]
pub struct Message {
    #[serde(flatten)]
    pub scheme: Scheme,
    /// The secret as it is handed out.
    pub secret: String,
    /// The id. Not all schemes sign it, or the timestamp.
    #[serde(serialize_with = "as_latin1")]
    pub id: Vec<u8>,
    #[serde(serialize_with = "as_latin1")]
    pub timestamp: Vec<u8>,
    #[serde(serialize_with = "as_base64")]
    pub body: Vec<u8>,
}

/// What a receiver gets, and its scheme and secret.
#[derive(Clone, Debug, Serialize)]
pub struct Request {
    #[serde(flatten)]
    pub scheme: Scheme,
    pub secret: String,
    pub headers: Vec<Header>,
    #[serde(serialize_with = "as_base64")]
    pub body: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Header(pub String, #[serde(serialize_with = "as_latin1")] pub Vec<u8>);

impl Message {
    /// Returns the secret's bytes.
    fn key(&self) -> Vec<u8> {
        let base64 = |text: &str| STANDARD.decode(text).expect("a secret in base64");
        match self.scheme {
            Scheme::Pomelo { .. } => base64(&self.secret),
            Scheme::StandardWebhooks { raw_secret, .. } if !raw_secret => {
                base64(self.secret.strip_prefix("whsec_").unwrap_or(&self.secret))
            }
            _ => self.secret.clone().into_bytes(),
        }
    }

    /// Returns the bytes that are signed.
    pub fn signed_bytes(&self) -> Vec<u8> {
        let Self { id, timestamp, body, .. } = self;
        match &self.scheme {
            Scheme::Paminga | Scheme::Pakk | Scheme::Hubpay { .. } => body.clone(),
            Scheme::Pomelo { endpoint, body_first: false, .. } => {
                [timestamp, endpoint.as_bytes(), body].concat()
            }
            Scheme::Pomelo { endpoint, body_first: true, .. } => {
                [body, timestamp, endpoint.as_bytes()].concat()
            }
            Scheme::StandardWebhooks { .. } | Scheme::StandardWebhooksV1a { .. } => {
                [id, &b"."[..], timestamp, b".", body].concat()
            }
        }
    }

    /// Returns the value of the signature's header.
    pub fn signature(&self) -> String {
        if let Scheme::StandardWebhooksV1a { .. } = self.scheme {
            let signature = signing_key(&self.secret).sign(&self.signed_bytes());
            return format!("v1a,{}", STANDARD.encode(signature));
        }
        let mac = hmac_sha256::HMAC::mac(self.signed_bytes(), self.key());
        let (hex, base64) = (hex::encode(mac), STANDARD.encode(mac));
        match self.scheme {
            Scheme::Paminga => hex,
            Scheme::Pakk => base64,
            Scheme::Hubpay { encoding: Spelling::Hex, prefix, .. } => format!("{prefix}{hex}"),
            Scheme::Hubpay { encoding: Spelling::Base64, prefix, .. } => {
                format!("{prefix}{base64}")
            }
            Scheme::Pomelo { .. } => format!("hmac-sha256 {base64}"),
            Scheme::StandardWebhooks { .. } | Scheme::StandardWebhooksV1a { .. } => {
                format!("v1,{base64}")
            }
        }
    }

    /// Returns the request that carries the message.
    pub fn signed(self) -> Request {
        let header = |name: &str, value: &[u8]| Header(name.into(), value.into());
        let mut headers = match &self.scheme {
            Scheme::Paminga | Scheme::Pakk | Scheme::Hubpay { .. } => Vec::new(),
            Scheme::Pomelo { api_key, endpoint, .. } => vec![
                header("x-api-key", api_key.as_bytes()),
                header("x-timestamp", &self.timestamp),
                header("x-endpoint", endpoint.as_bytes()),
            ],
            Scheme::StandardWebhooks { family, .. } | Scheme::StandardWebhooksV1a { family } => {
                vec![
                    header(&format!("{family}-id"), &self.id),
                    header(&format!("{family}-timestamp"), &self.timestamp),
                ]
            }
        };
        let name = self.scheme.signature_header();
        headers.push(header(&name, self.signature().as_bytes()));
        self.carried_by(headers)
    }

    pub fn carried_by(self, headers: Vec<Header>) -> Request {
        let secret = receivers(&self.scheme, self.secret);
        Request { scheme: self.scheme, secret, headers, body: self.body }
    }
}

/// Returns the receiver's counterpart of the sender's secret.
pub fn receivers(scheme: &Scheme, secret: String) -> String {
    match scheme {
        Scheme::StandardWebhooksV1a { .. } => {
            format!("whpk_{}", STANDARD.encode(signing_key(&secret).public_key()))
        }
        _ => secret,
    }
}

/// Reads the key from `whsk_` and the base64 of a seed, which more bytes may follow.
fn signing_key(text: &str) -> Ed25519KeyPair {
    let bytes = STANDARD.decode(&text["whsk_".len()..]).expect("a key in base64");
    Ed25519KeyPair::from_seed_unchecked(&bytes[..32]).expect("a seed")
}

impl Request {
    pub fn value(&self, name: &str) -> &[u8] {
        let header = self.headers.iter().find(|header| header.0 == name);
        &header.expect("a header of the request").1
    }

    pub fn value_mut(&mut self, name: &str) -> &mut Vec<u8> {
        let header = self.headers.iter_mut().find(|header| header.0 == name);
        &mut header.expect("a header of the request").1
    }

    /// Returns the request with a different value of a header.
    pub fn with(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        *self.value_mut(name) = value.as_ref().to_vec();
        self
    }

    /// Returns the request with one more header after the others.
    pub fn and(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push(Header(name.into(), value.as_ref().to_vec()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|header| header.0 != name);
        self
    }
}

fn as_base64<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(bytes))
}

/// Serializes header values as Python's servers (PEP 3333) and Node's `http` represent them.
fn as_latin1<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&bytes.iter().copied().map(char::from).collect::<String>())
}
