//! Documents that show who a registrant is, and the requests in which the registry waits for them.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{Applicant, ContactId, DomainName, RegistrarId};

/// Declares kinds of documents with their codes and words.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $code:literal, $words:literal;)*) => {
        /// Kind of a document.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum DocumentKind { $($(#[$doc])* $kind,)* }

        impl DocumentKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// Returns the code, as registrars write it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$kind => $code,)* }
            }

            /// Returns what it is called in sentences.
            pub const fn in_words(self) -> &'static str {
                match self { $(Self::$kind => $words,)* }
            }
        }
    };
}

kinds! {
    /// Identity card of Hong Kong.
    IdentityCard = "HKID", "Hong Kong identity card";
    /// Identity card of another country.
    ForeignIdentityCard = "OTHID", "identity card of another country";
    /// Passport.
    Passport = "PASSNO", "passport";
    /// Birth certificate.
    BirthCertificate = "BIRTHCERT", "birth certificate";
    /// Another document of a person.
    OtherPersonal = "OTHIDV", "other document of a person";
    /// Business registration certificate.
    BusinessRegistration = "BR", "business registration certificate";
    /// Certificate of incorporation.
    Incorporation = "CI", "certificate of incorporation";
    /// Certificate of registration of a school.
    School = "CRS", "certificate of registration of a school";
    /// Proof of a bureau or department of the Government of Hong Kong.
    Department = "HKSARG", "proof of a government department";
    /// Ordinance of Hong Kong.
    Ordinance = "HKORDINANCE", "ordinance of Hong Kong";
    /// Another document of an organisation.
    OtherOrganisation = "OTHORG", "other document of an organisation";
    /// Certificate of registration of an overseas company.
    OverseasCompany = "CROC", "certificate of registration of an overseas company";
    /// Certificate of a society.
    Society = "SOCIETY", "certificate of a society";
    /// Licence of a public non-exclusive telecommunications service.
    TelecommunicationsLicence = "PNETS", "telecommunications licence";
    /// Undertaking of the parent company of a branch office.
    ParentUndertaking = "PARENT_UNDERTAKING", "undertaking of the parent company";
    /// Document of a minor's parent or guardian.
    Guardian = "GUARDIAN", "document of the parent or guardian";
    /// Consent of the Monetary Authority.
    MonetaryConsent = "MA_S97", "consent of the Monetary Authority";
    /// Consent of the Insurance Authority.
    InsuranceConsent = "IA_S56A", "consent of the Insurance Authority";
    /// Letter in which a holder hands a name over.
    TransferLetter = "TRANSFER_LETTER", "transfer letter";
}

impl DocumentKind {
    /// Finds the kind of a code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == code)
    }

    /// Says whether the code alone does not say what it is, so that a text must.
    pub const fn needs_words(self) -> bool {
        matches!(self, Self::OtherPersonal | Self::OtherOrganisation)
    }
}

/// A document as a registrar describes it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Its kind.
    pub kind: DocumentKind,
    /// What it is, for a kind that does not say so.
    pub words: Option<String>,
    /// Its number.
    pub number: String,
    /// Country that issued it, ISO 3166-1 alpha-2.
    pub country: String,
    /// Last day on which it counts; `None` is no end.
    pub expires: Option<NaiveDate>,
    /// The holder's Chinese name on it.
    pub chinese_name: Option<String>,
}

impl fmt::Debug for Document {
    /// Leaves out what tells a person's identity.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// Form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MediaType {
    /// PDF.
    Pdf,
    /// GIF.
    Gif,
    /// JPEG.
    Jpeg,
}

impl MediaType {
    /// Looks at the first octets of a file; `None` for every other form.
    pub fn of(content: &[u8]) -> Option<Self> {
        let begins: [(&[u8], Self); 4] = [
            (b"%PDF-", Self::Pdf),
            (b"GIF87a", Self::Gif),
            (b"GIF89a", Self::Gif),
            (b"\xff\xd8\xff", Self::Jpeg),
        ];
        let mut known = begins.into_iter();
        known.find_map(|(start, form)| content.starts_with(start).then_some(form))
    }

    /// Returns the name of the form (RFC 6838).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Gif => "image/gif",
            Self::Jpeg => "image/jpeg",
        }
    }
}

/// A file that was handed in; its content is kept by its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// SHA-256 of the content.
    pub digest: [u8; 32],
    /// Form of the content.
    pub media: MediaType,
    /// Octets.
    pub size: u64,
    /// Name of the file where it came from.
    pub file: String,
    /// When it was handed in.
    pub attached: DateTime<Utc>,
}

/// What a [`DocumentRequest`] is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Subject {
    /// A create that waits.
    Name,
    /// A change of the registrant that waits, to this contact.
    Registrant(ContactId),
    /// A registered name, whose registrant the registry asks.
    Registered,
}

/// The registry's wait for documents: one for every application or demand, under its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentRequest {
    /// Number of the application or demand.
    pub id: u64,
    /// What waits for it.
    pub subject: Subject,
    /// The name.
    pub domain: DomainName,
    /// Registrar that applied, or sponsored the name when the documents were demanded.
    pub sponsor: RegistrarId,
    /// When it was made.
    pub opened: DateTime<Utc>,
    /// Until when it must be decided.
    pub due: DateTime<Utc>,
    /// What is wanted: of each group one.
    pub wanted: Vec<Vec<DocumentKind>>,
    /// What people must look at beside the documents: rules by their identifiers.
    pub review: Vec<String>,
    /// What the registrar said of the registrant, and which documents it has.
    pub applicant: Applicant,
    /// Files handed in.
    pub attachments: Vec<Attachment>,
    /// How it ended; `None` while it is open.
    pub closed: Option<Closed>,
}

/// The end of a [`DocumentRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// How.
    pub verdict: Verdict,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom, in the audit trail's words.
    pub by: String,
    /// Why.
    pub reason: Option<String>,
}

/// How a [`DocumentRequest`] ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// What waited was approved.
    Approved,
    /// It was refused.
    Rejected,
    /// Nobody decided in time.
    Lapsed,
}

impl DocumentRequest {
    /// Returns its state at `now`: `open`, `approved`, `rejected` or `lapsed`.
    pub fn state(&self, now: DateTime<Utc>) -> &'static str {
        match self.closed.as_ref().map(|closed| closed.verdict) {
            None if now < self.due => "open",
            Some(Verdict::Approved) => "approved",
            Some(Verdict::Rejected) => "rejected",
            None | Some(Verdict::Lapsed) => "lapsed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_comes_back_from_its_code() {
        for kind in DocumentKind::ALL {
            assert_eq!(DocumentKind::parse(kind.as_str()), Some(*kind));
        }
        assert_eq!(DocumentKind::parse("br"), None);
    }

    #[test]
    fn form_is_told_by_the_content() {
        for (content, form) in [
            (&b"%PDF-1.7\n"[..], Some(MediaType::Pdf)),
            (b"GIF89a..", Some(MediaType::Gif)),
            (b"GIF87a", Some(MediaType::Gif)),
            (b"\xff\xd8\xff\xe0", Some(MediaType::Jpeg)),
            (b"\x89PNG\r\n", None),
            (b" %PDF-1.7", None),
            (b"GIF88a", None),
            (b"", None),
        ] {
            assert_eq!(MediaType::of(content), form, "{content:?}");
        }
    }
}
