//! Room on the disk that records leave to everything else.
//!
//! A flood of records must not fill the disk to its end: then nobody could sign in, decide a case
//! or put down in the audit that it happened. Records wait at their sensors instead.

use std::path::Path;

use crate::Error;

/// The part of the disk that is left free by records, one in so many.
const PART: u64 = 20;

/// The most that is left free, in bytes.
const MOST: u64 = 1 << 30;

/// Whether there is room for records beside the store's file.
///
/// # Errors
/// [`Error::Refused`] when there is not, in a sentence with what to do.
pub(crate) fn for_records(file: Option<&Path>) -> Result<(), Error> {
    // A server's disk is its own affair.
    let Some(folder) = file.and_then(Path::parent) else { return Ok(()) };
    // What cannot be asked is found out by writing.
    let Ok(disk) = rustix::fs::statvfs(folder) else { return Ok(()) };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let reserve = (disk.f_blocks.saturating_mul(disk.f_frsize) / PART).min(MOST);
    if free >= reserve {
        return Ok(());
    }
    let mib = |bytes: u64| bytes >> 20;
    Err(Error::Refused(format!(
        "the disk of {} has {} MiB left, and the last {} MiB are kept for sign-in, decisions and \
         the audit: records wait at their sensors. Make room, or lower keep_records_days",
        folder.display(),
        mib(free),
        mib(reserve)
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_has_its_own_disk_and_what_cannot_be_asked_is_tried() {
        assert!(for_records(None).is_ok());
        assert!(for_records(Some(Path::new("/no/such/folder/ward.sqlite"))).is_ok());
    }
}
