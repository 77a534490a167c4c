//! What people paste, and what becomes of it.

mod findings;
mod places;
mod properties;
mod values;

use super::*;
use crate::finding::Severity;

fn read_files(files: &[(&str, &str)]) -> (Manifest, Findings) {
    let files = files
        .iter()
        .map(|(name, text)| SourceFile {
            name: (*name).into(),
            text: (*text).to_owned(),
        })
        .collect();
    let mut findings = Findings::default();
    let manifest = read(files, &mut findings);
    (manifest, findings)
}

fn read_text(text: &str) -> (Manifest, Findings) {
    read_files(&[("test.yaml", text)])
}

/// What was read, in one line an object: `document.item apiVersion Kind namespace/name`.
fn check_objects(text: &str, expected: &[&str]) {
    let (manifest, _) = read_text(text);
    let found: Vec<String> = manifest
        .identities()
        .map(|(origin, identity)| {
            format!(
                "{}.{} {} {} {}/{}",
                origin.document.0,
                origin.item,
                identity.api_version,
                identity.kind,
                identity.namespace,
                identity.name
            )
        })
        .collect();
    assert_eq!(found, expected);
}

/// Findings, in one line each: `severity code line:column path`; notes about kinds are left out.
fn check_findings(text: &str, expected: &[&str]) {
    let (manifest, findings) = read_text(text);
    assert_eq!(lines(&manifest, &findings), expected);
}

fn lines(manifest: &Manifest, findings: &Findings) -> Vec<String> {
    findings
        .iter()
        .filter(|finding| finding.severity() != Severity::Note)
        .map(|finding| {
            let origin = finding.origin.as_ref().unwrap();
            let location = manifest.range(origin).unwrap();
            let position = manifest.position(&location).unwrap();
            let severity = format!("{:?}", finding.severity()).to_lowercase();
            let line = format!(
                "{severity} {} {}:{} {}",
                finding.code(),
                position.line,
                position.column,
                origin.path
            );
            line.trim_end().to_owned()
        })
        .collect()
}

/// The message of the only finding.
fn check_message(text: &str, expected: &str) {
    let (_, findings) = read_text(text);
    let messages: Vec<String> = findings.iter().map(|finding| finding.message()).collect();
    assert_eq!(messages, [expected]);
}

#[test]
fn documents_are_read_one_by_one() {
    check_objects(
        "# a comment\n---\n---\napiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\n---\n# nothing\n--- # more\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n...\n",
        &["0.0 v1 Service shop/web", "1.0 apps/v1 Deployment /web"],
    );
}

#[test]
fn windows_line_endings_and_a_byte_order_mark_change_nothing() {
    let text = "\u{feff}apiVersion: v1\r\nkind: Service\r\nmetadata:\r\n  name: web\r\nspec:\r\n  selector:\r\n    app: web\r\n---\r\napiVersion: v1\r\nkind: Pod\r\nmetadata:\r\n  name: web\r\n";
    check_objects(text, &["0.0 v1 Service /web", "1.0 v1 Pod /web"]);
    check_findings(text, &[]);
    let (manifest, _) = read_text(text);
    assert_eq!(
        manifest.objects.services[0].value.spec.selector["app"],
        "web"
    );
}

#[test]
fn lists_are_their_items() {
    check_objects(
        "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Service\n  metadata: {name: a}\n- apiVersion: v1\n  kind: List\n  items:\n  - apiVersion: v1\n    kind: Pod\n    metadata: {name: b}\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: c}\n---\napiVersion: v1\nkind: List\nitems: []\n---\napiVersion: v1\nkind: ServiceList\nitems:\n- metadata: {name: d}\n",
        &[
            "0.0 v1 Service /a",
            "0.1 v1 Pod /b",
            "0.2 v1 Pod /c",
            "2.0 v1 Service /d",
        ],
    );
}

