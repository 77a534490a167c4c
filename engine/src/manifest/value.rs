//! YAML that is no manifest, by the same reader: blocks of scenarios, configuration inside of ConfigMaps.
//!
//! A second YAML library would read these just as well, and be as large in the browser as all of [`super`].

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::place::{LineIndex, to_json};
use super::tree::{NodeId, Parsed};
use super::{typed, yaml};

/// What is wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Its line, from 1.
    pub line: usize,
    /// What.
    pub reason: String,
}

/// Reads one document as values of a type.
///
/// # Errors
/// It is no YAML, or says something else.
pub fn from_yaml<T: DeserializeOwned>(text: &str) -> Result<T, Unreadable> {
    let (mut parsed, root) = whole(text)?;
    parsed.tree.is_prose = true;
    typed::deserialize(&parsed.tree, root).map_err(|mismatch| {
        let node = parsed.tree.node(mismatch.node.unwrap_or(root));
        unreadable(text, node.start as usize, mismatch.message)
    })
}

/// Reads one document as it is.
///
/// # Errors
/// It is no YAML.
pub fn to_value(text: &str) -> Result<Value, Unreadable> {
    let (parsed, root) = whole(text)?;
    Ok(to_json(&parsed.tree, root))
}

fn whole(text: &str) -> Result<(Parsed<'_>, NodeId), Unreadable> {
    let parsed = yaml::parse(text, yaml::MOST_EXPANDED);
    if let Some(error) = &parsed.error {
        return Err(unreadable(text, error.at, error.reason.clone()));
    }
    if let Some(twice) = parsed.duplicates.first() {
        let key = parsed.tree.node(twice.later);
        let reason = format!("`{}` is written twice", parsed.tree.key(twice.later));
        return Err(unreadable(text, key.start as usize, reason));
    }
    match parsed.tree.root() {
        Some(root) => Ok((parsed, root)),
        None => Err(unreadable(text, 0, "nothing is written".to_owned())),
    }
}

fn unreadable(text: &str, at: usize, reason: String) -> Unreadable {
    let line = LineIndex::new(text).position(at).line;
    Unreadable { line, reason }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn texts_are_as_written_where_a_text_is_wanted() {
        let texts: BTreeMap<String, String> =
            from_yaml("a: y\nb: 014\nc: 'no'\nd:\n").expect("well-formed");
        let texts: Vec<(&str, &str)> = texts.iter().map(|(a, b)| (&**a, &**b)).collect();
        assert_eq!(texts, [("a", "y"), ("b", "014"), ("c", "no")]);
        // A configuration file is read as Kubernetes reads it.
        assert_eq!(
            to_value("{a: y, b: 014}").ok(),
            Some(serde_json::json!({"a": true, "b": 12}))
        );
    }

    #[test]
    fn what_is_wrong_has_its_line() {
        let wrong = |text| {
            from_yaml::<BTreeMap<String, u8>>(text).map_err(|wrong| (wrong.line, wrong.reason))
        };
        assert_eq!(
            wrong("a: 1\nb: [1]\n"),
            Err((2, "invalid type: sequence, expected u8".to_owned()))
        );
        assert_eq!(
            wrong("a: 1\nb: 1\na: 2\n"),
            Err((3, "`a` is written twice".to_owned()))
        );
        assert_eq!(wrong(""), Err((1, "nothing is written".to_owned())));
        assert_eq!(wrong("a: {").map_err(|(line, _)| line), Err(1));
    }
}
