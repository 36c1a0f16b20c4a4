//! Restricted words (R 6.5-6.7): found in key space, whatever hyphens or other script stand between.

use super::category::{Category, fold};
use super::settings;
use super::subject::{Outcome, Subject};
use super::{Hk, Standing, Table};

/// Restricted words of one rule, prepared for a table.
#[derive(Clone, Debug)]
pub(super) struct Restricted {
    words: Vec<Word>,
}

#[derive(Clone, Debug)]
struct Word {
    written: String,
    key: String,
    place: Place,
}

/// Where a word counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Anywhere,
    AtAnEnd,
    Alone,
}

/// How a word stands in a label.
enum Found<'a> {
    /// Where it is refused.
    Hard(&'a str),
    /// Elsewhere, where people judge it.
    Within(&'a str),
}

impl Restricted {
    /// Takes the words of a profile.
    pub(super) fn new(words: &settings::Words, table: &Table) -> Self {
        let lists = [
            (Place::Anywhere, &words.anywhere),
            (Place::AtAnEnd, &words.at_an_end),
            (Place::Alone, &words.alone),
        ];
        let words = lists.into_iter().flat_map(|(place, list)| {
            list.iter().map(move |written| Word {
                written: written.clone(),
                key: fold(table, written),
                place,
            })
        });
        Self {
            words: words.collect(),
        }
    }

    /// Finds a word in a label; one that is refused comes before one that is not.
    fn find(&self, subject: &Subject) -> Option<Found<'_>> {
        let mut within = None;
        for word in &self.words {
            let text = match word.key.is_ascii() {
                true => &subject.joined,
                false => &subject.chinese,
            };
            let key = word.key.as_str();
            match word.place {
                Place::Alone if subject.key.split('-').any(|part| part == key) => {
                    return Some(Found::Hard(&word.written));
                }
                Place::Alone => {}
                Place::Anywhere | Place::AtAnEnd if !text.contains(key) => {}
                Place::AtAnEnd if !text.starts_with(key) && !text.ends_with(key) => {
                    within = Some(Found::Within(&word.written));
                }
                Place::Anywhere | Place::AtAnEnd => return Some(Found::Hard(&word.written)),
            }
        }
        within
    }
}

/// R 6.5: words of the Government.
pub(super) fn government(hk: &Hk, subject: &Subject) -> Outcome {
    let Some(found) = hk.government.find(subject) else {
        return Outcome::Unconcerned;
    };
    if subject.placed.category == Some(Category::Gov) {
        let exempt = "names of bureaux and departments may refer to the Government";
        return Outcome::Lifted(exempt.to_owned());
    }
    match found {
        Found::Hard(word) => Outcome::Broken(format!(
            "{word} refers to the Government and is kept for .gov.hk and .政府.hk"
        )),
        Found::Within(word) => {
            Outcome::Review(format!("the registry looks at {word} within the name"))
        }
    }
}

/// R 6.6: words of banking.
pub(super) fn banking(hk: &Hk, subject: &Subject) -> Outcome {
    let consent = subject.consents.monetary_authority;
    let authority = "the Monetary Authority (Banking Ordinance s. 97)";
    regulated(&hk.banking, subject, consent, authority)
}

/// R 6.7: words of insurance.
pub(super) fn insurance(hk: &Hk, subject: &Subject) -> Outcome {
    let consent = subject.consents.insurance_authority;
    let authority = "the Insurance Authority (Cap. 41 s. 56A)";
    regulated(&hk.insurance, subject, consent, authority)
}

