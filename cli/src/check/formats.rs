//! Findings for programs: JSON, SARIF 2.1.0, and the workflow commands of GitHub Actions.

use std::io::{self, Write};

use serde_json::{Value, json};
use switchboard_engine::Analysis;
use switchboard_engine::finding::{Finding, Severity, catalogue};
use switchboard_engine::manifest::{LineIndex, Location, Position};

/// A finding where it stands.
struct Placed<'a> {
    finding: &'a Finding,
    location: Option<Location>,
    start: Option<Position>,
    end: Option<Position>,
}

fn placed<'a>(analysis: &'a Analysis, findings: &[&'a Finding]) -> Vec<Placed<'a>> {
    let lines: Vec<LineIndex<'_>> = analysis
        .manifest
        .files
        .iter()
        .map(|file| LineIndex::new(&file.text))
        .collect();
    findings
        .iter()
        .map(|finding| {
            let location = finding
                .origin
                .as_ref()
                .and_then(|origin| analysis.manifest.range(origin));
            let at = |pick: fn(&Location) -> usize| {
                let location = location.as_ref()?;
                Some(lines[location.file].position(pick(location)))
            };
            Placed {
                finding,
                start: at(|location| location.bytes.start),
                end: at(|location| location.bytes.end),
                location,
            }
        })
        .collect()
}

fn file<'a>(analysis: &'a Analysis, placed: &Placed<'_>) -> Option<&'a str> {
    let location = placed.location.as_ref()?;
    Some(analysis.manifest.files[location.file].name.as_str())
}

fn object(analysis: &Analysis, finding: &Finding) -> Option<Value> {
    let origin = finding.origin.as_ref()?;
    let identity = analysis.manifest.identity(origin.object)?;
    Some(json!({
        "apiVersion": identity.api_version,
        "kind": identity.kind,
        "namespace": identity.namespace,
        "name": identity.name,
    }))
}

/// One object with all findings.
pub(super) fn json(
    analysis: &Analysis,
    findings: &[&Finding],
    output: &mut impl Write,
) -> io::Result<()> {
    let all: Vec<Value> = placed(analysis, findings)
        .iter()
        .map(|placed| {
            let finding = placed.finding;
            let position = |position: Option<Position>| {
                position.map(|at| json!({"line": at.line, "column": at.column}))
            };
            let mend = analysis.mend(finding).map(|mend| {
                json!({
                    "title": mend.title,
                    "file": analysis.manifest.files[mend.edit.file].name,
                    "bytes": [mend.edit.bytes.start, mend.edit.bytes.end],
                    "text": mend.edit.text,
                })
            });
            json!({
                "code": finding.code(),
                "severity": finding.severity().name(),
                "title": finding.entry().title,
                "message": finding.message(),
                "symptom": finding.symptom(),
                "object": object(analysis, finding),
                "field": finding.origin.as_ref().map(|origin| origin.path.to_string()),
                "file": file(analysis, placed),
                "start": position(placed.start),
                "end": position(placed.end),
                "edit": mend,
                "command": analysis.command(finding),
            })
        })
        .collect();
    serde_json::to_writer_pretty(&mut *output, &json!({ "findings": all }))?;
    writeln!(output)
}

/// SARIF 2.1.0, as code scanning reads it: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/>.
pub(super) fn sarif(
    analysis: &Analysis,
    findings: &[&Finding],
    output: &mut impl Write,
) -> io::Result<()> {
    let rules: Vec<Value> = catalogue::entries()
        .map(|entry| {
            json!({
                "id": entry.code,
                "shortDescription": {"text": entry.title},
                "fullDescription": {"text": entry.means},
                "help": {"text": entry.mend},
                "defaultConfiguration": {"level": entry.severity.name()},
            })
        })
        .collect();
    let results: Vec<Value> = placed(analysis, findings)
        .iter()
        .map(|placed| result(analysis, placed))
        .collect();
    let log = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "Switchboard",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            // Columns are counted in characters here.
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *output, &log)?;
    writeln!(output)
}

