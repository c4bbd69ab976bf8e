//! The schemes by name, and a verifier from what the command line says.

#[cfg(feature = "ed25519")]
use hookseal::ed25519::PublicKey;
use hookseal::schemes::{Hubpay, MessageOrder, Pakk, Paminga, Pomelo, Prefix, StandardWebhooks};
use hookseal::{ConfigError, Encoding, Key, Keyring, ReplayWindow, Verifier};

use crate::arguments::{Options, Secret, WrongUse};

pub type Built = Result<Box<dyn Verifier>, WrongUse>;

pub struct Scheme {
    pub name: &'static str,
    /// Its own options, beside those that every scheme takes.
    pub options: &'static [&'static str],
    pub build: fn(&Options, &Secret) -> Built,
}

pub static SCHEMES: [Scheme; 5] = [
    Scheme {
        name: "paminga",
        options: &[],
        build: paminga,
    },
    Scheme {
        name: "pakk",
        options: &[],
        build: pakk,
    },
    Scheme {
        name: "standard-webhooks",
        options: &["header-prefix", "tolerance"],
        build: standard_webhooks,
    },
    Scheme {
        name: "hubpay",
        options: &["header-name", "encoding", "prefix"],
        build: hubpay,
    },
    Scheme {
        name: "pomelo",
        options: &["key-id", "endpoint", "order", "tolerance"],
        build: pomelo,
    },
];

fn paminga(options: &Options, secret: &Secret) -> Built {
    let key = key(options, secret, Key::from_text)?;
    Ok(Box::new(Paminga::new(key)))
}

fn pakk(options: &Options, secret: &Secret) -> Built {
    let key = key(options, secret, Key::from_text)?;
    Ok(Box::new(Pakk::new(key)))
}

fn standard_webhooks(options: &Options, secret: &Secret) -> Built {
    let keys: Keyring = key(options, secret, standard_webhooks_key)?;
    let mut verifier = StandardWebhooks::new(keys);
    if let Some(prefix) = options.get("header-prefix") {
        verifier = verifier.with_header_prefix(prefix)?;
    }
    if let Some(seconds) = options.seconds("tolerance")? {
        verifier = verifier.with_window(ReplayWindow::from_secs(seconds));
    }
    Ok(Box::new(verifier))
}

/// The secret of a MAC or, with the feature `ed25519`, a public key.
fn standard_webhooks_key(text: &str) -> Result<Keyring, ConfigError> {
    #[cfg(feature = "ed25519")]
    if text.starts_with("whpk_") {
        return PublicKey::from_base64(text).map(Keyring::from);
    }
    Key::from_base64(text).map(Keyring::from)
}

fn hubpay(options: &Options, secret: &Secret) -> Built {
    let mut verifier = Hubpay::new(key(options, secret, Key::from_text)?);
    if let Some(name) = options.get("header-name") {
        verifier = verifier.with_header_name(name)?;
    }
    let encodings = [("hex", Encoding::Hex), ("base64", Encoding::Base64)];
    if let Some(encoding) = options.one_of("encoding", encodings)? {
        verifier = verifier.with_encoding(encoding);
    }
    let prefixes = [
        ("required", Prefix::Required),
        ("forbidden", Prefix::Forbidden),
        ("optional", Prefix::Optional),
    ];
    if let Some(prefix) = options.one_of("prefix", prefixes)? {
        verifier = verifier.with_prefix(prefix);
    }
    Ok(Box::new(verifier))
}

fn pomelo(options: &Options, secret: &Secret) -> Built {
    let api_key = options.required("key-id", "the api key, as in the x-api-key header")?;
    let endpoint = options.required("endpoint", "your endpoint, as in the x-endpoint header")?;
    let key = key(options, secret, Key::from_base64)?.with_id(api_key);
    let mut verifier = Pomelo::new(endpoint, [key])?;
    let orders = [
        (
            "timestamp-endpoint-body",
            MessageOrder::TimestampEndpointBody,
        ),
        (
            "body-timestamp-endpoint",
            MessageOrder::BodyTimestampEndpoint,
        ),
    ];
    if let Some(order) = options.one_of("order", orders)? {
        verifier = verifier.with_message_order(order);
    }
    if let Some(seconds) = options.seconds("tolerance")? {
        verifier = verifier.with_window(ReplayWindow::from_secs(seconds));
    }
    Ok(Box::new(verifier))
}

type ReadKey<K> = fn(&str) -> Result<K, ConfigError>;

/// The key that the secret spells, in the scheme's usual format unless an
/// option names another.
fn key<K: From<Key>>(options: &Options, secret: &Secret, usual: ReadKey<K>) -> Result<K, WrongUse> {
    let formats: [(_, ReadKey<K>); 3] = [
        ("text", |text| Key::from_text(text).map(K::from)),
        ("base64", |text| Key::from_base64(text).map(K::from)),
        ("hex", |text| Key::from_hex(text).map(K::from)),
    ];
    let read = options.one_of("secret-format", formats)?.unwrap_or(usual);
    secret.key(read)
}
