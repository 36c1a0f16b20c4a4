//! Sequences of steps drawn from octets; every draw ends, whatever the octets are.

use super::step::{
    ADDRESSES, CONTACT_STATUSES, CONTACTS, Command, DOMAIN_STATUSES, DOMAINS, DomainPart,
    DomainUpdate, FILTERS, HOST_STATUSES, HOSTS, HostPart, KEY_TAGS, OPERATIONS, REGISTRARS, ROLES,
    SECRETS, Step,
};

/// Most steps drawn.
const STEPS: usize = 40;
/// Hours in which most of what time brings happens, and the hours around it.
const HOURS: [u16; 14] = [
    1, 12, 24, 119, 120, 121, 167, 168, 600, 720, 721, 1080, 1440, 8760,
];

/// Steps, and whether jobs run after each of them or only when they must.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sequence {
    /// Whether jobs run after every step; otherwise what time brings shows before it is made permanent.
    pub prompt: bool,
    /// The steps.
    pub steps: Vec<Step>,
}

impl Sequence {
    /// Draws a sequence.
    pub fn draw(octets: &[u8]) -> Self {
        let mut source = Source { octets };
        let prompt = source.below(4) > 0;
        let mut steps = begin(&mut source);
        let most = steps.len() + STEPS;
        while !source.octets.is_empty() && steps.len() < most {
            steps.push(source.step());
        }
        Self { prompt, steps }
    }
}

/// Begins with some objects that the other steps can meet.
fn begin(source: &mut Source<'_>) -> Vec<Step> {
    let contact = |contact| Command::CreateContact { contact, secret: 0 };
    let host = |host, addresses| Command::CreateHost { host, addresses };
    let domain = |domain, hosts| Command::CreateDomain {
        domain,
        years: Some(2),
        hosts,
        registrant: Some(domain),
        contacts: vec![(1, 0)],
        signers: vec![0],
        secret: 0,
    };
    let usual = [
        (0, contact(0)),
        (1, contact(1)),
        (2, contact(2)),
        (2, host(4, Vec::new())),
        (0, domain(0, vec![4])),
        (1, domain(1, vec![4])),
        (0, host(0, vec![0])),
        (1, host(2, vec![1, 2])),
    ];
    let chosen = source.below(256) | source.below(256);
    let usual = usual.into_iter().enumerate();
    let mut steps: Vec<Step> = usual
        .filter(|(place, _)| chosen >> place & 1 == 1)
        .map(|(_, (registrar, command))| Step::Command(registrar, command))
        .collect();
    // Half the time the add grace is over; sometimes a deletion has begun, or a transfer of either kind.
    if source.once_in(2) {
        steps.push(Step::Advance(121));
        if source.once_in(2) {
            steps.push(Step::Command(1, Command::DeleteHost(2)));
            steps.push(Step::Command(1, Command::DeleteDomain(1)));
        }
    }
    if source.once_in(4) {
        let request = Command::TransferDomain {
            domain: 0,
            operation: 0,
            secret: Some(0),
            years: None,
        };
        steps.push(Step::Command(2, request));
    }
    if source.once_in(4) {
        let request = Command::TransferContact {
            contact: 1,
            operation: 0,
            secret: Some(0),
        };
        steps.push(Step::Command(0, request));
    }
    steps
}

/// Returns the registrar whose object a command is likely about.
fn usual_owner(command: &Command) -> Option<usize> {
    match command {
        Command::UpdateContact { contact, .. } | Command::DeleteContact(contact) => Some(*contact),
        Command::CreateHost { host, .. }
        | Command::UpdateHost { host, .. }
        | Command::DeleteHost(host) => Some(host.div_ceil(2) % REGISTRARS.len()),
        Command::RenewDomain { domain, .. }
        | Command::DeleteDomain(domain)
        | Command::RestoreDomain { domain, .. } => Some(*domain),
        Command::UpdateDomain(update) => Some(update.domain),
        Command::Acknowledge(whose) => *whose,
        Command::CheckDomains
        | Command::CheckContacts
        | Command::CheckHosts
        | Command::InfoDomain { .. }
        | Command::InfoContact { .. }
        | Command::InfoHost(_)
        | Command::CreateContact { .. }
        | Command::TransferContact { .. }
        | Command::CreateDomain { .. }
        | Command::TransferDomain { .. }
        | Command::Poll => None,
    }
}

/// Octets that are used up from the front; zeros follow their end.
struct Source<'a> {
    octets: &'a [u8],
}

