//! Which schemes a request looks like, and which of them the secrets match.

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

/// Returns whether many senders sign as this scheme says.
pub fn is_general(scheme: &str) -> bool {
    matches!(scheme, "standard-webhooks" | "svix")
}

/// Compares a request with every scheme of the catalogue, as one that was received then, or
/// else now.
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
        // Then the sender is not known, and they are.
        if likeness.verified.is_some() && !is_general(scheme.name) {
            continue;
        }
        // A secret that is none of this scheme's keeps no other from being tried.
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
