//! Markdown → [`Scenario`]: front matter, headings, fenced blocks, and what belongs together in a step.

use serde::Deserialize;

use super::blocks::{self, MARKUP, Mistake, Text};
use super::edit::{self, Change, Edit};
use super::pieces::{Piece, pieces};
use super::prose::{self, Prose};
use super::{BLOCKS, Level, Mutation, Scenario, ScenarioError, Step, Task};
use crate::cluster::Options;
use crate::finding::{Findings, ManifestProblem, Problem};
use crate::manifest::{self, SourceFile};
use crate::order::Order;

/// A longer file is no lesson, in bytes.
pub const MOST_BYTES: usize = 512 * 1024;
/// Nor is one of more steps.
const MOST_STEPS: usize = 100;
/// Each step has its files: so many bytes of them all together.
const MOST_MANIFEST_BYTES: usize = 16 * 1024 * 1024;
/// Mistakes that are told at once.
const MOST_MISTAKES: usize = 100;

/// Reads a scenario; all that is wrong with it at once.
///
/// # Errors
/// Everything that is wrong, in the order of the lines.
pub fn parse(text: &str) -> Result<Scenario, Vec<ScenarioError>> {
    if text.len() > MOST_BYTES {
        return Err(vec![ScenarioError {
            line: 1,
            message: format!("a scenario has at most {MOST_BYTES} bytes"),
        }]);
    }
    let mut reader = Reader {
        text,
        errors: Vec::new(),
    };
    let scenario = reader.scenario();
    match scenario {
        Some(scenario) if reader.errors.is_empty() => Ok(scenario),
        _ => {
            let mut errors = reader.errors;
            errors.order_by_key(|error| error.line);
            errors.dedup();
            errors.truncate(MOST_MISTAKES);
            Err(errors)
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct FrontMatter {
    title: String,
    summary: String,
    #[serde(default)]
    level: Level,
    minutes: Option<u16>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    prerequisites: Vec<String>,
    workshop: Option<String>,
    #[serde(default)]
    order: u16,
    #[serde(default)]
    symptom_first: bool,
    #[serde(default)]
    options: Options,
}

/// What an info string says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BlockKind {
    Manifest,
    Probe,
    Console,
    Highlight,
    Predict,
    Task,
    Hint,
    Solution,
    SolutionFile,
    Explanation,
    Claims,
    Mutation,
    Quiz,
    Notes,
}

/// A block that means something, before it is read: what it means may depend on others of its step.
struct Block {
    kind: BlockKind,
    name: Option<String>,
    text: String,
    line: usize,
    first: usize,
}

impl Block {
    fn text(&self) -> Text<'_> {
        Text {
            text: &self.text,
            line: self.line,
            first: self.first,
        }
    }
}

/// A step as it is found, from heading to heading.
#[derive(Default)]
struct Draft {
    title: String,
    line: usize,
    prose: String,
    blocks: Vec<Block>,
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
        // A block that could not be read has its own error.
        if self.errors.is_empty() && !steps.iter().any(is_checked) {
            self.error(
                self.text.len(),
                "a scenario needs at least one ```probe block, or a `predict`, `task`, `claims` or `quiz`: nothing else checks it",
            );
        }
        let front = front?;
        Some(Scenario {
            title: front.title,
            summary: front.summary,
            level: front.level,
            minutes: front.minutes,
            tags: front.tags,
            prerequisites: front.prerequisites,
            workshop: front.workshop,
            order: front.order,
            symptom_first: front.symptom_first,
            options: front.options,
            steps,
        })
    }

    fn front_matter(&mut self, text: &str, at: usize) -> Option<FrontMatter> {
        let line = self.line(at);
        let block = Text {
            text,
            line,
            first: line + 1,
        };
        let front: Result<FrontMatter, Mistake> = block.yaml("front matter");
        let front = self.kept(front)?;
        for name in &front.prerequisites {
            if let Some(plain) = name.strip_suffix(".md") {
                self.mistake(block.at(name, format!("prerequisites: `{plain}`, without `.md`")));
            }
        }
        Some(front)
    }

    fn steps(&mut self, pieces: &[Piece], title: String, body: usize) -> Vec<Step> {
        let drafts = self.drafts(pieces, title, body);
        if drafts.len() > MOST_STEPS {
            self.error(body, &format!("a scenario has at most {MOST_STEPS} steps"));
            return Vec::new();
        }
        let mut steps: Vec<Step> = Vec::new();
        let mut files: Vec<SourceFile> = Vec::new();
        let mut bytes = 0;
        for draft in drafts {
            let step = self.step(draft, files);
            // What a solution changed stays changed.
            files = step
                .task
                .as_ref()
                .map_or(&step.files, |task| &task.solved)
                .clone();
            bytes += files.iter().map(|file| file.text.len()).sum::<usize>();
            if bytes > MOST_MANIFEST_BYTES {
                let line = step.line;
                self.mistake((
                    line,
                    "the manifests of all steps together are too much".to_owned(),
                ));
                break;
            }
            steps.push(step);
        }
        let introduction = self.line(body);
        // An introduction without prose and blocks is no step of its own.
        steps.retain(|step| {
            !(step.line == introduction
                && step.prose.is_empty()
                && step.files.is_empty()
                && !is_checked(step))
        });
        steps
    }

    fn drafts(&mut self, pieces: &[Piece], title: String, body: usize) -> Vec<Draft> {
        let mut drafts = Vec::new();
        let mut draft = Draft {
            title,
            line: self.line(body),
            ..Draft::default()
        };
        let mut prose_from = body;
        for piece in pieces {
            match piece {
                Piece::Front { .. } => {}
                Piece::Markup { range } => self.error(range.start, MARKUP),
                Piece::Unclosed { at } => self.error(
                    *at,
                    "this block has no end: close it with a line of as many backticks",
                ),
                Piece::Heading { title, range } => {
                    draft.prose.push_str(&self.text[prose_from..range.start]);
                    prose_from = range.end;
                    let next = Draft {
                        title: title.clone(),
                        line: self.line(range.start),
                        ..Draft::default()
                    };
                    drafts.push(std::mem::replace(&mut draft, next));
                }
                Piece::Block {
                    info,
                    text,
                    range,
                    content,
                } => match self.kind(info, range.start) {
                    Some((BlockKind::Console, _)) | None => {}
                    Some((kind, name)) => {
                        draft.prose.push_str(&self.text[prose_from..range.start]);
                        prose_from = range.end;
                        draft.blocks.push(Block {
                            kind,
                            name,
                            text: text.clone(),
                            line: self.line(range.start),
                            first: self.line(*content),
                        });
                    }
                },
            }
        }
        draft.prose.push_str(&self.text[prose_from..]);
        drafts.push(draft);
        drafts
    }

    fn kind(&mut self, info: &str, at: usize) -> Option<(BlockKind, Option<String>)> {
        let words: Vec<&str> = info.split_whitespace().collect();
        let kind = match words.as_slice() {
            ["yaml", "manifest"] => (BlockKind::Manifest, None),
            ["yaml", "manifest", name] => (BlockKind::Manifest, Some(*name)),
            ["yaml", "solution"] => (BlockKind::SolutionFile, None),
            ["yaml", "solution", name] => (BlockKind::SolutionFile, Some(*name)),
            ["probe"] => (BlockKind::Probe, None),
            ["console"] => (BlockKind::Console, None),
            ["highlight"] => (BlockKind::Highlight, None),
            ["predict"] => (BlockKind::Predict, None),
            ["task"] => (BlockKind::Task, None),
            ["hint"] => (BlockKind::Hint, None),
            ["solution"] => (BlockKind::Solution, None),
            ["explanation"] => (BlockKind::Explanation, None),
            ["claims"] => (BlockKind::Claims, None),
            ["mutation"] => (BlockKind::Mutation, None),
            ["quiz"] => (BlockKind::Quiz, None),
            ["notes"] => (BlockKind::Notes, None),
            _ => {
                let known: Vec<String> =
                    BLOCKS.iter().map(|(info, _)| format!("`{info}`")).collect();
                self.error(at, &format!("unknown block `{info}`: {}", known.join(", ")));
                return None;
            }
        };
        Some((kind.0, kind.1.map(str::to_owned)))
    }

    /// Reads a step's blocks. `files` are those of the step before.
    fn step(&mut self, draft: Draft, mut files: Vec<SourceFile>) -> Step {
        let manifests = draft
            .blocks
            .iter()
            .filter(|block| block.kind == BlockKind::Manifest);
        for block in manifests {
            let file = SourceFile {
                name: block.name.as_deref().unwrap_or(UNNAMED).into(),
                text: block.text.clone(),
            };
            self.readable(&file, block);
            match files.iter_mut().find(|known| known.name == file.name) {
                Some(known) => *known = file,
                None => files.push(file),
            }
        }
        let mut step = Step {
            title: draft.title,
            line: draft.line,
            prose: prose::read(&draft.prose),
            files,
            ..Step::default()
        };
        for block in &draft.blocks {
            let read = block_of(&mut step, block);
            self.kept(read);
        }
        self.task(&mut step, &draft.blocks);
        self.mutations(&mut step, &draft.blocks);
        self.claims(&step);
        step
    }

    /// A manifest that is no YAML has no objects, and everything else would only follow from that.
    fn readable(&mut self, file: &SourceFile, block: &Block) {
        let mut findings = Findings::default();
        manifest::read(vec![file.clone()], &mut findings);
        for finding in findings.iter() {
            if let Problem::Manifest(ManifestProblem::Syntax { reason, line, .. }) =
                &finding.problem
            {
                let line = block.first + line.saturating_sub(1);
                self.mistake((line, format!("{} is no YAML: {reason}", file.name)));
            }
        }
    }

    fn task(&mut self, step: &mut Step, blocks: &[Block]) {
        let of = |kind: BlockKind| blocks.iter().filter(move |block| block.kind == kind);
        let mut tasks = of(BlockKind::Task);
        let Some(block) = tasks.next() else {
            for kind in [
                BlockKind::Hint,
                BlockKind::Solution,
                BlockKind::SolutionFile,
            ] {
                if let Some(block) = of(kind).next() {
                    let message = "this belongs to a `task`, and the step has none".to_owned();
                    self.mistake((block.line, message));
                }
            }
            return;
        };
        if let Some(second) = tasks.next() {
            let message = "a step has one `task`: begin another step with a heading".to_owned();
            self.mistake((second.line, message));
        }
        let task = blocks::task(&block.text());
        let Some((goal, checks)) = self.kept(task) else {
            return;
        };
        let mut hints = Vec::new();
        for hint in of(BlockKind::Hint) {
            let hint = hint.text().prose("hint");
            hints.extend(self.kept(hint));
        }
        let mut solution: Vec<Edit> = Vec::new();
        let only = only_file(&step.files);
        let mut solution_line = block.line;
        for block in blocks {
            match block.kind {
                BlockKind::Solution => {
                    let edits = blocks::edits(&block.text(), "solution", only);
                    solution.extend(self.kept(edits).unwrap_or_default());
                }
                BlockKind::SolutionFile => solution.push(Edit {
                    file: block.name.as_deref().or(only).unwrap_or(UNNAMED).to_owned(),
                    change: Change::Whole(block.text.clone()),
                }),
                _ => continue,
            }
            solution_line = block.line;
        }
        if solution.is_empty() {
            let message =
                "task: no `solution` and no `yaml solution`: nothing shows that it can be done";
            self.mistake((block.line, message.to_owned()));
        }
        let solved = edit::apply(&step.files, &solution);
        let solved =
            self.kept(solved.map_err(|error| (solution_line, format!("solution: {error}"))));
        step.task = Some(Task {
            line: block.line,
            goal,
            checks,
            hints,
            solution,
            solved: solved.unwrap_or_else(|| step.files.clone()),
        });
    }

    fn mutations(&mut self, step: &mut Step, blocks: &[Block]) {
        let mutations = blocks
            .iter()
            .filter(|block| block.kind == BlockKind::Mutation);
        for block in mutations {
            let base = step.task.as_ref().map_or(&step.files, |task| &task.solved);
            let mutation =
                blocks::edits(&block.text(), "mutation", only_file(base)).and_then(|edits| {
                    let files = edit::apply(base, &edits)
                        .map_err(|error| (block.line, format!("mutation: {error}")))?;
                    Ok(Mutation {
                        line: block.line,
                        edits,
                        files,
                    })
                });
            let mutation = self.kept(mutation);
            step.mutations.extend(mutation);
        }
    }

    /// What a claim says has to stand in the prose, so that nobody changes one without the other.
    fn claims(&mut self, step: &Step) {
        let said = [Some(&step.prose), step.explanation.as_ref()];
        let words: Vec<String> = said.into_iter().flatten().map(Prose::words).collect();
        for claim in &step.claims {
            let Some(says) = &claim.says else { continue };
            let says = says.split_whitespace().collect::<Vec<_>>().join(" ");
            if !words.iter().any(|words| words.contains(&says)) {
                let message = format!("claims: the prose of this step does not say \"{says}\"");
                self.mistake((claim.line, message));
            }
        }
    }

    fn kept<T>(&mut self, read: Result<T, Mistake>) -> Option<T> {
        read.map_err(|mistake| self.mistake(mistake)).ok()
    }

    fn mistake(&mut self, (line, message): Mistake) {
        self.errors.push(ScenarioError { line, message });
    }

    fn error(&mut self, at: usize, message: &str) {
        let line = self.line(at);
        self.mistake((line, message.to_owned()));
    }

    fn line(&self, at: usize) -> usize {
        1 + self.text[..at]
            .bytes()
            .filter(|&byte| byte == b'\n')
            .count()
    }
}

