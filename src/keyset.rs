//! The prepared keys of a webhook, and the choice among them for a request.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::algorithm::{Algorithm, Hashed, Hashing, MacKey};
use crate::ed25519::{self, MAX_PAIRS, PublicKey, SigningKey};
use crate::error::{ConfigError, SignError, VerifyError};
use crate::head::{HeaderName, is_trimmed};
use crate::key::{Keys, ReadMaterial};
use crate::scheme::{MAX_ENTRY_KEY_ID, Scheme, Signature, SignatureField, Signatures};

/// The keys of a webhook, prepared for its scheme. There is at least one.
#[derive(Debug)]
pub(crate) struct KeySet {
    /// In the given order; sorted by id if requests name their key.
    macs: Box<[Named<MacKey>]>,
    ed25519: Box<[Named<EdKey>]>,
    picked_by_id: bool,
}

#[derive(Debug)]
pub(crate) struct Named<K> {
    pub(crate) id: Option<Arc<str>>,
    pub(crate) key: K,
    /// In the order given, from 1.
    position: usize,
    /// Unique among all keys of the set.
    pub(crate) number: usize,
}

/// An Ed25519 key: either half of a pair.
#[derive(Debug)]
pub(crate) enum EdKey {
    Public(PublicKey),
    /// With its public key, so that it is not computed for each request.
    Signing(SigningKey, PublicKey),
}

impl EdKey {
    pub(crate) const fn public(&self) -> &PublicKey {
        match self {
            Self::Public(key) | Self::Signing(_, key) => key,
        }
    }
}

impl KeySet {
    pub(crate) fn new(scheme: &Scheme<'_>, keys: Keys) -> Result<Self, ConfigError> {
        let keys = keys.into_vec();
        if keys.is_empty() {
            return Err(ConfigError::NoKeys);
        }
        let mac = scheme.mac();
        let verifies_ed25519 = scheme.forms.iter().any(|form| !form.algorithm.is_mac());
        let (mut macs, mut ed25519) = (Vec::new(), Vec::new());
        for (position, key) in (1..).zip(keys) {
            for read in key.read(scheme.secret)? {
                let number = macs.len() + ed25519.len();
                let id = read.id;
                let expected = match (mac.is_some(), verifies_ed25519) {
                    (true, true) => "MAC secrets or Ed25519 keys",
                    (true, false) => "MAC secrets",
                    (false, _) => "Ed25519 keys",
                };
                let wrong_kind = || ConfigError::WrongKind { position, expected };
                match read.material {
                    ReadMaterial::Secret(secret) => {
                        let algorithm = mac.ok_or_else(wrong_kind)?;
                        let key = MacKey::new(algorithm, &secret);
                        let feature = algorithm.feature().unwrap_or_default();
                        let key = key.ok_or(ConfigError::AlgorithmUnavailable { feature })?;
                        macs.push(Named {
                            id,
                            key,
                            position,
                            number,
                        });
                    }
                    ReadMaterial::Public(key) if verifies_ed25519 => {
                        let key = EdKey::Public(key);
                        ed25519.push(Named {
                            id,
                            key,
                            position,
                            number,
                        });
                    }
                    ReadMaterial::Signing(key) if verifies_ed25519 => {
                        let public = key.public_key();
                        let key = EdKey::Signing(key, public);
                        ed25519.push(Named {
                            id,
                            key,
                            position,
                            number,
                        });
                    }
                    ReadMaterial::Public(_) | ReadMaterial::Signing(_) => {
                        return Err(wrong_kind());
                    }
                }
            }
        }
        let in_entries = scheme.forms.iter().any(|form| form.after_key_id.is_some());
        let picked_by_id = scheme.key_id.is_some();
        if picked_by_id || in_entries {
            let separator = match scheme.signature {
                SignatureField::List { separator, .. } if in_entries => Some(separator.byte()),
                _ => None,
            };
            check_ids(&macs, &ed25519, separator)?;
        }
        if picked_by_id {
            macs.sort_by(|one, other| one.id.cmp(&other.id));
            ed25519.sort_by(|one, other| one.id.cmp(&other.id));
            for same_id in macs.chunk_by(|one, other| one.id == other.id) {
                at_most(Keys::MAX_CANDIDATES, same_id.len())?;
            }
            for same_id in ed25519.chunk_by(|one, other| one.id == other.id) {
                at_most(ed25519::MAX_KEYS, same_id.len())?;
            }
        } else {
            at_most(Keys::MAX_CANDIDATES, macs.len())?;
            at_most(ed25519::MAX_KEYS, ed25519.len())?;
        }
        Ok(Self {
            macs: macs.into(),
            ed25519: ed25519.into(),
            picked_by_id,
        })
    }

