//! Compares one peer with this crate.

use std::collections::BTreeMap;

use fastrand::Rng;
use hookseal::clock::Timestamp;
use serde::Serialize;

use crate::cases::{self, Case};
use crate::differences::{Known, Verdict, Verdicts};
use crate::message::Message;
use crate::ours::Secrets;
use crate::peers::{Answer, Entry, Failure, Peer};
use crate::{ours, random};

/// The most failures that are shown for one case.
const SHOWN: u64 = 2;

pub struct Comparison {
    name: &'static str,
    peer: Box<dyn Peer>,
    known: Known,
    outcome: Outcome,
    failures: BTreeMap<String, u64>,
}

#[derive(Default)]
pub struct Outcome {
    /// By both.
    pub accepted: u64,
    /// By both.
    pub refused: u64,
    /// Judged differently, as listed.
    pub as_listed: u64,
    /// The listed cases that were seen.
    pub listed: usize,
    pub unexpected: u64,
}

impl Comparison {
    pub fn new(entry: &Entry, known: Known) -> Result<Self, Failure> {
        Ok(Self {
            name: entry.name,
            peer: (entry.start)()?,
            known,
            outcome: Outcome::default(),
            failures: BTreeMap::new(),
        })
    }

    /// Compares random messages: they sign and we verify, we sign and they verify, and both
    /// judge what was changed in transit.
    pub fn random_messages(
        &mut self,
        rng: &mut Rng,
        scheme: &str,
        count: u32,
    ) -> Result<(), Failure> {
        for _ in 0..count {
            let now = Timestamp::now().as_secs();
            let mut message = random::message(rng, scheme, now);
            let kind = random::vary(rng, &mut message, now);
            self.they_sign(rng, &format!("they-sign-{kind}"), &message)?;

            let request = ours::send(rng, &message)?;
            let ours = ours::receive(rng, &message, &request);
            let (theirs, words) = verdict(self.peer.verify(&request)?);
            self.judge(scheme, &format!("we-sign-{kind}"), (ours, theirs), &words, &request);

            let mut request = message.signed();
            let fault = random::corrupt(rng, &mut request);
            let ours = ours::verify(&request, Secrets::Random);
            let (theirs, words) = verdict(self.peer.verify(&request)?);
            self.judge(scheme, fault, (ours, theirs), &words, &request);
        }
        Ok(())
    }

    fn they_sign(&mut self, rng: &mut Rng, case: &str, message: &Message) -> Result<(), Failure> {
        let scheme = message.scheme.name();
        let plainly = ours::send_plainly(message)?;
        let header = message.scheme.signature_header();
        let (ours, theirs, words) = match self.peer.sign(message)? {
            Answer::Yes(signature) => {
                let same = plainly.value(&header) == signature.as_bytes();
                let request = plainly.with(&header, signature);
                let ours = ours::receive(rng, message, &request);
                if ours == "accepted" && !same {
                    self.fail(scheme, case, "we accept what we would not sign", &request);
                }
                (ours, Verdict::Accepted, "signed".into())
            }
            Answer::No(words) => ("accepted", Verdict::Refused, words),
            Answer::Inexpressible(words) => ("accepted", Verdict::Inexpressible, words),
        };
        self.judge(scheme, case, (ours, theirs), &words, message);
        Ok(())
    }

    /// Compares the stock of cases, each several times with different random messages.
    pub fn stock(&mut self, rng: &mut Rng, scheme: &str, times: u32) -> Result<(), Failure> {
        for case in cases::of(scheme) {
            for _ in 0..times {
                self.case(rng, scheme, case)?;
            }
        }
        Ok(())
    }

    fn case(&mut self, rng: &mut Rng, scheme: &str, case: &Case) -> Result<(), Failure> {
        let seed = rng.u64(..);
        // All use the system's clock: compared within one second, or tried again.
        let (request, ours, (theirs, words)) = loop {
            let now = Timestamp::now();
            let mut rng = Rng::with_seed(seed);
            let mut message = random::message(&mut rng, scheme, now.as_secs());
            if str::from_utf8(&message.body).is_err() {
                message.body = b"{}".into();
            }
            let request = case.request(&mut rng, message);
            let ours = ours::verify(&request, Secrets::Configured);
            let theirs = verdict(self.peer.verify(&request)?);
            if Timestamp::now() == now {
                break (request, ours, theirs);
            }
        };
        self.judge(scheme, case.name, (ours, theirs), &words, &request);
        if ours != case.ours {
            let problem = format!("we say {ours}, and should say {}", case.ours);
            self.fail(scheme, case.name, &problem, &request);
        }
        Ok(())
    }

    fn judge(
        &mut self,
        scheme: &str,
        case: &str,
        (ours, theirs): (&str, Verdict),
        words: &str,
        asked: &impl Serialize,
    ) {
        let found = Verdicts {
            ours: match ours {
                "accepted" => Verdict::Accepted,
                _ => Verdict::Refused,
            },
            theirs,
        };
        match self.known.judge(scheme, case, found) {
            Err(problem) => {
                let problem = format!("{problem} (ours: {ours}; theirs: {words:.200})");
                self.fail(scheme, case, &problem, asked);
            }
            Ok(()) if found.ours != found.theirs => self.outcome.as_listed += 1,
            Ok(()) if found.ours == Verdict::Accepted => self.outcome.accepted += 1,
            Ok(()) => self.outcome.refused += 1,
        }
    }

    fn fail(&mut self, scheme: &str, case: &str, problem: &str, asked: &impl Serialize) {
        let count = self.failures.entry(format!("{scheme}, {case}")).or_default();
        *count += 1;
        if *count <= SHOWN {
            let asked = serde_json::to_string(asked).unwrap_or_default();
            eprintln!("{}, {scheme}, {case}: {problem}\n    {asked:.2000}", self.name);
        }
    }

    pub fn finish(self) -> Outcome {
        let unseen: Vec<String> = self.known.unseen().collect();
        for problem in &unseen {
            eprintln!("{}, {problem}", self.name);
        }
        Outcome {
            listed: self.known.seen(),
            unexpected: self.failures.values().sum::<u64>() + unseen.len() as u64,
            ..self.outcome
        }
    }
}

fn verdict(answer: Answer<()>) -> (Verdict, String) {
    match answer {
        Answer::Yes(()) => (Verdict::Accepted, "accepted".into()),
        Answer::No(words) => (Verdict::Refused, words),
        Answer::Inexpressible(words) => (Verdict::Inexpressible, words),
    }
}
