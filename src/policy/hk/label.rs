//! Shapes and lengths (R 4.2-4.4). What a [`DomainName`] is already has the shape; what is none breaks one of these rules.

use super::Hk;
use super::category::{Script, unicode};
use super::rules;
use super::subject::{Outcome, Subject};
use crate::base::code::Code;
use crate::model::DomainName;
use crate::model::name::NameError;
use crate::policy::Violation;

/// Says which rule a text breaks that is no [`DomainName`]: in U-form or A-form, in any case.
pub fn misshapen(text: &str, error: NameError) -> Violation {
    let text = text.to_lowercase();
    let label = text.split('.').next().unwrap_or_default();
    let spelt = unicode(label);
    let is_chinese = label.starts_with("xn--") || Script::of(&spelt) == Script::Chinese;
    let (rule, code, short) = match error {
        NameError::EmptyLabel | NameError::SingleLabel | NameError::Long => (
            rules::STRUCTURE,
            Code::ParameterSyntax,
            "No such name (hk:R4.1)",
        ),
        NameError::LongLabel if is_chinese => {
            (rules::CHINESE_LENGTH, Code::ValuePolicy, LONG_CHINESE)
        }
        NameError::ALabel if !hyphens_are_misplaced(&spelt) => (
            rules::ROUND_TRIP,
            Code::ParameterSyntax,
            "Invalid A-label (hk:R5.2)",
        ),
        NameError::ALabel
        | NameError::LongLabel
        | NameError::Character
        | NameError::HyphenAtEnd
        | NameError::ReservedHyphens => {
            let (rule, short) = match (is_chinese, text.matches('.').count()) {
                (true, _) => (rules::CHINESE_SHAPE, "Invalid name (hk:R4.4a)"),
                (false, 0 | 1) => (rules::ENGLISH_SECOND, "Invalid name (hk:R4.2)"),
                (false, _) => (rules::ENGLISH_THIRD, "Invalid name (hk:R4.3)"),
            };
            (rule, Code::ParameterSyntax, short)
        }
    };
    Violation {
        rule,
        code,
        short,
        reason: error.to_string(),
    }
}

/// What a check says of a Chinese label that is too long.
pub(super) const LONG_CHINESE: &str = "Too long (hk:R4.4b)";

fn hyphens_are_misplaced(label: &str) -> bool {
    let mut inner = label.chars().skip(2);
    // What cannot be decoded still begins as an A-label does.
    let is_decoded = !label.starts_with("xn--");
    let third_and_fourth = inner.next() == Some('-') && inner.next() == Some('-');
    (is_decoded && third_and_fourth) || label.starts_with('-') || label.ends_with('-')
}

/// R 4.2, R 4.3: a whole English name of this level with its dots.
pub(super) fn english(hk: &Hk, subject: &Subject, is_second_level: bool) -> Outcome {
    let placed = &subject.placed;
    if placed.script != Script::Ascii || placed.is_second_level() != is_second_level {
        return Outcome::Unconcerned;
    }
    let maximum = hk.settings.whole_name;
    if placed.name.as_str().len() <= maximum {
        return Outcome::Met;
    }
    Outcome::Broken(format!(
        "an English name has at most {maximum} characters with its dots"
    ))
}

/// R 4.4: how many characters a Chinese label has, hyphens counted.
pub(super) fn chinese_length(hk: &Hk, subject: &Subject) -> Outcome {
    if subject.placed.script != Script::Chinese {
        return Outcome::Unconcerned;
    }
    let maximum = hk.settings.chinese_characters;
    if subject.characters <= maximum {
        return Outcome::Met;
    }
    Outcome::Broken(format!(
        "a Chinese label has at most {maximum} characters, hyphens included"
    ))
}

/// R 5.1: every character of a Chinese label stands in the variant table.
pub(super) fn in_table(hk: &Hk, subject: &Subject) -> Outcome {
    let placed = &subject.placed;
    if placed.script != Script::Chinese {
        return Outcome::Unconcerned;
    }
    let mut characters = placed.label.chars();
    match characters.find(|character| hk.table.row(*character).is_none()) {
        None => Outcome::Met,
        Some(stranger) => Outcome::Broken(format!(
            "{stranger} (U+{:04X}) is not in the variant table {}",
            u32::from(stranger),
            hk.table.version()
        )),
    }
}

