//! What commands print: tables for people, JSON for programs.

use std::io::{ErrorKind, Write};

use comfy_table::Table;
use comfy_table::presets::NOTHING;
use serde::Serialize;

/// Whoever read the output, like `head`, has enough.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("nobody reads the output")]
pub(super) struct NobodyReads;

/// Where and how results are printed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Report {
    json: bool,
}

impl Report {
    /// Prints JSON or not.
    pub(super) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Says whether JSON was asked for.
    pub(super) fn is_json(self) -> bool {
        self.json
    }

    /// Prints a line, or several; fails with [`NobodyReads`] when the reader went away.
    pub(super) fn line(self, text: &str) -> anyhow::Result<()> {
        let mut out = std::io::stdout().lock();
        let printed = writeln!(out, "{text}").and_then(|()| out.flush());
        match printed {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(NobodyReads.into()),
            printed => Ok(printed?),
        }
    }

    /// Prints JSON.
    pub(super) fn value(self, value: &impl Serialize) -> anyhow::Result<()> {
        self.line(&serde_json::to_string_pretty(value)?)
    }

    /// Prints `value` as JSON if that was asked for, else `text`.
    pub(super) fn either(
        self,
        value: &impl Serialize,
        text: impl FnOnce() -> String,
    ) -> anyhow::Result<()> {
        if self.json {
            return self.value(value);
        }
        self.line(&text())
    }
}

/// Draws a table under a header.
pub(super) fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table
        .load_style(NOTHING)
        .set_header(header.iter().map(|name| name.to_uppercase()));
    for row in rows {
        table.add_row(row.iter().map(|cell| printable(cell)));
    }
    table.trim_fmt()
}

/// Draws names and values.
pub(super) fn record(rows: impl IntoIterator<Item = (String, String)>) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING);
    for (name, value) in rows {
        table.add_row([printable(&name), printable(&value)]);
    }
    table.trim_fmt()
}

/// Keeps text of others from steering the terminal; line ends separate values and stay.
pub(super) fn printable(text: &str) -> String {
    let harmless = |c: char| {
        if c.is_control() && c != '\n' {
            '\u{fffd}'
        } else {
            c
        }
    };
    text.chars().map(harmless).collect()
}
