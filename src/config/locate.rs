//! Says where in the file something is wrong: `file:line:column`, and the nearest key of a misspelt one.

use std::path::{Path, PathBuf};

/// Why a configuration file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("{} cannot be read: {reason}", .file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The operating system's words.
        reason: String,
    },
    /// It says something it cannot say.
    #[error("{}:{line}:{column}: {reason}", .file.display())]
    Wrong {
        /// The file.
        file: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
        /// What is wrong and what would be right.
        reason: String,
    },
}

impl ConfigError {
    /// Places an error of the TOML reader in `text`, the content of `file`.
    pub(super) fn at(file: &Path, text: &str, error: &toml::de::Error) -> Self {
        let offset = error.span().map_or(0, |span| span.start);
        let before = text.get(..offset).unwrap_or(text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        Self::Wrong {
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
            reason: explain(error.message()),
        }
    }
}

/// Turns serde's list of expected keys into the one that was probably meant.
fn explain(message: &str) -> String {
    let Some(rest) = message.strip_prefix("unknown field ") else {
        return message.lines().collect::<Vec<_>>().join(", ");
    };
    let mut quoted = rest.split('`').skip(1).step_by(2);
    let unknown = quoted.next().unwrap_or_default();
    let known: Vec<&str> = quoted.collect();
    match nearest(unknown, &known) {
        Some(near) => format!("unknown key {unknown}; did you mean {near}?"),
        None => format!("unknown key {unknown}; known are {}", known.join(", ")),
    }
}

/// Returns the known key nearest to `unknown`, when one is near.
fn nearest<'k>(unknown: &str, known: &[&'k str]) -> Option<&'k str> {
    let distance = |key: &str| strsim::damerau_levenshtein(unknown, key);
    let best = known.iter().copied().min_by_key(|key| distance(key))?;
    (distance(best) <= unknown.chars().count().div_ceil(2)).then_some(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_needs_half_of_the_letters() {
        assert_eq!(
            nearest("lisetn", &["listen", "server-name"]),
            Some("listen")
        );
        assert_eq!(nearest("qqqqqq", &["listen", "server-name"]), None);
    }
}
