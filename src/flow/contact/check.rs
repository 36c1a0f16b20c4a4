//! `<contact:check>`: can contacts of these handles be created? (RFC 5733 section 3.1.1)

use crate::base::code::Code;
use crate::flow::{Context, Decision, Flow, Refusal, check};
use crate::protocol::{self, Availability, Data, Namespace};
use crate::store::{self, Store, keys};

/// The flow.
#[derive(Debug)]
pub struct Check<'a> {
    command: &'a protocol::contact::Check,
}

impl<'a> Check<'a> {
    /// Takes the command.
    pub fn new(command: &'a protocol::contact::Check) -> Self {
        Self { command }
    }
}

impl Flow for Check<'_> {
    const REFUSALS: &'static [Code] = &[Code::ValuePolicy];

    /// For each handle, whether it is taken.
    type Facts = Vec<bool>;

    async fn load<S: Store>(
        &self,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Vec<bool>, store::Error> {
        let keys = self.command.ids.iter().map(|id| Some(keys::contact(id)));
        check::existing(keys, context, store).await
    }

    fn decide(&self, context: &Context<'_>, taken: Vec<bool>) -> Result<Decision, Refusal> {
        let ids = &self.command.ids;
        check::judge_count(ids, context, |why, id| {
            Refusal::new(why, Namespace::Contact, "id", id)
        })?;
        let verdicts = ids
            .iter()
            .zip(taken)
            .map(|(id, taken)| Availability::new(id.to_string(), taken.then_some(check::IN_USE)));
        let data = protocol::contact::CheckData {
            ids: verdicts.collect(),
        };
        Ok(Decision::answer(Data::ContactCheck(data)))
    }
}
