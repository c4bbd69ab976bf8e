//! A webhook from a scheme's name and what the command line says.
//!
//! Which options a scheme takes follows from its data.

use hookseal::scheme::{Encoding, Form, Part, Scheme, SignatureField};
use hookseal::{ConfigError, Key, ReplayWindow, Webhook, schemes};

use crate::arguments::{Options, Secret, WrongUse};

/// The options that belong to some schemes only.
pub const OPTIONS: [&str; 8] = [
    "header-prefix",
    "header-name",
    "encoding",
    "prefix",
    "key-id",
    "endpoint",
    "order",
    "tolerance",
];

/// Returns whether the option of this name has a meaning for the scheme.
pub fn takes(scheme: &Scheme<'_>, option: &str) -> bool {
    match option {
        "header-prefix" => scheme.header_prefix.is_some(),
        "header-name" => matches!(scheme.signature, SignatureField::Header(_)),
        "encoding" => differ(scheme.forms, |form| form.encoding),
        "prefix" => differ(scheme.forms, |form| form.prefix.is_empty()),
        "key-id" => scheme.key_id.is_some(),
        "endpoint" => has_endpoint(scheme),
        "order" => scheme.name == schemes::POMELO.name,
        "tolerance" => scheme.timestamp.is_some(),
        _ => false,
    }
}

fn differ<T: PartialEq>(forms: &[Form<'_>], fact: fn(&Form<'_>) -> T) -> bool {
    forms
        .windows(2)
        .any(|pair| fact(&pair[0]) != fact(&pair[1]))
}

fn has_endpoint(scheme: &Scheme<'_>) -> bool {
    scheme.endpoint_header.is_some() || scheme.signed.contains(&Part::Endpoint)
}

pub fn build(scheme: Scheme<'_>, options: &Options, secret: &Secret) -> Result<Webhook, WrongUse> {
    let forms = forms(&scheme, options)?;
    let orders = [
        ("timestamp-endpoint-body", schemes::POMELO),
        ("body-timestamp-endpoint", schemes::POMELO_BODY_FIRST),
    ];
    let order = options.one_of("order", orders)?;
    let mut scheme = order.unwrap_or(scheme).with_forms(&forms);
    if let Some(prefix) = options.get("header-prefix") {
        scheme = scheme.with_header_prefix(prefix);
    }
    if let Some(name) = options.get("header-name") {
        scheme = scheme.with_signature_header(name);
    }
    if let Some(seconds) = options.seconds("tolerance")? {
        scheme = scheme.with_window(ReplayWindow::from_secs(seconds));
    }
    let key_id = match scheme.key_id {
        Some(header) => Some(options.required(
            "key-id",
            &format!("the id of the key, as in the {header} header"),
        )?),
        None => None,
    };
    if has_endpoint(&scheme) {
        let header = scheme.endpoint_header;
        let place = header.map(|header| format!(", as in the {header} header"));
        let meaning = format!("your endpoint{}", place.unwrap_or_default());
        scheme = scheme.at(options.required("endpoint", &meaning)?);
    }
    let mut key = key(secret, options)?;
    if let Some(id) = key_id {
        key = key.with_id(id);
    }
    Webhook::new(scheme, key).map_err(|error| secret.explain(&error))
}

/// Returns the forms of a signature that the options leave.
fn forms<'s>(scheme: &Scheme<'s>, options: &Options) -> Result<Vec<Form<'s>>, WrongUse> {
    let encodings = [("hex", Encoding::Hex), ("base64", Encoding::Base64)];
    let encoding = options.one_of("encoding", encodings)?;
    let prefixes = [
        ("required", Some(true)),
        ("forbidden", Some(false)),
        ("optional", None),
    ];
    let prefixed = options.one_of("prefix", prefixes)?.flatten();
    let all = scheme.forms.iter().copied();
    Ok(all
        .filter(|form| encoding.is_none_or(|encoding| form.encoding == encoding))
        .filter(|form| prefixed.is_none_or(|prefixed| form.prefix.is_empty() != prefixed))
        .collect())
}

/// Reads the secret in the format that an option names, or else leaves it to the
/// scheme.
fn key(secret: &Secret, options: &Options) -> Result<Key, WrongUse> {
    type Read = fn(&str) -> Result<Key, ConfigError>;
    let formats: [(_, Read); 3] = [
        ("text", Key::from_text),
        ("base64", Key::from_base64),
        ("hex", Key::from_hex),
    ];
    match options.one_of("secret-format", formats)? {
        Some(read) => read(secret.text()).map_err(|error| secret.explain(&error)),
        None => Ok(Key::from(secret.text())),
    }
}
