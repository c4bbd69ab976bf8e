//! Tests that the vocabulary of schemes is complete for the senders that it was made
//! for: each is a `const`, and gives the verdicts of the vectors that other programs
//! signed from the senders' documentation.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use data_encoding::BASE64;
use hookseal::clock::FixedClock;
use hookseal::scheme::{
    Algorithm, Field, HeaderList, HeaderName, Part, Scheme, Separator, TimeFormat, TimestampField,
};
use hookseal::verification::HashState;
use hookseal::{
    ConfigError, Head, Key, Keys, Message, RequestHead, SignError, VerifyError, Webhook, schemes,
};
use serde::Deserialize;

/// Hook0, with the headers of its conformance cases.
const HOOK0: Scheme<'static> = Scheme {
    header_list: Some(HeaderList {
        names: Field::Param("h"),
        separator: Separator::Space,
        allowed: &["x-event-id", "x-delivery-id", "x-missing"],
    }),
    ..schemes::HOOK0_V1
};

/// A case in the file of vectors.
#[derive(Clone, Deserialize)]
struct Case {
    scheme: String,
    name: String,
    secrets: Vec<String>,
    options: Options,
    now: u64,
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body_base64: String,
    expect: String,
    reason: Option<String>,
}

#[derive(Clone, Deserialize)]
struct Options {
    url: Option<String>,
    key_ids: Option<Vec<String>>,
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let read = |file: &str| -> Vec<Case> {
        serde_json::from_slice(&fs::read(folder.join(file)).unwrap()).unwrap()
    };
    [read("senders.json"), read("more-senders.json")].concat()
}

impl Case {
    fn scheme(&self) -> Scheme<'static> {
        schemes::by_name(&self.scheme).unwrap()
    }

    /// Creates the webhook; returns `None` if the scheme's algorithm is not built in.
    fn webhook(&self) -> Option<Webhook> {
        let mut scheme = self.scheme();
        if let Some(url) = &self.options.url {
            scheme = scheme.at(url);
        }
        let ids = self.options.key_ids.clone().unwrap_or_default();
        let mut ids = ids.into_iter();
        let key = |secret: &String| match ids.next() {
            Some(id) => Key::from(secret).with_id(id),
            None => Key::from(secret),
        };
        let keys: Vec<Key> = self.secrets.iter().map(key).collect();
        webhook(scheme, keys, self.now)
    }

    /// Returns the path and query.
    fn target(&self) -> &str {
        let after = self.url.strip_prefix("https://").unwrap();
        &after[after.find('/').unwrap()..]
    }

    fn body(&self) -> Vec<u8> {
        BASE64.decode(self.body_base64.as_bytes()).unwrap()
    }

    /// Returns the headers that the request names as signed, except those that the scheme
    /// knows.
    fn listed_headers(&self) -> Vec<(&str, &str)> {
        let allowed = self
            .scheme()
            .header_list
            .map_or(&[][..], |list| list.allowed);
        let own = ["x-contentful-signed-headers", "x-contentful-timestamp"];
        let headers = self
            .headers
            .iter()
            .map(|(name, value)| (&name[..], &value[..]));
        headers
            .filter(|(name, _)| allowed.contains(name) && !own.contains(name))
            .collect()
    }

    /// Returns the value of a header that the scheme reads.
    fn value(&self, name: &str) -> Option<&str> {
        let name = match self.scheme().header_prefix {
            Some(prefix) => format!("{prefix}-{name}"),
            None => name.to_owned(),
        };
        let mut headers = self.headers.iter();
        let is_it = |header: &&(String, String)| header.0.eq_ignore_ascii_case(&name);
        headers.find(is_it).map(|header| header.1.as_str())
    }
}

/// Returns `None` if the scheme's algorithm is not built in.
fn webhook(scheme: Scheme<'_>, keys: impl Into<Keys>, now: u64) -> Option<Webhook> {
    let mut forms = scheme.forms.iter();
    let is_built_in = forms.any(|form| form.algorithm.is_available());
    match Webhook::new(scheme, keys) {
        Ok(webhook) => {
            assert!(is_built_in, "{}", scheme.name);
            Some(webhook.with_clock(FixedClock::at(now)))
        }
        Err(ConfigError::AlgorithmUnavailable { .. }) if !is_built_in => None,
        Err(error) => panic!("{}: {error}", scheme.name),
    }
}

/// Returns the verdict. Whole and in pieces must agree.
fn judge(webhook: &Webhook, head: &dyn RequestHead, body: &[u8]) -> Result<(), String> {
    let whole = webhook.verify(head, body).map(|_| ());
    for size in [1, 7, 64] {
        let mut state = HashState::new();
        let streamed = webhook.begin(head, &mut state).and_then(|mut check| {
            body.chunks(size).for_each(|piece| check.update(piece));
            check.finish().map(|_| ())
        });
        assert_eq!(streamed, whole);
    }
    whole.map_err(|error: VerifyError| error.reason().to_owned())
}