/// R 6.2(a): names of one character.
pub(super) fn one_character(hk: &Hk, subject: &Subject) -> Outcome {
    let minimum = match subject.placed.script {
        Script::Ascii => hk.settings.minimum_english,
        Script::Chinese => hk.settings.minimum_chinese,
    };
    if subject.characters >= minimum {
        return Outcome::Met;
    }
    Outcome::Broken(format!("a label has at least {minimum} characters"))
}

/// Reads a name in U-form or A-form, in any case.
///
/// # Errors
/// Why it is no name.
pub(in crate::policy) fn parse(text: &str) -> Result<DomainName, NameError> {
    let ascii = match text.is_ascii() {
        true => text.to_owned(),
        false => idna::domain_to_ascii(text).map_err(|_| NameError::ALabel)?,
    };
    DomainName::parse(&ascii)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{broken, hk};
    use super::*;

    fn fault(text: &str) -> (&'static str, u16) {
        let violation = misshapen(text, parse(text).unwrap_err());
        (violation.rule.0, violation.code.number())
    }

    #[test]
    fn shapes_of_english_names_are_2005() {
        for text in ["ab--c.hk", "-a.hk", "a-.hk", "a_b.hk", "AB--C.HK"] {
            assert_eq!(fault(text), ("hk:R4.2", 2005), "{text}");
        }
        for text in ["ab--c.com.hk", "-a.idv.hk"] {
            assert_eq!(fault(text), ("hk:R4.3", 2005), "{text}");
        }
        for text in ["a-b.hk", "ab-c.hk", "abc-d.hk", "A-B.hk"] {
            assert_eq!(broken(&hk("hk"), text), None, "{text}");
        }
    }

    #[test]
    fn shapes_of_chinese_names_are_2005() {
        for text in ["中文--字.香港", "-中文.香港", "中文-.公司.香港"] {
            assert_eq!(fault(text), ("hk:R4.4a", 2005), "{text}");
        }
        assert_eq!(broken(&hk("hk"), "中-文.香港"), None);
    }

    #[test]
    fn what_is_no_name_at_all_breaks_the_structure() {
        for text in ["", "hk", "a..hk", ".hk", "中文"] {
            assert_eq!(fault(text).0, "hk:R4.1", "{text}");
        }
    }

    #[test]
    fn an_a_label_that_does_not_round_trip_is_2005() {
        for text in ["xn--zzzzzzzzzzzz99999999.hk", "xn--abc-.hk", "XN--A.香港"] {
            assert_eq!(fault(text).1, 2005, "{text}");
        }
        assert_eq!(fault("xn--zzzzzzzzzzzz99999999.hk").0, "hk:R5.2");
    }

    #[test]
    fn whole_english_names_have_at_most_63_characters() {
        let hk = hk("hk");
        for (length, zone, rule) in [
            (60, "hk", None),
            (61, "hk", Some(("hk:R4.2", 2005))),
            (56, "com.hk", None),
            (57, "com.hk", Some(("hk:R4.3", 2005))),
        ] {
            let name = format!("{}.{zone}", "z".repeat(length));
            assert_eq!(broken(&hk, &name), rule, "{length}.{zone}");
        }
    }

    #[test]
    fn chinese_labels_have_at_most_15_characters() {
        let hk = hk("hk");
        let name = |count| format!("{}.香港", "字".repeat(count));
        assert_eq!(broken(&hk, &name(15)), None);
        assert_eq!(broken(&hk, &name(16)), Some(("hk:R4.4b", 2306)));
        let hyphens = "字-字-字-字-字-字-字-字-a.香港";
        assert_eq!(broken(&hk, hyphens), Some(("hk:R4.4b", 2306)));
        let long = format!("{}.香港", "測試龍門字".repeat(8));
        assert_eq!(fault(&long), ("hk:R4.4b", 2306));
    }

    #[test]
    fn characters_outside_the_table_are_2306() {
        for text in ["深水埗.香港", "münchen.hk", "字б.公司.香港"] {
            let rule = broken(&hk("hk-v5.0"), text);
            assert_eq!(rule, Some(("hk:R5.1d", 2306)), "{text}");
        }
    }

    #[test]
    fn one_character_is_no_name() {
        for text in ["z.hk", "7.com.hk", "字.香港", "字.公司.香港"] {
            assert_eq!(broken(&hk("hk"), text), Some(("hk:R6.2a", 2306)), "{text}");
        }
        assert_eq!(broken(&hk("hk"), "7z.com.hk"), None);
    }
}
