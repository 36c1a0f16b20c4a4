//! What README and walk-through promise a newcomer: their commands work as they stand, and the start is quick.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::process::{Server, finish};

/// The README.
const README: &str = include_str!("../../README.md");
/// How the README calls the binary.
const BINARY: &str = "target/release/hkepp";
/// Longest start of a new sandbox; hashing the first passwords takes several times as long without optimisation.
const START: Duration = Duration::from_secs(if cfg!(debug_assertions) { 10 } else { 3 });

#[test]
fn commands_of_the_readme_work_literally() {
    let commands = commands(README);
    assert!(commands.contains(&"cargo run --release -- sandbox".to_owned()));
    let home = tempfile::tempdir().unwrap();
    // The README starts the sandbox without options: the profile is the default one.
    let server = Server::sandbox(home.path(), &[]);
    let mut sent = 0;
    for command in commands
        .iter()
        .filter(|command| command.starts_with(BINARY))
    {
        let command = command.replacen(BINARY, "\"$HKEPP\"", 1);
        let mut shell = Command::new("sh");
        shell
            .arg("-c")
            .arg(format!(
                "{command} --connect \"$SERVER\" --certs-dir \"$CERTS\""
            ))
            .env("HKEPP", assert_cmd::cargo::cargo_bin!("hkepp"))
            .env("SERVER", server.epp_address())
            .env("CERTS", &server.certs);
        let output = finish(&mut shell);
        let text = String::from_utf8_lossy(&output.stdout);
        println!("{command}\n{text}");
        assert!(output.status.success(), "{command}: {output:?}");
        assert!(text.starts_with("1000 "), "{command}: {text}");
        sent += 1;
    }
    assert!(sent >= 4, "the README shows {sent} EPP commands");
    server.stop();
}

#[test]
fn start_of_a_new_sandbox_is_quick() {
    // The best of three: other tests run at the same time.
    let start = || {
        let home = tempfile::tempdir().unwrap();
        let begin = Instant::now();
        let server = Server::sandbox(home.path(), &[]);
        let taken = begin.elapsed();
        server.stop();
        taken
    };
    let best = (0..3).map(|_| start()).min().unwrap();
    println!("a new sandbox is ready after {best:.1?}");
    assert!(
        best <= START,
        "a new sandbox is ready after {best:.1?} only"
    );
}

#[test]
fn commands_of_the_walk_through_work_literally() {
    let commands = commands(include_str!("../../docs/ote.md"));
    let (start, commands) = commands.split_first().unwrap();
    let options = start.strip_prefix("hkepp sandbox ").unwrap();
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &options.split(' ').collect::<Vec<_>>());
    let mut last = String::new();
    let mut told = String::new();
    for command in commands {
        let arguments = command.strip_prefix("hkepp ").unwrap();
        let is_epp = arguments.starts_with("epp ");
        let place = if is_epp {
            "--connect \"$SERVER\" --certs-dir \"$CERTS\""
        } else {
            "--dir \"$DIR\""
        };
        // The id is the one the poll before showed.
        let id = last
            .lines()
            .find_map(|line| line.trim().strip_prefix("id "));
        let arguments = arguments.replace("ack ID", &format!("ack {}", id.unwrap_or("ID").trim()));
        let mut shell = Command::new("sh");
        shell
            .arg("-c")
            .arg(format!("\"$HKEPP\" {arguments} {place}"))
            .env("HKEPP", assert_cmd::cargo::cargo_bin!("hkepp"))
            .env("SERVER", server.epp_address())
            .env("CERTS", &server.certs)
            .env("DIR", &server.dir);
        let output = finish(&mut shell);
        last = String::from_utf8(output.stdout.clone()).unwrap();
        println!("{command}\n{last}");
        assert!(output.status.success(), "{command}: {output:?}");
        let greeted = arguments.starts_with("epp hello");
        assert!(
            !is_epp || greeted || last.starts_with('1'),
            "{command}: {last}"
        );
        told.push_str(&last);
    }
    for shown in [
        "1001 ",
        "1301 ",
        "redemptionPeriod",
        "pendingRestore",
        "domain:settle",
    ] {
        assert!(told.contains(shown), "{shown}");
    }
    server.stop();
}

/// Returns the commands of a document: its indented lines, continued ones joined.
fn commands(document: &str) -> Vec<String> {
    let joined = document.replace("\\\n", " ");
    let indented = joined.lines().filter_map(|line| line.strip_prefix("    "));
    indented.map(|line| line.trim().to_owned()).collect()
}