#[test]
fn every_case_of_every_sender_gets_its_verdict() {
    let mut differing = Vec::new();
    let mut judged: BTreeMap<String, usize> = BTreeMap::new();
    let mut not_built_in = 0;
    for case in cases() {
        let Some(webhook) = case.webhook() else {
            not_built_in += 1;
            continue;
        };
        let head = Head::new(&case.method, case.target(), &case.headers);
        let verdict = judge(&webhook, &head, &case.body());
        let wanted = match (&*case.expect, &case.reason) {
            ("valid", None) => Ok(()),
            ("invalid", Some(reason)) => Err(reason.clone()),
            other => panic!("{other:?}"),
        };
        if verdict != wanted {
            differing.push(format!(
                "{} {}: wanted {wanted:?}, got {verdict:?}",
                case.scheme, case.name
            ));
        }
        *judged.entry(case.scheme).or_default() += 1;
    }
    assert!(differing.is_empty(), "{differing:#?}");
    // The two Pomelos, Hubpay, Pakk and Paminga have separate files.
    let senders = schemes::ALL.iter().filter(|scheme| {
        let mut forms = scheme.forms.iter();
        forms.any(|form| form.algorithm.is_available())
    });
    assert_eq!(judged.len(), senders.count() - 5);
    let count: usize = judged.values().sum();
    assert_eq!(count + not_built_in, 691 + 411);
}

/// Returns the signed time in whole seconds.
fn signed_at(case: &Case) -> Option<u64> {
    let TimestampField { field, format } = case.scheme().timestamp?;
    let text = match field {
        Field::Header(name) => case.value(name)?,
        Field::Param(name) => {
            let start = format!("{name}=");
            let signature = case.headers.last()?;
            let mut entries = signature.1.split([',', ';']);
            entries.find_map(|entry| entry.trim().strip_prefix(&start))?
        }
        _ => unreachable!("a new place"),
    };
    match format {
        TimeFormat::Seconds => text.parse().ok(),
        TimeFormat::Milliseconds => text.strip_suffix("000")?.parse().ok(),
        // All were signed two seconds before the file's clock.
        TimeFormat::Rfc3339 => (text == "2026-11-18T11:06:38Z").then_some(case.now - 2),
        TimeFormat::HttpDate => (text == "Wed 18 Nov 2026 11:06:38 UTC").then_some(case.now - 2),
        _ => unreachable!("a new format"),
    }
}

/// A sender that is built on the same data sends what the vectors contain.
#[test]
fn what_we_sign_is_what_the_sender_sends() {
    let (mut equal, mut public) = (0, 0);
    for case in cases()
        .iter()
        .filter(|case| case.name.starts_with("valid-"))
    {
        let Some(webhook) = case.webhook() else {
            continue;
        };
        let scheme = case.scheme();
        let body = case.body();
        let mut message = Message::new(&body).with_request_line(&case.method, case.target());
        if let Some(id) = scheme.message_id {
            message = message.with_id(case.value(id).unwrap());
        }
        if let Some(time) = signed_at(case) {
            message = message.with_timestamp(time);
        }
        if let Some([key_id]) = case.options.key_ids.as_deref() {
            message = message.with_key_id(key_id);
        }
        let others = case.listed_headers();
        message = message.with_headers(&others);
        let signed = match webhook.sign(&message) {
            Ok(signed) => signed,
            Err(error) => {
                assert_eq!(error, SignError::NoSigningKey);
                assert_eq!(scheme.forms[0].algorithm, Algorithm::Ed25519);
                public += 1;
                continue;
            }
        };
        let head = Head::new(&case.method, case.target(), &signed);
        assert_eq!(judge(&webhook, &head, &body), Ok(()), "{}", case.scheme);
        if scheme.timestamp.is_some() && signed_at(case).is_none() {
            // Signed at a fraction of a second.
            continue;
        }
        for (name, value) in &signed {
            let theirs = case
                .headers
                .iter()
                .find(|header| header.0.eq_ignore_ascii_case(name.as_str()));
            let theirs = &theirs.unwrap().1;
            // Spaces after a separator and upper-case digits are read but not
            // written.
            let theirs = match &*case.scheme {
                "flinks" => theirs.to_lowercase(),
                _ => theirs.clone(),
            };
            assert_eq!(value, theirs, "{} {}", case.scheme, case.name);
        }
        equal += 1;
    }
    // Three of each, except for those whose timestamps have fractions (WorkOS, Sanity,
    // Twitch, HubSpot, Webflow, Cashfree, Podium and Contentful), and the two with
    // public keys.
    let sha1 = if cfg!(feature = "sha1") { 3 * 6 } else { 0 };
    let ed25519 = if cfg!(feature = "ed25519") { 3 * 2 } else { 0 };
    assert_eq!((equal, public), (3 * (97 - 8 - 2 - 6) + sha1, ed25519));
}

// Where two signed parts meet without a separator, no byte can move.

/// Where a part of the message is on the wire.
enum Place<'a> {
    Header(&'a str),
    Target,
    Body,
    /// Configured, or not chosen by the request.
    Fixed,
}

fn place<'a>(scheme: &Scheme<'a>, part: Part<'a>) -> Place<'a> {
    match part {
        Part::Body => Place::Body,
        Part::Target => Place::Target,
        Part::MessageId => Place::Header(scheme.message_id.unwrap()),
        Part::Timestamp => match scheme.timestamp.unwrap().field {
            Field::Header(name) => Place::Header(name),
            _ => Place::Fixed,
        },
        _ => Place::Fixed,
    }
}

#[derive(Clone)]
struct Request {
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    fn get(&self, place: &Place<'_>) -> Option<Vec<u8>> {
        match place {
            Place::Header(name) => {
                let mut headers = self.headers.iter();
                let header = headers.find(|header| header.0.eq_ignore_ascii_case(name));
                Some(header?.1.clone().into_bytes())
            }
            Place::Target => Some(self.target.clone().into_bytes()),
            Place::Body => Some(self.body.clone()),
            Place::Fixed => None,
        }
    }

