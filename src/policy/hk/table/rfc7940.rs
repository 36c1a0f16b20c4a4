//! Label generation rules in XML (RFC 7940) whose variants are typed as RFC 8228, section 17, describes.
//!
//! A variant of type `simp` is a preferred simplified form, `trad` a traditional one, `both` is both, `blocked`
//! and variants without a type are neither; `r-` before it says the same of the character itself. Several
//! traditional forms may be numbered (`trad-1`). Characters that are only there as variants
//! (`out-of-repertoire-var`) are left out, with the mappings to them. Contexts of characters, rules and actions
//! are not executed: the shape of labels is not the table's. Sequences and variants under conditions are refused.
//!
//! The reader of `xml` is made for EPP frames: the descriptions in such files may be longer than the text it
//! allows. So this reads the tokeniser's events.

use std::collections::HashSet;

use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::{NsReader, XmlVersion};

use super::Row;
use super::draft::{Draft, code_point};
use super::error::{Fault, TableError};

const NAMESPACE: Namespace<'_> = Namespace("urn:ietf:params:xml:ns:lgr-1.0");

/// Reads the document.
pub(super) fn read(text: &str) -> Result<Draft, TableError> {
    let mut rules = Rules::default();
    let mut reader = NsReader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    reader.config_mut().check_comments = true;
    let (mut line, mut counted) = (1, 0);
    loop {
        let start = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        line += text
            .get(counted..start)
            .unwrap_or_default()
            .matches('\n')
            .count();
        counted = start;
        let event = reader.read_resolved_event();
        let (namespace, event) = event.map_err(|error| Fault::Xml(error.to_string()).at(line))?;
        if matches!(event, Event::Eof) {
            break;
        }
        let is_ours = namespace == ResolveResult::Bound(NAMESPACE);
        rules.take(event, is_ours, line)?;
    }
    rules.finish(line)
}

/// The rules read so far.
#[derive(Default)]
struct Rules {
    /// Names of the open elements, outermost first; others than of the rules' namespace have none.
    open: Vec<String>,
    is_read: bool,
    version: Option<String>,
    rows: Vec<Entry>,
    /// Characters that are only variants.
    outside: HashSet<char>,
}

/// A row with its line.
struct Entry {
    line: usize,
    character: char,
    row: Row,
}

/// The attributes that matter.
#[derive(Default)]
struct Attributes {
    point: Option<char>,
    first: Option<char>,
    last: Option<char>,
    kind: Option<String>,
    is_conditional: bool,
}

