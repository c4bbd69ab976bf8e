//! A scheme with the options that change it, and the webhooks created from both.

use hookseal::clock::{Clock, FixedClock, Timestamp};
use hookseal::scheme::{
    Encoding, Endpoint, Field, Form, Part, Scheme, SchemeFile, SecretForm, SignatureField,
};
use hookseal::{ConfigError, Key, ReplayWindow, Webhook, schemes};
use serde::Deserialize;

use crate::error::{Result, WrongUse, wrong};
use crate::secret::{Secret, general};
use crate::text::shown;
use crate::url;

/// A scheme, and the options that change it.
#[derive(Clone)]
pub struct Setup {
    source: Source,
    options: Options,
    /// The only encoding accepted; `None` accepts all of the scheme's.
    encoding: Option<Encoding>,
    is_prefixed: Option<bool>,
    secret_form: Option<SecretForm>,
}

/// Where a scheme comes from.
#[derive(Clone)]
pub enum Source {
    /// The catalogue.
    Catalogue(Box<Scheme<'static>>),
    /// A file that declares it.
    File(Box<SchemeFile>),
}

/// The options that change a scheme, with the names and values of the command line.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// The prefix of the header names.
    pub header_prefix: Option<String>,
    /// The header with the signature.
    pub header_name: Option<String>,
    /// `hex` or `base64`: the only encoding accepted.
    pub encoding: Option<String>,
    /// `required`, `forbidden` or `optional`: whether the signature has its prefix.
    pub prefix: Option<String>,
    /// How far the timestamp may be off, in seconds.
    pub tolerance: Option<u64>,
    /// The receiver's address exactly as it is signed.
    pub endpoint: Option<String>,
    /// The receiver's URL, of which the scheme signs a part or the whole.
    pub url: Option<String>,
    /// `text`, `base64` or `hex`: how the secrets are written.
    pub secret_format: Option<String>,
}

impl Options {
    /// Returns the names of the options that are set.
    pub fn set(&self) -> Vec<&'static str> {
        let is_set = [
            ("header-prefix", self.header_prefix.is_some()),
            ("header-name", self.header_name.is_some()),
            ("encoding", self.encoding.is_some()),
            ("prefix", self.prefix.is_some()),
            ("endpoint", self.endpoint.is_some()),
            ("url", self.url.is_some()),
            ("secret-format", self.secret_format.is_some()),
            ("tolerance", self.tolerance.is_some()),
        ];
        is_set
            .into_iter()
            .filter_map(|(name, is_set)| is_set.then_some(name))
            .collect()
    }
}

impl Source {
    /// Reads a scheme from the TOML or JSON of a file, which messages call `name`.
    ///
    /// # Errors
    ///
    /// Fails if the text does not declare a scheme.
    pub fn read(text: &str, name: &str) -> Result<Self> {
        let problem = |format, error: String| {
            let error = shown(error.trim_end());
            WrongUse(format!(
                "{name} is not a scheme in {format}: {error}; `hookseal schemes NAME --toml` \
                 writes one to start from"
            ))
        };
        let file = if text.trim_start().starts_with('{') {
            serde_json::from_str(text).map_err(|error| problem("JSON", error.to_string()))
        } else {
            toml::from_str(text).map_err(|error| problem("TOML", error.message().to_owned()))
        };
        file.map(|file| Self::File(Box::new(file)))
    }

