//! Ed25519 without its feature: no key can be made, so nothing is verified.

#![allow(dead_code)]

use core::fmt;

use crate::error::ConfigError;
use crate::signature::Signature;

pub(crate) const MAX_KEYS: usize = 4;
pub(crate) const MAX_PAIRS: usize = 8;

const UNAVAILABLE: ConfigError = ConfigError::AlgorithmUnavailable { feature: "ed25519" };

/// The types of this module contain it, so they have no values. Its privacy keeps the
/// compiler from warning other modules of unreachable code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Never {}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PublicKey(Never);

impl PublicKey {
    pub(crate) const PREFIX: &str = "whpk_";

    pub(crate) fn from_base64(_: &str) -> Result<Self, ConfigError> {
        Err(UNAVAILABLE)
    }

    pub(crate) fn read(_: &str, _: usize) -> Result<Self, ConfigError> {
        Err(UNAVAILABLE)
    }

    pub(crate) fn from_bare_base64(_: &str) -> Result<Self, ConfigError> {
        Err(UNAVAILABLE)
    }

    pub(crate) fn from_hex(_: &str) -> Result<Self, ConfigError> {
        Err(UNAVAILABLE)
    }

    pub(crate) fn from_bytes(_: [u8; 32]) -> Result<Self, ConfigError> {
        Err(UNAVAILABLE)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        match self.0 {}
    }

    pub(crate) fn verify(&self, _: &[&[u8]], _: &Signature) -> bool {
        match self.0 {}
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {}
    }
}

#[derive(Debug)]
pub(crate) struct SigningKey(Never);

impl SigningKey {
    pub(crate) const PREFIX: &str = "whsk_";

    pub(crate) fn from_base64(_: &str) -> Result<Self, ConfigError> {
        Err(UNAVAILABLE)
    }

    pub(crate) fn read(_: &str, _: usize) -> Result<Self, ConfigError> {
        Err(UNAVAILABLE)
    }

    pub(crate) fn from_seed(_: &[u8; 32]) -> Result<Self, ConfigError> {
        Err(UNAVAILABLE)
    }

    pub(crate) fn public_key(&self) -> PublicKey {
        match self.0 {}
    }

    pub(crate) fn clone_secret(&self) -> Self {
        match self.0 {}
    }

    pub(crate) fn sign(&self, _: &[&[u8]]) -> Signature {
        match self.0 {}
    }
}

#[derive(Debug)]
pub(crate) struct Running(Never);

impl Running {
    pub(crate) fn start(key: &PublicKey, _: &[u8; 64]) -> Option<Self> {
        match key.0 {}
    }

    pub(crate) fn update(&mut self, _: &[u8]) {
        match self.0 {}
    }

    pub(crate) fn finish(self) -> bool {
        match self.0 {}
    }
}
