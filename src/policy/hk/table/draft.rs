//! A table while it is read: each row is judged alone as it comes, sets against each other at the end.

use std::collections::HashMap;

use super::Row;
use super::error::{Fault, TableError};

/// The rows read so far.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// The version the text states.
    pub(super) version: Option<String>,
    /// Rows with their lines.
    rows: HashMap<char, (usize, Row)>,
}

impl Draft {
    /// Takes a row. Its set gains the character itself; where a script prefers nothing, it prefers the
    /// character itself, and a character that is among its own preferred forms is the first of them.
    pub(super) fn add(
        &mut self,
        line: usize,
        character: char,
        mut row: Row,
    ) -> Result<(), TableError> {
        if !may_stand_in_label(character) {
            return Err(Fault::Disallowed(character).at(line));
        }
        row.set.push(character);
        row.set.sort_unstable();
        row.set.dedup();
        if character.is_ascii() && row.set.len() > 1 {
            return Err(Fault::Ascii(character).at(line));
        }
        for forms in [&mut row.simplified, &mut row.traditional] {
            if let Some(other) = forms.iter().find(|form| !row.set.contains(form)) {
                return Err(Fault::Preferred(character, *other).at(line));
            }
            let is_own = forms.is_empty() || forms.contains(&character);
            forms.retain(|form| *form != character);
            if is_own {
                forms.insert(0, character);
            }
        }
        match self.rows.insert(character, (line, row)) {
            Some(_) => Err(Fault::Repeated(character).at(line)),
            None => Ok(()),
        }
    }

    /// Judges the sets: each character of a set has a row with the same set. So they are symmetric and
    /// transitive, and no two overlap.
    pub(super) fn finish(self) -> Result<(Option<String>, HashMap<char, Row>), TableError> {
        if self.rows.is_empty() {
            return Err(Fault::Empty.at(1));
        }
        let faults = self.rows.iter().filter_map(|(character, (line, row))| {
            let fault = self.fault_of(*character, row)?;
            Some(fault.at(*line))
        });
        if let Some(first) = faults.min_by_key(|error| error.line) {
            return Err(first);
        }
        let rows = self.rows.into_iter();
        let rows = rows.map(|(character, (_, row))| (character, row)).collect();
        Ok((self.version, rows))
    }

    fn fault_of(&self, character: char, row: &Row) -> Option<Fault> {
        row.set
            .iter()
            .find_map(|variant| match self.rows.get(variant) {
                None => Some(Fault::Missing(character, *variant)),
                Some((_, other)) if other.set != row.set => {
                    Some(Fault::Unequal(character, *variant))
                }
                Some(_) => None,
            })
    }
}

/// Reads a code point: 4 to 6 hexadecimal digits.
pub(super) fn code_point(text: &str) -> Option<char> {
    let is_hex = text.bytes().all(|octet| octet.is_ascii_hexdigit());
    if !is_hex || !(4..=6).contains(&text.len()) {
        return None;
    }
    u32::from_str_radix(text, 16).ok().and_then(char::from_u32)
}

/// Says whether a label may hold a character as it stands: small letters, digits, the hyphen, and beyond ASCII
/// letters and digits that IDNA takes without replacing them. (The library takes symbols too, RFC 5892 does not.)
fn may_stand_in_label(character: char) -> bool {
    if character.is_ascii() {
        return matches!(character, 'a'..='z' | '0'..='9' | '-');
    }
    if !character.is_alphanumeric() {
        return false;
    }
    let mut label = [0; 4];
    let label: &str = character.encode_utf8(&mut label);
    let back = idna::domain_to_ascii_strict(label).map(|ascii| idna::domain_to_unicode(&ascii));
    matches!(back, Ok((unicode, Ok(()))) if unicode == label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_hold_what_idna_takes_unchanged() {
        for character in "az09-一𠀋〇é".chars() {
            assert!(may_stand_in_label(character), "{character}");
        }
        // Upper case, punctuation, full width, compatibility ideographs, a symbol, a combining mark, a joiner,
        // a hexagram.
        for character in [
            'A',
            '.',
            '_',
            ' ',
            'Ａ',
            '\u{fa0c}',
            '\u{2f800}',
            '。',
            '\u{301}',
            '\u{200d}',
            '\0',
            '䷿',
        ] {
            assert!(!may_stand_in_label(character), "{character:?}");
        }
    }

    #[test]
    fn code_points_are_four_to_six_hexadecimal_digits() {
        assert_eq!(code_point("4E00"), Some('一'));
        assert_eq!(code_point("2000b"), Some('𠀋'));
        for text in ["", "4E0", "+4E00", "0004E00", "D800", "110000", "4E00 "] {
            assert_eq!(code_point(text), None, "{text}");
        }
    }

    #[test]
    fn a_character_among_its_preferred_forms_is_the_first() {
        let row = Row {
            simplified: vec!['三', '一', '二'],
            traditional: vec!['二'],
            set: vec!['三', '二'],
        };
        let mut draft = Draft::default();
        draft.add(1, '一', row).unwrap();
        let (_, row) = &draft.rows[&'一'];
        assert_eq!(row.simplified, ['一', '三', '二']);
        assert_eq!(row.traditional, ['二']);
        assert_eq!(row.set, ['一', '三', '二']);
    }
}
