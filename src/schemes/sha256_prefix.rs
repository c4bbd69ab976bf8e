use crate::scheme::{Form, Scheme, SignatureField};

/// GitHub: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Hub-Signature-256`: `sha256=` hex |
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
/// let webhook = Webhook::new(schemes::GITHUB, "It's a Secret to Everybody")?;
/// let headers = [("X-Hub-Signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")];
/// assert!(webhook.verify(&headers, b"Hello, World!").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const GITHUB: Scheme<'static> = Scheme {
    name: "github",
    signature: SignatureField::Header("X-Hub-Signature-256"),
    forms: &[Form::hex("sha256=")],
    source: "TODO",
    ..Scheme::BASE
};

/// Bitbucket: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Hub-Signature`: `sha256=` hex |
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
/// let webhook = Webhook::new(schemes::BITBUCKET, "bitbucket-Secr3t/+=_0123456789")?;
/// let headers = [("X-Hub-Signature", "sha256=f7f3f55cd73bb77baba6193710658bfc09b5fd431261132c6b1e5bdb40c47392")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const BITBUCKET: Scheme<'static> = Scheme {
    name: "bitbucket",
    signature: SignatureField::Header("X-Hub-Signature"),
    source: "TODO",
    ..GITHUB
};

/// Jira / Atlassian: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Hub-Signature`: `sha256=` hex |
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
/// let webhook = Webhook::new(schemes::JIRA, "jira-Secr3t/+=_0123456789-abcdef")?;
/// let headers = [("X-Hub-Signature", "sha256=aa2229a4180515dba51a3a8d200553eee159555d76a31eedabba42da7d183042")];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const JIRA: Scheme<'static> = Scheme {
    name: "jira",
    signature: SignatureField::Header("X-Hub-Signature"),
    source: "TODO",
    ..GITHUB
};

/// Meta (Facebook, Instagram, WhatsApp): TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Hub-Signature-256`: `sha256=` hex |
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
/// let webhook = Webhook::new(schemes::META, "meta-Secr3t/+=_0123456789-abcdef")?;
/// let headers = [("X-Hub-Signature-256", "sha256=3da930d881afddff246a6155982331adf1d7b6a1c8d89ad11fe23ec95c90ecf1")];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const META: Scheme<'static> = Scheme {
    name: "meta",
    source: "TODO",
    ..GITHUB
};

/// Notion: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Notion-Signature`: `sha256=` hex |
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
/// let webhook = Webhook::new(schemes::NOTION, "notion-Secr3t/+=_0123456789")?;
/// let headers = [("X-Notion-Signature", "sha256=f9c196caf97c4012c52f8619be83c6fafd9bd97d01315666d73a111ca2f92247")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const NOTION: Scheme<'static> = Scheme {
    name: "notion",
    signature: SignatureField::Header("X-Notion-Signature"),
    source: "TODO",
    ..GITHUB
};

/// Cursor: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Webhook-Signature`: `sha256=` hex |
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
/// let webhook = Webhook::new(schemes::CURSOR, "cursor-Secr3t/+=_0123456789")?;
/// let headers = [("X-Webhook-Signature", "sha256=8e934f4c3fb72ba3355e1d783ace820e742aacc22e6152a7fc4dfb2687271225")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const CURSOR: Scheme<'static> = Scheme {
    name: "cursor",
    signature: SignatureField::Header("X-Webhook-Signature"),
    source: "TODO",
    ..GITHUB
};

/// Flinks: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Webhook-Signature`: `sha256=` hex |
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
/// let webhook = Webhook::new(schemes::FLINKS, "flinks-Secr3t/+=_0123456789")?;
/// let headers = [("X-Webhook-Signature", "sha256=91D00DF2AEBD38A5276C0FF49D2E1B822D6E0CC6EFA7A48CABB04E38DA4EF3BF")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const FLINKS: Scheme<'static> = Scheme {
    name: "flinks",
    signature: SignatureField::Header("X-Webhook-Signature"),
    source: "TODO",
    ..GITHUB
};

/// Doppler: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Doppler-Signature`: `sha256=` hex |
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
/// let webhook = Webhook::new(schemes::DOPPLER, "doppler-Secr3t/+=_0123456789")?;
/// let headers = [("X-Doppler-Signature", "sha256=a5faa1247b4be19833eb135a61b4481d2dc5f30751badb9d8cd317cc54a6fb1b")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const DOPPLER: Scheme<'static> = Scheme {
    name: "doppler",
    signature: SignatureField::Header("X-Doppler-Signature"),
    source: "TODO",
    ..GITHUB
};

/// Mollie: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Mollie-Signature`, repeated: `sha256=` hex |
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
/// let webhook = Webhook::new(schemes::MOLLIE, "mollie-Secr3t/+=_0123456789")?;
/// let headers = [("X-Mollie-Signature", "sha256=ff284570174e4229d2f2eeb87fcf9264bf6b63dc0a9893ebb6cdebae84aecb62")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const MOLLIE: Scheme<'static> = Scheme {
    name: "mollie",
    signature: SignatureField::Repeated("X-Mollie-Signature"),
    source: "TODO",
    ..GITHUB
};
