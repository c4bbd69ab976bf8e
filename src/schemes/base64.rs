use crate::scheme::{Form, Scheme, SecretForm, SignatureField};

const BASE64: &[Form<'static>] = &[Form::base64("")];

/// AfterShip: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `as-signature-hmac-sha256`: base64 |
/// | signed | body |
/// | expires | never |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::AFTERSHIP, "aftership-Secr3t/+=_0123456789")?;
/// let headers = [("as-signature-hmac-sha256", "BS6WU/4i6BIPw3zk4ZjDSgVfckJsok2QB6nTU+Sm3NE=")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const AFTERSHIP: Scheme<'static> = Scheme {
    name: "aftership",
    signature: SignatureField::Header("as-signature-hmac-sha256"),
    forms: BASE64,
    source: "TODO",
    ..Scheme::BASE
};

/// Flutterwave (v4): TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `flutterwave-signature`: base64 |
/// | signed | body |
/// | expires | never |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::FLUTTERWAVE_V4, "flutterwave-v4-Secr3t/+=_0123456789")?;
/// let headers = [("flutterwave-signature", "A9IAu/W/V/OOzaBci6YDLZHoO130mfc4JmSwMJ3ArYM=")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const FLUTTERWAVE_V4: Scheme<'static> = Scheme {
    name: "flutterwave-v4",
    signature: SignatureField::Header("flutterwave-signature"),
    forms: BASE64,
    source: "TODO",
    ..Scheme::BASE
};

/// Fourthwall: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Fourthwall-Hmac-SHA256`: base64 |
/// | signed | body |
/// | expires | never |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::FOURTHWALL, "fourthwall-Secr3t/+=_0123456789")?;
/// let headers = [("X-Fourthwall-Hmac-SHA256", "LCVN14ICaXPjbGh5f1ejYQbXxtl79R/AWq0r3mBI1lY=")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const FOURTHWALL: Scheme<'static> = Scheme {
    name: "fourthwall",
    signature: SignatureField::Header("X-Fourthwall-Hmac-SHA256"),
    forms: BASE64,
    source: "TODO",
    ..Scheme::BASE
};

/// Heroku: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `Heroku-Webhook-Hmac-SHA256`: base64 |
/// | signed | body |
/// | expires | never |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::HEROKU, "heroku-Secr3t/+=_0123456789")?;
/// let headers = [("Heroku-Webhook-Hmac-SHA256", "P/4WeqBkaFE2TE3qKxgqKOG8I6SVC4Wn5bb97YGLMqE=")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const HEROKU: Scheme<'static> = Scheme {
    name: "heroku",
    signature: SignatureField::Header("Heroku-Webhook-Hmac-SHA256"),
    forms: BASE64,
    source: "TODO",
    ..Scheme::BASE
};

/// Intuit / QuickBooks: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `intuit-signature`: base64 |
/// | signed | body |
/// | expires | never |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::INTUIT, "intuit-Secr3t/+=_0123456789")?;
/// let headers = [("intuit-signature", "VdkqIgauN53VejTAeFylkrhtBjcBJkNcA89i+8VH22s=")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const INTUIT: Scheme<'static> = Scheme {
    name: "intuit",
    signature: SignatureField::Header("intuit-signature"),
    forms: BASE64,
    source: "TODO",
    ..Scheme::BASE
};

/// Jobber: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `x-jobber-hmac-sha256`: base64 |
/// | signed | body |
/// | expires | never |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::JOBBER, "jobber-Secr3t/+=_0123456789-abcdef")?;
/// let headers = [("x-jobber-hmac-sha256", "jJm8qK9TE5WBey4hJq/64tdYn/tVCU+XUR82bWvEivg=")];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const JOBBER: Scheme<'static> = Scheme {
    name: "jobber",
    signature: SignatureField::Header("x-jobber-hmac-sha256"),
    forms: BASE64,
    source: "TODO",
    ..Scheme::BASE
};

/// LINE: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `x-line-signature`: base64 |
/// | signed | body |
/// | expires | never |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::LINE, "line-Secr3t/+=_0123456789-abcdef")?;
/// let headers = [("x-line-signature", "4B2H1bVaV/EfcoexwLgOAkkc2O5cH7r6Hptmtdy1f0k=")];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const LINE: Scheme<'static> = Scheme {
    name: "line",
    signature: SignatureField::Header("x-line-signature"),
    forms: BASE64,
    source: "TODO",
    ..Scheme::BASE
};

/// Shopify: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Shopify-Hmac-Sha256`: base64 |
/// | signed | body |
/// | expires | never |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::SHOPIFY, "It's a Secret to Everybody")?;
/// let headers = [("X-Shopify-Hmac-Sha256", "dXEH6g6yUJ/CESIczphLijdXC211hsIsRvQ3nIsEPhc=")];
/// assert!(webhook.verify(&headers, b"Hello, World!").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const SHOPIFY: Scheme<'static> = Scheme {
    name: "shopify",
    signature: SignatureField::Header("X-Shopify-Hmac-Sha256"),
    forms: BASE64,
    source: "TODO",
    ..Scheme::BASE
};

/// Signable: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `Signature`: base64 |
/// | signed | body |
/// | expires | never |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::SIGNABLE, "signable-Secr3t/+=_0123456789")?;
/// let headers = [("Signature", "RzJoULD7yfwmFndxOen+mvYc6YPG0qT5psovah6QCrE=")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const SIGNABLE: Scheme<'static> = Scheme {
    name: "signable",
    signature: SignatureField::Header("Signature"),
    forms: BASE64,
    source: "TODO",
    ..Scheme::BASE
};

