use super::*;

fn hidden(text: &str) -> String {
    let redacted = redacted(text);
    assert!(!redacted.text.contains("aHVudGVyMg"), "{}", redacted.text);
    assert!(!redacted.text.contains("hunter2"), "{}", redacted.text);
    redacted.text.into_owned()
}

#[test]
fn values_go_and_everything_else_stays() {
    let text = "# mine\nkind: Secret\nmetadata:\n  name: db\ndata:\n  password: aHVudGVyMg== # the old one\n  user: aHVudGVyMg==\ntype: Opaque\n---\nkind: ConfigMap\ndata:\n  a: b\n";
    assert_eq!(
        hidden(text),
        "# mine\nkind: Secret\nmetadata:\n  name: db\ndata:\n  password: redacted\n  user: redacted\ntype: Opaque\n---\nkind: ConfigMap\ndata:\n  a: b\n"
    );
    assert_eq!((redacted(text).values, redacted(text).documents), (2, 0));
}

#[test]
fn values_before_the_kind_go_too() {
    let text = "apiVersion: v1\nstringData:\n  p: |\n    hunter2\n    hunter2\nkind: \"Secret\"\n";
    assert_eq!(
        hidden(text),
        "apiVersion: v1\nstringData:\n  p: redacted\nkind: \"Secret\"\n"
    );
}

#[test]
fn in_a_list_only_the_secrets_are_touched() {
    let text = "kind: List\nitems:\n- kind: ConfigMap\n  data:\n    a: kept\n- data:\n    p: aHVudGVyMg==\n  kind: Secret\n  metadata:\n    name: x\n- apiVersion: v1\n  data: {p: hunter2}\n  kind: Secret\n- kind: Service\n";
    assert_eq!(
        hidden(text),
        "kind: List\nitems:\n- kind: ConfigMap\n  data:\n    a: kept\n- data:\n    p: redacted\n  kind: Secret\n  metadata:\n    name: x\n- apiVersion: v1\n  data: {}\n  kind: Secret\n- kind: Service\n"
    );
}

#[test]
fn the_copy_that_kubectl_keeps_goes() {
    let text = "kind: Secret\nmetadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: |\n      {\"kind\":\"Secret\",\"data\":{\"p\":\"aHVudGVyMg==\"}}\n  name: x\n";
    assert_eq!(
        hidden(text),
        "kind: Secret\nmetadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: redacted\n  name: x\n"
    );
}

#[test]
fn json_dumps_are_read_by_their_brackets() {
    let text = r#"{"kind":"List","items":[{"kind":"ConfigMap","data":{"a":"kept"}},{"data":{"p":"aHVudGVyMg==","q":"\"hunter2"},"kind":"Secret","metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"kind\":\"Secret\",\"data\":{\"p\":\"hunter2\"}}"}}}]}"#;
    assert_eq!(
        hidden(text),
        r#"{"kind":"List","items":[{"kind":"ConfigMap","data":{"a":"kept"}},{"data":{"p":"redacted","q":"redacted"},"kind":"Secret","metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"redacted"}}}]}"#
    );
    assert_eq!(
        hidden("{kind: Secret, data: {p: hunter2}, type: Opaque}"),
        "{kind: Secret, data: {p: \"redacted\"}, type: Opaque}"
    );
}

#[test]
fn half_a_text_keeps_no_value() {
    hidden(r#"{"data":{"p":"hunter2"},"kind":"Secret""#);
    hidden(r#"{"kind":"Secret","data":{"p":"hunter2"#);
    hidden("kind: Secret\ndata:\n  p: hunter2");
}

#[test]
fn what_is_not_understood_costs_its_document_and_no_other() {
    for text in [
        "- {kind: Secret, data: {p: hunter2}}\n",
        "kind: !!str Secret\ndata:\n  p: hunter2\n",
        "kind:\n  Secret\ndata:\n  p: hunter2\n",
        "x: &pw hunter2\nkind: Secret\ndata:\n  p: *pw\n",
        "x: &all\n  p: hunter2\nkind: Secret\ndata: *all\n",
        "x: &all\n  p: hunter2\nkind: Secret\ndata:\n  <<: *all\n",
    ] {
        let both = format!("kind: Service\n---\n{text}---\nkind: Pod\n");
        assert_eq!(
            hidden(&both),
            format!(
                "kind: Service\n---\n# {}\n---\nkind: Pod\n",
                words::share::WHOLE_SECRET
            )
        );
    }
}

#[test]
fn who_only_names_secrets_is_left_alone() {
    for text in [
        "kind: Gateway\nspec:\n  certificateRefs:\n  - kind: Secret\n    name: tls\n",
        "kind: Pod\n# kind: Secret is not used here\nspec:\n  volumes:\n  - secret: {secretName: Secret}\n",
        "kind: SealedSecret\nspec:\n  encryptedData:\n    p: abc\n",
        "a kind of Secret: no\n",
    ] {
        assert_eq!(redacted(text).text, text);
    }
}

#[test]
fn hostile_text_ends() {
    for text in [
        "Secret",
        "kind: Secret",
        "{Secret",
        "\"Secret\\",
        "{'Secret",
        "---Secret",
        "kind: Secret\ndata: {",
        "{\"é\\é Secret",
        "- - - kind: Secret\n      data:\n        é: x\n",
        "kind: Secret\n\tdata:\n\t\tp: x\n",
        "[[[[[[[Secret",
        "]]]]Secret",
        "{,:,:Secret}",
    ] {
        let _ = redacted(text);
    }
    let deep = "[".repeat(200_000) + "Secret";
    let _ = redacted(&deep);
}

#[test]
fn what_is_covered_on_the_screen_is_the_values_and_nothing_else() {
    let covered = |text: &str| -> Vec<String> {
        let units: Vec<u16> = text.encode_utf16().collect();
        let slice = |range: Range<u32>| &units[range.start as usize..range.end as usize];
        let values = values(text).into_iter();
        values
            .map(|range| String::from_utf16(slice(range)).unwrap())
            .collect()
    };
    assert_eq!(covered("kind: ConfigMap\ndata:\n  a: b\n"), [""; 0]);
    assert_eq!(
        covered(
            "# \u{1f512}\nkind: ConfigMap\ndata:\n  Secret: b\n---\nkind: Secret\nmetadata: {name: x}\ndata:\n  p: aHVudGVyMg==\nstringData:\n  q: |\n    hunter2\n    more\n"
        ),
        ["aHVudGVyMg==", "|", "hunter2", "more"]
    );
    assert_eq!(
        covered("{\"kind\": \"Secret\", \"data\": {\"p\": \"aHVudGVyMg==\"}}"),
        ["\"aHVudGVyMg==\""]
    );
    assert_eq!(
        covered("kind: Secret\ndata: {p: hunter2}\n"),
        ["{p: hunter2}"]
    );
}
