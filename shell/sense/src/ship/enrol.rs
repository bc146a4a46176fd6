//! Making a sensor of a machine.

use std::fs;
use std::path::Path;

use hyper::Method;
use ward_sensor::{ENROL_PATH, EnrolAnswer, EnrolRequest, EnrolmentCode};

use super::https::{self, Desk};
use crate::identity::{self, Identity};
use crate::spool::Spool;
use crate::{Error, VERSION};

/// Enrols this machine with the code that the desk showed: makes a key pair in the folder, shows
/// its public half to the desk, and keeps what the desk answers. `name` is what a person at the
/// machine calls it. Doing it again after a failure is safe.
///
/// # Errors
/// A sentence for the person at the machine: a mistyped code, an unreachable desk, a refusal.
pub async fn enrol(code: &str, name: Option<&str>, folder: &Path) -> Result<Identity, Error> {
    let code = EnrolmentCode::parse(code).map_err(Error::new)?;
    if Identity::is_in(folder) {
        return Err(Error::new(format!(
            "this machine is enrolled already: to enrol it anew, move the folder {} away",
            folder.display()
        )));
    }
    let desk = Desk::new(&code.url, code.fingerprint)?;
    // The key is on the disk before the desk hears of it: whoever asks again asks with the same.
    let (_, public) = identity::key(folder)?;
    let mut request = EnrolRequest::new(&code, &public, &host(), VERSION);
    request.name = name.map(str::to_owned);
    let body = serde_json::to_vec(&request).unwrap_or_default();
    let result = desk.exchange(None, Method::POST, ENROL_PATH, body.into(), None).await;
    let (status, body, _) = result.map_err(|why| Error::new(why.to_string()))?;
    if status != 200 {
        return Err(Error::new(https::refusal(status, &body).to_string()));
    }
    let answer: EnrolAnswer = serde_json::from_slice(&body)
        .map_err(|_| Error::new("the desk's answer cannot be read: are both of one version?"))?;
    if !ward_sensor::batch::is_sensor(&answer.sensor) {
        return Err(Error::new("the desk gave a name that no sensor can have"));
    }
    // A new sensor: nothing of it is held anywhere, so collecting can begin before the desk
    // answers the next time.
    let begun = Spool::open(folder, |_| true).and_then(|(mut spool, _)| spool.begin_after(0));
    begun.map_err(|why| Error::file("cannot write", folder, &why))?;
    Identity::enrolled(folder, &answer, &code)
}

/// What this machine calls itself.
pub(crate) fn host() -> String {
    let name = fs::read_to_string("/proc/sys/kernel/hostname")
        .or_else(|_| fs::read_to_string("/etc/hostname"))
        .unwrap_or_default();
    let name: String = name.trim().chars().filter(|c| !c.is_control()).take(100).collect();
    if name.is_empty() { "unnamed".to_owned() } else { name }
}
