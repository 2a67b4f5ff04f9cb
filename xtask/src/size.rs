//! `cargo xtask size`: where the bytes are, what a page loads, and whether that is more than the repository has on record.

mod owner;
mod wasm;

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::arguments::{Build, Size};
use crate::{benches, core, place, tools};
use wasm::{Function, Module};

/// Bytes in brotli, as a server sends them.
#[derive(Clone, Copy)]
struct Weight {
    page: u64,
    wasm: u64,
}

pub fn run(size: &Size) -> Result<()> {
    let named = core::build(&Build { names: true })?;
    let bytes = fs::read(&named.wasm).with_context(|| format!("cannot read {}", named.wasm.display()))?;
    print_module(&Module::parse(&bytes)?, size.functions);
    let weight = weigh()?;
    if size.record {
        return record(weight);
    }
    compare(weight, recorded()?)
}

/// The weight alone, against the record: quick enough for every test run.
pub fn check() -> Result<()> {
    compare(weigh()?, recorded()?)
}

fn weigh() -> Result<Weight> {
    benches::prepare()?;
    let printed = tools::output(benches::node()?.arg("size.js"))?;
    let measured: Value = serde_json::from_str(&printed).context("benches/size.js printed no JSON")?;
    print_page(&measured)
}

fn print_module(module: &Module, wanted: usize) {
    println!("\ncore.wasm with names, bytes by section");
    for (name, size) in &module.sections {
        println!("{size:>9}  {name}");
    }
    let code: usize = module.functions.iter().map(|function| function.size).sum();
    println!("\nits {} functions by crate (a generic one counts for the crate it is made for,", module.functions.len());
    println!("our async functions for js_sys, which makes promises of them)");
    for (owner, (size, count)) in by_crate(&module.functions) {
        println!("{size:>9}  {:>5.1} %  {count:>4}  {owner}", size as f64 * 100.0 / code.max(1) as f64);
    }
    println!("\nits largest functions");
    let mut largest: Vec<_> = module.functions.iter().collect();
    largest.sort_by_key(|function| std::cmp::Reverse(function.size));
    for function in largest.into_iter().take(wanted) {
        println!("{:>9}  {}", function.size, owner::readable(name_of(function)));
    }
}

/// wasm-opt's own helpers have no names.
fn name_of(function: &Function) -> &str {
    function.name.as_deref().unwrap_or("__nameless")
}

fn by_crate(functions: &[Function]) -> Vec<(String, (usize, usize))> {
    let mut crates = HashMap::<_, (usize, usize)>::new();
    for function in functions {
        let (size, count) = crates.entry(owner::owner(name_of(function))).or_default();
        *size += function.size;
        *count += 1;
    }
    let mut crates: Vec<_> = crates.into_iter().collect();
    crates.sort_by_key(|(_, (size, _))| std::cmp::Reverse(*size));
    crates
}

/// The weights are of the package as shipped, without names.
fn print_page(measured: &Value) -> Result<Weight> {
    let number = |what: &str, how: &str| {
        measured[what][how].as_u64().with_context(|| format!("benches/size.js gave no {what}.{how}"))
    };
    println!("\nwhat a page loads to stream a chat   raw   brotli");
    for (what, label) in [
        ("script", "face and glue, by esbuild"),
        ("wasm", "core.wasm"),
        ("page", "together"),
        ("openai", "openai, the same call"),
    ] {
        println!("  {label:<28} {:>9} {:>8}", number(what, "raw")?, number(what, "brotli")?);
    }
    let weight = Weight { page: number("page", "brotli")?, wasm: number("wasm", "brotli")? };
    let ratio = weight.page as f64 / number("openai", "brotli")? as f64;
    println!("  tokenwire is {ratio:.2} of openai in brotli (the goal: 0.50 at most)");
    Ok(weight)
}

fn file() -> PathBuf {
    place::benches().join("size.json")
}

fn record(weight: Weight) -> Result<()> {
    let text = format!("{:#}\n", json!({ "page_brotli": weight.page, "wasm_brotli": weight.wasm }));
    fs::write(file(), text).with_context(|| format!("cannot write {}", file().display()))?;
    println!("recorded in benches/size.json: page {} bytes, core.wasm {} bytes", weight.page, weight.wasm);
    Ok(())
}

fn recorded() -> Result<Weight> {
    let text = fs::read_to_string(file())
        .context("benches/size.json cannot be read; `cargo xtask size --record` writes it")?;
    let kept: Value = serde_json::from_str(&text).context("benches/size.json is not JSON")?;
    let number = |name: &str| kept[name].as_u64().with_context(|| format!("benches/size.json has no number {name}"));
    Ok(Weight { page: number("page_brotli")?, wasm: number("wasm_brotli")? })
}

/// More weight than recorded is a failure; less is a reason to record again.
fn compare(now: Weight, kept: Weight) -> Result<()> {
    println!("  on record (benches/size.json): page {}, core.wasm {}", kept.page, kept.wasm);
    if now.page > kept.page || now.wasm > kept.wasm {
        bail!(
            "heavier than on record: page {} (was {}), core.wasm {} (was {}). If that is worth it: `cargo xtask size --record`",
            now.page,
            kept.page,
            now.wasm,
            kept.wasm
        );
    }
    if now.page < kept.page {
        println!("  {} bytes lighter than recorded: `cargo xtask size --record` keeps it so", kept.page - now.page);
    }
    Ok(())
}
