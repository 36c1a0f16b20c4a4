//! Exit codes, help, completions and man pages.

use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;

use crate::process::{hkepp, refusal, run};

#[test]
fn wrong_usage_exits_with_2() {
    for arguments in [
        &["frobnicate"][..],
        &["registrar"],
        &["registrar", "show", "x"],
        &["backup", "restore", "file"],
        &["sandbox", "advance", "soon"],
        &["sandbox", "--clock", "manual", "advance", "1d"],
        &["sandbox", "--profile", "moon"],
        &["epp", "create", "contact", "C-1"],
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!output.stderr.is_empty());
    }
}

#[test]
fn help_is_given_everywhere() {
    for arguments in [
        &["--help"][..],
        &["sandbox", "--help"],
        &["epp", "create", "domain", "--help"],
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(0));
        assert!(
            String::from_utf8(output.stdout)
                .unwrap()
                .contains("Example")
        );
    }
}

#[test]
fn output_nobody_reads_is_no_error() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = hkepp();
    let child = command
        .args(["completions", "bash"])
        .stdout(writer)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn completions_and_man_pages_know_every_command() {
    for shell in ["bash", "zsh", "fish"] {
        let script = String::from_utf8(run(&["completions", shell]).stdout).unwrap();
        assert!(script.contains("pin-cert"), "{shell}");
    }
    let home = tempfile::tempdir().unwrap();
    let directory = home.path().join("man1");
    assert!(run(&["man", directory.to_str().unwrap()]).status.success());
    let page = fs::read_to_string(directory.join("hkepp-registrar-pin-cert.1")).unwrap();
    assert!(
        page.replace('\\', "")
            .contains("hkepp registrar pin-cert registrar-a")
    );
}

#[test]
fn epp_without_a_server_says_what_to_do() {
    let home = tempfile::tempdir().unwrap();
    let certs = home.path().to_str().unwrap();
    let missing = run(&["epp", "--certs-dir", certs, "hello"]);
    assert!(refusal(&missing).contains("--certs-dir"));
}

#[test]
fn manual_explains_every_figure_that_is_served() {
    let home = tempfile::tempdir().unwrap();
    let server = crate::process::Server::sandbox(home.path(), &[]);
    server.epp_json("registrar-a", &["login"]);
    let page = server.get("/metrics").1;
    let manual =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/operator.md")).unwrap();
    let served: BTreeSet<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next())
        .collect();
    let explained: BTreeSet<&str> = manual
        .split('`')
        .filter(|word| word.starts_with("epp_"))
        .map(|word| word.trim_end_matches("_total"))
        .collect();
    let missing: Vec<_> = served.difference(&explained).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(
        served.contains("epp_commands") && served.len() > 15,
        "{served:?}"
    );
}
