//! Checks that the tests' signatures match the published vectors.

mod common;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use common::signed_at;
use serde_json::Value;

const VECTORS: &str = "/../../tests/vectors/standard-webhooks.json";

#[test]
fn the_tests_sign_as_the_vectors_do() {
    let file = [env!("CARGO_MANIFEST_DIR"), VECTORS].concat();
    let vectors: Vec<Value> = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    for name in [
        "valid-message-63-bytes",
        "valid-secret-48-bytes",
        "valid-two-secrets-signed-by-first",
    ] {
        let vector = vectors.iter().find(|vector| vector["name"] == name);
        let vector = vector.unwrap_or_else(|| panic!("no vector {name}"));
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let body = STANDARD.decode(text(&vector["body_base64"])).unwrap();
        let secret = format!("whsec_{}", text(&vector["secret"]["value"]));
        let time = vector["now"].as_u64().unwrap();
        for (place, (header, value)) in signed_at(time, &secret, &body).into_iter().enumerate() {
            let theirs = &vector["headers"][place];
            assert_eq!(
                (header, value),
                (&*text(&theirs[0]), text(&theirs[1])),
                "{name}"
            );
        }
    }
}
