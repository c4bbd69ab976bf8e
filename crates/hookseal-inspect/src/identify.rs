//! Finds the schemes that a request looks like, and the one under which the secrets verify it.

use std::sync::Arc;

use hookseal::clock::Timestamp;
use hookseal::schemes;

use crate::capture::Capture;
use crate::judge::{Coverage, Judge, Verdict};
use crate::secret::Secret;
use crate::setup::{Setup, has_headers};

/// What a request looks like.
pub struct Likeness {
    /// The schemes whose headers it has.
    pub schemes: Vec<&'static str>,
    /// The scheme under which it is verified.
    pub verified: Option<(&'static str, Coverage)>,
}

/// Returns whether many senders use this scheme.
pub fn is_general(scheme: &str) -> bool {
    matches!(scheme, "standard-webhooks" | "svix")
}

/// Compares a request with every scheme of the catalogue. It was received at `received_at`,
/// or else now.
pub fn identify(
    capture: &Capture,
    secrets: &Arc<Vec<Secret>>,
    received_at: Option<Timestamp>,
) -> Likeness {
    let mut likeness = Likeness {
        schemes: Vec::new(),
        verified: None,
    };
    let alike = schemes::ALL
        .iter()
        .filter(|scheme| has_headers(scheme, &capture.headers));
    for scheme in alike {
        likeness.schemes.push(scheme.name);
        // If a general scheme verifies the request too, it is named: the sender is unknown.
        if likeness.verified.is_some() && !is_general(scheme.name) {
            continue;
        }
        // A secret that is invalid for this scheme does not keep the others from being tried.
        for secret in secrets.iter() {
            let judge = Judge {
                setup: Setup::of(*scheme),
                secrets: Arc::new(vec![secret.copy()]),
                received_at,
            };
            if let Ok(Verdict::Verified(coverage)) = judge.verify(capture) {
                likeness.verified = Some((scheme.name, coverage));
                break;
            }
        }
    }
    likeness
}
