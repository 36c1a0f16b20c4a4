//! Passwords from files, from standard input, or made up.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use anyhow::{Context, ensure};
use data_encoding::BASE64URL_NOPAD;

use crate::base::secret::Secret;

/// Longest line that is read for a password.
const LINE: u64 = 1024;
/// Random octets of a password that is made up; fits EPP's 16 characters.
const OCTETS: usize = 12;

/// Reads the first line of `file`; `-` is standard input.
///
/// # Errors
/// When it cannot be read or is empty.
pub(super) fn read(file: &Path) -> anyhow::Result<Secret> {
    let unreadable = || format!("the password file {} cannot be read", file.display());
    let source: Box<dyn Read> = if file == Path::new("-") {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(file).with_context(unreadable)?)
    };
    let mut line = String::new();
    BufReader::new(source.take(LINE))
        .read_line(&mut line)
        .with_context(unreadable)?;
    let line = Secret::new(line);
    let password = line.expose().trim_end_matches(['\r', '\n']);
    ensure!(
        !password.is_empty(),
        "the first line of {} is the password; it is empty",
        file.display()
    );
    Ok(Secret::new(password.to_owned()))
}

/// Makes a password nobody can guess.
///
/// # Errors
/// When the operating system gives no randomness.
pub(super) fn make() -> anyhow::Result<Secret> {
    let mut octets = [0; OCTETS];
    getrandom::fill(&mut octets).context("the operating system gives no randomness")?;
    Ok(Secret::new(BASE64URL_NOPAD.encode(&octets)))
}
