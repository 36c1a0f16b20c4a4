//! epp-06 to epp-10: contacts.

use super::play::{Play, Registrar, contact_id, status};
use super::rows::{self, Row, Values};

/// What `{AUTO}` stands for in the columns of a contact.
const AUTO: [(&str, &str); 13] = [
    ("postalInfoType", "int"),
    ("name", "Chan Tai Man"),
    ("org", "Harbour Ferries Ltd"),
    ("street1", "1 Queen's Road"),
    ("city", "Central"),
    ("sp", "Hong Kong"),
    ("pc", "00852"),
    ("cc", "HK"),
    ("voice", "+852.23456789"),
    ("voiceExt", "12"),
    ("fax", "+852.23456780"),
    ("faxExt", "34"),
    ("email", "chan@mail.icann"),
];

/// Returns what an element of a contact shall hold.
fn value(values: &mut Values, row: &Row, column: &str) -> Option<String> {
    let auto = AUTO.iter().find(|(name, _)| *name == column);
    values.of(row, column, auto.unwrap().1)
}

/// Writes an element that must be there: empty where the row says so.
fn required(values: &mut Values, row: &Row, column: &str) -> String {
    let value = value(values, row, column).unwrap_or_default();
    format!("<contact:{column}>{value}</contact:{column}>")
}

/// Writes an element that may be absent: it is, where the row says that it is empty.
fn optional(values: &mut Values, row: &Row, column: &str, element: &str) -> String {
    value(values, row, column).map_or_else(String::new, |value| {
        format!("<contact:{element}>{value}</contact:{element}>")
    })
}

fn postal(values: &mut Values, row: &Row) -> String {
    let form = value(values, row, "postalInfoType").unwrap_or_default();
    let parts = [
        required(values, row, "name"),
        optional(values, row, "org", "org"),
        "<contact:addr>".to_owned(),
        optional(values, row, "street1", "street"),
        required(values, row, "city"),
        optional(values, row, "sp", "sp"),
        optional(values, row, "pc", "pc"),
        required(values, row, "cc"),
        "</contact:addr>".to_owned(),
    ];
    format!(
        "<contact:postalInfo type=\"{form}\">{}</contact:postalInfo>",
        parts.concat()
    )
}

fn reach(values: &mut Values, row: &Row) -> String {
    let mut number = |column: &str, extension: &str| {
        let number = value(values, row, column).unwrap_or_default();
        let extension = value(values, row, extension).unwrap_or_default();
        format!("<contact:{column} x=\"{extension}\">{number}</contact:{column}>")
    };
    let numbers = number("voice", "voiceExt") + &number("fax", "faxExt");
    numbers + &required(values, row, "email")
}

/// Asserts that a contact shows what a row without exceptions gave it.
fn assert_shown(registrar: &mut Registrar, id: &str) {
    let answer = registrar.accepted("info", "contact", &contact_id(id));
    let shown = |element: &str| {
        answer
            .text_of(&format!("contact:{element}"))
            .map(str::to_owned)
    };
    let expected = |column: &str| {
        let auto = AUTO.iter().find(|(name, _)| *name == column);
        Some(auto.unwrap().1.to_owned())
    };
    assert!(answer.has("type=\"int\""), "{answer}");
    assert_eq!(shown("id").as_deref(), Some(id));
    assert_eq!(shown("street"), expected("street1"));
    for element in [
        "name", "org", "city", "sp", "pc", "cc", "voice", "fax", "email",
    ] {
        assert_eq!(shown(element), expected(element), "{answer}");
    }
    assert!(answer.has("x=\"12\"") && answer.has("x=\"34\""), "{answer}");
}

#[test]
fn epp_06_contact_check() {
    let mut play = Play::of("epp-06");
    let (there, free) = (play.name(""), play.name(""));
    let mut a = play.log_in("registrar-a");
    a.create_contact(&there);
    for (id, availability) in [(&there, "avail=\"0\""), (&free, "avail=\"1\"")] {
        let answer = a.accepted("check", "contact", &contact_id(id));
        assert!(answer.has(availability), "{answer}");
    }
    let too_long = play.values.characters(17);
    let code = a.ask("check", "contact", &contact_id(&too_long)).code();
    assert!([2001, 2004, 2005].contains(&code), "{code}");
}

#[test]
fn epp_07_contact_create() {
    let mut play = Play::of("epp-07");
    let mut a = play.log_in("registrar-a");
    for row in rows::of("epp-07-data") {
        let auto = play.values.characters(10);
        let id = play.values.of(&row, "id", &auto).unwrap_or_default();
        let content = format!(
            "{}{}{}<contact:authInfo><contact:pw/></contact:authInfo>",
            contact_id(&id),
            postal(&mut play.values, &row),
            reach(&mut play.values, &row)
        );
        a.judged("create", "contact", &content, row.passes());
        if row.passes() {
            assert_shown(&mut a, &id);
        }
    }
}

#[test]
fn epp_08_contact_access() {
    let mut play = Play::of("epp-08");
    let id = play.name("");
    let (mut a, mut b) = (play.log_in("registrar-a"), play.log_in("registrar-b"));
    a.create_contact(&id);
    b.refused("info", "contact", &contact_id(&id), 2201);
    let change = "<contact:chg><contact:email>b@mail.icann</contact:email></contact:chg>";
    b.refused("update", "contact", &(contact_id(&id) + change), 2201);
}

#[test]
fn epp_09_contact_update() {
    let mut play = Play::of("epp-09");
    let id = play.name("");
    let mut a = play.log_in("registrar-a");
    a.create_contact(&id);
    let change = |content: &str| format!("{}<contact:chg>{content}</contact:chg>", contact_id(&id));
    for row in rows::of("epp-09-postalinfo-data") {
        let content = change(&postal(&mut play.values, &row));
        let answer = a.judged("update", "contact", &content, row.passes());
        assert!(!row.passes() || answer.code() == 1000, "{answer}");
    }
    for row in rows::of("epp-09-other-data") {
        let content = change(&reach(&mut play.values, &row));
        a.judged("update", "contact", &content, row.passes());
    }
    assert_shown(&mut a, &id);
    for row in rows::of("epp-09-status-data") {
        let content = contact_id(&id) + &status("contact", row.cell("action"), row.cell("status"));
        a.judged("update", "contact", &content, row.passes());
    }
}

#[test]
fn epp_10_contact_delete() {
    let mut play = Play::of("epp-10");
    let id = play.name("");
    let mut a = play.log_in("registrar-a");
    a.create_contact(&id);
    assert_eq!(
        a.accepted("delete", "contact", &contact_id(&id)).code(),
        1000
    );
    a.gone("contact", &contact_id(&id));
}
