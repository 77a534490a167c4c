//! Markdown → a tree of what prose needs: no markup, no images, no addresses that anybody follows.
//!
//! Whoever draws it makes elements of it, one for one; there is nothing in it that could become markup.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use serde::{Deserialize, Serialize};

/// Deeper lists and quotes are drawn at this depth: a tree is walked by recursion.
const DEEPEST: usize = 12;

/// Prose.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prose(pub Vec<Block>);

/// A block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Block {
    /// Text.
    Paragraph(Vec<Inline>),
    /// A heading below the step's own.
    Heading(Vec<Inline>),
    /// A list; numbered from the number, if there is one.
    List(Option<u64>, Vec<Vec<Block>>),
    /// A quotation.
    Quote(Vec<Block>),
    /// Code, commands and what they print.
    Code(String),
    /// Rows of cells; the first row is the head.
    Table(Vec<Vec<Vec<Inline>>>),
    /// A line between.
    Rule,
}

/// A piece of text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Inline {
    /// Words.
    Text(String),
    /// What a machine would print.
    Code(String),
    /// Emphasis.
    Emphasis(Vec<Inline>),
    /// Strong emphasis.
    Strong(Vec<Inline>),
    /// A link: its words, and where it leads, to be read and not followed.
    Link(Vec<Inline>, String),
    /// A new line.
    Break,
}

impl Prose {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The words alone, with single spaces.
    pub fn words(&self) -> String {
        let mut text = String::new();
        self.0
            .iter()
            .for_each(|block| block_words(block, &mut text));
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

fn block_words(block: &Block, text: &mut String) {
    match block {
        Block::Paragraph(inlines) | Block::Heading(inlines) => inline_words(inlines, text),
        Block::List(_, items) => items
            .iter()
            .flatten()
            .for_each(|block| block_words(block, text)),
        Block::Quote(blocks) => blocks.iter().for_each(|block| block_words(block, text)),
        Block::Code(code) => text.push_str(code),
        Block::Table(rows) => rows.iter().flatten().for_each(|cell| {
            inline_words(cell, text);
            text.push(' ');
        }),
        Block::Rule => {}
    }
    text.push(' ');
}

fn inline_words(inlines: &[Inline], text: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text(words) | Inline::Code(words) => text.push_str(words),
            Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Link(inner, _) => {
                inline_words(inner, text);
            }
            Inline::Break => text.push(' '),
        }
    }
}

/// What is read as Markdown, here and where a file is cut into steps.
pub(super) fn dialect() -> Options {
    Options::ENABLE_YAML_STYLE_METADATA_BLOCKS | Options::ENABLE_TABLES
}

/// The first place where the text has markup or an image: neither is shown.
pub fn markup(markdown: &str) -> Option<Range<usize>> {
    let is_markup = |event: &Event<'_>| {
        matches!(
            event,
            Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::Image { .. })
        )
    };
    Parser::new_ext(markdown, dialect())
        .into_offset_iter()
        .find(|(event, _)| is_markup(event))
        .map(|(_, range)| range)
}

/// Reads Markdown.
pub fn read(markdown: &str) -> Prose {
    let mut builder = Builder::default();
    Parser::new_ext(markdown, dialect()).for_each(|event| builder.event(event));
    builder.finish()
}

/// What is open, from the outside in.
enum Open {
    Blocks(Container, Vec<Block>),
    Inlines(Span, Vec<Inline>),
    Code(String),
    Table(Vec<Vec<Vec<Inline>>>),
    Row(Vec<Vec<Inline>>),
    Deeper,
}

enum Container {
    Quote,
    List(Option<u64>, Vec<Vec<Block>>),
    Item,
}

enum Span {
    Paragraph,
    Heading,
    Cell,
    Emphasis,
    Strong,
    Link(String),
}

#[derive(Default)]
struct Builder {
    blocks: Vec<Block>,
    open: Vec<Open>,
}

