//! A worker that can be asked, that may crash or hang, and that is started again when it does.
//!
//! The page's half is [`WorkerClient`], the worker's half [`serve`]; a [`Protocol`] says what they exchange. Which
//! question is sent when is decided in `desk`, without a browser; this module only moves messages and time.
//!
//! Unlike gloo's worker it hears of panics (a panic in wasm ends the worker, it can answer nothing any more), ends
//! questions that take too long, starts a new worker in both cases, and loads it from a file of this origin, as the
//! Content-Security-Policy asks. It does not send lost questions again: only the asker knows whether the question
//! itself was what broke the worker.

mod desk;
pub(crate) mod wire;

use std::{
    cell::RefCell,
    fmt::Debug,
    rc::{Rc, Weak},
    time::Duration,
};

use gloo::timers::callback::Timeout;
use js_sys::{Array, Uint8Array};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use wasm_bindgen::prelude::*;
use web_sys::{
    DedicatedWorkerGlobalScope, ErrorEvent, Event as DomEvent, MessageEvent, Worker, WorkerOptions,
    WorkerType,
};

use desk::Desk;

use crate::words;

/// How long a worker may take from its start to its first word: the download is part of it.
const START_BUDGET: Duration = Duration::from_secs(180);
/// How long somebody waits for a worker that has not come yet before it is told.
const PATIENCE: u32 = 1000;
/// A worker that fails this often without having answered anything is not started again.
const MAX_FRUITLESS_STARTS: u32 = 3;

/// What a page and its worker say to each other.
pub trait Protocol: 'static {
    /// From the page.
    type Question: Serialize + DeserializeOwned + 'static;
    /// From the worker, one for each question.
    type Answer: Serialize + DeserializeOwned + 'static;
    /// Questions of one kind replace each other: the newest wins.
    type Kind: Copy + Eq + Debug + 'static;

    /// The kind of a question.
    fn kind(question: &Self::Question) -> Self::Kind;
    /// How long an answer may take. After that the worker is ended and started again.
    fn budget(kind: Self::Kind) -> Duration;
}

/// What the page hears.
#[derive(Debug)]
pub enum Event<P: Protocol> {
    /// The answer to the newest question of its kind. Answers to older ones are never told.
    Answered(P::Answer),
    /// The worker takes more than a moment to come, and a question waits for it.
    Awaited,
    /// The worker is there.
    Ready,
    /// The worker did not come, and a question waits for it: until [`WorkerClient::wake`], or the next question.
    Missing,
    /// The worker was lost, and with it everything it remembered and every question that had no answer yet.
    Lost {
        /// What ended it.
        failure: Failure,
        /// The question it was busy with. Asked again unchanged it may end the next worker too.
        during: Option<P::Kind>,
        /// Whether another worker is being started. Questions can be asked at once; they wait for it.
        restarted: bool,
    },
}

/// Why a worker was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// It panicked or threw: the message, as it came.
    Crashed(String),
    /// It was ended because the answer took longer than the kind's budget.
    OverBudget(Duration),
}

/// The page's half. Clones are the same worker, which ends with the last of them.
pub struct WorkerClient<P: Protocol>(Rc<RefCell<Inner<P>>>);

impl<P: Protocol> Clone for WorkerClient<P> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<P: Protocol> PartialEq for WorkerClient<P> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<P: Protocol> WorkerClient<P> {
    /// A client of the worker from the module script at `url`; `on_event` is called, never from within [`Self::ask`], with
    /// whatever becomes of it. Until the worker is there, `rehearsed` answers what it can: the worker is started by the
    /// first question that it cannot answer, or by [`Self::wake`].
    pub fn new(url: &str, rehearsed: Rehearsed, on_event: impl Fn(Event<P>) + 'static) -> Self {
        let inner = Rc::new_cyclic(|own: &Weak<RefCell<Inner<P>>>| {
            let heard = own.clone();
            let on_message = Closure::new(move |event: MessageEvent| {
                if let Some(inner) = heard.upgrade() {
                    hear(&inner, &event);
                }
            });
            let failed = own.clone();
            let on_error = Closure::new(move |event: DomEvent| {
                if let Some(inner) = failed.upgrade() {
                    lose(&inner, Failure::Crashed(error_text(&event)));
                }
            });
            RefCell::new(Inner {
                url: url.to_owned(),
                desk: Desk::new(),
                rehearsed,
                worker: None,
                timer: None,
                patience: None,
                fruitless_starts: 0,
                on_message,
                on_error,
                on_event: Rc::new(on_event),
            })
        });
        Self(inner)
    }

    /// Starts the worker, unless it is there: a question that only it can answer is to be expected.
    pub fn wake(&self) {
        if self.0.borrow().worker.is_none() {
            launch(&self.0);
        }
    }

