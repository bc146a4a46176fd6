//! One signed token in its compact form (RFC 7515, 7.1): header, payload, signature.

use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;
use serde_json::Value;

use super::{Algorithm, KeySet};
use crate::refused::quoted;

/// The longest token that is read, in bytes. Those of real providers have one to four thousand.
const LONGEST: usize = 64 * 1024;

/// A token whose signature is still to be checked.
pub(crate) struct Token<'a> {
    algorithm: Algorithm,
    key_id: Option<String>,
    signed: &'a str,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

/// Why a token's signature does not hold.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fault {
    /// A key of that name is published, and it did not make this signature.
    BadSignature,
    /// No key that is published fits the token.
    NoKey,
}

/// The members of a header that matter; a member that stands there twice is refused.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

impl<'a> Token<'a> {
    /// Takes a token apart and looks at its header. Nothing of the payload is read before
    /// [`Token::payload`] has checked the signature.
    ///
    /// # Errors
    /// What is wrong with it, to follow on "the ID token".
    pub(crate) fn read(text: &'a str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err("is longer than 64 KiB".to_owned());
        }
        let parts = text.rsplit_once('.').and_then(|(signed, signature)| {
            let (header, payload) = signed.split_once('.')?;
            (!payload.contains('.')).then_some((signed, header, payload, signature))
        });
        let Some((signed, header, payload, signature)) = parts else {
            return Err("does not have the three parts of a signed token".to_owned());
        };
        let decode = |part: &str| {
            BASE64URL_NOPAD.decode(part.as_bytes()).map_err(|_| "is not base64url".to_owned())
        };
        let header: Header = serde_json::from_slice(&decode(header)?)
            .map_err(|err| format!("has a header that {}", crate::refused::unfit(&err)))?;
        if header.crit.is_some() {
            return Err("demands extensions that the desk does not know (crit)".to_owned());
        }
        let Some(algorithm) = Algorithm::named(&header.alg) else {
            return Err(format!(
                "is signed by {}, and only RS256, PS256, ES256 and EdDSA are taken",
                quoted(&header.alg)
            ));
        };
        Ok(Self {
            algorithm,
            key_id: header.kid,
            signed,
            payload: decode(payload)?,
            signature: decode(signature)?,
        })
    }

    /// The algorithm that the header names.
    pub(crate) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The payload, once a key of the set is found to have signed it.
    ///
    /// # Errors
    /// Why the signature does not hold.
    pub(crate) fn payload(&self, keys: &KeySet) -> Result<&[u8], Fault> {
        let keys = keys.for_token(self.algorithm, self.key_id.as_deref());
        if keys.is_empty() {
            return Err(Fault::NoKey);
        }
        let text = self.signed.as_bytes();
        let holds = keys.iter().any(|key| key.verifies(self.algorithm, text, &self.signature));
        if holds { Ok(&self.payload) } else { Err(Fault::BadSignature) }
    }
}
