//! How a response ended, by its last event or its status.

use super::fields::Fields;
use crate::error::{Details, Error, Kind};
use crate::json;
use crate::stream::Taken;

/// How a response ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Completed,
    Incomplete,
    Failed,
    Cancelled,
}

impl Outcome {
    /// By an event, its type without `response.`: its response's status counts. `None`: it goes on.
    pub fn of(kind: &str, fields: &Fields<'_>) -> Option<Self> {
        let by_kind = match kind {
            "completed" | "done" => Self::Completed,
            "incomplete" => Self::Incomplete,
            "failed" => Self::Failed,
            "cancelled" | "canceled" => Self::Cancelled,
            _ => return None,
        };
        Self::of_status(fields.response).or(Some(by_kind))
    }

    /// By the status of a response.
    pub fn of_status(response: &str) -> Option<Self> {
        match json::member(response, "status").and_then(json::string)? {
            "completed" => Some(Self::Completed),
            "incomplete" => Some(Self::Incomplete),
            "failed" => Some(Self::Failed),
            "cancelled" | "canceled" => Some(Self::Cancelled),
            _ => None,
        }
    }

    /// Its word as a status.
    pub fn status(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Incomplete => "incomplete",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The error that it is; `None` for a response that one can go on with.
    pub fn failure(self, response: &str) -> Option<Taken> {
        match self {
            Self::Completed | Self::Incomplete => None,
            Self::Cancelled => {
                let error = Error::stream(Kind::Aborted, "The response was cancelled", Details::default());
                Some(Taken::Failed(error))
            }
            Self::Failed => {
                let error = json::member(response, "error").filter(|error| *error != "null");
                Some(Taken::Reported(error.unwrap_or("{\"message\":\"The response failed\"}").to_owned()))
            }
        }
    }
}