    /// Asks. An older question of the same kind is forgotten, its answer never told.
    pub fn ask(&self, question: P::Question) {
        let known = self.0.borrow().rehearsed.answer(&question);
        if known.is_none() {
            self.wake();
        }
        let mut it = self.0.borrow_mut();
        let id = it.desk.ask(P::kind(&question), question);
        if !it.desk.is_ready() && it.patience.is_none() {
            it.patience = Some(patience(&self.0));
        }
        drop(it);
        if let Some(answer) = known {
            let weak = Rc::downgrade(&self.0);
            // Never from within `ask`.
            Timeout::new(0, move || {
                if let Some(inner) = weak.upgrade() {
                    tell_known(&inner, id, answer);
                }
            })
            .forget();
        }
        send(&self.0);
    }
}

/// Questions that were answered when the page was built, each with its answer, as they are sent. The worker is the larger
/// half of the download: what a first visit sees need not wait for it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Rehearsed(Vec<(Vec<u8>, Vec<u8>)>);

impl Rehearsed {
    /// Writes down a question and its answer.
    pub fn push(&mut self, question: &impl Serialize, answer: &impl Serialize) {
        self.0.push((wire::write(question), wire::write(answer)));
    }

    /// All of it, as bytes.
    pub fn write(&self) -> Vec<u8> {
        wire::write(self)
    }

    /// What [`Self::write`] wrote. Anything else is nothing: the worker answers all the same.
    pub fn read(bytes: &[u8]) -> Self {
        wire::read(bytes).unwrap_or_default()
    }

    fn answer<A: DeserializeOwned>(&self, question: &impl Serialize) -> Option<A> {
        if self.0.is_empty() {
            return None;
        }
        let question = wire::write(question);
        let (_, answer) = self.0.iter().find(|(known, _)| *known == question)?;
        wire::read(answer).ok()
    }
}

/// The worker's half: tells the page that it is there and answers each of its questions, until the page ends it. A
/// panic is told before it ends the worker.
///
/// # Panics
/// Where the page sends what is no question: both halves are built from one source.
pub fn serve<Q: DeserializeOwned + 'static, A: Serialize>(
    mut answer: impl FnMut(Q) -> A + 'static,
) {
    std::panic::set_hook(Box::new(|info| {
        // What is broken says so in text, as `worker_boot.js` does.
        scope()
            .post_message(&JsValue::from_str(&info.to_string()))
            .expect("a string can always be posted");
    }));
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let ToWorker { id, question } =
            wire::read(&bytes(&event)).expect("the page speaks this worker's protocol");
        let answer = answer(question);
        post(&ToPage::Answer { id, answer });
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // It lives as long as the worker.
    on_message.forget();
    post::<A>(&ToPage::Ready);
}

struct Inner<P: Protocol> {
    url: String,
    desk: Desk<P::Kind, P::Question>,
    /// Empty as soon as a worker is there.
    rehearsed: Rehearsed,
    worker: Option<Worker>,
    /// Runs out when the start or the question under way has taken too long.
    timer: Option<Timeout>,
    /// Runs out when a question has waited for a moment.
    patience: Option<Timeout>,
    fruitless_starts: u32,
    on_message: Closure<dyn FnMut(MessageEvent)>,
    on_error: Closure<dyn FnMut(DomEvent)>,
    on_event: Rc<dyn Fn(Event<P>)>,
}

impl<P: Protocol> Drop for Inner<P> {
    fn drop(&mut self) {
        self.end();
    }
}

impl<P: Protocol> Inner<P> {
    fn end(&mut self) {
        self.timer = None;
        if let Some(worker) = self.worker.take() {
            // What it has sent already is no longer wanted.
            worker.set_onmessage(None);
            worker.set_onerror(None);
            worker.terminate();
        }
    }
}

#[derive(Serialize, Deserialize)]
struct ToWorker<Q> {
    id: u32,
    question: Q,
}

/// What a worker says as long as it works. A text instead of bytes is what broke it.
#[derive(Serialize, Deserialize)]
enum ToPage<A> {
    Ready,
    Answer { id: u32, answer: A },
}

fn launch<P: Protocol>(inner: &Rc<RefCell<Inner<P>>>) {
    let mut it = inner.borrow_mut();
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    match Worker::new_with_options(&it.url, &options) {
        Ok(worker) => {
            worker.set_onmessage(Some(it.on_message.as_ref().unchecked_ref()));
            worker.set_onerror(Some(it.on_error.as_ref().unchecked_ref()));
            it.worker = Some(worker);
            it.timer = Some(timer(inner, START_BUDGET));
        }
        Err(error) => {
            drop(it);
            let weak = Rc::downgrade(inner);
            // Not from within `ask` or `wake`: whoever calls them is not ready to listen.
            Timeout::new(0, move || {
                if let Some(inner) = weak.upgrade() {
                    lose(&inner, Failure::Crashed(format!("{error:?}")));
                }
            })
            .forget();
        }
    }
}

