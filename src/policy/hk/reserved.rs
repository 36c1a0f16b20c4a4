//! Reserved names (R 6.1-6.4): the shipped lists, and the registry's own, both matched in key space.

use std::collections::HashMap;

use super::category::{Category, Placed, Script, fold};
use super::settings::Scope;
use super::subject::{Outcome, Subject};
use super::{Hk, Table, label};
use crate::model::name::NameError;

/// A shipped list of reserved names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    /// Generic top-level domains (R 6.2(b)).
    TopLevel = 1,
    /// Country codes (R 6.2(d)).
    Countries = 1 << 1,
    /// Districts and regions of Hong Kong (R 6.2(c)).
    Districts = 1 << 2,
    /// Surnames (R 6.2(e), 6.4).
    Surnames = 1 << 3,
    /// Translations of generic top-level domains (R 6.2(g)).
    Translations = 1 << 4,
    /// Countries and regions with a Chinese language (R 6.2(h)).
    Regions = 1 << 5,
    /// Technical terms (R 6.2(i)).
    Terms = 1 << 6,
    /// Types and levels of schools (R 6.2, the second (g)).
    Schools = 1 << 7,
}

impl List {
    /// Says whether hyphens between the parts of a name make no difference.
    const fn ignores_hyphens(self) -> bool {
        match self {
            Self::Districts | Self::Surnames | Self::Terms => true,
            Self::TopLevel
            | Self::Countries
            | Self::Translations
            | Self::Regions
            | Self::Schools => false,
        }
    }
}

const SHIPPED: &[(List, &str)] = &[
    (List::TopLevel, include_str!("data/gtlds.txt")),
    (List::Countries, include_str!("data/countries.txt")),
    (List::Districts, include_str!("data/districts.txt")),
    (List::Surnames, include_str!("data/surnames.txt")),
    (List::Surnames, include_str!("data/surnames_roman.txt")),
    (List::Translations, include_str!("data/translations.txt")),
    (List::Regions, include_str!("data/regions.txt")),
    (List::Terms, include_str!("data/terms.txt")),
    (List::Schools, include_str!("data/schools.txt")),
];

/// Returns the words of the shipped lists.
pub(super) fn shipped() -> impl Iterator<Item = (List, &'static str)> {
    SHIPPED.iter().flat_map(|(list, text)| {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        lines.flat_map(|line| line.split_whitespace().map(|word| (*list, word)))
    })
}

/// The shipped lists by key; a bit for each [`List`] a key stands on.
#[derive(Clone, Debug)]
pub(super) struct Lists {
    exact: HashMap<String, u16>,
    joined: HashMap<String, u16>,
}

impl Lists {
    /// Prepares the lists for a table.
    pub(super) fn new(table: &Table) -> Self {
        let mut lists = Self {
            exact: HashMap::new(),
            joined: HashMap::new(),
        };
        for (list, word) in shipped() {
            let words = match list.ignores_hyphens() {
                true => &mut lists.joined,
                false => &mut lists.exact,
            };
            *words.entry(fold(table, word)).or_default() |= list as u16;
        }
        lists
    }

    fn holds(&self, subject: &Subject, list: List) -> bool {
        let on = match list.ignores_hyphens() {
            true => self.joined.get(&subject.joined),
            false => self.exact.get(&subject.key),
        };
        on.is_some_and(|on| on & list as u16 != 0)
    }
}

/// Judges a name by a list that counts where `scope` says.
pub(super) fn listed(hk: &Hk, subject: &Subject, list: List, scope: Scope) -> Outcome {
    if !covers(scope, &subject.placed) {
        return Outcome::Unconcerned;
    }
    if !hk.lists.holds(subject, list) {
        return Outcome::Met;
    }
    Outcome::Broken(format!("{} is reserved", subject.placed.label))
}

/// Judges a name by a list for Chinese names only.
pub(super) fn listed_chinese(hk: &Hk, subject: &Subject, list: List, scope: Scope) -> Outcome {
    match subject.placed.script {
        Script::Ascii => Outcome::Unconcerned,
        Script::Chinese => listed(hk, subject, list, scope),
    }
}

