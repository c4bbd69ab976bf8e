//! Tests the networks, the headers of proxies, and the layer.

#[path = "common/time_limit.rs"]
mod time_limit;

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use axum::extract::ConnectInfo;
use bytes::Bytes;
use hookseal::networks::{ClientAddressError, NetworkError, Networks, TrustedProxies};
use hookseal::schemes::pomelo;
use hookseal::tower::{AllowNetworksLayer, Rejection};
use http::header::CONNECTION;
use http::{Extensions, HeaderMap, HeaderValue, Request, Response, StatusCode, Version};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use proptest::prelude::*;
use time_limit::time_limit;
use tokio::net::{TcpListener, TcpStream};
use tower::{Layer, ServiceExt, service_fn};

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn pomelos_addresses_are_the_published_ones() {
    let texts = |addresses: [Ipv4Addr; 4]| addresses.map(|address| address.to_string());
    assert_eq!(
        texts(pomelo::SOURCE_ADDRESSES),
        [
            "34.206.159.176",
            "52.0.20.124",
            "35.84.78.117",
            "52.43.46.111"
        ]
    );
    assert_eq!(
        texts(pomelo::STAGING_SOURCE_ADDRESSES),
        [
            "34.226.254.178",
            "44.198.3.59",
            "34.223.185.46",
            "100.20.205.117"
        ]
    );
}

#[test]
fn networks_hold_what_their_text_says() {
    for (text, inside, outside) in [
        (
            "10.0.0.0/8",
            &["10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"][..],
            &["9.255.255.255", "11.0.0.0", "::10.1.2.3"][..],
        ),
        (
            "203.0.113.7",
            &["203.0.113.7", "::ffff:203.0.113.7"],
            &["203.0.113.6", "203.0.113.8"],
        ),
        (
            "203.0.113.7/32",
            &["203.0.113.7"],
            &["203.0.113.6", "203.0.113.8"],
        ),
        (
            "203.0.113.6/31",
            &["203.0.113.6", "203.0.113.7"],
            &["203.0.113.5", "203.0.113.8"],
        ),
        (
            "0.0.0.0/0",
            &["0.0.0.0", "255.255.255.255"],
            &["::", "2001:db8::1"],
        ),
        (
            "2001:db8::/32",
            &["2001:db8::", "2001:db8:ffff::1"],
            &["2001:db9::", "2001:db7:ffff::", "32.1.13.184"],
        ),
        (
            "2001:db8::1",
            &["2001:db8::1"],
            &["2001:db8::", "2001:db8::2"],
        ),
        (
            "::/0",
            &["::", "2001:db8::1"],
            &["10.0.0.1", "::ffff:10.0.0.1"],
        ),
        (
            "::ffff:10.0.0.0/104",
            &["10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"],
            &["11.0.0.0"],
        ),
        ("::ffff:203.0.113.7", &["203.0.113.7"], &["203.0.113.8"]),
    ] {
        let networks = Networks::new([text]).unwrap();
        for address in inside {
            assert!(networks.contains(ip(address)), "{text} {address}");
        }
        for address in outside {
            assert!(!networks.contains(ip(address)), "{text} {address}");
        }
        let with_other = Networks::new(["192.0.2.0/24", text]).unwrap();
        assert!(with_other.contains(ip("192.0.2.9")));
        assert!(with_other.contains(ip(inside[0])));
    }
    let mut networks = Networks::from_addresses([ip("::ffff:192.0.2.1")]).unwrap();
    networks.extend([Ipv4Addr::new(192, 0, 2, 3)]);
    assert_eq!(
        format!("{networks:?}"),
        "[192.0.2.1/32, 192.0.2.3/32]"
            .replace('[', "Networks([")
            .replace(']', "])")
    );
    let none: [Ipv4Addr; 0] = [];
    assert_eq!(Networks::from_addresses(none), Err(NetworkError::Empty));
}

