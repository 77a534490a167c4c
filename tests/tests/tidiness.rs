//! The house rules that a machine can check: what every module says of itself, who may use whom, that nothing lies
//! about unreached, that the documents name what exists.
//!
//! Style is not judged here; that is what reading is for.

#[path = "tidiness/inline_words.rs"]
mod inline_words;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// The engine's modules in the order in which data passes through them, each with those that it may use. Words come
/// first, stages after them; nobody may name a row below its own.
const EDGES: &[(&str, &[&str])] = &[
    ("arena", &[]),
    ("identity", &[]),
    ("order", &[]),
    ("origin", &[]),
    ("packet", &[]),
    ("api", &["order", "origin"]),
    ("nearest", &[]),
    ("selector", &["api"]),
    ("cluster", &["api", "arena", "origin", "packet", "selector"]),
    (
        "finding",
        &["api", "arena", "origin", "packet", "selector", "cluster"],
    ),
    // What can happen to a cluster is said here; that it happens, further on.
    ("whatif", &["api", "cluster"]),
    (
        "manifest",
        &["order", "api", "arena", "nearest", "origin", "finding"],
    ),
    (
        "apiserver",
        &[
            "order", "api", "arena", "identity", "origin", "packet", "selector", "cluster",
            "finding", "manifest",
        ],
    ),
    (
        "controllers",
        &[
            "order",
            "api",
            "arena",
            "identity",
            "origin",
            "packet",
            "selector",
            "cluster",
            "finding",
            "apiserver",
            "whatif",
        ],
    ),
    (
        "topology",
        &[
            "order", "api", "arena", "nearest", "origin", "packet", "selector", "cluster",
            "finding",
        ],
    ),
    (
        "dns",
        &[
            "api", "arena", "nearest", "origin", "packet", "selector", "cluster", "finding",
        ],
    ),
    (
        "proxy",
        &[
            "order", "api", "arena", "origin", "packet", "selector", "cluster",
        ],
    ),
    (
        "network",
        // Which nodes a load balancer sends to is the cloud's controller's decision.
        &[
            "api",
            "arena",
            "identity",
            "origin",
            "packet",
            "selector",
            "cluster",
            "controllers",
        ],
    ),
    (
        "trace",
        &[
            "order", "api", "arena", "origin", "packet", "selector", "cluster", "dns", "proxy",
            "network",
        ],
    ),
    (
        "explain",
        &[
            "order", "api", "arena", "nearest", "origin", "packet", "cluster", "selector",
            "finding", "manifest", "topology", "trace", "Analysis",
        ],
    ),
    (
        "mend",
        &[
            "order", "cluster", "finding", "whatif", "manifest", "nearest", "origin", "Analysis",
        ],
    ),
    (
        "service_types",
        &[
            "order",
            "apiserver",
            "arena",
            "cluster",
            "finding",
            "manifest",
            "origin",
            "packet",
            "selector",
            "trace",
            "whatif",
            "Analysis",
        ],
    ),
    (
        "scenario",
        &[
            "order",
            "api",
            "apiserver",
            "arena",
            "origin",
            "packet",
            "cluster",
            "finding",
            "manifest",
            "dns",
            "proxy",
            "trace",
            "Analysis",
        ],
    ),
];

/// Items of the engine's root that every module may use.
const ROOT_ITEMS: [&str; 2] = ["Str", "KUBERNETES"];

/// What a pure library has no use for, and why.
const IMPURE: [(&str, &str); 9] = [
    ("std::time::Instant", "the engine reads no clock"),
    ("SystemTime", "the engine reads no clock"),
    ("std::fs", "the engine does no I/O"),
    ("std::net::Tcp", "the engine does no I/O"),
    ("std::env", "the engine does no I/O"),
    ("std::thread", "the engine starts nothing"),
    ("println!", "the engine does no I/O"),
    ("web_sys", "the engine knows no browser"),
    ("js_sys", "the engine knows no browser"),
];

/// Longer files do two things.
const MAX_LINES: usize = 700;

#[test]
fn every_module_says_what_it_is() {
    // A `tests.rs` is the tests of what it lies beside: its name says so.
    let silent: Vec<String> = rust_files()
        .filter(|file| !is_test(file) && !read(file).starts_with("//!"))
        .map(|file| shown(&file))
        .collect();
    assert!(
        silent.is_empty(),
        "these begin without a `//!`:\n{}",
        silent.join("\n")
    );
}

