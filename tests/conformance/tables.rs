//! Tables of the registrar's manual that are written from the product: result codes, limits, and kinds of documents.

use std::fmt::Write;
use std::time::Duration;

use hkepp::base::code::Code;
use hkepp::base::limits;
use hkepp::config::Config;
use hkepp::flow::select::DECLARED;
use hkepp::model::document::DocumentKind;
use hkepp::policy::Profile;

/// Codes this server never sends: nothing is billed, everything can be renewed, no failure of its own lasts.
const NEVER: &[Code] = &[Code::Billing, Code::NotRenewable, Code::FailedClosing];

/// What a code means here, and what a registrar does about it.
#[rustfmt::skip]
const TEXTS: &[(Code, &str, &str)] = &[
    (Code::Completed, "done", ""),
    (Code::CompletedPending, "done as far as it goes now: a deletion, a transfer or an application is under way", "`info` shows where it stands, `poll` tells how it ends"),
    (Code::NoMessages, "no message waits", ""),
    (Code::AckToDequeue, "a message follows", "handle it, then acknowledge its id"),
    (Code::EndingSession, "logout", "the server closes"),
    (Code::UnknownCommand, "EPP has no such command", "mend the client"),
    (Code::Syntax, "not well-formed, or not valid by the schema", "see `<value>` and the reason; validate against the schemas"),
    (Code::Use, "not logged in, or logged in already; a restore that changes something besides", "log in first; restore alone"),
    (Code::ParameterMissing, "something this command needs is not there", "add what the reason names"),
    (Code::ParameterRange, "the registration does not end on the day the renew says", "`info`: it may have been renewed already"),
    (Code::ParameterSyntax, "a value is not of its form: a name, an address, a digest", "correct the value the answer repeats"),
    (Code::Version, "a version or language that the greeting does not offer", "take them from the greeting"),
    (Code::UnimplementedCommand, "the object has no such command, or it is not served", "do without it"),
    (Code::UnimplementedOption, "an option that is not offered", "leave it out"),
    (Code::UnimplementedExtension, "an extension that the login did not name, or that this command does not take", "name it at login; send it where it belongs"),
    (Code::NotTransferable, "you sponsor the object already", "nothing: it is yours"),
    (Code::Authentication, "identifier, password, certificate or address is wrong, or the account is suspended", "check all of them; ask the registry"),
    (Code::Authorization, "another registrar sponsors the object, or is the one to act", "ask for a transfer, or let it act"),
    (Code::AuthInfo, "the authorization information is wrong, unset, expired or too weak", "have the holder get a new one from the sponsor"),
    (Code::PendingTransfer, "a transfer is under way already", "`transfer query`; wait for its end"),
    (Code::NotPendingTransfer, "no transfer is under way", "`transfer query` shows the last one"),
    (Code::Exists, "the object exists", "`info`: after a lost answer it may be your own"),
    (Code::DoesNotExist, "the object, or one it refers to, does not exist", "create it first, or correct the name"),
    (Code::StatusProhibits, "a status forbids it", "the reason names the status; lift it if it is yours"),
    (Code::AssociationProhibits, "another object forbids it", "the reason names the association; undo it first"),
    (Code::ValuePolicy, "against the registry's policy", "the reason names the rule; `check` gives the same verdict"),
    (Code::UnimplementedObject, "an object that the greeting does not offer, or the login did not name", "name it at login"),
    (Code::DataPolicy, "against the data policy of the greeting", "keep to what the greeting announces"),
    (Code::Failed, "the server's own fault, passing; nothing was changed", "try again"),
    (Code::AuthenticationClosing, "too many failed logins; the server closes", "mend the credentials before the next try"),
    (Code::SessionLimit, "too many sessions; the server closes", "close one, or share it"),
];

/// Writes the table of codes: those that succeed, then each refusal with the commands that declare it.
pub fn codes() -> String {
    let mut written =
        String::from("\n| code | from | cause | what to do |\n| --- | --- | --- | --- |\n");
    for (code, cause, remedy) in TEXTS {
        let declaring = DECLARED.iter().filter(|(_, codes)| codes.contains(code));
        let commands: Vec<&str> = declaring.map(|(command, _)| *command).collect();
        let from = match commands.as_slice() {
            [] => "the session".to_owned(),
            all if all.len() == DECLARED.len() => "every command".to_owned(),
            some => some.join(", "),
        };
        writeln!(
            written,
            "| {} | {from} | {cause} | {remedy} |",
            code.number()
        )
        .unwrap();
    }
    written.push('\n');
    written
}

