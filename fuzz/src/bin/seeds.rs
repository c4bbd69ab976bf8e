//! Writes the seeds of the fuzz targets: `seeds VECTORS CORPUS` reads the
//! crate's test vectors in the one folder and writes below the other.
//!
//! On the way the model has to agree with every vector: a model that is wrong
//! would say nothing about the crate.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use hookseal_fuzz::ed25519;
use hookseal_fuzz::model::{self, Encoding, Key, Order, Receiver, Request, Scheme, Window};
use hookseal_fuzz::properties::Case;
use hookseal_fuzz::text;
// The build instruments this program like the targets, which takes the fuzzer's
// runtime to link.
use libfuzzer_sys as _;
use serde_json::Value;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const FILES: [&str; 6] = [
    "paminga",
    "pakk",
    "standard-webhooks",
    "hubpay",
    "pomelo",
    "disagreements",
];

/// The fuzzer's own limit of an input, unless it is told another.
const LONGEST: usize = 4096;

fn main() -> Result<()> {
    let folders: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [vectors, corpus] = &folders[..] else {
        return Err("usage: seeds VECTORS CORPUS".into());
    };
    let mut judged = 0;
    for file in FILES {
        let path = vectors.join(file).with_extension("json");
        let cases: Vec<Value> = serde_json::from_slice(&fs::read(path)?)?;
        for vector in &cases {
            let name = format!("{file}-{}", text_of(&vector["name"])?);
            let seeds = Seeds { corpus, name };
            seeds
                .write_all(vector)
                .map_err(|error| format!("{}: {error}", seeds.name))?;
            judged += 1;
        }
    }
    println!("the model agrees with {judged} vectors");
    Ok(())
}

struct Seeds<'c> {
    corpus: &'c Path,
    name: String,
}

impl Seeds<'_> {
    fn write_all(&self, vector: &Value) -> Result<()> {
        for header in array(&vector["headers"]) {
            for (place, part) in text_of(&header[1])?.split([' ', ',']).enumerate() {
                self.write("decoders", place, part.as_bytes())?;
            }
        }
        let mut secrets = secret_texts(vector);
        secrets.extend(signer(vector));
        for (place, secret) in secrets.iter().enumerate() {
            self.write("keys", place, secret.as_bytes())?;
        }
        if vector["config"]["algorithm"] == "ed25519" {
            for place in 0..4 {
                self.write("ed25519", place, &self.choices(place))?;
                self.write("requests", 2 + place, &self.choices(place))?;
            }
        }
        let target = text_of(&vector["scheme"])?.replace('-', "_");
        let Some(case) = case(vector)? else {
            return agrees(vector, &["malformed-key"]);
        };
        let verdict = case.receiver.verdict(&case.request, case.now);
        match &verdict {
            Ok(_) => agrees(vector, &[])?,
            Err(faults) => {
                let reasons: Vec<&str> = faults.iter().map(|fault| fault.reason).collect();
                agrees(vector, &reasons)?;
            }
        }
        // As it is, and with its MACs as the fuzzer can make them again.
        for (place, text) in text::write(&case).into_iter().enumerate() {
            let read = text::parse(&text, case.receiver.scheme.clone());
            if read.receiver.verdict(&read.request, read.now) != verdict {
                return Err("the seed does not say what the vector says".into());
            }
            self.write(&target, place, &text)?;
            // Any bytes are choices.
            self.write("requests", place, &text)?;
        }
        Ok(())
    }

    /// As many bytes as a list takes, and as good as random: a fuzzer would take
    /// long to come from none to so many.
    fn choices(&self, place: usize) -> Vec<u8> {
        let hash = |block: usize| {
            let name = format!("{} {place} {block}", self.name);
            ring::digest::digest(&ring::digest::SHA512, name.as_bytes())
        };
        (0..8)
            .flat_map(|block| hash(block).as_ref().to_vec())
            .collect()
    }

    fn write(&self, target: &str, place: usize, seed: &[u8]) -> Result<()> {
        if seed.len() <= LONGEST {
            let folder = self.corpus.join(target);
            fs::create_dir_all(&folder)?;
            fs::write(folder.join(format!("{}-{place}", self.name)), seed)?;
        }
        Ok(())
    }
}

/// `reasons` of the model, none if it accepts, against the vector's.
fn agrees(vector: &Value, reasons: &[&str]) -> Result<()> {
    let is_policy = vector["ours"].is_string();
    let (verdict, reason) = if is_policy {
        ("ours", "ours_reason")
    } else {
        ("expect", "reason")
    };
    let mut wanted = vec![&vector[reason]];
    if !is_policy {
        wanted.extend(array(&vector["reason_also"]));
    }
    let agrees = match text_of(&vector[verdict])? {
        "valid" => reasons.is_empty(),
        _ => wanted
            .iter()
            .any(|wanted| reasons.iter().any(|reason| *wanted == reason)),
    };
    if agrees {
        Ok(())
    } else {
        Err(format!("the model says {reasons:?}, the vector {wanted:?}").into())
    }
}

