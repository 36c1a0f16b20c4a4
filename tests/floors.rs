//! The house itself: who imports whom, how long files are, and where the world outside may be touched.
//!
//! Reads `src/**/*.rs` as text. What is compiled for tests only counts for nothing but the documentation rule.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Modules by floor, the ground first; imports go strictly down.
///
/// The top floor is three: arguments and files wire the parts, and `main` wires them.
const FLOORS: &[&[&str]] = &[
    &["base"],
    &["model", "xml"],
    &["protocol", "lifecycle", "policy"],
    &["store"],
    &["flow"],
    &["session", "rdap", "export"],
    &["server", "job", "admin"],
    &["config", "fuzzing"],
    &["daemon"],
    &["cli"],
    &["main"],
];

/// Imports that break the rule, each with its reason.
const EXCEPTIONS: &[(&str, &str, &str)] = &[];

/// Lines a file may have without its tests; about 140 are aimed at.
const LONGEST: usize = 500;

/// What only some modules may touch: the text, the files that may, and why.
const CONFINED: &[(&str, &[&str], &str)] = &[
    ("Utc::now", &["base/clock.rs"], "the clock is an argument"),
    (
        "SystemTime::now",
        &["base/clock.rs"],
        "the clock is an argument",
    ),
    (
        "std::env",
        &["main.rs", "config/", "cli/", "daemon/"],
        "configuration is an argument",
    ),
    (
        "tokio::net",
        &["server/", "daemon/", "cli/"],
        "only servers know sockets",
    ),
    ("sled::", &["store/"], "the backend is the store's secret"),
    (
        "store::Durable",
        &["daemon/"],
        "only the daemon names a backend",
    ),
    ("store::Memory", &[], "the memory backend is for tests"),
];

/// Words of .hk rules, and where their text may stand besides `policy/hk/`: names of profiles, defaults, samples of
/// commands. As names of modules and values they are seams, which the imports above judge.
const HK: &[&str] = &["hk", "HK", "xn--j6w193g", "idv"];
const HK_MAY: &[&str] = &[
    "policy/hk/",
    "policy/profile.rs",
    "config/",
    "cli/",
    "protocol/ext/hk/",
    // The URI of a namespace.
    "xml/ns.rs",
    // Country codes, one of which is HK.
    "flow/contact/details.rs",
];

/// A source file.
struct Source {
    /// Path below `src`.
    path: String,
    text: String,
}

impl Source {
    /// Returns the module of the crate it belongs to.
    fn module(&self) -> &str {
        let end = self.path.find(['/', '.']).unwrap();
        &self.path[..end]
    }

    /// Returns its lines with their numbers, without comments and without what is compiled for tests only.
    fn code(&self) -> Vec<(usize, &str)> {
        let mut code = Vec::new();
        let mut lines = (1..).zip(self.text.lines());
        while let Some((number, line)) = lines.next() {
            let bare = line.trim_start();
            if bare == "#[cfg(test)]" {
                skip_item(&mut lines, line.len() - bare.len());
            } else if !bare.starts_with("//") {
                code.push((number, line));
            }
        }
        code
    }

    /// Returns how many lines it has before its tests.
    fn length(&self) -> usize {
        let tests = self.text.find("\n#[cfg(test)]\nmod tests");
        self.text[..tests.unwrap_or(self.text.len())]
            .lines()
            .count()
    }

    /// Returns what is wrong with it.
    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut fault = |line: usize, what: String| {
            faults.push(format!("src/{}:{line}: {what}", self.path));
        };
        if !self.text.starts_with("//! ") {
            fault(1, "the module has no documentation".to_owned());
        }
        if self.length() > LONGEST {
            fault(
                LONGEST,
                format!("{} lines, more than {LONGEST}", self.length()),
            );
        }
        for (number, line) in self.code() {
            for target in targets(line) {
                if !self.may_import(target) {
                    fault(number, format!("{} imports {target}", self.module()));
                }
            }
            for (word, places, why) in CONFINED {
                let allowed = places.iter().any(|place| self.path.starts_with(place));
                if !allowed && names(line, word) {
                    fault(number, format!("{word}: {why}"));
                }
            }
            let hk = HK
                .iter()
                .find(|word| texts(line).any(|text| is_word_in(text, word)));
            if let Some(word) = hk
                && !HK_MAY.iter().any(|place| self.path.starts_with(place))
            {
                fault(number, format!("{word}: a rule of .hk outside policy/hk"));
            }
        }
        if let Some(line) = self
            .text
            .lines()
            .position(|line| line.contains("../shared"))
        {
            fault(line + 1, "names a place outside the repository".to_owned());
        }
        faults
    }

    fn may_import(&self, target: &str) -> bool {
        let module = self.module();
        let (Some(from), Some(to)) = (floor(module), floor(target)) else {
            // The crate's root imports nothing and is imported by nobody; unknown names have no floor.
            return module == "lib";
        };
        let excepted = EXCEPTIONS
            .iter()
            .any(|(a, b, _)| (*a, *b) == (module, target));
        module == target || to < from || excepted
    }
}

