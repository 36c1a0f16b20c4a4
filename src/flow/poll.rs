//! `<poll>`: the oldest message of one's own queue, and the end of a message (RFC 5730 section 2.9.2.3).
//!
//! A message stays the first until it is acknowledged; any message of one's own queue may be acknowledged.

use crate::base::code::Code;
use crate::flow::domain::info::show as show_domain;
use crate::flow::refusal::Why;
use crate::flow::{Context, Decision, Flow, Refusal, message};
use crate::model::change::OperationKind;
use crate::model::message::{News, Object, Snapshot};
use crate::model::{Change, Message};
use crate::protocol::ext::change_poll::ChangeData;
use crate::protocol::poll::Poll as Command;
use crate::protocol::response::Queue;
use crate::protocol::{Data, Namespace, PendingData, contact, domain, ext};
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
            Command::Request => Ok(show(facts, context)),
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
fn show(facts: Facts, context: &Context<'_>) -> Decision {
    let Some((id, Message { queued, news })) = facts.message else {
        return Decision {
            code: Code::NoMessages,
            ..Decision::default()
        };
    };
    let Told {
        text,
        data,
        extensions,
    } = tell(news, context);
    Decision {
        code: Code::AckToDequeue,
        queue: Some(Queue {
            count: facts.count,
            id,
            message: Some((queued, text)),
        }),
        data,
        extensions,
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
        queue: (count > 1).then(|| Queue {
            count: count - 1,
            id,
            message: None,
        }),
        asserts,
        writes,
        ..Decision::default()
    }
}

/// A message in words and as data.
#[derive(Default)]
struct Told {
    text: String,
    data: Option<Data>,
    extensions: Vec<ext::Data>,
}

/// Returns a message in words and as data.
fn tell(news: News, context: &Context<'_>) -> Told {
    let (text, data) = match news {
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
        News::DomainChange { snapshot, change } => return tell_change(*snapshot, change, context),
        News::Pending {
            object,
            completed,
            client_transaction,
            server_transaction,
            ended,
        } => {
            let (namespace, object) = named(object);
            let end = if completed { "completed" } else { "rejected" };
            let text = format!("Pending action on {object}: {end}");
            let data = PendingData {
                namespace,
                object,
                result: completed,
                client_transaction,
                server_transaction,
                date: ended,
            };
            (text, Some(Data::Pending(data)))
        }
    };
    Told {
        text,
        data,
        extensions: Vec::new(),
    }
}

/// Tells a change, and shows the domain as its sponsor saw it then.
fn tell_change(snapshot: Snapshot, change: Change, context: &Context<'_>) -> Told {
    let mut text = format!(
        "{} was {}",
        snapshot.domain.name,
        done(change.operation.kind)
    );
    if let Some(reason) = &change.reason {
        text = format!("{text}: {reason}");
    }
    let (data, shown) = show_domain(snapshot, change.date, context);
    let change = Change {
        reason: change.reason.as_deref().map(message::shorten),
        ..change
    };
    let mut extensions = vec![ext::Data::ChangePoll(ChangeData::new(change))];
    extensions.extend(shown);
    Told {
        text,
        data: Some(Data::DomainInfo(Box::new(data))),
        extensions,
    }
}

/// Returns what an operation did to an object, in a word.
fn done(operation: OperationKind) -> &'static str {
    match operation {
        OperationKind::Create => "created",
        OperationKind::Delete | OperationKind::AutoDelete | OperationKind::AutoPurge => "deleted",
        OperationKind::Renew | OperationKind::AutoRenew => "renewed",
        OperationKind::Transfer => "transferred",
        OperationKind::Update => "updated",
        OperationKind::Restore => "restored",
        OperationKind::Custom => "changed",
    }
}

