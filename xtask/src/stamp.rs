//! What need not be done again: a stamp is the hash of everything a step was made from, kept after the step succeeded.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::place;

pub struct Stamp {
    path: PathBuf,
    hasher: DefaultHasher,
}

impl Stamp {
    pub fn new(name: &str) -> Self {
        Self { path: place::cache().join(format!("{name}.stamp")), hasher: DefaultHasher::new() }
    }

    pub fn text(mut self, text: &str) -> Self {
        text.hash(&mut self.hasher);
        self
    }

    /// Adds the content of a file: times of change lie after a `git clone`, contents do not.
    pub fn file(mut self, path: &Path) -> Result<Self> {
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        bytes.hash(&mut self.hasher);
        Ok(self)
    }

    /// True if the step was done with these very inputs.
    pub fn is_fresh(&self) -> bool {
        fs::read_to_string(&self.path).is_ok_and(|kept| kept == self.value())
    }

    /// To be called when the step has succeeded, not before.
    pub fn keep(&self) -> Result<()> {
        fs::create_dir_all(place::cache())?;
        fs::write(&self.path, self.value()).with_context(|| format!("cannot write {}", self.path.display()))
    }

    fn value(&self) -> String {
        format!("{:016x}", self.hasher.finish())
    }
}
