//! A scenario's Markdown cut into the pieces that matter to the format. What they mean is [`super::parse`]'s business.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, MetadataBlockKind, Parser, Tag, TagEnd};

use super::prose;

/// A piece of the file that matters to the format.
pub(super) enum Piece {
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
    /// Nothing that is shown.
    Markup {
        range: Range<usize>,
    },
    /// A block that goes on to the end of the file.
    Unclosed {
        at: usize,
    },
}

/// The pieces, in order.
pub(super) fn pieces(source: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut collected = String::new();
    let mut content = None;
    let events = Parser::new_ext(source, prose::dialect()).into_offset_iter();
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
                    if !is_closed(&source[range.clone()]) {
                        pieces.push(Piece::Unclosed { at: range.start });
                    }
                }
            }
            Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::Image { .. }) => {
                pieces.push(Piece::Markup { range });
            }
            _ => {}
        }
    }
    pieces
}

/// Whether a fenced block ends with its fence, not with the file.
fn is_closed(block: &str) -> bool {
    let mut lines = block.trim_end().lines();
    let fence = |line: &str| line.trim_start_matches([' ', '>']).trim_end().to_owned();
    let (Some(first), Some(last)) = (lines.next().map(fence), lines.next_back().map(fence)) else {
        return false;
    };
    let mark = if first.starts_with('~') { '~' } else { '`' };
    let opened = first.chars().take_while(|&it| it == mark).count();
    last.len() >= opened && last.chars().all(|it| it == mark)
}