#[test]
fn json_is_read_with_and_without_separators_and_before_yaml() {
    let service =
        "{\"apiVersion\": \"v1\", \"kind\": \"Service\", \"metadata\": {\"name\": \"a\\u00e9\"}}";
    check_objects(
        &format!(
            "{service}\n{service}{service}\n---\n{service}\n---\nkind: Pod\napiVersion: v1\nmetadata: {{name: b}}\n"
        ),
        &[
            "0.0 v1 Service /aé",
            "1.0 v1 Service /aé",
            "2.0 v1 Service /aé",
            "3.0 v1 Service /aé",
            "4.0 v1 Pod /b",
        ],
    );
}

#[test]
fn kyaml_is_yaml_that_begins_with_a_brace() {
    let text = "---\n{\n  apiVersion: \"v1\",\n  kind: \"Service\", # a comment\n  metadata: {\n    name: \"web\",\n  },\n  spec: {\n    ports: [{\n      port: 80,\n    }],\n  },\n}\n";
    check_objects(text, &["0.0 v1 Service /web"]);
    check_findings(text, &[]);
    let (manifest, _) = read_text(text);
    assert_eq!(manifest.documents[0].format, Format::Yaml);
}

#[test]
fn several_dumps_in_a_row_are_several_lists() {
    let dump = |name: &str| {
        format!(
            "apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {{name: {name}}}\nkind: List\nmetadata:\n  resourceVersion: \"\"\n"
        )
    };
    let text = dump("a") + &dump("b");
    check_objects(&text, &["0.0 v1 Pod /a", "1.0 v1 Pod /b"]);
    check_findings(&text, &["error separator-missing 11:3"]);
}

#[test]
fn a_dump_that_is_cut_off_keeps_its_complete_items() {
    let whole = "apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: a\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: \"b\"\n";
    check_objects(whole, &["0.0 v1 Pod /a"]);
    check_findings(whole, &["warning dump-cut-off 3:3"]);
    let in_a_string = &whole[..whole.len() - 2];
    check_objects(in_a_string, &["0.0 v1 Pod /a"]);
    check_findings(in_a_string, &["warning dump-cut-off 3:3"]);
}

#[test]
fn a_json_dump_that_is_cut_off_keeps_its_complete_items() {
    let item = "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"a\"}}";
    let text = format!(
        "{{\"apiVersion\": \"v1\", \"items\": [{item}, {item}, {{\"apiVersion\": \"v1\", \"ki"
    );
    check_objects(&text, &["0.0 v1 Pod /a", "0.1 v1 Pod /a"]);
    check_findings(&text, &["warning dump-cut-off 1:32"]);
    check_objects(
        &format!("{{\"apiVersion\": \"v1\", \"items\": [{item}, {item}"),
        &["0.0 v1 Pod /a", "0.1 v1 Pod /a"],
    );
}

#[test]
fn a_large_json_dump_reads_as_a_small_one() {
    let items: Vec<String> = (0..2000)
        .map(|number| {
            let item = match number % 4 {
                0 => format!("\"kind\": \"Pod\", \"metadata\": {{\"name\": \"p{number}\", \"namespace\": \"n\"}}"),
                // Read from its tree: `null` where a map belongs.
                1 => format!("\"kind\": \"Pod\", \"metadata\": {{\"name\": \"p{number}\", \"labels\": null}}, \"spec\": {{\"hostNetwork\": null}}"),
                2 => format!("\"kind\": \"Secret\", \"metadata\": {{\"name\": \"s{number}\"}}, \"data\": {{\"a\": \"Yg==\"}}"),
                _ => format!("\"kind\": \"ReplicationController\", \"metadata\": {{\"name\": \"r{number}\"}}, \"spec\": {{\"selector\": {{\"app\": \"x\"}}}}"),
            };
            format!("{{\"apiVersion\": \"v1\", {item}}}")
        })
        .collect();
    let text = |items: &[String], end: &str| {
        format!(
            "{{\"apiVersion\": \"v1\", \"items\": [{}{end}",
            items.join(", ")
        )
    };
    let end = "], \"kind\": \"List\"}";
    let small = text(&items[..4], end);
    let large = text(&items, end);
    assert!(large.len() > 64 * 1024 && small.len() < 64 * 1024);
    let (small, _) = read_text(&small);
    let (large_read, findings) = read_text(&large);
    assert_eq!(
        large_read.documents[0].objects[..4],
        small.documents[0].objects
    );
    assert_eq!(large_read.documents[0].objects.len(), 2000);
    assert_eq!(large_read.objects.pods.len(), 1000);
    assert_eq!(large_read.objects.pods[999].value.metadata.name, "p1997");
    assert_eq!(
        large_read.objects.workloads[0]
            .value
            .spec
            .selector
            .as_ref()
            .unwrap()
            .match_labels["app"],
        "x"
    );
    let notes: Vec<String> = findings.iter().map(|finding| finding.message()).collect();
    assert_eq!(
        notes,
        ["500 objects play no part in where packets go: Secret."]
    );

    let (cut, findings) = read_text(&large[..large.len() - 30]);
    assert_eq!(cut.documents[0].objects.len(), 1999);
    assert!(
        findings
            .iter()
            .any(|finding| finding.code() == "dump-cut-off")
    );
}

