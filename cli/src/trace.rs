//! `switchboard trace`: one packet's ways, in words or as JSON.

use std::io::{self, Write};

use switchboard_engine::Analysis;
use switchboard_engine::cluster::ProxyMode;
use switchboard_engine::origin::Origin;
use switchboard_engine::trace::{
    Alternative, Answer, Certainty, Headline, Hop, Lookup, Probe, Share, Shares, Step, Verdict,
    words,
};

/// At most this many rules of a stretch are listed.
const RULES: usize = 20;

/// At most this many endpoints of an alternative are listed.
const ENDPOINTS: usize = 12;

/// How an answer is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// For programs.
    Json,
    /// For people.
    Text {
        /// With each rule that was met.
        rules: bool,
    },
}

/// Traces and prints. Says whether the packet can fail to arrive.
pub(crate) fn trace(
    analysis: &Analysis,
    probe: &Probe,
    how: How,
    mut output: impl Write,
) -> io::Result<bool> {
    let answer = analysis.trace(probe);
    match how {
        How::Json => {
            serde_json::to_writer_pretty(&mut output, &answer)?;
            writeln!(output)?;
        }
        How::Text { rules } => {
            let rules = rules.then_some(answer.mode);
            print(analysis, &answer, rules, &mut output)?;
            print_reasons(analysis, &answer, &mut output)?;
        }
    }
    Ok(can_fail(answer.verdict))
}

/// The findings behind an answer, the one to mend first in front.
fn print_reasons(analysis: &Analysis, answer: &Answer, output: &mut impl Write) -> io::Result<()> {
    let findings = analysis.explain(answer);
    let (why, beside): (Vec<_>, Vec<_>) = findings
        .iter()
        .partition(|finding| finding.symptom().breaks());
    for (title, findings) in [("Why", why), ("Worth knowing", beside)] {
        if findings.is_empty() {
            continue;
        }
        writeln!(output, "\n{title}")?;
        for finding in findings {
            writeln!(output, "  - {} [{}]", finding.message(), finding.code())?;
            if let Some(place) = finding
                .origin
                .as_ref()
                .and_then(|origin| line(analysis, origin))
            {
                writeln!(output, "      {place}")?;
            }
            if let Some(mend) = analysis.mend(finding) {
                writeln!(output, "      {}", mend.title)?;
            }
        }
    }
    Ok(())
}

/// Whether the packet does not always arrive.
pub(crate) fn can_fail(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Unreachable | Verdict::Ambiguous)
}

/// In words. `rules`: the mode whose rules are printed, too.
pub(crate) fn print(
    analysis: &Analysis,
    answer: &Answer,
    rules: Option<ProxyMode>,
    output: &mut impl Write,
) -> io::Result<()> {
    writeln!(
        output,
        "{}: {}",
        answer.probe,
        words::headline(Headline::of(answer))
    )?;
    for caveat in words::caveats(answer) {
        writeln!(output, "{caveat}")?;
    }
    if let Some(lookup) = &answer.lookup {
        print_lookup(lookup, output)?;
    }
    for alternative in &answer.alternatives {
        print_alternative(analysis, answer, alternative, rules, output)?;
    }
    Ok(())
}

fn print_lookup(lookup: &Lookup, output: &mut impl Write) -> io::Result<()> {
    writeln!(output, "\nDNS")?;
    for exchange in &lookup.exchanges {
        let answers = if exchange.answers.is_empty() {
            exchange.rcode.to_string()
        } else {
            exchange.answers.join(", ")
        };
        writeln!(
            output,
            "  {} {} -> {answers}",
            exchange.name, exchange.record
        )?;
    }
    Ok(())
}

