//! Journeys on small clusters, with literal expectations.

mod fixture;
mod properties;
mod reply;
mod services;
mod sources;
