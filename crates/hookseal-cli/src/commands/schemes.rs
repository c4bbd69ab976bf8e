//! `hookseal schemes`.

use std::process::ExitCode;

use clap::ArgMatches;
use hookseal::scheme::{
    Field, Form, Part, Scheme, SecretForm, Separator, SignatureField, TimeFormat, TimestampField,
};
use hookseal::{ReplayWindow, schemes};

use crate::error::{Result, WrongUse};
use crate::setup::{by_name, full_name};
use crate::table::{aligned, plain};
use crate::terminal::{Style, print, print_json};

pub fn run(matches: &ArgMatches) -> Result<ExitCode> {
    let scheme = match matches.get_one::<String>("name") {
        Some(name) => Some(by_name(name)?),
        None => None,
    };
    match scheme {
        Some(scheme) if matches.get_flag("json") => print_json(&scheme)?,
        Some(scheme) if matches.get_flag("toml") => {
            let text = toml::to_string(&scheme)
                .map_err(|error| WrongUse(format!("cannot write this as TOML: {error}")))?;
            print(&text)?;
        }
        Some(scheme) => print(&page(&scheme))?,
        None if matches.get_flag("json") => print_json(&schemes::ALL)?,
        None => print(&list())?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list() -> String {
    let row = |scheme: &Scheme<'_>| {
        vec![
            plain(scheme.name),
            plain(header(scheme)),
            plain(signed(scheme)),
            plain(expires(scheme)),
        ]
    };
    aligned(&schemes::ALL.iter().map(row).collect::<Vec<_>>())
}

fn page(scheme: &Scheme<'_>) -> String {
    let style = Style::of_stdout();
    let forms: Vec<String> = scheme.forms.iter().map(form).collect();
    let mut facts = vec![
        ("signature", header(scheme)),
        ("written as", forms.join(", or ")),
        ("signed", signed(scheme)),
        ("expires", expires(scheme)),
        ("secret", secret(scheme.secret).into()),
    ];
    let headers = [
        (
            "timestamp",
            scheme.timestamp.map(|time| timestamp(scheme, &time)),
        ),
        (
            "message id",
            scheme.message_id.map(|name| full_name(scheme, name)),
        ),
        ("key id", scheme.key_id.map(|name| full_name(scheme, name))),
        (
            "endpoint",
            scheme.endpoint_header.map(|name| full_name(scheme, name)),
        ),
    ];
    facts.extend(
        headers
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    if scheme.handshake.is_some() {
        facts.push((
            "handshake",
            "yes: `hookseal listen --answer-handshakes`".into(),
        ));
    }
    if !scheme.source.is_empty() {
        facts.push(("source", scheme.source.into()));
    }
    let rows = facts.into_iter().map(|(name, fact)| {
        let name = format!("  {name}");
        vec![plain(name), plain(fact)]
    });
    let name = style.strong(scheme.name);
    format!("{name}\n{}", aligned(&rows.collect::<Vec<_>>()))
}

fn header(scheme: &Scheme<'_>) -> String {
    let name = |name: &str| full_name(scheme, name);
    match scheme.signature {
        SignatureField::Header(header) => name(header),
        SignatureField::List { header, separator } => {
            let separator = match separator {
                Separator::Space => "spaces",
                Separator::Comma => "commas",
                Separator::Semicolon => "semicolons",
                _ => "separators",
            };
            format!("{}, a list with {separator}", name(header))
        }
        SignatureField::Headers(names) => {
            let names: Vec<String> = names.iter().map(|header| name(header)).collect();
            names.join(" or ")
        }
        SignatureField::Numbered(header) => format!("{0}-1, {0}-2, …", name(header)),
        SignatureField::Repeated(header) => format!("{}, repeated", name(header)),
        _ => "elsewhere".into(),
    }
}

fn form(form: &Form<'_>) -> String {
    let prefix = if form.prefix.is_empty() {
        String::new()
    } else {
        format!("`{}` and ", form.prefix)
    };
    let encoding = match form.encoding {
        hookseal::scheme::Encoding::Hex => "hex",
        hookseal::scheme::Encoding::Base64 => "base64",
        hookseal::scheme::Encoding::Base64Url => "base64url",
        _ => "an encoding",
    };
    format!("{prefix}{encoding} of {}", form.algorithm)
}

fn signed(scheme: &Scheme<'_>) -> String {
    let part = |part: &Part<'_>| match *part {
        Part::Text(text) => format!("{text:?}"),
        Part::Body => "body".into(),
        Part::CanonicalBody => "form of the body".into(),
        Part::Timestamp => "timestamp".into(),
        Part::MessageId => "message id".into(),
        Part::KeyId => "key id".into(),
        Part::Header(name) => full_name(scheme, name),
        Part::Method => "method".into(),
        Part::Target => "target".into(),
        Part::Endpoint => "endpoint".into(),
        Part::HeaderNames => "names of headers".into(),
        Part::HeaderValues(_) => "their values".into(),
        Part::HeaderPairs { .. } => "named headers".into(),
        _ => "…".into(),
    };
    let parts: Vec<String> = scheme.signed.iter().map(part).collect();
    parts.join(" + ")
}

fn expires(scheme: &Scheme<'_>) -> String {
    if scheme.timestamp.is_none() {
        return "never".into();
    }
    let window = scheme.window.unwrap_or(ReplayWindow::DEFAULT);
    format!("after {} s", window.past_secs())
}

fn timestamp(scheme: &Scheme<'_>, timestamp: &TimestampField<'_>) -> String {
    let format = match timestamp.format {
        TimeFormat::Seconds => "Unix seconds",
        TimeFormat::Milliseconds => "Unix milliseconds",
        TimeFormat::Rfc3339 => "RFC 3339",
        TimeFormat::HttpDate => "a date as in HTTP",
        _ => "a time",
    };
    match timestamp.field {
        Field::Header(name) => format!("{}, {format}", full_name(scheme, name)),
        Field::Param(name) => format!("`{name}=` in the list, {format}"),
        _ => format.into(),
    }
}

const fn secret(form: SecretForm) -> &'static str {
    match form {
        SecretForm::Text => "text",
        SecretForm::Base64 => "base64",
        SecretForm::Hex => "hex",
        SecretForm::Whsec => "base64, usually after whsec_",
        SecretForm::WhsecList => "one or several of whsec_ and base64, with | between them",
        SecretForm::Sha256OfText => "text, whose SHA-256 digest is the key",
        SecretForm::PublicKeyHex => "an Ed25519 public key in hex",
        SecretForm::PublicKeyBase64 => "an Ed25519 public key in base64",
        _ => "as the sender hands it out",
    }
}
