//! A journey as Markdown, for an issue or a chat, and as a picture. Words are the engine's; here they are only set.

use std::fmt::Write;

use switchboard_engine::{
    packet::Header,
    trace::{Certainty, words::headline},
};

use crate::{
    protocol::{FindingView, StepView, TraceView, WayView},
    words,
};

/// A way as Markdown, with what is behind it as far as that may be told; `link` leads to the page with all of it.
pub fn markdown(
    trace: &TraceView,
    way: usize,
    findings: &[FindingView],
    link: Option<&str>,
) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = writeln!(
        out,
        "## {} → {}\n\n**{}**",
        plain(&trace.probe.from),
        plain(&trace.probe.to),
        headline(trace.headline)
    );
    for caveat in &trace.caveats {
        let _ = writeln!(out, "\n{}", plain(caveat));
    }
    if trace.ways.len() > 1 {
        let _ = writeln!(
            out,
            "\n| {} | {} | {} |\n|---|---|---|",
            words::report::SHARE,
            words::report::WAY,
            words::report::CLIENT_SEES
        );
        for way in &trace.ways {
            let _ = writeln!(
                out,
                "| {} | {} | {} |",
                plain(&way.share),
                plain(&way.title),
                plain(&way.client_sees_text)
            );
        }
    }
    if let Some(way) = trace.ways.get(way) {
        let _ = writeln!(out, "\n{}\n", plain(&way.outcome));
        for (nth, step) in way.steps.iter().enumerate() {
            write_step(&mut out, nth + 1, step);
        }
    }
    if !findings.is_empty() {
        let _ = writeln!(out, "\n**{}**\n", words::report::FINDINGS);
    }
    for finding in findings {
        let _ = write!(
            out,
            "- {}: {} ({}",
            plain(&finding.object),
            plain(&finding.message),
            code(&finding.code)
        );
        if let Some(place) = &finding.place {
            let line = words::common::line_of(&place.file_name, place.line);
            let _ = write!(out, ", {}", plain(&line));
        }
        let _ = writeln!(out, ")");
    }
    let _ = writeln!(out, "\n{}", words::report::simulated());
    if let Some(link) = link {
        let _ = writeln!(out, "\n[{}](<{link}>)", words::report::OPEN);
    }
    out
}

fn write_step(out: &mut String, nth: usize, step: &StepView) {
    let _ = writeln!(
        out,
        "{nth}. **{}** ({}). {}",
        plain(&step.title),
        plain(&whereabouts(step)),
        plain(&step.reason)
    );
    if let Some(change) = change(step) {
        let _ = writeln!(out, "   - {}", code(&change));
    }
    // Rules that the packet was only compared with would read as if they were for it.
    let matched = step.rules.iter().filter(|rule| rule.rule.matched);
    for rule in matched.filter_map(|rule| rule.text.as_deref()) {
        let _ = writeln!(out, "   - {}", words::report::rule(&code(rule)));
    }
    if let Some(cause) = step.causes.first() {
        let _ = writeln!(
            out,
            "   - {}",
            words::report::cause(&plain(&cause.file_name), cause.line, &code(&cause.text))
        );
    }
    if let Some(command) = &step.command {
        let _ = writeln!(
            out,
            "   - {}",
            words::report::check(&code(&command.line), command.is_assumed)
        );
    }
}

/// Where a step happens, and whether that is how it would on a real cluster.
fn whereabouts(step: &StepView) -> String {
    let mut said = format!("{}, {}", step.phase.name(), step.place);
    match step.certainty {
        Certainty::Given => {}
        Certainty::Assumed => said = format!("{said}, {}", words::common::ASSUMED),
        Certainty::Unknowable => said = format!("{said}, {}", words::report::UNKNOWABLE),
    }
    said
}

fn change(step: &StepView) -> Option<String> {
    let (before, after) = (step.before.as_ref()?, step.after.as_ref()?);
    (before != after).then(|| words::report::becomes(header(before), header(after)))
}

