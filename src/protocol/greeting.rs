//! `<greeting>` (RFC 5730 section 2.4): who serves, the time, the services, the data collection policy.

use chrono::{DateTime, Utc};

use super::ext;
use super::login::{VERSION, encode_extensions};
use super::text::timestamp;
use crate::xml::{Namespace, Writer};

/// The objects served, in the order the greeting lists them.
pub const OBJECTS: [Namespace; 3] = [Namespace::Domain, Namespace::Contact, Namespace::Host];

/// The languages of answers.
pub const LANGUAGES: [&str; 1] = ["en"];

/// What the server says first, and in answer to `<hello>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Greeting<'a> {
    /// Name of the server, 3 to 64 characters.
    pub server: &'a str,
    /// The server's time.
    pub now: DateTime<Utc>,
    /// Extensions it offers beside [`ext::ANNOUNCED`].
    pub extensions: &'a [Namespace],
}

impl Greeting<'_> {
    /// Writes the whole document behind what `buffer` holds already.
    pub fn encode(&self, buffer: Vec<u8>) -> Vec<u8> {
        let mut writer = Writer::new(buffer);
        writer.start(Namespace::Epp, "epp");
        writer.start(Namespace::Epp, "greeting");
        writer.leaf(Namespace::Epp, "svID", self.server);
        writer.leaf(Namespace::Epp, "svDate", &timestamp(self.now));
        encode_menu(&mut writer, self.extensions);
        encode_policy(&mut writer);
        writer.end();
        writer.end();
        writer.finish()
    }
}

/// A greeting made ready: all of it but the date and what depends on the rules in force, written each time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    before: String,
    between: String,
    after: String,
}

impl Template {
    /// Makes the greetings of `server` ready.
    pub fn new(server: &str) -> Self {
        let greeting = Greeting {
            server,
            now: DateTime::UNIX_EPOCH,
            extensions: &[],
        };
        let text = String::from_utf8_lossy(&greeting.encode(Vec::new())).into_owned();
        let date = timestamp(greeting.now);
        let (before, rest) = text.split_once(&date).unwrap_or((&text, ""));
        let end = rest.find("</svcExtension>").unwrap_or(rest.len());
        let (between, after) = rest.split_at(end);
        Self {
            before: before.to_owned(),
            between: between.to_owned(),
            after: after.to_owned(),
        }
    }

    /// Writes the greeting of the moment `now`, with `extensions` beside [`ext::ANNOUNCED`], behind what `buffer`
    /// holds already.
    pub fn write(&self, now: DateTime<Utc>, extensions: &[Namespace], buffer: &mut Vec<u8>) {
        let mut write = |part: &str| buffer.extend_from_slice(part.as_bytes());
        write(&self.before);
        write(&timestamp(now));
        write(&self.between);
        for extension in extensions {
            write("<extURI>");
            write(extension.uri());
            write("</extURI>");
        }
        write(&self.after);
    }
}

fn encode_menu(writer: &mut Writer, extensions: &[Namespace]) {
    writer.start(Namespace::Epp, "svcMenu");
    writer.leaf(Namespace::Epp, "version", VERSION);
    for language in LANGUAGES {
        writer.leaf(Namespace::Epp, "lang", language);
    }
    for object in OBJECTS {
        writer.leaf(Namespace::Epp, "objURI", object.uri());
    }
    encode_extensions(
        writer,
        ext::ANNOUNCED
            .iter()
            .chain(extensions)
            .map(|extension| extension.uri()),
    );
    writer.end();
}

/// Writes what a thick registry does with registration data: all of it can be accessed, it serves
/// administration and provisioning, the registry and the public receive it, for the period stated in
/// the registry's own policy.
fn encode_policy(writer: &mut Writer) {
    writer.start(Namespace::Epp, "dcp");
    encode_empty(writer, "access", &["all"]);
    writer.start(Namespace::Epp, "statement");
    encode_empty(writer, "purpose", &["admin", "prov"]);
    encode_empty(writer, "recipient", &["ours", "public"]);
    encode_empty(writer, "retention", &["stated"]);
    writer.end();
    writer.end();
}

/// Writes an element that holds empty ones.
fn encode_empty(writer: &mut Writer, name: &'static str, children: &[&'static str]) {
    writer.start(Namespace::Epp, name);
    for child in children {
        writer.start(Namespace::Epp, child);
        writer.end();
    }
    writer.end();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encode_lists_what_is_served_in_schema_order() {
        let now = "2027-04-03T22:00:00.5Z".parse().unwrap();
        let octets = Greeting {
            server: "hkepp & co",
            now,
            extensions: &[],
        }
        .encode(Vec::new());
        let text = String::from_utf8(octets).unwrap();
        let (_, body) = text.split_once('\n').unwrap();
        assert_eq!(
            body,
            "<epp xmlns=\"urn:ietf:params:xml:ns:epp-1.0\"><greeting><svID>hkepp &amp; co</svID>\
             <svDate>2027-04-03T22:00:00.500Z</svDate><svcMenu><version>1.0</version>\
             <lang>en</lang><objURI>urn:ietf:params:xml:ns:domain-1.0</objURI>\
             <objURI>urn:ietf:params:xml:ns:contact-1.0</objURI>\
             <objURI>urn:ietf:params:xml:ns:host-1.0</objURI><svcExtension>\
             <extURI>urn:ietf:params:xml:ns:secDNS-1.1</extURI>\
             <extURI>urn:ietf:params:xml:ns:rgp-1.0</extURI>\
             <extURI>urn:ietf:params:xml:ns:epp:loginSec-1.0</extURI>\
             <extURI>urn:ietf:params:xml:ns:changePoll-1.0</extURI>\
             <extURI>urn:ietf:params:xml:ns:epp:unhandled-namespaces-1.0</extURI>\
             <extURI>urn:ietf:params:xml:ns:epp:secure-authinfo-transfer-1.0</extURI>\
             </svcExtension></svcMenu><dcp><access><all/></access><statement>\
             <purpose><admin/><prov/></purpose><recipient><ours/><public/></recipient>\
             <retention><stated/></retention></statement></dcp></greeting></epp>"
        );
    }

    #[test]
    fn template_writes_what_encode_does() {
        let now = "2027-04-03T22:00:00.5Z".parse().unwrap();
        let server = "hkepp & co";
        for extensions in [&[][..], &[Namespace::Idn, Namespace::Bundle]] {
            let mut written = Vec::new();
            Template::new(server).write(now, extensions, &mut written);
            let greeting = Greeting {
                server,
                now,
                extensions,
            };
            assert_eq!(written, greeting.encode(Vec::new()));
        }
    }
}
