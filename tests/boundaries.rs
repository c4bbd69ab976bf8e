//! Tests that a signature belongs to one request: where the parts of a signed message meet,
//! no byte can move from one to another.
//!
//! For every scheme with a few parts that `Webhook::new` accepts, every way to cut its
//! signed bytes into parts is tried.

use hookseal::clock::FixedClock;
use hookseal::scheme::{
    Endpoint, Field, HeaderList, Part, Scheme, Separator, SignatureField, TimestampField,
};
use hookseal::{ConfigError, Head, Key, Webhook};

const UNIX: TimestampField<'static> = TimestampField::seconds(Field::Header("x-time"));
const RFC3339: TimestampField<'static> = TimestampField::rfc3339(Field::Header("x-time"));

const TEXTS: [Part<'static>; 4] = [
    Part::Text("."),
    Part::Text(":"),
    Part::Text("1"),
    Part::Text("/a"),
];

const VALUES: [Part<'static>; 6] = [
    Part::MessageId,
    Part::Header("x-a"),
    Part::Method,
    Part::Target,
    Part::Endpoint,
    Part::Timestamp,
];

/// The values of a request for the parts.
#[derive(Clone, Debug, Default, PartialEq)]
struct Request {
    id: String,
    header: String,
    method: String,
    target: String,
    endpoint: String,
    time: String,
    body: String,
}

impl Request {
    /// Returns the value of a part; `None` for a fixed text.
    fn value(&mut self, part: Part<'_>) -> Option<&mut String> {
        Some(match part {
            Part::MessageId => &mut self.id,
            Part::Header(_) => &mut self.header,
            Part::Method => &mut self.method,
            Part::Target => &mut self.target,
            Part::Endpoint => &mut self.endpoint,
            Part::Timestamp => &mut self.time,
            Part::Body => &mut self.body,
            _ => return None,
        })
    }

    fn signed(&self, scheme: &Scheme<'_>) -> String {
        let mut copy = self.clone();
        let mut text = String::new();
        for part in scheme.signed {
            match (*part, copy.value(*part)) {
                (Part::Text(between), _) => text += between,
                (_, value) => text += value.unwrap(),
            }
        }
        text
    }

    fn verifies(&self, webhook: &Webhook, mac: &str) -> bool {
        let headers = [
            ("x-id", &*self.id),
            ("x-a", &self.header),
            ("x-endpoint", &self.endpoint),
            ("x-time", &self.time),
            ("x-mac", mac),
        ];
        let head = Head::new(&self.method, &self.target, &headers);
        webhook.verify(&head, self.body.as_bytes()).is_ok()
    }
}

/// Finds every request whose parts from here on are these bytes.
fn cut(parts: &[Part<'_>], rest: &str, request: &Request, found: &mut Vec<Request>) {
    match parts {
        [] if rest.is_empty() => found.push(request.clone()),
        [] => {}
        [Part::Text(text), after @ ..] => {
            if let Some(rest) = rest.strip_prefix(text) {
                cut(after, rest, request, found);
            }
        }
        [part, after @ ..] => {
            for end in 0..=rest.len() {
                let mut request = request.clone();
                *request.value(*part).unwrap() = rest[..end].to_owned();
                cut(after, &rest[end..], &request, found);
            }
        }
    }
}

fn mac(message: &str) -> String {
    hex::encode(hmac_sha256::HMAC::mac(message, "secret"))
}

/// Returns whether bytes may move between a part and the body, as its docs say.
fn may_move(part: Part<'_>, timestamp: TimestampField<'_>) -> bool {
    match part {
        Part::Target | Part::Endpoint => true,
        Part::Timestamp => timestamp == UNIX,
        _ => false,
    }
}

/// Cuts the message of one request in every way, and returns how many ways there are.
fn try_all_cuts(
    scheme: &Scheme<'_>,
    timestamp: TimestampField<'_>,
    webhook: &Webhook,
    genuine: &Request,
) -> usize {
    let message = genuine.signed(scheme);
    let mac = mac(&message);
    assert!(
        genuine.verifies(webhook, &mac),
        "{:?} {genuine:?}",
        scheme.signed
    );
    let mut cuts = Vec::new();
    // Unsigned parts stay unchanged.
    cut(scheme.signed, &message, genuine, &mut cuts);
    for mut other in cuts.clone() {
        if other == *genuine || !other.verifies(webhook, &mac) {
            continue;
        }
        // Then the body differs, and on a side of it one part that may.
        let mut same = genuine.clone();
        let differing: Vec<Part<'_>> = scheme
            .signed
            .iter()
            .copied()
            .filter(|part| match (other.value(*part), same.value(*part)) {
                (Some(one), Some(other)) => one != other,
                _ => false,
            })
            .collect();
        let (bodies, others): (Vec<_>, Vec<_>) =
            differing.into_iter().partition(|part| *part == Part::Body);
        assert!(
            bodies.len() == 1 && others.iter().all(|part| may_move(*part, timestamp)),
            "{:?}: {genuine:?} is {other:?}",
            scheme.signed
        );
    }
    cuts.len()
}

/// Returns all messages of a body and up to three other parts, none of them twice.
fn messages() -> Vec<Vec<Part<'static>>> {
    let all: Vec<Part<'static>> = [&VALUES[..], &TEXTS].concat();
    let mut messages = vec![Vec::new()];
    let mut last = messages.clone();
    for _ in 0..3 {
        let mut longer = Vec::new();
        for message in &last {
            for part in &all {
                if !message.contains(part) {
                    longer.push([&message[..], &[*part]].concat());
                }
            }
        }
        messages.extend(longer.iter().cloned());
        last = longer;
    }
    let with_body = |message: &Vec<Part<'static>>| -> Vec<Vec<Part<'static>>> {
        (0..=message.len())
            .map(|place| {
                let mut message = message.clone();
                message.insert(place, Part::Body);
                message
            })
            .collect()
    };
    messages.iter().flat_map(with_body).collect()
}

