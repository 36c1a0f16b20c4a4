//! Values at and beyond the edges of the types that EPP's schemas use.

use super::Prng;

/// Makes a value of some kind.
type Maker = fn(&mut Prng) -> String;

/// Kinds of values, each with the names of elements and attributes that hold it.
const KINDS: &[(Maker, &[&str])] = &[
    (
        number,
        &[
            "period",
            "keyTag",
            "alg",
            "digestType",
            "flags",
            "protocol",
            "maxSigLife",
            "count",
            "code",
        ],
    ),
    (
        time,
        &[
            "curExpDate",
            "delTime",
            "resTime",
            "svDate",
            "crDate",
            "upDate",
            "exDate",
            "trDate",
            "reDate",
            "acDate",
            "paDate",
            "qDate",
            "absolute",
        ],
    ),
    (boolean, &["all", "flag", "urgent", "avail", "paResult"]),
    (hexadecimal, &["digest"]),
    (base64, &["pubKey"]),
    (telephone, &["voice", "fax"]),
    (repository_handle, &["roid"]),
    (language, &["lang"]),
    (uri, &["objURI", "extURI"]),
    (version, &["version"]),
    (duration, &["relative", "duration"]),
];

/// Makes a value for what is called `name`: usually of its kind, else of any.
pub fn for_name(name: &str, random: &mut Prng) -> String {
    let fitting = KINDS.iter().find(|(_, names)| names.contains(&name));
    match fitting {
        Some((make, _)) if random.one_in(8) => spaced(make(random), random),
        Some((make, _)) if !random.one_in(6) => make(random),
        _ if random.one_in(4) => {
            let (make, _) = random.pick(KINDS);
            make(random)
        }
        _ => text(random),
    }
}

/// Escapes a value for content and attributes.
pub fn escape(value: &str) -> String {
    value
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// White space as the types see it, and what only looks like it.
pub fn blank(random: &mut Prng) -> &'static str {
    random.pick::<&str>(&[
        " ", " ", "\t", "\n", "\r", "\r\n", "  ", "&#32;", "&#9;", "&#10;", "&#13;", "\u{a0}",
        "\u{2003}", "\u{85}", "\u{2028}", "\u{200b}", "\u{feff}",
    ])
}

/// Makes a text with a length at an edge of some facet.
pub fn text(random: &mut Prng) -> String {
    let length = *random.pick(&[
        0, 1, 2, 3, 4, 5, 6, 7, 15, 16, 17, 18, 31, 32, 33, 44, 45, 46, 63, 64, 65, 79, 80, 81,
        254, 255, 256, 257,
    ]);
    let unit = *random.pick(&[
        "a",
        "a",
        "a",
        "\u{e9}",
        "\u{9999}",
        "\u{20000}",
        "a ",
        "b.c-",
    ]);
    let value: String = unit.chars().cycle().take(length).collect();
    if random.one_in(4) {
        return spaced(value, random);
    }
    value
}

/// Puts white space somewhere into a value.
fn spaced(mut value: String, random: &mut Prng) -> String {
    for _ in 0..=random.below(2) {
        let places: Vec<usize> = value.char_indices().map(|(place, _)| place).collect();
        let place = match random.below(3) {
            0 => 0,
            1 => value.len(),
            _ => places.get(random.below(places.len())).copied().unwrap_or(0),
        };
        let blank = *random.pick(&[" ", " ", "\t", "\n", "  ", "\u{a0}"]);
        value.insert_str(place, blank);
    }
    value
}

fn number(random: &mut Prng) -> String {
    random
        .pick(&[
            "0",
            "-0",
            "+0",
            "1",
            "+1",
            "-1",
            "01",
            "007",
            "2",
            "9",
            "10",
            "98",
            "99",
            "+99",
            "100",
            "099",
            "255",
            "256",
            "65535",
            "65536",
            "2147483647",
            "2147483648",
            "-2147483648",
            "4294967296",
            "18446744073709551615",
            "18446744073709551616",
            "1.0",
            "1.",
            ".1",
            "1e1",
            "0x1",
            "1 2",
            "",
            "\u{661}",
            "\u{ff11}",
            "00000000000000000000000000000001",
            "--1",
            "+-1",
            "1000",
            "1001",
            "1002",
            "1301",
            "1500",
            "2000",
            "2106",
            "2107",
            "2308",
            "2502",
        ])
        .to_string()
}