fn header(header: &Header) -> String {
    format!(
        "{} {} → {}",
        header.protocol_name(),
        header.from(),
        header.to()
    )
}

/// Text of manifests stays text: no markup, no links, no mentions, one line.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '!' | '~' | '&' => {
                out.push('\\');
                out.push(c);
            }
            // A name that somebody is called by on the forge would be told.
            '@' => out.push_str("@\u{200b}"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Between more backticks than it holds.
fn code(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let longest = text
        .split(|c| c != '`')
        .map(str::len)
        .max()
        .unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    if longest == 0 {
        format!("`{text}`")
    } else {
        format!("{fence} {text} {fence}")
    }
}

const WIDTH: usize = 900;
/// Characters in a line of body text; the font is whatever is there, so there is some room.
const COLUMNS: usize = 112;

/// A way as a picture that needs no style sheet and no font of its own. `metadata` goes with it.
pub fn journey_svg(trace: &TraceView, way: &WayView, metadata: &str) -> String {
    let mut lines: Vec<(usize, &str, String)> = Vec::new();
    let title = format!("{} → {}", trace.probe.from, trace.probe.to);
    push(&mut lines, 20, "600", &title, 64);
    push(
        &mut lines,
        14,
        "600",
        headline(trace.headline),
        COLUMNS - 12,
    );
    push(&mut lines, 13, "400", &way.outcome, COLUMNS);
    for (nth, step) in way.steps.iter().enumerate() {
        lines.push((6, "400", String::new()));
        let title = format!("{}. {} ({})", nth + 1, step.title, whereabouts(step));
        push(&mut lines, 13, "600", &title, COLUMNS - 8);
        push(&mut lines, 13, "400", &step.reason, COLUMNS);
        if let Some(change) = change(step) {
            push(&mut lines, 12, "mono", &change, COLUMNS - 12);
        }
    }
    lines.push((10, "400", String::new()));
    push(&mut lines, 11, "400", &words::report::simulated(), COLUMNS);
    let mut y = 24;
    let mut body = String::new();
    for (size, weight, text) in &lines {
        y += size * 3 / 2;
        if text.is_empty() {
            continue;
        }
        let style = if *weight == "mono" {
            "font-family=\"monospace\" fill=\"#444c5b\"".to_owned()
        } else {
            format!("font-weight=\"{weight}\"")
        };
        let _ = write!(
            body,
            "<text x=\"32\" y=\"{y}\" font-size=\"{size}\" {style}>{}</text>",
            escaped(text)
        );
    }
    let height = y + 32;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" viewBox=\"0 0 {WIDTH} {height}\" \
         font-family=\"Inter, system-ui, sans-serif\" fill=\"#171a21\"><title>{}</title><metadata id=\"switchboard\">{}\
         </metadata><rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#ffffff\"/>{body}</svg>",
        escaped(&title),
        escaped(metadata)
    )
}

fn push(
    lines: &mut Vec<(usize, &str, String)>,
    size: usize,
    weight: &'static str,
    text: &str,
    columns: usize,
) {
    let mut line = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        // Names of 253 characters have no spaces.
        let letters: Vec<char> = word.chars().collect();
        for piece in letters.chunks(columns) {
            if length > 0 && length + 1 + piece.len() > columns {
                lines.push((size, weight, std::mem::take(&mut line)));
                length = 0;
            }
            if length > 0 {
                line.push(' ');
                length += 1;
            }
            line.extend(piece);
            length += piece.len();
        }
    }
    if length > 0 {
        lines.push((size, weight, line));
    }
}

