use std::string::String;

use super::known::SPKI_HEADER_HEX;
use super::*;

// RFC 4648, section 10.
#[test]
fn secrets_in_base64_decode_with_and_without_padding() {
    for (text, bytes) in [
        ("Zg==", "f"),
        ("Zg", "f"),
        ("Zm8=", "fo"),
        ("Zm8", "fo"),
        ("Zm9v", "foo"),
        ("Zm9vYg==", "foob"),
        ("Zm9vYmE=", "fooba"),
        ("Zm9vYmFy", "foobar"),
        ("", ""),
    ] {
        let secret = base64_bytes(text, 0).unwrap();
        assert_eq!(secret.as_slice(), bytes.as_bytes(), "{text}");
    }
}

#[test]
fn every_fault_of_a_base64_secret_is_named() {
    use SecretFault::*;
    for (text, fault) in [
        ("Zm9v Zm9v", WhiteSpace { position: 4 }),
        ("\tZm9v", WhiteSpace { position: 0 }),
        ("Zm9v\n", LineBreak { position: 4 }),
        ("Zm9v\r\n", LineBreak { position: 4 }),
        ("\"Zm9v\"", Quote { position: 0 }),
        ("Zm9-", UrlSafe { position: 3 }),
        ("Zm9_", UrlSafe { position: 3 }),
        ("Zm9v!", Character { position: 4 }),
        ("Zm9\u{e9}", Character { position: 3 }),
        ("Zg=", Padding),
        ("Zg===", Padding),
        ("Zm9v=", Padding),
        ("Zm9v====", Padding),
        ("Zg==Zg==", Padding),
        ("=", Padding),
        ("Zm=9v", Padding),
        ("Zg==\n", LineBreak { position: 4 }),
        ("Zg== ", WhiteSpace { position: 4 }),
        ("\"Zg==\"", Quote { position: 0 }),
        ("Zh==", TrailingBits),
        ("Zh", TrailingBits),
        ("Zm9", TrailingBits),
        ("Z", Length),
        ("Zm9vY", Length),
        ("Zm9vY===", Length),
        ("Zm9v\u{a0}", WhiteSpace { position: 4 }),
        ("\u{feff}Zm9v", ByteOrderMark { position: 0 }),
        ("Zm9v\u{200b}", ZeroWidth { position: 4 }),
        ("Zm\u{2060}9v", ZeroWidth { position: 2 }),
    ] {
        assert_eq!(base64_bytes(text, 0).err(), Some(fault), "{text:?}");
    }
}

#[test]
fn secrets_in_hex_decode_in_both_cases() {
    assert_eq!(decode_hex("00fFAa").unwrap().as_slice(), [0, 255, 170]);
    assert_eq!(decode_hex("00f").err(), Some(SecretFault::Length));
    assert_eq!(
        decode_hex("0x00").err(),
        Some(SecretFault::Character { position: 1 })
    );
    assert_eq!(
        decode_hex("00=").err(),
        Some(SecretFault::Character { position: 2 })
    );
    assert_eq!(
        decode_hex("00 ff").err(),
        Some(SecretFault::WhiteSpace { position: 2 })
    );
}

#[test]
fn dirt_around_a_text_is_named_and_located() {
    use SecretFault::*;
    for (text, fault) in [
        (" secret", WhiteSpace { position: 0 }),
        ("secret\t", WhiteSpace { position: 6 }),
        ("secret\u{a0}", WhiteSpace { position: 6 }),
        ("\u{3000}secret", WhiteSpace { position: 0 }),
        ("secret\n", LineBreak { position: 6 }),
        ("secret\r\n", LineBreak { position: 6 }),
        ("secret \n", WhiteSpace { position: 6 }),
        ("\nsecret", LineBreak { position: 0 }),
        ("\"secret\"", Quote { position: 0 }),
        ("secret\"", Quote { position: 6 }),
        ("'secret", Quote { position: 0 }),
        ("secret`", Quote { position: 6 }),
        ("\u{feff}secret", ByteOrderMark { position: 0 }),
        ("secret\u{feff}", ByteOrderMark { position: 6 }),
        ("sec\u{feff}ret", ZeroWidth { position: 3 }),
        ("sec\u{200b}ret", ZeroWidth { position: 3 }),
        ("sec\u{200c}ret", ZeroWidth { position: 3 }),
        ("sec\u{200d}ret", ZeroWidth { position: 3 }),
        ("\u{2060}secret", ZeroWidth { position: 0 }),
        ("secret\u{2060}", ZeroWidth { position: 6 }),
        ("   ", WhiteSpace { position: 0 }),
        ("\"\"", Quote { position: 0 }),
    ] {
        let bytes = "the exact bytes";
        let dirty = Some(ConfigError::DirtySecret { fault, bytes });
        assert_eq!(check_text(text).err(), dirty, "{text:?}");
        // As bytes, it is accepted unchanged.
        assert_eq!(check_bytes(text.as_bytes()), Ok(()), "{text:?}");
    }
    for text in [
        "a secret with spaces",
        "a\tb\r\nc",
        "it's a \"secret\" to everybody",
        "s\u{e9}cret-\u{1f511}",
        "sec\u{200e}ret",
        "-secret_",
        "k",
    ] {
        assert_eq!(check_text(text), Ok(()), "{text:?}");
    }
}

