//! What of a reply is handed out, whoever reads it.

use super::decoder::Decoder;
use super::output::Mode;
use crate::accumulate::Accumulator;
use crate::error::Error;

impl Decoder {
    /// Chooses what comes out from now on. Where nothing was asked for until now, that begins with the reply so far.
    pub fn set_mode(&mut self, mode: Mode) {
        #[cfg(feature = "responses")]
        if let Some(reader) = &mut self.reader {
            return reader.set_mode(mode);
        }
        self.template = None;
        self.output.reopen(mode, &self.reply, self.failure.as_ref(), self.end);
    }

    /// Something came that a caller would miss: see [`Accumulator::has_content`].
    pub fn has_content(&self) -> bool {
        #[cfg(feature = "responses")]
        if let Some(reader) = &self.reader {
            return reader.has_content();
        }
        self.reply.has_content()
    }

    /// What comes out.
    pub fn mode(&self) -> Mode {
        #[cfg(feature = "responses")]
        if let Some(reader) = &self.reader {
            return reader.mode();
        }
        self.output.mode()
    }

    /// How much came: see [`Accumulator::size`].
    pub fn size(&self) -> usize {
        #[cfg(feature = "responses")]
        if let Some(reader) = &self.reader {
            return reader.size();
        }
        self.reply.size()
    }

    /// The reply so far, JSON.
    pub fn snapshot(&self) -> String {
        #[cfg(feature = "responses")]
        if let Some(reader) = &self.reader {
            return reader.snapshot();
        }
        self.reply.to_json()
    }

    /// The completion so far.
    pub fn reply(&self) -> &Accumulator {
        &self.reply
    }

    /// Takes what is ready, in the form of the mode; `None` when there is nothing.
    pub fn take(&mut self) -> Option<String> {
        #[cfg(feature = "responses")]
        if let Some(reader) = &mut self.reader {
            return reader.take();
        }
        self.output.take()
    }

    /// It is a reply of another API than Chat Completions.
    pub(super) fn is_other(&self) -> bool {
        #[cfg(feature = "responses")]
        return self.reader.is_some();
        #[cfg(not(feature = "responses"))]
        false
    }

    /// It ended otherwise than complete.
    pub(super) fn tell_failure(&mut self, error: &Error) {
        #[cfg(feature = "responses")]
        if let Some(reader) = &mut self.reader {
            return reader.failure(error);
        }
        self.output.failure(error);
    }
}
