//! F1: strict XML 1.0 in, canonical XML out; knows namespaces, not EPP's grammar.

mod build;
pub mod encoding;
pub mod error;
pub mod ns;
mod scope;
pub mod sequence;
mod tag;
pub mod tree;
mod wellformed;
pub mod writer;

pub use encoding::decode;
pub use error::Error;
pub use ns::Namespace;
pub use sequence::{Mismatch, Sequence};
pub use tree::{Attribute, Element, Tree};
pub use wellformed::is_blank;
pub use writer::Writer;
