//! A small disk that can be filled: memory mounted as a file system.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A disk of its own, unmounted at the end.
pub(crate) struct Disk {
    path: PathBuf,
}

impl Disk {
    pub(crate) fn mount(path: &Path, megabytes: u32) -> Self {
        fs::create_dir_all(path).expect("a folder");
        let size = format!("size={megabytes}m,mode=700");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(path);
        assert!(mount.status().expect("mount runs").success(), "a disk can be mounted");
        Self { path: path.to_owned() }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Takes all the room that is left.
    pub(crate) fn fill(&self) {
        let Ok(mut file) = fs::File::create(self.path.join("filler")) else { return };
        let block = vec![0_u8; 64 << 10];
        while file.write_all(&block).is_ok() {}
        // The last bytes too: half-full pages would hide the end of the disk.
        while file.write_all(&[0]).is_ok() {}
    }

    /// Gives the room back.
    pub(crate) fn free(&self) {
        let _ = fs::remove_file(self.path.join("filler"));
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.path).status();
    }
}
