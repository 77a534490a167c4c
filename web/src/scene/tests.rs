//! What is drawn, asked through manifests: the same way that a person gets there.

use switchboard_engine::{
    Analysis, apiserver::Entrance, cluster::Environment, manifest::SourceFile,
};

use super::{
    ChipState, ColumnKey, Grouping, Key, MapView, Name, Page, ROW_BUDGET, ReachState, RowKind,
    SHAPE_BUDGET, Scene, ServiceKind, scene,
};

fn analysis(text: &str) -> Analysis {
    let file = SourceFile {
        name: "test.yaml".into(),
        text: text.to_owned(),
    };
    Analysis::of(vec![file], Entrance::Paste, Environment::default())
}

fn draw(text: &str, view: &MapView) -> Scene {
    scene(&analysis(text), view)
}

fn service(namespace: &str, name: &str, app: &str) -> String {
    format!(
        "---\napiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: {namespace}}}\nspec: {{selector: {{app: {app}}}, ports: [{{port: 80}}]}}\n"
    )
}

fn deployment(namespace: &str, name: &str, replicas: u32) -> String {
    format!(
        "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}, namespace: {namespace}}}\nspec:\n  replicas: {replicas}\n  selector: {{matchLabels: {{app: {name}}}}}\n  template:\n    metadata: {{labels: {{app: {name}, all: \"yes\"}}}}\n    spec: {{containers: [{{name: c, image: i}}]}}\n"
    )
}

fn rows(scene: &Scene) -> Vec<String> {
    scene
        .bands
        .iter()
        .map(|band| {
            let services: Vec<&str> = band
                .services
                .iter()
                .map(|service| service.name.name.as_str())
                .collect();
            let pods: u32 = band.chips.iter().map(|chip| chip.count).sum();
            format!("{}: {pods}", services.join(" "))
        })
        .collect()
}

#[test]
fn a_service_and_its_pods_share_a_row() {
    let text = service("shop", "web", "web") + &deployment("shop", "web", 3);
    let scene = draw(&text, &MapView::default());
    assert_eq!(rows(&scene), ["web: 3"]);
    let card = &scene.bands[0].services[0];
    assert_eq!((card.reach.ready, card.reach.total), (3, 3));
    assert_eq!(card.reach.state, ReachState::Whole);
    assert_eq!(card.wires.len(), 3);
    assert!(card.wires.iter().all(|wire| wire.ready));
}

#[test]
fn services_of_one_workload_share_its_row_and_a_catch_all_pulls_nothing_together() {
    let catch_all = service("shop", "all", "x").replace("app: x", "all: \"yes\"");
    let text = [
        catch_all,
        service("shop", "web", "web"),
        service("shop", "web-admin", "web"),
        service("shop", "api", "api"),
        deployment("shop", "web", 1),
        deployment("shop", "api", 1),
    ]
    .concat();
    let scene = draw(&text, &MapView::default());
    assert_eq!(rows(&scene), ["all api: 1", "web web-admin: 1"]);
}

#[test]
fn pods_behind_no_service_come_last() {
    let text = deployment("shop", "batch", 2)
        + &service("shop", "web", "web")
        + &deployment("shop", "web", 1);
    assert_eq!(rows(&draw(&text, &MapView::default())), ["web: 1", ": 2"]);
}

#[test]
fn a_selector_without_pods_leads_nowhere() {
    let scene = draw(&service("shop", "web", "none"), &MapView::default());
    let card = &scene.bands[0].services[0];
    assert_eq!(card.reach.state, ReachState::Empty);
    assert!(card.wires.is_empty());
}

#[test]
fn replicas_fold_past_a_handful_and_say_how_many() {
    let text = service("shop", "web", "web") + &deployment("shop", "web", 30);
    let scene = draw(&text, &MapView::default());
    let folds = &scene.bands[0].chips;
    assert!(
        folds
            .iter()
            .all(|chip| matches!(chip.key, Key::Pods { .. }))
    );
    assert_eq!(folds.iter().map(|chip| chip.count).sum::<u32>(), 30);
    assert!(folds.iter().all(|chip| chip.state == ChipState::Ready));
    assert_eq!(scene.hidden, ["30 Pods folded into their workloads"]);

    let view = MapView {
        open: folds.iter().map(|chip| chip.key.clone()).collect(),
        ..MapView::default()
    };
    assert_eq!(draw(&text, &view).bands[0].chips.len(), 30);
}

