//! What only .hk and .香港 demand: names, variants, words, name servers. Data and pure rules.
//!
//! Every rule has a row in [`rules::REGISTER`]; the checks below are its rows about names, in the order in which
//! they are applied: shape (2005) before place, place before reserved and restricted names.

pub mod category;
mod consents;
mod eligibility;
pub mod label;
mod package;
mod permission;
mod reserved;
pub mod rules;
pub mod settings;
mod subject;
pub mod table;
mod words;

pub use category::{Category, Placed, Script, Top};
pub use consents::{Consents, Standing};
pub use settings::Settings;
pub use table::Table;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use self::category::Categories;
use self::reserved::{List, Lists, OwnList};
use self::settings::Scope;
use self::subject::{Outcome, Subject};
use self::words::Restricted;
use super::finding::{Finding, Verdict};
use super::violation::Rule;
use super::{Registration, Violation, Wanted};
use crate::base::code::Code;
use crate::model::consent::Authority;
use crate::model::document::DocumentKind;
use crate::model::name::NameError;
use crate::model::{Applicant, DomainName};

/// Language tag of the variant tables: Chinese as written in Hong Kong.
pub const LANGUAGE: &str = "zh-HK";

/// What the clock of Hong Kong is ahead; it has no summer time.
const HONG_KONG: TimeDelta = TimeDelta::hours(8);

/// The rules of .hk and .香港 in one edition, with a variant table and the registry's own reserved names.
#[derive(Clone, Debug)]
pub struct Hk {
    settings: Settings,
    table: Arc<Table>,
    categories: Categories,
    lists: Lists,
    own: OwnList,
    government: Restricted,
    banking: Restricted,
    insurance: Restricted,
}

/// One rule about names.
struct Check {
    rule: Rule,
    code: Code,
    /// For the answer to a check.
    short: &'static str,
    judge: fn(&Hk, &Subject) -> Outcome,
}

impl Hk {
    /// Prepares the rules; the lists are turned into keys here, once.
    pub fn new(settings: Settings, table: Arc<Table>) -> Self {
        let restricted = |words| Restricted::new(words, &table);
        Self {
            categories: Categories::new(&table),
            lists: Lists::new(&table),
            own: OwnList::default(),
            government: restricted(&settings.government),
            banking: restricted(&settings.banking),
            insurance: restricted(&settings.insurance),
            settings,
            table,
        }
    }

    /// Makes `entries` the registry's own reserved names (R 6.1): a label is reserved everywhere, a name in its zone alone;
    /// every variant spelling with it.
    ///
    /// # Errors
    /// When an entry, in U-form or A-form, is neither a label nor a name that could be registered.
    pub fn reserving<'a>(
        mut self,
        entries: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, NameError> {
        let mut own = OwnList::default();
        for entry in entries {
            own.add(&self, entry)?;
        }
        self.own = own;
        Ok(self)
    }

    /// Returns the A-form of an entry of the own list.
    ///
    /// # Errors
    /// When the entry, in U-form or A-form, is neither a label nor a name that could be registered.
    pub fn reserved_form(&self, entry: &str) -> Result<String, NameError> {
        reserved::read(self, entry).map(|entry| entry.form)
    }

    /// Returns the variant table in force.
    pub fn table(&self) -> &Arc<Table> {
        &self.table
    }

    /// Takes a name apart without judging it further.
    ///
    /// # Errors
    /// When it lies outside both zones or on no level where names are registered.
    pub fn place(&self, name: &DomainName) -> Result<Placed, Violation> {
        self.categories.place(name, &self.table)
    }

    /// Judges whether a name may be registered at all, taken or not.
    ///
    /// # Errors
    /// The first rule it breaks.
    pub fn judge(&self, name: &DomainName, consents: Consents) -> Result<Placed, Violation> {
        let mut subject = Subject::new(self.place(name)?, self, consents);
        self.apply(CHECKS.iter(), &mut subject)?;
        Ok(subject.placed)
    }

