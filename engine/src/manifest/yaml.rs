//! YAML text → [`Tree`], through the events of granit-parser.
//!
//! One document at a time: [`super::documents`] has cut the text. What is bounded is bounded here: nesting, and how far
//! aliases may expand.

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, Span, StructureStyle};
use rustc_hash::FxHashMap;

use super::tree::{Content, Duplicate, NodeId, Parsed, SyntaxError, Tree};

/// Maps and lists inside each other, aliases followed.
const DEEPEST: u32 = 512;
const TOO_DEEP: &str = "maps and lists are nested too deeply";
/// Nodes that the aliases of one document may stand for, all told (go-yaml v2 allows about as many).
pub(super) const MOST_EXPANDED: u64 = 400_000;

/// Reads one document, in which aliases may stand for `expandable` nodes.
pub(super) fn parse(text: &str, expandable: u64) -> Parsed<'_> {
    let strict = parse_strictly(text, expandable);
    let Some(error) = &strict.error else {
        return strict;
    };
    let Some(spaced) = without_flow_tabs(text) else {
        return strict;
    };
    let lenient = parse_strictly(&spaced, expandable);
    if lenient
        .error
        .as_ref()
        .is_some_and(|later| later.at <= error.at)
    {
        return strict;
    }
    lenient.into_owned()
}

/// Lines in brackets may begin with tabs for kubectl (libyaml), not for YAML 1.2: the same text, byte for byte, with
/// spaces there; `None` where there is no such line.
fn without_flow_tabs(text: &str) -> Option<String> {
    let mut spaced = String::new();
    let mut copied = 0;
    let mut after_bracket = false;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_start_matches([' ', '\t']);
        let indent = &line[..line.len() - content.len()];
        if indent.contains('\t') && (after_bracket || content.starts_with([']', '}'])) {
            spaced.push_str(&text[copied..start]);
            spaced.extend(std::iter::repeat_n(' ', indent.len()));
            copied = start + indent.len();
        }
        start += line.len();
        let code = content.split(" #").next().unwrap_or_default();
        let content = code.trim_end();
        // Empty lines and comments change nothing.
        if !content.is_empty() && !content.starts_with('#') {
            after_bracket = content.ends_with(['[', '{', ',']);
        }
    }
    if copied == 0 {
        return None;
    }
    spaced.push_str(&text[copied..]);
    Some(spaced)
}

fn parse_strictly(text: &str, expandable: u64) -> Parsed<'_> {
    let mut builder = Builder::new(text, expandable);
    let mut parser = Parser::new_from_str(text);
    let mut error = None;
    while let Some(next) = parser.next_event() {
        match next {
            Ok((Event::DocumentEnd | Event::StreamEnd, _)) if builder.tree.root().is_some() => {
                break;
            }
            Ok((event, span)) => {
                if let Err(reason) = builder.take(event, &span) {
                    let at = span.byte_range().map_or(0, |range| range.start);
                    error = Some(SyntaxError {
                        at,
                        reason: reason.to_owned(),
                        is_cut: false,
                    });
                    break;
                }
            }
            Err(scan) => {
                error = Some(syntax_error(&scan, text));
                break;
            }
        }
    }
    builder.finish(error)
}

fn syntax_error(error: &ScanError, text: &str) -> SyntaxError {
    SyntaxError {
        at: error.marker().byte_offset().unwrap_or(0).min(text.len()),
        reason: error.info(),
        is_cut: matches!(
            error.kind(),
            ErrorKind::UnexpectedEof
                | ErrorKind::UnexpectedEofFlowSequence
                | ErrorKind::UnexpectedEofFlowMapping
                | ErrorKind::UnexpectedEofImplicitFlowMapping
                | ErrorKind::UnexpectedEofBlockSequence
                | ErrorKind::UnexpectedEofBlockMapping
                | ErrorKind::UnclosedQuotedScalar
                | ErrorKind::UnclosedFlowCollection { .. }
        ),
    }
}

struct Builder<'t> {
    text: &'t str,
    tree: Tree<'t>,
    open: Vec<Open>,
    anchors: FxHashMap<usize, Anchor>,
    expandable: u64,
    /// Nodes that the aliases so far stand for.
    expanded: u64,
    duplicates: Vec<Duplicate>,
}

/// A map or list whose end has not come yet.
struct Open {
    id: NodeId,
    anchor: usize,
    /// [`Builder::expanded`] when it began.
    expanded_before: u64,
    /// How deep the deepest node in it lies below it.
    height: u32,
    /// Where its last child ends: a block has no end of its own.
    stop: u32,
    style: StructureStyle,
    is_map: bool,
    /// A map whose next child is a value.
    after_key: bool,
}

/// What an alias stands for.
#[derive(Clone, Copy)]
struct Anchor {
    id: NodeId,
    size: u64,
    height: u32,
}

impl<'t> Builder<'t> {
    fn new(text: &'t str, expandable: u64) -> Self {
        Self {
            text,
            expandable: expandable.min(MOST_EXPANDED),
            // A node takes some twelve bytes of manifest.
            tree: Tree::with_capacity(text.len() / 12),
            open: Vec::new(),
            anchors: FxHashMap::default(),
            expanded: 0,
            duplicates: Vec::new(),
        }
    }

