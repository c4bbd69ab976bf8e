//! The library's findings in terms of the command line: its options, and shell commands.

use hookseal::explain::{Change, Fault, Words};
use hookseal::scheme::SignatureField;

use crate::judge::Judge;
use crate::secret::general;

impl Words for Judge {
    fn how(&self, change: &Change) -> Option<String> {
        self.option_for(change.name(), change.value())
    }

    fn fault(&self, fault: &Fault) -> String {
        let place = fault.secret().and_then(|number| number.checked_sub(1));
        let secret = place.and_then(|place| self.secrets.get(place));
        match (secret, fault.error()) {
            (Some(secret), Some(error)) => secret.fault(error),
            (Some(secret), None) => secret.not_text(),
            (None, Some(error)) => general(error),
            (None, None) => fault.to_string(),
        }
    }
}

impl Judge {
    /// Returns the option or command that carries out the remedy of the change with this name.
    pub fn option_for(&self, name: &str, value: Option<&str>) -> Option<String> {
        let how = match (name, value) {
            ("body-base64-signed", _) => {
                "`base64 --wrap 0` writes it, and --headers and --body take the two parts".into()
            }
            ("header-joined", _) => self.in_scheme_file("`[signature.list]`"),
            ("header-other-family", Some(prefix)) => format!("--header-prefix {prefix}"),
            ("header-renamed", Some(header)) if self.takes_header_name() => {
                format!("--header-name {header}")
            }
            ("header-renamed", _) => self.in_scheme_file("the header of `signature`"),
            ("message-body-alone", _) => self.in_scheme_file("`signed = [\"body\"]`"),
            ("message-head-incomplete", _) => {
                "--url URL, and the method in the first line of the headers".into()
            }
            ("message-other-endpoint", _) => "--endpoint ENDPOINT".into(),
            ("message-order" | "message-separator" | "message-with-header", _)
            | ("message-without-part", _) => self.in_scheme_file("`signed`"),
            (name, _) if name.starts_with("message-url") => {
                return self
                    .setup
                    .signs_endpoint()
                    .then(|| "--url URL, or exactly what is signed with --endpoint".into());
            }
            ("scheme-other", Some(scheme)) => format!("--scheme {scheme}"),
            ("secret-bytes" | "secret-sender-encodes" | "secret-sender-has-more", _) => {
                in_hex("od -An -v -tx1 FILE")
            }
            ("secret-carriage-return" | "secret-line-break", _) => {
                "`printf %s` writes a file without a line break".into()
            }
            ("secret-is-base64", _) => "--secret-format base64".into(),
            ("secret-is-base64url", _) => {
                in_hex("basenc --base64url --decode FILE | od -An -v -tx1")
            }
            ("secret-is-hashed", _) => self.in_scheme_file("`secret = \"sha256_of_text\"`"),
            ("secret-is-hex", _) => "--secret-format hex".into(),
            ("secret-is-text", _) => "--secret-format text".into(),
            ("secret-key-id", _) => "--key-id ID, or no --key-id at all".into(),
            ("secret-list", _) => "--secret-env and --secret-file may be repeated".into(),
            ("secret-public-key-encoding", _) => {
                self.in_scheme_file("`secret`, such as \"public_key_hex\" or \"public_key_base64\"")
            }
            ("signature-encoding", _) if self.setup.is_encoding_set() => {
                "without --encoding, or with another one".into()
            }
            ("signature-prefix", _) if self.setup.is_prefix_set() => {
                "without --prefix, or with another one".into()
            }
            ("signature-algorithm" | "signature-encoding" | "signature-prefix", _)
            | ("signature-space-after-prefix" | "signature-spelling", _) => {
                self.in_scheme_file("`forms`")
            }
            ("time-format", _) => self.in_scheme_file("`format` of `timestamp`"),
            ("time-in-finer-unit", _) => "a --tolerance that is wide enough".into(),
            ("time-in-future", _) => "--tolerance SECONDS".into(),
            ("time-in-milliseconds", _) => {
                self.in_scheme_file("`format = \"milliseconds\"` of `timestamp`")
            }
            ("time-in-seconds", _) => self.in_scheme_file("`format = \"seconds\"` of `timestamp`"),
            ("time-too-old", _) if self.received_at.is_some() => "--tolerance SECONDS".into(),
            ("time-too-old", _) => "--received-at SECONDS, --tolerance SECONDS".into(),
            _ => return None,
        };
        Some(how)
    }

    /// Returns the advice to set something in a scheme file.
    fn in_scheme_file(&self, what: &str) -> String {
        if self.setup.is_of_catalogue() {
            let name = self.setup.name();
            format!(
                "{what} in a scheme file, which `hookseal schemes {name} --toml` writes and \
                 --scheme-file reads"
            )
        } else {
            format!("{what} in the scheme file")
        }
    }

    /// Returns whether --header-name applies to the scheme.
    fn takes_header_name(&self) -> bool {
        self.setup
            .with(|scheme| matches!(scheme.signature, SignatureField::Header(_)))
    }
}

/// Returns the advice to print bytes as hexadecimal digits with a command.
fn in_hex(command: &str) -> String {
    format!("`{command} | tr -d ' \\n'` prints them in hex, for --secret-format hex")
}