/// Returns the mapping of an object and its name.
fn named(object: Object) -> (Namespace, String) {
    match object {
        Object::Domain(name) => (Namespace::Domain, name.to_string()),
        Object::Contact(id) => (Namespace::Contact, id.to_string()),
        Object::Host(name) => (Namespace::Host, name.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::message::Cause;
    use crate::flow::{Numbers, Services, extension, run};
    use crate::model::change::{Case, CaseKind, Operation, State};
    use crate::model::domain::sample;
    use crate::model::{ContactId, Domain, DomainName, RegistrarId, Transfer, TransferStatus};
    use crate::policy::{Policy, Profile};
    use crate::protocol::Response;
    use crate::protocol::response::Unhandled;
    use crate::store::{Audit, ChangeSet, Memory};
    use crate::xml::Tree;

    fn registrar(id: &str) -> RegistrarId {
        RegistrarId::parse(id).unwrap()
    }

    fn domain_name() -> DomainName {
        DomainName::parse("shop.example").unwrap()
    }

    fn audit() -> Audit {
        Audit {
            at: "2027-06-01T00:00:00Z".parse().unwrap(),
            server_transaction: "SV-1".to_owned(),
            client_transaction: None,
            actor: "server".to_owned(),
            command: "poll".to_owned(),
            object: String::new(),
        }
    }

    /// A registry in which messages are told and read.
    struct Desk {
        store: Memory,
        policy: Policy,
        number: std::sync::atomic::AtomicU64,
    }

    impl Desk {
        fn new() -> Self {
            Self {
                store: Memory::new(),
                policy: Policy::new(Profile::embedded("plain").unwrap()),
                number: 1.into(),
            }
        }

        /// Does something as `registrar`.
        async fn act<T>(&self, registrar: &str, act: impl AsyncFnOnce(&Context<'_>) -> T) -> T {
            let numbers = || {
                self.number
                    .fetch_add(1, std::sync::atomic::Ordering::Relaxed)
            };
            let context = Context {
                now: audit().at,
                registrar: &self::registrar(registrar),
                policy: &self.policy,
                numbers: Numbers(&numbers),
                transaction: "SV-1",
                salt: [0; 16],
            };
            act(&context).await
        }

        async fn commit(&self, writes: impl IntoIterator<Item = Write>) {
            let mut change = ChangeSet::new(audit());
            change.writes.extend(writes);
            self.store.commit(change).await.unwrap();
        }

        async fn tell(&self, news: News) {
            let tell =
                async |context: &Context<'_>| message::tell(context.registrar, news, context);
            let writes = self.act("registrar-a", tell).await.unwrap();
            self.commit(writes).await;
        }

        async fn poll(&self, registrar: &str, command: Command) -> Decision {
            let poll = async |context: &Context<'_>| {
                run::run(&Poll::new(&command), context, &self.store, audit).await
            };
            self.act(registrar, poll).await.unwrap()
        }

        async fn read(&self, registrar: &str) -> Decision {
            self.poll(registrar, Command::Request).await
        }

        /// Ends the first message of a queue.
        async fn end(&self, registrar: &str) {
            let id = self.read(registrar).await.queue.unwrap().id;
            let command = Command::Acknowledge(id.to_string());
            assert_eq!(self.poll(registrar, command).await.code, Code::Completed);
        }
    }

    fn text(decision: &Decision) -> &str {
        let message = decision.queue.as_ref().unwrap().message.as_ref();
        &message.unwrap().1
    }

    #[tokio::test]
    async fn request_shows_how_a_pending_action_on_each_object_ended() {
        let id = ContactId::parse("chan-1").unwrap();
        let host = DomainName::parse("ns1.shop.example").unwrap();
        for (object, namespace, shown) in [
            (
                Object::Domain(domain_name()),
                Namespace::Domain,
                "shop.example",
            ),
            (Object::Contact(id), Namespace::Contact, "chan-1"),
            (Object::Host(host), Namespace::Host, "ns1.shop.example"),
        ] {
            for (completed, end) in [(true, "completed"), (false, "rejected")] {
                let desk = Desk::new();
                let ended = "2027-05-20T00:00:00Z".parse().unwrap();
                desk.tell(News::Pending {
                    object: object.clone(),
                    completed,
                    client_transaction: Some("ABC-12345".to_owned()),
                    server_transaction: "SV-7".to_owned(),
                    ended,
                })
                .await;
                let decision = desk.read("registrar-a").await;
                assert_eq!(decision.code, Code::AckToDequeue);
                let words = format!("Pending action on {shown}: {end}");
                assert_eq!(text(&decision), words);
                let data = PendingData {
                    namespace,
                    object: shown.to_owned(),
                    result: completed,
                    client_transaction: Some("ABC-12345".to_owned()),
                    server_transaction: "SV-7".to_owned(),
                    date: ended,
                };
                assert_eq!(decision.data, Some(Data::Pending(data)));
                desk.end("registrar-a").await;
                assert_eq!(desk.read("registrar-a").await.code, Code::NoMessages);
            }
        }
    }

    fn snapshot(sponsor: &str) -> Snapshot {
        let domain = Domain {
            sponsor: registrar(sponsor),
            ..sample(domain_name().as_str())
        };
        let name_servers = vec![DomainName::parse("ns.provider.test").unwrap()];
        Snapshot {
            domain,
            name_servers,
        }
    }

    /// Takes what a message shows of a domain, and of what was done to it.
    fn shown(decision: Decision) -> (domain::InfoData, Change) {
        match (decision.data, decision.extensions.into_iter().next()) {
            (Some(Data::DomainInfo(domain)), Some(ext::Data::ChangePoll(data))) => {
                (*domain, data.change)
            }
            other => panic!("{other:?}"),
        }
    }

    /// Tells a transfer made by the registry in the case `HCA 1/2027`.
    async fn tell_forced_transfer(desk: &Desk, before: &Snapshot, after: &Snapshot) {
        let cause = Cause {
            operation: Operation {
                kind: OperationKind::Transfer,
                detail: Some("approve".to_owned()),
            },
            date: audit().at,
            who: "Registry",
            case: Some(Case {
                kind: CaseKind::Custom,
                name: Some("court".to_owned()),
                id: "HCA 1/2027".to_owned(),
            }),
            reason: Some("By order of the High Court of Hong Kong"),
        };
        let tell = async |context: &Context<'_>| {
            message::tell_change(Some(before), Some(after), &cause, context)
        };
        let writes = desk.act("registrar-c", tell).await.unwrap();
        desk.commit(writes).await;
    }

    #[tokio::test]
    async fn change_is_told_before_first_with_its_case_and_a_reason_that_fits_the_data() {
        let desk = Desk::new();
        let before = snapshot("registrar-a");
        let mut after = before.clone();
        after.domain.expires = "2029-03-01T00:00:00Z".parse().unwrap();
        tell_forced_transfer(&desk, &before, &after).await;
        for (state, told) in [(State::Before, &before), (State::After, &after)] {
            let decision = desk.read("registrar-a").await;
            let (reason, whole) = (
                "By order of the High Court of Ho",
                "By order of the High Court of Hong Kong",
            );
            assert_eq!(
                text(&decision),
                format!("shop.example was transferred: {whole}")
            );
            let (domain, change) = shown(decision);
            assert_eq!(domain.expires, Some(told.domain.expires));
            assert_eq!(domain.name_servers, ["ns.provider.test"]);
            assert_eq!(change.state, state);
            assert_eq!(change.transaction, "SV-1");
            assert_eq!(change.case.unwrap().id, "HCA 1/2027");
            assert_eq!(change.reason.as_deref(), Some(reason));
            desk.end("registrar-a").await;
        }
        assert_eq!(desk.read("registrar-a").await.code, Code::NoMessages);
    }

    #[tokio::test]
    async fn change_of_the_sponsor_shows_each_its_own_state_only() {
        let desk = Desk::new();
        let (before, after) = (snapshot("registrar-a"), snapshot("registrar-b"));
        tell_forced_transfer(&desk, &before, &after).await;
        for (id, state) in [
            ("registrar-a", State::Before),
            ("registrar-b", State::After),
        ] {
            let decision = desk.read(id).await;
            assert_eq!(decision.queue.as_ref().unwrap().count, 1);
            let (domain, change) = shown(decision);
            assert_eq!((domain.sponsor, change.state), (registrar(id), state));
        }
        assert_eq!(desk.read("registrar-c").await.code, Code::NoMessages);
    }

    #[tokio::test]
    async fn contact_transfer_is_owed_to_a_session_that_did_not_name_contacts() {
        let desk = Desk::new();
        desk.tell(News::ContactTransfer {
            id: ContactId::parse("chan-1").unwrap(),
            transfer: Transfer {
                status: TransferStatus::Pending,
                requester: registrar("registrar-b"),
                requested: audit().at,
                actor: registrar("registrar-a"),
                act_by: audit().at,
                period: None,
            },
        })
        .await;
        for (services, owed) in [(Namespace::Domain, true), (Namespace::Contact, false)] {
            let decision = desk.read("registrar-a").await;
            let mut response = Response::new(decision.code, "SV-2".to_owned());
            response.queue = decision.queue;
            let services = Services::new(vec![services]);
            extension::place(&mut response, decision.data, decision.extensions, &services);
            let handled = matches!(response.data, Some(Data::ContactTransfer(_)));
            let unhandled = matches!(
                response.unhandled[..],
                [Unhandled::Object(Data::ContactTransfer(_))]
            );
            assert_eq!((handled, unhandled), (!owed, owed));
            let text = String::from_utf8(response.encode(Vec::new())).unwrap();
            let reason = "urn:ietf:params:xml:ns:contact-1.0 not in login services";
            assert_eq!(text.contains(reason), owed, "{text}");
            assert!(text.contains("code=\"1301\""), "{text}");
            let tree = Tree::parse(&text).unwrap();
            assert_eq!(Response::decode(&tree), Ok(response));
        }
    }
}
