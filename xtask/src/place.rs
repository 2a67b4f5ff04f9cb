//! Where things are. All paths hang on the repository's root, which is known from where this crate was compiled.

use std::path::{Path, PathBuf};

/// The repository.
pub fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// Cargo's target directory: `CARGO_TARGET_DIR` if set, as Cargo itself reads it.
pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(path) => root().join(path),
        None => root().join("target"),
    }
}

/// What xtask keeps between runs: stamps, the unpackaged glue, logs, the tests' tools.
pub fn cache() -> PathBuf {
    target().join("xtask")
}

/// The package as built.
pub fn package() -> PathBuf {
    root().join("pkg")
}

pub fn tests() -> PathBuf {
    root().join("tests")
}

/// The demo page.
pub fn demo() -> PathBuf {
    root().join("www-demo")
}

pub fn benches() -> PathBuf {
    root().join("benches")
}

/// The crate of the fuzz targets.
pub fn fuzz() -> PathBuf {
    root().join("fuzz")
}

/// What is built of it, with flags of its own.
pub fn fuzz_target() -> PathBuf {
    target().join("fuzz")
}

pub fn xtask() -> PathBuf {
    root().join("xtask")
}
