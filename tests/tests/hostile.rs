//! Input that nobody would write on purpose: nothing panics, nothing else is lost, and what is wrong is said on its line.
//!
//! Through the engine's public API, from text to answer. How fast it is belongs to the benchmarks.

use switchboard_engine::Analysis;
use switchboard_engine::apiserver::Entrance;
use switchboard_engine::cluster::Environment;
use switchboard_engine::finding::Severity;
use switchboard_engine::manifest::SourceFile;
use switchboard_engine::packet::Family;
use switchboard_engine::trace::{Probe, Verdict};

/// A Service and its one Pod, which have to survive whatever stands beside them.
const SOUND: &str = "
---
apiVersion: v1
kind: Service
metadata: {name: sound}
spec: {selector: {app: sound}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: sound, labels: {app: sound}}
spec: {containers: [{name: c, image: i, ports: [{containerPort: 80}]}]}
";

fn analysis(text: &str) -> Analysis {
    let file = SourceFile {
        name: "test.yaml".into(),
        text: text.to_owned(),
    };
    Analysis::of(vec![file], Entrance::Paste, Environment::default())
}

/// Everything that can be asked, asked.
fn exercise(analysis: &Analysis) {
    for finding in analysis.findings.iter() {
        assert!(!finding.message().is_empty());
        for origin in finding.origin.iter().chain(&finding.related) {
            if let Some(place) = analysis.manifest.range(origin) {
                let text = &analysis.manifest.files[place.file].text;
                assert!(text.get(place.bytes).is_some(), "{origin:?}");
            }
        }
    }
    if let Some((node, _)) = analysis.cluster.nodes.iter().next() {
        for family in [Family::V4, Family::V6] {
            let _ = analysis.rules(node, family);
        }
    }
    for (_, service) in analysis.cluster.services.iter().take(3) {
        for from in ["pod/default/sound", "node/node-1", "outside"] {
            let host = format!("{}.{}:80", service.meta.name, service.meta.namespace);
            if let Ok(probe) = Probe::parse(from, &host) {
                let _ = analysis.trace(&probe);
            }
        }
    }
}

/// Errors and warnings as `severity code line`.
fn complaints(analysis: &Analysis) -> Vec<String> {
    let told = analysis.findings.iter();
    told.filter(|finding| finding.severity() != Severity::Note)
        .map(|finding| {
            let place = finding
                .origin
                .as_ref()
                .and_then(|origin| analysis.manifest.range(origin));
            let line = place
                .and_then(|place| analysis.manifest.position(&place))
                .map_or(0, |position| position.line);
            let severity = match finding.severity() {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "note",
            };
            format!("{severity} {} {line}", finding.code())
        })
        .collect()
}

/// Reads the text, asks everything, and finds the sound Service at its Pod in spite of it.
fn check(text: &str, expected: &[&str]) {
    let analysis = analysis(&format!("{text}{SOUND}"));
    exercise(&analysis);
    assert_eq!(complaints(&analysis), expected, "{text:.300}");
    let probe = Probe::parse("pod/default/sound", "http://sound").expect("a probe");
    assert_eq!(
        analysis.trace(&probe).verdict,
        Verdict::Reachable,
        "{text:.300}"
    );
}

fn service(name: &str, spec: &str) -> String {
    format!("---\napiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\nspec: {spec}\n")
}

#[test]
fn text_that_is_no_manifest() {
    for text in [
        "",
        "\u{feff}",
        "\0\0\0",
        "\u{202e}\u{1f600}",
        "---\n---\n...\n",
        "- ",
        "{",
        "%",
        "@",
        "\t",
        "!!binary x",
    ] {
        exercise(&analysis(text));
    }
    check("a\0b: c\n", &["error manifest-syntax 1"]);
    check("a: [b\n", &["error manifest-syntax 1"]);
    check("just words\n", &["error not-an-object 1"]);
    check("a: &a [*a]\n", &["error manifest-syntax 1"]);
}

#[test]
fn nesting_and_aliases_are_bounded() {
    for open in ["[", "{a: ", "- ", "{\"a\":"] {
        check(&open.repeat(20_000), &["error manifest-syntax 1"]);
    }
    let mut laughs = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for level in 1..20 {
        let before = format!("*a{}", level - 1);
        let row = vec![before; 9].join(", ");
        laughs += &format!("a{level}: &a{level} [{row}]\n");
    }
    check(&laughs, &["error manifest-syntax 6"]);
}

#[test]
fn many_documents_and_many_mistakes() {
    check(
        &"---\nkind: X\n".repeat(2),
        &["error kind-missing 2", "error kind-missing 4"],
    );
    let many = analysis(&"---\nkind: X\n".repeat(5_000));
    assert_eq!(many.findings.iter().len(), 5_000);
}