    /// Judges by its words alone whether a registrant may have a name that is registered.
    ///
    /// # Errors
    /// The first rule it breaks.
    pub fn judge_words(
        &self,
        name: &DomainName,
        consents: Consents,
    ) -> Result<Vec<Rule>, Violation> {
        let mut subject = Subject::new(self.place(name)?, self, consents);
        let of_words = |check: &&Check| [rules::BANKING, rules::INSURANCE].contains(&check.rule);
        self.apply(CHECKS.iter().filter(of_words), &mut subject)?;
        Ok(subject.placed.review)
    }

    /// Applies rules, and notes those whose verdict is up to people.
    fn apply<'a>(
        &self,
        checks: impl Iterator<Item = &'a Check>,
        subject: &mut Subject,
    ) -> Result<(), Violation> {
        for check in checks {
            match (check.judge)(self, subject) {
                Outcome::Unconcerned | Outcome::Met | Outcome::Lifted(_) => {}
                Outcome::Review(_) => subject.placed.review.push(check.rule),
                Outcome::Broken(reason) => {
                    return Err(Violation {
                        rule: check.rule,
                        code: check.code,
                        short: check.short,
                        reason,
                    });
                }
            }
        }
        Ok(())
    }

    /// Returns what people of the registry can do about an application that breaks a rule.
    pub fn remedy(rule: Rule) -> &'static str {
        match rule {
            rules::OWN_LIST => "`hkepp reserved remove` it first, or reject the application",
            rules::BANKING | rules::INSURANCE => {
                "enter the consent with `hkepp consent grant` first (`--registrant` says for whom), or reject the application"
            }
            _ => "reject the application",
        }
    }

    /// Returns the rule by which a name is not free: another one has its key, or it is registered itself.
    pub fn taken(&self, name: &DomainName) -> Violation {
        let (rule, short) = match self.package_key(name) {
            Some(_) => (rules::PACKAGE, "In use (hk:R5.1a)"),
            None => (rules::FIRST_COME, "In use (hk:R7.1)"),
        };
        Violation {
            rule,
            code: Code::Exists,
            short,
            reason: "the object exists already".to_owned(),
        }
    }

    /// Returns the authorities whose consent the words of a name need.
    pub fn authorities(&self, name: &DomainName) -> Vec<Authority> {
        let Ok(placed) = self.place(name) else {
            return Vec::new();
        };
        let subject = Subject::new(placed, self, Consents::default());
        let judges = [
            (Authority::Monetary, words::banking(self, &subject)),
            (Authority::Insurance, words::insurance(self, &subject)),
        ];
        let needed = judges
            .into_iter()
            .filter(|(_, outcome)| *outcome != Outcome::Unconcerned);
        needed.map(|(authority, _)| authority).collect()
    }

    /// Says how a name that may be registered is, and judges what its applicant says of itself.
    ///
    /// # Errors
    /// The rule that is broken.
    pub fn registration(
        &self,
        name: &DomainName,
        applicant: &Applicant,
        consents: Consents,
        now: DateTime<Utc>,
    ) -> Result<Registration, Violation> {
        let consents = consents.shown_by(&applicant.documents);
        let placed = self.judge(name, consents)?;
        let today = (now + HONG_KONG).date_naive();
        eligibility::judge(&placed, applicant, today, &self.settings, &self.table)?;
        let mut documents = eligibility::wanted(&placed, applicant, today, &self.settings);
        documents.extend(consents.wanted(&placed.review));
        if documents.is_empty() && placed.review.is_empty() {
            return Ok(Registration::AtOnce);
        }
        Ok(Registration::Documents(Wanted {
            documents,
            review: placed.review,
            days: self.settings.document_days,
        }))
    }

    /// Returns the days in which documents must be approved (R 3.3).
    pub fn document_days(&self) -> u32 {
        self.settings.document_days
    }

    /// Judges a name by the legal names that its registrant has told, and by the one that was verified (R 2.5).
    ///
    /// # Errors
    /// R 2.5 where one of them is not the name.
    pub fn legal_name(
        &self,
        name: &DomainName,
        applicant: &Applicant,
        verified: Option<&str>,
    ) -> Result<(), Violation> {
        let placed = self.place(name)?;
        let Some(category) = placed.category else {
            return Ok(());
        };
        eligibility::judge_legal_name(&placed, category, applicant, &self.table)?;
        eligibility::judge_verified_name(&placed, category, verified, &self.table)
    }

    /// Says how a registered name comes to another registrant, and judges what is said of that one.
    ///
    /// # Errors
    /// The rule that what is said breaks; that of the category where it wants documents and nothing is said.
    pub fn change_of_registrant(
        &self,
        name: &DomainName,
        applicant: Option<&Applicant>,
        consents: Consents,
        now: DateTime<Utc>,
    ) -> Result<Registration, Violation> {
        let placed = self.place(name)?;
        let Some(category) = placed.category else {
            if let Some(applicant) = applicant {
                self.registrant(name, applicant, now)?;
            }
            return Ok(Registration::AtOnce);
        };
        let Some(applicant) = applicant else {
            return Err(Violation {
                rule: category.eligibility(),
                code: Code::ValuePolicy,
                short: "Documents needed",
                reason: "in this category a name comes to another registrant by documents; hk:update tells who that is"
                    .to_owned(),
            });
        };
        let today = (now + HONG_KONG).date_naive();
        eligibility::judge(&placed, applicant, today, &self.settings, &self.table)?;
        let mut documents = eligibility::wanted(&placed, applicant, today, &self.settings);
        documents.push(vec![DocumentKind::TransferLetter]);
        let consents = consents.shown_by(&applicant.documents);
        let review = self.judge_words(name, consents)?;
        documents.extend(consents.wanted(&review));
        Ok(Registration::Documents(Wanted {
            documents,
            review,
            days: self.settings.document_days,
        }))
    }

    /// Judges what is said of the registrant of a registered name.
    ///
    /// # Errors
    /// The rule that it breaks.
    pub fn registrant(
        &self,
        name: &DomainName,
        applicant: &Applicant,
        now: DateTime<Utc>,
    ) -> Result<(), Violation> {
        let placed = self.place(name)?;
        let today = (now + HONG_KONG).date_naive();
        eligibility::judge_registrant(&placed, applicant, today, &self.settings, &self.table)
    }

    /// Returns the group of names that share the administrative contact: those of a school (R 2.11).
    pub fn group(&self, name: &DomainName) -> Option<&'static str> {
        let category = self.place(name).ok()?.category?;
        (category == Category::Edu).then_some(category.english())
    }

    /// Lists every rule a name meets with its verdict.
    pub fn explain(&self, name: &DomainName, consents: Consents) -> Vec<Finding> {
        let placed = match self.place(name) {
            Ok(placed) => placed,
            Err(violation) => return vec![violation.into()],
        };
        let subject = Subject::new(placed, self, consents);
        let mut findings: Vec<Finding> = CHECKS
            .iter()
            .filter_map(|check| {
                let (verdict, code, sentence) = match (check.judge)(self, &subject) {
                    Outcome::Unconcerned => return None,
                    Outcome::Met => (Verdict::Met, None, rules::effect(check.rule).to_owned()),
                    Outcome::Lifted(why) => (Verdict::Lifted, None, why),
                    Outcome::Review(why) => (Verdict::Waits, Some(Code::CompletedPending), why),
                    Outcome::Broken(why) => (Verdict::Refused, Some(check.code), why),
                };
                Some(Finding {
                    rule: check.rule,
                    verdict,
                    code,
                    sentence,
                })
            })
            .collect();
        let (rule, verdict, code) = match subject.placed.category {
            None => (rules::EVERYONE, Verdict::Met, None),
            Some(category) => (
                category.eligibility(),
                Verdict::Waits,
                Some(Code::CompletedPending),
            ),
        };
        findings.push(Finding {
            rule,
            verdict,
            code,
            sentence: rules::effect(rule).to_owned(),
        });
        findings
    }
}

