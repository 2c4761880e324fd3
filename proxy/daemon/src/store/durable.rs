//! Files that survive a crash at any point: written beside their place, synchronised and renamed, so that each is always
//! either the old or the new one. What cannot be read is set aside, never deleted.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

/// Replaces a file durably. On failure the old one stays.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".tmp");
    let mut file = File::create(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    synchronise_directory(path)
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

/// All bytes of a file, unless it is larger than the limit.
pub(crate) fn read(path: &Path, bytes_max: u64) -> io::Result<Vec<u8>> {
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
