//! `switchboard trace --what-if`: the answer before, the changes, the answer after.

use std::io::{self, Write};

use serde::Serialize;
use switchboard_engine::Analysis;
use switchboard_engine::trace::compare::{self, Difference};
use switchboard_engine::trace::{Answer, Headline, Probe, words};
use switchboard_engine::whatif::Change;

use crate::input::Input;
use crate::trace::{How, can_fail, print};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BeforeAfter<'a> {
    changes: &'a [Change],
    before: Answer,
    after: Answer,
    /// The first step, there and back, that is not alike, from 0.
    first_difference: Option<usize>,
}

/// Traces twice and prints. Says whether the packet can fail to arrive after the changes.
pub(crate) fn trace(
    input: &Input,
    probe: &Probe,
    changes: &[Change],
    how: How,
    mut output: impl Write,
) -> io::Result<bool> {
    let (was, is) = input.analyse_both(changes)?;
    if let Some(nth) = is.cluster.aftermath.unmet.first() {
        let change = &changes[*nth];
        return Err(io::Error::other(format!(
            "`{change}` meets nothing: no such object, or one that cannot change so"
        )));
    }
    let (before, after) = (was.trace(probe), is.trace(probe));
    let fails = can_fail(after.verdict);
    let parted = compare::difference(&before, &after);
    let How::Text { rules } = how else {
        let both = BeforeAfter {
            changes,
            before,
            after,
            first_difference: parted.and_then(|it| it.step),
        };
        serde_json::to_writer_pretty(&mut output, &both)?;
        writeln!(output)?;
        return Ok(fails);
    };
    for change in changes {
        writeln!(output, "What if: {}", change.title())?;
        writeln!(output, "  {}", change.meaning())?;
        writeln!(output, "  {}", change.command())?;
    }
    let row = |answer: &Answer, analysis: &Analysis| {
        let sees: Vec<&str> = answer
            .alternatives
            .iter()
            .map(|it| words::client_sees(&it.journey))
            .collect();
        let sees = unique(sees).join("; or: ");
        let verdict = words::headline(Headline::of(answer));
        let findings = analysis.findings.iter().count();
        format!("{verdict}\n          The client sees: {sees}.\n          Findings: {findings}")
    };
    writeln!(output, "\nbefore    {}", row(&before, &was))?;
    writeln!(output, "after     {}", row(&after, &is))?;
    writeln!(output, "\nsplit     before    after")?;
    for (end, before, after) in split(&before, &after) {
        writeln!(output, "          {before:<9} {after:<9} {end}")?;
    }
    match parted {
        None => writeln!(output, "\nEvery packet goes the same way.")?,
        Some(Difference { step: None, .. }) => {
            writeln!(
                output,
                "\nThe steps are the same; where packets end, or how often, is not."
            )?;
        }
        Some(Difference {
            alternative,
            step: Some(step),
            ..
        }) => {
            writeln!(output, "\nThey part at step {}", step + 1)?;
            for (side, answer) in [("before", &before), ("after ", &after)] {
                let what = told(answer, alternative, step);
                writeln!(output, "  {side}  {what}")?;
            }
        }
    }
    writeln!(output, "\n--- before")?;
    print(&was, &before, rules.then_some(before.mode), &mut output)?;
    writeln!(output, "\n--- after")?;
    print(&is, &after, rules.then_some(after.mode), &mut output)?;
    Ok(fails)
}

fn told(answer: &Answer, alternative: usize, step: usize) -> String {
    let journey = answer.alternatives.get(alternative).map(|it| &it.journey);
    let step = journey.and_then(|journey| journey.all_steps().nth(step));
    step.map_or("(has ended)".to_owned(), words::title)
}

fn unique(texts: Vec<&str>) -> Vec<&str> {
    let mut unique: Vec<&str> = Vec::new();
    for text in texts {
        if !unique.contains(&text) {
            unique.push(text);
        }
    }
    unique
}

/// Every end with its shares on both sides; `-` where it is not reached.
fn split(before: &Answer, after: &Answer) -> Vec<(String, String, String)> {
    let (before, after) = (compare::split(before), compare::split(after));
    let mut rows: Vec<(String, String, String)> = before
        .iter()
        .map(|(end, share)| {
            let after = after.iter().find(|(known, _)| known == end);
            let after = after.map_or("-".to_owned(), |(_, share)| share.to_string());
            (end.clone(), share.to_string(), after)
        })
        .collect();
    for (end, share) in &after {
        if !before.iter().any(|(known, _)| known == end) {
            rows.push((end.clone(), "-".to_owned(), share.to_string()));
        }
    }
    rows
}