    /// Calls a function with the scheme.
    pub fn with<R>(&self, function: impl FnOnce(Scheme<'_>) -> R) -> R {
        match self {
            Self::Catalogue(scheme) => function(**scheme),
            Self::File(file) => file.with(function),
        }
    }
}

/// Returns why an option does not apply to a scheme; `None` if it applies. This follows from
/// the scheme's data.
pub fn unfit(scheme: &Scheme<'_>, option: &str) -> Option<&'static str> {
    let (fits, why) = match option {
        "header-prefix" => (
            scheme.header_prefix.is_some(),
            "whose header prefix is fixed",
        ),
        "header-name" => (
            matches!(scheme.signature, SignatureField::Header(_)),
            "whose signature is not in a single header",
        ),
        "encoding" => (
            differ(scheme.forms, |form| form.encoding),
            "whose encoding is fixed",
        ),
        "prefix" => (
            differ(scheme.forms, |form| form.prefix.is_empty()),
            "whose signature prefix is fixed",
        ),
        "endpoint" => (
            has_endpoint(scheme),
            "which does not sign the receiver's address",
        ),
        "url" => (
            has_endpoint(scheme) || signs_request_line(scheme),
            "which signs no URL",
        ),
        "tolerance" | "received-at" | "timestamp" | "stale" => {
            (scheme.timestamp.is_some(), "which signs no timestamp")
        }
        "id" => (
            scheme.message_id.is_some(),
            "whose requests have no message id",
        ),
        _ => return None,
    };
    (!fits).then_some(why)
}

impl Setup {
    /// Creates the setup of a scheme with options.
    ///
    /// # Errors
    ///
    /// Fails if an option does not accept its value.
    pub fn new(source: Source, options: Options) -> Result<Self> {
        if let Some(url) = &options.url {
            url::check(url)?;
        }
        let encoding = match options.encoding.as_deref() {
            None => None,
            Some("hex") => Some(Encoding::Hex),
            Some("base64") => Some(Encoding::Base64),
            Some(_) => return wrong("--encoding takes hex or base64"),
        };
        let is_prefixed = match options.prefix.as_deref() {
            None | Some("optional") => None,
            Some("required") => Some(true),
            Some("forbidden") => Some(false),
            Some(_) => return wrong("--prefix takes required, forbidden or optional"),
        };
        let secret_form = match options.secret_format.as_deref() {
            None => None,
            Some("text") => Some(SecretForm::Text),
            Some("hex") => Some(SecretForm::Hex),
            Some("base64") => Some(SecretForm::Whsec),
            Some(_) => return wrong("--secret-format takes text, base64 or hex"),
        };
        Ok(Self {
            source,
            options,
            encoding,
            is_prefixed,
            secret_form,
        })
    }

    /// Creates the setup of a scheme of the catalogue, without options.
    pub fn of(scheme: Scheme<'static>) -> Self {
        Self {
            source: Source::Catalogue(Box::new(scheme)),
            options: Options::default(),
            encoding: None,
            is_prefixed: None,
            secret_form: None,
        }
    }

    /// Checks that each of these options applies to the scheme.
    ///
    /// # Errors
    ///
    /// Fails if one of them does not apply.
    pub fn check_fit(&self, given: &[&str]) -> Result<()> {
        self.source.with(|scheme| {
            for option in given {
                if let Some(why) = unfit(&scheme, option) {
                    return wrong(format!(
                        "--{option} does not apply to {}, {why}",
                        scheme.name
                    ));
                }
            }
            if given.contains(&"endpoint") && given.contains(&"url") && !signs_request_line(&scheme)
            {
                return wrong(format!(
                    "--url has no effect together with --endpoint: {} signs no other part of a URL",
                    scheme.name
                ));
            }
            Ok(())
        })
    }

    /// Calls a function with the scheme, as the options change it.
    pub fn with<R>(&self, function: impl FnOnce(Scheme<'_>) -> R) -> R {
        self.source.with(|own| {
            let is_left = |form: &&Form<'_>| {
                self.encoding
                    .is_none_or(|encoding| form.encoding == encoding)
                    && self
                        .is_prefixed
                        .is_none_or(|prefixed| form.prefix.is_empty() != prefixed)
            };
            let forms: Vec<Form<'_>> = own.forms.iter().filter(is_left).copied().collect();
            let endpoint = self.own_endpoint(&own);
            let mut scheme: Scheme<'_> = own.with_forms(&forms);
            if let Some(prefix) = &self.options.header_prefix {
                scheme = scheme.with_header_prefix(prefix);
            }
            if let Some(name) = &self.options.header_name {
                scheme = scheme.with_signature_header(name);
            }
            if let Some(seconds) = self.options.tolerance {
                scheme = scheme.with_window(ReplayWindow::from_secs(seconds));
            }
            if let Some(form) = self.secret_form {
                scheme.secret = form;
            }
            if let Some(endpoint) = &endpoint {
                scheme = scheme.at(endpoint);
            }
            function(scheme)
        })
    }

    /// Returns the receiver's address in the form that the scheme signs: a path if the request
    /// repeats it in a header, an origin if the target is signed too, and otherwise the whole
    /// URL.
    fn own_endpoint(&self, scheme: &Scheme<'_>) -> Option<String> {
        if !has_endpoint(scheme) {
            return None;
        }
        let of_url = |url: &String| {
            if scheme.endpoint_header.is_some() {
                url::path(url).to_owned()
            } else if scheme.signed.contains(&Part::Target) {
                url::origin(url).to_owned()
            } else {
                url.clone()
            }
        };
        self.options
            .endpoint
            .clone()
            .or_else(|| self.options.url.as_ref().map(of_url))
    }

    /// Returns whether the scheme signs the receiver's address but none is given.
    pub fn lacks_endpoint(&self) -> bool {
        self.with(|scheme| has_endpoint(&scheme) && scheme.endpoint == Endpoint::None)
    }

    /// Returns whether the scheme signs the receiver's address.
    pub fn signs_endpoint(&self) -> bool {
        self.with(|scheme| has_endpoint(&scheme))
    }

    /// Returns whether the scheme is from the catalogue.
    pub const fn is_of_catalogue(&self) -> bool {
        matches!(self.source, Source::Catalogue(_))
    }

    /// Returns whether the scheme signs a header with this name, apart from its own headers.
    pub fn signs_header(&self, name: &str) -> bool {
        self.with(|scheme| {
            let is_signed = |part: &Part<'_>| {
                matches!(part, Part::Header(own) if full_name(&scheme, own).eq_ignore_ascii_case(name))
            };
            let listed = scheme.header_list.map_or(&[][..], |list| list.allowed);
            let mut listed = listed.iter();
            scheme.signed.iter().any(is_signed)
                || listed.any(|own| own.eq_ignore_ascii_case(name))
        })
    }

    /// Returns whether an option chooses one of the scheme's encodings.
    pub const fn is_encoding_set(&self) -> bool {
        self.encoding.is_some()
    }

    /// Returns whether an option sets whether the signature has its prefix.
    pub const fn is_prefix_set(&self) -> bool {
        self.is_prefixed.is_some()
    }

    /// Returns the name of the scheme.
    pub fn name(&self) -> String {
        self.with(|scheme| scheme.name.to_owned())
    }

    /// Returns the receiver's URL, if it is known.
    pub fn url(&self) -> Option<&str> {
        self.options.url.as_deref()
    }

    /// Sets the URL, unless the command line has set one.
    pub fn set_default_url(&mut self, url: &str) {
        self.options.url.get_or_insert_with(|| url.to_owned());
    }

    /// Creates a webhook from the secrets. A secret without an id is tried for the id that a
    /// request names.
    pub fn webhook(
        &self,
        secrets: &[Secret],
        named: Option<&str>,
        received_at: Option<Timestamp>,
    ) -> Result<Webhook> {
        let clock = || -> Box<dyn Clock> {
            match received_at {
                Some(moment) => Box::new(FixedClock::at(moment)),
                None => Box::new(hookseal::clock::SystemClock),
            }
        };
        let mut keys = Vec::new();
        for secret in secrets {
            // Tried alone first, so that the error is that of this secret.
            let alone = [self.key(secret, named)?];
            self.with(|scheme| Webhook::new_with_clock(scheme, alone, clock()).map(drop))
                .map_err(|error| secret.explain(&error))?;
            keys.push(self.key(secret, named)?);
        }
        self.with(|scheme| Webhook::new_with_clock(scheme, keys, clock()))
            .map_err(|error| WrongUse(general(&error)))
    }

    fn key(&self, secret: &Secret, named: Option<&str>) -> Result<Key> {
        let text = secret.text()?;
        // A signing key can also sign for a scheme whose sender hands out the public key.
        let key = if text.starts_with("whsk_") {
            Key::from_base64(text).map_err(|error: ConfigError| secret.explain(&error))?
        } else {
            Key::from(text)
        };
        Ok(match secret.id.as_deref().or(named) {
            Some(id) => key.with_id(id),
            None => key,
        })
    }
}

fn differ<T: PartialEq>(forms: &[Form<'_>], fact: fn(&Form<'_>) -> T) -> bool {
    let mut facts = forms.iter().map(fact);
    let first = facts.next();
    facts.any(|other| Some(other) != first)
}

fn has_endpoint(scheme: &Scheme<'_>) -> bool {
    scheme.endpoint_header.is_some() || scheme.signed.contains(&Part::Endpoint)
}

fn signs_request_line(scheme: &Scheme<'_>) -> bool {
    scheme.signed.contains(&Part::Target) || scheme.signed.contains(&Part::Method)
}

/// Returns the scheme of the catalogue with this name. The error does not show the name: it
/// may be a misplaced secret.
pub fn by_name(name: &str) -> Result<Scheme<'static>> {
    schemes::by_name(name).ok_or_else(|| {
        let start: String = name.to_ascii_lowercase().chars().take(3).collect();
        let close: Vec<&str> = schemes::ALL
            .iter()
            .map(|scheme| scheme.name)
            .filter(|known| !start.is_empty() && known.starts_with(&start))
            .collect();
        let close = if close.is_empty() {
            String::new()
        } else {
            format!("; did you mean {}?", close.join(" or "))
        };
        WrongUse(format!(
            "no scheme of the catalogue has this name{close}; `hookseal schemes` lists them"
        ))
    })
}