#[test]
fn text_that_is_no_network_is_an_error_that_says_what_to_do() {
    for text in [
        "",
        " 10.0.0.1",
        "10.0.0.1 ",
        "10.0.0",
        "10.0.0.0/33",
        "10.0.0.0/",
        "10.0.0.0/+8",
        "10.0.0.0/8/8",
        "10.0.0.0/255.0.0.0",
        "010.0.0.0/8",
        "10.0.0.256",
        "2001:db8::/129",
        "[2001:db8::1]",
        "fe80::1%eth0",
        "10.0.0.1:80",
        "localhost",
        "10.0.0.0/-1",
        "/8",
    ] {
        let error = Networks::new([text]).unwrap_err();
        assert!(matches!(error, NetworkError::Malformed { .. }), "{text}");
        let wanted = format!(
            "{text:?} is not a network; write it like 10.0.0.0/8, 2001:db8::/32 or 203.0.113.7"
        );
        assert_eq!(error.to_string(), wanted);
    }
    for (text, network, address) in [
        ("10.0.0.1/8", "10.0.0.0/8", "10.0.0.1"),
        ("2001:db8::1/32", "2001:db8::/32", "2001:db8::1"),
        ("0.0.0.1/0", "0.0.0.0/0", "0.0.0.1"),
        (
            "::ffff:10.0.0.1/104",
            "::ffff:10.0.0.0/104",
            "::ffff:10.0.0.1",
        ),
    ] {
        let error = Networks::new([text]).unwrap_err();
        let wanted = format!(
            "network {text} has bits set after its prefix; write {network}, or {address} for only this address"
        );
        assert_eq!(error.to_string(), wanted);
    }
    let error = Networks::new([""; 0]).unwrap_err();
    assert_eq!(error, NetworkError::Empty);
    assert_eq!(
        error.to_string(),
        "no networks are given; list those that requests come from"
    );
}

const PROXY: &str = "10.0.0.7";

fn proxies() -> Networks {
    Networks::new(["10.0.0.0/8", "2001:db8:a::/48"]).unwrap()
}

fn x_forwarded_for() -> TrustedProxies {
    TrustedProxies::x_forwarded_for(proxies())
}

fn forwarded() -> TrustedProxies {
    TrustedProxies::forwarded(proxies())
}

fn headers(name: &'static str, values: &[&str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    headers
}

