//! Changes of an object that its sponsor did not ask for (RFC 8590 section 2).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What was done, by whom, when and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Which state of the object stands beside it.
    pub state: State,
    /// What was done.
    pub operation: Operation,
    /// When it was done.
    pub date: DateTime<Utc>,
    /// `svTRID` under which it was done, 3 to 64 characters.
    pub transaction: String,
    /// Who did it, in words of the registry, 1 to 255 characters.
    pub who: String,
    /// The case it was done for.
    pub case: Option<Case>,
    /// Why, on one line; the data of a message takes 32 characters of it.
    pub reason: Option<String>,
}

/// State of the object a message holds (`stateType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// Before the change.
    Before,
    /// After it.
    After,
}

/// Operation with what narrows it down (`operationType`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    /// Which.
    pub kind: OperationKind,
    /// The step of a transfer or restore, `purge`, or the name of a custom operation (`op`).
    pub detail: Option<String>,
}

/// Kind of an [`Operation`] (`operationEnum`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OperationKind {
    /// It was created.
    Create,
    /// It was deleted; `purge` when it is gone at once.
    Delete,
    /// It was renewed.
    Renew,
    /// A step of a transfer was made.
    Transfer,
    /// It was updated.
    Update,
    /// A step of a restore was made.
    Restore,
    /// Its registration ended and was renewed by the server.
    AutoRenew,
    /// The server deleted it; `purge` when it is gone at once.
    AutoDelete,
    /// The server removed it at the end of pendingDelete.
    AutoPurge,
    /// Something else, named beside it.
    Custom,
}

/// Case in which a change was made (`caseIdType`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Of which procedure.
    pub kind: CaseKind,
    /// Name of a custom procedure.
    pub name: Option<String>,
    /// Identifier of the case.
    pub id: String,
}

/// Procedure of a [`Case`] (`caseTypeEnum`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CaseKind {
    /// Uniform Domain-Name Dispute-Resolution Policy.
    Udrp,
    /// Uniform Rapid Suspension.
    Urs,
    /// Another one.
    Custom,
}

impl State {
    /// Every value.
    pub const ALL: [Self; 2] = [Self::Before, Self::After];

    /// Returns the value as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
        }
    }
}

impl Operation {
    /// Makes an operation that nothing narrows down.
    pub const fn new(kind: OperationKind) -> Self {
        Self { kind, detail: None }
    }

    /// Makes an operation that EPP has no name for.
    pub fn custom(name: &str) -> Self {
        Self {
            kind: OperationKind::Custom,
            detail: Some(name.to_owned()),
        }
    }
}

impl OperationKind {
    /// Every value, in the schema's order.
    pub const ALL: [Self; 10] = [
        Self::Create,
        Self::Delete,
        Self::Renew,
        Self::Transfer,
        Self::Update,
        Self::Restore,
        Self::AutoRenew,
        Self::AutoDelete,
        Self::AutoPurge,
        Self::Custom,
    ];

    /// Returns the value as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Delete => "delete",
            Self::Renew => "renew",
            Self::Transfer => "transfer",
            Self::Update => "update",
            Self::Restore => "restore",
            Self::AutoRenew => "autoRenew",
            Self::AutoDelete => "autoDelete",
            Self::AutoPurge => "autoPurge",
            Self::Custom => "custom",
        }
    }
}

impl CaseKind {
    /// Every value.
    pub const ALL: [Self; 3] = [Self::Udrp, Self::Urs, Self::Custom];

    /// Returns the value as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Udrp => "udrp",
            Self::Urs => "urs",
            Self::Custom => "custom",
        }
    }
}
