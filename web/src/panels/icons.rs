//! Small drawings, 16 by 16, in the colour of the text around them. All are decoration: words stand beside them.

use switchboard_engine::{
    finding::Severity,
    trace::{Headline, Verdict},
};
use yew::prelude::*;

use crate::words;

/// One of the drawings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Icon {
    Brand,
    Open,
    Sun,
    Moon,
    Help,
    Close,
    Play,
    Pause,
    First,
    Back,
    Next,
    Last,
    Send,
    Plus,
    Minus,
    Fit,
    Target,
    Differs,
    Copy,
    Error,
    Warning,
    Note,
    Good,
    Question,
    List,
    Swap,
    Clock,
    Save,
    Up,
    Down,
    Filter,
    Share,
    Workspaces,
    Mend,
    Book,
}

/// A drawing.
pub fn icon(icon: Icon) -> Html {
    let path = |d: &'static str| html! { <path d={d} /> };
    let filled = |d: &'static str| html! { <path d={d} fill="currentColor" stroke="none" /> };
    let content = match icon {
        // Two wires that cross a board, one of them patched.
        Icon::Brand => html! {
            <>
                <path d="M2 5h5c3 0 3 10 6 10h5M2 15h4M14 5h4" />
                <circle cx="8" cy="15" r="1.8" fill="currentColor" stroke="none" />
                <circle cx="12" cy="5" r="1.8" fill="currentColor" stroke="none" />
            </>
        },
        Icon::Open => path("M2.5 12.5v-9h4l1.5 2h5.5v7z"),
        Icon::Sun => path(
            "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6M8 1.5v1.4M8 13.1v1.4M1.5 8h1.4M13.1 8h1.4M3.4 3.4l1 1M11.6 11.6l1 1M12.6 3.4l-1 1M4.4 11.6l-1 1",
        ),
        Icon::Moon => path("M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5z"),
        Icon::Help => path("M5.8 6a2.2 2.2 0 1 1 3.4 1.9c-.8.5-1.2.9-1.2 1.7M8 12v.1"),
        Icon::Filter => path("M2 3.5h12M4.5 8h7M6.5 12.5h3"),
        Icon::Book => path(
            "M8 4.5C6.5 3.4 4.5 3 2.5 3v9c2 0 4 .4 5.5 1.5 1.5-1.1 3.5-1.5 5.5-1.5V3c-2 0-4 .4-5.5 1.5zv9",
        ),
        Icon::Close => path("m4 4 8 8M12 4l-8 8"),
        Icon::Play => filled("M4.5 3v10l8-5z"),
        Icon::Pause => filled("M4 3h3v10H4zM9 3h3v10H9z"),
        Icon::First => path("M12 3.5 6 8l6 4.5zM4 3.5v9"),
        Icon::Back => path("M10 3.5 5 8l5 4.5"),
        Icon::Next => path("m6 3.5 5 4.5-5 4.5"),
        Icon::Last => path("m4 3.5 6 4.5-6 4.5zM12 3.5v9"),
        Icon::Send => path("m2.5 8 11-5-3.5 10-2.5-4zM7.5 9l6-6"),
        Icon::Plus => path("M8 3.5v9M3.5 8h9"),
        Icon::Minus => path("M3.5 8h9"),
        Icon::Fit => path("M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3"),
        Icon::Target => {
            path("M8 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M8 1.5v3M8 11.5v3M1.5 8h3M11.5 8h3")
        }
        Icon::Differs => path("M3 6h10M3 10h10M10.8 2.5 5.2 13.5"),
        Icon::Copy => path("M5.5 5.5h7v7h-7zM3.5 10.5v-7h7"),
        Icon::Error => html! {
            <>
                <circle cx="8" cy="8" r="6.2" />
                <path d="m5.8 5.8 4.4 4.4M10.2 5.8l-4.4 4.4" />
            </>
        },
        Icon::Warning => path("M8 2.2 14.4 13.4H1.6zM8 6.4v3.4M8 11.6v.1"),
        Icon::Note => html! {
            <>
                <circle cx="8" cy="8" r="6.2" />
                <path d="M8 7.4v3.6M8 5v.1" />
            </>
        },
        Icon::Good => html! {
            <>
                <circle cx="8" cy="8" r="6.2" />
                <path d="m5.2 8.2 2 2 3.6-4.2" />
            </>
        },
        Icon::Question => html! {
            <>
                <circle cx="8" cy="8" r="6.2" />
                <path d="M6.4 6.5a1.6 1.6 0 1 1 2.5 1.3c-.6.4-.9.7-.9 1.3M8 11.2v.1" />
            </>
        },
        Icon::Swap => path("M4 5.5h9M10.5 3 13 5.5 10.5 8M12 10.5H3M5.5 8 3 10.5 5.5 13"),
        Icon::Clock => html! {
            <>
                <circle cx="8" cy="8" r="6" />
                <path d="M8 4.6V8l2.4 1.6" />
            </>
        },
        Icon::Save => path("M8 2.5v7.5M5 7l3 3 3-3M3 13h10"),
        Icon::Up => path("m4 10 4-4 4 4"),
        Icon::Down => path("m4 6 4 4 4-4"),
        Icon::Share => path(
            "M6 8.8 10 11M6 7.2 10 5M4.5 6.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6M11.5 2.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6M11.5 10.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6",
        ),
        Icon::Workspaces => path("M2.5 5.5h11v8h-11zM4 3.5h8"),
        Icon::Mend => path(
            "M9.5 3a3.3 3.3 0 0 0-2 4.6L3 12.1l1.4 1.4 4.5-4.5A3.3 3.3 0 0 0 13.2 5l-1.9 1.8-1.7-.4-.4-1.7z",
        ),
        Icon::List => path("M5.5 4H13M5.5 8H13M5.5 12H13M3 4v.1M3 8v.1M3 12v.1"),
    };
    let size = if icon == Icon::Brand { "20" } else { "16" };
    html! {
        <svg
            width={size}
            height={size}
            viewBox={format!("0 0 {size} {size}")}
            fill="none"
            stroke="currentColor"
            stroke-width="1.5"
            stroke-linecap="round"
            stroke-linejoin="round"
            aria-hidden="true"
            focusable="false"
        >
            { content }
        </svg>
    }
}

