//! The syntax of names, labels and ports: what is wrong with a text, in the API server's words.
//!
//! Sources: `k8s.io/apimachinery/pkg/util/validation`, `pkg/api/validate/content`. The regular expressions are part of
//! the messages; the checks are written out.

use super::draft::Draft;
use super::unique::Named;
use crate::cluster::Why;
use crate::identity::{draw, generated_name};
use crate::origin::FieldPath;

const LABEL_1123: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const LABEL_1035: &str = "[a-z]([-a-z0-9]*[a-z0-9])?";
const QUALIFIED_NAME: &str = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";

/// Bytes of a DNS label, of a label's value, and of the name part of a label's key.
const LABEL_LENGTH: usize = 63;
/// Bytes of a DNS subdomain.
const SUBDOMAIN_LENGTH: usize = 253;
/// Bytes of an IANA service name.
const PORT_NAME_LENGTH: usize = 15;

/// `IsDNS1123Label`.
pub(super) fn dns_1123_label(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if text.len() > LABEL_LENGTH {
        wrong.push(too_long(LABEL_LENGTH, "characters"));
    }
    if !is_label_1123(text) {
        wrong.push(if is_subdomain(text) {
            "must not contain dots".into()
        } else {
            regex_error(
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
                LABEL_1123,
                &["my-name", "123-abc"],
            )
        });
    }
    wrong
}

/// `IsDNS1123Subdomain`.
pub(super) fn dns_1123_subdomain(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if text.len() > SUBDOMAIN_LENGTH {
        wrong.push(too_long(SUBDOMAIN_LENGTH, "characters"));
    }
    if !is_subdomain(text) {
        wrong.push(regex_error(
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
            &format!("{LABEL_1123}(\\.{LABEL_1123})*"),
            &["example.com"],
        ));
    }
    wrong
}

/// `IsDNS1035Label`.
pub(super) fn dns_1035_label(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if text.len() > LABEL_LENGTH {
        wrong.push(too_long(LABEL_LENGTH, "characters"));
    }
    if !is_label_1123(text) || !text.starts_with(|c: char| c.is_ascii_lowercase()) {
        wrong.push(regex_error(
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
            LABEL_1035,
            &["my-name", "abc-123"],
        ));
    }
    wrong
}

/// `IsQualifiedName`: the key of a label, with or without a prefix.
pub(super) fn qualified_name(text: &str) -> Vec<String> {
    const WORDS: &str = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
    const EXAMPLES: [&str; 3] = ["MyName", "my.name", "123-abc"];
    let mut wrong = Vec::new();
    let name = match text.split('/').collect::<Vec<_>>().as_slice() {
        [name] => *name,
        [prefix, name] => {
            if prefix.is_empty() {
                wrong.push("prefix part must be non-empty".into());
            } else {
                wrong.extend(
                    dns_1123_subdomain(prefix)
                        .into_iter()
                        .map(|what| format!("prefix part {what}")),
                );
            }
            *name
        }
        _ => {
            let error = regex_error(WORDS, QUALIFIED_NAME, &EXAMPLES);
            return vec![format!(
                "a valid label key {error} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            )];
        }
    };
    if name.is_empty() {
        wrong.push("name part must be non-empty".into());
    } else if name.len() > LABEL_LENGTH {
        wrong.push(format!("name part {}", too_long(LABEL_LENGTH, "bytes")));
    }
    if !is_qualified(name) {
        let error = regex_error(WORDS, QUALIFIED_NAME, &EXAMPLES);
        wrong.push(format!("name part {error}"));
    }
    wrong
}

/// `IsValidLabelValue`.
pub(super) fn label_value(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if text.len() > LABEL_LENGTH {
        wrong.push(too_long(LABEL_LENGTH, "bytes"));
    }
    if !text.is_empty() && !is_qualified(text) {
        wrong.push(regex_error(
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
            &format!("({QUALIFIED_NAME})?"),
            &["MyValue", "my_value", "12345"],
        ));
    }
    wrong
}

/// `IsValidPortName`: an IANA service name.
pub(super) fn port_name(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if text.len() > PORT_NAME_LENGTH {
        wrong.push(too_long(PORT_NAME_LENGTH, "characters"));
    }
    if text.is_empty() || !text.bytes().all(is_label_byte) {
        wrong.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)".into());
    }
    if !text.bytes().any(|byte| byte.is_ascii_lowercase()) {
        wrong.push("must contain at least one letter (a-z)".into());
    }
    if text.contains("--") {
        wrong.push("must not contain consecutive hyphens".into());
    }
    if text.starts_with('-') || text.ends_with('-') {
        wrong.push("must not begin or end with a hyphen".into());
    }
    wrong
}

/// `IsValidPortNum`.
pub(super) fn port_number(number: i64) -> Option<&'static str> {
    (!(1..=65535).contains(&number)).then_some("must be between 1 and 65535, inclusive")
}

