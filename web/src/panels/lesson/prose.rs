//! Prose as elements, one for one. Nothing in it is markup, and a link is not followed: its address is shown.

use switchboard_engine::scenario::prose::{Block, Inline, Prose};
use yew::prelude::*;

use crate::words;

/// Prose.
pub fn prose(prose: &Prose) -> Html {
    blocks(&prose.0)
}

/// Blocks of it.
pub fn blocks(blocks: &[Block]) -> Html {
    html! { <div class="prose">{ for blocks.iter().map(block) }</div> }
}

/// The words of a single paragraph, for places where a paragraph may not stand.
pub fn phrase(prose: &Prose) -> Html {
    match prose.0.as_slice() {
        [Block::Paragraph(inlines)] => inline(inlines),
        blocks => html! { <span>{ for blocks.iter().map(block) }</span> },
    }
}

fn block(block: &Block) -> Html {
    match block {
        Block::Paragraph(inlines) => html! { <p>{ inline(inlines) }</p> },
        Block::Heading(inlines) => html! { <h3>{ inline(inlines) }</h3> },
        Block::Quote(blocks) => {
            html! { <blockquote>{ for blocks.iter().map(self::block) }</blockquote> }
        }
        Block::Code(code) => html! { <pre tabindex="0">{ code.trim_end() }</pre> },
        Block::Rule => html! { <hr /> },
        Block::List(first, items) => {
            let items = items
                .iter()
                .map(|item| html! { <li>{ for item.iter().map(self::block) }</li> });
            match first {
                Some(first) => html! { <ol start={first.to_string()}>{ for items }</ol> },
                None => html! { <ul>{ for items }</ul> },
            }
        }
        Block::Table(rows) => {
            let mut rows = rows.iter();
            let head = rows.next();
            html! {
                <div class="table" tabindex="0" role="region" aria-label={words::lesson::TABLE}><table>
                    <thead><tr>
                        { for head.into_iter().flatten().map(|cell| html! { <th scope="col">{ inline(cell) }</th> }) }
                    </tr></thead>
                    <tbody>
                        { for rows.map(|row| html! {
                            <tr>{ for row.iter().map(|cell| html! { <td>{ inline(cell) }</td> }) }</tr>
                        }) }
                    </tbody>
                </table></div>
            }
        }
    }
}

fn inline(inlines: &[Inline]) -> Html {
    let one = |inline: &Inline| match inline {
        Inline::Text(text) => html! { { text } },
        Inline::Code(code) => html! { <code>{ code }</code> },
        Inline::Emphasis(inner) => html! { <em>{ self::inline(inner) }</em> },
        Inline::Strong(inner) => html! { <strong>{ self::inline(inner) }</strong> },
        Inline::Link(inner, to) => html! {
            <span class="inert">{ self::inline(inner) }<span class="to">{ format!(" ({to})") }</span></span>
        },
        Inline::Break => html! { <br /> },
    };
    html! { <>{ for inlines.iter().map(one) }</> }
}
