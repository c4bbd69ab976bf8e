//! Ed25519 keys and signatures that no honest signer creates.
//!
//! A signature `(R, S)` of a message `M` under the key `A` satisfies `[S]B = R + [k]A` with
//! `k = SHA-512(R, A, M)` (RFC 8032, section 5.1.7). Points of small order, of which the
//! curve has eight, can be added to `A` and `R` so that it still does.

use curve25519_dalek::constants::EIGHT_TORSION;
use curve25519_dalek::edwards::CompressedEdwardsY;
use curve25519_dalek::{EdwardsPoint, Scalar};
use fastrand::Rng;
use sha2::{Digest as _, Sha512};

use crate::random;

/// The order of the base point, least significant byte first: 2^252 +
/// 27742317777372353535851937790883648493 (RFC 8032, section 5.1).
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// Adds this multiple of the order to `S`.
pub fn add_order(signature: &mut [u8; 64], times: u8) {
    for _ in 0..times {
        let mut carry = 0;
        for (byte, more) in signature[32..].iter_mut().zip(ORDER) {
            let sum = u16::from(*byte) + u16::from(more) + carry;
            *byte = (sum & 0xff) as u8;
            carry = sum >> 8;
        }
        assert_eq!(carry, 0, "no room for it");
    }
}

/// A point of small order, and bytes that are decoded to it.
pub type Small = ([u8; 32], EdwardsPoint);

/// Returns the point of order 1.
pub fn identity() -> Small {
    let point = EIGHT_TORSION[0];
    (point.compress().to_bytes(), point)
}

/// Returns one of the seven other points of small order.
pub fn of_small_order(rng: &mut Rng) -> Small {
    let point = EIGHT_TORSION[rng.usize(1..8)];
    (point.compress().to_bytes(), point)
}

/// Returns a non-canonical encoding of a point: the ordinate is not below the field's
/// prime p, or x = 0 has a sign. All such points whose logarithm anyone knows have
/// small order.
pub fn not_canonical(rng: &mut Rng) -> Small {
    let (lowest, others, highest) = random::pick(
        rng,
        &[
            (0xed, 0xff, 0x7f), // p, for 0
            (0xed, 0xff, 0xff), // and the other sign
            (0xee, 0xff, 0x7f), // p + 1, for 1
            (0xee, 0xff, 0xff),
            (0x01, 0x00, 0x80), // 1, where x = 0
            (0xec, 0xff, 0xff), // p - 1, where x = 0
        ],
    );
    let mut bytes = [others; 32];
    (bytes[0], bytes[31]) = (lowest, highest);
    let point = CompressedEdwardsY(bytes).decompress().expect("a point");
    assert!(point.is_small_order() && point.compress().0 != bytes);
    (bytes, point)
}

pub struct Crafted {
    pub key: [u8; 32],
    pub signature: [u8; 64],
}

/// A key: a multiple of the base point, plus a point of small order.
pub enum Key {
    Plus(EdwardsPoint),
    /// Only a point of small order.
    Only(Small),
}

/// An `R`, likewise.
pub enum R {
    Plus(EdwardsPoint),
    Only(Small),
}

/// Whether the equation holds without multiplying both sides by eight. With that factor,
/// it holds for everything that is created here.
#[derive(Clone, Copy, PartialEq)]
pub enum Equation {
    Holds,
    HoldsTimesEight,
}

/// Signs with keys and numbers that are drawn until the condition holds.
pub fn craft(rng: &mut Rng, message: &[u8], key: Key, r: R, equation: Equation) -> Crafted {
    let scalar = |rng: &mut Rng| {
        let bytes: [u8; 32] = std::array::from_fn(|_| rng.u8(..));
        Scalar::from_bytes_mod_order(bytes)
    };
    loop {
        let (secret, key, small_of_key) = match key {
            Key::Plus(small) => {
                let secret = scalar(rng);
                let key = EdwardsPoint::mul_base(&secret) + small;
                (secret, key.compress().to_bytes(), small)
            }
            Key::Only((bytes, small)) => (Scalar::ZERO, bytes, small),
        };
        let (nonce, r, small_of_r) = match r {
            R::Plus(small) => {
                let nonce = scalar(rng);
                let r = EdwardsPoint::mul_base(&nonce) + small;
                (nonce, r.compress().to_bytes(), small)
            }
            R::Only((bytes, small)) => (Scalar::ZERO, bytes, small),
        };
        let hash = Sha512::new().chain_update(r).chain_update(key).chain_update(message);
        let k = Scalar::from_bytes_mod_order_wide(&hash.finalize().into());
        // The rest of the equation without the multiples of the base point.
        let holds = small_of_r + k * small_of_key == EIGHT_TORSION[0];
        if holds == (equation == Equation::Holds) {
            let mut signature = [0; 64];
            signature[..32].copy_from_slice(&r);
            signature[32..].copy_from_slice((nonce + k * secret).as_bytes());
            return Crafted { key, signature };
        }
    }
}