/// The name that the API server makes from `generateName`; `nth` tells objects with one prefix apart.
pub(super) fn generate<T: Named>(draft: &mut Draft<T>, nth: usize) {
    let (kind, meta) = (draft.value.kind(), draft.value.meta());
    if !meta.name.is_empty() || meta.generate_name.is_empty() {
        return;
    }
    let prefix = meta.generate_name.clone();
    let drawn = draw(&[kind, &meta.namespace, &prefix, &nth.to_string()]);
    let name = generated_name(&prefix, drawn);
    draft.note(
        FieldPath::from("metadata.name"),
        name.as_str(),
        Why::Allocated,
    );
    draft.value.meta_mut().name = name;
}

fn is_label_1123(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(is_label_byte)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

fn is_label_byte(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'
}

fn is_subdomain(text: &str) -> bool {
    text.split('.').all(is_label_1123)
}

fn is_qualified(text: &str) -> bool {
    let ends = |c: char| c.is_ascii_alphanumeric();
    text.starts_with(ends)
        && text.ends_with(ends)
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

fn too_long(most: usize, unit: &str) -> String {
    format!("must be no more than {most} {unit}")
}

fn regex_error(words: &str, regex: &str, examples: &[&str]) -> String {
    let mut text = format!("{words} (e.g. ");
    for (nth, example) in examples.iter().enumerate() {
        if nth > 0 {
            text.push_str(" or ");
        }
        text.push_str(&format!("'{example}', "));
    }
    text.push_str(&format!("regex used for validation is '{regex}')"));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_dns() {
        assert!(dns_1123_label("123-abc").is_empty());
        assert!(dns_1035_label("abc-123").is_empty());
        assert_eq!(dns_1123_label("a.b"), ["must not contain dots"]);
        assert_eq!(
            dns_1123_label("Web"),
            [
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
            ]
        );
        assert_eq!(
            dns_1035_label("1svc"),
            [
                "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
            ]
        );
        assert_eq!(
            dns_1035_label(&"a".repeat(64)),
            ["must be no more than 63 characters"]
        );
        assert_eq!(dns_1123_label("").len(), 1);
    }

    #[test]
    fn subdomains() {
        assert!(dns_1123_subdomain("example.com").is_empty());
        assert_eq!(dns_1123_subdomain("a..b").len(), 1);
        assert_eq!(dns_1123_subdomain(&"a".repeat(254)).len(), 1);
    }

    #[test]
    fn keys_and_values_of_labels() {
        assert!(qualified_name("app.kubernetes.io/name").is_empty());
        assert!(label_value("").is_empty());
        assert!(label_value("my_value-1.x").is_empty());
        assert_eq!(
            qualified_name("a=b"),
            [
                "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
            ]
        );
        assert_eq!(qualified_name("/x"), ["prefix part must be non-empty"]);
        assert!(qualified_name("a/b/c")[0].starts_with("a valid label key must consist of"));
        assert_eq!(label_value("a b").len(), 1);
        assert_eq!(
            label_value(&"a".repeat(64)),
            ["must be no more than 63 bytes"]
        );
    }

    #[test]
    fn names_of_ports() {
        assert!(port_name("http-2").is_empty());
        assert_eq!(
            port_name("_foo_bar"),
            ["must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"]
        );
        assert_eq!(
            port_name("8080"),
            ["must contain at least one letter (a-z)"]
        );
        assert_eq!(
            port_name("sixteen-chars-xx"),
            ["must be no more than 15 characters"]
        );
        assert_eq!(
            port_name("-a--b-"),
            [
                "must not contain consecutive hyphens",
                "must not begin or end with a hyphen"
            ]
        );
    }
}
