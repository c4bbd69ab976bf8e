//! Requests of every scheme, made from the bytes of a fuzzer or of `proptest`.
//! The numbers and names that matter come up more often than others.

use arbitrary::{Result, Unstructured};

use super::model::{Encoding, Key, Order, Receiver, Scheme, Window};
use super::properties::{Case, Change, Genuine, Spelling};

/// A request as its sender makes it.
pub fn genuine(u: &mut Unstructured<'_>) -> Result<Genuine> {
    let keys = keys(u)?;
    Ok(Genuine {
        signer: u.choose_index(keys.len())?,
        receiver: Receiver {
            scheme: scheme(u)?,
            keys,
            window: window(u)?,
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
        spelling: Spelling {
            base64: u.arbitrary()?,
            upper_case: u.arbitrary()?,
            prefixed: u.arbitrary()?,
        },
        body: body(u)?,
    })
}

/// A request that may have been changed on its way, checked at any time.
pub fn changed(genuine: &Genuine, u: &mut Unstructured<'_>) -> Result<Case> {
    let mut request = genuine.request();
    for _ in 0..u.int_in_range(0..=3)? {
        let change = Change {
            kind: u.int_in_range(0..=Change::KINDS - 1)?,
            header: u.int_in_range(0..=7)?,
            place: u.int_in_range(0..=255)?,
            byte: *u.choose(b" \t\r\n\0.=-_,0vAg/\x7f\x80\xff")?,
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

/// Of any length around the blocks of SHA-256, and without a repetition that
/// would hide a lost or doubled piece.
fn body(u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let (first, length) = (u.arbitrary::<u8>()?, u.int_in_range(0..=200)?);
    Ok((0..length).map(|place| first.wrapping_add(place)).collect())
}

/// A number of seconds.
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

fn scheme(u: &mut Unstructured<'_>) -> Result<Scheme> {
    Ok(match u.int_in_range(0..=4)? {
        0 => Scheme::Paminga,
        1 => Scheme::Pakk,
        2 => Scheme::StandardWebhooks {
            prefix: name(u, &["webhook", "webhook-", "svix", "Acme-Hooks", ""])?,
        },
        3 => Scheme::Hubpay {
            header: name(u, &["x-hubpay-hmac", "X-Hub-Signature", "a b"])?,
            encoding: *u.choose(&[None, Some(Encoding::Hex), Some(Encoding::Base64)])?,
            prefixed: u.arbitrary()?,
        },
        _ => Scheme::Pomelo {
            endpoint: name(u, &["/transactions/authorizations", "/", "1/", " /", ""])?,
            order: *u.choose(&[Order::TimestampEndpointBody, Order::BodyTimestampEndpoint])?,
        },
    })
}

/// A few keys as a rule, and sometimes more than are allowed.
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
                // Two keys of one secret.
                2 => b"k".to_vec(),
                _ => vec![b'k', place],
            },
        })
    };
    (0..count).map(key).collect()
}

fn window(u: &mut Unstructured<'_>) -> Result<Option<Window>> {
    if u.ratio(1, 8)? {
        return Ok(None);
    }
    Ok(Some(Window {
        past: number(u)?,
        future: number(u)?,
    }))
}

/// The first of the known ones as a rule, or another, or any text.
fn name(u: &mut Unstructured<'_>, known: &[&str]) -> Result<String> {
    Ok(match u.int_in_range(0..=31)? {
        0 | 1 => u.arbitrary()?,
        2..=5 => (*u.choose(known)?).to_owned(),
        _ => known[0].to_owned(),
    })
}
