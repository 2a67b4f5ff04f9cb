//! What the parts of one run have in common.

use std::cell::OnceCell;

use crate::arguments::Build;
use crate::setup::{Lack, Need, Setup};
use crate::{package, place};

#[derive(Default)]
pub struct Stage {
    pub setup: Setup,
    /// The long form of the parts that have one.
    pub full: bool,
    tarball: OnceCell<Need<()>>,
}

impl Stage {
    pub fn new(full: bool) -> Self {
        Self { full, ..Self::default() }
    }

    /// The package as a user gets it: built, packed, and unpacked into `tests/node_modules/tokenwire`; once in a run.
    pub fn packed_package(&self) -> Need<()> {
        self.setup.node_modules()?;
        let unpack = || {
            package::build(&Build::default())?;
            package::install_into(&place::tests())
        };
        self.tarball.get_or_init(|| unpack().map_err(|error| Lack::broken(&error))).clone()
    }
}