fn print_alternative(
    analysis: &Analysis,
    answer: &Answer,
    alternative: &Alternative,
    rules: Option<ProxyMode>,
    output: &mut impl Write,
) -> io::Result<()> {
    let journey = &alternative.journey;
    let share = alternative.share;
    match &answer.shares {
        _ if share == Share::ALL => writeln!(output, "\n{share} of the packets")?,
        Shares::Probability => writeln!(output, "\n{share} of the packets")?,
        Shares::LongRun => writeln!(output, "\n{share} of the packets, in the long run")?,
        Shares::Unknown { .. } => writeln!(output, "\nSome of the packets")?,
    }
    if !alternative.entries.is_empty() {
        let nodes: Vec<&str> = alternative
            .entries
            .iter()
            .map(|entry| entry.node.as_str())
            .collect();
        writeln!(output, "  enter by {}", nodes.join(", "))?;
    }
    print_hops(analysis, &journey.hops, rules, output)?;
    writeln!(output, "  => {}", words::ending(journey))?;
    writeln!(
        output,
        "     The client sees: {}.",
        words::client_sees(journey)
    )?;
    if let Some(rules) = words::rules_evaluated(journey, answer.mode) {
        writeln!(output, "     {rules}")?;
    }
    if let Some(reply) = &journey.reply {
        writeln!(output, "  the reply")?;
        print_hops(analysis, &reply.hops, None, output)?;
    }
    // One endpoint is named by the outcome already.
    if alternative.endpoints.len() > 1 {
        writeln!(output, "  endpoints")?;
        for endpoint in alternative.endpoints.iter().take(ENDPOINTS) {
            let pod = endpoint.pod.as_deref().unwrap_or("(no Pod)");
            writeln!(
                output,
                "    {:>8}  {}  {pod}",
                endpoint.share.to_string(),
                endpoint.address
            )?;
        }
        let hidden = alternative.endpoints.len().saturating_sub(ENDPOINTS);
        if hidden > 0 {
            writeln!(output, "              and {hidden} more")?;
        }
    }
    Ok(())
}

fn print_hops(
    analysis: &Analysis,
    hops: &[Hop],
    rules: Option<ProxyMode>,
    output: &mut impl Write,
) -> io::Result<()> {
    for hop in hops {
        writeln!(output, "  {}", words::place(&hop.place))?;
        for step in &hop.steps {
            let mark = match step.certainty {
                Certainty::Given => "",
                Certainty::Assumed => " (assumed)",
                Certainty::Unknowable => " (unknowable)",
            };
            writeln!(output, "    - {}{mark}", words::title(step))?;
            if let (Some(before), Some(after)) = (step.before, step.after)
                && before != after
            {
                writeln!(output, "        {} -> {}", before.from(), before.to())?;
                writeln!(output, "     => {} -> {}", after.from(), after.to())?;
            }
            if let Some(place) = step
                .because
                .origins
                .first()
                .and_then(|origin| line(analysis, origin))
            {
                writeln!(output, "        {place}")?;
            }
            if let Some(mode) = rules {
                print_rules(analysis, mode, step, output)?;
            }
        }
    }
    Ok(())
}

fn print_rules(
    analysis: &Analysis,
    mode: ProxyMode,
    step: &Step,
    output: &mut impl Write,
) -> io::Result<()> {
    for rules in &step.because.rules {
        writeln!(output, "        {} {}", rules.table, rules.chain)?;
        for met in analysis.rules_met(mode, rules, RULES) {
            match met.missed {
                None => writeln!(output, "          + {}", met.text)?,
                Some(missed) => {
                    writeln!(output, "          - {}", met.text)?;
                    writeln!(output, "            misses {missed}")?;
                }
            }
        }
        let hidden = u64::from(rules.last - rules.first).saturating_sub(RULES as u64 - 1);
        if hidden > 0 {
            writeln!(output, "          and {hidden} more")?;
        }
    }
    Ok(())
}

/// `web.yaml:14`
fn line(analysis: &Analysis, origin: &Origin) -> Option<String> {
    let location = analysis.manifest.range(origin)?;
    let file = &analysis.manifest.files[location.file];
    let line = 1 + file.text[..location.bytes.start]
        .bytes()
        .filter(|&byte| byte == b'\n')
        .count();
    Some(format!("{}:{line} {}", file.name, origin.path))
}
