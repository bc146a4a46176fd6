//! A passkey in software: makes a credential and signs challenges as W3C Web Authentication says
//! (Level 3, sections 5.8.1, 6.1 and 6.5).

use data_encoding::BASE64URL_NOPAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Present (UP), verified (UV), holds a credential (AT).
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;

/// A passkey.
pub(crate) struct SoftKey {
    pair: EcdsaKeyPair,
    id: Vec<u8>,
    counter: u32,
    /// The origin that the browser says its page is from.
    pub(crate) origin: String,
    /// Whether it verifies its owner.
    pub(crate) verifies: bool,
}

impl SoftKey {
    pub(crate) fn new(origin: &str, id: u8) -> Self {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).unwrap();
        Self { pair, id: vec![id; 32], counter: 0, origin: origin.to_owned(), verifies: true }
    }

    /// The answer to a challenge to enrol.
    pub(crate) fn create(&mut self, challenge: &str) -> String {
        let asked: Value = serde_json::from_str(challenge).unwrap();
        assert_eq!(asked["authenticatorSelection"]["userVerification"], "required");
        let client = self.client("webauthn.create", &asked);
        let mut data = self.data(asked["rp"]["id"].as_str().unwrap(), ATTESTED);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        data.extend(self.cose());
        // {"fmt": "none", "attStmt": {}, "authData": data}
        let mut object = vec![0xa3];
        object.extend([text("fmt"), text("none"), text("attStmt"), vec![0xa0]].concat());
        object.extend(text("authData"));
        object.extend(
            [&[0x59], u16::try_from(data.len()).unwrap().to_be_bytes().as_slice()].concat(),
        );
        object.extend(&data);
        self.answer(&json!({
            "clientDataJSON": encode(&client),
            "attestationObject": encode(&object),
            "transports": ["internal"],
        }))
    }

    /// The answer to a challenge to show itself.
    pub(crate) fn get(&mut self, challenge: &str) -> String {
        let asked: Value = serde_json::from_str(challenge).unwrap();
        assert_eq!(asked["userVerification"], "required");
        let client = self.client("webauthn.get", &asked);
        self.counter += 1;
        let data = self.data(asked["rpId"].as_str().unwrap(), 0);
        let signed = [data.as_slice(), Sha256::digest(&client).as_slice()].concat();
        let signature = self.pair.sign(&SystemRandom::new(), &signed).unwrap();
        self.answer(&json!({
            "clientDataJSON": encode(&client),
            "authenticatorData": encode(&data),
            "signature": encode(signature.as_ref()),
            "userHandle": null,
        }))
    }

    fn client(&self, kind: &str, asked: &Value) -> Vec<u8> {
        let said = json!({
            "type": kind,
            "challenge": asked["challenge"],
            "origin": self.origin,
            "crossOrigin": false,
        });
        said.to_string().into_bytes()
    }

    fn data(&self, party: &str, flags: u8) -> Vec<u8> {
        let verified = if self.verifies { VERIFIED } else { 0 };
        let mut data = Sha256::digest(party).to_vec();
        data.push(PRESENT | verified | flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// The public key as COSE has it (RFC 9053, section 7.1.1): EC2, ES256, P-256, x, y.
    fn cose(&self) -> Vec<u8> {
        let point = self.pair.public_key().as_ref();
        let (x, y) = (&point[1..33], &point[33..65]);
        let head = [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
        [&head, x, &[0x22, 0x58, 0x20], y].concat()
    }

    fn answer(&self, response: &Value) -> String {
        let id = encode(&self.id);
        json!({ "id": id, "rawId": id, "type": "public-key", "response": response }).to_string()
    }
}

fn encode(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

/// A short text in CBOR (RFC 8949, section 3.1).
fn text(text: &str) -> Vec<u8> {
    [&[0x60 | u8::try_from(text.len()).unwrap()], text.as_bytes()].concat()
}