/// The vector's case, or none if one of its secrets cannot be a key.
fn case(vector: &Value) -> Result<Option<Case>> {
    let config = &vector["config"];
    let scheme = scheme(vector)?;
    let is_ed25519 = config["algorithm"] == "ed25519";
    let mut ed25519 = Vec::new();
    if is_ed25519 {
        let keys: Option<Vec<ed25519::Key>> = secret_texts(vector)
            .iter()
            .map(|text| ed25519_key(text, vector))
            .collect();
        let Some(keys) = keys else {
            return Ok(None);
        };
        ed25519 = keys;
    }
    let keys: Option<Vec<Key>> = match &scheme {
        _ if is_ed25519 => Some(Vec::new()),
        Scheme::StandardWebhooks { .. } => {
            let read = match text_of(&config["secret_mode"])? {
                "raw" => |text: &String| model::secret(text.as_bytes()),
                _ => |text: &String| model::secret_from_base64(text),
            };
            let key = |text: &String| {
                Some(Key {
                    id: Some("key".into()),
                    secret: read(text).ok()?,
                })
            };
            secret_texts(vector).iter().map(key).collect()
        }
        _ => {
            let own = [(config["api_key"].as_str(), &vector["secret"])];
            let others = array(&config["additional_keys"]);
            let others = others.map(|key| (key["api_key"].as_str(), &key["secret"]));
            let key = |(id, secret): (Option<&str>, &Value)| {
                Ok(Key {
                    id: Some(id.unwrap_or("key").into()),
                    secret: bytes_of(secret)?,
                })
            };
            let keys: Vec<Key> = own
                .into_iter()
                .chain(others)
                .map(key)
                .collect::<Result<_>>()?;
            let all_sound = keys.iter().all(|key| model::secret(&key.secret).is_ok());
            all_sound.then_some(keys)
        }
    };
    let Some(keys) = keys else {
        return Ok(None);
    };
    let tolerance = config["tolerance_s"].as_u64();
    let header = |pair: &Value| Ok((text_of(&pair[0])?.into(), text_of(&pair[1])?.into()));
    let now = vector["now"].as_u64().ok_or("no time")?;
    Ok(Some(Case {
        receiver: Receiver {
            scheme,
            keys,
            ed25519,
            window: tolerance.map(|seconds| Window {
                past: seconds,
                future: seconds,
            }),
        },
        request: Request {
            headers: array(&vector["headers"])
                .map(header)
                .collect::<Result<_>>()?,
            body: body(vector)?,
        },
        now,
        // Out of the window that is checked against the clock.
        received_at: now + 1_000_000,
        cuts: Vec::new(),
    }))
}

fn scheme(vector: &Value) -> Result<Scheme> {
    let config = &vector["config"];
    Ok(match text_of(&vector["scheme"])? {
        "paminga" => Scheme::Paminga,
        "pakk" => Scheme::Pakk,
        "standard-webhooks" => {
            let id = text_of(&config["header_names"]["id"])?;
            Scheme::StandardWebhooks {
                prefix: id.strip_suffix("-id").ok_or("no prefix")?.into(),
            }
        }
        "hubpay" => Scheme::Hubpay {
            header: text_of(&config["header_name"])?.into(),
            encoding: Some(match text_of(&config["signature_encoding"])? {
                "hex" => Encoding::Hex,
                _ => Encoding::Base64,
            }),
            prefixed: Some(config["prefix"] == "sha256="),
        },
        "pomelo" => Scheme::Pomelo {
            endpoint: text_of(&config["endpoint"])?.into(),
            order: match text_of(&config["order"])? {
                "timestamp-endpoint-body" => Order::TimestampEndpointBody,
                _ => Order::BodyTimestampEndpoint,
            },
        },
        other => return Err(format!("scheme {other}").into()),
    })
}

fn secret_texts(vector: &Value) -> Vec<String> {
    let config = &vector["config"];
    let value = match &config["secret_string"] {
        Value::String(_) => &config["secret_string"],
        _ => &vector["secret"]["value"],
    };
    let secrets = [value]
        .into_iter()
        .chain(array(&config["additional_secret_strings"]));
    secrets
        .filter_map(|secret| Some(secret.as_str()?.to_owned()))
        .collect()
}

/// A public key, and its other half if it is the signer's.
fn ed25519_key(text: &str, vector: &Value) -> Option<ed25519::Key> {
    let public = ed25519::public_key_from_text(text).ok()?;
    let seed = signer(vector).and_then(|text| ed25519::seed_from_text(&text).ok());
    Some(ed25519::Key {
        id: Some("key".into()),
        public,
        seed: seed.filter(|seed| ed25519::public_key(seed) == public),
        signs: false,
    })
}

fn signer(vector: &Value) -> Option<String> {
    let text = vector["config"]["signer_secret_string"].as_str();
    text.map(str::to_owned)
}

fn body(vector: &Value) -> Result<Vec<u8>> {
    let recipe = &vector["body_recipe"];
    if recipe.is_null() {
        let text = text_of(&vector["body_base64"])?;
        return Ok(data_encoding::BASE64.decode(text.as_bytes())?);
    }
    let unit = data_encoding::HEXLOWER.decode(text_of(&recipe["repeat"])?.as_bytes())?;
    let count = recipe["count"].as_u64().ok_or("no count")?;
    Ok(unit.repeat(usize::try_from(count)?))
}

fn bytes_of(secret: &Value) -> Result<Vec<u8>> {
    let value = text_of(&secret["value"])?.as_bytes();
    Ok(match text_of(&secret["encoding"])? {
        "base64" => data_encoding::BASE64.decode(value)?,
        "hex" => data_encoding::HEXLOWER.decode(value)?,
        _ => value.to_vec(),
    })
}

fn text_of(value: &Value) -> Result<&str> {
    value
        .as_str()
        .ok_or_else(|| format!("{value} is no text").into())
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
