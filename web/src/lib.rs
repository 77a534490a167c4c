//! What you see: the Yew app, and the worker beside it in which the engine runs.
//!
//! Two programs are built over this library: `bin/app.rs` is the page, `bin/worker.rs` the engine's thread. They
//! share [`protocol`], the questions and answers between them. Nothing here decides what a packet does: that is
//! `switchboard-engine`'s business, and only [`worker`] calls it.

pub mod app;
pub mod browser;
pub mod catalogue;
pub mod documents;
pub mod editor;
pub mod keys;
pub mod layout;
pub mod panels;
pub mod protocol;
pub mod redact;
pub mod rehearsal;
pub mod report;
pub mod samples;
pub mod scene;
pub mod share;
pub mod state;
pub mod volley;
pub mod words;
pub mod worker;
pub mod worker_client;
pub mod workspaces;