    fn set(&mut self, place: &Place<'_>, value: &[u8]) -> Option<()> {
        let text = || String::from_utf8(value.to_vec()).ok();
        match place {
            Place::Header(name) => {
                let mut headers = self.headers.iter_mut();
                let header = headers.find(|header| header.0.eq_ignore_ascii_case(name));
                header?.1 = text()?;
            }
            Place::Target => self.target = text()?,
            Place::Body => self.body = value.to_vec(),
            Place::Fixed => return None,
        }
        Some(())
    }

    /// Returns every request with the same signed bytes, but with the boundary
    /// between these two parts moved.
    fn with_moved(&self, one: &Place<'_>, other: &Place<'_>) -> Vec<Self> {
        let (Some(before), Some(after)) = (self.get(one), self.get(other)) else {
            return Vec::new();
        };
        let boundary = before.len();
        let both = [before, after].concat();
        let moved = (0..=both.len()).filter(|place| *place != boundary);
        let moved = moved.filter_map(|place| {
            let mut moved = self.clone();
            moved.set(one, &both[..place])?;
            moved.set(other, &both[place..])?;
            Some(moved)
        });
        moved.collect()
    }
}

/// Returns how many requests have the same signed bytes as this one, but with one
/// boundary moved, and how many of them verify.
fn moved_and_verified(
    scheme: &Scheme<'_>,
    webhook: &Webhook,
    method: &str,
    request: &Request,
) -> (usize, usize) {
    let verifies = |request: &Request| {
        let head = Head::new(method, &request.target, &request.headers);
        judge(webhook, &head, &request.body).is_ok()
    };
    assert!(verifies(request), "{}", scheme.name);
    let (mut count, mut verified) = (0, 0);
    for pair in scheme.signed.windows(2) {
        let [one, other] = [place(scheme, pair[0]), place(scheme, pair[1])];
        for moved in request.with_moved(&one, &other) {
            count += 1;
            verified += usize::from(verifies(&moved));
        }
    }
    (count, verified)
}

/// Returns whether RFC 3986, section 2, allows a byte: unreserved, reserved and the percent
/// sign.
fn in_uri(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(char::from(byte))
}

#[test]
fn no_boundary_without_a_separator_can_be_moved() {
    let mut schemes = BTreeMap::new();
    for case in cases().iter().filter(|case| case.expect == "valid") {
        let Some(webhook) = case.webhook() else {
            continue;
        };
        let request = Request {
            target: case.target().to_owned(),
            headers: case.headers.clone(),
            body: case.body(),
        };
        let scheme = case.scheme();
        let (count, verified) = moved_and_verified(&scheme, &webhook, &case.method, &request);
        // Only one boundary can move: the end of the target, except its first slash, to the
        // start of the body, and back the characters that a URI may contain.
        let in_uri = request.body.iter().take_while(|byte| in_uri(**byte));
        let wanted = match scheme.name {
            "hubspot-v3" => request.target.len() - 1 + in_uri.count(),
            _ => 0,
        };
        assert_eq!(verified, wanted, "{} {}", case.scheme, case.name);
        if count > 0 {
            *schemes.entry(scheme.name).or_insert(0) += count;
        }
    }
    let mut wanted = vec!["box", "cashfree", "hubspot-v3", "twitch", "zendesk"];
    if cfg!(feature = "ed25519") {
        wanted.push("discord");
    }
    if cfg!(feature = "sha1") {
        wanted.push("scalr");
    }
    wanted.sort_unstable();
    assert_eq!(schemes.into_keys().collect::<Vec<_>>(), wanted);
}

/// The page of such a scheme must say which bodies can move over these boundaries.
#[test]
fn bodies_that_look_like_their_neighbour_can_be_moved() {
    let hubspot = schemes::HUBSPOT_V3.at("https://hooks.example.com");
    let webhook = webhook(hubspot, vec!["a secret".to_owned()], 1_795_000_000).unwrap();
    let verified = |body: &[u8]| {
        let message = Message::new(body).with_request_line("POST", "/in");
        let signed = webhook.sign(&message).unwrap();
        let owned = |(name, value): (&HeaderName, &str)| (name.to_string(), value.to_owned());
        let request = Request {
            target: "/in".to_owned(),
            headers: signed.iter().map(owned).collect(),
            body: body.to_vec(),
        };
        moved_and_verified(&hubspot, &webhook, "POST", &request).1
    };
    // The target's last two characters, to any body.
    assert_eq!(verified(b"{}"), 2);
    assert_eq!(verified(b""), 2);
    // What a URI may contain, to the target.
    assert_eq!(verified(b"a=b{}"), 2 + 3);
    assert_eq!(verified(b"{a=b}"), 2);
    // Zeros at its end, to the time.
    assert_eq!(verified(b"{}00"), 2 + 2);
    assert_eq!(verified(b"{}10"), 2 + 1);
    assert_eq!(verified(b"{}1"), 2);
}

/// Senders whose vectors are not in the file. The signatures are by OpenSSL unless stated
/// otherwise.
struct Known<'a> {
    scheme: Scheme<'a>,
    secrets: &'a [&'a str],
    now: u64,
    target: &'a str,
    headers: &'a [(&'a str, &'a str)],
    body: &'a str,
    verdict: Result<(), &'a str>,
}

#[track_caller]
fn check(known: &Known<'_>) {
    let secrets = known.secrets.iter().map(|secret| (*secret).to_owned());
    let Some(webhook) = webhook(known.scheme, secrets.collect::<Vec<_>>(), known.now) else {
        return;
    };
    let head = Head::new("POST", known.target, &known.headers);
    let verdict = judge(&webhook, &head, known.body.as_bytes());
    let wanted = known.verdict.map_err(str::to_owned);
    assert_eq!(
        verdict, wanted,
        "{}: {:?}",
        known.scheme.name, known.headers
    );
}

