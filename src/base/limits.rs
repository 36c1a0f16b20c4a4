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
/// Characters of one text value or attribute: authInfo and key material stay far below.
pub const XML_TEXT: usize = 16 * 1024;
/// Characters of the client's input that an error answer repeats.
pub const ECHO: usize = 64;
