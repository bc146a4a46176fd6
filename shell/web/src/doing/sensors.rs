//! Sensors: their codes, their names, their end.

use axum::http::StatusCode;
use data_encoding::HEXUPPER_PERMISSIVE;
use ward_access::{Act, Scope};
use ward_kernel::time::DAY;
use ward_sensor::enrolment::{EnrolmentCode, SECRET, check_url};
use ward_store::sensors::{self, Enrolment, Sensor};
use ward_store::{Link, office};

use super::{Why, checked, wrong};
use crate::desk::{Desk, Region};
use crate::doing::hearing::{is_by_hand, is_own};
use crate::refused::{Refused, not_found};
use crate::server::errors::Problem;
use crate::ui::Errors;
use crate::who::Who;

/// How long a code can be used, in microseconds.
const GOOD_FOR: i64 = 7 * DAY;
/// The longest name of a sensor, in characters.
pub(crate) const NAME_MAX: usize = 60;

/// A sensor that somebody may see and do this to; not found otherwise.
pub(crate) async fn found(
    link: Link<'_>,
    who: &Who,
    id: &str,
    act: Act,
) -> Result<Sensor, Refused> {
    let sensor = sensors::by_id(link, id).await?.ok_or_else(not_found)?;
    let place = Scope::Jurisdiction(&sensor.jurisdiction);
    let may = who.may(act, place) && who.may(Act::SeeSensors, place);
    if may { Ok(sensor) } else { Err(not_found()) }
}

/// A code, used or not, that somebody may see; not found otherwise.
pub(crate) async fn code(link: Link<'_>, who: &Who, id: &str) -> Result<Enrolment, Refused> {
    let code = sensors::code(link, id).await?.ok_or_else(not_found)?;
    let may = who.may(Act::EnrolSensor, Scope::Jurisdiction(&code.jurisdiction));
    if may { Ok(code) } else { Err(not_found()) }
}

/// Makes a code for one sensor of a jurisdiction; what is kept of it, and the code itself, which
/// is shown once.
///
/// # Errors
/// When the jurisdiction is not theirs, the name is none, or no sensor could reach the desk by a
/// code made now.
pub(crate) async fn make_code(
    desk: &Desk,
    who: &Who,
    place: &str,
    name: &str,
) -> Result<(Enrolment, EnrolmentCode), Why> {
    let mut tx = desk.store.begin().await?;
    let known = office::jurisdiction(tx.link(), place).await?.is_some();
    let mut errors = Errors::new();
    if !known || !who.may(Act::EnrolSensor, Scope::Jurisdiction(place)) {
        errors = errors.add("jurisdiction", "Choose the jurisdiction whose machines it reads.");
    }
    if let Err(why) = check_name(name) {
        errors = errors.add("name", why);
    }
    checked(errors)?;
    let secret: [u8; SECRET] = desk.keys.random()?;
    let code = code_of(desk, secret)?;
    let now = desk.now();
    let kept = Enrolment {
        id: data_encoding::HEXLOWER.encode(&desk.keys.random::<8>()?),
        hash: desk.keys.kept(&secret).to_vec(),
        name: name.to_owned(),
        jurisdiction: place.to_owned(),
        made_by: who.id().to_owned(),
        created: now,
        expires: now.plus(GOOD_FOR),
        used: None,
        sensor: None,
    };
    sensors::add_code(tx.link(), &kept).await?;
    let detail = format!("a code for \"{name}\" of {place}");
    tx.commit(who.did(now, "sensor.code", &kept.id, detail)).await?;
    Ok((kept, code))
}

/// The line that is pasted at the machine.
pub(crate) fn line(code: &EnrolmentCode) -> String {
    format!("ward sense enrol {}", code.to_text())
}

/// Takes a code back that nobody has used.
///
/// # Errors
/// When it is not found.
pub(crate) async fn withdraw_code(desk: &Desk, who: &Who, id: &str) -> Result<(), Refused> {
    let mut tx = desk.store.begin().await?;
    let code = code(tx.link(), who, id).await?;
    if sensors::withdraw_code(tx.link(), id).await? {
        let detail = format!("the code for \"{}\" of {}", code.name, code.jurisdiction);
        tx.commit(who.did(desk.now(), "sensor.code.withdraw", id, detail)).await?;
    }
    Ok(())
}

