//! What a case came to.

use super::Case;
use super::case::{Place, SEPARATOR};
use crate::error::{Details, Error, KINDS, Kind};
use crate::negotiate::Change;
use crate::scan;

/// An error, be it one that another form of the request may not meet; or what was asked for after all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// What the provider's words mean, and how to ask again.
    Failed(Error, Option<Change>),
    /// The list of models, JSON.
    Models(String),
}

impl Verdict {
    /// As one text.
    #[cfg(feature = "judge")]
    pub fn to_text(&self) -> String {
        let (error, change) = match self {
            Self::Failed(error, change) => (error, change),
            Self::Models(models) => return models.clone(),
        };
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let kind = KINDS.iter().position(|kind| *kind == error.kind()).unwrap_or(0);
        let Details { code, r#type, param, request_id, body } = error.details();
        let [how, name, to] = change.as_ref().map(Change::fields).unwrap_or_default();
        let status = error.status().map(|status| scan::decimal(status as u64)).unwrap_or_default();
        let fields = [
            scan::decimal(kind as u64),
            status,
            how,
            name,
            to,
            text(code),
            text(r#type),
            text(param),
            text(request_id),
            error.message().to_owned(),
        ];
        // A separator in the provider's words would be taken for one of ours.
        let mut out = fields.map(|field| field.replace(SEPARATOR, " ")).join(SEPARATOR);
        out.push_str(SEPARATOR);
        out.push_str(&text(body));
        out
    }

    /// The verdict of such a text; `None`: nobody could judge.
    pub fn read(text: &str) -> Option<Self> {
        if text.starts_with('[') {
            return Some(Self::Models(text.to_owned()));
        }
        let mut rest = text;
        let mut next = || {
            let (field, after) = scan::split(rest, SEPARATOR)?;
            rest = after;
            Some(field)
        };
        let kind = *KINDS.get(usize::try_from(scan::whole(next()?)?).ok()?)?;
        let status = scan::whole(next()?).and_then(|status| u16::try_from(status).ok());
        let change = Change::of([next()?, next()?, next()?]);
        let mut some = || next().filter(|field| !field.is_empty()).map(str::to_owned);
        let (code, r#type, param, request_id, message) = (some(), some(), some(), some(), some());
        let details = Details { code, r#type, param, request_id, body: Some(rest.to_owned()) };
        Some(Self::failed(kind, status, message.unwrap_or_default(), details, change))
    }

    /// Where nobody could judge the status alone tells, and the words are in the error's body.
    pub fn unread(case: &Case, body: String) -> Self {
        let status = Some(case.status).filter(|_| case.place == Place::Refusal);
        let message = "The provider refused or failed, and the part of tokenwire that reads why could not be loaded";
        let request_id = Some(case.request_id.clone()).filter(|id| !id.is_empty());
        let details = Details { request_id, body: Some(body), ..Details::default() };
        Self::failed(Kind::of_status(status), status, message.to_owned(), details, None)
    }

    fn failed(kind: Kind, status: Option<u16>, message: String, details: Details, change: Option<Change>) -> Self {
        Self::Failed(Error::told(kind, status, message, details), change)
    }
}
