//! The rows of the test's data providers, and the expressions in their cells.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Where the rows lie; they are not ours, so some of our own stand in where they are absent.
const ROWS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/rst");

/// Rows of our own for each provider: one that passes and some that fail.
const OWN: [(&str, &str); 12] = [
    (
        "epp-07-data",
        "id\tpostalInfoType\tname\torg\tstreet1\tcity\tsp\tpc\tcc\tvoice\tvoiceExt\tfax\tfaxExt\temail\tpassOrFail\n\
         {AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\tpass\n\
         {AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\tZZ\t{AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\tfail\n\
         {AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\t{EMPTY}\t{AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\tfail",
    ),
    (
        "epp-09-postalinfo-data",
        "postalInfoType\tname\torg\tstreet1\tcity\tsp\tpc\tcc\tpassOrFail\n\
         {AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\tpass\n\
         {AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\tZZ\tfail",
    ),
    (
        "epp-09-other-data",
        "voice\tvoiceExt\tfax\tfaxExt\temail\tpassOrFail\n\
         {AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\tpass\n\
         {AUTO}\t{AUTO}\t{AUTO}\t{AUTO}\tnobody\tfail",
    ),
    (
        "epp-09-status-data",
        "action\tstatus\tpassOrFail\nadd\tclientDeleteProhibited\tpass\nadd\tclientDeleteProhibited\tfail\n\
         rem\tclientDeleteProhibited\tpass\nrem\tok\tfail",
    ),
    (
        "epp-11-data",
        "name\tcreateParentFirst\tip\taddr\tpassOrFail\n\
         {\"ns1.\" & RANDCHARS(9) & \".icann\"}\tfalse\t{EMPTY}\t{EMPTY}\tpass\n\
         {\"ns1.\" & RANDCHARS(9) & \".\" & $TLD}\ttrue\tv4\t127.0.0.9\tfail",
    ),
    (
        "epp-13-addr-data",
        "action\tip\taddr\tpassOrFail\nadd\tv6\t2602:800:900e:1257::9\tpass\nrem\tv4\t208.77.190.199\tfail",
    ),
    (
        "epp-13-status-data",
        "action\tstatus\tpassOrFail\nadd\tclientDeleteProhibited\tpass\nadd\tlinked\tfail",
    ),
    (
        "epp-14-data",
        "name\tperiod\tperiodUnit\tregistrant\thostModel\tns1\tns2\tsecDNSInterface\tkeyTag\tdsDataAlg\tdigestType\tdigest\tpassOrFail\n\
         {RANDCHARS(18) & \".\" & $TLD}\t10\ty\t{AUTO}\teither\tns1.epp-14.rst.icann\tns2.epp-14.rst.icann\teither\t{AUTO}\t13\t2\t{RANDHEX(32)}\tpass\n\
         {RANDCHARS(18) & \".\" & $TLD}\t11\ty\t{AUTO}\teither\tns1.epp-14.rst.icann\tns2.epp-14.rst.icann\teither\t{AUTO}\t13\t2\t{RANDHEX(32)}\tfail",
    ),
    (
        "epp-16-dnssec-data",
        "action\tsecDNSInterface\tkeyTag\tdsDataAlg\tdigestType\tdigest\tpassOrFail\n\
         add\tdsData\t{AUTO}\t123\t2\t{RANDHEX(32)}\tfail\nadd\tdsData\t{AUTO}\t13\t2\t{RANDHEX(32)}\tpass\n\
         rem\tdsData\t{PREVIOUS}\t13\t2\t{PREVIOUS}\tpass\nrem\tdsData\t{PREVIOUS}\t13\t2\t{PREVIOUS}\tfail",
    ),
    (
        "epp-16-ns-data",
        "hostModel\taction\tcreateIfNeeded\thostname\tpassOrFail\n\
         objects\tadd\tfalse\t{\"ns1.\" & RANDCHARS(9) & \".icann\"}\tfail\nobjects\tadd\ttrue\t{PREVIOUS}\tpass\n\
         objects\tadd\tfalse\t{PREVIOUS}\tfail",
    ),
    (
        "epp-16-status-data",
        "action\tstatus\tpassOrFail\nadd\tclientUpdateProhibited\tpass\nadd\tclientHold\tfail\n\
         rem\tclientUpdateProhibited\tpass\nadd\tok\tfail",
    ),
    (
        "epp-23-data",
        "name\tcreateParentFirst\tpassOrFail\n!.invalid\tfalse\tfail\n\
         {\"ns1.\" & RANDCHARS(9) & \".icann\"}\tfalse\tpass",
    ),
];

