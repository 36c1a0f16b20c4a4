//! Who may register in which category, and by which documents it is shown (R 2).
//!
//! Nothing must be said: what is missing is asked for by the request for documents. What is said must be right.

use chrono::NaiveDate;

use super::category::{Category, Placed, Script, fold};
use super::consents::is_consent;
use super::settings::Settings;
use super::{Table, rules};
use crate::base::code::Code;
use crate::model::Applicant;
use crate::model::applicant::Party;
use crate::model::document::{Document, DocumentKind};
use crate::policy::Violation;
use crate::policy::violation::Rule;

use DocumentKind as Kind;

/// Returns the documents of which a category wants one.
pub(super) const fn proofs(category: Category) -> &'static [DocumentKind] {
    match category {
        Category::Com => &[Kind::BusinessRegistration, Kind::OverseasCompany],
        Category::Org => &[
            Kind::Ordinance,
            Kind::Incorporation,
            Kind::Society,
            Kind::OtherOrganisation,
        ],
        Category::Net => &[Kind::TelecommunicationsLicence],
        Category::Edu => &[Kind::School, Kind::OtherOrganisation],
        Category::Gov => &[Kind::Department],
        Category::Idv => &[Kind::IdentityCard, Kind::OtherPersonal],
    }
}

/// Judges what an applicant for a name says of itself on `today`, a day of Hong Kong.
///
/// # Errors
/// The rule that what is said breaks; that of the category also when none of the documents is one it wants.
pub(super) fn judge(
    placed: &Placed,
    applicant: &Applicant,
    today: NaiveDate,
    settings: &Settings,
    table: &Table,
) -> Result<(), Violation> {
    judge_registrant(placed, applicant, today, settings, table)?;
    let Some(category) = placed.category else {
        return Ok(());
    };
    let proofs = proofs(category);
    let of_registrant = || {
        applicant
            .documents
            .iter()
            .filter(|given| !is_consent(given))
    };
    let is_proof = |given: &Document| proofs.contains(&given.kind);
    if of_registrant().next().is_none() || of_registrant().any(is_proof) {
        return Ok(());
    }
    let codes: Vec<&str> = proofs.iter().map(|kind| kind.as_str()).collect();
    let reason = format!("one of the documents is of the kind {}", codes.join(" or "));
    refuse(category.eligibility(), reason)
}

/// Judges what is said of the registrant of a name on `today`, a day of Hong Kong, whatever its documents are for.
///
/// # Errors
/// The rule that what is said breaks.
pub(super) fn judge_registrant(
    placed: &Placed,
    applicant: &Applicant,
    today: NaiveDate,
    settings: &Settings,
    table: &Table,
) -> Result<(), Violation> {
    judge_age(applicant, today, settings)?;
    for document in &applicant.documents {
        judge_document(document, today)?;
    }
    let Some(category) = placed.category else {
        return Ok(());
    };
    let rule = category.eligibility();
    match (category, applicant.party) {
        (Category::Idv, Some(Party::Organisation)) => {
            refuse(rule, "names of this category are for persons".to_owned())
        }
        (
            Category::Com | Category::Org | Category::Net | Category::Edu | Category::Gov,
            Some(Party::Person),
        ) => refuse(
            rule,
            "names of this category are for organisations".to_owned(),
        ),
        (Category::Idv, Some(Party::Person))
        | (
            Category::Com | Category::Org | Category::Net | Category::Edu | Category::Gov,
            Some(Party::Organisation),
        )
        | (_, None) => judge_legal_name(placed, category, applicant, table),
    }
}

/// R 2.1, 2.2: nobody below the least age, and minors with a parent or guardian.
fn judge_age(
    applicant: &Applicant,
    today: NaiveDate,
    settings: &Settings,
) -> Result<(), Violation> {
    let minor = match applicant.born {
        None => applicant.adult == Some(false),
        Some(born) => {
            let Some(age) = today.years_since(born) else {
                return refuse(rules::AGE, "the day of birth is in the future".to_owned());
            };
            if age < settings.minimum_age {
                let reason = format!(
                    "registrants are at least {} years old",
                    settings.minimum_age
                );
                return refuse(rules::AGE, reason);
            }
            age < settings.adult_age
        }
    };
    if minor && applicant.guardian.is_none() {
        let reason = format!(
            "below the age of {} a parent or guardian registers beside the holder",
            settings.adult_age
        );
        return refuse(rules::MINOR, reason);
    }
    Ok(())
}

