//! Generates requests of every scheme from the bytes of a fuzzer or of `proptest`.
//! The numbers and names that matter are more frequent than others.

use arbitrary::{Result, Unstructured};

use hookseal::scheme::{Algorithm, Encoding, Part, Scheme, SignatureField};
use hookseal::schemes;

use super::model::{self, Key, Receiver, Request, Setting, Settings, Window, ed25519};
use super::properties::{Case, Change, Genuine, Spelling};
use super::samples;

/// Generates a request as its sender creates it.
pub fn genuine(u: &mut Unstructured<'_>) -> Result<Genuine> {
    let schemes = samples::vocabulary();
    let scheme = *u.choose(&schemes)?;
    let settings = settings(&scheme, u)?;
    let has = |algorithm: fn(Algorithm) -> bool| {
        let mut forms = scheme.forms.iter();
        settings.form.is_none() && forms.any(|form| algorithm(form.algorithm))
    };
    let has_macs = has(|algorithm| algorithm != Algorithm::Ed25519) || settings.form.is_some();
    let mut keys = keys(u)?;
    let mut ed25519 = Vec::new();
    // Most faults are to be expected in the mixtures.
    if has(|algorithm| algorithm == Algorithm::Ed25519)
        && Algorithm::Ed25519.is_available()
        && (!has_macs || u.ratio(3, 4)?)
    {
        ed25519 = ed25519_keys(u)?;
        if !has_macs || u.arbitrary()? {
            keys.clear();
        }
    }
    let seeds = (keys.len()..).zip(&ed25519);
    let senders = seeds.filter(|(_, key)| key.seed.is_some());
    let senders: Vec<usize> = (0..keys.len())
        .chain(senders.map(|(place, _)| place))
        .collect();
    Ok(Genuine {
        signer: *u.choose(&senders)?,
        receiver: Receiver {
            scheme,
            settings,
            keys,
            ed25519,
            window: window(scheme.timestamp.is_some(), u)?,
        },
        id: name(
            u,
            &[
                "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W",
                "msg_1",
                "a.b",
                " a",
                "a\t",
                "",
            ],
        )?,
        timestamp: number(u)?,
        value: name(u, &["value", "a b", " a", ""])?,
        listed: u.int_in_range(0..=4)?,
        line: (
            (*u.choose(&["POST", "PUT"])?).to_owned(),
            name(u, &["/webhooks?tenant=1", "/", "/a b", ""])?,
        ),
        endpoint: u.int_in_range(0..=1)?,
        spelling: Spelling {
            form: u.int_in_range(0..=3)?,
            upper_case: u.arbitrary()?,
        },
        body: body(u)?,
    })
}

/// Generates a request that may have been changed in transit, checked at any
/// time.
pub fn changed(genuine: &Genuine, u: &mut Unstructured<'_>) -> Result<Case> {
    let mut request = genuine.request();
    let receiver = &genuine.receiver;
    // A list of versions, as in Standard Webhooks.
    let is_list_of_versions = matches!(receiver.signature(), SignatureField::List { .. })
        && receiver.scheme.forms[0].prefix == "v1,";
    if is_list_of_versions && u.arbitrary()? {
        let message = receiver.message(&request);
        let list = list(receiver, &message, u)?;
        let name = &receiver.signature_headers()[0];
        for header in request.headers.iter_mut().filter(|it| it.0 == *name) {
            header.1.clone_from(&list);
        }
    }
    for _ in 0..u.int_in_range(0..=3)? {
        let change = Change {
            kind: u.int_in_range(0..=Change::KINDS - 1)?,
            header: u.int_in_range(0..=7)?,
            place: u.int_in_range(0..=255)?,
            byte: *u.choose(b" \t\r\n\0.=-_,;:0vAgTZ/\x7f\x80\xff")?,
        };
        change.apply(&mut request);
    }
    let near = |u: &mut Unstructured<'_>| {
        let offset = u.int_in_range(-2..=2)?;
        Ok(if u.ratio(3, 4)? {
            genuine.timestamp.saturating_add_signed(offset)
        } else {
            number(u)?
        })
    };
    Ok(Case {
        now: near(u)?,
        received_at: near(u)?,
        cuts: vec![u.arbitrary()?, u.arbitrary()?],
        receiver: genuine.receiver.clone(),
        request,
    })
}

