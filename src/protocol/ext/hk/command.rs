//! hk-1.0 on domain create and update.

use super::{
    NS, Registrant, decode_documents, encode_document, encode_names, encode_optional,
    encode_presence, is_present, names, text,
};
use crate::model::ContactId;
use crate::model::document::Document;
use crate::protocol::Error;
use crate::protocol::values::{contact_id, optional};
use crate::xml::{Element, Sequence, Writer};

/// Extension of domain create (`<hk:create>`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Create {
    /// Who the registrant is.
    pub registrant: Option<Registrant>,
    /// Contact of a minor's parent or guardian (`guardian`).
    pub guardian: Option<ContactId>,
    /// Whether the registrant is the branch office of a company elsewhere (`branch`).
    pub branch: bool,
    /// Documents the registrar holds, at most [`super::DOCUMENTS`].
    pub documents: Vec<Document>,
    /// Variants to activate with the name.
    pub variant: Option<CreateVariant>,
    /// Name to bundle it with (`pair`).
    pub pair: Option<String>,
}

/// Variants of a new name (`variant`), all in A-form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreateVariant {
    /// The simplified form (`simplified`); the registry's own choice when absent.
    pub simplified: Option<String>,
    /// The traditional form (`traditional`); the registry's own choice when absent.
    pub traditional: Option<String>,
    /// Further ones to activate (`activate`).
    pub activate: Vec<String>,
}

/// Extension of domain update (`<hk:update>`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Update {
    /// Who the new registrant is, or what the registry asked of the present one.
    pub registrant: Option<Registrant>,
    /// Contact of a minor's parent or guardian (`guardian`).
    pub guardian: Option<ContactId>,
    /// Whether the registrant is the branch office of a company elsewhere (`branch`).
    pub branch: bool,
    /// Further documents the registrar holds, at most [`super::DOCUMENTS`].
    pub documents: Vec<Document>,
    /// Variants to change.
    pub variant: Option<UpdateVariant>,
    /// Name to bundle it with, or the end of that.
    pub pair: Option<PairChange>,
    /// Whether the administrative contact changes for every name of the registrant in the category (`applyToAll`).
    pub apply_to_all: bool,
}

/// Changes to the variants of a name (`variant`), all in A-form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UpdateVariant {
    /// The simplified form to activate instead (`simplified`).
    pub simplified: Option<String>,
    /// The traditional form to activate instead (`traditional`).
    pub traditional: Option<String>,
    /// Further ones to activate (`add`).
    pub add: Vec<String>,
    /// Ones to deactivate (`rem`).
    pub remove: Vec<String>,
}

/// Change to the bundle of two names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PairChange {
    /// `pair`: bundle with this name.
    With(String),
    /// `unpair`: end the bundle.
    Apart,
}

impl Create {
    /// Reads `<hk:create>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let registrant = optional(&mut content, NS, "registrant", Registrant::decode)?;
        let guardian = optional(&mut content, NS, "guardian", contact_id)?;
        let branch = is_present(&mut content, "branch")?;
        let documents = decode_documents(&mut content)?;
        let variant = optional(&mut content, NS, "variant", CreateVariant::decode)?;
        let pair = optional(&mut content, NS, "pair", text)?;
        content.end()?;
        Ok(Self {
            registrant,
            guardian,
            branch,
            documents,
            variant,
            pair,
        })
    }

    /// Writes `<hk:create>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(NS, "create");
        if let Some(registrant) = &self.registrant {
            registrant.encode(writer);
        }
        encode_optional(
            writer,
            "guardian",
            self.guardian.as_ref().map(ContactId::as_str),
        );
        encode_presence(writer, "branch", self.branch);
        for document in &self.documents {
            encode_document(writer, document);
        }
        if let Some(variant) = &self.variant {
            variant.encode(writer);
        }
        encode_optional(writer, "pair", self.pair.as_deref());
        writer.end();
    }
}

impl CreateVariant {
    fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let simplified = optional(&mut content, NS, "simplified", text)?;
        let traditional = optional(&mut content, NS, "traditional", text)?;
        let activate = names(&mut content, "activate")?;
        content.end()?;
        Ok(Self {
            simplified,
            traditional,
            activate,
        })
    }

    fn encode(&self, writer: &mut Writer) {
        writer.start(NS, "variant");
        encode_optional(writer, "simplified", self.simplified.as_deref());
        encode_optional(writer, "traditional", self.traditional.as_deref());
        encode_names(writer, "activate", &self.activate);
        writer.end();
    }
}