/// R 3.3: a document that says what it is and still counts.
fn judge_document(document: &Document, today: NaiveDate) -> Result<(), Violation> {
    let code = document.kind.as_str();
    if document.kind.needs_words() && document.words.is_none() {
        let reason = format!("a document of the kind {code} says in words what it is");
        return refuse(rules::DOCUMENTS, reason);
    }
    if document.expires.is_some_and(|last| last < today) {
        return refuse(rules::DOCUMENTS, format!("the document {code} has expired"));
    }
    Ok(())
}

/// R 2.5: a name below .個人 is the legal name that is told; variants are one name.
pub(super) fn judge_legal_name(
    placed: &Placed,
    category: Category,
    applicant: &Applicant,
    table: &Table,
) -> Result<(), Violation> {
    let documents = applicant.documents.iter();
    let on_documents = documents.filter_map(|given| given.chinese_name.as_deref());
    // A legal name without a Chinese character is another spelling, which shows nothing.
    let told = applicant
        .legal_name
        .as_deref()
        .filter(|name| !name.is_ascii());
    let mut names = on_documents.chain(told);
    match names.find(|name| !is_legal_name(placed, category, name, table)) {
        None => Ok(()),
        Some(name) => other_legal_name(name),
    }
}

/// R 2.5: a name below .個人 is the legal name on the documents, as people of the registry have read it.
pub(super) fn judge_verified_name(
    placed: &Placed,
    category: Category,
    verified: Option<&str>,
    table: &Table,
) -> Result<(), Violation> {
    match verified.filter(|name| !is_legal_name(placed, category, name, table)) {
        None => Ok(()),
        Some(name) => other_legal_name(name),
    }
}

/// Says whether a name may belong to whoever has this legal name.
fn is_legal_name(placed: &Placed, category: Category, legal: &str, table: &Table) -> bool {
    let of_persons = category == Category::Idv && placed.category_script == Script::Chinese;
    !of_persons || fold(table, &legal.trim().to_lowercase()) == fold(table, &placed.label)
}

fn other_legal_name(name: &str) -> Result<(), Violation> {
    refuse(
        rules::LEGAL_NAME,
        format!("the name is not {name}, the legal name on the document"),
    )
}

/// Returns the documents a name waits for, of each group one; none directly below the top.
pub(super) fn wanted(
    placed: &Placed,
    applicant: &Applicant,
    today: NaiveDate,
    settings: &Settings,
) -> Vec<Vec<DocumentKind>> {
    let Some(category) = placed.category else {
        return Vec::new();
    };
    let mut wanted = vec![proofs(category).to_vec()];
    let age = applicant.born.and_then(|born| today.years_since(born));
    let minor = match age {
        Some(age) => age < settings.adult_age,
        None => applicant.adult == Some(false),
    };
    if category == Category::Idv && minor {
        wanted.push(vec![Kind::Guardian]);
        wanted.push(vec![Kind::BirthCertificate]);
    }
    if applicant.is_branch {
        wanted.push(vec![Kind::ParentUndertaking]);
    }
    wanted
}

fn refuse(rule: Rule, reason: String) -> Result<(), Violation> {
    Err(Violation {
        rule,
        code: Code::ValuePolicy,
        short: "Not eligible",
        reason,
    })
}

