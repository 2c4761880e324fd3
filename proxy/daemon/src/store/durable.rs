//! Files that survive a crash at any point: written beside their place, synchronised and renamed, so that each is always
//! either the old or the new one. What cannot be read is set aside, never deleted.
//! A directory of such files has one owner at a time.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

/// Locks a directory, so that no other process takes it for its own; as long as the lock is kept, or the process runs.
/// On a file system without locks there is none, which is logged.
pub(crate) fn lock(directory: &Path) -> io::Result<Option<File>> {
    // The directory itself: a file of its own could not be made on a full disk.
    let opened = File::open(directory)?;
    match opened.try_lock() {
        Ok(()) => Ok(Some(opened)),
        Err(TryLockError::WouldBlock) => {
            Err(io::Error::new(io::ErrorKind::ResourceBusy, "another proxy uses this directory"))
        }
        Err(TryLockError::Error(error)) => {
            tracing::warn!(directory = %directory.display(), %error, "the store cannot be locked");
            Ok(None)
        }
    }
}

/// Replaces a file durably. On failure the old one stays.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".tmp");
    let temporary = Path::new(&temporary);
    if let Err(error) = write(temporary, bytes).and_then(|()| fs::rename(temporary, path)) {
        // What is half written would take the room that a full disk lacks. It may not even have been made.
        let _ = fs::remove_file(temporary);
        return Err(error);
    }
    synchronise_directory(path)
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Removes a file durably; one that is not there is removed already.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    synchronise_directory(path)
}

/// A rename or a removal is durable only with the directory.
fn synchronise_directory(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |directory| File::open(directory)?.sync_all())
}

/// All bytes of a file, unless it is larger than the limit. A pipe or a device is refused: it may never end, or not even
/// open.
pub(crate) fn read(path: &Path, bytes_max: u64) -> io::Result<Vec<u8>> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "no regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(bytes_max + 1).read_to_end(&mut bytes)?;
    if is_above(bytes.len(), bytes_max) { Err(too_large(bytes_max)) } else { Ok(bytes) }
}

/// Whether a length in bytes is above a limit.
pub(crate) fn is_above(length: usize, bytes_max: u64) -> bool {
    u64::try_from(length).map_or(true, |length| length > bytes_max)
}

/// The error about a file that is larger than its limit.
pub(crate) fn too_large(bytes_max: u64) -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, format!("larger than {bytes_max} bytes"))
}

/// Renames a file that cannot be used to `*.corrupt`, and says so.
pub(crate) fn set_aside(path: &Path, reason: &dyn std::error::Error) {
    let mut aside = path.as_os_str().to_owned();
    aside.push(".corrupt");
    let at = path.display();
    match fs::rename(path, &aside) {
        Ok(()) => {
            tracing::error!(path = %at, error = %reason, "a file of the store is unreadable and set aside")
        }
        Err(error) => {
            tracing::error!(path = %at, %error, reason = %reason, "an unreadable file of the store could not be set aside");
        }
    }
}