impl Builder {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(end) => self.end(end),
            Event::Text(text) => match self.open.last_mut() {
                Some(Open::Code(code)) => code.push_str(&text),
                _ => self.inline(Inline::Text(text.into_string())),
            },
            Event::Code(code) => self.inline(Inline::Code(code.into_string())),
            Event::SoftBreak => self.inline(Inline::Text(" ".to_owned())),
            Event::HardBreak => self.inline(Inline::Break),
            Event::Rule => self.block(Block::Rule),
            // Markup has been refused before.
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        let containers = self.open.iter();
        let deep = containers
            .filter(|open| matches!(open, Open::Blocks(..)))
            .count()
            >= DEEPEST;
        let spans = self.open.iter();
        let nested = spans
            .filter(|open| matches!(open, Open::Inlines(..)))
            .count()
            >= DEEPEST;
        let open = match tag {
            Tag::BlockQuote(_) | Tag::List(_) | Tag::Item if deep => Open::Deeper,
            Tag::Emphasis | Tag::Strong | Tag::Link { .. } if nested => Open::Deeper,
            Tag::BlockQuote(_) => Open::Blocks(Container::Quote, Vec::new()),
            Tag::List(first) => Open::Blocks(Container::List(first, Vec::new()), Vec::new()),
            Tag::Item => Open::Blocks(Container::Item, Vec::new()),
            Tag::Paragraph => Open::Inlines(Span::Paragraph, Vec::new()),
            Tag::Heading { .. } => Open::Inlines(Span::Heading, Vec::new()),
            Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented) => {
                Open::Code(String::new())
            }
            Tag::Table(_) => Open::Table(Vec::new()),
            Tag::TableHead | Tag::TableRow => Open::Row(Vec::new()),
            Tag::TableCell => Open::Inlines(Span::Cell, Vec::new()),
            Tag::Emphasis => Open::Inlines(Span::Emphasis, Vec::new()),
            Tag::Strong => Open::Inlines(Span::Strong, Vec::new()),
            Tag::Link { dest_url, .. } => {
                Open::Inlines(Span::Link(dest_url.into_string()), Vec::new())
            }
            _ => Open::Deeper,
        };
        self.open.push(open);
    }

    fn end(&mut self, end: TagEnd) {
        // The words of an item without paragraphs are still open in it.
        if matches!(end, TagEnd::Item | TagEnd::List(_) | TagEnd::BlockQuote(_))
            && matches!(self.open.last(), Some(Open::Inlines(..)))
        {
            self.close();
        }
        self.close();
    }

    fn close(&mut self) {
        match self.open.pop() {
            None | Some(Open::Deeper) => {}
            Some(Open::Code(code)) => self.block(Block::Code(code)),
            Some(Open::Table(rows)) => self.block(Block::Table(rows)),
            Some(Open::Row(cells)) => {
                if let Some(Open::Table(rows)) = self.open.last_mut() {
                    rows.push(cells);
                }
            }
            Some(Open::Blocks(Container::Quote, blocks)) => self.block(Block::Quote(blocks)),
            Some(Open::Blocks(Container::Item, blocks)) => match self.open.last_mut() {
                Some(Open::Blocks(Container::List(_, items), _)) => items.push(blocks),
                _ => blocks.into_iter().for_each(|block| self.block(block)),
            },
            Some(Open::Blocks(Container::List(first, items), _)) => {
                self.block(Block::List(first, items));
            }
            Some(Open::Inlines(span, inlines)) => match span {
                Span::Paragraph => self.block(Block::Paragraph(inlines)),
                Span::Heading => self.block(Block::Heading(inlines)),
                Span::Cell => {
                    if let Some(Open::Row(cells)) = self.open.last_mut() {
                        cells.push(inlines);
                    }
                }
                Span::Emphasis => self.inline(Inline::Emphasis(inlines)),
                Span::Strong => self.inline(Inline::Strong(inlines)),
                Span::Link(to) => self.inline(Inline::Link(inlines, to)),
            },
        }
    }

    fn block(&mut self, block: Block) {
        // A tight item's words end where a block begins.
        if matches!(self.open.last(), Some(Open::Inlines(Span::Paragraph, _))) {
            self.close();
        }
        let innermost = self.open.iter_mut().rev().find_map(|open| match open {
            Open::Blocks(_, blocks) => Some(blocks),
            _ => None,
        });
        innermost.unwrap_or(&mut self.blocks).push(block);
    }

    fn inline(&mut self, inline: Inline) {
        let innermost = self.open.iter_mut().rev().find_map(|open| match open {
            Open::Inlines(_, inlines) => Some(Some(inlines)),
            Open::Blocks(..) => Some(None),
            _ => None,
        });
        match innermost.flatten() {
            Some(inlines) => match (inlines.last_mut(), inline) {
                (Some(Inline::Text(before)), Inline::Text(more)) => before.push_str(&more),
                (_, inline) => inlines.push(inline),
            },
            // The words of a tight list's item come without a paragraph.
            None => self.open.push(Open::Inlines(Span::Paragraph, vec![inline])),
        }
    }

    fn finish(mut self) -> Prose {
        while !self.open.is_empty() {
            self.close();
        }
        Prose(self.blocks)
    }
}