#[test]
fn ports_that_are_none() {
    check(
        &service("web", "{selector: {app: sound}, ports: []}"),
        &["error refused-by-api-server 5"],
    );
    check(
        &service("web", "{selector: {app: sound}, ports: [{port: http}]}"),
        &["error wrong-type 5"],
    );
    for port in ["0", "-1", "65536", "99999999999"] {
        let analysis = analysis(&service("web", &format!("{{ports: [{{port: {port}}}]}}")));
        exercise(&analysis);
        assert!(!complaints(&analysis).is_empty(), "{port}");
    }
    for port in ["0", "99999", "80"] {
        let spec = format!(
            "{{type: NodePort, selector: {{app: sound}}, ports: [{{port: 80, nodePort: {port}}}]}}"
        );
        let analysis = analysis(&service("web", &spec));
        exercise(&analysis);
    }
}

#[test]
fn names_of_every_script() {
    let long = "a".repeat(63);
    check(
        &service(&long, "{selector: {app: sound}, ports: [{port: 80}]}"),
        &[],
    );
    check(
        &service(
            &"a".repeat(64),
            "{selector: {app: sound}, ports: [{port: 80}]}",
        ),
        &["error refused-by-api-server 4"],
    );
    for name in [
        "\u{1f600}",
        "\u{5e9}\u{5dc}\u{5d5}\u{5dd}",
        "a b",
        "\"\"",
        "../..",
        "-",
    ] {
        exercise(&analysis(&service(
            name,
            "{selector: {app: sound}, ports: [{port: 80}]}",
        )));
    }
}

#[test]
fn one_name_twice() {
    check(
        &(service("web", "{selector: {app: a}, ports: [{port: 80}]}")
            + &service("web", "{selector: {app: sound}, ports: [{port: 80}]}")),
        &["warning duplicate-object 9"],
    );
}

#[test]
fn external_names_in_a_circle() {
    check(
        &(service(
            "a",
            "{type: ExternalName, externalName: b.default.svc.cluster.local}",
        ) + &service(
            "b",
            "{type: ExternalName, externalName: a.default.svc.cluster.local}",
        )),
        &["error external-name-loop 5", "error external-name-loop 10"],
    );
    check(
        &service(
            "self",
            "{type: ExternalName, externalName: self.default.svc.cluster.local}",
        ),
        &["error external-name-loop 5"],
    );
}

#[test]
fn owners_in_a_circle() {
    let replica_set = |name: &str, owner: &str| {
        format!(
            "---\napiVersion: apps/v1\nkind: ReplicaSet\nmetadata:\n  name: {name}\n  ownerReferences: [{{apiVersion: apps/v1, kind: ReplicaSet, name: {owner}, uid: x, controller: true}}]\nspec:\n  selector: {{matchLabels: {{a: b}}}}\n  template: {{metadata: {{labels: {{a: b}}}}, spec: {{containers: [{{name: c, image: i}}]}}}}\n"
        )
    };
    check(&(replica_set("a", "b") + &replica_set("b", "a")), &[]);
    check(&replica_set("self", "self"), &[]);
}

#[test]
fn a_selector_of_three_hundred_labels() {
    let terms: Vec<String> = (0..300).map(|nth| format!("k{nth}: v{nth}")).collect();
    let labels = terms[..299].join(", ");
    let text = service(
        "web",
        &format!(
            "{{selector: {{{}}}, ports: [{{port: 80}}]}}",
            terms.join(", ")
        ),
    ) + &format!(
        "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p, labels: {{{labels}}}}}\nspec: {{containers: [{{name: c, image: i}}]}}\n"
    );
    check(&text, &["warning selector-matches-nothing 5"]);
}

#[test]
fn slices_and_workloads_beyond_measure() {
    let addresses: String = (0..10_000)
        .map(|nth| format!("- addresses: [10.1.{}.{}]\n", nth / 250, nth % 250 + 1))
        .collect();
    let slice = format!(
        "---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {{name: web-1, labels: {{kubernetes.io/service-name: web}}}}\naddressType: IPv4\nports: [{{port: 80}}]\nendpoints:\n{addresses}"
    );
    let text = service("web", "{ports: [{port: 80}]}") + &slice + SOUND;
    exercise(&analysis(&text));
    let deployment = "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 5000, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: i}]}}}\n";
    let analysis = analysis(
        &(service("web", "{selector: {app: web}, ports: [{port: 80}]}") + deployment + SOUND),
    );
    let probe = Probe::parse("pod/default/sound", "http://web").expect("a probe");
    assert_eq!(analysis.trace(&probe).verdict, Verdict::Reachable);
    exercise(&analysis);
}

#[test]
fn nodes_that_are_hardly_any() {
    check(
        "---\napiVersion: v1\nkind: Node\nmetadata: {name: bare}\n",
        &[],
    );
    check(
        "---\napiVersion: v1\nkind: Node\nmetadata: {name: v6}\nstatus: {addresses: [{type: InternalIP, address: \"fd00::1\"}]}\nspec: {podCIDR: \"fd00:10::/64\"}\n",
        &[],
    );
}