fn time(random: &mut Prng) -> String {
    if random.one_in(30) {
        return random
            .pick(&[
                "",
                "today",
                "2027",
                "--04-03",
                "20270403",
                "2027-04-03 12:00:00Z",
            ])
            .to_string();
    }
    let year = *random.pick(&[
        "2027",
        "2027",
        "2027",
        "2028",
        "2000",
        "1900",
        "0001",
        "0000",
        "-0001",
        "-0004",
        "-0005",
        "12027",
        "02027",
        "+2027",
        "27",
        "99999",
        "2147483648",
        "9223372036854775808",
        "",
    ]);
    let month = *random.pick(&["04", "02", "12", "1", "01", "00", "13", "04 "]);
    let day = *random.pick(&["03", "03", "28", "29", "30", "31", "32", "00", "3"]);
    let zone = *random.pick(&[
        "Z",
        "Z",
        "Z",
        "",
        "z",
        "+08:00",
        "-05:30",
        "+14:00",
        "-14:00",
        "+14:01",
        "-15:00",
        "+13:59",
        "+13:60",
        "+00:00",
        "-00:00",
        "+8:00",
        "+0800",
        "+08",
        " Z",
        "UTC",
        "+08:00:00",
    ]);
    let date = format!("{year}-{month}-{day}");
    if random.one_in(3) {
        return date + zone;
    }
    let clock = *random.pick(&[
        "12:00:00",
        "00:00:00",
        "23:59:59",
        "23:59:60",
        "24:00:00",
        "24:00:00.000",
        "24:00:00.001",
        "24:00:01",
        "25:00:00",
        "12:60:00",
        "12:00:60",
        "12:00:00.5",
        "12:00:00.",
        "12:00:00,5",
        "12:00:00.123456789",
        "12:00:00.1234567890123456789012",
        "12:00",
        "1:00:00",
        "12:0:00",
        "12:00:00.5a",
        "-1:00:00",
        "12:00:61",
    ]);
    let separator = *random.pick(&["T", "T", "T", "T", "T", "T", "t", " ", ""]);
    format!("{date}{separator}{clock}{zone}")
}

fn boolean(random: &mut Prng) -> String {
    random
        .pick(&[
            "true",
            "false",
            "1",
            "0",
            "TRUE",
            "True",
            "yes",
            "",
            "01",
            "2",
            "t rue",
            "-0",
            "false\u{a0}",
        ])
        .to_string()
}

fn hexadecimal(random: &mut Prng) -> String {
    let length = *random.pick(&[0, 1, 2, 3, 40, 64, 65]);
    let digits = *random.pick(&["0aF9", "0AF9", "00", "fg", "0 ", "\u{ff10}1", "0x"]);
    digits.chars().cycle().take(length).collect()
}

fn base64(random: &mut Prng) -> String {
    let body = *random.pick(&[
        "", "AQID", "AQIDBAUG", "AQ ID", "A Q I D", "AQ\nID", "A*ID", "A-_D",
    ]);
    let tail = *random.pick(&[
        "",
        "AQ==",
        "AQI=",
        "AQ=",
        "AQ",
        "AQI",
        "A",
        "A===",
        "AR==",
        "AQJ=",
        "=",
        "====",
        "AQ= =",
        "AQ==AQID",
        "AQ== ",
        "A Q==",
        "Ag==",
        "/+8=",
        "AQ==\t",
        "\u{c1}Q==",
        "AQ==\n=",
    ]);
    format!("{body}{tail}")
}

