//! Logs on stderr: one line an event, whose filter can be changed while the server runs.
//!
//! What clients send reaches a log only escaped: a control character or one that turns the direction of writing
//! could forge lines or steer a terminal.

use std::io::{self, Write};

use anyhow::Context;
use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry, fmt, reload};

use crate::config::{Log, LogFormat};

/// Name of the variable whose filter wins over the configuration's.
const VARIABLE: &str = "HKEPP_LOG";

/// Changes the filter while the server runs.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    handle: reload::Handle<EnvFilter, Registry>,
}

/// Begins to log.
///
/// # Errors
/// When the filter of the environment cannot be read.
pub(super) fn begin(log: &Log) -> anyhow::Result<Filter> {
    let (filter, handle) = reload::Layer::new(filter(log)?);
    let lines = fmt::layer().with_ansi(false).with_writer(Lines);
    let lines = match log.format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    tracing_subscriber::registry()
        .with(filter)
        .with(lines)
        .try_init()
        .context("logs run already")?;
    Ok(Filter { handle })
}

impl Filter {
    /// Puts the filter of `log` into force.
    ///
    /// # Errors
    /// When it cannot be read; the old one stays.
    pub(super) fn change(&self, log: &Log) -> anyhow::Result<()> {
        Ok(self.handle.reload(filter(log)?)?)
    }
}

fn filter(log: &Log) -> anyhow::Result<EnvFilter> {
    match std::env::var(VARIABLE) {
        Ok(text) if !text.is_empty() => EnvFilter::try_new(&text)
            .with_context(|| format!("{VARIABLE} reads like info,hkepp=debug, not {text}")),
        Ok(_) | Err(_) => Ok(EnvFilter::try_new(&log.filter)?),
    }
}

/// Makes a writer for each line.
#[derive(Clone, Copy, Debug)]
struct Lines;

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line
    }
}

/// Writes lines to stderr, escaped.
#[derive(Clone, Copy, Debug)]
struct Line;

impl Write for Line {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(octets);
        let line = text.strip_suffix('\n').unwrap_or(&text);
        let mut escaped = escape(line);
        escaped.push('\n');
        io::stderr().lock().write_all(escaped.as_bytes())?;
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().lock().flush()
    }
}

/// Escapes what could forge lines or steer a terminal.
fn escape(line: &str) -> String {
    let mut escaped = String::with_capacity(line.len() + 1);
    for character in line.chars() {
        let turns = matches!(
            character,
            '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        );
        if character.is_control() || turns {
            escaped.extend(character.escape_unicode());
        } else {
            escaped.push(character);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_leaves_one_harmless_line() {
        assert_eq!(
            escape("a\r\nINFO forged\u{1b}[2J"),
            "a\\u{d}\\u{a}INFO forged\\u{1b}[2J"
        );
        assert_eq!(
            escape("\u{202e}kh.\u{9999}\u{6e2f}"),
            "\\u{202e}kh.\u{9999}\u{6e2f}"
        );
    }
}
