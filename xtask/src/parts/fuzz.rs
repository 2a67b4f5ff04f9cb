//! The fuzz targets, each for a short while: enough to see that they build, that nothing found before comes back, and to find
//! what lies near the surface.

use super::ran::Ran;
use super::stage::Stage;
use crate::fuzz::{Fuzzer, TARGETS, seed};
use crate::setup::{Lack, Need};

/// For each target, as a test and in full.
const SECONDS: [u64; 2] = [10, 300];

pub fn fuzz(stage: &Stage) -> Need<Ran> {
    let fuzzer = Fuzzer::install().map_err(|error| Lack::missing(&error))?;
    let prepare = || {
        fuzzer.build()?;
        TARGETS.into_iter().try_for_each(seed)
    };
    prepare().map_err(|error| Lack::broken(&error))?;
    let seconds = SECONDS[usize::from(stage.full)];
    Ran::checks(TARGETS.map(|target| fuzzer.target(target, seconds)))
}
