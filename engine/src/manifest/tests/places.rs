//! Origins to ranges and back.

use super::*;
use crate::origin::Origin;

const TEXT: &str = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web # äöü\n  labels: {app: \"web\"}\nspec:\n  clusterIP:\n  ports:\n  - name: http\n    port: 80\n\n  - port: 443\n# the end\n";

fn origin(item: u32, path: &str) -> Origin {
    ObjectOrigin {
        document: DocumentId(0),
        item,
    }
    .at(path)
}

fn check_range(text: &str, item: u32, path: &str, expected: &str) {
    let (manifest, _) = read_text(text);
    let location = manifest.range(&origin(item, path)).unwrap();
    assert_eq!(&text[location.bytes], expected, "{path}");
}

#[test]
fn an_origin_is_the_text_of_its_value() {
    check_range(TEXT, 0, "metadata.name", "web");
    check_range(TEXT, 0, "metadata.labels", "{app: \"web\"}");
    check_range(TEXT, 0, "metadata.labels.app", "\"web\"");
    check_range(TEXT, 0, "spec.ports[0].port", "80");
    check_range(TEXT, 0, "spec.ports[0]", "name: http\n    port: 80");
    check_range(
        TEXT,
        0,
        "spec.ports",
        "- name: http\n    port: 80\n\n  - port: 443",
    );
    check_range(TEXT, 0, "", TEXT.trim_end_matches("\n# the end\n"));
}

#[test]
fn a_value_that_is_not_written_is_shown_at_its_key() {
    check_range(TEXT, 0, "spec.clusterIP", "clusterIP");
}

#[test]
fn a_field_that_is_missing_is_shown_at_what_should_hold_it() {
    check_range(TEXT, 0, "spec.selector.app", "spec");
    check_range(TEXT, 0, "spec.ports[5].port", "ports");
    check_range(TEXT, 0, "metadata.name.x", "name");
    let (manifest, _) = read_text(TEXT);
    let place = manifest.locate(&origin(0, "spec.selector.app")).unwrap();
    assert_eq!(place.found, 1);
    assert_eq!(&TEXT[place.key.unwrap()], "spec");
}

const LIST: &str = "apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: a\n- kind: Pod\n  apiVersion: v1\n  metadata: &m\n    name: b\n- kind: Pod\n  apiVersion: v1\n  metadata: *m\nkind: List\n";

#[test]
fn items_have_their_own_places() {
    check_range(LIST, 0, "metadata.name", "a");
    check_range(LIST, 1, "metadata.name", "b");
    check_range(
        LIST,
        1,
        "",
        "kind: Pod\n  apiVersion: v1\n  metadata: &m\n    name: b",
    );
    // The anchor stands in another item.
    check_range(LIST, 2, "metadata.name", "b");
}

#[test]
fn json_has_places_too() {
    let text = "{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [\n {\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"a\", \"labels\": {\"x\": \"\\\"\"}}},\n {\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"b\"}}]}";
    check_range(text, 0, "metadata.labels.x", "\"\\\"\"");
    check_range(text, 1, "metadata.name", "\"b\"");
    check_range(
        text,
        1,
        "spec.hostname",
        "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"b\"}}",
    );
}

#[test]
fn a_byte_belongs_to_an_object_and_a_field() {
    let (manifest, _) = read_text(LIST);
    let at = |needle: &str| {
        let byte = LIST.find(needle).unwrap();
        let origin = manifest.origin_at(0, byte).unwrap();
        (origin.object.item, origin.path.to_string())
    };
    assert_eq!(at("name: a"), (0, "metadata.name".to_owned()));
    assert_eq!(at("name: b"), (1, "metadata.name".to_owned()));
    assert_eq!(at("*m"), (2, "metadata".to_owned()));
    let (manifest, _) = read_text("apiVersion: v1\nkind: Pod\n---\n# nothing\n");
    assert_eq!(
        manifest.object_at(0, 16),
        Some(ObjectOrigin {
            document: DocumentId(0),
            item: 0
        })
    );
    assert_eq!(manifest.object_at(0, 40), None);
    assert_eq!(manifest.object_at(1, 0), None);
}

#[test]
fn many_ranges_are_the_same_as_one_by_one() {
    let (manifest, _) = read_text(LIST);
    let origins = [
        origin(0, "metadata.name"),
        origin(0, ""),
        origin(1, "kind"),
        origin(7, "kind"),
        origin(0, "nothing"),
    ];
    let one_by_one: Vec<_> = origins
        .iter()
        .map(|origin| manifest.range(origin))
        .collect();
    assert_eq!(manifest.ranges(&origins), one_by_one);
}

#[test]
fn positions_are_lines_and_characters() {
    let index = LineIndex::new("\u{feff}ab\nä€𝄞x\n");
    let check = |byte, line, column| {
        assert_eq!(index.position(byte), Position { line, column }, "{byte}");
    };
    check(3, 1, 1);
    check(4, 1, 2);
    check(6, 2, 1);
    check(8, 2, 2);
    // Inside a character.
    check(9, 2, 2);
    check(15, 2, 4);
    check(17, 3, 1);
    check(999, 3, 1);
}

#[test]
fn editors_count_in_utf16() {
    let text = "ä€𝄞x";
    for (byte, utf16) in [(0, 0), (2, 1), (5, 2), (9, 4), (10, 5)] {
        assert_eq!(utf16_offset(text, byte), utf16);
        assert_eq!(byte_offset(text, utf16), byte);
    }
    assert_eq!(byte_offset(text, 99), 10);
}