fn telephone(random: &mut Prng) -> String {
    random
        .pick(&[
            "",
            "+852.12345678",
            "+1.1",
            "+12.1",
            "+123.1",
            "+1234.1",
            "+1.12345678901234",
            "+1.123456789012345",
            "+123.123456789012",
            "+123.1234567890123",
            "+.1",
            "+1.",
            "1.1",
            "+1.1x5",
            "+1-1",
            "+1. 1",
            "+ 1.1",
            "+\u{ff11}.1",
            "+1.\u{661}",
            "++1.1",
            "+1.1.1",
        ])
        .to_string()
}

fn repository_handle(random: &mut Prng) -> String {
    if random.one_in(4) {
        let number = "A".repeat(*random.pick(&[0, 1, 79, 80, 81]));
        let repository = "B".repeat(*random.pick(&[0, 1, 7, 8, 9]));
        return format!("{number}-{repository}");
    }
    random
        .pick(&[
            "EX1-REP",
            "_-A",
            "a_b-c",
            "a_b-c_d",
            "A-B-C",
            "A.B-C",
            "A B-C",
            "A",
            "-",
            "\u{e9}1-R",
            "A-\u{c9}",
            "\u{20ac}-A",
            "+-A",
            "~-A",
            "$-A",
            "\u{2460}-A",
            "\u{20000}-A",
            "\u{ad}-A",
            "\u{e000}-A",
            "\u{203f}-A",
            "A-\u{203f}",
            "\u{661}-\u{661}",
            "\u{301}-A",
            "\u{200b}-A",
            "\u{2116}-A",
            "(-A",
            "\u{2013}-A",
            "\u{ab}-A",
            "^-`",
            "A-\u{9999}\u{6e2f}",
            "\u{b7}-A",
        ])
        .to_string()
}

fn language(random: &mut Prng) -> String {
    random
        .pick(&[
            "en",
            "EN",
            "en-US",
            "zh-Hant-HK",
            "x-klingon",
            "i-default",
            "e",
            "abcdefgh",
            "abcdefghi",
            "en-abcdefgh",
            "en-abcdefghi",
            "en-",
            "-en",
            "en--US",
            "e n",
            "",
            "1n",
            "en-1",
            "en_US",
            "\u{e9}n",
            "en.",
            "fr",
        ])
        .to_string()
}

fn uri(random: &mut Prng) -> String {
    random
        .pick(&[
            "urn:ietf:params:xml:ns:domain-1.0",
            "urn:ietf:params:xml:ns:contact-1.0",
            "urn:ietf:params:xml:ns:secDNS-1.1",
            "urn:x",
            "",
            "a",
            "a b",
            "http://a b/",
            "%",
            "%zz",
            "%41",
            "[",
            "http://[::1]/",
            "http://[::1",
            "::",
            ":",
            "1:a",
            "a#b",
            "a#b#c",
            "\\",
            "a\\b",
            "http://\u{e9}/",
            "\u{9999}",
            "{x}",
            "a|b",
            "a^b",
            "a`b",
            "<a>",
            "\"a\"",
            "//",
            "///",
            "http://",
            "http://a:b/",
            "http://a:1/",
            "http://a:123456/",
            "?",
            "a?b?c",
            "a\u{a0}b",
            "http://u@h@i/",
            "urn:\u{7f}",
            "a%2",
            "mailto:a@b",
        ])
        .to_string()
}

fn version(random: &mut Prng) -> String {
    random
        .pick(&[
            "1.0", "1.0", "1.1", "01.0", "1", "1.00", "10.0", "1. 0", "2.0", "0.9", "",
        ])
        .to_string()
}

fn duration(random: &mut Prng) -> String {
    random
        .pick(&[
            "P1Y",
            "P1Y2M3DT4H5M6S",
            "PT0.5S",
            "P",
            "PT",
            "-P1D",
            "P-1D",
            "P1H",
            "1Y",
            "PT1.S",
        ])
        .to_string()
}
