//! Generates the URLs that a sender may have signed instead of the receiver's.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::change::{Candidate, Change, merge};
use super::headers::full_name;
use super::received::Received;
use crate::scheme::{Part, Scheme};

/// The most URLs that are tried.
const MAX_URLS: usize = 160;

const AS_SIGNED: &str = "configure the URL exactly as it is registered with the sender, \
    even if proxies change it";

type Urls = Vec<Candidate<String>>;

fn keep(urls: &mut Urls, url: String, changes: &[Change], more: &[Change]) {
    let is_known = urls.iter().any(|known| known.value == url);
    if !is_known && urls.len() < MAX_URLS {
        let mut changes = changes.to_vec();
        merge(&mut changes, more);
        urls.push(Candidate::with(url, changes));
    }
}

fn change(name: &'static str, what: &str) -> Change {
    Change::new(name, format!("the sender signs the URL {what}"), AS_SIGNED)
}

/// Returns each URL that results from one change of `url`.
fn edits(url: &str) -> Vec<(String, Change)> {
    let mut found = Vec::new();
    let mut keep = |other: String, name, what: &str| found.push((other, change(name, what)));
    let (start, query) = match url.split_once('?') {
        Some((start, query)) => (start, Some(query)),
        None => (url, None),
    };
    let with_query = |start: &str| match query {
        Some(query) => format!("{start}?{query}"),
        None => start.to_owned(),
    };
    match start.strip_suffix('/') {
        Some(shorter) => keep(
            with_query(shorter),
            "message-url-slash",
            "without a slash at the end of its path",
        ),
        None => keep(
            with_query(&format!("{start}/")),
            "message-url-slash",
            "with a slash at the end of its path",
        ),
    }
    if url.trim() != url {
        keep(
            url.trim().to_owned(),
            "message-url-white-space",
            "without white space at an end",
        );
    }
    if let Some((start, _)) = url.split_once('#') {
        keep(
            start.to_owned(),
            "message-url-fragment",
            "without its fragment (`#…`)",
        );
    }
    if query.is_some() {
        keep(start.to_owned(), "message-url-query", "without its query");
    }
    if url.contains('%') {
        let decoded = percent_encoding::percent_decode_str(url).decode_utf8_lossy();
        keep(
            decoded.into_owned(),
            "message-url-encoding",
            "decoded, not percent-encoded",
        );
    }
    let secure = url.strip_prefix("https://");
    let Some(rest) = secure.or_else(|| url.strip_prefix("http://")) else {
        return found;
    };
    let (own, other) = if secure.is_some() {
        ("https", "http")
    } else {
        ("http", "https")
    };
    keep(
        format!("{other}://{rest}"),
        "message-url-protocol",
        &format!("with `{other}` instead of `{own}`"),
    );
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
    match authority.rsplit_once(':') {
        Some((host, _)) => keep(
            format!("{own}://{host}{path}"),
            "message-url-port",
            "without the port",
        ),
        None => {
            for port in [443, 80, 8443, 8080, 3000] {
                keep(
                    format!("{own}://{authority}:{port}{path}"),
                    "message-url-port",
                    &format!("with the port {port}"),
                );
            }
        }
    }
    let lower = authority.to_ascii_lowercase();
    if lower != authority {
        keep(
            format!("{own}://{lower}{path}"),
            "message-url-host",
            "with its host in lower case",
        );
    }
    if let Some(host) = authority.strip_prefix("www.") {
        keep(
            format!("{own}://{host}{path}"),
            "message-url-host",
            "without `www.`",
        );
    }
    keep(
        path.to_owned(),
        "message-url-path-only",
        "as path and query alone",
    );
    found
}

/// Applies one more change, for each number in `most`, to the URLs that have at most that
/// many.
fn add_edits(urls: &mut Urls, most: &[usize]) {
    for most in most {
        for known in urls.clone() {
            if known.changes.len() > *most {
                continue;
            }
            for (other, change) in edits(&known.value) {
                keep(urls, other, &known.changes, &[change]);
            }
        }
    }
}