const GENUINE: [[&str; 7]; 3] = [
    // id, header, method, target, endpoint, time, body
    ["m1", "a1", "POST", "/a/b", "/a/b", "1000", "/b.1:{}"],
    ["m/a:1", "x.a", "A.B", "/1", "/b", "01000", "1/a:m.2"],
    ["1", "1", "1", "/a100", "/a/b", "1000", "1000/b"],
];

#[test]
fn no_byte_moves_between_parts() {
    let (mut accepted, mut refused, mut cuts) = (0, 0, 0);
    for timestamp in [UNIX, RFC3339] {
        for signed in messages() {
            let signs = |part| signed.contains(&part);
            let scheme = Scheme {
                name: "boundaries",
                signature: SignatureField::Header("x-mac"),
                timestamp: signs(Part::Timestamp).then_some(timestamp),
                message_id: signs(Part::MessageId).then_some("x-id"),
                endpoint_header: signs(Part::Endpoint).then_some("x-endpoint"),
                endpoint: match signs(Part::Endpoint) {
                    true => Endpoint::Any(&["/b", "/a/b"]),
                    false => Endpoint::None,
                },
                signed: &signed,
                ..Scheme::BASE
            };
            if timestamp == RFC3339 && scheme.timestamp.is_none() {
                continue;
            }
            let webhook = match Webhook::new(scheme, Key::from_bytes("secret").unwrap()) {
                Ok(webhook) => webhook.with_clock(FixedClock::at(1000)),
                Err(ConfigError::InvalidScheme { .. }) => {
                    refused += 1;
                    continue;
                }
                Err(error) => panic!("{error}"),
            };
            accepted += 1;
            for [id, header, method, target, endpoint, time, body] in GENUINE {
                let date = "1970-01-01T00:16:40Z";
                let mut genuine = Request {
                    id: id.into(),
                    header: header.into(),
                    method: method.into(),
                    target: target.into(),
                    endpoint: endpoint.into(),
                    time: if timestamp == UNIX { time } else { date }.into(),
                    body: body.into(),
                };
                if timestamp == RFC3339 {
                    // The date again, so that a boundary can move there.
                    genuine.body = format!("{date}{body}");
                }
                // Some values contain their end mark, and are refused for that.
                if genuine.verifies(&webhook, &mac(&genuine.signed(&scheme))) {
                    cuts += try_all_cuts(&scheme, timestamp, &webhook, &genuine);
                }
            }
        }
    }
    // So the search has something to find.
    assert!(accepted > 1000 && refused > 1000, "{accepted} {refused}");
    assert!(cuts > 1_000_000, "{cuts}");
}

/// The same holds for lists of headers, which have fixed texts between names and values.
#[test]
fn no_byte_moves_between_listed_headers() {
    const LIST: HeaderList = HeaderList {
        names: Field::Header("x-names"),
        separator: Separator::Comma,
        allowed: &["a", "b"],
    };
    let texts = ["", ":", ";", ",", "a", "\n"];
    let (mut accepted, mut forged) = (0, 0);
    for between in texts {
        for joined in texts {
            for after in texts {
                let signed = [
                    Part::HeaderPairs { between, joined },
                    Part::Text(after),
                    Part::Body,
                ];
                let scheme = Scheme {
                    name: "boundaries",
                    signature: SignatureField::Header("x-mac"),
                    header_list: Some(LIST),
                    signed: &signed,
                    ..Scheme::BASE
                };
                let Ok(webhook) = Webhook::new(scheme, Key::from_bytes("secret").unwrap()) else {
                    continue;
                };
                accepted += 1;
                // Names and values of a genuine request, and all others of their kind.
                let values = [
                    "1", "2", "1;b:2", "1,b:2", "1\nb:2", "1b2", "a", "b:2", "2;",
                ];
                let bodies = [
                    "", "{}", "b:2", ";b:2", "b:2;{}", "b:2,{}", "b:2\n{}", ":{}",
                ];
                let mut seen: Vec<(String, [&str; 4])> = Vec::new();
                for names in ["", "a", "b", "a,b"] {
                    for a in values {
                        for b in values {
                            for body in bodies {
                                let pair = |name: &str| match name {
                                    "a" => format!("a{between}{a}"),
                                    _ => format!("b{between}{b}"),
                                };
                                let listed = names.split(',').filter(|name| !name.is_empty());
                                let pairs: Vec<String> = listed.map(pair).collect();
                                let message = format!("{}{after}{body}", pairs.join(joined));
                                let mac = mac(&message);
                                let headers =
                                    [("x-names", names), ("a", a), ("b", b), ("x-mac", &mac)];
                                if webhook.verify(&headers, body.as_bytes()).is_err() {
                                    continue;
                                }
                                // A header that is not named may have any value.
                                let covered = [
                                    names,
                                    if names.contains('a') { a } else { "" },
                                    if names.contains('b') { b } else { "" },
                                    body,
                                ];
                                let same = seen.iter().find(|(other, _)| *other == message);
                                match same {
                                    Some((_, other)) => assert_eq!(*other, covered, "{signed:?}"),
                                    None => seen.push((message, covered)),
                                }
                                forged += 1;
                            }
                        }
                    }
                }
            }
        }
    }
    assert!(accepted > 5, "{accepted}");
    assert!(forged > 1000, "{forged}");
}