const EVENT: &str = r#"{"event":"created","n":1}"#;

/// The known answers of `PaddleHQ/paddle-node-sdk`.
#[test]
fn paddle() {
    let known = |header: &str, secret: &str, body: &str, now: u64| {
        let secrets = [secret];
        let headers = [("Paddle-Signature", header)];
        let webhook = webhook(schemes::PADDLE, secrets.map(String::from).to_vec(), now).unwrap();
        judge(&webhook, &headers, body.as_bytes())
    };
    let one = "ts=1698796800;h1=a300428748dce5c70e4da19bffd60769591ea969c99dea3105d0ec9612cf43f9";
    let hash = "28981e941fae76e53db32f3d2a83cb69db41476595e84e1970a1b5d98f62b261";
    let several = format!("ts=1698796800;h1={hash};h1={hash};h2=RANDOM_HASH");
    let body = r#"{"data": ["1", "2"]}"#;
    let at = 1_698_796_800;
    let refused = |reason: &str| Err(reason.to_owned());
    for now in [at, at + 1, at + 5] {
        assert_eq!(known(one, "VALID_SECRET", body, now), Ok(()));
    }
    for now in [at + 6, at + 4 * 24 * 60 * 60] {
        let verdict = known(one, "VALID_SECRET", body, now);
        assert_eq!(verdict, refused("timestamp-too-old"));
    }
    let verdict = known(&several, "VALID_SECRET", r#"{"data": "value"}"#, at);
    assert_eq!(verdict, Ok(()));
    let mismatch = refused("signature-mismatch");
    assert_eq!(known(one, "INVALID_VALID_SECRET", body, at), mismatch);
    let spaced = r#"{ "data": [ "1", "2" ]}"#;
    assert_eq!(known(one, "VALID_SECRET", spaced, at), mismatch);
    let other_time = one.replace("1698796800", "9876");
    assert_eq!(
        known(&other_time, "VALID_SECRET", body, at),
        refused("timestamp-too-old")
    );
    for header in [
        "ts=1234;h1=invalid_signature",
        "invalid_header",
        "h1=invalid_header",
        "ts=1234;h2=invalid_header",
    ] {
        let verdict = known(header, "VALID_SECRET", body, at);
        assert_eq!(verdict, refused("malformed-signature"), "{header}");
    }
    let hash = &one["ts=1698796800;".len()..];
    let verdict = known(hash, "VALID_SECRET", body, at);
    assert_eq!(verdict, refused("malformed-timestamp"));
}

/// The vectors of `hook0/hook0`, `clients/conformance/signature.json`, for the newer of
/// its two formats.
#[test]
fn hook0() {
    let ours = "19a6fb8f6581715b241a93af02a58611c3b0ac7b747a8d2a5b120ee418d0c347";
    let reversed = "bf5f4e5fe0c9143510ae192f983316a09ed392d0104d2ce0faa3d7bce3687acb";
    let weaker = "d17d66b66fca89390c5b967c45e8928fc732db07a0aabe8167b1e98213081ffe";
    let t = "t=1800000000";
    for (signature, verdict) in [
        (format!("{t},h=x-event-id x-delivery-id,v1={ours}"), Ok(())),
        (
            format!("{t},h=x-event-id x-delivery-id,v0={reversed},v1={ours}"),
            Ok(()),
        ),
        (
            format!("{t},h=x-event-id x-delivery-id,v0={weaker},v1={reversed}"),
            Err("signature-mismatch"),
        ),
        (
            format!("{t},h=x-delivery-id x-event-id,v1={ours}"),
            Err("signature-mismatch"),
        ),
        (
            format!("{t},h=x-delivery-id x-event-id,v1={reversed}"),
            Ok(()),
        ),
        (
            format!("{t},h=x-event-id x-missing,v1={ours}"),
            Err("missing-header"),
        ),
        // Refused: a header that may not be named, and one that is named twice.
        (
            format!("{t},h=x-event-id content-type,v1={ours}"),
            Err("malformed-header"),
        ),
        (
            format!("{t},h=x-event-id x-event-id,v1={ours}"),
            Err("malformed-header"),
        ),
        (format!("{t},v0={weaker}"), Err("malformed-signature")),
    ] {
        check(&Known {
            scheme: HOOK0,
            secrets: &["a-subscription-secret"],
            now: 1_800_000_000,
            target: "/",
            headers: &[
                ("x-event-id", "evt-1"),
                ("x-delivery-id", "dlv-1"),
                ("content-type", "application/json"),
                ("X-Hook0-Signature", &signature),
            ],
            body: r#"{"event":"user.created"}"#,
            verdict,
        });
    }
}

/// The parameter must be present once, even if the request lists no header.
#[test]
fn a_list_of_no_headers_is_a_list() {
    with_parameters(&[
        ("t=1800000000,h=,v1=", Ok(())),
        ("t=1800000000,h=,h=,v1=", Err("malformed-signature")),
    ]);
}

#[test]
fn a_parameter_that_is_read_must_be_there() {
    with_parameters(&[("t=1800000000,v1=", Err("malformed-header"))]);
}

/// Checks parameters with the signature of a list without headers.
fn with_parameters(cases: &[(&str, Result<(), &str>)]) {
    let tag = "372307a9b4daf5b428aec84cb292d767e0532caf75282cc93341ebac919e30da";
    for (parameters, verdict) in cases {
        check(&Known {
            scheme: HOOK0,
            secrets: &["a-subscription-secret"],
            now: 1_800_000_000,
            target: "/",
            headers: &[("X-Hook0-Signature", &format!("{parameters}{tag}"))],
            body: EVENT,
            verdict: *verdict,
        });
    }
}

#[test]
fn docusign() {
    let one = "XrCaJZplxeVn5+wks2Bz9NQFvtRREARwSKQvqYhEvDY=";
    let two = "NxtgMARXM5TKBg1J0LfBZCmDMWTPpkKlmwRElBmz/ZU=";
    let other = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let n = |number: u8| format!("X-DocuSign-Signature-{number}");
    let names: Vec<String> = (0..=9).map(n).collect();
    let mismatch = Err("signature-mismatch");
    for (headers, verdict) in [
        (vec![(1, one)], Ok(())),
        (vec![(1, other), (2, one)], Ok(())),
        (vec![(2, one), (1, other)], Ok(())),
        (vec![(1, two), (2, one)], Ok(())),
        (vec![(1, two)], mismatch),
        (vec![(1, other)], mismatch),
        // Up to eight, and no further than the first that is missing.
        (
            (1..=7).map(|at| (at, other)).chain([(8, one)]).collect(),
            Ok(()),
        ),
        (
            (1..=8).map(|at| (at, other)).chain([(9, one)]).collect(),
            mismatch,
        ),
        (vec![(1, other), (3, one)], mismatch),
        (vec![(2, one)], Err("missing-header")),
        (vec![(0, one)], Err("missing-header")),
        (vec![(1, ""), (2, one)], Err("missing-header")),
        (vec![(1, one), (1, one)], Err("duplicate-header")),
        (vec![(1, one), (2, one), (2, one)], Err("duplicate-header")),
        (vec![(1, one), (2, "x")], Err("malformed-signature")),
        (vec![(1, "x"), (2, one)], Err("malformed-signature")),
    ] {
        let headers: Vec<(&str, &str)> = headers
            .into_iter()
            .map(|(number, value): (usize, &str)| (names[number].as_str(), value))
            .collect();
        check(&Known {
            scheme: schemes::DOCUSIGN,
            secrets: &["docusign-key-one"],
            now: 0,
            target: "/",
            headers: &headers,
            body: EVENT,
            verdict,
        });
    }
    // While a key is replaced, either signature will do.
    check(&Known {
        scheme: schemes::DOCUSIGN,
        secrets: &["docusign-key-two", "docusign-key-one"],
        now: 0,
        target: "/",
        headers: &[("X-DocuSign-Signature-1", other), (&names[2], two)],
        body: EVENT,
        verdict: Ok(()),
    });
}

/// The sender repeats the header for each of its keys; no other header may be repeated.
#[test]
fn mollie() {
    let tag = |secret: &str| {
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.as_bytes());
        let tag = ring::hmac::sign(&key, EVENT.as_bytes());
        format!("sha256={}", hex::encode(tag))
    };
    let (right, wrong) = (tag("mollie"), tag("another"));
    let name = "X-Mollie-Signature";
    let known = |values: &[&str]| {
        let headers: Vec<(&str, &str)> = values.iter().map(|value| (name, *value)).collect();
        let webhook = webhook(schemes::MOLLIE, vec!["mollie".to_owned()], 0).unwrap();
        judge(&webhook, &headers, EVENT.as_bytes())
    };
    let refused = |reason: &str| Err(reason.to_owned());
    assert_eq!(known(&[&right]), Ok(()));
    assert_eq!(known(&[&wrong, &right]), Ok(()));
    assert_eq!(known(&[&right, &wrong]), Ok(()));
    let seven = [wrong.as_str(); 7];
    assert_eq!(known(&[&seven[..], &[&right]].concat()), Ok(()));
    assert_eq!(
        known(&[&seven[..], &[&wrong, &right]].concat()),
        refused("malformed-signature")
    );
    assert_eq!(known(&[&wrong, &wrong]), refused("signature-mismatch"));
    assert_eq!(known(&[&right, "x"]), refused("malformed-signature"));
    assert_eq!(known(&[&right, ""]), Ok(()));
    assert_eq!(known(&["", ""]), refused("missing-header"));
    assert_eq!(known(&[]), refused("missing-header"));
}

