//! Journeys on small clusters, with literal expectations.

mod bad_input;
mod commands;
mod fixture;
mod health_check;
mod ipvs;
mod outside;
mod ping;
mod properties;
mod reply;
mod rules_met;
mod services;
mod sources;
mod tables;
