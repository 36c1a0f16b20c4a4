//! F6: the sockets. EPP over mutual TLS (RFC 5734) and plain HTTP on loopback.
//!
//! ```text
//! listener    accepts, admits, drains        one task per connection
//!   handshake   TLS within its time            tls: configuration, trust, reload
//!     connection  frames in, answers out         frame by frame, in order
//! live        every open connection: caps, and how the operator closes some of them
//! http        /metrics, /healthz, /readyz
//! ```

pub mod http;
pub mod live;
pub mod tls;

mod connection;
mod handshake;
mod listener;
pub mod material;
mod settings;

pub use listener::serve;
pub use live::Live;
pub use material::{Error as MaterialError, Files};
pub use settings::{Settings, Timeouts};
pub use tls::Tls;
