//! The files of `xtask` import each other in one direction. Which may import which needs no list: there is no circle, also not
//! of a module and its own children.

use super::{code, root, top_names};
use crate::fixtures::files;
use std::collections::{BTreeMap, BTreeSet};

/// A module, by its path in the crate, and those it imports. The crate's root is the empty path.
type Imports = BTreeMap<String, BTreeSet<String>>;

#[test]
fn the_files_of_xtask_import_in_one_direction() {
    let sources = sources();
    assert!(sources.len() > 25, "only {} files", sources.len());
    let imports = imports(&sources);
    let edges: usize = imports.values().map(BTreeSet::len).sum();
    assert!(edges > 100, "only {edges} imports were found");
    assert_eq!(circles(imports), Imports::new(), "these import each other in a circle");
}

#[test]
fn a_circle_is_found_in_every_form() {
    let named = |list: &[(&str, &str)]| list.iter().map(|(name, code)| ((*name).into(), (*code).into())).collect();
    let found = |list| circles(imports(&named(list))).into_keys().collect::<Vec<_>>().join(" ");
    let straight = [
        ("", "mod a; mod b;"),
        ("a", "mod c; use crate::b::{self, X};"),
        ("a::c", "use crate::{b, b::Y};"),
        ("a::d", "use super::c::Z;"),
        ("b", ""),
    ];
    assert_eq!(found(&straight), "");
    assert_eq!(found(&[("a", "use crate::{c, b::{X, Y}};"), ("b", "let x = crate::a::X;"), ("c", "")]), "a b");
    assert_eq!(found(&[("a", "mod b;"), ("a::b", "use super::{X, Y};")]), "a a::b");
    assert_eq!(found(&[("", "mod a;"), ("a", "mod b;"), ("a::b", "use super::super::X;")]), " a a::b");
    assert_eq!(found(&[("", "mod a;"), ("a", "use crate::X;")]), " a");
}

/// The modules' code, without comments and tests: those may look at all that stands in their file.
fn sources() -> BTreeMap<String, String> {
    let folder = root().join("xtask/src");
    let module = |path: &std::path::Path| {
        let inner = path.strip_prefix(&folder).unwrap().with_extension("");
        let names: Vec<_> = inner.iter().map(|name| name.to_string_lossy()).collect();
        if names == ["main"] { String::new() } else { names.join("::") }
    };
    let without_tests = |code: String| code.split("#[cfg(test)]").next().unwrap().to_owned();
    files(&folder, ".rs").iter().map(|path| (module(path), without_tests(code(path)))).collect()
}

fn imports(sources: &BTreeMap<String, String>) -> Imports {
    let of = |(module, code): (&String, &String)| {
        let modules = paths_in(code, module).into_iter().map(|path| module_of(&path, sources));
        (module.clone(), modules.filter(|other| other != module).collect())
    };
    sources.iter().map(of).collect()
}

/// Everything that a module's code names of its crate, by its full path: also its children, which it declares to use them.
fn paths_in(code: &str, module: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        found.extend(paths(&code[at + "crate::".len()..]));
    }
    for (at, _) in code.match_indices("super::").filter(|(at, _)| !code[..*at].ends_with("::")) {
        let (mut above, mut rest) = (parent(module), &code[at + "super::".len()..]);
        while let Some(higher) = rest.strip_prefix("super::") {
            (above, rest) = (parent(above), higher);
        }
        found.extend(paths(rest).iter().map(|path| join(above, path)));
    }
    for (at, _) in code.match_indices("mod ") {
        let name = code[at + "mod ".len()..].split(';').next().unwrap();
        found.push(join(module, name));
    }
    found
}

/// The paths that a tree of imports stands for: `a::{self, b::C}` is `a::self` and `a::b::C`.
fn paths(tree: &str) -> Vec<String> {
    if let Some(list) = tree.strip_prefix('{') {
        return top_names(until_closed(list)).into_iter().flat_map(|part| paths(part.trim())).collect();
    }
    let end = tree.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(tree.len());
    let (name, rest) = tree.split_at(end);
    match rest.strip_prefix("::") {
        Some(below) => paths(below).iter().map(|path| join(name, path)).collect(),
        None => vec![name.to_owned()],
    }
}

fn until_closed(list: &str) -> &str {
    let mut depth = 1;
    let closes = |letter: char| {
        depth += i32::from(letter == '{') - i32::from(letter == '}');
        depth == 0
    };
    &list[..list.find(closes).unwrap_or(list.len())]
}

/// The file in which a path is to be found.
fn module_of(path: &str, sources: &BTreeMap<String, String>) -> String {
    let mut module = path;
    while !module.is_empty() && !sources.contains_key(module) {
        module = parent(module);
    }
    module.to_owned()
}

fn parent(path: &str) -> &str {
    path.rsplit_once("::").map_or("", |(above, _)| above)
}

fn join(above: &str, path: &str) -> String {
    if above.is_empty() { path.to_owned() } else { format!("{above}::{path}") }
}

/// What is left when all that imports nothing, and all that nobody imports, has been taken away again and again.
fn circles(mut left: Imports) -> Imports {
    loop {
        let before = left.len();
        let imported: BTreeSet<_> = left.values().flatten().cloned().collect();
        left.retain(|module, imports| !imports.is_empty() && imported.contains(module));
        let names: BTreeSet<_> = left.keys().cloned().collect();
        left.values_mut().for_each(|imports| imports.retain(|name| names.contains(name)));
        if left.len() == before {
            return left;
        }
    }
}
