//! The catalogue: how each sender signs.
//!
//! Each sender has a `const`, which you can compare with the sender's documentation.
//! Its page here says what is signed and what is not, where to find the secret, when a
//! request expires, what the sender does after a failure, which source it comes from,
//! and how it was checked. This table is generated from the schemes:
//!
#![doc = include_str!("table.md")]
//!
//! Unless a page says otherwise, the signature is HMAC-SHA-256. Ed25519 needs the
//! feature `ed25519`, and HMAC-SHA-1 the feature `sha1`.
//!
//! # Senders that are not here
//!
//! The module [`scheme`](crate::scheme) shows how to declare another sender. Some
//! senders cannot be declared, for these reasons:
//!
//! - **The body is not covered**: Mercado Pago, Plivo v2, Mailgun, Dropbox Sign,
//!   Mailomat. A [`Verified`](crate::Verified) must never contain a body that is not
//!   signed.
//! - **Fields are signed, not the bytes of the body**: Adyen (payments), Twilio,
//!   Mandrill, Plivo v3, Braintree. They need code, a
//!   [`Canonicalize`](crate::scheme::Canonicalize): `examples/custom_scheme.rs`
//!   contains Twilio's.
//! - **A digest or another form of the body is signed**: fal.ai, MailChannels, Hygraph,
//!   MoneyHash.
//! - **Other kinds of signatures**: RSA (Kick, Wise, HighLevel, PayPal, Amazon SNS), ECDSA
//!   (SendGrid), JWT (Plaid, Netlify, FusionAuth, Vonage, Google Pub/Sub, Hanko).
//! - **No signature**: a hash without a key (HubSpot v1 and v2, Cloudinary, Sellsy), or
//!   the secret itself in a header (GitLab's token, Telegram, Postmark, Chargebee,
//!   Deepgram, Brevo, Pipedrive, Flutterwave v3). Whoever captures that secret can
//!   forge any request.

mod base64;
mod hex;
pub mod hubpay;
mod pakk;
mod paminga;
pub mod pomelo;
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
#[doc(inline)]
pub use pomelo::{POMELO, POMELO_BODY_FIRST};
pub use request_line::*;
pub use sha1::*;
pub use sha256_prefix::*;
pub use standard_webhooks::*;
pub use timed::*;
pub use timed_list::*;

/// All schemes in the catalogue. Each has a unique name.
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

/// Returns the scheme in the catalogue with this name.
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
