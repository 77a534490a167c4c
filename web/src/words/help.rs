//! The help: keys, shapes.