fn send<P: Protocol>(inner: &Rc<RefCell<Inner<P>>>) {
    let mut it = inner.borrow_mut();
    let Some((id, kind, question)) = it.desk.next() else {
        return;
    };
    let (message, transferred) = message(&ToWorker { id, question });
    it.timer = Some(timer(inner, P::budget(kind)));
    if let Some(worker) = &it.worker {
        worker
            .post_message_with_transfer(&message, &transferred)
            .expect("bytes can always be posted");
    }
}

fn hear<P: Protocol>(inner: &Rc<RefCell<Inner<P>>>, event: &MessageEvent) {
    if let Some(text) = event.data().as_string() {
        return lose(inner, Failure::Crashed(text));
    }
    match wire::read(&bytes(event)) {
        Ok(ToPage::Ready) => {
            let mut it = inner.borrow_mut();
            (it.timer, it.patience) = (None, None);
            it.rehearsed = Rehearsed::default();
            it.desk.ready();
            let on_event = Rc::clone(&it.on_event);
            drop(it);
            on_event(Event::Ready);
        }
        Ok(ToPage::Answer { id, answer }) => {
            let mut it = inner.borrow_mut();
            it.timer = None;
            it.fruitless_starts = 0;
            let wanted = it.desk.answered(id);
            let on_event = Rc::clone(&it.on_event);
            drop(it);
            if wanted {
                on_event(Event::Answered(answer));
            }
        }
        Err(error) => return lose(inner, Failure::Crashed(words::page::no_answer(error))),
    }
    send(inner);
}

fn tell_known<P: Protocol>(inner: &Rc<RefCell<Inner<P>>>, id: u32, answer: P::Answer) {
    let mut it = inner.borrow_mut();
    let is_wanted = it.desk.known(id);
    let on_event = Rc::clone(&it.on_event);
    drop(it);
    if is_wanted {
        on_event(Event::Answered(answer));
    }
}

fn lose<P: Protocol>(inner: &Rc<RefCell<Inner<P>>>, failure: Failure) {
    let mut it = inner.borrow_mut();
    it.end();
    if !it.desk.is_ready() {
        // What was asked waits for the next try, which is the person's: at once it would fail for the same reason.
        it.patience = None;
        let is_awaited = it.desk.is_awaited();
        let on_event = Rc::clone(&it.on_event);
        drop(it);
        if is_awaited {
            on_event(Event::Missing);
        }
        return;
    }
    it.fruitless_starts += 1;
    let restarted = it.fruitless_starts < MAX_FRUITLESS_STARTS;
    let during = it.desk.clear();
    let on_event = Rc::clone(&it.on_event);
    drop(it);
    if restarted {
        launch(inner);
    }
    on_event(Event::Lost {
        failure,
        during,
        restarted,
    });
}

fn timer<P: Protocol>(inner: &Rc<RefCell<Inner<P>>>, budget: Duration) -> Timeout {
    let weak = Rc::downgrade(inner);
    let millis = u32::try_from(budget.as_millis()).unwrap_or(u32::MAX);
    Timeout::new(millis, move || {
        if let Some(inner) = weak.upgrade() {
            lose(&inner, Failure::OverBudget(budget));
        }
    })
}

fn patience<P: Protocol>(inner: &Rc<RefCell<Inner<P>>>) -> Timeout {
    let weak = Rc::downgrade(inner);
    Timeout::new(PATIENCE, move || {
        let Some(inner) = weak.upgrade() else {
            return;
        };
        let mut it = inner.borrow_mut();
        it.patience = None;
        // Of a worker that failed meanwhile that is told.
        if it.worker.is_some() && it.desk.is_awaited() {
            let on_event = Rc::clone(&it.on_event);
            drop(it);
            on_event(Event::Awaited);
        }
    })
}

fn post<A: Serialize>(message: &ToPage<A>) {
    let (message, transferred) = self::message(message);
    scope()
        .post_message_with_transfer(&message, &transferred)
        .expect("bytes can always be posted");
}

/// A message, and the memory that goes with it instead of being copied.
fn message(message: &impl Serialize) -> (Uint8Array, Array) {
    let bytes = Uint8Array::from(&*wire::write(message));
    let transferred = Array::of1(&bytes.buffer());
    (bytes, transferred)
}

fn bytes(event: &MessageEvent) -> Vec<u8> {
    Uint8Array::new(&event.data()).to_vec()
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

fn error_text(event: &DomEvent) -> String {
    match event.dyn_ref::<ErrorEvent>() {
        Some(error) => error.message(),
        // A plain event: the script itself could not be loaded.
        None => words::page::SCRIPT_LOST.to_owned(),
    }
}
