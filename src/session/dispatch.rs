//! One document in, one answer out: admission by the session's state, then the command's flow.

use std::time::Instant;

use super::conversation::{After, Conversation, Peer};
use super::login::{self, Login};
use super::service::{Place, Service, Shared};
use crate::base::code::Code;
use crate::base::metrics::CommandFigures;
use crate::flow::refusal::Why;
use crate::flow::run::Failure;
use crate::flow::{Context, Decision, Numbers, Refusal, Services, extension, message, select};
use crate::model::RegistrarId;
use crate::policy::profile::OPTIONAL;
use crate::protocol::command::client_transaction;
use crate::protocol::response::Fault;
use crate::protocol::{self, Command, Message, Namespace, Request, Response, Shown};
use crate::store::{Audit, Store};
use crate::xml::{self, Tree};

/// One client's session.
pub struct Session<S> {
    service: Service<S>,
    peer: Peer,
    state: State,
    /// Figures of the last kind of answer.
    figures: Option<CommandFigures>,
}

/// Where the session stands; what is true in one state only is owned by it.
enum State {
    /// Not logged in yet.
    Waiting {
        /// Logins that failed on this connection.
        failures: u32,
    },
    /// Logged in.
    LoggedIn(LoggedIn),
    /// Over; the connection is about to close.
    Closed,
}

/// What a login established.
pub(super) struct LoggedIn {
    pub(super) registrar: RegistrarId,
    pub(super) services: Services,
    /// Held for as long as the session lasts.
    pub(super) _place: Place,
}

impl<S: Store> Session<S> {
    pub(super) fn new(service: Service<S>, peer: Peer) -> Self {
        Self {
            service,
            peer,
            state: State::Waiting { failures: 0 },
            figures: None,
        }
    }

    fn shared(&self) -> &Shared<S> {
        &self.service.shared
    }

    fn response(&self, code: Code) -> Response {
        Response::new(code, self.shared().transactions.next())
    }

    fn refuse(&self, code: Code, element: Option<Shown>, reason: String) -> Response {
        let element = element.unwrap_or_else(|| Shown::new(Namespace::Epp, "epp", ""));
        Response {
            fault: Some(Fault { element, reason }),
            ..self.response(code)
        }
    }

    /// Answers one document, and says what it was; `None` asks for the greeting.
    async fn answer(&mut self, document: &[u8]) -> (&'static str, Option<Response>) {
        const UNKNOWN: &str = "unknown";
        let text = match xml::decode(document) {
            Ok(text) => text,
            Err(error) => {
                let response = self.refuse(Code::Syntax, None, error.to_string());
                return (UNKNOWN, Some(response));
            }
        };
        let request = {
            let tree = match Tree::parse(&text) {
                Ok(tree) => tree,
                Err(error) => {
                    let response = self.refuse(Code::Syntax, None, error.to_string());
                    return (UNKNOWN, Some(response));
                }
            };
            match Message::decode(&tree) {
                Ok(Message::Hello) => return ("hello", None),
                Ok(Message::Request(request)) => request,
                Err(protocol::Error {
                    code,
                    element,
                    reason,
                }) => {
                    let mut response = match element {
                        Some(element) if code == Code::Syntax && self.is_unannounced(&element) => {
                            let reason = "the greeting lists the extensions of this server";
                            let code = Code::UnimplementedExtension;
                            self.refuse(code, Some(element), reason.to_owned())
                        }
                        element => self.refuse(code, element, reason),
                    };
                    response.client_transaction = client_transaction(&tree);
                    return (UNKNOWN, Some(response));
                }
            }
        };
        let mut response = self.admit(&request).await;
        response.client_transaction = request.client_transaction;
        (request.command.name(), Some(response))
    }

    /// Says whether an element is of an extension that the rules in force do not announce: to clients, an unknown one.
    fn is_unannounced(&self, element: &Shown) -> bool {
        let policy = self.shared().policy.load();
        let mut optional = OPTIONAL.iter();
        optional.any(|known| known.uri() == element.uri && !policy.announces(*known))
    }

    /// Lets a command through where the session's state allows it.
    async fn admit(&mut self, request: &Request) -> Response {
        match (&self.state, &request.command) {
            (State::Waiting { .. }, Command::Login(command)) => self.login(command, request).await,
            (State::Waiting { .. } | State::Closed, _) => {
                self.misplaced(&request.command, "log in first")
            }
            (State::LoggedIn(_), Command::Login(_)) => {
                self.misplaced(&request.command, "this session is logged in already")
            }
            (State::LoggedIn(_), Command::Logout) => {
                self.state = State::Closed;
                self.response(Code::EndingSession)
            }
            (State::LoggedIn(session), _) => self.perform(session, request).await,
        }
    }

    /// Refuses a command that does not fit the session's state.
    fn misplaced(&self, command: &Command, reason: &str) -> Response {
        let namespace = command.object().unwrap_or(Namespace::Epp);
        let element = Shown::new(namespace, command.verb(), "");
        self.refuse(Code::Use, Some(element), reason.to_owned())
    }

