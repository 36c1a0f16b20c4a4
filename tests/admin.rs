//! The command line end to end, against the real binary.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs,
    unreachable_pub
)]

#[path = "support/name_server.rs"]
mod name_server;
// Written for several test programs, of which each uses a part.
#[allow(dead_code)]
#[path = "support/process.rs"]
mod process;
#[path = "support/session.rs"]
mod session;

#[path = "admin/attachments.rs"]
mod attachments;
#[path = "admin/delegation.rs"]
mod delegation;
#[path = "admin/files.rs"]
mod files;
#[path = "admin/lifecycle.rs"]
mod lifecycle;
#[path = "admin/locks.rs"]
mod locks;
#[path = "admin/name_servers.rs"]
mod name_servers;
#[path = "admin/objects.rs"]
mod objects;
#[path = "admin/policy.rs"]
mod policy;
#[path = "admin/registrar.rs"]
mod registrar;
#[path = "admin/rulings.rs"]
mod rulings;
#[path = "admin/sandbox.rs"]
mod sandbox;
#[path = "admin/serve.rs"]
mod serve;
#[path = "admin/usage.rs"]
mod usage;
#[path = "admin/zones.rs"]
mod zones;
