//! The same Service as each type, side by side.