impl Rules {
    fn take(&mut self, event: Event<'_>, is_ours: bool, line: usize) -> Result<(), TableError> {
        match event {
            Event::Start(tag) => {
                let name = if is_ours {
                    tag.local_name().into_inner()
                } else {
                    ""
                };
                self.open.push(name.to_owned());
                self.element(&tag, line).map_err(|fault| fault.at(line))
            }
            Event::End(_) => {
                self.open.pop();
                Ok(())
            }
            Event::Text(text) if self.is_in(&["lgr", "meta", "version"]) => {
                self.version = Some(text.trim().to_owned());
                Ok(())
            }
            Event::DocType(_) => {
                Err(Fault::Syntax("a document type declaration is not accepted").at(line))
            }
            Event::Empty(_)
            | Event::Text(_)
            | Event::CData(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::GeneralRef(_)
            | Event::Eof => Ok(()),
        }
    }

    /// Takes the start of the element that is open last.
    fn element(&mut self, tag: &BytesStart<'_>, line: usize) -> Result<(), Fault> {
        if self.open.len() == 1 {
            if self.is_read || !self.is_in(&["lgr"]) {
                return Err(Fault::Syntax(
                    "the document is not one lgr element of RFC 7940",
                ));
            }
            self.is_read = true;
        } else if self.is_in(&["lgr", "data", "char"]) {
            let character = attributes(tag)?.character()?;
            let row = Row {
                simplified: Vec::new(),
                traditional: Vec::new(),
                set: Vec::new(),
            };
            self.rows.push(Entry {
                line,
                character,
                row,
            });
        } else if self.is_in(&["lgr", "data", "char", "var"]) {
            self.variant(&attributes(tag)?)?;
        } else if self.is_in(&["lgr", "data", "range"]) {
            let range = attributes(tag)?;
            let (Some(first), Some(last)) = (range.first, range.last) else {
                return Err(Fault::Syntax("a range has first-cp and last-cp"));
            };
            self.rows.extend((first..=last).map(|character| Entry {
                line,
                character,
                row: Row::alone(character),
            }));
        } else if self.open.len() == 3 && self.open.starts_with(&["lgr".into(), "data".into()]) {
            return Err(Fault::Syntax("data holds char and range elements only"));
        }
        Ok(())
    }

    /// Takes a variant of the last row.
    fn variant(&mut self, attributes: &Attributes) -> Result<(), Fault> {
        let variant = attributes.character()?;
        let Some(Entry { character, row, .. }) = self.rows.last_mut() else {
            return Ok(());
        };
        if attributes.is_conditional {
            return Err(Fault::Syntax("variants under conditions are not supported"));
        }
        let kind = attributes.kind.as_deref().unwrap_or("blocked");
        let is_own = variant == *character;
        if is_own && kind == "out-of-repertoire-var" {
            self.outside.insert(variant);
            return Ok(());
        }
        let kind = if is_own {
            kind.trim_start_matches("r-")
        } else {
            kind
        };
        let kind = kind.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-');
        row.set.push(variant);
        match kind {
            "simp" => row.simplified.push(variant),
            "trad" => row.traditional.push(variant),
            "both" => {
                row.simplified.push(variant);
                row.traditional.push(variant);
            }
            "blocked" | "neither" => {}
            _ => {
                return Err(Fault::Syntax(
                    "a variant's type is simp, trad, both, blocked or r-neither",
                ));
            }
        }
        Ok(())
    }

    /// Makes the draft once everything is read, at line `end`.
    fn finish(self, end: usize) -> Result<Draft, TableError> {
        if !self.is_read || !self.open.is_empty() {
            return Err(Fault::Syntax("the lgr element is missing or does not end").at(end));
        }
        let mut draft = Draft::default();
        draft.version = self.version;
        for Entry {
            line,
            character,
            mut row,
        } in self.rows
        {
            if self.outside.contains(&character) {
                continue;
            }
            for forms in [&mut row.simplified, &mut row.traditional, &mut row.set] {
                forms.retain(|form| !self.outside.contains(form));
            }
            draft.add(line, character, row)?;
        }
        Ok(draft)
    }

    fn is_in(&self, path: &[&str]) -> bool {
        self.open == path
    }
}

impl Attributes {
    fn character(&self) -> Result<char, Fault> {
        self.point.ok_or(Fault::Syntax("an element has no cp"))
    }
}

fn attributes(tag: &BytesStart<'_>) -> Result<Attributes, Fault> {
    let mut found = Attributes::default();
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| Fault::Xml(error.to_string()))?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0);
        let value = value.map_err(|error| Fault::Xml(error.to_string()))?;
        match attribute.key.into_inner() {
            "cp" => found.point = Some(point(&value)?),
            "first-cp" => found.first = Some(point(&value)?),
            "last-cp" => found.last = Some(point(&value)?),
            "type" => found.kind = Some(value.into_owned()),
            "when" | "not-when" => found.is_conditional = true,
            _ => {}
        }
    }
    Ok(found)
}

fn point(value: &str) -> Result<char, Fault> {
    code_point(value).ok_or(Fault::Syntax(
        "a code point is four to six hexadecimal digits, alone: sequences are not supported",
    ))
}

#[cfg(test)]
mod tests {
    use super::super::Table;
    use super::*;