fn result(analysis: &Analysis, placed: &Placed<'_>) -> Value {
    let finding = placed.finding;
    let rule = catalogue::entries().position(|entry| entry.code == finding.code());
    let mut result = json!({
        "ruleId": finding.code(),
        "ruleIndex": rule,
        "level": finding.severity().name(),
        "message": {"text": finding.message()},
        "locations": [],
    });
    if let (Some(name), Some(start), Some(end)) = (file(analysis, placed), placed.start, placed.end)
    {
        result["locations"] = json!([{"physicalLocation": {
            "artifactLocation": {"uri": uri(name)},
            "region": {
                "startLine": start.line,
                "startColumn": start.column,
                "endLine": end.line,
                "endColumn": end.column,
            },
        }}]);
    }
    result
}

/// A path as a relative URI reference.
fn uri(path: &str) -> String {
    path.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

/// One command a line: `::error file=…,line=…::message`.
pub(super) fn github(
    analysis: &Analysis,
    findings: &[&Finding],
    output: &mut impl Write,
) -> io::Result<()> {
    for placed in placed(analysis, findings) {
        let finding = placed.finding;
        let command = match finding.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let mut properties = format!("title={}", property(finding.code()));
        if let (Some(name), Some(start), Some(end)) =
            (file(analysis, &placed), placed.start, placed.end)
        {
            properties = format!(
                "file={},line={},col={},endLine={},{properties}",
                property(name),
                start.line,
                start.column,
                end.line,
            );
        }
        writeln!(
            output,
            "::{command} {properties}::{}",
            data(&finding.message())
        )?;
    }
    Ok(())
}

/// What would end a command is written otherwise: <https://github.com/actions/toolkit>, `escapeData`.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use switchboard_engine::apiserver::Entrance;
    use switchboard_engine::cluster::Environment;
    use switchboard_engine::manifest::SourceFile;

    const TEXT: &str = "apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: wbe}
  ports: [{port: 80}]
---
{apiVersion: v1, kind: Pod, metadata: {name: a, labels: {app: web}}, spec: {containers: [{name: a, image: a}]}}
";

    fn told(how: impl Fn(&Analysis, &[&Finding], &mut Vec<u8>) -> io::Result<()>) -> String {
        let file = SourceFile {
            name: "my shop.yaml".into(),
            text: TEXT.into(),
        };
        let analysis = Analysis::of(vec![file], Entrance::Paste, Environment::default());
        let findings: Vec<&Finding> = analysis.findings.iter().collect();
        let mut output = Vec::new();
        how(&analysis, &findings, &mut output).unwrap();
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn github_gets_one_command_a_finding() {
        assert_eq!(
            told(github),
            "::warning file=my shop.yaml,line=5,col=19,endLine=5,title=selector-matches-nothing::The selector of Service default/web matches no Pod: it asks for `app: wbe`, Pod default/a has `app: web`.\n"
        );
    }

    #[test]
    fn json_has_the_edit_and_the_command() {
        let text = told(json);
        let value: Value = serde_json::from_str(&text).unwrap();
        let finding = &value["findings"][0];
        assert_eq!(finding["field"], "spec.selector.app");
        assert_eq!(finding["symptom"], json!({"kind": "refused"}));
        assert_eq!(finding["edit"]["text"], "web");
        assert_eq!(
            finding["command"],
            "kubectl -n default get pods --show-labels"
        );
    }

    // What the schema of SARIF 2.1.0 requires of the parts that are used.
    #[test]
    fn sarif_is_formed_as_its_schema_asks() {
        let text = told(sarif);
        let log: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        assert_eq!(run["tool"]["driver"]["name"], "Switchboard");
        for rule in rules {
            assert!(rule["id"].is_string());
            assert!(rule["shortDescription"]["text"].is_string());
            let level = rule["defaultConfiguration"]["level"].as_str().unwrap();
            assert!(["none", "note", "warning", "error"].contains(&level));
        }
        let result = &run["results"][0];
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert_eq!(result["level"], "warning");
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "my%20shop.yaml");
        assert_eq!(
            place["region"],
            json!({"startLine": 5, "startColumn": 19, "endLine": 5, "endColumn": 22})
        );
    }
}
