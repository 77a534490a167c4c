//! Whether something holds in a cluster: tasks, claims and the choices of questions are made of these.

use serde::{Deserialize, Serialize};

use super::run::{compare, glob};
use super::{Expect, ObjectName};
use crate::Analysis;
use crate::cluster::{PodId, ServiceId};
use crate::dns::{self, Client};
use crate::finding::{Finding, Severity};
use crate::manifest::Identity;
use crate::order::Order;
use crate::origin::{FieldPath, ObjectOrigin, Step};
use crate::packet::Family;
use crate::proxy::Listing;
use crate::trace::{Probe, Share, Source, words};

/// Something that holds or does not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Check {
    /// A packet comes to this.
    Probe {
        /// Who sends it.
        from: String,
        /// Where to.
        to: String,
        /// What has to come of it.
        expect: Expect,
    },
    /// A name is resolved like this.
    Dns {
        /// Who asks: a Pod, a workload or a node.
        from: String,
        /// The host name as the application has it.
        name: String,
        /// What is expected.
        expect: DnsExpect,
    },
    /// A node's rules, as its own tools list them, have lines.
    Rules {
        /// Node.
        node: String,
        /// Patterns with `*`; each fits at least one line.
        has: Vec<String>,
        /// Patterns with `*`; none fits a line.
        lacks: Vec<String>,
    },
    /// There is a finding of this code.
    Finding {
        /// Its code.
        code: String,
        /// About this object.
        about: Option<ObjectName>,
    },
    /// There is none.
    NoFinding {
        /// Its code.
        code: String,
        /// About this object.
        about: Option<ObjectName>,
    },
    /// There is no finding of this severity or a worse one.
    NoFindings {
        /// The severity.
        severity: Severity,
    },
    /// A field was written like this.
    Object {
        /// The object.
        object: ObjectName,
        /// The field; `None`: the object itself.
        path: Option<String>,
        /// What it is.
        is: Is,
    },
    /// What the EndpointSlices of a Service have.
    Endpoints {
        /// The Service.
        service: ObjectName,
        /// How many endpoints are ready.
        ready: Option<usize>,
        /// How many are not.
        not_ready: Option<usize>,
    },
}

/// How a name is resolved; what is left out is not compared.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct DnsExpect {
    /// Addresses, with `*`; each has to be met and each address has to fit.
    pub addresses: Option<Vec<String>>,
    /// How many addresses.
    pub count: Option<usize>,
    /// Full names that are asked for, in order.
    pub asked: Option<Vec<String>>,
    /// How many names are asked for before an answer.
    pub queries: Option<usize>,
    /// Whether an address comes of it.
    pub found: Option<bool>,
}

/// What a field is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Is {
    /// It was written.
    There,
    /// It was not.
    Absent,
    /// It was written with this value.
    Value(#[serde(with = "as_text")] serde_json::Value),
}

/// A value of any kind as its text, for formats that say no kinds.
mod as_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use serde_json::Value;

    pub(super) fn serialize<S: Serializer>(
        value: &Value,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Value, D::Error> {
        serde_json::from_str(&String::deserialize(deserializer)?).map_err(Error::custom)
    }
}

/// What does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mismatch {
    /// What was compared.
    pub what: String,
    /// What should be.
    pub expected: String,
    /// What is.
    pub found: String,
}

impl Mismatch {
    pub(super) fn new(
        what: impl Into<String>,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Self {
        Self {
            what: what.into(),
            expected: expected.into(),
            found: found.into(),
        }
    }
}

impl Check {
    /// What is looked at, in words: `pod/shop/client → http://web`.
    pub fn subject(&self) -> String {
        match self {
            Self::Probe { from, to, .. } => format!("{from} → {to}"),
            Self::Dns { from, name, .. } => format!("{from} resolves {name}"),
            Self::Rules { node, .. } => format!("rules of node {node}"),
            Self::Finding { code, about: None } => format!("finding {code}"),
            Self::Finding {
                code,
                about: Some(about),
            } => format!("finding {code} about {about}"),
            Self::NoFinding { code, about: None } => format!("no finding {code}"),
            Self::NoFinding {
                code,
                about: Some(about),
            } => format!("no finding {code} about {about}"),
            Self::NoFindings { severity } => match severity {
                Severity::Note => "no findings".to_owned(),
                Severity::Warning => "no warnings and no errors".to_owned(),
                Severity::Error => "no errors".to_owned(),
            },
            Self::Object { object, path, is } => {
                let what = match path {
                    Some(path) => format!("{object}: {path}"),
                    None => object.to_string(),
                };
                match is {
                    Is::There => format!("{what} is written"),
                    Is::Absent => format!("{what} is not written"),
                    Is::Value(value) => format!("{what} is {}", plain(value)),
                }
            }
            Self::Endpoints { service, .. } => format!("endpoints of {service}"),
        }
    }

