//! The desk's own secrets, and what is made of them: random secrets, seals, keyed hashes.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use ring::rand::{SecureRandom as _, SystemRandom};
use sha2::{Digest as _, Sha256};
use ward_kernel::World;

/// Keys derived from the one secret in the data folder.
pub struct Keys {
    random: SystemRandom,
    seal: LessSafeKey,
    mac: hmac::Key,
    /// In an exercise, what secrets are kept under; the real world keeps plain hashes.
    keeps: Option<hmac::Key>,
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
    /// Keys of a world from the data folder's secret (32 random bytes). The same secret gives other
    /// keys in another world, so that a folder that was copied opens nothing there.
    ///
    /// # Errors
    /// Never in practice: the derived key has the length that the cipher asks for.
    pub fn new(secret: &[u8; 32], world: World) -> Result<Self, NoRandomness> {
        let secret = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let derive = |label: &[u8]| hmac::sign(&secret, &[world.domain(), label].concat());
        let seal = UnboundKey::new(&AES_256_GCM, derive(b"ward seal 1").as_ref())
            .map_err(|_| NoRandomness)?;
        let key = |label| hmac::Key::new(hmac::HMAC_SHA256, derive(label).as_ref());
        Ok(Self {
            random: SystemRandom::new(),
            seal: LessSafeKey::new(seal),
            mac: key(b"ward mac 1"),
            keeps: world.is_exercise().then(|| key(b"ward keep 1")),
        })
    }

    /// The hash by which a random secret is kept in the store and found again: of a session, a
    /// token, an invitation, a code. Secrets of 128 bits and more need no slow hash.
    #[must_use]
    pub fn kept(&self, secret: &[u8]) -> [u8; 32] {
        self.kept_hash(hashed(secret))
    }

    /// As [`Keys::kept`], of a secret whose SHA-256 alone is known. In an exercise it is keyed: were
    /// rows of one world's store copied into the other's, the secrets behind them would open
    /// nothing there.
    #[must_use]
    pub fn kept_hash(&self, hash: [u8; 32]) -> [u8; 32] {
        let mut kept = hash;
        if let Some(key) = &self.keeps {
            kept.copy_from_slice(hmac::sign(key, &hash).as_ref());
        }
        kept
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

/// SHA-256. What a secret is kept by is [`Keys::kept`]: in the real world this, in an exercise not.
#[must_use]
pub fn hashed(secret: &[u8]) -> [u8; 32] {
    Sha256::digest(secret).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_is_its_owners_alone() {
        let keys = Keys::new(&[7; 32], World::Real).unwrap();
        let sealed = keys.seal("person-1", b"a secret").unwrap();
        assert_eq!(keys.open("person-1", &sealed).as_deref(), Some(b"a secret".as_slice()));
        assert_eq!(keys.open("person-2", &sealed), None);
        let other = Keys::new(&[8; 32], World::Real).unwrap();
        assert_eq!(other.open("person-1", &sealed), None);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(keys.open("person-1", &changed), None);
        }
        assert_eq!(keys.open("person-1", &sealed[..5]), None);
    }

    /// Even from one and the same secret.
    #[test]
    fn what_one_world_made_is_nothing_in_the_other() {
        let [real, exercise] =
            [World::Real, World::Exercise].map(|world| Keys::new(&[7; 32], world).unwrap());
        assert_eq!(real.kept(b"secret"), hashed(b"secret"), "stores of before stay as they are");
        assert_ne!(exercise.kept(b"secret"), real.kept(b"secret"));
        assert_eq!(exercise.kept(b"secret"), exercise.kept_hash(hashed(b"secret")));
        assert_ne!(
            exercise.kept(b"secret"),
            Keys::new(&[8; 32], World::Exercise).unwrap().kept(b"secret")
        );
        for (one, other) in [(&real, &exercise), (&exercise, &real)] {
            assert!(!other.is_mac(b"device", &one.mac(b"device")));
            assert_eq!(other.open("person-1", &one.seal("person-1", b"a secret").unwrap()), None);
        }
    }
}
