use std::borrow::ToOwned as _;
use std::format;

use super::*;

const WHSEC: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// Its bytes, by OpenSSL's `base64 -d`.
const BYTES: &str = "31f290f6bf06298aab4f08d43c3f082cf648a362da2da4b0";
const OTHER: &str = "C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const OTHER_BYTES: &str = "0b6155b0140886bb1c0a195020c57e6f9b1262ca686fba03";

/// Returns the hexadecimal digits of the secrets that are read.
fn read(key: impl Into<Key>, form: SecretForm) -> Result<Vec<String>, ConfigError> {
    let read = key.into().read(form)?;
    let secrets = read.into_iter().map(|key| match key.material {
        ReadMaterial::Secret(secret) => hex::encode(secret.as_slice()),
        ReadMaterial::Public(key) => format!("public {key}"),
        ReadMaterial::Signing(key) => format!("signing {}", key.public_key()),
    });
    Ok(secrets.collect())
}

#[test]
fn a_text_is_read_as_the_form_says() {
    let bare = &WHSEC[6..];
    for (text, form, wanted) in [
        ("it's", SecretForm::Text, "69742773"),
        ("whsec_x", SecretForm::Text, "77687365635f78"),
        (bare, SecretForm::Base64, BYTES),
        (BYTES, SecretForm::Hex, BYTES),
        (WHSEC, SecretForm::Whsec, BYTES),
        (bare, SecretForm::Whsec, BYTES),
        (WHSEC, SecretForm::WhsecList, BYTES),
        (
            // `printf 'a shared secret' | openssl dgst -sha256`
            "a shared secret",
            SecretForm::Sha256OfText,
            "1b77c7aef57004df9f824ce77f1ce6c1e8de3709f2e726960d7ea44c411e6b0b",
        ),
    ] {
        for key in [
            Key::from(text),
            text.to_owned().into(),
            (&text.to_owned()).into(),
        ] {
            assert_eq!(read(key, form), Ok(alloc::vec![wanted.into()]), "{form:?}");
        }
    }
    // Not read otherwise.
    for (text, form) in [
        (WHSEC, SecretForm::Base64),
        (WHSEC, SecretForm::Hex),
        (BYTES, SecretForm::Base64),
        (BYTES, SecretForm::Whsec),
        (bare, SecretForm::Hex),
        (" x", SecretForm::Text),
        (" x", SecretForm::Sha256OfText),
    ] {
        assert!(read(text, form).is_err(), "{text} {form:?}");
    }
}

const FORMS: [SecretForm; 8] = [
    SecretForm::Text,
    SecretForm::Base64,
    SecretForm::Hex,
    SecretForm::Whsec,
    SecretForm::WhsecList,
    SecretForm::Sha256OfText,
    SecretForm::PublicKeyHex,
    SecretForm::PublicKeyBase64,
];

#[test]
fn a_key_that_was_made_overrides_the_form() {
    for form in FORMS {
        for key in [
            Key::from_base64(WHSEC),
            Key::from_base64(&WHSEC[6..]),
            Key::from_base64(&format!("v1,{WHSEC}")),
            Key::from_hex(BYTES),
            Key::from_hex(&BYTES.to_uppercase()),
            Key::from_bytes(hex::decode(BYTES).unwrap()),
        ] {
            assert_eq!(read(key.unwrap(), form), Ok(alloc::vec![BYTES.into()]));
        }
        let key = Key::from_text("k").unwrap();
        assert_eq!(read(key, form), Ok(alloc::vec!["6b".into()]));
    }
}

