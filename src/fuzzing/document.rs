//! A command of the pool as the document a client sends.

use std::fmt::Write as _;

use chrono::NaiveDate;

use super::step::{
    ADDRESSES, CONTACT_STATUSES, CONTACTS, Command, DOMAIN_STATUSES, DOMAINS, DomainPart,
    DomainUpdate, FILTERS, HOST_STATUSES, HOSTS, HostPart, KEY_TAGS, OPERATIONS, ROLES, SECRETS,
};

/// What a command's text depends on beside itself.
pub trait Surroundings {
    /// Returns the day a registration ends; any day where there is none.
    fn expiry(&self, domain: usize) -> NaiveDate;
    /// Returns the identifier of the message that a registrar saw last.
    fn seen(&self, registrar: usize) -> String;
}

impl Command {
    /// Returns the document.
    pub fn document(&self, around: &impl Surroundings) -> String {
        let (content, extension) = self.content(around);
        let extension = if extension.is_empty() {
            extension
        } else {
            format!("<extension>{extension}</extension>")
        };
        format!(
            "<epp xmlns=\"urn:ietf:params:xml:ns:epp-1.0\"><command>{content}{extension}</command></epp>"
        )
    }

    /// Returns the command and its extension.
    fn content(&self, around: &impl Surroundings) -> (String, String) {
        let mut extension = String::new();
        let content = match self {
            Self::CheckDomains => check("domain", "name", &DOMAINS),
            Self::CheckContacts => check("contact", "id", &CONTACTS),
            Self::CheckHosts => check("host", "name", &HOSTS),
            Self::InfoDomain {
                domain,
                secret,
                filter,
            } => {
                let (name, filter) = (at(&DOMAINS, *domain), at(&FILTERS, *filter));
                let name = format!("<domain:name hosts=\"{filter}\">{name}</domain:name>");
                object("info", "domain", &(name + &auth("domain", *secret)))
            }
            Self::InfoContact { contact, secret } => {
                let content = id(*contact) + &auth("contact", *secret);
                object("info", "contact", &content)
            }
            Self::InfoHost(host) => object("info", "host", &host_name(*host)),
            Self::CreateContact { contact, secret } => {
                let content = id(*contact) + PERSON + &auth("contact", Some(*secret));
                object("create", "contact", &content)
            }
            Self::UpdateContact {
                contact,
                add,
                remove,
                email,
                secret,
            } => {
                let mut change = String::new();
                if *email {
                    change.push_str("<contact:email>b@mail.test</contact:email>");
                }
                change.push_str(&auth("contact", *secret));
                let [add, remove] =
                    [add, remove].map(|places| statuses("contact", &CONTACT_STATUSES, places));
                let parts = parts("contact", &[("add", add), ("rem", remove), ("chg", change)]);
                object("update", "contact", &(id(*contact) + &parts))
            }
            Self::DeleteContact(contact) => object("delete", "contact", &id(*contact)),
            Self::TransferContact {
                contact,
                operation,
                secret,
            } => {
                let content = id(*contact) + &auth("contact", *secret);
                transfer("contact", *operation, &content)
            }
            Self::CreateHost { host, addresses } => {
                object("create", "host", &(host_name(*host) + &texts(addresses)))
            }
            Self::UpdateHost {
                host,
                add,
                remove,
                rename,
            } => {
                let part = |part: &HostPart| {
                    texts(&part.addresses) + &statuses("host", &HOST_STATUSES, &part.statuses)
                };
                let change = rename.map_or_else(String::new, host_name);
                let named = [("add", part(add)), ("rem", part(remove)), ("chg", change)];
                object(
                    "update",
                    "host",
                    &(host_name(*host) + &parts("host", &named)),
                )
            }
            Self::DeleteHost(host) => object("delete", "host", &host_name(*host)),
            Self::CreateDomain {
                domain,
                years,
                hosts,
                registrant,
                contacts,
                signers,
                secret,
            } => {
                if !signers.is_empty() {
                    extension = sec_dns("create", &ds(signers));
                }
                let registrant = registrant.map_or_else(String::new, |place| {
                    let id = at(&CONTACTS, place);
                    format!("<domain:registrant>{id}</domain:registrant>")
                });
                let content = [
                    domain_name(*domain),
                    period(*years),
                    name_servers(hosts),
                    registrant,
                    roles(contacts),
                    auth("domain", Some(*secret)),
                ];
                object("create", "domain", &content.concat())
            }
            Self::UpdateDomain(update) => {
                extension = update.extension();
                object("update", "domain", &update.content())
            }
            Self::RenewDomain {
                domain,
                right,
                years,
            } => {
                let day = around.expiry(*domain);
                let day = if *right {
                    Some(day)
                } else {
                    day.checked_sub_days(chrono::Days::new(1))
                };
                let day = day.unwrap_or_default();
                let day = format!("<domain:curExpDate>{day}</domain:curExpDate>");
                object(
                    "renew",
                    "domain",
                    &(domain_name(*domain) + &day + &period(*years)),
                )
            }
            Self::DeleteDomain(domain) => object("delete", "domain", &domain_name(*domain)),
            Self::TransferDomain {
                domain,
                operation,
                secret,
                years,
            } => {
                let content = domain_name(*domain) + &period(*years) + &auth("domain", *secret);
                transfer("domain", *operation, &content)
            }
            Self::RestoreDomain { domain, report } => {
                extension = restore(*report);
                let content = domain_name(*domain) + "<domain:chg/>";
                object("update", "domain", &content)
            }
            Self::Poll => "<poll op=\"req\"/>".to_owned(),
            Self::Acknowledge(whose) => {
                let id = whose.map_or_else(|| "999999".to_owned(), |whose| around.seen(whose));
                format!("<poll op=\"ack\" msgID=\"{id}\"/>")
            }
        };
        (content, extension)
    }
}

