//! `<contact:check>`: can contacts of these handles be created? (RFC 5733 section 3.1.1)

use crate::base::code::Code;
use crate::flow::refusal::Why;
use crate::flow::{Context, Decision, Flow, Refusal};
use crate::protocol::{self, Availability, Data};
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
        let mut taken = Vec::with_capacity(self.command.ids.len());
        if context.policy.check_count(self.command.ids.len()).is_err() {
            return Ok(taken);
        }
        for id in &self.command.ids {
            taken.push(store.contains(&keys::contact(id)).await?);
        }
        Ok(taken)
    }

    fn decide(&self, context: &Context<'_>, taken: Vec<bool>) -> Result<Decision, Refusal> {
        let ids = &self.command.ids;
        if let (Err(violation), Some(last)) = (context.policy.check_count(ids.len()), ids.last()) {
            return Err(super::blame(Why::Policy(violation), last));
        }
        let verdicts = ids
            .iter()
            .zip(taken)
            .map(|(id, taken)| Availability::new(id.to_string(), taken.then_some("In use")));
        let data = protocol::contact::CheckData {
            ids: verdicts.collect(),
        };
        Ok(Decision::answer(Data::ContactCheck(data)))
    }
}
