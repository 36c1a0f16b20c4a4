//! `<poll>`: the oldest message of one's own queue, and the end of a message (RFC 5730 section 2.9.2.3).
//!
//! A message stays the first until it is acknowledged; any message of one's own queue may be acknowledged.

use crate::base::code::Code;
use crate::flow::refusal::Why;
use crate::flow::{Context, Decision, Flow, Refusal, message};
use crate::model::Message;
use crate::model::message::News;
use crate::protocol::poll::Poll as Command;
use crate::protocol::response::Queue;
use crate::protocol::{Data, Namespace, contact, domain};
use crate::store::{self, Assert, Store, Write, keys, record};

/// The flow.
#[derive(Debug)]
pub struct Poll<'a> {
    command: &'a Command,
}

/// The queue.
#[derive(Debug)]
pub struct Facts {
    /// Messages in it.
    count: u64,
    /// The message to show, or the one to end, with its identifier.
    message: Option<(u64, Message)>,
}

impl<'a> Poll<'a> {
    /// Takes the command.
    pub fn new(command: &'a Command) -> Self {
        Self { command }
    }

    /// Returns the identifier to acknowledge; one that is no number of ours is that of no message.
    fn asked(&self) -> Option<u64> {
        match self.command {
            Command::Request => None,
            Command::Acknowledge(id) => id.parse().ok(),
        }
    }
}

impl Flow for Poll<'_> {
    const REFUSALS: &'static [Code] = &[Code::DoesNotExist];

    type Facts = Facts;

    async fn load<S: Store>(
        &self,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Facts, store::Error> {
        let registrar = context.registrar;
        let message = match self.command {
            Command::Request => {
                let queue = keys::messages(registrar).children();
                let first = store.scan(&queue, None, 1).await?.pop();
                let first = first.and_then(|(key, stored)| Some((message::id(&key)?, stored)));
                first
                    .map(|(id, stored)| Ok::<_, store::Error>((id, record::decode(&stored.value)?)))
            }
            Command::Acknowledge(_) => match self.asked() {
                None => None,
                Some(id) => store::read(store, &message::key(registrar, id))
                    .await?
                    .map(|(message, _)| Ok((id, message))),
            },
        };
        let count = store.counter(&keys::message_count(registrar)).await?;
        Ok(Facts {
            count: count.max(0).unsigned_abs(),
            message: message.transpose()?,
        })
    }

    fn decide(&self, context: &Context<'_>, facts: Facts) -> Result<Decision, Refusal> {
        match self.command {
            Command::Request => Ok(show(facts)),
            Command::Acknowledge(text) => {
                let why = Why::DoesNotExist;
                let refuse = || Refusal::new(why, Namespace::Epp, "poll", text);
                let (id, _) = facts.message.ok_or_else(refuse)?;
                Ok(acknowledge(id, facts.count, context))
            }
        }
    }
}

/// Shows the first message.
fn show(facts: Facts) -> Decision {
    let Some((id, Message { queued, news })) = facts.message else {
        return Decision {
            code: Code::NoMessages,
            ..Decision::default()
        };
    };
    let (text, data) = tell(news);
    Decision {
        code: Code::AckToDequeue,
        queue: Some(Queue {
            count: facts.count,
            id,
            message: Some((queued, text)),
        }),
        data,
        ..Decision::default()
    }
}

/// Ends a message; the answer repeats its identifier, as the RFC's example does.
fn acknowledge(id: u64, count: u64, context: &Context<'_>) -> Decision {
    let registrar = context.registrar;
    let key = message::key(registrar, id);
    let counter = keys::message_count(registrar);
    let mut asserts = vec![Assert::Present(key.clone())];
    let mut writes = vec![Write::Delete(key), Write::Add(counter.clone(), -1)];
    if count > 1 {
        asserts.push(Assert::CounterAtLeast(counter, 2));
    } else {
        asserts.push(Assert::CounterEquals(counter, 1));
        writes.push(Write::Delete(keys::waiting(registrar)));
    }
    Decision {
        queue: (count > 1).then_some(Queue {
            count: count - 1,
            id,
            message: None,
        }),
        asserts,
        writes,
        ..Decision::default()
    }
}

/// Returns a message in words and as data.
fn tell(news: News) -> (String, Option<Data>) {
    match news {
        News::DomainTransfer {
            name,
            transfer,
            expires,
        } => {
            let text = format!("Transfer of {name}: {}", transfer.status.as_str());
            let data = domain::TransferData::new(&name, &transfer, expires);
            (text, Some(Data::DomainTransfer(data)))
        }
        News::ContactTransfer { id, transfer } => {
            let text = format!("Transfer of {id}: {}", transfer.status.as_str());
            let data = contact::TransferData::new(&id, &transfer);
            (text, Some(Data::ContactTransfer(data)))
        }
        News::Deletion { name, purged: true } => (format!("{name} is deleted"), None),
        News::Deletion {
            name,
            purged: false,
        } => (format!("{name} cannot be restored any more"), None),
    }
}