#[test]
fn order_is_that_of_the_text_in_all_lists() {
    let large = |kind: &str, null: &str| {
        format!(
            "{{\"apiVersion\": \"v1\", \"kind\": \"{kind}\", \"metadata\": {{\"name\": \"x\"}}{null}}}"
        )
    };
    let items: Vec<String> = (0..1500)
        .map(|number| {
            large(
                "Pod",
                if number % 2 == 0 {
                    ", \"spec\": {\"hostNetwork\": null}"
                } else {
                    ""
                },
            )
        })
        .collect();
    let text = format!(
        "{{\"kind\": \"List\", \"apiVersion\": \"v1\", \"items\": [{}]}}",
        items.join(",")
    );
    let (manifest, _) = read_text(&text);
    let order: Vec<u32> = manifest
        .objects
        .pods
        .iter()
        .map(|pod| pod.origin.item)
        .collect();
    assert_eq!(order, (0..1500).collect::<Vec<u32>>());
}

#[test]
fn files_are_numbered_through() {
    let (manifest, findings) = read_files(&[
        ("a.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"),
        (
            "b.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: b}\nspec: {nodeNam: x}\n",
        ),
    ]);
    assert_eq!(manifest.objects.pods[1].origin.document, DocumentId(1));
    let origin = findings.iter().next().unwrap().origin.clone().unwrap();
    assert_eq!(manifest.range(&origin).unwrap().file, 1);
}

#[test]
fn configuration_of_components_is_kept_whole() {
    let (manifest, findings) = read_text(
        "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: nftables\n---\napiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nnetworking: {podSubnet: 10.1.0.0/16}\n---\nkind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnetworking: {ipFamily: dual}\n---\napiVersion: networking.k8s.io/v1\nkind: ServiceCIDR\nmetadata: {name: more}\nspec: {cidrs: [10.9.0.0/24]}\n",
    );
    assert_eq!(findings.iter().count(), 0);
    let values: Vec<(&str, String)> = manifest
        .objects
        .configurations
        .iter()
        .map(|written| {
            (
                &*written.value.kind,
                written.value.value["networking"].to_string(),
            )
        })
        .collect();
    assert_eq!(
        values,
        [
            ("KubeProxyConfiguration", "null".to_owned()),
            (
                "ClusterConfiguration",
                "{\"podSubnet\":\"10.1.0.0/16\"}".to_owned()
            ),
            ("Cluster", "{\"ipFamily\":\"dual\"}".to_owned()),
        ]
    );
    assert_eq!(
        manifest.objects.service_cidrs[0].value.spec.cidrs,
        ["10.9.0.0/24"]
    );
}

#[test]
fn a_replication_controller_selects_by_a_plain_map() {
    let (manifest, findings) = read_text(
        "apiVersion: v1\nkind: ReplicationController\nmetadata: {name: web}\nspec:\n  replicas: 2\n  selector: {app: web}\n",
    );
    assert_eq!(findings.iter().count(), 0);
    let spec = &manifest.objects.workloads[0].value.spec;
    assert_eq!(spec.selector.as_ref().unwrap().match_labels["app"], "web");
    assert_eq!(spec.replicas, Some(2));
}
