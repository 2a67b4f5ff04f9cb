//! What is missing, and whose fault that is.

/// Why a part cannot give a result.
#[derive(Clone, Debug)]
pub enum Lack {
    /// Something outside the repository is missing and could not be installed: the part is not run.
    Missing(String),
    /// Something of ours does not build: the part has failed.
    Broken(String),
}

pub type Need<T> = Result<T, Lack>;

impl Lack {
    pub fn missing(error: &anyhow::Error) -> Self {
        Self::Missing(format!("{error:#}"))
    }

    pub fn broken(error: &anyhow::Error) -> Self {
        Self::Broken(format!("{error:#}"))
    }
}
