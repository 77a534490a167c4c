//! Markdown → [`Scenario`].

use std::ops::Range;

use pulldown_cmark::{
    CodeBlockKind, Event, HeadingLevel, MetadataBlockKind, Options as Markdown, Parser, Tag, TagEnd,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{Expect, Probe, Scenario, ScenarioError, Step};
use crate::cluster::Options;
use crate::manifest::SourceFile;

/// Reads a scenario; all that is wrong with it at once.
pub fn parse(text: &str) -> Result<Scenario, Vec<ScenarioError>> {
    let mut reader = Reader {
        text,
        errors: Vec::new(),
    };
    let scenario = reader.scenario();
    match scenario {
        Some(scenario) if reader.errors.is_empty() => Ok(scenario),
        _ => Err(reader.errors),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct FrontMatter {
    title: String,
    summary: String,
    #[serde(default)]
    options: Options,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProbeBlock {
    from: String,
    to: String,
    expect: Expect,
}

/// What an info string says.
enum BlockKind {
    Manifest { name: String },
    Probe,
    Console,
}

/// A piece of the file that matters to the format.
enum Piece {
    Front {
        text: String,
        range: Range<usize>,
    },
    Heading {
        title: String,
        range: Range<usize>,
    },
    Block {
        info: String,
        text: String,
        range: Range<usize>,
        content: usize,
    },
}

struct Reader<'a> {
    text: &'a str,
    errors: Vec<ScenarioError>,
}

impl Reader<'_> {
    fn scenario(&mut self) -> Option<Scenario> {
        let pieces = pieces(self.text);
        let (front, body) = match pieces.first() {
            Some(Piece::Front { text, range }) => (self.front_matter(text, range.start), range.end),
            _ => {
                self.error(
                    0,
                    "a scenario begins with front matter between `---` lines: `title`, `summary`",
                );
                (None, 0)
            }
        };
        let title = front
            .as_ref()
            .map(|front| front.title.clone())
            .unwrap_or_default();
        let steps = self.steps(&pieces, title, body);
        // A probe that could not be read has its own error.
        if self.errors.is_empty() && steps.iter().all(|step| step.probes.is_empty()) {
            self.error(
                self.text.len(),
                "a scenario needs at least one ```probe block: nothing else checks it",
            );
        }
        let FrontMatter {
            title,
            summary,
            options,
        } = front?;
        Some(Scenario {
            title,
            summary,
            options,
            steps,
        })
    }

    fn front_matter(&mut self, text: &str, at: usize) -> Option<FrontMatter> {
        self.yaml(text, self.line(at) + 1, "front matter")
    }

    fn steps(&mut self, pieces: &[Piece], title: String, body: usize) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut step = Step {
            title,
            line: self.line(body),
            prose: String::new(),
            files: Vec::new(),
            probes: Vec::new(),
        };
        let mut prose_from = body;
        for piece in pieces {
            match piece {
                Piece::Front { .. } => {}
                Piece::Heading { title, range } => {
                    step.prose.push_str(&self.text[prose_from..range.start]);
                    prose_from = range.end;
                    let next = Step {
                        title: title.clone(),
                        line: self.line(range.start),
                        prose: String::new(),
                        files: step.files.clone(),
                        probes: Vec::new(),
                    };
                    steps.push(std::mem::replace(&mut step, next));
                }
                Piece::Block {
                    info,
                    text,
                    range,
                    content,
                } => match self.kind(info, range.start) {
                    Some(BlockKind::Console) | None => {}
                    Some(kind) => {
                        step.prose.push_str(&self.text[prose_from..range.start]);
                        prose_from = range.end;
                        self.block(kind, text, range.start, *content, &mut step);
                    }
                },
            }
        }
        step.prose.push_str(&self.text[prose_from..]);
        steps.push(step);
        for step in &mut steps {
            step.prose = step.prose.trim().to_owned();
        }
        // An introduction without prose and blocks is no step of its own.
        steps.retain(|step| {
            !(step.line == self.line(body)
                && step.prose.is_empty()
                && step.probes.is_empty()
                && step.files.is_empty())
        });
        steps
    }

    fn kind(&mut self, info: &str, at: usize) -> Option<BlockKind> {
        let mut words = info.split_whitespace();
        match (words.next(), words.next(), words.next(), words.next()) {
            (Some("yaml"), Some("manifest"), name, None) => Some(BlockKind::Manifest {
                name: name.unwrap_or("manifest.yaml").to_owned(),
            }),
            (Some("probe"), None, ..) => Some(BlockKind::Probe),
            (Some("console"), None, ..) => Some(BlockKind::Console),
            _ => {
                self.error(
                    at,
                    &format!(
                        "unknown block `{info}`: `yaml manifest [NAME]`, `probe` or `console`"
                    ),
                );
                None
            }
        }
    }

    fn block(&mut self, kind: BlockKind, text: &str, at: usize, content: usize, step: &mut Step) {
        match kind {
            BlockKind::Console => {}
            BlockKind::Manifest { name } => {
                let file = SourceFile {
                    name: name.into(),
                    text: text.to_owned(),
                };
                match step.files.iter_mut().find(|known| known.name == file.name) {
                    Some(known) => *known = file,
                    None => step.files.push(file),
                }
            }
            BlockKind::Probe => {
                if let Some(ProbeBlock { from, to, expect }) =
                    self.yaml(text, self.line(content), "probe")
                {
                    step.probes.push(Probe {
                        line: self.line(at),
                        from,
                        to,
                        expect,
                    });
                }
            }
        }
    }

    /// `first` is the line of the file that the text's first line stands on.
    fn yaml<T: DeserializeOwned>(&mut self, text: &str, first: usize, what: &str) -> Option<T> {
        serde_yaml::from_str(text)
            .map_err(|error| {
                let line = first + error.location().map_or(0, |location| location.line() - 1);
                self.errors.push(ScenarioError {
                    line,
                    message: format!("{what}: {error}"),
                });
            })
            .ok()
    }

    fn error(&mut self, at: usize, message: &str) {
        let line = self.line(at);
        self.errors.push(ScenarioError {
            line,
            message: message.to_owned(),
        });
    }

    fn line(&self, at: usize) -> usize {
        1 + self.text[..at]
            .bytes()
            .filter(|&byte| byte == b'\n')
            .count()
    }
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut collected = String::new();
    let mut content = None;
    let events =
        Parser::new_ext(text, Markdown::ENABLE_YAML_STYLE_METADATA_BLOCKS).into_offset_iter();
    for (event, range) in events {
        match event {
            Event::Start(
                Tag::MetadataBlock(_)
                | Tag::Heading {
                    level: HeadingLevel::H2,
                    ..
                }
                | Tag::CodeBlock(_),
            ) => {
                collected.clear();
                content = None;
                if let Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) = event {
                    pieces.push(Piece::Block {
                        info: info.to_string(),
                        text: String::new(),
                        range,
                        content: 0,
                    });
                }
            }
            Event::Text(part) | Event::Code(part) => {
                content.get_or_insert(range.start);
                collected.push_str(&part);
            }
            Event::End(TagEnd::MetadataBlock(MetadataBlockKind::YamlStyle)) => {
                pieces.push(Piece::Front {
                    text: std::mem::take(&mut collected),
                    range,
                });
            }
            Event::End(TagEnd::Heading(HeadingLevel::H2)) => {
                pieces.push(Piece::Heading {
                    title: std::mem::take(&mut collected),
                    range,
                });
            }
            Event::End(TagEnd::CodeBlock) => {
                if let Some(Piece::Block {
                    text,
                    content: start,
                    range: whole,
                    ..
                }) = pieces.last_mut()
                    && whole.start == range.start
                {
                    *text = std::mem::take(&mut collected);
                    *start = content.unwrap_or(range.start);
                }
            }
            _ => {}
        }
    }
    pieces
}
