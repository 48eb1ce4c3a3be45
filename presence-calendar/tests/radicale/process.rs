//! Radicale in a process and a folder of its own, which end with the value.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::net::TcpStream;

/// A server that runs.
pub(crate) struct Radicale {
    /// Its address, without a slash at the end.
    pub(crate) url: String,
    process: Child,
    folder: PathBuf,
}

impl Radicale {
    /// Starts a server that knows these people and their passwords.
    pub(crate) async fn start(name: &str, people: &[(&str, &str)]) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("radicale-{name}-{}", std::process::id()));
        fs::create_dir_all(folder.join("collections")).unwrap();
        let people: String = people.iter().map(|(user, password)| format!("{user}:{password}\n")).collect();
        fs::write(folder.join("people"), people).unwrap();
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let config = format!(
            "[server]\nhosts = 127.0.0.1:{port}\n[auth]\ntype = htpasswd\nhtpasswd_filename = {}\n\
             htpasswd_encryption = plain\ndelay = 0\n[storage]\nfilesystem_folder = {}\n[logging]\nlevel = warning\n",
            folder.join("people").display(),
            folder.join("collections").display()
        );
        fs::write(folder.join("config"), config).unwrap();
        let mut command = Command::new("radicale");
        command.arg("--config").arg(folder.join("config")).stdout(Stdio::null()).stderr(Stdio::null());
        // Without Radicale there is nothing to test: scripts/test installs it.
        let process = command.spawn().unwrap();
        let server = Self { url: format!("http://127.0.0.1:{port}"), process, folder };
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return server;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let is_there = TcpStream::connect(("127.0.0.1", port)).await.is_ok();
        assert!(is_there, "radicale does not answer");
        server
    }

    /// Where Anna's calendar is to be.
    pub(crate) fn calendar(&self) -> String {
        format!("{}/anna%40example.com/work/", self.url)
    }
}

impl Drop for Radicale {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}
