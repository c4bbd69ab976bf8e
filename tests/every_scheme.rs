//! Tests the rules for every scheme of the catalogue on a genuine request of each: the
//! first valid one of its vectors.

use std::collections::BTreeMap;

use hookseal::clock::FixedClock;
use hookseal::scheme::{Scheme, Separator, SignatureField, TimeFormat};
use hookseal::verification::HashState;
use hookseal::{Head, Verifier as _, VerifyError, Webhook, schemes};
use hookseal_testing::vectors::{Build, Case, FILES, SENDERS, Verdict, load};

struct Genuine {
    scheme: Scheme<'static>,
    webhook: Box<Webhook>,
    case: Case,
    body: Vec<u8>,
    method: String,
    target: String,
}

impl Genuine {
    /// Creates another webhook, for another clock.
    fn webhook(&self) -> Webhook {
        match self.case.webhook().unwrap() {
            Build::Ready(webhook) => *webhook,
            _ => panic!("a valid case has a webhook"),
        }
    }

    fn verdict(&self, headers: &[(String, String)], body: &[u8]) -> Result<(), VerifyError> {
        let webhook = &self.webhook;
        let head = Head::new(&self.method, &self.target, &headers);
        let whole = webhook.verify(&head, body).map(drop);
        let mut state = HashState::new();
        let streamed = webhook.begin(&head, &mut state).and_then(|mut check| {
            body.chunks(7).for_each(|chunk| check.update(chunk));
            check.finish().map(drop)
        });
        assert_eq!(streamed, whole, "{}", self.scheme.name);
        whole
    }

    fn reason(&self, headers: &[(String, String)], body: &[u8]) -> &'static str {
        match self.verdict(headers, body) {
            Ok(()) => "none",
            Err(error) => {
                assert_eq!(error.http_status(), 401);
                error.reason()
            }
        }
    }

    /// Returns the indices of the headers that the scheme reads.
    fn read_headers(&self) -> Vec<usize> {
        let is_read = |place: &usize| {
            let mut headers = self.case.headers.clone();
            headers.remove(*place);
            self.verdict(&headers, &self.body).is_err()
        };
        (0..self.case.headers.len()).filter(is_read).collect()
    }

    /// Returns the headers with a different value at one index.
    fn with(&self, place: usize, value: String) -> Vec<(String, String)> {
        let mut headers = self.case.headers.clone();
        headers[place].1 = value;
        headers
    }
}

fn all() -> Vec<Genuine> {
    let mut found: BTreeMap<String, Genuine> = BTreeMap::new();
    for case in FILES.into_iter().chain(SENDERS).flat_map(load) {
        if case.wanted().unwrap() != Verdict::Valid {
            continue;
        }
        let Build::Ready(webhook) = case.webhook().unwrap() else {
            continue;
        };
        let (method, target) = case.line().unwrap_or_default();
        let name = webhook.scheme().to_owned();
        let genuine = Genuine {
            scheme: schemes::by_name(&name).unwrap(),
            webhook,
            body: case.body().unwrap(),
            method,
            target,
            case,
        };
        // A short body will do.
        if (10..200).contains(&genuine.body.len()) {
            found.entry(name).or_insert(genuine);
        }
    }
    let is_available = |scheme: &&Scheme<'_>| {
        let mut forms = scheme.forms.iter();
        forms.any(|form| form.algorithm.is_available())
    };
    assert_eq!(
        found.len(),
        schemes::ALL.iter().filter(is_available).count()
    );
    found.into_values().collect()
}

#[test]
fn a_genuine_request_is_accepted_and_one_with_a_changed_bit_is_not() {
    for genuine in all() {
        let name = genuine.scheme.name;
        let headers = &genuine.case.headers;
        assert_eq!(genuine.verdict(headers, &genuine.body), Ok(()), "{name}");
        let mut body = genuine.body.clone();
        for bit in 0..body.len() * 8 {
            body[bit / 8] ^= 1 << (bit % 8);
            let mismatch = Err(VerifyError::SignatureMismatch);
            assert_eq!(genuine.verdict(headers, &body), mismatch, "{name}");
            body[bit / 8] ^= 1 << (bit % 8);
        }
        for other in [
            b"".as_slice(),
            b"{}",
            &body[1..],
            &[&body[..], b"\n"].concat(),
        ] {
            assert!(genuine.verdict(headers, other).is_err(), "{name}");
        }
    }
}

