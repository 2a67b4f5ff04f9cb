//! Running the commands of a part.

use std::process::Command;

use crate::process;
use crate::setup::{Lack, Need};
use crate::summary::Counts;

/// What came of a part's commands.
#[derive(Default)]
pub struct Ran {
    pub success: bool,
    pub counts: Counts,
    pub output: String,
}

impl Ran {
    /// Runs one command and counts its tests in what it prints.
    pub fn tests(command: &mut Command, count: fn(&str) -> Counts) -> Need<Self> {
        let ended = process::run(command).map_err(|error| Lack::broken(&error))?;
        Ok(Self { success: ended.success, counts: count(&ended.output), output: ended.output })
    }

    /// Runs commands that are each one check: it goes well or not.
    pub fn checks(commands: impl IntoIterator<Item = Command>) -> Need<Self> {
        let mut all = Self { success: true, ..Self::default() };
        for mut command in commands {
            let ended = process::run(&mut command).map_err(|error| Lack::broken(&error))?;
            all.success &= ended.success;
            all.counts = all.counts.plus(Counts::of_check(ended.success));
            all.output.push_str(&ended.output);
        }
        Ok(all)
    }
}
