//! The rules in force: a profile's, with the names the registry itself reserves.

use std::sync::Arc;

use super::service::Service;
use crate::policy::Policy;
use crate::store::{Error, Key, Pages, Store, keys};

impl<S: Store> Service<S> {
    /// Puts other rules in force; commands under way end under the old ones.
    ///
    /// # Errors
    /// When the registry's own list of reserved names cannot be read.
    pub async fn replace_policy(&self, policy: Policy) -> Result<(), Error> {
        let _replacing = self.shared.replacing.lock().await;
        self.put_in_force(policy).await
    }

    /// Puts the registry's own list of reserved names in force as it stands in the store.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn reserve(&self) -> Result<(), Error> {
        let _replacing = self.shared.replacing.lock().await;
        let policy = self.policy();
        self.put_in_force(Policy::clone(&policy)).await
    }

    async fn put_in_force(&self, policy: Policy) -> Result<(), Error> {
        let entries = own_list(&self.shared.store).await?;
        // What is no name any more reserves nothing; the rest must not suffer for it.
        let sound = entries.iter().filter(|entry| {
            let hk = policy.hk();
            hk.is_some_and(|hk| hk.reserved_form(entry).is_ok())
        });
        let sound: Vec<&str> = sound.map(String::as_str).collect();
        let reserving = policy.clone().reserving(sound);
        self.shared
            .policy
            .store(Arc::new(reserving.unwrap_or(policy)));
        Ok(())
    }
}

/// Reads the entries of the registry's own list.
async fn own_list<S: Store>(store: &S) -> Result<Vec<String>, Error> {
    let prefix = Key::prefix(keys::RESERVED);
    let mut entries = Vec::new();
    let mut pages = Pages::of(store, prefix);
    while let Some(page) = pages.next_page().await? {
        entries.extend(page.iter().filter_map(|(key, _)| key.parts().pop()));
    }
    Ok(entries)
}
