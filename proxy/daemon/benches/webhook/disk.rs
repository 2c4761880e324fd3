//! What the disk takes for a file that survives a crash, as the proxy writes its own: beside, fsync, rename, fsync.

use crate::consumer::Consumer;
use crate::node::at_a_time;
use crate::process::now;
use crate::push::floor_client;
use hyper::body::Bytes;
use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension("tmp");
    let mut file = File::create(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    path.parent().map_or(Ok(()), |directory| File::open(directory)?.sync_all())
}

/// A copy of a file, on the same disk.
pub(crate) struct Copied {
    directory: TempDir,
    bytes: Vec<u8>,
}

impl Copied {
    /// A copy of this file, with so many bytes more.
    pub(crate) fn of(original: &Path, more: usize) -> Result<Self, Box<dyn Error>> {
        let mut bytes = fs::read(original)?;
        bytes.resize(bytes.len() + more, b' ');
        Ok(Self { directory: tempfile::tempdir()?, bytes })
    }

    /// How large it is.
    pub(crate) fn length(&self) -> usize {
        self.bytes.len()
    }

    /// Replaces it, and says how long it took.
    pub(crate) fn replace(&self) -> io::Result<Duration> {
        let began = now();
        replace(&self.directory.path().join("copy"), &self.bytes)?;
        Ok(began.elapsed())
    }
}

/// A file of a subscription in a store.
pub(crate) fn subscription_file(store: &Path) -> Result<PathBuf, Box<dyn Error>> {
    for entry in fs::read_dir(store)? {
        let path = entry?.path();
        let is_subscription = path.file_name().is_some_and(|name| name != "metrics.json");
        if is_subscription && path.extension().is_some_and(|extension| extension == "json") {
            return Ok(path);
        }
    }
    Err("there is no subscription in the store".into())
}

/// The least that a subscription costs: a POST of the initial notification, then a file of the same size. So many, so
/// many at a time.
pub(crate) fn handshakes_with_files(
    runtime: &Runtime,
    consumer: &Consumer,
    original: &Path,
    (concurrency, times): (usize, usize),
) -> Result<Duration, Box<dyn Error>> {
    let directory = tempfile::tempdir()?;
    let (bytes, folder) = (Bytes::from(fs::read(original)?), directory.path().to_owned());
    let (client, url, body) = (floor_client()?, consumer.url("other", 0), consumer.body());
    at_a_time(runtime, concurrency, times, move |number| {
        let request = client.post(&url).header("content-type", "application/json").body(body.clone());
        let (bytes, path) = (bytes.clone(), folder.join(format!("{number}.json")));
        async move {
            request.send().await?;
            tokio::task::spawn_blocking(move || replace(&path, &bytes)).await??;
            Ok(())
        }
    })
}
