//! The command line: the options and the help of each command.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, ValueParser};
use clap::{Arg, ArgAction, Command, value_parser};
use hookseal::schemes;

use crate::capture::Format;

/// One day, in seconds.
const MAX_TIMEOUT: i64 = 86_400;

const ABOUT: &str = "Checks, explains, signs, sends and receives webhooks";

const AFTER_HELP: &str = "\
Secrets come from an environment variable (--secret-env), a file (--secret-file) or a prompt, \
and never from the command line.

Exit status: 0 if all is as it should be, 1 if a request was refused or a delivery failed, \
2 for wrong use and for input that cannot be read.";

/// Returns the whole command line.
pub fn command() -> Command {
    Command::new("hookseal")
        .version(env!("CARGO_PKG_VERSION"))
        .about(ABOUT)
        .after_help(AFTER_HELP)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommands([
            verify(),
            explain(),
            sign(),
            send(),
            listen(),
            schemes(),
            playground(),
            key(),
            completions(),
            man(),
        ])
}

/// Options that conflict with --captures, since the folder's captures.json sets them.
const BESIDE_CAPTURES: [&str; 18] = [
    "body",
    "encoding",
    "endpoint",
    "files",
    "format",
    "header-name",
    "header-prefix",
    "headers",
    "key-id",
    "prefix",
    "received-at",
    "scheme",
    "scheme-file",
    "secret-env",
    "secret-file",
    "secret-format",
    "tolerance",
    "url",
];

/// Returns the command that checks captured requests.
pub fn verify() -> Command {
    let command = Command::new("verify")
        .about("Checks captured requests")
        .after_help(
            "Reads raw HTTP/1.1 requests, HTTP/2 requests as tools write them, the output of \
             `curl -v` (with --body), events of API Gateway, function URLs and load balancers, and \
             HAR files. A secret file is read byte for byte: a line break at its end is an error.\n\n\
             Exit status: 0 if all requests are verified, 1 if some are refused, 2 for wrong use \
             and for files that cannot be read.",
        )
        .arg(
            Arg::new("captures")
                .long("captures")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .conflicts_with_all(BESIDE_CAPTURES)
                .help(
                    "Check the requests of a folder, as its captures.json says: each with its own \
                     options and public secret, and the verdict that is expected",
                ),
        );
    checking(command)
}

fn explain() -> Command {
    checking(
        Command::new("explain")
            .about("Checks captured requests, and searches for the cause of each refusal")
            .after_help(
                "Takes the same input as `hookseal verify`. Invalid secrets are explained too.\n\n\
                 Exit status: 0 if all requests are verified, 1 if one is refused, 2 for wrong \
                 use, for files that cannot be read, and if the configuration, not a request, is \
                 at fault.\n\nDo not show the output to the sender of a request: it says which \
                 part of a forgery was right.",
            ),
    )
}

fn checking(command: Command) -> Command {
    configured(command, true)
        .arg(tolerance())
        .arg(received_at())
        .arg(
            Arg::new("format")
                .long("format")
                .value_name("FORMAT")
                .value_parser(Format::NAMES)
                .help("The format of the files, if it is not detected"),
        )
        .arg(
            Arg::new("headers")
                .long("headers")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .requires("body")
                .conflicts_with_all(["files", "format"])
                .help("Read the request line, if there is one, and the headers from this file"),
        )
        .arg(
            Arg::new("body")
                .long("body")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("Read the body from this file, byte for byte"),
        )
        .arg(json("Print one JSON array with an object for each request"))
        .arg(
            Arg::new("files")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .num_args(1..)
                .help("Files with captured requests; - is standard input"),
        )
}