/// Returns a header's name with the scheme's prefix.
pub fn full_name(scheme: &Scheme<'_>, name: &str) -> String {
    match scheme.header_prefix {
        Some(prefix) => format!("{}-{name}", prefix.strip_suffix('-').unwrap_or(prefix)),
        None => name.to_owned(),
    }
}

/// The most key ids that are read from one request.
const MAX_NAMED: usize = 8;

/// Returns the key ids that a request names; none if the scheme's requests do not name their
/// key.
pub fn named_ids(scheme: &Scheme<'_>, headers: &[(String, Vec<u8>)]) -> Vec<String> {
    let value = |name: &str| {
        let name = full_name(scheme, name);
        let mut all = headers
            .iter()
            .filter(|(own, _)| own.eq_ignore_ascii_case(&name));
        let (_, value) = all.next()?;
        Some(str::from_utf8(value).ok()?.trim())
    };
    // Stands for a missing id, for which the request is refused.
    let or_unnamed = |mut ids: Vec<String>| {
        if ids.is_empty() {
            ids.push("unnamed".into());
        }
        ids
    };
    if let Some(name) = scheme.key_id {
        let id = value(name).filter(|id| !id.is_empty());
        return or_unnamed(id.map(str::to_owned).into_iter().collect());
    }
    let Some(between) = scheme.forms.iter().find_map(|form| form.after_key_id) else {
        return Vec::new();
    };
    let (header, separator) = match scheme.signature {
        SignatureField::List { header, separator } => (header, separator_of(separator)),
        SignatureField::Header(header) => (header, None),
        _ => return or_unnamed(Vec::new()),
    };
    let value = value(header).unwrap_or_default();
    let entries = value.split(|c| Some(c) == separator);
    let ids = entries.filter_map(|entry| Some(entry.trim().split_once(between)?.0));
    let ids = ids.filter(|id| !id.is_empty()).map(str::to_owned);
    or_unnamed(ids.take(MAX_NAMED).collect())
}