fn regulated(words: &Restricted, subject: &Subject, consent: Standing, authority: &str) -> Outcome {
    let Some(found) = words.find(subject) else {
        return Outcome::Unconcerned;
    };
    match (found, consent) {
        (Found::Hard(_) | Found::Within(_), Standing::InForce) => {
            Outcome::Lifted(format!("consent of {authority} is in force"))
        }
        (Found::Within(word), Standing::Missing | Standing::OfAnother | Standing::Shown) => {
            Outcome::Review(format!("the registry looks at {word} within the name"))
        }
        (Found::Hard(word), Standing::Missing) => {
            Outcome::Broken(format!("{word} needs the consent of {authority}"))
        }
        (Found::Hard(word), Standing::OfAnother) => Outcome::Broken(format!(
            "{word} needs the consent of {authority}, and the one in force is another registrant's"
        )),
        (Found::Hard(word), Standing::Shown) => Outcome::Review(format!(
            "the registry looks at the document that shows the consent of {authority} to {word}"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::super::label::parse;
    use super::super::tests::{broken, hk, judge_with};
    use crate::policy::Profile;
    use crate::policy::hk::{Consents, Hk, Standing, Table};

    #[test]
    fn bank_is_found_without_hyphens_and_in_every_variant() {
        let hk = hk("hk");
        for text in [
            "mybank.hk",
            "b-a-n-k.hk",
            "Banking-shop.com.hk",
            "re-b-ank-x.idv.hk",
            "banco-x.hk",
            "銀行業.香港",
            "银行業.公司.香港",
            "好銀-行.香港",
            "銀x行.香港",
            "中bank文.香港",
        ] {
            assert_eq!(broken(&hk, text), Some(("hk:R6.6", 2306)), "{text}");
        }
        for text in ["bangkok.hk", "urbanwalk.hk", "urbanco.hk", "行銀.香港"] {
            assert_eq!(broken(&hk, text), None, "{text}");
        }
    }

    #[test]
    fn words_are_found_in_the_spellings_the_shipped_table_keeps_apart() {
        for edition in ["hk", "hk-v5.0"] {
            let settings = Profile::embedded(edition).unwrap().hk.unwrap();
            let hk = Hk::new(settings, Table::shipped());
            for text in [
                "保碱.香港",
                "保硷.香港",
                "保鹼業.公司.香港",
                "媬险.香港",
                "媬-礆.香港",
            ] {
                assert_eq!(broken(&hk, text), Some(("hk:R6.7", 2306)), "{text}");
            }
            assert_eq!(broken(&hk, "銭荘.香港"), Some(("hk:R6.6", 2306)));
            assert_eq!(broken(&hk, "碱保.香港"), None);
        }
    }

    #[test]
    fn insurance_is_found_without_hyphens_and_in_every_variant() {
        let hk = hk("hk");
        for text in [
            "re-insurance.hk",
            "life-assurance.com.hk",
            "保險業.香港",
            "保碱.香港",
            "好保a礆.公司.香港",
        ] {
            assert_eq!(broken(&hk, text), Some(("hk:R6.7", 2306)), "{text}");
        }
        assert_eq!(broken(&hk, "assure-my-shop.hk"), None);
    }

    #[test]
    fn each_consent_lifts_its_own_words_only() {
        let hk = hk("hk");
        let monetary = Consents {
            monetary_authority: Standing::InForce,
            ..Consents::default()
        };
        let insurance = Consents {
            insurance_authority: Standing::InForce,
            ..Consents::default()
        };
        assert!(judge_with(&hk, "mybank.hk", monetary).is_ok());
        assert!(judge_with(&hk, "re-insurance.hk", insurance).is_ok());
        let refused = judge_with(&hk, "mybank.hk", insurance).unwrap_err();
        assert_eq!(refused.rule.0, "hk:R6.6");
        let refused = judge_with(&hk, "bank-insurance.hk", monetary).unwrap_err();
        assert_eq!(refused.rule.0, "hk:R6.7");
    }

    #[test]
    fn consent_of_another_refuses_and_a_document_waits_for_people() {
        let hk = hk("hk");
        let with = |standing| Consents {
            monetary_authority: standing,
            insurance_authority: standing,
        };
        for (name, rule) in [("mybank.hk", "hk:R6.6"), ("保險業.公司.香港", "hk:R6.7")] {
            let refused = judge_with(&hk, name, with(Standing::OfAnother)).unwrap_err();
            assert_eq!(refused.rule.0, rule);
            assert!(refused.reason.contains("another registrant's"), "{refused}");
            let placed = judge_with(&hk, name, with(Standing::Shown)).unwrap();
            assert_eq!(placed.review.len(), 1, "{name}");
            assert_eq!(placed.review[0].0, rule);
        }
    }

    #[test]
    fn words_of_a_registered_name_are_judged_whatever_else_is_reserved_meanwhile() {
        let hk = hk("hk").reserving(["mybank"]).unwrap();
        let name = parse("mybank.hk").unwrap();
        let granted = Consents {
            monetary_authority: Standing::InForce,
            ..Consents::default()
        };
        assert!(hk.judge(&name, granted).is_err());
        assert_eq!(hk.judge_words(&name, granted), Ok(Vec::new()));
        let refused = hk.judge_words(&name, Consents::default()).unwrap_err();
        assert_eq!(refused.rule.0, "hk:R6.6");
    }

    #[test]
    fn government_at_an_end_is_refused_and_within_reviewed() {
        let hk = hk("hk");
        for text in [
            "government.com.hk",
            "government-x.hk",
            "my-govern-ment.hk",
            "hksar-news.hk",
            "好政府.香港",
            "政-府x好.公司.香港",
        ] {
            assert_eq!(broken(&hk, text), Some(("hk:R6.5", 2306)), "{text}");
        }
        for text in ["my-government-shop.hk", "好政府好.香港"] {
            let placed = judge_with(&hk, text, Consents::default()).unwrap();
            assert_eq!(placed.review.len(), 1, "{text}");
        }
        let placed = judge_with(&hk, "my-shop.hk", Consents::default()).unwrap();
        assert_eq!(placed.review, []);
    }

    #[test]
    fn government_names_are_exempt_in_their_own_category() {
        let hk = hk("hk");
        for text in [
            "abc.gov.hk",
            "government-x.gov.hk",
            "好政府.政府.hk",
            "好政府.政府.香港",
        ] {
            assert_eq!(broken(&hk, text), None, "{text}");
        }
        assert_eq!(broken(&hk, "mybank.gov.hk"), Some(("hk:R6.6", 2306)));
    }
}