/// Returns the receiver's endpoints: as configured, then as the request names them, then with
/// changes.
pub(super) fn endpoints(scheme: &Scheme<'_>, received: &Received<'_>) -> Vec<Candidate<Vec<u8>>> {
    let mut urls = Urls::new();
    for endpoint in scheme.endpoint.as_slice() {
        keep(&mut urls, (*endpoint).to_owned(), &[], &[]);
    }
    if let Some(name) = scheme.endpoint_header
        && let Some(named) = received.text(&full_name(scheme, name))
    {
        let other = Change::new(
            "message-other-endpoint",
            "the request is for an endpoint other than the configured one, and the sender \
             signed that other one",
            "if the sender is set up with a wrong URL, correct it there; if the service has that \
             endpoint, configure it",
        );
        let changes = if urls.is_empty() {
            Vec::new()
        } else {
            Vec::from([other])
        };
        keep(&mut urls, named.to_owned(), &changes, &[]);
    }
    let is_configured = !urls.is_empty();
    let is_url = urls.first().is_none_or(|url| url.value.contains("://"));
    // A change of the slash or of the query is more specific than "the URL of the request".
    let query = received.target.and_then(|target| target.split_once('?'));
    if let Some((_, query)) = query {
        for configured in urls.clone() {
            let with_query = format!("{}?{query}", configured.value);
            let change = change(
                "message-url-query",
                "with its query, which is not configured",
            );
            keep(&mut urls, with_query, &configured.changes, &[change]);
        }
    }
    add_edits(&mut urls, &[0]);
    if is_url {
        let signs_target = scheme.signed.contains(&Part::Target);
        let target = received.target.filter(|_| !signs_target).unwrap_or("");
        let from_request = Change::new(
            "message-url-of-request",
            "the sender signs the URL that the request itself names, by `Forwarded`, \
             `X-Forwarded-Host` or `Host`, and its target",
            AS_SIGNED,
        );
        let not_configured = Change::new(
            "message-url-missing",
            "the sender signs its URL for this service, but no URL is configured",
            AS_SIGNED,
        );
        let change = if is_configured {
            from_request
        } else {
            not_configured
        };
        for origin in origins(received) {
            let url = format!("{origin}{target}");
            keep(&mut urls, url, core::slice::from_ref(&change), &[]);
        }
        // The configured origin with the path of the request.
        let own: Vec<String> = urls.iter().map(|url| origin(&url.value)).collect();
        for origin in own {
            let url = format!("{origin}{target}");
            keep(&mut urls, url, core::slice::from_ref(&change), &[]);
        }
    }
    add_edits(&mut urls, &[1, 2]);
    bytes(urls)
}

/// Returns the protocols and hosts that the sender may have connected to, as named by the
/// request and by proxies, the likeliest first.
pub(super) fn origins(received: &Received<'_>) -> Vec<String> {
    // A list has a value from each proxy, the outermost first.
    let outermost = |name: &str| {
        let value = received.text(name)?.split(',').next()?.trim();
        (!value.is_empty()).then_some(value)
    };
    let forwarded = outermost("forwarded").unwrap_or_default();
    let hosts = [
        parameter(forwarded, "host"),
        outermost("x-forwarded-host"),
        outermost("x-original-host"),
        outermost("host"),
    ];
    let protocols = [
        parameter(forwarded, "proto"),
        outermost("x-forwarded-proto"),
        Some("https"),
        Some("http"),
    ];
    let port = outermost("x-forwarded-port").filter(|port| !matches!(*port, "80" | "443"));
    let mut origins: Vec<String> = Vec::new();
    let mut keep = |origin: String| {
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    };
    for protocol in protocols.into_iter().flatten() {
        for host in hosts.into_iter().flatten() {
            keep(format!("{protocol}://{host}"));
            if let Some(port) = port.filter(|_| !host.contains(':')) {
                keep(format!("{protocol}://{host}:{port}"));
            }
        }
    }
    origins
}

/// Returns a parameter of one proxy's entry in `Forwarded` (RFC 7239, section 4).
fn parameter<'e>(entry: &'e str, name: &str) -> Option<&'e str> {
    entry.split(';').find_map(|pair| {
        let (own, value) = pair.split_once('=')?;
        let value = value.trim();
        let quoted = value
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        let value = quoted.unwrap_or(value);
        (own.trim().eq_ignore_ascii_case(name) && !value.is_empty()).then_some(value)
    })
}

/// Returns the protocol and the host of a URL.
fn origin(url: &str) -> String {
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url.get(start..).and_then(|rest| rest.find('/'));
    let end = end.map_or(url.len(), |end| start + end);
    url.get(..end).unwrap_or(url).to_string()
}

/// Returns the targets that the request may have had.
pub(super) fn targets(received: &Received<'_>) -> Vec<Candidate<Vec<u8>>> {
    let mut urls = Urls::new();
    let rewritten = Change::new(
        "message-target-rewritten",
        "a proxy has rewritten the request's path, and the sender signed the original one",
        "pass the target on as it was received, or restore it from the proxy's header before the \
         request is verified",
    );
    if let Some(target) = received.target {
        keep(&mut urls, target.to_owned(), &[], &[]);
    }
    for name in [
        "x-original-uri",
        "x-original-url",
        "x-rewrite-url",
        "x-forwarded-uri",
        "x-envoy-original-path",
    ] {
        if let Some(target) = received.text(name) {
            keep(
                &mut urls,
                target.to_owned(),
                core::slice::from_ref(&rewritten),
                &[],
            );
        }
    }
    if let (Some(prefix), Some(target)) = (received.text("x-forwarded-prefix"), received.target) {
        let whole = format!("{}{target}", prefix.trim_end_matches('/'));
        keep(&mut urls, whole, core::slice::from_ref(&rewritten), &[]);
    }
    add_edits(&mut urls, &[1, 2]);
    bytes(urls)
}

fn bytes(urls: Urls) -> Vec<Candidate<Vec<u8>>> {
    let as_bytes = |url: Candidate<String>| Candidate::with(url.value.into_bytes(), url.changes);
    let mut urls: Vec<Candidate<Vec<u8>>> = urls.into_iter().map(as_bytes).collect();
    // The sort is stable, so the received target stays first.
    urls.sort_by_key(Candidate::cost);
    urls
}
