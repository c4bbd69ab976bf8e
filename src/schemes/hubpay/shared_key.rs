//! The key that Hubpay signs with.

use alloc::string::String;
use core::fmt;

use zeroize::Zeroizing;

use crate::error::ConfigError;
use crate::secret;

/// The key that Hubpay signs events with: the `sharedKey` of a registration.
///
/// You choose it, and Hubpay does not show it again: [generate](Self::generate) one, store
/// it where you store secrets, and then [register](super::Account::register) it. It is
/// redacted in `Debug`, and wiped on drop.
#[derive(Clone)]
#[must_use]
pub struct SharedKey(Zeroizing<String>);

impl SharedKey {
    /// Creates a key from its text, for example from one that you generated and stored before.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`Key::from_text`](crate::Key::from_text).
    ///
    /// ```
    /// use hookseal::schemes::hubpay::SharedKey;
    ///
    /// let key = SharedKey::new("your-shared-secret")?;
    /// assert_eq!(key.expose(), "your-shared-secret");
    /// assert!(SharedKey::new("").is_err());
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    pub fn new(text: &str) -> Result<Self, ConfigError> {
        secret::check_text(text)?;
        Ok(Self(Zeroizing::new(text.into())))
    }

    /// Generates a key of 256 random bits from the operating system: 64 hexadecimal digits.
    ///
    /// This function does not exist on `wasm32-unknown-unknown`, which has no random numbers.
    ///
    /// # Errors
    ///
    /// Returns [`RequestError::NoRandomNumbers`](super::RequestError::NoRandomNumbers) if the
    /// operating system provides none.
    ///
    /// ```
    /// use hookseal::schemes::hubpay::SharedKey;
    ///
    /// let key = SharedKey::generate()?;
    /// assert_eq!(key.expose().len(), 64);
    /// # Ok::<(), hookseal::schemes::hubpay::RequestError>(())
    /// ```
    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    pub fn generate() -> Result<Self, super::RequestError> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut_slice()).map_err(|_| super::RequestError::NoRandomNumbers)?;
        Ok(Self(Zeroizing::new(hex::encode(bytes.as_slice()))))
    }

    /// Returns the key's text, **which is secret**. Store it, and pass it to
    /// [`Webhook::new`](crate::Webhook::new).
    ///
    /// ```
    /// use hookseal::schemes::{HUBPAY, hubpay::SharedKey};
    /// use hookseal::Webhook;
    ///
    /// let key = SharedKey::generate()?;
    /// let webhook = Webhook::new(HUBPAY, key.expose())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SharedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedKey([redacted])")
    }
}
