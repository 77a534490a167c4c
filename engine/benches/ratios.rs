//! Every ratio that the design asks for, side by side in one run: what the engine takes, and the plainest lower bound or
//! yardstick for the same thing. A minute or two:
//!
//! ```text
//! cargo bench -p switchboard-engine --bench ratios --profile fast
//! SWITCHBOARD_MANIFESTS=shop.yaml cargo bench …     # the same of a file of one's own
//! ```
//!
//! Both sides of a row are measured in turns, so that whatever else the machine does meets both, and their medians are
//! compared. Ratios are ours over the yardstick's: below one is quicker than it. `criterion`'s benches beside this one say
//! more about each.

mod inputs;

use std::hint::black_box;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use inputs::clusters::{large_cluster, packet_to_last_service, service_addresses};
use inputs::manifests::{deployment, dump, service};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use switchboard_engine::Analysis;
use switchboard_engine::api::apps::Workload;
use switchboard_engine::api::core::{Pod, Service};
use switchboard_engine::apiserver::Entrance;
use switchboard_engine::cluster::{Environment, ProxyMode};
use switchboard_engine::finding::Findings;
use switchboard_engine::manifest::{SourceFile, read};
use switchboard_engine::packet::Family;
use switchboard_engine::proxy::{Hook, NodeView, State, proxied, ruleset, walk};

/// Modes whose rules are written and walked.
const MODES: [ProxyMode; 3] = [ProxyMode::Iptables, ProxyMode::Nftables, ProxyMode::Ipvs];

fn main() {
    println!(
        "{:<52}{:>12}{:>12}{:>9}  goal",
        "", "ours", "yardstick", "ratio"
    );
    reading();
    the_rest_of_the_pipeline();
    rules();
    growth();
}

#[derive(Deserialize)]
struct PodList {
    #[expect(dead_code, reason = "it is there to be made")]
    items: Vec<Pod>,
}

fn reading() {
    let pods = serde_yaml::to_string(&dump(300)).expect("plain values");
    row(
        "YAML dump of 300 Pods: serde_yaml, same objects",
        "≤ 1.11",
        || parse(&pods),
        || {
            drop(black_box(
                serde_yaml::from_str::<PodList>(&pods).expect("Pods"),
            ))
        },
    );
    for size in [10, 100] {
        let text = applications(size);
        row(
            &format!("YAML, {} small documents: serde_yaml", 2 * size),
            "≤ 1.11",
            || parse(&text),
            || {
                let mut documents = serde_yaml::Deserializer::from_str(&text);
                while let Some(document) = documents.next() {
                    black_box(Workload::deserialize(document).expect("a Deployment"));
                    let document = documents.next().expect("a Service follows");
                    black_box(Service::deserialize(document).expect("a Service"));
                }
            },
        );
    }
    let pods = serde_json::to_string_pretty(&dump(3000)).expect("plain values");
    row(
        "JSON dump of 3,000 Pods: skipping over it",
        "≤ 2",
        || parse(&pods),
        || {
            black_box(serde_json::from_str::<IgnoredAny>(&pods).expect("JSON"));
        },
    );
}

/// Everything up to the findings, without the parse, against the parse.
fn the_rest_of_the_pipeline() {
    let mut inputs = vec![
        ("200 small documents".to_owned(), applications(100)),
        (
            "YAML dump of 300 Pods".to_owned(),
            serde_yaml::to_string(&dump(300)).expect("plain values"),
        ),
    ];
    if let Some(path) = std::env::var_os("SWITCHBOARD_MANIFESTS") {
        let text = std::fs::read_to_string(&path).expect("a file of manifests");
        inputs.push((path.to_string_lossy().into_owned(), text));
    }
    for (name, text) in inputs {
        let (all, parsed) = in_turns(|| drop(black_box(analyse(&text))), || parse(&text));
        print_row(
            &format!("all findings of {name}: its parse"),
            all.saturating_sub(parsed),
            parsed,
            "≤ 1",
        );
    }
}

fn rules() {
    let cluster = large_cluster();
    let node = NodeView::named(&cluster, "node-7");
    let shared = proxied(&cluster, Family::V4);
    let host = node.host();
    let state = State::default();
    let packet = packet_to_last_service();
    for mode in MODES {
        let write = || ruleset(&cluster, &shared, &node, mode);
        let rules = write();
        let text = rules.written();
        row(
            &format!(
                "{mode:?}, 150,000 endpoints: copying {} MB",
                text.len() / 1_000_000
            ),
            "",
            || drop(black_box(write().written())),
            || drop(black_box(text.as_bytes().to_vec())),
        );
        // Where a mode chooses the endpoint: IPVS sits behind the routing decision.
        let hook = match mode {
            ProxyMode::Iptables | ProxyMode::Nftables => Hook::Prerouting,
            ProxyMode::Ipvs => Hook::Input,
        };
        let through = || walk(&rules, &state, hook, black_box(&packet), &host, 0);
        let met = through()
            .iter()
            .map(|branch| branch.rules_evaluated())
            .max()
            .unwrap_or_default();
        let addresses: Vec<IpAddr> = service_addresses()
            .cycle()
            .take(usize::try_from(met).unwrap_or_default())
            .collect();
        row(
            &format!("{mode:?}, a packet: {met} comparisons of addresses"),
            "",
            || drop(black_box(through())),
            || {
                let wanted = black_box(IpAddr::from([10, 0, 0, 1]));
                let all = black_box(&addresses).iter();
                black_box(all.filter(|address| **address == wanted).count());
            },
        );
    }
}

