//! Questions with choices: which one is right, the engine computes; no file says it.

use serde::{Deserialize, Serialize};

use super::Prose;
use super::check::{Check, Mismatch};
use crate::Analysis;
use crate::trace::{Answer, Place, Probe, StepKind};

/// A question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Line of its block, from 1.
    pub line: usize,
    /// What is asked.
    pub text: Prose,
    /// The packet that answers it: who sends it, where to.
    pub probe: Option<(String, String)>,
    /// How it can be answered.
    pub answer: Answering,
}

/// How a question can be answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Answering {
    /// By one of these.
    Choices(Vec<Choice>),
    /// By a click on the map.
    Click {
        /// What has to be hit.
        what: Click,
        /// Why it is that.
        why: Option<Prose>,
    },
}

/// One choice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// Its words.
    pub text: Prose,
    /// It is right if all of these hold; if there are none, it never is.
    pub when: Vec<Check>,
    /// What to say to whoever chose it.
    pub why: Option<Prose>,
}

/// What on the map has to be hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Click {
    /// Where the packet's way ends.
    End,
    /// Where its destination is rewritten.
    Rewrite,
}

/// What makes a choice wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Number of the right choice.
    pub right: usize,
    /// For each choice, what does not hold.
    pub against: Vec<Vec<Mismatch>>,
}

/// Which choice is right, and what speaks against the others.
///
/// # Errors
/// In words, if none is right or several are: the question is not well put.
pub fn verdict(analysis: &Analysis, choices: &[Choice]) -> Result<Verdict, String> {
    let against: Vec<Vec<Mismatch>> = choices
        .iter()
        .map(|choice| {
            let checks = choice.when.iter();
            checks
                .flat_map(|check| check.mismatches(analysis))
                .collect()
        })
        .collect();
    let right: Vec<usize> = choices
        .iter()
        .zip(&against)
        .enumerate()
        .filter(|(_, (choice, against))| !choice.when.is_empty() && against.is_empty())
        .map(|(nth, _)| nth)
        .collect();
    match right.as_slice() {
        [] => Err("no choice is right".to_owned()),
        [right] => Ok(Verdict {
            right: *right,
            against,
        }),
        several => {
            let numbers: Vec<String> = several.iter().map(|nth| (nth + 1).to_string()).collect();
            Err(format!("choices {} are all right", numbers.join(" and ")))
        }
    }
}

/// Where a click is right.
///
/// # Errors
/// In words, if the packet cannot be read or nothing of the kind happens to it.
pub fn places(analysis: &Analysis, probe: (&str, &str), what: Click) -> Result<Vec<Place>, String> {
    let probe = Probe::parse(probe.0, probe.1).map_err(|error| error.to_string())?;
    let answer = analysis.trace(&probe);
    let places = match what {
        Click::End => ends(&answer),
        Click::Rewrite => rewrites(&answer),
    };
    if places.is_empty() {
        return Err("nothing of the kind happens to this packet".to_owned());
    }
    Ok(places)
}

fn ends(answer: &Answer) -> Vec<Place> {
    let mut places = Vec::new();
    for way in &answer.alternatives {
        // An alternative is many journeys: one for each endpoint.
        let pods = way.endpoints.iter().filter_map(|endpoint| {
            let (namespace, name) = endpoint.pod.as_ref()?.split_once('/')?;
            Some(Place::Pod {
                namespace: namespace.into(),
                name: name.into(),
            })
        });
        let before = places.len();
        places.extend(pods);
        if places.len() == before {
            places.extend(way.journey.hops.last().map(|hop| hop.place.clone()));
        }
    }
    places
}

fn rewrites(answer: &Answer) -> Vec<Place> {
    let hops = answer.alternatives.iter().flat_map(|way| &way.journey.hops);
    let mut places: Vec<Place> = Vec::new();
    for hop in hops {
        let rewrites = |step: &&crate::trace::Step| matches!(step.what, StepKind::Dnat { .. });
        if hop.steps.iter().find(rewrites).is_some() && !places.contains(&hop.place) {
            places.push(hop.place.clone());
        }
    }
    places
}
