use crate::clock::ReplayWindow;
use crate::scheme::{
    Field, Form, HeaderList, Part, Scheme, Separator, SignatureField, TimestampField,
};

/// Stripe: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | list in `Stripe-Signature`: `v1=` hex |
/// | signed | timestamp `.` body |
/// | expires | 300 s by `t=` |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{FixedClock, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::STRIPE, "whsec_test_secret")?
///     .with_clock(FixedClock::at(1_700_000_000));
/// let headers = [("Stripe-Signature", "t=1700000000,v1=d95c6b7477fbd7e9f90b1b0ef5f9c7ac25abca5382460e0d988c2b2a5b71b990")];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_test_webhook","object":"event"}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const STRIPE: Scheme<'static> = Scheme {
    name: "stripe",
    signature: SignatureField::List {
        header: "Stripe-Signature",
        separator: Separator::Comma,
    },
    forms: &[Form::hex("v1=")],
    timestamp: Some(TimestampField::seconds(Field::Param("t"))),
    signed: &[Part::Timestamp, Part::Text("."), Part::Body],
    source: "TODO",
    ..Scheme::BASE
};

/// WorkOS: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | list in `WorkOS-Signature`: `v1=` hex |
/// | signed | timestamp `.` body |
/// | expires | 180 s by `t=`, in ms |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{FixedClock, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::WORKOS, "workos-Secr3t/+=_0123456789")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [("WorkOS-Signature", "t=1794999998257, v1=0ad01d329ef8edfaa70f77e90463ccf76da74c63f78f32bb5a646a3e3a5901df")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const WORKOS: Scheme<'static> = Scheme {
    name: "workos",
    signature: SignatureField::List {
        header: "WorkOS-Signature",
        separator: Separator::Comma,
    },
    timestamp: Some(TimestampField::milliseconds(Field::Param("t"))),
    window: Some(ReplayWindow::from_secs(180)),
    source: "TODO",
    ..STRIPE
};

/// Calendly: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | list in `Calendly-Webhook-Signature`: `v1=` hex |
/// | signed | timestamp `.` body |
/// | expires | 180 s by `t=` |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{FixedClock, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::CALENDLY, "calendly-Secr3t/+=_0123456789")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [("Calendly-Webhook-Signature", "t=1794999998,v1=a44d1f9b74f862a22099a7b297d49def9c3ff52385a3f45327d7c17196cad59f")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const CALENDLY: Scheme<'static> = Scheme {
    name: "calendly",
    signature: SignatureField::List {
        header: "Calendly-Webhook-Signature",
        separator: Separator::Comma,
    },
    window: Some(ReplayWindow::from_secs(180)),
    source: "TODO",
    ..STRIPE
};

/// Mux: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | list in `Mux-Signature`: `v1=` hex |
/// | signed | timestamp `.` body |
/// | expires | 300 s by `t=` |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{FixedClock, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::MUX, "mux-Secr3t/+=_0123456789-abcdef")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [("Mux-Signature", "t=1794999998,v1=2f9842e145304cb5179440a088c9439e6f6457c37382194120229213d63804ce")];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const MUX: Scheme<'static> = Scheme {
    name: "mux",
    signature: SignatureField::List {
        header: "Mux-Signature",
        separator: Separator::Comma,
    },
    source: "TODO",
    ..STRIPE
};

/// ElevenLabs: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | list in `ElevenLabs-Signature`: `v0=` hex |
/// | signed | timestamp `.` body |
/// | expires | 1800 s by `t=` |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{FixedClock, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::ELEVENLABS, "elevenlabs-Secr3t/+=_0123456789")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [("ElevenLabs-Signature", "t=1794999998,v0=c76b1937f567b8130693e62998cd75377bba53dec11a8b113f1a035269226baa")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const ELEVENLABS: Scheme<'static> = Scheme {
    name: "elevenlabs",
    signature: SignatureField::List {
        header: "ElevenLabs-Signature",
        separator: Separator::Comma,
    },
    forms: &[Form::hex("v0=")],
    window: Some(ReplayWindow::from_secs(1800)),
    source: "TODO",
    ..STRIPE
};

