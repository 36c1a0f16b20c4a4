//! hkepp: the EPP registry server for .hk and .香港.
//!
//! Imports go strictly down; neighbours on one floor do not see each other (`tests/floors.rs`).
//!
//! ```text
//! F7  main  cli  config  daemon      arguments, files, wiring; the only place that names a backend
//! F6  server  job  admin             sockets; timers; operator verbs
//! F5  session  rdap  export          one client's conversation, no sockets; read-only views
//! F4  flow                           one file per command: load, decide, commit
//! F3  store                          contract, journal, sled index, memory
//! F2  protocol  lifecycle  policy    typed EPP both ways; time machine; rules
//! F1  model  xml                     values parsed on construction; strict reader and writer
//! F0  base                           clock, result codes, ids, limits
//! ```

pub mod admin;
pub mod base;
pub mod cli;
pub mod config;
pub mod daemon;
pub mod export;
pub mod flow;
#[doc(hidden)]
pub mod fuzzing;
pub mod job;
pub mod lifecycle;
pub mod model;
pub mod policy;
pub mod protocol;
pub mod server;
pub mod session;
pub mod store;
pub mod xml;
