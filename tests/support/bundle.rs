//! Objects that refer to each other, the commands they go through, and what they look like after each.
//!
//! Names, addresses and counts follow from the bundle's name alone, so that a check needs no more than how far it got.

use chrono::{DateTime, SecondsFormat, Utc};
use hkepp::model::Period;

/// Registrars of the sandbox; writers take turns.
pub const REGISTRARS: [&str; 3] = ["registrar-a", "registrar-b", "registrar-c"];

/// What is done to a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Creates the domain's registrant and administrator.
    Contact,
    /// Creates the domain's name server, outside our zones.
    Host,
    /// Creates the domain itself.
    Domain,
    /// Creates a host with an address below the domain.
    Glue,
    /// Changes the contact's e-mail address.
    Email,
    /// Takes the domain out of the zone.
    Hold,
    /// Renews the domain.
    Renew,
    /// Gives the host below the domain a second address.
    Address,
    /// Gives the name server another name.
    Rename,
    /// Another registrar asks for the domain.
    Ask,
    /// Ends a message of the own queue.
    Acknowledge,
    /// Lets the other registrar have the domain.
    Approve,
    /// The other registrar deletes the host below the domain.
    Unglue,
    /// The other registrar deletes the domain, which waits for its end: with the transfer the add grace was over.
    Drop,
    /// The other registrar asks for the domain back.
    Request,
    /// The other registrar reports why, and has the domain back.
    Report,
    /// Deletes the host below the domain.
    DeleteGlue,
    /// Deletes the domain, which is new and gone at once.
    DeleteDomain,
    /// Deletes the name server.
    DeleteHost,
    /// Deletes the contact.
    DeleteContact,
}

use Step::{
    Acknowledge, Address, Approve, Ask, Contact, DeleteContact, DeleteDomain, DeleteGlue,
    DeleteHost, Domain, Drop, Email, Glue, Hold, Host, Rename, Renew, Report, Request, Unglue,
};

/// The life of a bundle that is transferred; restored once, its domain is deleted again.
const TRANSFERRED: &[Step] = &[
    Contact,
    Host,
    Domain,
    Glue,
    Email,
    Hold,
    Renew,
    Address,
    Rename,
    Ask,
    Acknowledge,
    Approve,
    Unglue,
    Drop,
    Request,
    Report,
    Drop,
];
/// The life of a bundle that is deleted at once.
const DELETED: &[Step] = &[
    Contact,
    Host,
    Domain,
    Glue,
    Renew,
    Rename,
    Email,
    DeleteGlue,
    DeleteDomain,
    DeleteHost,
    DeleteContact,
];

impl Step {
    /// Says whether the other registrar does it.
    pub fn is_rivals(self) -> bool {
        matches!(self, Ask | Unglue | Drop | Request | Report)
    }
}

/// A contact, a host, a domain that refers to both, and a host below that domain.
#[derive(Clone, Debug)]
pub struct Bundle {
    pub name: String,
    pub registrar: &'static str,
    /// How many commands were sent.
    pub asked: usize,
    /// How many of them were answered.
    pub answered: usize,
    /// When the registration ends at first; known once its create was answered.
    pub expires: Option<DateTime<Utc>>,
}

/// What there is of a bundle.
#[derive(Debug, Default)]
struct State {
    contact: bool,
    host: bool,
    domain: bool,
    glue: bool,
    emailed: bool,
    held: bool,
    years: u8,
    addressed: bool,
    renamed: bool,
    pending: bool,
    transferred: bool,
    /// What `<rgp:rgpStatus>` says of the deletion under way.
    dropped: Option<&'static str>,
}

impl Bundle {
    /// Names a bundle of a registrar; nothing is created yet.
    pub fn new(name: String, registrar: &'static str) -> Self {
        Self {
            name,
            registrar,
            asked: 0,
            answered: 0,
            expires: None,
        }
    }