/// Adds the options of schemes and secrets.
fn configured(command: Command, url: bool) -> Command {
    let names: Vec<&str> = schemes::ALL.iter().map(|scheme| scheme.name).collect();
    let command = command
        .arg(
            Arg::new("scheme")
                .long("scheme")
                .value_name("NAME")
                .value_parser(PossibleValuesParser::new(names))
                .hide_possible_values(true)
                .help("The sender's scheme; `hookseal schemes` lists them"),
        )
        .arg(
            Arg::new("scheme-file")
                .long("scheme-file")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .conflicts_with("scheme")
                .help("Read the scheme from a TOML or JSON file; `hookseal schemes NAME --toml` writes one"),
        )
        .arg(
            Arg::new("secret-env")
                .long("secret-env")
                .value_name("VAR")
                .value_parser(value_parser!(OsString))
                .action(ArgAction::Append)
                .help(
                    "Take a secret from this environment variable; may be repeated. Without this and \
                     --secret-file: HOOKSEAL_SECRET, or a prompt",
                ),
        )
        .arg(
            Arg::new("secret-file")
                .long("secret-file")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .action(ArgAction::Append)
                .help("Take a secret from this file, byte for byte; may be repeated; - is standard input"),
        )
        .arg(
            Arg::new("secret-format")
                .long("secret-format")
                .value_name("FORMAT")
                .value_parser(["text", "base64", "hex"])
                .help("Read the secrets in this format, not the one that the sender hands out"),
        )
        .arg(
            Arg::new("key-id")
                .long("key-id")
                .value_name("ID")
                .action(ArgAction::Append)
                .help(
                    "The id of a key; the first belongs to the first secret, and so on. A secret \
                     without one is tried for the id that a request names",
                ),
        )
        .arg(
            Arg::new("header-prefix")
                .long("header-prefix")
                .value_name("PREFIX")
                .help("Read the headers PREFIX-id, PREFIX-signature and so on (Standard Webhooks: svix)"),
        )
        .arg(
            Arg::new("header-name")
                .long("header-name")
                .value_name("NAME")
                .help("Read the signature from this header"),
        )
        .arg(
            Arg::new("encoding")
                .long("encoding")
                .value_name("ENCODING")
                .value_parser(["hex", "base64"])
                .help("Accept only this one of the scheme's signature encodings"),
        )
        .arg(
            Arg::new("prefix")
                .long("prefix")
                .value_name("POLICY")
                .value_parser(["required", "forbidden", "optional"])
                .help("Whether the signature has its prefix, such as `sha256=`, if the scheme leaves that open"),
        )
        .arg(
            Arg::new("endpoint")
                .long("endpoint")
                .value_name("ENDPOINT")
                .help("Your endpoint exactly as the sender signs it (Pomelo: the path)"),
        );
    if url {
        command.arg(url_option(
            "The public URL of the receiver, for schemes that sign it; also the target of requests \
             whose file has none",
        ))
    } else {
        command
    }
}

fn url_option(help: &'static str) -> Arg {
    Arg::new("url").long("url").value_name("URL").help(help)
}

fn tolerance() -> Arg {
    Arg::new("tolerance")
        .long("tolerance")
        .value_name("SECONDS")
        .value_parser(seconds())
        .help("How far, in seconds, the timestamp may be off; usually 300")
}

fn received_at() -> Arg {
    Arg::new("received-at")
        .long("received-at")
        .value_name("SECONDS")
        .value_parser(moment())
        .help("When the requests were received, in seconds since 1970, instead of now")
}

fn json(help: &'static str) -> Arg {
    Arg::new("json")
        .long("json")
        .action(ArgAction::SetTrue)
        .help(help)
}

fn seconds() -> ValueParser {
    ValueParser::new(|text: &str| {
        text.parse::<u64>()
            .map_err(|_| "it takes a whole number of seconds")
    })
}

/// The years 1973 to 5138, in milliseconds since 1970. As seconds, these numbers would be in
/// the year 5138 or later.
const MILLISECONDS: std::ops::Range<u64> = 100_000_000_000..100_000_000_000_000;

/// Parses seconds since 1970.
fn moment() -> ValueParser {
    ValueParser::new(|text: &str| match text.parse::<u64>() {
        Ok(moment) if !MILLISECONDS.contains(&moment) => Ok(moment),
        Ok(_) => Err(
            "it takes seconds since 1970, and this reads like milliseconds: leave the last three \
             digits out",
        ),
        Err(_) => Err("it takes a whole number of seconds since 1970"),
    })
}

/// Adds the options of a message, apart from its body.
fn message(command: Command) -> Command {
    command
        .arg(
            Arg::new("id")
                .long("id")
                .value_name("ID")
                .help("The id of the message, if the scheme signs one; otherwise a random one"),
        )
        .arg(
            Arg::new("method")
                .long("method")
                .value_name("METHOD")
                .default_value("POST")
                .help("The method of the request"),
        )
        .arg(
            Arg::new("header")
                .long("header")
                .value_name("NAME: VALUE")
                .action(ArgAction::Append)
                .help("A header that is sent, and signed if the scheme signs it; may be repeated"),
        )
}