/// The rules about names, in the order in which they are applied.
#[rustfmt::skip]
const CHECKS: &[Check] = &[
    Check { rule: rules::ENGLISH_SECOND, code: Code::ParameterSyntax, short: "Too long (hk:R4.2)", judge: |hk, subject| label::english(hk, subject, true) },
    Check { rule: rules::ENGLISH_THIRD, code: Code::ParameterSyntax, short: "Too long (hk:R4.3)", judge: |hk, subject| label::english(hk, subject, false) },
    Check { rule: rules::CHINESE_SHAPE, code: Code::ParameterSyntax, short: "Invalid name (hk:R4.4a)", judge: |_, subject| shaped(subject) },
    Check { rule: rules::ROUND_TRIP, code: Code::ParameterSyntax, short: "Invalid A-label (hk:R5.2)", judge: |_, subject| shaped(subject) },
    Check { rule: rules::CHINESE_LENGTH, code: Code::ValuePolicy, short: label::LONG_CHINESE, judge: label::chinese_length },
    Check { rule: rules::IN_TABLE, code: Code::ValuePolicy, short: "Character not offered (hk:R5.1d)", judge: label::in_table },
    Check { rule: rules::LEVEL, code: Code::ValuePolicy, short: "Category (hk:R1e)", judge: no_category },
    Check { rule: rules::SCRIPT, code: Code::ValuePolicy, short: "Wrong script (hk:R1f)", judge: |_, subject| script(subject) },
    Check { rule: rules::CLOSED, code: Code::ValuePolicy, short: "Closed (hk:R1g)", judge: closed },
    Check { rule: rules::ONE_CHARACTER, code: Code::ValuePolicy, short: "Too short (hk:R6.2a)", judge: label::one_character },
    Check { rule: rules::OWN_LIST, code: Code::ValuePolicy, short: "Reserved", judge: reserved::on_own_list },
    Check { rule: rules::ONLY_SURNAME, code: Code::ValuePolicy, short: "Surname (hk:R6.4)", judge: |hk, subject| reserved::listed(hk, subject, List::Surnames, Scope::SecondLevelAndPersons) },
    Check { rule: rules::TOP_LEVEL, code: Code::ValuePolicy, short: "Top-level domain (hk:R6.2b)", judge: |hk, subject| reserved::listed_english(hk, subject, List::TopLevel, hk.settings.top_level_domains) },
    Check { rule: rules::DISTRICT, code: Code::ValuePolicy, short: "District (hk:R6.2c)", judge: district },
    Check { rule: rules::COUNTRY_CODE, code: Code::ValuePolicy, short: "Country code (hk:R6.2d)", judge: |hk, subject| reserved::listed_english(hk, subject, List::Countries, Scope::Everywhere) },
    Check { rule: rules::SURNAME, code: Code::ValuePolicy, short: "Surname (hk:R6.2e)", judge: |hk, subject| reserved::listed(hk, subject, List::Surnames, hk.settings.surnames) },
    Check { rule: rules::TRANSLATION, code: Code::ValuePolicy, short: "Top-level domain (hk:R6.2g)", judge: |hk, subject| reserved::listed_chinese(hk, subject, List::Translations, hk.settings.top_level_domains) },
    Check { rule: rules::REGION, code: Code::ValuePolicy, short: "Country or region (hk:R6.2h)", judge: |hk, subject| reserved::listed_chinese(hk, subject, List::Regions, Scope::Everywhere) },
    Check { rule: rules::TERM, code: Code::ValuePolicy, short: "Technical term (hk:R6.2i)", judge: |hk, subject| reserved::listed(hk, subject, List::Terms, Scope::Everywhere) },
    Check { rule: rules::SCHOOL, code: Code::ValuePolicy, short: "Type of school (hk:R6.2g2)", judge: |hk, subject| reserved::listed_chinese(hk, subject, List::Schools, Scope::Everywhere) },
    Check { rule: rules::GOVERNMENT, code: Code::ValuePolicy, short: "Restricted word (hk:R6.5)", judge: words::government },
    Check { rule: rules::BANKING, code: Code::ValuePolicy, short: "Restricted word (hk:R6.6)", judge: words::banking },
    Check { rule: rules::INSURANCE, code: Code::ValuePolicy, short: "Restricted word (hk:R6.7)", judge: words::insurance },
];

