//! What is wrong with the text itself, before it is an object.

use super::Symptom;
use crate::Str;

/// Kinds that a sentence names.
const MOST_KINDS: usize = 12;

/// What is wrong with the text itself, before it is an object.
#[derive(Debug, Clone, PartialEq)]
pub enum ManifestProblem {
    /// A document that is no YAML or JSON.
    Syntax {
        /// What the parser says.
        reason: Str,
        /// Line of its file, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
    },
    /// The text ends in the middle of a list.
    CutOff {
        /// Items before the cut.
        kept: usize,
    },
    /// The same key twice in one map; the related place is the one without effect.
    DuplicateKey {
        /// The key.
        key: Str,
    },
    /// A value that the API server's decoder refuses.
    WrongType {
        /// `v1`
        api_version: Str,
        /// `Service`
        kind: Str,
        /// What was found, in Go's words: `string`, `number 80.5`, `object`.
        found: Str,
        /// Go's name of the field: `ServicePort.spec.ports.port`.
        field: Str,
        /// Go's name of its type: `int32`.
        wanted: Str,
        /// The value as it stands there, when quotes would make a text of it.
        written: Option<Str>,
    },
    /// A field that the API does not have.
    UnknownField {
        /// Path as the API server writes it: `spec.prots`.
        field: Str,
        /// The field that was probably meant.
        nearest: Option<Str>,
    },
    /// An object without `kind` or `apiVersion`.
    HeadMissing {
        /// The missing field.
        field: HeadField,
        /// What it should say, when the other one tells.
        expected: Option<Str>,
    },
    /// A document or item that is no map.
    NotAnObject {
        /// What it is.
        found: Found,
    },
    /// The kind is not served in that version, and never was.
    NoSuchVersion {
        /// As written.
        api_version: Str,
        /// As written.
        kind: Str,
        /// Where the kind is served.
        expected: Str,
    },
    /// There is no such kind in that version.
    NoSuchKind {
        /// As written.
        api_version: Str,
        /// As written.
        kind: Str,
        /// The kind that was probably meant.
        nearest: Option<Str>,
    },
    /// An object or a value that we cannot read, although the API server might.
    NotUnderstood {
        /// What was expected.
        reason: Str,
    },
    /// The kind was once served in that version.
    RemovedVersion {
        /// As written.
        api_version: Str,
        /// As written.
        kind: Str,
        /// The minor version of Kubernetes that no longer serves it.
        removed_in: Str,
        /// Where the kind is served now.
        instead: Str,
    },
    /// Objects of a kind that decides about packets, and has no part in the simulation.
    NotModelled {
        /// The kind.
        kind: Str,
        /// How many.
        count: usize,
    },
    /// Objects that are about other things than packets.
    PlaysNoPart {
        /// Their kinds, in order of appearance.
        kinds: Vec<Str>,
        /// How many.
        count: usize,
        /// Whether that is known of them; else they are somebody else's kinds, and it is assumed.
        is_known: bool,
    },
    /// Not a manifest but what makes manifests, or something else altogether.
    Foreign(Foreign),
    /// A second object begins without `---`.
    SeparatorMissing,
    /// `---` with something behind it on the same line.
    SeparatorWithContent {
        /// What stands behind it.
        content: Str,
    },
    /// A document behind `...` without `---`.
    AfterEndMarker,
}

/// What every object has to say about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of the API")]
pub enum HeadField {
    Kind,
    ApiVersion,
    /// Neither.
    Both,
}

/// What stands where an object should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "they say what they are")]
pub enum Found {
    List,
    Text,
    Number,
    Boolean,
}

/// Files that people paste for manifests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// Go template actions, as Helm charts have them.
    HelmTemplate,
    /// `Chart.yaml`.
    HelmChart,
    /// `kustomization.yaml`.
    Kustomization,
    /// A docker compose file.
    Compose,
}