#[test]
fn values_that_are_not_set_are_named() {
    for word in ["null", "undefined", "None"] {
        let error = Some(ConfigError::Placeholder { found: word });
        assert_eq!(check_text(word).err(), error);
        assert_eq!(from_base64(word).err(), error);
        assert_eq!(from_hex(word).err(), error);
        assert_eq!(from_whsec(word, 0).err(), error);
        let prefixed = std::format!("whsec_{word}");
        assert_eq!(from_whsec(&prefixed, 0).err(), error);
        assert_eq!(check_text(&std::format!("{word}1")), Ok(()));
        assert_eq!(check_bytes(word.as_bytes()), Ok(()));
    }
    for (text, word) in [
        ("NULL", "null"),
        ("none", "None"),
        ("Undefined", "undefined"),
        ("nil", "nil"),
        ("NIL", "nil"),
    ] {
        let error = Some(ConfigError::Placeholder { found: word });
        assert_eq!(from_base64(text).err(), error);
        assert_eq!(from_hex(text).err(), error);
        assert_eq!(from_whsec(text, 0).err(), error);
        let prefixed = std::format!("v1,whsec_{text}");
        assert_eq!(from_whsec(&prefixed, 0).err(), error);
        // A text may be any word.
        assert_eq!(check_text(text), Ok(()));
    }
    for (text, position) in [
        ("${SECRET}", 0),
        ("whsec_${SECRET}", 6),
        ("$(cat secret)", 0),
        ("ab$(cat ${SECRET})", 2),
        ("ab${}", 2),
    ] {
        let error = Some(ConfigError::Unexpanded { position });
        assert_eq!(check_text(text).err(), error, "{text}");
        assert_eq!(from_base64(text).err(), error, "{text}");
        assert_eq!(from_hex(text).err(), error, "{text}");
        assert_eq!(from_whsec(text, 0).err(), error, "{text}");
    }
    let later = from_whsec("whsec_${SECRET}", 40).err();
    assert_eq!(later, Some(ConfigError::Unexpanded { position: 46 }));
    for text in ["$SECRET", "${SECRET", "}${", "$ (x)", "$()"] {
        assert_eq!(check_text(text).is_ok(), text != "$()", "{text}");
    }
}

#[test]
fn zero_bytes_are_no_secret_in_any_form() {
    for length in [1, 16, 24, 32, 64, 65, 200] {
        let zeros = alloc::vec![0; length];
        let known = Some(ConfigError::KnownSecret);
        assert_eq!(check_bytes(&zeros).err(), known, "{length}");
        let text = String::from_utf8(zeros.clone()).unwrap();
        assert_eq!(check_text(&text).err(), known, "{length}");
        assert_eq!(from_hex(&"00".repeat(length)).err(), known, "{length}");
        let base64 = STANDARD.encode(&zeros);
        assert_eq!(from_base64(&base64).err(), known, "{length}");
        let bare = base64.trim_end_matches('=');
        assert_eq!(from_whsec(bare, 0).err(), known, "{length}");
        let whsec = std::format!("v1,whsec_{base64}");
        assert_eq!(from_whsec(&whsec, 0).err(), known, "{length}");
        // One bit.
        for at in [0, length - 1] {
            let mut other = zeros.clone();
            other[at] = 0x80;
            assert_eq!(check_bytes(&other), Ok(()), "{length}");
        }
    }
    // The digits of zeros are a text like any other.
    assert_eq!(check_text("0000"), Ok(()));
}