    async fn login(&mut self, command: &protocol::login::Login, request: &Request) -> Response {
        let login = Login {
            command,
            request,
            peer: &self.peer,
        };
        let mut response = self.response(Code::Completed);
        match login
            .perform(self.shared(), &response.server_transaction)
            .await
        {
            Ok((session, events)) => {
                extension::place(&mut response, None, events, &session.services);
                self.state = State::LoggedIn(session);
            }
            Err(login::Failure::Refused(refusal)) => {
                response.code = refusal.code();
                response.fault = Some(refusal.into_fault());
            }
            Err(login::Failure::Credentials) => response.code = self.count_failure(command),
            Err(login::Failure::Exhausted) => response.code = Code::AuthenticationClosing,
            Err(login::Failure::Sessions) => response.code = Code::SessionLimit,
            Err(login::Failure::Internal) => response.code = Code::Failed,
        }
        if response.code.closes() {
            self.state = State::Closed;
        }
        response
    }

    /// Counts a login failure; the last one the connection is allowed closes it.
    fn count_failure(&mut self, command: &protocol::login::Login) -> Code {
        let shared = &self.service.shared;
        shared.metrics.login_failures.inc();
        shared
            .budget
            .spend(command.id.as_str(), self.peer.address, Instant::now());
        tracing::info!(registrar = ?command.id.as_str(), address = %self.peer.address, "login refused");
        let limit = shared.settings.failures_per_connection;
        match &mut self.state {
            State::Waiting { failures } => {
                *failures += 1;
                if *failures >= limit {
                    Code::AuthenticationClosing
                } else {
                    Code::Authentication
                }
            }
            State::LoggedIn(_) | State::Closed => Code::Authentication,
        }
    }

    /// Runs the flow of a command.
    async fn perform(&self, session: &LoggedIn, request: &Request) -> Response {
        let mut response = self.response(Code::Completed);
        let outcome = self
            .decide(session, request, &response.server_transaction)
            .await;
        match outcome {
            Ok(decision) => {
                let Decision {
                    code,
                    queue,
                    data,
                    extensions,
                    ..
                } = decision;
                response.code = code;
                response.queue = queue;
                extension::place(&mut response, data, extensions, &session.services);
            }
            Err(Failure::Refused(refusal)) => {
                response.code = refusal.code();
                response.fault = Some(refusal.into_fault());
            }
            Err(failure @ (Failure::Store(_) | Failure::Contention)) => {
                let command = request.command.name();
                let svtrid = &response.server_transaction;
                tracing::error!(svtrid, command, ?failure, "command failed");
                response.code = Code::Failed;
            }
        }
        let is_poll = matches!(request.command, Command::Poll(_));
        if response.queue.is_none() && !(is_poll && response.code.is_success()) {
            let waiting = message::waiting(&session.registrar, &self.shared().store).await;
            // An answer is right without it; the next command meets the store's failure.
            response.queue = waiting.unwrap_or_default();
        }
        // What succeeded stands in the audit trail.
        if !response.code.is_success() {
            tracing::info!(
                svtrid = response.server_transaction,
                registrar = session.registrar.as_str(),
                command = request.command.name(),
                object = ?request.command.target(),
                code = response.code.number(),
                "answered"
            );
        }
        response
    }

    async fn decide(
        &self,
        session: &LoggedIn,
        request: &Request,
        server_transaction: &str,
    ) -> Result<Decision, Failure> {
        let shared = self.shared();
        if let Some(object) = request.command.object()
            && !session.services.include(object)
        {
            let why = Why::Object("the object is not among the login services");
            return Err(Refusal::new(why, object, request.command.verb(), "").into());
        }
        extension::admit(request, &session.services)?;
        let policy = shared.policy.load();
        let mut salt = [0; 16];
        if request.command.is_transform() {
            getrandom::fill(&mut salt).map_err(|_| Failure::Contention)?;
        }
        let numbers = || shared.numbers.next();
        let context = Context {
            now: shared.clock.now(),
            registrar: &session.registrar,
            policy: &policy,
            numbers: Numbers(&numbers),
            transaction: server_transaction,
            salt,
        };
        let audit = || Audit {
            at: context.now,
            server_transaction: server_transaction.to_owned(),
            client_transaction: request.client_transaction.clone(),
            actor: session.registrar.to_string(),
            command: request.command.name().to_owned(),
            object: request.command.target().to_owned(),
        };
        let services = &session.services;
        select::perform(request, services, &context, &shared.store, audit).await
    }
}

impl<S: Store> Conversation for Session<S> {
    fn greeting(&mut self, out: &mut Vec<u8>) {
        let shared = &self.service.shared;
        let policy = shared.policy.load();
        let extensions = &policy.profile().extensions;
        shared.greeting.write(shared.clock.now(), extensions, out);
    }

    async fn handle(&mut self, document: &[u8], out: &mut Vec<u8>) -> After {
        let began = Instant::now();
        let (name, response) = self.answer(document).await;
        let code = response
            .as_ref()
            .map_or(0, |response| response.code.number());
        match response {
            None => self.greeting(out),
            Some(response) => *out = response.encode(std::mem::take(out)),
        }
        let known = self.figures.take().filter(|known| known.are_of(name, code));
        let figures = known.unwrap_or_else(|| self.shared().metrics.command(name, code));
        figures.observe(began.elapsed());
        self.figures = Some(figures);
        match self.state {
            State::Closed => After::Close,
            State::Waiting { .. } | State::LoggedIn(_) => After::Continue,
        }
    }

    fn registrar(&self) -> Option<&str> {
        match &self.state {
            State::LoggedIn(session) => Some(session.registrar.as_str()),
            State::Waiting { .. } | State::Closed => None,
        }
    }
}
