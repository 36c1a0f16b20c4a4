//! Zones and categories: where a name stands, and the one spelling of the category it stands in (R 1, R 2).

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Deserialize;

use super::Table;
use super::rules;
use crate::base::code::Code;
use crate::model::DomainName;
use crate::policy::Violation;
use crate::policy::violation::Rule;

/// One of the two top-level domains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Top {
    /// .hk
    Hk,
    /// .香港
    HongKong,
}

impl Top {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Hk, Self::HongKong];

    /// Returns its label in A-form.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Hk => "hk",
            Self::HongKong => "xn--j6w193g",
        }
    }
}

/// A category of registrants with an English and a Chinese label (R 2.5-2.10); profiles name it in English.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Hash)]
#[serde(rename_all = "lowercase")]
pub enum Category {
    /// Commercial entities.
    Com,
    /// Organisations not for profit.
    Org,
    /// Licensed network operators.
    Net,
    /// Schools and other educational institutions.
    Edu,
    /// Bureaux and departments of the Government.
    Gov,
    /// Persons.
    Idv,
}

impl Category {
    /// Every category.
    pub const ALL: [Self; 6] = [
        Self::Com,
        Self::Org,
        Self::Net,
        Self::Edu,
        Self::Gov,
        Self::Idv,
    ];

    /// Returns its English label.
    pub const fn english(self) -> &'static str {
        match self {
            Self::Com => "com",
            Self::Org => "org",
            Self::Net => "net",
            Self::Edu => "edu",
            Self::Gov => "gov",
            Self::Idv => "idv",
        }
    }

    /// Returns its Chinese label in the canonical, traditional spelling.
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Com => "公司",
            Self::Org => "組織",
            Self::Net => "網絡",
            Self::Edu => "教育",
            Self::Gov => "政府",
            Self::Idv => "個人",
        }
    }

    /// Returns the A-form of its Chinese label.
    pub const fn a_label(self) -> &'static str {
        match self {
            Self::Com => "xn--55qx5d",
            Self::Org => "xn--uc0atv",
            Self::Net => "xn--od0alg",
            Self::Edu => "xn--wcvs22d",
            Self::Gov => "xn--mxtq1m",
            Self::Idv => "xn--gmqw5a",
        }
    }

    /// Returns the rule of who may register in it.
    pub const fn eligibility(self) -> Rule {
        match self {
            Self::Com => rules::COMMERCIAL,
            Self::Org => rules::NOT_FOR_PROFIT,
            Self::Net => rules::NETWORK,
            Self::Edu => rules::EDUCATION,
            Self::Gov => rules::DEPARTMENTS,
            Self::Idv => rules::RESIDENTS,
        }
    }
}

/// Which of the two kinds of names a label makes (R 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Script {
    /// Letters, digits and hyphens only: an English domain name.
    Ascii,
    /// With at least one other character: a Chinese domain name.
    Chinese,
}

impl Script {
    /// Returns the script of a label in U-form.
    pub fn of(label: &str) -> Self {
        if label.is_ascii() {
            Self::Ascii
        } else {
            Self::Chinese
        }
    }
}

/// A name taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The zone it lies in.
    pub top: Top,
    /// Its category; `None` directly below the top.
    pub category: Option<Category>,
    /// Script of the category's label; that of `script` directly below the top.
    pub category_script: Script,
    /// The registered label in U-form.
    pub label: String,
    /// Script of the label.
    pub script: Script,
    /// The name in A-form, its category in the canonical spelling.
    pub name: DomainName,
    /// Rules whose verdict is up to people: a create waits for them (1001).
    pub review: Vec<Rule>,
}

impl Placed {
    /// Says whether the name lies directly below the top.
    pub fn is_second_level(&self) -> bool {
        self.category.is_none()
    }
}

/// The categories by every spelling of their labels.
#[derive(Clone, Debug)]
pub(super) struct Categories {
    /// By key of the Chinese label.
    chinese: HashMap<String, Category>,
}

impl Categories {
    /// Takes the variants of a table.
    pub(super) fn new(table: &Table) -> Self {
        let by_key = |category: Category| (fold(table, category.chinese()), category);
        Self {
            chinese: Category::ALL.map(by_key).into(),
        }
    }

    /// Returns the category a label in U-form stands for, in whatever variant spelling.
    pub(super) fn find(&self, label: &str, table: &Table) -> Option<Category> {
        match Script::of(label) {
            Script::Ascii => {
                let mut all = Category::ALL.into_iter();
                all.find(|category| category.english() == label)
            }
            Script::Chinese => self.chinese.get(&fold(table, label)).copied(),
        }
    }

