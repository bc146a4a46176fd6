//! The provider's published keys (JSON Web Key Set, RFC 7517).

use data_encoding::BASE64URL_NOPAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use serde_json::Value;

use super::Algorithm;

/// Keys that are kept of a set at most. A provider has two or three; more are a mistake.
const MOST: usize = 64;

/// Keys that may check a signature.
#[derive(Debug, Default)]
pub(crate) struct KeySet {
    keys: Vec<Key>,
}

/// One public key.
#[derive(Debug)]
pub(crate) struct Key {
    id: Option<String>,
    /// The one algorithm that the provider says it is for.
    only: Option<Algorithm>,
    material: Material,
}

/// The key itself, in the form that ring takes.
#[derive(Debug)]
enum Material {
    Ed25519(Vec<u8>),
    /// Uncompressed: 4, x, y.
    P256(Vec<u8>),
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
}

/// The members of a key that matter. `d` is there only in private keys.
#[derive(Deserialize)]
struct Raw {
    kty: String,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    kid: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
    d: Option<Value>,
}

impl KeySet {
    /// Reads a set. Keys that are for something else, of a sort that is not taken, or broken, are
    /// left out (RFC 7517, 5), and so is a key whose private part is published with it: what it
    /// signs proves nothing.
    ///
    /// # Errors
    /// What is wrong with the document, to follow on its name.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, &'static str> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let set: Set = serde_json::from_slice(bytes).map_err(|err| crate::refused::unfit(&err))?;
        let keys: Vec<Key> = set.keys.into_iter().filter_map(Key::read).take(MOST).collect();
        if keys.is_empty() { Err("holds no key that the desk can use") } else { Ok(Self { keys }) }
    }

    /// The keys that may have signed a token with this algorithm and this key id. Without an id
    /// there must be just one key to choose from (OpenID Connect Core 1.0, 10.1).
    pub(crate) fn for_token(&self, algorithm: Algorithm, id: Option<&str>) -> Vec<&Key> {
        let fits = self.keys.iter().filter(|key| key.is_for(algorithm));
        match id {
            Some(id) => fits.filter(|key| key.id.as_deref() == Some(id)).collect(),
            None => {
                let fitting: Vec<&Key> = fits.collect();
                if fitting.len() == 1 { fitting } else { Vec::new() }
            }
        }
    }
}

impl Key {
    fn read(value: Value) -> Option<Self> {
        let raw: Raw = serde_json::from_value(value).ok()?;
        let signs = raw.usage.as_deref().is_none_or(|usage| usage == "sig")
            && raw.key_ops.as_ref().is_none_or(|ops| ops.iter().any(|op| op == "verify"));
        if !signs || raw.d.is_some() {
            return None;
        }
        let only = match &raw.alg {
            Some(name) => Some(Algorithm::named(name)?),
            None => None,
        };
        let material = Material::read(&raw)?;
        Some(Self { id: raw.kid, only, material })
    }

    fn is_for(&self, algorithm: Algorithm) -> bool {
        self.only.is_none_or(|only| only == algorithm)
            && match self.material {
                Material::Ed25519(_) => algorithm == Algorithm::EdDsa,
                Material::P256(_) => algorithm == Algorithm::Es256,
                Material::Rsa { .. } => matches!(algorithm, Algorithm::Ps256 | Algorithm::Rs256),
            }
    }

    /// Whether this key made the signature over the text, by this algorithm. RSA keys below 2048
    /// bits and points that are not on their curve check nothing.
    pub(crate) fn verifies(&self, algorithm: Algorithm, text: &[u8], signature: &[u8]) -> bool {
        match (&self.material, algorithm) {
            (Material::Ed25519(key), Algorithm::EdDsa) => {
                UnparsedPublicKey::new(&ED25519, key).verify(text, signature).is_ok()
            }
            (Material::P256(point), Algorithm::Es256) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                    .verify(text, signature)
                    .is_ok()
            }
            (Material::Rsa { n, e }, Algorithm::Rs256) => {
                let key = RsaPublicKeyComponents { n, e };
                key.verify(&RSA_PKCS1_2048_8192_SHA256, text, signature).is_ok()
            }
            (Material::Rsa { n, e }, Algorithm::Ps256) => {
                let key = RsaPublicKeyComponents { n, e };
                key.verify(&RSA_PSS_2048_8192_SHA256, text, signature).is_ok()
            }
            _ => false,
        }
    }
}

impl Material {
    fn read(raw: &Raw) -> Option<Self> {
        let bytes = |member: &Option<String>| {
            member.as_ref().and_then(|text| BASE64URL_NOPAD.decode(text.as_bytes()).ok())
        };
        match (raw.kty.as_str(), raw.crv.as_deref()) {
            ("RSA", _) => Some(Self::Rsa { n: number(bytes(&raw.n)?), e: number(bytes(&raw.e)?) }),
            ("EC", Some("P-256")) => {
                let (x, y) = (bytes(&raw.x)?, bytes(&raw.y)?);
                let whole = x.len() == 32 && y.len() == 32;
                whole.then(|| Self::P256([&[4][..], &x, &y].concat()))
            }
            ("OKP", Some("Ed25519")) => bytes(&raw.x).filter(|x| x.len() == 32).map(Self::Ed25519),
            _ => None,
        }
    }
}

/// A number without leading zeros: some providers write one, and ring takes none.
fn number(bytes: Vec<u8>) -> Vec<u8> {
    bytes.into_iter().skip_while(|byte| *byte == 0).collect()
}
