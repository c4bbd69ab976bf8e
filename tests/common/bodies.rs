//! Bodies that follow a test's script.

#![allow(dead_code, reason = "no test needs all of it")]

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};

pub enum Step {
    Data(Vec<u8>),
    Trailers(HeaderMap),
    /// No frame yet; wakes at once.
    Wait,
    Sleep(Duration),
    /// Never another frame.
    Stall,
    Break,
}

/// What a test can observe of a body that it passed on.
#[derive(Clone, Default)]
pub struct Watch {
    polls: Arc<AtomicUsize>,
    dropped: Arc<AtomicBool>,
}

impl Watch {
    pub fn polls(&self) -> usize {
        self.polls.load(Ordering::SeqCst)
    }

    pub fn dropped(&self) -> bool {
        self.dropped.load(Ordering::SeqCst)
    }
}

/// A body that follows the steps of a script.
pub struct Script {
    steps: VecDeque<Step>,
    sleep: Option<Pin<Box<tokio::time::Sleep>>>,
    hint: SizeHint,
    says_it_has_ended: bool,
    watch: Watch,
}

impl Script {
    pub fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        Self {
            steps: steps.into_iter().collect(),
            sleep: None,
            hint: SizeHint::default(),
            says_it_has_ended: false,
            watch: Watch::default(),
        }
    }

    pub fn chunks<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Self {
        Self::new(chunks.into_iter().map(|chunk| Step::Data(chunk.to_vec())))
    }

    pub fn with_hint(mut self, lower: u64) -> Self {
        self.hint.set_lower(lower);
        self
    }

    /// Makes the body claim from the start that it has ended.
    pub fn ending_too_soon(mut self) -> Self {
        self.says_it_has_ended = true;
        self
    }

    pub fn watch(&self) -> Watch {
        self.watch.clone()
    }
}

impl Body for Script {
    type Data = Bytes;
    type Error = BrokeOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokeOff>>> {
        self.watch.polls.fetch_add(1, Ordering::SeqCst);
        loop {
            if let Some(sleep) = &mut self.sleep {
                std::task::ready!(sleep.as_mut().poll(cx));
                self.sleep = None;
            }
            return Poll::Ready(match self.steps.pop_front() {
                Some(Step::Data(chunk)) => Some(Ok(Frame::data(chunk.into()))),
                Some(Step::Trailers(trailers)) => Some(Ok(Frame::trailers(trailers))),
                Some(Step::Break) => Some(Err(BrokeOff)),
                Some(Step::Sleep(time)) => {
                    self.sleep = Some(Box::pin(tokio::time::sleep(time)));
                    continue;
                }
                Some(Step::Wait) => {
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Some(Step::Stall) => {
                    self.steps.push_front(Step::Stall);
                    return Poll::Pending;
                }
                None => None,
            });
        }
    }

    fn is_end_stream(&self) -> bool {
        self.says_it_has_ended
    }

    fn size_hint(&self) -> SizeHint {
        // Not `Copy` before http-body 1.1.
        SizeHint::clone(&self.hint)
    }
}

/// A body that always has another empty frame.
#[derive(Default)]
pub struct Endless(Arc<AtomicUsize>);

impl Endless {
    /// Returns the counter of the frames so far.
    pub fn frames(&self) -> Arc<AtomicUsize> {
        Arc::clone(&self.0)
    }
}

impl Body for Endless {
    type Data = Bytes;
    type Error = BrokeOff;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokeOff>>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Poll::Ready(Some(Ok(Frame::data(Bytes::new()))))
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        self.watch.dropped.store(true, Ordering::SeqCst);
    }
}

#[derive(Debug)]
pub struct BrokeOff;

impl fmt::Display for BrokeOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("connection reset")
    }
}

impl std::error::Error for BrokeOff {}
