//! What Hubpay keeps of an endpoint.

use alloc::format;
use alloc::string::String;

use http::Response;
use serde::{Deserialize, Deserializer, Serialize};

use super::HUBPAY;
use super::answer::{self, ApiError};
use crate::scheme::Scheme;

/// A registered endpoint, as an entry of the list shows it.
///
/// Other fields of an entry are left out.
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
    /// What Hubpay calls the registration, for example to delete it.
    pub id: String,
    /// Where events are sent: the `callbackUrl` that was registered.
    pub endpoint_url: String,
    /// The header that carries the MAC. Empty if the registration has none.
    #[serde(default, deserialize_with = "or_empty")]
    pub hmac_header_name: String,
    /// The MAC's hash: `SHA_256` is the only one verified. Empty if the registration has
    /// none, and so none of its requests is signed with a shared key.
    #[serde(default, deserialize_with = "or_empty")]
    pub algorithm: String,
    /// `ACTIVE`, or the registration sends nothing.
    pub status: String,
}

/// Reads `null` as the empty text: one registration without a MAC must not hide the others.
fn or_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

impl Registration {
    /// Reads the answer to [`Account::register`](super::Account::register).
    ///
    /// `Ok` means that the endpoint is registered. The provider's page does not say what
    /// such an answer contains, so it is a registration only if it reads as one. The
    /// [list](super::Account::list) shows it in any case.
    ///
    /// # Errors
    ///
    /// By the answer's status: [`ApiError::BadRequest`], [`ApiError::Unauthorized`],
    /// [`ApiError::Forbidden`], [`ApiError::Redirect`], and [`ApiError::UnexpectedStatus`].
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

    /// Returns the one registration of a list that is active and has this URL, compared byte
    /// by byte.
    ///
    /// # Errors
    ///
    /// [`RegistrationError::NotListed`] if none has the URL,
    /// [`RegistrationError::NotActive`] if none of those that have it is active, and
    /// [`RegistrationError::SeveralActive`] if more than one is.
    ///
    /// ```
    /// use hookseal::schemes::hubpay::{Registration, RegistrationError};
    ///
    /// # let listed = |status| format!(r#"{{"id":"1","endpointUrl":"https://example.com/webhooks/hubpay","status":"{status}"}}"#);
    /// # let (old, new) = (serde_json::from_str(&listed("PAUSED"))?, serde_json::from_str(&listed("ACTIVE"))?);
    /// let all: [Registration; 2] = [old, new]; // with one URL
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

    /// Returns the scheme that this registration's requests are signed by.
    ///
    /// During a rotation of keys, pass it to [`Webhook::new`](crate::Webhook::new) with both.
    ///
    /// # Errors
    ///
    /// [`RegistrationError::UnsupportedAlgorithm`] for any algorithm but
    /// `SHA_256`, [`RegistrationError::NotActive`] for any status but `ACTIVE`.
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
    /// It is not there on `wasm32-unknown-unknown`, which has no clock:
    /// [`Webhook::new_with_clock`](crate::Webhook::new_with_clock) takes the
    /// [`scheme`](Self::scheme) there.
    ///
    /// # Errors
    ///
    /// As [`scheme`](Self::scheme), and [`RegistrationError::InvalidHeaderName`] if
    /// [`hmac_header_name`](Self::hmac_header_name) is none.
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
        // Of a key that was checked, nothing else can be wrong.
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

/// The longest word of an answer that errors show, in bytes. No token or key is as short.
const MAX_SHOWN: usize = 32;

fn shown(word: &str) -> String {
    match word.len() {
        0..=MAX_SHOWN => word.into(),
        length => format!("({length} bytes)"),
    }
}

/// Why a registration's requests cannot be verified.
///
/// It shows a status or an algorithm of at most 32 bytes, and nothing else of an answer.
///
/// ```
/// use hookseal::schemes::hubpay::{Registration, RegistrationError};
///
/// // Whether the endpoint is still to be registered.
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
    /// The registration names no header, or one that cannot be.
    #[error("registration has no valid hmacHeaderName; delete it and register the URL again")]
    InvalidHeaderName,
    /// The registration is not active, so no request would come from it.
    #[error("registration has status {status:?}; only ACTIVE ones send requests")]
    #[non_exhaustive]
    NotActive {
        /// The status as it was listed.
        status: String,
    },
    /// No registration has the URL.
    #[error("no registration has this URL; register it, or pass the URL exactly as it is listed")]
    NotListed,
    /// Several active registrations have the URL, each perhaps with another key.
    #[error(
        "{count} active registrations have this URL, and each sends its events; delete all but one"
    )]
    #[non_exhaustive]
    SeveralActive {
        /// How many.
        count: usize,
    },
    /// The registration names another algorithm than HMAC-SHA-256.
    #[error("registration has algorithm {algorithm:?}; only SHA_256 is verified")]
    #[non_exhaustive]
    UnsupportedAlgorithm {
        /// The algorithm as it was listed.
        algorithm: String,
    },
}
