//! Every limit of the outer surface in one place, each with its reason. Times in seconds, sizes in octets.

/// Largest EPP data unit by default, its header included: the biggest honest command is a few KiB.
pub const FRAME_DEFAULT: usize = 64 * 1024;
/// Largest data unit an operator may configure.
pub const FRAME_MAXIMUM: usize = 1024 * 1024;
/// Element depth: the deepest valid command has nine levels.
pub const XML_DEPTH: usize = 32;
/// Attributes of one element: valid commands have at most three beside namespace declarations.
pub const XML_ATTRIBUTES: usize = 32;
/// Namespace declarations in scope: a client that declares every registered extension stays below.
pub const XML_NAMESPACES: usize = 64;
/// Octets of one text value or attribute: authInfo and key material stay far below.
pub const XML_TEXT: usize = 16 * 1024;
/// Characters of the client's input that an error answer repeats.
pub const ECHO: usize = 64;
/// Connections open at a time: a registry's registrars need hundreds; beyond this, memory is at stake.
pub const CONNECTIONS: usize = 20_000;
/// Connections of one address that have not logged in: a client opens them one by one.
pub const PRE_LOGIN_PER_ADDRESS: usize = 4;
/// TLS handshake: a slow line needs one or two seconds.
pub const HANDSHAKE_SECONDS: u64 = 10;
/// First to fourth octet of a data unit: they travel together.
pub const HEADER_SECONDS: u64 = 10;
/// First to last octet of a data unit: the largest takes a second on a slow line.
pub const FRAME_SECONDS: u64 = 30;
/// Silence between commands: clients that keep a session say hello every few minutes.
pub const IDLE_SECONDS: u64 = 600;
/// Life of a connection: bounds how long one login is relied on.
pub const LIFETIME_SECONDS: u64 = 24 * 3600;
/// Taking an answer: a client that reads at all is far below.
pub const WRITE_SECONDS: u64 = 30;
/// Closing everything on SIGTERM: half a second below the five that are promised.
pub const DRAIN_MILLISECONDS: u64 = 4_500;
/// Answers joined into one write: keeps pipelined clients quick and the buffer small.
pub const COALESCE: usize = 16 * 1024;
/// Buffer a connection keeps while it waits; what a larger command or answer needed is given back.
pub const BUFFER_KEPT: usize = 16 * 1024;
