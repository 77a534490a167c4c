//! Journeys on small clusters, with literal expectations.
