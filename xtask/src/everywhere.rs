//! What the package holds so that it loads in every place: the wasm as JavaScript, twice, the validator of tools/ without an import,
//! and a CommonJS side of each entry.
//!
//! Servers get base64, which they decode natively in no time; what a page loads is written in letters that compress like the
//! file does. Measured on 148,183 bytes of wasm, in brotli: the file 58,601, so 59,864, Latin-1 60,103, `\x` escapes 66,893,
//! base64 74,125. Reading the letters of 179,270 bytes takes 7 ms cold (Node 20, median of 7), once.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::files::{Files, write};
use crate::{place, tools};

/// What `require` leads to, see package.json.
const ENTRIES: &[&str] = &["entry/node.js", "inline.js", "slim.js", "testing.js", "whole.js"];
const TYPES: &[&str] = &["index", "options", "request", "wire", "responses", "tools", "testing", "whole"];

/// The letters of pkg-template/wasm-text.js; the shifts follow them in ASCII.
const LETTERS: &[u8] = b" !#%&()*+,-./0123456789:;=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_abcdefghijklmnopqrstuvwxyz{|";
const SHIFTS: &[u8; 2] = b"}~";

pub fn add(files: &mut Files) -> Result<()> {
    let wasm = files.get(Path::new("core.wasm")).cloned().unwrap_or_default();
    files.insert(
        "core-base64.js".into(),
        format!("export default \"{}\";\n", BASE64_STANDARD.encode(&wasm)).into_bytes(),
    );
    files.insert("core-text.js".into(), as_letters(&wasm).into_bytes());
    let whole = files.get(Path::new("whole.wasm")).cloned().unwrap_or_default();
    files.insert("whole-letters.js".into(), as_letters(&whole).into_bytes());
    for name in TYPES {
        let types = files.get(Path::new(&format!("{name}.d.ts"))).with_context(|| format!("no {name}.d.ts"))?;
        let types = std::str::from_utf8(types)?.replace(".js\"", ".cjs\"");
        files.insert(format!("{name}.d.cts").into(), types.into_bytes());
    }
    tools::ensure_node_modules(&place::xtask().join("commonjs"))?;
    files.insert("json-schema.js".into(), validator()?);
    let side = commonjs(files)?;
    files.extend(side);
    Ok(())
}

/// The validator of an npm package as one module.
fn validator() -> Result<Vec<u8>> {
    let printed = tools::output(tools::node().arg(place::xtask().join("commonjs/vendor.js")))?;
    ensure!(printed.contains("Validator"), "vendor.js made no validator");
    Ok(printed.into_bytes())
}

/// The entries as CommonJS, in a folder that says that they are.
fn commonjs(files: &Files) -> Result<Files> {
    let tool = place::xtask().join("commonjs");
    let source = place::cache().join("modules");
    std::fs::create_dir_all(&source)?;
    let modules = files.iter().filter(|(path, _)| path.extension().is_some_and(|ending| ending == "js"));
    write(&modules.map(|(path, code)| (path.clone(), code.clone())).collect(), &source)?;
    let printed = tools::output(tools::node().arg(tool.join("convert.js")).arg(&source).args(ENTRIES))?;
    let made: BTreeMap<PathBuf, String> = serde_json::from_str(&printed).context("convert.js printed no JSON")?;
    ensure!(made.len() > ENTRIES.len(), "convert.js made only {} files", made.len());
    let folder = Path::new("cjs");
    let mut side: Files = made.into_iter().map(|(path, code)| (folder.join(path), code.into_bytes())).collect();
    side.insert(folder.join("package.json"), b"{ \"type\": \"commonjs\" }\n".to_vec());
    Ok(side)
}

/// Frequent bytes are one letter, the others a shift and a letter.
fn as_letters(wasm: &[u8]) -> String {
    let mut counts = [0_usize; 256];
    wasm.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
    let mut order: Vec<u8> = (0..=255).collect();
    order.sort_by_key(|byte| std::cmp::Reverse(counts[usize::from(*byte)]));
    let mut places = [0; 256];
    order.iter().enumerate().for_each(|(place, byte)| places[usize::from(*byte)] = place);
    let mut code =
        format!("export const bytes = {};\nexport const order = {order:?};\nexport const text = \"", wasm.len());
    for byte in wasm {
        let place = places[usize::from(*byte)];
        if let Some(shift) = (place / LETTERS.len()).checked_sub(1) {
            code.push(SHIFTS[shift].into());
        }
        code.push(LETTERS[place % LETTERS.len()].into());
    }
    let _ = writeln!(code, "\";");
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_padded() {
        assert_eq!(
            ["", "f", "fo", "foo", "foob"].map(|text| BASE64_STANDARD.encode(text)),
            ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="]
        );
    }

    #[test]
    fn letters_and_shifts_say_every_byte() {
        let all: Vec<u8> = (0..=255).chain([7; 9]).collect();
        let code = as_letters(&all);
        assert!(code.starts_with("export const bytes = 265;\nexport const order = [7, 0, 1, "));
        assert!(code.contains(&" ".repeat(9)), "the most frequent byte is the first letter");
        let text = code.rsplit("text = \"").next().unwrap();
        assert_eq!(text.matches(['}', '~']).count(), 256 - LETTERS.len());
        assert!(text.is_ascii() && !text.contains(['<', '\\', '$', '`', '\'']));
    }
}