#[cfg(test)]
mod tests {
    use super::super::label::parse;
    use super::super::tests::hk;
    use super::*;
    use crate::model::ContactId;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// Returns the rule that an applicant for `name` breaks on the first day of 2030.
    fn broken(name: &str, applicant: &Applicant) -> Option<&'static str> {
        let hk = hk("hk");
        let placed = hk.place(&parse(name).unwrap()).unwrap();
        let judged = judge(
            &placed,
            applicant,
            day("2030-01-01"),
            &hk.settings,
            &hk.table,
        );
        judged.err().map(|violation| {
            assert_eq!(violation.code, Code::ValuePolicy);
            violation.rule.0
        })
    }

    fn asked(name: &str, applicant: &Applicant) -> Vec<Vec<&'static str>> {
        let hk = hk("hk");
        let placed = hk.place(&parse(name).unwrap()).unwrap();
        let wanted = wanted(&placed, applicant, day("2030-01-01"), &hk.settings);
        let codes = wanted
            .iter()
            .map(|group| group.iter().map(|kind| kind.as_str()).collect());
        codes.collect()
    }

    fn parent() -> ContactId {
        ContactId::parse("parent-1").unwrap()
    }

    fn person(born: &str) -> Applicant {
        Applicant {
            party: Some(Party::Person),
            born: Some(day(born)),
            ..Applicant::default()
        }
    }

    fn document(kind: DocumentKind) -> Document {
        Document {
            kind,
            words: None,
            number: "A123456(3)".to_owned(),
            country: "HK".to_owned(),
            expires: None,
            chinese_name: None,
        }
    }

    #[test]
    fn nothing_must_be_said() {
        for name in [
            "my-shop.hk",
            "my-shop.com.hk",
            "chan.idv.hk",
            "好人.個人.香港",
        ] {
            assert_eq!(broken(name, &Applicant::default()), None, "{name}");
        }
    }

    #[test]
    fn ages_are_counted_to_the_day() {
        for (born, guardian, rule) in [
            ("2019-01-02", true, Some("hk:R2.2")),
            ("2019-01-01", true, None),
            ("2019-01-01", false, Some("hk:R2.1")),
            ("2012-01-02", false, Some("hk:R2.1")),
            ("2012-01-02", true, None),
            ("2012-01-01", false, None),
            ("2030-01-02", true, Some("hk:R2.2")),
        ] {
            let applicant = Applicant {
                guardian: guardian.then(parent),
                ..person(born)
            };
            for name in ["chan-tai.idv.hk", "chan-tai.hk"] {
                assert_eq!(broken(name, &applicant), rule, "{name} {born} {guardian}");
            }
        }
    }

    #[test]
    fn who_says_to_be_a_minor_has_a_guardian() {
        let minor = |has_guardian: bool| Applicant {
            adult: Some(false),
            guardian: has_guardian.then(parent),
            ..Applicant::default()
        };
        assert_eq!(broken("chan-tai.idv.hk", &minor(false)), Some("hk:R2.1"));
        assert_eq!(broken("chan-tai.idv.hk", &minor(true)), None);
        assert_eq!(asked("chan-tai.idv.hk", &minor(true)).len(), 3);
    }

    #[test]
    fn categories_are_for_persons_or_for_organisations() {
        let organisation = Applicant {
            party: Some(Party::Organisation),
            ..Applicant::default()
        };
        let person = person("1980-01-01");
        assert_eq!(broken("chan-tai.idv.hk", &organisation), Some("hk:R2.5"));
        for (name, rule) in [
            ("abc.com.hk", "hk:R2.6"),
            ("abc.org.hk", "hk:R2.7"),
            ("abc.net.hk", "hk:R2.8"),
            ("abc.gov.hk", "hk:R2.9"),
            ("abc.edu.hk", "hk:R2.10"),
        ] {
            assert_eq!(broken(name, &person), Some(rule), "{name}");
            assert_eq!(broken(name, &organisation), None, "{name}");
        }
        assert_eq!(broken("my-shop.hk", &person), None);
    }

    #[test]
    fn documents_that_are_given_fit_and_count() {
        let with = |document: Document| Applicant {
            documents: vec![document],
            ..Applicant::default()
        };
        assert_eq!(
            broken("abc.com.hk", &with(document(Kind::BusinessRegistration))),
            None
        );
        assert_eq!(
            broken("abc.com.hk", &with(document(Kind::OverseasCompany))),
            None
        );
        let school = with(document(Kind::School));
        assert_eq!(broken("abc.com.hk", &school), Some("hk:R2.6"));
        assert_eq!(broken("abc.hk", &school), None);
        assert_eq!(
            broken("abc.com.hk", &with(document(Kind::MonetaryConsent))),
            None
        );
        let mut expired = document(Kind::BusinessRegistration);
        expired.expires = Some(day("2029-12-31"));
        assert_eq!(
            broken("abc.com.hk", &with(expired.clone())),
            Some("hk:R3.3")
        );
        expired.expires = Some(day("2030-01-01"));
        assert_eq!(broken("abc.com.hk", &with(expired)), None);
        let mut other = document(Kind::OtherOrganisation);
        assert_eq!(broken("abc.org.hk", &with(other.clone())), Some("hk:R3.3"));
        other.words = Some("Charter".to_owned());
        assert_eq!(broken("abc.org.hk", &with(other)), None);
    }

    #[test]
    fn chinese_names_of_persons_are_their_legal_names() {
        let named = |name: &str| Applicant {
            documents: vec![Document {
                chinese_name: Some(name.to_owned()),
                ..document(Kind::IdentityCard)
            }],
            ..Applicant::default()
        };
        for (name, legal, rule) in [
            ("歐陽好.個人.香港", "歐陽好", None),
            ("欧阳好.个人.hk", "歐陽好", None),
            ("歐陽好.個人.香港", "歐陽", Some("hk:R2.5a")),
            ("歐陽好.香港", "歐陽", None),
            ("au-yeung-ho.idv.hk", "歐陽好", None),
        ] {
            assert_eq!(broken(name, &named(legal)), rule, "{name} {legal}");
            let told = Applicant {
                legal_name: Some(legal.to_owned()),
                ..Applicant::default()
            };
            assert_eq!(broken(name, &told), rule, "{name} {legal}");
        }
    }

    #[test]
    fn names_of_persons_are_approved_for_their_legal_names() {
        let hk = hk("hk");
        let told = |name: &str| Applicant {
            legal_name: Some(name.to_owned()),
            ..Applicant::default()
        };
        let nothing = Applicant::default();
        for (name, applicant, verified, approved) in [
            ("歐陽好.個人.香港", &nothing, None, true),
            ("歐陽好.個人.香港", &nothing, Some("欧阳好"), true),
            ("歐陽好.個人.香港", &nothing, Some("歐陽"), false),
            ("歐陽好.個人.香港", &nothing, Some("Au Yeung Ho"), false),
            ("好a.個人.香港", &nothing, Some("好A"), true),
            ("歐陽好.個人.香港", &told("歐陽"), Some("歐陽好"), false),
            ("歐陽好.個人.香港", &told("歐陽"), None, false),
            ("歐陽好.個人.香港", &told("Au Yeung Ho"), None, true),
            ("歐陽好.香港", &told("歐陽"), Some("好"), true),
            ("au-yeung-ho.idv.hk", &nothing, Some("歐陽好"), true),
        ] {
            let judged = hk.legal_name(&parse(name).unwrap(), applicant, verified);
            assert_eq!(judged.is_ok(), approved, "{name} {verified:?}");
        }
    }

    #[test]
    fn each_category_asks_for_its_documents() {
        let nothing = Applicant::default();
        assert_eq!(asked("my-shop.hk", &nothing), Vec::<Vec<&str>>::new());
        assert_eq!(asked("abc.com.hk", &nothing), [["BR", "CROC"]]);
        assert_eq!(asked("好商.公司.香港", &nothing), [["BR", "CROC"]]);
        assert_eq!(asked("abc.net.hk", &nothing), [["PNETS"]]);
        let branch = Applicant {
            is_branch: true,
            ..Applicant::default()
        };
        assert_eq!(
            asked("abc.com.hk", &branch),
            [vec!["BR", "CROC"], vec!["PARENT_UNDERTAKING"]]
        );
        assert_eq!(
            asked("chan-tai.idv.hk", &person("2015-01-01")),
            [vec!["HKID", "OTHIDV"], vec!["GUARDIAN"], vec!["BIRTHCERT"]]
        );
        assert_eq!(
            asked("chan-tai.idv.hk", &person("1990-01-01")),
            [["HKID", "OTHIDV"]]
        );
    }
}
