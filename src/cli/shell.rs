//! Completions and man pages, made from the same definitions as `--help`.

use std::path::Path;

use anyhow::Context;
use clap::CommandFactory;
use clap_complete::Shell;

use super::args::Arguments;

/// Returns the completions of a shell.
pub(super) fn completions(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "hkepp", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// Writes a man page for every command to `directory`.
///
/// # Errors
/// When the directory cannot be written to.
pub(super) fn write_man_pages(directory: &Path) -> anyhow::Result<()> {
    let unwritable = || format!("{} cannot be written to", directory.display());
    std::fs::create_dir_all(directory).with_context(unwritable)?;
    clap_mangen::generate_to(Arguments::command(), directory).with_context(unwritable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Command;

    #[test]
    fn command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_command_says_what_it_does_and_gives_an_example() {
        let mut seen = 0;
        let mut waiting = vec![Arguments::command()];
        while let Some(command) = waiting.pop() {
            seen += 1;
            assert!(command.get_about().is_some(), "{}", command.get_name());
            let after = command
                .get_after_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            assert!(after.contains("Example"), "{}", command.get_name());
            waiting.extend(command.get_subcommands().cloned());
        }
        assert!(seen > 40, "{seen}");
    }

    #[test]
    fn every_example_parses() {
        let mut examples = 0;
        let mut waiting: Vec<Command> = vec![Arguments::command()];
        while let Some(command) = waiting.pop() {
            let after = command
                .get_after_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            for line in after.replace("\\\n", "").lines() {
                let Some(line) = line.trim().strip_prefix("hkepp ") else {
                    continue;
                };
                let line = line.split(" > ").next().unwrap();
                let parsed = Arguments::command().try_get_matches_from(split(line));
                assert!(parsed.is_ok(), "{line}: {}", parsed.unwrap_err());
                examples += 1;
            }
            waiting.extend(command.get_subcommands().cloned());
        }
        assert!(examples > 40, "{examples}");
    }

    /// Splits as a shell does, as far as the examples need it.
    fn split(line: &str) -> Vec<String> {
        let mut words = vec!["hkepp".to_owned()];
        for (index, part) in line.split('"').enumerate() {
            if index % 2 == 1 {
                words.push(part.to_owned());
            } else {
                words.extend(part.split_whitespace().map(str::to_owned));
            }
        }
        words
    }
}