#[test]
fn a_dump_that_is_cut_off_anywhere() {
    let item = "- apiVersion: v1\n  kind: Service\n  metadata: {name: web}\n  spec:\n    ports:\n    - port: 80\n    selector:\n      app: \"sound\"\n";
    let dump = format!("apiVersion: v1\nitems:\n{item}{item}");
    for cut in 0..dump.len() {
        exercise(&analysis(&dump[..cut]));
        exercise(&analysis(&dump[..cut].replace('\n', "\r\n")));
        exercise(&analysis(&dump[..cut].replace("  ", "\t")));
    }
}

#[test]
fn a_selector_that_matches_nothing_may_be_right() {
    let severity = |text: &str| {
        let analysis = analysis(text);
        let mut found = analysis.findings.iter();
        found
            .find(|finding| finding.code() == "selector-matches-nothing")
            .map(|finding| (finding.severity(), finding.message()))
            .expect("a finding")
    };
    let service = service("db", "{selector: {cluster: orders}, ports: [{port: 5432}]}");
    let pod = |namespace: &str, labels: &str| {
        format!(
            "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p, namespace: {namespace}, labels: {{{labels}}}}}\nspec: {{containers: [{{name: c, image: i}}]}}\n"
        )
    };
    let (alone, _) = severity(&service);
    assert_eq!(alone, Severity::Note);
    let (others, _) = severity(&(service.clone() + &pod("default", "app: web")));
    assert_eq!(others, Severity::Warning);
    let operated = "---\napiVersion: db.example.com/v1\nkind: Cluster\nmetadata: {name: orders}\n";
    let (operator, _) = severity(&(service.clone() + &pod("default", "app: web") + operated));
    assert_eq!(operator, Severity::Note);
    let (elsewhere, message) = severity(&(service.clone() + &pod("shop", "cluster: orders")));
    assert_eq!(elsewhere, Severity::Warning);
    assert_eq!(
        message,
        "The selector of Service default/db matches Pods of namespace shop only, and a Service finds those of its own namespace: it has no endpoints, and connections to it are refused."
    );
    let (near, message) = severity(&(service + &pod("default", "cluster: order")));
    assert_eq!(near, Severity::Warning);
    assert_eq!(
        message,
        "The selector of Service default/db matches no Pod: it asks for `cluster: orders`, Pod default/p has `cluster: order`."
    );
}

#[test]
fn a_label_that_differs_is_named_where_the_rest_is_one_application() {
    let message = |text: &str| {
        let analysis = analysis(text);
        let mut found = analysis.findings.iter();
        found
            .find(|finding| finding.code() == "selector-matches-nothing")
            .map(|finding| finding.message())
            .expect("a finding")
    };
    let service = service(
        "web",
        "{selector: {app: web, tier: edge}, ports: [{port: 80}]}",
    );
    let workload = |name: &str, labels: &str| {
        format!(
            "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\nspec: {{replicas: 2, selector: {{matchLabels: {{part: {name}}}}}, template: {{metadata: {{labels: {{part: {name}, {labels}}}}}, spec: {{containers: [{{name: c, image: i}}]}}}}}}\n"
        )
    };
    let one = message(&(service.clone() + &workload("a", "app: web, tier: front")));
    assert!(
        one.contains("it asks for `tier: edge`, Pod default/a-"),
        "{one}"
    );
    assert!(one.ends_with("has `tier: front`."), "{one}");
    let two = workload("a", "app: web, tier: front") + &workload("b", "app: web, tier: back");
    assert_eq!(
        message(&(service + &two)),
        "The selector of Service default/web matches no Pod here: it has no endpoints, and connections to it are refused."
    );
}

#[test]
fn pods_of_jobs_need_no_named_port() {
    let template = |ports: &str| {
        format!(
            "{{metadata: {{labels: {{app: web}}}}, spec: {{restartPolicy: RESTART, containers: [{{name: c, image: i{ports}}}]}}}}"
        )
    };
    let job = format!(
        "---\napiVersion: batch/v1\nkind: Job\nmetadata: {{name: hook}}\nspec: {{template: {}}}\n",
        template("").replace("RESTART", "Never")
    );
    let deployment = format!(
        "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web}}\nspec: {{selector: {{matchLabels: {{app: web}}}}, template: {}}}\n",
        template(", ports: [{name: http, containerPort: 8080}]").replace("RESTART", "Always")
    );
    let service = service(
        "web",
        "{selector: {app: web}, ports: [{port: 80, targetPort: http}]}",
    );
    check(&(service.clone() + &job + &deployment), &[]);
    check(&(service + &job), &["error target-port-not-named 5"]);
}
