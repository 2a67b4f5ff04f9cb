//! What is read in the package: README.md, the pages of docs/ and the licences. What they lead to and is not in the package is
//! in the repository.

use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result};

use crate::files::{Files, read};
use crate::place;

const PAPERS: &[&str] = &["README.md", "LICENSE-MIT", "LICENSE-APACHE"];

/// Adds the papers; gives the names of those that are missing.
pub fn add(files: &mut Files) -> Result<Vec<String>> {
    let repository = repository(files)?;
    let mut missing = Vec::new();
    for paper in PAPERS {
        match fs::read(place::root().join(paper)) {
            Ok(content) => drop(files.insert(paper.into(), content)),
            Err(_) => missing.push((*paper).to_string()),
        }
    }
    for entry in fs::read_dir(place::root().join("docs"))? {
        let path = entry?.path();
        if let Some(name) = path.file_name().filter(|_| path.extension().is_some_and(|ending| ending == "md")) {
            files.insert(Path::new("docs").join(name), read(&path)?);
        }
    }
    let pages: Vec<PathBuf> =
        files.keys().filter(|path| path.extension().is_some_and(|e| e == "md")).cloned().collect();
    for page in &pages {
        let text =
            String::from_utf8(files[page].clone()).with_context(|| format!("{} is not UTF-8", page.display()))?;
        let text = with_links(&text, page, &|target| files.contains_key(target), &repository);
        files.insert(page.clone(), text.into_bytes());
    }
    Ok(missing)
}

/// Where package.json says that the repository is, as an address for people.
fn repository(files: &Files) -> Result<String> {
    let manifest = files.get(Path::new("package.json")).context("there is no package.json")?;
    let manifest: serde_json::Value = serde_json::from_slice(manifest).context("package.json is not JSON")?;
    let url = manifest["repository"]["url"].as_str().context("package.json names no repository")?;
    Ok(url.trim_start_matches("git+").trim_end_matches(".git").to_string())
}

/// A page's text with each link that leads out of the package made absolute.
fn with_links(text: &str, page: &Path, is_inside: &dyn Fn(&Path) -> bool, repository: &str) -> String {
    let mut pieces = text.split("](");
    let mut out = pieces.next().unwrap_or_default().to_string();
    for piece in pieces {
        let picture = out.rsplit('[').next().is_some_and(|label| out[..out.len() - label.len()].ends_with("!["));
        let target = piece.split([')', '#', ' ']).next().unwrap_or_default();
        out.push_str("](");
        if !target.is_empty() && !target.contains(':') && !target.starts_with('/') {
            let path = resolve(page, target);
            if !is_inside(&path) {
                let way = if picture { "raw" } else { "blob" };
                let path = path.to_string_lossy().replace('\\', "/");
                out.push_str(&format!("{repository}/{way}/HEAD/{path}"));
                out.push_str(&piece[target.len()..]);
                continue;
            }
        }
        out.push_str(piece);
    }
    out
}

/// Where a relative link of a page leads, from the root.
fn resolve(page: &Path, target: &str) -> PathBuf {
    let mut path = page.parent().unwrap_or(Path::new("")).to_path_buf();
    for part in Path::new(target).components() {
        match part {
            Component::ParentDir => drop(path.pop()),
            Component::Normal(name) => path.push(name),
            _ => {}
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linked(text: &str, page: &str) -> String {
        let inside = |path: &Path| path == Path::new("docs/a.md") || path == Path::new("README.md");
        with_links(text, Path::new(page), &inside, "https://host/repo")
    }

    #[test]
    fn links_into_the_package_stay() {
        for text in ["[a](docs/a.md)", "[a](docs/a.md#b)", "[a](https://x/y)", "[a](#b)", "`f](x`"] {
            assert_eq!(linked(text, "README.md"), text.replace("](x`", "](https://host/repo/blob/HEAD/x`"), "{text}");
        }
        assert_eq!(linked("[a](../README.md#b) [b](a.md)", "docs/b.md"), "[a](../README.md#b) [b](a.md)");
    }

    #[test]
    fn links_out_of_it_lead_to_the_repository() {
        assert_eq!(linked("![a [b]](docs/x.webp).", "README.md"), "![a [b]](https://host/repo/blob/HEAD/docs/x.webp).");
        assert_eq!(linked("![a](docs/x.webp).", "README.md"), "![a](https://host/repo/raw/HEAD/docs/x.webp).");
        assert_eq!(
            linked("[a](../C.md#x), [b](c.md)", "docs/b.md"),
            "[a](https://host/repo/blob/HEAD/C.md#x), [b](https://host/repo/blob/HEAD/docs/c.md)"
        );
    }
}
