//! The captures in `examples/requests/`, and what is expected of each.
//!
//! `examples/requests/README.md` says who signed and sent them, and how.

use std::ffi::OsString;
use std::fmt;

use crate::arguments::{Job, Secret, WrongUse};
use crate::{Verdict, judge};

pub struct Capture {
    pub file: &'static str,
    pub scheme: &'static str,
    /// As on the command line.
    options: &'static str,
    /// Public, and worth nothing.
    secret: &'static str,
    /// Unix seconds, by the clock of the receiver.
    received_at: u64,
    pub expected: Expected,
}

impl Capture {
    /// By the way of a user's own file: each capture is an example of one.
    pub fn judge(&self) -> Result<Verdict, WrongUse> {
        let job = Job::parse(self.words())?.expect("no capture asks for help");
        judge(&job, &Secret::demo(self.secret))
    }

    /// The words of the command line that checks it.
    fn words(&self) -> Vec<OsString> {
        let file = format!("{REQUESTS}/{}", self.file);
        let received_at = format!("--received-at={}", self.received_at);
        [self.scheme, &file, &received_at]
            .into_iter()
            .chain(self.options.split_whitespace())
            .map(OsString::from)
            .collect()
    }
}

pub enum Expected {
    Verified,
    /// For this reason and no other.
    Refused(&'static str),
}

use Expected::{Refused, Verified};

impl Expected {
    pub fn is(&self, judged: &Result<Verdict, WrongUse>) -> bool {
        match (self, judged) {
            (Verified, Ok(Ok(_))) => true,
            (Refused(reason), Ok(Err(error))) => error.to_string() == *reason,
            _ => false,
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verified => f.write_str("verified"),
            Refused(reason) => write!(f, "refused, {reason}"),
        }
    }
}

const REQUESTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/requests");

const PAMINGA_SECRET: &str = "paminga-demo-secret";
const PAKK_SECRET: &str = "pakk-demo-signing-key";
const HUBPAY_SECRET: &str = "hubpay-demo-shared-key";

/// Of the documentation and the tests of Standard Webhooks.
const NEW_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OLD_SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// The key pair of the provider's public examples.
const POMELO_SECRET: &str = "uC8fVXzXMyaw1PseV452i6ozQwIIa4olcSpjuvn5E4E=";
const POMELO: &str = "--key-id Lp0g+cwb19eEfTn1YIOydEnqPcZOg8YxHctnMe+1cQA= \
                      --endpoint /transactions/authorizations";
const POMELO_BODY_FIRST: &str = "--key-id Lp0g+cwb19eEfTn1YIOydEnqPcZOg8YxHctnMe+1cQA= \
                                 --endpoint /transactions/authorizations \
                                 --order body-timestamp-endpoint";

pub static CAPTURES: [Capture; 16] = [
    Capture {
        file: "paminga.http",
        scheme: "paminga",
        options: "",
        secret: PAMINGA_SECRET,
        received_at: 1_795_314_745,
        expected: Verified,
    },
    Capture {
        file: "paminga-tampered.http",
        scheme: "paminga",
        options: "",
        secret: PAMINGA_SECRET,
        received_at: 1_795_314_745,
        expected: Refused("signature does not match"),
    },
    Capture {
        file: "paminga-unsigned.http",
        scheme: "paminga",
        options: "",
        secret: PAMINGA_SECRET,
        received_at: 1_795_314_745,
        expected: Refused("header x-paminga-signature is missing or empty"),
    },
    Capture {
        file: "pakk.http",
        scheme: "pakk",
        options: "",
        secret: PAKK_SECRET,
        received_at: 1_795_314_745,
        expected: Verified,
    },
    Capture {
        file: "standard-webhooks.http",
        scheme: "standard-webhooks",
        options: "",
        secret: NEW_SECRET,
        received_at: 1_795_314_745,
        expected: Verified,
    },
    Capture {
        file: "standard-webhooks-svix.http",
        scheme: "standard-webhooks",
        options: "--header-prefix svix",
        secret: NEW_SECRET,
        received_at: 1_795_314_746,
        expected: Verified,
    },
    // Signed with the new secret and the old one, for a receiver that still has
    // the old one only.
    Capture {
        file: "standard-webhooks-rotation.http",
        scheme: "standard-webhooks",
        options: "",
        secret: OLD_SECRET,
        received_at: 1_795_314_747,
        expected: Verified,
    },
    Capture {
        file: "standard-webhooks-chunked.http",
        scheme: "standard-webhooks",
        options: "",
        secret: NEW_SECRET,
        received_at: 1_795_314_748,
        expected: Verified,
    },
    Capture {
        file: "hubpay.http",
        scheme: "hubpay",
        options: "",
        secret: HUBPAY_SECRET,
        received_at: 1_795_314_748,
        expected: Verified,
    },
    Capture {
        file: "hubpay-hub-signature.http",
        scheme: "hubpay",
        options: "--header-name x-hub-signature --prefix required --encoding hex",
        secret: HUBPAY_SECRET,
        received_at: 1_795_314_748,
        expected: Verified,
    },
    Capture {
        file: "hubpay-repeated-header.http",
        scheme: "hubpay",
        options: "",
        secret: HUBPAY_SECRET,
        received_at: 1_795_314_748,
        expected: Refused("header x-hubpay-hmac occurs more than once"),
    },
    Capture {
        file: "pomelo-authorization.http",
        scheme: "pomelo",
        options: POMELO,
        secret: POMELO_SECRET,
        received_at: 1_795_314_748,
        expected: Verified,
    },
    Capture {
        file: "pomelo-body-first.http",
        scheme: "pomelo",
        options: POMELO_BODY_FIRST,
        secret: POMELO_SECRET,
        received_at: 1_795_314_748,
        expected: Verified,
    },
    Capture {
        file: "pomelo-tampered.http",
        scheme: "pomelo",
        options: POMELO,
        secret: POMELO_SECRET,
        received_at: 1_795_314_748,
        expected: Refused("signature does not match"),
    },
    Capture {
        file: "pomelo-replayed.http",
        scheme: "pomelo",
        options: POMELO,
        secret: POMELO_SECRET,
        received_at: 1_795_314_812,
        expected: Refused("timestamp in x-timestamp is 64 s old, more than the allowed 60 s"),
    },
    Capture {
        file: "pomelo-other-endpoint.http",
        scheme: "pomelo",
        options: POMELO,
        secret: POMELO_SECRET,
        received_at: 1_795_314_748,
        expected: Refused("header x-endpoint names another endpoint than the configured one"),
    },
];
