//! The stock for Standard Webhooks.

use super::*;

pub(super) const CASES: &[&[Case]] =
    &[BASE64, HEADERS, FAMILIES, IDS, TIMESTAMPS, LISTS, MACS, BODIES, SECRETS];

const ID: &str = "webhook-id";
const TIMESTAMP: &str = "webhook-timestamp";

const HEADERS: &[Case] = &[
    without("id-missing", ID),
    without("timestamp-missing", TIMESTAMP),
    made("id-emptied", "missing-header", |_, message| message.signed().with(ID, "")),
    sent_timestamp("timestamp-emptied", "missing-header", ""),
    made("id-repeated", "duplicate-header", |_, message| {
        let id = message.id.clone();
        message.signed().and(ID, id)
    }),
    made("id-and-another", "duplicate-header", |_, message| message.signed().and(ID, "another")),
    made("timestamp-repeated", "duplicate-header", |_, message| {
        let timestamp = message.timestamp.clone();
        message.signed().and(TIMESTAMP, timestamp)
    }),
    made("timestamp-and-another", "duplicate-header", |_, message| {
        let another = moved(message.clone(), 1).timestamp;
        message.signed().and(TIMESTAMP, another)
    }),
];

const FAMILIES: &[Case] = &[
    made("svix-headers-for-webhook-headers", "missing-header", |_, message| {
        renamed(message.signed(), &["id", "timestamp", "signature"])
    }),
    made("webhook-headers-for-svix-headers", "missing-header", |_, message| {
        let mut request = message.signed();
        request.scheme = Scheme::StandardWebhooks { family: "svix", raw_secret: false };
        request
    }),
    made("svix-id-among-webhook-headers", "missing-header", |_, message| {
        renamed(message.signed(), &["id"])
    }),
    made("svix-signature-among-webhook-headers", "missing-header", |_, message| {
        renamed(message.signed(), &["signature"])
    }),
    made("wrong-svix-signature-beside", "accepted", |rng, message| {
        let wrong = wrong(rng, &message);
        message.signed().and("svix-signature", wrong)
    }),
    made("right-svix-signature-beside-a-wrong-one", "signature-mismatch", |rng, message| {
        let right = message.signature();
        with_signature(rng, message, "{wrong}").and("svix-signature", right)
    }),
];

/// Renames these headers to the family `svix`.
fn renamed(mut request: Request, parts: &[&str]) -> Request {
    for Header(name, _) in &mut request.headers {
        if parts.iter().any(|part| *name == format!("webhook-{part}")) {
            *name = name.replace("webhook", "svix");
        }
    }
    request
}

const IDS: &[Case] = &[
    made("id-with-a-dot", "malformed-header", |_, message| with_id(message, "msg.1").signed()),
    made("boundary-of-id-and-timestamp-moved", "malformed-header", |_, mut message| {
        // The same signed bytes, read as another id, timestamp and body.
        let now = text(&message.timestamp).to_owned();
        message.body = format!("{now}.{{}}").into_bytes();
        let id = format!("{}.{now}", text(&message.id));
        let mut request = message.signed().with(ID, id).with(TIMESTAMP, now);
        request.body = b"{}".into();
        request
    }),
    made("id-with-spaces-and-a-tab-inside", "accepted", |_, message| {
        with_id(message, "msg 1\t2").signed()
    }),
    made("id-of-60-kb", "accepted", |_, message| with_id(message, "m".repeat(60_000)).signed()),
    made("id-in-utf-8", "accepted", |_, message| with_id(message, "msg_\u{e9}").signed()),
    made("id-in-latin-1", "accepted", |_, message| with_id(message, *b"msg_\xe9").signed()),
    made("id-empty", "missing-header", |_, message| with_id(message, "").signed()),
    made("id-after-a-space", "malformed-header", |_, message| with_id(message, " msg_1").signed()),
    made("id-before-a-space", "malformed-header", |_, message| with_id(message, "msg_1 ").signed()),
    made("id-sent-before-a-space", "malformed-header", |_, message| {
        with_id(message, "msg_1").signed().with(ID, "msg_1 ")
    }),
];

fn with_id(mut message: Message, id: impl Into<Vec<u8>>) -> Message {
    message.id = id.into();
    message
}

