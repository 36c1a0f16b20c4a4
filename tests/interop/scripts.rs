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

fn walk_perl(profile: &str, zone: &str, more: &[&str]) {
    let mut command = Command::new("perl");
    if !succeeds(Command::new("perl").args(["-MNet::EPP", "-e1"])) {
        return report_absence("Net::EPP (Debian's libnet-epp-perl)");
    }
    command.arg(Path::new(SCRIPTS).join("net_epp.pl"));
    walk(command, profile, zone, more);
}

fn walk_python(module: &str, script: &str) {
    let python = python();
    if !succeeds(Command::new(&python).args(["-c", &format!("import {module}")])) {
        return report_absence(&format!("the Python client {module}"));
    }
    let mut command = Command::new(&python);
    command.args(["-W", "ignore::DeprecationWarning"]);
    command.arg(Path::new(SCRIPTS).join(script));
    walk(command, "plain", "example", &[]);
}

/// Lets a script walk through a registry of its own, then validates every frame it got.
fn walk(mut command: Command, profile: &str, zone: &str, more: &[&str]) {
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &["--profile", profile]);
    let frames = home.path().join("frames");
    command
        .args(["localhost", port(&server.epp_address())])
        .arg(&server.certs)
        .arg(zone)
        .args(more)
        .env("HKEPP_INTEROP_FRAMES", &frames)
        .env("PYTHONDONTWRITEBYTECODE", "1");
    let output = finish(&mut command);
    println!("{}", String::from_utf8_lossy(&output.stdout));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");

    let frames = split(&std::fs::read(&frames).unwrap());
    assert!(frames.len() > 40, "only {} frames", frames.len());
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
