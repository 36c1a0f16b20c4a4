//! The parser against the RFCs' schemas: the same verdict on mutants of valid commands, but for one table.
//!
//! Judges 20,000 mutants, or as many as `HKEPP_DIFFERENTIAL` says, from the one numbered
//! `HKEPP_DIFFERENTIAL_START` on. Without the RFCs' schemas it asks ours, which `tests/schemas.rs` proves equal.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
#![allow(clippy::print_stdout, missing_docs, unreachable_pub)]

// Written for several test programs, of which each uses a part.
#[allow(dead_code)]
#[path = "support/corpus.rs"]
mod corpus;
#[path = "support/mutate.rs"]
mod mutate;
#[path = "support/oracle.rs"]
mod oracle;
#[path = "support/rewrites.rs"]
mod rewrites;

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::Path;
use std::thread;
use std::time::Instant;

use corpus::Corpus;
use hkepp::base::code::Code;
use hkepp::protocol::{Error, Message};
use hkepp::xml::{self, Element, Namespace, Tree};
use mutate::document::Document;
use mutate::{Mutant, Mutator};
use oracle::{Oracle, Verdict};
use rewrites::{
    drop_empty_changes, drop_empty_sections, drop_xsi, shorten_years, spoil_base64, spoil_signed,
    trim_dates,
};

/// Mutants that `cargo test` judges.
const USUAL: u64 = 20_000;
/// Mutants of the extensions that only some registries announce.
const OF_EXTENSIONS: u64 = 5_000;
/// Mutants under judgement at a time.
const BATCH: u64 = 32;
/// Unexplained differences that are shown.
const SHOWN: usize = 10;

/// How far a document gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// Not well-formed XML with namespaces, or with a document type declaration.
    Malformed,
    /// Well-formed, but outside the grammar.
    Invalid,
    /// Within the grammar.
    Valid,
}

/// What our parser says of a document.
#[derive(Debug)]
struct OurVerdict {
    standing: Standing,
    /// Code and reason of the refusal.
    refusal: Option<(Code, String)>,
}

/// Why the two verdicts may differ.
enum Cause {
    /// The validator is wrong, or we are lenient: it must agree once the document is rewritten so.
    Rewrite(fn(&mut Document) -> bool),
    /// The RFC, or XML itself, has us refuse what the schemas accept.
    Demand(fn(&OurVerdict, &[u8]) -> bool),
}

/// A difference that is allowed.
struct Difference {
    name: &'static str,
    cause: Cause,
}

