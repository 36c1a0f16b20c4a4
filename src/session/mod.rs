//! F5: one client's conversation, no sockets (RFC 5730 section 2).
//!
//! ```text
//!              greeting                     login 1000
//!   (opened) ----------> Waiting ------------------------> LoggedIn --- logout 1500 ---> Closed
//!                          | ^                               | ^
//!                          +-+ hello: greeting               +-+ hello: greeting
//!                          |   other commands: 2002          |   login: 2002
//!                          |   login 2200                    |   commands: their flows
//!                          +-- third failure 2501, session cap 2502 --------------------> Closed
//! ```

pub mod budget;
pub mod conversation;
mod delegation;
mod dispatch;
mod due;
mod login;
pub mod numbers;
pub mod password;
mod rules;
pub mod service;

pub use conversation::{After, Certificate, Conversation, Conversations, Peer};
pub use service::{Service, Settings};
