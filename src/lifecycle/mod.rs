//! F2: the time machine. What an object is at a given moment, from what is stored and nothing else.
//!
//! State that only time changes is projected when it is read, so `info` is right to the second.

pub mod contact;
pub mod domain;
pub mod permission;