#[test]
fn decoded_secrets_have_sixteen_bytes() {
    let short = |found| Some(ConfigError::ShortSecret { found, min: 16 });
    assert_eq!(from_hex(&"0b".repeat(15)).err(), short(15));
    assert_eq!(from_hex(&"0b".repeat(16)).unwrap().as_slice(), [0x0b; 16]);
    assert_eq!(from_whsec("whsec_test", 0).err(), short(3));
    // "0123456789abcde" and one more, by `base64` of coreutils.
    assert_eq!(from_base64("MDEyMzQ1Njc4OWFiY2Rl").err(), short(15));
    let secret = from_base64("MDEyMzQ1Njc4OWFiY2RlZg==").unwrap();
    assert_eq!(secret.as_slice(), b"0123456789abcdef");
    assert_eq!(check_bytes(b"k"), Ok(()));
}

#[test]
fn texts_of_another_form_say_what_they_look_like() {
    let looks_like = |found: &str, text: &str| match from_whsec(text, 0) {
        Err(ConfigError::LooksLike { found: said, .. }) => said.contains(found),
        _ => false,
    };
    let hex = "f7b3ca9275d949d9b74f7f1b00aa11bbf7b3ca9275d949d9b74f7f1b00aa11bb";
    for text in [hex, &hex[..32], &hex[..34], &hex.to_uppercase()] {
        assert!(looks_like("hexadecimal", text), "{text}");
        assert!(looks_like("hexadecimal", &std::format!("whsec_{text}")));
        assert!(matches!(
            from_base64(text),
            Err(ConfigError::LooksLike { .. })
        ));
        assert!(from_hex(text).is_ok());
        assert_eq!(check_text(text), Ok(()));
    }
    // Shorter, odd in number, or with another letter.
    assert!(from_whsec(&hex[..24], 0).is_ok());
    assert!(matches!(
        from_whsec(&hex[..33], 0),
        Err(ConfigError::InvalidSecret { .. })
    ));
    assert!(from_whsec(&std::format!("{}gg", &hex[..30]), 0).is_ok());

    for text in [
        "abc_0Zk3mQm9vT2sJx1c",
        "abc_def_0Zk3mQm9vT2sJx1c",
        "whsk1_x",
    ] {
        let is_word = text != "whsk1_x";
        assert_eq!(looks_like("prefix", text), is_word, "{text}");
        assert_eq!(check_text(text), Ok(()));
    }
    assert_eq!(
        from_whsec("MfKQ_r8GKYqrTwjUPD8ILPZIo2LaLaSw", 0).err(),
        Some(ConfigError::InvalidSecret {
            encoding: "base64",
            fault: SecretFault::UrlSafe { position: 4 }
        })
    );
    // Where no prefix is expected, `whsec_` is one of another sender.
    for text in ["whsec_AAAA", "v1,whsec_AAAA"] {
        for read in [from_base64, from_hex] {
            let error = read(text).unwrap_err();
            assert!(
                matches!(error, ConfigError::ForeignSecret { .. }),
                "{error}"
            );
        }
        assert_eq!(check_text(text), Ok(()));
    }
}

/// RFC 8032, section 7.1, test 1, in the forms of texts and files, made with OpenSSL
/// and ssh-keygen. The minisign form follows its documented format.
const RAW: &str = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
const SPKI: &str = "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
const SPKI_HEX: &str =
    "302a300506032b6570032100d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
const SSH: &str = "AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea";
const MINISIGN: &str = "RWQBAgMEBQYHCNdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea";
const EC: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEmkOMc9AgmaKm+Vlm1re1ce69p/V5ePkOgpVbXsFsX3Sj/E/LKKbZl/SSiHIz6d+m7yqjexcDf+6mueej5rbMqQ==";
const EC_384: &str = "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAE4bNDn+Z+Iwa8pR6Cgd/SOdH+HnSbpH/elAdqrTfIaWESMKMj176aX6KOC4XKfNVmbqAHz/BB5YBNNoYxKAe9SB5oKRgiYFaAP58vsPeryqDMIJ6uo7laOAoIgeWft98P";
const RSA_2048: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0aDyf1/ZA2LFr5ZX";
const RSA_1024: &str = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDHtAfQTZsCwGCCzsAMhVIo";

fn found_in(secret: Result<(), ConfigError>) -> Option<(&'static str, Option<usize>)> {
    match secret {
        Err(ConfigError::ForeignSecret {
            found, position, ..
        }) => Some((found, position)),
        _ => None,
    }
}

