//! Makes documents that are nearly like others: valid ones, invalid ones, broken ones, each by its number alone.
//!
//! A mutant is a seed with one to three changes: to its tree, to a value, to its octets. The same number and
//! the same seeds make the same mutant on every machine. Limits of the server (depth, number of attributes,
//! length of a text) are not sought.
#![allow(dead_code, unreachable_pub)]

mod changes;
pub mod document;
mod octets;
mod values;

use std::collections::BTreeMap;
use std::ops::Range;

use changes::CHANGES;
use document::{Document, Element, local};
use octets::{change_encoding, change_octets, change_surroundings};

/// A small generator of pseudo-random numbers (splitmix64): the same everywhere and for ever.
#[derive(Clone, Debug)]
pub struct Prng(u64);

impl Prng {
    /// Starts a sequence; neighbouring seeds have nothing in common.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// Returns the next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below `bound`; 0 when there is none.
    pub fn below(&mut self, bound: usize) -> usize {
        if bound == 0 {
            return 0;
        }
        usize::try_from(self.next() % bound as u64).unwrap_or(0)
    }

    /// Says yes once in `times`.
    pub fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// Picks one of several.
    pub fn pick<'t, T>(&mut self, among: &'t [T]) -> &'t T {
        &among[self.below(among.len())]
    }
}

/// A changed document.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// Its number.
    pub number: u64,
    /// The document.
    pub octets: Vec<u8>,
    /// What was done to the seed.
    pub changes: Vec<&'static str>,
}

/// Makes mutants of some documents.
#[derive(Debug)]
pub struct Mutator {
    seeds: Vec<Document>,
    /// Local names of elements and attributes.
    names: Vec<String>,
    /// Values that elements and attributes of a local name have.
    values: BTreeMap<String, Vec<String>>,
}

impl Mutator {
    /// Learns names and values from well-formed documents; what cannot be read is left out.
    pub fn new<'t>(seeds: impl IntoIterator<Item = &'t str>) -> Self {
        let seeds: Vec<Document> = seeds.into_iter().filter_map(Document::parse).collect();
        assert!(!seeds.is_empty(), "there are no documents to change");
        let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut note = |name: &str, value: String| {
            let known = values.entry(local(name).to_owned()).or_default();
            if !known.contains(&value) && known.len() < 40 {
                known.push(value);
            }
        };
        for element in seeds.iter().flat_map(|seed| seed.root.all()) {
            if element.is_leaf() {
                note(&element.name, element.text());
            } else {
                note(&element.name, String::new());
            }
            for (name, value) in &element.attributes {
                note(name, value.clone());
            }
        }
        let names = values.keys().cloned().collect();
        Self {
            seeds,
            names,
            values,
        }
    }

    /// Makes the mutant of a number.
    pub fn mutant(&self, number: u64) -> Mutant {
        let mut random = Prng::new(number);
        let mut document = random.pick(&self.seeds).clone();
        let mut changes = Vec::new();
        let total: usize = CHANGES.iter().map(|(_, weight, _)| weight).sum();
        let wanted = *random.pick(&[0, 1, 1, 1, 1, 1, 2, 2, 3]);
        for _ in 0..wanted * 4 {
            if changes.len() == wanted {
                break;
            }
            let mut ticket = random.below(total);
            let (name, _, change) = CHANGES
                .iter()
                .find(|(_, weight, _)| {
                    let drawn = ticket < *weight;
                    ticket = ticket.wrapping_sub(*weight);
                    drawn
                })
                .expect("a ticket is below the sum of the weights");
            if change(self, &mut document.root, &mut random) {
                changes.push(*name);
            }
        }
        if random.one_in(30) {
            change_surroundings(&mut document, &mut random);
            changes.push("surroundings");
        }
        let octets = if random.one_in(40) {
            changes.push("octets");
            change_octets(document.write().into_bytes(), &mut random)
        } else if random.one_in(100) {
            changes.push("encoding");
            change_encoding(&document.write(), &mut random)
        } else {
            document.write().into_bytes()
        };
        Mutant {
            number,
            octets,
            changes,
        }
    }

    /// Makes the mutants of some numbers.
    pub fn batch(&self, numbers: Range<u64>) -> Vec<Mutant> {
        numbers.map(|number| self.mutant(number)).collect()
    }

    /// Returns an element of that local name from some document, with its namespaces.
    fn namesake(&self, name: &str, random: &mut Prng) -> Option<Element> {
        (0..20).find_map(|_| {
            let root = &random.pick(&self.seeds).root;
            let places: Vec<usize> = root
                .all()
                .iter()
                .enumerate()
                .filter(|(_, element)| element.local() == name)
                .map(|(place, _)| place)
                .collect();
            (!places.is_empty()).then(|| root.nth_alone(*random.pick(&places)))?
        })
    }

    /// Returns a raw value that something of that local name has in some document.
    fn value_of(&self, name: &str, random: &mut Prng) -> String {
        let known = self.values.get(name);
        known.map_or_else(String::new, |known| random.pick(known).clone())
    }
}
