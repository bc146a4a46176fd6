//! Signed tokens (JSON Web Signature, RFC 7515) and the keys that check them (RFC 7517), as far as
//! ID tokens need them. The cryptography is ring's.
//!
//! The list of algorithms is closed: all are asymmetric, so that no public key can be taken for a
//! shared secret (RFC 8725, 2.1), and a key is used with the one algorithm family that it is for.

mod keys;
mod token;

pub(crate) use keys::KeySet;
pub(crate) use token::{Fault, Token};

use ring::digest;

/// The algorithms that are taken (RFC 7518, 3.1; RFC 8037; RFC 9864).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Algorithm {
    /// Ed25519, which is also the only curve taken under the older name `EdDSA`.
    EdDsa,
    /// ECDSA with P-256 and SHA-256.
    Es256,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
}

impl Algorithm {
    /// The algorithm of a name in a header, a key or a discovery document; `None` for all others,
    /// `none` and the `HS` family among them. Names are compared letter by letter.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "EdDSA" | "Ed25519" => Some(Self::EdDsa),
            "ES256" => Some(Self::Es256),
            "PS256" => Some(Self::Ps256),
            "RS256" => Some(Self::Rs256),
            _ => None,
        }
    }

    /// The left half of a hash, as `at_hash` has it (OpenID Connect Core 1.0, 3.1.3.6). The hash
    /// is the algorithm's own: SHA-512 within Ed25519 (RFC 8032, 5.1), else SHA-256.
    pub(crate) fn half_hash(self, text: &str) -> Vec<u8> {
        let hash = match self {
            Self::EdDsa => &digest::SHA512,
            Self::Es256 | Self::Ps256 | Self::Rs256 => &digest::SHA256,
        };
        let digest = digest::digest(hash, text.as_bytes());
        let half = hash.output_len().div_euclid(2);
        digest.as_ref().iter().take(half).copied().collect()
    }
}
