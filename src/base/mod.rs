//! F0: what every floor may use and what uses nothing of ours.

pub mod clock;
pub mod code;
pub mod ident;
pub mod limits;
pub mod metrics;
pub mod secret;
