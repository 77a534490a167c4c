use super::*;
use crate::Analysis;
use crate::apiserver::Entrance;
use crate::cluster::Environment;

fn mended(text: &str) -> String {
    let file = SourceFile {
        name: "a.yaml".into(),
        text: text.into(),
    };
    let analysis = Analysis::of(vec![file], Entrance::Paste, Environment::default());
    let edits: Vec<Edit> = analysis
        .findings
        .iter()
        .filter_map(|finding| mend(&analysis.manifest, finding))
        .map(|mend| mend.edit)
        .collect();
    apply(&analysis.manifest.files, &edits).remove(0).text
}

#[test]
fn a_slip_of_a_selector_is_mended_and_comments_survive() {
    let text = "apiVersion: v1
kind: Service
metadata: {name: web}   # the shop's
spec:
  selector:
    app: wbe # who
  ports: [{port: 80, targetPort: htttp}]
---
apiVersion: v1
kind: Pod
metadata: {name: web-0, labels: {app: web}}
spec: {containers: [{name: app, image: web, ports: [{name: http, containerPort: 8080}]}]}
";
    let once = mended(text);
    assert_eq!(once, text.replace("wbe # who", "web # who"));
    // The selector finds the Pod now, and what is wrong with the port shows.
    assert_eq!(mended(&once), once.replace("htttp", "http"));
}

#[test]
fn a_field_is_added_in_block_style_only() {
    let head = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n";
    let block =
        format!("{head}spec:\n  hostNetwork: true\n  containers: [{{name: a, image: a}}]\n");
    assert_eq!(
        mended(&block),
        block.replace(
            "  hostNetwork",
            "  dnsPolicy: ClusterFirstWithHostNet\n  hostNetwork"
        )
    );
    let flow = format!("{head}spec: {{hostNetwork: true, containers: [{{name: a, image: a}}]}}\n");
    assert_eq!(mended(&flow), flow);
}

#[test]
fn names_of_fields_and_kinds_are_mended() {
    assert_eq!(
        mended("apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {prots: [{port: 80}]}\n"),
        "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 80}]}\n"
    );
    assert_eq!(
        mended("kind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 80}]}\n"),
        "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 80}]}\n"
    );
    assert_eq!(
        mended("{\"apiVersion\": \"v2\", \"kind\": \"Service\", \"metadata\": {\"name\": \"a\"}}"),
        "{\"apiVersion\": \"v1\", \"kind\": \"Service\", \"metadata\": {\"name\": \"a\"}}"
    );
}

#[test]
fn of_edits_that_overlap_the_first_counts() {
    let files = [SourceFile {
        name: "a".into(),
        text: "abcdef".into(),
    }];
    let edit = |bytes, text: &str| Edit {
        file: 0,
        bytes,
        text: text.into(),
    };
    let edits = [
        edit(3..5, "X"),
        edit(1..4, "no"),
        edit(0..1, "Y"),
        edit(4..99, "no"),
        Edit {
            file: 7,
            ..edit(0..1, "no")
        },
    ];
    assert_eq!(apply(&files, &edits)[0].text, "YbcXf");
}

#[test]
fn a_port_that_nobody_declares_becomes_the_only_one_that_is() {
    let text = |ports: &str| {
        format!(
            "apiVersion: v1
kind: Service
metadata: {{name: web}}
spec: {{selector: {{app: web}}, ports: [{{port: 80, targetPort: 80}}]}}
---
apiVersion: v1
kind: Pod
metadata: {{name: web-0, labels: {{app: web}}}}
spec: {{containers: [{{name: app, image: web, ports: [{ports}]}}]}}
"
        )
    };
    let one = text("{containerPort: 8080}");
    assert_eq!(
        mended(&one),
        one.replace("targetPort: 80}", "targetPort: 8080}")
    );
    let two = text("{containerPort: 8080}, {containerPort: 9090}");
    assert_eq!(mended(&two), two);
}
