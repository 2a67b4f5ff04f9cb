//! Which crate a function is of, told from its name.

/// What the language brings; a generic function of it counts for the crate whose types it was made for.
const LIBRARY: &[&str] = &["core", "alloc", "std"];
/// Names without a path, and who makes them.
const PREFIXES: &[(&str, &str)] = &[
    ("__wbindgen", "wasm_bindgen"),
    ("__wbg", "wasm_bindgen"),
    ("__externref", "wasm_bindgen"),
    ("__rust", "alloc"),
    ("__", "compiler_builtins"),
    ("mem", "compiler_builtins"),
];

/// The crate of a demangled name. Exports of the crate have plain names, which wasm-bindgen gave them.
pub fn owner(name: &str) -> String {
    let crates = crates_in(name);
    let own = crates.iter().find(|own| !LIBRARY.contains(own)).or(crates.first());
    if let Some(own) = own {
        return (*own).to_string();
    }
    let made = PREFIXES.iter().find(|(prefix, _)| name.starts_with(prefix)).map(|(_, owner)| *owner);
    made.unwrap_or("tokenwire").to_string()
}

/// The first words of all paths in a name, in order: in `<a::B as c::D<e::F>>::g`, a, c and e.
fn crates_in(name: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut before = "";
    let mut rest = name;
    while let Some(start) = rest.find(is_word) {
        before = if start > 0 { &rest[..start] } else { before };
        rest = &rest[start..];
        let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(length);
        let after_hash = skip_hash(after);
        let is_head = !before.ends_with("::") && !before.ends_with('{');
        if is_head && after_hash.starts_with("::") {
            found.push(word);
        }
        before = "";
        rest = after_hash;
    }
    found
}

/// `core[c5930c85a12de822]::str`: what tells two versions of a crate apart.
fn skip_hash(text: &str) -> &str {
    text.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(text, |(_, after)| after)
}

/// The name without the hashes of crates and symbols.
pub fn readable(name: &str) -> String {
    let mut clean = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(at) = rest.find('[') {
        let (before, tail) = rest.split_at(at);
        clean.push_str(before);
        let hash = tail.get(1..17).filter(|hash| hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let skip = if hash.is_some() && tail[17..].starts_with(']') { 18 } else { 1 };
        clean.push_str(if skip == 1 { "[" } else { "" });
        rest = &tail[skip..];
    }
    clean.push_str(rest);
    match clean.rsplit_once("::h") {
        Some((path, hash)) if hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => path.into(),
        _ => clean,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generic_function_belongs_to_the_crate_that_it_was_made_for() {
        assert_eq!(owner("tokenwire::sse::Decoder::process"), "tokenwire");
        assert_eq!(owner("core::ptr::drop_in_place<tokenwire::error::Error>"), "tokenwire");
        assert_eq!(
            owner("<dlmalloc[e24a27700634d609]::dlmalloc::Dlmalloc<dlmalloc::sys::System>>::malloc"),
            "dlmalloc"
        );
        assert_eq!(owner("<char as core[c5930c85a12de822]::fmt::Debug>::fmt"), "core");
        assert_eq!(owner("alloc::rc::Rc<T,A>::drop_slow"), "alloc");
        assert_eq!(owner("tokenwire::stream::data::<impl tokenwire::stream::decoder::Decoder>::value"), "tokenwire");
        assert_eq!(owner("js_sys::futures::future_to_promise::{{closure}}::{{closure}}"), "js_sys");
    }

    #[test]
    fn names_without_a_path_are_known_by_how_they_begin() {
        assert_eq!(owner("call_snapshot multivalue shim"), "tokenwire");
        assert_eq!(owner("__externref_table_dealloc"), "wasm_bindgen");
        assert_eq!(owner("__multi3"), "compiler_builtins");
        assert_eq!(owner("memcpy"), "compiler_builtins");
    }

    #[test]
    fn hashes_are_for_linkers() {
        assert_eq!(readable("core[c5930c85a12de822]::str::f::h0123456789abcdef"), "core::str::f");
        assert_eq!(
            readable("<alloc[3ca501edff3f0c7c]::raw_vec::RawVecInner>::finish_grow[1]"),
            "<alloc::raw_vec::RawVecInner>::finish_grow[1]"
        );
        assert_eq!(readable("<[u8]>::to_vec"), "<[u8]>::to_vec");
    }
}
