//! Promises, without futures: what the two functions that promises call are for, and who waits for what.

use super::body::{ReadResult, Reader, caught};
use super::driver::Inner;
use crate::call::Step;
use js_sys::{Function, Promise};
use std::rc::Weak;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// `then` with functions that were made before: js-sys wants closures, and would make functions of them at each call.
    #[wasm_bindgen(extends = Promise)]
    type Chain;
    #[wasm_bindgen(method, js_name = then)]
    fn then_call(this: &Chain, fulfilled: &Function, rejected: &Function) -> Promise;
    /// What it gives is of the runtime's own type, and only handed back.
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(call: &Function, ms: f64) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue);
}

/// What comes next.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Waits {
    /// The response.
    Head,
    /// Its text, where it has no stream.
    Text,
    /// Reads, until the waiter's goal is reached.
    Reads,
    /// The time before another try.
    Wake,
}

/// When a waiter has waited long enough.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// The head is there, and of an error response all of it.
    Head,
    /// The call has ended.
    End,
}

pub struct Waiter {
    goal: Goal,
    resolve: Function,
    reject: Function,
}

impl Inner {
    /// Has the two functions called with what becomes of `promise`.
    pub fn then(&self, waits: Waits, promise: &Promise) {
        self.waits.set(waits);
        caught(&self.chain(promise), &self.trapped);
    }

    fn chain(&self, promise: &Promise) -> Promise {
        self.held.replace(self.this.upgrade());
        let chain: &Chain = promise.unchecked_ref();
        chain.then_call(self.fulfilled.as_ref().unchecked_ref(), self.rejected.as_ref().unchecked_ref())
    }

    /// A promise settled: what came, or what broke.
    pub fn settled(weak: &Weak<Self>, result: Result<JsValue, JsValue>) {
        let Some(inner) = weak.upgrade() else { return };
        inner.held.take();
        match (inner.waits.get(), result) {
            (_, Err(cause)) => inner.broke(cause),
            (Waits::Wake, Ok(_)) => inner.call.borrow_mut().wake(),
            (Waits::Head, Ok(response)) => inner.opened(response),
            (Waits::Text, Ok(text)) => inner.has_text(&text),
            (Waits::Reads, Ok(result)) => {
                let bytes = result.unchecked_into::<ReadResult>().bytes();
                inner.has_read(bytes.as_deref());
            }
        }
        inner.go_on();
    }

    /// A promise that settles when the goal is reached.
    pub fn until(&self, goal: Goal) -> Promise {
        Promise::new(&mut |resolve, reject| {
            self.waiter.replace(Some(Waiter { goal, resolve, reject }));
        })
    }

    /// Settles the promise of who waits, or does what has to be done for it next.
    pub fn go_on(&self) {
        let step = self.call.borrow().step();
        match step {
            Step::Send => self.request(),
            Step::Sleep => self.sleep(),
            _ => {}
        }
        if self.notify() || self.waits.get() != Waits::Reads {
            return;
        }
        let read = self.reader.borrow().as_ref().map(Reader::read);
        match read {
            Some(read) => self.then(Waits::Reads, &read),
            None => {
                self.call.borrow_mut().on_end();
                self.notify();
            }
        }
    }

    /// Sleeps before another try, unless it does already.
    pub fn sleep(&self) {
        if self.waits.get() == Waits::Wake {
            return;
        }
        self.waits.set(Waits::Wake);
        self.held.replace(self.this.upgrade());
        let call = self.call.borrow();
        let wait = call.wait_ms();
        if call.is_rate_limited() {
            self.options.limited(wait as f64);
        }
        self.timer.replace(set_timeout(self.fulfilled.as_ref().unchecked_ref(), wait as f64));
    }

    /// Wakes nobody any more.
    pub fn stay_awake(&self) {
        clear_timeout(&self.timer.replace(JsValue::UNDEFINED));
        self.held.take();
    }

    /// True when nobody waits any more.
    pub fn notify(&self) -> bool {
        let Some(goal) = self.waiter.borrow().as_ref().map(|waiter| waiter.goal) else { return true };
        let has_ended = self.call.borrow().end().is_some();
        let is_open = goal == Goal::Head && self.waits.get() == Waits::Reads && !self.must_collect();
        if !has_ended && !is_open {
            return false;
        }
        let outcome = self.outcome();
        if let Some(waiter) = self.waiter.take() {
            let _ = match outcome {
                Ok(()) => waiter.resolve.call0(&JsValue::UNDEFINED),
                Err(error) => waiter.reject.call1(&JsValue::UNDEFINED, &error),
            };
        }
        true
    }

    /// An error response is read to its end before the head is told of, so that the error is told whole.
    fn must_collect(&self) -> bool {
        let call = self.call.borrow();
        call.is_refused() && call.step() == Step::Read
    }
}
