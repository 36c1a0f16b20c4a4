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
    let told = type_along(include_str!("../../docs/ote.md"));
    for shown in [
        "1001 ",
        "1301 ",
        "redemptionPeriod",
        "pendingRestore",
        "domain:settle",
    ] {
        assert!(told.contains(shown), "{shown}");
    }
}

#[test]
fn commands_of_a_first_day_under_the_rules_of_hk_answer_what_the_page_says() {
    let page = include_str!("../../docs/hk.md");
    let silent: Vec<String> = commands(page)
        .into_iter()
        .skip(1)
        .filter(|command| !command.contains(" # "))
        .collect();
    assert!(silent.is_empty(), "nothing is expected of {silent:?}");
    type_along(page);
}

/// Runs the commands of a page against the sandbox that the first of them starts, and compares each answer with what
/// stands behind the command; returns all they told.
fn type_along(page: &str) -> String {
    let commands = commands(page);
    let (start, commands) = commands.split_first().unwrap();
    let options = start.strip_prefix("hkepp sandbox ").unwrap();
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &options.split(' ').collect::<Vec<_>>());
    let mut last = String::new();
    let mut told = String::new();
    for command in commands {
        let (typed, expected) = command.split_once(" # ").unwrap_or((command, ""));
        let arguments = typed.trim().strip_prefix("hkepp ").unwrap();
        let is_epp = arguments.starts_with("epp ");
        let place = if is_epp {
            "--connect \"$SERVER\" --certs-dir \"$CERTS\""
        } else {
            "--dir \"$DIR\""
        };
        let arguments = match arguments.strip_suffix(" ID") {
            Some(before) => format!("{before} {}", shown_id(&last)),
            None => arguments.to_owned(),
        };
        let mut shell = Command::new("sh");
        shell
            .arg("-c")
            .arg(format!("\"$HKEPP\" {arguments} {place}"))
            .env("HKEPP", assert_cmd::cargo::cargo_bin!("hkepp"))
            .env("SERVER", server.epp_address())
            .env("CERTS", &server.certs)
            .env("DIR", &server.dir);
        let output = finish(&mut shell);
        last = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        println!("{command}\n{last}");
        let refused = is_epp && expected.starts_with('2');
        assert_eq!(output.status.success(), !refused, "{command}: {last}");
        let greeted = arguments.starts_with("epp hello");
        assert!(
            !is_epp || refused || greeted || last.starts_with('1'),
            "{command}: {last}"
        );
        for part in parts(expected) {
            assert!(
                holds(&last, part),
                "{part} is not what {command} told: {last}"
            );
        }
        told.push_str(&last);
    }
    server.stop();
    told
}

/// Returns the id an output shows: that of one object, or of the first in a list.
fn shown_id(output: &str) -> &str {
    let of_one = output
        .lines()
        .find_map(|line| line.trim().strip_prefix("id "));
    let of_list = || output.lines().nth(1);
    let line = of_one.or_else(of_list).unwrap();
    line.split_whitespace().next().unwrap()
}

/// Takes apart what an answer is to hold: words, or several in quotation marks.
fn parts(expected: &str) -> Vec<&str> {
    let pieces = expected.split('"').enumerate();
    pieces
        .flat_map(|(number, piece)| match number % 2 {
            0 => piece.split_whitespace().collect(),
            _ => vec![piece],
        })
        .collect()
}

/// Says whether whole words stand in a text, with any space between them.
fn holds(text: &str, words: &str) -> bool {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.match_indices(words).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + words.len()..]);
        !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric)
    })
}

/// Returns the commands of a document: its indented lines, continued ones joined.
fn commands(document: &str) -> Vec<String> {
    let joined = document.replace("\\\n", " ");
    let indented = joined.lines().filter_map(|line| line.strip_prefix("    "));
    indented.map(|line| line.trim().to_owned()).collect()
}
