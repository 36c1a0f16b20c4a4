//! Language variant tables in the text format of RFC 3743, section 5, and as registries publish them.
//!
//! A line is `code point;preferred variants;character variants`: code points are hexadecimal with or without
//! `U+`, alternatives are separated by commas, references stand in parentheses, `#` begins a comment. The
//! format knows one kind of preferred variant. References 86 and 886, as the tables of .cn mark them, say which
//! script prefers it; without such a mark it is the traditional form. The simplified form is the character
//! itself unless another is marked.

use super::Row;
use super::draft::{Draft, code_point};
use super::error::{Fault, TableError};

/// References that mark a preferred variant for a script: the telephone prefixes of the mainland and of Taiwan.
const SIMPLIFIED: &str = "86";
const TRADITIONAL: &str = "886";

/// Reads the lines.
pub(super) fn read(text: &str) -> Result<Draft, TableError> {
    let mut draft = Draft::default();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.split('#').next().unwrap_or_default().trim();
        if let Some(version) = line.strip_prefix("Version ") {
            let number = version.split_ascii_whitespace().next();
            draft.version = number.map(str::to_owned);
        } else if !line.is_empty() && !line.starts_with("Reference ") {
            let (character, row) = row(line).map_err(|fault| fault.at(number))?;
            draft.add(number, character, row)?;
        }
    }
    Ok(draft)
}

fn row(line: &str) -> Result<(char, Row), Fault> {
    let columns: Vec<&str> = line.split(';').collect();
    let [own, preferred, variants] = columns.as_slice() else {
        return Err(Fault::Syntax("a row has three columns between semicolons"));
    };
    let (character, _) = entry(own)?;
    let preferred = entries(preferred)?;
    let mut row = Row {
        simplified: Vec::new(),
        traditional: Vec::new(),
        set: Vec::new(),
    };
    for (variant, _) in entries(variants)?.iter().chain(&preferred) {
        row.set.push(*variant);
    }
    for (variant, references) in preferred {
        let has = |mark| {
            references
                .split(',')
                .any(|reference| reference.trim() == mark)
        };
        if has(SIMPLIFIED) {
            row.simplified.push(variant);
        }
        if has(TRADITIONAL) || !has(SIMPLIFIED) {
            row.traditional.push(variant);
        }
    }
    Ok((character, row))
}

/// Reads code points with their references; an empty column has none.
fn entries(column: &str) -> Result<Vec<(char, &str)>, Fault> {
    let mut entries = Vec::new();
    let mut rest = column.trim();
    while !rest.is_empty() {
        let (one, after) = split_entry(rest);
        entries.push(entry(one)?);
        rest = after;
    }
    Ok(entries)
}

/// Splits at the first comma outside parentheses.
fn split_entry(text: &str) -> (&str, &str) {
    let mut is_inside = false;
    let end = text.find(|c| {
        is_inside = (is_inside || c == '(') && c != ')';
        c == ',' && !is_inside
    });
    end.and_then(|end| text.split_at_checked(end))
        .map_or((text, ""), |(one, rest)| {
            (one, rest.trim_start_matches(','))
        })
}

fn entry(text: &str) -> Result<(char, &str), Fault> {
    let text = text.trim();
    let (point, references) = match text.split_once('(') {
        Some((point, rest)) => {
            let inside = rest.strip_suffix(')');
            (point, inside.ok_or(Fault::Syntax("references do not end"))?)
        }
        None => (text, ""),
    };
    let point = point.trim();
    code_point(point.strip_prefix("U+").unwrap_or(point))
        .map(|character| (character, references))
        .ok_or(Fault::Syntax(
            "a code point is four to six hexadecimal digits, alone: sequences have no variants here",
        ))
}

#[cfg(test)]
mod tests {
    use super::super::Table;
    use super::super::error::Fault;

    #[test]
    fn the_second_column_is_the_traditional_form_and_the_third_completes_the_set() {
        let text = "\u{feff}Reference 0 Unicode 3.2\nReference 1 A list, a table; more\n\nVersion 2 20020701 # July\n\
                    # a comment\nU+002D(0);U+002D(0);\nU+4E11(0);U+4E11(0,9),U+919C(9);U+919C(2,3,8)\r\n\
                    U+919C(0);U+919C(9);U+4E11(2)";
        let table = Table::parse(text, "tw").unwrap();
        assert!(table.version().starts_with("tw-2-"), "{}", table.version());
        let row = table.row('丑').unwrap();
        assert_eq!(row.simplified, ['丑']);
        assert_eq!(row.traditional, ['丑', '醜']);
        assert_eq!(row.set, ['丑', '醜']);
        assert_eq!(table.key_of("醜-a1").unwrap(), "丑-a1");
        // No simplified form is marked.
        assert_eq!(table.simplified("醜").unwrap(), "醜");
    }

    #[test]
    fn marks_of_the_scripts_and_bare_code_points_are_understood() {
        let text = "4E07(0);4E07(86),842C(886);842C(0)\n842C(0);4E07(0,86), 842C(886);4E07(0)\n";
        let table = Table::parse(text, "cn").unwrap();
        assert_eq!(table.simplified("萬").unwrap(), "万");
        assert_eq!(table.traditional("万").unwrap(), "萬");
        assert_eq!(table.row('万').unwrap().simplified, ['万']);
    }

    #[test]
    fn faults_are_placed() {
        for (text, expected) in [
            ("U+4E00(0);U+4E00(0)", "line 1: a row has three columns"),
            ("Reference 0 x\nU+4E0(0);;", "line 2: a code point"),
            ("U+4E00(0);U+4E00 4E8C(0);", "line 1: a code point"),
            ("U+4E00(0;;", "line 1: references do not end"),
            (
                "U+4E00;;U+4E8C(0)",
                "line 1: U+4E00 has the variant U+4E8C, which has no row",
            ),
            (
                "U+4E00;;U+4E8C\nU+4E8C;;",
                "line 1: U+4E00 has the variant U+4E8C, whose variants are others",
            ),
            ("U+4E00;;\n\nU+4E00;;", "line 3: U+4E00 has a row already"),
            ("U+0041;;", "line 1: no label may hold U+0041"),
            (
                "U+0061;;U+0062\nU+0062;;U+0061",
                "line 1: U+0061 is ASCII and has variants",
            ),
            ("U+D800;;", "line 1: a code point"),
            ("Version 1\n", "line 1: the table is empty"),
        ] {
            let found = Table::parse(text, "t").unwrap_err().to_string();
            assert!(found.starts_with(expected), "{text}: {found}");
        }
    }

    #[test]
    fn sets_that_are_symmetric_but_not_transitive_are_refused() {
        let text = "4E00;;4E01\n4E01;;4E00,4E02\n4E02;;4E01\n";
        let error = Table::parse(text, "t").unwrap_err();
        assert_eq!(error, Fault::Unequal('一', '丁').at(1));
    }
}