#[test]
fn columns_are_nodes_until_there_are_too_many() {
    let node = |nth: u32| {
        format!(
            "---\napiVersion: v1\nkind: Node\nmetadata: {{name: n{nth}, labels: {{topology.kubernetes.io/zone: z{}}}}}\n",
            nth % 2
        )
    };
    let keys = |nodes: u32| -> Vec<String> {
        let text: String = (0..nodes).map(node).collect();
        let text = text + &service("shop", "web", "web") + &deployment("shop", "web", 1);
        let scene = draw(&text, &MapView::default());
        scene
            .columns
            .iter()
            .map(|column| column.key.to_string())
            .collect()
    };
    assert_eq!(keys(3), ["node/n0", "node/n2", "node/n1"]);
    assert_eq!(keys(7), ["zone/z0", "zone/z1"]);
}

#[test]
fn a_pod_that_fits_nowhere_is_pending() {
    let pod = "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {nodeSelector: {disk: ssd}, containers: [{name: c, image: i}]}\n";
    let scene = draw(pod, &MapView::default());
    let chip = &scene.bands[0].chips[0];
    assert_eq!(chip.state, ChipState::Pending);
    assert_eq!(scene.columns[chip.column].key, ColumnKey::Pending);
}

#[test]
fn namespaces_fold_beyond_the_budget_and_open_one_by_one() {
    let text: String = (0..10)
        .flat_map(|namespace| (0..25).map(move |nth| (namespace, nth)))
        .map(|(namespace, nth)| {
            let (namespace, name) = (format!("team-{namespace}"), format!("app-{nth:02}"));
            service(&namespace, &name, &name) + &deployment(&namespace, &name, 1)
        })
        .collect();
    let scene = draw(&text, &MapView::default());
    assert!(scene.bands.is_empty());
    assert_eq!(scene.folded.len(), 10);
    assert_eq!((scene.folded[0].services, scene.folded[0].pods), (25, 25));
    assert_eq!(scene.hidden, ["10 namespaces folded, with 250 Pods"]);

    let view = MapView {
        open: vec![Key::Namespace("team-3".into())],
        ..MapView::default()
    };
    let opened = draw(&text, &view);
    assert_eq!((opened.folded.len(), opened.bands.len()), (9, 25));
    assert_eq!(opened.opened[0].name, "team-3");
}

#[test]
fn many_small_namespaces_fold_though_their_shapes_were_few() {
    let clusters = |namespaces: usize| -> String {
        let small = |nth| {
            let namespace = format!("team-{nth}");
            service(&namespace, "web", "web") + &deployment(&namespace, "web", 3)
        };
        (0..namespaces).map(small).collect()
    };
    let few = draw(&clusters(ROW_BUDGET), &MapView::default());
    assert_eq!((few.folded.len(), few.bands.len()), (0, ROW_BUDGET));
    let many = draw(&clusters(ROW_BUDGET + 1), &MapView::default());
    assert_eq!((many.folded.len(), many.bands.len()), (ROW_BUDGET + 1, 0));
    // As people count.
    let names = many.folded.iter().map(|folded| folded.name.as_str());
    assert_eq!(
        names.take(4).collect::<Vec<_>>(),
        ["team-0", "team-1", "team-2", "team-3"]
    );
    assert_eq!(many.namespaces[10], "team-10");
}

#[test]
fn names_stand_in_the_order_in_which_people_count() {
    let names = ["app-12", "app-2", "app-1"];
    let text: String = names
        .map(|name| service("shop", name, name) + &deployment("shop", name, 1))
        .concat();
    let scene = draw(&text, &MapView::default());
    assert_eq!(rows(&scene), ["app-1: 1", "app-2: 1", "app-12: 1"]);
}

