//! The clients of other languages, walked by scripts beside this file.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::oracle::check_answer;
use crate::process::{Server, finish};
use crate::{port, report_absence};

/// Directory of the scripts.
const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop");

#[test]
fn walk_net_epp_passes() {
    walk_perl("plain", "example", &[]);
}

#[test]
fn walk_net_epp_in_profile_hk_passes() {
    walk_perl("hk", "hk", &[]);
}

#[test]
fn walk_net_epp_in_profile_hk_of_2008_over_tls_12_passes() {
    walk_perl("hk-v5.0", "hk", &["TLSv1_2"]);
}

#[test]
fn walk_epptools_passes() {
    walk_python("epptools", "epptools_walk.py");
}

#[test]
fn walk_eppy_passes() {
    walk_python("eppy", "eppy_walk.py");
}

#[test]
fn walk_pyepp_passes() {
    walk_python("pyepp", "pyepp_walk.py");
}

#[test]
fn walk_net_epp_through_a_first_day_under_the_rules_of_hk_passes() {
    let Some(mut command) = perl("hk.pl") else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &["--profile", "hk"]);
    address(&mut command, &server)
        .arg(assert_cmd::cargo::cargo_bin!("hkepp"))
        .arg(&server.dir);
    walk(command, server, 25);
}

fn walk_perl(profile: &str, zone: &str, more: &[&str]) {
    if let Some(command) = perl("net_epp.pl") {
        walk_zone(command, profile, zone, more);
    }
}

/// Returns the command of a Perl script, unless the client is absent.
fn perl(script: &str) -> Option<Command> {
    if !succeeds(Command::new("perl").args(["-MNet::EPP", "-e1"])) {
        report_absence("Net::EPP (Debian's libnet-epp-perl)");
        return None;
    }
    let mut command = Command::new("perl");
    command.arg(Path::new(SCRIPTS).join(script));
    Some(command)
}

fn walk_python(module: &str, script: &str) {
    let python = python();
    if !succeeds(Command::new(&python).args(["-c", &format!("import {module}")])) {
        return report_absence(&format!("the Python client {module}"));
    }
    let mut command = Command::new(&python);
    command.args(["-W", "ignore::DeprecationWarning"]);
    command.arg(Path::new(SCRIPTS).join(script));
    walk_zone(command, "plain", "example", &[]);
}

/// Lets a script walk through every command in a zone of a registry of its own.
fn walk_zone(mut command: Command, profile: &str, zone: &str, more: &[&str]) {
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &["--profile", profile]);
    address(&mut command, &server).arg(zone).args(more);
    walk(command, server, 40);
}

/// Names the server to a script.
fn address<'a>(command: &'a mut Command, server: &Server) -> &'a mut Command {
    command
        .args(["localhost", port(&server.epp_address())])
        .arg(&server.certs)
}

/// Runs a walk to its end, then validates every frame it got, which are more than `least`.
fn walk(mut command: Command, server: Server, least: usize) {
    let home = tempfile::tempdir().unwrap();
    let frames = home.path().join("frames");
    command
        .env("HKEPP_INTEROP_FRAMES", &frames)
        .env("PYTHONDONTWRITEBYTECODE", "1");
    let output = finish(&mut command);
    println!("{}", String::from_utf8_lossy(&output.stdout));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");

    let frames = split(&std::fs::read(&frames).unwrap());
    assert!(frames.len() > least, "only {} frames", frames.len());
    for frame in &frames {
        check_answer(frame);
    }
    let log = server.stop();
    for secret in ["Harbour-2026", "Lantau-2027", "Quay-Side-2026.Pier+7"] {
        assert!(!log.contains(secret), "{log}");
    }
}

/// Takes the kept frames apart; a length of four octets stands before each.
fn split(mut kept: &[u8]) -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    while let Some((length, rest)) = kept.split_first_chunk::<4>() {
        let (frame, rest) = rest.split_at(u32::from_be_bytes(*length) as usize);
        frames.push(frame.to_vec());
        kept = rest;
    }
    frames
}

/// Returns the interpreter with the clients; it need not exist.
pub fn python() -> PathBuf {
    match std::env::var_os("HKEPP_TEST_PYTHON") {
        Some(path) => PathBuf::from(path),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-venv/bin/python"),
    }
}

pub fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}