/// R 4.4, R 5.2: whatever is a [`DomainName`] has the shape and comes back from its A-form.
fn shaped(subject: &Subject) -> Outcome {
    match subject.placed.script {
        Script::Ascii => Outcome::Unconcerned,
        Script::Chinese => Outcome::Met,
    }
}

/// R 1: the labels of categories are levels, not names.
fn no_category(hk: &Hk, subject: &Subject) -> Outcome {
    let placed = &subject.placed;
    let is_label = hk.categories.find(&placed.label, &hk.table).is_some();
    if placed.is_second_level() && is_label {
        return Outcome::Broken(format!("{} is the label of a category", placed.label));
    }
    Outcome::Met
}

/// R 1: English names stand below .hk and English categories, Chinese names below .hk, .香港 and Chinese categories.
fn script(subject: &Subject) -> Outcome {
    let placed = &subject.placed;
    match (placed.script, placed.top, placed.category_script) {
        (Script::Ascii, Top::Hk, Script::Ascii) | (Script::Chinese, _, Script::Chinese) => {
            Outcome::Met
        }
        (Script::Ascii, Top::HongKong, _) => {
            Outcome::Broken("names below .香港 are Chinese".to_owned())
        }
        (Script::Ascii, Top::Hk, Script::Chinese) => {
            Outcome::Broken("names in a Chinese category are Chinese".to_owned())
        }
        (Script::Chinese, _, Script::Ascii) => {
            Outcome::Broken("names in an English category are English".to_owned())
        }
    }
}

