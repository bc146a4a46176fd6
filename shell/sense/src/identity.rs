//! Who a sensor is: its key pair and what the desk told it at enrolment.

use std::fmt;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use ring::rand::SystemRandom;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use ward_kernel::World;
use ward_sensor::frame::SIGNATURE;

use crate::Error;

const KEY: &str = "key.pk8";
const SENSOR: &str = "sensor.json";

/// A sensor's identity. The private key is in memory and in a file that only its owner may read.
pub struct Identity {
    key: Ed25519KeyPair,
    public: [u8; 32],
    sensor: Sensor,
}

/// What stands in `sensor.json`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct Sensor {
    sensor: String,
    name: String,
    jurisdiction: String,
    url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fingerprint: Option<String>,
    /// The world of the desk: what is signed for one is nothing in the other.
    #[serde(default)]
    world: World,
}

impl Identity {
    /// The identity that [`enrol`](crate::enrol) left in this folder.
    ///
    /// # Errors
    /// When the sensor is not enrolled, or its files cannot be read.
    pub fn load(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(SENSOR);
        let text = fs::read(&path).map_err(|why| match why.kind() {
            std::io::ErrorKind::NotFound => Error::new(format!(
                "this machine is not enrolled: {} is not there. Ask the desk for an enrolment \
                 code and run `ward sense enrol`.",
                path.display()
            )),
            _ => Error::file("cannot read", &path, &why),
        })?;
        let sensor = serde_json::from_slice(&text).map_err(|why| {
            Error::new(format!("{} is damaged ({why}): enrol anew", path.display()))
        })?;
        if !folder.join(KEY).exists() {
            let sentence = format!("the key {} is missing: enrol anew", folder.join(KEY).display());
            return Err(Error::new(sentence));
        }
        let (key, public) = key(folder)?;
        Ok(Self { key, public, sensor })
    }

    /// An identity that no desk has enrolled, for the desk's own sources; its key is made on first
    /// use and kept in the folder.
    ///
    /// # Errors
    /// When the key cannot be made or read.
    pub fn local(sensor: &str, folder: &Path) -> Result<Self, Error> {
        let (key, public) = key(folder)?;
        let sensor = Sensor { sensor: sensor.into(), name: sensor.into(), ..Sensor::default() };
        Ok(Self { key, public, sensor })
    }

    /// The sensor's identifier.
    #[must_use]
    pub fn sensor(&self) -> &str {
        &self.sensor.sensor
    }

    /// What it is called at the desk.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.sensor.name
    }

    /// The jurisdiction that it belongs to.
    #[must_use]
    pub fn jurisdiction(&self) -> &str {
        &self.sensor.jurisdiction
    }

    /// The desk's address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.sensor.url
    }

    /// SHA-256 of a certificate that the desk's chain must hold; `None` for a desk on loopback.
    #[must_use]
    pub fn fingerprint(&self) -> Option<[u8; 32]> {
        let text = self.sensor.fingerprint.as_ref()?;
        HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok()
    }

    /// The world of its desk.
    #[must_use]
    pub const fn world(&self) -> World {
        self.sensor.world
    }

    /// The public key.
    #[must_use]
    pub const fn public_key(&self) -> &[u8; 32] {
        &self.public
    }

    /// Signs.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; SIGNATURE] {
        // An Ed25519 signature always has this length; were it otherwise, no desk would take it.
        let message = self.sensor.world.signed(message);
        self.key.sign(&message).as_ref().try_into().unwrap_or([0; SIGNATURE])
    }

    /// Whether this identity's key made the signature.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let message = self.sensor.world.signed(message);
        UnparsedPublicKey::new(&ED25519, &self.public).verify(&message, signature).is_ok()
    }

    /// Keeps what the desk answered; from now on the machine is enrolled.
    pub(crate) fn enrolled(
        folder: &Path,
        answer: &ward_sensor::EnrolAnswer,
        code: &ward_sensor::EnrolmentCode,
    ) -> Result<Self, Error> {
        let sensor = Sensor {
            sensor: answer.sensor.clone(),
            name: answer.name.clone(),
            jurisdiction: answer.jurisdiction.clone(),
            url: code.url.clone(),
            fingerprint: code.fingerprint.map(|fingerprint| HEXLOWER.encode(&fingerprint)),
            world: code.world,
        };
        let path = folder.join(SENSOR);
        let text = serde_json::to_vec_pretty(&sensor).unwrap_or_default();
        keep(&path, &text).map_err(|why| Error::file("cannot write", &path, &why))?;
        let (key, public) = key(folder)?;
        Ok(Self { key, public, sensor })
    }

    /// Whether an identity is kept in this folder.
    pub(crate) fn is_in(folder: &Path) -> bool {
        folder.join(SENSOR).exists()
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("sensor", &self.sensor).finish_non_exhaustive()
    }
}

/// The key pair of a folder and its public key; made if there is none.
pub(crate) fn key(folder: &Path) -> Result<(Ed25519KeyPair, [u8; 32]), Error> {
    make_folder(folder)?;
    let path = folder.join(KEY);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => {
            let made = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new())
                .map_err(|_| Error::new("the system gives no random numbers"))?;
            keep(&path, made.as_ref()).map_err(|why| Error::file("cannot write", &path, &why))?;
            made.as_ref().to_vec()
        }
        Err(why) => return Err(Error::file("cannot read the key", &path, &why)),
    };
    let pair = Ed25519KeyPair::from_pkcs8(&bytes).map_err(|_| {
        Error::new(format!("the key {} is damaged: delete it and enrol anew", path.display()))
    })?;
    let public = pair.public_key().as_ref().try_into();
    public.map(|public| (pair, public)).map_err(|_| Error::new("the key has an odd length"))
}

/// Makes a folder that only its owner may open.
pub(crate) fn make_folder(folder: &Path) -> Result<(), Error> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|why| Error::file("cannot make the folder", folder, &why))
}

/// Writes a file whole or not at all, readable by its owner alone, and on the disk when it
/// returns.
pub(crate) fn keep(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let beside = PathBuf::from(name);
    let mut file =
        fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    sync_folder(path.parent().unwrap_or(Path::new(".")))
}

/// Puts names that were made or removed in a folder on the disk.
pub(crate) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn kept_and_closed_to_others() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("sense");
        assert!(Identity::load(&folder).unwrap_err().to_string().contains("not enrolled"));
        let made = Identity::local("desk", &folder).unwrap();
        let again = Identity::local("desk", &folder).unwrap();
        assert!(again.verify(b"x", &made.sign(b"x")) && !again.verify(b"y", &made.sign(b"x")));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder.join(KEY)), 0o600);
        assert_eq!(mode(&folder), 0o700);
        assert!(!format!("{made:?}").contains("key"));
        fs::write(folder.join(SENSOR), br#"{"sensor":"s","name":"","jurisdiction":"","url":""}"#)
            .unwrap();
        assert_eq!(Identity::load(&folder).unwrap().sensor(), "s");
        fs::remove_file(folder.join(KEY)).unwrap();
        assert!(Identity::load(&folder).unwrap_err().to_string().contains("is missing"));
        fs::write(folder.join(KEY), b"x").unwrap();
        assert!(Identity::local("desk", &folder).unwrap_err().to_string().contains("damaged"));
    }
}
