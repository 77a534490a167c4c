//! What would mend a finding, or write a change down, as edits of the text: where one is certain, or nearly so ([`is_certain`]).
//!
//! An edit replaces a range of bytes and leaves the rest alone, so comments, order and layout survive. Which value is
//! wrong, the finding says; where it stands, [`Manifest::locate`].

mod change;
#[cfg(test)]
mod tests;

pub use change::write;

use std::ops::Range;

use serde_json::Value;

use crate::finding::{
    Finding, HeadField, ManifestProblem, NameProblem, Near, Problem, ReachProblem, ServiceProblem,
};
use crate::manifest::{Manifest, Place, SourceFile, to_scalar};
use crate::nearest::nearest;
use crate::order::Order;
use crate::origin::Origin;

/// One replacement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Number of the file in [`Manifest::files`].
    pub file: usize,
    /// What is replaced; empty for an insertion.
    pub bytes: Range<usize>,
    /// What comes there.
    pub text: String,
}

/// What mends a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mend {
    /// What it does, for a button: "Write `app: web`".
    pub title: String,
    /// The edit.
    pub edit: Edit,
}

/// What mends this finding; `None` where more than one thing could be meant, or nothing in the text would do.
pub fn mend(manifest: &Manifest, finding: &Finding) -> Option<Mend> {
    let origin = finding.origin.as_ref()?;
    match &finding.problem {
        Problem::Reach(problem) => reach(manifest, origin, problem),
        Problem::Name(problem) => name(manifest, origin, problem),
        Problem::Manifest(problem) => text(manifest, origin, problem),
        Problem::Service(ServiceProblem::SliceWithoutService {
            label: Some(_),
            nearest: Some(nearest),
            ..
        }) => value(manifest, origin, nearest),
        Problem::Service(ServiceProblem::TargetPortUndeclared { declared, .. }) => {
            let [only] = declared.as_slice() else {
                return None;
            };
            written(manifest, origin, |old| Some((old, only.to_string())))
        }
        _ => None,
    }
}

/// Whether what [`mend`] writes is right without a person looking at it.
pub fn is_certain(finding: &Finding) -> bool {
    // A slip, most likely; a process may listen there all the same.
    !matches!(
        finding.problem,
        Problem::Service(ServiceProblem::TargetPortUndeclared { .. })
    )
}

/// The texts with these edits made. Of edits that overlap, the first counts; ranges that do not fit are left out.
pub fn apply<'e>(
    files: &[SourceFile],
    edits: impl IntoIterator<Item = &'e Edit>,
) -> Vec<SourceFile> {
    let mut by_file: Vec<Vec<&Edit>> = vec![Vec::new(); files.len()];
    for edit in edits {
        let Some(known) = by_file.get_mut(edit.file) else {
            continue;
        };
        let fits = files[edit.file].text.get(edit.bytes.clone()).is_some();
        let clashes = |other: &&Edit| {
            let apart = other.bytes.end <= edit.bytes.start || edit.bytes.end <= other.bytes.start;
            !apart || other.bytes == edit.bytes
        };
        if fits && !known.iter().any(clashes) {
            known.push(edit);
        }
    }
    files
        .iter()
        .zip(by_file)
        .map(|(file, mut edits)| {
            edits.order_by_key(|edit| edit.bytes.start);
            let mut text = String::with_capacity(file.text.len());
            let mut at = 0;
            for edit in edits {
                text += &file.text[at..edit.bytes.start];
                text += &edit.text;
                at = edit.bytes.end;
            }
            text += &file.text[at..];
            SourceFile {
                name: file.name.clone(),
                text,
            }
        })
        .collect()
}

fn reach(manifest: &Manifest, origin: &Origin, problem: &ReachProblem) -> Option<Mend> {
    match problem {
        ReachProblem::SelectorMatchesNothing {
            near: Some(Near {
                found: Some(found), ..
            }),
            ..
        } => value(manifest, origin, found),
        ReachProblem::TargetPortNotNamed {
            name,
            declared,
            missing,
            pods,
            other_protocol: None,
            ..
        } if missing == pods => {
            let names = declared.iter().map(|(name, _)| name.as_str());
            match (nearest(name, names), declared.as_slice()) {
                (Some(meant), _) if !meant.is_empty() => value(manifest, origin, meant),
                (_, [(only, _)]) if !only.is_empty() => value(manifest, origin, only),
                (_, [(_, port)]) => written(manifest, origin, |old| Some((old, port.to_string()))),
                _ => None,
            }
        }
        _ => None,
    }
}

