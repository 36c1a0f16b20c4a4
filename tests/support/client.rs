//! A client: opens a conversation, logs in, sends documents, and judges every answer it gets.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use hkepp::session::{After, Conversation, Conversations, Service};

use super::answer::{self, Answer};
use super::{PASSWORD, Switched};

/// The objects the greeting lists.
pub const OBJECTS: [&str; 3] = [
    "urn:ietf:params:xml:ns:domain-1.0",
    "urn:ietf:params:xml:ns:contact-1.0",
    "urn:ietf:params:xml:ns:host-1.0",
];
/// DNSSEC, RFC 5910.
pub const SEC_DNS: &str = "urn:ietf:params:xml:ns:secDNS-1.1";
/// Grace periods, RFC 3915.
pub const RGP: &str = "urn:ietf:params:xml:ns:rgp-1.0";
/// Login security, RFC 8807.
pub const LOGIN_SEC: &str = "urn:ietf:params:xml:ns:epp:loginSec-1.0";
/// Change poll, RFC 8590.
pub const CHANGE_POLL: &str = "urn:ietf:params:xml:ns:changePoll-1.0";
/// Unhandled namespaces, RFC 9038.
pub const UNHANDLED: &str = "urn:ietf:params:xml:ns:epp:unhandled-namespaces-1.0";
/// Secure authorization information for transfer, RFC 9154.
pub const SECURE_AUTH_INFO: &str = "urn:ietf:params:xml:ns:epp:secure-authinfo-transfer-1.0";
/// The extensions the greeting lists.
pub const EXTENSIONS: [&str; 6] = [
    SEC_DNS,
    RGP,
    LOGIN_SEC,
    CHANGE_POLL,
    UNHANDLED,
    SECURE_AUTH_INFO,
];

/// The conversation behind a client.
type Opened = <Service<Switched> as Conversations>::Conversation;

/// A client with its connection.
pub struct Client {
    conversation: Opened,
    transactions: Arc<Mutex<HashSet<String>>>,
    /// Says what became of the connection after the last answer.
    pub after: After,
}

impl Client {
    pub(super) fn new(conversation: Opened, transactions: Arc<Mutex<HashSet<String>>>) -> Self {
        Self {
            conversation,
            transactions,
            after: After::Continue,
        }
    }

    /// Returns the greeting a connection begins with.
    pub fn greeting(&mut self) -> Answer {
        let mut out = Vec::new();
        self.conversation.greeting(&mut out);
        answer::judge_greeting(out)
    }

    /// Sends a document and returns the answer.
    pub async fn send(&mut self, document: impl AsRef<[u8]>) -> Answer {
        let document = document.as_ref();
        assert_eq!(self.after, After::Continue, "the connection was closed");
        let mut out = Vec::new();
        self.after = self.conversation.handle(document, &mut out).await;
        let answer = answer::judge(document, out);
        if let Some(id) = answer.server_transaction() {
            let new = self.transactions.lock().unwrap().insert(id.to_owned());
            assert!(new, "svTRID {id} was given before");
        }
        let closes = matches!(answer.result(), Some(1500 | 2500..=2502));
        assert_eq!(self.is_closed(), closes, "{answer}");
        answer
    }

    /// Sends a command without transaction identifier, given by its content, and returns the answer.
    pub async fn command(&mut self, content: &str) -> Answer {
        self.send(command(content)).await
    }

    /// Sends a query or transform of one object, asserts the code of the answer, and returns the answer.
    pub async fn expect(&mut self, verb: &str, object: &str, content: &str, code: u16) -> Answer {
        let answer = self.command(&object_command(verb, object, content)).await;
        assert_eq!(answer.code(), code, "{content}: {answer}");
        answer
    }

    /// Creates an object, which succeeds.
    pub async fn create(&mut self, object: &str, content: &str) -> Answer {
        self.expect("create", object, content, 1000).await
    }

