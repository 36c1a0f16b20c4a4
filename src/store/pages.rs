//! Long lists, page by page: commits wait while a page is read, so none is long.

use super::{Error, Key, Store, Stored};

/// Values read at once.
const PAGE: usize = 256;

/// The values whose keys start with a prefix, in key order.
#[derive(Debug)]
pub struct Pages<'a, S> {
    store: &'a S,
    prefix: Vec<u8>,
    after: Option<Key>,
}

impl<'a, S: Store> Pages<'a, S> {
    /// Begins with the first key.
    pub fn of(store: &'a S, prefix: Vec<u8>) -> Self {
        Self::after(store, prefix, None)
    }

    /// Begins behind `after`.
    pub fn after(store: &'a S, prefix: Vec<u8>, after: Option<Key>) -> Self {
        Self {
            store,
            prefix,
            after,
        }
    }

    /// Reads the next page, which is never empty; `None` when there is none. Two pages may show two moments.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn next_page(&mut self) -> Result<Option<Vec<(Key, Stored)>>, Error> {
        let after = self.after.as_ref();
        let page = self.store.scan(&self.prefix, after, PAGE).await?;
        let Some((last, _)) = page.last() else {
            return Ok(None);
        };
        self.after = Some(last.clone());
        Ok(Some(page))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Audit, ChangeSet, Memory};

    #[tokio::test]
    async fn pages_hold_every_value_once_in_the_order_of_keys() {
        let store = Memory::default();
        let key = |number: usize| Key::new("word", &[&format!("{number:03}")]);
        let mut change = ChangeSet::new(Audit {
            at: "2030-01-01T00:00:00Z".parse().unwrap(),
            server_transaction: "SV-1".to_owned(),
            client_transaction: None,
            actor: "operator".to_owned(),
            command: "word:add".to_owned(),
            object: "words".to_owned(),
        });
        for number in 0..2 * PAGE + 1 {
            change.put(key(number), Vec::new());
        }
        store.commit(change).await.unwrap();
        let mut pages = Pages::after(&store, Key::prefix("word"), Some(key(0)));
        let (mut lengths, mut keys) = (Vec::new(), Vec::new());
        while let Some(page) = pages.next_page().await.unwrap() {
            lengths.push(page.len());
            keys.extend(page.into_iter().map(|(key, _)| key));
        }
        assert_eq!(lengths, [PAGE, PAGE]);
        assert!(keys.into_iter().eq((1..2 * PAGE + 1).map(key)));
        let mut none = Pages::of(&store, Key::prefix("other"));
        assert!(none.next_page().await.unwrap().is_none());
    }
}
