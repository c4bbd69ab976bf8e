//! Tests the vectors of independent implementations: verdict, reason, every split of
//! the body, and the signatures that we make.

use hookseal::clock::Timestamp;
use hookseal::scheme::{
    Encoding, Field, HeaderName, Separator, Signature, SignatureField, TimestampField,
};
use hookseal::verification::HashState;
use hookseal::{Head, Message, SignError, Verified, VerifyError, schemes};
use hookseal_testing::cases::{self, Judged};
use hookseal_testing::model::time;
use hookseal_testing::vectors::{Build, Case, FILES, SENDERS, Setup, Verdict, load, of_catalogue};

/// Runs all cases, and checks how many are judged and skipped.
#[track_caller]
fn run(cases: &[Case], judged: usize, skipped: usize) {
    let mut differing = Vec::new();
    let mut count = (0, 0);
    for case in cases {
        let Some(got) = case.judge().unwrap() else {
            count.1 += 1;
            continue;
        };
        count.0 += 1;
        if !case.agrees(&got).unwrap() {
            let wanted = case.wanted().unwrap();
            differing.push(format!("{}: wanted {wanted}, got {got}", case.name));
        }
    }
    assert!(differing.is_empty(), "{differing:#?}");
    assert_eq!(count, (judged, skipped));
}

#[test]
fn paminga() {
    run(&load("paminga"), 77, 0);
}

#[test]
fn pakk() {
    run(&load("pakk"), 78, 0);
}

#[test]
fn standard_webhooks() {
    let (judged, skipped) = with_v1a(158, 55);
    run(&load("standard-webhooks"), judged, skipped);
}

#[test]
fn hubpay() {
    run(&load("hubpay"), 178, 0);
}

#[test]
fn pomelo() {
    run(&load("pomelo"), 142, 0);
}

#[test]
fn disagreements() {
    let (judged, skipped) = with_v1a(260, 22);
    run(&load("disagreements"), judged, skipped);
}

/// Returns how many cases are judged and skipped, given the numbers without and with `v1a`.
fn with_v1a(judged: usize, v1a: usize) -> (usize, usize) {
    match cfg!(feature = "ed25519") {
        true => (judged + v1a, 0),
        false => (judged, v1a),
    }
}

/// The catalogue has every sender of the files.
#[test]
fn senders() {
    let cases = SENDERS.map(load).concat();
    let (known, unknown) = of_catalogue(&cases);
    assert_eq!(known + unknown, 691 + 411);
    if cfg!(all(feature = "ed25519", feature = "sha1")) {
        assert_eq!(unknown, 0);
    }
    run(&cases, known, unknown);
}

/// A wrong model would prove nothing about the crate.
#[test]
fn the_model_agrees_with_every_vector() {
    let (mut judged, mut without_key, mut unknown) = (0, 0, 0);
    for case in FILES.into_iter().chain(SENDERS).flat_map(load) {
        match cases::judge(&case).unwrap() {
            Judged::Case(..) => judged += 1,
            Judged::NoKey => without_key += 1,
            Judged::Unknown => unknown += 1,
        }
    }
    // It has every algorithm, whatever the features.
    let senders = SENDERS.map(load).concat().len();
    assert_eq!((judged, without_key, unknown), (937 + senders, 33, 0));
}

/// Returns how many cases of senders this build can judge.
fn of_senders() -> usize {
    of_catalogue(&SENDERS.map(load).concat()).0
}

fn all_cases() -> Vec<Case> {
    FILES.into_iter().chain(SENDERS).flat_map(load).collect()
}

/// Returns the cut points of a body: all for a short one, those around the ends and
/// around SHA-256's blocks for a long one.
fn cuts(length: usize) -> Vec<usize> {
    let near = |place: usize| place.saturating_sub(2)..=place + 2;
    let mut cuts: Vec<usize> = if length <= 80 {
        (0..=length).collect()
    } else {
        [0, 64, 128, length / 2, length]
            .into_iter()
            .flat_map(near)
            .collect()
    };
    cuts.retain(|&cut| cut <= length);
    cuts.dedup();
    cuts
}

/// What a proof says.
type Proven = (
    Option<Vec<u8>>,
    Option<Timestamp>,
    Option<String>,
    Signature,
);

fn proven<B>(verified: &Verified<'_, B>) -> Proven {
    (
        verified.message_id_bytes().map(<[u8]>::to_vec),
        verified.timestamp(),
        verified.key_id().map(String::from),
        *verified.signature(),
    )
}

