//! Decision points about names that have others beside them: variants of a package, partners, categories.

use super::Policy;
use super::hk;
use super::violation::{Rule, Violation};
use crate::base::code::Code;
use crate::model::package::Form;
use crate::model::{DomainName, Package, PackageKey};

impl Policy {
    /// Returns what a name shares with all its variants; `None` for one that has none.
    pub fn package_key(&self, name: &DomainName) -> Option<PackageKey> {
        self.hk.as_ref()?.package_key(name)
    }

    /// Returns the forms in which a name is used once it is registered; `None` for one that has no variants.
    pub fn package(&self, name: &DomainName) -> Option<Package> {
        self.hk.as_ref()?.package(name)
    }

    /// Says whether `form` is a form that the holder of a registered name may use it in.
    pub fn offers_form(&self, registered: &DomainName, form: &DomainName, kind: Form) -> bool {
        self.hk
            .as_ref()
            .is_some_and(|hk| hk.offers_form(registered, form, kind))
    }

    /// Judges whether two names may be held together, one in each script.
    ///
    /// # Errors
    /// The rule that keeps them apart.
    pub fn may_pair(&self, one: &DomainName, other: &DomainName) -> Result<(), Violation> {
        let paired = self
            .hk
            .as_ref()
            .is_some_and(|hk| hk.are_partners(one, other));
        if paired {
            return Ok(());
        }
        Err(Violation {
            rule: Rule("name:partner"),
            code: Code::ValuePolicy,
            short: "No partner",
            reason: "only a name in each script, of the same category, is held together".to_owned(),
        })
    }

    /// Returns the label of a name's category; `None` directly below a zone, and where there are none.
    pub fn category(&self, name: &DomainName) -> Option<&'static str> {
        let placed = self.hk.as_ref()?.place(name).ok()?;
        placed.category.map(hk::Category::english)
    }

    /// Returns the labels of the categories in which only registrars with a permission register.
    pub fn restricted_categories(&self) -> Vec<&'static str> {
        let restricted = self.hk.as_ref().map(hk::Hk::restricted_categories);
        let labels = restricted.into_iter().flatten();
        labels.map(|category| category.english()).collect()
    }

    /// Returns the label of a name's category, where that is one of them.
    pub fn restricted_category(&self, name: &DomainName) -> Option<&'static str> {
        let category = self.hk.as_ref()?.restricted_category(name)?;
        Some(category.english())
    }

    /// Returns the label of that of them which is spelt so, in either script and form.
    pub fn find_restricted(&self, spelt: &str) -> Option<&'static str> {
        let category = self.hk.as_ref()?.find_restricted(spelt)?;
        Some(category.english())
    }

    /// Judges whether a registrar with permissions for these categories may sponsor a name.
    ///
    /// # Errors
    /// When the name's category needs a permission that is not among them (2201).
    pub fn may_sponsor(&self, name: &DomainName, permitted: &[String]) -> Result<(), Violation> {
        match &self.hk {
            Some(hk) => hk.may_sponsor(name, permitted),
            None => Ok(()),
        }
    }

    /// Returns the spelling under which a name is registered.
    pub fn canonical(&self, name: &DomainName) -> DomainName {
        let placed = self.hk.as_ref().and_then(|hk| hk.place(name).ok());
        placed.map_or_else(|| name.clone(), |placed| placed.name)
    }

    /// Returns the name of the domain that a host below one of our zones is subordinate to, or that a name is.
    pub fn superordinate(&self, host: &DomainName) -> Option<DomainName> {
        if let Some(hk) = &self.hk {
            return hk.superordinate(host);
        }
        let zone = self.zone_of(host)?;
        host.last(zone.name.split('.').count() + 1)
    }

    /// Returns the version of the variant table, where the profile has one.
    pub fn variant_table(&self) -> Option<&str> {
        Some(self.hk.as_ref()?.table().version())
    }

    /// Returns the language tag of the variant table, by which clients name it.
    pub fn table_language(&self) -> Option<&'static str> {
        self.hk.as_ref().map(|_| hk::LANGUAGE)
    }

    /// Says whether names can be held together in pairs.
    pub fn pairs(&self) -> bool {
        self.hk.is_some()
    }
}
