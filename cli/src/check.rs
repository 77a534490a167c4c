//! `switchboard check`: findings with the line that is to blame.

use std::io::{self, Write};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use switchboard_engine::Analysis;
use switchboard_engine::finding::{Finding, Severity};
use switchboard_engine::manifest::Location;

/// Prints every finding. Says whether one of them is an error.
pub(crate) fn check(analysis: &Analysis, color: bool, mut output: impl Write) -> io::Result<bool> {
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut counts = [0_usize; 3];
    for finding in analysis.findings.iter() {
        counts[finding.severity() as usize] += 1;
        writeln!(
            output,
            "{}\n",
            renderer.render(&[report(analysis, finding)])
        )?;
    }
    let [notes, warnings, errors] = counts;
    writeln!(
        output,
        "{errors} error(s), {warnings} warning(s), {notes} note(s)"
    )?;
    Ok(errors > 0)
}

fn report<'a>(analysis: &'a Analysis, finding: &'a Finding) -> Group<'a> {
    let level = match finding.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(finding.message()).id(finding.code());
    let Some(location) = finding
        .origin
        .as_ref()
        .and_then(|origin| analysis.manifest.range(origin))
    else {
        return Group::with_title(title);
    };
    let mut group = title.element(snippet(analysis, &location, AnnotationKind::Primary));
    for related in finding
        .related
        .iter()
        .filter_map(|origin| analysis.manifest.range(origin))
    {
        group = group.element(snippet(analysis, &related, AnnotationKind::Context));
    }
    group
}

fn snippet<'a>(
    analysis: &'a Analysis,
    location: &Location,
    kind: AnnotationKind,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let file = &analysis.manifest.files[location.file];
    Snippet::source(file.text.as_str())
        .path(file.name.as_str())
        .annotation(kind.span(first_line(&file.text, location)))
}

/// A block of many lines is pointed at by its first: the rest would bury the message.
fn first_line(text: &str, location: &Location) -> std::ops::Range<usize> {
    let range = location.bytes.clone();
    let end = text[range.clone()]
        .find(['\r', '\n'])
        .map_or(range.end, |length| range.start + length);
    range.start..end
}