#[test]
fn data_flows_one_way_through_the_engine() {
    let order: Vec<&str> = EDGES.iter().map(|(module, _)| *module).collect();
    for (at, (module, allowed)) in EDGES.iter().enumerate() {
        for used in allowed.iter().filter(|used| order.contains(used)) {
            assert!(
                order[..at].contains(used),
                "the table lets {module} use {used}, which comes after it"
            );
        }
    }
    let mut wrong = Vec::new();
    let engine = root().join("engine/src");
    for file in files_below(&engine, &["rs"])
        .into_iter()
        .filter(|file| !is_test(file))
    {
        let module = module_of(&engine, &file);
        if module == "lib" {
            continue;
        }
        let Some((_, allowed)) = EDGES.iter().find(|(name, _)| *name == module) else {
            wrong.push(format!(
                "{}: module {module} has no row in this test's table",
                shown(&file)
            ));
            continue;
        };
        for used in names_after_crate(&code_of(&read(&file))) {
            if used != module
                && !ROOT_ITEMS.contains(&used.as_str())
                && !allowed.contains(&used.as_str())
            {
                wrong.push(format!("{}: {module} may not use {used}", shown(&file)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_engine_is_pure() {
    let mut wrong = Vec::new();
    for file in files_below(&root().join("engine/src"), &["rs"])
        .into_iter()
        .filter(|file| !is_test(file))
    {
        let text = read(&file);
        for (name, why) in IMPURE {
            if code_of(&text).contains(name) {
                wrong.push(format!("{}: {name}: {why}", shown(&file)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rust_file_is_reached() {
    let mut lost = Vec::new();
    for file in rust_files() {
        let Some(parents) = parents_of(&file) else {
            continue;
        };
        let name = match file.file_stem().and_then(|stem| stem.to_str()) {
            Some("mod") => folder_name(&file),
            Some(stem) => stem.to_owned(),
            None => continue,
        };
        let declared = parents
            .iter()
            .filter(|parent| parent.is_file())
            .any(|parent| {
                read(parent)
                    .lines()
                    .any(|line| line.trim_start().ends_with(&format!("mod {name};")))
            });
        if !declared {
            lost.push(shown(&file));
        }
    }
    assert!(
        lost.is_empty(),
        "no `mod` declares these:\n{}",
        lost.join("\n")
    );
}

#[test]
fn every_scenario_and_browser_test_is_reached() {
    // Both runners read one folder, not what lies below it.
    for (folder, ending) in [("scenarios", ".md"), ("tests/browser", ".test.mjs")] {
        let folder = root().join(folder);
        let deep: Vec<String> = files_below(&folder, &["md", "mjs"])
            .iter()
            .filter(|file| shown(file).ends_with(ending) && file.parent() != Some(&folder))
            .map(|file| shown(file))
            .collect();
        assert!(deep.is_empty(), "nobody runs these:\n{}", deep.join("\n"));
    }
}

#[test]
fn no_file_is_too_long() {
    let long: Vec<String> = sources()
        .map(|file| (read(&file).lines().count(), shown(&file)))
        .filter(|(lines, _)| *lines > MAX_LINES)
        .map(|(lines, file)| format!("{lines} lines: {file}"))
        .collect();
    assert!(
        long.is_empty(),
        "over {MAX_LINES} lines:\n{}",
        long.join("\n")
    );
}

#[test]
fn the_documents_name_what_exists() {
    let top: BTreeSet<String> = entries(&root())
        .iter()
        .map(|path| file_name(path))
        // What is built may be there or not.
        .filter(|name| !["dist", "target"].contains(&name.as_str()))
        .collect();
    let mut missing = Vec::new();
    for document in [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
    ] {
        let file = root().join(document);
        if !file.is_file() {
            missing.push(document.to_owned());
            continue;
        }
        for path in paths_named_in(&read(&file), &top) {
            if !root().join(&path).exists() {
                missing.push(format!("{document} names {path}"));
            }
        }
    }
    assert!(
        missing.is_empty(),
        "these do not exist:\n{}",
        missing.join("\n")
    );
}

#[test]
fn the_readme_names_the_version_that_is_modelled() {
    let version = format!("Kubernetes {}", switchboard_engine::KUBERNETES);
    assert!(
        read(&root().join("README.md")).contains(&version),
        "README.md does not say {version}"
    );
}

/// `crate::x` for each `x` that the code names, those in braces included.
fn names_after_crate(code: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        // `switchboard_crate::` or `$crate::` are other things.
        if code[..at]
            .ends_with(|before: char| before.is_alphanumeric() || before == '_' || before == '$')
        {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(list) => names.extend(first_names(list)),
            None => names.extend(identifier(rest)),
        }
    }
    names
}

/// The first identifier of each part of a brace list, which ends where its brace closes.
fn first_names(list: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut depth = 1;
    let mut part = String::new();
    for letter in list.chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => {
                names.extend(identifier(part.trim_start()));
                part.clear();
                continue;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
        part.push(letter);
    }
    names.extend(identifier(part.trim_start()));
    names
}

fn identifier(text: &str) -> Option<String> {
    let name: String = text
        .chars()
        .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
        .collect();
    (!name.is_empty()).then_some(name)
}

/// Without the lines that are comments, and without the tests at its end.
fn code_of(text: &str) -> String {
    let end = text
        .find("\n#[cfg(test)]\nmod tests {")
        .unwrap_or(text.len());
    let lines = text[..end].lines();
    lines
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// In backquotes or as a link: what begins with a name of the project's top level and is no pattern.
fn paths_named_in(text: &str, top: &BTreeSet<String>) -> Vec<String> {
    let quoted = text.split('`').skip(1).step_by(2);
    let linked = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    quoted
        .chain(linked)
        .map(|word| word.split('#').next().unwrap_or_default())
        .filter(|word| !word.contains([' ', '*', '…', '<', '{', ':']))
        .filter(|word| {
            top.contains(word.split('/').next().unwrap_or_default())
                || word.contains('/') && looks_like_a_file(word)
        })
        .map(|word| word.trim_end_matches('/').to_owned())
        .collect()
}

fn looks_like_a_file(word: &str) -> bool {
    [
        ".rs", ".md", ".mjs", ".js", ".toml", ".json", ".css", ".txt",
    ]
    .iter()
    .any(|ending| word.ends_with(ending))
        && !word.starts_with("..")
        && !word.starts_with('/')
}

/// The files that may declare this one as their module; `None` for a crate's root, which nobody declares.
fn parents_of(file: &Path) -> Option<Vec<PathBuf>> {
    let folder = file.parent()?;
    let name = file_name(file);
    let folder_holds_roots =
        ["bin", "benches"].contains(&file_name(folder).as_str()) || folder.ends_with("tests/tests");
    if name == "lib.rs" || name == "main.rs" || name == "build.rs" || folder_holds_roots {
        return None;
    }
    let of = if name == "mod.rs" {
        folder.parent()?
    } else {
        folder
    };
    if file_name(of) == "benches" {
        // Each bench is a crate of its own; what they share, one of them declares.
        let benches = files_below(of, &["rs"]).into_iter();
        return Some(benches.filter(|bench| bench.parent() == Some(of)).collect());
    }
    Some(vec![
        of.join("mod.rs"),
        of.join("lib.rs"),
        of.join("main.rs"),
        of.with_extension("rs"),
    ])
}

fn module_of(source: &Path, file: &Path) -> String {
    let inside = file
        .strip_prefix(source)
        .expect("the file lies below the folder that it was found in");
    let first = inside.components().next().expect("a file has a name");
    first
        .as_os_str()
        .to_string_lossy()
        .trim_end_matches(".rs")
        .to_owned()
}

/// Whether a module below some crate's `src` holds only tests.
fn is_test(file: &Path) -> bool {
    let mut below_source = file
        .components()
        .skip_while(|part| part.as_os_str() != "src");
    below_source.any(|part| matches!(part.as_os_str().to_str(), Some("tests" | "tests.rs")))
}

fn rust_files() -> impl Iterator<Item = PathBuf> {
    sources().filter(|file| file.extension().is_some_and(|extension| extension == "rs"))
}

fn sources() -> impl Iterator<Item = PathBuf> {
    ["engine", "web", "cli", "server", "tests", "xtask"]
        .into_iter()
        .flat_map(|folder| files_below(&root().join(folder), &["rs", "js", "mjs", "css"]))
}

fn files_below(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in entries(folder) {
        let name = file_name(&path);
        if path.is_dir() {
            if !["node_modules", "generated", "target", "dist"].contains(&name.as_str()) {
                files.extend(files_below(&path, extensions));
            }
        } else if extensions
            .iter()
            .any(|extension| name.ends_with(&format!(".{extension}")))
        {
            files.push(path);
        }
    }
    files
}

/// Sorted; none if there is no such folder.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    paths
}

fn folder_name(file: &Path) -> String {
    file.parent().map(file_name).unwrap_or_default()
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn shown(file: &Path) -> String {
    file.strip_prefix(root())
        .unwrap_or(file)
        .display()
        .to_string()
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tests is a folder of the project")
        .to_owned()
}

#[test]
fn the_checks_themselves_see() {
    let code = "use crate::{Str, api::{A, B}, origin::Origin};\nfn f() -> crate::packet::Header { $crate::x() }\n";
    let names: Vec<String> = names_after_crate(code).into_iter().collect();
    assert_eq!(names, ["Str", "api", "origin", "packet"]);

    let top = BTreeSet::from(["engine".to_owned(), "README.md".to_owned()]);
    let text = "`engine/src/lib.rs`, `cargo test`, `scenarios/*.md`, [here](README.md#top), `x/y.rs`, `engine/`";
    assert_eq!(
        paths_named_in(text, &top),
        ["engine/src/lib.rs", "x/y.rs", "engine", "README.md"]
    );
    assert_eq!(
        code_of("a\n// b\nc\n#[cfg(test)]\nmod tests {\n}\n"),
        "a\nc"
    );
}