fn name(manifest: &Manifest, origin: &Origin, problem: &NameProblem) -> Option<Mend> {
    match problem {
        NameProblem::ExternalNameIsShort { meant, .. }
        | NameProblem::SubdomainWithoutService {
            meant: Some(meant), ..
        } => value(manifest, origin, meant),
        NameProblem::HostNetworkWithoutClusterDns { .. } => {
            const MEANT: &str = "ClusterFirstWithHostNet";
            let policy = origin.object.at(origin.path.parent()?.key("dnsPolicy"));
            let found = manifest.locate(&policy)?;
            if found.found == policy.path.0.len() {
                return value(manifest, &policy, MEANT);
            }
            beside(manifest, origin, &format!("dnsPolicy: {MEANT}"))
        }
        _ => None,
    }
}

fn text(manifest: &Manifest, origin: &Origin, problem: &ManifestProblem) -> Option<Mend> {
    match problem {
        ManifestProblem::UnknownField {
            nearest: Some(meant),
            ..
        } => {
            let place = whole(manifest, origin)?;
            let key = place.key?;
            let holder = origin.object.at(origin.path.parent()?.key(meant.clone()));
            // The right one is there as well: which of the two is meant?
            if manifest.locate(&holder)?.found == holder.path.0.len() {
                return None;
            }
            let old = manifest.files.get(place.file)?.text.get(key.clone())?;
            let quoted = old.starts_with(['"', '\'']);
            let text = if quoted {
                format!("\"{meant}\"")
            } else {
                meant.to_string()
            };
            edit(place.file, key, text)
        }
        ManifestProblem::NoSuchVersion { expected, .. } => {
            let version = origin.object.at("apiVersion");
            value(manifest, &version, expected)
        }
        ManifestProblem::NoSuchKind {
            nearest: Some(meant),
            ..
        } => value(manifest, &origin.object.at("kind"), meant),
        ManifestProblem::HeadMissing {
            field: HeadField::ApiVersion,
            expected: Some(expected),
        } => {
            let kind = origin.object.at("kind");
            beside(manifest, &kind, &format!("apiVersion: {expected}"))
        }
        ManifestProblem::WrongType {
            written: Some(literal),
            found,
            wanted,
            ..
        } if found != "string" && wanted == "string" => written(manifest, origin, |old| {
            let same = old == literal.as_str();
            same.then(|| (old, format!("\"{old}\"")))
        }),
        _ => None,
    }
}

/// The place of a field that is written.
fn whole(manifest: &Manifest, origin: &Origin) -> Option<Place> {
    let place = manifest.locate(origin)?;
    (place.found == origin.path.0.len()).then_some(place)
}

/// Another text in the place of a scalar.
fn value(manifest: &Manifest, origin: &Origin, meant: &str) -> Option<Mend> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/');
    // In flow style a comma or a bracket would end it.
    let scalar = if meant.chars().all(plain) {
        to_scalar(meant)
    } else {
        Value::from(meant).to_string()
    };
    written(manifest, origin, |old| {
        // JSON, and whoever puts texts in quotes, goes on doing so.
        let text = if old.starts_with('"') && !scalar.starts_with('"') {
            Value::from(meant).to_string()
        } else {
            scalar
        };
        Some((old, text))
    })
}

/// Replaces a scalar that stands on one line, as it is written.
fn written<'m>(
    manifest: &'m Manifest,
    origin: &Origin,
    change: impl FnOnce(&'m str) -> Option<(&'m str, String)>,
) -> Option<Mend> {
    let place = whole(manifest, origin)?;
    let source = &manifest.files.get(place.file)?.text;
    let old = source.get(place.value.clone())?;
    let trimmed = old.trim_end();
    // A block, an anchor or an alias is more than its value.
    if trimmed.is_empty()
        || trimmed.contains('\n')
        || trimmed.starts_with(['&', '*', '|', '>', '{', '['])
    {
        return None;
    }
    let bytes = place.value.start..place.value.start + trimmed.len();
    let (_, text) = change(trimmed)?;
    edit(place.file, bytes, text)
}

/// A line of its own before a field in block style, as deep as the field.
fn beside(manifest: &Manifest, origin: &Origin, line: &str) -> Option<Mend> {
    let place = whole(manifest, origin)?;
    let key = place.key?;
    let source = &manifest.files.get(place.file)?.text;
    let start = source[..key.start].rfind('\n').map_or(0, |at| at + 1);
    let before = &source[start..key.start];
    // `- hostNetwork: true` begins an item: the new line comes first in it.
    let is_block = before.bytes().all(|byte| matches!(byte, b' ' | b'-'));
    if !is_block {
        return None;
    }
    let break_ = if source[key.start..].split('\n').next()?.ends_with('\r') {
        "\r\n"
    } else {
        "\n"
    };
    let indent = " ".repeat(before.len());
    Some(Mend {
        title: format!("Write `{line}`"),
        edit: Edit {
            file: place.file,
            bytes: key.start..key.start,
            text: format!("{line}{break_}{indent}"),
        },
    })
}

fn edit(file: usize, bytes: Range<usize>, text: String) -> Option<Mend> {
    Some(Mend {
        title: format!("Write `{text}`"),
        edit: Edit { file, bytes, text },
    })
}
