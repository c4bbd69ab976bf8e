//! Splits URLs as they are written: what a sender signs must not be normalised.

use std::net::IpAddr;

use crate::error::{Result, wrong};

/// Checks that a text is an `http` or `https` URL with a host.
pub fn check(url: &str) -> Result<()> {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    let is_clean = url.chars().all(|c| !c.is_whitespace() && !c.is_control());
    let (host, port) = host_and_port(rest.unwrap_or_default());
    if port.is_some_and(|port| host.is_empty() || port.parse::<u16>().is_err()) {
        return wrong("the port of a URL is a number up to 65535, after a host");
    }
    match rest {
        Some(rest) if is_clean && !rest.is_empty() && !rest.starts_with(['/', '?', '#']) => Ok(()),
        _ => wrong("a URL begins with http:// or https:// and a host, and has no white space"),
    }
}

/// Splits what follows the protocol into its host and, after the last colon, its port.
fn host_and_port(rest: &str) -> (&str, Option<&str>) {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    match host.rsplit_once(':') {
        // An IPv6 address contains colons too, in brackets.
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (host, None),
    }
}

/// Returns whether a URL points to this machine.
pub fn is_loopback(url: &str) -> bool {
    let (host, _) = host_and_port(origin(url).rsplit("//").next().unwrap_or_default());
    let address = host.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    match address.unwrap_or(host).parse::<IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => host.eq_ignore_ascii_case("localhost"),
    }
}

/// Returns where the path of a URL begins.
fn path_start(url: &str) -> usize {
    let host = url.find("://").map_or(0, |at| at + 3);
    let rest = url.get(host..).unwrap_or_default();
    rest.find(['/', '?', '#']).map_or(url.len(), |at| host + at)
}

/// Returns the protocol and the host of a URL.
pub fn origin(url: &str) -> &str {
    url.get(..path_start(url)).unwrap_or(url)
}

/// Returns the path of a URL, without its query; `/` if it has none.
pub fn path(url: &str) -> &str {
    let rest = url.get(path_start(url)..).unwrap_or_default();
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    if path.is_empty() { "/" } else { path }
}

/// Returns the request target of a URL: its path and query.
pub fn target(url: &str) -> String {
    let rest = url.get(path_start(url)..).unwrap_or_default();
    let rest = rest.split('#').next().unwrap_or_default();
    if rest.starts_with('/') {
        rest.into()
    } else {
        format!("/{rest}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_begins_like_this_machine_is_another() {
        for url in [
            "http://localhost",
            "http://LOCALHOST:80/a",
            "http://127.0.0.1:8787/",
            "http://127.1.2.3",
            "https://[::1]:8443?a",
            "http://a:b@localhost:1/",
        ] {
            assert!(is_loopback(url), "{url}");
        }
        for url in [
            "http://localhost.example.com/",
            "http://localhosts",
            "http://127.0.0.1.example.com/",
            "http://127.example.com",
            "http://localhost@example.com/",
            "http://localhost:80@example.com/",
            "http://[::2]/",
            "http://128.0.0.1",
            "http://example.com/http://localhost",
            "",
        ] {
            assert!(!is_loopback(url), "{url}");
        }
    }
}