#[test]
fn one_namespace_beyond_the_budget_has_pages_and_says_so() {
    let text: String = (0..300)
        .map(|nth| {
            let name = format!("app-{nth:03}");
            service("shop", &name, &name) + &deployment("shop", &name, 1)
        })
        .collect();
    let scene = draw(&text, &MapView::default());
    let shapes: usize = scene
        .bands
        .iter()
        .map(|band| band.services.len() + band.chips.len())
        .sum();
    assert!(shapes <= SHAPE_BUDGET);
    assert_eq!(scene.hidden, ["100 Services and 100 Pods on other pages"]);
    assert_eq!(scene.page, Some((0, 2)));

    let view = MapView {
        page: Page::Of(Key::Service(Name {
            namespace: "shop".into(),
            name: "app-250".into(),
        })),
        ..MapView::default()
    };
    let scene = draw(&text, &view);
    assert_eq!(scene.page, Some((1, 2)));
    assert_eq!(scene.bands[0].services[0].name.name, "app-200");
}

fn filtered(view: MapView) -> (Vec<String>, Vec<String>) {
    let text = [
        service("shop", "web", "web"),
        deployment("shop", "web", 2),
        service("shop", "api", "api").replace("spec: {", "spec: {type: NodePort, "),
        deployment("shop", "api", 1),
        service("pay", "card", "card"),
        deployment("pay", "card", 1),
    ]
    .concat();
    let scene = draw(&text, &view);
    assert_eq!(scene.namespaces, ["pay", "shop"]);
    (rows(&scene), scene.hidden)
}

#[test]
fn filters_leave_what_is_wanted_and_count_the_rest() {
    let (rows, hidden) = filtered(MapView {
        namespaces: vec!["shop".into()],
        ..MapView::default()
    });
    assert_eq!(rows, ["api: 1", "web: 2"]);
    assert_eq!(hidden, ["1 Service and 1 Pod filtered out"]);

    let (rows, hidden) = filtered(MapView {
        kinds: vec![RowKind::Service(ServiceKind::NodePort)],
        ..MapView::default()
    });
    assert_eq!(rows, ["api: 1"]);
    assert_eq!(hidden, ["2 Services and 3 Pods filtered out"]);

    let (rows, _) = filtered(MapView {
        selector: "app in (web, card)".to_owned(),
        ..MapView::default()
    });
    assert_eq!(rows, ["card: 1", "web: 2"]);
}

#[test]
fn a_selector_that_cannot_be_read_is_said_and_hides_nothing() {
    let view = MapView {
        selector: "app in web".to_owned(),
        ..MapView::default()
    };
    let scene = draw(&service("shop", "web", "web"), &view);
    assert_eq!(rows(&scene), ["web: 0"]);
    assert_eq!(
        scene.selector_error.as_deref(),
        Some("expected (, found “web”")
    );
}

#[test]
fn only_problems_leaves_what_is_broken() {
    let text = service("shop", "web", "web")
        + &deployment("shop", "web", 1)
        + &service("shop", "lost", "none");
    let view = MapView {
        only_problems: true,
        ..MapView::default()
    };
    let scene = draw(&text, &view);
    assert_eq!(rows(&scene), ["lost: 0"]);
    assert_eq!(scene.hidden, ["1 row without problems"]);
}

#[test]
fn the_order_of_documents_changes_nothing() {
    let parts = [
        service("shop", "web", "web"),
        deployment("shop", "web", 2),
        service("shop", "api", "api"),
        deployment("shop", "api", 2),
    ];
    let forward = draw(&parts.concat(), &MapView::default());
    let backward: String = parts.iter().rev().map(String::as_str).collect();
    let backward = draw(&backward, &MapView::default());
    assert_eq!(forward.bands, backward.bands);
    assert_eq!(forward.columns, backward.columns);
}