/// Every difference that is allowed, and none beside them.
const DIFFERENCES: &[Difference] = &[
    // Leniencies of ours.
    Difference {
        // Attributes of XML Schema's own namespace are hints to a validator. We accept and ignore them, so
        // that a client's tools may leave them anywhere; a validator wants xsi:type to name a type it knows,
        // xsi:nil nowhere in EPP, and no other names.
        name: "xsi:* is ignored",
        cause: Cause::Rewrite(drop_xsi),
    },
    Difference {
        // RFC 5733's schema wants at least one status in them; Net::EPP sends both in every contact update.
        name: "empty contact:add and contact:rem",
        cause: Cause::Rewrite(drop_empty_changes),
    },
    // Faults of libxml2.
    Difference {
        // XML Schema part 2, section 3.2.7 and 3.2.9: white space collapses. libxml2 takes none.
        name: "white space around a date",
        cause: Cause::Rewrite(trim_dates),
    },
    Difference {
        // XML Schema part 2, section 3.2.7: a year has four digits or more. libxml2 keeps it in 64 bits.
        name: "year beyond 64 bits",
        cause: Cause::Rewrite(shorten_years),
    },
    Difference {
        // XML Schema part 2, sections 3.3.21 to 3.3.24: "a finite-length sequence of decimal digits", no sign.
        // libxml2 takes one.
        name: "sign of an unsigned number",
        cause: Cause::Rewrite(spoil_signed),
    },
    Difference {
        // XML Schema part 2, section 3.2.16: Base64 has its own letters and white space. libxml2
        // skips all others.
        name: "Base64 with other letters",
        cause: Cause::Rewrite(spoil_base64),
    },
    Difference {
        // XML Schema part 1, section 3.4.4: an element of empty content has no character among its children. A
        // CDATA section of no length has none; libxml2 counts the section.
        name: "empty CDATA section",
        cause: Cause::Rewrite(drop_empty_sections),
    },
    Difference {
        // Namespaces in XML 1.0, section 4: before a colon stands a prefix. libxml2 takes ":name" for a name.
        name: "name that begins with a colon",
        cause: Cause::Demand(|ours, octets| {
            let begins = |name: &str| name.starts_with(':');
            let found = readable(octets).is_some_and(|document| {
                let mut elements = document.root.all().into_iter();
                elements.any(|e| begins(&e.name) || e.attributes.iter().any(|(n, _)| begins(n)))
            });
            ours.standing == Standing::Malformed && found
        }),
    },
    // Demands of the RFCs' text.
    Difference {
        // RFC 5730, section 2 and 5: UTF-8, and UTF-16, which we want marked; libxml2 guesses many more.
        name: "other encodings",
        cause: Cause::Demand(|ours, octets| {
            let refused = xml::decode(octets) == Err(xml::Error::Encoding);
            ours.standing == Standing::Malformed && (refused || octets.contains(&0))
        }),
    },
    Difference {
        // The edition of XML 1.0 that RFC 5730 refers to (the third) knows version 1.0 alone, section 2.8.
        name: "other versions of XML",
        cause: Cause::Demand(|ours, octets| {
            let text = String::from_utf8_lossy(octets);
            let declaration = text.split("?>").next().unwrap_or_default();
            ours.standing == Standing::Malformed
                && declaration.contains("<?xml")
                && !declaration.contains("1.0")
        }),
    },
    Difference {
        // RFC 5730, section 4.1: "Every EPP XML instance must begin with" <epp>. A schema accepts any element
        // it declares.
        name: "another document element",
        cause: Cause::Demand(|ours, octets| {
            ours.is(Code::Syntax) && on_tree(octets, |root| !root.is(Namespace::Epp, "epp"))
        }),
    },
    Difference {
        // RFC 5730, section 2.6: answers and greetings come from servers.
        name: "answer or greeting from a client",
        cause: Cause::Demand(|ours, octets| {
            ours.is(Code::Syntax)
                && on_tree(octets, |root| {
                    let first = root.children().next();
                    first.is_some_and(|e| matches!(e.name(), "greeting" | "response"))
                })
        }),
    },
    Difference {
        // RFC 5730, section 2.7.1: protocol extensions are by agreement, and unimplemented ones are 2103.
        name: "protocol extension",
        cause: Cause::Demand(|ours, octets| {
            ours.is(Code::UnimplementedExtension)
                && on_tree(octets, |root| {
                    let first = root.children().next();
                    first.is_some_and(|e| e.is(Namespace::Epp, "extension"))
                })
        }),
    },
    Difference {
        // RFC 5731 to 5733, section 3: a verb holds the object's element of the same name.
        name: "verb and object differ",
        cause: Cause::Demand(|ours, octets| {
            ours.is(Code::Syntax) && on_object(octets, |verb, object| verb.name() != object.name())
        }),
    },
    Difference {
        // RFC 5730, section 3, code 2307: what stands in the place of an object is none this server serves.
        name: "unknown object",
        cause: Cause::Demand(|ours, octets| {
            ours.is(Code::UnimplementedObject)
                && on_object(octets, |_, object| {
                    !matches!(
                        object.namespace(),
                        Namespace::Domain | Namespace::Contact | Namespace::Host
                    )
                })
        }),
    },
    Difference {
        // RFC 3915, 5910, 8807 and 9095 say which elements extend commands; the schema accepts any it declares.
        name: "element that extends no command",
        cause: Cause::Demand(|ours, octets| {
            ours.is(Code::Syntax)
                && on_command(octets, |command| {
                    let holder = command.children().find(|e| e.name() == "extension");
                    holder.is_some_and(|holder| !holder.children().all(extends_commands))
                })
        }),
    },
    Difference {
        // RFC 5730, section 2.9.2.3: msgID is required for ack; code 2003.
        name: "poll ack without msgID",
        cause: Cause::Demand(|ours, octets| {
            ours.is(Code::ParameterMissing)
                && on_command(octets, |command| {
                    command
                        .children()
                        .next()
                        .is_some_and(|e| e.name() == "poll")
                })
        }),
    },
    Difference {
        // RFC 5733, section 2.1: a contact's identifier has three to sixteen characters. RFC 5731's schema
        // takes one and two in an update, because it wants to take none; code 2005.
        name: "new registrant of one or two characters",
        cause: Cause::Demand(|ours, octets| {
            ours.is(Code::ParameterSyntax)
                && on_object(octets, |_, object| object.is(Namespace::Domain, "update"))
        }),
    },
];

impl OurVerdict {
    /// Says whether the refusal has this code.
    fn is(&self, code: Code) -> bool {
        self.refusal
            .as_ref()
            .is_some_and(|(found, _)| *found == code)
    }
}

