//! Ed25519 for the model: RFC 8032 by `ring`, and own arithmetic where `ring` is too
//! lax, or creates only right signatures.

use std::fmt;

use num_bigint::BigUint;
use ring::digest::{SHA512, digest};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

use super::secrets::{self, Fault};

pub type Point = [u8; 32];
pub type Seed = [u8; 32];
pub type Signature = [u8; 64];

/// A key of a receiver.
#[derive(Clone)]
pub struct Key {
    pub id: Option<String>,
    pub public: Point,
    /// The private half, if a sender has one.
    pub seed: Option<Seed>,
    /// Whether the receiver has the seed too, and can sign.
    pub signs: bool,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = |bytes: &[u8; 32]| data_encoding::HEXLOWER.encode(bytes);
        let seed = self.seed.as_ref().map(hex);
        let signs = if self.signs { "signs" } else { "verifies" };
        write!(f, "{:?}: {}, {seed:?}, {signs}", self.id, hex(&self.public))
    }
}

impl Key {
    pub fn of_seed(id: Option<String>, seed: Seed, signs: bool) -> Self {
        Self {
            id,
            public: public_key(&seed),
            seed: Some(seed),
            signs,
        }
    }
}

pub fn public_key(seed: &Seed) -> Point {
    let public = *pair(seed).public_key();
    public.as_ref().try_into().unwrap()
}

pub fn sign(seed: &Seed, message: &[u8]) -> Signature {
    pair(seed).sign(message).as_ref().try_into().unwrap()
}

fn pair(seed: &Seed) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(seed).unwrap()
}

/// Returns whether a sound key verifies the signature. `ring` accepts an `R` of
/// small order, which only the key's owner can create: then one signature may match
/// several messages.
pub fn verifies(public: &Point, message: &[u8], signature: &Signature) -> bool {
    let point = signature[..32].try_into().unwrap();
    !is_small_order(&point)
        && UnparsedPublicKey::new(&ED25519, public)
            .verify(message, signature)
            .is_ok()
}

/// Why a point or a text is not a key.
#[derive(Clone, Debug, PartialEq)]
pub enum KeyFault {
    Base64(Fault),
    /// It is marked as a different kind of key.
    Foreign,
    Length(usize),
    NoPrefix,
    /// The seed is all zeros, which everyone knows.
    Zero,
    NotCanonical,
    NotItsPublicKey,
    NotOnCurve,
    SmallOrder,
}

/// Lists everything that is wrong with a public key; nothing if it is valid.
pub fn faults(public: &Point) -> Vec<KeyFault> {
    let faults = [
        (is_on_curve(public), KeyFault::NotOnCurve),
        (!is_small_order(public), KeyFault::SmallOrder),
        // Section 5.1.3, step 1. By its step 4 the two points whose abscissa is
        // zero have no sign; they are of small order.
        (ordinate(public) < prime(), KeyFault::NotCanonical),
    ];
    let broken = faults.into_iter().filter(|(holds, _)| !holds);
    broken.map(|(_, fault)| fault).collect()
}

/// The ordinates of the eight points whose order divides 8: 0, 1, -1, and two
/// that have order 8 (libsodium, `ge25519_has_small_order` in
/// crypto_core/ed25519/ref10/ed25519_ref10.c).
pub const SMALL_ORDER: [&str; 5] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
];

fn is_small_order(point: &Point) -> bool {
    let ordinate = bytes_of(&(ordinate(point) % prime()));
    SMALL_ORDER.contains(&data_encoding::HEXLOWER.encode(&ordinate).as_str())
}

/// Returns whether `x^2 = (y^2 - 1) / (d y^2 + 1)` with `d = -121665/121666` has a
/// solution (section 5.1.3, step 2). A fraction is a square if the product of numerator
/// and denominator is a square, which Euler's criterion tells.
fn is_on_curve(point: &Point) -> bool {
    let prime = prime();
    let y = ordinate(point);
    let y2 = &y * &y % &prime;
    let over = (&y2 + &prime - 1u8) * 121_666u32;
    let under = (&prime - &y2) * 121_665u32 + 121_666u32;
    let euler = (over * under).modpow(&((&prime - 1u8) / 2u8), &prime);
    euler <= BigUint::from(1u8)
}

/// Returns a point's bytes without the sign of its abscissa.
fn ordinate(point: &Point) -> BigUint {
    let mut bytes = *point;
    bytes[31] &= 0x7f;
    BigUint::from_bytes_le(&bytes)
}

