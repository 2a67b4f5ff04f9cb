//! The fuzz targets, each for a short while: enough to see that they build, that nothing found before comes back, and to find
//! what lies near the surface.

use super::Ran;
use crate::fuzz::{TARGETS, seed};
use crate::setup::{Lack, Need, Setup};

const SECONDS: u64 = 30;

pub fn fuzz(setup: &Setup) -> Need<Ran> {
    let fuzzer = setup.fuzzer()?;
    let prepare = || {
        fuzzer.build()?;
        TARGETS.into_iter().try_for_each(seed)
    };
    prepare().map_err(|error| Lack::broken(&error))?;
    Ran::checks(TARGETS.map(|target| fuzzer.target(target, SECONDS)))
}
