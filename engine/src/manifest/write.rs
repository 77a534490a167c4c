//! Values → YAML that kubectl reads back as the same values.
//!
//! serde_yaml writes by YAML 1.2, where `yes` and `1_000` are texts; to kubectl they are a boolean and a number. So what
//! it wrote is read by kubectl's rules, and what would not come back is put in quotes.

use serde_json::Value;

use super::place::to_json;
use super::scalar::{self, Scalar};
use super::tree::{Content, NodeId, Tree};
use super::yaml;

/// A value as a YAML document, with its line break.
pub fn to_yaml(value: &Value) -> String {
    let written =
        serde_yaml::to_string(value).expect("JSON values have text keys and finite numbers");
    let tree = yaml::parse(&written, 0).tree;
    let mut misread = Vec::new();
    if let Some(root) = tree.root() {
        find_misread(&tree, root, value, &mut misread);
    }
    let mut text = String::with_capacity(written.len());
    let mut at = 0;
    for node in misread {
        let node = tree.node(node);
        text += &written[at..node.start as usize];
        text += &quote(&written[node.start as usize..node.stop as usize]);
        at = node.stop as usize;
    }
    text += &written[at..];
    if reads_back(&text, value) {
        return text;
    }
    // Line breaks of other alphabets get lost in YAML; JSON is YAML too.
    format!("{value:#}\n")
}

fn reads_back(text: &str, value: &Value) -> bool {
    let tree = yaml::parse(text, 0).tree;
    tree.root()
        .is_some_and(|root| to_json(&tree, root) == *value)
}

/// A text as a YAML scalar, for a place inside a line.
pub fn to_scalar(text: &str) -> String {
    to_yaml(&Value::from(text.replace('\n', " ")))
        .trim_end_matches('\n')
        .to_owned()
}

/// Texts that were written without quotes and mean something else without them, in the order of the text.
fn find_misread(tree: &Tree<'_>, node: NodeId, value: &Value, misread: &mut Vec<NodeId>) {
    let is_misread = |node: NodeId| match &tree.node(node).content {
        Content::Plain(text) => text == "<<" || !matches!(scalar::resolve(text), Scalar::String(_)),
        _ => false,
    };
    match value {
        Value::String(_) if is_misread(node) => misread.push(node),
        Value::Array(values) => {
            for (item, value) in tree.items(node).zip(values) {
                find_misread(tree, item, value, misread);
            }
        }
        Value::Object(values) => {
            for ((key, item), value) in tree.written_entries(node).zip(values.values()) {
                if is_misread(key) || tree.is_replaced(key) {
                    misread.push(key);
                }
                find_misread(tree, item, value, misread);
            }
        }
        _ => {}
    }
}

/// As serde_yaml quotes.
fn quote(plain: &str) -> String {
    format!("'{}'", plain.replace('\'', "''"))
}