impl Source<'_> {
    fn below(&mut self, end: usize) -> usize {
        let Some((first, rest)) = self.octets.split_first() else {
            return 0;
        };
        self.octets = rest;
        usize::from(*first) % end.max(1)
    }

    /// Says yes once in `times`.
    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 1
    }

    fn maybe(&mut self, times: usize, end: usize) -> Option<usize> {
        self.once_in(times).then(|| self.below(end))
    }

    /// Draws places without repeats, most often none or one.
    fn some(&mut self, times: usize, end: usize) -> Vec<usize> {
        let mut places = Vec::new();
        while places.len() < 3 && self.once_in(times) {
            let place = self.below(end);
            if !places.contains(&place) {
                places.push(place);
            }
        }
        places
    }

    /// Draws authorization information, most often the usual one.
    fn secret(&mut self) -> usize {
        match self.below(8) {
            place @ 0..4 => place % SECRETS.len(),
            _ => 0,
        }
    }

    fn maybe_secret(&mut self, times: usize) -> Option<usize> {
        self.once_in(times).then(|| self.secret())
    }

    fn years(&mut self) -> Option<u8> {
        match self.below(8) {
            0 => Some(2),
            1 => Some(9),
            2 => Some(10),
            3 => Some(11),
            4 => Some(1),
            _ => None,
        }
    }

    /// Draws contacts with their roles, most often none.
    fn contacts(&mut self, times: usize) -> Vec<(usize, usize)> {
        let roles = self.some(times, ROLES.len());
        let roles = roles.into_iter();
        roles
            .map(|role| (role, self.below(CONTACTS.len())))
            .collect()
    }

    /// Draws a domain, most often one of those there are at first.
    fn domain(&mut self) -> usize {
        match self.below(5) {
            place @ 0..4 => place % 2,
            _ => DOMAINS.len() - 1,
        }
    }

    fn step(&mut self) -> Step {
        if self.below(9) == 0 {
            let place = self.below(2 * HOURS.len());
            let usual = HOURS.get(place).copied();
            return Step::Advance(usual.unwrap_or(1 + place as u16 * 6));
        }
        let command = self.command();
        let anybody = self.below(2 * REGISTRARS.len());
        let registrar = usual_owner(&command)
            .filter(|_| anybody >= REGISTRARS.len())
            .unwrap_or(anybody % REGISTRARS.len());
        Step::Command(registrar, command)
    }

    fn command(&mut self) -> Command {
        match self.below(40) {
            0 => match self.below(3) {
                0 => Command::CheckDomains,
                1 => Command::CheckContacts,
                _ => Command::CheckHosts,
            },
            1 | 2 => Command::InfoDomain {
                domain: self.domain(),
                secret: self.maybe_secret(3),
                filter: self.below(FILTERS.len()),
            },
            3 => Command::InfoContact {
                contact: self.below(CONTACTS.len()),
                secret: self.maybe_secret(3),
            },
            4 => Command::InfoHost(self.below(HOSTS.len())),
            5 => Command::CreateContact {
                contact: self.below(CONTACTS.len()),
                secret: self.secret(),
            },
            6 | 7 => Command::UpdateContact {
                contact: self.below(CONTACTS.len()),
                add: self.some(3, CONTACT_STATUSES.len()),
                remove: self.some(3, CONTACT_STATUSES.len()),
                email: self.once_in(3),
                secret: self.maybe_secret(4),
            },
            8 => Command::DeleteContact(self.below(CONTACTS.len())),
            9 | 10 => Command::CreateHost {
                host: self.below(HOSTS.len()),
                addresses: self.some(2, ADDRESSES.len()),
            },
            11..14 => Command::UpdateHost {
                host: self.below(HOSTS.len()),
                add: self.host_part(),
                remove: self.host_part(),
                rename: self.maybe(2, HOSTS.len()),
            },
            14 => Command::DeleteHost(self.below(HOSTS.len())),
            15 | 16 => Command::CreateDomain {
                domain: self.domain(),
                years: self.years(),
                hosts: self.some(2, HOSTS.len()),
                registrant: (!self.once_in(8)).then(|| self.below(CONTACTS.len())),
                contacts: self.contacts(2),
                signers: self.some(4, KEY_TAGS.len()),
                secret: self.secret(),
            },
            17..22 => Command::UpdateDomain(Box::new(self.domain_update())),
            22 | 23 => Command::RenewDomain {
                domain: self.domain(),
                right: !self.once_in(6),
                years: self.years(),
            },
            24 | 25 => Command::DeleteDomain(self.domain()),
            26..31 => Command::TransferDomain {
                domain: self.domain(),
                operation: self.below(8) % OPERATIONS.len(),
                secret: (!self.once_in(4)).then(|| self.secret()),
                years: self.years(),
            },
            31 | 32 => Command::RestoreDomain {
                domain: self.domain(),
                report: match self.below(5) {
                    0 | 1 => None,
                    2 => Some(1),
                    _ => Some(2),
                },
            },
            33..37 => Command::TransferContact {
                contact: self.below(CONTACTS.len()),
                operation: self.below(8) % OPERATIONS.len(),
                secret: (!self.once_in(4)).then(|| self.secret()),
            },
            37 => Command::Poll,
            _ => Command::Acknowledge(match self.below(8) {
                0 => None,
                place => Some(place % REGISTRARS.len()),
            }),
        }
    }

    fn host_part(&mut self) -> HostPart {
        HostPart {
            addresses: self.some(4, ADDRESSES.len()),
            statuses: self.some(3, HOST_STATUSES.len()),
        }
    }

    fn domain_part(&mut self) -> DomainPart {
        DomainPart {
            hosts: self.some(4, HOSTS.len()),
            contacts: self.contacts(6),
            statuses: self.some(4, DOMAIN_STATUSES.len()),
        }
    }

    fn domain_update(&mut self) -> DomainUpdate {
        DomainUpdate {
            domain: self.domain(),
            add: self.domain_part(),
            remove: self.domain_part(),
            registrant: self
                .once_in(8)
                .then(|| (!self.once_in(4)).then(|| self.below(CONTACTS.len()))),
            secret: self.maybe_secret(6),
            remove_all: self.once_in(12),
            remove_signers: self.some(8, KEY_TAGS.len()),
            add_signers: self.some(8, KEY_TAGS.len()),
        }
    }
}
