//! A server of the real binary in a directory of its own, and the commands that talk to it.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use serde_json::Value;

/// Longest time a command may take, and a server that was told to end.
const LIMIT: Duration = Duration::from_secs(120);
/// Longest time a server may take until it is ready.
const START_LIMIT: Duration = Duration::from_secs(60);

/// The binary under test; HKEPP_TEST_BINARY names another build of it.
pub fn hkepp() -> Command {
    let other = std::env::var_os("HKEPP_TEST_BINARY").map(PathBuf::from);
    let built = || assert_cmd::cargo::cargo_bin!("hkepp").to_path_buf();
    let mut command = Command::new(other.unwrap_or_else(built));
    command.env_remove("HKEPP_LOG");
    command
}

/// Runs a command to its end, which comes soon.
pub fn run(arguments: &[&str]) -> Output {
    finish(hkepp().args(arguments))
}

/// Runs a command to its end, which comes soon.
pub fn finish(command: &mut Command) -> Output {
    let command = std::mem::replace(command, hkepp());
    assert_cmd::Command::from_std(command)
        .timeout(LIMIT)
        .output()
        .unwrap()
}

/// A running server; killed when dropped.
pub struct Server {
    child: Child,
    /// Where all that it logged arrives when it ends.
    log: Receiver<String>,
    /// The line that says that it is ready.
    pub ready: Value,
    /// Its data directory.
    pub dir: PathBuf,
    /// Its certificates.
    pub certs: PathBuf,
}

impl Server {
    /// Starts a sandbox in `home` with further arguments.
    pub fn sandbox(home: &Path, arguments: &[&str]) -> Self {
        let (dir, certs) = (home.join("data"), home.join("certs"));
        let mut command = hkepp();
        command
            .arg("sandbox")
            .arg("--dir")
            .arg(&dir)
            .arg("--certs-dir")
            .arg(&certs);
        command
            .args(["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"])
            .args(arguments);
        Self::start(command, dir, certs)
    }

    /// Starts the server of `command` and waits until it is ready.
    pub fn start(command: Command, dir: PathBuf, certs: PathBuf) -> Self {
        Self::try_start(command, dir, certs)
            .unwrap_or_else(|(status, log)| panic!("no ready line, {status}: {log}"))
    }

    /// Starts the server of `command`; tells how it ended and what it logged when it ends before it is ready.
    pub fn try_start(
        mut command: Command,
        dir: PathBuf,
        certs: PathBuf,
    ) -> Result<Self, (ExitStatus, String)> {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stderr = child.stderr.take().unwrap();
        let log = receive(move || {
            let mut text = String::new();
            stderr.read_to_string(&mut text).unwrap();
            text
        });
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let line = receive(move || {
            let mut line = String::new();
            stdout.read_line(&mut line).unwrap();
            line
        });
        let mut server = Self {
            child,
            log,
            ready: Value::Null,
            dir,
            certs,
        };
        let line = server.await_within(START_LIMIT, &line, "ready");
        if line.is_empty() {
            let log = server.await_within(LIMIT, &server.log, "gone");
            return Err((server.child.wait().unwrap(), log));
        }
        server.ready = serde_json::from_str(&line).unwrap();
        Ok(server)
    }

    /// Waits for what tells that the server is `state`; one that takes too long fails the test with its log.
    fn await_within(&self, limit: Duration, told: &Receiver<String>, state: &str) -> String {
        told.recv_timeout(limit).unwrap_or_else(|_| {
            self.signal("KILL");
            let log = self.log.recv_timeout(limit);
            panic!("not {state} after {limit:?}: {}", log.unwrap_or_default())
        })
    }

    /// Returns its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Returns the address of EPP.
    pub fn epp_address(&self) -> String {
        self.ready["epp"].as_str().unwrap().to_owned()
    }

    /// Fetches a page over HTTP: its status and its body.
    pub fn get(&self, path: &str) -> (u16, String) {
        use std::io::Write;
        let address = self.ready["http"].as_str().unwrap();
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let status = text.split(' ').nth(1).unwrap().parse().unwrap();
        (status, text.split_once("\r\n\r\n").unwrap().1.to_owned())
    }

    /// Runs an operator's command on this server.
    pub fn admin(&self, arguments: &[&str]) -> Output {
        finish(hkepp().arg("--dir").arg(&self.dir).args(arguments))
    }

    /// Runs an operator's command that must succeed, and returns its JSON.
    pub fn admin_json(&self, arguments: &[&str]) -> Value {
        json(&self.admin(&[&["--json"], arguments].concat()))
    }

    /// Sends an EPP command as a registrar.
    pub fn epp(&self, registrar: &str, arguments: &[&str]) -> Output {
        let mut command = hkepp();
        command.args([
            "epp",
            "--as",
            registrar,
            "--connect",
            &self.epp_address(),
            "--certs-dir",
        ]);
        finish(command.arg(&self.certs).args(arguments))
    }

    /// Sends an EPP command that must succeed, and returns its JSON.
    pub fn epp_json(&self, registrar: &str, arguments: &[&str]) -> Value {
        json(&self.epp(registrar, &[&["--json"], arguments].concat()))
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let status = Command::new("kill")
            .args([&format!("-{name}"), &pid])
            .status()
            .unwrap();
        assert!(status.success());
    }

    /// Waits for the end; returns the exit code, if it exited, and what it logged.
    pub fn wait(mut self) -> (Option<i32>, String) {
        let log = self.await_within(LIMIT, &self.log, "gone");
        (self.child.wait().unwrap().code(), log)
    }

    /// Stops it as an operator does; returns what it logged.
    pub fn stop(self) -> String {
        self.signal("TERM");
        let (code, log) = self.wait();
        assert_eq!(code, Some(0), "{log}");
        log
    }

    /// Kills it without warning.
    pub fn kill(self) {
        self.signal("KILL");
        assert_eq!(self.wait().0, None);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Reads text on a thread of its own, so that whoever waits for it may stop waiting.
fn receive(read: impl FnOnce() -> String + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(read()).ok());
    receiver
}

/// Returns the JSON of a command that succeeded.
pub fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Returns stderr of a command that was refused: one line, exit code 1.
pub fn refusal(output: &Output) -> String {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(text.lines().count(), 1, "{text}");
    text
}
