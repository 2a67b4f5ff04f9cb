//! The parts that test the packed tarball from JavaScript, as a user has it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::ran::Ran;
use super::stage::Stage;
use crate::setup::{Lack, Need};
use crate::summary::Counts;
use crate::{loads, package, place, tools};

/// The compilers that must accept our types: today's, and the last one written in JavaScript, which editors still use.
const COMPILERS: &[&str] = &["typescript", "typescript-5"];

pub fn node(stage: &Stage) -> Need<Ran> {
    let files = test_files("js", |path| !path.starts_with("workerd"))?;
    stage.packed_package()?;
    run(node_test(&files))
}

pub fn workerd(stage: &Stage) -> Need<Ran> {
    let files = test_files("js/workerd", |_| true)?;
    stage.packed_package()?;
    run(node_test(&files))
}

pub fn page(stage: &Stage) -> Need<Ran> {
    let files = test_files("browser", |_| true)?;
    stage.packed_package()?;
    stage.setup.demo_modules()?;
    let chromium = stage.setup.chromium()?;
    let mut command = node_test(&files);
    command.env("TOKENWIRE_CHROMIUM", chromium.browser);
    run(command)
}

/// The quick cells of the loads, or with `--full` all of them.
pub fn loads(stage: &Stage) -> Need<Ran> {
    stage.packed_package()?;
    let chromium = stage.setup.chromium()?;
    let tarball = package::pack().map_err(|error| Lack::broken(&error))?;
    let mut command = loads::runner(&tarball);
    command.env("TOKENWIRE_CHROMIUM", chromium.browser);
    if stage.full {
        command.arg("--full");
    }
    run(command)
}

pub fn server(stage: &Stage) -> Need<Ran> {
    let files = test_files("server", |_| true)?;
    stage.packed_package()?;
    let chromium = stage.setup.chromium()?;
    let python = stage.setup.python()?;
    let mut command = node_test(&files);
    command.env("TOKENWIRE_CHROMIUM", chromium.browser).env("TOKENWIRE_PYTHON", python);
    run(command)
}

/// Every compiler on every `tsconfig*.json`: each is one way of a user's to have the types resolved.
pub fn types(stage: &Stage) -> Need<Ran> {
    let projects = type_projects()?;
    stage.packed_package()?;
    let pairs = COMPILERS.iter().flat_map(|compiler| projects.iter().map(move |project| (compiler, project)));
    Ran::checks(pairs.map(|(compiler, project)| {
        let mut command = tools::node();
        let program = place::tests().join("node_modules").join(compiler).join("bin/tsc");
        command.arg(program).arg("--noEmit").arg("-p").arg(project);
        command
    }))
}

fn type_projects() -> Need<Vec<PathBuf>> {
    let folder = place::tests().join("types");
    // A folder that does not exist has no projects in it; the message below says so.
    let entries = fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_project = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("tsconfig") && name.ends_with(".json")
    };
    let mut projects: Vec<_> = entries.filter(is_project).collect();
    projects.sort();
    if projects.is_empty() {
        return Err(Lack::Missing("there is no tests/types/tsconfig*.json".into()));
    }
    Ok(projects)
}

pub fn run(mut command: Command) -> Need<Ran> {
    Ran::tests(&mut command, Counts::in_node_output)
}

/// Node's runner with the files by name: Node 20 knows no patterns.
pub fn node_test(files: &[PathBuf]) -> Command {
    let mut command = tools::node();
    command.current_dir(place::tests()).args(["--test", "--test-reporter=spec"]).args(files);
    command
}

/// All `*.test.js` below a folder of `tests/`, relative to `tests/`.
fn test_files(folder: &str, wanted: fn(&Path) -> bool) -> Need<Vec<PathBuf>> {
    let root = place::tests().join(folder);
    let mut found = Vec::new();
    // A folder that does not exist has no tests in it; the message below says so.
    let _ = collect(&root, &mut found);
    let relative = found.iter().filter_map(|path| path.strip_prefix(&root).ok());
    let mut files: Vec<_> = relative.filter(|path| wanted(path)).map(|path| Path::new(folder).join(path)).collect();
    files.sort();
    if files.is_empty() {
        return Err(Lack::Missing(format!("there is no tests/{folder}/*.test.js")));
    }
    Ok(files)
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), found)?;
        } else if entry.file_name().to_string_lossy().ends_with(".test.js") {
            found.push(entry.path());
        }
    }
    Ok(())
}