/// The mark of a severity, where a word stands beside it.
pub fn mark(severity: Severity) -> Html {
    marked(severity, None)
}

/// The mark of a severity, with its word for those who do not see it.
pub fn severity(severity: Severity) -> Html {
    let word = match severity {
        Severity::Error => words::findings::ERROR,
        Severity::Warning => words::findings::WARNING,
        Severity::Note => words::findings::NOTE,
    };
    marked(severity, Some(word))
}

fn marked(severity: Severity, word: Option<&'static str>) -> Html {
    let (class, mark) = match severity {
        Severity::Error => ("error", Icon::Error),
        Severity::Warning => ("warning", Icon::Warning),
        Severity::Note => ("note", Icon::Note),
    };
    html! {
        <span class={classes!("mark", class)}>
            { icon(mark) }
            { for word.map(|word| html! { <span class="visually-hidden">{ word }</span> }) }
        </span>
    }
}

/// The mark of what is not as it was, or not as written.
pub fn differs() -> Html {
    html! { <span class="differs-mark" aria-hidden="true">{ icon(Icon::Differs) }</span> }
}

/// The class and the drawing of what is said first.
pub fn headline(headline: Headline) -> (&'static str, Icon) {
    match headline {
        Headline::Verdict(told) => verdict(told),
        Headline::Unhealthy
        | Headline::PartlyUnhealthy
        | Headline::OthersDeclared
        | Headline::PartlyOthersDeclared => ("warn", Icon::Warning),
    }
}

/// The class and the drawing of a verdict.
pub fn verdict(verdict: Verdict) -> (&'static str, Icon) {
    match verdict {
        Verdict::Reachable => ("good", Icon::Good),
        Verdict::Unreachable => ("bad", Icon::Error),
        Verdict::Ambiguous => ("warn", Icon::Warning),
        Verdict::Undetermined => ("open", Icon::Question),
    }
}
