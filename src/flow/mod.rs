//! F4: one file per command. A flow parses, loads facts, decides purely, and commits once.
//!
//! ```text
//! typed command -> new: values of the model, or a refusal of their syntax
//!               -> load: facts with their versions from the store, no decisions
//!               -> decide: facts + context -> Decision | Refusal; no store, no clock, no randomness
//!               -> commit: every assertion holds and every write happens, or reload and decide again
//! ```

mod auth_info;
mod change;
mod check;
pub mod contact;
pub mod context;
mod dnssec;
pub mod domain;
pub mod extension;
pub mod host;
pub mod message;
pub mod poll;
pub mod refusal;
pub mod run;
pub mod select;

pub use context::{Context, Numbers, Services};
pub use refusal::Refusal;

use crate::base::code::Code;
use crate::protocol::response::Queue;
use crate::protocol::{Data, ext};
use crate::store::keys::Due;
use crate::store::{self, Assert, Store, Write};

/// A command's decision, split so that its heart is pure.
pub trait Flow: Send + Sync {
    /// Every result code this flow refuses with; a test proves that each is reached and no other is.
    const REFUSALS: &'static [Code];

    /// What the decision rests on.
    type Facts: Send;

    /// Returns the objects whose changes by time must be permanent before anything else is decided on them.
    fn settles(&self) -> Vec<Due> {
        Vec::new()
    }

    /// Reads the facts; decides nothing.
    ///
    /// # Errors
    /// When the store fails.
    fn load<S: Store>(
        &self,
        context: &Context<'_>,
        store: &S,
    ) -> impl Future<Output = Result<Self::Facts, store::Error>> + Send;

    /// Decides; pure.
    ///
    /// # Errors
    /// The refusal, before anything was changed.
    fn decide(&self, context: &Context<'_>, facts: Self::Facts) -> Result<Decision, Refusal>;
}

/// What a flow decided.
#[derive(Debug)]
pub struct Decision {
    /// Result code of the answer.
    pub code: Code,
    /// State of the queue, in answers to poll.
    pub queue: Option<Queue>,
    /// Object data of the answer.
    pub data: Option<Data>,
    /// Extensions of the answer, announced by the client or not.
    pub extensions: Vec<ext::Data>,
    /// What must still hold when the change is committed.
    pub asserts: Vec<Assert>,
    /// The change; empty for queries.
    pub writes: Vec<Write>,
}

impl Default for Decision {
    fn default() -> Self {
        Self {
            code: Code::Completed,
            queue: None,
            data: None,
            extensions: Vec::new(),
            asserts: Vec::new(),
            writes: Vec::new(),
        }
    }
}

impl Decision {
    /// Makes the decision of a query: an answer and no change.
    pub fn answer(data: Data) -> Self {
        Self {
            data: Some(data),
            ..Self::default()
        }
    }
}