const TIMESTAMPS: &[Case] = &[
    later("299-s-ago", "accepted", -299),
    later("300-s-ago", "accepted", -300),
    later("301-s-ago", "timestamp-too-old", -301),
    later("299-s-ahead", "accepted", 299),
    later("300-s-ahead", "accepted", 300),
    later("301-s-ahead", "timestamp-in-future", 301),
    timestamp("timestamp-zero", "timestamp-too-old", "0"),
    timestamp("timestamp-in-milliseconds", "timestamp-in-future", "{now}000"),
    timestamp("timestamp-of-19-nines", "timestamp-in-future", "9999999999999999999"),
    timestamp("timestamp-of-20-digits", "malformed-timestamp", "18446744073709551615"),
    timestamp("timestamp-negative", "malformed-timestamp", "-{now}"),
    timestamp("timestamp-the-least-of-64-bits", "malformed-timestamp", "-9223372036854775808"),
    timestamp("timestamp-not-a-number", "malformed-timestamp", "NaN"),
    timestamp("timestamp-infinite", "malformed-timestamp", "Infinity"),
    timestamp("timestamp-with-a-leading-zero", "accepted", "0{now}"),
    timestamp("timestamp-with-a-plus", "malformed-timestamp", "+{now}"),
    timestamp("timestamp-with-a-fraction", "malformed-timestamp", "{now}.5"),
    sent_timestamp("timestamp-sent-with-a-leading-zero", "signature-mismatch", "0{now}"),
    sent_timestamp("timestamp-sent-with-a-plus", "malformed-timestamp", "+{now}"),
    sent_timestamp("timestamp-sent-after-a-space", "malformed-timestamp", " {now}"),
    sent_timestamp("timestamp-sent-before-a-space", "malformed-timestamp", "{now} "),
    sent_timestamp("timestamp-sent-with-a-fraction", "malformed-timestamp", "{now}.5"),
    sent_timestamp("timestamp-sent-with-an-exponent", "malformed-timestamp", "{now}e0"),
    sent_timestamp("timestamp-sent-with-letters-after", "malformed-timestamp", "{now}abc"),
    sent_timestamp("timestamp-sent-as-two", "malformed-timestamp", "{now}, {now}"),
    sent_timestamp("timestamp-sent-in-words", "malformed-timestamp", "now"),
    made("timestamp-sent-as-a-power-of-ten", "malformed-timestamp", |_, message| {
        respelled_timestamp(message, |now| format!("{}.{}e9", &now[..1], &now[1..]))
    }),
    made("timestamp-sent-with-an-underscore", "malformed-timestamp", |_, message| {
        respelled_timestamp(message, |now| format!("{}_{}", &now[..1], &now[1..]))
    }),
    made("timestamp-sent-in-wide-digits", "malformed-timestamp", |_, message| {
        let wide = |digit: char| char::from_u32(u32::from(digit) - 0x30 + 0xff10);
        respelled_timestamp(message, |now| now.chars().filter_map(wide).collect())
    }),
];

fn respelled_timestamp(message: Message, respell: impl Fn(&str) -> String) -> Request {
    let respelled = respell(text(&message.timestamp));
    message.signed().with(TIMESTAMP, respelled)
}