/// Passes over one item whose first line is indented by `indent`.
fn skip_item<'a>(lines: &mut impl Iterator<Item = (usize, &'a str)>, indent: usize) {
    for (_, line) in lines {
        let depth = line.len() - line.trim_start().len();
        let ends = line.ends_with(';') || line.ends_with('}');
        if depth == indent && ends {
            return;
        }
    }
}

/// Returns the floor of a module.
fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// Returns the modules of this crate that a line names: `crate::x`, `hkepp::x`, and those of `use crate::{x, y}`.
fn targets(line: &str) -> Vec<&str> {
    let mut targets = Vec::new();
    for root in ["crate::", "hkepp::"] {
        for (at, _) in line.match_indices(root) {
            let rest = &line[at + root.len()..];
            let group = rest.strip_prefix('{');
            let parts = group.map_or(vec![rest], |group| group.split(',').collect());
            targets.extend(parts.into_iter().filter_map(first_word));
        }
    }
    targets
}

fn first_word(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let word = &text[..end.unwrap_or(text.len())];
    // Macros and items of the crate's root have no floor.
    let is_module = word.starts_with(|c: char| c.is_ascii_lowercase());
    (is_module && !text[word.len()..].starts_with('!')).then_some(word)
}

/// Says whether a line names `path`, written out or through a group: `store::{Memory, Store}`.
fn names(line: &str, path: &str) -> bool {
    let (module, item) = path.rsplit_once("::").unwrap();
    if item.is_empty() {
        return line
            .match_indices(path)
            .any(|(at, _)| starts_word(line, at));
    }
    if line.contains(path) && is_word_in(line, item) {
        return true;
    }
    let group = line
        .split_once(&format!("{module}::{{"))
        .map(|(_, group)| group);
    group.is_some_and(|group| is_word_in(group, item))
}

/// Returns what stands between quotes in a line.
fn texts(line: &str) -> impl Iterator<Item = &str> {
    line.split('"').skip(1).step_by(2)
}

/// Says whether a line holds `word` between characters that are no part of a word.
fn is_word_in(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let after = line[at + word.len()..].chars().next();
        starts_word(line, at) && !after.is_some_and(is_word_part)
    })
}

fn starts_word(line: &str, at: usize) -> bool {
    !line[..at].chars().next_back().is_some_and(is_word_part)
}

fn is_word_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Reads every file below `folder` that is compiled into the program.
fn sources(folder: &Path, root: &Path, into: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, root, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let below = path.strip_prefix(root).unwrap().to_str().unwrap();
            into.push(Source {
                path: below.replace('\\', "/"),
                text: fs::read_to_string(&path).unwrap(),
            });
        }
    }
}

fn all_sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&root, &root, &mut found);
    let tests_only: BTreeSet<String> = found.iter().flat_map(test_modules).collect();
    found.retain(|source| !tests_only.contains(&source.path));
    found
}

/// Returns the paths of the modules that a file declares for tests only.
fn test_modules(source: &Source) -> Vec<String> {
    let folder = match source.path.strip_suffix("mod.rs") {
        Some(folder) => folder.to_owned(),
        None => source.path.replace(".rs", "/"),
    };
    let lines: Vec<&str> = source.text.lines().collect();
    let declared = lines
        .windows(2)
        .filter(|pair| pair[0].trim() == "#[cfg(test)]");
    let names = declared.filter_map(|pair| {
        let (_, name) = pair[1].split_once("mod ")?;
        name.strip_suffix(';')
    });
    names.map(|name| format!("{folder}{name}.rs")).collect()
}