/// An empty value counts as a missing header, at any position.
#[test]
fn an_empty_repetition_counts_for_nothing() {
    let webhook = webhook(schemes::MOLLIE, vec!["mollie".to_owned()], 0).unwrap();
    let signed = webhook.sign(&Message::new(b"{}")).unwrap();
    let right = signed.get("x-mollie-signature").unwrap();
    for values in [["", right], [right, ""]] {
        let headers = values.map(|value| ("x-mollie-signature", value));
        assert_eq!(judge(&webhook, &headers, b"{}"), Ok(()), "{values:?}");
    }
}

/// The key is the digest of what the sender hands out.
#[test]
fn connectwise() {
    for (signature, verdict) in [
        ("9WA4ojy377k4GN81A4HH0xVozKMVOXj3jO+QEpxp93s=", Ok(())),
        // By the text itself.
        (
            "IKA7C222n46UJltW8FJPiSwL7ACqVuOXWd05dOQPRS8=",
            Err("signature-mismatch"),
        ),
    ] {
        check(&Known {
            scheme: schemes::CONNECTWISE,
            secrets: &["connectwise shared secret"],
            now: 0,
            target: "/",
            headers: &[("x-content-signature", signature)],
            body: EVENT,
            verdict,
        });
    }
}

#[test]
fn vercel() {
    for (signature, verdict) in [
        ("a77d3e89d1f8b49aea9e869a833789e2f695f976", Ok(())),
        (
            "a77d3e89d1f8b49aea9e869a833789e2f695f977",
            Err("signature-mismatch"),
        ),
        (
            "sha1=a77d3e89d1f8b49aea9e869a833789e2f695f976",
            Err("malformed-signature"),
        ),
    ] {
        check(&Known {
            scheme: schemes::VERCEL,
            secrets: &["vercel-secret"],
            now: 0,
            target: "/",
            headers: &[("x-vercel-signature", signature)],
            body: EVENT,
            verdict,
        });
    }
}