/// Judges a name by a list for English names only.
pub(super) fn listed_english(hk: &Hk, subject: &Subject, list: List, scope: Scope) -> Outcome {
    match subject.placed.script {
        Script::Ascii => listed(hk, subject, list, scope),
        Script::Chinese => Outcome::Unconcerned,
    }
}

fn covers(scope: Scope, placed: &Placed) -> bool {
    match scope {
        Scope::SecondLevel => placed.is_second_level(),
        Scope::SecondLevelAndPersons => {
            placed.is_second_level() || placed.category == Some(Category::Idv)
        }
        Scope::Everywhere => true,
    }
}

/// The registry's own list (R 6.1, 6.2(f)): keys of labels, and below which zone each is reserved.
#[derive(Clone, Debug, Default)]
pub(super) struct OwnList {
    keys: HashMap<String, Vec<Option<String>>>,
}

impl OwnList {
    /// Adds a label, reserved everywhere, or a name, reserved in its zone alone; in U-form or A-form.
    ///
    /// # Errors
    /// When the entry is neither.
    pub(super) fn add(&mut self, hk: &Hk, entry: &str) -> Result<(), NameError> {
        let Entry { label, zone, .. } = read(hk, entry)?;
        let zones = self.keys.entry(fold(&hk.table, &label)).or_default();
        zones.push(zone);
        Ok(())
    }
}

/// An entry of the registry's own list.
pub(super) struct Entry {
    /// The label or name in A-form.
    pub(super) form: String,
    /// The label in U-form.
    label: String,
    /// The zone it counts in, with its category; `None` is everywhere.
    zone: Option<String>,
}

/// Reads an entry in U-form or A-form.
///
/// # Errors
/// When it is neither a label nor a name that could be registered.
pub(super) fn read(hk: &Hk, entry: &str) -> Result<Entry, NameError> {
    match label::parse(entry) {
        Ok(name) => match hk.categories.place(&name, &hk.table) {
            Ok(placed) => Ok(Entry {
                form: placed.name.to_string(),
                zone: placed.name.parent().map(str::to_owned),
                label: placed.label,
            }),
            Err(_) => Err(NameError::SingleLabel),
        },
        Err(NameError::SingleLabel) => {
            // A label is judged as a name by a zone one would register it below.
            let name = label::parse(&format!("{entry}.hk"))?;
            let label = name.labels().next().unwrap_or_default();
            Ok(Entry {
                form: label.to_owned(),
                label: super::category::unicode(label).into_owned(),
                zone: None,
            })
        }
        Err(error) => Err(error),
    }
}

/// R 6.2(f): names on the registry's own list.
pub(super) fn on_own_list(hk: &Hk, subject: &Subject) -> Outcome {
    let Some(zones) = hk.own.keys.get(&subject.key) else {
        return Outcome::Met;
    };
    let parent = subject.placed.name.parent();
    let is_here = |zone: &Option<String>| zone.is_none() || zone.as_deref() == parent;
    if zones.iter().any(is_here) {
        // Nobody is told why a name is reserved (R 6.1).
        return Outcome::Broken("the name is reserved".to_owned());
    }
    Outcome::Met
}

#[cfg(test)]
mod tests {
    use super::super::tests::{broken, hk};
    use super::*;

    #[test]
    fn top_level_domains_and_country_codes_are_reserved() {
        let hk = hk("hk");
        for text in ["shop.hk", "museum.hk", "asia.hk"] {
            assert_eq!(broken(&hk, text), Some(("hk:R6.2b", 2306)), "{text}");
        }
        for text in ["cn.hk", "uk.com.hk", "EU.hk"] {
            assert_eq!(broken(&hk, text), Some(("hk:R6.2d", 2306)), "{text}");
        }
        for text in ["shop.com.hk", "sho-p.hk", "c-n.hk", "abc.gov.hk"] {
            assert_eq!(broken(&hk, text), None, "{text}");
        }
    }

