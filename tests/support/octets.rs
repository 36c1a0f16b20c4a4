//! The changes of what is around the tree, and of what it is written in.

use super::Prng;
use super::document::Document;

/// Changes what stands before and after the root.
pub fn change_surroundings(document: &mut Document, random: &mut Prng) {
    let prolog = *random.pick(&[
        "",
        "\u{feff}",
        "\n",
        "<?xml version='1.0'?>",
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>",
        "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>",
        "<?xml version='1.1'?>",
        "<?xml version='1.0' standalone='maybe'?>",
        "<?xml encoding='UTF-8'?>",
        "<?xml?>",
        "\u{feff}<?xml version='1.0' encoding='UTF-8'?>",
        " <?xml version='1.0'?>",
        "<!-- x -->",
        "<?xml version='1.0' encoding='US-ASCII'?>",
        "<?xml version='1.0' encoding='x'?>",
        "<?xml version='1.0'?><?pi?>",
        "<!DOCTYPE epp>",
        "<!DOCTYPE epp [<!ENTITY a 'b'>]>",
        "x",
        "<?xml version='2.0'?>",
        "<?xml version='1.0'  encoding = 'UTF-8' ?>\r\n",
    ]);
    if random.one_in(3) {
        document.epilog = (*random.pick(&[
            "",
            "\n",
            "<!-- x -->",
            "<?pi?>",
            "x",
            "<epp/>",
            "\0",
            "&#32;",
            "<![CDATA[]]>",
            "\u{feff}",
        ]))
        .to_owned();
    } else {
        document.prolog = prolog.to_owned();
    }
}

/// Changes octets without looking what they are.
pub fn change_octets(mut octets: Vec<u8>, random: &mut Prng) -> Vec<u8> {
    let place = random.below(octets.len());
    match random.below(6) {
        0 => octets[place] ^= 1 << random.below(8),
        1 => drop(octets.remove(place)),
        2 => octets.truncate(place),
        3 => octets.insert(place, *random.pick(b"<>&\"'/=: ;!?-]\0\n\x7f\x80\xc3\xff")),
        4 => octets[place] = *random.pick(b"<>&\"'/=: ;!?-]\0\n\x7f\x80\xc3\xff"),
        _ => {
            let end = (place + 1 + random.below(20)).min(octets.len());
            let piece = octets[place..end].to_vec();
            octets.splice(place..place, piece);
        }
    }
    octets
}

/// Writes the document in another encoding, with or without its mark, and with the old declaration.
pub fn change_encoding(text: &str, random: &mut Prng) -> Vec<u8> {
    let text = match random.below(3) {
        0 => text.replace("UTF-8", "UTF-16").replace("utf-8", "utf-16"),
        _ => text.to_owned(),
    };
    let little = random.one_in(2);
    let mark = if random.one_in(3) { "" } else { "\u{feff}" };
    mark.encode_utf16()
        .chain(text.encode_utf16())
        .flat_map(|unit| {
            if little {
                unit.to_le_bytes()
            } else {
                unit.to_be_bytes()
            }
        })
        .collect()
}
