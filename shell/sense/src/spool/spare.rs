//! Room on the disk that is kept free for the note, so that a full disk can be emptied.

use std::fs;
use std::path::Path;

const NAME: &str = "spare";
/// Enough for the largest note, in bytes.
const SIZE: usize = if cfg!(test) { 64 << 10 } else { 4 << 20 };

/// Takes the room, if it is not taken; on a disk that is full already, not.
pub(super) fn keep(folder: &Path) {
    let path = folder.join(NAME);
    if is_there(folder) {
        return;
    }
    // A file system that compresses must not make it small.
    let mut state = 0x9e37_79b9_u32;
    let noise = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()
    });
    let bytes: Vec<u8> = noise.take(SIZE / 4).flatten().collect();
    let written = fs::write(&path, bytes).and_then(|()| fs::File::open(&path)?.sync_all());
    if written.is_err() {
        let _ = fs::remove_file(&path);
    }
}

/// Gives the room back; whether there was any.
pub(super) fn give_up(folder: &Path) -> bool {
    fs::remove_file(folder.join(NAME)).is_ok()
}

/// Whether the room is taken.
pub(super) fn is_there(folder: &Path) -> bool {
    folder.join(NAME).exists()
}