/// Writes the table of limits, as `serve` sets them without a configuration.
pub fn limits_table() -> String {
    let config = Config::serve();
    let (server, session) = (&config.server, &config.session);
    let timeouts = &server.timeouts;
    let checks = Profile::embedded("plain").unwrap().check.maximum;
    let rows = [
        (
            "octets of a data unit, header included",
            server.frame_limit.to_string(),
        ),
        ("handshake", time(timeouts.handshake)),
        (
            "rest of a frame's header, whole frame",
            format!("{}, {}", time(timeouts.header), time(timeouts.frame)),
        ),
        ("taking an answer", time(timeouts.write)),
        ("silence between commands", time(timeouts.idle)),
        ("length of a session", time(timeouts.lifetime)),
        (
            "sessions of one registrar",
            cap(session.sessions_per_registrar),
        ),
        (
            "connections of one address that have not logged in",
            cap(server.pre_login_per_address),
        ),
        ("connections in all", cap(server.connections)),
        (
            "failed logins on one connection; the last is answered 2501 and closes",
            session.failures_per_connection.to_string(),
        ),
        (
            "failed logins of one identifier from one address in a minute; then 2501 without a look at the password",
            session.failures_per_minute.to_string(),
        ),
        ("objects in one check", checks.to_string()),
        ("depth of a document", limits::XML_DEPTH.to_string()),
        (
            "attributes of an element",
            limits::XML_ATTRIBUTES.to_string(),
        ),
        ("namespaces", limits::XML_NAMESPACES.to_string()),
        ("octets of one text", limits::XML_TEXT.to_string()),
    ];
    let mut written = String::from("\n| what | limit |\n| --- | --- |\n");
    for (what, limit) in rows {
        writeln!(written, "| {what} | {limit} |").unwrap();
    }
    written.push('\n');
    written
}

/// Writes the table of the kinds of documents that hk-1.0 has.
pub fn documents() -> String {
    let mut written = String::from("\n| code | document | `other` |\n| --- | --- | --- |\n");
    for kind in DocumentKind::ALL {
        let words = match kind.needs_words() {
            true => "says what it is",
            false => "",
        };
        let (code, document) = (kind.as_str(), kind.in_words());
        writeln!(written, "| `{code}` | {document} | {words} |").unwrap();
    }
    written.push('\n');
    written
}

fn cap(cap: Option<usize>) -> String {
    cap.map_or_else(|| "none".to_owned(), |cap| cap.to_string())
}

fn time(time: Duration) -> String {
    match time.as_secs() {
        seconds if seconds % 3600 == 0 => format!("{} h", seconds / 3600),
        seconds if seconds % 60 == 0 => format!("{} min", seconds / 60),
        seconds => format!("{seconds} s"),
    }
}

#[test]
fn every_code_is_explained_once_or_never_sent() {
    let explained: Vec<Code> = TEXTS.iter().map(|(code, ..)| *code).collect();
    assert!(explained.is_sorted_by(|one, next| one < next));
    for (command, declared) in DECLARED {
        for code in *declared {
            assert!(
                explained.contains(code),
                "{command} may answer {code}, which has no row"
            );
        }
    }
    for code in Code::ALL {
        assert!(explained.contains(code) != NEVER.contains(code), "{code}");
    }
}

#[test]
fn limits_hold_in_every_shipped_profile() {
    let maximum = |name| Profile::embedded(name).unwrap().check.maximum;
    assert_eq!([maximum("hk"), maximum("hk-v5.0")], [maximum("plain"); 2]);
}

/// The schema, which registrars read, has the kinds of the product, and no others.
#[test]
fn schema_of_hk_enumerates_the_kinds_of_documents() {
    let schema = include_str!("../../schemas/hk-1.0.xsd");
    let (_, kinds) = schema
        .split_once("<xs:simpleType name=\"documentKind\">")
        .unwrap();
    let mut stated: Vec<&str> = kinds
        .split("<xs:enumeration value=\"")
        .skip(1)
        .map(|rest| rest.split_once('"').unwrap().0)
        .collect();
    let mut known: Vec<&str> = DocumentKind::ALL.iter().map(|kind| kind.as_str()).collect();
    stated.sort_unstable();
    known.sort_unstable();
    assert_eq!(stated, known);
}