#[test]
fn every_split_of_the_body_gives_the_same_verdict() {
    let mut checked = 0;
    for case in all_cases() {
        let Build::Ready(webhook) = case.webhook().unwrap() else {
            continue;
        };
        let body = case.body().unwrap();
        let verified = webhook.verify(&case, &body);
        let wanted = verified.map(|verified| proven(&verified));
        let streamed = |chunks: &mut dyn Iterator<Item = &[u8]>| {
            let mut state = HashState::new();
            let mut verification = webhook.begin(&case, &mut state)?;
            chunks.for_each(|chunk| verification.update(chunk));
            let verified = verification.finish()?;
            assert_eq!(verified.body_len(), u64::try_from(body.len()).unwrap());
            Ok::<_, VerifyError>(proven(&verified))
        };
        let name = &case.name;
        assert_eq!(streamed(&mut [&body[..]].into_iter()), wanted, "{name}");
        for cut in cuts(body.len()) {
            let (head, tail) = body.split_at(cut);
            assert_eq!(
                streamed(&mut [head, tail].into_iter()),
                wanted,
                "{name} at {cut}"
            );
        }
        for size in [1, 63, 64, 65, 1000] {
            if body.len() / size < 10_000 {
                assert_eq!(streamed(&mut body.chunks(size)), wanted, "{name} by {size}");
            }
        }
        checked += 1;
    }
    assert_eq!(checked, with_v1a(865, 72).0 + of_senders());
}

/// A list of pairs and a map of the `http` crate give the same verdict.
#[test]
fn every_container_of_headers_gives_the_same_verdict() {
    let mut checked = 0;
    for case in all_cases() {
        let Build::Ready(webhook) = case.webhook().unwrap() else {
            continue;
        };
        // A map cannot hold what no header can carry.
        let map: Option<http::HeaderMap> = case
            .headers
            .iter()
            .map(|(name, value)| {
                let name: http::HeaderName = name.parse().ok()?;
                Some((name, http::HeaderValue::from_bytes(value.as_bytes()).ok()?))
            })
            .collect();
        let Some(map) = map else {
            continue;
        };
        let body = case.body().unwrap();
        let (method, target) = case.line().unwrap_or_default();
        let head = Head::new(&method, &target, &map);
        assert_eq!(webhook.verify(&head, &body), webhook.verify(&case, &body));
        if case.line().is_none() {
            let headers = &case.headers;
            assert_eq!(webhook.verify(&map, &body), webhook.verify(headers, &body));
        }
        checked += 1;
    }
    assert_eq!(checked, with_v1a(842, 72).0 + of_senders());
}

#[test]
fn our_signatures_are_those_of_the_senders() {
    let (mut compared, mut unsigned, mut other_times) = (0, 0, 0);
    // `tests/senders.rs` has the others.
    for case in FILES.into_iter().flat_map(load) {
        if case.wanted().unwrap() != Verdict::Valid {
            continue;
        }
        // The sender signed with one of the secrets.
        let cases = case.with_each_secret();
        let signed: Vec<Signed> = cases.iter().filter_map(sign_again).collect();
        match &signed[..] {
            [] => {}
            [Signed::OtherTime, ..] => other_times += 1,
            // Those of `v1a` are in `tests/ed25519.rs`.
            [Signed::Not(error), ..] => {
                assert_eq!(*error, SignError::NoSigningKey);
                unsigned += 1;
            }
            signed => {
                assert!(signed.contains(&Signed::Same), "{}: {signed:?}", case.name);
                compared += 1;
            }
        }
    }
    assert_eq!(
        (compared, unsigned, other_times),
        (316, with_v1a(0, 28).0, with_v1a(2, 1).0)
    );
}

#[derive(Debug, PartialEq)]
enum Signed {
    Same,
    /// This header differs.
    Otherwise {
        ours: String,
        theirs: String,
    },
    /// The timestamp is valid, but we write that number differently.
    OtherTime,
    Not(SignError),
}