/// Returns the prime of the field.
fn prime() -> BigUint {
    (BigUint::from(1u8) << 255) - 19u8
}

/// Returns the order of the base point's group.
fn order() -> BigUint {
    let rest = BigUint::from(27_742_317_777_372_353_535_851_937_790_883_648_493u128);
    (BigUint::from(1u8) << 252) + rest
}

fn bytes_of(number: &BigUint) -> [u8; 32] {
    let mut bytes = number.to_bytes_le();
    bytes.resize(32, 0);
    bytes.try_into().unwrap()
}

/// Returns the signature with the other encoding of `S`, which section 5.1.7
/// forbids.
pub fn with_larger_s(signature: &Signature) -> Signature {
    let (point, number) = signature.split_at(32);
    join(
        point.try_into().unwrap(),
        &(BigUint::from_bytes_le(number) + order()),
    )
}

/// Signs as a key's owner can, with a nonce other than that of section 5.1.6: the
/// scalar of another seed, or zero, whose point has small order.
pub fn sign_with_nonce(seed: &Seed, nonce: Option<&Seed>, message: &[u8]) -> Signature {
    let (point, number) = match nonce {
        Some(nonce) => (public_key(nonce), scalar(nonce)),
        None => (bytes_of(&BigUint::from(1u8)), BigUint::default()),
    };
    let hashed = [&point, &public_key(seed), message].concat();
    let hash = BigUint::from_bytes_le(digest(&SHA512, &hashed).as_ref());
    join(point, &((number + hash * scalar(seed)) % order()))
}

fn join(point: Point, number: &BigUint) -> Signature {
    let both = [point, bytes_of(number)].concat();
    both.try_into().unwrap()
}

/// Returns the scalar of a seed (section 5.1.5).
fn scalar(seed: &Seed) -> BigUint {
    let hash = digest(&SHA512, seed);
    let mut bytes: [u8; 32] = hash.as_ref()[..32].try_into().unwrap();
    bytes[0] &= 0xf8;
    bytes[31] &= 0x7f;
    bytes[31] |= 0x40;
    BigUint::from_bytes_le(&bytes)
}

/// Reads `whpk_` and the base64 of the point.
pub fn public_key_from_text(text: &str) -> Result<Point, Vec<KeyFault>> {
    let bytes = key_from_text(text, "whpk_").map_err(|fault| vec![fault])?;
    let point = Point::try_from(&bytes[..]).map_err(|_| vec![KeyFault::Length(bytes.len())])?;
    match faults(&point) {
        faults if faults.is_empty() => Ok(point),
        faults => Err(faults),
    }
}

/// Reads a point from hexadecimal digits.
pub fn public_key_from_hex(text: &str) -> Option<Point> {
    let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(text.as_bytes());
    let point = bytes.ok()?.try_into().ok()?;
    faults(&point).is_empty().then_some(point)
}

/// Reads `whsk_` and the base64 of the seed, or of the seed and its public key.
pub fn seed_from_text(text: &str) -> Result<Seed, Vec<KeyFault>> {
    let bytes = key_from_text(text, "whsk_").map_err(|fault| vec![fault])?;
    let mut faults = Vec::new();
    if bytes.len() != 32 && bytes.len() != 64 {
        faults.push(KeyFault::Length(bytes.len()));
    }
    let seed: Seed = match bytes.first_chunk() {
        Some(seed) => *seed,
        None => return Err(faults),
    };
    if bytes.len() == 64 && bytes[32..] != public_key(&seed) {
        faults.push(KeyFault::NotItsPublicKey);
    }
    if seed == [0; 32] {
        faults.push(KeyFault::Zero);
    }
    if faults.is_empty() {
        Ok(seed)
    } else {
        Err(faults)
    }
}

/// Decodes what follows the prefix. A text without the prefix is another kind of key,
/// or has characters that no key contains.
fn key_from_text(text: &str, prefix: &str) -> Result<Vec<u8>, KeyFault> {
    if let Some(encoded) = text.strip_prefix(prefix) {
        return secrets::base64(encoded, prefix.len()).map_err(KeyFault::Base64);
    }
    if secrets::is_marked(text) {
        return Err(KeyFault::Foreign);
    }
    let belongs = |c: char| c.is_ascii_alphanumeric() || "+/=-_,".contains(c);
    let stranger = secrets::stranger(text, 0, belongs);
    Err(stranger.map_or(KeyFault::NoPrefix, KeyFault::Base64))
}
