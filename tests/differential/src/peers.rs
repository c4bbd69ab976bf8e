//! The senders' own implementations, behind one interface.

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::{Deserialize, Serialize};

use crate::by_hand;
use crate::message::{Header, Message, Request, Scheme};

pub type Failure = Box<dyn Error + Send + Sync>;

/// A peer's answer to a request, or to a message to sign.
pub enum Answer<T> {
    Yes(T),
    /// With the peer's own words.
    No(String),
    /// The peer's interface cannot express it.
    Inexpressible(String),
}

pub trait Peer {
    /// Signs a message, and returns the value of the signature's header.
    fn sign(&mut self, message: &Message) -> Result<Answer<String>, Failure>;

    fn verify(&mut self, request: &Request) -> Result<Answer<()>, Failure>;
}

/// A peer that takes part.
pub struct Entry {
    pub name: &'static str,
    pub schemes: &'static [&'static str],
    /// The peer gets one in this many of the requests that fast peers get.
    pub slowness: u32,
    pub start: fn() -> Result<Box<dyn Peer>, Failure>,
}

pub const ALL: [Entry; 13] = [
    Entry {
        name: "rust-standardwebhooks",
        schemes: &["standard-webhooks"],
        slowness: 1,
        start: || Ok(Box::new(RustStandardWebhooks)),
    },
    Entry {
        name: "rust-svix",
        schemes: &["standard-webhooks"],
        slowness: 1,
        start: || Ok(Box::new(RustSvix)),
    },
    Entry {
        name: "python-standardwebhooks",
        schemes: &["standard-webhooks"],
        slowness: 1,
        start: || Process::start("python", &["standard_webhooks.py", "standardwebhooks"]),
    },
    Entry {
        name: "python-svix",
        schemes: &["standard-webhooks"],
        slowness: 1,
        start: || Process::start("python", &["standard_webhooks.py", "svix"]),
    },
    Entry {
        name: "node-standardwebhooks",
        schemes: &["standard-webhooks"],
        slowness: 1,
        start: || Process::start("node", &["standard_webhooks.cjs", "standardwebhooks"]),
    },
    Entry {
        name: "node-svix",
        schemes: &["standard-webhooks"],
        slowness: 1,
        start: || Process::start("node", &["standard_webhooks.cjs", "svix"]),
    },
    Entry {
        name: "python-hmac",
        schemes: &Scheme::OF_MACS,
        slowness: 1,
        start: || Process::start("python", &["by_hand.py", "hmac"]),
    },
    // Starts a process for each MAC.
    Entry {
        name: "openssl",
        schemes: &Scheme::OF_MACS,
        slowness: 10,
        start: || Process::start("python", &["by_hand.py", "openssl"]),
    },
    Entry {
        name: "ring",
        schemes: &Scheme::OF_ED25519,
        slowness: 1,
        start: || Ok(Box::new(by_hand::RING)),
    },
    Entry {
        name: "dalek",
        schemes: &Scheme::OF_ED25519,
        slowness: 1,
        start: || Ok(Box::new(by_hand::DALEK)),
    },
    Entry {
        name: "dalek-strict",
        schemes: &Scheme::OF_ED25519,
        slowness: 1,
        start: || Ok(Box::new(by_hand::DALEK_STRICT)),
    },
    Entry {
        name: "python-cryptography",
        schemes: &Scheme::OF_ED25519,
        slowness: 1,
        start: || Process::start("python", &["by_hand_v1a.py", "cryptography"]),
    },
    Entry {
        name: "python-nacl",
        schemes: &Scheme::OF_ED25519,
        slowness: 1,
        start: || Process::start("python", &["by_hand_v1a.py", "nacl"]),
    },
];

