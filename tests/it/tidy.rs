//! The repository tests itself.
//!
//! Who may import whom (ARCHITECTURE.md has the reasons). A module may use what stands behind its name, and nothing else of
//! the crate; `rules` below reads these lines:
//!
//! ```text
//! scan:
//! json: scan
//! error: json scan
//! sse: scan
//! secret: json scan
//! wire: error json scan secret sse
//! accumulate: json scan wire
//! dialect: json scan wire
//! negotiate: dialect error json scan wire
//! judge: error negotiate scan secret wire
//! retry: error scan
//! stream: accumulate error json judge scan secret sse wire
//! responses: error json scan stream
//! call: dialect error json judge negotiate responses retry scan secret stream wire
//! web:
//! js: call json judge scan secret stream web wire
//! ```
//!
//! Room 1 is all but `web` and `js`: it never names a browser crate. For the files of `xtask` there is no table: `circles`.

mod circles;

use crate::fixtures::{files, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

const FILE_LINES: usize = 400;
const ENTRY_LINES: usize = 12;
const BROWSER_CRATES: [&str; 6] =
    ["web_sys", "js_sys", "wasm_bindgen", "wasm_bindgen_futures", "gloo_net", "serde_wasm_bindgen"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Files of the repository: those that Git tracks, so that what is built or installed doesn't count.
fn tracked() -> Vec<String> {
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output().unwrap();
    assert!(listed.status.success(), "git ls-files: {}", String::from_utf8_lossy(&listed.stderr));
    let listed = String::from_utf8(listed.stdout).unwrap();
    let names = listed.split('\0').filter(|name| !name.is_empty() && root().join(name).is_file());
    names.map(str::to_owned).collect()
}

/// Tracked files that are text, with their text.
fn texts() -> Vec<(String, String)> {
    let read = |name: String| Some((name.clone(), String::from_utf8(std::fs::read(root().join(&name)).unwrap()).ok()?));
    tracked().into_iter().filter_map(read).collect()
}

/// Tracked source files below a folder, with their lines.
fn lines_of(folder: &str) -> Vec<(String, usize)> {
    let endings = [".rs", ".js", ".ts", ".html", ".css"];
    let is_source = |name: &String| name.starts_with(folder) && endings.iter().any(|ending| name.ends_with(ending));
    tracked().into_iter().filter(is_source).map(|name| (name.clone(), read(&name).lines().count())).collect()
}

#[test]
fn files_are_short() {
    let folders = ["src/", "fuzz/", "xtask/", "pkg-template/", "www-demo/", "tests/"];
    let mut found: Vec<_> = folders.iter().flat_map(|folder| lines_of(folder)).collect();
    assert!(found.len() > 60, "only {} files", found.len());
    found.retain(|(_, lines)| *lines > FILE_LINES);
    assert!(found.is_empty(), "more than {FILE_LINES} lines: {found:?}");
}

#[test]
fn entries_are_tiny() {
    let mut found = lines_of("pkg-template/entry/");
    assert!(found.len() >= 6, "{found:?}");
    found.retain(|(_, lines)| *lines > ENTRY_LINES);
    assert!(found.is_empty(), "more than {ENTRY_LINES} lines: {found:?}");
}

#[test]
fn the_changelog_has_this_version_once() {
    let version = env!("CARGO_PKG_VERSION");
    let changelog = read("CHANGELOG.md");
    let of = |line: &&str| line.starts_with("## ") && line.split([' ', '[', ']']).any(|word| word == version);
    assert_eq!(changelog.lines().filter(of).count(), 1, "headings of {version} in CHANGELOG.md");
}

#[test]
fn the_readme_has_the_two_commands() {
    let readme = read("README.md");
    for command in ["cargo xtask demo", "cargo xtask test"] {
        assert!(readme.contains(command), "README.md lacks `{command}`");
    }
    for file in ["LICENSE-MIT", "LICENSE-APACHE", "ARCHITECTURE.md", "CONTRIBUTING.md"] {
        assert!(!read(file).trim().is_empty(), "{file} is empty");
    }
}

#[test]
fn nothing_is_left_to_do() {
    // Written in two halves, so that this file doesn't hold them.
    let words = [["TO", "DO"].concat(), ["FIX", "ME"].concat(), ["XX", "X"].concat()];
    let mut found = Vec::new();
    for (name, text) in texts() {
        for (at, line) in text.lines().enumerate() {
            if words.iter().any(|word| has_word(line, word)) && !is_lockfile(&name) {
                found.push(format!("{name}:{}", at + 1));
            }
        }
    }
    assert!(found.is_empty(), "{found:?}");
}

fn has_word(line: &str, word: &str) -> bool {
    line.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').any(|found| found == word)
}

fn is_lockfile(name: &str) -> bool {
    name.ends_with("Cargo.lock") || name.ends_with("package-lock.json")
}

#[test]
fn no_path_of_a_machine_is_in_a_file() {
    let absolute = ["/home/", "/root/", "/Users/", "/work/", "C:\\Users"];
    // A path begins where no name goes before it: `https://host/work/` and `a/root/` are none.
    let is_path = |line: &str, prefix: &str| {
        line.match_indices(prefix).any(|(at, _)| {
            !line[..at].ends_with(|before: char| {
                before.is_ascii_alphanumeric() || matches!(before, '.' | '-' | '_' | '/' | '}')
            })
        })
    };
    let mut found = Vec::new();
    for (name, text) in texts().into_iter().filter(|(name, _)| name != "tests/it/tidy.rs") {
        let bad = |line: &&str| absolute.iter().any(|prefix| is_path(line, prefix));
        found.extend(text.lines().filter(bad).map(|line| format!("{name}: {}", line.trim())));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn lockfiles_and_settings_name_no_registry() {
    // Cargo's own name of its registry is no host: it stands in every Cargo.lock.
    let crates = "registry+https://github.com/rust-lang/crates.io-index";
    let mut found = Vec::new();
    for (name, text) in texts() {
        if name.ends_with("Cargo.lock") {
            let sources = text.lines().filter(|line| line.starts_with("source = "));
            found.extend(
                sources.filter(|line| *line != format!("source = \"{crates}\"")).map(|line| format!("{name}: {line}")),
            );
        } else if name.ends_with("package-lock.json") {
            let lock: serde_json::Value = serde_json::from_str(&text).unwrap();
            for (package, facts) in lock["packages"].as_object().unwrap() {
                let resolved = facts["resolved"].as_str().filter(|source| source.contains("://"));
                found.extend(resolved.map(|source| format!("{name}: {package} {source}")));
            }
        } else if name.ends_with(".npmrc") || name.ends_with("pip.conf") || name.ends_with("requirements.txt") {
            found.extend(text.lines().filter(|line| line.contains("://")).map(|line| format!("{name}: {line}")));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn no_file_names_a_registrys_host() {
    let hosts = ["npmjs", "pypi", "npmmirror", "pythonhosted", "yarnpkg"];
    let ends = [".org", ".com", ".net", ".io"];
    let mut found = Vec::new();
    for (name, text) in texts() {
        for host in hosts.iter().flat_map(|host| ends.map(|end| [*host, end].concat())) {
            found.extend(text.contains(&host).then(|| format!("{name}: {host}")));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The lines of this file's own documentation: a module, and what it may use.
fn rules() -> BTreeMap<String, Vec<String>> {
    let this = include_str!("tidy.rs");
    let table = this.split("//! ```text\n").nth(1).unwrap().split("//! ```").next().unwrap();
    let rule = |line: &str| {
        let (module, allowed) = line.trim_start_matches("//! ").split_once(':').unwrap();
        (module.to_owned(), allowed.split_whitespace().map(str::to_owned).collect())
    };
    table.lines().map(rule).collect()
}

/// The code of a file of `src` without its comments.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let code = |line: &str| line.split("//").next().unwrap_or("").to_owned();
    text.lines().map(code).collect::<Vec<_>>().join("\n")
}

/// The module at the top of the crate to which a file belongs; `None` for lib.rs.
fn module(path: &Path) -> Option<String> {
    let inner = path.strip_prefix(root().join("src")).unwrap();
    let first = inner.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    let name = first.trim_end_matches(".rs").to_owned();
    (name != "lib").then_some(name)
}

/// What a file uses of the crate: the names after `crate::`, also in braces.
fn imports(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let names = match rest.strip_prefix('{') {
            Some(list) => top_names(list.split_once("};").map_or(list, |(inner, _)| inner)),
            None => vec![rest],
        };
        let name = |text: &str| {
            text.trim().split(|letter: char| !letter.is_alphanumeric() && letter != '_').next().unwrap().to_owned()
        };
        found.extend(names.into_iter().map(name).filter(|name| !name.is_empty()));
    }
    found
}

/// The parts of a list between commas outside of inner braces.
fn top_names(list: &str) -> Vec<&str> {
    let mut depth = 0;
    list.split(|letter: char| {
        depth += i32::from(letter == '{') - i32::from(letter == '}');
        letter == ',' && depth == 0
    })
    .collect()
}

#[test]
fn modules_import_in_one_direction() {
    let rules = rules();
    let mut wrong = Vec::new();
    let found = files(&root().join("src"), ".rs");
    for path in &found {
        let Some(module) = module(path) else { continue };
        let allowed = rules.get(&module).unwrap_or_else(|| panic!("no rule for the module {module}"));
        for name in imports(&code(path)) {
            if name != module && !allowed.contains(&name) {
                wrong.push(format!("{}: {module} may not use {name}", path.file_name().unwrap().to_string_lossy()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for module in rules.keys() {
        assert!(found.iter().any(|path| self::module(path).as_ref() == Some(module)), "a rule for no module: {module}");
    }
}

#[test]
fn imports_are_found_in_every_form() {
    let code =
        "use crate::json::{self, Cursor};\nuse crate::{error::{Error, Kind}, sse};\nlet a = crate::wire::chunk::X;";
    assert_eq!(imports(code), ["json", "error", "sse", "wire"]);
}

#[test]
fn the_house_is_as_architecture_says() {
    let written = read("ARCHITECTURE.md");
    for module in rules().keys() {
        let named = [format!("`{module}`"), format!("{module}.rs"), format!("{module}/")];
        assert!(named.iter().any(|name| written.contains(name)), "ARCHITECTURE.md does not name {module}");
    }
}

#[test]
fn the_core_knows_no_browser() {
    for path in files(&root().join("src"), ".rs") {
        let room = module(&path);
        if matches!(room.as_deref(), Some("web" | "js")) {
            continue;
        }
        let code = code(&path);
        for name in BROWSER_CRATES {
            assert!(!has_word(&code, name), "{} names {name}", path.display());
        }
    }
}

#[test]
fn framing_knows_neither_json_nor_the_end_marker() {
    let code = code(&root().join("src/sse.rs"));
    assert!(!code.contains("DONE") && !code.contains("json"), "src/sse.rs");
}

#[test]
fn the_package_is_plain_esm() {
    let scripts = files(&root().join("pkg-template"), ".js");
    assert!(scripts.len() > 10);
    for path in scripts {
        let text = std::fs::read_to_string(&path).unwrap();
        for word in ["require(", "module.exports", "__dirname", "process.env"] {
            assert!(!text.contains(word), "{} has {word}", path.display());
        }
    }
    let package: serde_json::Value = serde_json::from_str(&read("pkg-template/package.json")).unwrap();
    assert_eq!(package["type"], "module");
    assert!(package.get("dependencies").is_none(), "the package has dependencies");
}

#[test]
fn browser_crates_are_dependencies_of_the_wasm_target_only() {
    let manifest = read("Cargo.toml");
    let plain = manifest.split("\n[dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
    let named: Vec<&str> = plain.lines().filter(|line| line.contains('=')).collect();
    assert!(named.is_empty(), "{named:?}");
    assert!(manifest.contains(r#"unsafe_code = "forbid""#) && manifest.contains(r#"missing_docs = "deny""#));
}

#[test]
fn every_repair_and_provider_is_documented() {
    let (repairs, dialects) = (read("docs/repairs.md") + &read("docs/responses.md"), read("docs/dialects.md"));
    let mut missing = Vec::new();
    for path in files(&root().join("src"), ".rs") {
        let code = std::fs::read_to_string(path).unwrap();
        for (at, start) in code.match_indices("note(\"") {
            let rest = &code[at + start.len()..];
            let name = &rest[..rest.find('"').unwrap()];
            if !repairs.contains(&format!("`{name}`")) {
                missing.push(name.to_owned());
            }
        }
    }
    for provider in json(&root().join("src/dialect/providers.json")).as_object().unwrap().keys() {
        let types = read("pkg-template/options.d.ts");
        if !dialects.contains(&format!("`{provider}`")) || !types.contains(&format!("| \"{provider}\"")) {
            missing.push(provider.clone());
        }
    }
    assert!(missing.is_empty(), "docs/ does not tell of the repairs, or of the providers, {missing:?}");
}
