use crate::scheme::{Algorithm, Form, Handshake, Scheme, Separator, SignatureField};

/// Asana: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Hook-Signature`: hex |
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
/// let webhook = Webhook::new(schemes::ASANA, "asana-Secr3t/+=_0123456789")?;
/// let headers = [("X-Hook-Signature", "f5eb5fb91601917c6b877c7044866630410c0bb95cc7fd8249ebc010ee2c9128")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const ASANA: Scheme<'static> = Scheme {
    name: "asana",
    signature: SignatureField::Header("X-Hook-Signature"),
    handshake: Some(Handshake::SecretHeader("X-Hook-Secret")),
    source: "TODO",
    ..Scheme::BASE
};

/// Attio: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `x-attio-signature`: hex |
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
/// let webhook = Webhook::new(schemes::ATTIO, "attio-Secr3t/+=_0123456789")?;
/// let headers = [("x-attio-signature", "d54e2ef5fc345bbb58a6ef071a6c38dde8facdbd787a1372e53f1179fc4a1e65")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const ATTIO: Scheme<'static> = Scheme {
    name: "attio",
    signature: SignatureField::Header("x-attio-signature"),
    source: "TODO",
    ..Scheme::BASE
};

/// Cal.com: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Cal-Signature-256`: hex |
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
/// let webhook = Webhook::new(schemes::CALCOM, "calcom-Secr3t/+=_0123456789")?;
/// let headers = [("X-Cal-Signature-256", "751b1d955be3f50a1f95685d8fcaabfea436d3a8429f8caa1c1fad47d646c4ec")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const CALCOM: Scheme<'static> = Scheme {
    name: "calcom",
    signature: SignatureField::Header("X-Cal-Signature-256"),
    source: "TODO",
    ..Scheme::BASE
};

/// Checkout.com: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `cko-signature`: hex |
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
/// let webhook = Webhook::new(schemes::CHECKOUT, "checkout-Secr3t/+=_0123456789")?;
/// let headers = [("cko-signature", "aaed784ab39e98ae02c1c946680594ecd9756f6b0ec936d6fe3ac2c6dd0b2378")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const CHECKOUT: Scheme<'static> = Scheme {
    name: "checkout",
    signature: SignatureField::Header("cko-signature"),
    source: "TODO",
    ..Scheme::BASE
};

/// Checkr: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `x-checkr-signature`: hex |
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
/// let webhook = Webhook::new(schemes::CHECKR, "checkr-Secr3t/+=_0123456789-abcdef")?;
/// let headers = [("x-checkr-signature", "ec92219741d4a914fe86bbfdca09025f1eadfb163bdce9756a3151734a433b24")];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const CHECKR: Scheme<'static> = Scheme {
    name: "checkr",
    signature: SignatureField::Header("x-checkr-signature"),
    source: "TODO",
    ..Scheme::BASE
};

/// ClickUp: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Signature`: hex |
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
/// let webhook = Webhook::new(schemes::CLICKUP, "clickup-Secr3t/+=_0123456789-abcdef")?;
/// let headers = [("X-Signature", "f927d516d8175d857daf9070beec80065a61d3474e837cfe8da2c891bf513648")];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const CLICKUP: Scheme<'static> = Scheme {
    name: "clickup",
    signature: SignatureField::Header("X-Signature"),
    source: "TODO",
    ..Scheme::BASE
};

/// Coinbase Commerce: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `X-CC-Webhook-Signature`: hex |
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
/// let webhook = Webhook::new(schemes::COINBASE_COMMERCE, "coinbase-commerce-Secr3t/+=_0123456789")?;
/// let headers = [("X-CC-Webhook-Signature", "52c4a664673d10840aa92b161804737e973125750d9eb0625af42cd1a3e9cef2")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const COINBASE_COMMERCE: Scheme<'static> = Scheme {
    name: "coinbase-commerce",
    signature: SignatureField::Header("X-CC-Webhook-Signature"),
    source: "TODO",
    ..Scheme::BASE
};

/// Dropbox: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Dropbox-Signature`: hex |
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
/// let webhook = Webhook::new(schemes::DROPBOX, "dropbox-Secr3t/+=_0123456789-abcdef")?;
/// let headers = [("X-Dropbox-Signature", "e71baa8cce89a56c1b5d5b80407d68dc3226da3de8413d80480a42e9208debb0")];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const DROPBOX: Scheme<'static> = Scheme {
    name: "dropbox",
    signature: SignatureField::Header("X-Dropbox-Signature"),
    handshake: Some(Handshake::EchoQuery {
        parameter: "challenge",
        verify_token: None,
    }),
    source: "TODO",
    ..Scheme::BASE
};

