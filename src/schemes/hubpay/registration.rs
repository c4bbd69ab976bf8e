//! Registered endpoints.

use alloc::format;
use alloc::string::String;

use http::Response;
use serde::{Deserialize, Deserializer, Serialize};

use super::HUBPAY;
use super::answer::{self, ApiError};
use crate::scheme::Scheme;

/// A registered endpoint, as the list shows it.
///
/// Other fields of the list's entries are ignored.
///
/// ```
/// use hookseal::schemes::hubpay::{Registration, SharedKey};
///
/// let listed = r#"{"id":"1","endpointUrl":"https://example.com/webhooks/hubpay",
///     "hmacHeaderName":"x-hub-signature","algorithm":"SHA_256","status":"ACTIVE"}"#;
/// let registration: Registration = serde_json::from_str(listed)?;
///
/// let webhook = registration.webhook(&SharedKey::new("your-shared-secret")?)?;
/// let headers = [(
///     "X-Hub-Signature",
///     "sha256=414b026d909e9620db4bdf4ff17612b6b005fab9fbe6431b3d78c2fe02c78400",
/// )];
/// assert!(webhook.verify(&headers, br#"{"n":0}"#).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Registration {
    /// Hubpay's id of the registration, for example to delete it.
    pub id: String,
    /// Where events are sent: the `callbackUrl` that was registered.
    pub endpoint_url: String,
    /// The header that carries the MAC. Empty if the registration has none.
    #[serde(default, deserialize_with = "or_empty")]
    pub hmac_header_name: String,
    /// The hash of the MAC: only `SHA_256` can be verified. Empty if the registration has none,
    /// so its requests are not signed with a shared key.
    #[serde(default, deserialize_with = "or_empty")]
    pub algorithm: String,
    /// The status. Only a registration with `ACTIVE` sends requests.
    pub status: String,
}

/// Reads `null` as the empty text, so that one registration without a MAC does not hide the
/// others.
fn or_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

impl Registration {
    /// Reads the answer to [`Account::register`](super::Account::register).
    ///
    /// `Ok` means that the endpoint is registered. The provider's page does not say what the
    /// answer contains, so the result is `Some` only if the answer reads as a registration. The
    /// [list](super::Account::list) shows the registration in any case.
    ///
    /// # Errors
    ///
    /// Returns, depending on the answer's status, [`ApiError::BadRequest`],
    /// [`ApiError::Unauthorized`], [`ApiError::Forbidden`], [`ApiError::Redirect`] or
    /// [`ApiError::UnexpectedStatus`].
    ///
    /// ```
    /// use hookseal::schemes::hubpay::{ApiError, Registration};
    ///
    /// let accepted = http::Response::builder().status(201).body("").expect("a response");
    /// assert_eq!(Registration::read(&accepted), Ok(None));
    ///
    /// let refused = http::Response::builder().status(400).body("").expect("a response");
    /// assert_eq!(Registration::read(&refused), Err(ApiError::BadRequest));
    /// ```
    pub fn read(response: &Response<impl AsRef<[u8]>>) -> Result<Option<Self>, ApiError> {
        Ok(answer::read(answer::body(response)?).ok())
    }

