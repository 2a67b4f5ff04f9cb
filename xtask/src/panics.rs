//! Takes the printing of panics out of the module. On wasm32-unknown-unknown nobody reads what a panic would print: without
//! a hook of one's own the message goes nowhere and the instance traps. The functions that make the message are therefore
//! made to trap at once, as rustc's `panic = "immediate-abort"` would do, which is not in stable Rust; wasm-opt then drops
//! their arguments, their callers' code for them, and with it all of `core::fmt`.

mod places;

use std::collections::HashSet;

use anyhow::{Result, ensure};
use walrus::ir::{Call, Visitor, dfs_in_order};
use walrus::{FunctionBuilder, FunctionId, FunctionKind, Module};

/// What a stamp of anything that goes through here must hold.
pub const SOURCES: &str = concat!(include_str!("panics.rs"), include_str!("panics/places.rs"));

/// What panics go through, by the paths of the functions in `core`, `alloc` and `std`. Each returns never.
const ENTRANCES: &[&str] = &[
    "core::panicking::",
    "core::option::unwrap_failed",
    "core::option::expect_failed",
    "core::result::unwrap_failed",
    "core::cell::panic_already_",
    "core::str::slice_error_fail",
    "core::slice::index::slice_index_fail",
    "core::slice::copy_from_slice_impl::len_mismatch_fail",
    "alloc::raw_vec::handle_error",
    "alloc::raw_vec::capacity_overflow",
    "alloc::alloc::handle_alloc_error",
    "std::panicking::",
    "std::alloc::rust_oom",
    "std::thread::local::panic_access_error",
    "__rustc::rust_begin_unwind",
];

/// Makes every entrance of a panic a trap, and what only panics print with.
pub fn trap_at_once(module: &mut Module) -> Result<()> {
    let named = |is_wanted: fn(&str) -> bool| -> HashSet<FunctionId> {
        let local = module.funcs.iter().filter(|function| matches!(function.kind, FunctionKind::Local(_)));
        local
            .filter(|function| function.name.as_deref().is_some_and(|name| is_wanted(&without_hashes(name))))
            .map(|function| function.id())
            .collect()
    };
    let entrances = named(|name| ENTRANCES.iter().any(|entrance| name.contains(entrance)));
    ensure!(!entrances.is_empty(), "the module has no panic's name in it any more: see xtask/src/panics.rs");
    // They stay in the table of functions although nobody calls them any more, so wasm-opt would keep them.
    let printing = named(|name| name.contains("core::fmt::"));
    check_printing(module, &entrances, &printing)?;
    for id in entrances.union(&printing) {
        trap(module, *id);
    }
    places::blank(module);
    Ok(())
}

/// Whoever prints something that is not a panic would trap, so that is not built.
fn check_printing(module: &Module, entrances: &HashSet<FunctionId>, printing: &HashSet<FunctionId>) -> Result<()> {
    for (id, function) in module.funcs.iter_local() {
        if entrances.contains(&id) || printing.contains(&id) {
            continue;
        }
        let mut calls = Calls { of: printing, found: false };
        dfs_in_order(&mut calls, function, function.entry_block());
        let name = module.funcs.get(id).name.as_deref().unwrap_or("a function");
        ensure!(
            !calls.found,
            "{name} prints with core::fmt (write!, format!, to_string): that is 5 KB, see scan::decimal"
        );
    }
    Ok(())
}

struct Calls<'a> {
    of: &'a HashSet<FunctionId>,
    found: bool,
}

impl<'instr> Visitor<'instr> for Calls<'_> {
    fn visit_call(&mut self, call: &Call) {
        self.found |= self.of.contains(&call.func);
    }
}

fn trap(module: &mut Module, id: FunctionId) {
    let kind = module.types.get(module.funcs.get(id).ty());
    let (params, results) = (kind.params().to_vec(), kind.results().to_vec());
    let mut builder = FunctionBuilder::new(&mut module.types, &params, &results);
    builder.func_body().unreachable();
    let arguments = params.iter().map(|param| module.locals.add(*param)).collect();
    module.funcs.get_mut(id).kind = FunctionKind::Local(builder.local_func(arguments));
}

/// A crate may stand in a name with its hash: `core[0123456789abcdef]::panicking::panic_fmt`.
fn without_hashes(name: &str) -> String {
    let mut plain = String::new();
    let mut depth = 0;
    for letter in name.chars() {
        depth += i32::from(letter == '[');
        if depth == 0 {
            plain.push(letter);
        }
        depth -= i32::from(letter == ']');
    }
    plain
}
