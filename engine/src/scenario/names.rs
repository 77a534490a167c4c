//! The words that a scenario may use for outcomes and objects; whatever else it writes is a mistake with a suggestion.

use super::{Expect, ObjectName, OneOrMore};
use crate::trace::{Probe, Share};

const OUTCOMES: [&str; 15] = [
    "delivered",
    "health-check",
    "at-node",
    "at-load-balancer",
    "left-cluster",
    "rejected",
    "dropped",
    "unroutable",
    "host-unreachable",
    "reply-lost",
    "name-not-found",
    "no-address",
    "no-resolver",
    "not-sent",
    "looped",
];

const SEES: [&str; 14] = [
    "connected",
    "http-200",
    "http-503",
    "up-to-outside",
    "refused",
    "no-route",
    "timed-out",
    "no-such-host",
    "no-address",
    "resolution-failed",
    "nothing",
    "echo-reply",
    "port-unreachable",
    "no-echo",
];

const VERDICTS: [&str; 4] = ["reachable", "unreachable", "ambiguous", "undetermined"];

/// A word that means nothing here, and what to say of it.
pub(super) struct Unknown {
    /// The word, to find its line by.
    pub(super) word: String,
    pub(super) message: String,
}

/// Whether a packet can be sent like this, and its expectation be met at all.
pub(super) fn probe(from: &str, to: &str, expect: &Expect) -> Result<(), Unknown> {
    packet(from, to)?;
    expectation(expect)
}

/// Whether a packet can be sent like this.
pub(super) fn packet(from: &str, to: &str) -> Result<(), Unknown> {
    Probe::parse(from, to).map(drop).map_err(|error| Unknown {
        word: error.part.to_string(),
        message: error.to_string(),
    })
}

/// Whether the words of an expectation mean something.
pub(super) fn expectation(expect: &Expect) -> Result<(), Unknown> {
    let words = |values: &Option<OneOrMore>| {
        let values = values.iter().flat_map(|values| values.as_slice().to_vec());
        values.collect::<Vec<_>>()
    };
    let verdict = expect.verdict.iter().cloned().collect();
    for (what, given, known) in [
        ("outcome", words(&expect.outcome), &OUTCOMES[..]),
        ("sees", words(&expect.sees), &SEES[..]),
        ("verdict", verdict, &VERDICTS[..]),
    ] {
        if let Some(word) = given.iter().find(|word| !known.contains(&word.as_str())) {
            return Err(unknown(what, word, known));
        }
    }
    match &expect.share {
        Some(share) if share.parse::<Share>().is_err() => Err(Unknown {
            word: share.clone(),
            message: format!("share: `{share}` is no fraction like `1/3`"),
        }),
        _ if *expect == Expect::default() => Err(Unknown {
            word: String::new(),
            message: "expect: nothing is expected: `outcome`, `sees`, `verdict`, `to`, `share` or `source`"
                .to_owned(),
        }),
        _ => Ok(()),
    }
}

fn unknown(what: &str, word: &str, known: &[&str]) -> Unknown {
    let near = known
        .iter()
        .map(|name| (strsim::damerau_levenshtein(name, word), name))
        .min()
        .filter(|(distance, _)| *distance <= 3);
    let help = match near {
        Some((_, name)) => format!("did you mean `{name}`?"),
        None => format!("one of {}", known.join(", ")),
    };
    Unknown {
        word: word.to_owned(),
        message: format!("{what}: `{word}` is unknown: {help}"),
    }
}

/// Reads `KIND/NAMESPACE/NAME`; without a namespace it is `default`, unless the kind has none.
pub(super) fn object(text: &str) -> Result<ObjectName, Unknown> {
    let parts: Vec<&str> = text.split('/').collect();
    let wrong = |help: &str| Unknown {
        word: text.to_owned(),
        message: format!("`{text}` names no object: {help}"),
    };
    if parts.iter().any(|part| part.is_empty()) {
        return Err(wrong(
            "KIND/NAME or KIND/NAMESPACE/NAME, as in service/shop/web",
        ));
    }
    let (kind, namespace, name) = match parts.as_slice() {
        [kind, name] => (*kind, None, *name),
        [kind, namespace, name] => (*kind, Some(*namespace), *name),
        _ => {
            return Err(wrong(
                "KIND/NAME or KIND/NAMESPACE/NAME, as in service/shop/web",
            ));
        }
    };
    let kind = kind.to_ascii_lowercase();
    let scoped = ["node", "namespace"].contains(&kind.as_str());
    let namespace = match (scoped, namespace) {
        (true, Some(_)) => return Err(wrong("a node or a namespace is in no namespace")),
        (true, None) => "",
        (false, namespace) => namespace.unwrap_or("default"),
    };
    Ok(ObjectName {
        kind: kind.into(),
        namespace: namespace.into(),
        name: name.into(),
    })
}
