//! What reads a reply of another API than Chat Completions. What the bytes are, how they are cut into objects, the bounds and the
//! end are the decoder's for all of them.

use super::End;
use super::decoder::Decoder;
use super::limits::Limits;
use super::output::Mode;
use super::repair::Repairs;
use crate::error::Error;
use crate::scan;

/// Events that only keep the connection open.
const PINGS: &str = "ping/heartbeat/keepalive/keep-alive";

/// A reader, to be put behind a [`Decoder`].
pub trait Reader: std::fmt::Debug {
    /// Takes an object in. `name`: of its event; "" where it has none.
    fn object(&mut self, raw: &str, name: &str, limits: &Limits, repairs: &mut Repairs) -> Taken;
    /// Takes framed events that are like the one before off the front of `input`; gives what is left.
    fn predicted<'a>(&mut self, input: &'a [u8], limits: &Limits) -> &'a [u8];
    /// Something came that a caller would miss.
    fn has_content(&self) -> bool;
    /// How much came, in a number that grows with what has a meaning.
    fn size(&self) -> usize;
    /// What comes out.
    fn mode(&self) -> Mode;
    /// Chooses what comes out from now on. Where nothing was asked for until now, that begins with the reply so far.
    fn set_mode(&mut self, mode: Mode);
    /// Takes what is ready.
    fn take(&mut self) -> Option<String>;
    /// The reply so far, JSON.
    fn snapshot(&self) -> String;
    /// The reply ended otherwise than complete.
    fn failure(&mut self, error: &Error);
}

/// What became of an object.
#[derive(Debug)]
pub enum Taken {
    /// It is none of such a reply.
    Strange,
    /// It is a part of the reply.
    Part,
    /// It was the last part.
    Complete,
    /// The provider says in it that it failed: this JSON says why.
    Reported(String),
    /// It can not be read on.
    Failed(Error),
}

impl Decoder {
    /// With a reader in place of that of Chat Completions.
    pub fn with_reader(mut self, reader: Box<dyn Reader>) -> Self {
        self.reader = Some(reader);
        self
    }

    /// The name of the event that is read now. False where its data means nothing.
    pub(super) fn is_named(&mut self, name: &[u8]) -> bool {
        if self.event_name.as_bytes() != name {
            self.event_name = String::from_utf8_lossy(name).into_owned();
        }
        name.contains(&b'.') || !scan::is_any(&self.event_name, PINGS)
    }

    /// An object for the reader; false where there is none.
    pub(super) fn is_read(&mut self, raw: &str) -> bool {
        let Some(reader) = &mut self.reader else { return false };
        let taken = reader.object(raw, &self.event_name, &self.limits, &mut self.repairs);
        self.values += 1;
        if matches!(taken, Taken::Strange) {
            self.repairs.note("data_ignored");
            if !self.has_begun {
                self.keep_strange(raw);
            }
            return true;
        }
        self.has_begun = true;
        self.opening = Vec::new();
        match taken {
            Taken::Strange | Taken::Part => {}
            Taken::Complete => self.end = Some(End::Complete),
            Taken::Reported(report) => self.fail_as_reported(&report),
            Taken::Failed(error) => self.fail(error),
        }
        true
    }
}
