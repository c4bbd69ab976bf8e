//! Standard Webhooks' `v1a` as a receiver implements it by hand, from the specification,
//! with Ed25519 crates.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, Verifier as _};
use ring::signature::{ED25519, Ed25519KeyPair, UnparsedPublicKey};

use crate::message::{Message, Request};
use crate::peers::{Answer, Failure, Peer, header_map};

pub struct ByHand {
    sign: Sign,
    verify: Verify,
}

/// Signs a message with the key of this seed.
type Sign = fn(&[u8; 32], &[u8]) -> Result<Vec<u8>, Failure>;

/// Verifies a message and its signature under this public key.
type Verify = fn(&[u8; 32], &[u8], &[u8; 64]) -> Result<(), Failure>;

pub const RING: ByHand = ByHand {
    sign: |seed, message| {
        let key = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|why| why.to_string())?;
        Ok(key.sign(message).as_ref().into())
    },
    verify: |key, message, signature| {
        let key = UnparsedPublicKey::new(&ED25519, key);
        Ok(key.verify(message, signature).map_err(|why| why.to_string())?)
    },
};

pub const DALEK: ByHand = ByHand {
    sign: |seed, message| {
        let key = ed25519_dalek::SigningKey::from_bytes(seed);
        Ok(key.sign(message).to_bytes().into())
    },
    verify: |key, message, signature| {
        let key = ed25519_dalek::VerifyingKey::from_bytes(key)?;
        Ok(key.verify(message, &signature.into())?)
    },
};

pub const DALEK_STRICT: ByHand = ByHand {
    verify: |key, message, signature| {
        let key = ed25519_dalek::VerifyingKey::from_bytes(key)?;
        Ok(key.verify_strict(message, &signature.into())?)
    },
    ..DALEK
};

impl Peer for ByHand {
    fn sign(&mut self, message: &Message) -> Result<Answer<String>, Failure> {
        let key = STANDARD.decode(message.secret.strip_prefix("whsk_").ok_or("no signing key")?)?;
        let seed = key.first_chunk().ok_or("no seed")?;
        let signature = (self.sign)(seed, &message.signed_bytes())?;
        Ok(Answer::Yes(format!("v1a,{}", STANDARD.encode(signature))))
    }

    fn verify(&mut self, request: &Request) -> Result<Answer<()>, Failure> {
        Ok(match self.receive(request) {
            Ok(()) => Answer::Yes(()),
            Err(why) => Answer::No(why.to_string()),
        })
    }
}

impl ByHand {
    fn receive(&self, request: &Request) -> Result<(), Failure> {
        let headers = header_map(request)?;
        let header = |name: &str| {
            let name = format!("{}-{name}", request.scheme.family().unwrap_or_default());
            let mut values = headers.get_all(&name).iter();
            match (values.next(), values.next()) {
                (Some(value), None) if !value.is_empty() => Ok(value.as_bytes()),
                _ => Err(format!("no {name}, or several")),
            }
        };
        let (id, timestamp, list) = (header("id")?, header("timestamp")?, header("signature")?);

        let moment = Duration::from_secs(str::from_utf8(timestamp)?.parse()?);
        let moment = UNIX_EPOCH.checked_add(moment).ok_or("not from now")?;
        let now = SystemTime::now();
        let away = now.duration_since(moment).or_else(|_| moment.duration_since(now))?;
        if away.as_secs() > 300 {
            return Err("not from now".into());
        }

        let key = request.secret.strip_prefix("whpk_").ok_or("another kind of key")?;
        let key = STANDARD.decode(key)?;
        let key = key.as_slice().try_into()?;
        let message = [id, b".", timestamp, b".", &request.body].concat();
        for entry in list.split(|byte| *byte == b' ') {
            let signature = entry.strip_prefix(b"v1a,").and_then(|text| STANDARD.decode(text).ok());
            if let Some(Ok(signature)) = signature.as_deref().map(TryInto::try_into)
                && (self.verify)(key, &message, signature).is_ok()
            {
                return Ok(());
            }
        }
        Err("no signature".into())
    }
}