#[test]
fn imports_lengths_and_boundaries_are_those_of_the_floors() {
    let sources = all_sources();
    assert!(sources.len() > 100, "only {} files", sources.len());
    let faults: Vec<String> = sources.iter().flat_map(Source::faults).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_module_has_a_floor_and_every_exception_a_use() {
    let sources = all_sources();
    let modules: BTreeSet<&str> = sources.iter().map(Source::module).collect();
    for module in modules {
        assert!(
            module == "lib" || floor(module).is_some(),
            "{module} has no floor"
        );
    }
    for (from, to, why) in EXCEPTIONS {
        let used = sources.iter().filter(|source| source.module() == *from);
        let used = used
            .flat_map(Source::code)
            .any(|(_, line)| targets(line).contains(to));
        assert!(used, "{from} -> {to} is needed no more: {why}");
    }
}

/// Returns the faults of a file with this code.
fn faults_of(path: &str, code: &str) -> Vec<String> {
    let source = Source {
        path: path.to_owned(),
        text: format!("//! Planted.\n{code}\n"),
    };
    source.faults()
}

#[test]
fn planted_violations_are_caught() {
    let long = "fn f() {}\n".repeat(LONGEST);
    for (path, code) in [
        ("model/name.rs", "use crate::xml::Tree;"),
        ("policy/mod.rs", "use crate::{base::code::Code, protocol};"),
        ("protocol/command.rs", "    let x = crate::flow::run();"),
        ("store/mod.rs", "use crate::flow::Flow;"),
        (
            "flow/run.rs",
            "use crate::xml::Tree;\nuse crate::session::Peer;",
        ),
        ("server/tls.rs", "use crate::admin::Desk;"),
        ("session/mod.rs", "use crate::daemon::Backend;"),
        ("config/mod.rs", "use crate::cli::Arguments;"),
        ("main.rs", "let now = chrono::Utc::now();"),
        (
            "job/mod.rs",
            "use std::time::{Instant, SystemTime};\nlet now = SystemTime::now();",
        ),
        ("session/login.rs", "let home = std::env::var(\"HOME\");"),
        ("flow/run.rs", "use tokio::net::TcpStream;"),
        ("server/live.rs", "use crate::store::{Memory, Store};"),
        ("admin/mod.rs", "use crate::store::Durable;"),
        ("flow/run.rs", "let db = sled::open(path);"),
        ("flow/domain/create.rs", "if zone == \"hk\" {"),
        ("policy/mod.rs", "if name.ends_with(\".hk\") {"),
        ("flow/domain/check.rs", "let zone = \"xn--j6w193g\";"),
        ("xml/tree.rs", "let corpus = \"../shared/corpus\";"),
        ("xml/tree.rs", long.as_str()),
    ] {
        assert_eq!(
            faults_of(path, code).len(),
            1,
            "{path}: {code}: {:?}",
            faults_of(path, code)
        );
    }
    let bare = Source {
        path: "xml/tree.rs".to_owned(),
        text: "use std::fmt;\n".to_owned(),
    };
    assert_eq!(bare.faults().len(), 1);
}

#[test]
fn what_is_allowed_is_not_caught() {
    let tests_longer = "fn f() {}\n#[cfg(test)]\nmod tests {\n".to_owned()
        + &"    fn f() {}\n".repeat(LONGEST)
        + "}";
    for (path, code) in [
        (
            "model/name.rs",
            "use crate::base::code::Code;\nuse crate::model::Domain;",
        ),
        ("flow/run.rs", "use crate::{policy, protocol, store};"),
        (
            "cli/mod.rs",
            "use crate::daemon;\nlet args = std::env::args();",
        ),
        ("daemon/backend.rs", "use crate::store::{Durable, Store};"),
        ("base/clock.rs", "Utc::now()"),
        (
            "flow/run.rs",
            "// crate::session is above, \"hk\" is elsewhere",
        ),
        (
            "flow/run.rs",
            "#[cfg(test)]\nuse crate::store::Memory;\nfn f() {}",
        ),
        (
            "flow/run.rs",
            "#[cfg(test)]\nmod tests {\n    use crate::session::Peer;\n}",
        ),
        ("policy/mod.rs", "pub mod hk;\nlet hk = profile.hk;"),
        ("protocol/any.rs", "crate::macro_of_the_root!(1);"),
        ("session/service.rs", "server_name: \"hkepp\".to_owned(),"),
        ("xml/tree.rs", &tests_longer),
    ] {
        assert_eq!(
            faults_of(path, code),
            Vec::<String>::new(),
            "{path}: {code}"
        );
    }
    // What follows an item for tests counts again.
    let after = "#[cfg(test)]\nfn f() {\n    g();\n}\nuse crate::session::Peer;";
    assert_eq!(faults_of("flow/run.rs", after).len(), 1);
}