/// Returns an address, or the error in one word.
fn shown(result: Result<IpAddr, ClientAddressError>) -> String {
    match result {
        Ok(address) => address.to_string(),
        Err(ClientAddressError::Malformed { .. }) => "malformed".into(),
        Err(ClientAddressError::Missing { .. }) => "missing".into(),
        Err(ClientAddressError::OnlyProxies { .. }) => "only proxies".into(),
        Err(ClientAddressError::TooManyEntries { max: 16, .. }) => "too many".into(),
        Err(ClientAddressError::Unidentified { .. }) => "unidentified".into(),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn the_first_untrusted_address_from_the_right_of_x_forwarded_for() {
    for (values, wanted) in [
        (&["203.0.113.7"][..], "203.0.113.7"),
        // Whatever the client sent in front is not read.
        (&["198.51.100.1, 203.0.113.7"], "203.0.113.7"),
        (&["10.0.0.1, 203.0.113.7"], "203.0.113.7"),
        (&["nonsense, 203.0.113.7"], "203.0.113.7"),
        (&["\"open, 203.0.113.7"], "203.0.113.7"),
        (&[", ,, 203.0.113.7"], "203.0.113.7"),
        (&["\u{fc}, 203.0.113.7"], "203.0.113.7"),
        // Trusted proxies are skipped.
        (&["203.0.113.7, 10.0.0.1"], "203.0.113.7"),
        (
            &["198.51.100.1, 203.0.113.7, 10.0.0.1, 2001:db8:a::1"],
            "203.0.113.7",
        ),
        (&["203.0.113.7,10.0.0.1"], "203.0.113.7"),
        (&["203.0.113.7 \t, \t10.0.0.1 "], "203.0.113.7"),
        // Repeated headers are one list, in order.
        (&["198.51.100.1", "203.0.113.7"], "203.0.113.7"),
        (&["198.51.100.1, 203.0.113.7", "10.0.0.1"], "203.0.113.7"),
        // Ports and IPv6.
        (&["203.0.113.7:4711"], "203.0.113.7"),
        (&["2001:db8::1"], "2001:db8::1"),
        (&["[2001:db8::1]"], "2001:db8::1"),
        (&["[2001:db8::1]:4711"], "2001:db8::1"),
        (&["203.0.113.7, [2001:db8:a::1]:4711"], "203.0.113.7"),
        (&["203.0.113.7, ::ffff:10.0.0.1"], "203.0.113.7"),
        (&["::ffff:203.0.113.7"], "203.0.113.7"),
        // Nothing is guessed.
        (&[], "missing"),
        (&[""], "malformed"),
        (&["203.0.113.7,"], "malformed"),
        (&["203.0.113.7", ""], "malformed"),
        (&["203.0.113.7, , 10.0.0.1"], "malformed"),
        (&["203.0.113.7, nonsense"], "malformed"),
        (&["203.0.113.7 10.0.0.1"], "malformed"),
        (&["203.0.113.7;10.0.0.1"], "malformed"),
        (&["unknown"], "malformed"),
        (&["_hidden"], "malformed"),
        (&["203.0.113.256"], "malformed"),
        (&["203.0.113.07"], "malformed"),
        (&["203.0.113.7:"], "malformed"),
        (&["203.0.113.7:123456"], "malformed"),
        (&["203.0.113.7:x"], "malformed"),
        (&["203.0.113.7:80:80"], "malformed"),
        (&["[203.0.113.7]"], "malformed"),
        (&["[2001:db8::1"], "malformed"),
        (&["[2001:db8::1]80"], "malformed"),
        (&["2001:db8::1]"], "malformed"),
        (&["fe80::1%eth0"], "malformed"),
        (&["[fe80::1%1]:80"], "malformed"),
        (&["\"203.0.113.7\""], "malformed"),
        (&["\u{fc}"], "malformed"),
        (&["10.0.0.1"], "only proxies"),
        (&["10.0.0.1, 10.0.0.2"], "only proxies"),
    ] {
        let headers = headers("x-forwarded-for", values);
        let address = x_forwarded_for().client_address(ip(PROXY), &headers);
        assert_eq!(shown(address), wanted, "{values:?}");
    }
}

#[test]
fn the_first_untrusted_address_from_the_right_of_forwarded() {
    for (values, wanted) in [
        (&["for=203.0.113.7"][..], "203.0.113.7"),
        // RFC 7239, sections 4 and 6.
        (&[r#"For="[2001:db8:cafe::17]:4711""#], "2001:db8:cafe::17"),
        (&["for=192.0.2.60;proto=http;by=203.0.113.43"], "192.0.2.60"),
        (&["for=192.0.2.43, for=198.51.100.17"], "198.51.100.17"),
        (&["for=\"_gazonk\""], "unidentified"),
        (&["for=_hidden, for=_SEVKISEK"], "unidentified"),
        (&["for=unknown"], "unidentified"),
        (&["for=UNKNOWN"], "unidentified"),
        (&["for=\"unknown:80\""], "unidentified"),
        (&["for=\"203.0.113.7:_port\""], "203.0.113.7"),
        // Whatever the client sent in front is not read.
        (&["for=198.51.100.1, for=203.0.113.7"], "203.0.113.7"),
        (&["nonsense, for=203.0.113.7"], "203.0.113.7"),
        (&[r#"for="open, for=203.0.113.7"#], "203.0.113.7"),
        (
            &[r#"for=198.51.100.1;by=", for="203.0.113.7";proto="https""#],
            "203.0.113.7",
        ),
        (&[r#"x="\, for="203.0.113.7""#], "203.0.113.7"),
        (&["for=\"", "for=203.0.113.7"], "203.0.113.7"),
        // Trusted proxies are skipped; quoted separators do not separate.
        (&["for=203.0.113.7, for=10.0.0.1"], "203.0.113.7"),
        (
            &[r#"for=203.0.113.7, for=10.0.0.1;host="a,b;for=198.51.100.1""#],
            "203.0.113.7",
        ),
        (
            &[r#"for=203.0.113.7, host="\"a,\\\"\\";for=10.0.0.1"#],
            "203.0.113.7",
        ),
        (&[r#"for="10\.0.0.1""#], "only proxies"),
        (
            &["for=203.0.113.7", r#"for="[2001:db8:a::1]""#],
            "203.0.113.7",
        ),
        (&["proto=https;FOR=203.0.113.7"], "203.0.113.7"),
        (&[";for=203.0.113.7;"], "203.0.113.7"),
        (&["for=203.0.113.7 ,\tfor=10.0.0.1 "], "203.0.113.7"),
        (&[r#"for="[::ffff:203.0.113.7]""#], "203.0.113.7"),
        // Nothing is guessed.
        (&[], "missing"),
        (&[""], "malformed"),
        (&["for=203.0.113.7,"], "malformed"),
        (&["for=203.0.113.7, , for=10.0.0.1"], "malformed"),
        (&["203.0.113.7"], "malformed"),
        (&["proto=https"], "malformed"),
        (&["for=203.0.113.7;for=203.0.113.8"], "malformed"),
        (&["for=203.0.113.7;proto=http;Proto=https"], "malformed"),
        (&["for=203.0.113.7:80"], "malformed"),
        (&["for=[2001:db8::1]"], "malformed"),
        (&["for=2001:db8::1"], "malformed"),
        (&[r#"for="2001:db8::1""#], "malformed"),
        (&["for="], "malformed"),
        (&[r#"for="""#], "malformed"),
        (&["for= 203.0.113.7"], "malformed"),
        (&["for =203.0.113.7"], "malformed"),
        (&["for=203.0.113.7; proto=https"], "malformed"),
        (&[r#"for="203.0.113.7"#], "malformed"),
        (&[r#"for=203.0.113.7""#], "malformed"),
        (&[r#"for="203.0.113.7\""#], "malformed"),
        (&[r#"for="203.0.113.7"x"#], "malformed"),
        (&[r#"for=x"203.0.113.7""#], "malformed"),
        (&["for=_"], "malformed"),
        (&["for=hidden"], "malformed"),
        (&["for=\"203.0.113.7:_\""], "malformed"),
        (&["for=10.0.0.1"], "only proxies"),
    ] {
        let headers = headers("forwarded", values);
        let address = forwarded().client_address(ip(PROXY), &headers);
        assert_eq!(shown(address), wanted, "{values:?}");
    }
}

#[test]
fn only_a_trusted_proxys_own_header_counts() {
    let mut both = headers("x-forwarded-for", &["203.0.113.7"]);
    both.extend(headers("forwarded", &["for=203.0.113.8"]));
    for (proxies, wanted) in [
        (x_forwarded_for(), "203.0.113.7"),
        (forwarded(), "203.0.113.8"),
    ] {
        let address = |peer| shown(proxies.client_address(ip(peer), &both));
        assert_eq!(address(PROXY), wanted);
        assert_eq!(address("::ffff:10.0.0.7"), wanted);
        assert_eq!(address("2001:db8:a::1"), wanted);
        // From anyone else, the headers are ignored.
        assert_eq!(address("198.51.100.9"), "198.51.100.9");
        assert_eq!(address("::ffff:198.51.100.9"), "198.51.100.9");
        assert_eq!(address("2001:db8:b::1"), "2001:db8:b::1");
    }
    let other = headers("forwarded", &["for=203.0.113.8"]);
    assert_eq!(
        shown(x_forwarded_for().client_address(ip(PROXY), &other)),
        "missing"
    );
}

#[test]
fn sixteen_entries_are_read_and_no_more() {
    for (proxies, name, client, proxy) in [
        (
            x_forwarded_for(),
            "x-forwarded-for",
            "203.0.113.7",
            "10.0.0.1",
        ),
        (forwarded(), "forwarded", "for=203.0.113.7", "for=10.0.0.1"),
    ] {
        for (trusted, wanted) in [(15, "203.0.113.7"), (16, "too many"), (10_000, "too many")] {
            let list = [vec![client], vec![proxy; trusted]].concat();
            let in_one = headers(name, &[&list.join(", ")]);
            let in_many = headers(name, &list);
            for headers in [in_one, in_many] {
                let address = proxies.client_address(ip(PROXY), &headers);
                assert_eq!(shown(address), wanted, "{trusted}");
            }
        }
        // All of them proxies.
        for (trusted, wanted) in [(16, "only proxies"), (17, "too many")] {
            let headers = headers(name, &vec![proxy; trusted]);
            let address = proxies.client_address(ip(PROXY), &headers);
            assert_eq!(shown(address), wanted, "{trusted}");
        }
    }
}

#[test]
fn errors_name_the_header() {
    let cases = [
        (
            &["x"][..],
            "an entry of header x-forwarded-for is malformed",
        ),
        (&[], "a trusted proxy sent no x-forwarded-for header"),
        (
            &["10.0.0.1"],
            "header x-forwarded-for has only the addresses of trusted proxies",
        ),
        (
            &["10.0.0.1"; 17],
            "header x-forwarded-for has more than 16 entries of trusted proxies",
        ),
    ];
    for (values, wanted) in cases {
        let headers = headers("x-forwarded-for", values);
        let error = x_forwarded_for()
            .client_address(ip(PROXY), &headers)
            .unwrap_err();
        assert_eq!(error.to_string(), wanted);
    }
    let headers = headers("forwarded", &["for=unknown"]);
    let error = forwarded().client_address(ip(PROXY), &headers).unwrap_err();
    assert_eq!(
        error.to_string(),
        "an entry of header forwarded hides its address"
    );
}

/// What a proxy may write, before it is formatted.
#[derive(Clone, Debug)]
enum Hop {
    Proxy(u8),
    Client(IpAddr, Option<u16>),
    Unknown,
    Broken,
}

fn hop() -> impl Strategy<Value = Hop> {
    prop_oneof![
        4 => any::<u8>().prop_map(Hop::Proxy),
        1 => (any::<[u8; 3]>(), any::<Option<u16>>())
            .prop_map(|([a, b, c], port)| Hop::Client(IpAddr::from([198, a, b, c]), port)),
        1 => (any::<[u16; 4]>(), any::<Option<u16>>())
            .prop_map(|([a, b, c, d], port)| Hop::Client(IpAddr::from([0x2001, 0xdb9, 0, 0, a, b, c, d]), port)),
        1 => Just(Hop::Unknown),
        1 => Just(Hop::Broken),
    ]
}

impl Hop {
    fn written(&self, in_forwarded: bool) -> String {
        let node = match self {
            Self::Proxy(last) => format!("10.0.0.{last}"),
            Self::Client(IpAddr::V6(address), Some(port)) => format!("[{address}]:{port}"),
            Self::Client(IpAddr::V6(address), None) if in_forwarded => format!("[{address}]"),
            Self::Client(address, Some(port)) => format!("{address}:{port}"),
            Self::Client(address, None) => address.to_string(),
            Self::Unknown => "unknown".into(),
            Self::Broken => "not an address".into(),
        };
        match in_forwarded {
            true => format!("proto=https;for=\"{node}\";host=\"a,;=\\\"\""),
            false => node,
        }
    }
}

proptest! {
    /// The model walks over the hops themselves, and never sees the text.
    #[test]
    fn the_client_is_whom_the_nearest_untrusted_hop_names(
        in_forwarded: bool,
        // What the client sends itself.
        spoofed in proptest::option::of("[ -~]{0,40}"),
        hops in proptest::collection::vec(hop(), 0..20),
        breaks in proptest::collection::vec(any::<bool>(), 20),
    ) {
        let (proxies, name) = match in_forwarded {
            true => (forwarded(), "forwarded"),
            false => (x_forwarded_for(), "x-forwarded-for"),
        };
        let mut lines: Vec<String> = spoofed.clone().into_iter().collect();
        for (hop, begins_line) in hops.iter().zip(breaks) {
            let text = hop.written(in_forwarded);
            match lines.last_mut() {
                Some(line) if !begins_line => {
                    line.push_str(", ");
                    line.push_str(&text);
                }
                _ => lines.push(text),
            }
        }
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let found = proxies.client_address(ip(PROXY), &headers(name, &lines));

        let trusted = hops.iter().rev().take_while(|hop| matches!(hop, Hop::Proxy(_))).count();
        let decisive = hops.iter().rev().nth(trusted);
        match decisive {
            Some(_) if trusted == 16 => prop_assert_eq!(shown(found), "too many"),
            _ if trusted > 16 || trusted == 16 && spoofed.is_some() => {
                prop_assert_eq!(shown(found), "too many");
            }
            Some(Hop::Client(address, _)) => prop_assert_eq!(found, Ok(*address)),
            Some(Hop::Unknown) if in_forwarded => prop_assert_eq!(shown(found), "unidentified"),
            Some(_) => prop_assert_eq!(shown(found), "malformed"),
            None if spoofed.is_some() => {
                // Only the client has written anything: it must not be taken for a proxy.
                prop_assert!(found.is_err() || !self::proxies().contains(found.unwrap()));
            }
            None if trusted > 0 => prop_assert_eq!(shown(found), "only proxies"),
            None => prop_assert_eq!(shown(found), "missing"),
        }
    }
}

fn peer(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<IpAddr>().copied()
}

fn senders() -> Networks {
    Networks::new(["203.0.113.0/24"]).unwrap()
}

/// Sends a request from a peer, and returns the response and how often the service ran.
async fn send(
    layer: AllowNetworksLayer,
    peer: Option<&str>,
    request: Request<Full<Bytes>>,
) -> (Response<Bytes>, usize) {
    let _limit = time_limit();
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let service = service_fn(move |request: Request<Full<Bytes>>| {
        counted.fetch_add(1, SeqCst);
        async move {
            let body = request.into_body().collect().await.unwrap().to_bytes();
            Ok::<_, Infallible>(Response::new(body))
        }
    });
    let mut request = request;
    if let Some(peer) = peer {
        request.extensions_mut().insert(ip(peer));
    }
    let response = layer.layer(service).oneshot(request).await.unwrap();
    (response, calls.load(SeqCst))
}

#[tokio::test]
async fn the_layer_lets_only_given_networks_through() {
    let direct = || AllowNetworksLayer::new(senders(), peer);
    let behind = || direct().with_trusted_proxies(x_forwarded_for());
    let forwarded_for = |value: Option<&'static str>| {
        let mut request = Request::new(Full::<Bytes>::from("body"));
        if let Some(value) = value {
            let value = HeaderValue::from_static(value);
            request.headers_mut().insert("x-forwarded-for", value);
        }
        request
    };
    for (layer, peer, value, wanted) in [
        (direct(), Some("203.0.113.7"), None, None),
        (direct(), Some("::ffff:203.0.113.7"), None, None),
        (
            direct(),
            Some("203.0.114.7"),
            None,
            Some((403, "forbidden-address")),
        ),
        // Without proxies the header says nothing.
        (direct(), Some("203.0.113.7"), Some("198.51.100.1"), None),
        (
            direct(),
            Some("198.51.100.1"),
            Some("203.0.113.7"),
            Some((403, "forbidden-address")),
        ),
        (
            direct(),
            None,
            Some("203.0.113.7"),
            Some((500, "no-peer-address")),
        ),
        (behind(), Some(PROXY), Some("203.0.113.7"), None),
        (
            behind(),
            Some(PROXY),
            Some("203.0.113.7, 198.51.100.1"),
            Some((403, "forbidden-address")),
        ),
        (behind(), Some(PROXY), None, Some((403, "unknown-address"))),
        (
            behind(),
            Some(PROXY),
            Some("203.0.113.7, x"),
            Some((403, "unknown-address")),
        ),
        (
            behind(),
            Some("198.51.100.1"),
            Some("203.0.113.7"),
            Some((403, "forbidden-address")),
        ),
        (behind(), Some("203.0.113.7"), Some("198.51.100.1"), None),
        (
            behind(),
            None,
            Some("203.0.113.7"),
            Some((500, "no-peer-address")),
        ),
    ] {
        let (response, calls) = send(layer, peer, forwarded_for(value)).await;
        let case = format!("{peer:?} {value:?}");
        let rejection: Option<&Rejection> = response.extensions().get();
        match wanted {
            None => {
                assert_eq!((response.status(), calls), (StatusCode::OK, 1), "{case}");
                assert_eq!(response.body(), "body");
                assert!(rejection.is_none());
            }
            Some((status, reason)) => {
                assert_eq!((response.status().as_u16(), calls), (status, 0), "{case}");
                assert!(response.body().is_empty());
                let rejection = rejection.unwrap();
                assert_eq!(rejection.reason(), reason, "{case}");
                assert_eq!((rejection.scheme(), rejection.key_id()), (None, None));
                assert_eq!(response.headers()[CONNECTION], "close", "{case}");
                assert_eq!(response.headers().len(), 1);
            }
        }
    }
}

#[tokio::test]
async fn a_rejection_says_the_address_and_closes_only_an_unread_connection_of_http1() {
    let layer = || AllowNetworksLayer::new(senders(), peer);
    for (version, body, closes) in [
        (Version::HTTP_10, "body", true),
        (Version::HTTP_11, "body", true),
        (Version::HTTP_2, "body", false),
        (Version::HTTP_11, "", false),
    ] {
        let mut request = Request::new(Full::<Bytes>::from(body));
        *request.version_mut() = version;
        let (response, _) = send(layer(), Some("::ffff:198.51.100.1"), request).await;
        assert_eq!(
            response.headers().contains_key(CONNECTION),
            closes,
            "{version:?}"
        );
        let rejection: &Rejection = response.extensions().get().unwrap();
        assert_eq!(
            rejection.to_string(),
            "address 198.51.100.1 is not in any of the allowed networks"
        );
    }
    let (response, _) = send(layer(), None, Request::new(Full::default())).await;
    let rejection: &Rejection = response.extensions().get().unwrap();
    assert_eq!(
        rejection.to_string(),
        "the request has no peer address; have the server put it into the extensions, as axum's \
         into_make_service_with_connect_info does"
    );
}

#[tokio::test]
async fn the_response_to_rejected_requests_can_be_set() {
    let layer = AllowNetworksLayer::new(senders(), peer).with_response(|rejection| {
        let mut response = Response::new(Bytes::from_static(b"elsewhere"));
        *response.status_mut() = rejection.status();
        response
    });
    let service = layer.layer(service_fn(async |_: Request<Full<Bytes>>| {
        Ok::<_, Infallible>(Response::new(Bytes::new()))
    }));
    let mut request = Request::new(Full::<Bytes>::from("body"));
    request.extensions_mut().insert(ip("198.51.100.1"));
    let response = service.oneshot(request).await.unwrap();
    assert_eq!(
        (response.status(), &response.body()[..]),
        (StatusCode::FORBIDDEN, &b"elsewhere"[..])
    );
    assert_eq!(response.headers()[CONNECTION], "close");
}

/// Over a socket, with a client that keeps its connection: after each 403 the next request
/// arrives, on the same connection or on another.
#[tokio::test]
async fn no_request_after_a_rejected_one_is_lost() {
    let _limit = time_limit();
    let layer = AllowNetworksLayer::new(senders(), |extensions| {
        extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|info| info.0.ip())
    });
    let proxies = TrustedProxies::x_forwarded_for(Networks::new(["127.0.0.1"]).unwrap());
    let layer = layer.with_trusted_proxies(proxies);
    let handler = async |body: Bytes| body;
    let router = axum::Router::new().route("/", axum::routing::post(handler).route_layer(layer));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let server = tokio::spawn(async move { axum::serve(listener, service).await });

    let mut connections = 0;
    let mut sender: Option<http1::SendRequest<Full<Bytes>>> = None;
    for number in 0..60_usize {
        let open = match sender.take() {
            Some(open) => open,
            None => {
                connections += 1;
                let stream = TcpStream::connect(address).await.unwrap();
                let (open, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
                tokio::spawn(connection);
                open
            }
        };
        let mut open = open;
        open.ready().await.unwrap();
        let is_allowed = number % 3 == 0;
        let client = if is_allowed {
            "203.0.113.7"
        } else {
            "198.51.100.7"
        };
        // The second of the rejected ones has no body, and leaves the connection open.
        let body = if number % 3 == 2 {
            Bytes::new()
        } else {
            vec![b'x'; 100_000].into()
        };
        let request = Request::post("/").header("x-forwarded-for", client);
        let request = request
            .header("host", "localhost")
            .body(Full::new(body.clone()))
            .unwrap();
        let response = open.send_request(request).await.unwrap();
        let closes = response
            .headers()
            .get(CONNECTION)
            .is_some_and(|value| value == "close");
        assert_eq!(closes, number % 3 == 1, "{number}");
        let wanted = if is_allowed {
            StatusCode::OK
        } else {
            StatusCode::FORBIDDEN
        };
        assert_eq!(response.status(), wanted, "{number}");
        let received = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(received, if is_allowed { body } else { Bytes::new() });
        if !closes {
            sender = Some(open);
        }
    }
    assert_eq!(connections, 1 + 20);
    server.abort();
}
