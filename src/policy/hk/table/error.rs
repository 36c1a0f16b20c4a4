//! Why a variant table cannot be used.

/// A line of a table and what is wrong there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {fault}")]
pub struct TableError {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub fault: Fault,
}

/// What may be wrong with a table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The content tells no format.
    #[error(
        "neither an RFC 3743 table, nor RFC 7940 label generation rules, nor rows separated by tabs"
    )]
    Format,
    /// It has no row.
    #[error("the table is empty")]
    Empty,
    /// The format does not allow it.
    #[error("{0}")]
    Syntax(&'static str),
    /// Not well-formed XML, in the reader's words.
    #[error("not well-formed XML: {0}")]
    Xml(String),
    /// IDNA allows no label to hold the character, or only another in its place (RFC 5892).
    #[error("no label may hold {}", point(*.0))]
    Disallowed(char),
    /// The character has a row already.
    #[error("{} has a row already", point(*.0))]
    Repeated(char),
    /// A letter, digit or hyphen of ASCII has variants.
    #[error("{} is ASCII and has variants", point(*.0))]
    Ascii(char),
    /// The first character prefers the second, which is not in its set.
    #[error("{} prefers {}, which is none of its variants", point(*.0), point(*.1))]
    Preferred(char, char),
    /// The first character has the second for a variant, which has no row.
    #[error("{} has the variant {}, which has no row", point(*.0), point(*.1))]
    Missing(char, char),
    /// The first character has the second for a variant, but their sets differ: not symmetric or not transitive.
    #[error("{} has the variant {}, whose variants are others", point(*.0), point(*.1))]
    Unequal(char, char),
}

impl Fault {
    /// Places it.
    pub(super) fn at(self, line: usize) -> TableError {
        TableError { line, fault: self }
    }
}

fn point(character: char) -> String {
    format!("U+{:04X}", u32::from(character))
}