/// For text and attributes in XML. Characters that XML cannot hold become spaces.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            '\u{fffe}' | '\u{ffff}' => out.push(' '),
            c if c < ' ' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use switchboard_engine::trace::words::Command;

    use super::*;
    use crate::{
        documents::FileChange,
        protocol::{Answer, ProbeText, Question},
        scene::MapView,
        worker,
    };

    const TEXT: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: client}\nspec: {containers: [{name: a, image: b}]}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n";

    fn trace() -> TraceView {
        let documents = Question::Documents {
            revision: 1,
            base: None,
            files: vec![FileChange::Whole {
                name: "a.yaml".into(),
                text: TEXT.into(),
            }],
            options: Default::default(),
            changes: Vec::new(),
            shown: Default::default(),
            view: MapView::default(),
        };
        let probe = Question::Trace(ProbeText {
            from: "pod/default/client".into(),
            to: "http://web".into(),
        });
        match worker::answers(vec![documents, probe]).pop() {
            Some(Answer::Trace {
                answer: Ok(trace), ..
            }) => *trace,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn text_of_manifests_does_not_become_markup() {
        let mut trace = trace();
        let step = &mut trace.ways[0].steps[0];
        step.title = "Looked up <script>".into();
        step.reason = "See [here](http://evil) @admin `x`".into();
        step.command = Some(Command {
            line: "echo `id`".into(),
            is_assumed: false,
            is_in_pod: false,
        });
        let markdown = markdown(&trace, 0, &trace.why, None);
        assert!(
            markdown.starts_with("## pod/default/client → http://web\n\n**"),
            "{markdown}"
        );
        assert!(
            markdown.contains("1. **Looked up \\<script\\>** ("),
            "{markdown}"
        );
        assert!(
            markdown.contains("See \\[here\\](http://evil) @\u{200b}admin \\`x\\`"),
            "{markdown}"
        );
        assert!(
            markdown.contains("   - check: `` echo `id` ``\n"),
            "{markdown}"
        );
        let svg = journey_svg(&trace, &trace.ways[0], "</metadata><script>");
        assert!(!svg.contains("<script"), "{svg}");
        assert!(svg.contains("Looked up &lt;script&gt;"), "{svg}");
    }

    #[test]
    fn findings_the_link_and_what_is_assumed_go_with_it() {
        let trace = trace();
        let markdown = markdown(&trace, 0, &trace.why, Some("https://example.com/#m=x"));
        assert!(!trace.why.is_empty(), "nothing is wrong");
        for finding in &trace.why {
            let code = format!("({}, a.yaml:", code(&finding.code));
            assert!(markdown.contains(&code), "{markdown}");
        }
        assert!(
            markdown.ends_with("](<https://example.com/#m=x>)\n"),
            "{markdown}"
        );
        let assumed = trace.ways[0].steps.iter();
        let assumed = assumed.filter(|step| step.certainty == Certainty::Assumed);
        let count = assumed.count();
        assert!(count > 0, "nothing is assumed");
        let svg = journey_svg(&trace, &trace.ways[0], "");
        for report in [markdown, svg] {
            assert_eq!(report.matches(", assumed)").count(), count, "{report}");
            assert!(report.contains("What is marked as assumed"), "{report}");
        }
    }

    #[test]
    fn only_rules_that_matched_are_listed() {
        let trace = trace();
        let markdown = markdown(&trace, 0, &trace.why, None);
        let rules = || trace.ways[0].steps.iter().flat_map(|step| &step.rules);
        let texts = |matched: bool| {
            let rules = rules().filter(move |rule| rule.rule.matched == matched);
            rules.filter_map(|rule| rule.text.as_deref())
        };
        assert!(texts(false).count() > 0, "nothing was passed over");
        assert_eq!(markdown.matches("   - rule: ").count(), texts(true).count());
        for text in texts(false) {
            assert!(!markdown.contains(text), "{text}");
        }
    }

    #[test]
    fn long_names_are_broken() {
        let mut lines = Vec::new();
        push(&mut lines, 13, "400", &"x".repeat(250), 100);
        let lengths: Vec<usize> = lines.iter().map(|(_, _, line)| line.len()).collect();
        assert_eq!(lengths, [100, 100, 50]);
    }
}