    /// Returns what is done to it, in order: the number at the end of its name says which of two lives it has.
    pub fn script(&self) -> &'static [Step] {
        match self.name.ends_with(['1', '3', '5', '7', '9']) {
            true => DELETED,
            false => TRANSFERRED,
        }
    }

    /// Returns the code of the answer to a step.
    pub fn code(&self, step: Step) -> u16 {
        if matches!(step, Ask | Drop) {
            1001
        } else {
            1000
        }
    }

    /// Notes what the answer to a step tells.
    pub fn note(&mut self, step: Step, answer: &str) {
        if step == Domain {
            let (_, rest) = answer.split_once("<domain:exDate>").unwrap();
            self.expires = Some(rest.split('<').next().unwrap().parse().unwrap());
        }
    }

    /// Returns the registration's end after renewals of so many years.
    fn expires(&self, years: u8) -> Option<DateTime<Utc>> {
        let year = Period::years(1).unwrap();
        let end = self.expires?;
        Some((0..years).fold(end, |end, _| year.after(end)))
    }

    /// Returns the command of a step.
    pub fn document(&self, step: Step) -> String {
        let name = &self.name;
        let contact = format!("<contact:id>{name}</contact:id>");
        let [host, renamed, glue] = [
            format!("ns.{name}.test"),
            format!("ns2.{name}.test"),
            format!("ns.{name}.example"),
        ]
        .map(|name| format!("<host:name>{name}</host:name>"));
        let domain = format!("<domain:name>{name}.example</domain:name>");
        let secret = format!("Pw-{name}-2026-Harbour-Ferry");
        match step {
            Contact => object(
                "create",
                "contact",
                &format!(
                    "{contact}<contact:postalInfo type='int'><contact:name>Holder {name}\
                     </contact:name><contact:addr><contact:city>Hong Kong</contact:city>\
                     <contact:cc>HK</contact:cc></contact:addr></contact:postalInfo>\
                     <contact:email>{name}@mail.test</contact:email>\
                     <contact:authInfo><contact:pw>{secret}</contact:pw></contact:authInfo>"
                ),
            ),
            Host => object("create", "host", &host),
            Domain => object(
                "create",
                "domain",
                &format!(
                    "{domain}<domain:ns><domain:hostObj>ns.{name}.test</domain:hostObj></domain:ns>\
                     <domain:registrant>{name}</domain:registrant>\
                     <domain:contact type='admin'>{name}</domain:contact>\
                     <domain:authInfo><domain:pw>{secret}</domain:pw></domain:authInfo>"
                ),
            ),
            Glue => object(
                "create",
                "host",
                &format!("{glue}<host:addr>203.0.113.53</host:addr>"),
            ),
            Email => object(
                "update",
                "contact",
                &format!(
                    "{contact}<contact:chg><contact:email>new-{name}@mail.test</contact:email>\
                     </contact:chg>"
                ),
            ),
            Hold => object(
                "update",
                "domain",
                &format!("{domain}<domain:add><domain:status s='clientHold'/></domain:add>"),
            ),
            Renew => {
                let day = self.expires.unwrap().date_naive();
                let day = format!("<domain:curExpDate>{day}</domain:curExpDate>");
                object("renew", "domain", &(domain + &day))
            }
            Address => object(
                "update",
                "host",
                &format!("{glue}<host:add><host:addr ip='v6'>2001:db8::53</host:addr></host:add>"),
            ),
            Rename => object(
                "update",
                "host",
                &format!("{host}<host:chg>{renamed}</host:chg>"),
            ),
            Ask | Approve => {
                let (operation, given) = if step == Ask {
                    let secret = format!("<domain:pw>{secret}</domain:pw>");
                    (
                        "request",
                        format!("<domain:authInfo>{secret}</domain:authInfo>"),
                    )
                } else {
                    ("approve", String::new())
                };
                object("transfer", "domain", &(domain + &given)).replacen(
                    "<transfer>",
                    &format!("<transfer op='{operation}'>"),
                    1,
                )
            }
            Acknowledge => panic!("which message it is depends on the queue"),
            Request => restore(&domain, "<rgp:restore op='request'/>"),
            Report => restore(
                &domain,
                "<rgp:restore op='report'><rgp:report><rgp:preData>before</rgp:preData>\
                 <rgp:postData>after</rgp:postData><rgp:delTime>2027-03-01T00:00:00Z</rgp:delTime>\
                 <rgp:resTime>2027-03-02T00:00:00Z</rgp:resTime><rgp:resReason>a slip</rgp:resReason>\
                 <rgp:statement>Nobody else wanted it.</rgp:statement>\
                 <rgp:statement>All of this is true.</rgp:statement></rgp:report></rgp:restore>",
            ),
            Unglue | DeleteGlue => object("delete", "host", &glue),
            Drop | DeleteDomain => object("delete", "domain", &domain),
            DeleteHost => object("delete", "host", &renamed),
            DeleteContact => object("delete", "contact", &contact),
        }
    }

    /// Returns the command that reads one of the objects under the name it was created with.
    pub fn info(&self, step: Step) -> String {
        let name = &self.name;
        let (kind, field, value) = match step {
            Host => ("host", "name", format!("ns.{name}.test")),
            Rename => ("host", "name", format!("ns2.{name}.test")),
            Domain => ("domain", "name", format!("{name}.example")),
            Glue => ("host", "name", format!("ns.{name}.example")),
            Contact | Email | DeleteContact => ("contact", "id", name.clone()),
            Hold | Renew | Address | Ask | Acknowledge | Approve | Unglue | Drop | Request
            | Report | DeleteGlue | DeleteDomain | DeleteHost => {
                panic!("{step:?} names no object of its own")
            }
        };
        let content = format!("<{kind}:{field}>{value}</{kind}:{field}>");
        object("info", kind, &content)
    }

    /// Reads everything there may be of it: contact, host by both names, domain, host below it.
    pub fn read(&self, mut send: impl FnMut(&str) -> String) -> [String; 5] {
        [Contact, Host, Rename, Domain, Glue].map(|step| send(&self.info(step)))
    }

    /// Says whether what was read is what there is after so many steps.
    pub fn is_after(&self, done: usize, seen: &[String; 5]) -> bool {
        let expected = self.expected(&self.state(done));
        expected
            .iter()
            .zip(seen)
            .all(|(expected, answer)| match expected {
                None => answer.contains("<result code=\"2303\">"),
                Some(parts) => {
                    answer.contains("<result code=\"1000\">")
                        && parts.iter().all(|part| answer.contains(part))
                }
            })
    }

    /// Counts the objects there are after all that was answered.
    pub fn objects(&self) -> usize {
        let expected = self.expected(&self.state(self.answered));
        expected.iter().flatten().count()
    }

    fn state(&self, done: usize) -> State {
        let mut state = State::default();
        for step in &self.script()[..done] {
            match step {
                Contact => state.contact = true,
                Host => state.host = true,
                Domain => state.domain = true,
                Glue => state.glue = true,
                Email => state.emailed = true,
                Hold => state.held = true,
                Renew => state.years += 1,
                Address => state.addressed = true,
                Rename => state.renamed = true,
                Ask => state.pending = true,
                Acknowledge => {}
                Approve => {
                    state.pending = false;
                    state.transferred = true;
                    state.years += 1;
                }
                Drop => state.dropped = Some("redemptionPeriod"),
                Request => state.dropped = Some("pendingRestore"),
                Report => state.dropped = None,
                Unglue | DeleteGlue => state.glue = false,
                DeleteDomain => state.domain = false,
                DeleteHost => state.host = false,
                DeleteContact => state.contact = false,
            }
        }
        state
    }

    /// Returns what each object must show, in the order of [`Bundle::read`]; nothing where there is none.
    fn expected(&self, state: &State) -> [Option<Vec<String>>; 5] {
        let (name, registrar) = (&self.name, self.registrar);
        let rival = {
            let place = REGISTRARS.iter().position(|id| *id == registrar).unwrap();
            REGISTRARS[(place + 1) % REGISTRARS.len()]
        };
        let sponsor = if state.transferred { rival } else { registrar };
        let statuses = |kind: &str, statuses: &[(bool, &str)]| {
            let shown = statuses.iter().filter(|(is_set, _)| *is_set);
            let shown = shown.map(|(_, status)| format!("<{kind}:status s=\"{status}\"/>"));
            format!("</{kind}:roid>{}<{kind}:", shown.collect::<String>())
        };
        let new = if state.emailed { "new-" } else { "" };
        let contact = vec![
            format!("<contact:name>Holder {name}</contact:name>"),
            format!("<contact:email>{new}{name}@mail.test</contact:email>"),
            statuses("contact", &[(state.domain, "linked"), (true, "ok")]),
            format!("<contact:clID>{registrar}</contact:clID>"),
        ];
        let host = vec![
            statuses("host", &[(state.domain, "linked"), (true, "ok")]),
            format!("<host:clID>{registrar}</host:clID><host:crID>{registrar}</host:crID>"),
        ];
        let server = if state.renamed { "ns2" } else { "ns" };
        let below = match state.glue {
            true => format!("<domain:host>ns.{name}.example</domain:host>"),
            false => String::new(),
        };
        let ok = !state.held && !state.pending && state.dropped.is_none();
        let mut domain = vec![
            statuses(
                "domain",
                &[
                    (state.held, "clientHold"),
                    (ok, "ok"),
                    (state.dropped.is_some(), "pendingDelete"),
                    (state.pending, "pendingTransfer"),
                ],
            ),
            format!(
                "<domain:ns><domain:hostObj>{server}.{name}.test</domain:hostObj></domain:ns>{below}\
                 <domain:clID>{sponsor}</domain:clID>"
            ),
        ];
        if let Some(status) = state.dropped {
            domain.push(format!("<rgp:rgpStatus s=\"{status}\"/></rgp:infData>"));
        }
        if let Some(end) = self.expires(state.years) {
            let end = end.to_rfc3339_opts(SecondsFormat::Millis, true);
            domain.push(format!("<domain:exDate>{end}</domain:exDate>"));
        }
        if !state.transferred {
            domain.push(format!(
                "<domain:registrant>{name}</domain:registrant>\
                 <domain:contact type=\"admin\">{name}</domain:contact>"
            ));
        }
        let second = match state.addressed {
            true => "<host:addr ip=\"v6\">2001:db8::53</host:addr>",
            false => "",
        };
        let glue = vec![
            statuses(
                "host",
                &[(!state.pending, "ok"), (state.pending, "pendingTransfer")],
            ),
            format!(
                "<host:addr ip=\"v4\">203.0.113.53</host:addr>{second}<host:clID>{sponsor}</host:clID>"
            ),
        ];
        [
            state.contact.then_some(contact),
            (state.host && !state.renamed).then(|| host.clone()),
            (state.host && state.renamed).then_some(host),
            state.domain.then_some(domain),
            state.glue.then_some(glue),
        ]
    }

    /// Returns the messages it owes: the number of the step, whose they are, and their text.
    pub fn messages(&self, rival: &'static str) -> Vec<(usize, &'static str, String)> {
        let text = |status: &str| format!("Transfer of {}.example: {status}", self.name);
        let mut owed = Vec::new();
        for (number, step) in self.script().iter().enumerate() {
            if *step == Ask {
                owed.push((number, self.registrar, text("pending")));
            }
            if *step == Approve {
                for registrar in [self.registrar, rival] {
                    owed.push((number, registrar, text("clientApproved")));
                }
            }
        }
        owed
    }
}

fn object(verb: &str, object: &str, content: &str) -> String {
    command(&format!(
        "<{verb}><{object}:{verb} xmlns:{object}='urn:ietf:params:xml:ns:{object}-1.0'>{content}\
         </{object}:{verb}></{verb}>"
    ))
}

/// Returns the update of a domain that asks for nothing but a step of its restore.
fn restore(domain: &str, step: &str) -> String {
    command(&format!(
        "<update><domain:update xmlns:domain='urn:ietf:params:xml:ns:domain-1.0'>{domain}\
         <domain:chg/></domain:update></update><extension>\
         <rgp:update xmlns:rgp='urn:ietf:params:xml:ns:rgp-1.0'>{step}</rgp:update></extension>"
    ))
}

/// Wraps a command in its document.
pub fn command(command: &str) -> String {
    format!(
        "<epp xmlns='urn:ietf:params:xml:ns:epp-1.0'><command>{command}\
         <clTRID>FAULT-1</clTRID></command></epp>"
    )
}