/// Generates a list of signatures of all kinds: many of one kind, and a few others.
/// Its length is usually near the number that is read or tried.
fn list(receiver: &Receiver, message: &[u8], u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let mut entries = vec![entry(receiver, message, u)?; *u.choose(&LENGTHS)?];
    for _ in 0..u.int_in_range(0..=3)? {
        let place = u.choose_index(entries.len())?;
        entries[place] = entry(receiver, message, u)?;
    }
    Ok(entries.join(" ").into_bytes())
}

/// The lengths of lists. At most 32 entries are read, and at most 8 pairs tried.
const LENGTHS: [usize; 12] = [1, 2, 2, 3, 3, 4, 5, 8, 9, 31, 32, 33];

/// Generates an entry of a list: right, or wrong in one of many ways.
fn entry(receiver: &Receiver, message: &[u8], u: &mut Unstructured<'_>) -> Result<String> {
    let secrets = receiver.keys.iter().map(|key| &key.secret[..]);
    let secrets: Vec<&[u8]> = secrets.chain([&b"none of them"[..]]).collect();
    let secret = secrets[u.int_in_range(0..=7)? % secrets.len()];
    let seeds = receiver.ed25519.iter().filter_map(|key| key.seed);
    let seeds: Vec<ed25519::Seed> = seeds.chain([[0xee; 32]]).collect();
    let seed = &seeds[u.int_in_range(0..=7)? % seeds.len()];

    let mac = model::mac(Algorithm::HmacSha256, secret, message);
    let genuine = ed25519::sign(seed, message);
    let (point, number) = genuine.split_at(32);
    let (version, mut bytes) = match u.int_in_range(0..=23)? {
        0..=3 => ("v1", mac.to_vec()),
        4..=9 => ("v1a", genuine.to_vec()),
        10 => ("v1a", ed25519::with_larger_s(&genuine).to_vec()),
        11 => {
            let other = ed25519::sign_with_nonce(seed, Some(&[0xef; 32]), message);
            ("v1a", other.to_vec())
        }
        12 => {
            let weak = ed25519::sign_with_nonce(seed, None, message);
            ("v1a", weak.to_vec())
        }
        13 => ("v1a", [number, point].concat()),
        14 => ("v1a", ed25519::sign(seed, b"another message").to_vec()),
        15 => ("v1a", genuine[..63].to_vec()),
        16 => ("v1a", [&genuine[..], b"\0"].concat()),
        17 => ("v1a", mac.to_vec()),
        18 => ("v1", genuine.to_vec()),
        19 => (
            *u.choose(&["v2", "v1A", "v1b", "v1a,v1a", ""])?,
            genuine.to_vec(),
        ),
        20 => return Ok((*u.choose(&["", "v1a", "v1a,", "v1,", ",", "v1a,AA=="])?).to_owned()),
        _ => ("v1a", vec![0; 64]),
    };
    if u.ratio(1, 8)? {
        let bit = u.choose_index(bytes.len() * 8)?;
        bytes[bit / 8] ^= 1 << (bit % 8);
    }
    let text = data_encoding::BASE64.encode(&bytes);
    Ok(match u.int_in_range(0..=31)? {
        0 => format!("{version},{}", text.trim_end_matches('=')),
        1 => format!("{version}.{text}"),
        _ => format!("{version},{text}"),
    })
}

/// Generates a message, a public key, and a signature that may be the key's own,
/// or differ from it as little as the arithmetic can tell.
pub fn pair(u: &mut Unstructured<'_>) -> Result<Case> {
    let seed: ed25519::Seed = u.arbitrary()?;
    let key = if u.ratio(1, 3)? {
        public_key_of_no_seed(u)?
    } else {
        ed25519::Key::of_seed(Some("key".into()), seed, u.arbitrary()?)
    };
    signed_by(Vec::new(), vec![key], u, |_, message, u| {
        let genuine = ed25519::sign(&seed, message);
        let mut signature = match u.int_in_range(0..=7)? {
            0 => u.arbitrary()?,
            1 => ed25519::sign_with_nonce(&seed, None, message),
            2 => ed25519::sign_with_nonce(&seed, Some(&u.arbitrary()?), message),
            3 => ed25519::with_larger_s(&genuine),
            _ => genuine,
        };
        if u.ratio(1, 4)? {
            signature[u.choose_index(64)?] ^= u.arbitrary::<u8>()?;
        }
        let text = data_encoding::BASE64.encode(&signature);
        Ok(format!("v1a,{text}").into_bytes())
    })
}