    /// What is wanted of it, in words; empty where the subject says it.
    pub fn wanted(&self) -> String {
        match self {
            Self::Probe { expect, .. } => expectation(expect),
            Self::Endpoints {
                ready, not_ready, ..
            } => {
                let ready = ready.map(|ready| format!("{ready} ready"));
                let not_ready = not_ready.map(|not_ready| format!("{not_ready} not ready"));
                let both: Vec<String> = ready.into_iter().chain(not_ready).collect();
                both.join(", ")
            }
            _ => String::new(),
        }
    }

    /// What does not hold; empty: it holds.
    pub fn mismatches(&self, analysis: &Analysis) -> Vec<Mismatch> {
        match self {
            Self::Probe { from, to, expect } => match Probe::parse(from, to) {
                Ok(probe) => compare(expect, &analysis.trace(&probe)),
                Err(error) => unreadable(&error),
            },
            Self::Dns { from, name, expect } => resolve(analysis, from, name, expect),
            Self::Rules { node, has, lacks } => rules(analysis, node, has, lacks),
            Self::Finding { code, about } => match found(analysis, code, about.as_ref()) {
                Some(_) => Vec::new(),
                None => vec![Mismatch::new("finding", code, other_findings(analysis))],
            },
            Self::NoFinding { code, about } => match found(analysis, code, about.as_ref()) {
                None => Vec::new(),
                Some(finding) => vec![Mismatch::new("finding", "none", finding.message())],
            },
            Self::NoFindings { severity } => analysis
                .findings
                .iter()
                .find(|finding| finding.severity() >= *severity)
                .map(|finding| {
                    let found = format!("{}: {}", finding.code(), finding.message());
                    Mismatch::new("findings", "none", found)
                })
                .into_iter()
                .collect(),
            Self::Object { object, path, is } => field(analysis, object, path.as_deref(), is),
            Self::Endpoints {
                service,
                ready,
                not_ready,
            } => endpoints(analysis, service, *ready, *not_ready),
        }
    }

