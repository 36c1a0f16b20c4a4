//! A sandbox, and registrars in it whose every answer is judged: valid by the schemas, and never 2400.

use tempfile::TempDir;

use super::rows::Values;
use crate::process::Server;
use crate::session::Session;
use crate::support::Answer;
use crate::support::answer;
use crate::support::client::{Login, command, object_command};

/// Authorization information of more than 128 bits.
pub const STRONG: &str = "Lantau.Peak-2026+Ferry7";

/// A sandbox of its own for a case.
pub struct Play {
    /// The server.
    pub server: Server,
    /// What the cells of the case's rows say.
    pub values: Values,
    _home: TempDir,
}

impl Play {
    /// Starts a sandbox.
    pub fn of(case: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        Self {
            server: Server::sandbox(home.path(), &["--profile", "plain"]),
            values: Values::new(case),
            _home: home,
        }
    }

    /// Opens a session of a registrar, which names everything the greeting does.
    pub fn log_in(&self, registrar: &str) -> Registrar {
        let address = self.server.epp_address();
        let session = Session::open(&address, &self.server.certs, registrar);
        let mut registrar_session = Registrar { session };
        let answer = registrar_session.send(&Login::of(registrar).xml());
        assert_eq!(answer.code(), 1000, "{answer}");
        registrar_session
    }

    /// Returns a name nobody has, in both cases.
    pub fn name(&mut self, suffix: &str) -> String {
        format!("{}{suffix}", self.values.characters(12))
    }
}

/// A registrar's session.
pub struct Registrar {
    session: Session,
}

impl Registrar {
    /// Sends a document.
    pub fn send(&mut self, document: &str) -> Answer {
        let answer = self
            .session
            .send(document)
            .expect("the server closed the connection");
        let answer = answer::judge(document.as_bytes(), answer.into_bytes());
        assert_ne!(answer.code(), 2400, "{document}: {answer}");
        answer
    }

    /// Sends a command, given by its content.
    pub fn command(&mut self, content: &str) -> Answer {
        self.send(&command(content))
    }

    /// Sends a command about an object.
    pub fn ask(&mut self, verb: &str, object: &str, content: &str) -> Answer {
        self.command(&object_command(verb, object, content))
    }

    /// Sends a command about an object, which succeeds.
    pub fn accepted(&mut self, verb: &str, object: &str, content: &str) -> Answer {
        let answer = self.ask(verb, object, content);
        assert!(answer.code() < 2000, "{content}: {answer}");
        answer
    }

    /// Sends a command about an object, which is refused with `code`.
    pub fn refused(&mut self, verb: &str, object: &str, content: &str, code: u16) {
        let answer = self.ask(verb, object, content);
        assert_eq!(answer.code(), code, "{content}: {answer}");
    }

    /// Sends a command about an object, which succeeds or is refused as a row says.
    pub fn judged(&mut self, verb: &str, object: &str, content: &str, passes: bool) -> Answer {
        let answer = self.ask(verb, object, content);
        assert_eq!(answer.code() < 2000, passes, "{content}: {answer}");
        answer
    }

    /// Asks for an object, of which there is none any more.
    pub fn gone(&mut self, object: &str, content: &str) {
        self.refused("info", object, content, 2303);
    }

    /// Creates a contact.
    pub fn create_contact(&mut self, id: &str) {
        let content = format!(
            "<contact:id>{id}</contact:id><contact:postalInfo type=\"int\"><contact:name>Chan Tai Man</contact:name>\
             <contact:addr><contact:city>Hong Kong</contact:city><contact:cc>HK</contact:cc></contact:addr>\
             </contact:postalInfo><contact:email>chan@mail.icann</contact:email>\
             <contact:authInfo><contact:pw/></contact:authInfo>"
        );
        self.accepted("create", "contact", &content);
    }

    /// Creates a host without addresses.
    pub fn create_host(&mut self, name: &str) {
        self.accepted("create", "host", &host(name));
    }

    /// Creates a domain of a registrant, with further content after its name.
    pub fn create_domain(&mut self, name: &str, more: &str, registrant: &str) -> Answer {
        self.accepted("create", "domain", &domain(name, more, registrant))
    }
}

/// Returns the content of a domain create.
pub fn domain(name: &str, more: &str, registrant: &str) -> String {
    format!(
        "<domain:name>{name}</domain:name>{more}<domain:registrant>{registrant}</domain:registrant>\
         <domain:authInfo><domain:pw>{STRONG}</domain:pw></domain:authInfo>"
    )
}

/// Returns `<host:name>`.
pub fn host(name: &str) -> String {
    format!("<host:name>{name}</host:name>")
}

/// Returns `<domain:name>`.
pub fn domain_name(name: &str) -> String {
    format!("<domain:name>{name}</domain:name>")
}

/// Returns `<contact:id>`.
pub fn contact_id(id: &str) -> String {
    format!("<contact:id>{id}</contact:id>")
}

/// Returns `<add>` or `<rem>` of an object's update with a status.
pub fn status(object: &str, action: &str, status: &str) -> String {
    format!("<{object}:{action}><{object}:status s=\"{status}\"/></{object}:{action}>")
}