/// Generates a list for keys of one or both kinds, in an otherwise right
/// request.
pub fn listed(u: &mut Unstructured<'_>) -> Result<Case> {
    let mut keys = keys(u)?;
    if u.arbitrary()? {
        keys.clear();
    }
    signed_by(keys, ed25519_keys(u)?, u, list)
}

fn signed_by(
    keys: Vec<Key>,
    ed25519: Vec<ed25519::Key>,
    u: &mut Unstructured<'_>,
    sign: impl Fn(&Receiver, &[u8], &mut Unstructured<'_>) -> Result<Vec<u8>>,
) -> Result<Case> {
    let receiver = Receiver {
        scheme: schemes::STANDARD_WEBHOOKS,
        settings: Settings::default(),
        keys,
        ed25519,
        window: Setting::Off,
    };
    let pair = |name: &str, value: &[u8]| (name.to_owned(), value.to_vec());
    let mut request = Request {
        line: None,
        headers: vec![
            pair("webhook-id", b"msg_1"),
            pair("webhook-timestamp", b"1700000000"),
        ],
        body: body(u)?,
    };
    let signature = sign(&receiver, &receiver.message(&request), u)?;
    request.headers.push(pair("webhook-signature", &signature));
    Ok(Case {
        receiver,
        request,
        now: 0,
        received_at: 0,
        cuts: vec![u.arbitrary()?],
    })
}

/// Generates a key without a seed: any point, no point, or a refused one.
fn public_key_of_no_seed(u: &mut Unstructured<'_>) -> Result<ed25519::Key> {
    let mut public: ed25519::Point = u.arbitrary()?;
    match u.int_in_range(0..=3)? {
        0 => {
            let small = u.choose(&ed25519::SMALL_ORDER)?.as_bytes();
            let small = data_encoding::HEXLOWER.decode(small).unwrap();
            public = small.try_into().unwrap();
            public[31] |= u.arbitrary::<u8>()? & 0x80;
        }
        // At the end of the field, which has 2^255 - 19 elements.
        1 => {
            public[1..31].fill(0xff);
            public[31] |= 0x7f;
            public[0] |= 0xe0;
        }
        _ => {}
    }
    Ok(ed25519::Key {
        id: None,
        public,
        seed: None,
        signs: false,
    })
}

/// Generates Ed25519 keys: usually one or a few, and sometimes more than are allowed.
fn ed25519_keys(u: &mut Unstructured<'_>) -> Result<Vec<ed25519::Key>> {
    let count = match u.int_in_range(0..=31)? {
        0 => 5,
        1..=6 => 4,
        7..=10 => 3,
        11..=18 => 2,
        _ => 1,
    };
    let key = |place: u8| {
        let id = match u.int_in_range(0..=7)? {
            0 => None,
            1 => Some("other".to_owned()),
            _ => Some(format!("ed25519-{place}")),
        };
        // A sender has at least the first.
        if place > 0 && u.ratio(1, 32)? {
            return public_key_of_no_seed(u);
        }
        let seed = match u.int_in_range(0..=15)? {
            0 => u.arbitrary()?,
            // Two keys from one seed.
            1 => [7; 32],
            // The seed that everyone knows.
            2 if u.ratio(1, 8)? => [0; 32],
            _ => [place; 32],
        };
        Ok(ed25519::Key::of_seed(id, seed, u.arbitrary()?))
    };
    (0..count).map(key).collect()
}

/// Generates a body of any length around the blocks of SHA-256, without a
/// repetition that would hide a lost or doubled piece.
fn body(u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let (first, length) = (u.arbitrary::<u8>()?, u.int_in_range(0..=200)?);
    Ok((0..length).map(|place| first.wrapping_add(place)).collect())
}

/// Generates a number of seconds.
pub fn number(u: &mut Unstructured<'_>) -> Result<u64> {
    const LONGEST: u64 = 9_999_999_999_999_999_999; // 19 digits
    let known = [
        0,
        1,
        60,
        300,
        1_700_000_000,
        u64::MAX / 2,
        LONGEST,
        LONGEST + 1,
        u64::MAX,
    ];
    if u.ratio(7, 8)? {
        u.choose(&known).copied()
    } else {
        u.arbitrary()
    }
}

/// Generates a receiver's settings, usually only those that it must set.
fn settings(scheme: &Scheme<'_>, u: &mut Unstructured<'_>) -> Result<Settings> {
    let mut settings = Settings::default();
    let has_brand = scheme.header_prefix.is_some();
    if u.ratio(1, if has_brand { 2 } else { 16 })? {
        settings.header_prefix = Some(name(u, &["svix", "webhook-", "Acme-Hooks", "a b", ""])?);
    }
    // A scheme that lists its own signature header as signed can sign nothing.
    if scheme.header_list.is_none() && u.ratio(1, 8)? {
        let own = ["X-Hub-Signature", "x-time", "X-Timestamp", "a b", ""];
        settings.signature_header = Some(name(u, &own)?);
    }
    if u.ratio(1, 8)? {
        let encodings = [Encoding::Hex, Encoding::Base64, Encoding::Base64Url];
        let prefix = (*u.choose(&["", "sha256=", "v1_"])?).to_owned();
        settings.form = Some((prefix, *u.choose(&encodings)?));
    }
    let needs_endpoint =
        scheme.endpoint_header.is_some() || scheme.signed.contains(&Part::Endpoint);
    let count = match u.int_in_range(0..=31)? {
        0 => usize::from(!needs_endpoint),
        1..=6 => 2,
        _ => usize::from(needs_endpoint),
    };
    let known = ["/transactions/authorizations", "/", "1/", " /", ""];
    settings.endpoints = (0..count).map(|_| name(u, &known)).collect::<Result<_>>()?;
    // For a scheme that pins one endpoint, two are too many.
    if !needs_endpoint && u.ratio(7, 8)? {
        settings.endpoints.clear();
    }
    Ok(settings)
}

/// Generates keys: usually a few, and sometimes more than are allowed.
fn keys(u: &mut Unstructured<'_>) -> Result<Vec<Key>> {
    let count = match u.int_in_range(0..=31)? {
        0 => 9,
        1 | 2 => 8,
        3..=15 => 2,
        16..=20 => 3,
        _ => 1,
    };
    let key = |place: u8| {
        Ok(Key {
            id: match u.int_in_range(0..=31)? {
                0 => None,
                1 => Some(name(u, &["api-key", " a", ""])?),
                2..=8 => Some("other".into()),
                _ => Some("api-key".into()),
            },
            secret: match u.int_in_range(0..=15)? {
                0 => u.arbitrary()?,
                // More than a block of SHA-256.
                1 => vec![place; 65],
                // Two keys from one secret.
                2 => b"k".to_vec(),
                _ => vec![b'k', place],
            },
        })
    };
    (0..count).map(key).collect()
}

/// Generates a replay window. A scheme without timestamps usually has none.
fn window(is_timed: bool, u: &mut Unstructured<'_>) -> Result<Setting<Window>> {
    let is_default = u.ratio(1, if is_timed { 8 } else { 2 })?;
    if is_default || !is_timed && u.ratio(7, 8)? {
        return Ok(Setting::Default);
    }
    if u.ratio(1, 8)? {
        return Ok(Setting::Off);
    }
    Ok(Setting::Is(Window {
        past: number(u)?,
        future: number(u)?,
    }))
}

/// Generates a name: usually the first known one, otherwise another, or any text.
fn name(u: &mut Unstructured<'_>, known: &[&str]) -> Result<String> {
    Ok(match u.int_in_range(0..=31)? {
        0 | 1 => u.arbitrary()?,
        2..=5 => (*u.choose(known)?).to_owned(),
        _ => known[0].to_owned(),
    })
}