fn sign() -> Command {
    let command = Command::new("sign")
        .about("Prints the headers that sign a body")
        .after_help(
            "Where the sender has an Ed25519 pair, the secret is its signing key (whsk_…).\n\n\
             Exit status: 0, or 2 for wrong use.",
        );
    message(configured(command, true))
        .arg(
            Arg::new("timestamp")
                .long("timestamp")
                .value_name("SECONDS")
                .value_parser(moment())
                .help("The time of signing, in seconds since 1970, instead of now"),
        )
        .arg(
            Arg::new("curl")
                .long("curl")
                .action(ArgAction::SetTrue)
                .requires("url")
                .conflicts_with("json")
                .help("Print the whole curl command that posts the body to --url"),
        )
        .arg(json("Print an array of [name, value] pairs"))
        .arg(
            Arg::new("body-file")
                .value_name("BODY")
                .value_parser(value_parser!(PathBuf))
                .required(true)
                .help("The file with the body, byte for byte; - is standard input"),
        )
}

fn send() -> Command {
    let command = Command::new("send")
        .about("Signs bodies and posts them to a URL, to try a handler")
        .after_help(
            "Exit status: 0 if every delivery was answered with a 2xx status (with \
             --wrong-signature and --stale: refused with a 4xx status), 1 if not, 2 for wrong use.",
        );
    message(configured(command, false))
        .arg(url_option(
            "The public URL of the receiver, for schemes that sign it, if it differs from the \
             one that is posted to",
        ))
        .arg(count(
            "repeat",
            "Send each body N times, each time with a new id and timestamp",
            1,
        ))
        .arg(count(
            "concurrency",
            "Send up to N at a time; at most 256",
            1,
        ))
        .arg(
            Arg::new("timeout")
                .long("timeout")
                .value_name("SECONDS")
                .value_parser(value_parser!(u32).range(1..=MAX_TIMEOUT))
                .default_value("30")
                .help("How long to wait for each answer, in seconds"),
        )
        .arg(
            Arg::new("content-type")
                .long("content-type")
                .value_name("TYPE")
                .help("The content type of the bodies; otherwise guessed: JSON, a form or bytes"),
        )
        .arg(
            Arg::new("duplicate")
                .long("duplicate")
                .action(ArgAction::SetTrue)
                .help("Send each delivery twice, with the same id, time and signature"),
        )
        .arg(
            Arg::new("stale")
                .long("stale")
                .value_name("SECONDS")
                .value_parser(value_parser!(u64).range(1..))
                .help("Sign with a timestamp that is this many seconds old"),
        )
        .arg(
            Arg::new("wrong-signature")
                .long("wrong-signature")
                .action(ArgAction::SetTrue)
                .help("Send well-formed signatures of another body"),
        )
        .arg(json(
            "Print the deliveries and the summary as one JSON object",
        ))
        .arg(
            Arg::new("to")
                .value_name("URL")
                .required(true)
                .help("The URL to post to: http or https"),
        )
        .arg(
            Arg::new("bodies")
                .value_name("BODY")
                .value_parser(value_parser!(PathBuf))
                .required(true)
                .num_args(1..)
                .help("Files with bodies, or folders of such files; - is standard input"),
        )
}

fn count(name: &'static str, help: &'static str, default: usize) -> Arg {
    let parser = ValueParser::new(|text: &str| match text.parse::<usize>() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err("it takes a whole number above 0"),
    });
    let arg = Arg::new(name)
        .long(name)
        .value_name("N")
        .value_parser(parser);
    match default {
        0 => arg.help(help),
        1 => arg.help(help).default_value("1"),
        _ => arg.help(help),
    }
}