    /// What is the case, in a few words, for a learner who wants to know how far it is.
    pub fn state(&self, analysis: &Analysis) -> String {
        match self {
            Self::Probe { from, to, .. } => match Probe::parse(from, to) {
                Ok(probe) => {
                    let answer = analysis.trace(&probe);
                    let mut seen: Vec<&str> = answer
                        .alternatives
                        .iter()
                        .map(|way| words::client_sees(&way.journey))
                        .collect();
                    seen.dedup();
                    let mut state = seen.join(", or ");
                    // That it ends otherwise, the client sees; that it ends elsewhere, he does not.
                    let off = self.mismatches(analysis);
                    let otherwise = ["outcome", "client sees", "verdict"];
                    if !off.iter().any(|it| otherwise.contains(&it.what.as_str())) {
                        for Mismatch { what, found, .. } in &off {
                            state += &format!("; {what}: {found}");
                        }
                    }
                    state
                }
                Err(error) => error.to_string(),
            },
            _ => self
                .mismatches(analysis)
                .into_iter()
                .next()
                .map_or_else(|| "as wanted".to_owned(), |mismatch| mismatch.found),
        }
    }
}

/// What a probe has to come to, in words.
pub fn expectation(expect: &Expect) -> String {
    let list = |values: &Option<super::OneOrMore>| {
        values.as_ref().map(|values| values.as_slice().join(" or "))
    };
    [
        list(&expect.outcome),
        list(&expect.sees).map(|sees| format!("client sees {sees}")),
        expect.verdict.clone(),
        list(&expect.to).map(|to| format!("at {to}")),
        expect.share.as_ref().map(|share| match share.parse() {
            Ok(Share::ALL) => "every packet".to_owned(),
            _ => format!("each {share}"),
        }),
        list(&expect.source).map(|source| format!("source {source}")),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(", ")
}

/// The object as it was written.
pub fn written(analysis: &Analysis, name: &ObjectName) -> Option<ObjectOrigin> {
    let mut objects = analysis.manifest.identities();
    objects
        .find(|(_, identity)| is_named(identity, name))
        .map(|(origin, _)| origin)
}

/// Whether the cluster has the object, written or made by a controller.
pub fn exists(analysis: &Analysis, name: &ObjectName) -> bool {
    let cluster = &analysis.cluster;
    written(analysis, name).is_some()
        || match name.kind.as_str() {
            "pod" => cluster.pod(&name.namespace, &name.name).is_some(),
            "node" => cluster.node(&name.name).is_some(),
            "namespace" => cluster.namespace(&name.name).is_some(),
            _ => false,
        }
}

fn is_named(identity: &Identity, name: &ObjectName) -> bool {
    let namespace = match identity.namespace.as_str() {
        // Unset: `default`, or no namespace at all, which the kind decides.
        "" => name.namespace.is_empty() || name.namespace == "default",
        namespace => name.namespace == namespace,
    };
    namespace && identity.name == name.name && identity.kind.eq_ignore_ascii_case(&name.kind)
}

fn unreadable(error: &impl ToString) -> Vec<Mismatch> {
    vec![Mismatch::new(
        "probe",
        "a question that can be read",
        error.to_string(),
    )]
}

fn found<'a>(
    analysis: &'a Analysis,
    code: &str,
    about: Option<&ObjectName>,
) -> Option<&'a Finding> {
    let is_about = |finding: &Finding| {
        let Some(about) = about else { return true };
        let object = finding.origin.as_ref().map(|origin| origin.object);
        let identity = object.and_then(|object| analysis.manifest.identity(object));
        identity.is_some_and(|identity| is_named(identity, about))
    };
    analysis
        .findings
        .iter()
        .find(|finding| finding.code() == code && is_about(finding))
}

fn other_findings(analysis: &Analysis) -> String {
    let mut codes: Vec<&str> = analysis.findings.iter().map(Finding::code).collect();
    codes.order();
    codes.dedup();
    if codes.is_empty() {
        "none".to_owned()
    } else {
        codes.join(", ")
    }
}

fn field(analysis: &Analysis, object: &ObjectName, path: Option<&str>, is: &Is) -> Vec<Mismatch> {
    let origin = written(analysis, object);
    let whole = origin.and_then(|origin| analysis.manifest.as_json(origin));
    let value = match path {
        None => whole,
        Some(path) => whole.and_then(|whole| value_at(&whole, path)),
    };
    let found = || value.as_ref().map_or("not written".to_owned(), plain);
    let mismatch = |expected: String| vec![Mismatch::new("as written", expected, found())];
    match is {
        Is::There if value.is_none() => mismatch("written".to_owned()),
        Is::Absent if value.is_some() => mismatch("not written".to_owned()),
        Is::Value(expected) if value.as_ref() != Some(expected) => mismatch(plain(expected)),
        _ => Vec::new(),
    }
}

fn value_at(whole: &serde_json::Value, path: &str) -> Option<serde_json::Value> {
    let mut value = whole;
    for step in FieldPath::from(path).0 {
        value = match step {
            Step::Key(key) | Step::Nth(key, _) => value.get(key.as_str())?,
            Step::Index(index) => value.get(index as usize)?,
        };
    }
    Some(value.clone())
}