const LISTS: &[Case] = &[
    signature("a-wrong-one-before", "accepted", "{wrong} {good}"),
    signature("a-wrong-one-after", "accepted", "{good} {wrong}"),
    signature("two-wrong-ones", "signature-mismatch", "{wrong} {wrong}"),
    signature("another-version-before", "accepted", "v2,AAAA {good}"),
    signature("another-version-after", "accepted", "{good} v1a,AAAA"),
    signature("under-another-version", "malformed-signature", "v2,{mac}"),
    signature("under-a-version-in-upper-case", "malformed-signature", "V1,{mac}"),
    signature("under-no-version", "malformed-signature", "{mac}"),
    signature("after-an-equals-sign", "malformed-signature", "v1={mac}"),
    signature("after-a-comma-and-a-space", "malformed-signature", "v1, {mac}"),
    signature("garbage-before", "accepted", "garbage {good}"),
    signature("garbage-after", "accepted", "{good} garbage"),
    signature("garbage-with-commas-before", "accepted", "v1,a,b {good}"),
    signature("a-version-alone-before", "accepted", "v1 {good}"),
    signature("a-version-and-a-comma-before", "accepted", "v1, {good}"),
    signature("broken-base64-before", "accepted", "v1,A {good}"),
    signature("broken-base64-after", "accepted", "{good} v1,A"),
    signature("not-ascii-before", "accepted", "v1,\u{e9} {good}"),
    signature("two-spaces-between", "accepted", "{wrong}  {good}"),
    signature("spaces-around", "accepted", " {good} "),
    signature("space-before", "accepted", " {good}"),
    signature("space-after", "accepted", "{good} "),
    signature("a-tab-between", "malformed-signature", "{good}\t{good}"),
    signature("a-comma-between", "malformed-signature", "{good},{good}"),
    signature("a-semicolon-between", "malformed-signature", "{good};{good}"),
    signature("a-comma-and-a-space-between", "accepted", "{wrong}, {good}"),
    signature("a-comma-and-a-space-after", "signature-mismatch", "{good}, {wrong}"),
    made("32-of-which-the-last-is-right", "accepted", |rng, message| {
        with_signature(rng, message, &("{wrong} ".repeat(31) + "{good}"))
    }),
    made("33-of-which-the-last-is-right", "malformed-signature", |rng, message| {
        with_signature(rng, message, &("{wrong} ".repeat(32) + "{good}"))
    }),
    made("33-of-which-the-first-is-right", "malformed-signature", |rng, message| {
        with_signature(rng, message, &("{good}".to_owned() + &" {wrong}".repeat(32)))
    }),
];

const MACS: &[Case] = &[
    signature("mac-of-no-bytes", "malformed-signature", "v1,"),
    signature("mac-twice-in-one", "malformed-signature", "v1,{mac}{mac}"),
    signature("mac-before-a-comma", "malformed-signature", "{good},"),
    signature("mac-before-a-comma-and-more", "malformed-signature", "{good},more"),
    signature("mac-before-a-tab", "malformed-signature", "{good}\t"),
    signature("mac-before-a-semicolon", "malformed-signature", "{good};"),
    signature("mac-before-a-stranger", "malformed-signature", "{good}!"),
    made("mac-of-31-bytes", "malformed-signature", |_, message| {
        respelled_mac(message, |mac| STANDARD.encode(&mac[..31]))
    }),
    made("mac-of-33-bytes", "malformed-signature", |_, message| {
        respelled_mac(message, |mac| STANDARD.encode([mac, b"\0"].concat()))
    }),
    made("mac-in-hex", "malformed-signature", |_, message| {
        respelled_mac(message, |mac| hex::encode(mac))
    }),
];

fn respelled_mac(message: Message, respell: impl Fn(&[u8]) -> String) -> Request {
    let mac = STANDARD.decode(&message.signature()[3..]).expect("base64");
    message.signed().with("webhook-signature", format!("v1,{}", respell(&mac)))
}

const BODIES: &[Case] = &[
    body("body-no-json", "accepted", b"a=1&b=2"),
    body("body-with-nul", "accepted", b"{}\0"),
    body("body-with-a-byte-order-mark", "accepted", b"\xef\xbb\xbf{}"),
    body("body-of-one-byte-ff", "accepted", b"\xff"),
    body("body-in-latin-1", "accepted", b"caf\xe9"),
    body("body-of-cut-utf-8", "accepted", b"\xf0\x9f\xa6"),
    body("body-of-overlong-utf-8", "accepted", b"\xc0\x80"),
    body("body-with-a-lone-surrogate", "accepted", b"\xed\xa0\x80"),
    body("body-compressed", "accepted", b"\x1f\x8b\x08\0\0\0\0\0\0\x03"),
    made("bytes-for-a-replacement-character", "signature-mismatch", |_, mut message| {
        message.body = "caf\u{fffd}".into();
        let mut request = message.signed();
        request.body = b"caf\xe9".into();
        request
    }),
];

