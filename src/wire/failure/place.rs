//! What the place of a refusal tells: where it leads, and whether there is an API at all.

use super::leads_to_login;
use crate::error::{Details, Error, Kind};
use crate::json;
use crate::scan;

/// What to say of a redirect, which is not followed with a key: the origin it leads to may be anybody's. A page sees no more of it
/// than status 0. `location`: where it leads; "" where that is not told.
pub fn redirect(status: u16, location: &str, request_id: Option<String>) -> Option<Error> {
    if status != 0 && !(300..400).contains(&status) {
        return None;
    }
    let place = scan::split(location, "?").map_or(location, |(place, _)| place);
    let to = if place.is_empty() { "another address" } else { place };
    let why = match leads_to_login(to) {
        true => ", where one signs in: the address stands behind a login (SSO), set baseURL to where the API itself is",
        false => ", and a key is not sent along: set baseURL to where the API is",
    };
    let message = ["The server redirects to ", to, why].concat();
    let details = Details { request_id, ..Details::default() };
    Some(Error::response(Kind::Config, status, message, details))
}

/// Where a root that nobody named is not one: a 404 that no API of this kind gives, for these say `{"error":{…}}`. `guessed`: the
/// root; "" where it was not guessed.
pub fn hint(error: &Error, body: &str, guessed: &str) -> String {
    let is_answer = json::member(body, "error").is_some_and(|error| error.starts_with('{'));
    if guessed.is_empty() || is_answer || error.kind() != Kind::NotFound && error.status() != Some(405) {
        return String::new();
    }
    let host = guessed.strip_suffix("/v1").unwrap_or(guessed);
    [
        ". The root ",
        guessed,
        " was guessed, for the base URL has no path: give the API's whole root as baseURL (",
        host,
        "/api/v1, …), or ",
        host,
        "/chat/completions where it has no path",
    ]
    .concat()
}
