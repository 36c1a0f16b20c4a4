//! Result codes of RFC 5730 section 3: number, text, and whether the server closes after sending.

use std::fmt;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $number:literal, $text:literal;)*) => {
        /// A result code of RFC 5730 section 3.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u16)]
        pub enum Code { $($(#[$doc])* $variant = $number,)* }

        impl Code {
            /// Every code, in numeric order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the RFC's English text of the code.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

codes! {
    /// Nothing more to say.
    Completed = 1000, "Command completed successfully";
    /// Offline work is pending; the outcome follows by poll message.
    CompletedPending = 1001, "Command completed successfully; action pending";
    /// The poll queue is empty.
    NoMessages = 1300, "Command completed successfully; no messages";
    /// A poll message follows.
    AckToDequeue = 1301, "Command completed successfully; ack to dequeue";
    /// Answer to logout.
    EndingSession = 1500, "Command completed successfully; ending session";
    /// A command element EPP does not define.
    UnknownCommand = 2000, "Unknown command";
    /// Not well-formed or not valid by the schemas.
    Syntax = 2001, "Command syntax error";
    /// Out of sequence or context.
    Use = 2002, "Command use error";
    /// A parameter this command needs is absent.
    ParameterMissing = 2003, "Required parameter missing";
    /// A value outside the protocol's range.
    ParameterRange = 2004, "Parameter value range error";
    /// A value of wrong syntax.
    ParameterSyntax = 2005, "Parameter value syntax error";
    /// A protocol version not offered.
    Version = 2100, "Unimplemented protocol version";
    /// A command not implemented for the object.
    UnimplementedCommand = 2101, "Unimplemented command";
    /// An option not implemented.
    UnimplementedOption = 2102, "Unimplemented option";
    /// An extension not implemented or not announced.
    UnimplementedExtension = 2103, "Unimplemented extension";
    /// No credit.
    Billing = 2104, "Billing failure";
    /// Cannot be renewed now.
    NotRenewable = 2105, "Object is not eligible for renewal";
    /// Cannot be transferred now.
    NotTransferable = 2106, "Object is not eligible for transfer";
    /// Wrong credentials.
    Authentication = 2200, "Authentication error";
    /// Not the sponsoring registrar.
    Authorization = 2201, "Authorization error";
    /// Wrong authInfo.
    AuthInfo = 2202, "Invalid authorization information";
    /// A transfer is pending already.
    PendingTransfer = 2300, "Object pending transfer";
    /// No transfer is pending.
    NotPendingTransfer = 2301, "Object not pending transfer";
    /// The object exists.
    Exists = 2302, "Object exists";
    /// The object does not exist.
    DoesNotExist = 2303, "Object does not exist";
    /// A status forbids the operation.
    StatusProhibits = 2304, "Object status prohibits operation";
    /// An association forbids the operation.
    AssociationProhibits = 2305, "Object association prohibits operation";
    /// A value against server policy.
    ValuePolicy = 2306, "Parameter value policy error";
    /// An object service not offered or not announced.
    UnimplementedObject = 2307, "Unimplemented object service";
    /// A change against data management policy.
    DataPolicy = 2308, "Data management policy violation";
    /// Internal and transient; the session stays.
    Failed = 2400, "Command failed";
    /// Internal and lasting; the server closes.
    FailedClosing = 2500, "Command failed; server closing connection";
    /// Too many login failures; the server closes.
    AuthenticationClosing = 2501, "Authentication error; server closing connection";
    /// Too many sessions; the server closes.
    SessionLimit = 2502, "Session limit exceeded; server closing connection";
}

impl Code {
    /// Returns the number on the wire.
    pub const fn number(self) -> u16 {
        self as u16
    }

    /// Says whether the command succeeded (1xxx).
    pub const fn is_success(self) -> bool {
        self.number() < 2000
    }

    /// Says whether the server closes the connection after this answer (x5xx).
    pub const fn closes(self) -> bool {
        self.number() / 100 % 10 == 5
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_codes_are_those_of_the_rfc() {
        let closing: Vec<u16> = Code::ALL
            .iter()
            .filter(|c| c.closes())
            .map(|c| c.number())
            .collect();
        assert_eq!(closing, [1500, 2500, 2501, 2502]);
    }

    #[test]
    fn table_is_complete_and_ordered() {
        assert_eq!(Code::ALL.len(), 34);
        assert!(Code::ALL.is_sorted());
    }
}
