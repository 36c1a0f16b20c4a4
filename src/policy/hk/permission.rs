//! Categories in which only registrars with the registry's permission register: the Government's, by R 2.9.

use super::Hk;
use super::category::{Category, unicode};
use crate::base::code::Code;
use crate::model::DomainName;
use crate::policy::Violation;

impl Hk {
    /// Returns the categories that need a permission.
    pub fn restricted_categories(&self) -> &[Category] {
        &self.settings.restricted_categories
    }

    /// Returns the category of a name, where that needs a permission.
    pub fn restricted_category(&self, name: &DomainName) -> Option<Category> {
        let category = self.place(name).ok()?.category?;
        self.needs_permission(category).then_some(category)
    }

    /// Returns the category that needs a permission and is spelt so: its label in English or in Chinese, in any variant
    /// spelling, in U-form or A-form.
    pub fn find_restricted(&self, label: &str) -> Option<Category> {
        let label = label.to_ascii_lowercase();
        let category = self.categories.find(&unicode(&label), &self.table)?;
        self.needs_permission(category).then_some(category)
    }

    /// Judges whether a registrar with permissions for the categories of these English labels may sponsor a name.
    ///
    /// # Errors
    /// When its category needs a permission that is not among them (2201).
    pub fn may_sponsor(&self, name: &DomainName, permitted: &[String]) -> Result<(), Violation> {
        let Some(category) = self.restricted_category(name) else {
            return Ok(());
        };
        if permitted.iter().any(|label| label == category.english()) {
            return Ok(());
        }
        Err(Violation {
            rule: category.eligibility(),
            code: Code::Authorization,
            short: not_for_this_registrar(category),
            reason: format!(
                "a registrar needs the registry's permission for names of the category {}",
                category.english()
            ),
        })
    }

    fn needs_permission(&self, category: Category) -> bool {
        self.settings.restricted_categories.contains(&category)
    }
}

/// Returns what a check says, in 32 characters at most.
const fn not_for_this_registrar(category: Category) -> &'static str {
    match category {
        Category::Com => "Not for this registrar (hk:R2.6)",
        Category::Org => "Not for this registrar (hk:R2.7)",
        Category::Net => "Not for this registrar (hk:R2.8)",
        Category::Edu => "Not this registrar's (hk:R2.10)",
        Category::Gov => "Not for this registrar (hk:R2.9)",
        Category::Idv => "Not for this registrar (hk:R2.5)",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::hk::Table;
    use crate::policy::{Policy, Profile};

    fn hk(profile: &str) -> Hk {
        let settings = Profile::embedded(profile).unwrap().hk.unwrap();
        Hk::new(settings, Table::shipped())
    }

    fn name(text: &str) -> DomainName {
        DomainName::parse(&idna::domain_to_ascii(text).unwrap()).unwrap()
    }

    #[test]
    fn names_of_departments_need_a_permission_in_either_script_and_zone() {
        for profile in ["hk", "hk-v5.0"] {
            let hk = hk(profile);
            for text in ["lands.gov.hk", "地政總署.政府.hk", "地政总署.政府.香港"] {
                let refused = hk.may_sponsor(&name(text), &[]).unwrap_err();
                assert_eq!(refused.code, Code::Authorization, "{text}");
                assert_eq!(refused.short, "Not for this registrar (hk:R2.9)");
                assert!(refused.to_string().ends_with("(hk:R2.9)"), "{refused}");
                let others = ["edu".to_owned(), "com".to_owned()];
                assert!(hk.may_sponsor(&name(text), &others).is_err(), "{text}");
                let permitted = ["edu".to_owned(), "gov".to_owned()];
                assert_eq!(hk.may_sponsor(&name(text), &permitted), Ok(()), "{text}");
            }
            for text in ["lands.hk", "gov.hk", "lands.edu.hk", "地政.公司.hk", "a.b"] {
                assert_eq!(hk.may_sponsor(&name(text), &[]), Ok(()), "{text}");
            }
        }
    }

    #[test]
    fn every_spelling_of_a_restricted_category_is_found_and_no_other_label() {
        let hk = hk("hk");
        for label in ["gov", "GOV", "政府", "xn--mxtq1m", "XN--MXTQ1M"] {
            assert_eq!(hk.find_restricted(label), Some(Category::Gov), "{label}");
        }
        for label in ["edu", "公司", "gov.hk", "government", "", "政"] {
            assert_eq!(hk.find_restricted(label), None, "{label}");
        }
        let mut settings = Profile::embedded("hk").unwrap().hk.unwrap();
        settings.restricted_categories = vec![Category::Org];
        let hk = Hk::new(settings, Table::shipped());
        for label in ["org", "組織", "组织"] {
            assert_eq!(hk.find_restricted(label), Some(Category::Org), "{label}");
        }
        assert_eq!(hk.find_restricted("gov"), None);
    }

    #[test]
    fn reasons_of_a_check_name_the_rule_of_the_category_in_32_characters() {
        for category in Category::ALL {
            let short = not_for_this_registrar(category);
            assert!(short.len() <= 32, "{short}");
            let rule = format!("({})", category.eligibility());
            assert!(short.ends_with(&rule), "{short}");
        }
    }

    #[test]
    fn profile_names_no_category_that_there_is_not() {
        let text = include_str!("../profiles/hk.toml");
        let other = text.replace("[\"gov\"]", "[\"mil\"]");
        assert_ne!(other, text);
        let error = Profile::parse(&other).unwrap_err().to_string();
        assert!(error.contains("mil") && error.contains("idv"), "{error}");
        let none = text.replace("restricted-categories = [\"gov\"]", "");
        assert_ne!(none, text);
        let policy = Policy::new(Profile::parse(&none).unwrap());
        assert_eq!(policy.restricted_category(&name("lands.gov.hk")), None);
    }
}