impl DomainUpdate {
    fn content(&self) -> String {
        let part = |part: &DomainPart| {
            let statuses = statuses("domain", &DOMAIN_STATUSES, &part.statuses);
            name_servers(&part.hosts) + &roles(&part.contacts) + &statuses
        };
        let registrant = self.registrant.map_or_else(String::new, |place| {
            let id = place.map_or("", |place| at(&CONTACTS, place));
            format!("<domain:registrant>{id}</domain:registrant>")
        });
        let change = registrant + &auth("domain", self.secret);
        let named = [
            ("add", part(&self.add)),
            ("rem", part(&self.remove)),
            ("chg", change),
        ];
        domain_name(self.domain) + &parts("domain", &named)
    }

    fn extension(&self) -> String {
        let removed = if self.remove_all {
            "<secDNS:all>true</secDNS:all>".to_owned()
        } else {
            ds(&self.remove_signers)
        };
        let named = [("rem", removed), ("add", ds(&self.add_signers))];
        let content = parts("secDNS", &named);
        if content.is_empty() {
            content
        } else {
            sec_dns("update", &content)
        }
    }
}

const PERSON: &str = "<contact:postalInfo type=\"int\"><contact:name>Jan de Vries</contact:name>\
    <contact:addr><contact:city>Delft</contact:city><contact:cc>NL</contact:cc></contact:addr>\
    </contact:postalInfo><contact:email>a@mail.test</contact:email>";

/// Returns the value at a place, whatever the place is.
fn at<T: Copy + Default>(list: &[T], place: usize) -> T {
    list.get(place).copied().unwrap_or_default()
}

fn object(verb: &str, object: &str, content: &str) -> String {
    format!(
        "<{verb}><{object}:{verb} xmlns:{object}=\"urn:ietf:params:xml:ns:{object}-1.0\">\
         {content}</{object}:{verb}></{verb}>"
    )
}

fn transfer(kind: &str, operation: usize, content: &str) -> String {
    let operation = format!("<transfer op=\"{}\">", at(&OPERATIONS, operation));
    object("transfer", kind, content).replacen("<transfer>", &operation, 1)
}

fn check(kind: &str, element: &str, names: &[&str]) -> String {
    let names = names
        .iter()
        .map(|name| format!("<{kind}:{element}>{name}</{kind}:{element}>"));
    object("check", kind, &names.collect::<String>())
}

fn domain_name(place: usize) -> String {
    format!("<domain:name>{}</domain:name>", at(&DOMAINS, place))
}