/// Signed like `contentful/node-apps-toolkit`, `src/requests/sign-request.ts`: the list of
/// headers names itself. (It encodes a query twice before signing, which the vocabulary
/// cannot express.)
#[test]
fn contentful() {
    let tag = "741b9cc941970a154d0b43a151636ad56c04f8f6be535e45a51b0ea4f40bf8f6";
    let names =
        "x-contentful-crn,x-contentful-signed-headers,x-contentful-timestamp,x-contentful-topic";
    let headers = [
        ("X-Contentful-Topic", "ContentManagement.Entry.publish"),
        ("X-Contentful-CRN", "crn:contentful:::content:spaces/s"),
        ("X-Contentful-Timestamp", "1795000000257"),
        ("X-Contentful-Signed-Headers", names),
        ("X-Contentful-Signature", tag),
        ("X-Contentful-Unsigned", "anything"),
    ];
    let secret = "a".repeat(64);
    let known = |headers: &[(&str, &str)], target: &str, now: u64, verdict| {
        check(&Known {
            scheme: schemes::CONTENTFUL,
            secrets: &[&secret],
            now,
            target,
            headers,
            body: EVENT,
            verdict,
        });
    };
    let (path, now) = ("/webhooks/in", 1_795_000_000);
    known(&headers, path, now, Ok(()));
    known(&headers, path, now + 30, Ok(()));
    known(&headers, path, now + 31, Err("timestamp-too-old"));
    known(&headers, "/webhooks/out", now, Err("signature-mismatch"));
    for place in 0..headers.len() {
        let mut missing = headers.to_vec();
        missing.remove(place);
        let verdict = match place {
            5 => Ok(()),
            _ => Err("missing-header"),
        };
        known(&missing, path, now, verdict);
        let mut repeated = headers.to_vec();
        repeated.push(headers[place]);
        let verdict = match place {
            5 => Ok(()),
            _ => Err("duplicate-header"),
        };
        known(&repeated, path, now, verdict);
    }
    // Another value, and another header in the list: only named headers are signed, so
    // the timestamp must be named.
    for (place, value, verdict) in [
        (0, "ContentManagement.Entry.delete", "signature-mismatch"),
        (1, "crn:contentful:::content:spaces/t", "signature-mismatch"),
        (2, "1795000000258", "signature-mismatch"),
        (3, "x-contentful-timestamp", "signature-mismatch"),
        (3, "x-contentful-crn,x-contentful-topic", "malformed-header"),
        (
            3,
            "x-contentful-timestamp,x-contentful-unsigned",
            "malformed-header",
        ),
        (
            3,
            "x-contentful-timestamp,x-contentful-timestamp",
            "malformed-header",
        ),
    ] {
        let mut changed = headers;
        changed[place].1 = value;
        known(&changed, path, now, Err(verdict));
    }
}

/// One text with several secrets. The signature is the public one of Svix.
#[test]
fn supabase() {
    let other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    let right = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    for (secret, verdict) in [
        (format!("v1,{right}"), Ok(())),
        (format!("v1,{other}|v1,{right}"), Ok(())),
        (format!("v1,{right}|v1,{other}"), Ok(())),
        (format!("v1,{other}"), Err("signature-mismatch")),
    ] {
        check(&Known {
            scheme: schemes::SUPABASE,
            secrets: &[&secret],
            now: 1_614_265_330,
            target: "/",
            headers: &[
                ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
                ("webhook-timestamp", "1614265330"),
                (
                    "webhook-signature",
                    "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
                ),
            ],
            body: r#"{"test": 2432232314}"#,
            verdict,
        });
    }
}

fn with_ids(scheme: Scheme<'_>, keys: &[(&str, &str)]) -> Webhook {
    let keys = keys
        .iter()
        .map(|(id, secret)| Key::from(*secret).with_id(*id));
    Webhook::new(scheme, keys.collect::<Vec<_>>()).unwrap()
}

/// Each entry names its key.
#[test]
fn worldpay() {
    let one = "e9ff3a8e6d18ff043cde1e603189d83d9dbc656516a6db6d179f534ca5377349";
    let two = "8092dd72e3d35af347079638902f12913f0c6b86fd2b8b21586e27347dfde9ba";
    let webhook = with_ids(
        schemes::WORLDPAY,
        &[("1", "worldpay-key-one"), ("2", "worldpay-key-two")],
    );
    let verdict =
        |header: String| judge(&webhook, &[("Event-Signature", header)], EVENT.as_bytes());
    for header in [
        format!("1/SHA256/{one}"),
        format!("2/SHA256/{two}"),
        format!("1/SHA256/{one},2/SHA256/{two}"),
        format!("2/SHA256/{two}, 1/SHA256/{one}"),
        format!("9/SHA256/{two},1/SHA256/{one}"),
        format!("1/SHA256/{two},1/SHA256/{one}"),
        format!("1/SHA256/{two},2/SHA256/{two}"),
    ] {
        assert_eq!(verdict(header.clone()), Ok(()), "{header}");
    }
    let refused = |reason: &str| Err(reason.to_owned());
    for header in [
        format!("1/SHA256/{two}"),
        format!("2/SHA256/{one}"),
        format!("1/SHA256/{two},2/SHA256/{one}"),
    ] {
        assert_eq!(verdict(header), refused("signature-mismatch"));
    }
    for header in [format!("9/SHA256/{one}"), format!("/SHA256/{one}")] {
        assert_eq!(verdict(header), refused("unknown-key"));
    }
    for header in [
        one.to_owned(),
        format!("1/SHA512/{one}"),
        format!("1/sha256/{one}"),
    ] {
        assert_eq!(verdict(header), refused("malformed-signature"));
    }
    let proof = [("Event-Signature", format!("1/SHA256/{two},2/SHA256/{two}"))];
    let verified = webhook.verify(&proof, EVENT.as_bytes()).unwrap();
    assert_eq!(verified.key_id(), Some("2"));
}