    /// Returns the one registration in a list that is active and has this URL. URLs are
    /// compared byte by byte.
    ///
    /// # Errors
    ///
    /// Returns [`RegistrationError::NotListed`] if no registration has the URL,
    /// [`RegistrationError::NotActive`] if none of those that have it is active, and
    /// [`RegistrationError::SeveralActive`] if more than one is active.
    ///
    /// ```
    /// use hookseal::schemes::hubpay::{Registration, RegistrationError};
    ///
    /// # let listed = |status| format!(r#"{{"id":"1","endpointUrl":"https://example.com/webhooks/hubpay","status":"{status}"}}"#);
    /// # let (old, new) = (serde_json::from_str(&listed("PAUSED"))?, serde_json::from_str(&listed("ACTIVE"))?);
    /// let all: [Registration; 2] = [old, new]; // with the same URL
    /// let chosen = Registration::choose(&all, "https://example.com/webhooks/hubpay")?;
    /// assert_eq!(chosen.status, "ACTIVE");
    ///
    /// let error = Registration::choose(&all, "https://example.com/webhooks/other").unwrap_err();
    /// assert_eq!(error, RegistrationError::NotListed);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn choose<'r>(
        registrations: &'r [Self],
        endpoint_url: &str,
    ) -> Result<&'r Self, RegistrationError> {
        let mut inactive = None;
        let mut chosen = None;
        let mut count = 0;
        for registration in registrations {
            if registration.endpoint_url != endpoint_url {
                continue;
            }
            match registration.check_status() {
                Ok(()) => {
                    count += 1;
                    chosen = Some(registration);
                }
                Err(error) => inactive = Some(error),
            }
        }
        match chosen {
            Some(registration) if count == 1 => Ok(registration),
            Some(_) => Err(RegistrationError::SeveralActive { count }),
            None => Err(inactive.unwrap_or(RegistrationError::NotListed)),
        }
    }

    /// Returns the scheme that this registration's requests are signed with.
    ///
    /// During a key rotation, pass it to [`Webhook::new`](crate::Webhook::new) with both keys.
    ///
    /// # Errors
    ///
    /// Returns [`RegistrationError::UnsupportedAlgorithm`] for any algorithm but `SHA_256`, and
    /// [`RegistrationError::NotActive`] for any status but `ACTIVE`.
    ///
    /// ```
    /// # use hookseal::Webhook;
    /// # use hookseal::schemes::hubpay::Registration;
    /// # fn rotate(registration: &Registration) -> Result<Webhook, Box<dyn std::error::Error>> {
    /// let (new, old) = ("your-next-secret", "your-shared-secret");
    /// let webhook = Webhook::new(registration.scheme()?, [new, old])?;
    /// # Ok(webhook)
    /// # }
    /// ```
    pub fn scheme(&self) -> Result<Scheme<'_>, RegistrationError> {
        if self.algorithm != "SHA_256" {
            let algorithm = shown(&self.algorithm);
            return Err(RegistrationError::UnsupportedAlgorithm { algorithm });
        }
        self.check_status()?;
        Ok(HUBPAY.with_signature_header(&self.hmac_header_name))
    }

    /// Returns the webhook that verifies this registration's requests.
    ///
    /// This method does not exist on `wasm32-unknown-unknown`, which has no clock: there, pass
    /// the [`scheme`](Self::scheme) to
    /// [`Webhook::new_with_clock`](crate::Webhook::new_with_clock).
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`scheme`](Self::scheme), and
    /// [`RegistrationError::InvalidHeaderName`] if [`hmac_header_name`](Self::hmac_header_name)
    /// is not a valid header name.
    ///
    /// ```
    /// use hookseal::schemes::hubpay::{Registration, RegistrationError, SharedKey};
    ///
    /// # let listed = r#"{"id":"1","endpointUrl":"https://example.com/","hmacHeaderName":"x-hub-signature","algorithm":"SHA_512","status":"ACTIVE"}"#;
    /// let registration: Registration = serde_json::from_str(listed)?; // with SHA_512
    /// let error = registration.webhook(&SharedKey::new("your-shared-secret")?).unwrap_err();
    /// assert!(matches!(error, RegistrationError::UnsupportedAlgorithm { .. }));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    pub fn webhook(&self, key: &super::SharedKey) -> Result<crate::Webhook, RegistrationError> {
        // The key was checked before, so only the header name can be wrong.
        crate::Webhook::new(self.scheme()?, key.expose())
            .map_err(|_| RegistrationError::InvalidHeaderName)
    }

    fn check_status(&self) -> Result<(), RegistrationError> {
        if self.status == "ACTIVE" {
            return Ok(());
        }
        let status = shown(&self.status);
        Err(RegistrationError::NotActive { status })
    }
}

/// The maximum length, in bytes, of a word that errors show from an answer. Tokens and keys are
/// longer.
const MAX_SHOWN: usize = 32;

fn shown(word: &str) -> String {
    match word.len() {
        0..=MAX_SHOWN => word.into(),
        length => format!("({length} bytes)"),
    }
}

/// Why a registration's requests cannot be verified.
///
/// Messages show a status or an algorithm of at most 32 bytes, and nothing else from an answer.
///
/// ```
/// use hookseal::schemes::hubpay::{Registration, RegistrationError};
///
/// // Returns whether the endpoint still has to be registered.
/// fn is_new(all: &[Registration], url: &str) -> Result<bool, RegistrationError> {
///     match Registration::choose(all, url) {
///         Ok(_) => Ok(false),
///         Err(RegistrationError::NotListed) => Ok(true),
///         Err(error) => Err(error),
///     }
/// }
///
/// assert_eq!(is_new(&[], "https://example.com/webhooks/hubpay"), Ok(true));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegistrationError {
    /// The registration names no header, or one with an invalid name.
    #[error("registration has no valid hmacHeaderName; delete it and register the URL again")]
    InvalidHeaderName,
    /// The registration is not active, so it sends no requests.
    #[error("registration has status {status:?}; only ACTIVE ones send requests")]
    #[non_exhaustive]
    NotActive {
        /// The status as it was listed.
        status: String,
    },
    /// No registration has the URL.
    #[error("no registration has this URL; register it, or pass the URL exactly as it is listed")]
    NotListed,
    /// Several active registrations have the URL, perhaps with different keys.
    #[error(
        "{count} active registrations have this URL, and each sends its events; delete all but one"
    )]
    #[non_exhaustive]
    SeveralActive {
        /// How many active registrations have the URL.
        count: usize,
    },
    /// The registration names an algorithm other than HMAC-SHA-256.
    #[error("registration has algorithm {algorithm:?}; only SHA_256 is verified")]
    #[non_exhaustive]
    UnsupportedAlgorithm {
        /// The algorithm as it was listed.
        algorithm: String,
    },
}
