//! The catalogue: how each sender signs.
//!
//! A `const` for each sender, to be held against the sender's page. This table is
//! made from the data:
//!
#![doc = include_str!("table.md")]
//!
//! Where nothing else is said, the signature is that of HMAC-SHA-256. Ed25519 needs
//! the feature `ed25519`, and HMAC-SHA-1 the feature `sha1`. The module
//! [`scheme`](crate::scheme) shows how to declare a sender that is not here.

mod base64;
mod hex;
pub mod hubpay;
mod pakk;
mod paminga;
mod pomelo;
mod request_line;
mod sha1;
mod sha256_prefix;
mod standard_webhooks;
mod timed;
mod timed_list;

use crate::scheme::Scheme;

pub use base64::*;
pub use hex::*;
#[doc(inline)]
pub use hubpay::HUBPAY;
pub use pakk::*;
pub use paminga::*;
pub use pomelo::*;
pub use request_line::*;
pub use sha1::*;
pub use sha256_prefix::*;
pub use standard_webhooks::*;
pub use timed::*;
pub use timed_list::*;

/// Every scheme of the catalogue, each with a name of its own.
///
/// ```
/// use hookseal::schemes;
///
/// let names: Vec<&str> = schemes::ALL.iter().map(|scheme| scheme.name).collect();
/// assert!(names.contains(&"standard-webhooks"));
/// ```
pub const ALL: &[Scheme<'static>] = &[
    ADYEN_BANKING,
    AFTERSHIP,
    ANTHROPIC,
    ASANA,
    ATTIO,
    AUTOTASK,
    BITBUCKET,
    BOX,
    BUILDKITE,
    CALCOM,
    CALENDLY,
    CASHFREE,
    CHECKOUT,
    CHECKR,
    CIRCLECI,
    CLERK,
    CLICKUP,
    COINBASE_COMMERCE,
    CONNECTWISE,
    CONTENTFUL,
    CURSOR,
    DISCORD,
    DOCUSIGN,
    DODOPAYMENTS,
    DOPPLER,
    DROPBOX,
    EASYPOST,
    ELEVENLABS,
    FATHOM,
    FLINKS,
    FLUTTERWAVE_V4,
    FOLK,
    FOURTHWALL,
    GITEA,
    GITHUB,
    GITLAB_SIGNING,
    GOCARDLESS,
    GRAFANA,
    HEROKU,
    HOOK0_V0,
    HOOK0_V1,
    HUBPAY,
    HUBSPOT_V3,
    INTERCOM,
    INTUIT,
    JIRA,
    JOBBER,
    LEMONSQUEEZY,
    LINE,
    LINEAR,
    MAILERSEND,
    MAKE,
    META,
    MOLLIE,
    MOONPAY,
    MUX,
    NOTION,
    ONFIDO,
    OPENAI,
    PADDLE,
    PAGERDUTY,
    PAKK,
    PAMINGA,
    PAYSTACK,
    PODIUM,
    POLAR,
    POMELO,
    POMELO_BODY_FIRST,
    PUSHER,
    RAZORPAY,
    RENDER,
    REPLICATE,
    RESEND,
    SANITY,
    SCALR,
    SENTRY,
    SHOPIFY,
    SIGNABLE,
    SIGNATUREAPI,
    SLACK,
    SQUARE,
    STANDARD_WEBHOOKS,
    STRIPE,
    SUPABASE,
    SVIX,
    TAILSCALE,
    TELNYX,
    TRELLO,
    TWITCH,
    TWITTER,
    TYPEFORM,
    VERCEL,
    WEBEX,
    WEBFLOW,
    WOOCOMMERCE,
    WORKOS,
    WORLDLINE,
    WORLDPAY,
    XERO,
    ZAVU,
    ZENDESK,
    ZOOM,
];

/// Returns the scheme of the catalogue with this name.
///
/// ```
/// use hookseal::schemes;
///
/// assert_eq!(schemes::by_name("pakk"), Some(schemes::PAKK));
/// assert_eq!(schemes::by_name("no-such-sender"), None);
/// ```
#[must_use]
pub fn by_name(name: &str) -> Option<Scheme<'static>> {
    ALL.iter().find(|scheme| scheme.name == name).copied()
}