/// What a file without a name is called.
const UNNAMED: &str = "manifest.yaml";

/// Blocks that are read by themselves.
fn block_of(step: &mut Step, block: &Block) -> Result<(), Mistake> {
    let text = block.text();
    match block.kind {
        BlockKind::Probe => step.probes.push(blocks::probe(&text)?),
        BlockKind::Highlight => step.highlights.extend(blocks::highlights(&text)?),
        BlockKind::Predict => step.predictions.push(blocks::prediction(&text)?),
        BlockKind::Quiz => step.quiz.push(blocks::card(&text)?),
        BlockKind::Claims => step.claims.extend(blocks::claims(&text)?),
        BlockKind::Explanation => {
            let more = text.prose("explanation")?;
            step.explanation.get_or_insert_default().0.extend(more.0);
        }
        BlockKind::Notes => {
            let more = text.prose("notes")?;
            step.notes.get_or_insert_default().0.extend(more.0);
        }
        BlockKind::Manifest
        | BlockKind::Console
        | BlockKind::Task
        | BlockKind::Hint
        | BlockKind::Solution
        | BlockKind::SolutionFile
        | BlockKind::Mutation => {}
    }
    Ok(())
}

/// Whether the engine has something to compute in it.
fn is_checked(step: &Step) -> bool {
    !step.probes.is_empty()
        || !step.predictions.is_empty()
        || !step.claims.is_empty()
        || !step.quiz.is_empty()
        || step.task.is_some()
}

fn only_file(files: &[SourceFile]) -> Option<&str> {
    match files {
        [file] => Some(&file.name),
        _ => None,
    }
}
