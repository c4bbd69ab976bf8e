//! Writes the seeds of the fuzz targets: `seeds VECTORS CORPUS` reads the crate's
//! test vectors from the first folder and writes below the second.
//!
//! The model must agree with every vector: a wrong model would prove nothing about
//! the crate. `CORPUS/schemes.dict` is a dictionary of the words of all schemes.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use hookseal::scheme::Field;
use hookseal_testing::cases::{self, Judged};
use hookseal_testing::model::{Receiver, Setting, Settings};
use hookseal_testing::vectors::{self, Case, FILES, SENDERS};
use hookseal_testing::{samples, text};
// The build instruments this program like the targets, so linking needs the fuzzer's
// runtime.
use libfuzzer_sys as _;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The fuzzer's default limit for an input.
const LONGEST: usize = 4096;

fn main() -> Result<()> {
    let folders: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [vectors, corpus] = &folders[..] else {
        return Err("usage: seeds VECTORS CORPUS".into());
    };
    let mut judged = 0;
    for file in FILES.into_iter().chain(SENDERS) {
        let path = vectors.join(file).with_extension("json");
        for vector in vectors::read(&fs::read(path)?)? {
            let name = format!("{file}-{}-{}", vector.scheme, vector.name);
            let seeds = Seeds { corpus, name };
            judged += seeds.write_all(&vector)?;
        }
    }
    fs::write(corpus.join("schemes.dict"), dictionary())?;
    println!("the model agrees with {judged} vectors");
    Ok(())
}

/// Returns the words that make up a request of each scheme.
fn dictionary() -> String {
    let mut words = BTreeSet::new();
    for scheme in samples::all() {
        words.insert(format!("@scheme {}", scheme.name));
        let receiver = Receiver {
            scheme,
            settings: Settings::default(),
            keys: Vec::new(),
            ed25519: Vec::new(),
            window: Setting::Default,
        };
        let fields = [
            receiver.key_id_header(),
            receiver.message_id_header(),
            receiver.timestamp_header(),
            receiver.endpoint_header(),
        ];
        let headers = receiver.signature_headers().into_iter();
        let headers = headers
            .chain(receiver.other_headers())
            .chain(fields.into_iter().flatten());
        words.extend(headers.map(|name| format!("{name}: ")));
        words.extend(scheme.forms.iter().map(|form| form.prefix.to_owned()));
        let params = [
            scheme.timestamp.map(|timestamp| timestamp.field),
            scheme.header_list.map(|list| list.names),
        ];
        for field in params.into_iter().flatten() {
            if let Field::Param(name) = field {
                words.insert(format!("{name}="));
            }
        }
        let list = scheme.header_list.map(|list| list.allowed);
        words.extend(list.into_iter().flatten().map(|name| (*name).to_owned()));
    }
    words.remove("");
    words
        .into_iter()
        .map(|word| format!("{word:?}\n"))
        .collect()
}

struct Seeds<'c> {
    corpus: &'c Path,
    name: String,
}

impl Seeds<'_> {
    /// Writes the seeds of a vector. Returns 1 if the model can judge it, and otherwise 0.
    fn write_all(&self, vector: &Case) -> Result<usize> {
        for (_, value) in &vector.headers {
            for (place, part) in value.split([' ', ',']).enumerate() {
                self.write("decoders", place, part.as_bytes())?;
            }
        }
        for (place, secret) in vector.secret_texts().enumerate() {
            self.write("keys", place, secret.as_bytes())?;
        }
        let case = match cases::judge(vector)? {
            Judged::Unknown => return Ok(0),
            Judged::NoKey => return Ok(1),
            Judged::Case(case, _) => case,
        };
        if !case.receiver.ed25519.is_empty() {
            for place in 0..4 {
                self.write("ed25519", place, &self.choices(place))?;
                self.write("requests", 2 + place, &self.choices(place))?;
            }
        }
        let verdict = case.receiver.verdict(&case.request, case.now);
        // Unchanged, and with MACs that the fuzzer can recompute.
        for (place, text) in text::write(&case).into_iter().enumerate() {
            let read = text::parse(&text);
            if read.receiver.verdict(&read.request, read.now) != verdict {
                return Err(format!("{}: the seed says something else", self.name).into());
            }
            self.write("schemes", place, &text)?;
            // Any bytes are valid choices.
            self.write("requests", place, &text)?;
        }
        Ok(1)
    }

    /// Returns as many pseudorandom bytes as a list needs: a fuzzer would take long to grow
    /// an empty input to that length.
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
