//! hk-1.0 in answers to domain info, and to commands that wait for a decision.

use chrono::{DateTime, Utc};

use super::{LONGEST, NS, encode_names, encode_optional, encode_presence, is_present, names, text};
use crate::base::code::Code;
use crate::model::document::DocumentKind;
use crate::model::lock::LockKind;
use crate::protocol::Error;
use crate::protocol::text::{collapse, date_time, timestamp, unsigned};
use crate::protocol::values::{empty, instant, optional};
use crate::xml::sequence::{attributes, leaf};
use crate::xml::{Element, Sequence, Writer};

/// Extension of the answer to domain info (`<hk:infData>`); names are in A-form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InfoData {
    /// Category of the name (`category`), 1 to 255 characters.
    pub category: Option<String>,
    /// When the registration was activated (`activated`).
    pub activated: Option<DateTime<Utc>>,
    /// Variant table of the name (`table`), 1 to 255 characters.
    pub table: Option<String>,
    /// Activated simplified form (`simplified`).
    pub simplified: Option<String>,
    /// Activated traditional form (`traditional`).
    pub traditional: Option<String>,
    /// Further activated variants (`further`).
    pub further: Vec<String>,
    /// Name it is bundled with (`pair`).
    pub pair: Option<String>,
    /// Locks that stand (`lock`).
    pub locks: Vec<LockData>,
    /// Whether it has the registry's name servers for the time being (`temporaryNameServers`).
    pub temporary_name_servers: bool,
    /// Application that waits for a decision (`application`).
    pub application: Option<Application>,
    /// Documents that the registry wants to see of the registrant (`documents`).
    pub documents: Option<Application>,
}

/// A lock as registrars see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockData {
    /// Why it stands.
    pub kind: LockKind,
    /// Case it is for, 1 to 255 characters.
    pub case: Option<String>,
}

/// An application, or a request for documents, that waits for a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Application {
    /// Its number.
    pub id: u64,
    /// Until when it must be decided.
    pub due: DateTime<Utc>,
}

/// Extension of the answer to a command that waits (`<hk:creData>`, `<hk:updData>`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The application (`application`).
    pub application: Application,
    /// Documents that are wanted: of each group one (`wanted`).
    pub wanted: Vec<Vec<DocumentKind>>,
}

impl InfoData {
    /// Reads `<hk:infData>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let category = optional(&mut content, NS, "category", text)?;
        let activated = optional(&mut content, NS, "activated", instant)?;
        let table = optional(&mut content, NS, "table", text)?;
        let simplified = optional(&mut content, NS, "simplified", text)?;
        let traditional = optional(&mut content, NS, "traditional", text)?;
        let further = names(&mut content, "further")?;
        let pair = optional(&mut content, NS, "pair", text)?;
        let locks = content.many(NS, "lock", 0, usize::MAX)?.into_iter();
        let locks = locks.map(LockData::decode).collect::<Result<_, _>>()?;
        let temporary_name_servers = is_present(&mut content, "temporaryNameServers")?;
        let application = optional(&mut content, NS, "application", Application::decode)?;
        let documents = optional(&mut content, NS, "documents", Application::decode)?;
        content.end()?;
        Ok(Self {
            category,
            activated,
            table,
            simplified,
            traditional,
            further,
            pair,
            locks,
            temporary_name_servers,
            application,
            documents,
        })
    }

    /// Writes `<hk:infData>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(NS, "infData");
        encode_optional(writer, "category", self.category.as_deref());
        encode_optional(
            writer,
            "activated",
            self.activated.map(timestamp).as_deref(),
        );
        encode_optional(writer, "table", self.table.as_deref());
        encode_optional(writer, "simplified", self.simplified.as_deref());
        encode_optional(writer, "traditional", self.traditional.as_deref());
        encode_names(writer, "further", &self.further);
        encode_optional(writer, "pair", self.pair.as_deref());
        for lock in &self.locks {
            lock.encode(writer);
        }
        encode_presence(writer, "temporaryNameServers", self.temporary_name_servers);
        if let Some(application) = &self.application {
            application.encode(writer, "application");
        }
        if let Some(documents) = &self.documents {
            documents.encode(writer, "documents");
        }
        writer.end();
    }
}