    /// Returns all MAC keys.
    #[inline]
    pub(crate) const fn macs(&self) -> &[Named<MacKey>] {
        &self.macs
    }

    /// Returns all keys.
    pub(crate) const fn all(&self) -> Candidates<'_> {
        Candidates {
            macs: &self.macs,
            ed25519: &self.ed25519,
        }
    }

    /// Returns whether there are keys for this algorithm.
    pub(crate) fn has(&self, algorithm: Algorithm) -> bool {
        if algorithm.is_mac() {
            !self.macs.is_empty()
        } else {
            !self.ed25519.is_empty()
        }
    }

    /// Returns the keys that a request may have been signed with: the keys that
    /// it names, limited to the kinds of its signatures.
    ///
    /// # Errors
    ///
    /// Returns an error if the request names a key that is not in the set.
    #[inline]
    pub(crate) fn candidates(
        &self,
        key_id: Option<&[u8]>,
        header: &HeaderName,
        signatures: &Signatures<'_>,
    ) -> Result<Candidates<'_>, VerifyError> {
        let mut keys = self.named(key_id);
        let unknown = || VerifyError::UnknownKeyId {
            header: header.clone(),
        };
        if keys.macs.is_empty() && keys.ed25519.is_empty() {
            return Err(unknown());
        }
        if signatures.name_keys() {
            let macs = keys.macs.iter().map(|key| &key.id);
            let mut ids = macs.chain(keys.ed25519.iter().map(|key| &key.id));
            if !ids.any(|id| signatures.name_key(id.as_deref())) {
                return Err(unknown());
            }
        }
        if !keys.ed25519.is_empty() && !signatures.has_mac() {
            keys.macs = &[];
        }
        Ok(keys)
    }

    #[inline(always)]
    fn named(&self, key_id: Option<&[u8]>) -> Candidates<'_> {
        match key_id {
            Some(id) if self.picked_by_id => self.with_id(id),
            _ => self.all(),
        }
    }

    fn with_id(&self, id: &[u8]) -> Candidates<'_> {
        Candidates {
            macs: with_id(&self.macs, id),
            ed25519: with_id(&self.ed25519, id),
        }
    }

    /// Returns the keys to sign with.
    pub(crate) fn to_sign(&self, key_id: Option<&str>) -> Result<Candidates<'_>, SignError> {
        let keys = self.named(key_id.map(str::as_bytes));
        if keys.macs.is_empty() && keys.ed25519.is_empty() {
            return Err(SignError::UnknownKeyId);
        }
        if keys.macs.is_empty() && keys.signing().next().is_none() {
            return Err(SignError::NoSigningKey);
        }
        Ok(keys)
    }
}

/// Returns the first key for whose MAC of the message `is_received` is true,
/// and that MAC.
///
/// Keys are tried in order until one matches. The time this takes shows which
/// key matched, which is not secret, and nothing about a tag.
#[inline]
pub(crate) fn matching_mac<'k>(
    macs: &'k [Named<MacKey>],
    message: &impl Hashed,
    is_received: impl Fn(&Signature, &Named<MacKey>) -> bool,
) -> Option<(Signature, &'k Named<MacKey>)> {
    for key in macs {
        let tag = key.key.mac(message).into();
        if is_received(&tag, key) {
            return Some((tag, key));
        }
    }
    None
}

/// Checks that each key can be named, and that no two ids have the same secret. Otherwise
/// the sender could choose the id in the proof.
fn check_ids(
    macs: &[Named<MacKey>],
    ed25519: &[Named<EdKey>],
    separator: Option<u8>,
) -> Result<(), ConfigError> {
    let ids = macs.iter().map(|key| (key.position, &key.id));
    let ids = ids.chain(ed25519.iter().map(|key| (key.position, &key.id)));
    let mut ids: Vec<_> = ids.collect();
    ids.sort_by_key(|(position, _)| *position);
    // In a list entry, an id has a maximum length and contains no separator.
    let fits = |id: &str| {
        separator.is_none_or(|byte| {
            id.len() <= MAX_ENTRY_KEY_ID && !id.bytes().any(|other| other == byte)
        })
    };
    for (position, id) in ids {
        match id {
            None => return Err(ConfigError::KeyWithoutId { position }),
            Some(id) if id.is_empty() || !is_trimmed(id.as_bytes()) || !fits(id) => {
                return Err(ConfigError::InvalidKeyId { position });
            }
            Some(_) => {}
        }
    }
    let tags: Vec<Signature> = macs.iter().map(|key| key.key.mac(&Empty).into()).collect();
    check_shared(macs, |one, other| tags.get(one) == tags.get(other))?;
    check_shared(ed25519, |one, other| {
        let public = |place: usize| ed25519.get(place).map(|key| key.key.public().as_bytes());
        public(one) == public(other)
    })
}