impl Update {
    /// Reads `<hk:update>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let registrant = optional(&mut content, NS, "registrant", Registrant::decode)?;
        let guardian = optional(&mut content, NS, "guardian", contact_id)?;
        let branch = is_present(&mut content, "branch")?;
        let documents = decode_documents(&mut content)?;
        let variant = optional(&mut content, NS, "variant", UpdateVariant::decode)?;
        let pair = match optional(&mut content, NS, "pair", text)? {
            Some(name) => Some(PairChange::With(name)),
            None => is_present(&mut content, "unpair")?.then_some(PairChange::Apart),
        };
        let apply_to_all = is_present(&mut content, "applyToAll")?;
        content.end()?;
        Ok(Self {
            registrant,
            guardian,
            branch,
            documents,
            variant,
            pair,
            apply_to_all,
        })
    }

    /// Writes `<hk:update>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(NS, "update");
        if let Some(registrant) = &self.registrant {
            registrant.encode(writer);
        }
        encode_optional(
            writer,
            "guardian",
            self.guardian.as_ref().map(ContactId::as_str),
        );
        encode_presence(writer, "branch", self.branch);
        for document in &self.documents {
            encode_document(writer, document);
        }
        if let Some(variant) = &self.variant {
            variant.encode(writer);
        }
        match &self.pair {
            Some(PairChange::With(name)) => writer.leaf(NS, "pair", name),
            Some(PairChange::Apart) => encode_presence(writer, "unpair", true),
            None => {}
        }
        encode_presence(writer, "applyToAll", self.apply_to_all);
        writer.end();
    }
}

