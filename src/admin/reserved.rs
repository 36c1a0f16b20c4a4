//! `reserved add`, `remove` and `list`: the registry's own list of reserved names (R 6.1).

use super::view::ReservedView;
use super::{Desk, Refusal, Reply};
use crate::policy::Policy;
use crate::store::{Assert, ChangeSet, CommitError, Key, Pages, Store, keys, record};

/// Rows written at once.
const PAGE: usize = 256;

impl<S: Store> Desk<S> {
    /// Reserves labels and names; what is reserved already stays so. Nothing is reserved when an entry is wrong.
    ///
    /// # Errors
    /// When an entry is no label and no name, or the rules know no such list, or the store fails.
    pub(super) async fn reserve(
        &self,
        entries: &[String],
        policy: &Policy,
    ) -> Result<Reply, Refusal> {
        let forms = forms(entries, policy)?;
        for page in forms.chunks(PAGE) {
            let mut change = ChangeSet::new(self.audit("reserved:add", &object(page)));
            for (form, written) in page {
                change.put(keys::reserved(form), record::encode(written)?);
            }
            self.commit(change).await?;
        }
        Ok(Reply::Reserved(forms.into_iter().map(view).collect()))
    }

    /// Reserves labels and names no more; nothing changes when one is not reserved.
    ///
    /// # Errors
    /// When an entry is not on the list, or the store fails.
    pub(super) async fn release(
        &self,
        entries: &[String],
        policy: &Policy,
    ) -> Result<Reply, Refusal> {
        let forms = forms(entries, policy)?;
        for (form, written) in &forms {
            if !self.store.contains(&keys::reserved(form)).await? {
                return Err(Refusal::Nothing("reserved name", written.clone()));
            }
        }
        for page in forms.chunks(PAGE) {
            let mut change = ChangeSet::new(self.audit("reserved:remove", &object(page)));
            for (form, _) in page {
                let key = keys::reserved(form);
                change.assert(Assert::Present(key.clone())).delete(key);
            }
            self.commit(change).await?;
        }
        Ok(Reply::Reserved(forms.into_iter().map(view).collect()))
    }

    async fn commit(&self, change: ChangeSet) -> Result<(), Refusal> {
        match self.store.commit(change).await {
            Ok(_) => Ok(()),
            Err(CommitError::Store(error)) => Err(error.into()),
            Err(CommitError::Conflict(_)) => {
                Err(Refusal::Contention("the list of reserved names".to_owned()))
            }
        }
    }
}

/// Lists the entries.
///
/// # Errors
/// When the store fails.
pub(super) async fn list<S: Store>(store: &S) -> Result<Reply, Refusal> {
    let prefix = Key::prefix(keys::RESERVED);
    let mut views = Vec::new();
    let mut pages = Pages::of(store, prefix);
    while let Some(page) = pages.next_page().await? {
        for (key, stored) in &page {
            let form = key.parts().pop().unwrap_or_default();
            views.push(view((form, record::decode(&stored.value)?)));
        }
    }
    Ok(Reply::Reserved(views))
}

/// Reads entries: their A-forms, each once, with how they are written.
fn forms(entries: &[String], policy: &Policy) -> Result<Vec<(String, String)>, Refusal> {
    let Some(hk) = policy.hk() else {
        let reason = "the rules in force have no such list";
        return Err(Refusal::Value(reason.to_owned()));
    };
    let mut forms: Vec<(String, String)> = Vec::new();
    for entry in entries {
        let form = hk.reserved_form(entry).map_err(|error| {
            Refusal::Value(format!(
                "{entry:?} is no label and no name of ours: {error}"
            ))
        })?;
        forms.push((form, entry.clone()));
    }
    forms.sort();
    forms.dedup_by(|one, other| one.0 == other.0);
    Ok(forms)
}

/// Returns what the audit trail calls some entries.
fn object(page: &[(String, String)]) -> String {
    match page {
        [(form, _)] => form.clone(),
        several => format!("{} names", several.len()),
    }
}

fn view((name, written): (String, String)) -> ReservedView {
    ReservedView {
        name,
        kind: "reserved".to_owned(),
        state: "in-force".to_owned(),
        written,
    }
}
