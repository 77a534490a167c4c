//! What is wrong, where, and in which words.

use super::*;

#[test]
fn a_broken_document_loses_nothing_else() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Service\nmetadata:\n  name: \"web\nspec: {}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: b}\n";
    check_objects(text, &["0.0 v1 Pod /a", "2.0 v1 Pod /b"]);
    check_findings(text, &["error manifest-syntax 9:1"]);
    check_message(
        "a: b: c\n",
        "This document cannot be read: line 1, column 5: mapping values are not allowed in this context.",
    );
}

#[test]
fn columns_count_characters() {
    check_message(
        "# ä\nname: \"äöü\" x\n",
        "This document cannot be read: line 2, column 13: invalid trailing content after double-quoted scalar.",
    );
}

#[test]
fn a_value_of_the_wrong_type_is_told_as_the_api_server_tells_it() {
    let text = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  labels: {env: y}\nspec:\n  ports:\n  - port: http\n    targetPort: 80\n  - port: 80.5\n  selector: [a]\n  type: 5\n";
    check_findings(
        text,
        &[
            "error wrong-type 5:17 metadata.labels.env",
            "error wrong-type 8:11 spec.ports[0].port",
            "error wrong-type 10:11 spec.ports[1].port",
            "error wrong-type 11:13 spec.selector",
            "error wrong-type 12:9 spec.type",
        ],
    );
    let (manifest, findings) = read_text(text);
    let messages: Vec<String> = findings.iter().map(|finding| finding.message()).collect();
    let refused = "The API server refuses this: Service in version \"v1\" cannot be handled as a Service: json: cannot unmarshal";
    assert_eq!(
        messages,
        [
            format!(
                "{refused} bool into Go struct field ObjectMeta.metadata.labels of type string. Without quotes, `y` is a boolean: write \"y\"."
            ),
            format!(
                "{refused} string into Go struct field ServicePort.spec.ports.port of type int32."
            ),
            format!(
                "{refused} number 80.5 into Go struct field ServicePort.spec.ports.port of type int32."
            ),
            format!(
                "{refused} array into Go struct field ServiceSpec.spec.selector of type map[string]string."
            ),
            format!(
                "{refused} number into Go struct field ServiceSpec.spec.type of type v1.ServiceType. Without quotes, `5` is a number: write \"5\"."
            ),
        ]
    );
    // The rest of it counts.
    let service = &manifest.objects.services[0].value;
    assert_eq!(service.metadata.name, "web");
    assert_eq!(service.spec.ports[0].port, None);
    assert_eq!(
        service.spec.ports[0].target_port,
        Some(crate::api::IntOrString::Int(80))
    );
}

#[test]
fn types_are_those_of_the_whole_api() {
    check_message(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - name: a\n        env:\n        - {name: DEBUG, value: 1}\n",
        "The API server refuses this: Deployment in version \"v1\" cannot be handled as a Deployment: json: cannot unmarshal number into Go struct field EnvVar.spec.template.spec.containers.env.value of type string. Without quotes, `1` is a number: write \"1\".",
    );
    check_findings(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    resources: {limits: {cpu: 0.5, memory: true}}\n    livenessProbe: {httpGet: {port: 80}, periodSeconds: 99999999999}\n",
        &[
            "error wrong-type 7:44 spec.containers[0].resources.limits.memory",
            "error wrong-type 8:57 spec.containers[0].livenessProbe.periodSeconds",
        ],
    );
}

#[test]
fn a_field_that_does_not_exist_is_told_with_the_nearest_that_does() {
    check_message(
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  prots:\n  - port: 80\n",
        "kubectl refuses this: strict decoding error: unknown field \"spec.prots\". Did you mean `ports`?",
    );
    check_message(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: a\n    replicas: 3\n",
        "kubectl refuses this: strict decoding error: unknown field \"spec.containers[0].replicas\". The API has no such field.",
    );
    check_findings(
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  clusterIp: None\n",
        &["warning unknown-field 5:14 spec.clusterIp"],
    );
}

