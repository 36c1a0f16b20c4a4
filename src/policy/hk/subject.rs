//! A name as the rules look at it, and what a rule says of it.

use super::category::{Placed, Script, fold};
use super::{Consents, Hk};

/// A name under judgement, with what several rules need of it.
#[derive(Debug)]
pub(super) struct Subject {
    /// The name taken apart.
    pub(super) placed: Placed,
    /// Characters of the label, hyphens included.
    pub(super) characters: usize,
    /// Key of the label.
    pub(super) key: String,
    /// The key without hyphens.
    pub(super) joined: String,
    /// The Chinese characters of the key alone; empty for an English label.
    pub(super) chinese: String,
    /// Consents in force.
    pub(super) consents: Consents,
}

impl Subject {
    /// Prepares a name.
    pub(super) fn new(placed: Placed, hk: &Hk, consents: Consents) -> Self {
        let key = match placed.script {
            Script::Ascii => placed.label.clone(),
            Script::Chinese => fold(&hk.table, &placed.label),
        };
        let keep = |test: fn(&char) -> bool| key.chars().filter(test).collect::<String>();
        Self {
            characters: placed.label.chars().count(),
            joined: keep(|character| *character != '-'),
            chinese: keep(|character| !character.is_ascii()),
            key,
            placed,
            consents,
        }
    }
}

/// What a rule says of a name.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Not about such names.
    Unconcerned,
    /// The name keeps it.
    Met,
    /// It would refuse the name, but for the exemption or consent named here.
    Lifted(String),
    /// People decide; why.
    Review(String),
    /// The name breaks it; the sentence for the registrar.
    Broken(String),
}