/// A row of a data provider.
#[derive(Clone, Debug)]
pub struct Row {
    cells: BTreeMap<String, String>,
}

impl Row {
    /// Returns the cell of a column, `{EMPTY}` where there is none.
    pub fn cell(&self, column: &str) -> &str {
        self.cells.get(column).map_or("{EMPTY}", String::as_str)
    }

    /// Says whether the server shall accept it.
    pub fn passes(&self) -> bool {
        match self.cell("passOrFail") {
            "pass" => true,
            "fail" => false,
            other => panic!("neither pass nor fail: {other}"),
        }
    }

    /// Says whether a cell says so.
    pub fn says(&self, column: &str) -> bool {
        self.cell(column) == "true"
    }
}

/// Returns the rows of a data provider.
pub fn of(provider: &str) -> Vec<Row> {
    let path = Path::new(ROWS).join(format!("{provider}.tsv"));
    let text = fs::read_to_string(path).unwrap_or_else(|_| {
        println!("{provider}: the rows of ICANN are absent, some of our own are played");
        let own = OWN.iter().find(|(name, _)| *name == provider);
        own.expect("a provider without rows of our own")
            .1
            .to_owned()
    });
    let mut lines = text.lines();
    let columns: Vec<&str> = lines.next().unwrap().split('\t').collect();
    lines
        .map(|line| Row {
            cells: columns
                .iter()
                .map(|column| (*column).to_owned())
                .zip(line.split('\t').map(str::to_owned))
                .collect(),
        })
        .collect()
}

/// Gives the cells their values.
pub struct Values {
    random: u64,
    /// What `$NAME` stands for.
    pub names: BTreeMap<&'static str, String>,
    /// The last value of each column.
    previous: BTreeMap<String, String>,
}

impl Values {
    /// Begins with a seed, so that two cases do not meet in one name.
    pub fn new(seed: &str) -> Self {
        let seed = seed.bytes().fold(7, |sum: u64, octet| {
            sum.wrapping_mul(31).wrapping_add(u64::from(octet))
        });
        let names = [("TLD", "example"), ("PREFIX", "epp-14-")];
        Self {
            random: seed,
            names: names.map(|(name, value)| (name, value.to_owned())).into(),
            previous: BTreeMap::new(),
        }
    }

    /// Returns the value of a cell, `None` for `{EMPTY}`; `auto` is what `{AUTO}` stands for.
    pub fn of(&mut self, row: &Row, column: &str, auto: &str) -> Option<String> {
        let cell = row.cell(column);
        let value = match cell
            .strip_prefix('{')
            .and_then(|cell| cell.strip_suffix('}'))
        {
            Some("EMPTY") => return None,
            Some("AUTO") => auto.to_owned(),
            Some("PREVIOUS") => self.previous[column].clone(),
            Some(expression) => expression
                .split(" & ")
                .map(|part| self.part(part))
                .collect(),
            None => cell.to_owned(),
        };
        self.previous.insert(column.to_owned(), value.clone());
        Some(value)
    }

    /// Returns the value of one part of an expression.
    fn part(&mut self, part: &str) -> String {
        let count = |function: &str| {
            let count = part
                .strip_prefix(function)?
                .strip_prefix('(')?
                .strip_suffix(')')?;
            count.parse::<usize>().ok()
        };
        if let Some(text) = part.strip_prefix('"') {
            return text.trim_end_matches('"').to_owned();
        }
        if let Some(name) = part.strip_prefix('$') {
            return self.names[name].clone();
        }
        if let Some(count) = count("RANDCHARS") {
            return self.characters(count);
        }
        if let Some(count) = count("RANDASCII") {
            return self.characters(count).to_lowercase();
        }
        // The digest of SHA-256 has so many octets.
        if let Some(count) = count("RANDHEX") {
            return (0..2 * count)
                .map(|_| self.draw(b"0123456789ABCDEF"))
                .collect();
        }
        panic!("an expression nobody knows: {part}")
    }

    /// Returns random letters and digits, in both cases.
    pub fn characters(&mut self, count: usize) -> String {
        let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        (0..count).map(|_| self.draw(letters)).collect()
    }

    fn draw(&mut self, letters: &[u8]) -> char {
        // The constants are Knuth's.
        self.random = self
            .random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let place = usize::try_from(self.random >> 33).unwrap() % letters.len();
        char::from(letters[place])
    }
}
