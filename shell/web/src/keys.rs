//! The desk's own secrets, and what is made of them: random secrets, seals, keyed hashes.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use ring::rand::{SecureRandom as _, SystemRandom};
use sha2::{Digest as _, Sha256};

/// Keys derived from the one secret in the data folder.
pub struct Keys {
    random: SystemRandom,
    seal: LessSafeKey,
    mac: hmac::Key,
}

/// The machine's source of randomness gave nothing: nothing secret can be made.
#[derive(Clone, Copy, Debug)]
pub struct NoRandomness;

impl std::fmt::Display for NoRandomness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the machine gives no random numbers")
    }
}

impl std::error::Error for NoRandomness {}

impl Keys {
    /// Keys from the data folder's secret (32 random bytes).
    ///
    /// # Errors
    /// Never in practice: the derived key has the length that the cipher asks for.
    pub fn new(secret: &[u8; 32]) -> Result<Self, NoRandomness> {
        let derive = |label: &[u8]| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), label);
        let seal = UnboundKey::new(&AES_256_GCM, derive(b"ward seal 1").as_ref())
            .map_err(|_| NoRandomness)?;
        let mac = hmac::Key::new(hmac::HMAC_SHA256, derive(b"ward mac 1").as_ref());
        Ok(Self { random: SystemRandom::new(), seal: LessSafeKey::new(seal), mac })
    }

    /// Random bytes.
    ///
    /// # Errors
    /// When the machine gives none.
    pub fn random<const N: usize>(&self) -> Result<[u8; N], NoRandomness> {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes).map_err(|_| NoRandomness)?;
        Ok(bytes)
    }

    /// Seals a secret for one owner: what is sealed for one cannot be opened as another's.
    ///
    /// # Errors
    /// When the machine gives no randomness for the nonce.
    pub fn seal(&self, owner: &str, secret: &[u8]) -> Result<Vec<u8>, NoRandomness> {
        let nonce: [u8; NONCE_LEN] = self.random()?;
        let mut sealed = secret.to_vec();
        self.seal
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(owner.as_bytes()),
                &mut sealed,
            )
            .map_err(|_| NoRandomness)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was sealed for this owner; `None` when it was not, or was changed.
    #[must_use]
    pub fn open(&self, owner: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut secret = sealed.to_vec();
        let length = self
            .seal
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(owner.as_bytes()),
                &mut secret,
            )
            .ok()?
            .len();
        secret.truncate(length);
        Some(secret)
    }

    /// A keyed hash, for cookies that the desk must recognise and nobody can make.
    #[must_use]
    pub fn mac(&self, text: &[u8]) -> [u8; 32] {
        let tag = hmac::sign(&self.mac, text);
        let mut bytes = [0; 32];
        bytes.copy_from_slice(tag.as_ref());
        bytes
    }

    /// Whether a keyed hash is the text's; takes the same time wherever it differs.
    #[must_use]
    pub fn is_mac(&self, text: &[u8], tag: &[u8]) -> bool {
        hmac::verify(&self.mac, text, tag).is_ok()
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(secret)")
    }
}

/// The hash by which a random secret is kept: secrets of 128 bits and more need no slow hash.
#[must_use]
pub fn hashed(secret: &[u8]) -> [u8; 32] {
    Sha256::digest(secret).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_is_its_owners_alone() {
        let keys = Keys::new(&[7; 32]).unwrap();
        let sealed = keys.seal("person-1", b"a secret").unwrap();
        assert_eq!(keys.open("person-1", &sealed).as_deref(), Some(b"a secret".as_slice()));
        assert_eq!(keys.open("person-2", &sealed), None);
        assert_eq!(Keys::new(&[8; 32]).unwrap().open("person-1", &sealed), None);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(keys.open("person-1", &changed), None);
        }
        assert_eq!(keys.open("person-1", &sealed[..5]), None);
    }
}