/// Gitea / Forgejo: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Gitea-Signature`: hex |
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
/// let webhook = Webhook::new(schemes::GITEA, "gitea-Secr3t/+=_0123456789-abcdef")?;
/// let headers = [("X-Gitea-Signature", "5addf4ea238bd53581ab9a2851bce1dbfc5db486921d7afc151b9247d974e140")];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const GITEA: Scheme<'static> = Scheme {
    name: "gitea",
    signature: SignatureField::Header("X-Gitea-Signature"),
    source: "TODO",
    ..Scheme::BASE
};

/// GoCardless: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `Webhook-Signature`: hex |
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
/// let webhook = Webhook::new(schemes::GOCARDLESS, "gocardless-Secr3t/+=_0123456789")?;
/// let headers = [("Webhook-Signature", "05c9167fbf39cdc462cac3b9606387596319c26849fe6ad46790173fb27ce7e9")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const GOCARDLESS: Scheme<'static> = Scheme {
    name: "gocardless",
    signature: SignatureField::Header("Webhook-Signature"),
    source: "TODO",
    ..Scheme::BASE
};

/// Lemon Squeezy: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Signature`: hex |
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
/// let webhook = Webhook::new(schemes::LEMONSQUEEZY, "lemonsqueezy-Secr3t/+=_0123456789")?;
/// let headers = [("X-Signature", "068f0f4a37ec564118a64c9eef95e004d0fc5359fddaabb8e6dd56b1dd5a8909")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const LEMONSQUEEZY: Scheme<'static> = Scheme {
    name: "lemonsqueezy",
    signature: SignatureField::Header("X-Signature"),
    source: "TODO",
    ..Scheme::BASE
};

/// Linear: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `Linear-Signature`: hex |
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
/// let webhook = Webhook::new(schemes::LINEAR, "test_secret_key")?;
/// let headers = [("Linear-Signature", "d6fe7d87e27be0fa47a19aad05513445b414caae226a30677d7bdb9d78b836a0")];
/// assert!(webhook.verify(&headers, br#"{"action":"create","type":"Issue"}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const LINEAR: Scheme<'static> = Scheme {
    name: "linear",
    signature: SignatureField::Header("Linear-Signature"),
    source: "TODO",
    ..Scheme::BASE
};

/// MailerSend: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `Signature`: hex |
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
/// let webhook = Webhook::new(schemes::MAILERSEND, "mailersend-Secr3t/+=_0123456789")?;
/// let headers = [("Signature", "2df37972d7994326c4969bbe94a7455f227fb56bb91dac32a12186f153202544")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const MAILERSEND: Scheme<'static> = Scheme {
    name: "mailersend",
    signature: SignatureField::Header("Signature"),
    source: "TODO",
    ..Scheme::BASE
};

/// Onfido: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `X-SHA2-Signature`: hex |
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
/// let webhook = Webhook::new(schemes::ONFIDO, "onfido-Secr3t/+=_0123456789")?;
/// let headers = [("X-SHA2-Signature", "2593e18d2d311980df06e27e0ee7b886a951e7565e67f77a2cd96e35d9e0f07f")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const ONFIDO: Scheme<'static> = Scheme {
    name: "onfido",
    signature: SignatureField::Header("X-SHA2-Signature"),
    source: "TODO",
    ..Scheme::BASE
};

/// Pusher Channels: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Pusher-Signature`: hex |
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
/// let webhook = Webhook::new(schemes::PUSHER, "pusher-Secr3t/+=_0123456789")?;
/// let headers = [("X-Pusher-Signature", "daf4c81e0ae002efe2d70293346a1457a7675725f66acfa3fd3ca80475cb4d44")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const PUSHER: Scheme<'static> = Scheme {
    name: "pusher",
    signature: SignatureField::Header("X-Pusher-Signature"),
    source: "TODO",
    ..Scheme::BASE
};

/// Razorpay: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Razorpay-Signature`: hex |
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
/// let webhook = Webhook::new(schemes::RAZORPAY, "123456")?;
/// let headers = [("X-Razorpay-Signature", "2fe04e22977002e6c7cb553adab8b460cb9e2a4970d5953cb27a8472752e3bbc")];
/// assert!(webhook.verify(&headers, br#"{"a":1,"b":2,"c":{"d":3}}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const RAZORPAY: Scheme<'static> = Scheme {
    name: "razorpay",
    signature: SignatureField::Header("X-Razorpay-Signature"),
    source: "TODO",
    ..Scheme::BASE
};