#[test]
fn every_header_that_is_read_is_there_once() {
    for genuine in all() {
        let name = genuine.scheme.name;
        let read = genuine.read_headers();
        assert!(!read.is_empty(), "{name}");
        for place in read {
            let mut missing = genuine.case.headers.clone();
            let header = missing.remove(place);
            assert_eq!(
                genuine.reason(&missing, &genuine.body),
                "missing-header",
                "{name}"
            );
            let empty = genuine.with(place, String::new());
            assert_eq!(
                genuine.reason(&empty, &genuine.body),
                "missing-header",
                "{name}"
            );
            let mut twice = genuine.case.headers.clone();
            twice.push(header);
            let wanted = match genuine.scheme.signature {
                SignatureField::Repeated(_) => "none",
                _ => "duplicate-header",
            };
            assert_eq!(genuine.reason(&twice, &genuine.body), wanted, "{name}");
        }
    }
}

#[test]
fn no_space_is_around_a_value() {
    for genuine in all() {
        let is_space_list = matches!(
            genuine.scheme.signature,
            SignatureField::List {
                separator: Separator::Space,
                ..
            }
        );
        for place in genuine.read_headers() {
            let (header, value) = &genuine.case.headers[place];
            if is_space_list && header.ends_with("-signature") {
                continue;
            }
            for changed in [
                format!(" {value}"),
                format!("{value} "),
                format!("\t{value}"),
                format!("{value}\t"),
            ] {
                let headers = genuine.with(place, changed);
                let reason = genuine.reason(&headers, &genuine.body);
                assert!(
                    [
                        "malformed-signature",
                        "malformed-timestamp",
                        "malformed-header",
                        "unknown-key",
                        "endpoint-mismatch"
                    ]
                    .contains(&reason),
                    "{} {header}: {reason}",
                    genuine.scheme.name
                );
            }
        }
    }
}

/// A changed character at any place in any header that is read is refused.
#[test]
fn a_changed_character_is_refused() {
    for genuine in all() {
        for place in genuine.read_headers() {
            let (header, value) = &genuine.case.headers[place];
            for at in 0..value.len() {
                let other = if &value[at..=at] == "7" { "3" } else { "7" };
                let mut changed = value.clone();
                changed.replace_range(at..=at, other);
                let headers = genuine.with(place, changed.clone());
                assert!(
                    genuine.verdict(&headers, &genuine.body).is_err(),
                    "{} {header}: {changed}",
                    genuine.scheme.name
                );
            }
            // Cut off at either end.
            for part in [&value[1..], &value[..value.len() - 1]] {
                let headers = genuine.with(place, part.to_owned());
                assert!(
                    genuine.verdict(&headers, &genuine.body).is_err(),
                    "{}",
                    genuine.scheme.name
                );
            }
        }
    }
}

/// The window is inclusive on both sides, to the second.
#[test]
fn what_is_timed_passes_within_its_window_alone() {
    let mut timed = 0;
    for genuine in all() {
        let Some(timestamp) = genuine.scheme.timestamp else {
            continue;
        };
        let head = Head::new(&genuine.method, &genuine.target, &genuine.case.headers);
        let webhook = genuine.webhook();
        let verified = webhook.verify(&head, &genuine.body).unwrap();
        let signed_at = verified.timestamp().unwrap().as_secs();
        let window = genuine
            .scheme
            .window
            .unwrap_or(hookseal::ReplayWindow::DEFAULT);
        // A fraction of a second is younger than the whole second.
        let has_fraction = timestamp.format == TimeFormat::Milliseconds
            || timestamp.format == TimeFormat::Rfc3339 && genuine.scheme.name == "twitch";
        let first_too_old = signed_at + window.past_secs() + 1 + u64::from(has_fraction);
        for (now, wanted) in [
            (signed_at, None),
            (signed_at + window.past_secs(), None),
            (first_too_old, Some("timestamp-too-old")),
            (
                signed_at - window.future_secs() + u64::from(has_fraction),
                None,
            ),
            (
                signed_at - window.future_secs() - 1,
                Some("timestamp-in-future"),
            ),
        ] {
            let webhook = genuine.webhook().with_clock(FixedClock::at(now));
            let reason = webhook
                .verify(&head, &genuine.body)
                .err()
                .map(|error| error.reason());
            assert_eq!(reason, wanted, "{} at {now}", genuine.scheme.name);
            let then = hookseal::clock::Timestamp::from_secs(now);
            let reason = webhook.verify_received_at(then, &head, &genuine.body).err();
            assert_eq!(reason.map(|error| error.reason()), wanted);
        }
        timed += 1;
    }
    assert!(timed > 40, "{timed}");
}