fn plain(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn service(analysis: &Analysis, name: &ObjectName) -> Option<ServiceId> {
    analysis.cluster.service(&name.namespace, &name.name)
}

fn endpoints(
    analysis: &Analysis,
    name: &ObjectName,
    ready: Option<usize>,
    not_ready: Option<usize>,
) -> Vec<Mismatch> {
    let Some(id) = service(analysis, name) else {
        return vec![Mismatch::new(
            "Service",
            name.to_string(),
            "no such Service",
        )];
    };
    let slices = analysis.cluster.slices_of(id);
    let all: Vec<bool> = slices
        .flat_map(|(_, slice)| &slice.endpoints)
        // Unset is ready, as consumers read it.
        .map(|endpoint| endpoint.conditions.ready != Some(false))
        .collect();
    let are = all.iter().filter(|ready| **ready).count();
    let counted = [
        ("ready endpoints", ready, are),
        ("endpoints that are not ready", not_ready, all.len() - are),
    ];
    counted
        .into_iter()
        .filter(|(_, expected, found)| expected.is_some_and(|expected| expected != *found))
        .map(|(what, expected, found)| {
            let expected = expected.unwrap_or_default().to_string();
            Mismatch::new(what, expected, found.to_string())
        })
        .collect()
}

fn rules(analysis: &Analysis, node: &str, has: &[String], lacks: &[String]) -> Vec<Mismatch> {
    let Some(id) = analysis.cluster.node(node) else {
        return vec![Mismatch::new("node", node, "no such node")];
    };
    let ruleset = analysis.rules(id, Family::V4);
    let listing = Listing::of(ruleset);
    let lines = listing.lines(0..listing.count());
    let fits = |pattern: &String| lines.iter().find(|line| glob(pattern, line.text.trim()));
    let missing = has
        .iter()
        .filter(|pattern| fits(pattern).is_none())
        .map(|pattern| Mismatch::new("a line like", pattern, "none"));
    let unwanted = lacks.iter().filter_map(|pattern| {
        let line = fits(pattern)?;
        Some(Mismatch::new(
            format!("a line like {pattern}"),
            "none",
            line.text.trim(),
        ))
    });
    missing.chain(unwanted).collect()
}

fn client(analysis: &Analysis, from: &str) -> Result<Client, String> {
    let source: Source = from
        .parse()
        .map_err(|error: crate::trace::ProbeError| error.to_string())?;
    let cluster = &analysis.cluster;
    let pod = |namespace: Option<&str>, name: &str| -> Option<PodId> {
        cluster.pod(namespace.unwrap_or("default"), name)
    };
    match &source {
        Source::Pod { namespace, name } => pod(namespace.as_deref(), name).map(Client::Pod),
        Source::Node { name } => cluster.node(name).map(Client::Node),
        Source::Workload { .. } | Source::Outside { .. } | Source::Address { .. } => None,
    }
    .ok_or_else(|| format!("`{from}` is no Pod and no node: write pod/NAMESPACE/NAME or node/NAME"))
}

fn resolve(analysis: &Analysis, from: &str, name: &str, expect: &DnsExpect) -> Vec<Mismatch> {
    let client = match client(analysis, from) {
        Ok(client) => client,
        Err(error) => return unreadable(&error),
    };
    let resolution = dns::resolve(&analysis.cluster, &analysis.zone, client, name);
    let addresses: Vec<String> = match &resolution.outcome {
        dns::Outcome::Literal(address) => vec![address.to_string()],
        dns::Outcome::Hosts(hosts) => hosts.iter().map(|it| it.address.to_string()).collect(),
        dns::Outcome::Addresses { addresses, .. } => {
            addresses.iter().map(|it| it.address.to_string()).collect()
        }
        _ => Vec::new(),
    };
    let asked: Vec<String> = resolution
        .queries
        .iter()
        .map(|asked| asked.name.as_str().to_owned())
        .collect();
    let mut mismatches = Vec::new();
    let mut differs = |what: &str, differs: bool, expected: String, found: String| {
        if differs {
            mismatches.push(Mismatch::new(what, expected, found));
        }
    };
    if let Some(patterns) = &expect.addresses {
        let met = patterns
            .iter()
            .all(|pattern| addresses.iter().any(|address| glob(pattern, address)))
            && addresses
                .iter()
                .all(|address| patterns.iter().any(|pattern| glob(pattern, address)));
        differs("addresses", !met, patterns.join(", "), addresses.join(", "));
    }
    if let Some(count) = expect.count {
        let found = addresses.len();
        differs(
            "number of addresses",
            count != found,
            count.to_string(),
            found.to_string(),
        );
    }
    if let Some(names) = &expect.asked {
        differs(
            "names asked for",
            *names != asked,
            names.join(", "),
            asked.join(", "),
        );
    }
    if let Some(queries) = expect.queries {
        let found = asked.len();
        differs(
            "names asked for",
            queries != found,
            queries.to_string(),
            asked.join(", "),
        );
    }
    if let Some(wanted) = expect.found {
        let found = !addresses.is_empty();
        let words = |found: bool| if found { "an address" } else { "no address" };
        differs(
            "comes of it",
            wanted != found,
            words(wanted).to_owned(),
            words(found).to_owned(),
        );
    }
    mismatches
}
