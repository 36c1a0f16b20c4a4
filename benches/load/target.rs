//! The two servers under load, each a process of its own.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::load::client::Client;
use crate::load::request;
use crate::load::workload::Workload;

/// Number of the client whose one request is measured; what it changes no other touches.
const PROBE: usize = 999;

/// The real server in a sandbox of its own.
pub struct Sandbox {
    child: Child,
    address: SocketAddr,
    directory: TempDir,
}

impl Sandbox {
    /// Starts a sandbox of a profile and waits until it is ready.
    pub fn start(profile: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_hkepp"))
            .args(["sandbox", "--profile", profile])
            .args(["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"])
            .arg("--dir")
            .arg(directory.path().join("data"))
            .arg("--certs-dir")
            .arg(directory.path().join("certs"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let line = first_line(&mut child);
        let ready: serde_json::Value = serde_json::from_str(&line).expect("no ready line");
        let address = ready["epp"].as_str().unwrap().parse().unwrap();
        Self {
            child,
            address,
            directory,
        }
    }

    /// Opens clients of a registrar and logs them in.
    pub async fn clients(&self, registrar: &str, count: usize) -> Vec<Client> {
        let (certificates, mut clients) = (self.certificates(), Vec::new());
        for number in 0..count {
            let connected = Client::connect(self.address, &certificates, registrar, number);
            let mut client = connected.await;
            client.log_in(registrar).await;
            clients.push(client);
        }
        clients
    }

    /// Creates the contact and the hosts that every created name refers to.
    pub async fn create_references(&self) {
        let mut client = self.clients("registrar-a", 1).await.remove(0);
        for document in [request::CREATE_REGISTRANT]
            .iter()
            .chain(&request::CREATE_HOSTS)
        {
            client.send(document).await;
        }
    }

    /// Sends a request once; returns the lengths of both frames.
    pub async fn probe(&self, workload: Workload) -> (usize, usize) {
        let mut client = self.clients("registrar-a", 1).await.remove(0);
        if !workload.repeats() {
            client.renumber(PROBE);
        }
        client.probe(workload).await
    }

    /// Returns the process identifier.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Returns where the development certificates lie.
    fn certificates(&self) -> PathBuf {
        self.directory.path().join("certs")
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The bare echo.
pub struct Echo {
    child: Child,
    address: SocketAddr,
}

impl Echo {
    /// Starts the echo with the sandbox's certificates, for requests and answers of the given lengths.
    pub fn start(sandbox: &Sandbox, (request, answer): (usize, usize)) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .arg("echo")
            .arg(sandbox.certificates())
            .arg(format!("{request}:{answer}"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let address = first_line(&mut child).trim().parse().unwrap();
        Self { child, address }
    }

    /// Returns the process identifier.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Opens clients.
    pub async fn clients(&self, sandbox: &Sandbox, count: usize) -> Vec<Client> {
        let (certificates, mut clients) = (sandbox.certificates(), Vec::new());
        for number in 0..count {
            let connected = Client::connect(self.address, &certificates, "registrar-a", number);
            let mut client = connected.await;
            client.expect_echo();
            clients.push(client);
        }
        clients
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Reads the first line a child prints.
fn first_line(child: &mut Child) -> String {
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    line
}