#[test]
fn fields_that_we_do_not_model_are_no_findings() {
    check_findings(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a, finalizers: [x/y]}\nspec:\n  schedulerName: mine\n  volumes: [{name: a, hostPath: {path: /x, type: Directory}}, {name: b, csi: {driver: d}}]\n  containers:\n  - name: a\n    securityContext: {capabilities: {drop: [ALL]}, seccompProfile: {type: RuntimeDefault}}\n    lifecycle: {preStop: {sleep: {seconds: 5}}}\n    envFrom: [{configMapRef: {name: x, optional: true}}]\n",
        &[],
    );
}

#[test]
fn what_a_cluster_wrote_has_no_unknown_fields() {
    check_findings(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a, uid: \"1\"}\nspec: {fieldOfTomorrow: 1}\n",
        &[],
    );
}

#[test]
fn a_key_written_twice_is_told_with_both_places() {
    let text = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  type: NodePort\n  ports: []\n  type: ClusterIP\n";
    check_findings(text, &["error duplicate-key 7:9 spec.type"]);
    let (manifest, findings) = read_text(text);
    assert_eq!(
        manifest.objects.services[0].value.spec.type_.as_deref(),
        Some("ClusterIP")
    );
    let related = &findings.iter().next().unwrap().related;
    let earlier = manifest.range(&related[0]).unwrap();
    assert_eq!(&text[earlier.bytes.clone()], "NodePort");
    assert_eq!(manifest.position(&earlier).unwrap().line, 5);
    check_findings(
        "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"a\", \"name\": \"b\"}}",
        &["error duplicate-key 1:71 metadata.name"],
    );
}

#[test]
fn objects_have_to_say_what_they_are() {
    check_message(
        "kind: Service\nmetadata: {name: web}\n",
        "This object has no `apiVersion`, and kubectl refuses it: apiVersion not set. It is read here as v1. Write `apiVersion: v1`.",
    );
    check_message(
        "apiVersion: v1\nmetadata: {name: web}\n",
        "This object has no `kind`, and kubectl refuses it: Object 'Kind' is missing.",
    );
    check_message(
        "a: 1\n",
        "This is YAML but no Kubernetes object: it has neither `apiVersion` nor `kind`.",
    );
    check_message(
        "just words\n",
        "This is a text, not a Kubernetes object: an object begins with `apiVersion` and `kind`.",
    );
    check_message(
        "- a\n- b\n",
        "This is a list, not a Kubernetes object: an object begins with `apiVersion` and `kind`.",
    );
}

#[test]
fn versions_and_kinds_are_checked() {
    check_message(
        "apiVersion: extensions/v1beta1\nkind: Deployment\nmetadata: {name: web}\n",
        "extensions/v1beta1 Deployment is no longer served since Kubernetes 1.16; it is read here as apps/v1. Write `apiVersion: apps/v1`.",
    );
    check_message(
        "apiVersion: v1\nkind: Deployment\nmetadata: {name: web}\n",
        "The API server refuses this: no matches for kind \"Deployment\" in version \"v1\". It is read here as apps/v1. Write `apiVersion: apps/v1`.",
    );
    check_message(
        "apiVersion: v1\nkind: Srevice\nmetadata: {name: web}\n",
        "The API server refuses this: no matches for kind \"Srevice\" in version \"v1\". Did you mean `Service`?",
    );
    // Somebody else's Service.
    check_message(
        "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: web}\n",
        "1 object of other kinds than Kubernetes' own: Service. What controllers of such kinds do to packets is not simulated.",
    );
}

#[test]
fn kinds_that_decide_about_packets_have_a_note_each_and_all_others_share_one() {
    let text = [
        ("v1", "ServiceAccount"),
        ("rbac.authorization.k8s.io/v1", "Role"),
        ("networking.k8s.io/v1", "Ingress"),
        ("v1", "ServiceAccount"),
        ("gateway.networking.k8s.io/v1", "HTTPRoute"),
        ("cert-manager.io/v1", "Certificate"),
        ("networking.k8s.io/v1", "Ingress"),
    ]
    .map(|(version, kind)| format!("apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a}}\n"))
    .join("---\n");
    let (_, findings) = read_text(&text);
    let notes: Vec<(&str, String)> = findings
        .iter()
        .filter(|finding| finding.code() == "not-modelled" || finding.code() == "plays-no-part")
        .map(|finding| (finding.code(), finding.message()))
        .collect();
    let told = |code, message: &str| (code, message.to_owned());
    assert_eq!(
        notes,
        [
            told(
                "not-modelled",
                "2 objects of kind Ingress are read but not simulated: on a real cluster they may decide where packets go, or whether."
            ),
            told(
                "not-modelled",
                "The HTTPRoute is read but not simulated: on a real cluster it may decide where packets go, or whether."
            ),
            told(
                "plays-no-part",
                "1 object of other kinds than Kubernetes' own: Certificate. What controllers of such kinds do to packets is not simulated."
            ),
            told(
                "plays-no-part",
                "3 objects play no part in where packets go: ServiceAccount, Role."
            ),
        ]
    );
}