fn check_shared<K>(
    keys: &[Named<K>],
    same: impl Fn(usize, usize) -> bool,
) -> Result<(), ConfigError> {
    for (other, second) in keys.iter().enumerate() {
        for (one, first) in keys.iter().enumerate().take(other) {
            if first.id != second.id && same(one, other) {
                return Err(ConfigError::SharedSecret {
                    position: second.position,
                    other: first.position,
                });
            }
        }
    }
    Ok(())
}

/// The empty message, whose tags distinguish prepared keys.
struct Empty;

impl Hashed for Empty {
    fn feed(&self, _: &mut impl Hashing) {}
}

fn at_most(max: usize, found: usize) -> Result<(), ConfigError> {
    if found > max {
        return Err(ConfigError::TooManyKeys { max, found });
    }
    Ok(())
}

fn with_id<'k, K>(keys: &'k [Named<K>], id: &[u8]) -> &'k [Named<K>] {
    let order = |key: &Named<K>| key.id.as_deref().unwrap_or_default().as_bytes().cmp(id);
    let start = keys.partition_point(|key| order(key).is_lt());
    let end = keys.partition_point(|key| order(key).is_le());
    keys.get(start..end).unwrap_or_default()
}

/// The keys that a request may have been signed with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidates<'k> {
    pub(crate) macs: &'k [Named<MacKey>],
    pub(crate) ed25519: &'k [Named<EdKey>],
}

impl<'k> Candidates<'k> {
    pub(crate) const NONE: Self = Self {
        macs: &[],
        ed25519: &[],
    };

    /// Returns whether any of the keys has an id.
    pub(crate) fn have_ids(self) -> bool {
        let macs = self.macs.iter().map(|key| &key.id);
        let ed25519 = self.ed25519.iter().map(|key| &key.id);
        macs.chain(ed25519).any(Option::is_some)
    }

    /// Returns the keys that can make an Ed25519 signature.
    pub(crate) fn signing(self) -> impl Iterator<Item = (&'k Named<EdKey>, &'k SigningKey)> {
        self.ed25519.iter().filter_map(|key| match &key.key {
            EdKey::Signing(signing, _) => Some((key, signing)),
            EdKey::Public(_) => None,
        })
    }