/// Asks our parser.
fn ours(octets: &[u8]) -> OurVerdict {
    let refuse = |standing, error: Error| OurVerdict {
        standing,
        refusal: Some((error.code, error.reason)),
    };
    let text = match xml::decode(octets) {
        Ok(text) => text,
        Err(error) => return refuse(Standing::Malformed, error.into()),
    };
    let tree = match Tree::parse(&text) {
        Ok(tree) => tree,
        Err(error) => return refuse(Standing::Malformed, error.into()),
    };
    match Message::decode(&tree) {
        Ok(_) => OurVerdict {
            standing: Standing::Valid,
            refusal: None,
        },
        Err(error) => refuse(Standing::Invalid, error),
    }
}

/// Returns how far a document gets with the validator.
fn standing(verdict: &Verdict) -> Standing {
    match (verdict.well_formed, verdict.valid) {
        (false, _) => Standing::Malformed,
        (true, false) => Standing::Invalid,
        (true, true) => Standing::Valid,
    }
}

/// Finds the entry of the table that allows a difference.
fn explain(octets: &[u8], ours: &OurVerdict, oracle: &Oracle) -> Option<&'static str> {
    let mut document = readable(octets);
    let mut rewritten = None;
    for difference in DIFFERENCES {
        if let (Cause::Rewrite(rewrite), Some(document)) = (&difference.cause, &mut document)
            && rewrite(document)
        {
            rewritten = rewritten.or(Some(difference.name));
        }
    }
    if let (Some(name), Some(document)) = (rewritten, &document) {
        let verdict = oracle.verdict(document.write().as_bytes());
        if standing(&verdict) == ours.standing {
            return Some(name);
        }
    }
    let demanded = DIFFERENCES
        .iter()
        .find(|difference| match difference.cause {
            Cause::Rewrite(_) => false,
            Cause::Demand(demands) => demands(ours, octets),
        });
    demanded.map(|difference| difference.name)
}

/// Reads a document that is to be rewritten, without a declaration that may name another encoding.
fn readable(octets: &[u8]) -> Option<Document> {
    let text = xml::decode(octets).ok()?;
    let mut document = Document::parse(&text)?;
    document.prolog.clear();
    Some(document)
}

/// Results of some mutants.
#[derive(Debug, Default)]
struct Tally {
    agreed: BTreeMap<Standing, u64>,
    allowed: BTreeMap<&'static str, u64>,
    unexplained: u64,
    shown: Vec<String>,
}

impl Tally {
    fn judge(&mut self, mutant: &Mutant, theirs: &Verdict, ours: &OurVerdict, oracle: &Oracle) {
        if standing(theirs) == ours.standing {
            *self.agreed.entry(ours.standing).or_default() += 1;
            return;
        }
        if let Some(name) = explain(&mutant.octets, ours, oracle) {
            *self.allowed.entry(name).or_default() += 1;
            return;
        }
        self.unexplained += 1;
        if self.shown.len() < SHOWN {
            self.shown.push(format!(
                "mutant {} {:?}\nschemas: {:?} {}\nours: {ours:?}\n{}",
                mutant.number,
                mutant.changes,
                standing(theirs),
                theirs.message,
                String::from_utf8_lossy(&mutant.octets)
            ));
        }
    }

    fn add(&mut self, other: Self) {
        for (standing, count) in other.agreed {
            *self.agreed.entry(standing).or_default() += count;
        }
        for (name, count) in other.allowed {
            *self.allowed.entry(name).or_default() += count;
        }
        self.unexplained += other.unexplained;
        self.shown.extend(other.shown);
    }
}

/// Starts a validator of the namespaces we speak; the RFCs' schemas first.
fn start() -> Option<Oracle> {
    Oracle::start_official().or_else(|| Oracle::start(&oracle::own()))
}

/// Returns valid commands: those of the corpus, when present, and our own.
fn seeds(oracle: &Oracle) -> Vec<String> {
    let listed = |corpus: Corpus| corpus.listed(&["valid"], &["command", "hello"]);
    let documents = Corpus::find().map(listed).unwrap_or_default();
    let mut found: Vec<_> = documents.into_iter().map(|d| d.octets).collect();
    let mut paths = Vec::new();
    requests(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data"),
        &mut paths,
    );
    found.extend(paths.iter().map(|path| fs::read(path).unwrap()));
    found
        .into_iter()
        .filter_map(|octets| String::from_utf8(octets).ok())
        .filter(|text| oracle.verdict(text.as_bytes()).valid)
        .collect()
}

/// Collects the requests of our golden pairs, in an order of their own.
fn requests(directory: &Path, found: &mut Vec<std::path::PathBuf>) {
    let mut paths: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            requests(&path, found);
        } else if path.to_string_lossy().ends_with(".req.xml") {
            found.push(path);
        }
    }
}

/// Reads a number from the environment.
fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |value| value.parse().expect("a whole number"))
}