#[test]
fn templates_are_recognised_and_quoted_braces_are_none() {
    let template = |line: &str| {
        format!("apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  {line}\n")
    };
    for line in [
        "clusterIP: {{ .Values.ip }}",
        "clusterIP: {{ include \"ip\" . | quote }}",
        "{{- if .Values.x }}",
        "{{- toYaml .Values.spec | nindent 2 }}",
        "{{/* a comment */}}",
        "externalName: db.{{ .Values.domain }}",
    ] {
        let text = template(line) + "---\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\n";
        check_findings(&text, &["error helm-template 1:1"]);
        check_objects(&text, &["1.0 v1 Pod /a"]);
    }
    for line in [
        "externalName: \"{{ x }}\"",
        "externalName: '{{ .Values.x }}'",
    ] {
        check_findings(&template(line), &[]);
    }
    check_findings(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations:\n    x: see {{ this }}\ndata:\n  alert: it is {{ $value }}\n  block: |\n    {{ .Values.x }}\n",
        &[],
    );
}

#[test]
fn other_files_are_said_to_be_what_they_are() {
    check_findings(
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n",
        &["warning kustomization 1:1"],
    );
    check_findings("resources:\n- a.yaml\n", &["warning kustomization 1:1"]);
    check_findings(
        "services:\n  web: {image: nginx}\n",
        &["error compose-file 1:1"],
    );
    check_findings(
        "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        &["warning helm-chart 1:1"],
    );
}

#[test]
fn separators_that_kubectl_does_not_take_are_told() {
    check_findings(
        "--- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n...\napiVersion: v1\nkind: Pod\nmetadata: {name: b}\n",
        &[
            "error separator-with-content 1:5",
            "error after-end-marker 3:1",
        ],
    );
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\napiVersion: v1\nkind: Pod\nmetadata: {name: b}\n";
    check_findings(text, &["error separator-missing 4:1"]);
    check_objects(text, &["0.0 v1 Pod /a", "1.0 v1 Pod /b"]);
}

#[test]
fn hostile_input_is_bounded() {
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\n";
    check_message(
        bomb,
        "This document cannot be read: line 6, column 20: document contains excessive aliasing.",
    );
    check_message(
        "a: &a [*a]\n",
        "This document cannot be read: line 1, column 8: anchor value contains itself.",
    );
    // A chain of aliases is as deep as its links are.
    let mut chain = "a0: &a0 [x]\n".to_owned();
    for link in 1..2000 {
        chain += &format!("a{link}: &a{link} [*a{}]\n", link - 1);
    }
    let (_, findings) = read_text(&chain);
    assert_eq!(findings.iter().next().unwrap().code(), "manifest-syntax");
    for text in [
        "[".repeat(100_000),
        "{\"a\":".repeat(100_000),
        "- ".repeat(100_000),
    ] {
        let (_, findings) = read_text(&text);
        assert_eq!(findings.iter().next().unwrap().code(), "manifest-syntax");
    }
}

#[test]
fn many_documents_cost_as_much_as_they_are_long() {
    // Each broken in its own way and of a kind of its own: nothing may look at all the others again.
    let text: String = (0..2_000)
        .map(|number| format!("apiVersion: a/v1\nkind: K{number}\n---\na: \"\n---\n"))
        .collect();
    let (manifest, findings) = read_text(&text);
    assert_eq!(manifest.documents.len(), 4_000);
    // One for each that is broken, and one for all of the kinds.
    assert_eq!(findings.iter().count(), 2_001);
}