#[test]
fn findings_are_counted_on_their_shapes_and_once_in_a_fold() {
    let broken = deployment("shop", "web", 30).replace("  replicas", "  replcas: 1\n  replicas");
    let text = service("shop", "web", "web") + &broken + &service("shop", "api", "apii");
    let drawn = draw(&text, &MapView::default());
    let warnings = |scene: &Scene| -> Vec<u32> {
        let services = scene.bands.iter().flat_map(|band| &band.services);
        services.map(|card| card.marks.warnings).collect()
    };
    assert_eq!(warnings(&drawn), [1, 0]);
    let folds = drawn.bands.iter().flat_map(|band| &band.chips);
    assert!(
        folds
            .clone()
            .all(|chip| chip.count > 1 && chip.marks.warnings == 1)
    );
    assert!(folds.count() > 1);

    // What is held back is not counted, nor does it stand among the problems.
    let quiet = MapView {
        quiet: true,
        ..MapView::default()
    };
    assert_eq!(warnings(&draw(&text, &quiet)), [0, 0]);
}

#[test]
fn while_a_learner_is_to_find_it_out_no_card_tells_where_it_leads() {
    let text = service("shop", "lost", "nobody")
        + &service("shop", "web", "web").replace("port: 80", "port: 80, targetPort: http")
        + &deployment("shop", "web", 1);
    let quiet = MapView {
        quiet: true,
        ..MapView::default()
    };
    let states = |view: &MapView| -> Vec<ReachState> {
        let drawn = draw(&text, view);
        let services = drawn.bands.iter().flat_map(|band| &band.services);
        services.map(|card| card.reach.state).collect()
    };
    assert_eq!(
        states(&MapView::default()),
        [ReachState::Empty, ReachState::NoPort]
    );
    assert_eq!(states(&quiet), [ReachState::HeldBack; 2]);
    let drawn = draw(&text, &quiet);
    let wires = (drawn.bands.iter().flat_map(|band| &band.services)).flat_map(|card| &card.wires);
    assert!(wires.map(|wire| wire.ready).eq([true]));
}

#[test]
fn a_folded_namespace_sums_what_is_in_it() {
    let mut text = service("shop", "web", "wbe")
        + &service("shop", "api", "apii")
        + &deployment("shop", "web", 1);
    for nth in 0..210 {
        text += &service("many", &format!("s{nth}"), &format!("d{nth}"));
        text += &deployment("many", &format!("d{nth}"), 1);
    }
    let scene = draw(&text, &MapView::default());
    let shop = scene.folded.iter().find(|folded| folded.name == "shop");
    let shop = shop.expect("it is folded");
    assert_eq!((shop.marks.warnings, shop.problems), (2, 2));
    let only = MapView {
        only_problems: true,
        ..MapView::default()
    };
    assert_eq!(rows(&draw(&text, &only)).len(), 2);
}

/// A Service `web` with a slice that somebody wrote, its port under this name, and these conditions of two endpoints.
fn by_hand(port: &str, conditions: [&str; 2]) -> String {
    let [one, other] = conditions;
    format!(
        "apiVersion: v1\nkind: Service\nmetadata: {{name: web}}\nspec: {{ports: [{{name: http, port: 80}}]}}\n---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {{name: web-1, labels: {{kubernetes.io/service-name: web}}}}\naddressType: IPv4\nports: [{{name: {port}, port: 8080}}]\nendpoints:\n- {{addresses: [10.244.2.77], conditions: {{{one}}}}}\n- {{addresses: [10.244.2.78], conditions: {{{other}}}}}\n"
    )
}

/// `used/total state`, and which of the wires are whole.
fn reached(text: &str) -> (String, Vec<bool>) {
    let drawn = draw(text, &MapView::default());
    let card = &drawn.bands[0].services[0];
    let reach = card.reach;
    let told = format!("{}/{} {:?}", reach.ready, reach.total, reach.state);
    (told, card.wires.iter().map(|wire| wire.ready).collect())
}

#[test]
fn what_terminates_and_serves_is_used_while_nothing_is_ready() {
    let serving = "ready: false, serving: true, terminating: true";
    let gone = "ready: false, serving: false, terminating: true";
    assert_eq!(
        reached(&by_hand("http", [serving, gone])),
        ("1/2 Partly".to_owned(), vec![true, false])
    );
    assert_eq!(
        reached(&by_hand("http", [serving, "ready: true"])),
        ("1/2 Partly".to_owned(), vec![false, true])
    );
}