/// Signs a case's message; returns `None` if this build cannot verify it.
fn sign_again(case: &Case) -> Option<Signed> {
    let webhook = case.webhook().unwrap().ready()?;
    let body = case.body().unwrap();
    let scheme = schemes::by_name(webhook.scheme()).unwrap();
    let prefix = match &case.setup {
        Setup::SpelledOut { config, .. } => config.header_prefix(),
        Setup::Sender { .. } => None,
    };
    let prefix = prefix.or(scheme.header_prefix);
    let header = |name: &str| match prefix {
        Some(prefix) => case.header(&format!("{prefix}-{name}")),
        None => case.header(name),
    };
    let mut message = Message::new(&body);
    if let Some(id) = scheme.message_id {
        message = message.with_id(header(id).unwrap());
    }
    if let Some(id) = scheme.key_id {
        message = message.with_key_id(header(id).unwrap());
    }
    let line = case.line().unwrap_or_default();
    let headers: Vec<(&str, &str)> = case
        .headers
        .iter()
        .map(|(name, value)| (&name[..], &value[..]))
        .collect();
    message = message
        .with_request_line(&line.0, &line.1)
        .with_headers(&headers);
    if let Some(TimestampField { field, format }) = scheme.timestamp {
        let text = match field {
            Field::Header(name) => header(name).unwrap(),
            Field::Param(name) => {
                let lists = headers
                    .iter()
                    .flat_map(|(_, value)| value.split([',', ';']));
                let mut params = lists.filter_map(|entry| entry.trim().split_once('='));
                params.find(|param| param.0 == name).unwrap().1
            }
            other => panic!("{other:?}"),
        };
        let seconds = time::seconds(time::read(format, text.as_bytes()).unwrap());
        if time::write(format, seconds) != text {
            return Some(Signed::OtherTime);
        }
        message = message.with_timestamp(seconds);
    }
    let signed = match webhook.sign(&message) {
        Ok(signed) => signed,
        Err(error) => return Some(Signed::Not(error)),
    };
    let is_hex = scheme.forms[0].encoding == Encoding::Hex;
    let is_same = |ours: &str, theirs: &str| match is_hex {
        true => ours.eq_ignore_ascii_case(theirs),
        false => ours == theirs,
    };
    let is_signature = |entry: &str| {
        let mut forms = scheme.forms.iter();
        forms.any(|form| entry.starts_with(form.prefix))
    };
    let is_named =
        |name: &HeaderName, header: &str| name.as_str().ends_with(&header.to_ascii_lowercase());
    for (name, ours) in &signed {
        let theirs = case.header(name.as_str()).unwrap();
        let same = match scheme.signature {
            // The case may also list signatures of other senders or keys, and we list those of
            // the case's other keys. Both list all others.
            SignatureField::List { header, separator } if is_named(name, header) => {
                let separators = match separator {
                    // One of the senders lists them so.
                    Separator::Space => &[' ', ';'][..],
                    Separator::Comma => &[','],
                    Separator::Semicolon => &[';'],
                    other => panic!("{other:?}"),
                };
                let listed = |entry: &str| {
                    let mut theirs = theirs.split(separators).map(str::trim);
                    theirs.any(|theirs| is_same(entry, theirs))
                };
                let entries = ours.split(separators);
                let (signatures, others): (Vec<_>, Vec<_>) =
                    entries.partition(|entry| is_signature(entry));
                signatures.into_iter().any(listed) && others.into_iter().all(listed)
            }
            _ => is_same(ours, theirs),
        };
        if !same {
            return Some(Signed::Otherwise {
                ours: format!("{name}: {ours}"),
                theirs: theirs.to_owned(),
            });
        }
    }
    Some(Signed::Same)
}

#[test]
fn what_the_vectors_say_of_the_bytes_as_received() {
    let valid = load("disagreements")
        .into_iter()
        .find(|case| case.name == "timestamp-leading-zero");
    let case = valid.unwrap();
    let text = &case.headers[1].1;
    let Build::Ready(webhook) = case.webhook().unwrap() else {
        panic!("a valid case has a webhook")
    };
    let body = case.body().unwrap();
    let verified = webhook.verify(&case, &body).unwrap();
    let number: u64 = text.strip_prefix('0').unwrap().parse().unwrap();
    assert_eq!(verified.timestamp(), Some(Timestamp::from_secs(number)));
    assert_eq!(verified.body(), body);
    // Formatted again as a number, it is another message.
    let mut rewritten = case.headers.clone();
    rewritten[1].1 = number.to_string();
    let error = webhook.verify(&rewritten, &body).unwrap_err();
    assert_eq!(error, VerifyError::SignatureMismatch);
}
