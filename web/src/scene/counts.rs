//! How many findings there are: of everything, of one shape, of what a fold holds.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};
use switchboard_engine::finding::Severity;

/// How many findings there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// It cannot work as written.
    pub errors: u32,
    /// Likely not what was meant.
    pub warnings: u32,
    /// Worth knowing.
    pub notes: u32,
}

impl Counts {
    /// One more.
    pub fn add(&mut self, severity: Severity) {
        *self.of_mut(severity) += 1;
    }

    /// Those of one severity.
    pub fn of(mut self, severity: Severity) -> u32 {
        *self.of_mut(severity)
    }

    /// All.
    pub fn total(self) -> u32 {
        self.errors + self.warnings + self.notes
    }

    /// Those that something should be done about.
    pub fn is_loud(self) -> bool {
        self.errors + self.warnings > 0
    }

    /// Where those of one severity are counted.
    pub fn of_mut(&mut self, severity: Severity) -> &mut u32 {
        match severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
            Severity::Note => &mut self.notes,
        }
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.errors += other.errors;
        self.warnings += other.warnings;
        self.notes += other.notes;
    }
}