/// Calls a sensor by another name.
///
/// # Errors
/// When it is not found, or the name is none.
pub(crate) async fn rename(desk: &Desk, who: &Who, id: &str, name: &str) -> Result<(), Why> {
    let mut tx = desk.store.begin().await?;
    let sensor = found(tx.link(), who, id, Act::EnrolSensor).await?;
    check_name(name).map_err(|why| wrong("name", why))?;
    sensors::rename(tx.link(), id, name).await?;
    let detail = format!("from \"{}\" to \"{name}\"", sensor.name);
    tx.commit(who.did(desk.now(), "sensor.rename", id, detail)).await?;
    desk.bell.send((Region::Sensors, sensor.jurisdiction.as_str()));
    Ok(())
}

/// Retires a sensor; once is enough.
///
/// # Errors
/// When it is not found.
pub(crate) async fn retire(desk: &Desk, who: &Who, id: &str) -> Result<(), Refused> {
    let mut tx = desk.store.begin().await?;
    let sensor = found(tx.link(), who, id, Act::RetireSensor).await?;
    if is_by_hand(&sensor) || is_own(&sensor) {
        // It is no program that could be silenced.
        return Err(not_found());
    }
    if sensors::retire(tx.link(), id, desk.now()).await? {
        let detail = format!("\"{}\" of {}", sensor.name, sensor.jurisdiction);
        tx.commit(who.did(desk.now(), "sensor.retire", id, detail)).await?;
        desk.bell.send((Region::Sensors, sensor.jurisdiction.as_str()));
    }
    Ok(())
}

/// Whether this can name a sensor.
///
/// # Errors
/// A sentence that says why not.
pub(crate) fn check_name(name: &str) -> Result<(), &'static str> {
    if name.is_empty() {
        Err("Give the sensor a name, such as \"Front office firewall\".")
    } else if name.chars().count() > NAME_MAX {
        Err("The name is longer than 60 characters.")
    } else if name.chars().any(char::is_control) {
        Err("The name holds a character that cannot be printed.")
    } else {
        Ok(())
    }
}

/// The code of a secret: with the desk's address, and the certificate that sensors pin.
fn code_of(desk: &Desk, secret: [u8; SECRET]) -> Result<EnrolmentCode, Refused> {
    let fingerprint = fingerprint(&desk.settings.fingerprint);
    let url = desk.settings.origin.to_ascii_lowercase();
    check_url(&url, fingerprint.is_some()).map_err(|why| {
        Problem::new(
            StatusCode::CONFLICT,
            "No sensor could reach the desk by a code made now",
            format!("{why}. An administrator sets the desk's name and certificate in ward.toml."),
        )
    })?;
    Ok(EnrolmentCode { world: desk.settings.world, url, fingerprint, secret })
}

/// 32 bytes of hexadecimal digits with colons between them.
fn fingerprint(text: &str) -> Option<[u8; 32]> {
    let digits: String = text.chars().filter(|c| *c != ':').collect();
    HEXUPPER_PERMISSIVE.decode(digits.as_bytes()).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert!(check_name("Front office firewall").is_ok());
        for bad in ["", "a\u{7}b", &"x".repeat(61)] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn fingerprints() {
        let text = vec!["AB"; 32].join(":");
        assert_eq!(fingerprint(&text), Some([0xab; 32]));
        assert_eq!(fingerprint(&text.to_lowercase()), Some([0xab; 32]));
        assert_eq!(fingerprint(""), None);
    }

    #[test]
    fn the_line_reads_back() {
        let code = EnrolmentCode {
            world: ward_kernel::World::Real,
            url: "https://desk.example".into(),
            fingerprint: Some([1; 32]),
            secret: [2; SECRET],
        };
        let line = line(&code);
        let text = line.strip_prefix("ward sense enrol ").unwrap();
        assert_eq!(EnrolmentCode::parse(text), Ok(code));
    }
}