impl UpdateVariant {
    fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let simplified = optional(&mut content, NS, "simplified", text)?;
        let traditional = optional(&mut content, NS, "traditional", text)?;
        let add = names(&mut content, "add")?;
        let remove = names(&mut content, "rem")?;
        content.end()?;
        Ok(Self {
            simplified,
            traditional,
            add,
            remove,
        })
    }

    fn encode(&self, writer: &mut Writer) {
        writer.start(NS, "variant");
        encode_optional(writer, "simplified", self.simplified.as_deref());
        encode_optional(writer, "traditional", self.traditional.as_deref());
        encode_names(writer, "add", &self.add);
        encode_names(writer, "rem", &self.remove);
        writer.end();
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::option::of;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::super::{Age, DOCUMENTS, Party, decode};
    use super::*;
    use crate::model::document::DocumentKind;
    use crate::protocol::samples;
    use crate::protocol::testing::{again, contact_id, token};

    fn words() -> impl Strategy<Value = String> {
        token(1..=255)
    }

    fn registrant() -> impl Strategy<Value = Registrant> {
        let age = prop_oneof![
            samples::day().prop_map(Age::Born),
            any::<bool>().prop_map(Age::Over18)
        ];
        let party = select(&[Party::Individual, Party::Organisation][..]);
        (party, of(age), of(words()), of(words())).prop_map(|(party, age, legal_name, industry)| {
            Registrant {
                party,
                age,
                legal_name,
                industry,
            }
        })
    }

    fn document() -> impl Strategy<Value = Document> {
        let kind = select(DocumentKind::ALL);
        let expires = of(samples::day());
        let texts = (of(words()), words(), "[A-Z]{2}", of(words()));
        (kind, texts, expires).prop_map(
            |(kind, (words, number, country, chinese_name), expires)| Document {
                kind,
                words,
                number,
                country,
                expires,
                chinese_name,
            },
        )
    }

    fn create() -> impl Strategy<Value = Create> {
        let variant = (of(words()), of(words()), vec(words(), 0..3)).prop_map(
            |(simplified, traditional, activate)| CreateVariant {
                simplified,
                traditional,
                activate,
            },
        );
        let who = (of(registrant()), of(contact_id()), any::<bool>());
        (who, vec(document(), 0..3), of(variant), of(words())).prop_map(
            |((registrant, guardian, branch), documents, variant, pair)| Create {
                registrant,
                guardian,
                branch,
                documents,
                variant,
                pair,
            },
        )
    }

    fn update() -> impl Strategy<Value = Update> {
        let lists = (vec(words(), 0..3), vec(words(), 0..3));
        let variant = (of(words()), of(words()), lists).prop_map(
            |(simplified, traditional, (add, remove))| UpdateVariant {
                simplified,
                traditional,
                add,
                remove,
            },
        );
        let pair = prop_oneof![words().prop_map(PairChange::With), Just(PairChange::Apart)];
        let how = (of(variant), of(pair), any::<bool>());
        let who = (of(registrant()), of(contact_id()), any::<bool>());
        (who, vec(document(), 0..3), how).prop_map(
            |((registrant, guardian, branch), documents, (variant, pair, apply_to_all))| Update {
                registrant,
                guardian,
                branch,
                documents,
                variant,
                pair,
                apply_to_all,
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn decode_of_what_was_printed_is_the_same(create in create(), update in update()) {
            prop_assert_eq!(&again(|w| create.encode(w), Create::decode), &create);
            prop_assert_eq!(&again(|w| update.encode(w), Update::decode), &update);
        }
    }

    const DOCUMENT: &str = "<document><type>HKID</type><number>A123456(3)</number>\
        <country>HK</country></document>";

    #[test]
    fn decode_reads_who_the_registrant_is_and_what_shows_it() {
        let text = format!(
            "<create><registrant><type> individual </type><birthDate>2010-02-28</birthDate>\
             <legalName>\u{9673}\n\u{5927}\u{6587}</legalName></registrant><guardian>parent-1</guardian>\
             <branch/>{DOCUMENT}<document><type>OTHIDV</type><other>licence</other><number>1</number>\
             <country> MO </country><expires>2030-01-01</expires><nameZh>x</nameZh></document></create>"
        );
        let create = samples::read(NS, &text, Create::decode).unwrap();
        let registrant = create.registrant.unwrap();
        assert_eq!(registrant.party, Party::Individual);
        let born = "2010-02-28".parse().unwrap();
        assert_eq!(registrant.age, Some(Age::Born(born)));
        let name = registrant.legal_name.as_deref();
        assert_eq!(name, Some("\u{9673} \u{5927}\u{6587}"));
        assert_eq!(create.guardian, ContactId::parse("parent-1"));
        assert!(create.branch);
        let [card, licence] = create.documents.as_slice() else {
            panic!()
        };
        assert_eq!(card.kind, DocumentKind::IdentityCard);
        assert_eq!(
            (licence.country.as_str(), licence.words.as_deref()),
            ("MO", Some("licence"))
        );
    }

    #[test]
    fn decode_accepts_the_edges() {
        let read = |text: &str| samples::read(NS, text, Create::decode).unwrap();
        assert_eq!(read("<create/>"), Create::default());
        let text = format!("<create>{}</create>", DOCUMENT.repeat(DOCUMENTS));
        assert_eq!(read(&text).documents.len(), DOCUMENTS);
        let variant = read("<create><variant/></create>").variant;
        assert_eq!(variant, Some(CreateVariant::default()));
        let text = "<update><unpair/><applyToAll/></update>";
        let update = samples::read(NS, text, Update::decode).unwrap();
        assert_eq!(
            (update.pair, update.apply_to_all),
            (Some(PairChange::Apart), true)
        );
    }

    #[test]
    fn decode_refuses_what_the_schema_refuses() {
        let registrant =
            |content: &str| format!("<create><registrant>{content}</registrant></create>");
        let person = "<type>individual</type>";
        let texts = [
            registrant(""),
            registrant("<type>person</type>"),
            registrant(&format!("{person}<birthDate>2010-02-30</birthDate>")),
            registrant(&format!(
                "{person}<birthDate>2010-02-28</birthDate><over18>1</over18>"
            )),
            registrant(&format!("{person}<over18>yes</over18>")),
            registrant(&format!("{person}<legalName/>")),
            registrant(&format!("<over18>1</over18>{person}")),
            "<create><guardian>ab</guardian></create>".to_owned(),
            "<create><branch>yes</branch></create>".to_owned(),
            "<create><branch> </branch></create>".to_owned(),
            "<create><branch of='x'/></create>".to_owned(),
            format!("<create>{DOCUMENT}<branch/></create>"),
            format!("<create>{}</create>", DOCUMENT.repeat(DOCUMENTS + 1)),
            format!("<create>{}</create>", DOCUMENT.replace("HKID", "hkid")),
            format!("<create>{}</create>", DOCUMENT.replace(">HK<", ">hk<")),
            format!("<create>{}</create>", DOCUMENT.replace(">HK<", ">HKG<")),
            format!("<create>{}</create>", DOCUMENT.replace("A123456(3)", "")),
            "<create><variant><add>a.example</add></variant></create>".to_owned(),
            "<create><pair/></create>".to_owned(),
            "<create><unpair/></create>".to_owned(),
            "<update><pair>a.example</pair><unpair/></update>".to_owned(),
            "<update><applyToAll/><unpair/></update>".to_owned(),
            "<update><branch/><guardian>parent-1</guardian></update>".to_owned(),
            "<update><variant><rem>a.example</rem><add>a.example</add></variant></update>"
                .to_owned(),
            "<update><variant><activate>a.example</activate></variant></update>".to_owned(),
            "<creData/>".to_owned(),
            "<other/>".to_owned(),
        ];
        samples::refuse(NS, &texts.each_ref().map(String::as_str), decode);
    }
}
