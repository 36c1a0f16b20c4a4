//! F5: what the registry publishes of its store.

pub mod zone;