/// Four times the input: four times the time, or how much more.
fn growth() {
    let cases: [(&str, &dyn Fn(usize) -> String); 3] = [
        ("applications", &applications),
        ("a DaemonSet over n nodes", &daemon_set),
        ("n replicas that avoid each other, on n nodes", &avoiding),
    ];
    println!(
        "\n{:<52}{:>12}{:>12}{:>9}  goal",
        "growth", "n = 500", "n = 2000", "exponent"
    );
    for (name, input) in cases {
        let (small, large) = (input(500), input(2000));
        let (less, more) = in_turns(
            || drop(black_box(analyse(&small))),
            || drop(black_box(analyse(&large))),
        );
        let exponent = (more.as_secs_f64() / less.as_secs_f64()).log(4.0);
        println!(
            "{name:<52}{:>12}{:>12}{exponent:>9.2}  ≤ 1.05",
            shown(less),
            shown(more)
        );
    }
}

fn applications(size: usize) -> String {
    let objects = (0..size).flat_map(|number| [deployment(number), service(number)]);
    objects.map(|object| document(&object)).collect()
}

fn nodes(size: usize) -> String {
    let node = |number: usize| {
        json!({
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": format!("node-{number}")},
            "status": {"addresses": [{
                "type": "InternalIP",
                "address": format!("172.18.{}.{}", number / 250, 1 + number % 250),
            }]},
        })
    };
    (0..size).map(|number| document(&node(number))).collect()
}

fn daemon_set(size: usize) -> String {
    let mut object = deployment(0);
    object["kind"] = "DaemonSet".into();
    let spec = object["spec"].as_object_mut().expect("a spec");
    spec.remove("replicas");
    spec.remove("strategy");
    nodes(size) + &document(&object)
}

fn avoiding(size: usize) -> String {
    let mut object = deployment(0);
    object["spec"]["replicas"] = size.into();
    let term = json!({
        "topologyKey": "kubernetes.io/hostname",
        "labelSelector": object["spec"]["selector"],
    });
    object["spec"]["template"]["spec"]["affinity"] = json!({
        "podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]},
    });
    nodes(size) + &document(&object)
}

fn document(object: &Value) -> String {
    format!(
        "---\n{}",
        serde_yaml::to_string(object).expect("plain values")
    )
}

fn files(text: &str) -> Vec<SourceFile> {
    vec![SourceFile {
        name: "bench".into(),
        text: text.to_owned(),
    }]
}

fn parse(text: &str) {
    black_box(read(files(text), &mut Findings::default()));
}

fn analyse(text: &str) -> Analysis {
    Analysis::of(files(text), Entrance::Paste, Environment::default())
}

fn row(name: &str, goal: &str, ours: impl FnMut(), yardstick: impl FnMut()) {
    let (ours, yardstick) = in_turns(ours, yardstick);
    print_row(name, ours, yardstick, goal);
}

fn print_row(name: &str, ours: Duration, yardstick: Duration, goal: &str) {
    let ratio = ours.as_secs_f64() / yardstick.as_secs_f64();
    println!(
        "{name:<52}{:>12}{:>12}{ratio:>9.2}  {goal}",
        shown(ours),
        shown(yardstick)
    );
}

/// Medians of both, measured in turns for about two seconds.
fn in_turns(mut one: impl FnMut(), mut other: impl FnMut()) -> (Duration, Duration) {
    let (mut ones, mut others) = (Vec::new(), Vec::new());
    let start = Instant::now();
    while ones.len() < 5 || (start.elapsed() < Duration::from_secs(2) && ones.len() < 2000) {
        ones.push(timed(&mut one));
        others.push(timed(&mut other));
    }
    (median(ones), median(others))
}

/// What is too short for the clock is done often enough.
fn timed(work: &mut impl FnMut()) -> Duration {
    let mut times = 1;
    loop {
        let start = Instant::now();
        (0..times).for_each(|_| work());
        let took = start.elapsed();
        if took > Duration::from_micros(50) || times >= 1 << 16 {
            return took / times;
        }
        times *= 8;
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn shown(time: Duration) -> String {
    let micros = time.as_secs_f64() * 1e6;
    match micros {
        micros if micros < 10.0 => format!("{:.0} ns", micros * 1e3),
        micros if micros < 10_000.0 => format!("{micros:.0} µs"),
        micros => format!("{:.1} ms", micros / 1e3),
    }
}
