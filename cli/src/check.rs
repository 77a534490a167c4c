//! `switchboard check`: findings for people, with the line that is to blame, and for programs.

mod formats;
mod mending;

pub(crate) use mending::fix;

use std::io::{self, Write};

use annotate_snippets::{AnnotationKind, Group, Level, Origin as Place, Renderer, Snippet};
use clap::ValueEnum;
use switchboard_engine::Analysis;
use switchboard_engine::finding::{Finding, Severity, catalogue};
use switchboard_engine::manifest::{LineIndex, Location};
use switchboard_engine::origin::Origin;

/// At most this many other places are shown with a finding.
const RELATED: usize = 5;

/// Lines of more bytes are not shown: a dump in JSON is one line.
const LONGEST: usize = 500;

/// For whom findings are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Report {
    /// People.
    #[default]
    Text,
    /// Programs.
    Json,
    /// Code scanning: SARIF 2.1.0.
    Sarif,
    /// Workflow commands of GitHub Actions.
    Github,
}

/// `--severity`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Least {
    #[default]
    Note,
    Warning,
    Error,
}

impl Least {
    fn admits(self, severity: Severity) -> bool {
        severity
            >= match self {
                Self::Note => Severity::Note,
                Self::Warning => Severity::Warning,
                Self::Error => Severity::Error,
            }
    }
}

/// Reports findings. Says whether one of them is an error.
pub(crate) fn check(
    analysis: &Analysis,
    report: Report,
    least: Least,
    color: bool,
    mut output: impl Write,
) -> io::Result<bool> {
    let findings: Vec<&Finding> = analysis
        .findings
        .iter()
        .filter(|finding| least.admits(finding.severity()))
        .collect();
    match report {
        Report::Text => text(analysis, &findings, color, &mut output)?,
        Report::Json => formats::json(analysis, &findings, &mut output)?,
        Report::Sarif => formats::sarif(analysis, &findings, &mut output)?,
        Report::Github => formats::github(analysis, &findings, &mut output)?,
    }
    Ok(findings
        .iter()
        .any(|finding| finding.severity() == Severity::Error))
}

/// Prints the page of a code.
pub(crate) fn explain(code: &str, mut output: impl Write) -> io::Result<()> {
    match catalogue::entry(code) {
        Some(entry) => write!(output, "{}", catalogue::page(entry)),
        None => Err(io::Error::other(format!(
            "there is no finding `{}`; docs/findings.md has them all",
            code.escape_default()
        ))),
    }
}

fn text(
    analysis: &Analysis,
    findings: &[&Finding],
    color: bool,
    output: &mut impl Write,
) -> io::Result<()> {
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let lines: Vec<LineIndex<'_>> = analysis
        .manifest
        .files
        .iter()
        .map(|file| LineIndex::new(&file.text))
        .collect();
    // Asked for together: what an object's places are found in is built once for all of them.
    let asked: Vec<Origin> = findings
        .iter()
        .flat_map(|finding| origins(finding))
        .cloned()
        .collect();
    let mut places = analysis.manifest.ranges(&asked).into_iter();
    let mut counts = [0_usize; 3];
    for &finding in findings {
        counts[finding.severity() as usize] += 1;
        let places: Vec<_> = places.by_ref().take(origins(finding).count()).collect();
        let report = report(analysis, &lines, finding, &places);
        writeln!(output, "{}\n", renderer.render(&[report]))?;
    }
    let [notes, warnings, errors] = counts;
    writeln!(
        output,
        "{errors} error(s), {warnings} warning(s), {notes} note(s)"
    )
}

/// The places of a finding: its own first.
fn origins(finding: &Finding) -> impl Iterator<Item = &Origin> {
    finding.origin.iter().chain(&finding.related)
}

fn report<'a>(
    analysis: &'a Analysis,
    lines: &[LineIndex<'a>],
    finding: &'a Finding,
    places: &[Option<Location>],
) -> Group<'a> {
    let level = match finding.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(finding.message()).id(finding.code());
    let (own, related) = match (&finding.origin, places) {
        (Some(_), [Some(own), related @ ..]) => (own, related),
        _ => return Group::with_title(title),
    };
    let mut group = show(
        Group::with_title(title),
        analysis,
        lines,
        own,
        AnnotationKind::Primary,
    );
    for related in related.iter().flatten().take(RELATED) {
        group = show(group, analysis, lines, related, AnnotationKind::Context);
    }
    group
}

/// Adds the one line on which a place begins: a block of many lines would bury the message, and a printer that is given
/// the whole file reads it anew for every finding. Of a line that nobody could read, only the place.
fn show<'a>(
    group: Group<'a>,
    analysis: &'a Analysis,
    lines: &[LineIndex<'a>],
    location: &Location,
    kind: AnnotationKind,
) -> Group<'a> {
    let file = &analysis.manifest.files[location.file];
    let position = lines[location.file].position(location.bytes.start);
    let line = lines[location.file].line(position.line);
    if line.len() > LONGEST {
        let place = Place::path(file.name.as_str());
        return group.element(place.line(position.line).char_column(position.column));
    }
    let text = file.text[line.clone()].trim_end_matches(['\r', '\n']);
    let start = location.bytes.start.min(line.start + text.len()) - line.start;
    let end = location.bytes.end.min(line.start + text.len()) - line.start;
    group.element(
        Snippet::source(text)
            .line_start(position.line)
            .path(file.name.as_str())
            .annotation(kind.span(start..end.max(start))),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_explained_and_no_other_word() {
        for entry in catalogue::entries() {
            let mut page = Vec::new();
            explain(entry.code, &mut page).unwrap();
            let page = String::from_utf8(page).unwrap();
            assert!(page.starts_with(&format!("## `{}`\n\n**{}**", entry.code, entry.title)));
            assert!(page.contains(entry.mend), "{}", entry.code);
        }
        let refusal = explain("no-such\u{1b}code", Vec::new()).unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "there is no finding `no-such\\u{1b}code`; docs/findings.md has them all"
        );
    }
}
