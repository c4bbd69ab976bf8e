//! The table of the catalogue in the documentation says what the data says.
//!
//! `UPDATE=1 cargo test --test catalogue` writes it again.

use std::collections::HashSet;
use std::fs;

use hookseal::scheme::{
    Algorithm, Encoding, Field, Form, Part, Scheme, SecretForm, SignatureField, TimeFormat,
};
use hookseal::schemes;

#[test]
fn the_documented_table_is_that_of_the_data() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/schemes/table.md");
    let mut table = String::from(
        "| scheme | signature | written as | signed | expires | secret |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    for scheme in schemes::ALL {
        table += &format!(
            "| [`{}`] | {} | {} | {} | {} | {} |\n",
            scheme.name.to_uppercase().replace('-', "_"),
            place(scheme),
            list(scheme.forms, form),
            signed(scheme),
            expires(scheme),
            secret(scheme.secret),
        );
    }
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, &table).unwrap();
    }
    assert_eq!(
        fs::read_to_string(path).unwrap(),
        table,
        "see the top of this file"
    );
}

#[test]
fn every_scheme_has_a_name_of_its_own_and_its_source() {
    let mut names = HashSet::new();
    for scheme in schemes::ALL {
        assert!(names.insert(scheme.name), "{}", scheme.name);
        assert_eq!(schemes::by_name(scheme.name), Some(*scheme));
        let is_name = |character: char| {
            character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-'
        };
        assert!(scheme.name.chars().all(is_name), "{}", scheme.name);
        assert!(scheme.source.starts_with("https://"), "{}", scheme.name);
    }
    assert_eq!(schemes::by_name("Pakk"), None);
    assert_eq!(schemes::by_name(""), None);
}

fn header(scheme: &Scheme<'_>, name: &str) -> String {
    match scheme.header_prefix {
        Some(prefix) => format!("`{prefix}-{name}`"),
        None => format!("`{name}`"),
    }
}

fn place(scheme: &Scheme<'_>) -> String {
    match scheme.signature {
        SignatureField::Header(name) => header(scheme, name),
        SignatureField::List { header: name, .. } => format!("list in {}", header(scheme, name)),
        SignatureField::Headers(names) => list(names, |name| header(scheme, name)),
        SignatureField::Numbered(name) => header(scheme, &format!("{name}-1")) + " and on",
        SignatureField::Repeated(name) => header(scheme, name) + ", repeated",
        _ => unreachable!("a new place"),
    }
}

fn list<T>(items: &[T], text: impl Fn(&T) -> String) -> String {
    items.iter().map(text).collect::<Vec<_>>().join(", ")
}

fn form(form: &Form<'_>) -> String {
    let encoding = match form.encoding {
        Encoding::Hex => "hex",
        Encoding::Base64 => "base64",
        Encoding::Base64Url => "base64url",
        _ => unreachable!("a new encoding"),
    };
    let prefix = match form.prefix {
        "" => String::new(),
        prefix => format!("`{prefix}` "),
    };
    match form.algorithm {
        Algorithm::HmacSha256 => format!("{prefix}{encoding}"),
        other => format!("{prefix}{encoding} of {other}"),
    }
}

fn signed(scheme: &Scheme<'_>) -> String {
    list(scheme.signed, |part| match part {
        Part::Text(text) => format!("`{text}`"),
        Part::Body => "body".into(),
        Part::CanonicalBody => "canonical body".into(),
        Part::Timestamp => "timestamp".into(),
        Part::MessageId => "id".into(),
        Part::KeyId => "key id".into(),
        Part::Header(name) => header(scheme, name),
        Part::Method => "method".into(),
        Part::Target => "target".into(),
        Part::Endpoint => "endpoint".into(),
        Part::HeaderNames => "names of headers".into(),
        Part::HeaderValues(_) | Part::HeaderPairs { .. } => "headers".into(),
        _ => unreachable!("a new part"),
    })
    .replace(", `.`, ", " `.` ")
}

fn expires(scheme: &Scheme<'_>) -> String {
    let Some(timestamp) = scheme.timestamp else {
        return "never".into();
    };
    let window = scheme.window.unwrap_or(hookseal::ReplayWindow::DEFAULT);
    assert_eq!(window.past_secs(), window.future_secs());
    let unit = match timestamp.format {
        TimeFormat::Seconds => "",
        TimeFormat::Milliseconds => ", in ms",
        TimeFormat::Rfc3339 => ", RFC 3339",
        _ => unreachable!("a new format"),
    };
    let place = match timestamp.field {
        Field::Header(name) => header(scheme, name),
        Field::Param(name) => format!("`{name}=`"),
        _ => unreachable!("a new field"),
    };
    format!("{} s by {place}{unit}", window.past_secs())
}

fn secret(form: SecretForm) -> &'static str {
    match form {
        SecretForm::Text => "text",
        SecretForm::Base64 => "base64",
        SecretForm::Hex => "hex",
        SecretForm::Whsec => "`whsec_` and base64",
        SecretForm::WhsecList => "`whsec_` and base64, joined by `|`",
        SecretForm::Sha256OfText => "SHA-256 of a text",
        SecretForm::PublicKeyHex => "public key in hex",
        SecretForm::PublicKeyBase64 => "public key in base64",
        _ => unreachable!("a new form"),
    }
}
