//! Reads the files of authorization, each with a bound.

use crate::limits::AUTH_FILE_BYTES_MAX;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// All of a file.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    read_at_most(path, AUTH_FILE_BYTES_MAX)
}

/// All of a file that has at most so many bytes.
pub(super) fn read_at_most(path: &Path, bytes_max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = File::open(path)?.take(bytes_max + 1).read_to_end(&mut bytes)?;
    if u64::try_from(read).is_ok_and(|read| read > bytes_max) {
        return Err(io::Error::other(format!("larger than {bytes_max} bytes")));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::{read, read_at_most};
    use crate::limits::AUTH_FILE_BYTES_MAX;

    #[test]
    fn a_file_of_the_longest_size_is_read_and_a_longer_one_is_not() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        let file = std::fs::File::create(&path).unwrap();
        file.set_len(AUTH_FILE_BYTES_MAX).unwrap();
        assert_eq!(u64::try_from(read(&path).unwrap().len()).unwrap(), AUTH_FILE_BYTES_MAX);
        file.set_len(AUTH_FILE_BYTES_MAX + 1).unwrap();
        assert!(read(&path).is_err());
        assert!(read_at_most(&path, AUTH_FILE_BYTES_MAX + 1).is_ok());
    }
}
