//! Finds headers that a request has under another name than the scheme's.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::change::{Change, shown};
use super::received::Received;
use crate::scheme::{Scheme, SignatureField};

/// Returns the name of the header that a scheme reads, in lower case.
pub(super) fn full_name(scheme: &Scheme<'_>, name: &str) -> String {
    match scheme.header_prefix {
        Some(prefix) => format!("{}-{name}", prefix.strip_suffix('-').unwrap_or(prefix)),
        None => name.to_string(),
    }
    .to_ascii_lowercase()
}

/// Returns the names of the headers that the scheme reads signatures from.
pub(super) fn signature_names(scheme: &Scheme<'_>) -> Vec<String> {
    match scheme.signature {
        SignatureField::Header(name)
        | SignatureField::List { header: name, .. }
        | SignatureField::Repeated(name) => Vec::from([full_name(scheme, name)]),
        SignatureField::Headers(names) => {
            names.iter().map(|name| full_name(scheme, name)).collect()
        }
        SignatureField::Numbered(name) => (1..=8)
            .map(|number| full_name(scheme, &format!("{name}-{number}")))
            .collect(),
    }
}

/// Splits a header's name into the prefix that a sender's headers share, and the rest:
/// `x-hub-signature-256` into `x-hub` and `signature-256`.
fn family_of<'n>(scheme: &Scheme<'_>, name: &'n str) -> Option<(&'n str, &'n str)> {
    if let Some(prefix) = scheme.header_prefix {
        let prefix = prefix.strip_suffix('-').unwrap_or(prefix);
        let start = name.get(..prefix.len())?;
        let rest = name.get(prefix.len()..)?.strip_prefix('-')?;
        return start.eq_ignore_ascii_case(prefix).then_some((start, rest));
    }
    let skipped = if name.starts_with("x-") { 2 } else { 0 };
    let end = skipped + name.get(skipped..)?.find('-')?;
    Some((name.get(..end)?, name.get(end + 1..)?))
}

/// Undoes how CGI and some proxies rewrite names: `HTTP_X_SIGNATURE` for `x-signature`.
fn without_decoration(name: &str) -> String {
    let name = name.replace('_', "-");
    let name = name.strip_prefix("http-").unwrap_or(&name);
    name.strip_prefix("x-").unwrap_or(name).to_string()
}

/// Returns the change that turned the scheme's header `own` into `found`, if the names are
/// related.
pub(super) fn renaming(scheme: &Scheme<'_>, own: &str, found: &str) -> Option<Change> {
    if without_decoration(own) == without_decoration(found) {
        return Some(Change::new(
            "header-name-rewritten",
            format!(
                "the request has `{}` instead of the header `{own}`",
                shown(found)
            ),
            "something in front of the service rewrites the names of headers, as CGI and some \
             proxies do; pass the headers on as they were received",
        ));
    }
    let (family, rest) = family_of(scheme, own)?;
    let other = found.strip_suffix(rest)?.strip_suffix('-')?;
    if other.is_empty() || other == family {
        return None;
    }
    let other = shown(other);
    let finding =
        format!("the request has headers with another prefix: `{other}-…` instead of `{family}-…`");
    let change = |remedy| Change::new("header-other-family", finding, remedy);
    Some(if scheme.header_prefix.is_some() {
        change(format!(
            "set the prefix of the scheme's headers to `{other}`"
        ))
        .with_value(other)
    } else {
        change(format!(
            "the sender uses custom headers; declare the scheme with the names that begin with \
             `{other}-`"
        ))
    })
}

/// Returns whether a request also has the signature header with the prefix of `found`. A
/// single header with a similar name may belong to anything.
fn is_of_a_family(scheme: &Scheme<'_>, own: &str, found: &str, received: &Received<'_>) -> bool {
    if scheme.header_prefix.is_none() || without_decoration(own) == without_decoration(found) {
        return true;
    }
    let Some((_, rest)) = family_of(scheme, own) else {
        return false;
    };
    let family = found.strip_suffix(rest).unwrap_or_default();
    signature_names(scheme).iter().any(|name| {
        let rest = family_of(scheme, name).map_or("", |(_, rest)| rest);
        received.has(&format!("{family}{rest}"))
    })
}

/// Returns the values that a request has for a header under other names, each with its change.
pub(super) fn renamed<'r>(
    scheme: &Scheme<'_>,
    own: &str,
    received: &Received<'r>,
) -> Vec<(&'r [u8], Change)> {
    let headers = received.headers.iter().filter(|(name, _)| name != own);
    headers
        .filter(|(name, _)| is_of_a_family(scheme, own, name, received))
        .filter_map(|(name, value)| Some((*value, renaming(scheme, own, name)?)))
        .take(4)
        .collect()
}
