//! What becomes of a call that failed: another try, or the end.

use super::{Call, State};
use crate::error::{Error, Kind};
use crate::retry;
use crate::stream::End;

impl Call {
    /// True when the failure may pass and there is time to try again.
    pub(super) fn sleeps_after(&mut self, error: &Error) -> bool {
        if self.tried >= self.request.retries {
            return false;
        }
        let advice = self.head.as_ref().map(|head| head.advice).unwrap_or_default();
        // Another number for each try and call; the seed is random.
        let random = self.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(13 * (self.tried + 1)) >> 16;
        let Some(wait) = retry::delay(error, advice, self.tried + 1, random) else { return false };
        if self.request.deadline_ms.is_some_and(|deadline| self.now_ms.saturating_add(wait) >= deadline) {
            return false;
        }
        self.tried += 1;
        self.wait_ms = wait;
        self.slept_after = Some(error.clone());
        self.state = State::Sleeping;
        true
    }

    pub(super) fn fail_or_sleep(&mut self, error: Error) {
        if !self.sleeps_after(&error) {
            self.fail(error);
        }
    }

    pub(super) fn fail(&mut self, error: Error) {
        self.state = State::Ended;
        self.end = Some(if error.kind() == Kind::Truncated { End::Truncated } else { End::Error });
        self.failure = Some(self.named(error));
    }
}
