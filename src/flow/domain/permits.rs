//! Permissions of a registrar for the categories in which not every registrar registers.

use crate::flow::Context;
use crate::model::{DomainName, Registrar, RegistrarId};
use crate::policy::{Policy, Violation};
use crate::store::{self, Assert, Key, Store, keys, read};

/// The permissions a registrar has, as far as names need them.
#[derive(Debug, Default)]
pub(super) struct Permits {
    /// Labels of the categories.
    categories: Vec<String>,
    /// The registrar's row and its version, where it was read.
    row: Option<(Key, u64)>,
}

impl Permits {
    /// Reads the permissions of a registrar; reads nothing when none of the names needs one.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn load<'n, S: Store>(
        registrar: &RegistrarId,
        mut names: impl Iterator<Item = &'n DomainName> + Send,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Self, store::Error> {
        if !names.any(|name| context.policy.restricted_category(name).is_some()) {
            return Ok(Self::default());
        }
        let key = keys::registrar(registrar);
        let found = read::<Registrar, S>(store, &key).await?;
        let permits = found.map(|(registrar, version)| Self {
            categories: registrar.categories,
            row: Some((key, version)),
        });
        Ok(permits.unwrap_or_default())
    }

    /// Judges whether the registrar may sponsor one of the names.
    ///
    /// # Errors
    /// When the name's category needs a permission that it does not have.
    pub(super) fn judge(&self, name: &DomainName, policy: &Policy) -> Result<(), Violation> {
        policy.may_sponsor(name, &self.categories)
    }

    /// Returns what holds as long as the permissions are those that were read.
    pub(super) fn unchanged(&self) -> Option<Assert> {
        let (key, version) = self.row.clone()?;
        Some(Assert::Version(key, version))
    }
}