    /// Returns the pairs to try: each Ed25519 signature in turn, with every key, or with
    /// the keys that it names.
    pub(crate) fn pairs(
        self,
        signatures: &Signatures<'_>,
    ) -> impl Iterator<Item = (&'k Named<EdKey>, Signature)> {
        signatures
            .ed25519()
            .flat_map(move |(signature, key_id)| {
                let is_named = move |key: &&Named<EdKey>| {
                    let id = key.id.as_deref().map(str::as_bytes);
                    key_id.is_none() || key_id == id
                };
                let keys = self.ed25519.iter().filter(is_named);
                keys.map(move |key| (key, signature))
            })
            .take(MAX_PAIRS)
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;
    use std::format;

    use super::*;
    use crate::clock::FixedClock;
    use crate::schemes::{PAMINGA, POMELO};
    use crate::{Key, Webhook};

    fn key(secret: &[u8], id: &str) -> Key {
        Key::from_bytes(secret).unwrap().with_id(id)
    }

    fn pomelo(keys: impl Into<Keys>) -> Result<Webhook, ConfigError> {
        Webhook::new_with_clock(POMELO.at("/e"), keys, FixedClock::at(0))
    }

    fn paminga(keys: impl Into<Keys>) -> Result<Webhook, ConfigError> {
        Webhook::new_with_clock(PAMINGA, keys, FixedClock::at(0))
    }

    /// Returns the tag of the empty message for each key, which distinguishes the keys.
    fn tags(keys: &[Named<MacKey>]) -> Vec<Signature> {
        keys.iter().map(|key| key.key.mac(&Empty).into()).collect()
    }

    #[test]
    fn all_keys_are_tried_in_the_order_given() {
        let order = [&b"c"[..], b"a", b"b"];
        let keys: Keys = order.map(|secret| key(secret, "x")).into();
        let set = KeySet::new(&PAMINGA, keys).unwrap();
        let one = |secret| tags(&KeySet::new(&PAMINGA, key(secret, "").into()).unwrap().macs);
        let wanted: Vec<Signature> = order.iter().flat_map(|secret| one(secret)).collect();
        assert_eq!(tags(set.named(None).macs), wanted);
    }

    #[test]
    fn keys_are_picked_by_id() {
        let ids = ["b", "a", "c", "a", "", "ab"];
        let keys = (1..).zip(ids).filter(|(_, id)| !id.is_empty());
        let keys: Vec<Key> = keys.map(|(n, id)| key(&[n; 3], id)).collect();
        let set = KeySet::new(&POMELO, keys.into()).unwrap();
        let of = |secret: u8| {
            tags(
                &KeySet::new(&PAMINGA, key(&[secret; 3], "").into())
                    .unwrap()
                    .macs,
            )
        };
        for (id, wanted) in [
            (&b"a"[..], vec![2, 4]),
            (b"ab", vec![6]),
            (b"b", vec![1]),
            (b"c", vec![3]),
            (b"", vec![]),
            (b"A", vec![]),
            (b"a ", vec![]),
            (b"d", vec![]),
        ] {
            let wanted: Vec<Signature> = wanted.into_iter().flat_map(of).collect();
            assert_eq!(tags(set.named(Some(id)).macs), wanted, "{id:?}");
        }
    }

    #[test]
    fn at_most_eight_keys_may_match_one_request() {
        let keys = |count: u8| (1..=count).map(|n| key(&[n], "x")).collect::<Vec<_>>();
        assert!(paminga(keys(8)).is_ok());
        let too_many = ConfigError::TooManyKeys { max: 8, found: 9 };
        assert_eq!(paminga(keys(9)).err(), Some(too_many.clone()));
        assert!(pomelo(keys(8)).is_ok());
        assert_eq!(pomelo(keys(9)).err(), Some(too_many));
        assert_eq!(paminga(Vec::<Key>::new()).err(), Some(ConfigError::NoKeys));
        // Any number of ids.
        let ids = (1..=200_u8).map(|n| key(&[n], &format!("{n}")));
        assert!(pomelo(ids.collect::<Vec<_>>()).is_ok());
    }

    #[test]
    fn a_key_that_could_never_be_picked_is_an_error() {
        let with_ids = |ids: [&str; 2]| pomelo([key(b"a", ids[0]), key(b"b", ids[1])]).err();
        assert_eq!(with_ids(["a", "b"]), None);
        for id in ["", " a", "a ", "\ta", "a\n"] {
            let wanted = ConfigError::InvalidKeyId { position: 2 };
            assert_eq!(with_ids(["a", id]), Some(wanted), "{id:?}");
        }
        let without = [key(b"a", "a"), Key::from_bytes(b"b").unwrap()];
        assert_eq!(
            pomelo(without).err(),
            Some(ConfigError::KeyWithoutId { position: 2 })
        );
    }

    /// HMAC pads a secret with zeros up to its block, 64 bytes.
    #[test]
    fn two_ids_with_one_secret_are_an_error() {
        let shared = Some(ConfigError::SharedSecret {
            position: 2,
            other: 1,
        });
        let both = |one: &[u8], other: &[u8]| pomelo([key(one, "a"), key(other, "b")]).err();
        assert_eq!(both(b"secret", b"secret"), shared);
        assert_eq!(both(b"secret", b"secret\0\0"), shared);
        assert_eq!(both(b"secret", b"secreT"), None);
        assert_eq!(both(b"secret", b"secret\0x"), None);
        assert_eq!(both(b"secret", b"\0secret"), None);
        let padded = |length: usize| [&[1; 32][..], &vec![0; length - 32]].concat();
        assert_eq!(both(&[1; 32], &padded(64)), shared);
        // It is hashed first.
        assert_eq!(both(&[1; 32], &padded(65)), None);
        // The same id twice is one key, and keys may share a secret if none is named.
        assert!(pomelo([key(b"secret", "a"), key(b"secret", "a")]).is_ok());
        assert!(paminga([key(b"secret", "a"), key(b"secret", "b")]).is_ok());
    }

    #[test]
    fn an_id_must_fit_an_entry_of_its_list() {
        let scheme = crate::scheme::Scheme {
            name: "by-entry",
            signature: SignatureField::List {
                header: "x-signature",
                separator: crate::scheme::Separator::Comma,
            },
            forms: &[crate::scheme::Form {
                after_key_id: Some("/"),
                ..crate::scheme::Form::hex("")
            }],
            ..crate::scheme::Scheme::BASE
        };
        let with_id = |id: &str| {
            let keys = [key(b"a", "a"), key(b"b", id)];
            Webhook::new_with_clock(scheme, keys, FixedClock::at(0)).err()
        };
        assert_eq!(with_id(&"b".repeat(256)), None);
        assert_eq!(with_id("b/c"), None);
        for id in [&"b".repeat(257), "b,c"] {
            let wanted = ConfigError::InvalidKeyId { position: 2 };
            assert_eq!(with_id(id), Some(wanted), "{id}");
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let webhook = paminga(key(b"hunter2", "new")).unwrap();
        let shown = format!("{webhook:?}");
        assert!(shown.contains(r#"id: Some("new")"#), "{shown}");
        assert!(shown.contains("[redacted]"), "{shown}");
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
