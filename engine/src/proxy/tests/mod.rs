//! Tests of what all modes share, and the clusters that tests of the modes are made of.

pub(crate) mod fixture;

mod endpoints;
mod listing;
mod services;
mod used;