impl LockData {
    /// Every kind, in the schema's order.
    const KINDS: [LockKind; 4] = [
        LockKind::Panel,
        LockKind::Court,
        LockKind::Hold,
        LockKind::Registry,
    ];

    fn decode(element: Element<'_>) -> Result<Self, Error> {
        let [kind, case] = attributes(element, ["kind", "case"])?;
        empty(element)?;
        let kind = collapse(kind.unwrap_or_default());
        let mut kinds = Self::KINDS.into_iter();
        let kind = kinds.find(|known| known.as_str() == kind).ok_or_else(|| {
            let reason = "the attribute kind is required and names a kind of lock";
            Error::new(Code::Syntax, element, reason)
        })?;
        let case = case.map(|case| collapse(case).into_owned());
        let fits = |case: &String| (1..=LONGEST).contains(&case.chars().count());
        if !case.as_ref().is_none_or(fits) {
            let reason = "case has 1 to 255 characters";
            return Err(Error::new(Code::Syntax, element, reason));
        }
        Ok(Self { kind, case })
    }

    fn encode(&self, writer: &mut Writer) {
        writer.start(NS, "lock");
        writer.attribute("kind", self.kind.as_str());
        if let Some(case) = &self.case {
            writer.attribute("case", case);
        }
        writer.end();
    }
}

impl Application {
    fn decode(element: Element<'_>) -> Result<Self, Error> {
        let [id, due] = attributes(element, ["id", "due"])?;
        empty(element)?;
        let refuse = |reason| Error::new(Code::Syntax, element, reason);
        Ok(Self {
            id: id
                .and_then(unsigned)
                .ok_or_else(|| refuse("the attribute id is required and is a number"))?,
            due: due
                .and_then(date_time)
                .ok_or_else(|| refuse("the attribute due is required and is a date and time"))?,
        })
    }

    /// Writes it as the element `name`.
    fn encode(&self, writer: &mut Writer, name: &'static str) {
        writer.start(NS, name);
        writer.attribute("id", &self.id.to_string());
        writer.attribute("due", &timestamp(self.due));
        writer.end();
    }
}

impl Waiting {
    /// Reads `<hk:creData>` or `<hk:updData>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let application = Application::decode(content.required(NS, "application")?)?;
        let wanted = content.many(NS, "wanted", 0, usize::MAX)?.into_iter();
        let wanted = wanted.map(decode_group).collect::<Result<_, _>>()?;
        content.end()?;
        Ok(Self {
            application,
            wanted,
        })
    }

    /// Writes the element `name`, which is `creData` or `updData`.
    pub fn encode(&self, writer: &mut Writer, name: &'static str) {
        writer.start(NS, name);
        self.application.encode(writer, "application");
        for group in &self.wanted {
            let codes: Vec<_> = group.iter().map(|kind| kind.as_str()).collect();
            writer.leaf(NS, "wanted", &codes.join(" "));
        }
        writer.end();
    }
}

