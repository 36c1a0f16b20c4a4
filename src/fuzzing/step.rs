//! Commands of three registrars on a pool of objects, small so that they meet each other's.

/// The registrars.
pub const REGISTRARS: [&str; 3] = ["registrar-a", "registrar-b", "registrar-c"];
/// Names of domains.
pub const DOMAINS: [&str; 3] = ["a.example", "b.example", "c.example"];
/// Handles of contacts.
pub const CONTACTS: [&str; 3] = ["ann", "Bob", "cho"];
/// Names of hosts: below the first two domains, the third itself, and outside.
pub const HOSTS: [&str; 6] = [
    "ns1.a.example",
    "ns2.a.example",
    "ns1.b.example",
    "c.example",
    "ns1.provider.test",
    "ns2.provider.test",
];
/// Addresses of hosts, by family.
pub const ADDRESSES: [(&str, &str); 3] = [
    ("v4", "203.0.113.7"),
    ("v4", "203.0.113.8"),
    ("v6", "2001:db8::7"),
];
/// Statuses of domains: those of clients, then one of the server.
pub const DOMAIN_STATUSES: [&str; 6] = [
    "clientDeleteProhibited",
    "clientRenewProhibited",
    "clientTransferProhibited",
    "clientUpdateProhibited",
    "clientHold",
    "serverHold",
];
/// Statuses of contacts: those of clients, then one of the server.
pub const CONTACT_STATUSES: [&str; 4] = [
    "clientDeleteProhibited",
    "clientTransferProhibited",
    "clientUpdateProhibited",
    "serverUpdateProhibited",
];
/// Statuses of hosts: those of clients, then one of the server.
pub const HOST_STATUSES: [&str; 3] = [
    "clientDeleteProhibited",
    "clientUpdateProhibited",
    "serverUpdateProhibited",
];
/// Authorization information: the usual one, another one, a weak one, none.
pub const SECRETS: [&str; 4] = [
    "Harbour-2026-ferries!Pier-7",
    "Junk~2026~sails^Lantern_9",
    "2fooBAR",
    "",
];
/// Roles of contacts beside the registrant.
pub const ROLES: [&str; 2] = ["admin", "tech"];
/// Key tags of DS records.
pub const KEY_TAGS: [u16; 2] = [12345, 54321];
/// Filters of the hosts an info shows.
pub const FILTERS: [&str; 4] = ["all", "del", "sub", "none"];
/// Operations of a transfer.
pub const OPERATIONS: [&str; 5] = ["request", "query", "approve", "reject", "cancel"];

/// One thing that happens: all numbers are places in the lists above.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A registrar sends a command.
    Command(usize, Command),
    /// Hours pass.
    Advance(u16),
}

/// A command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Asks for all domains.
    CheckDomains,
    /// Asks for all contacts.
    CheckContacts,
    /// Asks for all hosts.
    CheckHosts,
    /// Asks for a domain.
    InfoDomain {
        /// The domain.
        domain: usize,
        /// Authorization information given.
        secret: Option<usize>,
        /// Filter of the hosts.
        filter: usize,
    },
    /// Asks for a contact.
    InfoContact {
        /// The contact.
        contact: usize,
        /// Authorization information given.
        secret: Option<usize>,
    },
    /// Asks for a host.
    InfoHost(usize),
    /// Creates a contact.
    CreateContact {
        /// The contact.
        contact: usize,
        /// Authorization information set.
        secret: usize,
    },
    /// Changes a contact.
    UpdateContact {
        /// The contact.
        contact: usize,
        /// Statuses to set.
        add: Vec<usize>,
        /// Statuses to lift.
        remove: Vec<usize>,
        /// Whether the e-mail address changes.
        email: bool,
        /// Authorization information set.
        secret: Option<usize>,
    },
    /// Deletes a contact.
    DeleteContact(usize),
    /// Asks for a transfer of a contact or ends one.
    TransferContact {
        /// The contact.
        contact: usize,
        /// Operation.
        operation: usize,
        /// Authorization information given.
        secret: Option<usize>,
    },
    /// Creates a host.
    CreateHost {
        /// The host.
        host: usize,
        /// Its addresses.
        addresses: Vec<usize>,
    },
    /// Changes a host.
    UpdateHost {
        /// The host.
        host: usize,
        /// What it gets.
        add: HostPart,
        /// What it loses.
        remove: HostPart,
        /// Its new name.
        rename: Option<usize>,
    },
    /// Deletes a host.
    DeleteHost(usize),
    /// Creates a domain.
    CreateDomain {
        /// The domain.
        domain: usize,
        /// Period in years.
        years: Option<u8>,
        /// Name servers.
        hosts: Vec<usize>,
        /// Registrant.
        registrant: Option<usize>,
        /// Contacts with the places of their roles.
        contacts: Vec<(usize, usize)>,
        /// DS records.
        signers: Vec<usize>,
        /// Authorization information set.
        secret: usize,
    },
    /// Changes a domain.
    UpdateDomain(Box<DomainUpdate>),
    /// Renews a domain.
    RenewDomain {
        /// The domain.
        domain: usize,
        /// Whether the end of the registration is given rightly.
        right: bool,
        /// Period in years.
        years: Option<u8>,
    },
    /// Deletes a domain.
    DeleteDomain(usize),
    /// Asks for a transfer of a domain or ends one.
    TransferDomain {
        /// The domain.
        domain: usize,
        /// Operation.
        operation: usize,
        /// Authorization information given.
        secret: Option<usize>,
        /// Period in years.
        years: Option<u8>,
    },
    /// Asks for a restore, or reports it with so many statements.
    RestoreDomain {
        /// The domain.
        domain: usize,
        /// Statements of the report.
        report: Option<u8>,
    },
    /// Asks for the oldest message.
    Poll,
    /// Acknowledges the message last seen by a registrar, or one there never was.
    Acknowledge(Option<usize>),
}

/// What an update of a host adds or removes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostPart {
    /// Addresses.
    pub addresses: Vec<usize>,
    /// Statuses.
    pub statuses: Vec<usize>,
}

/// An update of a domain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainUpdate {
    /// The domain.
    pub domain: usize,
    /// What it gets.
    pub add: DomainPart,
    /// What it loses.
    pub remove: DomainPart,
    /// Its new registrant; the inner `None` takes it away.
    pub registrant: Option<Option<usize>>,
    /// Authorization information set.
    pub secret: Option<usize>,
    /// DS records it loses; `None` beside [`Self::remove_all`] says nothing.
    pub remove_signers: Vec<usize>,
    /// Whether it loses all DS records.
    pub remove_all: bool,
    /// DS records it gets.
    pub add_signers: Vec<usize>,
}

/// What an update of a domain adds or removes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainPart {
    /// Name servers.
    pub hosts: Vec<usize>,
    /// Contacts with the places of their roles.
    pub contacts: Vec<(usize, usize)>,
    /// Statuses.
    pub statuses: Vec<usize>,
}

impl DomainPart {
    /// Says whether it names nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