    #[test]
    fn districts_are_reserved_by_the_2008_rules_only() {
        for text in ["wan-chai.hk", "wanchai.com.hk", "灣仔.香港", "湾仔.公司.hk"] {
            let by_2008 = broken(&hk("hk-v5.0"), text);
            assert_eq!(by_2008, Some(("hk:R6.2c", 2306)), "{text}");
        }
        for text in ["wan-chai.hk", "灣仔.香港"] {
            assert_eq!(broken(&hk("hk"), text), None, "{text}");
        }
    }

    #[test]
    fn names_that_are_only_a_surname_are_reserved() {
        let hk = hk("hk");
        for text in ["cheung.hk", "au-yeung.idv.hk", "歐陽.香港", "欧陽.個人.hk"] {
            assert_eq!(broken(&hk, text), Some(("hk:R6.4", 2306)), "{text}");
        }
        for text in ["cheung-shop.hk", "歐陽好.香港"] {
            assert_eq!(broken(&hk, text), None, "{text}");
        }
    }

    #[test]
    fn surnames_are_reserved_everywhere_by_the_2008_rules_only() {
        for text in ["cheung.com.hk", "歐陽.公司.香港"] {
            let by_2008 = broken(&hk("hk-v5.0"), text);
            assert_eq!(by_2008, Some(("hk:R6.2e", 2306)), "{text}");
            assert_eq!(broken(&hk("hk"), text), None, "{text}");
        }
    }

    #[test]
    fn chinese_lists_are_matched_in_every_variant() {
        let hk = hk("hk");
        for (text, rule) in [
            ("商業.香港", "hk:R6.2g"),
            ("商业.香港", "hk:R6.2g"),
            ("网址.香港", "hk:R6.2g"),
            ("中國.公司.香港", "hk:R6.2h"),
            ("中国.香港", "hk:R6.2h"),
            ("臺灣.香港", "hk:R6.2h"),
            ("域名.香港", "hk:R6.2i"),
            ("小學.香港", "hk:R6.2g2"),
            ("小学.教育.香港", "hk:R6.2g2"),
        ] {
            assert_eq!(broken(&hk, text), Some((rule, 2306)), "{text}");
        }
        for text in ["中國好.香港", "好小學.教育.香港"] {
            assert_eq!(broken(&hk, text), None, "{text}");
        }
    }

    #[test]
    fn technical_terms_are_reserved_with_and_without_hyphens() {
        for text in ["whois.hk", "domain-name.com.hk", "HKIRC.hk"] {
            let rule = broken(&hk("hk"), text);
            assert_eq!(rule, Some(("hk:R6.2i", 2306)), "{text}");
        }
    }

    #[test]
    fn the_own_list_reserves_labels_everywhere_and_names_in_their_zone() {
        let hk = hk("hk")
            .reserving(["harbour", "pier.com.hk", "銀灣.公司.香港"])
            .unwrap();
        for text in [
            "harbour.hk",
            "harbour.com.hk",
            "pier.com.hk",
            "银湾.公司.香港",
        ] {
            assert_eq!(broken(&hk, text), Some(("hk:R6.2f", 2306)), "{text}");
        }
        for text in ["pier.hk", "銀灣.香港", "harbour-x.hk"] {
            assert_eq!(broken(&hk, text), None, "{text}");
        }
        for entry in ["pier.example", "a..hk", "a b", ""] {
            assert!(hk.clone().reserving([entry]).is_err(), "{entry}");
        }
    }

    #[test]
    fn shipped_lists_hold_labels_in_lower_case() {
        let mut seen = 0;
        for (list, word) in shipped() {
            let name = label::parse(&format!("{word}.hk"));
            assert_eq!(word, word.to_lowercase());
            assert!(name.is_ok(), "{list:?}: {word}");
            let hyphen = list.ignores_hyphens() && word.contains('-');
            assert!(!hyphen, "{list:?}: {word}");
            seen += 1;
        }
        assert!(seen > 2000, "{seen}");
    }
}