/// Implements the trait for two crates with the same interface.
macro_rules! crate_as_peer {
    ($peer:ident, $webhook:ty) => {
        struct $peer;

        impl $peer {
            fn webhook(scheme: &Scheme, secret: &str) -> Result<$webhook, String> {
                let made = match scheme {
                    Scheme::StandardWebhooks { raw_secret: true, .. } => {
                        <$webhook>::from_bytes(secret.into())
                    }
                    _ => <$webhook>::new(secret),
                };
                made.map_err(|error| error.to_string())
            }
        }

        impl Peer for $peer {
            fn sign(&mut self, message: &Message) -> Result<Answer<String>, Failure> {
                let id = str::from_utf8(&message.id)?;
                let timestamp = str::from_utf8(&message.timestamp)?.parse()?;
                let webhook = Self::webhook(&message.scheme, &message.secret)?;
                Ok(match webhook.sign(id, timestamp, &message.body) {
                    Ok(signature) => Answer::Yes(signature),
                    Err(error) => Answer::No(error.to_string()),
                })
            }

            fn verify(&mut self, request: &Request) -> Result<Answer<()>, Failure> {
                let webhook = match Self::webhook(&request.scheme, &request.secret) {
                    Ok(webhook) => webhook,
                    Err(error) => return Ok(Answer::No(error)),
                };
                Ok(match webhook.verify(&request.body, &header_map(request)?) {
                    Ok(()) => Answer::Yes(()),
                    Err(error) => Answer::No(error.to_string()),
                })
            }
        }
    };
}

crate_as_peer!(RustStandardWebhooks, standardwebhooks::Webhook);
crate_as_peer!(RustSvix, svix::webhooks::Webhook);

pub fn header_map(request: &Request) -> Result<http::HeaderMap, Failure> {
    let mut map = http::HeaderMap::new();
    for Header(name, value) in &request.headers {
        let name: http::HeaderName = name.parse()?;
        map.append(name, http::HeaderValue::from_bytes(value)?);
    }
    Ok(map)
}

/// A program in `peers/`. Each question and each answer is a line of JSON.
struct Process {
    child: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Question<'q> {
    Sign(&'q Message),
    Verify(&'q Request),
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum Reply {
    Signed(String),
    Accepted,
    Refused(String),
    Inexpressible(String),
}

impl Process {
    fn start(program: &str, arguments: &[&str]) -> Result<Box<dyn Peer>, Failure> {
        let mut child = Command::new(program)
            .args(arguments)
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("peers"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{program}: {error}"))?;
        let questions = child.stdin.take();
        let answers = child.stdout.take().ok_or("no standard output")?;
        Ok(Box::new(Self { child, questions, answers: BufReader::new(answers) }))
    }

    fn ask(&mut self, question: Question<'_>) -> Result<Reply, Failure> {
        let mut line = serde_json::to_vec(&question)?;
        line.push(b'\n');
        let questions = self.questions.as_mut().ok_or("no standard input")?;
        questions.write_all(&line)?;
        let mut reply = String::new();
        if self.answers.read_line(&mut reply)? == 0 {
            return Err(format!("ended: {}", self.child.wait()?).into());
        }
        Ok(serde_json::from_str(&reply)?)
    }
}

impl Peer for Process {
    fn sign(&mut self, message: &Message) -> Result<Answer<String>, Failure> {
        match self.ask(Question::Sign(message))? {
            Reply::Signed(signature) => Ok(Answer::Yes(signature)),
            Reply::Refused(why) => Ok(Answer::No(why)),
            Reply::Inexpressible(why) => Ok(Answer::Inexpressible(why)),
            Reply::Accepted => Err("a verdict, and no signature".into()),
        }
    }

    fn verify(&mut self, request: &Request) -> Result<Answer<()>, Failure> {
        match self.ask(Question::Verify(request))? {
            Reply::Accepted => Ok(Answer::Yes(())),
            Reply::Refused(why) => Ok(Answer::No(why)),
            Reply::Inexpressible(why) => Ok(Answer::Inexpressible(why)),
            Reply::Signed(_) => Err("a signature, and no verdict".into()),
        }
    }
}

/// Ends the process by ending its input.
impl Drop for Process {
    fn drop(&mut self) {
        self.questions.take();
        let _ = self.child.wait();
    }
}