/// The request names its key in a header, which is not signed.
#[test]
fn worldline() {
    let tag = "XtXUhmJYJvYKnHtOBctbT9szr1dq/E9huUETJem1h7E=";
    let keys = [("known", "worldline-secret"), ("other", "another secret")];
    let webhook = with_ids(schemes::WORLDLINE, &keys);
    let verdict = |id: &str| {
        let headers = [("X-GCS-KeyId", id), ("X-GCS-Signature", tag)];
        judge(&webhook, &headers, EVENT.as_bytes())
    };
    let refused = |reason: &str| Err(reason.to_owned());
    assert_eq!(verdict("known"), Ok(()));
    assert_eq!(verdict("other"), refused("signature-mismatch"));
    assert_eq!(verdict("unknown"), refused("unknown-key"));
    assert_eq!(verdict(""), refused("missing-header"));
}

/// What may surround the entries of a list, for senders that list a time.
#[test]
fn lists_with_parameters() {
    // Stripe's and Sanity's: see the file of vectors.
    let stripe = "v1=9227dcc90eb40f86a63903d7f8053841d4cd4adb4a0e8a94451bcfe02e309fec";
    let cases = cases();
    let mut valid = cases
        .iter()
        .filter(|case| case.scheme == "stripe" && case.name == "valid-0");
    let case = valid.next().unwrap();
    let header = &case.headers[0].1;
    let (time, entry) = header.split_once(',').unwrap();
    let webhook = case.webhook().unwrap();
    let body = case.body();
    let verdict = |header: String| judge(&webhook, &[("stripe-signature", header)], &body);
    for header in [
        format!("{time},{entry}"),
        format!("{time}, {entry}"),
        format!("{entry},{time}"),
        format!("{entry}, {time}"),
        format!("{time},{stripe},{entry}"),
        format!("{time},{entry},{stripe}"),
        format!("{time},v0=x,{entry},v2=y"),
        format!("{time},{entry},unknown,=,t"),
        format!("{time},{entry},"),
        format!("{time},,{entry}"),
        format!(",{time},{entry}"),
        format!("{time},{}{entry}", "x=1,".repeat(30)),
    ] {
        assert_eq!(verdict(header.clone()), Ok(()), "{header}");
    }
    let at = &time["t=".len()..];
    for (header, reason) in [
        (format!("{time},  {entry}"), "malformed-signature"),
        (format!("{time},\t{entry}"), "malformed-signature"),
        (format!("{time} ,{entry}"), "malformed-timestamp"),
        (format!(" {time},{entry}"), "malformed-signature"),
        (format!("{time},{entry} "), "malformed-signature"),
        (format!("{time};{entry}"), "malformed-signature"),
        (format!("{time} {entry}"), "malformed-signature"),
        (format!("{time},{entry},{time}"), "malformed-signature"),
        (format!("t=1,{time},{entry}"), "malformed-signature"),
        (format!("{time},t=,{entry}"), "malformed-signature"),
        (entry.to_owned(), "malformed-timestamp"),
        (format!("t=,{entry}"), "malformed-timestamp"),
        (format!("t= {at},{entry}"), "malformed-timestamp"),
        (format!("T={at},{entry}"), "malformed-timestamp"),
        (format!("t:{at},{entry}"), "malformed-timestamp"),
        (format!("ts={at},{entry}"), "malformed-timestamp"),
        (format!("t={at}.0,{entry}"), "malformed-timestamp"),
        (format!("t=0{at},{entry}"), "signature-mismatch"),
        (time.to_owned(), "malformed-signature"),
        (format!("{time},V1={}", &entry[3..]), "malformed-signature"),
        (format!("{time},v0={}", &entry[3..]), "malformed-signature"),
        (format!("{time},v1:{}", &entry[3..]), "malformed-signature"),
        (format!("{time},{stripe}"), "signature-mismatch"),
        (
            format!("{time},{}{entry}", "x=1,".repeat(31)),
            "malformed-signature",
        ),
    ] {
        assert_eq!(verdict(header.clone()), Err(reason.to_owned()), "{header}");
    }
}

/// Only the URL-safe alphabet, only without padding.
#[test]
fn base64url() {
    let cases = cases();
    let is_known = |case: &&Case| case.scheme == "sanity" && case.name == "valid-0";
    let case = cases.iter().find(is_known).unwrap();
    let header = &case.headers[0].1;
    assert!(header.contains('-'), "tells the alphabets apart: {header}");
    let webhook = case.webhook().unwrap();
    let verdict = |header: &str| {
        let headers = [("sanity-webhook-signature", header)];
        judge(&webhook, &headers, &case.body())
    };
    assert_eq!(verdict(header), Ok(()));
    assert_eq!(verdict(&header.replace(",v1=", ", v1=")), Ok(()));
    let malformed = Err("malformed-signature".to_owned());
    assert_eq!(verdict(&format!("{header}=")), malformed);
    assert_eq!(verdict(&header.replace('-', "+")), malformed);
    assert_eq!(verdict(&header[..header.len() - 1]), malformed);
    // Bits after the last byte: the last character is one of 16.
    let (start, last) = header.split_at(header.len() - 1);
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let at = alphabet.find(last).unwrap();
    let with_bit = &alphabet[at + 1..=at + 1];
    assert_eq!(verdict(&format!("{start}{with_bit}")), malformed);
}

