//! A folder as a list: path → content, and folders brought to exactly that.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Path inside the package → content. Whole in memory (a few hundred KB), so that `pkg/` can be brought to exactly this
/// and files that did not change keep their time: a page under `npm link` reloads only when something is new.
pub type Files = BTreeMap<PathBuf, Vec<u8>>;

/// Adds a folder with all below it. False if there is no such folder.
pub fn add_folder(files: &mut Files, folder: &Path, prefix: &Path) -> Result<bool> {
    if !folder.is_dir() {
        return Ok(false);
    }
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let entry = entry?;
        let name = prefix.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            add_folder(files, &entry.path(), &name)?;
        } else {
            files.insert(name, read(&entry.path())?);
        }
    }
    Ok(true)
}

pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Makes the folder hold these files and no other.
pub fn write(files: &Files, folder: &Path) -> Result<()> {
    let mut present = Files::new();
    add_folder(&mut present, folder, Path::new(""))?;
    for stale in present.keys().filter(|path| !files.contains_key(*path)) {
        fs::remove_file(folder.join(stale))?;
    }
    for (path, content) in files.iter().filter(|(path, content)| present.get(*path) != Some(content)) {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place;

    #[test]
    fn a_folder_is_brought_to_exactly_the_given_files() {
        let folder = place::cache().join(format!("test-{}", std::process::id()));
        let files = |names: &[&str]| -> Files { names.iter().map(|name| (name.into(), vec![1])).collect() };
        write(&files(&["a", "deep/b"]), &folder).unwrap();
        write(&files(&["deep/c"]), &folder).unwrap();
        let mut found = Files::new();
        add_folder(&mut found, &folder, Path::new("")).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(found, files(&["deep/c"]));
    }
}