    /// Asks for an object, which there is.
    pub async fn info(&mut self, object: &str, content: &str) -> Answer {
        self.expect("info", object, content, 1000).await
    }

    /// Says whether the server closes the connection.
    pub fn is_closed(&self) -> bool {
        self.after == After::Close
    }

    /// Says who is logged in.
    pub fn registrar(&self) -> Option<String> {
        self.conversation.registrar().map(ToString::to_string)
    }
}

/// Wraps a command into a document.
pub fn command(content: &str) -> String {
    format!("<epp xmlns=\"urn:ietf:params:xml:ns:epp-1.0\"><command>{content}</command></epp>")
}

/// Makes a query or transform of one object from its verb, its object and its content.
pub fn object_command(verb: &str, object: &str, content: &str) -> String {
    format!(
        "<{verb}><{object}:{verb} xmlns:{object}=\"urn:ietf:params:xml:ns:{object}-1.0\">\
         {content}</{object}:{verb}></{verb}>"
    )
}

/// A login command.
#[derive(Clone)]
pub struct Login {
    id: String,
    password: String,
    new_password: Option<String>,
    version: String,
    language: String,
    objects: Vec<String>,
    extensions: Vec<String>,
    security: Option<String>,
}

impl Login {
    /// Makes the login of a registrar that announces everything.
    pub fn of(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            password: PASSWORD.to_owned(),
            new_password: None,
            version: "1.0".to_owned(),
            language: "en".to_owned(),
            objects: OBJECTS.map(str::to_owned).to_vec(),
            extensions: EXTENSIONS.map(str::to_owned).to_vec(),
            security: None,
        }
    }

    /// Returns the registrar.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Gives another password.
    pub fn password(mut self, password: &str) -> Self {
        password.clone_into(&mut self.password);
        self
    }

    /// Asks for a new password.
    pub fn new_password(mut self, password: &str) -> Self {
        self.new_password = Some(password.to_owned());
        self
    }

    /// Names another version.
    pub fn version(mut self, version: &str) -> Self {
        version.clone_into(&mut self.version);
        self
    }

    /// Names another language.
    pub fn language(mut self, language: &str) -> Self {
        language.clone_into(&mut self.language);
        self
    }

    /// Names these objects.
    pub fn objects(mut self, objects: &[&str]) -> Self {
        self.objects = objects.iter().map(|&uri| uri.to_owned()).collect();
        self
    }

    /// Names these extensions.
    pub fn extensions(mut self, extensions: &[&str]) -> Self {
        self.extensions = extensions.iter().map(|&uri| uri.to_owned()).collect();
        self
    }

    /// Adds `<loginSec:loginSec>` with this content.
    pub fn security(mut self, content: &str) -> Self {
        self.security = Some(content.to_owned());
        self
    }

    /// Returns the document.
    pub fn xml(&self) -> String {
        let mut xml = format!("<login><clID>{}</clID><pw>{}</pw>", self.id, self.password);
        if let Some(new) = &self.new_password {
            write!(xml, "<newPW>{new}</newPW>").unwrap();
        }
        let (version, language) = (&self.version, &self.language);
        write!(
            xml,
            "<options><version>{version}</version><lang>{language}</lang></options><svcs>"
        )
        .unwrap();
        for uri in &self.objects {
            write!(xml, "<objURI>{uri}</objURI>").unwrap();
        }
        if !self.extensions.is_empty() {
            xml.push_str("<svcExtension>");
            for uri in &self.extensions {
                write!(xml, "<extURI>{uri}</extURI>").unwrap();
            }
            xml.push_str("</svcExtension>");
        }
        xml.push_str("</svcs></login>");
        if let Some(content) = &self.security {
            write!(
                xml,
                "<extension><loginSec:loginSec xmlns:loginSec=\"{LOGIN_SEC}\">{content}\
                 </loginSec:loginSec></extension>"
            )
            .unwrap();
        }
        command(&xml)
    }
}
