//! The crate → `core.js` and `core.wasm`: Cargo, then wasm-bindgen as a library, then wasm-opt; once lean, for every page, and once
//! whole.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::{Bindgen, Output};

use crate::arguments::Build;
use crate::stamp::Stamp;
use crate::{glue, panics, place, tools};

/// The features that rustc's wasm32 target has on: what binaryen finds in the crate's wasm.
pub const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// What wasm-opt is asked for, beside those features. SIMD every runtime we support has had for years; nothing else may appear in
/// the output.
const OPTIMISE: &[&str] = &[
    // Measured: flat code, its loops made anew, comes out of the second -Oz 2 % smaller than from one pass.
    "-Oz",
    "--converge",
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
    // More bytes raw, 1.3 KB less in brotli: small functions are more alike than the large ones they would be put into.
    "--one-caller-inline-max-function-size=1",
    // Below 1024 is the far end of the stack: no address there is ever reached by adding to a smaller one.
    "--low-memory-unused",
    "--enable-simd",
    "--strip-producers",
    "--strip-target-features",
];

/// Where the finished pieces lie.
pub struct Core {
    /// The glue, and the folder of its snippets if the crate has any.
    pub glue: PathBuf,
    pub snippets: PathBuf,
    pub wasm: PathBuf,
}

/// What a page loads: it reads OpenAI's own replies. Builds what has changed. Cargo decides about the crate; the rest is done again
/// only if Cargo's wasm differs.
pub fn build(build: &Build) -> Result<Core> {
    module(build, "core", "release", "small-allocator")
}

/// The same crate, whole: it reads all other replies, and refusals, and the Responses API.
pub fn build_whole(build: &Build) -> Result<Core> {
    module(build, "whole", "whole", "small-allocator,responses")
}

fn module(build: &Build, module: &str, profile: &str, features: &str) -> Result<Core> {
    tools::ensure_wasm_target()?;
    let compiled = compile(profile, &["--no-default-features", "--features", features])?;
    // With and without names beside each other: who changes between them does not pay for wasm-opt each time.
    let name = &if build.names { format!("{module}-names") } else { module.to_owned() };
    let folder = place::cache().join(name);
    let file = |name: String| folder.join(name);
    let core = Core {
        glue: file(format!("{module}.js")),
        snippets: file("snippets".into()),
        wasm: file(format!("{module}.wasm")),
    };
    let stamp = Stamp::new(name)
        .file(&compiled)?
        .file(&place::xtask().join("package-lock.json"))?
        .text(include_str!("core.rs"))
        .text(include_str!("glue.rs"))
        .text(panics::SOURCES);
    if stamp.is_fresh() && core.glue.is_file() && core.wasm.is_file() {
        return Ok(core);
    }
    if folder.is_dir() {
        fs::remove_dir_all(&folder)?;
    }
    let mut output = bound(&compiled, module)?;
    output.emit(&folder).context("wasm-bindgen could not write what it made")?;
    glue::trim(&core.glue)?;
    optimise(&folder.join(format!("{module}_bg.wasm")), &core.wasm, build.names)?;
    stamp.keep()?;
    Ok(core)
}

/// The crate by this profile and with these features, as Cargo leaves it: until it is asked for others.
pub fn compile(profile: &str, features: &[&str]) -> Result<PathBuf> {
    tools::run(
        tools::cargo()
            .args(["build", "--profile", profile, "--lib", "--package", "tokenwire"])
            .args(features)
            .args(["--target", tools::WASM_TARGET])
            .arg("--config")
            .arg(format!("target.{}.rustflags={}", tools::WASM_TARGET, rustflags())),
    )?;
    Ok(place::target().join(tools::WASM_TARGET).join(profile).join("tokenwire.wasm"))
}

/// Panic messages hold the paths of sources. Without these flags the package would show the builder's home, and two
/// machines would never build the same bytes.
fn rustflags() -> String {
    let cargo_home = std::env::var("CARGO_HOME").ok().or_else(|| {
        let home = std::env::var("HOME").ok()?;
        Some(format!("{home}/.cargo"))
    });
    let mut flags = vec![format!("--remap-path-prefix={}=tokenwire", place::root().display())];
    if let Some(cargo_home) = cargo_home {
        flags.push(format!("--remap-path-prefix={cargo_home}=cargo"));
    }
    // With the component rust-src installed, the standard library's own paths are this machine's too.
    if let Some(sysroot) = tools::sysroot() {
        flags.push(format!("--remap-path-prefix={sysroot}/lib/rustlib/src/rust=rust"));
    }
    // A list of Rust strings in debug form is also a list of TOML strings.
    format!("{flags:?}")
}

/// The web target, without the default module path: no `import.meta` in the glue, so one glue serves every runtime and
/// each entry fetches the bytes its own way.
pub fn bound(compiled: &Path, name: &str) -> Result<Output> {
    eprintln!("wasm-bindgen");
    let mut output = Bindgen::new()
        .input_path(compiled)
        .out_name(name)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .reset_state_function(true)
        .generate_output()
        .context("wasm-bindgen failed")?;
    panics::trap_at_once(output.wasm_mut())?;
    Ok(output)
}

fn optimise(input: &Path, output: &Path, names: bool) -> Result<()> {
    let names = if names { "-g" } else { "--strip-debug" };
    binaryen("wasm-opt", FEATURES.iter().chain(OPTIMISE).copied().chain([names]), input, output)
}

/// npm's binaryen by its path in node_modules, never one from PATH: Debian's 108 breaks current glue silently.
pub fn binaryen<'a>(tool: &str, options: impl IntoIterator<Item = &'a str>, input: &Path, output: &Path) -> Result<()> {
    let xtask = place::xtask();
    tools::ensure_node_modules(&xtask)?;
    eprintln!("{tool}");
    let program = xtask.join("node_modules/binaryen/bin").join(tool);
    tools::run(tools::node().arg(program).args(options).arg(input).arg("-o").arg(output))
}