    fn rules(data: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?>\n<lgr xmlns=\"urn:ietf:params:xml:ns:lgr-1.0\">\n\
             <meta><version comment=\"x\">3</version></meta><data>\n{data}\n</data>\n\
             <rules><rule><char cp=\"0041\"/></rule></rules></lgr>\n"
        )
    }

    fn fault_of(data: &str) -> String {
        Table::parse(&rules(data), "t").unwrap_err().to_string()
    }

    const FA: &str = r#"<char cp="53D1"><var cp="53D1" type="r-simp"/><var cp="767C" type="trad"/>
        <var cp="9AEE" type="trad"/></char>
        <char cp="767C"><var cp="53D1" type="simp"/><var cp="767C" type="r-trad"/><var cp="9AEE" type="blocked"/></char>
        <char cp="9AEE"><var cp="53D1" type="simp"/><var cp="767C"/><var cp="9AEE" type="r-trad"/></char>"#;

    #[test]
    fn types_of_variants_tell_the_preferred_forms() {
        let table = Table::parse(&rules(FA), "zh").unwrap();
        assert!(table.version().starts_with("zh-3-"), "{}", table.version());
        let row = table.row('发').unwrap();
        assert_eq!(row.simplified, ['发']);
        assert_eq!(row.traditional, ['發', '髮']);
        assert_eq!(row.set, ['发', '發', '髮']);
        assert_eq!(table.simplified("髮-1").unwrap(), "发-1");
        assert_eq!(table.row('發').unwrap().traditional, ['發']);
        assert!(table.row('A').is_none());
    }

    #[test]
    fn both_neither_and_numbers_are_understood() {
        let table = r#"<char cp="4E7E"><var cp="4E7E" type="r-neither"/><var cp="5E72" type="both"/></char>
            <char cp="5E72"><var cp="4E7E" type="trad-2"/><var cp="5E72" type="r-both"/></char>"#;
        let table = Table::parse(&rules(table), "t").unwrap();
        assert_eq!(table.simplified("乾").unwrap(), "干");
        assert_eq!(table.traditional("乾").unwrap(), "干");
        assert_eq!(table.row('干').unwrap().traditional, ['干', '乾']);
    }

    #[test]
    fn ranges_are_characters_without_variants_and_prefixes_are_resolved() {
        let text = r#"<g:lgr xmlns:g="urn:ietf:params:xml:ns:lgr-1.0" xmlns="urn:other"><g:data>
            <g:range first-cp="4E00" last-cp="4E02"/><char cp="4E03"/></g:data></g:lgr>"#;
        let table = Table::parse(text, "t");
        // The char element is of another namespace.
        let fault = Fault::Syntax("data holds char and range elements only").at(2);
        assert_eq!(table.unwrap_err(), fault);
        let table = Table::parse(&text.replace(r#"<char cp="4E03"/>"#, ""), "t").unwrap();
        assert_eq!(table.key_of("一丁丂").unwrap(), "一丁丂");
        assert_eq!(table.key_of("七"), None);
    }

    #[test]
    fn characters_that_are_only_variants_are_left_out() {
        let data = r#"<char cp="9669"><var cp="9669" type="r-both"/><var cp="967A" type="blocked"/></char>
            <char cp="967A"><var cp="9669" type="blocked"/><var cp="967A" type="out-of-repertoire-var"/></char>"#;
        let table = Table::parse(&rules(data), "t").unwrap();
        assert_eq!(table.row('险'), Some(&Row::alone('险')));
        assert_eq!(table.row('険'), None);
    }

    #[test]
    fn faults_are_placed() {
        for (data, expected) in [
            (r#"<char cp="4E00 4E8C"/>"#, "line 4: a code point is four"),
            (r#"<char tag="x"/>"#, "line 4: an element has no cp"),
            ("\n<range first-cp=\"4E00\"/>", "line 5: a range has"),
            (
                r#"<char cp="4E00"><var cp="4E8C" type="maybe"/></char>"#,
                "line 4: a variant's type",
            ),
            (
                r#"<char cp="4E00"><var cp="4E8C" type="r-simp"/></char>"#,
                "line 4: a variant's type",
            ),
            (
                r#"<char cp="4E00"><var cp="4E8C" when="x"/></char>"#,
                "line 4: variants under",
            ),
            (
                r#"<char cp="4E00"><var cp="4E8C"/></char>"#,
                "line 4: U+4E00 has the variant U+4E8C, which has no row",
            ),
            (
                r#"<char cp="4E00"/><char cp="4E00"/>"#,
                "line 4: U+4E00 has a row already",
            ),
            (r#"<char cp="FF21"/>"#, "line 4: no label may hold U+FF21"),
            (
                r#"<char cp="4E00" cp="4E01"/>"#,
                "line 4: not well-formed XML",
            ),
            ("<char cp=\"4E00\">\n</data>", "line 5: not well-formed XML"),
            ("<extra/>", "line 4: data holds"),
            ("", "line 1: the table is empty"),
        ] {
            let found = fault_of(data);
            assert!(found.starts_with(expected), "{data}: {found}");
        }
        for (text, expected) in [
            ("<lgr/>", "line 1: the document is not one lgr element"),
            ("<!DOCTYPE lgr><lgr/>", "line 1: a document type"),
            (
                "<lgr xmlns='urn:ietf:params:xml:ns:lgr-1.0'>\n",
                "line 2: the lgr element",
            ),
        ] {
            let found = Table::parse(text, "t").unwrap_err().to_string();
            assert!(found.starts_with(expected), "{text}: {found}");
        }
    }
}