/// Judges the mutants of these numbers.
fn judge(seeds: &[String], numbers: Range<u64>) -> Tally {
    let mutator = Mutator::new(seeds.iter().map(String::as_str));
    let workers = thread::available_parallelism().map_or(1, |n| n.get().min(8)) as u64;
    let started = Instant::now();
    let mut total = Tally::default();
    thread::scope(|scope| {
        let work = |worker: u64| {
            let (mutator, numbers) = (&mutator, &numbers);
            scope.spawn(move || {
                let oracle = start().expect("a validator started before");
                let firsts = (numbers.start + worker * BATCH..numbers.end)
                    .step_by((workers * BATCH) as usize);
                let mut tally = Tally::default();
                for first in firsts {
                    let last = (first + BATCH).min(numbers.end);
                    let batch = mutator.batch(first..last);
                    let documents: Vec<_> = batch.iter().map(|m| m.octets.clone()).collect();
                    let judge = || documents.iter().map(|document| ours(document));
                    let (theirs, ours) =
                        oracle.verdicts(&documents, || judge().collect::<Vec<_>>());
                    for ((mutant, theirs), ours) in batch.iter().zip(&theirs).zip(&ours) {
                        tally.judge(mutant, theirs, ours, &oracle);
                    }
                }
                tally
            })
        };
        let threads: Vec<_> = (0..workers).map(work).collect();
        for thread in threads {
            total.add(thread.join().expect("a worker ended well"));
        }
    });
    let count = numbers.end - numbers.start;
    let rate = count as f64 / started.elapsed().as_secs_f64();
    println!("{count} mutants of {} seeds, {rate:.0}/s", seeds.len());
    println!("agreed: {:?}", total.agreed);
    println!("allowed: {:#?}", total.allowed);
    assert!(
        total.unexplained == 0,
        "{} unexplained differences:\n{}",
        total.unexplained,
        total.shown.join("\n\n")
    );
    total
}

#[test]
fn decode_mutants_agrees_with_the_schemas_but_for_the_table() {
    let Some(oracle) = start() else { return };
    let start_at = setting("HKEPP_DIFFERENTIAL_START", 0);
    let count = setting("HKEPP_DIFFERENTIAL", USUAL);
    let total = judge(&seeds(&oracle), start_at..start_at + count);
    let share = |standing| total.agreed.get(&standing).copied().unwrap_or(0) * 100 / count;
    assert!(share(Standing::Valid) > 20 && share(Standing::Invalid) > 20);
}

#[test]
fn decode_mutants_of_optional_extensions_agrees_with_their_schemas() {
    let Some(oracle) = start() else { return };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/extension");
    let paths = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut seeds: Vec<_> = paths
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    seeds.sort();
    for seed in &seeds {
        let verdict = oracle.verdict(seed.as_bytes());
        assert!(verdict.valid, "{}\n{seed}", verdict.message);
        let ours = ours(seed.as_bytes());
        assert_eq!(ours.standing, Standing::Valid, "{ours:?}\n{seed}");
    }
    let total = judge(&seeds, 0..OF_EXTENSIONS);
    let share = |standing| total.agreed.get(&standing).copied().unwrap_or(0) * 100 / OF_EXTENSIONS;
    assert!(share(Standing::Valid) > 20 && share(Standing::Invalid) > 20);
}

/// Asks something of the document element.
fn on_tree(octets: &[u8], ask: impl Fn(Element<'_>) -> bool) -> bool {
    let Ok(text) = xml::decode(octets) else {
        return false;
    };
    let Ok(tree) = Tree::parse(&text) else {
        return false;
    };
    tree.root().is_some_and(ask)
}

/// Asks something of the command element.
fn on_command(octets: &[u8], ask: impl Fn(Element<'_>) -> bool) -> bool {
    on_tree(octets, |root| {
        let command = root.children().find(|e| e.is(Namespace::Epp, "command"));
        command.is_some_and(&ask)
    })
}

/// Asks something of a verb and the element it holds.
fn on_object(octets: &[u8], ask: impl Fn(Element<'_>, Element<'_>) -> bool) -> bool {
    on_command(octets, |command| {
        let verb = command.children().next();
        verb.is_some_and(|verb| {
            let object = verb.children().next();
            object.is_some_and(|object| ask(verb, object))
        })
    })
}

/// Says whether some RFC lets this element stand in a command's extension.
fn extends_commands(element: Element<'_>) -> bool {
    matches!(
        (element.namespace(), element.name()),
        (Namespace::SecDns, "create" | "update")
            | (Namespace::Rgp, "update")
            | (Namespace::LoginSec, "loginSec")
            | (Namespace::Bundle, "create")
            | (Namespace::Idn, "data")
            | (Namespace::Hk, "create" | "update")
    )
}