/// Reads a list of kinds of documents, at least one.
fn decode_group(element: Element<'_>) -> Result<Vec<DocumentKind>, Error> {
    let codes = collapse(leaf(element)?);
    let kinds: Option<Vec<_>> = codes.split(' ').map(DocumentKind::parse).collect();
    kinds.ok_or_else(|| {
        Error::new(
            Code::Syntax,
            element,
            "expected codes of kinds of documents",
        )
    })
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::option::of;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::protocol::samples;
    use crate::protocol::testing::{again, token};

    fn words() -> impl Strategy<Value = String> {
        token(1..=255)
    }

    fn application() -> impl Strategy<Value = Application> {
        (any::<u64>(), samples::instant()).prop_map(|(id, due)| Application { id, due })
    }

    fn info() -> impl Strategy<Value = InfoData> {
        let lock = (select(&LockData::KINDS[..]), of(words()))
            .prop_map(|(kind, case)| LockData { kind, case });
        let variants = (of(words()), of(words()), vec(words(), 0..3));
        let first = (
            of(words()),
            of(samples::instant()),
            of(words()),
            of(words()),
        );
        let last = (
            vec(lock, 0..3),
            any::<bool>(),
            of(application()),
            of(application()),
        );
        (first, variants, last).prop_map(
            |(
                (category, activated, table, pair),
                (simplified, traditional, further),
                (locks, temporary_name_servers, application, documents),
            )| InfoData {
                category,
                activated,
                table,
                simplified,
                traditional,
                further,
                pair,
                locks,
                temporary_name_servers,
                application,
                documents,
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn decode_of_what_was_printed_is_the_same(
            info in info(),
            application in application(),
            wanted in vec(vec(select(DocumentKind::ALL), 1..4), 0..3),
        ) {
            prop_assert_eq!(&again(|w| info.encode(w), InfoData::decode), &info);
            let waiting = Waiting { application, wanted };
            for name in ["creData", "updData"] {
                prop_assert_eq!(&again(|w| waiting.encode(w, name), Waiting::decode), &waiting);
            }
        }
    }

    #[test]
    fn decode_reads_locks_and_groups_of_documents() {
        let text =
            "<infData><lock kind=' court ' case='HCA  1/2027'/><lock kind='hold'/></infData>";
        let info = samples::read(NS, text, InfoData::decode).unwrap();
        let kinds: Vec<_> = info.locks.iter().map(|lock| lock.kind).collect();
        assert_eq!(kinds, [LockKind::Court, LockKind::Hold]);
        assert_eq!(info.locks[0].case.as_deref(), Some("HCA 1/2027"));
        let text = "<creData><application id=' 7 ' due='2027-04-03T22:00:00Z'/>\
                    <wanted>BR\n CROC</wanted><wanted>PNETS</wanted></creData>";
        let create = samples::read(NS, text, Waiting::decode).unwrap();
        assert_eq!(create.application.id, 7);
        let company = vec![
            DocumentKind::BusinessRegistration,
            DocumentKind::OverseasCompany,
        ];
        let licence = vec![DocumentKind::TelecommunicationsLicence];
        assert_eq!(create.wanted, [company, licence]);
    }

    #[test]
    fn decode_refuses_what_the_schema_refuses() {
        let texts = [
            "<infData><category/></infData>",
            "<infData><activated>2027-04-03</activated></infData>",
            "<infData><table>zh</table><category>idv</category></infData>",
            "<infData><lock/></infData>",
            "<infData><lock kind='judge'/></infData>",
            "<infData><lock kind='court' case=''/></infData>",
            "<infData><lock kind='court'>x</lock></infData>",
            "<infData><temporaryNameServers>true</temporaryNameServers></infData>",
            "<infData><application id='1'/></infData>",
            "<infData><application due='2027-04-03T22:00:00Z'/></infData>",
            "<infData><documents id='1'/></infData>",
            "<infData><documents id='1' due='2027-04-03T22:00:00Z'/><application id='1' due='2027-04-03T22:00:00Z'/></infData>",
            "<infData><application id='-1' due='2027-04-03T22:00:00Z'/></infData>",
        ];
        samples::refuse(NS, &texts, InfoData::decode);
        let texts = [
            "",
            "<application id='7' due='soon'/>",
            "<application id='7' due='2027-04-03T22:00:00Z'/><wanted/>",
            "<application id='7' due='2027-04-03T22:00:00Z'/><wanted>BR,CI</wanted>",
            "<wanted>BR</wanted><application id='7' due='2027-04-03T22:00:00Z'/>",
        ];
        let texts = texts.map(|content| format!("<creData>{content}</creData>"));
        samples::refuse(NS, &texts.each_ref().map(String::as_str), Waiting::decode);
    }
}