impl ManifestProblem {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => "manifest-syntax",
            Self::CutOff { .. } => "dump-cut-off",
            Self::DuplicateKey { .. } => "duplicate-key",
            Self::WrongType { .. } => "wrong-type",
            Self::UnknownField { .. } => "unknown-field",
            Self::HeadMissing { .. } => "kind-missing",
            Self::NotAnObject { .. } => "not-an-object",
            Self::NoSuchVersion { .. } => "no-such-version",
            Self::NoSuchKind { .. } => "no-such-kind",
            Self::NotUnderstood { .. } => "not-understood",
            Self::RemovedVersion { .. } => "removed-version",
            Self::NotModelled { .. } => "not-modelled",
            Self::PlaysNoPart { .. } => "plays-no-part",
            Self::Foreign(Foreign::HelmTemplate) => "helm-template",
            Self::Foreign(Foreign::HelmChart) => "helm-chart",
            Self::Foreign(Foreign::Kustomization) => "kustomization",
            Self::Foreign(Foreign::Compose) => "compose-file",
            Self::SeparatorMissing => "separator-missing",
            Self::SeparatorWithContent { .. } => "separator-with-content",
            Self::AfterEndMarker => "after-end-marker",
        }
    }

    pub(super) fn symptom(&self) -> Symptom {
        match self {
            Self::NotModelled { .. } | Self::PlaysNoPart { .. } | Self::NotUnderstood { .. } => {
                Symptom::Nothing
            }
            _ => Symptom::RejectedOnApply,
        }
    }

    pub(super) fn message(&self) -> String {
        match self {
            Self::Syntax {
                reason,
                line,
                column,
            } => {
                format!("This document cannot be read: line {line}, column {column}: {reason}.")
            }
            Self::CutOff { kept: 1 } => {
                "The text ends in the middle of a list: the complete item before the end is used.".to_owned()
            }
            Self::CutOff { kept } => format!(
                "The text ends in the middle of a list: the {kept} complete items before the end are used."
            ),
            Self::DuplicateKey { key } => format!(
                "`{key}` is written twice here. kubectl silently takes the last one; kustomize and Helm refuse the file."
            ),
            Self::WrongType {
                api_version,
                kind,
                found,
                field,
                wanted,
                written,
            } => wrong_type(api_version, kind, found, field, wanted, written.as_deref()),
            Self::UnknownField { field, nearest } => {
                let meant = nearest.as_ref().map_or_else(
                    || "The API has no such field.".to_owned(),
                    |nearest| format!("Did you mean `{nearest}`?"),
                );
                format!("kubectl refuses this: strict decoding error: unknown field \"{field}\". {meant}")
            }
            Self::HeadMissing { field, expected } => head_missing(*field, expected.as_deref()),
            Self::NotAnObject { found } => {
                let found = match found {
                    Found::List => "a list",
                    Found::Text => "a text",
                    Found::Number => "a number",
                    Found::Boolean => "a boolean",
                };
                format!("This is {found}, not a Kubernetes object: an object begins with `apiVersion` and `kind`.")
            }
            Self::NoSuchVersion {
                api_version,
                kind,
                expected,
            } => format!(
                "The API server refuses this: no matches for kind \"{kind}\" in version \"{api_version}\". It is read here as {expected}. Write `apiVersion: {expected}`."
            ),
            Self::NoSuchKind {
                api_version,
                kind,
                nearest,
            } => {
                let meant = nearest
                    .as_ref()
                    .map(|nearest| format!(" Did you mean `{nearest}`?"))
                    .unwrap_or_default();
                format!(
                    "The API server refuses this: no matches for kind \"{kind}\" in version \"{api_version}\".{meant}"
                )
            }
            Self::NotUnderstood { reason } => {
                format!("This value is left out, it cannot be read: {reason}.")
            }
            Self::RemovedVersion {
                api_version,
                kind,
                removed_in,
                instead,
            } => format!(
                "{api_version} {kind} is no longer served since Kubernetes {removed_in}; it is read here as {instead}. Write `apiVersion: {instead}`."
            ),
            Self::NotModelled { kind, count: 1 } => format!(
                "The {kind} is read but not simulated: on a real cluster it may decide where packets go, or whether."
            ),
            Self::NotModelled { kind, count } => format!(
                "{count} objects of kind {kind} are read but not simulated: on a real cluster they may decide where packets go, or whether."
            ),
            Self::PlaysNoPart {
                kinds,
                count,
                is_known,
            } => {
                let more = kinds.len().saturating_sub(MOST_KINDS);
                let mut kinds = kinds[..kinds.len() - more].join(", ");
                if more > 0 {
                    kinds = format!("{kinds} and {more} more");
                }
                let (objects, play) = match count {
                    1 => ("1 object".to_owned(), "plays"),
                    several => (format!("{several} objects"), "play"),
                };
                if *is_known {
                    format!("{objects} {play} no part in where packets go: {kinds}.")
                } else {
                    format!(
                        "{objects} of other kinds than Kubernetes' own: {kinds}. What controllers of such kinds do to packets is not simulated."
                    )
                }
            }
            Self::Foreign(foreign) => match foreign {
                Foreign::HelmTemplate => {
                    "This is a Helm template, not yet a manifest. Paste what `helm template RELEASE CHART` prints."
                }
                Foreign::HelmChart => {
                    "This describes a Helm chart and holds no objects. Paste what `helm template RELEASE CHART` prints."
                }
                Foreign::Kustomization => {
                    "This is a Kustomization: it says how to make manifests. Paste what `kubectl kustomize DIRECTORY` prints."
                }
                Foreign::Compose => {
                    "This is a docker compose file, not a Kubernetes manifest. `kompose convert --stdout` makes manifests of it."
                }
            }
            .to_owned(),
            Self::SeparatorMissing => {
                "A second object begins here without a line `---` before it. kubectl reads both as one object and keeps the last of each field; here they are read as two.".to_owned()
            }
            Self::SeparatorWithContent { content } => {
                format!("kubectl refuses this: invalid Yaml document separator: {content}. What follows `---` belongs on the next line.")
            }
            Self::AfterEndMarker => {
                "kubectl does not read on after `...` unless a line `---` follows; here the document is read all the same.".to_owned()
            }
        }
    }
}

