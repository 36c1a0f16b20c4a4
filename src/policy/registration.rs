//! How a create or a change of registrant is answered: at once, or when documents have been approved.

use crate::model::document::DocumentKind;

use super::violation::Rule;

/// How a name comes to its registrant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Registration {
    /// At once.
    AtOnce,
    /// When people of the registry have approved documents, or have looked at the name.
    Documents(Wanted),
}

/// What an application waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Documents: of each group one.
    pub documents: Vec<Vec<DocumentKind>>,
    /// Rules whose verdict is up to people.
    pub review: Vec<Rule>,
    /// Days until it is refused.
    pub days: u32,
}