fn listen() -> Command {
    let command = Command::new("listen")
        .about("Receives webhooks on this machine, and says what each one is")
        .after_help(
            "Without --scheme it says which schemes each request looks like, and which of them the \
             secrets match. Verified requests are answered with 204, refused ones with 401, \
             requests without a verdict with 204.\n\n\
             Exit status: 0 after --count requests, 2 for wrong use.",
        );
    configured(command, true)
        .arg(tolerance())
        .arg(
            Arg::new("address")
                .long("address")
                .value_name("IP")
                .value_parser(value_parser!(std::net::IpAddr))
                .default_value("127.0.0.1")
                .help("The address to listen on; any but a loopback one lets other machines in"),
        )
        .arg(
            Arg::new("port")
                .long("port")
                .value_name("PORT")
                .value_parser(value_parser!(u16))
                .default_value("8787")
                .help("The port to listen on; 0 takes a free one"),
        )
        .arg(
            Arg::new("save")
                .long("save")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .help("Save each request in a file of this folder, as `hookseal verify` reads it"),
        )
        .arg(
            Arg::new("status")
                .long("status")
                .value_name("CODE")
                .value_parser(value_parser!(u16).range(200..=599))
                .help("Answer every request with this status"),
        )
        .arg(
            Arg::new("answer-body")
                .long("answer-body")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("Answer with this body"),
        )
        .arg(
            Arg::new("forward")
                .long("forward")
                .value_name("URL")
                .conflicts_with_all(["status", "answer-body"])
                .help(
                    "Pass requests on to this service, unless they are refused, and pass its \
                     answers back; paths are appended to the URL",
                ),
        )
        .arg(
            Arg::new("forward-refused")
                .long("forward-refused")
                .action(ArgAction::SetTrue)
                .requires("forward")
                .help("Pass refused requests on too"),
        )
        .arg(
            Arg::new("answer-handshakes")
                .long("answer-handshakes")
                .action(ArgAction::SetTrue)
                .help("Answer handshakes, with which the sender checks the endpoint"),
        )
        .arg(
            Arg::new("verify-token-env")
                .long("verify-token-env")
                .value_name("VAR")
                .value_parser(value_parser!(OsString))
                .requires("answer-handshakes")
                .help("The variable with the verify token that you have given the sender (Meta)"),
        )
        .arg(
            Arg::new("save-secret")
                .long("save-secret")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .requires("answer-handshakes")
                .help(
                    "Write the secret that a handshake hands over to this new file (Asana, Notion)",
                ),
        )
        .arg(
            Arg::new("max-body")
                .long("max-body")
                .value_name("BYTES")
                .value_parser(value_parser!(u32))
                .default_value("4194304")
                .help("Refuse longer bodies with 413, in bytes"),
        )
        .arg(
            Arg::new("timeout")
                .long("timeout")
                .value_name("SECONDS")
                .value_parser(value_parser!(u32).range(1..=MAX_TIMEOUT))
                .default_value("10")
                .help("How long a request may take to arrive, in seconds"),
        )
        .arg(
            Arg::new("ui")
                .long("ui")
                .value_name("ADDRESS")
                .num_args(0..=1)
                .default_missing_value("127.0.0.1:0")
                .help(
                    "Serve a page that shows the requests, on this loopback address or port, or else \
                     a free port; prints its URL, which contains the token that opens it",
                ),
        )
        .arg(count("count", "Stop after N requests", 0))
        .arg(json(
            "Print a JSON object for each request, one per line",
        ))
}

fn playground() -> Command {
    Command::new("playground")
        .about("Serves a page that checks, explains and signs requests in the browser")
        .after_help(
            "The page works offline: it has no network access, and a secret stays in its memory. \
             `hookseal listen --ui` serves it too.\n\nExit status: 2 for wrong use; otherwise it \
             runs until it is stopped.",
        )
        .arg(
            Arg::new("address")
                .long("address")
                .value_name("ADDRESS")
                .default_value("127.0.0.1:0")
                .help("The loopback address to serve it on, or a port; 0 takes a free one"),
        )
}

fn schemes() -> Command {
    Command::new("schemes")
        .about("Lists the schemes of the catalogue, or shows one")
        .arg(json("Print JSON; for one scheme, what --scheme-file reads"))
        .arg(
            Arg::new("toml")
                .long("toml")
                .action(ArgAction::SetTrue)
                .conflicts_with("json")
                .requires("name")
                .help("Print the scheme as the TOML that --scheme-file reads"),
        )
        .arg(
            Arg::new("name")
                .value_name("NAME")
                .help("The scheme to show"),
        )
}

fn key() -> Command {
    Command::new("key")
        .about("Generates a secret or a pair of keys from the system's random source")
        .after_help(
            "A file gets the secret alone, without a line break, as --secret-file reads it. The \
             public key of a pair goes to standard output.",
        )
        .arg(
            Arg::new("form")
                .value_name("FORM")
                .value_parser(["whsec", "base64", "hex", "text", "ed25519"])
                .default_value("whsec")
                .help("How to write it; ed25519 is a pair of whsk_ and whpk_ keys"),
        )
        .arg(
            Arg::new("bytes")
                .long("bytes")
                .value_name("N")
                .value_parser(value_parser!(u16).range(24..=64))
                .default_value("32")
                .help("How many random bytes a secret has, from 24 to 64"),
        )
        .arg(
            Arg::new("out")
                .long("out")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("Write the secret to this new file, which only you can read"),
        )
}

fn completions() -> Command {
    Command::new("completions")
        .about("Prints the completions for a shell")
        .arg(
            Arg::new("shell")
                .value_name("SHELL")
                .value_parser(value_parser!(clap_complete::Shell))
                .required(true)
                .help("The shell"),
        )
}

fn man() -> Command {
    Command::new("man")
        .about("Prints the manual page, in roff")
        .arg(
            Arg::new("command")
                .value_name("COMMAND")
                .help("The command whose page to print, instead of the program's"),
        )
}
