//! Checks the model against the vectors: a wrong model would prove nothing about
//! hookseal.

use hookseal::scheme::{Encoding, Scheme, SecretForm};
use hookseal::schemes;

use super::model::{self, Receiver, Request, Setting, Settings, Window, ed25519, secrets};
use super::properties;
use super::vectors::{Case, Config, NotOfTheFormat, Secret, Setup, Verdict};

type Result<T> = std::result::Result<T, NotOfTheFormat>;

/// The keys of a receiver, or `None` if one of the secrets cannot be a key.
type Keys = Option<(Vec<model::Key>, Vec<ed25519::Key>)>;

/// The model's judgement of a vector.
pub enum Judged {
    /// The catalogue does not have the scheme.
    Unknown,
    /// One of its secrets cannot be a key.
    NoKey,
    /// The case, and the reasons why it is refused, if it is.
    Case(Box<properties::Case>, Vec<&'static str>),
}

/// Judges a vector by the model, and returns an error if the model disagrees with it.
pub fn judge(vector: &Case) -> Result<Judged> {
    match schemes::by_name(&vector.scheme) {
        Some(scheme) => judge_as(vector, scheme),
        None => Ok(Judged::Unknown),
    }
}

/// Judges a case with this scheme, which need not be in the catalogue.
pub fn judge_as(vector: &Case, scheme: Scheme<'static>) -> Result<Judged> {
    let (receiver, keys) = match &vector.setup {
        Setup::SpelledOut { secret, config } => spelled_out(vector, secret, config)?,
        Setup::Sender { secrets, options } => {
            let settings = Settings {
                endpoints: options.url.clone().into_iter().collect(),
                ..Settings::default()
            };
            let receiver = Receiver {
                scheme,
                settings,
                ..receiver()
            };
            let mut keys = handed_out(scheme.secret, secrets);
            if let Some((keys, _)) = &mut keys
                && options.key_ids.is_some()
            {
                for (place, key) in keys.iter_mut().enumerate() {
                    key.id = options.key_id(place).map(str::to_owned);
                }
            }
            (receiver, keys)
        }
    };
    let Some((keys, ed25519)) = keys else {
        require(vector, &["malformed-key"])?;
        return Ok(Judged::NoKey);
    };
    let case = properties::Case {
        receiver: Receiver {
            keys,
            ed25519,
            ..receiver
        },
        request: Request {
            line: vector.line(),
            headers: vector
                .headers
                .iter()
                .map(|(name, value)| (name.clone(), value.clone().into_bytes()))
                .collect(),
            body: vector.body()?,
        },
        now: vector.now,
        // The timestamp is outside the window that is checked against the clock.
        received_at: vector.now + 1_000_000,
        cuts: Vec::new(),
    };
    let verdict = case.receiver.verdict(&case.request, case.now);
    let faults = verdict.err().unwrap_or_default();
    let reasons: Vec<&'static str> = faults.iter().map(|fault| fault.reason).collect();
    require(vector, &reasons)?;
    Ok(Judged::Case(Box::new(case), reasons))
}

/// Checks that the model's reasons contain the vector's, or that both accept.
fn require(vector: &Case, reasons: &[&str]) -> Result<()> {
    let wanted = vector.wanted()?;
    let agrees = match &wanted {
        Verdict::Valid => reasons.is_empty(),
        Verdict::Invalid(_) => {
            let verdicts = reasons.iter().map(|&it| Verdict::Invalid(it.into()));
            let agrees: Result<Vec<bool>> = verdicts.map(|it| vector.agrees(&it)).collect();
            agrees?.contains(&true)
        }
    };
    if agrees {
        return Ok(());
    }
    let name = &vector.name;
    Err(NotOfTheFormat(format!(
        "{name}: the model says {reasons:?}, the vector {wanted}"
    )))
}

fn receiver() -> Receiver {
    Receiver {
        scheme: schemes::PAMINGA,
        settings: Settings::default(),
        keys: Vec::new(),
        ed25519: Vec::new(),
        window: Setting::Default,
    }
}

fn spelled_out(vector: &Case, secret: &Secret, config: &Config) -> Result<(Receiver, Keys)> {
    let unknown = |what: &str| Err(NotOfTheFormat(format!("{}: {what}", vector.name)));
    let seconds = config.tolerance_s;
    let window = Setting::Is(Window {
        past: seconds,
        future: seconds,
    });
    let with_bytes = |keys: Vec<(Option<&str>, &Secret)>| -> Result<Keys> {
        let mut read = Vec::new();
        for (id, secret) in keys {
            match secrets::from_bytes(&secret.bytes()?) {
                Ok(secret) => read.push(model::Key {
                    id: id.map(str::to_owned),
                    secret,
                }),
                Err(_) => return Ok(None),
            }
        }
        Ok(Some((read, Vec::new())))
    };
    Ok(match vector.scheme.as_str() {
        "paminga" => (receiver(), with_bytes(vec![(None, secret)])?),
        "pakk" => {
            let scheme = schemes::PAKK;
            let receiver = Receiver {
                scheme,
                ..receiver()
            };
            (receiver, with_bytes(vec![(None, secret)])?)
        }
        "hubpay" => {
            let encoding = match config.signature_encoding.as_str() {
                "hex" => Encoding::Hex,
                "base64" => Encoding::Base64,
                other => return unknown(other),
            };
            let receiver = Receiver {
                scheme: schemes::HUBPAY,
                settings: Settings {
                    signature_header: Some(config.header_name.clone()),
                    form: Some((config.prefix.clone(), encoding)),
                    ..Settings::default()
                },
                ..receiver()
            };
            (receiver, with_bytes(vec![(None, secret)])?)
        }
        "pomelo" => {
            let receiver = Receiver {
                scheme: match config.order.as_str() {
                    "timestamp-endpoint-body" => schemes::POMELO,
                    _ => schemes::POMELO_BODY_FIRST,
                },
                settings: Settings {
                    endpoints: vec![config.endpoint.clone()],
                    ..Settings::default()
                },
                window,
                ..receiver()
            };
            let keys = config.api_keys(secret);
            (
                receiver,
                with_bytes(keys.map(|(id, secret)| (Some(id), secret)).collect())?,
            )
        }
        "standard-webhooks" => {
            let receiver = Receiver {
                scheme: schemes::STANDARD_WEBHOOKS,
                settings: Settings {
                    header_prefix: config.header_prefix().map(str::to_owned),
                    ..Settings::default()
                },
                window,
                ..receiver()
            };
            let texts: Vec<String> = config.secret_strings().map(str::to_owned).collect();
            let keys = match config.secret_mode.as_str() {
                "raw" => {
                    let keys = texts.iter().map(|text| {
                        let secret = secrets::from_bytes(text.as_bytes()).ok()?;
                        Some(model::Key { id: None, secret })
                    });
                    keys.collect::<Option<_>>().map(|keys| (keys, Vec::new()))
                }
                _ => {
                    let keys = handed_out(SecretForm::Whsec, &texts);
                    // The case has only keys of one kind.
                    let mut keys = keys.filter(|(macs, ed25519)| match config.algorithm.as_str() {
                        "ed25519" => macs.is_empty(),
                        _ => ed25519.is_empty(),
                    });
                    let signer = config.signer_secret_string.as_deref();
                    let seed = signer.and_then(|text| ed25519::seed_from_text(text).ok());
                    for key in keys.iter_mut().flat_map(|(_, ed25519)| ed25519) {
                        key.seed = seed.filter(|seed| ed25519::public_key(seed) == key.public);
                    }
                    keys
                }
            };
            (receiver, keys)
        }
        other => return unknown(other),
    })
}

/// Returns the keys for texts that a sender hands out in this form.
fn handed_out(form: SecretForm, texts: &[String]) -> Keys {
    let (mut keys, mut ed25519) = (Vec::new(), Vec::new());
    let mut put = |form: SecretForm, text: &str| {
        let public = if text.starts_with("whpk_") || text.starts_with("whsk_") {
            Some(ed25519::public_key_from_text(text).ok()?)
        } else {
            match form {
                SecretForm::PublicKeyHex => Some(ed25519::public_key_from_hex(text)?),
                SecretForm::PublicKeyBase64 => {
                    Some(ed25519::public_key_from_text(&format!("whpk_{text}")).ok()?)
                }
                _ => None,
            }
        };
        match public {
            Some(public) => ed25519.push(ed25519::Key {
                id: None,
                public,
                seed: None,
                signs: false,
            }),
            None => keys.push(model::Key {
                id: None,
                secret: secrets::read(form, text)?.ok()?,
            }),
        }
        Some(())
    };
    for text in texts {
        match form {
            SecretForm::WhsecList => {
                for entry in text.split('|') {
                    let key = entry.strip_prefix("v1a,").unwrap_or(entry);
                    let key = key.split(':').next().unwrap_or(key);
                    put(SecretForm::Whsec, key)?;
                }
            }
            form => put(form, text)?,
        }
    }
    Some((keys, ed25519))
}