fn wrong_type(
    api_version: &str,
    kind: &str,
    found: &str,
    field: &str,
    wanted: &str,
    written: Option<&str>,
) -> String {
    let complaint = if wanted == "resource.Quantity" {
        // The quantity reads itself, and complains about its form.
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
            .to_owned()
    } else {
        format!("json: cannot unmarshal {found} into Go struct field {field} of type {wanted}")
    };
    let advice = match written {
        Some(written) if found != "string" && !matches!(wanted, "int32" | "int64" | "bool") => {
            format!(
                " Without quotes, `{written}` is a {}: write \"{written}\".",
                plain_word(found)
            )
        }
        _ => String::new(),
    };
    format!(
        "The API server refuses this: {kind} in version \"{version}\" cannot be handled as a {kind}: {complaint}.{advice}",
        version = api_version.rsplit('/').next().unwrap_or(api_version),
    )
}

/// The kind of a value in words that are not Go's.
fn plain_word(found: &str) -> &str {
    match found {
        "bool" => "boolean",
        _ => "number",
    }
}

fn head_missing(field: HeadField, expected: Option<&str>) -> String {
    match (field, expected) {
        (HeadField::Kind, _) => {
            "This object has no `kind`, and kubectl refuses it: Object 'Kind' is missing."
                .to_owned()
        }
        (HeadField::ApiVersion, Some(expected)) => format!(
            "This object has no `apiVersion`, and kubectl refuses it: apiVersion not set. It is read here as {expected}. Write `apiVersion: {expected}`."
        ),
        (HeadField::ApiVersion, None) => {
            "This object has no `apiVersion`, and kubectl refuses it: apiVersion not set."
                .to_owned()
        }
        (HeadField::Both, _) => {
            "This is YAML but no Kubernetes object: it has neither `apiVersion` nor `kind`."
                .to_owned()
        }
    }
}