    fn take(&mut self, event: Event<'t>, span: &Span) -> Result<(), &'static str> {
        let bytes = span.byte_range().unwrap_or(0..0);
        let bytes = offset(bytes.start)..offset(bytes.end);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let is_text = tag.is_some_and(|tag| {
                    !tag.is_yaml_core_schema() || tag.is_yaml_core_schema_tag("str")
                });
                let content = if style == ScalarStyle::Plain && !is_text {
                    Content::Plain(text)
                } else {
                    Content::Text(text)
                };
                let id = self.tree.push(content, bytes);
                if anchor != 0 {
                    self.anchors.insert(
                        anchor,
                        Anchor {
                            id,
                            size: 1,
                            height: 0,
                        },
                    );
                }
                self.added(id, 0)
            }
            Event::MappingStart(style, anchor, _) => {
                self.start(Content::Map { merges: false }, style, anchor, bytes)
            }
            Event::SequenceStart(style, anchor, _) => {
                self.start(Content::List, style, anchor, bytes)
            }
            Event::MappingEnd | Event::SequenceEnd => self.end(bytes.end),
            Event::Alias(anchor) => {
                let Some(&Anchor { id, size, height }) = self.anchors.get(&anchor) else {
                    return Err("anchor value contains itself");
                };
                self.expanded = self.expanded.saturating_add(size);
                if self.expanded > self.expandable {
                    return Err("document contains excessive aliasing");
                }
                let id = self.tree.push(Content::Alias(id), bytes);
                self.added(id, height)
            }
            _ => Ok(()),
        }
    }

    fn start(
        &mut self,
        content: Content<'t>,
        style: StructureStyle,
        anchor: usize,
        bytes: std::ops::Range<u32>,
    ) -> Result<(), &'static str> {
        let is_map = content != Content::List;
        let stop = bytes.end;
        let start = match style {
            StructureStyle::Block if !is_map => self.dash(bytes.start),
            _ => bytes.start,
        };
        let id = self.tree.push(content, start..stop);
        self.open.push(Open {
            id,
            anchor,
            expanded_before: self.expanded,
            height: 0,
            stop,
            style,
            is_map,
            after_key: false,
        });
        if self.open.len() > DEEPEST as usize {
            return Err(TOO_DEEP);
        }
        Ok(())
    }

    /// Where a block list begins: the parser does not count the first dash in when it stands right below its key.
    fn dash(&self, start: u32) -> u32 {
        let before = self.text.get(..start as usize).unwrap_or_default();
        let trimmed = before.trim_end();
        if self.text[before.len()..].starts_with('-') || !trimmed.ends_with('-') {
            return start;
        }
        offset(trimmed.len() - 1)
    }

    fn end(&mut self, stop: u32) -> Result<(), &'static str> {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        let stop = match open.style {
            StructureStyle::Flow => stop,
            StructureStyle::Block => open.stop,
        };
        self.tree.close(open.id, stop);
        if open.is_map {
            self.duplicates
                .extend(self.tree.take_out_duplicates(open.id));
        }
        if open.anchor != 0 {
            let nodes = u64::from(self.tree.len() - open.id);
            self.anchors.insert(
                open.anchor,
                Anchor {
                    id: open.id,
                    size: nodes + (self.expanded - open.expanded_before),
                    height: open.height,
                },
            );
        }
        self.added(open.id, open.height)
    }

    /// A child is complete: `height` is how deep it goes.
    fn added(&mut self, id: NodeId, height: u32) -> Result<(), &'static str> {
        let depth = u32::try_from(self.open.len()).unwrap_or(u32::MAX);
        let Some(parent) = self.open.last_mut() else {
            return Ok(());
        };
        parent.height = parent.height.max(height + 1);
        parent.stop = parent.stop.max(self.tree.node(id).stop);
        if parent.is_map {
            if !parent.after_key && self.tree.is_merge_key(id) {
                self.tree.set(parent.id, Content::Map { merges: true });
            }
            parent.after_key = !parent.after_key;
        }
        if depth + height > DEEPEST {
            return Err(TOO_DEEP);
        }
        Ok(())
    }

    fn finish(mut self, error: Option<SyntaxError>) -> Parsed<'t> {
        let stop = error
            .as_ref()
            .map_or(offset(self.text.len()), |error| offset(error.at));
        let unfinished = self.open.iter().map(|open| open.id).collect();
        while let Some(open) = self.open.last() {
            if open.after_key {
                // The value never came: unset.
                self.tree.push(Content::Masked, stop..stop);
            }
            // Too deep is said already, and everything has to be closed all the same.
            let _ = self.end(stop);
        }
        Parsed {
            tree: self.tree,
            duplicates: self.duplicates,
            unfinished,
            expanded: self.expanded,
            error,
        }
    }
}

/// Positions are kept in 32 bits: a document of four gigabytes is read, its far end has no positions.
fn offset(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}