#[test]
fn under_policy_local_each_node_looks_for_itself_what_is_ready() {
    let serving = "ready: false, serving: true, terminating: true";
    let on_nodes = |other: &str, policy: &str| {
        by_hand("http", [serving, "ready: true"])
            .replace("[10.244.2.77],", "[10.244.2.77], nodeName: one,")
            .replace(
                "[10.244.2.78],",
                &format!("[10.244.2.78], nodeName: {other},"),
            )
            .replace("spec: {ports", &format!("spec: {{{policy}ports"))
    };
    let whole = ("2/2 Whole".to_owned(), vec![true, true]);
    let partly = ("1/2 Partly".to_owned(), vec![false, true]);
    let internal = "internalTrafficPolicy: Local, ";
    assert_eq!(reached(&on_nodes("two", internal)), whole);
    assert_eq!(reached(&on_nodes("one", internal)), partly);
    let external = "type: NodePort, externalTrafficPolicy: Local, ";
    assert_eq!(reached(&on_nodes("two", external)), whole);
    assert_eq!(reached(&on_nodes("two", "")), partly);
}

#[test]
fn a_port_of_another_name_leads_nowhere() {
    assert_eq!(
        reached(&by_hand("web", ["ready: true", "ready: true"])),
        ("0/2 NoPort".to_owned(), vec![false, false])
    );
}

#[test]
fn by_workload_each_is_one_shape_wherever_its_pods_run() {
    let text = service("shop", "web", "web")
        + &deployment("shop", "web", 3)
        + &deployment("shop", "single", 1);
    let by_node = draw(&text, &MapView::default());
    assert!(by_node.columns.len() > 1 && by_node.hidden.is_empty());
    let view = MapView {
        grouping: Grouping::Workload,
        ..MapView::default()
    };
    let scene = draw(&text, &view);
    let columns: Vec<&ColumnKey> = scene.columns.iter().map(|column| &column.key).collect();
    assert_eq!(columns, [&ColumnKey::AllNodes]);
    let titles: Vec<&str> = scene
        .bands
        .iter()
        .flat_map(|band| &band.chips)
        .map(|chip| chip.title.split("-").next().unwrap_or_default())
        .collect();
    assert_eq!(titles, ["web ×3", "single"]);
    assert_eq!(scene.hidden, ["3 Pods folded into their workloads"]);
}

#[test]
fn by_namespace_even_one_is_a_card_and_opens() {
    let text = service("shop", "web", "web") + &deployment("shop", "web", 3);
    let view = MapView {
        grouping: Grouping::Namespace,
        ..MapView::default()
    };
    let scene = draw(&text, &view);
    assert_eq!((scene.bands.len(), scene.folded.len()), (0, 1));
    assert_eq!(scene.hidden, ["1 namespace folded, with 3 Pods"]);
    let open = vec![Key::Namespace("shop".into())];
    let scene = draw(&text, &MapView { open, ..view });
    assert_eq!(rows(&scene), ["web: 3"]);
    assert_eq!((scene.folded.len(), scene.opened.len()), (0, 1));
}

#[test]
fn a_pod_is_looked_for_in_the_folds_of_every_grouping() {
    let text = service("shop", "web", "web") + &deployment("shop", "web", 30);
    let analysis = analysis(&text);
    let (web, _) = analysis
        .cluster
        .pods
        .iter()
        .find(|(_, pod)| pod.meta.namespace == "shop")
        .expect("a Pod of the Deployment");
    let keys = scene(&analysis, &MapView::default()).keys_of(&analysis.cluster, web);
    for grouping in Grouping::ALL {
        let view = MapView {
            grouping,
            ..MapView::default()
        };
        let scene = scene(&analysis, &view);
        let drawn = scene.bands.iter().flat_map(|band| &band.chips);
        let folded = scene.folded.iter().map(|folded| &folded.name);
        let all: Vec<Key> = drawn
            .map(|chip| chip.key.clone())
            .chain(folded.cloned().map(Key::Namespace))
            .collect();
        assert_eq!(
            all.iter().filter(|key| keys.contains(key)).count(),
            1,
            "{grouping:?}"
        );
    }
}
