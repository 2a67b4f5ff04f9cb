//! `pkg/`: the template, the core, the version and the papers. `npm pack` needs nothing more.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::arguments::Build;
use crate::files::{Files, add_folder, read, write};
use crate::{core, everywhere, judge, place, tools};

/// Files of the repository's root that ship inside the package.
const PAPERS: &[&str] = &["README.md", "LICENSE-MIT", "LICENSE-APACHE"];

pub fn build(build: &Build) -> Result<()> {
    let judge = judge::build()?;
    let responses = core::build_responses(build)?;
    let core = core::build(build)?;
    let version = crate_version()?;
    let mut files = Files::new();
    let mut missing = Vec::new();

    let template = place::root().join("pkg-template");
    if !add_folder(&mut files, &template, Path::new(""))? {
        missing.push("pkg-template/".to_string());
    }
    add_folder(&mut files, &core.snippets, Path::new("snippets"))?;
    files.insert("core.js".into(), read(&core.glue)?);
    files.insert("core.wasm".into(), read(&core.wasm)?);
    files.insert("responses.js".into(), read(&responses.glue)?);
    files.insert("responses.wasm".into(), read(&responses.wasm)?);
    files.insert("judge.js".into(), read(&judge)?);
    files.insert("version.js".into(), format!("export const version = {version:?};\n").into_bytes());
    files.insert("providers.js".into(), providers()?);
    everywhere::add(&mut files)?;
    for paper in PAPERS {
        match fs::read(place::root().join(paper)) {
            Ok(content) => drop(files.insert(paper.into(), content)),
            Err(_) => missing.push((*paper).to_string()),
        }
    }
    match files.get_mut(Path::new("package.json")) {
        Some(content) => *content = with_version(content, &version)?,
        None => missing.push("pkg-template/package.json".into()),
    }

    write(&files, &place::package())?;
    if !missing.is_empty() {
        bail!("the package in pkg/ is incomplete, for the repository has no {}", missing.join(", no "));
    }
    println!("pkg/ is built: tokenwire {version}, core.wasm {} bytes", files[Path::new("core.wasm")].len());
    Ok(())
}

/// Packs `pkg/`. The tarball, not the folder, is what is tested: what `files` and `exports` leave out is then missing for us too.
pub fn pack() -> Result<PathBuf> {
    let cache = place::cache();
    fs::create_dir_all(&cache)?;
    let mut pack = tools::npm(&place::package());
    let printed = tools::output(pack.args(["pack", "--silent", "--pack-destination"]).arg(&cache))?;
    Ok(cache.join(printed.lines().last().unwrap_or_default().trim()))
}

/// Packs `pkg/` and unpacks it below a folder's `node_modules`, as a user's npm does.
pub fn install_into(project: &Path) -> Result<()> {
    let tarball = pack()?;
    let folder = project.join("node_modules/tokenwire");
    if folder.is_dir() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    tools::run(Command::new("tar").arg("-xzf").arg(&tarball).arg("-C").arg(&folder).arg("--strip-components=1"))
        .context("the package's tarball could not be unpacked")
}

/// Asked of Cargo, which prints `path+file:///…#tokenwire@0.1.0` or `…/tokenwire#0.1.0`.
fn crate_version() -> Result<String> {
    let id = tools::output(tools::cargo().args(["pkgid", "--package", "tokenwire"]))?;
    let version = id.trim().rsplit(['#', '@']).next().unwrap_or_default();
    Ok(version.to_string())
}

/// The table of providers as a module. It is written once, beside the Rust that knows what it means.
fn providers() -> Result<Vec<u8>> {
    let table = read(&place::root().join("src/dialect/providers.json"))?;
    let table: serde_json::Value = serde_json::from_slice(&table).context("src/dialect/providers.json is not JSON")?;
    Ok(format!("export default {table};\n").into_bytes())
}

/// Puts the crate's version into package.json, whatever stands there, and leaves every other byte as written.
fn with_version(manifest: &[u8], version: &str) -> Result<Vec<u8>> {
    let text = std::str::from_utf8(manifest).context("pkg-template/package.json is not UTF-8")?;
    let mut found = false;
    let lines = text.lines().map(|line| match line.strip_prefix("  \"version\":") {
        Some(rest) => {
            found = true;
            format!("  \"version\": {version:?}{}\n", if rest.trim_end().ends_with(',') { "," } else { "" })
        }
        None => format!("{line}\n"),
    });
    let text: String = lines.collect();
    if !found {
        bail!("pkg-template/package.json needs a line `  \"version\": \"0.0.0\",` to put the crate's version in");
    }
    Ok(text.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_filled_in_and_nothing_else_changes() {
        let manifest =
            b"{\n  \"name\": \"x\",\n  \"version\": \"0.0.0\",\n  \"deep\": {\n    \"version\": \"7\"\n  }\n}\n";
        let filled = with_version(manifest, "1.2.3").unwrap();
        assert_eq!(
            String::from_utf8(filled).unwrap(),
            "{\n  \"name\": \"x\",\n  \"version\": \"1.2.3\",\n  \"deep\": {\n    \"version\": \"7\"\n  }\n}\n"
        );
    }

    #[test]
    fn a_manifest_without_a_version_is_refused() {
        let error = with_version(b"{\n  \"name\": \"x\"\n}\n", "1.2.3").unwrap_err();
        assert!(error.to_string().contains("needs a line"));
    }
}