/// WooCommerce: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `X-WC-Webhook-Signature`: base64 |
/// | signed | body |
/// | expires | never |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::WOOCOMMERCE, "woocommerce-Secr3t/+=_0123456789-abcdef")?;
/// let headers = [("X-WC-Webhook-Signature", "tzbHLVJa6iuNlj5hXZ9aA/2kmKhDM7WNDskG61IKSbQ=")];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const WOOCOMMERCE: Scheme<'static> = Scheme {
    name: "woocommerce",
    signature: SignatureField::Header("X-WC-Webhook-Signature"),
    forms: BASE64,
    source: "TODO",
    ..Scheme::BASE
};

/// Xero: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `x-xero-signature`: base64 |
/// | signed | body |
/// | expires | never |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::XERO, "xero-Secr3t/+=_0123456789-abcdef")?;
/// let headers = [("x-xero-signature", "dre3A+FErOvZ6paLrponOQsD0QCczml3LPGzMrW4N6s=")];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const XERO: Scheme<'static> = Scheme {
    name: "xero",
    signature: SignatureField::Header("x-xero-signature"),
    forms: BASE64,
    source: "TODO",
    ..Scheme::BASE
};

/// DocuSign Connect: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `X-DocuSign-Signature-1` and on: base64 |
/// | signed | body |
/// | expires | never |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::DOCUSIGN, "docusign-Secr3t/+=_0123456789-abcdef")?;
/// let headers = [("X-DocuSign-Signature-1", "2UC5Kk9kpdbeoFIbvm9Wev4v3Bha+2DV7zY5zWvDdbI=")];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const DOCUSIGN: Scheme<'static> = Scheme {
    name: "docusign",
    signature: SignatureField::Numbered("X-DocuSign-Signature"),
    forms: BASE64,
    source: "TODO",
    ..Scheme::BASE
};

/// Typeform: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `Typeform-Signature`: `sha256=` base64 |
/// | signed | body |
/// | expires | never |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::TYPEFORM, "typeform-Secr3t/+=_0123456789-abcdef")?;
/// let headers = [("Typeform-Signature", "sha256=PHMX4ZB+4PGSQVqo7hx29J5KqNaHbtmwkhRJ3b2tSus=")];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const TYPEFORM: Scheme<'static> = Scheme {
    name: "typeform",
    signature: SignatureField::Header("Typeform-Signature"),
    forms: &[Form::base64("sha256=")],
    source: "TODO",
    ..Scheme::BASE
};

/// X / Twitter: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `x-twitter-webhooks-signature`: `sha256=` base64 |
/// | signed | body |
/// | expires | never |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::TWITTER, "twitter-Secr3t/+=_0123456789-abcdef")?;
/// let headers = [("x-twitter-webhooks-signature", "sha256=Wr+41UMEKQhBtmTqtDom+CdQIBniVHmw0C5NiUVMOQw=")];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const TWITTER: Scheme<'static> = Scheme {
    name: "twitter",
    signature: SignatureField::Header("x-twitter-webhooks-signature"),
    forms: &[Form::base64("sha256=")],
    source: "TODO",
    ..Scheme::BASE
};

/// Worldline Connect: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `X-GCS-Signature`: base64 |
/// | signed | body |
/// | expires | never |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{Key, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::WORLDLINE, Key::from("worldline-Secr3t/+=_0123456789-abcdef").with_id("key-1"))?;
/// let headers = [
///     ("X-GCS-KeyId", "key-1"),
///     ("X-GCS-Signature", "BpJsmXcapoy+4y0O8e84vOsXDEw0IxwyQ95R+SuDcLQ="),
/// ];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const WORLDLINE: Scheme<'static> = Scheme {
    name: "worldline",
    signature: SignatureField::Header("X-GCS-Signature"),
    forms: BASE64,
    key_id: Some("X-GCS-KeyId"),
    source: "TODO",
    ..Scheme::BASE
};

/// Adyen (banking, management): TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `HmacSignature`: base64 |
/// | signed | body |
/// | expires | never |
/// | secret | hex, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::ADYEN_BANKING, "0708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20212223242526")?;
/// let headers = [("HmacSignature", "xSRWIMEA6gDM8C9R8ofFfS3PxXuxBTlQGSqb/coGemk=")];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const ADYEN_BANKING: Scheme<'static> = Scheme {
    name: "adyen-banking",
    signature: SignatureField::Header("HmacSignature"),
    forms: BASE64,
    secret: SecretForm::Hex,
    source: "TODO",
    ..Scheme::BASE
};

/// ConnectWise PSA: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `x-content-signature`: base64 |
/// | signed | body |
/// | expires | never |
/// | secret | SHA-256 of a text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::CONNECTWISE, "connectwise-Secr3t/+=_0123456789-abcdef")?;
/// let headers = [("x-content-signature", "ZT8X7Jk1qnfdpXMbQPEMZIYTmBozkYe+EtvzVxq4uoE=")];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const CONNECTWISE: Scheme<'static> = Scheme {
    name: "connectwise",
    signature: SignatureField::Header("x-content-signature"),
    forms: BASE64,
    secret: SecretForm::Sha256OfText,
    source: "TODO",
    ..Scheme::BASE
};
