//! The report of an answer, to be read without the page.