/// Sentry: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `Sentry-Hook-Signature`: hex |
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
/// let webhook = Webhook::new(schemes::SENTRY, "sentry-Secr3t/+=_0123456789")?;
/// let headers = [("Sentry-Hook-Signature", "6b436f8300bd67841f78c397a2635bd9425f85c7abed42ddaa37ac5e83d27b5c")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const SENTRY: Scheme<'static> = Scheme {
    name: "sentry",
    signature: SignatureField::Header("Sentry-Hook-Signature"),
    source: "TODO",
    ..Scheme::BASE
};

/// EasyPost: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Hmac-Signature`: `hmac-sha256-hex=` hex |
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
/// let webhook = Webhook::new(schemes::EASYPOST, "easypost-Secr3t/+=_0123456789")?;
/// let headers = [("X-Hmac-Signature", "hmac-sha256-hex=33dc9cf7e2139b6c70c3da439671b4c0fa5a189bbeb4639a9c7c578bc7060234")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const EASYPOST: Scheme<'static> = Scheme {
    name: "easypost",
    signature: SignatureField::Header("X-Hmac-Signature"),
    forms: &[Form::hex("hmac-sha256-hex=")],
    source: "TODO",
    ..Scheme::BASE
};

/// Paystack: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `x-paystack-signature`: hex of HMAC-SHA-512 |
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
/// let webhook = Webhook::new(schemes::PAYSTACK, "paystack-Secr3t/+=_0123456789")?;
/// let headers = [("x-paystack-signature", "1ecd3e9873962d6dc35ebc47ada3f5cfa7be2c353c9494eda80e18c7dfd04483bf6513d514d6f25bf826951ce80dd1bf2940b123d7961d4f71dff14e087ad209")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const PAYSTACK: Scheme<'static> = Scheme {
    name: "paystack",
    signature: SignatureField::Header("x-paystack-signature"),
    forms: &[Form::hex("").with_algorithm(Algorithm::HmacSha512)],
    source: "TODO",
    ..Scheme::BASE
};

/// PagerDuty v3: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | list in `X-PagerDuty-Signature`: `v1=` hex |
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
/// let webhook = Webhook::new(schemes::PAGERDUTY, "pagerduty-Secr3t/+=_0123456789")?;
/// let headers = [("X-PagerDuty-Signature", "v1=5ee4c2a0b4a44ce5afb75882098451ea8e8e7e2d773e986208c01853d32ab062")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const PAGERDUTY: Scheme<'static> = Scheme {
    name: "pagerduty",
    signature: SignatureField::List {
        header: "X-PagerDuty-Signature",
        separator: Separator::Comma,
    },
    forms: &[Form::hex("v1=")],
    source: "TODO",
    ..Scheme::BASE
};

/// CircleCI: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | list in `circleci-signature`: `v1=` hex |
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
/// let webhook = Webhook::new(schemes::CIRCLECI, "secret")?;
/// let headers = [("circleci-signature", "v1=734cc62f32841568f45715aeb9f4d7891324e6d948e4c6c60c0621cdac48623a")];
/// assert!(webhook.verify(&headers, b"hello world").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const CIRCLECI: Scheme<'static> = Scheme {
    name: "circleci",
    signature: SignatureField::List {
        header: "circleci-signature",
        separator: Separator::Comma,
    },
    source: "TODO",
    ..PAGERDUTY
};

/// Worldpay Access: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | list in `Event-Signature`: key id `/SHA256/` hex |
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
/// let webhook = Webhook::new(schemes::WORLDPAY, Key::from("worldpay-Secr3t/+=_0123456789-abcdef").with_id("1"))?;
/// let headers = [("Event-Signature", "1/SHA256/8dc1985f08699a49a1491dcfdb22eb4d6c11445e23d97a66a0b1f0b49b51e6e9")];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const WORLDPAY: Scheme<'static> = Scheme {
    name: "worldpay",
    signature: SignatureField::List {
        header: "Event-Signature",
        separator: Separator::Comma,
    },
    forms: &[Form {
        after_key_id: Some("/SHA256/"),
        ..Form::hex("")
    }],
    source: "TODO",
    ..Scheme::BASE
};
