//! What is asked of a server.

/// A kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Workload {
    /// `<hello/>`, answered by the greeting.
    Hello,
    /// `<domain:check>` of five free names.
    Check,
    /// `<domain:info>` of one's own name with two name servers.
    Info,
    /// `<domain:create>` of a new name with a registrant.
    Create,
    /// `<domain:update>` that sets a status or takes it away.
    Update,
    /// Check, info and create.
    Mixed,
    /// `<domain:transfer>` of another's name, requested and cancelled in turn.
    Transfer,
    /// `<poll op="req"/>` with messages waiting.
    Poll,
    /// `<domain:create>` below .hk with three contacts and two name servers.
    Hk,
    /// The same in the plain profile.
    Plain,
    /// `<domain:check>` of five free Chinese names below .香港.
    Chinese,
    /// The same of English ones below .hk.
    English,
}

impl Workload {
    /// All but those that are measured with another, in the order they are measured: once transfers have filled the
    /// queues, every answer tells of them.
    pub const ALL: [Self; 9] = [
        Self::Hello,
        Self::Check,
        Self::Info,
        Self::Create,
        Self::Update,
        Self::Mixed,
        Self::Transfer,
        Self::Poll,
        Self::Hk,
    ];

    /// Returns the name it is asked for by and printed with.
    pub fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }

    /// Says whether its requests may be sent again and again.
    pub fn repeats(self) -> bool {
        match self {
            Self::Hello | Self::Check | Self::Info | Self::Poll | Self::Chinese | Self::English => {
                true
            }
            Self::Create | Self::Update | Self::Mixed | Self::Transfer | Self::Hk | Self::Plain => {
                false
            }
        }
    }

    /// Returns what its answer holds when it is the right one.
    pub fn expected(self) -> &'static str {
        match self {
            Self::Hello => "<greeting>",
            Self::Check | Self::Chinese | Self::English => "avail=\"1\"",
            Self::Hk | Self::Plain => "code=\"1000\"",
            Self::Info => "<domain:exDate>",
            Self::Poll => "code=\"1301\"",
            Self::Create | Self::Update | Self::Mixed | Self::Transfer => "code=\"1",
        }
    }

    /// Returns what the `number`th request of the mixed load is; of the others, themselves.
    pub fn part(self, number: usize) -> Self {
        match (self, number % 10) {
            (Self::Mixed, 0..=6) => Self::Check,
            (Self::Mixed, 7 | 8) => Self::Info,
            (Self::Mixed, _) => Self::Create,
            (other, _) => other,
        }
    }
}