#[test]
fn public_keys_in_files_are_no_secrets() {
    let der = hex::decode(SPKI_HEX).unwrap();
    for (text, found, position) in [
        ("-----BEGIN PUBLIC KEY-----\n".into(), "-----BEGIN", None),
        (
            std::format!("# for hooks\n-----BEGIN PUBLIC KEY-----\n{SPKI}\n"),
            "-----BEGIN",
            Some(12),
        ),
        ("---- BEGIN SSH2 PUBLIC KEY ----".into(), "---- BEGIN", None),
        (SPKI.into(), "MCowBQYDK2VwAyEA", None),
        (std::format!("KEY={SPKI}"), "MCowBQYDK2VwAyEA", Some(4)),
        (SPKI_HEX.into(), SPKI_HEADER_HEX, None),
        (SPKI_HEX.to_uppercase(), SPKI_HEADER_HEX, None),
        (std::format!("ssh-ed25519 {SSH} me"), "ssh-ed25519 ", None),
        (
            std::format!("restrict ssh-ed25519 {SSH}"),
            "ssh-ed25519 ",
            Some(9),
        ),
        (SSH.into(), "AAAAC3NzaC1lZDI1NTE5", None),
        ("ecdsa-sha2-nistp256 AAAA".into(), "ecdsa-sha2-", None),
        ("ssh-rsa AAAA".into(), "ssh-rsa ", None),
        (
            r#"{"crv":"Ed25519","kty":"OKP"}"#.into(),
            r#""kty""#,
            Some(17),
        ),
        (r#"{\"kty\":\"OKP\"}"#.into(), r#""kty\""#, Some(2)),
        (
            std::format!("untrusted comment: minisign public key 0807\n{MINISIGN}\n"),
            "untrusted comment:",
            None,
        ),
        (MINISIGN.into(), "RW", None),
        (std::format!("KEY={MINISIGN}\n"), "RW", Some(4)),
        (EC.into(), "YHKoZIzj0CAQ", Some(6)),
        (EC_384.into(), "YHKoZIzj0CAQ", Some(6)),
        (RSA_2048.into(), "ANBgkqhkiG9w0BAQEF", Some(6)),
        (RSA_1024.into(), "MA0GCSqGSIb3DQEBAQUA", Some(4)),
    ] {
        let wanted = Some((found, position));
        assert_eq!(found_in(check_text(&text)), wanted, "{text}");
        assert_eq!(found_in(check_bytes(text.as_bytes())), wanted, "{text}");
        for read in [from_base64, from_hex, |text: &str| from_whsec(text, 0)] {
            assert_eq!(found_in(read(&text).map(drop)), wanted, "{text}");
        }
        // As an editor saves it.
        for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let utf16: Vec<u8> = text.encode_utf16().flat_map(bytes).collect();
            let wide = found_in(check_bytes(&utf16)).map(|(found, _)| found);
            // A run of base64 has no zero bytes in it.
            let wanted = (found != "RW").then_some(found);
            assert_eq!(wide, wanted, "{text}");
        }
    }
    assert!(found_in(check_bytes(&der)).is_some());
    let decoded = |text| base64_bytes(text, 0).unwrap();
    for text in [SPKI, SSH, EC, EC_384, RSA_2048, RSA_1024] {
        assert!(found_in(check_bytes(&decoded(text))).is_some(), "{text}");
        let hex = hex::encode(decoded(text).as_slice());
        let whole = text != SSH;
        assert_eq!(found_in(check_text(&hex)).is_some(), whole, "{text}");
        assert!(found_in(from_hex(&hex).map(drop)).is_some(), "{text}");
    }

    // Texts that only look similar.
    for text in [
        RAW.into(),
        SPKI.to_lowercase(),
        SPKI[..15].into(),
        SPKI_HEX[..23].into(),
        "----BEGIN".into(),
        "-----begin".into(),
        "my-ssh-ed25519-secret".into(),
        "ecdsa-sha1-x".into(),
        r#"{"key":"OKP"}"#.into(),
        "untrusted comments".into(),
        MINISIGN[..55].into(),
        std::format!("{MINISIGN}A"),
        std::format!("A{}", &MINISIGN[..55]),
        MINISIGN.replacen("RWQ", "RWU", 1),
        MINISIGN.replacen("RWQ", "RXQ", 1),
    ] {
        assert_eq!(check_text(&text), Ok(()), "{text}");
    }
    assert_eq!(check_bytes(&der[..11]), Ok(()));
}