    /// Takes a name apart.
    ///
    /// # Errors
    /// When it lies outside both zones, or neither directly below one nor in a category.
    pub(super) fn place(&self, name: &DomainName, table: &Table) -> Result<Placed, Violation> {
        let mut tops = Top::ALL.into_iter();
        let placed = tops.find_map(|top| Some((top, name.below(top.label())?)));
        let Some((top, below)) = placed else {
            return Err(outside());
        };
        let (label, category) = match below.split_once('.') {
            None => (below, None),
            Some((label, second)) => {
                let spelt = unicode(second);
                let category = self.find(&spelt, table).ok_or_else(wrong_level)?;
                (label, Some((category, Script::of(&spelt), second)))
            }
        };
        let label = unicode(label);
        let script = Script::of(&label);
        Ok(Placed {
            top,
            category: category.map(|(category, ..)| category),
            category_script: category.map_or(script, |(_, script, _)| script),
            name: canonical(name, top, category),
            label: label.into_owned(),
            script,
            review: Vec::new(),
        })
    }
}

/// Returns the key of a text, characters outside the table standing for themselves.
pub(super) fn fold(table: &Table, text: &str) -> String {
    let key = |character| table.key(character).unwrap_or(character);
    text.chars().map(key).collect()
}

/// Returns a label of a [`DomainName`] in U-form.
pub(super) fn unicode(label: &str) -> Cow<'_, str> {
    let encoded = label.strip_prefix("xn--");
    match encoded.and_then(idna::punycode::decode_to_string) {
        Some(decoded) => Cow::Owned(decoded),
        None => Cow::Borrowed(label),
    }
}

/// Returns the name with the canonical spelling of its category.
fn canonical(
    name: &DomainName,
    top: Top,
    category: Option<(Category, Script, &str)>,
) -> DomainName {
    let Some((category, Script::Chinese, spelt)) = category else {
        return name.clone();
    };
    if spelt == category.a_label() {
        return name.clone();
    }
    let label = name.labels().next().unwrap_or_default();
    let text = format!("{label}.{}.{}", category.a_label(), top.label());
    // A longer spelling can make a name too long to be one; it is then refused for that.
    DomainName::parse(&text).unwrap_or_else(|_| name.clone())
}

fn outside() -> Violation {
    Violation {
        rule: Rule("RFC5731:2.1"),
        code: Code::ValuePolicy,
        short: "Not in our zones",
        reason: "this registry does not serve the zone of this name".to_owned(),
    }
}

fn wrong_level() -> Violation {
    Violation {
        rule: rules::LEVEL,
        code: Code::ValuePolicy,
        short: "Wrong level",
        reason:
            "names are registered directly below .hk or .香港, or below one of their categories"
                .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::table;
    use super::*;

    fn place(text: &str) -> Result<Placed, Violation> {
        let table = table();
        let ascii = idna::domain_to_ascii(text).unwrap();
        Categories::new(&table).place(&DomainName::parse(&ascii).unwrap(), &table)
    }

    #[test]
    fn a_labels_of_categories_are_those_of_their_chinese_labels() {
        for category in Category::ALL {
            let ascii = idna::domain_to_ascii(category.chinese()).unwrap();
            assert_eq!(ascii, category.a_label());
        }
    }

    #[test]
    fn every_spelling_of_a_category_makes_one_canonical_name() {
        for (text, category, canonical) in [
            ("髮型.个人.hk", Category::Idv, "髮型.個人.hk"),
            ("髮型.箇人.香港", Category::Idv, "髮型.個人.香港"),
            ("髮型.敎育.hk", Category::Edu, "髮型.教育.hk"),
            ("髮型.组織.hk", Category::Org, "髮型.組織.hk"),
            ("髮型.網络.香港", Category::Net, "髮型.網絡.香港"),
            ("髮型.公司.香港", Category::Com, "髮型.公司.香港"),
            ("shop.COM.hk", Category::Com, "shop.com.hk"),
        ] {
            let placed = place(text).unwrap();
            assert_eq!(placed.category, Some(category), "{text}");
            let expected = idna::domain_to_ascii(canonical).unwrap();
            assert_eq!(placed.name.as_str(), expected, "{text}");
        }
    }

    #[test]
    fn place_gives_zone_script_and_label_in_u_form() {
        let placed = place("中文.香港").unwrap();
        assert_eq!((placed.top, placed.category), (Top::HongKong, None));
        assert_eq!(
            (placed.script, placed.label.as_str()),
            (Script::Chinese, "中文")
        );
        let placed = place("My-Shop.hk").unwrap();
        assert_eq!((placed.top, placed.script), (Top::Hk, Script::Ascii));
        assert_eq!(placed.label, "my-shop");
        let placed = place("shop.公司.hk").unwrap();
        assert_eq!(placed.script, Script::Ascii);
        assert_eq!(placed.category_script, Script::Chinese);
    }

    #[test]
    fn place_refuses_other_zones_and_levels() {
        assert_eq!(place("shop.example").unwrap_err().short, "Not in our zones");
        for text in ["www.shop.hk", "a.b.com.hk", "中文.商店.香港"] {
            assert_eq!(place(text).unwrap_err().rule, rules::LEVEL, "{text}");
        }
    }
}
