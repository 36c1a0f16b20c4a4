//! The two servers under load, each a process of its own.

use std::fmt;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::Workload;
use crate::load::client::Client;

/// The real server in a sandbox of its own.
pub struct Sandbox {
    child: Child,
    address: SocketAddr,
    directory: TempDir,
}

/// Frame lengths of requests and answers.
pub struct Sizes {
    hello: (usize, usize),
    check: (usize, usize),
}

impl Sandbox {
    /// Starts the sandbox and waits until it is ready.
    pub fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_hkepp"))
            .args(["sandbox", "--profile", "plain"])
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

    /// Opens clients and logs them in.
    pub async fn clients(&self, count: usize) -> Vec<Client> {
        let mut clients = Vec::new();
        for number in 0..count {
            let mut client = Client::connect(self.address, &self.certificates(), number).await;
            client.log_in().await;
            clients.push(client);
        }
        clients
    }

    /// Creates the contact that every created name refers to.
    pub async fn create_registrant(&self) {
        self.clients(1).await.remove(0).create_registrant().await;
    }

    /// Sends each request once and measures its answer.
    pub async fn answer_sizes(&self) -> Sizes {
        let mut client = self.clients(1).await.remove(0);
        Sizes {
            hello: client.probe(Workload::Hello, "<greeting>").await,
            check: client.probe(Workload::Check, "avail=\"1\"").await,
        }
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
    /// Starts the echo with the sandbox's certificates and answer sizes.
    pub fn start(sandbox: &Sandbox, sizes: &Sizes) -> Self {
        let pair = |(request, answer): (usize, usize)| format!("{request}:{answer}");
        let mut child = Command::new(std::env::current_exe().unwrap())
            .arg("echo")
            .arg(sandbox.certificates())
            .args([pair(sizes.hello), pair(sizes.check)])
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
        let mut clients = Vec::new();
        for number in 0..count {
            clients.push(Client::connect(self.address, &sandbox.certificates(), number).await);
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

impl fmt::Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "octets of request and answer: hello {} and {}, check {} and {}",
            self.hello.0, self.hello.1, self.check.0, self.check.1
        )
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