/// Tailscale: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | list in `Tailscale-Webhook-Signature`: `v1=` hex |
/// | signed | timestamp `.` body |
/// | expires | 300 s by `t=` |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{FixedClock, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::TAILSCALE, "tailscale-Secr3t/+=_0123456789-abcdef")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [("Tailscale-Webhook-Signature", "t=1794999998,v1=061451937a46490763cee8b38aa1775b38370f2ca31b5b6f62d502e1840d7a8f")];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const TAILSCALE: Scheme<'static> = Scheme {
    name: "tailscale",
    signature: SignatureField::List {
        header: "Tailscale-Webhook-Signature",
        separator: Separator::Comma,
    },
    source: "TODO",
    ..STRIPE
};

/// Buildkite: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | list in `X-Buildkite-Signature`: `signature=` hex |
/// | signed | timestamp `.` body |
/// | expires | 300 s by `timestamp=` |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{FixedClock, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::BUILDKITE, "buildkite-Secr3t/+=_0123456789-abcdef")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [("X-Buildkite-Signature", "timestamp=1794999998,signature=868e5879d5278b25e1335296f1861d3ee6d36c917a0528da2e0f2785881cce3c")];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const BUILDKITE: Scheme<'static> = Scheme {
    name: "buildkite",
    signature: SignatureField::List {
        header: "X-Buildkite-Signature",
        separator: Separator::Comma,
    },
    forms: &[Form::hex("signature=")],
    timestamp: Some(TimestampField::seconds(Field::Param("timestamp"))),
    source: "TODO",
    ..STRIPE
};

/// MoonPay: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | list in `Moonpay-Signature-V2`: `s=` hex |
/// | signed | timestamp `.` body |
/// | expires | 300 s by `t=` |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{FixedClock, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::MOONPAY, "moonpay-Secr3t/+=_0123456789")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [("Moonpay-Signature-V2", "t=1794999998,s=476fb98d810413ea08807d1fd8495bb119155da42e11acba2684e3e1fdef3f90")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const MOONPAY: Scheme<'static> = Scheme {
    name: "moonpay",
    signature: SignatureField::List {
        header: "Moonpay-Signature-V2",
        separator: Separator::Comma,
    },
    forms: &[Form::hex("s=")],
    source: "TODO",
    ..STRIPE
};

/// Zavu: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | list in `X-Zavu-Signature`: `v1=` hex |
/// | signed | timestamp `.` body |
/// | expires | 300 s by `t=` |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{FixedClock, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::ZAVU, "zavu-Secr3t/+=_0123456789")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [("X-Zavu-Signature", "t=1794999998,v1=32df7a4be619dca578719b6e1e2e8745d48ebd70a39d6ac5aff4fa93d4488d81")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const ZAVU: Scheme<'static> = Scheme {
    name: "zavu",
    signature: SignatureField::List {
        header: "X-Zavu-Signature",
        separator: Separator::Comma,
    },
    source: "TODO",
    ..STRIPE
};

/// MoneyHash: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | list in `MoneyHash-Signature`: `v1=` hex |
/// | signed | timestamp `.` body |
/// | expires | 300 s by `t=` |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{FixedClock, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::MONEYHASH, "moneyhash-Secr3t/+=_0123456789-abcdef")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [("MoneyHash-Signature", "t=1794999998,v1=9e6d799fe403d4ecf42bb936edec2243be0df1cde586779a0d00339ac0edae12")];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const MONEYHASH: Scheme<'static> = Scheme {
    name: "moneyhash",
    signature: SignatureField::List {
        header: "MoneyHash-Signature",
        separator: Separator::Comma,
    },
    source: "TODO",
    ..STRIPE
};