const SECRETS: &[Case] = &[
    secret("secret-of-the-text-alone", "accepted", "{secret}"),
    secret("secret-with-prefix", "accepted", "whsec_{secret}"),
    secret("secret-with-version-and-prefix", "accepted", "v1,whsec_{secret}"),
    secret("secret-with-prefix-in-upper-case", "secret-refused", "WHSEC_{secret}"),
    secret("secret-with-prefix-twice", "secret-refused", "whsec_whsec_{secret}"),
    secret("secret-with-prefix-of-a-signing-key", "secret-refused", "whsk_{secret}"),
    secret("secret-with-prefix-of-a-public-key", "secret-refused", "whpk_{secret}"),
    secret("secret-after-a-space", "secret-refused", " whsec_{secret}"),
    secret("secret-before-a-space", "secret-refused", "whsec_{secret} "),
    secret("secret-before-a-line-break", "secret-refused", "whsec_{secret}\n"),
    secret("secret-with-a-line-break-inside", "secret-refused", "whsec_{head}\n{tail}"),
    secret("secret-with-a-stranger-inside", "secret-refused", "whsec_{head}!{tail}"),
    secret("secret-in-quotes", "secret-refused", "\"whsec_{secret}\""),
    secret("secret-of-no-possible-length", "secret-refused", "whsec_{secret}A"),
    secret("secret-with-padding-more", "secret-refused", "{secret}="),
    made("secret-in-base64url", "secret-refused", |rng, message| {
        respelled_secret(rng, message, 24, |secret| secret.replace('+', "-").replace('/', "_"))
    }),
    made("secret-unpadded", "accepted", |rng, message| {
        respelled_secret(rng, message, 25, |secret| secret.trim_end_matches('=').into())
    }),
    made("secret-with-trailing-bits", "secret-refused", |rng, message| {
        respelled_secret(rng, message, 26, with_trailing_bits)
    }),
    made("secret-of-two-bytes", "secret-refused", |rng, message| {
        respelled_secret(rng, message, 2, str::to_owned)
    }),
    made("secret-of-15-bytes", "secret-refused", |rng, message| {
        respelled_secret(rng, message, 15, str::to_owned)
    }),
    made("secret-of-16-bytes", "accepted", |rng, message| {
        respelled_secret(rng, message, 16, str::to_owned)
    }),
    made("secret-of-zero-bytes", "secret-refused", |_, mut message| {
        message.secret = STANDARD.encode([0; 24]);
        message.signed()
    }),
    made("secret-of-1000-bytes", "accepted", |rng, message| {
        respelled_secret(rng, message, 1000, str::to_owned)
    }),
    made("secret-empty", "secret-refused", |_, mut message| {
        message.secret.clear();
        message.signed()
    }),
    made("secret-of-the-prefix-alone", "secret-refused", |_, mut message| {
        message.secret = "whsec_".into();
        message.signed()
    }),
    made("secret-as-text-empty", "secret-refused", |_, message| with_text_as_secret(message, "")),
    made("secret-as-text-of-one-byte", "accepted", |_, message| with_text_as_secret(message, "s")),
    made("secret-as-text-before-a-line-break", "secret-refused", |_, message| {
        with_text_as_secret(message, "secret\n")
    }),
    made("secret-as-text-of-zero-bytes", "secret-refused", |_, message| {
        with_text_as_secret(message, "\0\0")
    }),
    made("secret-as-text-with-prefix", "accepted", |_, message| {
        with_text_as_secret(message, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    }),
    made("secret-as-text-of-a-public-key", "secret-refused", |_, message| {
        with_text_as_secret(message, "whpk_15ruSUePbuTD6VCJG1KbCm9hThjNN8/BKPC7QIpDfUM=")
    }),
];

/// Returns a request signed with a key of this many bytes, and verified with its text written
/// differently.
pub(super) fn respelled_secret(
    rng: &mut Rng,
    mut message: Message,
    length: usize,
    respell: impl Fn(&str) -> String,
) -> Request {
    // The first digits are `+/`.
    let key = [&b"\xfb\xff"[..], &random::bytes(rng, length - 2)].concat();
    message.secret = STANDARD.encode(key);
    let secret = respell(&message.secret);
    let mut request = message.signed();
    request.secret = secret;
    request
}

fn with_text_as_secret(mut message: Message, secret: &str) -> Request {
    message.scheme = Scheme::StandardWebhooks { family: "webhook", raw_secret: true };
    message.secret = secret.into();
    message.signed()
}