/// Chinese names directly below .hk: closed to new registrations since 2011.
fn closed(hk: &Hk, subject: &Subject) -> Outcome {
    let placed = &subject.placed;
    if placed.script == Script::Ascii || placed.top != Top::Hk || !placed.is_second_level() {
        return Outcome::Unconcerned;
    }
    if hk.settings.new_chinese_under_hk {
        return Outcome::Met;
    }
    Outcome::Broken(
        "new Chinese names are registered below .香港, not directly below .hk".to_owned(),
    )
}

/// R 6.2(c): districts, where the profile reserves them.
fn district(hk: &Hk, subject: &Subject) -> Outcome {
    match hk.settings.districts {
        true => reserved::listed(hk, subject, List::Districts, Scope::Everywhere),
        false => Outcome::Unconcerned,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use super::*;
    use crate::policy::Profile;
    use crate::policy::hk::table::Row;

    /// Characters that stand for each other.
    const SETS: &[&str] = &[
        "組组",
        "織织",
        "網网",
        "絡络",
        "個个箇",
        "教敎",
        "銀银",
        "險险碱礆",
        "國国",
        "台臺",
        "灣湾",
        "歐欧",
        "陽阳",
        "業业",
        "學学",
        "發发",
    ];

    /// Returns a table of ASCII, of [`SETS`], and of all other characters of these tests but 埗 and б.
    pub(super) fn table() -> Table {
        let own = "公司育政府人髮型中文商店好字保行行好仔銀銀灣測試龍門";
        let listed = reserved::shipped().flat_map(|(_, word)| word.chars());
        let ascii = ('a'..='z').chain('0'..='9').chain(['-']);
        let singles = ascii.chain(own.chars()).chain(listed);
        let mut rows = HashMap::new();
        for single in singles.filter(|character| *character != '埗') {
            rows.insert(single, row(&[single]));
        }
        for set in SETS {
            let set: Vec<char> = set.chars().collect();
            rows.extend(set.iter().map(|character| (*character, row(&set))));
        }
        Table::new("test".to_owned(), rows)
    }

    fn row(set: &[char]) -> Row {
        let mut sorted = set.to_vec();
        sorted.sort_unstable();
        Row {
            simplified: vec![set[set.len() - 1]],
            traditional: vec![set[0]],
            set: sorted,
        }
    }

    pub(super) fn hk(profile: &str) -> Hk {
        let settings = Profile::embedded(profile).unwrap().hk.unwrap();
        Hk::new(settings, Arc::new(table()))
    }

    pub(super) fn judge_with(hk: &Hk, text: &str, consents: Consents) -> Result<Placed, Violation> {
        hk.judge(&label::parse(text).unwrap(), consents)
    }

    /// Returns rule and code of the first rule a name breaks.
    pub(super) fn broken(hk: &Hk, text: &str) -> Option<(&'static str, u16)> {
        let violation = judge_with(hk, text, Consents::default()).err()?;
        Some((violation.rule.0, violation.code.number()))
    }

    #[test]
    fn labels_of_categories_are_no_names() {
        let hk = hk("hk");
        for text in [
            "com.hk",
            "IDV.hk",
            "公司.香港",
            "个人.香港",
            "箇人.香港",
            "敎育.香港",
        ] {
            assert_eq!(broken(&hk, text), Some(("hk:R1e", 2306)), "{text}");
        }
        for text in ["www.my-shop.hk", "a.b.com.hk"] {
            assert_eq!(broken(&hk, text), Some(("hk:R1e", 2306)), "{text}");
        }
    }

    #[test]
    fn scripts_of_name_and_category_match() {
        let hk = hk("hk-v5.0");
        for text in [
            "my-shop.香港",
            "my-shop.公司.香港",
            "my-shop.公司.hk",
            "中文.com.hk",
            "中文.com.香港",
        ] {
            assert_eq!(broken(&hk, text), Some(("hk:R1f", 2306)), "{text}");
        }
        for text in [
            "my-shop.hk",
            "my-shop.com.hk",
            "中文.hk",
            "中文.公司.hk",
            "中文a.公司.香港",
        ] {
            assert_eq!(broken(&hk, text), None, "{text}");
        }
    }

    #[test]
    fn chinese_names_directly_below_hk_are_closed_today_only() {
        assert_eq!(broken(&hk("hk"), "中文.hk"), Some(("hk:R1g", 2306)));
        assert_eq!(broken(&hk("hk"), "中文.公司.hk"), None);
        assert_eq!(broken(&hk("hk-v5.0"), "中文.hk"), None);
    }

    #[test]
    fn case_makes_no_difference() {
        let hk = hk("hk");
        let lower = judge_with(&hk, "my-shop.com.hk", Consents::default());
        let upper = judge_with(&hk, "MY-Shop.Com.HK", Consents::default());
        assert_eq!(lower, upper);
        let a_label = judge_with(&hk, "XN--FIQ228C.香港", Consents::default());
        assert_eq!(a_label, judge_with(&hk, "中文.香港", Consents::default()));
    }

    #[test]
    fn explain_lists_every_rule_the_name_breaks_and_keeps() {
        let name = label::parse("bank-government.hk").unwrap();
        let findings = hk("hk").explain(&name, Consents::default());
        let verdict = |rule: &str| {
            let found = findings.iter().find(|finding| finding.rule.0 == rule);
            found.map(|finding| finding.verdict)
        };
        assert_eq!(verdict("hk:R6.5"), Some(Verdict::Refused));
        assert_eq!(verdict("hk:R6.6"), Some(Verdict::Refused));
        assert_eq!(verdict("hk:R4.2"), Some(Verdict::Met));
        assert_eq!(verdict("hk:R2.4"), Some(Verdict::Met));
        assert_eq!(verdict("hk:R4.4b"), None);
    }

    #[test]
    fn explain_names_the_shape_that_chinese_names_keep() {
        let name = label::parse("中文.公司.香港").unwrap();
        let findings = hk("hk").explain(&name, Consents::default());
        for rule in ["hk:R4.4a", "hk:R4.4b", "hk:R5.1d", "hk:R5.2"] {
            let found = findings.iter().find(|finding| finding.rule.0 == rule);
            assert_eq!(found.unwrap().verdict, Verdict::Met, "{rule}");
        }
    }

    #[test]
    fn explain_tells_what_waits_and_what_is_lifted() {
        let name = label::parse("government-x.gov.hk").unwrap();
        let findings = hk("hk").explain(&name, Consents::default());
        let last = findings.last().unwrap();
        assert_eq!((last.rule.0, last.verdict), ("hk:R2.9", Verdict::Waits));
        assert!(
            findings
                .iter()
                .any(|finding| finding.verdict == Verdict::Lifted)
        );
    }

    #[test]
    fn every_check_is_registered_once_with_its_code() {
        let mut seen = HashSet::new();
        for check in CHECKS {
            let entry = rules::entry(check.rule).unwrap();
            assert!(entry.codes.contains(&check.code), "{}", check.rule);
            assert!(!entry.proof.is_empty(), "{}", check.rule);
            assert!(
                check.short.len() <= 32 && seen.insert(check.rule.0),
                "{}",
                check.rule
            );
        }
    }
}