/// Text around a public key in a configuration file does not make it a secret.
#[test]
fn a_published_text_is_no_secret_wherever_it_is() {
    for prefix in ["whpk_", "whsk_"] {
        let text = std::format!("{prefix}{RAW}");
        for (before, after) in [
            ("", ""),
            ("\"", "\""),
            ("\n", "\n"),
            (" \t'", ""),
            ("\u{feff}", ""),
            ("\u{a0}", ""),
            ("\u{b}\u{c}", ""),
            ("v1a,", ""),
            ("v1,", ""),
            ("whsec_", ""),
            ("KEY=", "\n"),
            ("export KEY=\"", "\""),
            ("{\"key\": \"", "\"}"),
            ("whpk:", ""),
        ] {
            let whole = std::format!("{before}{text}{after}");
            let position = (!before.is_empty()).then_some(before.len());
            let wanted = Some((prefix, position));
            assert_eq!(found_in(check_text(&whole)), wanted, "{whole}");
            assert_eq!(found_in(check_bytes(whole.as_bytes())), wanted, "{whole}");
            let utf16: Vec<u8> = whole.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let wide = found_in(check_bytes(&utf16)).map(|(found, _)| found);
            assert_eq!(wide, Some(prefix), "{whole}");
            assert!(from_base64(&whole).is_err());
            assert!(from_hex(&whole).is_err());
            let unread = before.is_empty() && after.is_empty();
            assert!(from_whsec(&whole, 0).is_err() || unread, "{whole}");
        }
        assert!(found_in(check_text(&text.to_uppercase())).is_some());
        // Within a word, it may be anything.
        for before in ["x", "7", "my"] {
            assert_eq!(check_text(&std::format!("{before}{text}")), Ok(()));
        }
        assert_eq!(check_text(&text.replace('_', "")), Ok(()));
    }
}

#[test]
fn prefixes_that_no_secret_has_are_named() {
    let secret = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    for (prefix, found) in [
        ("whsec_whsec_", "whsec_"),
        ("v1,whsec_whsec_", "whsec_"),
        ("whsec_v1,whsec_", "v1,"),
        ("v1,v1,whsec_", "v1,"),
        ("v1,", "v1,"),
        ("v1a,", "v1a,"),
        ("WHSEC_", "whsec_"),
        ("Whsec_", "whsec_"),
        ("V1,whsec_", "v1,"),
        ("WHPK_", "whpk_"),
    ] {
        let text = std::format!("{prefix}{secret}");
        let wanted = Some((found, None));
        assert_eq!(found_in(from_whsec(&text, 0).map(drop)), wanted, "{text}");
    }
    // 24 bytes of OpenSSL's `base64 -d`.
    let bytes = hex::decode("31f290f6bf06298aab4f08d43c3f082cf648a362da2da4b0").unwrap();
    for prefix in ["", "whsec_", "v1,whsec_"] {
        let text = std::format!("{prefix}{secret}");
        assert_eq!(*from_whsec(&text, 0).unwrap(), bytes);
    }
    let empty = Some(ConfigError::EmptySecret);
    for text in ["", "whsec_", "v1,whsec_"] {
        assert_eq!(from_whsec(text, 0).err(), empty);
    }
    assert_eq!(check_text("").err(), empty);
    assert_eq!(from_base64("").err(), empty);
    assert_eq!(from_hex("").err(), empty);
}

#[test]
fn positions_are_those_of_the_whole_text() {
    for (text, start, position) in [
        ("whsec_AAAA AAAA", 0, 10),
        ("whsec_AAAA AAAA", 50, 60),
        ("AAAA AAAA", 50, 54),
    ] {
        let fault = SecretFault::WhiteSpace { position };
        let encoding = "base64";
        assert_eq!(
            from_whsec(text, start).err(),
            Some(ConfigError::InvalidSecret { encoding, fault })
        );
    }
}

#[test]
fn a_digest_is_that_of_the_text() {
    // `printf 'a shared secret' | openssl dgst -sha256`
    let wanted = "1b77c7aef57004df9f824ce77f1ce6c1e8de3709f2e726960d7ea44c411e6b0b";
    assert_eq!(hex::encode(sha256("a shared secret").as_slice()), wanted);
}