/// Either header may carry the signature, and each must be well-formed.
#[test]
fn box_has_two_headers() {
    let cases = cases();
    let is_known = |case: &&Case| case.scheme == "box" && case.name == "valid-0";
    let case = cases.iter().find(is_known).unwrap();
    let webhook = case.webhook().unwrap();
    let right = case.value("BOX-SIGNATURE-PRIMARY").unwrap();
    let time = case.value("BOX-DELIVERY-TIMESTAMP").unwrap();
    let wrong = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let verdict = |signatures: &[(&str, &str)]| {
        let headers = [&[("BOX-DELIVERY-TIMESTAMP", time)], signatures].concat();
        judge(&webhook, &headers, &case.body())
    };
    let (primary, secondary) = ("BOX-SIGNATURE-PRIMARY", "BOX-SIGNATURE-SECONDARY");
    let refused = |reason: &str| Err(reason.to_owned());
    assert_eq!(verdict(&[(primary, right)]), Ok(()));
    assert_eq!(verdict(&[(secondary, right)]), Ok(()));
    assert_eq!(verdict(&[(primary, wrong), (secondary, right)]), Ok(()));
    assert_eq!(verdict(&[(primary, ""), (secondary, right)]), Ok(()));
    assert_eq!(verdict(&[(primary, right), (secondary, "")]), Ok(()));
    let mismatch = refused("signature-mismatch");
    assert_eq!(verdict(&[(primary, wrong), (secondary, wrong)]), mismatch);
    let malformed = refused("malformed-signature");
    assert_eq!(verdict(&[(primary, "x"), (secondary, right)]), malformed);
    assert_eq!(verdict(&[(primary, right), (secondary, "x")]), malformed);
    let missing = refused("missing-header");
    assert_eq!(verdict(&[]), missing);
    assert_eq!(verdict(&[(primary, ""), (secondary, "")]), missing);
    let duplicate = refused("duplicate-header");
    for name in [primary, secondary] {
        assert_eq!(verdict(&[(name, right), (name, right)]), duplicate);
    }
}

/// A scheme that signs the request line is not verified by headers alone.
#[test]
fn hubspot_needs_the_whole_head() {
    let cases = cases();
    let is_known = |case: &&Case| case.scheme == "hubspot-v3" && case.name == "valid-0";
    let case = cases.iter().find(is_known).unwrap();
    let webhook = case.webhook().unwrap();
    let body = case.body();
    let error = webhook.verify(&case.headers, &body).unwrap_err();
    assert_eq!(
        (error.reason(), error.http_status()),
        ("incomplete-head", 500)
    );
    for (method, target, wanted) in [
        (&*case.method, case.target(), Ok(())),
        ("PUT", case.target(), Err("signature-mismatch")),
        ("post", case.target(), Err("signature-mismatch")),
        (&*case.method, "/webhooks/in", Err("signature-mismatch")),
        (
            &*case.method,
            "/webhooks/in?tenant=anna%26n=1",
            Err("signature-mismatch"),
        ),
        (
            &*case.method,
            "/webhooks/in?tenant=anna&n=1{",
            Err("malformed-target"),
        ),
    ] {
        let head = Head::new(method, target, &case.headers);
        let verdict = judge(&webhook, &head, &body);
        assert_eq!(verdict, wanted.map_err(str::to_owned), "{method} {target}");
    }
    // The origin is configured, not taken from a header.
    let other = schemes::HUBSPOT_V3.at("https://evil.example");
    let other = self::webhook(other, case.secrets.clone(), case.now).unwrap();
    let headers = [
        &case.headers[..],
        &[("host".into(), "hooks.example.com".into())],
    ]
    .concat();
    let head = Head::new(&case.method, case.target(), &headers);
    let verdict = judge(&other, &head, &body);
    assert_eq!(verdict, Err("signature-mismatch".to_owned()));
}

/// Eight of the repeated header are read, whatever else a scheme reads.
#[test]
fn eight_repetitions_are_read_beside_other_headers() {
    let scheme = Scheme {
        timestamp: Some(TimestampField::seconds(Field::Header("x-time"))),
        message_id: Some("x-id"),
        signed: &[
            Part::MessageId,
            Part::Text("."),
            Part::Timestamp,
            Part::Text("."),
            Part::Header("x-topic"),
            Part::Text("."),
            Part::Body,
        ],
        ..schemes::MOLLIE
    };
    let webhook = webhook(scheme, vec!["a secret".to_owned()], 1_795_000_000).unwrap();
    let topic = [("x-topic", "orders")];
    let message = Message::new(b"{}").with_id("1").with_headers(&topic);
    let signed = webhook.sign(&message).unwrap();
    let wrong = format!("sha256={}", "0".repeat(64));
    let mut headers = vec![("x-mollie-signature", wrong.as_str()); 7];
    headers.extend(signed.iter().map(|(name, value)| (name.as_str(), value)));
    assert_eq!(judge(&webhook, &headers, b"{}"), Ok(()));
}