fn host_name(place: usize) -> String {
    format!("<host:name>{}</host:name>", at(&HOSTS, place))
}

fn id(place: usize) -> String {
    format!("<contact:id>{}</contact:id>", at(&CONTACTS, place))
}

fn auth(object: &str, secret: Option<usize>) -> String {
    secret.map_or_else(String::new, |place| {
        let secret = at(&SECRETS, place);
        format!("<{object}:authInfo><{object}:pw>{secret}</{object}:pw></{object}:authInfo>")
    })
}

fn period(years: Option<u8>) -> String {
    years.map_or_else(String::new, |years| {
        format!("<domain:period unit=\"y\">{years}</domain:period>")
    })
}

fn name_servers(hosts: &[usize]) -> String {
    if hosts.is_empty() {
        return String::new();
    }
    let hosts = hosts.iter().map(|place| at(&HOSTS, *place));
    let hosts = hosts.map(|name| format!("<domain:hostObj>{name}</domain:hostObj>"));
    format!("<domain:ns>{}</domain:ns>", hosts.collect::<String>())
}

fn roles(contacts: &[(usize, usize)]) -> String {
    let contacts = contacts.iter().map(|(role, place)| {
        let (role, id) = (at(&ROLES, *role), at(&CONTACTS, *place));
        format!("<domain:contact type=\"{role}\">{id}</domain:contact>")
    });
    contacts.collect()
}

fn statuses(object: &str, names: &[&str], places: &[usize]) -> String {
    let names = places.iter().map(|place| at(names, *place));
    names
        .map(|name| format!("<{object}:status s=\"{name}\"/>"))
        .collect()
}

fn texts(addresses: &[usize]) -> String {
    let addresses = addresses.iter().map(|place| at(&ADDRESSES, *place));
    addresses
        .map(|(family, text)| format!("<host:addr ip=\"{family}\">{text}</host:addr>"))
        .collect()
}

/// Wraps each part that has a content.
fn parts(prefix: &str, named: &[(&str, String)]) -> String {
    let mut all = String::new();
    for (name, content) in named.iter().filter(|(_, content)| !content.is_empty()) {
        let written = write!(all, "<{prefix}:{name}>{content}</{prefix}:{name}>");
        debug_assert!(written.is_ok());
    }
    all
}

fn ds(signers: &[usize]) -> String {
    let signers = signers.iter().map(|place| at(&KEY_TAGS, *place));
    let digest = "49FD46E6C4B45C55D4AC69CBD3CD34AC1AFE51DE2E7D5A1B0C1A3F5B0E6D7C8A";
    signers
        .map(|tag| {
            format!(
                "<secDNS:dsData><secDNS:keyTag>{tag}</secDNS:keyTag><secDNS:alg>13</secDNS:alg>\
                 <secDNS:digestType>2</secDNS:digestType><secDNS:digest>{digest}</secDNS:digest>\
                 </secDNS:dsData>"
            )
        })
        .collect()
}

fn sec_dns(element: &str, content: &str) -> String {
    format!(
        "<secDNS:{element} xmlns:secDNS=\"urn:ietf:params:xml:ns:secDNS-1.1\">{content}\
         </secDNS:{element}>"
    )
}

fn restore(report: Option<u8>) -> String {
    let restore = match report {
        None => "<rgp:restore op=\"request\"/>".to_owned(),
        Some(statements) => {
            let statements = (0..statements)
                .map(|number| format!("<rgp:statement>Statement {number}.</rgp:statement>"))
                .collect::<String>();
            format!(
                "<rgp:restore op=\"report\"><rgp:report><rgp:preData>before</rgp:preData>\
                 <rgp:postData>after</rgp:postData><rgp:delTime>2027-03-01T00:00:00Z</rgp:delTime>\
                 <rgp:resTime>2027-03-02T00:00:00Z</rgp:resTime><rgp:resReason>a slip</rgp:resReason>\
                 {statements}</rgp:report></rgp:restore>"
            )
        }
    };
    format!("<rgp:update xmlns:rgp=\"urn:ietf:params:xml:ns:rgp-1.0\">{restore}</rgp:update>")
}