const fn separator_of(separator: hookseal::scheme::Separator) -> Option<char> {
    use hookseal::scheme::Separator;
    match separator {
        Separator::Space => Some(' '),
        Separator::Comma => Some(','),
        Separator::Semicolon => Some(';'),
        _ => None,
    }
}

/// Returns whether a request has all the headers that the scheme reads.
pub fn has_headers(scheme: &Scheme<'_>, headers: &[(String, Vec<u8>)]) -> bool {
    let has = |name: &str| {
        let name = full_name(scheme, name);
        let mut names = headers.iter().map(|(own, _)| own);
        names.any(|own| own.eq_ignore_ascii_case(&name))
    };
    let signature = match scheme.signature {
        SignatureField::Header(name)
        | SignatureField::List { header: name, .. }
        | SignatureField::Repeated(name) => has(name),
        SignatureField::Headers(names) => names.iter().any(|name| has(name)),
        SignatureField::Numbered(name) => has(&format!("{name}-1")),
        _ => false,
    };
    let timestamp = scheme
        .timestamp
        .is_none_or(|timestamp| match timestamp.field {
            Field::Header(name) => has(name),
            _ => true,
        });
    let signed = scheme.signed.iter().all(|part| match part {
        Part::Header(name) => has(name),
        _ => true,
    });
    let named = [scheme.message_id, scheme.key_id, scheme.endpoint_header];
    signature && timestamp && signed && named.into_iter().flatten().all(has)
}
