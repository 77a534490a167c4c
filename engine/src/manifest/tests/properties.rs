//! What holds for every input.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;

/// Texts that look like something else, and any others.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::sample::select(vec![
            "yes",
            "y",
            "No",
            "on",
            "014",
            "1_000",
            "0x1F",
            "1e3",
            "~",
            "null",
            "",
            " ",
            "-",
            ".5",
            "<<",
            "2026-01-01",
            "{{ x }}",
            "a: b",
            "# c",
            "&a",
            "*a",
            "!!str",
            "|",
            "---",
            "\u{e4}",
            "\u{1d11e}",
            "a\nb",
            "\t",
            "'",
            "\"",
            "1:30",
        ])
        .prop_map(str::to_owned),
        "[ -~]{0,12}",
        any::<String>(),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec((text(), inner), 0..6)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

fn object(spec: Value) -> Value {
    json!({"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "a"}, "spec": spec})
}

fn read_back(text: &str) -> Option<Value> {
    let (manifest, _) = read_text(text);
    manifest.as_json(ObjectOrigin {
        document: DocumentId(0),
        item: 0,
    })
}

/// The order of keys does not matter.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(entries) => {
            let mut entries: Vec<_> = entries
                .iter()
                .map(|(key, value)| (key.clone(), sorted(value)))
                .collect();
            entries.sort_by(|(one, _), (other, _)| one.cmp(other));
            Value::Object(entries.into_iter().collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn json_that_was_written_reads_back(spec in value()) {
        let object = object(spec);
        for text in [object.to_string(), serde_json::to_string_pretty(&object).unwrap()] {
            prop_assert_eq!(read_back(&text).map(|value| sorted(&value)), Some(sorted(&object)));
        }
    }

    #[test]
    fn yaml_that_was_written_reads_back(spec in value()) {
        let object = object(spec);
        let text = to_yaml(&object);
        prop_assert_eq!(read_back(&text).map(|value| sorted(&value)), Some(sorted(&object)), "{}", text);
    }

    #[test]
    fn a_scalar_that_was_written_reads_back(text in text()) {
        let text = text.replace('\n', " ");
        let spec = format!("apiVersion: a/v1\nkind: A\nmetadata: {{}}\nspec: {}\n", to_scalar(&text));
        prop_assert_eq!(read_back(&spec).map(|value| value["spec"].clone()), Some(Value::from(text)), "{}", spec);
    }

    #[test]
    fn labels_that_were_written_read_back(labels in proptest::collection::btree_map("[a-z]{1,3}", "[ -~]{0,12}", 0..6)) {
        let object = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "labels": labels}});
        let (manifest, findings) = read_text(&to_yaml(&object));
        let messages: Vec<String> = findings.iter().map(|finding| finding.message()).collect();
        prop_assert_eq!(messages, Vec::<String>::new());
        let read: std::collections::BTreeMap<String, String> = manifest.objects.pods[0]
            .value
            .metadata
            .labels
            .iter()
            .map(|(key, value)| (key.to_string(), value.to_string()))
            .collect();
        prop_assert_eq!(read, labels);
    }

    #[test]
    fn no_text_panics(text in "(apiVersion: v1\n|kind: (Service|List|Pod)\n|items:\n|spec:\n|  |- |---\n|\\.\\.\\.\n|\\{|\\}|\\[|\\]|\"|'|: |, |&a |\\*a|<<: |a|1|\n|\r\n|\t|#|\\||>|\\?|%|!|\\PC){0,40}") {
        let (manifest, findings) = read_text(&text);
        for finding in findings.iter() {
            let _ = finding.message();
            if let Some(origin) = &finding.origin {
                let location = manifest.range(origin);
                prop_assert!(location.is_some());
                let location = location.unwrap();
                prop_assert!(text.get(location.bytes.clone()).is_some());
                prop_assert!(manifest.position(&location).is_some());
            }
            for origin in &finding.related {
                prop_assert!(manifest.range(origin).is_some());
            }
        }
        for (origin, _) in manifest.identities() {
            let _ = manifest.as_json(origin);
        }
        for byte in 0..=text.len() {
            let _ = manifest.origin_at(0, byte);
        }
    }

    #[test]
    fn a_text_cut_anywhere_keeps_what_was_complete(cut in 0usize..400) {
        let item = |name: &str| format!("{{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {{\"name\": \"{name}\"}}}}");
        let text = format!("{{\"apiVersion\": \"v1\", \"items\": [{}, {}, {}], \"kind\": \"List\"}}", item("a"), item("b"), item("c"));
        let text = &text[..cut.min(text.len())];
        let complete = text.matches("}}").count();
        let (manifest, _) = read_text(text);
        prop_assert_eq!(manifest.objects.pods.len(), complete);
    }
}

#[test]
fn what_kubectl_would_misread_is_written_in_quotes() {
    let labels: Map<String, Value> = ["y", "yes", "014", "1_000", "<<", "on", "plain"]
        .iter()
        .map(|text| ((*text).to_owned(), Value::from(*text)))
        .collect();
    assert_eq!(
        to_yaml(&Value::Object(labels)),
        "'y': 'y'\n'yes': 'yes'\n'014': '014'\n'1_000': '1_000'\n'<<': '<<'\n'on': 'on'\nplain: plain\n"
    );
    assert_eq!(to_scalar("no"), "'no'");
    assert_eq!(to_scalar("web"), "web");
}

/// Values that both readers see alike: the oracle.
#[test]
fn plain_documents_read_as_serde_yaml_reads_them() {
    for text in [
        "a: 1\nb: [x, y z, \"q\"]\nc: {d: e, f: 1.5}\n",
        "- a\n",
        "block: |\n  one\n    two\n\nfolded: >\n  one\n  two\n\n  three\nstrip: |-\n  x\nkeep: |+\n  x\n\nend: 1\n",
        "plain: some words\n  that go on\nquoted: \"a\\tb\\u00e4\\\n  c\"\nsingle: 'it''s'\n",
        "? key\n: value\n? [a]\n",
        "nested:\n- - a\n  - b\n-\n  - c\n",
        "anchor: &x {a: 1}\nalias: *x\n",
        "empty:\nlist: []\nmap: {}\n",
        "url: http://example.com:80/#x\ntime: 12:30:00\npath: C:\\temp\n",
        "# comment\na: b # comment\nc: d#no\n",
    ] {
        let text = format!(
            "apiVersion: example.com/v1\nkind: Thing\nspec:\n  {}",
            text.replace('\n', "\n  ")
        );
        let expected: Result<Value, _> = serde_yaml::from_str(&text);
        if let Ok(expected) = expected {
            assert_eq!(
                read_back(&text).map(|value| sorted(&value)),
                Some(sorted(&expected)),
                "{text}"
            );
        }
    }
}
