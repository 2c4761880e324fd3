//! A proxy process with a node of its own, for the benches of the whole process.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Name of the node.
pub(crate) const NODE: &str = "node";

/// Unit of the times in `/proc/<pid>/stat`: Linux' USER_HZ is 100 on every architecture that runs linuxptp.
const TICKS_PER_S: f64 = 100.0;

/// Between two looks for the ready file.
const POLL: Duration = Duration::from_millis(2);

/// A proxy with a node of its own: a boundary clock and a grandmaster. It ends with this.
pub(crate) struct Proxy {
    directory: TempDir,
    child: Child,
}

impl Proxy {
    /// Starts it with these flags beside its own, and waits until it serves.
    pub(crate) fn start(flags: &[&str]) -> Result<Self, Box<dyn Error>> {
        let directory = tempfile::tempdir()?;
        let path = directory.path();
        for name in ["store", "run", "profiles"] {
            fs::create_dir(path.join(name))?;
        }
        fs::write(path.join("profiles/node"), r#"[{"name":"bc"},{"name":"gm"}]"#)?;
        fs::write(
            path.join("run/ptp4l.0.config"),
            "#profile: bc\n[global]\n[ens1f0]\nmasterOnly 0\n[ens1f1]\nmasterOnly 1\n",
        )?;
        fs::write(path.join("run/ptp4l.1.config"), "#profile: gm\n[global]\n[ens2f0]\nmasterOnly 0\n")?;
        let child = Command::new(env!("CARGO_BIN_EXE_cloud-event-proxy"))
            .args(["--metrics-addr", "127.0.0.1:0", "--api-host", "127.0.0.1", "--api-port", "0"])
            .args(["--daemon-url", "http://127.0.0.1:1", "--node-name", NODE])
            .args(["--store-path", "store", "--ptp-config-dir", "run", "--ptp-profile-path", "profiles"])
            .args(["--event-socket", "events.sock", "--ready-file", "ready.json", "--log-level", "error"])
            .args(flags)
            .env_clear()
            .current_dir(path)
            .stdin(Stdio::null())
            .spawn()?;
        let mut proxy = Self { directory, child };
        while !proxy.path("ready.json").exists() {
            if let Some(status) = proxy.child.try_wait()? {
                return Err(format!("the proxy has ended: {status}").into());
            }
            thread::sleep(POLL);
        }
        Ok(proxy)
    }

    /// A path in the directory of the node.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        Path::join(self.directory.path(), name)
    }

    /// Processor time of the process so far, in seconds.
    pub(crate) fn cpu_s(&self) -> Result<f64, Box<dyn Error>> {
        cpu_s(self.child.id())
    }

    /// Resident memory now and at its peak.
    pub(crate) fn memory(&self) -> Result<String, Box<dyn Error>> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let mib = |key: &str| -> Result<f64, Box<dyn Error>> {
            let line = status.lines().find_map(|line| line.strip_prefix(key)).ok_or("no such line")?;
            Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
        };
        Ok(format!("resident {:.1} MiB, at most {:.1} MiB", mib("VmRSS:")?, mib("VmHWM:")?))
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Processor time of a process so far, in seconds.
pub(crate) fn cpu_s(pid: u32) -> Result<f64, Box<dyn Error>> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name of the program may contain spaces; it ends with the last bracket. utime and stime are the 14th and
    // 15th field, proc_pid_stat(5).
    let (_, fields) = stat.rsplit_once(") ").ok_or("no fields")?;
    let ticks = fields.split(' ').skip(11).take(2).map(str::parse::<f64>);
    Ok(ticks.sum::<Result<f64, _>>()? / TICKS_PER_S)
}

/// The time of the machine.
#[expect(clippy::disallowed_methods, reason = "a bench measures the time of the machine")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
