//! The crate's judge → `judge.js`: what a page loads with the first refusal, and only then. It is WebAssembly turned into
//! JavaScript: an import that every runtime and bundler carries out by itself, without a second file to find, fetch and allow.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use walrus::{ExportItem, Module};

use crate::stamp::Stamp;
use crate::{core, panics, place};

/// What leaves the module; wasm-bindgen's own exports serve values that never cross.
const EXPORTS: &[&str] = &["put", "judged", "get"];

/// wasm2js knows the first WebAssembly only: what came later is put in its words.
const LOWER: &[&str] = &[
    "-Oz",
    "--signext-lowering",
    "--llvm-memory-copy-fill-lowering",
    "--llvm-nontrapping-fptoint-lowering",
    "--remove-unused-module-elements",
    "-Oz",
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
];

/// Builds it if it has changed. Gives the module's path.
pub fn build() -> Result<PathBuf> {
    let compiled = core::compile("release", &["--no-default-features", "--features", "small-allocator,judge-module"])?;
    let folder = place::cache().join("judge");
    let module = folder.join("judge.js");
    let stamp = Stamp::new("judge")
        .file(&compiled)?
        .file(&place::xtask().join("package-lock.json"))?
        .text(include_str!("core.rs"))
        .text(include_str!("judge.rs"))
        .text(panics::SOURCES);
    if stamp.is_fresh() && module.is_file() {
        return Ok(module);
    }
    fs::create_dir_all(&folder)?;
    let mut output = core::bound(&compiled, "judge")?;
    bare(output.wasm_mut())?;
    let [bound, lowered] = ["bound.wasm", "lowered.wasm"].map(|name| folder.join(name));
    fs::write(&bound, output.wasm_mut().emit_wasm())?;
    core::binaryen("wasm-opt", core::FEATURES.iter().chain(LOWER).copied(), &bound, &lowered)?;
    core::binaryen("wasm2js", ["-Oz"], &lowered, &module)?;
    let text = fs::read_to_string(&module)?;
    ensure!(!text.contains("import "), "judge.js imports something: see EXPORTS in xtask/src/judge.rs");
    stamp.keep().context("the judge's stamp could not be kept")?;
    Ok(module)
}

/// Takes away all that only glue would use.
fn bare(module: &mut Module) -> Result<()> {
    let ids: Vec<_> = module.exports.iter().map(|export| (export.id(), export.name.clone())).collect();
    for (id, name) in ids {
        if !EXPORTS.contains(&name.as_str()) {
            module.exports.delete(id);
        }
    }
    let functions = module.exports.iter().filter(|export| matches!(export.item, ExportItem::Function(_))).count();
    ensure!(functions == EXPORTS.len(), "the judge has not the exports that judge.js needs: see src/judge_module.rs");
    module.start = None;
    walrus::passes::gc::run(module);
    Ok(())
}
