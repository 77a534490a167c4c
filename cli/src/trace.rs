//! `switchboard trace`: one packet's ways, in words or as JSON.

use std::io::{self, Write};

use switchboard_engine::Analysis;
use switchboard_engine::origin::Origin;
use switchboard_engine::trace::{
    Alternative, Answer, Certainty, Hop, Lookup, Probe, Share, Shares, Verdict, words,
};

/// At most this many endpoints of an alternative are listed.
const ENDPOINTS: usize = 12;

/// Traces and prints. Says whether the packet can fail to arrive.
pub(crate) fn trace(
    analysis: &Analysis,
    probe: &Probe,
    json: bool,
    mut output: impl Write,
) -> io::Result<bool> {
    let answer = analysis.trace(probe);
    if json {
        serde_json::to_writer_pretty(&mut output, &answer)?;
        writeln!(output)?;
    } else {
        print(analysis, &answer, &mut output)?;
    }
    Ok(matches!(
        answer.verdict,
        Verdict::Unreachable | Verdict::Ambiguous
    ))
}

fn print(analysis: &Analysis, answer: &Answer, output: &mut impl Write) -> io::Result<()> {
    writeln!(
        output,
        "{}: {}",
        answer.probe,
        words::verdict(answer.verdict)
    )?;
    for caveat in words::caveats(answer) {
        writeln!(output, "{caveat}")?;
    }
    if let Some(lookup) = &answer.lookup {
        print_lookup(lookup, output)?;
    }
    for alternative in &answer.alternatives {
        print_alternative(analysis, answer, alternative, output)?;
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
    output: &mut impl Write,
) -> io::Result<()> {
    let journey = &alternative.journey;
    let share = alternative.share;
    match &answer.shares {
        Shares::Probability => writeln!(output, "\n{share} of the packets")?,
        Shares::LongRun => writeln!(output, "\n{share} of the packets, in the long run")?,
        Shares::Unknown { .. } if share == Share::ALL => writeln!(output, "\n1 of the packets")?,
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
    print_hops(analysis, &journey.hops, output)?;
    writeln!(output, "  => {}", words::ending(journey))?;
    writeln!(
        output,
        "     The client sees: {}.",
        words::client_sees(journey.client_sees())
    )?;
    if let Some(rules) = words::rules_evaluated(journey, answer.mode) {
        writeln!(output, "     {rules}")?;
    }
    if let Some(reply) = &journey.reply {
        writeln!(output, "  the reply")?;
        print_hops(analysis, &reply.hops, output)?;
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

fn print_hops(analysis: &Analysis, hops: &[Hop], output: &mut impl Write) -> io::Result<()> {
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