/// Hook0 (v0): TODO.
///
/// | | |
/// | --- | --- |
/// | signature | list in `X-Hook0-Signature`: `v0=` hex |
/// | signed | timestamp `.` body |
/// | expires | 300 s by `t=` |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{FixedClock, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::HOOK0_V0, "a-subscription-secret")?
///     .with_clock(FixedClock::at(1_800_000_000));
/// let headers = [("X-Hook0-Signature", "t=1800000000,v0=d17d66b66fca89390c5b967c45e8928fc732db07a0aabe8167b1e98213081ffe")];
/// assert!(webhook.verify(&headers, br#"{"event":"user.created"}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const HOOK0_V0: Scheme<'static> = Scheme {
    name: "hook0-v0",
    signature: SignatureField::List {
        header: "X-Hook0-Signature",
        separator: Separator::Comma,
    },
    forms: &[Form::hex("v0=")],
    source: "TODO",
    ..STRIPE
};

/// Hook0 (v1), Coinbase CDP (X-Hook0-Signature): TODO.
///
/// | | |
/// | --- | --- |
/// | signature | list in `X-Hook0-Signature`: `v1=` hex |
/// | signed | timestamp `.` names of headers `.` headers `.` body |
/// | expires | 300 s by `t=` |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{FixedClock, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::HOOK0_V1, "hook0-v1-Secr3t/+=_0123456789-abcdef")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [
///     ("x-event-id", "evt-1"),
///     ("x-event-type", "user.created"),
///     ("X-Hook0-Signature", "t=1794999998,h=x-event-id x-event-type,v1=20b118ce97c4f32ae6e4caa3904635751f885097b1b8c32946a131e3827f4acd"),
/// ];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const HOOK0_V1: Scheme<'static> = Scheme {
    name: "hook0-v1",
    signature: SignatureField::List {
        header: "X-Hook0-Signature",
        separator: Separator::Comma,
    },
    header_list: Some(HeaderList {
        names: Field::Param("h"),
        separator: Separator::Space,
        allowed: &["x-event-id", "x-event-type"],
    }),
    signed: &[
        Part::Timestamp,
        Part::Text("."),
        Part::HeaderNames,
        Part::Text("."),
        Part::HeaderValues("."),
        Part::Text("."),
        Part::Body,
    ],
    source: "TODO",
    ..STRIPE
};

/// Paddle Billing: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | list in `Paddle-Signature`: `h1=` hex |
/// | signed | timestamp `:` body |
/// | expires | 5 s by `ts=` |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{FixedClock, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::PADDLE, "paddle-Secr3t/+=_0123456789-abcdef")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [("Paddle-Signature", "ts=1794999998;h1=938552da6c3031465f7d206602fbb4e10caa305deb4270a6fc43e6618521c45a")];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const PADDLE: Scheme<'static> = Scheme {
    name: "paddle",
    signature: SignatureField::List {
        header: "Paddle-Signature",
        separator: Separator::Semicolon,
    },
    forms: &[Form::hex("h1=")],
    timestamp: Some(TimestampField::seconds(Field::Param("ts"))),
    signed: &[Part::Timestamp, Part::Text(":"), Part::Body],
    window: Some(ReplayWindow::from_secs(5)),
    source: "TODO",
    ..Scheme::BASE
};

/// Sanity: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | list in `sanity-webhook-signature`: `v1=` base64url |
/// | signed | timestamp `.` body |
/// | expires | 300 s by `t=`, in ms |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{FixedClock, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::SANITY, "test")?
///     .with_clock(FixedClock::at(1_633_519_811));
/// let headers = [("sanity-webhook-signature", "t=1633519811129,v1=tLa470fx7qkLLEcMOcEUFuBbRSkGujyskxrNXcoh0N0")];
/// assert!(webhook.verify(&headers, br#"{"_id":"resume"}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const SANITY: Scheme<'static> = Scheme {
    name: "sanity",
    signature: SignatureField::List {
        header: "sanity-webhook-signature",
        separator: Separator::Comma,
    },
    forms: &[Form::base64url("v1=")],
    timestamp: Some(TimestampField::milliseconds(Field::Param("t"))),
    source: "TODO",
    ..STRIPE
};