#[test]
fn no_form_takes_what_is_no_secret() {
    for form in FORMS {
        assert_eq!(read("", form), Err(ConfigError::EmptySecret), "{form:?}");
        for found in ["null", "undefined", "None"] {
            let error = Err(ConfigError::Placeholder { found });
            assert_eq!(read(found, form), error, "{form:?}");
        }
        let position = 0;
        let error = Err(ConfigError::Unexpanded { position });
        assert_eq!(read("${SECRET}", form), error, "{form:?}");
        for text in [
            " \"x",
            "\u{feff}x",
            "sec\u{200b}ret",
            "\0\0",
            "KEY=whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
            "# key\n-----BEGIN PUBLIC KEY-----\n",
            "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
            "302a300506032b6570032100d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        ] {
            assert!(read(text, form).is_err(), "{text} {form:?}");
        }
    }
}

#[test]
fn every_constructor_refuses_the_empty_key() {
    for key in [
        Key::from_text(""),
        Key::from_bytes([]),
        Key::from_hex(""),
        Key::from_base64(""),
        Key::from_base64("whsec_"),
        Key::from_base64("v1,whsec_"),
    ] {
        assert_eq!(key.err(), Some(ConfigError::EmptySecret));
    }
    for key in [
        Key::from_text("\0"),
        Key::from_bytes([0; 32]),
        Key::from_bytes([0; 100]),
        Key::from_hex("00"),
        Key::from_base64("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
        Key::from_base64("whsec_AA=="),
    ] {
        assert_eq!(key.err(), Some(ConfigError::KnownSecret));
    }
}

#[test]
fn a_list_holds_several_secrets() {
    let list = |text: &str| read(text, SecretForm::WhsecList);
    let both = Ok(alloc::vec![BYTES.into(), OTHER_BYTES.into()]);
    assert_eq!(list(&format!("v1,{WHSEC}|v1,whsec_{OTHER}")), both);
    assert_eq!(list(&format!("{WHSEC}|{OTHER}")), both);
    let named = Key::from(format!("{WHSEC}|{OTHER}")).with_id("a");
    let named = named.read(SecretForm::WhsecList).unwrap();
    assert!(named.iter().all(|key| key.id.as_deref() == Some("a")));
    // One alone, as everywhere else.
    assert!(read(format!("{WHSEC}|{OTHER}"), SecretForm::Whsec).is_err());

    let wrong = |fault| {
        Err(ConfigError::InvalidSecret {
            encoding: "base64",
            fault,
        })
    };
    let character = |position| wrong(SecretFault::Character { position });
    assert_eq!(list(&format!("{WHSEC}|")), character(38));
    assert_eq!(list(&format!("|{WHSEC}")), character(0));
    assert_eq!(list(&format!("{WHSEC}||{WHSEC}")), character(39));
    let white_space = |position| wrong(SecretFault::WhiteSpace { position });
    assert_eq!(list(&format!("{WHSEC} |{WHSEC}")), white_space(38));
    assert_eq!(list(&format!("{WHSEC}| {WHSEC}")), white_space(39));
    assert_eq!(list(&format!("{WHSEC}|{WHSEC} ")), white_space(77));
    assert!(matches!(
        list(&format!("{WHSEC}|v1a,{OTHER}")),
        Err(ConfigError::ForeignSecret { found: "v1a,", .. })
    ));
}

#[test]
fn debug_shows_no_secret() {
    let keys = Keys::from([Key::from_text("hunter2").unwrap().with_id("new")]);
    assert_eq!(
        format!("{keys:?}"),
        r#"Keys([Key { id: Some("new"), secret: [redacted] }])"#
    );
    let unread = Key::from("hunter2");
    assert_eq!(
        format!("{unread:?}"),
        "Key { id: None, secret: [redacted] }"
    );
}

#[test]
fn a_copy_is_the_same_key() {
    for key in [Key::from(WHSEC), Key::from_base64(WHSEC).unwrap()] {
        let key = key.with_id("a");
        let copy = key.clone_secret();
        assert_eq!(copy.id(), Some("a"));
        drop(key);
        let read = read(copy, SecretForm::Whsec);
        assert_eq!(read, Ok(alloc::vec![BYTES.into()]));
    }
}

/// Neither reading a text nor moving a key moves the secret.
#[test]
fn a_secret_stays_where_it_is() {
    let text = String::from("a secret that is text");
    let place = text.as_ptr();
    let key = Keys::from(text).into_vec().pop().unwrap().with_id("a");
    match key.read(SecretForm::Text).unwrap().pop().unwrap().material {
        ReadMaterial::Secret(secret) => assert_eq!(secret.as_ptr(), place),
        _ => panic!(),
    }
}

#[test]
fn anything_that_makes_keys_makes_lists() {
    let texts = |keys: Keys| -> Vec<String> {
        let keys = keys.into_vec().into_iter();
        keys.flat_map(|key| read(key, SecretForm::Text).unwrap())
            .collect()
    };
    let (a, b) = ("61", "62");
    assert_eq!(texts("a".into()), [a]);
    assert_eq!(texts(String::from("a").into()), [a]);
    assert_eq!(texts((&String::from("a")).into()), [a]);
    assert_eq!(texts(Key::from("a").into()), [a]);
    assert_eq!(texts(["a", "b"].into()), [a, b]);
    assert_eq!(texts([Key::from("a"), Key::from("b")].into()), [a, b]);
    assert_eq!(texts(alloc::vec!["a", "b"].into()), [a, b]);
    assert_eq!(texts("a b".split(' ').collect()), [a, b]);
    // The webhook checks how many are needed and allowed.
    let none: [&str; 0] = [];
    assert!(Keys::from(none).into_vec().is_empty());
    assert_eq!((Keys::MAX_CANDIDATES, Keys::MAX_ED25519), (8, 4));
}

#[cfg(not(feature = "ed25519"))]
#[test]
fn without_the_feature_no_ed25519_key_is_read() {
    let unavailable = ConfigError::AlgorithmUnavailable { feature: "ed25519" };
    let whpk = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    let whsk = "whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
    for (text, form) in [
        (whpk, SecretForm::Whsec),
        (whsk, SecretForm::Whsec),
        (whpk, SecretForm::WhsecList),
        (&whpk[5..], SecretForm::PublicKeyBase64),
        ("d75a", SecretForm::PublicKeyHex),
    ] {
        assert_eq!(read(text, form), Err(unavailable.clone()));
    }
    assert_eq!(Key::from_base64(whpk).err(), Some(unavailable.clone()));
    assert_eq!(Key::from_base64(whsk).err(), Some(unavailable));
}

#[cfg(feature = "ed25519")]
mod with_ed25519 {
    use super::*;

    // RFC 8032, section 7.1, tests 1 and 2.
    const WHSK: &str = "whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
    const WHPK: &str = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    const HEX: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    const OTHER_HEX: &str = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";

    fn public() -> Result<Vec<String>, ConfigError> {
        Ok(alloc::vec![format!("public {WHPK}")])
    }

    fn signing() -> Result<Vec<String>, ConfigError> {
        Ok(alloc::vec![format!("signing {WHPK}")])
    }

    #[test]
    fn ed25519_keys_are_read_by_their_prefix() {
        for form in [
            SecretForm::Whsec,
            SecretForm::WhsecList,
            SecretForm::PublicKeyHex,
            SecretForm::PublicKeyBase64,
        ] {
            assert_eq!(read(WHPK, form), public());
            assert_eq!(read(WHSK, form), signing());
        }
        let text = SecretForm::Text;
        assert_eq!(read(Key::from_base64(WHPK).unwrap(), text), public());
        assert_eq!(read(Key::from_base64(WHSK).unwrap(), text), signing());
        for form in [SecretForm::Text, SecretForm::Base64, SecretForm::Hex] {
            for text in [WHPK, WHSK] {
                let error = read(text, form).unwrap_err();
                assert!(matches!(error, ConfigError::ForeignSecret { .. }));
            }
        }
        for before in ["v1,", "v1a,", "whsec_", " ", "\""] {
            assert!(Key::from_base64(&format!("{before}{WHPK}")).is_err());
        }
    }

    #[test]
    fn public_keys_are_read_as_their_sender_shows_them() {
        let (base64, hex) = (SecretForm::PublicKeyBase64, SecretForm::PublicKeyHex);
        assert_eq!(read(HEX, hex), public());
        assert_eq!(read(HEX.to_uppercase(), hex), public());
        assert_eq!(read(&WHPK[5..], base64), public());
        assert_eq!(read(WHPK[5..].trim_end_matches('='), base64), public());
        assert!(matches!(
            read(HEX, base64),
            Err(ConfigError::LooksLike { .. })
        ));
        for (text, form, fault) in [
            (&WHPK[5..], hex, SecretFault::Character { position: 2 }),
            (
                &format!("{HEX}\n"),
                hex,
                SecretFault::LineBreak { position: 64 },
            ),
            (
                &format!(" {}", &WHPK[5..]),
                base64,
                SecretFault::WhiteSpace { position: 0 },
            ),
        ] {
            let encoding = if form == hex { "hex" } else { "base64" };
            let fault = KeyFault::Text { encoding, fault };
            let error = Err(ConfigError::InvalidEd25519Key { fault });
            assert_eq!(read(text, form), error, "{text}");
        }
        // A secret is not a public key.
        assert!(read(WHSEC, base64).is_err());
        let der = format!("302a300506032b6570032100{HEX}");
        for text in [der.clone(), der.to_uppercase()] {
            let error = read(text, hex).unwrap_err();
            assert!(format!("{error}").contains("its last 32 bytes"), "{error}");
        }
    }

    #[test]
    fn a_list_holds_ed25519_keys_too() {
        let list = |text: &str| read(text, SecretForm::WhsecList);
        assert_eq!(list(&format!("v1a,{WHPK}")), public());
        assert_eq!(list(&format!("v1a,{WHPK}:{WHSK}")), signing());
        let mixed = list(&format!("v1,{WHSEC}|v1a,{WHPK}")).unwrap();
        assert_eq!(mixed, [BYTES.to_owned(), format!("public {WHPK}")]);

        let other = PublicKey::from_hex(OTHER_HEX).unwrap();
        let fault = KeyFault::PublicKeyMismatch;
        assert_eq!(
            list(&format!("v1a,{other}:{WHSK}")),
            Err(ConfigError::InvalidEd25519Key { fault })
        );
        for (text, position) in [
            (format!("v1a,{WHPK} "), 53),
            (format!("v1a,{WHPK}:{WHSK} "), 103),
            (format!("{WHSEC}|v1a,{WHPK} "), 92),
        ] {
            let encoding = "base64";
            let fault = SecretFault::WhiteSpace { position };
            let fault = KeyFault::Text { encoding, fault };
            let error = Err(ConfigError::InvalidEd25519Key { fault });
            assert_eq!(list(&text), error, "{text}");
        }
    }

    #[test]
    fn debug_shows_public_keys() {
        let key = Key::from_base64(WHPK).unwrap().with_id("new");
        let wanted = format!("Key {{ id: Some(\"new\"), public: {WHPK} }}");
        assert_eq!(format!("{key:?}"), wanted);
        let keys = Keys::from(SigningKey::from_base64(WHSK).unwrap());
        let wanted = "Keys([Key { id: None, secret: [redacted] }])";
        assert_eq!(format!("{keys:?}"), wanted);
        let keys = Keys::from([PublicKey::from_base64(WHPK).unwrap()]);
        assert_eq!(keys.into_vec().len(), 1);
    }

    #[test]
    fn a_copy_of_an_ed25519_key_is_the_same_key() {
        for (text, wanted) in [(WHPK, public()), (WHSK, signing())] {
            let copy = Key::from_base64(text).unwrap().clone_secret();
            assert_eq!(read(copy, SecretForm::Whsec), wanted);
        }
    }
}
