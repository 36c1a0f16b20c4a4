//! Tables as rows separated by tabs: code point, character, simplified forms, traditional forms, set, source.
//!
//! Forms and sets are code points with spaces between them, the default form first. A line with one column is
//! a character without variants, or a run of them: `4E00..4E02`. Lines that begin with `#` are comments; `#
//! version:` in one states the table's version.

use std::ops::RangeInclusive;

use super::Row;
use super::draft::{Draft, code_point};
use super::error::{Fault, TableError};

/// Reads the rows.
pub(super) fn read(text: &str) -> Result<Draft, TableError> {
    let mut draft = Draft::default();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim_end_matches('\r');
        if let Some(comment) = line.strip_prefix('#') {
            if let Some(version) = comment.trim().strip_prefix("version:") {
                draft.version = Some(version.trim().to_owned());
            }
        } else if line.contains('\t') {
            let (character, row) = row(line).map_err(|fault| fault.at(number))?;
            draft.add(number, character, row)?;
        } else if !line.trim().is_empty() {
            for character in run(line).map_err(|fault| fault.at(number))? {
                draft.add(number, character, Row::alone(character))?;
            }
        }
    }
    Ok(draft)
}

/// Splits `first..last`; one code point is both.
pub(super) fn split_run(text: &str) -> (&str, &str) {
    text.split_once("..").unwrap_or((text, text))
}

fn run(line: &str) -> Result<RangeInclusive<char>, Fault> {
    let (first, last) = split_run(line.trim());
    Ok(point(first)?..=point(last)?)
}

fn row(line: &str) -> Result<(char, Row), Fault> {
    let columns: Vec<&str> = line.split('\t').collect();
    let [own, shown, simplified, traditional, set, _source] = columns.as_slice() else {
        return Err(Fault::Syntax("a row has one column or six"));
    };
    let character = point(own)?;
    if !shown.is_empty() && !shown.chars().eq([character]) {
        return Err(Fault::Syntax(
            "the second column is not the character of the first",
        ));
    }
    let row = Row {
        simplified: points(simplified)?,
        traditional: points(traditional)?,
        set: points(set)?,
    };
    Ok((character, row))
}

fn points(text: &str) -> Result<Vec<char>, Fault> {
    text.split_ascii_whitespace().map(point).collect()
}

fn point(text: &str) -> Result<char, Fault> {
    code_point(text).ok_or(Fault::Syntax(
        "a code point is four to six hexadecimal digits",
    ))
}

#[cfg(test)]
mod tests {
    use super::super::Table;

    #[test]
    fn rows_runs_and_the_version_are_read() {
        let text = "# version: 15.0\n# code point\tchar\n4E00..4E02\n\n9280\t銀\t94F6\t9280\t9280 94F6\tx\r\n\
                    94F6\t\t\t9280\t9280\tx\n4E03\n";
        let table = Table::parse(text, "unihan").unwrap();
        assert!(
            table.version().starts_with("unihan-15.0-"),
            "{}",
            table.version()
        );
        assert_eq!(table.rows().count(), 37 + 6);
        assert_eq!(table.key_of("银一丂七").unwrap(), "銀一丂七");
        assert_eq!(table.simplified("銀").unwrap(), "银");
        // An empty column prefers the character itself; a set need not name its own character.
        assert_eq!(table.row('银').unwrap().simplified, ['银']);
        assert_eq!(table.row('银').unwrap().set, ['銀', '银']);
    }

    #[test]
    fn faults_are_placed() {
        for (text, expected) in [
            ("4E00\t一", "line 1: a row has one column or six"),
            ("4E00\t二\t\t\t\tx", "line 1: the second column"),
            ("4E00\n4E0G\t\t\t\t\tx", "line 2: a code point"),
            ("4E00\n+4E01", "line 2: a code point"),
            ("4E00..", "line 1: a code point"),
            ("4E00\n4DFF..4E01", "line 2: no label may hold U+4DFF"),
            ("4E02..4E00", "line 1: the table is empty"),
            (
                "4E00\t\t4E01\t\t4E00\tx",
                "line 1: U+4E00 prefers U+4E01, which is none",
            ),
            (
                "4E00\t\t\t4E01\t\tx",
                "line 1: U+4E00 prefers U+4E01, which is none",
            ),
            (
                "4E00\t\t\t\t4E01\tx",
                "line 1: U+4E00 has the variant U+4E01, which has no row",
            ),
        ] {
            let found = Table::parse(text, "t").unwrap_err().to_string();
            assert!(found.starts_with(expected), "{text}: {found}");
        }
    }
}
